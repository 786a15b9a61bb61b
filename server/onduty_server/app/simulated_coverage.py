"""Counts how many people a simulated workflow would have had in each status as time went by.

Invariant: memory grows with the changes, by a few bytes each, and not with the length of the log.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from ..domain.status import State, Status

MOMENTS_MAX: Final = 500


class SimulatedCount(NamedTuple):
    """The people in each status at `time` (ms UTC), after the changes of that very millisecond."""

    time: int
    online: int
    away: int
    offline: int


class CoverageCounter:
    """Takes changes in any order, and then counts."""

    def __init__(self) -> None:
        self._times = array("q")
        self._states = array("B")

    def note(self, effective_time: int, previous: State, state: State) -> None:
        """Note a change."""
        self._times.append(effective_time)
        self._states.append(previous)
        self._states.append(state)

    def counts(self, first: int, last: int) -> Sequence[SimulatedCount]:
        """Return the counts at up to `MOMENTS_MAX` moments at equal distances, from `first` to `last`.

        Distances are equal to the millisecond. Nobody is counted before their first change.
        """
        gaps = min(MOMENTS_MAX - 1, last - first)
        moments = [first + (last - first) * n // gaps for n in range(gaps + 1)] if gaps else [first]
        added = {status: [0] * len(moments) for status in Status}
        statuses = [state.status for state in State]
        for time, previous, state in zip(self._times, self._states[::2], self._states[1::2], strict=True):
            if time > last:
                continue
            at = bisect_left(moments, time)
            if (before := statuses[previous]) is not None:
                added[before][at] -= 1
            if (after := statuses[state]) is not None:
                added[after][at] += 1
        levels = (accumulate(added[status]) for status in (Status.ONLINE, Status.AWAY, Status.OFFLINE))
        return [SimulatedCount(*row) for row in zip(moments, *levels, strict=True)]
