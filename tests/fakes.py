"""Real implementations of ports for tests: a clock that stands still until it is told to move."""

from __future__ import annotations

import asyncio

from onduty_server.app.ports.clock import Clock
from onduty_server.process.clock import stopwatch

START = 1_760_000_000_000
"""2025-10-09T08:53:20Z, ms UTC: where a fake clock begins unless told otherwise."""


class FakeClock(Clock):
    """Says the time it was set to. Whoever waits for a time is woken when it is set to that or later."""

    def __init__(self, now: int = START) -> None:
        self._now = now
        self.wall_ahead_ms = 0
        """By how much the wall clock shows another time."""
        self._waits: set[tuple[int, asyncio.Event]] = set()

    def now(self) -> int:
        return self._now

    def wall(self) -> int:
        return self._now + self.wall_ahead_ms

    def stopwatch(self) -> float:
        return stopwatch()

    def hold(self, not_before: int) -> None:
        self.set(max(self._now, not_before))

    def set(self, now: int) -> None:
        assert now >= self._now, "time does not go backwards"
        self._now = now
        for until, reached in list(self._waits):
            if until <= now:
                reached.set()

    def advance(self, by_ms: int) -> None:
        self.set(self._now + by_ms)

    def jump(self, by_ms: int) -> None:
        """Go on from a wall clock that is ahead, as after a pause of the machine, and tell of it."""
        before, self._now = self._now, self._now + by_ms
        self.on_jump(before)
        self.set(self._now)

    async def wait(self, event: asyncio.Event, until: int | None) -> None:
        if event.is_set() or (until is not None and until <= self._now):
            return
        reached = asyncio.Event()
        entry = None if until is None else (until, reached)
        if entry is not None:
            self._waits.add(entry)
        waits = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(reached.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            if entry is not None:
                self._waits.discard(entry)
