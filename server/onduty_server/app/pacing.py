"""Gives other calls their turns while something long is made."""

from __future__ import annotations

import asyncio


class Pace:
    """The pace of one piece of work; other calls get a turn after every `step` parts of it."""

    def __init__(self, step: int) -> None:
        self._step = step
        self._done = 0

    async def did(self, parts: int) -> None:
        """Note that so many parts were done."""
        self._done += parts
        if self._done >= self._step:
            self._done = 0
            await asyncio.sleep(0)
