"""An asyncio event loop whose time stands still until it is told to move."""

from __future__ import annotations

import asyncio

from .workload import START_MS

_TURNS = 8
"""How often the loop goes round after a timer fired: what a timer wakes may wake others."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """`advance` sets the time and runs what is due."""

    def __init__(self) -> None:
        super().__init__()
        self.virtual_s = 0.0

    def time(self) -> float:
        return self.virtual_s

    def advance(self, now: int) -> None:
        """The time is `now` (ms)."""
        # Counted from zero: floating-point numbers of today's size would be too coarse for the loop's idea of "due".
        self.virtual_s = (now - START_MS) / 1_000
        self._turn()
        if self.is_busy():
            for _ in range(_TURNS):
                self._turn()

    def _turn(self) -> None:
        self.call_soon(self.stop)
        self.run_forever()

    def is_busy(self) -> bool:
        """Return True if callbacks are ready to run."""
        return bool(self._ready)  # type: ignore[attr-defined]

    def timers(self) -> int:
        """How many timers the loop holds, cancelled ones that it has not let go of included."""
        return len(self._scheduled)  # type: ignore[attr-defined]
