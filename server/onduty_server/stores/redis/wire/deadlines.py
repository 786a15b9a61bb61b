"""Gives each call one deadline for all its attempts, so that callers learn in time that the store is unavailable.

All calls have the same time, so their deadlines pass in the order in which they began, and one timer serves all of
them; a timer for each would cost half as much as recording an activity.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from ....domain.errors import StoreUnavailable

CALL_TIMEOUT_S = 4.0
"""The time for a call; less than the 5 s for which clients wait."""


class Timers(Protocol):
    """The part of an event loop that deadlines need. Time is in seconds, by a steady clock."""

    def time(self) -> float:
        """Return the time."""

    def call_at(self, when: float, callback: Callable[[], None]) -> object:
        """Call `callback` at a time."""


class _Call:
    __slots__ = ("cancelling", "ends_at", "expired", "task")

    def __init__(self, task: asyncio.Task[Any], ends_at: float) -> None:
        self.task: asyncio.Task[Any] | None = task
        """None once the call has ended."""
        self.ends_at = ends_at
        self.expired = False
        self.cancelling = task.cancelling()


class Deadlines:
    """The calls under way in one event loop; cancels one whose deadline passes. `timers` is the loop by default."""

    def __init__(self, timeout_s: float = CALL_TIMEOUT_S, *, timers: Timers | None = None) -> None:
        self._timeout_s = timeout_s
        self._timers = timers
        self._calls: deque[_Call] = deque()
        self._timer: object = None

    def begin(self) -> _Call:
        """Record that the current task begins a call."""
        task = asyncio.current_task()
        assert task is not None
        timers = self._timers
        if timers is None:
            timers = self._timers = task.get_loop()
        call = _Call(task, timers.time() + self._timeout_s)
        self._calls.append(call)
        if self._timer is None:
            self._timer = timers.call_at(call.ends_at, self._expire)
        return call

    def end(self, call: _Call) -> None:
        """Undo `begin`: the call has ended, in whatever way."""
        call.task = None
        # Ended calls stay in the queue behind one that takes longer; there are few of them.
        while self._calls and self._calls[0].task is None:
            self._calls.popleft()

    def _expire(self) -> None:
        assert self._timers is not None
        self._timer = None
        now = self._timers.time()
        for call in self._calls:
            if call.ends_at > now:
                self._timer = self._timers.call_at(call.ends_at, self._expire)
                break
            if call.task is not None and not call.expired:
                call.expired = True
                call.task.cancel()


class Bounded(Protocol):
    """An object whose calls have deadlines."""

    deadlines: Deadlines


P = ParamSpec("P")
S = TypeVar("S", bound=Bounded)
T = TypeVar("T")


def bounded(
    method: Callable[Concatenate[S, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """Make a method raise StoreUnavailable at its deadline. Commands sent until then may still be carried out."""

    @wraps(method)
    async def call(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        began = self.deadlines.begin()
        task = began.task
        try:
            return await method(self, *args, **kwargs)
        except asyncio.CancelledError:
            # This does not hold if the caller was cancelled as well.
            if began.expired and task is not None and task.uncancel() <= began.cancelling:
                raise StoreUnavailable from None
            raise
        finally:
            self.deadlines.end(began)

    return call
