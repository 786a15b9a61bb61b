"""What the tests of reports ask a store, and the sums that its answers come to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from tests.stores.site import ACCOUNT, DAY, HOUR, Site
from tests.sums import added_up, deltas_of

from onduty_server.app.ports.reports import Detail, Tally, TallyQuery
from onduty_server.app.summing import cells_of
from onduty_server.domain.status import Status
from onduty_server.domain.tallies import CONNECTED, EVERYBODY, Key, levels

Spent = dict[tuple[int, Key], list[int]]
"""By person and key: the time in each stretch."""


async def ask(
    site: Site,
    bounds: Sequence[int],
    detail: Detail = Detail.PEOPLE,
    *,
    team: str = "",
    users: Sequence[str] = (),
    position: int = 0,
    limit: int = 1_000,
    most_steps: int = 1_000_000,
    account: str = ACCOUNT,
) -> Tally:
    """Ask for the time between bounds."""
    query = TallyQuery(
        *(bounds[0], bounds[-1], partial(cells_of, bounds), detail, users, team, position, limit, most_steps)
    )
    return await site.store.tally(account, query)


def spent(tally: Tally) -> Spent:
    """The time with each key in each stretch. Nobody is ever there twice, or less than not at all."""
    deltas = added_up(tally.deltas)
    found: Spent = {}
    for person, key in {*tally.at_end, *deltas}:
        of_key = levels(tally.bounds, tally.at_end.get((person, key), 0), deltas.get((person, key), {}))
        assert all(level.people >= 0 and level.time_ms >= 0 for level in of_key), (person, key, of_key)
        assert person == EVERYBODY or all(level.people <= 1 for level in of_key), (person, key, of_key)
        if any(level.time_ms for level in of_key):
            found[person, key] = [level.time_ms for level in of_key]
    return found


def together(of_people: Spent, *, teams: bool) -> Spent:
    """The same of everybody together."""
    found: Spent = {}
    for (_, key), times in of_people.items():
        place = EVERYBODY, key if teams else Key(key.code)
        found[place] = [a + b for a, b in zip(found.get(place, [0] * len(times)), times, strict=True)]
    return found


async def agreed(site: Site, bounds: Sequence[int]) -> Spent:
    """The time of each person, and that all ways to ask for it come to the same."""
    tally = await ask(site, bounds)
    of_people = spent(tally)
    assert tally.present == {} and tally.next_position is None
    totals, teams, steps = [await ask(site, bounds, it) for it in (Detail.TOTALS, Detail.TEAMS, Detail.STEPS)]
    assert spent(totals) == together(of_people, teams=False)
    assert spent(teams) == together(of_people, teams=True)
    by_steps = steps._replace(deltas=[*steps.deltas, *deltas_of(steps.steps, steps.bounds)])
    states = {place: times for place, times in of_people.items() if place[1].code < CONNECTED}
    assert spent(by_steps) == states
    assert totals.present.get("", 0) == len({person for person, _ in states})
    in_teams = {(person, key.team_id) for person, key in states}
    assert teams.present == {
        team: sum(other == team for _, other in in_teams) for team in {team for _, team in in_teams}
    }
    assert [(each.position, each.user_id) for each in tally.people] == [
        (each.position, each.user_id) for each in steps.people
    ]
    return of_people


async def lived_for(site: Site, count: int) -> None:
    """Let days pass in which much happens at odd times."""
    for day in range(count):
        await site.activity("ada")
        await site.keep("ada", "laptop", 2 * HOUR)
        await site.set("bob", Status.AWAY, reason=f"day {day}")
        site.advance(5 * HOUR + 7)
        await site.sweep()
        await site.move(("day", "night")[day % 2], "ada", "bob")
        await site.engage("bob", "call", 3 * HOUR)
        await site.activity(f"guest-{day}")
        site.advance(9 * HOUR + 11)
        await site.set("bob", Status.ONLINE)
        if day % 3 == 2:
            await site.erase(f"guest-{day - 1}")
        await site.store.heartbeat()
        site.advance(DAY - 14 * HOUR - 18)
        await site.sweep()
        await site.store.heartbeat()


async def days(site: Site, count: int) -> None:
    """Let days pass. Without a heartbeat for longer, it might be the clock that is wrong."""
    for _ in range(count):
        site.advance(DAY)
        await site.store.heartbeat()


async def forget_before(site: Site, horizon: int) -> None:
    """Let the store forget its history, as it does by itself; it may take a while."""
    site.advance(HOUR)
    await site.store.heartbeat()
    while any(change.commit_time < horizon for change in await site.history()):
        pass
