"""One deadline for all that a call tries, so that callers are told in time that the store is unavailable.

All calls have the same time, so they run out in the order in which they began, and one timer does for all of them; a
timer for each would cost as much as half an activity.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from ....domain.errors import StoreUnavailable

CALL_TIMEOUT_S = 4.0
"""Less than the 5 s for which clients wait."""


class _Call:
    __slots__ = ("cancelling", "ends_at", "expired", "task")

    def __init__(self, task: asyncio.Task[Any], ends_at: float) -> None:
        self.task: asyncio.Task[Any] | None = task
        """None once the call has ended."""
        self.ends_at = ends_at
        self.expired = False
        self.cancelling = task.cancelling()


class Deadlines:
    """The calls that are under way, of one event loop. One that runs out is cancelled."""

    def __init__(self, timeout_s: float = CALL_TIMEOUT_S) -> None:
        self._timeout_s = timeout_s
        self._calls: deque[_Call] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> _Call:
        """A call begins, in the running task."""
        task = asyncio.current_task()
        assert task is not None
        loop = task.get_loop()
        call = _Call(task, loop.time() + self._timeout_s)
        self._calls.append(call)
        if self._timer is None:
            self._timer = loop.call_at(call.ends_at, self._expire)
        return call

    def end(self, call: _Call) -> None:
        """The call has ended, however it did."""
        call.task = None
        # What is behind one that takes longer waits for it; there is little of that.
        while self._calls and self._calls[0].task is None:
            self._calls.popleft()

    def _expire(self) -> None:
        self._timer = None
        loop = asyncio.get_running_loop()
        now = loop.time()
        for call in self._calls:
            if call.ends_at > now:
                self._timer = loop.call_at(call.ends_at, self._expire)
                break
            if call.task is not None and not call.expired:
                call.expired = True
                call.task.cancel()


class Bounded(Protocol):
    """What has calls that end in time."""

    deadlines: Deadlines


P = ParamSpec("P")
S = TypeVar("S", bound=Bounded)
T = TypeVar("T")


def bounded(
    method: Callable[Concatenate[S, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """Have a method raise StoreUnavailable when it has not ended in time; what it has sent by then goes its way."""

    @wraps(method)
    async def call(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        began = self.deadlines.begin()
        task = began.task
        try:
            return await method(self, *args, **kwargs)
        except asyncio.CancelledError:
            # Unless somebody else wanted it to end, too.
            if began.expired and task is not None and task.uncancel() <= began.cancelling:
                raise StoreUnavailable from None
            raise
        finally:
            self.deadlines.end(began)

    return call
