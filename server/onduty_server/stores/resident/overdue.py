"""The users of an account with a timed switch due, in the order in which their switches are to be committed.

As long as there are few, the longest overdue go first. When there are many (a workflow that is switched on for a
million users makes all of them due at one instant), the order on disk matters more: users with neighbouring numbers are
then taken together, so that a transaction changes few pages rather than one for each user. With a million users that is
three times as fast. Blocks of numbers are visited in one direction, as disk schedulers do in the elevator algorithm, so
that no user waits for ever.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import chain

IN_ORDER = 2_048
BLOCK_BITS = 10


class Overdue:
    """A queue of users' numbers; nothing keeps a number from being in it twice.

    Up to `in_order` numbers leave in the order in which they came. When there are more, the numbers of a block leave
    together: those that differ only in their last `block_bits` bits.
    """

    __slots__ = ("_block_bits", "_by_block", "_first", "_in_order")

    def __init__(self, in_order: int = IN_ORDER, block_bits: int = BLOCK_BITS) -> None:
        self._in_order = in_order
        self._block_bits = block_bits
        self._first: deque[int] | None = None
        """The numbers that came while there were few. A deque of none takes 600 B, and most accounts have nobody due.
        """
        self._by_block: _BlockQueue | None = None
        """The other numbers; None for most accounts at most times."""

    def __bool__(self) -> bool:
        return bool(self._first) or self._by_block is not None

    def __iter__(self) -> Iterator[int]:
        return chain(self._first or (), self._by_block or ())

    def add(self, number: int) -> None:
        """Add a number at the end, or to its block."""
        if self._by_block is None:
            if self._first is None:
                self._first = deque()
            if len(self._first) < self._in_order:
                self._first.append(number)
                return
            self._by_block = _BlockQueue(self._block_bits)
        self._by_block.add(number)

    def take(self) -> int | None:
        """Remove the next number and return it; None if the queue is empty."""
        if self._first:
            number = self._first.popleft()
            if not self._first:
                self._first = None
            return number
        if self._by_block is None:
            return None
        number = self._by_block.take()
        if not self._by_block:
            self._by_block = None
        return number


class _BlockQueue:
    """Many numbers, by block. Taking from an empty queue raises IndexError."""

    __slots__ = ("_ahead", "_at", "_behind", "_block_bits", "_blocks", "_here")

    def __init__(self, block_bits: int) -> None:
        self._block_bits = block_bits
        self._at = -1
        self._here: list[int] = []
        """The numbers of the present block; the last is taken first."""
        self._blocks: dict[int, list[int]] = {}
        self._ahead: list[int] = []
        """A heap of the blocks above the present one."""
        self._behind: list[int] = []
        """A heap of the other blocks."""

    def __bool__(self) -> bool:
        return bool(self._here or self._blocks)

    def __iter__(self) -> Iterator[int]:
        return chain(self._here, *self._blocks.values())

    def add(self, number: int) -> None:
        block = number >> self._block_bits
        waiting = self._blocks.get(block)
        if waiting is None:
            self._blocks[block] = [number]
            heappush(self._ahead if block > self._at else self._behind, block)
        else:
            waiting.append(number)

    def take(self) -> int:
        if not self._here:
            if not self._ahead:
                self._ahead, self._behind = self._behind, self._ahead
            self._at = heappop(self._ahead)
            self._here = sorted(self._blocks.pop(self._at), reverse=True)
        return self._here.pop()
