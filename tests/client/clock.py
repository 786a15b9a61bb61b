"""The clock of the client's tests: real time, of which a test may skip as much as it likes.

What is skipped has passed for everything that was given this clock: ages grow, and timers that have become due fire in
their event loops. Nothing waits for it.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from onduty_client._clock import Clock, steady

T = TypeVar("T")

STEP_S = 0.25
"""A tick of the client's silence timers, which must get to run one by one."""


class _Timer:
    def __init__(self, due: float, callback: Callable[[], object]) -> None:
        self.due = due
        self.loop = asyncio.get_running_loop()
        self._callback: Callable[[], object] | None = callback
        self.handle: asyncio.TimerHandle | None = None

    def cancel(self) -> None:
        self._callback = None
        if self.handle is not None:
            self.handle.cancel()

    def fire(self) -> None:
        callback, self._callback = self._callback, None
        if callback is not None:
            callback()

    @property
    def is_over(self) -> bool:
        return self._callback is None


class SkippingClock:
    """Give its `clock` to what is tested, by `clocked`."""

    def __init__(self) -> None:
        self._skipped = 0.0
        #: How long timers were asked to wait, in that order.
        self.asked_s: list[float] = []
        self._timers: list[_Timer] = []
        self._loops: set[asyncio.AbstractEventLoop] = set()
        self._lock = threading.Lock()
        self.clock = Clock(now=self.now, wall=lambda: time.time() + self._skipped, call_later=self._call_later)  # noqa: TID251

    def now(self) -> float:
        return steady() + self._skipped

    @property
    def longest_wait_s(self) -> float:
        """How far ahead the last timer is due."""
        with self._lock:
            return max((timer.due - self.now() for timer in self._timers if not timer.is_over), default=0.0)

    def clocked(self, kind: type[T]) -> type[T]:
        """A mirror or reporter of that kind that goes by this clock."""
        made: Any = type(kind.__name__, (kind,), {"_clock": self.clock})
        return made  # type: ignore[no-any-return]

    def skip(self, seconds: float) -> None:
        """Let time have passed at once, during which no event loop has run."""
        self._skipped += seconds
        now = self.now()
        with self._lock:
            due = [timer for timer in self._timers if timer.due <= now]
            self._timers = [timer for timer in self._timers if timer.due > now and not timer.is_over]
        for timer in due:
            if not timer.loop.is_closed():
                timer.loop.call_soon_threadsafe(timer.fire)

    async def pass_by(self, seconds: float) -> None:
        """Let time pass, during which the event loops run. What they take for it is part of that time."""
        until = self.now() + seconds
        while (left_s := until - self.now()) > 0:
            self.skip(min(left_s, STEP_S))
            for loop in tuple(self._loops):
                if loop is not asyncio.get_running_loop() and loop.is_running():
                    await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_turns(), loop))
            await _turns()

    def _call_later(self, delay_s: float, callback: Callable[[], object]) -> _Timer:
        timer = _Timer(self.now() + delay_s, callback)
        self.asked_s.append(delay_s)
        timer.handle = timer.loop.call_later(delay_s, timer.fire)
        self._loops.add(timer.loop)
        with self._lock:
            self._timers.append(timer)
        return timer


async def _turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)
