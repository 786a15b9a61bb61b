"""A person's statuses as intervals without gaps, from what is known at the end and the changes before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from .tallies import CONNECTED, Delta, Grid, Kept, Key, Step, grid


class Interval(NamedTuple):
    """A stretch [start, end) (ms UTC) with one key; None: not seen yet, erased, or not known."""

    start: int
    end: int
    key: Key | None


def separated(bounds: Sequence[int], kept: Kept) -> Grid:
    """Return the grid in which every day of sums is a stretch of its own, or part of one, that is not known.

    The sums do not tell when in a day somebody changed, so no interval can be made of them.
    """
    begin, end = bounds[0], bounds[-1]
    middles = [(start + stop) // 2 for start, stop in kept.days]
    cut = grid(sorted({begin, end, *(middle for middle in middles if begin < middle < end)}), kept)
    unknown = [(a, b) for a, b, known in zip(cut.bounds, cut.bounds[1:], cut.known, strict=False) if not known]
    cuts = {begin, end}.union(*unknown)
    refined = sorted(bound for bound in cuts if not any(a < bound < b for a, b in unknown))
    return Grid(refined, [not any(a <= bound < b for a, b in unknown) for bound in refined[:-1]])


def intervals(
    start: int, end: int, cells: Grid, at_end: Mapping[Key, int], deltas: Iterable[Delta], steps: Sequence[Step]
) -> Sequence[Interval]:
    """Return a person's intervals in [start, end).

    `at_end` is the person's keys at the last bound of `cells`, `deltas` those of the person's daily sums, `steps` the
    person's changes in their order.
    """
    levels = {key: count for key, count in at_end.items() if key.code < CONNECTED and count}
    by_stretch: dict[int, list[Delta]] = {}
    for delta in deltas:
        if delta.key.code < CONNECTED:
            by_stretch.setdefault(delta.stretch, []).append(delta)
    found: list[Interval] = []
    at = len(steps)
    for stretch in range(len(cells.bounds) - 2, -1, -1):
        begin, until = cells.bounds[stretch], cells.bounds[stretch + 1]
        known, now = cells.known[stretch], until
        while at and steps[at - 1].time >= begin:
            at -= 1
            step = steps[at]
            if known:
                _add(found, Interval(max(step.time, start), min(now, end), _only(levels)))
                now = step.time
            _move(levels, step.key, -1)
            _move(levels, step.previous, 1)
        if known:
            _add(found, Interval(max(begin, start), min(now, end), _only(levels)))
        else:
            _add(found, Interval(max(begin, start), min(until, end), None))
        for delta in by_stretch.get(stretch, ()):
            _move(levels, delta.key, -delta.net)
    found.reverse()
    return found


def _move(levels: dict[Key, int], key: Key | None, count: int) -> None:
    if key is not None and key.code < CONNECTED:
        levels[key] = levels.get(key, 0) + count


def _only(levels: Mapping[Key, int]) -> Key | None:
    return next((key for key, count in levels.items() if count), None)


def _add(found: list[Interval], interval: Interval) -> None:
    """Put an interval before those that were found, joined with the first of them if it has the same key."""
    if interval.start >= interval.end:
        return
    if found and found[-1].key == interval.key:
        found[-1] = Interval(interval.start, found[-1].end, interval.key)
    else:
        found.append(interval)
