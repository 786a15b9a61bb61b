"""Answers what reports ask: counts an account's people by state, from its records, its history and its daily sums.

People are read first, then what is kept of the past. When history goes into the daily sums meanwhile, before it was
read, the past is read again, so that each change counts once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from typing import Final, NamedTuple

from ...app.ports.reports import Detail, Person, Tally, TallyQuery
from ...domain.errors import StoreUnavailable, UserUnknown
from ...domain.tallies import Kept
from .event_records import ERASURE_EVENT, EVENT_BYTES, PROFILE_EVENT
from .keys import Keys
from .records import StoredUser
from .report_counting import TOGETHER, Counting
from .report_reading import Event, Head, Overtaken, People, ReportReader
from .running import ScriptRunner
from .steps import StepSizes
from .wire.client import RedisClient

_ATTEMPTS_MAX: Final = 300
"""How often the past is read again because history went into the sums meanwhile. That goes in bursts of seconds."""
_PAUSE_S: Final = 0.2


class _Selection(NamedTuple):
    """The people whom a query looks at, and where the next page begins. `persons` is empty unless they are apart."""

    people: People
    persons: Sequence[Person] = ()
    next_position: int | None = None


class Reporting:
    """Counts people. Raises StoreUnavailable when the store cannot be reached."""

    def __init__(self, client: RedisClient, keys: Keys, runner: ScriptRunner, steps: StepSizes) -> None:
        self._reader = ReportReader(client, keys, runner, steps)

    async def tally(self, account_id: str, query: TallyQuery) -> Tally:
        """Count people by state; see `Reports`."""
        selection: _Selection | None = None
        first = 0
        for _ in range(_ATTEMPTS_MAX):
            head = await self._reader.head(account_id)
            if head is None:
                if query.user_ids:
                    raise UserUnknown(account_id, query.user_ids[0])
                return Tally(kept := Kept(), query.refine(kept), {}, [], {}, (), [])
            try:
                # It may be another account of this id, or another server that lacks what was read.
                if selection is None or first != head.first or selection.people.revision > head.revision:
                    first, selection = head.first, await self._select(account_id, query, head.length)
                return await self._count(account_id, query, head, selection)
            except Overtaken:
                await asyncio.sleep(_PAUSE_S)
        raise StoreUnavailable

    async def _count(self, account_id: str, query: TallyQuery, head: Head, selection: _Selection) -> Tally:
        days = [day for day in head.days if day[1] > query.start and day[0] < query.end]
        kept = Kept(head.known_since, days)
        bounds = query.refine(kept)
        people, reader = selection.people, self._reader
        counting = Counting(query, kept, bounds, people)
        start = await reader.start(account_id, head, bounds[0])
        positions = range(len(people.states)) if people.places is None else people.places
        wanted = [day for day in head.days if day[1] > bounds[0]]
        async with aclosing(reader.sums(account_id, head, wanted, positions)) as sums:
            async for day, base, fields in sums:
                counting.sums(day, base, fields, head.teams)
                counting.check()
        if not people.read_at:
            return await counting.tally(selection.persons, selection.next_position)
        until = people.read_at[-1]
        async with aclosing(reader.events(account_id, start, until.revision)) as found:
            async for revision, events in found:
                counting.events(revision, events)
                counting.check()
                await asyncio.sleep(0)
        if query.detail is not Detail.STEPS:
            await counting.leases()
            async with aclosing(reader.edges(account_id, start, until.edges)) as found:
                async for number, edges in found:
                    counting.edges(number, edges)
                    counting.check()
                    await asyncio.sleep(0)
        return await counting.tally(selection.persons, selection.next_position)

    # --- whom a query looks at ---------------------------------------------------------------------------------------

    async def _select(self, account_id: str, query: TallyQuery, length: int) -> _Selection:
        is_together = query.detail in TOGETHER
        limit = None if is_together else query.limit + 1
        if query.user_ids:
            named = await self._reader.named(account_id, query.user_ids)
            for user_id, stored in zip(query.user_ids, named, strict=True):
                if stored is None:
                    raise UserUnknown(account_id, user_id)
            positions = sorted({stored.position for stored in named if stored is not None})
            positions = [position for position in positions if position >= query.position]
        elif query.team_id:
            members = await self._reader.members(account_id, query.team_id, query.position, limit)
            # Whoever left before the members were read is in a history that is read up to a later revision.
            left = await self._left_since(account_id, query.team_id, query.start)
            positions = sorted({position for position in left if position >= query.position}.union(members))
        elif is_together:
            return _Selection(await self._reader.everybody(account_id, with_teams=query.detail is Detail.TEAMS))
        else:
            positions = list(range(query.position, min(query.position + query.limit + 1, length)))
        if is_together:
            people, _ = await self._reader.selected(account_id, positions)
            return _Selection(people)
        next_position = positions[query.limit] if len(positions) > query.limit else None
        people, found = await self._reader.selected(account_id, positions[: query.limit])
        persons = [_person(*each) for each in zip(positions, found, strict=False)]
        return _Selection(people, persons, next_position)

    async def _left_since(self, account_id: str, team_id: str, start: int) -> set[int]:
        """Return the positions of people who left a team, or were erased in it, at `start` (ms UTC) or later."""
        head = await self._reader.head(account_id)
        if head is None:
            raise Overtaken
        if not head.has_people:
            return set()
        left: set[int] = set()
        begin = await self._reader.start(account_id, head, start)
        days = [day for day in head.days if day[1] > start]
        numbers = {number for number, team in head.teams.items() if team == team_id}
        async with aclosing(self._reader.sums(account_id, head, days, range(head.length))) as sums:
            async for _, base, fields in sums:
                left.update(base + field[0] for field in fields[::2] if field[2:] in numbers)
        async with aclosing(self._reader.events(account_id, begin, head.revision)) as found:
            async for _, events in found:
                left.update(_leaving(events, team_id.encode()))
                await asyncio.sleep(0)
        return left


def _leaving(events: Sequence[Event], team: bytes) -> set[int]:
    """Return the positions of people who leave a team with one of these events."""
    found: set[int] = set()
    for _, (_, body) in events:
        if body[0] in (PROFILE_EVENT, ERASURE_EVENT) and len(body) > EVENT_BYTES:
            parts = body[EVENT_BYTES:].split(b"\0")
            if parts[3] == team and parts[3] != (parts[4] if body[0] == PROFILE_EVENT else b""):
                found.add(int.from_bytes(body[1:5], "big"))
    return found


def _person(position: int, stored: StoredUser | None) -> Person:
    if stored is None:
        return Person(position, "")
    return Person(position, stored.record.user_id, stored.record.profile)
