"""Reads and writes what a store keeps for reports besides history, for archives: daily sums, edges, and since when.

An account that has yet to be brought to the form of schema 4 (`lua/modernise.lua`) has no sums, and its history lacks
some of what reports need. Nothing is changed while it is read, so a copy knows what is from its last change on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Final, NamedTuple

from ...app.ports.archive import KeptDay, KeptEdge
from ...app.ports.reports import AccountSettings
from ...domain.layers import unpack
from ...domain.record import LeaseEdge, UserRecord
from ...domain.tallies import CONNECTED, ENGAGED, Key
from .account_settings import read_settings
from .edges import pack_edge, unpack_edge
from .wire.client import RedisClient
from .wire.connection import Arg

SUMS_CHUNK: Final = 32
"""How many people have their sums of a day under one key (`lua/lib/sums.lua`)."""
PRESENT_FORM: Final = 4
"""The form of an account that has all that reports need."""
_COUNT_SHIFT: Final = 40
_HALF: Final = 1 << (_COUNT_SHIFT - 1)

FIELDS: Final = ("v", "known", "tz", "t")
"""The fields of an account's hash that are read."""

Day = tuple[int, int]
"""The beginning and the end of a day (ms UTC)."""


class Sum(NamedTuple):
    """A sum of a day: the position, counted from the first of the 32 people, the code, and the number of the team."""

    offset: int
    code: int
    team: bytes
    net: int
    times: int


def read_sum(field: bytes, value: bytes, start: int) -> Sum:
    """Decode a field of the sums of a day that begins at `start`."""
    found = int(value)
    count = (found + _HALF) >> _COUNT_SHIFT
    return Sum(field[0], field[1], field[2:], count, found - (count << _COUNT_SHIFT) + count * start)


def pack_sum(count: int, times: int, start: int) -> int:
    """Encode a sum of a day that begins at `start`."""
    return (count << _COUNT_SHIFT) + times - count * start


def read_day(name: bytes) -> Day:
    """Decode the name of a day."""
    start, _, end = name.partition(b"-")
    return int(start), int(end)


class AccountFields(NamedTuple):
    """The part of an account's hash that is for reports."""

    is_complete: bool
    known_since: int
    settings: AccountSettings
    committed: int

    @classmethod
    def of(cls, values: Sequence[bytes | None]) -> AccountFields:
        """Decode the values of `FIELDS`."""
        form, known, zone, committed = values
        is_complete, last = int(form or 1) >= PRESENT_FORM, int(committed or 0)
        return cls(is_complete, int(known or 0) if is_complete else last, read_settings(zone), last)


class KeptSums:
    """The daily sums and edges of accounts. `key` is the prefix of the keys of the account's partition."""

    def __init__(self, client: RedisClient, chunk: int) -> None:
        self._client = client
        self._chunk = chunk

    async def fields(self, key: bytes, name: bytes) -> AccountFields:
        """Read the fields of an account."""
        return AccountFields.of(await self._client.command(key, "HMGET", key + b"a:" + name, *FIELDS))

    async def days(self, key: bytes, name: bytes) -> AsyncIterator[Sequence[KeptDay]]:
        """Yield the daily sums in the order of days, positions, codes and teams."""
        known = (await self.fields(key, name)).known_since
        numbers = await self._client.command(key, "HGETALL", key + b"v:" + name)
        teams = {number: team.decode() for number, team in zip(numbers[::2], numbers[1::2], strict=True)}
        users = await self._client.command(key, "HLEN", key + b"u:" + name)
        length = users + int(await self._client.command(key, "HGET", key + b"a:" + name, "gone") or 0)
        names = await self._client.command(key, "ZRANGEBYSCORE", key + b"w:" + name, f"({known}", "+inf")
        for start, end in sorted(map(read_day, names)):
            for chunk in range(length // SUMS_CHUNK + 1):
                found = await self._client.command(key, "HGETALL", b"%bw%d-%d.%d:%b" % (key, start, end, chunk, name))
                sums = (read_sum(*each, start) for each in zip(found[::2], found[1::2], strict=True))
                days = [
                    KeptDay(
                        *(start, end, chunk * SUMS_CHUNK + each.offset),
                        Key(each.code, teams[each.team] if each.team else ""),
                        *(each.net, each.times),
                    )
                    for each in sums
                ]
                if days:
                    yield sorted(days)

    async def edges(
        self, key: bytes, name: bytes, users: AsyncIterator[Sequence[UserRecord]]
    ) -> AsyncIterator[Sequence[KeptEdge]]:
        """Yield the edges in the order in which they were written."""
        fields = await self.fields(key, name)
        if not fields.is_complete:
            async for edges in _beginnings(users, fields.committed):
                yield edges
            return
        after: Arg = "-"
        while found := await self._client.command(key, "XRANGE", key + b"h:" + name, after, "+", "COUNT", self._chunk):
            yield [KeptEdge(*unpack_edge(raw)) for _, (_, raw) in found]
            after = b"(" + found[-1][0]


async def _beginnings(users: AsyncIterator[Sequence[UserRecord]], time: int) -> AsyncIterator[Sequence[KeptEdge]]:
    """Yield the beginnings of what goes on in an account that has not all of its edges."""
    first = 0
    async for records in users:
        edges: list[KeptEdge] = []
        for position, record in enumerate(records, first):
            layers = unpack(record.layers)
            for code, leases, end in (
                (CONNECTED, layers.sessions, layers.session_end),
                (ENGAGED, layers.engagements, layers.engaged_until),
            ):
                if leases:
                    key = Key(code, record.profile.team_id)
                    edges.append(KeptEdge(position, LeaseEdge(key, min(time, end), begins=True)))
        first += len(records)
        if edges:
            yield edges


def day_arguments(days: Sequence[KeptDay]) -> list[Arg]:
    """Return what `restore_days.lua` is given."""
    args: list[Arg] = []
    for start, end, position, key, count, times in days:
        args += (start, end, position, key.code, key.team_id, pack_sum(count, times, start))
    return args


def edge_arguments(edges: Sequence[KeptEdge]) -> list[Arg]:
    """Return what `restore_edges.lua` is given."""
    return [pack_edge(edge, position=position) for position, edge in edges]
