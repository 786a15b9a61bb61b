"""Users of an account of whom it is known that a timed switch is due, in the order in which to commit them.

The longest overdue go first, as long as there are few. When there are many (a workflow that was switched on for a
million users makes all of them due at one instant) the order on disk counts for more: users are taken by neighbouring
numbers then, so that a transaction changes few pages, not one for each user. Measured with a million users that is
three times as fast. Like a lift, it goes through the numbers in one direction, so that nobody is passed over for ever.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import chain

_FEW = 2_048
_FLOOR_BITS = 10
"""Users of as many numbers as fit in these bits are taken together."""


class Overdue:
    """A queue of users' numbers; nobody keeps a number from being in it twice."""

    __slots__ = ("_first", "_lift")

    def __init__(self) -> None:
        self._first: deque[int] = deque()
        """Those who came while there were few."""
        self._lift: _Lift | None = None
        """Has the others; there is none for most accounts at most times."""

    def __bool__(self) -> bool:
        return bool(self._first) or self._lift is not None

    def __iter__(self) -> Iterator[int]:
        return chain(self._first, self._lift or ())

    def add(self, number: int) -> None:
        """Put a user last, or among the neighbours."""
        if self._lift is None:
            if len(self._first) < _FEW:
                self._first.append(number)
                return
            self._lift = _Lift()
        self._lift.add(number)

    def take(self) -> int | None:
        """The next one, who then is no longer in the queue; None when it is empty."""
        if self._first:
            return self._first.popleft()
        if self._lift is None:
            return None
        number = self._lift.take()
        if not self._lift:
            self._lift = None
        return number


class _Lift:
    """Many numbers, by floors. To take from an empty one raises IndexError."""

    __slots__ = ("_ahead", "_at", "_behind", "_floors", "_here")

    def __init__(self) -> None:
        self._at = -1
        self._here: list[int] = []
        """Those of the floor that it is at, the last to be taken first."""
        self._floors: dict[int, list[int]] = {}
        self._ahead: list[int] = []
        """A heap of the floors above."""
        self._behind: list[int] = []
        """A heap of the others."""

    def __bool__(self) -> bool:
        return bool(self._here or self._floors)

    def __iter__(self) -> Iterator[int]:
        return chain(self._here, *self._floors.values())

    def add(self, number: int) -> None:
        floor = number >> _FLOOR_BITS
        waiting = self._floors.get(floor)
        if waiting is None:
            self._floors[floor] = [number]
            heappush(self._ahead if floor > self._at else self._behind, floor)
        else:
            waiting.append(number)

    def take(self) -> int:
        if not self._here:
            if not self._ahead:
                self._ahead, self._behind = self._behind, self._ahead
            self._at = heappop(self._ahead)
            self._here = sorted(self._floors.pop(self._at), reverse=True)
        return self._here.pop()
