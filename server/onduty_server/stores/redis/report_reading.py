"""Reads what reports are made of, in steps that hold up neither the server nor the event loop.

Nothing here is read at one moment. Invariants: what is read of people comes with the revision, and the number of edges,
that it goes up to; events and edges are read without gaps, and daily sums only as long as nothing is added to them and
nothing is dropped (`Overtaken` otherwise).
"""

from __future__ import annotations

import asyncio
import struct
from array import array
from collections import Counter, deque
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from itertools import islice
from typing import Any, Final, NamedTuple

from ...domain.layers import unpack
from ...domain.status import STATES, shown_state
from ...domain.tallies import CONNECTED, ENGAGED
from . import scripts
from .kept_sums import PRESENT_FORM, SUMS_CHUNK, Day, read_day
from .keys import Keys, partition_of
from .records import FLAG, OWN_STATE, StoredUser, read_record
from .running import ScriptRunner
from .steps import StepSizes
from .wire.client import RedisClient
from .wire.connection import Arg
from .wire.errors import OutcomeUnknown

_KEYS_PER_CALL: Final = 200
_AHEAD: Final = 3
"""How many calls for events are under way at a time."""

Event = Sequence[Any]
"""An entry of a stream: its id, and the field `e` and the event."""


class Overtaken(Exception):
    """Something that was to be read has gone into the daily sums, or out of them: begin again."""


class Head(NamedTuple):
    """The past of an account: daily sums of `days`, of changes up to `summed` and edges up to `unedged`, and the rest.

    `first` is the revision after which the account began, `revision` its last one, `length` the number of positions.
    `teams` has the teams by the number that sums have of them.
    """

    known_since: int
    summed: int
    unedged: int
    first: int
    revision: int
    length: int
    has_people: bool
    days: Sequence[Day]
    teams: dict[bytes, str]


class Start(NamedTuple):
    """The first event, and the first edge, that may be from a time or later: revision, number, and id of the edge."""

    revision: int
    edge_number: int
    edge: bytes


class Lease(NamedTuple):
    """The end of somebody's last session or engagement (`code`), for which there is no edge yet."""

    place: int
    code: int
    end: int


class ReadAt(NamedTuple):
    """The revision, and the number of edges, up to which what was read of some people goes."""

    revision: int
    edges: int


class People:
    """The people when they were read, each at a place.

    `states` has the state that is shown, 0 of somebody erased; `teams` the places of teams in `team_ids`. Each `step`
    people were read at once, at `read_at`. `places` has the places by position; None: everybody is there, in order.
    """

    def __init__(self, step: int, places: dict[int, int] | None = None) -> None:
        self.step = step
        self.places = places
        self.states = bytearray()
        self.teams = array("I")
        self.team_ids: list[str] = [""]
        self.counts: Counter[tuple[int, int]] = Counter()
        """How many people there are by state and place of the team."""
        self.leases: list[Lease] = []
        self.read_at: list[ReadAt] = []
        self._team_places = {"": 0}

    @property
    def revision(self) -> int:
        """The last revision of what was read."""
        return self.read_at[-1].revision if self.read_at else 0

    def team_place(self, team_id: str) -> int:
        """Return the place of a team, which it is given if it has none."""
        place = self._team_places.setdefault(team_id, len(self.team_ids))
        if place == len(self.team_ids):
            self.team_ids.append(team_id)
        return place

    def add(self, at: ReadAt, firsts: bytes, teams: Sequence[int], layers: Iterable[str]) -> None:
        """Add people who were read at once: the first bytes of their records, and the layers of those who have any."""
        self.read_at.append(at)
        start, more = len(self.states), iter(layers)
        for place, first in enumerate(firsts, start):
            state = first & OWN_STATE
            if first & FLAG:
                found = unpack(next(more))
                state = shown_state(STATES[state], found.connection)
                if found.sessions:
                    self.leases.append(Lease(place, CONNECTED, found.session_end))
                if found.engagements:
                    self.leases.append(Lease(place, ENGAGED, found.engaged_until))
            self.states.append(state)
        self.teams.extend(teams or [0] * len(firsts))
        self.counts.update(zip(self.states[start:], self.teams[start:], strict=True))


class ReportReader:
    """Reads an account. Raises StoreUnavailable when the store cannot be reached."""

    def __init__(self, client: RedisClient, keys: Keys, runner: ScriptRunner, steps: StepSizes) -> None:
        self._client = client
        self._keys = keys
        self._runner = runner
        self._steps = steps

    async def head(self, account_id: str) -> Head | None:
        """Read what a report begins with; None if there is no such account. Its history has the present form then."""
        partition = partition_of(account_id)
        while True:
            is_absent, *more = await self._runner.read(scripts.REPORT_HEAD, partition, account_id)
            if is_absent:
                return None
            fields, days, teams = more
            form, known, summed, unedged, first, revision, length, has_people = map(int, fields)
            if form >= PRESENT_FORM:
                break
            await self._runner.read(scripts.MODERNISE, partition, account_id, self._steps.prune)
        return Head(
            *(known, summed, unedged, first, revision, length, bool(has_people)),
            sorted(map(read_day, days)),
            {number: team.decode() for number, team in zip(teams[::2], teams[1::2], strict=True)},
        )

    # --- people ------------------------------------------------------------------------------------------------------

    async def everybody(self, account_id: str, *, with_teams: bool) -> People:
        """Read the states, and the teams if they are wanted, of everybody."""
        step = self._steps.report
        people = People(step)
        while True:
            is_absent, *more = await self._runner.read(
                *(scripts.REPORT_PEOPLE, partition_of(account_id), account_id, len(people.states), step),
                int(with_teams),
            )
            if is_absent:
                raise Overtaken
            revision, edges, firsts, places, team_ids, layers = more
            known = [people.team_place(team.decode()) for team in team_ids]
            teams = [known[place] for (place,) in struct.iter_unpack(">H", places)]
            people.add(ReadAt(revision, edges), firsts, teams, (each.decode() for each in layers))
            if len(firsts) < step:
                return people

    async def selected(self, account_id: str, positions: Sequence[int]) -> tuple[People, list[StoredUser | None]]:
        """Read the people at these positions; None for somebody erased."""
        step, found = self._steps.report, list[StoredUser | None]()
        people = People(step, {position: place for place, position in enumerate(positions)})
        for start in range(0, len(positions), step):
            chunk = struct.pack(f">{len(positions[start : start + step])}I", *positions[start : start + step])
            at, users = await self._records(account_id, "positions", chunk)
            self._add(people, at, users)
            found += users
        return people, found

    async def named(self, account_id: str, user_ids: Sequence[str]) -> list[StoredUser | None]:
        """Read the people with these ids; None for one who is not there."""
        found: list[StoredUser | None] = []
        for start in range(0, len(user_ids), self._steps.report):
            found += (await self._records(account_id, "users", *user_ids[start : start + self._steps.report]))[1]
        return found

    async def _records(self, account_id: str, kind: str, *args: Arg) -> tuple[ReadAt, list[StoredUser | None]]:
        is_absent, *more = await self._runner.read(
            scripts.REPORT_RECORDS, partition_of(account_id), account_id, kind, *args
        )
        if is_absent:
            raise Overtaken
        revision, edges, found = more
        users = [
            read_record(user.decode(), raw) if raw else None for user, raw in zip(found[::2], found[1::2], strict=True)
        ]
        await asyncio.sleep(0)
        return ReadAt(revision, edges), users

    @staticmethod
    def _add(people: People, at: ReadAt, users: Sequence[StoredUser | None]) -> None:
        records = [None if user is None else user.record for user in users]
        people.add(
            at,
            bytes(0 if each is None else each.state | (FLAG if each.layers else 0) for each in records),
            [0 if each is None else people.team_place(each.profile.team_id) for each in records],
            (each.layers for each in records if each is not None and each.layers),
        )

    async def members(self, account_id: str, team_id: str, position: int, limit: int | None) -> list[int]:
        """Return the positions of members of a team from `position` on, up to `limit` of them."""
        found: list[int] = []
        key = self._keys.of_partition[partition_of(account_id)]
        name = b"%bm:%b\x1f%b" % (key, account_id.encode(), team_id.encode())
        while limit is None or len(found) < limit:
            members = await self._command(
                key, "ZRANGEBYSCORE", name, position, "+inf", "LIMIT", 0, limit or self._steps.report
            )
            if not members:
                break
            found += (int.from_bytes(member, "big") for member in members)
            position = found[-1] + 1
        return found

    # --- the past ----------------------------------------------------------------------------------------------------

    async def start(self, account_id: str, head: Head, time: int) -> Start:
        """Return where to begin with what was effective at `time` (ms UTC) or later."""
        _, known, summed, unedged, revision, number, edge = await self._runner.read(
            scripts.REPORT_START, partition_of(account_id), account_id, time
        )
        _check(head, known, summed, unedged)
        return Start(revision, number, edge)

    async def events(
        self, account_id: str, start: Start, until: int
    ) -> AsyncGenerator[tuple[int, Sequence[Event]], None]:
        """Yield the events up to the revision `until`, with the revision of the first of each.

        Revisions have no gaps, so that the next ones can be on their way while some are looked at.
        """
        key, count = self._keys.of_partition[partition_of(account_id)], self._steps.report
        stream = key + b"e:" + account_id.encode()
        firsts = iter(range(start.revision, until + 1, count))
        reading: deque[tuple[int, asyncio.Task[Any]]] = deque()

        def ask(times: int) -> None:
            for first in islice(firsts, times):
                last = min(first + count - 1, until)
                reading.append((first, asyncio.create_task(self._command(key, "XRANGE", stream, first, last))))

        ask(_AHEAD)
        try:
            while reading:
                first, task = reading.popleft()
                entries = await task
                ask(1)
                if len(entries) != min(count, until - first + 1):
                    raise Overtaken
                yield first, entries
        finally:
            await _cancelled(task for _, task in reading)

    async def edges(
        self, account_id: str, start: Start, until: int
    ) -> AsyncGenerator[tuple[int, Sequence[Event]], None]:
        """Yield the edges up to the one with the number `until`, with the number of the first of each."""
        after = start.edge_number - 1
        if after >= until:
            return
        key = self._keys.of_partition[partition_of(account_id)]
        async with aclosing(self._entries(key, b"h:", account_id, start.edge, b"+")) as found:
            async for entries in found:
                if int(entries[0][0].partition(b"-")[2]) != after + 1:
                    raise Overtaken
                yield after + 1, entries[: until - after]
                after += len(entries)
                if after >= until:
                    return
        raise Overtaken

    async def _entries(
        self, key: bytes, kind: bytes, account_id: str, first: Arg, last: Arg
    ) -> AsyncGenerator[Sequence[Event], None]:
        """Yield the entries of a stream. The next ones are on their way while some are looked at."""
        stream, count = key + kind + account_id.encode(), self._steps.report

        def read(first: Arg) -> asyncio.Task[Any]:
            return asyncio.create_task(self._command(key, "XRANGE", stream, first, last, "COUNT", count))

        reading = read(first)
        try:
            while entries := await reading:
                if len(entries) == count:
                    reading = read(b"(" + entries[-1][0])
                yield entries
                if len(entries) < count:
                    return
        finally:
            await _cancelled([reading])

    async def sums(
        self, account_id: str, head: Head, days: Sequence[Day], positions: Iterable[int]
    ) -> AsyncGenerator[tuple[Day, int, Sequence[bytes]], None]:
        """Yield the sums of days of the people at these positions, and of others: fields and values in turns.

        With them come their day, and the first position that a field may mean.
        """
        if isinstance(positions, range):
            chunks: Sequence[int] = range(positions.start // SUMS_CHUNK, (positions.stop - 1) // SUMS_CHUNK + 1)
        else:
            chunks = sorted({position // SUMS_CHUNK for position in positions})
        at, count = 0, len(days) * len(chunks)
        while at < count:
            keys = [divmod(number, len(chunks)) for number in range(at, min(at + _KEYS_PER_CALL, count))]
            asked: list[Arg] = []
            for day, chunk in keys:
                asked += ("{}-{}".format(*days[day]), chunks[chunk])
            _, known, summed, unedged, *found = await self._runner.read(
                scripts.REPORT_SUMS, partition_of(account_id), account_id, self._steps.report * 2, *asked
            )
            _check(head, known, summed, unedged)
            for (day, chunk), fields in zip(keys, found, strict=False):
                if fields:
                    yield days[day], chunks[chunk] * SUMS_CHUNK, fields
            at += len(found)
            await asyncio.sleep(0)

    async def _command(self, key: bytes, *command: Arg) -> Any:
        """Run a command that only reads."""
        self._runner.check_open()
        try:
            return await self._client.command(key, *command)
        except OutcomeUnknown:
            return await self._client.command(key, *command)


def _check(head: Head, *now: Any) -> None:
    """Raise Overtaken if daily sums were added to or dropped since the head was read."""
    if tuple(map(int, now)) != (head.known_since, head.summed, head.unedged):
        raise Overtaken


async def _cancelled(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks, whose outcome nobody needs any more."""
    left = list(tasks)
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
