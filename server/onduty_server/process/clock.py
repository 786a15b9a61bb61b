"""Reads time; nothing else in the package does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from functools import partial
from typing import NamedTuple

from ..app.ports.clock import Clock

_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""A clock that also counts while the machine is suspended, if the system has one, since suspension is an outage."""

FOLLOW_INTERVAL_MS = 1_000
"""The interval at which `SystemClock.follow` is to be called."""
_HELD_MS = 5_000
"""The wall clock is followed once it has run for this long without a step."""
_HELD_FAR_MS = 60_000
_FAR_MS = 24 * 3_600_000
"""A wall clock that is further ahead is followed only after `_HELD_FAR_MS`."""
_STEP_MS = 100
"""If the difference to the steady clock changes by more, the wall clock was stepped: both run at the same speed."""
_CLOSE_MS = 20
"""Clocks that are no further apart than this agree."""
_SLEW = 10
"""The time runs faster or slower by one part in this many until it meets the wall clock."""
_MIN_WAIT_S = 0.001
_MAX_WAIT_S = 3_600.0


def wall_clock_ms() -> int:
    """Return the system's time, ms UTC, which may be stepped at any moment."""
    return time.time_ns() // 1_000_000


_steady_ns = partial(time.clock_gettime_ns, _STEADY)


class ClockEvent(Enum):
    """The reactions of `SystemClock.follow` to a wall clock that shows another time."""

    STEPPED = "stepped"
    """The wall clock was stepped. The time does not follow it yet."""
    JUMPED = "jumped"
    """The time jumped ahead to that of the wall clock."""
    FASTER = "faster"
    SLOWER = "slower"
    AGREED = "agreed"
    """Both show the same time again."""


class ClockReport(NamedTuple):
    """A reaction that has begun, and how far (ms) ahead the wall clock was before it."""

    event: ClockEvent
    ahead_ms: int


class _Line(NamedTuple):
    """The time as a function of the steady clock. Immutable, because another thread may be reading it."""

    base_ns: int
    since_ns: int = 0
    """The beginning of the slew, by the steady clock."""
    slew_ns: int = 0
    """The length of the whole slew: forwards if above 0."""

    def at(self, steady_ns: int) -> int:
        """Return the time in ns UTC."""
        slewed = self.slew_ns
        if slewed:
            so_far = (steady_ns - self.since_ns) // _SLEW
            slewed = min(so_far, slewed) if slewed > 0 else max(-so_far, slewed)
        return self.base_ns + slewed + steady_ns


class SystemClock(Clock):
    """The wall clock at the start, continued by a steady clock that no step moves, and kept close to the wall clock.

    A wall clock that was stepped is followed once it has held for some seconds (`follow`). One that is far ahead, by
    more than `jump_ms`, is adopted at once: time has passed that was not counted here, as while a virtual machine was
    paused. That is an outage, and `on_jump` is called for the store, which measures periods. Otherwise the time runs a
    tenth faster or slower until both agree, so that no period is more than a tenth too short or too long.

    Args:
        jump_ms: A longer jump is reported; the outage grace of the store.
        wall_ns: The wall clock.
        steady_ns: The steady clock.
    """

    def __init__(
        self,
        *,
        jump_ms: int = 10_000,
        wall_ns: Callable[[], int] = time.time_ns,
        steady_ns: Callable[[], int] = _steady_ns,
    ) -> None:
        self._jump_ns = jump_ms * 1_000_000
        self._wall_ns = wall_ns
        self._steady_ns = steady_ns
        self._wall_base_ns = wall_ns() - steady_ns()
        """How far ahead of the steady clock the wall clock was when it was last read."""
        self._line = _Line(self._wall_base_ns)
        self._held_since_ns = steady_ns()
        self._is_apart = False
        self._looked_at: tuple[int, float] | None = None
        """The time of the last look, by the steady clock (ns) and by the event loop's (s), which a suspension stops."""
        self._waits: set[tuple[int, asyncio.Timeout]] = set()

    stopwatch = staticmethod(time.perf_counter)
    """See `Clock`. No function of our own, because every call is timed."""

    def now(self) -> int:
        """Return the time now, ms UTC."""
        line = self._line
        base_ns, _, slew_ns = line
        if slew_ns:
            return line.at(self._steady_ns()) // 1_000_000
        # This is the usual case, and is done for every activity.
        return (base_ns + self._steady_ns()) // 1_000_000

    def wall(self) -> int:
        """Return the wall clock's time, ms UTC."""
        return self._wall_ns() // 1_000_000

    def hold(self, not_before: int) -> None:
        """Continue from `not_before` if the wall clock went back since the store last recorded a time."""
        if not_before > self.now():
            self._continue_from(not_before * 1_000_000)

    def align(self, now: int) -> None:
        """Continue from `now`, the time of a store whose own clock is used."""
        moved_ms = now - self.now()
        self._line = _Line(now * 1_000_000 - self._steady_ns())
        if moved_ms > _CLOSE_MS:
            self._wake_in_time()

    def wall_offset(self) -> int:
        """Return how far (ms) ahead of this clock the wall clock is."""
        return self.wall() - self.now()

    def _continue_from(self, now_ns: int) -> None:
        self._line = _Line(now_ns - self._steady_ns())
        self._wake_in_time()

    # --- following the wall clock ------------------------------------------------------------------------------------

    def look(self) -> ClockReport | None:
        """Look at the wall clock without following it. Returns a new report, if there is one."""
        steady_ns = self._steady_ns()
        self._notice_suspension(steady_ns)
        wall_base_ns = self._wall_ns() - steady_ns
        step_ns = wall_base_ns - self._wall_base_ns
        self._wall_base_ns = wall_base_ns
        if abs(step_ns) <= _STEP_MS * 1_000_000:
            return None
        self._held_since_ns = steady_ns
        return ClockReport(ClockEvent.STEPPED, step_ns // 1_000_000)

    def follow(self) -> ClockReport | None:
        """Look at the wall clock, and follow it if it has held for long enough.

        Returns a new report, if there is one.
        """
        stepped = self.look()
        steady_ns = self._steady_ns()
        now_ns = self._line.at(steady_ns)
        ahead_ns = self._wall_base_ns + steady_ns - now_ns
        if stepped is not None:
            # It is not known yet where the clock will stay.
            self._line = _Line(now_ns - steady_ns)
            self._is_apart = True
            return stepped
        held_ms = (steady_ns - self._held_since_ns) // 1_000_000
        if abs(ahead_ns) <= _CLOSE_MS * 1_000_000:
            if self._is_apart and held_ms >= _HELD_MS:
                self._is_apart = False
                return ClockReport(ClockEvent.AGREED, ahead_ns // 1_000_000)
            return None
        if held_ms < (_HELD_FAR_MS if ahead_ns > _FAR_MS * 1_000_000 else _HELD_MS):
            return None
        self._is_apart = True
        if ahead_ns > self._jump_ns:
            before = now_ns // 1_000_000
            self._line = _Line(self._wall_base_ns)
            self.on_jump(before)
            self._wake_in_time()
            return ClockReport(ClockEvent.JUMPED, ahead_ns // 1_000_000)
        slewed_already = self._line.slew_ns
        self._line = _Line(now_ns - steady_ns, steady_ns, ahead_ns)
        if (slewed_already > 0, slewed_already < 0) == (ahead_ns > 0, ahead_ns < 0):
            return None
        self._wake_in_time()
        return ClockReport(ClockEvent.FASTER if ahead_ns > 0 else ClockEvent.SLOWER, ahead_ns // 1_000_000)

    def _notice_suspension(self, steady_ns: int) -> None:
        """Wake the waits after a suspension, since the timers of the loop are late by its length."""
        looked_at, self._looked_at = self._looked_at, (steady_ns, time.monotonic())
        if looked_at is not None:
            suspended_s = (steady_ns - looked_at[0]) / 1e9 - (self._looked_at[1] - looked_at[1])
            if suspended_s * 1_000 > _STEP_MS:
                self._wake_in_time()

    # --- waiting -----------------------------------------------------------------------------------------------------

    async def wait(self, event: asyncio.Event, until: int | None) -> None:
        """Return once `event` is set or the time has reached `until`."""
        while not event.is_set():
            if until is None:
                await event.wait()
                return
            remaining_ms = until - self.now()
            if remaining_ms <= 0:
                return
            try:
                async with asyncio.timeout(self._seconds(remaining_ms)) as timeout:
                    with self._waiting(until, timeout):
                        await event.wait()
            except TimeoutError:
                continue

    @contextmanager
    def _waiting(self, until: int, timeout: asyncio.Timeout) -> Iterator[None]:
        entry = (until, timeout)
        self._waits.add(entry)
        try:
            yield
        finally:
            self._waits.discard(entry)

    def _seconds(self, remaining_ms: int) -> float:
        """Return how long to sleep: perhaps too short, since the caller looks again, but never too long."""
        if self._line.slew_ns > 0:
            remaining_ms = remaining_ms * _SLEW // (_SLEW + 1)
        # Split long waits: the steady clock and the loop's own may drift apart over days.
        return min(max(remaining_ms / 1_000, _MIN_WAIT_S), _MAX_WAIT_S)

    def _wake_in_time(self) -> None:
        """Shorten the timers of all waits, because the time is, or will be, ahead of the time that they were set by."""
        if not self._waits:
            return
        loop_time, now = asyncio.get_running_loop().time(), self.now()
        for until, timeout in self._waits:
            if not timeout.expired():
                timeout.reschedule(loop_time + self._seconds(until - now))


def stopwatch() -> float:
    """Return the seconds on a clock that is suited to measuring durations."""
    return time.perf_counter()
