"""All that a call tries has one deadline, whichever part of it does not get on."""

from __future__ import annotations

import asyncio

import pytest

from onduty_client._connection import DEFAULT_TIMEOUT_S
from onduty_server.domain.errors import StoreUnavailable
from onduty_server.stores.redis.wire.deadline import CALL_TIMEOUT_S, Deadlines, bounded

SHORT_S = 0.05


class Calls:
    """Calls that take as long as they are told to."""

    def __init__(self) -> None:
        self.deadlines = Deadlines(SHORT_S)
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
    began = asyncio.get_running_loop().time()
    # One holds what the others queue for; one deadline is within another.
    outcomes = await asyncio.gather(*(calls.queues() for _ in range(20)), return_exceptions=True)
    assert all(isinstance(outcome, StoreUnavailable) for outcome in outcomes)
    assert asyncio.get_running_loop().time() - began < 20 * SHORT_S
    assert not calls.lock.locked()
    calls.over.set()
    assert await calls.queues() == "over"


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
    await asyncio.sleep(2 * SHORT_S)
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
        async with asyncio.timeout(SHORT_S / 5):
            await calls.waits()
    with pytest.raises(StoreUnavailable):
        async with asyncio.timeout(100 * SHORT_S):
            await calls.waits()
    task = asyncio.current_task()
    assert task is not None and task.cancelling() == 0
