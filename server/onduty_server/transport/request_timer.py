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
        self._waiting = asyncio.Event()
        self._wait_ms = MESSAGE_WAIT_MS
        self._shortened = asyncio.Event()

    async def limit(self, reading: Awaitable[T]) -> T:
        """Await `reading`, which reads a request, and return its result.

        Raises:
            LimitExceeded: it did not come in time.
        """
        task = asyncio.current_task()
        assert task is not None
        self._until[task] = self._clock.now() + self._wait_ms
        if not self._waiting.is_set():
            self._waiting.set()
        try:
            return await reading
        except asyncio.CancelledError:
            if task not in self._overdue:
                raise
            task.uncancel()
            if self._wait_ms != MESSAGE_WAIT_MS:
                raise LimitExceeded(
                    "the server is stopping, and the request did not come in time", retry_delay_ms=500
                ) from None
            raise LimitExceeded(f"the request did not come within {MESSAGE_WAIT_MS // 1_000} s") from None
        finally:
            del self._until[task]
            self._overdue.discard(task)

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
