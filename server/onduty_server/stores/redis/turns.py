"""Serialises decisions about the same user, or workflow, within a process: of two at once one would be in vain."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager


class Turns:
    """See the module. First come, first served."""

    def __init__(self) -> None:
        self._deciding: dict[Hashable, tuple[asyncio.Lock, int]] = {}
        """Of each key: its lock, and how many hold it or wait for it."""

    @asynccontextmanager
    async def of(self, key: Hashable) -> AsyncIterator[bool]:
        """Wait for the turn of the caller; yield True if it had to wait."""
        lock, waiting = self._deciding.get(key) or (asyncio.Lock(), 0)
        self._deciding[key] = lock, waiting + 1
        try:
            async with lock:
                yield waiting > 0
        finally:
            lock, waiting = self._deciding.pop(key)
            if waiting > 1:
                self._deciding[key] = lock, waiting - 1
