"""Users' numbers by a lower bound of a time, in buckets: a few bytes for each user, where an entry of a heap takes 56.

Invariant: a number leaves no later than the bound with which it was added, and up to `BUCKET_MS` before. So it suits
bounds that are mostly found to have been too low: whoever takes a number out looks again, and knows how to go on.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator
from heapq import heapify, heappop, heappush

_BITS = 14
BUCKET_MS = 1 << _BITS

_NO_BUCKETS: dict[int, array[int]] = {}
_NO_ORDER: list[int] = []
"""Stand for those of every queue that has had no number yet, as in most groups. Nobody writes to them."""


def bucket_of(time: int) -> int:
    """Return the bucket of a time (ms UTC)."""
    return time >> _BITS


class BucketQueue:
    """Numbers below 2^32 in the order of their buckets; within one, the last to come is the first to leave."""

    __slots__ = ("_buckets", "_order")

    def __init__(self) -> None:
        self._buckets = _NO_BUCKETS
        self._order = _NO_ORDER
        """A heap of the buckets."""

    def __iter__(self) -> Iterator[tuple[int, int]]:
        for bucket, numbers in self._buckets.items():
            for number in numbers:
                yield number, bucket << _BITS

    def __len__(self) -> int:
        return sum(map(len, self._buckets.values()))

    def add(self, number: int, bound: int) -> None:
        """Add a number with a bound (ms UTC)."""
        bucket = bound >> _BITS
        if self._buckets is _NO_BUCKETS:
            self._buckets, self._order = {}, []
        numbers = self._buckets.get(bucket)
        if numbers is None:
            self._buckets[bucket] = array("I", (number,))
            heappush(self._order, bucket)
        else:
            numbers.append(number)

    def earliest(self) -> int | None:
        """Return a lower bound (ms UTC) of all bounds; None if there are none."""
        return self._order[0] << _BITS if self._order else None

    def due(self, until: int) -> bool:
        """Return True if a bucket begins at `until` (ms UTC) or before."""
        return bool(self._order) and self._order[0] << _BITS <= until

    def take(self) -> tuple[int, int]:
        """Take out a number of the first bucket; return it and the bucket. Raises IndexError if there is none."""
        bucket = self._order[0]
        numbers = self._buckets[bucket]
        number = numbers.pop()
        if not numbers:
            del self._buckets[bucket]
            heappop(self._order)
        return number, bucket

    def remove(self, numbers: Collection[int]) -> None:
        """Take out some numbers. It looks at all there are."""
        for bucket, present in list(self._buckets.items()):
            kept = array("I", [number for number in present if number not in numbers])
            if kept:
                self._buckets[bucket] = kept
            else:
                del self._buckets[bucket]
        self._order = list(self._buckets)
        heapify(self._order)
