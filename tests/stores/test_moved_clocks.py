"""Moved clocks on their way to the disk: roughly in the order of the file, in steps, and none is left behind."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

import pytest
from tests.fakes import FakeClock
from tests.stores.held_journal import HeldJournal
from tests.stores.site import ACCOUNT, SECOND

from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.domain.errors import StoreUnavailable
from onduty_server.stores.resident.journal import MovedClock
from onduty_server.stores.resident.steps import StepSizes
from onduty_server.stores.resident.store import ResidentStore

STEP = 50


class NotingJournal(HeldJournal):
    """Notes the moved clocks, append by append."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[Sequence[MovedClock]] = []

    def moved_clocks(self, moved: Sequence[MovedClock]) -> None:
        self.noted.append(moved)
        super().moved_clocks(moved)


class Noting:
    """A store of which nothing is flushed but by the test, or by the passing of an interval."""

    def __init__(self) -> None:
        self.journal, self.clock = NotingJournal(), FakeClock()
        options = StoreOptions(count_outage_as_inactivity=True)
        self.store = ResidentStore(
            self.journal, self.clock, options, activity_flush_interval_ms=SECOND, steps=StepSizes(flush=STEP)
        )
        self.service = StatusService(self.store)

    async def know(self, users: Sequence[tuple[str, str]]) -> None:
        for account_id, user_id in users:
            await self.service.record_activity(account_id, user_id)
        await self.store._clocks.flush()
        self.clock.advance(1)
        self.journal.noted.clear()

    def touch(self, users: Sequence[tuple[str, str]]) -> None:
        for account_id, user_id in users:
            assert self.store.immediate.touch(account_id, user_id, None)


async def begun(noting: Noting) -> None:
    """Let a flush make its first step, and no other."""
    for _ in range(50):
        if noting.journal.noted:
            break
        await asyncio.sleep(0)
    assert len(noting.journal.noted) == 1


async def test_a_flush_goes_by_the_places_in_the_file_and_not_by_the_order_of_activities() -> None:
    noting = Noting()
    await noting.store.open()
    users = [(ACCOUNT, f"user-{number}") for number in range(2_600)]
    await noting.know(users)
    random.Random(1).shuffle(users)
    noting.touch(users)
    await noting.store._clocks.flush()
    numbers = [number for moved in noting.journal.noted for _, number, *_ in moved]
    assert sorted(numbers) == list(range(2_600))
    blocks = [number >> 10 for number in numbers]
    assert blocks == sorted(blocks)
    assert max(map(len, noting.journal.noted)) <= STEP
    await noting.store.close()


async def test_accounts_of_one_user_each_are_flushed_together() -> None:
    noting = Noting()
    await noting.store.open()
    users = [(f"account-{number}", "ada") for number in range(600)]
    await noting.know(users)
    random.Random(1).shuffle(users)
    noting.touch(users)
    assert len(noting.store._clocks._dirty) == 3
    await noting.store._clocks.flush()
    accounts = [account for moved in noting.journal.noted for account, *_ in moved]
    first = min(accounts)
    assert sorted(accounts) == list(range(first, first + 600))
    assert [account >> 8 for account in accounts] == sorted(account >> 8 for account in accounts)
    await noting.store.close()


async def test_what_moves_during_a_flush_is_flushed_an_interval_later_with_no_other_activity() -> None:
    noting = Noting()
    await noting.store.open()
    users = [(ACCOUNT, f"user-{number}") for number in range(4 * STEP)]
    await noting.know(users)
    noting.touch(users[: 2 * STEP])
    for _ in range(50):
        await asyncio.sleep(0)  # until the flush waits for its time
    noting.clock.advance(SECOND)
    await begun(noting)
    noting.touch(users[2 * STEP :])  # these are neighbours of those being flushed
    for _ in range(2):
        for _ in range(50):
            await asyncio.sleep(0)
        noting.clock.advance(SECOND)
    for _ in range(50):
        await asyncio.sleep(0)
    assert noting.store._clocks.all_written
    assert {number for moved in noting.journal.noted for _, number, *_ in moved} == set(range(4 * STEP))
    await noting.store.close()


async def test_a_store_that_is_closed_during_a_flush_loses_nothing() -> None:
    noting = Noting()
    await noting.store.open()
    users = [(ACCOUNT, f"user-{number}") for number in range(2_600)]
    await noting.know(users)
    noting.touch(users)
    flush = asyncio.ensure_future(noting.store._clocks.flush())
    await begun(noting)
    await noting.store.close()
    with pytest.raises(StoreUnavailable):
        await flush
    assert sorted(number for moved in noting.journal.noted for _, number, *_ in moved) == list(range(2_600))
