"""No call of a store in memory holds up the others for longer than a chunk takes, and is exact all the same."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest
from tests.fakes import FakeClock
from tests.stores.resident_index import check_index

from onduty_server.app.limits import ACTIVITIES_MAX
from onduty_server.app.ports.activities import ActivityReport
from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.domain.status import Status
from onduty_server.stores.memory import MemoryStore

ACCOUNT = "acme"
USERS = 3_000
LOOKED_AT_MAX = 1_000
"""How many users a call may look at between two turns of the others."""
DECIDED_MAX = 8
LIMIT = 20


class Others:
    """Whoever else is served: they count their turns, and do something in each."""

    def __init__(self, act: Callable[[], Awaitable[None]] | None = None) -> None:
        self.turns = 0
        self._act = act

    async def run(self) -> None:
        while True:
            self.turns += 1
            if self._act is not None:
                await self._act()
            await asyncio.sleep(0)

    async def beside(self, call: Awaitable[object]) -> None:
        running = asyncio.create_task(self.run())
        await call
        running.cancel()


async def populated() -> tuple[FakeClock, MemoryStore, StatusService]:
    """An account of many users, all ONLINE, who have been active again since the index last heard of them."""
    clock = FakeClock()
    store = MemoryStore(clock, StoreOptions(count_outage_as_inactivity=True))
    await store.open()
    service = StatusService(store)
    await service.update_workflow(ACCOUNT, {"enabled": True, "away_after_ms": 600_000})
    for seconds, places in ((0, range(USERS)), (60, reversed(range(USERS)))):
        began = clock.now() + seconds * 1_000
        clock.set(began + USERS)
        await service.record_activities(
            [ActivityReport(place, ACCOUNT, f"user-{place}", began + after) for after, place in enumerate(places)]
        )
    return clock, store, service


async def ranked(store: MemoryStore, order: AvailabilityOrder) -> list[str]:
    """What the answer has to be, from every user of the account."""
    views = list((await store.scan(ACCOUNT, (), 0, USERS)).views)
    while len(views) < USERS:
        page = await store.scan(ACCOUNT, (), len(views), USERS)
        views += page.views
    online = [view for view in views if view.status is Status.ONLINE]
    keys: dict[AvailabilityOrder, Callable[[int], tuple[int, int]]] = {
        AvailabilityOrder.LONGEST_AVAILABLE: lambda place: (online[place].status_since, place),
        AvailabilityOrder.MOST_RECENTLY_ACTIVE: lambda place: (-(online[place].last_activity or 0), place),
        # Nobody here has set a status that they were active before, so the clock is the last activity.
        AvailabilityOrder.LONGEST_IDLE: lambda place: (online[place].last_activity or 0, place),
    }
    return [online[place].user_id for place in sorted(range(len(online)), key=keys[order])[:LIMIT]]


@pytest.mark.parametrize("order", list(AvailabilityOrder))
async def test_who_is_available_is_found_in_chunks(order: AvailabilityOrder) -> None:
    _, _, service = await populated()
    others = Others()
    await others.beside(service.list_available_users(ACCOUNT, order=order, limit=LIMIT))
    assert others.turns >= USERS // LOOKED_AT_MAX - 1, "the last chunk is followed by the answer"


@pytest.mark.parametrize("order", list(AvailabilityOrder))
@pytest.mark.parametrize("seed", range(2))
async def test_what_happens_meanwhile_is_in_the_answer(order: AvailabilityOrder, seed: int) -> None:
    clock, store, service = await populated()
    chance = random.Random(seed)

    async def act() -> None:
        clock.advance(1)
        for _ in range(chance.randrange(40)):
            anybody, first, last = chance.randrange(USERS), chance.randrange(30), USERS - 1 - chance.randrange(30)
            user_id = f"user-{chance.choice((anybody, first, last))}"
            if chance.random() < 0.5:
                await service.set_status(ACCOUNT, user_id, Status.AWAY)
            else:
                await service.record_activity(ACCOUNT, user_id)

    others = Others(act)
    running = asyncio.create_task(others.run())
    available = await service.list_available_users(ACCOUNT, order=order, limit=LIMIT)
    # Nothing has had a turn since the answer was found.
    expected = await ranked(store, order)
    running.cancel()
    assert others.turns >= USERS // LOOKED_AT_MAX - 1, "the last chunk is followed by the answer"
    assert [view.user_id for view in available.views] == expected
    check_index(store)


async def test_when_the_foremost_all_leave_meanwhile_those_behind_them_are_found() -> None:
    _, store, service = await populated()
    turns = 0

    async def act() -> None:
        nonlocal turns
        turns += 1
        if turns == 2:
            for number in range(USERS // 2):
                await service.set_status(ACCOUNT, f"user-{number}", Status.AWAY)

    running = asyncio.create_task(Others(act).run())
    available = await service.list_available_users(ACCOUNT, order=AvailabilityOrder.MOST_RECENTLY_ACTIVE, limit=LIMIT)
    running.cancel()
    assert [view.user_id for view in available.views] == [f"user-{USERS // 2 + place}" for place in range(LIMIT)]
    account = store._accounts[ACCOUNT]
    assert account.moved is None and account.looks == 0


async def test_many_new_users_of_many_new_accounts_are_taken_in_chunks() -> None:
    store = MemoryStore(FakeClock(), StoreOptions(count_outage_as_inactivity=True))
    await store.open()
    service, others = StatusService(store), Others()
    reports = [ActivityReport(place, f"account-{place}", "ann", None) for place in range(ACTIVITIES_MAX)]
    await others.beside(service.record_activities(reports))
    assert others.turns >= ACTIVITIES_MAX // DECIDED_MAX
    assert len(store._accounts) == ACTIVITIES_MAX


async def test_a_caller_who_leaves_in_between_leaves_nothing_running() -> None:
    store = MemoryStore(FakeClock(), StoreOptions(count_outage_as_inactivity=True))
    await store.open()
    service = StatusService(store)
    reports = [ActivityReport(place, f"account-{place}", "ann", None) for place in range(ACTIVITIES_MAX)]
    before = asyncio.all_tasks()
    recording = asyncio.create_task(service.record_activities(reports))
    for _ in range(20):
        await asyncio.sleep(0)
    recording.cancel()
    with pytest.raises(asyncio.CancelledError):
        await recording
    for _ in range(3):
        await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
    assert 0 < len(store._accounts) < 500
