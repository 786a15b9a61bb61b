"""Activities, several of a partition in one call of a script: that costs the store a third of what as many calls do.

While a call is under way for a partition, activities gather for the next one, so that one alone does not wait for
company. Invariant: those of a partition are carried out in the order in which they came.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from ...domain.errors import StoreUnavailable
from .link import Arg

_TOGETHER_MAX = 256
"""Activities of one call, which other calls wait for."""


class Touched(NamedTuple):
    """What became of an activity, or what there is to decide about it."""

    moved: bool
    now: int
    floor: int
    record: bytes
    workflow: bytes
    past: bytes


class _Touch(NamedTuple):
    account_id: str
    user_id: str
    activity_time: Arg
    touched: asyncio.Future[Touched]


Run = Callable[..., Awaitable[list[Any]]]
"""(partition, *activities) -> the script's reply."""


class Touches:
    """See the module."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._waiting: dict[int, list[_Touch]] = {}
        """Of each partition with a call under way: who waits for the next one."""
        self._calls: set[asyncio.Task[None]] = set()

    async def touch(self, partition: int, account_id: str, user_id: str, activity_time: Arg) -> Touched:
        """Record an activity if it changes no status. `activity_time` is ms UTC, empty for now.

        Raises:
            StoreUnavailable: it may have been recorded or not; to send it again does no harm.
        """
        waiting = self._waiting.get(partition)
        if waiting is None:
            self._waiting[partition] = []
            try:
                (touched,) = _touched(await self._run(partition, account_id, user_id, activity_time))
                return touched
            finally:
                self._go_on(partition)
        touch = _Touch(account_id, user_id, activity_time, asyncio.get_running_loop().create_future())
        waiting.append(touch)
        return await touch.touched

    def _go_on(self, partition: int) -> None:
        waiting = self._waiting[partition]
        if not waiting:
            del self._waiting[partition]
            return
        together = waiting[:_TOGETHER_MAX]
        del waiting[:_TOGETHER_MAX]
        call = asyncio.create_task(self._touch_together(partition, together), name="onduty-redis-touches")
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _touch_together(self, partition: int, together: Sequence[_Touch]) -> None:
        args = [arg for touch in together for arg in touch[:3]]
        try:
            for touch, touched in zip(together, _touched(await self._run(partition, *args)), strict=True):
                if not touch.touched.done():
                    touch.touched.set_result(touched)
        except StoreUnavailable as error:
            for touch in together:
                if not touch.touched.done():
                    touch.touched.set_exception(type(error)())
        finally:
            for touch in together:
                # Only when told to stop: whoever waits must not wait for ever.
                touch.touched.cancel()
            self._go_on(partition)


def _touched(reply: list[Any]) -> list[Touched]:
    _, floor, policies, found = reply
    accounts = list(zip(*[iter(policies)] * 3, strict=True))
    touched: list[Touched] = []
    for moved, record, place in zip(*[iter(found)] * 3, strict=True):
        now, workflow, past = accounts[place - 1]
        touched.append(Touched(bool(moved), now, floor, record, workflow, past))
    return touched
