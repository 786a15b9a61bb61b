"""Adds up, for a report, what was read of an account: people, daily sums, events and edges.

The numbers are anchored at what people are now. What has changed at the last bound or later is taken off, so that those
at the last bound are left. Invariant: of each person only those changes count that had been made when the person
was read, so that it does not matter that people were not read at one moment.
"""

from __future__ import annotations

import asyncio
import struct
from array import array
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ...app.ports.reports import REPORT_DELTAS_MAX, Detail, Person, Tally, TallyQuery, too_much_detail
from ...domain.tallies import CONNECTED, EVERYBODY, Delta, Kept, Key, Step
from .event_records import ERASURE_EVENT, EVENT_BYTES, PROFILE_EVENT, STATUS_EVENT
from .kept_sums import Day, read_sum
from .report_reading import Event, People

TOGETHER: Final = (Detail.TOTALS, Detail.TEAMS)
_HEAD: Final = struct.Struct(">BIBBHI")
"""Of an event: kind, position, previous state, state, effective time."""
_EDGE: Final = struct.Struct(">BIHI")
_BEGINS: Final = 128
_PER_STEP: Final = 1_000

_PERSON: Final = 48
_STRETCH: Final = 28
_TEAM: Final = 6
"""How far to the left these are in the number that stands for person, stretch, team and code. EVERYBODY is person 0."""
_STRETCHES: Final = (1 << (_PERSON - _STRETCH)) - 1
_KEYS: Final = (1 << _STRETCH) - 1
_CODES: Final = (1 << _TEAM) - 1


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
        # Numbers and arrays are nothing to the garbage collector, which holds up everybody.
        self._places: dict[int, int] = {}
        """By person, stretch, team and code: where in the arrays its sums are."""
        self._nets = array("q")
        self._times = array("q")
        """The sums of times, counted from the first bound."""
        self._teams: dict[bytes, int] = {b"": 0}
        """The places of teams among `team_ids`, by what is kept of them."""
        self._steps: defaultdict[int, array[int]] = defaultdict(lambda: array("q"))
        """By position: the time of each step, and the numbers of the keys before and after, 0 for none."""
        self._step_count = 0
        self._steps_until = 1 << 32
        """The last position of which steps are needed."""
        self._keys: dict[int, Key] = {}
        self._stretch, self._from, self._till = 0, bounds[0], bounds[0]
        """The stretch of the change before, and its bounds."""
        self._was_there = bytearray(len(people.states))
        """1 at the places of those who have sums of days within the bounds, in their present team."""
        self._elsewhere: set[tuple[int, int]] = set()
        """Positions and teams of people who were, within the bounds, in teams in which they are not any more."""
        self._since: defaultdict[tuple[int, int], int] = defaultdict(int)
        """By position and team: what the time from the last bound on adds to the number of people there."""

    # --- what was read -----------------------------------------------------------------------------------------------

    def events(self, revision: int, entries: Sequence[Event]) -> None:
        """Add events, of which the first has this revision."""
        people, add, team_of = self._people, self._add, self._team_of
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
                team = team_of(body[body.rindex(b"\0") + 1 :]) if has_teams and len(body) > EVENT_BYTES else 0
                former = team
            elif kind == PROFILE_EVENT:
                *_, from_team, to_team = body[EVENT_BYTES:].split(b"\0")
                if from_team == to_team or not before:
                    continue
                former, team = team_of(from_team), team_of(to_team)
            elif kind == ERASURE_EVENT and before:
                former = team = team_of(body[body.rindex(b"\0") + 1 :]) if len(body) > EVENT_BYTES else 0
                after = 0
            else:
                continue
            if keeps_steps and time < self._end:
                keys = (former << _TEAM | before if before else 0, team << _TEAM | after if after else 0)
                if position <= self._steps_until:
                    self._steps[position].extend((time, *keys))
                    self._step_count += 1
            else:
                if before:
                    add(position, time, before, former, -1)
                if after:
                    add(position, time, after, team, 1)
            if not before or not after or former != team:
                self._moved(position, time, former if before else None, team if after else None)
        if keeps_steps and 0 < 2 * self._query.most_steps < self._step_count:
            self._drop_steps()

    def _drop_steps(self) -> None:
        """Drop steps of people behind those who have as many as are wanted."""
        count = 0
        for position in sorted(self._steps):
            if count >= self._query.most_steps:
                del self._steps[position]
            else:
                self._steps_until = position
                count += len(self._steps[position]) // 3
        self._step_count = count

    def _team_of(self, raw: bytes) -> int:
        """Return the place of a team."""
        place = self._teams.get(raw)
        if place is None:
            place = self._teams[raw] = self._people.team_place(raw.decode())
        return place

    def _moved(self, position: int, time: int, former: int | None, team: int | None) -> None:
        """Add that somebody has come, gone, or moved from a team to another."""
        if not self._together:
            return
        if not self._has_teams:
            former, team = None if former is None else 0, None if team is None else 0
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
            team, time = self._team_of(raw[_EDGE.size :]), high << 32 | low
            if code >= _BEGINS:
                self._add(position, time, code - _BEGINS, team, 1)
            else:
                self._add(position, time, code, team, -1)

    async def leases(self) -> None:
        """Add the ends of sessions and engagements for which there is no edge yet."""
        people = self._people
        positions = None if people.places is None else list(people.places)
        for number, (place, code, end) in enumerate(people.leases):
            if number % _PER_STEP == 0:
                await asyncio.sleep(0)
            self._add(place if positions is None else positions[place], end, code, people.teams[place], -1)

    def sums(self, day: Day, base: int, fields: Sequence[bytes], teams: Mapping[bytes, str]) -> None:
        """Add the sums of a day of people from the position `base` on. `teams` has teams by their numbers."""
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
            team = people.team_place(teams[number]) if number and self._has_teams else 0
            self._put(position, stretch, code, team, count, times - count * self._begin)
            if self._together and code < CONNECTED:
                if stretch == self._last:
                    if count:
                        self._since[position, team] += count
                elif states[place] and (not self._has_teams or own[place] == team):
                    self._was_there[place] = 1
                else:
                    self._elsewhere.add((position, team))

    def _add(self, position: int, time: int, code: int, team: int, sign: int) -> None:
        if not self._from <= time < self._till:
            if time < self._begin:
                return
            self._stretch = bisect_right(self._bounds, time) - 1
            self._from = self._bounds[self._stretch]
            self._till = self._bounds[self._stretch + 1] if self._stretch < self._last else 1 << 62
        self._put(position, self._stretch, code, team, sign, sign * (time - self._begin))

    def _put(self, position: int, stretch: int, code: int, team: int, net: int, times: int) -> None:
        person = 0 if self._together else position + 1
        name = person << _PERSON | stretch << _STRETCH | (team << _TEAM if self._has_teams else 0) | code
        place = self._places.get(name)
        if place is None:
            self._places[name] = len(self._nets)
            self._nets.append(net)
            self._times.append(times)
        else:
            self._nets[place] += net
            self._times[place] += times

    def check(self) -> None:
        """Raise LimitExceeded if there are too many deltas."""
        if len(self._nets) > REPORT_DELTAS_MAX:
            raise too_much_detail()

    # --- the outcome -------------------------------------------------------------------------------------------------

    async def tally(self, persons: Sequence[Person], next_position: int | None) -> Tally:
        """Return what was found."""
        counts = self._at_present()
        deltas: list[Delta] = []
        for name, place in self._places.items():
            if place % _PER_STEP == 0:
                await asyncio.sleep(0)
            net, times = self._nets[place], self._times[place]
            if not net and not times:
                continue
            person, stretch = (name >> _PERSON) - 1, name >> _STRETCH & _STRETCHES
            key = self._key(name & _KEYS)
            if stretch == self._last:
                counts[person, key] -= net
            else:
                deltas.append(Delta(person, stretch, key, net, times + net * self._begin))
        steps: list[Step] = []
        if self._query.detail is Detail.STEPS:
            for number, each in enumerate(persons):
                if 0 < self._query.most_steps <= len(steps):
                    next_position, persons = each.position, persons[:number]
                    break
                steps += self._steps_of(each.position)
                await asyncio.sleep(0)
            there = {each.position for each in persons}
            deltas = [delta for delta in deltas if delta.person in there]
            counts = defaultdict(int, {place: count for place, count in counts.items() if place[0] in there})
        present = self._present(counts) if self._together else {}
        at_end = {place: count for place, count in counts.items() if count}
        return Tally(self._kept, self._bounds, at_end, deltas, present, persons, steps, next_position)

    def _key(self, number: int) -> Key:
        """Return the key with this number: the place of the team, and the code."""
        key = self._keys.get(number)
        if key is None:
            key = self._keys[number] = Key(number & _CODES, self._people.team_ids[number >> _TEAM])
        return key

    def _steps_of(self, position: int) -> Iterator[Step]:
        for time, previous, key in zip(*[iter(self._steps.pop(position, ()))] * 3, strict=True):
            yield Step(position, time, self._key(previous) if previous else None, self._key(key) if key else None)

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
        teams = self._people.team_ids
        for (_, key), count in counts.items():
            if key.code < CONNECTED:
                present[key.team_id] += count
        people = self._people
        for position, team in self._elsewhere:
            present[teams[team]] += not self._was_there_at_end(position, team)
        for (position, team), count in self._since.items():
            place = position if people.places is None else people.places[position]
            if count > 0 and self._was_there[place] and (position, team) not in self._elsewhere:
                present[teams[team]] += not self._was_there_at_end(position, team)
        return {team: count for team, count in present.items() if count}

    def _was_there_at_end(self, position: int, team: int) -> bool:
        people = self._people
        place = position if people.places is None else people.places[position]
        own = people.teams[place] if self._has_teams else 0
        is_there = bool(people.states[place]) and own == team
        return is_there - self._since.get((position, team), 0) > 0
