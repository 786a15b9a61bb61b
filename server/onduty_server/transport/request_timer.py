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
        self._until: dict[asyncio.Task[Any], int] = {}
        """The tasks that wait for a request, with their deadlines (ms UTC), earliest first."""
        self._overdue: set[asyncio.Task[Any]] = set()
        self._is_idle = True
        """True while `watch` waits for the first request."""
        self._waiting = asyncio.Event()
        self._wait_ms = MESSAGE_WAIT_MS
        self._shortened = asyncio.Event()

    async def limit(self, reading: Awaitable[T]) -> T:
        """Await `reading`, which reads a request, and return its result.

        Raises:
            LimitExceeded: it did not come in time.
        """
        task = self.begin(self._clock.now())
        try:
            return await reading
        except asyncio.CancelledError as cancelled:
            raise self.why(task, cancelled) from None
        finally:
            self.end(task)

    def begin(self, now: int) -> asyncio.Task[Any]:
        """Begin to limit, at `now`, how long the present task reads a request; return the task.

        For calls that do not have a coroutine to spare: unless they use `limit`, they must call `end`, and raise what
        `why` returns if they are cancelled.
        """
        task = asyncio.current_task()
        assert task is not None
        self._until[task] = now + self._wait_ms
        if self._is_idle:
            self._is_idle = False
            self._waiting.set()
        return task

    def end(self, task: asyncio.Task[Any]) -> None:
        """Stop limiting a task, whose request was read or will not come."""
        del self._until[task]
        if self._overdue:
            self._overdue.discard(task)

    def why(self, task: asyncio.Task[Any], cancelled: asyncio.CancelledError) -> BaseException:
        """Return the error to raise in a task that was cancelled while it read: `cancelled`, or LimitExceeded."""
        if task not in self._overdue:
            return cancelled
        task.uncancel()
        if self._wait_ms != MESSAGE_WAIT_MS:
            return LimitExceeded("the server is stopping, and the request did not come in time", retry_delay_ms=500)
        return LimitExceeded(f"the request did not come within {MESSAGE_WAIT_MS // 1_000} s")

    def drain(self) -> None:
        """Shorten the wait for every request, because the server is stopping."""
        self._wait_ms = _STOPPING_WAIT_MS
        at_most = self._clock.now() + self._wait_ms
        for task, until in self._until.items():
            self._until[task] = min(until, at_most)
        self._shortened.set()

    async def watch(self) -> None:
        """End calls whose request is overdue; runs until cancelled."""
        while True:
            await self._clock.wait(self._waiting, None)
            self._waiting.clear()
            while self._until:
                now = self._clock.now()
                for task, until in self._until.items():
                    if until > now:
                        break
                    if task not in self._overdue:
                        self._overdue.add(task)
                        task.cancel()
                else:
                    until = now + self._wait_ms
                await self._clock.wait(self._shortened, until)
                self._shortened.clear()
            self._is_idle = True
