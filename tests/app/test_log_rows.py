"""Rows of logs: which kinds there are, how they are written, what is refused, and that packing loses nothing."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onduty_server.app.activity_log import ActivityLog
from onduty_server.app.limits import IDLE_FOR_MAX_MS
from onduty_server.app.log_format import LogError, LogFormat
from onduty_server.app.log_rows import LoggedLease, LogRow, PackedRows
from onduty_server.domain.layers import LeaseAction

TIME = "2026-03-09T09:00:00Z"
HEADER = "activity_time,user_id,kind,lease_id,ttl,idle_for"


def read(*lines: str, header: str = HEADER, log_format: LogFormat | None = None) -> list[LogRow]:
    raw = io.BufferedReader(io.BytesIO("".join(f"{line}\n" for line in (header, *lines)).encode()))
    return list(ActivityLog(raw, "log", log_format, say=lambda warning: None).rows())


def lease(*lines: str, header: str = HEADER, log_format: LogFormat | None = None) -> LoggedLease | None:
    ((_, user_id, found),) = read(*lines, header=header, log_format=log_format)
    assert user_id == "ada"
    return found


class TestKinds:
    def test_without_a_column_of_kinds_every_row_is_an_activity(self) -> None:
        assert lease(f"{TIME},ada,phone", header="activity_time,user_id,lease_id") is None

    @pytest.mark.parametrize("kind", ["", " ", "activity", "Activity"])
    def test_an_activity(self, kind: str) -> None:
        assert lease(f"{TIME},ada,{kind},phone,,") is None

    @pytest.mark.parametrize(
        ("row", "expected"),
        [
            ("session_kept,phone,,", LoggedLease(LeaseAction.KEEP_SESSION, "phone")),
            ("session_kept,phone,2m30s,", LoggedLease(LeaseAction.KEEP_SESSION, "phone", 150_000)),
            ("session_kept,phone,150,0", LoggedLease(LeaseAction.KEEP_SESSION, "phone", 150_000, 0)),
            ("session_kept, phone ,30,1.5", LoggedLease(LeaseAction.KEEP_SESSION, "phone", 30_000, 1_500)),
            ("session_kept,phone,4h,30d", LoggedLease(LeaseAction.KEEP_SESSION, "phone", 14_400_000, IDLE_FOR_MAX_MS)),
            ("session_ended,phone,,", LoggedLease(LeaseAction.END_SESSION, "phone")),
            ("SESSION_ENDED,phone,what,ever", LoggedLease(LeaseAction.END_SESSION, "phone")),
            ("engagement_kept,call-7,10s,5m", LoggedLease(LeaseAction.KEEP_ENGAGEMENT, "call-7", 10_000)),
            ("engagement_ended,call-7,,", LoggedLease(LeaseAction.END_ENGAGEMENT, "call-7")),
        ],
    )
    def test_a_session_or_an_engagement(self, row: str, expected: LoggedLease) -> None:
        assert lease(f"{TIME},ada,{row}") == expected

    def test_columns_of_periods_may_be_missing(self) -> None:
        found = lease(f"session_kept,{TIME},web,ada", header="kind,activity_time,lease_id,user_id")
        assert found == LoggedLease(LeaseAction.KEEP_SESSION, "web")

    def test_columns_by_other_names(self) -> None:
        log_format = LogFormat(
            kind_column="what", lease_column="call", ttl_column="for", idle_for_column="idle", user_column="agent"
        )
        found = lease(
            f"{TIME},ada,session_kept,web,1m,2s",
            header="activity_time,agent,what,call,for,idle",
            log_format=log_format,
        )
        assert found == LoggedLease(LeaseAction.KEEP_SESSION, "web", 60_000, 2_000)

    def test_a_column_that_was_named_has_to_be_there(self) -> None:
        for log_format in (LogFormat(kind_column="what"), LogFormat(ttl_column="for")):
            with pytest.raises(LogError, match="is not there in"):
                read(f"{TIME},ada,,,,", log_format=log_format)

    def test_a_column_of_that_name_with_another_meaning_can_be_left_alone(self) -> None:
        assert lease(f"{TIME},ada,chat,,,", log_format=LogFormat(kind_column=None)) is None

    def test_a_last_row_that_was_cut_in_a_used_column_is_left_out(self) -> None:
        raw = io.BufferedReader(io.BytesIO(f"{HEADER}\n{TIME},ada,session_kept,web,,1".encode()))
        said: list[str] = []
        assert not list(ActivityLog(raw, "log", say=said.append).rows())
        assert "does not end with a line break" in said[0]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("chat,phone,,", "line 2: kind: 'chat' is not a kind of row; write activity, session_kept, session_ended, "),
        ("session_kept,,,", "line 2: lease_id: required in a row of kind session_kept"),
        ("engagement_ended, ,,", "line 2: lease_id: required in a row of kind engagement_ended"),
        (f"session_kept,{'x' * 129},,", "is longer than 128 bytes of UTF-8: it has 129"),
        ("session_kept,a\x1fb,,", "contains control characters"),
        ("session_kept,phone,29s,", "line 2: ttl: must be between 30s and 4h, got 29s"),
        ("session_kept,phone,14401,", "line 2: ttl: must be between 30s and 4h, got 4h1s"),
        ("engagement_kept,call,9,", "line 2: ttl: must be between 10s and 4h, got 9s"),
        ("session_kept,phone,soon,", "line 2: ttl: 'soon' is not a duration"),
        ("session_kept,phone,,31d", "line 2: idle_for: must be between 0s and 30d, got 31d"),
        ("session_kept,phone,,-1", "line 2: idle_for: '-1' is not a duration"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(row: str, says: str) -> None:
    with pytest.raises(LogError) as failure:
        read(f"{TIME},ada,{row}")
    assert says in failure.value.message


def test_a_log_without_a_column_of_ids_cannot_have_sessions() -> None:
    with pytest.raises(LogError, match="lease_id: required in a row of kind session_kept"):
        read(f"{TIME},ada,session_kept", header="activity_time,user_id,kind")


leases = st.builds(
    LoggedLease,
    st.sampled_from(LeaseAction),
    st.sampled_from(("web", "phone", "call-7")),
    st.none() | st.integers(0, 4 * 3_600_000),
    st.none() | st.integers(0, IDLE_FOR_MAX_MS),
)
rows = st.lists(st.tuples(st.integers(0, 1 << 48), st.sampled_from(("ada", "ben", "")), st.none() | leases))


@given(rows)
def test_rows_come_out_of_their_packing_as_they_were_and_sorted_by_time(log: list[LogRow]) -> None:
    packed, first = PackedRows(), set()
    for place, row in enumerate(log):
        assert packed.add(place, *row) == (row[1] not in first)
        first.add(row[1])
    assert [tuple(row) for row in packed] == [(place, *row) for place, row in enumerate(log)]
    assert len(packed) == len(log)
    packed.sort()
    assert list(packed) == sorted(((place, *row) for place, row in enumerate(log)), key=lambda row: row[1])
    newest = [max((row[0] for row in log[:at]), default=0) for at in range(len(log))]
    assert packed.moved == sum(row[0] < before for row, before in zip(log, newest, strict=True))
