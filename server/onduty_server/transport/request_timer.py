"""Ends calls that do not send their request in time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from ..app.limits import MESSAGE_WAIT_MS
from ..app.ports.clock import Clock
from ..domain.errors import LimitExceeded

T = TypeVar("T")

_STOPPING_WAIT_MS = 500
"""The longest wait for a request while the server stops, so that a call that never sends one does not delay it."""


class RequestTimer:
    """Watches all requests that are being read, in one task: a timer for each call would add 3 % to its cost."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.until: dict[asyncio.Task[Any], int] = {}
        """The tasks that wait for a request, with their deadlines (ms UTC), earliest first."""
        self.wait_ms = MESSAGE_WAIT_MS
        """How long a request may take."""
        self.is_idle = True
        """True while the timer waits for somebody to `wake` it."""
        self._overdue: set[asyncio.Task[Any]] = set()
        self._waiting = asyncio.Event()
        self._shortened = asyncio.Event()

    async def limit(self, reading: Awaitable[T]) -> T:
        """Await `reading`, which reads a request, and return its result.

        A call that has no coroutine to spare does the same in its own.

        Raises:
            LimitExceeded: it did not come in time.
        """
        task = asyncio.current_task()
        assert task is not None
        self.until[task] = self._clock.now() + self.wait_ms
        if self.is_idle:
            self.wake()
        try:
            return await reading
        except asyncio.CancelledError as cancelled:
            raise self.why(task, cancelled) from None
        finally:
            del self.until[task]

    def wake(self) -> None:
        """Begin to look at the deadlines."""
        self.is_idle = False
        self._waiting.set()

    def why(self, task: asyncio.Task[Any], cancelled: asyncio.CancelledError) -> BaseException:
        """Return the error to raise in a task that was cancelled while it read: `cancelled`, or LimitExceeded."""
        if task not in self._overdue:
            return cancelled
        self._overdue.discard(task)
        task.uncancel()
        if self.wait_ms != MESSAGE_WAIT_MS:
            return LimitExceeded("the server is stopping, and the request did not come in time", retry_delay_ms=500)
        return LimitExceeded(f"the request did not come within {MESSAGE_WAIT_MS // 1_000} s")

    def drain(self) -> None:
        """Shorten the wait for every request, because the server is stopping."""
        self.wait_ms = _STOPPING_WAIT_MS
        at_most = self._clock.now() + self.wait_ms
        for task, until in self.until.items():
            self.until[task] = min(until, at_most)
        self._shortened.set()

    async def watch(self) -> None:
        """End calls whose request is overdue; runs until cancelled."""
        while True:
            await self._clock.wait(self._waiting, None)
            self._waiting.clear()
            while self.until:
                now = self._clock.now()
                for task, until in self.until.items():
                    if until > now:
                        break
                    if task not in self._overdue:
                        self._overdue.add(task)
                        task.cancel()
                else:
                    until = now + self.wait_ms
                await self._clock.wait(self._shortened, until)
                self._shortened.clear()
            self.is_idle = True
