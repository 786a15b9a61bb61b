"""Gives callers their turns at something expensive.

Invariant: few run at a time, few calls wait for that, and no caller takes all the turns.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from ..domain.errors import LimitExceeded

_RETRY_DELAY_MS: Final = 2_000


class Turns:
    """The turns at one kind of work, which `work` names in messages: "logs replayed", "reports made"."""

    def __init__(self, work: str, running_max: int, waiting_max: int, per_caller_max: int) -> None:
        self._work = work
        self._most = running_max + waiting_max
        self._per_caller_max = per_caller_max
        self._running = asyncio.Semaphore(running_max)
        self._of_caller: Counter[str] = Counter()
        """The turns that were taken or are waited for, by caller."""

    @asynccontextmanager
    async def of(self, caller: str) -> AsyncIterator[None]:
        """Wait for a turn of `caller`, and take it.

        Raises:
            LimitExceeded: too many wait already, or too many of this caller's.
        """
        if self._of_caller[caller] >= self._per_caller_max:
            raise LimitExceeded(
                f"this caller already has {self._per_caller_max} {self._work}", retry_delay_ms=_RETRY_DELAY_MS
            )
        if self._of_caller.total() >= self._most:
            raise LimitExceeded(f"too many callers have {self._work}", retry_delay_ms=_RETRY_DELAY_MS)
        self._of_caller[caller] += 1
        try:
            async with self._running:
                yield
        finally:
            self._of_caller[caller] -= 1
            if not self._of_caller[caller]:
                del self._of_caller[caller]
