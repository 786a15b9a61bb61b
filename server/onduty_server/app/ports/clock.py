"""The port for time. Nothing but an adapter of it reads a clock."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod


class Clock(ABC):
    """Time in ms UTC that never goes backwards and runs at the speed of real time.

    A wall clock that is stepped while the process runs must not move it: periods are measured with it.
    """

    @abstractmethod
    def now(self) -> int:
        """The time now, ms UTC."""

    @abstractmethod
    def hold(self, not_before: int) -> None:
        """From now on never say a time before `not_before` (ms UTC): what a store was told before a restart."""

    def align(self, now: int) -> None:  # noqa: B027 # most have no need to
        """Carry on from `now` (ms UTC), forwards or back: a store says so whose own clock is the one that counts."""

    @abstractmethod
    async def wait(self, event: asyncio.Event, until: int | None) -> None:
        """Return once `event` is set or `now()` has reached `until` (ms UTC; None: only the event counts)."""
