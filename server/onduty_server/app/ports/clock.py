"""The port for time. Only its adapters read a clock."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable


class Clock(ABC):
    """Time in ms UTC that never goes backwards and runs at the speed of real time, or within a tenth of it.

    A wall clock that is stepped while the process runs must not simply move it: periods are measured with it.
    """

    on_jump: Callable[[int], None] = staticmethod(lambda before: None)
    """Called at once when the time has jumped forwards, with the time before the jump (ms UTC): nobody was shown
    anything, or could do anything, at the moments in between."""

    @abstractmethod
    def now(self) -> int:
        """Return the time now, ms UTC."""

    def wall(self) -> int:
        """Return what the wall clock shows (ms UTC), stepped or not: for times that others have set by theirs."""
        return self.now()

    @abstractmethod
    def stopwatch(self) -> float:
        """Return seconds on a clock for measuring how long something takes. May be called from any thread."""

    @abstractmethod
    def hold(self, not_before: int) -> None:
        """From now on return no time before `not_before` (ms UTC), the latest that a store has recorded."""

    def align(self, now: int) -> None:  # noqa: B027 # most have no need to
        """Go on from `now` (ms UTC), forwards or back; called by a store whose own clock is the one that counts."""

    @abstractmethod
    async def wait(self, event: asyncio.Event, until: int | None) -> None:
        """Return once `event` is set or `now()` has reached `until` (ms UTC; None: only the event counts)."""
