"""All that a call tries has one deadline, whichever part of it does not get on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from onduty_client._connection import DEFAULT_TIMEOUT_S
from onduty_server.domain.errors import StoreUnavailable
from onduty_server.stores.redis.wire.deadlines import CALL_TIMEOUT_S, Deadlines, bounded

SHORT_S = 0.05


class FakeTimers:
    """Timers of a time that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[tuple[float, Callable[[], None]]] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Callable[[], None]) -> object:
        self.timers.append((when, callback))
        return callback

    def advance(self, by_s: float) -> None:
        self.now += by_s
        due = [timer for timer in self.timers if timer[0] <= self.now]
        for timer in due:
            self.timers.remove(timer)
            timer[1]()


class Calls:
    """Calls that take as long as they are told to."""

    def __init__(self) -> None:
        self.timers = FakeTimers()
        self.deadlines = Deadlines(SHORT_S, timers=self.timers)
        self.over = asyncio.Event()
        self.lock = asyncio.Lock()

    @bounded
    async def waits(self) -> str:
        await self.over.wait()
        return "over"

    @bounded
    async def queues(self) -> str:
        async with self.lock:
            return await self.waits()

    @bounded
    async def fails(self) -> None:
        raise LookupError

    @bounded
    async def answers(self) -> int:
        await asyncio.sleep(0)
        return 7


def test_clients_wait_for_longer_than_a_call_may_take() -> None:
    assert CALL_TIMEOUT_S < DEFAULT_TIMEOUT_S


async def test_calls_that_do_not_get_on_are_unavailable_all_of_them_in_time() -> None:
    calls = Calls()
    # One holds what the others queue for; one deadline is within another.
    queueing = asyncio.gather(*(calls.queues() for _ in range(20)), return_exceptions=True)
    await asyncio.sleep(0)
    calls.timers.advance(SHORT_S / 2)
    for _ in range(5):
        await asyncio.sleep(0)
    assert not queueing.done()
    calls.timers.advance(SHORT_S / 2)
    assert all(isinstance(outcome, StoreUnavailable) for outcome in await queueing)
    assert not calls.lock.locked()
    calls.over.set()
    assert await calls.queues() == "over"


async def test_a_later_call_has_as_much_time_as_an_earlier_one() -> None:
    calls = Calls()
    early = asyncio.create_task(calls.waits())
    await asyncio.sleep(0)
    calls.timers.advance(SHORT_S / 2)
    late = asyncio.create_task(calls.waits())
    await asyncio.sleep(0)
    calls.timers.advance(SHORT_S / 2)
    with pytest.raises(StoreUnavailable):
        await early
    assert not late.done()
    calls.timers.advance(SHORT_S / 2)
    with pytest.raises(StoreUnavailable):
        await late


async def test_what_ends_in_time_ends_as_it_does() -> None:
    calls = Calls()
    waiting = asyncio.create_task(calls.waits())
    await asyncio.sleep(0)
    assert await calls.answers() == 7
    with pytest.raises(LookupError):
        await calls.fails()
    calls.over.set()
    assert await waiting == "over"
    # Nothing of them is left, and nobody is cancelled for them later.
    assert not calls.deadlines._calls
    calls.timers.advance(2 * SHORT_S)
    assert await calls.answers() == 7


async def test_a_caller_who_is_cancelled_is_cancelled() -> None:
    calls = Calls()
    task = asyncio.create_task(calls.waits())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()


async def test_a_caller_may_have_a_deadline_of_its_own() -> None:
    calls = Calls()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await calls.waits()
    asyncio.get_running_loop().call_soon(calls.timers.advance, SHORT_S)
    with pytest.raises(StoreUnavailable):
        async with asyncio.timeout(60):
            await calls.waits()
    task = asyncio.current_task()
    assert task is not None and task.cancelling() == 0


async def test_by_default_deadlines_are_those_of_the_event_loop() -> None:
    calls = Calls()
    calls.deadlines = Deadlines(0)
    with pytest.raises(StoreUnavailable):
        await calls.waits()
