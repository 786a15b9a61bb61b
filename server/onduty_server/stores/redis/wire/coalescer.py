"""Coalesces calls: those made while a call of their group is under way share the next call.

A shared call costs the server a third of what separate calls cost. A call made alone does not wait for others.
Invariant: the items of a group are carried out in the order in which they came.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

from ....domain.errors import StoreUnavailable

_ITEMS_MAX = 256
"""The most items of one call, since the others of the group wait for it."""

Group = TypeVar("Group", bound=Hashable)
Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


class CallCoalescer(Generic[Group, Item, Outcome]):
    """Coalesces calls by group. `carry_out` takes one or more items of a group, and returns the outcome of each."""

    def __init__(self, carry_out: Callable[[Group, Sequence[Item]], Awaitable[Sequence[Outcome]]]) -> None:
        self._carry_out = carry_out
        self._waiting: dict[Group, list[tuple[Item, asyncio.Future[Outcome]]]] = {}
        """By group with a call under way: the items for the next call."""
        self._calls: set[asyncio.Task[None]] = set()

    async def call(self, group: Group, item: Item) -> Outcome:
        """Carry out an item and return its outcome.

        An exception of `carry_out` is raised to all that share the call.
        """
        waiting = self._waiting.get(group)
        if waiting is None:
            self._waiting[group] = []
            try:
                (outcome,) = await self._carry_out(group, (item,))
                return outcome
            except StoreUnavailable as error:
                self._fail_waiting(group, error)
                raise
            finally:
                self._call_next(group)
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        waiting.append((item, future))
        return await future

    def _call_next(self, group: Group) -> None:
        waiting = self._waiting[group]
        if not waiting:
            del self._waiting[group]
            return
        items = waiting[:_ITEMS_MAX]
        del waiting[:_ITEMS_MAX]
        call = asyncio.create_task(self._call(group, items), name="onduty-redis-coalesced")
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _call(self, group: Group, items: Sequence[tuple[Item, asyncio.Future[Outcome]]]) -> None:
        try:
            outcomes = await self._carry_out(group, [item for item, _ in items])
            for (_, future), outcome in zip(items, outcomes, strict=True):
                if not future.done():
                    future.set_result(outcome)
        except StoreUnavailable as error:
            _fail(items, error)
            self._fail_waiting(group, error)
        except Exception as error:  # noqa: BLE001 -- the callers get it
            _fail(items, error)
        finally:
            for _, future in items:
                # It is still pending only if this task was cancelled, and callers must not wait for ever.
                future.cancel()
            self._call_next(group)

    def _fail_waiting(self, group: Group, error: StoreUnavailable) -> None:
        # They would fail in the same way, after waiting as long again.
        waiting = self._waiting[group]
        _fail(waiting, error)
        waiting.clear()


def _fail(items: Sequence[tuple[Any, asyncio.Future[Any]]], error: Exception) -> None:
    for _, future in items:
        if not future.done():
            future.set_exception(type(error)() if isinstance(error, StoreUnavailable) else error)
