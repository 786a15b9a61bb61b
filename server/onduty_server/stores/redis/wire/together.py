"""Calls that come while another of their kind is under way share the next one, which costs the store a third.

One alone does not wait for company. Invariant: calls of one kind are carried out in the order in which they came, each
after it was made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

from ....domain.errors import StoreUnavailable

_TOGETHER_MAX = 256
"""Items of one call, which other calls wait for."""

Kind = TypeVar("Kind", bound=Hashable)
Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


class Together(Generic[Kind, Item, Outcome]):
    """See the module. `carry_out` takes the items of a kind, at least one, and returns the outcome of each."""

    def __init__(self, carry_out: Callable[[Kind, Sequence[Item]], Awaitable[Sequence[Outcome]]]) -> None:
        self._carry_out = carry_out
        self._waiting: dict[Kind, list[tuple[Item, asyncio.Future[Outcome]]]] = {}
        """Of each kind with a call under way: who waits for the next one."""
        self._calls: set[asyncio.Task[None]] = set()

    async def call(self, kind: Kind, item: Item) -> Outcome:
        """The outcome of an item. Raises as `carry_out` does for all that were in the call."""
        waiting = self._waiting.get(kind)
        if waiting is None:
            self._waiting[kind] = []
            try:
                (outcome,) = await self._carry_out(kind, (item,))
                return outcome
            except StoreUnavailable as error:
                self._fail_waiting(kind, error)
                raise
            finally:
                self._go_on(kind)
        told: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        waiting.append((item, told))
        return await told

    def _go_on(self, kind: Kind) -> None:
        waiting = self._waiting[kind]
        if not waiting:
            del self._waiting[kind]
            return
        together = waiting[:_TOGETHER_MAX]
        del waiting[:_TOGETHER_MAX]
        call = asyncio.create_task(self._call_together(kind, together), name="onduty-redis-together")
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _call_together(self, kind: Kind, together: Sequence[tuple[Item, asyncio.Future[Outcome]]]) -> None:
        try:
            outcomes = await self._carry_out(kind, [item for item, _ in together])
            for (_, told), outcome in zip(together, outcomes, strict=True):
                if not told.done():
                    told.set_result(outcome)
        except StoreUnavailable as error:
            _fail(together, error)
            self._fail_waiting(kind, error)
        except Exception as error:  # noqa: BLE001 -- it is for those who wait
            _fail(together, error)
        finally:
            for _, told in together:
                # Only when told to stop: whoever waits must not wait for ever.
                told.cancel()
            self._go_on(kind)

    def _fail_waiting(self, kind: Kind, error: StoreUnavailable) -> None:
        # They would hear the same, after waiting for as long once more.
        waiting = self._waiting[kind]
        _fail(waiting, error)
        waiting.clear()


def _fail(together: Sequence[tuple[Any, asyncio.Future[Any]]], error: Exception) -> None:
    for _, told in together:
        if not told.done():
            told.set_exception(type(error)() if isinstance(error, StoreUnavailable) else error)
