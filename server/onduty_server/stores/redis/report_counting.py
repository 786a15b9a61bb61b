"""Adds up, for a report, what was read of an account: people, daily sums, events and edges.

The numbers are anchored at what people are now. What has changed at the last bound or later is taken off, so that those
at the last bound are left. Invariant: of each person only those changes count that had been made when the person
was read, so that it does not matter that people were not read at one moment.
"""

from __future__ import annotations

import asyncio
import struct
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from ...app.ports.reports import REPORT_DELTAS_MAX, Detail, Person, Tally, TallyQuery, too_much_detail
from ...domain.tallies import CONNECTED, EVERYBODY, Delta, Kept, Key, Step
from .event_records import ERASURE_EVENT, EVENT_BYTES, PROFILE_EVENT, STATUS_EVENT
from .kept_sums import read_sum
from .report_reading import Event, Lease, People

TOGETHER: Final = (Detail.TOTALS, Detail.TEAMS)
_HEAD: Final = struct.Struct(">BIBBHI")
"""Of an event: kind, position, previous state, state, effective time."""
_EDGE: Final = struct.Struct(">BIHI")
_BEGINS: Final = 128
_DELTAS_PER_STEP: Final = 1_000

_Place = tuple[int, int, int, str]
"""Person, stretch, code and team."""


class Counting:
    """Adds up what a query asks for, within `bounds`."""

    def __init__(self, query: TallyQuery, kept: Kept, bounds: Sequence[int], people: People) -> None:
        self._query = query
        self._kept = kept
        self._bounds = bounds
        self._people = people
        self._begin, self._end = bounds[0], bounds[-1]
        self._last = len(bounds) - 1
        """The number of stretches, which stands for the time from the last bound on."""
        self._together = query.detail in TOGETHER
        self._has_teams = query.detail is not Detail.TOTALS or bool(query.team_id)
        self._sums: defaultdict[_Place, list[int]] = defaultdict(lambda: [0, 0])
        self._steps: defaultdict[int, list[Step]] = defaultdict(list)
        self._stretch, self._from, self._till = 0, bounds[0], bounds[0]
        """The stretch of the change before, and its bounds."""
        self._was_there = bytearray(len(people.states))
        """1 at the places of those who have sums of days within the bounds, in their present team."""
        self._elsewhere: set[tuple[int, str]] = set()
        """Positions and teams of people who were, within the bounds, in teams in which they are not any more."""
        self._since: defaultdict[tuple[int, str], int] = defaultdict(int)
        """By position and team: what the time from the last bound on adds to the number of people there."""

    # --- what was read -----------------------------------------------------------------------------------------------

    def events(self, revision: int, entries: Sequence[Event]) -> None:
        """Add events, of which the first has this revision."""
        people, add = self._people, self._add
        places, known = people.places, len(people.states)
        safe, unpack = people.read_at[0].revision if people.read_at else 0, _HEAD.unpack_from
        keeps_steps, begin, has_teams = self._query.detail is Detail.STEPS, self._begin, self._has_teams
        revision -= 1
        for _, (_, body) in entries:
            revision += 1
            kind, position, before, after, high, low = unpack(body)
            place = position if places is None else places.get(position, -1)
            if not 0 <= place < known or (time := high << 32 | low) < begin:
                continue
            if revision > safe and revision > people.read_at[place // people.step].revision:
                continue
            if kind == STATUS_EVENT:
                # Its team is the last part of the text.
                team = body[body.rindex(b"\0") + 1 :].decode() if has_teams and len(body) > EVENT_BYTES else ""
                former = team
            elif kind == PROFILE_EVENT:
                *_, from_team, to_team = body[EVENT_BYTES:].decode().split("\0")
                if from_team == to_team or not before:
                    continue
                former, team = from_team, to_team
            elif kind == ERASURE_EVENT and before:
                former, team, after = "" if len(body) == EVENT_BYTES else body[body.rindex(b"\0") + 1 :].decode(), "", 0
            else:
                continue
            if keeps_steps and time < self._end:
                previous = Key(before, former) if before else None
                self._steps[position].append(Step(position, time, previous, Key(after, team) if after else None))
            else:
                if before:
                    add(position, time, before, former, -1, -time)
                if after:
                    add(position, time, after, team, 1, time)
            if not before or not after or former is not team:
                self._moved(position, time, former if before else None, team if after else None)

    def _moved(self, position: int, time: int, former: str | None, team: str | None) -> None:
        """Add that somebody has come, gone, or moved from a team to another."""
        if not self._together:
            return
        if not self._has_teams:
            former, team = None if former is None else "", None if team is None else ""
        if time >= self._end:
            if former is not None:
                self._since[position, former] -= 1
            if team is not None:
                self._since[position, team] += 1
        elif time > self._begin and former is not None and former != team:
            self._elsewhere.add((position, former))

    def edges(self, number: int, entries: Sequence[Event]) -> None:
        """Add edges of sessions and engagements, of which the first has this number."""
        people = self._people
        places, known = people.places, len(people.states)
        for offset, (_, (_, raw)) in enumerate(entries):
            code, position, high, low = _EDGE.unpack_from(raw)
            place = position if places is None else places.get(position, -1)
            if not 0 <= place < known or number + offset > people.read_at[place // people.step].edges:
                continue
            team, time = raw[_EDGE.size :].decode(), high << 32 | low
            if code >= _BEGINS:
                self._add(position, time, code - _BEGINS, team, 1, time)
            else:
                self._add(position, time, code, team, -1, -time)

    def leases(self, leases: Sequence[Lease]) -> None:
        """Add the ends of sessions and engagements for which there is no edge yet."""
        people = self._people
        positions = None if people.places is None else list(people.places)
        for place, code, end in leases:
            team = people.team_ids[people.teams[place]]
            self._add(place if positions is None else positions[place], end, code, team, -1, -end)

    def sums(self, day: tuple[int, int], base: int, fields: Sequence[bytes], teams: Mapping[bytes, str]) -> None:
        """Add the sums of a day of people from the position `base` on."""
        start = day[0]
        if day[1] <= self._begin:
            return
        stretch = self._last if start >= self._end else max(bisect_right(self._bounds, start) - 1, 0)
        people = self._people
        places, known, own, states = people.places, len(people.states), people.teams, people.states
        of_states_only = self._query.detail is Detail.STEPS
        for field, value in zip(fields[::2], fields[1::2], strict=True):
            offset, code, number, count, times = read_sum(field, value, start)
            position = base + offset
            place = position if places is None else places.get(position, -1)
            if not 0 <= place < known or (of_states_only and code >= CONNECTED):
                continue
            team = teams[number] if number else ""
            self._put(position, stretch, code, team, count, times)
            if self._together and code < CONNECTED:
                shown = team if self._has_teams else ""
                if stretch == self._last:
                    if count:
                        self._since[position, shown] += count
                elif states[place] and (not self._has_teams or people.team_ids[own[place]] == team):
                    self._was_there[place] = 1
                else:
                    self._elsewhere.add((position, shown))

    def _add(self, position: int, time: int, code: int, team: str, count: int, times: int) -> None:
        if not self._from <= time < self._till:
            if time < self._begin:
                return
            self._stretch = bisect_right(self._bounds, time) - 1
            self._from = self._bounds[self._stretch]
            self._till = self._bounds[self._stretch + 1] if self._stretch < self._last else 1 << 62
        self._put(position, self._stretch, code, team, count, times)

    def _put(self, position: int, stretch: int, code: int, team: str, count: int, times: int) -> None:
        sums = self._sums[EVERYBODY if self._together else position, stretch, code, team if self._has_teams else ""]
        sums[0] += count
        sums[1] += times

    def check(self) -> None:
        """Raise LimitExceeded if there are too many deltas."""
        if len(self._sums) > REPORT_DELTAS_MAX:
            raise too_much_detail()

    # --- the outcome -------------------------------------------------------------------------------------------------

    async def tally(self, persons: Sequence[Person], next_position: int | None) -> Tally:
        """Return what was found."""
        counts = self._at_present()
        deltas: list[Delta] = []
        for number, ((person, stretch, code, team), (count, times)) in enumerate(self._sums.items()):
            if number % _DELTAS_PER_STEP == 0:
                await asyncio.sleep(0)
            if stretch == self._last:
                counts[person, Key(code, team)] -= count
            elif count or times:
                deltas.append(Delta(person, stretch, Key(code, team), count, times))
        steps: list[Step] = []
        if self._query.detail is Detail.STEPS:
            for number, each in enumerate(persons):
                if 0 < self._query.most_steps <= len(steps):
                    next_position, persons = each.position, persons[:number]
                    break
                steps += self._steps.get(each.position, ())
            there = {each.position for each in persons}
            deltas = [delta for delta in deltas if delta.person in there]
            counts = defaultdict(int, {place: count for place, count in counts.items() if place[0] in there})
        present = self._present(counts) if self._together else {}
        at_end = {place: count for place, count in counts.items() if count}
        return Tally(self._kept, self._bounds, at_end, deltas, present, persons, steps, next_position)

    def _at_present(self) -> defaultdict[tuple[int, Key], int]:
        people, counts = self._people, defaultdict[tuple[int, Key], int](int)
        if self._together:
            for (state, team), count in people.counts.items():
                if state:
                    counts[EVERYBODY, Key(state, people.team_ids[team] if self._has_teams else "")] += count
        else:
            for position, place in (people.places or {}).items():
                if people.states[place]:
                    counts[position, Key(people.states[place], people.team_ids[people.teams[place]])] += 1
        return counts

    def _present(self, counts: Mapping[tuple[int, Key], int]) -> dict[str, int]:
        """Return how many people were there, by team: those who were at the last bound, and those who had gone."""
        present: defaultdict[str, int] = defaultdict(int)
        for (_, key), count in counts.items():
            if key.code < CONNECTED:
                present[key.team_id] += count
        people = self._people
        for position, team in self._elsewhere:
            present[team] += not self._was_there_at_end(position, team)
        for (position, team), count in self._since.items():
            place = position if people.places is None else people.places[position]
            if count > 0 and self._was_there[place] and (position, team) not in self._elsewhere:
                present[team] += not self._was_there_at_end(position, team)
        return {team: count for team, count in present.items() if count}

    def _was_there_at_end(self, position: int, team: str) -> bool:
        people = self._people
        place = position if people.places is None else people.places[position]
        own = people.team_ids[people.teams[place]] if self._has_teams else ""
        is_there = bool(people.states[place]) and own == team
        return is_there - self._since.get((position, team), 0) > 0
