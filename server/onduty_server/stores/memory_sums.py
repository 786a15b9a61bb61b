"""The daily sums of the reference store, and what they and its history tell a report.

This is written to be obviously right, not to be fast: it looks at every row, if in steps. What is looked for is told by
`SumsQuery` and `FoundSums`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from ..app.calendar import day_bounds, zone_of_days
from ..app.ports.reports import REPORT_DELTAS_MAX, Detail, too_much_detail
from ..domain.tallies import CONNECTED, EVERYBODY, Delta, Kept, Key, Step, parts
from .resident.journal import (
    ChangeRow,
    EdgeRow,
    FoundSums,
    SumsQuery,
    UserChangeRow,
    step_of,
    step_of_edge,
)

_STEP: Final = 500
"""How many rows are looked at in one step: about 1 ms of work."""

_Sums = defaultdict[tuple[int, int, Key], list[int]]
"""By user, stretch and key: the net count and the sum of the times."""


class _Place(NamedTuple):
    """A day [start, end) (ms UTC), a user and a key, for which there is a sum."""

    start: int
    end: int
    user: int
    key: Key


class MemorySums:
    """The daily sums of one account."""

    def __init__(self) -> None:
        self._days: dict[_Place, tuple[int, int]] = {}
        """The net count and the sum of the times."""
        self._known_since = 0

    # --- what is no longer in the history ----------------------------------------------------------------------------

    def add(self, rows: Iterable[ChangeRow | UserChangeRow | EdgeRow], time_zone: str) -> None:
        """Add what rows of the history add to the number of people, each to its day of a time zone."""
        zone, start, end = zone_of_days(time_zone), 0, 0
        for row in rows:
            step = step_of_edge(row) if isinstance(row, EdgeRow) else step_of(row)
            if step is None:
                continue
            if not start <= step.time < end:
                start, end = day_bounds(step.time, step.time + 1, zone)
            for key, sign in parts(step):
                place = _Place(start, end, step.person, key)
                net, times = self._days.get(place, (0, 0))
                self._days[place] = net + sign, times + sign * step.time
        self._days = {place: sums for place, sums in self._days.items() if any(sums)}

    def forget(self, before: int) -> None:
        """Forget the days that ended by `before` (ms UTC)."""
        kept = {place: sums for place, sums in self._days.items() if place.end > before}
        if len(kept) < len(self._days):
            self._known_since = max(self._known_since, *(place.end for place in self._days.keys() - kept.keys()))
            self._days = kept

    # --- what a report asks ------------------------------------------------------------------------------------------

    def left_since(self, team_id: str, start: int, history: Iterable[ChangeRow | UserChangeRow]) -> set[int]:
        """Return who left a team, or was erased in it, at `start` (ms UTC) or later."""
        found = {place.user for place in self._days if place.end > start and place.key.team_id == team_id}
        for row in history:
            step = step_of(row)
            if step is not None and step.time >= start and team_id in _left(step):
                found.add(step.person)
        return found

    def find(
        self, query: SumsQuery, history: Iterable[ChangeRow | UserChangeRow], edges: Iterable[EdgeRow]
    ) -> FoundSums:
        """Add up what is asked for. `history` is in the order of revisions."""
        return next(found for found in self.look(query, history, edges) if found is not None)

    def look(
        self, query: SumsQuery, history: Iterable[ChangeRow | UserChangeRow], edges: Iterable[EdgeRow]
    ) -> Iterator[FoundSums | None]:
        """Do the work of `find`, and yield None after each step of it. Sums that change after the first are not seen.

        The caller lets nobody write to `history` and `edges` meanwhile.
        """
        summed = list(self._days.items())
        kept = Kept(self._known_since, self._overlapping(query.start, query.end))
        bounds = query.refine(kept)
        users = None if query.users is None else set(query.users)
        finder = _Finder(query.detail, bounds)
        if query.detail is Detail.STEPS:
            edges = ()
        for number, row in enumerate(chain(summed, history, edges), 1):
            if not number % _STEP:
                yield None
            if isinstance(row, EdgeRow):
                if users is None or row.user_number in users:
                    finder.lease(step_of_edge(row))
            elif isinstance(row, (ChangeRow, UserChangeRow)):
                step = step_of(row)
                if step is not None and (users is None or step.person in users):
                    finder.changed(step)
            elif users is None or row[0].user in users:
                finder.summed(row[0], *row[1])
        yield finder.found(kept, query)

    def _overlapping(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return the days that overlap [start, end), and those that overlap one of these."""
        while True:
            days = {(day.start, day.end) for day in self._days if day.end > start and day.start < end}
            first, last = min([start, *(day[0] for day in days)]), max([end, *(day[1] for day in days)])
            if (first, last) == (start, end):
                return sorted(days)
            start, end = first, last


class _Finder:
    """Gathers what is found for a query."""

    def __init__(self, detail: Detail, bounds: Sequence[int]) -> None:
        self._detail = detail
        self._bounds = bounds
        self._deltas: _Sums = defaultdict(lambda: [0, 0])
        self._later: defaultdict[tuple[int, Key], int] = defaultdict(int)
        self._after: dict[int, Key | None] = {}
        self._leases_after: dict[tuple[int, int], Key | None] = {}
        self._left: set[tuple[str, int]] = set()
        self._steps: defaultdict[int, list[Step]] = defaultdict(list)

    def summed(self, place: _Place, net: int, times: int) -> None:
        if place.start >= self._bounds[-1]:
            self._later[place.user, place.key] += net
        elif place.start >= self._bounds[0]:
            self._add(place.user, place.start, place.key, net, times)
            if place.key.code < CONNECTED:
                self._left.add((place.key.team_id, place.user))

    def changed(self, step: Step) -> None:
        if step.time >= self._bounds[-1]:
            self._after.setdefault(step.person, step.previous)
        elif step.time >= self._bounds[0]:
            if self._detail is Detail.STEPS:
                self._steps[step.person].append(step)
            else:
                self._add_step(step)
            if step.time > self._bounds[0]:
                self._left.update((team_id, step.person) for team_id in _left(step))

    def lease(self, step: Step) -> None:
        if step.time >= self._bounds[-1]:
            key = step.key or step.previous
            assert key is not None
            self._leases_after.setdefault((step.person, key.code), step.previous)
        elif step.time >= self._bounds[0]:
            self._add_step(step)

    def _add_step(self, step: Step) -> None:
        for key, sign in parts(step):
            self._add(step.person, step.time, key, sign, sign * step.time)

    def _add(self, person: int, time: int, key: Key, net: int, times: int) -> None:
        sums = self._deltas[self._person(person), bisect_right(self._bounds, time) - 1, self._shown(key)]
        sums[0] += net
        sums[1] += times
        if len(self._deltas) > REPORT_DELTAS_MAX:
            raise too_much_detail()

    def _person(self, person: int) -> int:
        return EVERYBODY if self._detail in (Detail.TOTALS, Detail.TEAMS) else person

    def _shown(self, key: Key) -> Key:
        return Key(key.code) if self._detail is Detail.TOTALS else key

    def found(self, kept: Kept, query: SumsQuery) -> FoundSums:
        apart = {person for _, person in self._left}
        later: defaultdict[tuple[int, Key], int] = defaultdict(int)
        for (person, key), net in self._later.items():
            later[person if person in apart else self._person(person), self._shown(key)] += net
        steps: list[Step] = []
        for user in query.users or ():
            if query.most_steps and len(steps) >= query.most_steps:
                break
            steps += self._steps.get(user, ())
        deltas = [Delta(*place, *sums) for place, sums in self._deltas.items() if any(sums)]
        return FoundSums(kept, self._bounds, deltas, self._after, self._leases_after, later, self._left, steps)


def _left(step: Step) -> Iterable[str]:
    """Yield the team that somebody leaves with a step, if so."""
    if step.previous is not None and (step.key is None or step.key.team_id != step.previous.team_id):
        yield step.previous.team_id
