"""Gives callers their turns to have a log replayed.

Invariant: few logs are replayed at a time, few calls wait for that, and no caller takes all the turns.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from ..domain.errors import LimitExceeded
from .limits import SIMULATIONS_MAX, SIMULATIONS_PER_CALLER_MAX, SIMULATIONS_WAITING_MAX
from .replay_process import ReplayProcesses
from .replaying import ReplayJob, Simulated

_RETRY_DELAY_MS: Final = 2_000


class Simulations:
    """The turns of one server."""

    def __init__(self, processes: ReplayProcesses | None = None) -> None:
        self._processes = processes or ReplayProcesses()
        self._running = asyncio.Semaphore(SIMULATIONS_MAX)
        self._of_caller: Counter[str] = Counter()
        """The logs that are being replayed or wait for it, by caller."""

    async def run(self, job: ReplayJob, caller: str) -> Simulated:
        """Replay a log.

        Raises:
            InvalidField: the log is malformed or too long.
            LimitExceeded: too many logs are being replayed.
        """
        async with self._turn(caller):
            return await self._processes.replay(job)

    @asynccontextmanager
    async def _turn(self, caller: str) -> AsyncIterator[None]:
        if self._of_caller[caller] >= SIMULATIONS_PER_CALLER_MAX:
            raise LimitExceeded(
                f"this caller already has {SIMULATIONS_PER_CALLER_MAX} logs replayed", retry_delay_ms=_RETRY_DELAY_MS
            )
        if self._of_caller.total() >= SIMULATIONS_MAX + SIMULATIONS_WAITING_MAX:
            raise LimitExceeded("too many logs are being replayed", retry_delay_ms=_RETRY_DELAY_MS)
        self._of_caller[caller] += 1
        try:
            async with self._running:
                yield
        finally:
            self._of_caller[caller] -= 1
            if not self._of_caller[caller]:
                del self._of_caller[caller]
