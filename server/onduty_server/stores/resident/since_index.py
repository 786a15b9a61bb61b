"""The order of users by the time since which they are ONLINE: of an account, or of a team.

It is begun with the first read that needs it and kept from then on, since most accounts have no router. Invariant:
users with a number below `position` are in it as long as they are ONLINE.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sortedcontainers import SortedList

from .user import NUMBER_BITS, NUMBER_MASK


class SinceIndex:
    """Users' numbers in the order of the times (ms UTC) since which they are ONLINE."""

    __slots__ = ("entries", "position")

    def __init__(self) -> None:
        self.entries: SortedList[int] | None = None
        """None until there is a reader: an empty one takes half a kilobyte of each account."""
        self.position = 0

    def __iter__(self) -> Iterator[int]:
        for key in self.entries or ():
            yield key & NUMBER_MASK

    @property
    def complete(self) -> bool:
        """True if every user who is ONLINE is in it."""
        return self.position >= NUMBER_MASK

    def extend(self, found: Iterable[tuple[int, int]], position: int) -> None:
        """Add numbers with their times, of all users below `position` who are ONLINE and not in it yet."""
        if self.entries is None:
            self.entries = SortedList()
        self.entries.update([since << NUMBER_BITS | number for number, since in found])
        self.position = position

    def finish(self) -> None:
        """Record that every user was looked at: those who come later are added when they come."""
        self.position = NUMBER_MASK

    def enter(self, number: int, since: int) -> None:
        """Add a user who is ONLINE now."""
        if number < self.position and self.entries is not None:
            self.entries.add(since << NUMBER_BITS | number)

    def leave(self, number: int, since: int) -> None:
        """Undo `enter`."""
        if number < self.position and self.entries is not None:
            self.entries.discard(since << NUMBER_BITS | number)
