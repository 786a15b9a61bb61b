"""Users' numbers, each with one exact time: for the few who have a deadline of their own, which may move either way.

Invariant: of the entries in the heap, one for each number counts: the one that has the number's time. Others are stale;
they are dropped when they surface, and all at once when they are the larger part.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from .user import NUMBER_BITS, NUMBER_MASK

_NO_TIMES: dict[int, int] = {}
_NO_HEAP: list[int] = []
"""Stand for those of every queue that has had no number yet, as in most groups. Nobody writes to them."""

_STALE_MAX = 64
"""How many stale entries the heap may hold, besides one for each number."""


class ExactQueue:
    """Numbers in the order of their times (ms UTC)."""

    __slots__ = ("_heap", "times")

    def __init__(self) -> None:
        self.times = _NO_TIMES
        """The time of each number. Do not write to it."""
        self._heap = _NO_HEAP

    def __len__(self) -> int:
        return len(self._heap)

    def put(self, number: int, time: int) -> None:
        """Give a number a time, in place of the one it has."""
        if self.times.get(number) == time:
            return
        if self.times is _NO_TIMES:
            self.times, self._heap = {}, []
        self.times[number] = time
        heappush(self._heap, time << NUMBER_BITS | number)
        if len(self._heap) > 2 * len(self.times) + _STALE_MAX:
            self._heap = [time << NUMBER_BITS | number for number, time in self.times.items()]
            heapify(self._heap)

    def discard(self, number: int) -> None:
        """Forget a number, if it is there."""
        self.times.pop(number, None)

    def earliest(self) -> int | None:
        """Return a lower bound (ms UTC) of all times; None if there are none."""
        return self._heap[0] >> NUMBER_BITS if self.times else None

    def due(self, until: int) -> bool:
        """Return True if an entry, stale or not, has a time of `until` (ms UTC) or before."""
        return bool(self._heap) and self._heap[0] >> NUMBER_BITS <= until

    def take(self) -> tuple[int, int] | None:
        """Take out the first entry: a number and its time, or None if the entry was stale. Call it if there is one."""
        key = heappop(self._heap)
        number, time = key & NUMBER_MASK, key >> NUMBER_BITS
        if self.times.get(number) != time:
            return None
        del self.times[number]
        return number, time
