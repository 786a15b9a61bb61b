"""Users' numbers by a lower bound of the clock: an exact order for those who are near, a few bytes for all others.

An entry of a heap takes 56 bytes, a seventh of what an idle user takes. So as long as there are few, all are in a heap;
once there are many, only those whose turn is near, and the others wait in buckets (`bucket_queue`). Invariant: bounds
in the heap are below `_far_from`, those in the buckets are not. So whoever takes from the heap does so in order, and
opens the first bucket once the heap is empty, and the earliest bound in it has come.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator
from heapq import heapify, heappush
from typing import Final

from .bucket_queue import BUCKET_MS, BucketQueue, bucket_of
from .steps import IN_HEAP
from .user import NUMBER_BITS, NUMBER_MASK

FOREVER: Final = 1 << 62
"""Later than any time."""


class ClockQueue:
    """Numbers below 2^32, each at most once, with bounds (ms UTC). Buckets are begun for more than `in_heap`."""

    __slots__ = ("_earliest", "_far", "_far_from", "_in_heap", "near", "opened", "opened_from")

    def __init__(self, in_heap: int = IN_HEAP) -> None:
        self._in_heap = in_heap
        self.near: list[int] = []
        """A heap of keys `bound << NUMBER_BITS | number`. It comes after what is `opened`."""
        self.opened: array[int] | None = None
        """The numbers of the bucket that was opened last, which have yet to be looked at and pushed again."""
        self.opened_from = 0
        """A lower bound of their bounds."""
        self._far: BucketQueue | None = None
        """None as long as there are few."""
        self._far_from = FOREVER
        self._earliest: dict[int, int] = {}
        """By bucket: a lower bound of the bounds in it. Without, the sweeper would have to come too early."""

    def __len__(self) -> int:
        return len(self.near) + len(self.opened or ()) + (0 if self._far is None else len(self._far))

    def __iter__(self) -> Iterator[int]:
        """Iterate over the keys, in no order. That of a number that waits in a bucket has the earliest bound there."""
        yield from self.near
        for number in self.opened or ():
            yield self.opened_from << NUMBER_BITS | number
        for number, start in self._far or ():
            yield self._earliest[bucket_of(start)] << NUMBER_BITS | number

    def push(self, bound: int, number: int) -> None:
        """Add a number that is not there."""
        if bound >= self._far_from:
            self._put_far(bound, number)
            return
        heappush(self.near, bound << NUMBER_BITS | number)
        if self._far is None and len(self.near) > self._in_heap:
            self._begin_buckets()

    def first_key(self) -> int | None:
        """Return a lower bound of all keys; None if there are none."""
        if self.opened:
            # What came since may be earlier.
            opened = self.opened_from << NUMBER_BITS
            return min(self.near[0], opened) if self.near else opened
        if self.near:
            return self.near[0]
        start = None if self._far is None else self._far.earliest()
        return None if start is None else self._earliest[bucket_of(start)] << NUMBER_BITS

    def open(self, until: int) -> bool:
        """Open the first bucket if something in it may be due at `until` (ms UTC). Call it once the heap is empty."""
        if self._far is None:
            return False
        start = self._far.earliest()
        if start is None:
            # There are few again: all that may come is near.
            self._far, self._far_from = None, FOREVER
            self._earliest.clear()
            return False
        if self._earliest[bucket_of(start)] > until:
            return False
        self.opened, bucket = self._far.take_bucket()
        self.opened_from = self._earliest.pop(bucket)
        self._far_from = start + BUCKET_MS
        return True

    def remove(self, numbers: Collection[int]) -> None:
        """Take out some numbers. It looks at all there are."""
        kept = [key for key in self.near if key & NUMBER_MASK not in numbers]
        if len(kept) < len(self.near):
            self.near[:] = kept
            heapify(self.near)
        if self.opened:
            self.opened = array("I", [number for number in self.opened if number not in numbers])
        if self._far is not None:
            self._far.remove(numbers)
            present = {bucket_of(start) for _, start in self._far}
            self._earliest = {bucket: bound for bucket, bound in self._earliest.items() if bucket in present}

    def _begin_buckets(self) -> None:
        self._far = BucketQueue()
        self._far_from = bucket_of(self.near[0] >> NUMBER_BITS) * BUCKET_MS
        for key in self.near:
            self._put_far(key >> NUMBER_BITS, key & NUMBER_MASK)
        self.near.clear()

    def _put_far(self, bound: int, number: int) -> None:
        assert self._far is not None
        self._far.add(number, bound)
        bucket = bucket_of(bound)
        earliest = self._earliest.get(bucket)
        if earliest is None or bound < earliest:
            self._earliest[bucket] = bound
