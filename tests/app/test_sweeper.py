"""The sweeper beside others on the same loop."""

from __future__ import annotations

import asyncio

from tests.fakes import FakeClock

from onduty_server.app.limits import SWEEP_CHUNK
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.ports.sweeping import Sweep
from onduty_server.app.service import StatusService
from onduty_server.app.sweeper import Sweeper
from onduty_server.stores.memory import MemoryStore

ACCOUNT = "acme"
CHUNKS = 5
TURNS_OF_A_CALL = 6
"""About how many turns of the loop a small call takes, from its arrival to its answer."""


class CountingStore(MemoryStore):
    """Counts the chunks that have been committed."""

    chunks = 0

    async def settle_due(self, limit: int) -> Sweep:
        sweep = await super().settle_due(limit)
        self.chunks += 1
        return sweep


async def test_a_call_that_comes_in_a_storm_is_answered_between_two_chunks() -> None:
    clock = FakeClock()
    store = CountingStore(clock, StoreOptions(count_outage_as_inactivity=True))
    await store.open()
    service = StatusService(store)
    await service.update_workflow(ACCOUNT, {"enabled": True, "away_after_ms": 60_000})
    for number in range(CHUNKS * SWEEP_CHUNK):
        await service.record_activity(ACCOUNT, f"user-{number}")
    clock.advance(60_000)
    await store.heartbeat()
    answered_after: set[int] = set()

    async def calls() -> None:
        while True:
            for _ in range(TURNS_OF_A_CALL):
                await asyncio.sleep(0)
            answered_after.add(store.chunks)

    calling = asyncio.create_task(calls())
    assert await Sweeper(store, clock).sweep_once() is None
    calling.cancel()
    await asyncio.wait([calling])
    assert set(range(1, CHUNKS)) <= answered_after
    await store.close()
