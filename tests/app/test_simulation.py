"""The simulation against arithmetic on gaps, which knows nothing of the domain's code, and against plain replaying."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.app.logs import activities

from onduty_server.app import simulation
from onduty_server.app.simulation import Simulation, Summary, workflow_from_the_start
from onduty_server.domain import rules
from onduty_server.domain.errors import InvalidField, InvalidWorkflow
from onduty_server.domain.record import UserRecord
from onduty_server.domain.rules import Policy
from onduty_server.domain.status import Resume, Status
from onduty_server.domain.workflow import Workflow

SUPPORT_CHAT = Path(__file__).parents[1] / "data" / "support-chat.csv"
SECOND, MINUTE, DAY = 1_000, 60_000, 86_400_000

Log = Sequence[tuple[int, str]]


class Change(NamedTuple):
    effective_time: int
    user_id: str
    before: str
    after: str
    cause: str


def workflow(
    away: int | None = None, offline: int | None = None, resume: str = "FROM_AWAY", keep_manual_away: bool = False
) -> Workflow:
    return workflow_from_the_start(
        {
            "away_after_ms": away,
            "offline_after_ms": offline,
            "resume": Resume[resume],
            "keep_manual_away": keep_manual_away,
        }
    )


def simulate(log: Log, of: Workflow) -> Simulation:
    return simulation.simulate(activities(log), of)


def changes_of(simulation: Simulation) -> list[Change]:
    return [
        Change(
            change.effective_time,
            change.user_id,
            "" if change.previous_status is None else change.previous_status.name,
            change.status.name,
            change.cause.name,
        )
        for change in simulation.changes
    ]


def by_arithmetic(log: Log, away: int | None, offline: int | None, resume: str) -> list[Change]:
    """What happens to the users of a log in order of time, from the gaps between their activities alone."""
    times: dict[str, list[int]] = defaultdict(list)
    for time, user in log:
        times[user].append(time)
    found: list[Change] = []
    for user, active in times.items():
        status = ""

        def change(time: int, after: str, cause: str, user: str = user) -> None:
            nonlocal status
            found.append(Change(time, user, status, after, cause))
            status = after

        change(active[0], "ONLINE", "ACTIVITY")
        for last, following in pairwise([*active, None]):
            assert last is not None
            gap = float("inf") if following is None else following - last
            if status == "ONLINE" and away is not None and gap >= away:
                change(last + away, "AWAY", "INACTIVITY")
            if status != "OFFLINE" and offline is not None and gap >= offline:
                change(last + offline, "OFFLINE", "INACTIVITY")
            comes_back = (status == "AWAY" and resume != "NEVER") or (
                status == "OFFLINE" and resume == "FROM_AWAY_OR_OFFLINE"
            )
            if following is not None and comes_back:
                change(following, "ONLINE", "ACTIVITY")
    return sorted(found, key=lambda change: change[:2])


def by_plain_replaying(log: Log, of: Workflow) -> list[Change]:
    """Every row through the rules, whatever it does: what the simulation may spare itself must not show."""
    policy, now, records, found = Policy(of), 0, dict[str, UserRecord](), []
    for time, user in log:
        now = max(now, time)
        record = records.get(user) or UserRecord(user)
        decision = rules.record_activity(record, policy, activity_time=time, now=now)
        records[user] = decision.record
        found += [(user, switch) for switch in decision.switches]
    for user, record in records.items():
        found += [(user, switch) for switch in rules.settle(record, policy, now + 90 * DAY).switches]
    changes = [
        Change(
            switch.effective_time,
            user,
            "" if switch.previous.status is None else switch.previous.status.name,
            switch.state.status.name if switch.state.status else "",
            switch.state.cause.name if switch.state.cause else "",
        )
        for user, switch in found
    ]
    return sorted(changes, key=lambda change: change[:2])


def time_by_arithmetic(changes: Iterable[Change], end: int) -> dict[str, int]:
    of_user: dict[str, list[Change]] = defaultdict(list)
    for change in changes:
        of_user[change.user_id].append(change)
    total = dict.fromkeys(("ONLINE", "AWAY", "OFFLINE"), 0)
    for own in of_user.values():
        ends = [*(min(change.effective_time, end) for change in own[1:]), end]
        for change, until in zip(own, ends, strict=True):
            total[change.after] += until - min(change.effective_time, end)
    return total


def named(times: dict[Status, int]) -> dict[str, int]:
    return {status.name: ms for status, ms in times.items()}


def switches(summary: Summary) -> dict[str, int]:
    return {
        f"{'' if before is None else before.name}>{after.name}": count
        for (before, after), count in summary.switches.items()
    }


@pytest.fixture(scope="module")
def support_chat() -> Log:
    with SUPPORT_CHAT.open(newline="") as file:
        return [
            (int(datetime.fromisoformat(row["activity_time"]).timestamp()) * SECOND, row["user_id"])
            for row in csv.DictReader(file)
        ]


class TestARealLog:
    """298 people in a support chat over five weeks."""

    @pytest.mark.parametrize("resume", ["FROM_AWAY", "NEVER", "FROM_AWAY_OR_OFFLINE"])
    @pytest.mark.parametrize(
        ("away", "offline"),
        [(10 * MINUTE, 30 * MINUTE), (10 * MINUTE, None), (None, 30 * MINUTE), (30 * SECOND, 45 * SECOND)],
    )
    def test_gives_what_arithmetic_on_its_gaps_gives(
        self, support_chat: Log, away: int | None, offline: int | None, resume: str
    ) -> None:
        simulation = simulate(support_chat, workflow(away, offline, resume))
        expected = by_arithmetic(support_chat, away, offline, resume)
        assert changes_of(simulation) == expected
        assert named(dict(simulation.summary.time_in_status_ms)) == time_by_arithmetic(expected, support_chat[-1][0])

    def test_with_periods_of_10_and_30_minutes(self, support_chat: Log) -> None:
        summary = simulate(support_chat, workflow(10 * MINUTE, 30 * MINUTE)).summary
        assert (summary.users, summary.activities, summary.late_activities) == (298, 3_469, 0)
        assert switches(summary) == {">ONLINE": 298, "ONLINE>AWAY": 388, "AWAY>ONLINE": 90, "AWAY>OFFLINE": 298}
        assert (summary.switches_to_away, summary.resumes) == (388, 90)
        assert summary.returns_soon == 12

    def test_counts_who_was_active_within_a_minute_of_becoming_away(self, support_chat: Log) -> None:
        # Counted here in the log itself: gaps of 10 to 11 minutes; a gap of 30 never resumes, so those after it are not
        # gaps of somebody who is there.
        soon, gone, last = 0, set[str](), dict[str, int]()
        for time, user in support_chat:
            gap = time - last.get(user, time)
            if gap >= 30 * MINUTE:
                gone.add(user)
            soon += user not in gone and 10 * MINUTE <= gap <= 11 * MINUTE
            last[user] = time
        assert simulate(support_chat, workflow(10 * MINUTE, 30 * MINUTE)).summary.returns_soon == soon == 12

    def test_counts_the_activities_that_brought_nobody_back(self, support_chat: Log) -> None:
        ignored, gone, last = 0, set[str](), dict[str, int]()
        for time, user in support_chat:
            if time - last.get(user, time) >= 30 * MINUTE:
                gone.add(user)
            ignored += user in gone
            last[user] = time
        assert simulate(support_chat, workflow(10 * MINUTE, 30 * MINUTE)).summary.ignored_activities == ignored > 0

    def test_everybody_comes_back_when_resume_goes_that_far(self, support_chat: Log) -> None:
        summary = simulate(support_chat, workflow(10 * MINUTE, 30 * MINUTE, "FROM_AWAY_OR_OFFLINE")).summary
        assert summary.ignored_activities == 0
        assert summary.switches[Status.AWAY, Status.OFFLINE] == summary.switches[Status.OFFLINE, Status.ONLINE] + 298


logs = st.lists(
    st.tuples(st.integers(0, 200).map(lambda tick: tick * 30 * SECOND), st.sampled_from("abc")), max_size=40
)
periods = st.one_of(
    st.tuples(st.sampled_from([MINUTE, 5 * MINUTE]), st.sampled_from([6 * MINUTE, 20 * MINUTE])),
    st.tuples(st.sampled_from([MINUTE, 5 * MINUTE]), st.none()),
    st.tuples(st.none(), st.sampled_from([6 * MINUTE, 20 * MINUTE])),
)
resumes = st.sampled_from([resume.name for resume in Resume])


class TestAnyLog:
    @given(log=logs, periods=periods, resume=resumes)
    def test_in_order_gives_what_arithmetic_gives(
        self, log: Log, periods: tuple[int | None, int | None], resume: str
    ) -> None:
        log = sorted(log)
        simulation = simulate(log, workflow(*periods, resume))
        expected = by_arithmetic(log, *periods, resume)
        assert changes_of(simulation) == expected
        end = log[-1][0] if log else 0
        assert named(dict(simulation.summary.time_in_status_ms)) == time_by_arithmetic(expected, end)

    @given(log=logs, periods=periods, resume=resumes, keep_manual_away=st.booleans())
    def test_in_any_order_gives_what_the_rules_give_row_by_row(
        self, log: Log, periods: tuple[int | None, int | None], resume: str, keep_manual_away: bool
    ) -> None:
        of = workflow(*periods, resume, keep_manual_away)
        assert changes_of(simulate(log, of)) == by_plain_replaying(log, of)

    @given(log=logs, periods=periods, resume=resumes)
    def test_keeps_each_users_changes_in_their_order(
        self, log: Log, periods: tuple[int | None, int | None], resume: str
    ) -> None:
        last: dict[str, Change] = {}
        for change in changes_of(simulate(log, workflow(*periods, resume))):
            assert change.before == (last[change.user_id].after if change.user_id in last else "")
            last[change.user_id] = change

    @given(log=logs, periods=periods, resume=resumes)
    def test_counts_in_the_summary_what_it_lists(
        self, log: Log, periods: tuple[int | None, int | None], resume: str
    ) -> None:
        simulation = simulate(log, workflow(*periods, resume))
        assert switches(simulation.summary) == Counter(f"{it.before}>{it.after}" for it in changes_of(simulation))
        assert simulation.summary.users == len({user for _, user in log})


class TestEdges:
    def test_an_empty_log_has_no_changes_and_no_period(self) -> None:
        simulation = simulate([], workflow(MINUTE))
        assert simulation.changes == []
        assert simulation.summary.first_activity_time is None
        assert simulation.summary.last_activity_time is None
        assert sum(simulation.summary.time_in_status_ms.values()) == 0

    def test_at_the_boundary_the_switch_has_happened(self) -> None:
        assert changes_of(simulate([(0, "a"), (MINUTE, "a")], workflow(MINUTE)))[1:3] == [
            Change(MINUTE, "a", "ONLINE", "AWAY", "INACTIVITY"),
            Change(MINUTE, "a", "AWAY", "ONLINE", "ACTIVITY"),
        ]

    def test_a_millisecond_before_it_has_not(self) -> None:
        assert [change.after for change in changes_of(simulate([(0, "a"), (MINUTE - 1, "a")], workflow(MINUTE)))] == [
            "ONLINE",
            "AWAY",
        ]

    def test_changes_of_one_instant_are_in_the_order_of_ids(self) -> None:
        found = changes_of(simulate([(0, "z"), (0, "a"), (0, "m")], workflow(MINUTE, 2 * MINUTE)))
        assert [change.user_id for change in found] == ["a", "m", "z"] * 3

    def test_a_repeated_row_changes_nothing_but_the_count(self) -> None:
        once, twice = (simulate([(0, "a")] * n, workflow(MINUTE)) for n in (1, 2))
        assert once.changes == twice.changes
        assert twice.summary.activities == 2
        assert twice.summary.late_activities == 0

    def test_a_row_older_than_one_before_it_arrives_late(self) -> None:
        # At minute 10 a becomes known by an activity of minute 0, long past its period of 1.
        simulation = simulate([(10 * MINUTE, "b"), (0, "a")], workflow(MINUTE))
        assert changes_of(simulation) == [
            Change(0, "a", "", "ONLINE", "ACTIVITY"),
            Change(MINUTE, "a", "ONLINE", "AWAY", "INACTIVITY"),
            Change(10 * MINUTE, "b", "", "ONLINE", "ACTIVITY"),
            Change(11 * MINUTE, "b", "ONLINE", "AWAY", "INACTIVITY"),
        ]
        assert simulation.summary.late_activities == 1
        assert simulation.summary.first_activity_time == 0
        assert simulation.summary.last_activity_time == 10 * MINUTE

    def test_a_late_but_fresh_activity_resumes_at_the_moment_it_arrives(self) -> None:
        log = [(0, "a"), (90 * SECOND, "b"), (80 * SECOND, "a")]
        assert Change(90 * SECOND, "a", "AWAY", "ONLINE", "ACTIVITY") in changes_of(simulate(log, workflow(MINUTE)))

    def test_a_stale_activity_resumes_nobody(self) -> None:
        log = [(0, "a"), (10 * MINUTE, "b"), (8 * MINUTE, "a")]
        simulation = simulate(log, workflow(MINUTE))
        assert Status.ONLINE not in [change.status for change in simulation.changes if change.user_id == "a"][1:]
        assert simulation.summary.ignored_activities == 1

    def test_an_activity_that_the_service_would_refuse_as_ancient_is_refused(self) -> None:
        assert simulate([(30 * DAY, "a"), (0, "b")], workflow(MINUTE)).summary.users == 2
        with pytest.raises(InvalidField, match="activity_time: more than 30 d before an earlier row"):
            simulate([(30 * DAY + 1, "a"), (0, "b")], workflow(MINUTE))

    @pytest.mark.parametrize("user", ["", "x" * 129, "é" * 65, "a\nb", "a\x7fb", "\udcff"])
    def test_an_id_that_the_service_would_refuse_is_refused(self, user: str) -> None:
        with pytest.raises(InvalidField, match="user_id"):
            simulate([(0, "a"), (0, user)], workflow(MINUTE))

    def test_the_longest_id_is_taken(self) -> None:
        assert simulate([(0, "é" * 64)], workflow(MINUTE)).summary.users == 1

    @pytest.mark.parametrize(("after_ms", "soon"), [(0, 1), (MINUTE, 1), (MINUTE + 1, 0)])
    def test_soon_after_away_is_up_to_a_minute(self, after_ms: int, soon: int) -> None:
        for resume in Resume:
            log = [(0, "a"), (10 * MINUTE + after_ms, "a"), (10 * MINUTE + after_ms + 1, "a")]
            assert simulate(log, workflow(10 * MINUTE, None, resume.name)).summary.returns_soon == soon

    def test_what_arrives_late_from_before_the_switch_is_no_return(self) -> None:
        log = [(0, "a"), (100 * SECOND, "b"), (50 * SECOND, "a"), (110 * SECOND, "a")]
        for resume in Resume:
            summary = simulate(log, workflow(MINUTE, None, resume.name)).summary
            # AWAY at second 60; the activity of second 50 is from before, that of second 110 is within the minute.
            assert summary.returns_soon == 1, resume

    def test_the_share_of_time_ends_with_the_log(self) -> None:
        summary = simulate([(0, "a"), (5 * MINUTE, "b")], workflow(MINUTE, 3 * MINUTE)).summary
        assert named(dict(summary.time_in_status_ms)) == {
            "ONLINE": MINUTE,
            "AWAY": 2 * MINUTE,
            "OFFLINE": 2 * MINUTE,
        }

    def test_neither_period_is_an_error(self) -> None:
        with pytest.raises(InvalidWorkflow, match="away_after or offline_after"):
            workflow()
