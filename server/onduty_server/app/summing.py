"""Turns a tally into what a report tells: time by bucket, counts by step, intervals by person. See `domain/tallies.py`.

Invariant: for a person, or everybody, the times of a bucket and what is unknown add up to its length exactly.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import chain, pairwise
from typing import Final, NamedTuple, TypeVar

from ..domain.intervals import Interval, intervals, separated
from ..domain.record import Profile
from ..domain.status import STATES, State, Status
from ..domain.tallies import CONNECTED, ENGAGED, EVERYBODY, Delta, Kept, Key, Step, Summed, add_up, grid, levels
from .pacing import Pace
from .ports.reports import Person, Tally

_STEP: Final = 200
"""The number of levels that are computed before other calls get their turn: about 1 ms of work."""
_DELTAS_PER_STEP: Final = 1_000
"""The number of deltas that are added up in as much."""
_Item = TypeVar("_Item", Delta, Step)
_NO_DELTAS: Final[Mapping[int, tuple[int, int]]] = {}


class TimeBucket(NamedTuple):
    """The time (ms) that people spent in each state within [start, end) (ms UTC), as in the proto."""

    start: int
    end: int
    times: Sequence[tuple[State, int]]
    unknown: int = 0
    elsewhere: int = 0
    connected: int = 0
    engaged: int = 0


class TimeSummary(NamedTuple):
    """The buckets of a group, a team or a person; `user_id` is "" if it is none, or of one who was erased."""

    user_id: str
    profile: Profile
    people: int
    erased: bool
    buckets: Sequence[TimeBucket]


class StatusCount(NamedTuple):
    """How many people were in each status at a time (ms UTC); None if that is not known."""

    time: int
    counts: dict[Status, int] | None


class Timeline(NamedTuple):
    """A person's intervals."""

    person: Person
    intervals: Sequence[Interval]


def cells_of(bounds: Sequence[int], kept: Kept) -> Sequence[int]:
    """Return the bounds of the stretches in which changes are summed for buckets with these bounds."""
    return grid(bounds, kept).bounds


def _moments(bounds: Sequence[int], kept: Kept) -> Sequence[int]:
    """Return the moments at which people are counted for steps with these bounds, and one at the end.

    Each is just after the bound, so that what happens at it has happened; where a day of sums begins with it, at the
    bound, since what happened in the day's first millisecond is not known apart.
    """
    begins = {start for start, _ in kept.days}
    moments = [bound if bound in begins else bound + 1 for bound in bounds]
    return [*moments[:-1], max(moments[-1], moments[-2] + 1)]


def cells_of_moments(bounds: Sequence[int], kept: Kept) -> Sequence[int]:
    """Return the bounds of the stretches in which changes are summed for counts at these bounds but the last."""
    return grid(_moments(bounds, kept), kept).bounds


class _Times:
    """Adds up the levels of keys to the time in each bucket."""

    def __init__(self, tally: Tally, bounds: Sequence[int], deltas: Summed) -> None:
        cells = grid(bounds, tally.kept)
        self._bounds = bounds
        self._cells = cells
        self._bucket_of = [max(0, bisect_right(bounds, begin) - 1) for begin in cells.bounds[:-1]]
        self._at_end = tally.at_end
        self._deltas = deltas
        self._known_ms = [0] * (len(bounds) - 1)
        for stretch, (begin, end) in enumerate(pairwise(cells.bounds)):
            if cells.known[stretch]:
                self._known_ms[self._bucket_of[stretch]] += end - begin
        self._keys: dict[int, dict[str, dict[Key, None]]] = {}
        """By person and team: the keys that the person, or everybody, has or had."""
        for person, key in chain(self._at_end, self._deltas):
            self._keys.setdefault(person, {}).setdefault(key.team_id, {})[key] = None

    @classmethod
    async def of(cls, tally: Tally, bounds: Sequence[int], pace: Pace) -> _Times:
        """Add up what was found."""
        return cls(tally, bounds, await _summed(tally, pace))

    def buckets(self, person: int, team_id: str | None, people: int, *, is_fixed: bool) -> list[TimeBucket]:
        """Return the buckets of a person or of everybody; what was done in the team, unless that is None.

        `is_fixed`: it is the same people all the time, so that the time that is not accounted for is unknown. People
        come to a team and leave it: then only what is no longer kept counts as unknown.
        """
        states: list[dict[int, int]] = [{} for _ in self._known_ms]
        elsewhere = [0] * len(states)
        by_team = self._keys.get(person, {})
        # There may be as many teams as people: of one, only its own keys are looked at.
        teams = by_team if team_id is None or is_fixed else (team_id,)
        for key in chain.from_iterable(by_team.get(team, ()) for team in teams):
            is_wanted = team_id is None or key.team_id == team_id
            if not is_wanted and key.code >= CONNECTED:
                continue
            deltas = self._deltas.get((person, key), _NO_DELTAS)
            found = levels(self._cells.bounds, self._at_end.get((person, key), 0), deltas)
            for stretch, (_, time_ms) in enumerate(found):
                if not time_ms or not self._cells.known[stretch]:
                    continue
                bucket = self._bucket_of[stretch]
                if is_wanted:
                    states[bucket][key.code] = states[bucket].get(key.code, 0) + time_ms
                else:
                    elsewhere[bucket] += time_ms
        return [
            _bucket(start, end, states[index], elsewhere[index], None if is_fixed else self._known_ms[index], people)
            for index, (start, end) in enumerate(pairwise(self._bounds))
        ]

    def forget(self, person: int) -> int:
        """Let go of a person's times, as of everybody's it would take long; return the number of their keys."""
        keys = list(chain.from_iterable(self._keys.pop(person, {}).values()))
        for key in keys:
            self._deltas.pop((person, key), None)
        return len(keys)


def _bucket(
    start: int, end: int, states: dict[int, int], elsewhere: int, known_ms: int | None, people: int
) -> TimeBucket:
    connected, engaged = states.pop(CONNECTED, 0), states.pop(ENGAGED, 0)
    known = sum(states.values()) + elsewhere if known_ms is None else known_ms * people
    times = [(STATES[code], states[code]) for code in sorted(states)]
    return TimeBucket(start, end, times, (end - start) * people - known, elsewhere, connected, engaged)


async def _summed(tally: Tally, pace: Pace) -> Summed:
    """Add up deltas, of which there may be a million, and let go of them, in steps."""
    found: Summed = {}
    deltas = tally.deltas
    while deltas:
        add_up(deltas[-_DELTAS_PER_STEP:], found)
        del deltas[-_DELTAS_PER_STEP:]
        await pace.did(_STEP)
    return found


async def of_people(tally: Tally, bounds: Sequence[int], team_id: str, *, named: bool) -> list[TimeSummary]:
    """Summarize each person. Unless they were named, people of whom nothing is known there are left out."""
    pace = Pace(_STEP)
    times = await _Times.of(tally, bounds, pace)
    found: list[TimeSummary] = []
    for person in tally.people:
        buckets = times.buckets(person.position, team_id or None, 1, is_fixed=True)
        if named or any(bucket.times for bucket in buckets):
            found.append(TimeSummary(person.user_id, person.profile, 1, not person.user_id, buckets))
        await pace.did((1 + times.forget(person.position)) * len(bounds))
    return found


async def of_teams(tally: Tally, bounds: Sequence[int], teams: Sequence[str]) -> list[TimeSummary]:
    """Summarize what was done in each of some teams; "" stands for none."""
    pace = Pace(_STEP)
    times = await _Times.of(tally, bounds, pace)
    found: list[TimeSummary] = []
    for team_id in teams:
        people = tally.present[team_id]
        buckets = times.buckets(EVERYBODY, team_id, people, is_fixed=False)
        found.append(TimeSummary("", Profile("", team_id), people, False, buckets))
        await pace.did(8 * len(bounds))
    return found


async def of_all(tally: Tally, bounds: Sequence[int], team_id: str) -> TimeSummary:
    """Summarize everybody, or what everybody did in a team."""
    people = tally.present.get(team_id, 0)
    times = await _Times.of(tally, bounds, Pace(_STEP))
    buckets = times.buckets(EVERYBODY, team_id or None, people, is_fixed=not team_id)
    return TimeSummary("", Profile("", team_id), people, False, buckets)


async def counts_of(tally: Tally, bounds: Sequence[int], team_id: str) -> list[StatusCount]:
    """Count people by status, those of the team if one is given, at each of the bounds but the last."""
    moments = _moments(bounds, tally.kept)
    cells, pace = grid(moments, tally.kept), Pace(_STEP)
    deltas = await _summed(tally, pace)
    by_time: dict[int, dict[Status, int]] = {begin: dict.fromkeys(Status, 0) for begin in cells.bounds[:-1]}
    for person, key in {*tally.at_end, *deltas}:
        if key.code >= CONNECTED or (team_id and key.team_id != team_id):
            continue
        status = STATES[key.code].status
        assert status is not None  # UNSEEN is no key
        found = levels(cells.bounds, tally.at_end.get((person, key), 0), deltas.get((person, key), _NO_DELTAS))
        for begin, level in zip(cells.bounds, found, strict=False):
            by_time[begin][status] += level.people
        await pace.did(len(found))
    return [
        StatusCount(bound, None if moment < tally.kept.known_since else by_time.get(moment))
        for bound, moment in zip(bounds[:-1], moments, strict=False)
    ]


async def timelines_of(tally: Tally, bounds: Sequence[int], team_id: str, *, named: bool) -> list[Timeline]:
    """Return each person's intervals. Unless they were named, people of whom nothing is known there are left out."""
    cells, pace = separated(bounds, tally.kept), Pace(_STEP)
    keys: dict[int, dict[Key, int]] = {}
    for (person, key), count in tally.at_end.items():
        keys.setdefault(person, {})[key] = count
    deltas, steps = await _by_person(tally.deltas), await _by_person(tally.steps)
    tally.deltas.clear()
    tally.steps.clear()
    found: list[Timeline] = []
    for each in tally.people:
        own = steps.pop(each.position, [])
        of_person = intervals(
            bounds[0], bounds[-1], cells, keys.get(each.position, {}), deltas.pop(each.position, []), own
        )
        is_there = any(at.key is not None and team_id in ("", at.key.team_id) for at in of_person)
        if named or is_there:
            found.append(Timeline(each, of_person))
        await pace.did(len(own) + len(cells.bounds))
    return found


async def _by_person(items: Sequence[_Item]) -> dict[int, list[_Item]]:
    """Sort deltas or steps by person, in steps."""
    found: dict[int, list[_Item]] = {}
    for number, item in enumerate(items, 1):
        found.setdefault(item.person, []).append(item)
        if not number % _DELTAS_PER_STEP:
            await asyncio.sleep(0)
    return found
