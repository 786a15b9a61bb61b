"""The numbers of a team's users, in their order: four bytes for each.

Invariant: numbers lie in blocks that are in order, as the blocks are among each other, and no block is empty. So one
number comes or goes at the cost of a block, whatever the size of the team.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterator

_BLOCK_MAX = 4_096


class Members:
    """Numbers below 2^32 in ascending order, each once."""

    __slots__ = ("_blocks", "_count", "_lasts")

    def __init__(self) -> None:
        self._blocks: list[array[int]] = []
        self._lasts: list[int] = []
        """The last number of each block."""
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, number: int) -> None:
        """Add a number that is not there."""
        self._count += 1
        blocks, lasts = self._blocks, self._lasts
        if not lasts or number > lasts[-1]:  # as always when they are loaded
            if not blocks or len(blocks[-1]) >= _BLOCK_MAX:
                blocks.append(array("I", (number,)))
                lasts.append(number)
            else:
                blocks[-1].append(number)
                lasts[-1] = number
            return
        place = bisect_left(lasts, number)
        block = blocks[place]
        insort(block, number)
        if len(block) > _BLOCK_MAX:
            half = len(block) // 2
            blocks[place : place + 1] = [block[:half], block[half:]]
            lasts.insert(place, block[half - 1])

    def remove(self, number: int) -> None:
        """Take out a number that is there."""
        self._count -= 1
        place = bisect_left(self._lasts, number)
        block = self._blocks[place]
        del block[bisect_left(block, number)]
        if block:
            self._lasts[place] = block[-1]
        else:
            del self._blocks[place], self._lasts[place]

    def since(self, number: int) -> Iterator[int]:
        """Iterate over the numbers that are `number` or greater, while none comes or goes."""
        place = bisect_left(self._lasts, number)
        if place < len(self._blocks):
            block = self._blocks[place]
            yield from block[bisect_left(block, number) :]
            for block in self._blocks[place + 1 :]:
                yield from block
