"""Sessions and engagements in a log: cases with exact times by hand, and the rules row by row."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onduty_server.app.limits import ENGAGEMENT_TTL_DEFAULT_MS, SESSION_TTL_DEFAULT_MS
from onduty_server.app.log_rows import LoggedLease, LogRow
from onduty_server.app.simulation import Simulation, Summary, simulate, workflow_from_the_start
from onduty_server.domain import rules
from onduty_server.domain.errors import LimitExceeded
from onduty_server.domain.layers import LeaseAction
from onduty_server.domain.record import Decision, UserRecord
from onduty_server.domain.rules import Policy
from onduty_server.domain.status import Resume, State, Status
from onduty_server.domain.workflow import Workflow

SECOND, MINUTE = 1_000, 60_000
NINE = 1_773_046_800_000
KEEP, END = LeaseAction.KEEP_SESSION, LeaseAction.END_SESSION
CALL, HANG_UP = LeaseAction.KEEP_ENGAGEMENT, LeaseAction.END_ENGAGEMENT


def workflow(
    away: int | None = 10 * MINUTE,
    offline: int | None = None,
    disconnect: int | None = MINUTE,
    status: Status = Status.OFFLINE,
    resume: Resume = Resume.FROM_AWAY,
) -> Workflow:
    return workflow_from_the_start(
        {
            "away_after_ms": away,
            "offline_after_ms": offline,
            "disconnect_after_ms": disconnect,
            "disconnect_status": status,
            "resume": resume,
        }
    )


def row(
    at: int, action: LeaseAction | None = None, lease: str = "web", ttl: int | None = None, idle: int | None = None
) -> LogRow:
    """A row of ada's, at so many ms after nine."""
    return NINE + at, "ada", None if action is None else LoggedLease(action, lease, ttl, idle)


def tried(*rows: LogRow, of: Workflow | None = None) -> list[tuple[float, State]]:
    """The changes of a log that opens with an activity: the minutes after nine, and the state after each."""
    changes = simulate([row(0), *rows], of or workflow()).changes
    assert (changes[0].effective_time, changes[0].state) == (NINE, State.ONLINE_BY_ACTIVITY)
    return [((change.effective_time - NINE) / MINUTE, change.state) for change in changes[1:]]


class TestCases:
    def test_a_laptop_that_is_closed_hands_nothing_to_anybody_a_minute_later(self) -> None:
        # Kept for the last time at nine, for 150 s. Ten minutes of inactivity end underneath, which is not told.
        assert tried(row(0, KEEP)) == [(3.5, State.OFFLINE_BY_DISCONNECT)]

    def test_a_page_that_is_reloaded_shows_nothing(self) -> None:
        log = [row(0, KEEP), row(MINUTE, END), row(MINUTE + 3 * SECOND, KEEP), row(2 * MINUTE)]
        assert tried(*log) == [((MINUTE + 3 * SECOND + 210 * SECOND) / MINUTE, State.OFFLINE_BY_DISCONNECT)]

    def test_a_browser_in_the_background_stays_connected_by_one_timer_a_minute(self) -> None:
        log = [row(minute * MINUTE, KEEP) for minute in range(8)]
        assert tried(*log, of=workflow(away=5 * MINUTE)) == [
            (5, State.AWAY_BY_INACTIVITY),
            (7 + 3.5, State.OFFLINE_BY_DISCONNECT),
        ]

    def test_of_two_browsers_one_may_be_closed(self) -> None:
        log = [row(0, KEEP, "a"), row(0, KEEP, "b", ttl=5 * MINUTE), row(MINUTE, END, "a")]
        assert tried(*log) == [(6, State.OFFLINE_BY_DISCONNECT)]

    def test_a_call_of_forty_minutes_with_no_key_touched_is_no_inactivity(self) -> None:
        log = [row(MINUTE, CALL, "c"), row(41 * MINUTE, HANG_UP, "c")]
        assert tried(*log) == [(51, State.AWAY_BY_INACTIVITY)]

    def test_a_call_whose_end_was_lost_strands_nobody(self) -> None:
        assert tried(row(MINUTE, CALL, "c", ttl=20 * MINUTE)) == [(31, State.AWAY_BY_INACTIVITY)]

    def test_input_that_a_session_tells_of_is_an_activity_of_its_time(self) -> None:
        log = [row(minute * MINUTE, KEEP, idle=minute % 5 * MINUTE) for minute in range(30)]
        assert tried(*log) == [
            (29 + 3.5, State.OFFLINE_BY_DISCONNECT),
        ]

    def test_somebody_who_comes_back_shows_what_became_true_underneath(self) -> None:
        log = [row(0, KEEP), row(20 * MINUTE, KEEP)]
        assert tried(*log) == [
            (3.5, State.OFFLINE_BY_DISCONNECT),
            (20, State.AWAY_BY_INACTIVITY),
            (23.5, State.OFFLINE_BY_DISCONNECT),
        ]

    def test_a_disconnection_may_be_away_and_offline_by_inactivity_goes_below_it(self) -> None:
        of = workflow(away=None, offline=30 * MINUTE, status=Status.AWAY)
        assert tried(row(0, KEEP), of=of) == [(3.5, State.AWAY_BY_DISCONNECT), (30, State.OFFLINE_BY_INACTIVITY)]


class TestSummary:
    def test_disconnections_and_the_time_that_is_due_to_them(self) -> None:
        log = [row(0), row(0, KEEP), row(5 * MINUTE, KEEP), row(6 * MINUTE, END), row(20 * MINUTE)]
        summary = simulate(log, workflow(away=None, offline=60 * MINUTE)).summary
        assert (summary.leases, summary.refused_leases, summary.activities) == (3, 0, 2)
        assert (summary.disconnections, summary.reconnections, summary.resumes) == (2, 2, 0)
        gone = int(1.5 * MINUTE) + 13 * MINUTE
        assert summary.time_by_disconnect_ms == {Status.ONLINE: 0, Status.AWAY: 0, Status.OFFLINE: gone}
        assert summary.time_in_status_ms == {Status.ONLINE: 20 * MINUTE - gone, Status.AWAY: 0, Status.OFFLINE: gone}
        assert summary.switches[Status.ONLINE, Status.OFFLINE] == 3  # the last by inactivity, after the log

    def test_a_resume_is_not_a_reconnection(self) -> None:
        log = [row(0), row(0, KEEP), row(20 * MINUTE, KEEP, idle=0), row(60 * MINUTE)]
        summary = simulate(log, workflow(disconnect=None)).summary
        assert (summary.disconnections, summary.reconnections) == (0, 0)
        assert summary.resumes == summary.resumes_from(Status.AWAY) == 2

    def test_a_change_of_the_cause_alone_is_no_switch(self) -> None:
        of = workflow(away=None, offline=30 * MINUTE)
        assert tried(row(0, KEEP), of=of) == [(3.5, State.OFFLINE_BY_DISCONNECT), (30, State.OFFLINE_BY_INACTIVITY)]
        summary = simulate([row(0), row(0, KEEP)], of).summary
        assert (Status.OFFLINE, Status.OFFLINE) not in summary.switches
        assert (summary.disconnections, summary.reconnections) == (1, 0)

    def test_what_the_service_would_refuse_is_counted_and_makes_nobody_known(self) -> None:
        refused = [row(0, KEEP), row(0, END), row(0, CALL), row(0, HANG_UP)]
        sessions = [row(MINUTE, KEEP, f"s{number}") for number in range(21)]
        calls = [row(MINUTE, CALL, f"c{number}") for number in range(22)]
        simulation = simulate(refused, workflow())
        assert (simulation.summary.users, simulation.changes) == (0, [])
        summary = simulate([*refused, row(MINUTE), *sessions, *calls], workflow()).summary
        assert (summary.users, summary.leases, summary.refused_leases) == (1, 47, 4 + 1 + 2)

    def test_a_session_that_tells_of_input_makes_its_user_known(self) -> None:
        simulation = simulate([row(5 * MINUTE, KEEP, idle=MINUTE)], workflow())
        first = simulation.changes[0]
        assert (first.effective_time, first.state) == (NINE + 4 * MINUTE, State.ONLINE_BY_ACTIVITY)
        assert (simulation.summary.users, simulation.summary.activities) == (1, 0)

    def test_input_soon_after_away_counts_whoever_tells_of_it(self) -> None:
        for soon, after in ((1, MINUTE), (0, MINUTE + 1)):
            summary = simulate([row(0), row(10 * MINUTE + after, KEEP, idle=0)], workflow()).summary
            assert summary.returns_soon == soon

    def test_rows_that_come_late_keep_a_session_from_their_arrival_on(self) -> None:
        late = [row(0), row(10 * MINUTE, lease="x"), row(5 * MINUTE, KEEP)]
        simulation = simulate(late, workflow(away=None, offline=60 * MINUTE))
        assert simulation.changes[1][:1] == (NINE + int(13.5 * MINUTE),)
        assert simulation.summary.late_activities == 0
        assert simulation.summary.first_activity_time == NINE


def decided(record: UserRecord, policy: Policy, at: int, now: int, lease: LoggedLease | None) -> Decision | None:
    """What the service decides of a row; None for a refusal."""
    if lease is None:
        return rules.record_activity(record, policy, activity_time=at, now=now)
    idle = lease.idle_for_ms
    if record.state is State.UNSEEN and (idle is None or lease.action is not KEEP):
        return None
    try:
        if lease.action is KEEP:
            ttl_ms = SESSION_TTL_DEFAULT_MS if lease.ttl_ms is None else lease.ttl_ms
            activity_time = None if idle is None else now - idle
            return rules.keep_session(
                record, policy, session_id=lease.lease_id, ttl_ms=ttl_ms, activity_time=activity_time, now=now
            )
        if lease.action is END:
            return rules.end_session(record, policy, session_id=lease.lease_id, now=now)
        if lease.action is HANG_UP:
            return rules.end_engagement(record, policy, engagement_id=lease.lease_id, now=now)
        ttl_ms = ENGAGEMENT_TTL_DEFAULT_MS if lease.ttl_ms is None else lease.ttl_ms
        return rules.keep_engagement(record, policy, engagement_id=lease.lease_id, ttl_ms=ttl_ms, now=now)
    except LimitExceeded:
        return None


def by_plain_replaying(log: Sequence[LogRow], of: Workflow) -> list[tuple[int, str, State, State]]:
    """Every row through the rules: what the simulation spares itself must not show."""
    policy, now, records = Policy(of), 0, dict[str, UserRecord]()
    found: list[tuple[int, str, State, State]] = []
    for at, user, lease in log:
        now = max(now, at)
        decision = decided(records.get(user) or UserRecord(user), policy, at, now, lease)
        if decision is not None:
            records[user] = decision.record
            found += [(it.effective_time, user, it.previous, it.state) for it in decision.switches]
    for user, record in records.items():
        settled = rules.settle(record, policy, 1 << 62)
        found += [(it.effective_time, user, it.previous, it.state) for it in settled.switches]
    return sorted(found, key=lambda change: change[:2])


def states(simulation: Simulation) -> list[tuple[int, str, State, State]]:
    return [tuple(change) for change in simulation.changes]  # type: ignore[misc]


def time_by_hand(changes: list[tuple[int, str, State, State]], end: int) -> dict[State, int]:
    total: dict[State, int] = {}
    for user in {change[1] for change in changes}:
        own = [change for change in changes if change[1] == user]
        ends = [*(min(change[0], end) for change in own[1:]), end]
        for change, until in zip(own, ends, strict=True):
            total[change[3]] = total.get(change[3], 0) + until - min(change[0], end)
    return {state: spent for state, spent in total.items() if spent}


log_rows = st.lists(
    st.tuples(
        st.integers(0, 80).map(lambda steps: NINE + steps * 30 * SECOND),
        st.sampled_from(("ada", "ben")),
        st.none()
        | st.builds(
            LoggedLease,
            st.sampled_from(LeaseAction),
            st.sampled_from(("a", "b")),
            st.sampled_from((None, 30 * SECOND, 10 * MINUTE)),
            st.sampled_from((None, None, 0, 2 * MINUTE, 15 * MINUTE)),
        ),
    ),
    max_size=40,
)
workflows = st.builds(
    workflow,
    away=st.just(5 * MINUTE),
    offline=st.sampled_from((None, 12 * MINUTE)),
    disconnect=st.sampled_from((None, 30 * SECOND, 6 * MINUTE)),
    status=st.sampled_from((Status.AWAY, Status.OFFLINE)),
    resume=st.sampled_from(Resume),
)


@pytest.mark.parametrize("in_order", [True, False])
@given(log=log_rows, of=workflows)
def test_it_is_what_the_rules_say_row_by_row(in_order: bool, log: list[LogRow], of: Workflow) -> None:
    taken = sorted(log, key=lambda each: each[0]) if in_order else log
    simulation = simulate(taken, of)
    plain = by_plain_replaying(taken, of)
    assert states(simulation) == plain
    if taken:
        summary: Summary = simulation.summary
        spent = {state: ms for state, ms in summary.time_in_state_ms.items() if ms}
        assert spent == time_by_hand(plain, max(each[0] for each in taken))
        assert sum(summary.changes.values()) == len(plain)
