"""Sums of time, put together from steps one by one: what tests compare with."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from onduty_server.domain.tallies import Delta, Step, Summed, add_up, parts


def deltas_of(steps: Iterable[Step], bounds: Sequence[int]) -> Iterator[Delta]:
    """The deltas of steps within the bounds, unsummed. Steps outside of them are left out."""
    for step in steps:
        stretch = bisect_right(bounds, step.time) - 1
        if 0 <= stretch < len(bounds) - 1:
            for key, sign in parts(step):
                yield Delta(step.person, stretch, key, sign, sign * step.time)


def added_up(deltas: Iterable[Delta]) -> Summed:
    """All deltas in one."""
    found: Summed = {}
    add_up(deltas, found)
    return found
