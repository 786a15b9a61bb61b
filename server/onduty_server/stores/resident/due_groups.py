"""The groups of an account by a lower bound of the time at which something is due in each: a heap.

Invariant: a group with something due at some time is in the heap at that time or earlier, or `unplaced`. So an event
costs a look at its own group. An entry of a group that has another one, or is gone, no longer counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heapify, heappop, heappush
from itertools import count
from operator import attrgetter

from .group import Group

_team_id = attrgetter("team_id")

_STALE_MAX = 64
"""How many entries that no longer count the heap may hold, besides one for each group."""


class DueGroups:
    """Groups in the order of `Group.scheduled` (ms UTC)."""

    __slots__ = ("_order", "entries", "unplaced")

    def __init__(self) -> None:
        self.entries: list[tuple[int, int, Group]] = []
        self.unplaced: set[Group] = set()
        """Groups in which something may be due earlier than the heap says."""
        self._order = count()

    def first(self, groups: Mapping[str, Group]) -> tuple[int, Group] | None:
        """Bring the heap up to date, and return the first of all groups with its time; None if there is none."""
        entries = self.entries
        # In an order that is the same in every process: groups that are due at one moment are settled in it.
        for group in sorted(self.unplaced, key=_team_id):
            earliest = group.earliest()
            if earliest is not None and (group.scheduled is None or earliest < group.scheduled):
                self._push(group, earliest)
        self.unplaced.clear()
        while entries and entries[0][2].scheduled != entries[0][0]:
            heappop(entries)
        if len(entries) > 2 * len(groups) + _STALE_MAX:
            scheduled = [(group.scheduled, group) for group in groups.values() if group.scheduled is not None]
            entries[:] = [(time, next(self._order), group) for time, group in scheduled]
            heapify(entries)
        return (entries[0][0], entries[0][2]) if entries else None

    def collected(self, group: Group, now: int) -> None:
        """Place a group anew in which nothing is due by `now`."""
        group.scheduled = None
        if (earliest := group.earliest()) is not None:
            self._push(group, max(earliest, now + 1))
        self.unplaced.discard(group)

    def remove(self, group: Group) -> None:
        """Forget a group. Its entries no longer count."""
        group.scheduled = None
        self.unplaced.discard(group)

    def _push(self, group: Group, time: int) -> None:
        group.scheduled = time
        heappush(self.entries, (time, next(self._order), group))
