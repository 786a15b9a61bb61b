"""Long answers are packed in steps, between which other calls get their turn."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

T = TypeVar("T")

STEP: Final = 250
"""The number of items of a long response that are packed before other calls get their turn: 2 ms of work."""


def steps(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Cut items into steps."""
    return (items[start : start + STEP] for start in range(0, len(items), STEP))


async def give_way(step: Sequence[object]) -> None:
    """Give other calls a turn after a full step."""
    if len(step) == STEP:
        await asyncio.sleep(0)
