"""Time in status as sums: how many people are in each state, and what a change adds to that, and takes from it.

Everything a report tells follows from the number of people in each state as a function of time. A change moves one
person from one state to another at its effective time, so it takes one from the first number and adds one to the
second. Such deltas can be added up by people and stretches of time in any order, and the sums say the same about every
bucket that the stretch is part of: with n people in a state at the beginning of [b, e), and deltas d_i at the times
t_i, the time spent in the state is n (e - b) + sum of d_i (e - t_i), of which only the sums of d_i and of d_i t_i are
needed. So a day of history that is no longer kept leaves two numbers for each person, state and team (the daily sums),
and whatever is asked later about that whole day has the same answer as before. In integers of milliseconds, all of
this is exact.

The numbers are anchored at the end, where they are known from people's records, and followed backwards: the number at
the beginning of a stretch is that at its end, less the deltas within it.

Invariant: within the changes of one person, effective times follow revisions, moves between teams included.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

CONNECTED: Final = 32
ENGAGED: Final = 33
"""The codes of a live session and of a live engagement. They stand beside the states, whose numbers are below."""


class Key(NamedTuple):
    """A state in a team: the number of a `State`, never that of UNSEEN, or `CONNECTED` or `ENGAGED`."""

    code: int
    team_id: str = ""


class Delta(NamedTuple):
    """The sum of what changes within a stretch add to the number of people with a key.

    `person` is a user's position in the account, or `EVERYBODY`. `net` is the sum of +1 and -1, `times` that of the
    effective times (ms UTC) with the same signs. `stretch` is the index of the stretch.
    """

    person: int
    stretch: int
    key: Key
    net: int
    times: int


EVERYBODY: Final = -1


class Step(NamedTuple):
    """A change of one person: at `time` (ms UTC) from one key to another. None: not seen yet, or erased."""

    person: int
    time: int
    previous: Key | None
    key: Key | None


class Level(NamedTuple):
    """How many people had a key at the beginning of a stretch, and the time that people spent there within it (ms)."""

    people: int
    time_ms: int


def levels(bounds: Sequence[int], at_end: int, deltas: Mapping[int, tuple[int, int]]) -> Sequence[Level]:
    """Return the level of one key in each stretch [bounds[i], bounds[i + 1]).

    `at_end` is how many had it at the last bound; `deltas` has, by stretch, the sums of counts and of times.
    """
    found: list[Level] = []
    count = at_end
    for stretch in range(len(bounds) - 2, -1, -1):
        begin, end = bounds[stretch], bounds[stretch + 1]
        added, times = deltas.get(stretch, (0, 0))
        count -= added
        found.append(Level(count, count * (end - begin) + added * end - times))
    found.reverse()
    return found


Summed = dict[tuple[int, Key], dict[int, tuple[int, int]]]
"""Deltas that were added up: by person and key, then by stretch, the sums of `net` and of `times`."""


def add_up(deltas: Iterable[Delta], found: Summed) -> None:
    """Add deltas to those that were found before."""
    for person, stretch, key, net, times in deltas:
        by_stretch = found.setdefault((person, key), {})
        before = by_stretch.get(stretch)
        by_stretch[stretch] = (net, times) if before is None else (before[0] + net, before[1] + times)


def parts(step: Step) -> Iterator[tuple[Key, int]]:
    """Yield the keys that a step takes one person from, and adds one to, with -1 and 1."""
    if step.previous is not None:
        yield step.previous, -1
    if step.key is not None:
        yield step.key, 1


class Kept(NamedTuple):
    """The past that a store still knows: all since `known_since` (ms UTC; 0: all there ever was).

    `days` are the days [start, end) (ms UTC) of which it has daily sums, so that their changes are known only as sums;
    of a day, some changes may be summed and others still be in the history. They are those that overlap what was asked
    for, and those that overlap one of these (if the account's time zone has changed), in the order of their beginnings.
    """

    known_since: int = 0
    days: Sequence[tuple[int, int]] = ()


class Grid(NamedTuple):
    """The stretches [bounds[i], bounds[i + 1]) in which changes are summed apart, and which of them are known.

    No day of `Kept.days` is in two stretches. A stretch that is not known was cut out of a day of which only the sum is
    kept, or is from before `known_since`; the numbers at its ends are known.
    """

    bounds: Sequence[int]
    known: Sequence[bool]


def grid(bounds: Sequence[int], kept: Kept) -> Grid:
    """Return the grid for buckets with these bounds: finer than these where a day of sums is cut by one of them.

    It begins and ends with the first and the last bound, or with a day that these cut.
    """
    unknown: list[tuple[int, int]] = []
    if bounds[0] < kept.known_since:
        unknown.append((bounds[0], min(kept.known_since, bounds[-1])))
    while True:
        unknown = _joined(unknown)
        ends = [end for _, end in unknown]
        refined = sorted({bound for bound in bounds if not _is_within(bound, unknown, ends)}.union(*unknown))
        # Of two time zones, if the account's has changed, days overlap: what is cut out of one may cut another.
        cut = [day for day in kept.days if _is_cut(day, refined)]
        if not cut:
            break
        unknown.extend(cut)
    unknown_from = {start for start, _ in unknown}
    return Grid(refined, [begin not in unknown_from for begin in refined[:-1]])


def _joined(stretches: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the union of stretches: such as do not overlap, in order."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _is_within(time: int, stretches: Sequence[tuple[int, int]], ends: Sequence[int]) -> bool:
    """True if a time is within one of some stretches, and not at its bounds. They do not overlap, and are in order."""
    after = bisect_right(ends, time)
    return after < len(stretches) and stretches[after][0] < time


def _is_cut(day: tuple[int, int], bounds: Sequence[int]) -> bool:
    """True if one of the bounds, which are in order, is within the day."""
    after = bisect_right(bounds, day[0])
    return after < len(bounds) and bounds[after] < day[1]
