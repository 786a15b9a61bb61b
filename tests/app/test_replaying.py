"""Replaying a log that a caller has sent: the same result as `onduty simulate`, within bounds."""

from __future__ import annotations

import gzip
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.app.logs import activities

from onduty_server.app.limits import SIMULATED_ROWS_MAX, SIMULATED_USERS_MAX
from onduty_server.app.log_format import LogFormat, TimeFormat
from onduty_server.app.replaying import ReplayJob, Simulated, replay_log
from onduty_server.app.simulation import simulate, workflow_from_the_start
from onduty_server.cli.logs.files import opened_log
from onduty_server.domain.errors import InvalidField, InvalidWorkflow
from onduty_server.domain.workflow import WorkflowPatch

MINUTE = 60_000
SUPPORT_CHAT = Path(__file__).parents[1] / "data" / "support-chat.csv"
BOTH: WorkflowPatch = {"away_after_ms": 10 * MINUTE, "offline_after_ms": 30 * MINUTE}
HEAD = b"activity_time,user_id\n"


def tried(log: bytes, log_format: LogFormat | None = None, *, keep_order: bool = False) -> Simulated:
    return replay_log(ReplayJob(log, log_format or LogFormat(), BOTH, keep_order))


@pytest.mark.parametrize("compressed", [False, True])
def test_it_is_what_the_command_line_says(compressed: bool) -> None:
    log = SUPPORT_CHAT.read_bytes()
    with opened_log(SUPPORT_CHAT) as opened:
        expected = simulate(opened.rows(), workflow_from_the_start(BOTH)).summary
    assert tried(gzip.compress(log) if compressed else log) == (expected, [])


@pytest.mark.parametrize("keep_order", [False, True])
def test_rows_in_any_order_are_sorted_unless_they_are_to_count_as_late(keep_order: bool) -> None:
    chance = random.Random(5)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [(start + timedelta(seconds=chance.randrange(86_400)), f"user-{chance.randrange(9)}") for _ in range(3_000)]
    log = HEAD + b"".join(f"{moment.isoformat()},{user}\n".encode() for moment, user in rows)
    taken = rows if keep_order else sorted(rows, key=lambda row: row[0])
    expected = simulate(
        activities((int(moment.timestamp() * 1_000), user) for moment, user in taken), workflow_from_the_start(BOTH)
    ).summary
    simulated = tried(log, keep_order=keep_order)
    assert simulated.summary == expected
    assert bool(expected.late_activities) == keep_order
    assert [warning.endswith("so the log was sorted by time") for warning in simulated.warnings] == [True] * (
        not keep_order
    )


def test_columns_and_times_are_read_as_the_request_says() -> None:
    log = b"who;when\nann;0\nann;1200\n"
    summary = (tried(log, LogFormat("when", "who", TimeFormat.EPOCH_S))).summary
    assert (summary.users, summary.activities, summary.switches_to_away) == (1, 2, 2)


@pytest.mark.parametrize(
    ("log", "message"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n", "time_column, user_column and kind_column say what they are called"),
        (HEAD + b"yesterday,ann\n", "line 2"),
        (HEAD + b"1795348800,ann\n", "set time_format to EPOCH_S"),
        (HEAD + b"2026-01-01T00:00:00Z," + b"x" * 129 + b"\n", "user_id"),
        (HEAD + b"2026-01-01T00:00:00Z,\n", "user_id"),
        (HEAD + b'2026-01-01T00:00:00Z,"' + b"x\n" * 40_000, "longer than 65,536 characters"),
        (HEAD + b"2026-01-01T00:00:00Z," + b"x" * 70_000 + b"\n", "longer than 65,536 characters"),
        (HEAD + b"\n" * 70_000, "longer than 65,536 characters"),
        (
            gzip.compress(HEAD + (b"2026-01-01T00:00:00Z,a" + b" " * 60_000 + b"\n") * 600, mtime=0),
            "longer than 33,554,432 bytes",
        ),
        (gzip.compress(HEAD + b"2026-01-01T00:00:00Z,ann\n", mtime=0)[:-9], "damaged or cut off"),
        (b"\xff\xfea", "UTF-16"),
        (HEAD + b"2026-01-01T00:00:00Z,\xff\n", "UTF-8"),
    ],
)
def test_a_log_that_cannot_be_taken_is_refused_with_what_is_wrong(log: bytes, message: str) -> None:
    with pytest.raises(InvalidField) as caught:
        tried(log)
    assert message in caught.value.message
    assert caught.value.violations[0].field == "log"
    assert "--" not in caught.value.message


def test_rows_and_users_are_bounded() -> None:
    row = b"2026-01-01T00:00:00Z,ann\n"
    with pytest.raises(InvalidField, match="more than 500,000 rows"):
        tried(gzip.compress(HEAD + row * (SIMULATED_ROWS_MAX + 1)))
    users = b"".join(b"2026-01-01T00:00:00Z,%d\n" % number for number in range(SIMULATED_USERS_MAX + 1))
    with pytest.raises(InvalidField, match="more than 50,000 users"):
        tried(users.join((HEAD, b"")))


def test_a_workflow_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(InvalidWorkflow):
        replay_log(ReplayJob(HEAD, LogFormat(), {}, keep_order=False))


@pytest.mark.parametrize(
    "log",
    [
        pytest.param(gzip.compress(b"") * 40_000 + gzip.compress(HEAD + b"2026-01-01T00:00:00Z,ann\n"), id="members"),
        pytest.param(
            b"\x1f\x8b\x08\x08" + bytes(6) + b"x" * 900_000 + b"\0" + gzip.compress(HEAD, mtime=0)[10:], id="long name"
        ),
    ],
)
def test_gzip_that_is_mostly_headers_is_read(log: bytes) -> None:
    assert tried(log).summary.users <= 1


KINDS = b"""activity_time,user_id,kind,lease_id,ttl,idle_for
2026-01-01T09:00:00Z,ann,activity,,,
2026-01-01T09:00:00Z,ann,session_kept,web,150,
2026-01-01T09:20:00Z,ann,session_kept,web,,0
2026-01-01T09:21:00Z,ann,session_ended,web,,
2026-01-01T09:30:00Z,ben,engagement_kept,call,,
"""


@pytest.mark.parametrize("order", [1, -1])
def test_rows_of_sessions_and_engagements_are_played_and_sorted_with_the_others(order: int) -> None:
    header, *rows = KINDS.splitlines(keepends=True)
    disconnecting: WorkflowPatch = {**BOTH, "disconnect_after_ms": MINUTE}
    # Those of the same time keep their order, so that a log turned round is another one there.
    rows = rows if order > 0 else [*rows[:1:-1], *rows[:2]]
    summary = replay_log(ReplayJob(b"".join([header, *rows]), LogFormat(), disconnecting, False)).summary
    assert (summary.users, summary.activities, summary.leases, summary.refused_leases) == (1, 1, 4, 1)
    assert (summary.disconnections, summary.reconnections) == (2, 1)


def test_without_a_name_for_the_column_of_kinds_every_row_is_an_activity() -> None:
    summary = tried(KINDS, LogFormat(kind_column=None)).summary
    assert (summary.users, summary.activities, summary.leases) == (2, 5, 0)


def test_what_is_wrong_with_a_session_is_said_in_the_words_of_a_request() -> None:
    with pytest.raises(InvalidField) as refused:
        tried(HEAD.replace(b"\n", b",kind\n") + b"2026-01-01T00:00:00Z,ann,chat\n")
    assert "line 2: kind: 'chat' is not a kind of row" in refused.value.message
    assert refused.value.message.endswith("or leave kind_column empty to take every row as an activity")
