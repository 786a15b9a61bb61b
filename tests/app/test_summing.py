"""However much a report is made of, other calls get their turn in between."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest

from onduty_server.app.ports.reports import Person, Tally
from onduty_server.app.summing import counts_of, of_all, of_people, of_teams, timelines_of
from onduty_server.domain.status import State
from onduty_server.domain.tallies import EVERYBODY, Delta, Kept, Key

BOUNDS = (0, 1_000)
DELTAS = 20_000

REPORTS: dict[str, Callable[[Tally], Awaitable[object]]] = {
    "of all": partial(of_all, bounds=BOUNDS, team_id=""),
    "of teams": partial(of_teams, bounds=BOUNDS, teams=("",)),
    "of people": partial(of_people, bounds=BOUNDS, team_id="", named=True),
    "counts": partial(counts_of, bounds=BOUNDS, team_id=""),
    "timelines": partial(timelines_of, bounds=BOUNDS, team_id="", named=True),
}


def tally(deltas: list[Delta]) -> Tally:
    return Tally(Kept(), BOUNDS, {}, deltas, {"": 1}, [Person(0, "ada")], [])


@pytest.mark.parametrize("report", REPORTS)
async def test_a_report_of_many_sums_is_made_in_steps(report: str) -> None:
    deltas = [
        Delta(EVERYBODY, 0, Key(State.ONLINE_BY_HAND), sign, sign * number)
        for number in range(DELTAS // 2)
        for sign in (1, -1)
    ]
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    waiting = asyncio.create_task(others())
    await REPORTS[report](tally(deltas))
    waiting.cancel()
    assert turns >= DELTAS / 2_000
