"""The people in each status at moments of a simulated log."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

from tests.app.logs import activities

from onduty_server.app.simulated_coverage import MOMENTS_MAX
from onduty_server.app.simulation import Simulation, simulate, workflow_from_the_start
from onduty_server.cli.logs.files import opened_log
from onduty_server.domain.status import Status

MINUTE = 60_000
SUPPORT_CHAT = Path(__file__).parents[1] / "data" / "support-chat.csv"
WORKFLOW = workflow_from_the_start({"away_after_ms": 10 * MINUTE, "offline_after_ms": 30 * MINUTE})


def counted_one_by_one(simulation: Simulation, moment: int) -> tuple[int, ...]:
    """What everybody's last change up to a moment says."""
    shown = {change.user_id: change.status for change in simulation.changes if change.effective_time <= moment}
    return tuple(list(shown.values()).count(status) for status in (Status.ONLINE, Status.AWAY, Status.OFFLINE))


def check(simulation: Simulation) -> None:
    summary = simulation.summary
    moments = [count.time for count in summary.coverage]
    assert (moments[0], moments[-1]) == (summary.first_activity_time, summary.last_activity_time)
    assert [count[1:] for count in summary.coverage] == [counted_one_by_one(simulation, it) for it in moments]


def test_it_counts_each_persons_last_change_at_every_moment() -> None:
    with opened_log(SUPPORT_CHAT) as log:
        simulation = simulate(log.rows(), WORKFLOW)
    check(simulation)
    coverage = simulation.summary.coverage
    assert len(coverage) == MOMENTS_MAX
    assert {after.time - before.time for before, after in pairwise(coverage)} == {5_682_258, 5_682_259}
    assert sum(coverage[-1][1:]) == simulation.summary.users


def test_activities_that_arrive_late_count_from_when_they_were() -> None:
    chance = random.Random(3)
    rows = [(MINUTE * 1_000 + chance.randrange(120 * MINUTE), f"user-{chance.randrange(9)}") for _ in range(300)]
    check(simulate(activities(rows), WORKFLOW))


def test_short_logs_have_fewer_moments() -> None:
    assert simulate(activities([]), WORKFLOW).summary.coverage == ()
    one = simulate(activities([(MINUTE, "ann")]), WORKFLOW)
    assert one.summary.coverage == [(MINUTE, 1, 0, 0)]
    check(simulate(activities([(MINUTE, "ann"), (MINUTE + 2, "ben")]), WORKFLOW))
