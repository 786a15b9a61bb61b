"""Serialises a process's decisions about the same user or workflow, since one of two at once would be in vain."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager


class Turns:
    """Gives turns to callers by key, first come, first served."""

    def __init__(self) -> None:
        self._deciding: dict[Hashable, tuple[asyncio.Lock, int]] = {}
        """By key: its lock, and how many callers hold it or wait for it."""

    @asynccontextmanager
    async def of(self, key: Hashable) -> AsyncIterator[bool]:
        """Wait for the caller's turn; yield True if it had to wait."""
        lock, waiting = self._deciding.get(key) or (asyncio.Lock(), 0)
        self._deciding[key] = lock, waiting + 1
        try:
            async with lock:
                yield waiting > 0
        finally:
            lock, waiting = self._deciding.pop(key)
            if waiting > 1:
                self._deciding[key] = lock, waiting - 1
