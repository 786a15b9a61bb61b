"""The index of the stores that keep everybody in memory: bounded, and not touched by those who only go on working."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.stores.backends import MemoryBackend
from tests.stores.resident_index import check_index
from tests.stores.site import ACCOUNT, AWAY_ONLY, BOTH, DAY, GONE, MINUTE, SECOND, Site

from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.status import Resume, Status
from onduty_server.stores.resident.store import ResidentStore


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    backend = MemoryBackend(tmp_path)
    await backend.open(StoreOptions(count_outage_as_inactivity=True))
    yield Site(backend)
    await backend.stop()


@pytest.fixture
async def engine(site: Site) -> ResidentStore:
    assert isinstance(site.store, ResidentStore)
    return site.store


def heaps(engine: ResidentStore) -> list[list[int]]:
    return [list(heap) for heap in engine._accounts[ACCOUNT].teamless.deadlines._heaps]


async def test_an_activity_that_changes_nothing_takes_the_fast_path_and_touches_no_index(
    site: Site, engine: ResidentStore
) -> None:
    await site.configure(BOTH)
    await site.populate(["ada", "bob"])
    await site.sweep()
    before, schedule = heaps(engine), list(engine._schedule._entries)
    for _ in range(50):
        site.advance(SECOND)
        await site.store.heartbeat()
        for user in ("ada", "bob"):
            assert engine.immediate.touch(ACCOUNT, user, None)
            assert engine.immediate.peek(ACCOUNT, user) == await site.view(user)
    assert (heaps(engine), engine._schedule._entries) == (before, schedule)
    assert not engine.wakeup.is_set()
    check_index(engine)


@pytest.mark.parametrize("seed", range(3))
async def test_no_heap_holds_anybody_twice_whatever_happens(site: Site, engine: ResidentStore, seed: int) -> None:
    dice = random.Random(seed)
    await site.configure(BOTH, resume=Resume.FROM_AWAY_OR_OFFLINE)
    users = [f"user-{number}" for number in range(6)]
    for _ in range(250):
        user = dice.choice(users)
        match dice.randrange(8):
            case 0 | 1:
                await site.set(user, dice.choice(list(Status)))
            case 2:
                await site.store.settle_due(dice.randrange(1, 4))
            case 3:
                await site.available()
            case 4:
                await site.configure(
                    away_after_ms=dice.randrange(1, 20) * MINUTE,
                    enabled=dice.random() < 0.8,
                    resume=dice.choice([*Resume]),
                )
            case _:
                await site.activity(user)
        site.advance(dice.randrange(10 * MINUTE))
        check_index(engine)
    assert all(len(heap) <= len(users) for heap in heaps(engine))


async def test_people_who_come_and_go_do_not_make_the_schedule_grow(site: Site, engine: ResidentStore) -> None:
    await site.configure(BOTH, away_after_ms=SECOND, offline_after_ms=30 * DAY)
    await site.activity("gone")
    for _ in range(500):
        await site.activity("ada")
        site.advance(SECOND)
        await site.sweep()
    assert len(engine._schedule._entries) < 100


async def test_changing_the_workflow_again_and_again_does_not_make_the_schedule_grow(
    site: Site, engine: ResidentStore
) -> None:
    await site.configure(AWAY_ONLY)
    await site.activity("ada")
    for _ in range(300):
        await site.configure(away_after_ms=DAY)
        await site.configure(away_after_ms=2 * SECOND)
        await site.activity("ada")
        site.advance(SECOND)
        await site.sweep()
    assert len(engine._schedule._entries) < 100


async def test_overdue_people_who_come_back_before_the_sweeper_do_not_pile_up_once_it_has_come(
    site: Site, engine: ResidentStore
) -> None:
    await site.configure(AWAY_ONLY)
    for _ in range(50):
        await site.activity("ada")
        site.advance(10 * MINUTE)
        await site.available()
    await site.sweep()
    assert not engine._accounts[ACCOUNT].overdue


async def test_a_past_workflow_is_forgotten_when_everybody_has_been_settled(site: Site, engine: ResidentStore) -> None:
    await site.configure(AWAY_ONLY)
    await site.populate([f"user-{number}" for number in range(400)])
    site.advance(10 * MINUTE)
    await site.configure(away_after_ms=DAY)
    await site.configure(away_after_ms=2 * DAY)
    account = engine._accounts[ACCOUNT]
    assert [past.workflow.away_after_ms for past in account.policy.past] == [10 * MINUTE, DAY]
    await site.sweep()
    assert not account.policy.past


async def test_a_workflow_that_leaves_nobody_overdue_is_forgotten_at_once(site: Site, engine: ResidentStore) -> None:
    await site.configure(AWAY_ONLY)
    await site.populate([f"user-{number}" for number in range(400)])
    site.advance(9 * MINUTE)
    await site.configure(away_after_ms=DAY)
    assert engine._accounts[ACCOUNT].policy.past == ()


async def test_while_the_switch_is_off_nothing_is_gathered_that_is_not_drained(
    site: Site, engine: ResidentStore
) -> None:
    users = [f"user-{number}" for number in range(20)]
    for _ in range(30):
        await site.populate(users)
        for user in users:
            await site.set(user, Status.AWAY)
            await site.set(user, Status.ONLINE)
        site.advance(MINUTE)
    assert [len(heap) for heap in heaps(engine)] == [20, 20, 0, 0, 0]
    assert engine._schedule._entries == []


async def test_a_team_that_loses_most_of_its_people_drops_their_entries_and_those_who_return_have_theirs(
    site: Site, engine: ResidentStore
) -> None:
    names = [f"user-{number}" for number in range(600)]
    await site.configure(GONE)
    await site.populate(names)
    for name in names[::4]:
        await site.keep(name)
    account = engine._accounts[ACCOUNT]
    await site.move("day", *names)
    check_index(engine)
    assert account.teamless.deadlines.count() < 400 and len(account.teamless.left) < 400
    site.advance(MINUTE)
    await site.move("night", *names[:200])
    await site.move("day", *names[:200])
    check_index(engine)
    assert not any(number in account.groups["day"].left for number in range(200))
    for name in names[::3]:
        await site.erase(name)
    check_index(engine)
    site.advance(10 * MINUTE)
    await site.sweep()
    check_index(engine)
    assert set((await site.statuses()).values()) <= {Status.AWAY, Status.OFFLINE}
    assert len(await site.views(team="day")) == 400
    await site.move("", *(view.user_id for view in await site.views()))
    assert list(account.groups) == [""]


async def test_an_event_in_one_of_many_teams_looks_at_no_other(site: Site, engine: ResidentStore) -> None:
    teams = [f"team-{number}" for number in range(50)]
    await site.configure(AWAY_ONLY)
    for number, team in enumerate(teams):
        await site.populate([f"user-{number}"])
        await site.move(team, f"user-{number}")
        await site.configure({"away_after_ms": (number + 5) * MINUTE}, team=team)
    await site.sweep()
    account = engine._accounts[ACCOUNT]
    assert account.due_groups is not None and not account.due_groups.unplaced
    site.advance(SECOND)
    await site.set("user-7", Status.ONLINE)
    assert account.due_groups.unplaced <= {account.groups["team-7"]}
    site.advance(6 * MINUTE)
    await site.sweep()
    check_index(engine)
    assert [user for user, status in (await site.statuses()).items() if status is Status.AWAY] == ["user-0", "user-1"]
