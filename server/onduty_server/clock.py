"""The only place that reads time."""

from __future__ import annotations

import asyncio
import time

from .app.ports.clock import Clock

_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Counts while the machine is suspended, where the system has such a clock: a suspended server is an outage."""

_MIN_WAIT_S = 0.001


def wall_clock_ms() -> int:
    """The system's idea of the time, ms UTC, which may be stepped at any moment."""
    return time.time_ns() // 1_000_000


class SystemClock(Clock):
    """The wall clock as it was at the start, carried on by a steady one.

    A step of the wall clock while the server runs is not followed (`wall_offset` tells how large it was): following it
    forwards would switch people early, backwards would lose them. The next start takes the wall clock anew.
    """

    def __init__(self) -> None:
        self._base_ns = time.time_ns() - time.clock_gettime_ns(_STEADY)

    def now(self) -> int:
        """The time now, ms UTC."""
        return (self._base_ns + time.clock_gettime_ns(_STEADY)) // 1_000_000

    def hold(self, not_before: int) -> None:
        """Carry on from `not_before` when the wall clock went back since a store was last told the time."""
        behind_ms = not_before - self.now()
        if behind_ms > 0:
            self._base_ns += behind_ms * 1_000_000

    def align(self, now: int) -> None:
        """Carry on from `now`, which a store says whose own clock is the one that counts."""
        self._base_ns = now * 1_000_000 - time.clock_gettime_ns(_STEADY)

    def wall_offset(self) -> int:
        """How far (ms) the wall clock is ahead of this one."""
        return wall_clock_ms() - self.now()

    async def wait(self, event: asyncio.Event, until: int | None) -> None:
        """Return once `event` is set or the time has reached `until`."""
        while not event.is_set():
            timeout = None
            if until is not None:
                remaining_ms = until - self.now()
                if remaining_ms <= 0:
                    return
                # Long waits are cut: a steady clock and the loop's own may drift apart over days.
                timeout = min(max(remaining_ms / 1_000, _MIN_WAIT_S), 3_600.0)
            try:
                async with asyncio.timeout(timeout):
                    await event.wait()
            except TimeoutError:
                continue


def stopwatch() -> float:
    """Seconds on a clock that is good for measuring how long something takes."""
    return time.perf_counter()
