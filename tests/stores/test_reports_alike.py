"""Reports of the same life from every store: what is kept differs, what is told does not."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from operator import methodcaller
from pathlib import Path

import pytest
from tests.stores.backends import BACKENDS, WHOLE_SUITE, Backend
from tests.stores.site import ACCOUNT, DAY, GONE, HOUR, MINUTE, Site
from tests.stores.test_redis_sums import counted

from onduty_server.app.ports.reports import Detail, Tally, TallyQuery
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.errors import UserUnknown
from onduty_server.domain.status import Status
from onduty_server.domain.tallies import CONNECTED, ENGAGED, Kept
from onduty_server.stores.redis.steps import StepSizes

pytestmark = pytest.mark.slow

USERS = [f"user {number}" for number in range(8)]
TEAMS = ("", "day", "night")
KEEPS_FOR_EVER = StoreOptions(count_outage_as_inactivity=True, history_retention_ms=10_000 * DAY)
KEEPS_LITTLE = StoreOptions(count_outage_as_inactivity=True, history_retention_ms=2 * DAY)


class Lives:
    """The same life in several stores."""

    def __init__(self, sites: Sequence[Site], seed: int) -> None:
        self._sites = sites
        self._dice = random.Random(seed)

    async def _all(self, act: Callable[[Site], Awaitable[object]]) -> None:
        outcomes = set()
        for site in self._sites:
            try:
                await act(site)
                outcomes.add("done")
            except UserUnknown:
                outcomes.add("unknown")
        assert len(outcomes) == 1

    async def go_on(self, steps: int) -> None:
        dice = self._dice
        await self._all(methodcaller("configure", GONE))
        for _ in range(steps):
            user, ttl_ms = dice.choice(USERS), dice.choice((MINUTE, 10 * MINUTE, 3 * HOUR))
            one, team, status = dice.choice("pq"), dice.choice(TEAMS), dice.choice(list(Status))
            acts: list[Callable[[Site], Awaitable[object]]] = [
                methodcaller("activity", user),
                methodcaller("set", user, status),
                methodcaller("keep", user, one, ttl_ms, idle_for_ms=0),
                methodcaller("leave", user, one),
                methodcaller("engage", user, one, ttl_ms),
                methodcaller("disengage", user, one),
                methodcaller("move", team, user),
                methodcaller("erase", user),
            ]
            await self._all(dice.choices(acts, (3, 2, 4, 2, 4, 2, 2, 0.3))[0])
            by_ms = dice.choice((dice.randrange(1, 2 * MINUTE), dice.randrange(HOUR), dice.randrange(4 * HOUR)))
            for site in self._sites:
                site.advance(by_ms)
                await site.sweep()
                await site.store.heartbeat()


def told(tally: Tally) -> dict[str, object]:
    """All that a report tells, in one form."""
    return {
        "levels": counted(tally),
        "at the end": {key: number for key, number in tally.at_end.items() if number},
        "present": {team: number for team, number in tally.present.items() if number},
        "people": [(person.position, person.user_id, person.profile) for person in tally.people],
    }


@pytest.mark.parametrize("seed", range(3))
async def test_every_store_tells_the_same_of_the_same_life(tmp_path: Path, seed: int) -> None:
    backends: dict[str, Backend] = {}
    for name in WHOLE_SUITE:
        for options in (KEEPS_FOR_EVER, KEEPS_LITTLE):
            kept = "long" if options is KEEPS_FOR_EVER else "short"
            directory = tmp_path / f"{name} {kept}"
            directory.mkdir()
            backend = backends[f"{name} {kept}"] = BACKENDS[name](directory)
            backend.redis_steps = StepSizes(prune=5, report=3)
            await backend.open(options)
    sites = {name: Site(backend) for name, backend in backends.items()}
    began = min(site.now for site in sites.values())
    await Lives(list(sites.values()), seed).go_on(130)
    now = max(site.now for site in sites.values())
    first_day = began // DAY * DAY - DAY
    days = list(range(first_day, now + 2 * DAY, DAY))

    def refine(_kept: Kept) -> Sequence[int]:
        return days

    queries = [TallyQuery(days[0], days[-1], refine, detail, limit=100) for detail in (Detail.TOTALS, Detail.TEAMS)]
    queries += [TallyQuery(days[0], days[-1], refine, Detail.PEOPLE, team_id=team, limit=100) for team in TEAMS]
    for query in queries:
        tallies = {name: await site.store.tally(ACCOUNT, query) for name, site in sites.items()}
        assert [bool(tally.kept.days) for tally in tallies.values()] == [False, True] * len(WHOLE_SUITE)
        expected = told(tallies["memory long"])
        for name, tally in tallies.items():
            assert told(tally) == expected, (name, query.detail, query.team_id)
    codes = {key.code for _, _, key in counted(await sites["memory long"].store.tally(ACCOUNT, queries[0]))}
    assert codes > {CONNECTED, ENGAGED}
    for backend in backends.values():
        await backend.stop()
