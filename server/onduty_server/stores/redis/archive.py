"""Reads everything that a store in Redis keeps while no server runs on it, or writes it into an empty one.

Users are written by the same script code that a server uses, so that records and indexes agree. Nothing can keep a
server away from a store that is being read; the heartbeat shows afterwards whether one was there (`check_rest`).
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, NamedTuple

from ...app.gaps import Gap
from ...app.limits import HEARTBEAT_VALID_MS
from ...app.ports.archive import (
    CHUNK,
    Archive,
    KeptAccount,
    KeptDay,
    KeptEdge,
    KeptEvent,
    KeptTeam,
    StoreCounts,
    StoreHeader,
)
from ...app.ports.store import StoreOpenError
from ...app.ports.sweeping import VitalSigns
from ...domain.errors import StoreUnavailable
from ...domain.record import Profile, Switch, UserChange, UserRecord
from ...domain.workflow import Workflow
from . import scripts
from .event_records import (
    found_events,
    named_workflow,
    pack_erasure,
    pack_profile_change,
    pack_switch,
    pack_workflow_event,
    unpack_event,
)
from .kept_sums import KeptSums, day_arguments, edge_arguments
from .keys import Keys, partition_of
from .membership import LEASE_MS
from .records import (
    OLDER_SCHEMAS,
    ORDER_CHUNK,
    SCHEMA,
    UNFINISHED,
    another_schema,
    named,
    pack_past,
    pack_record,
    pack_workflow,
    read_past,
    read_record,
    read_workflow,
)
from .wire.address import RedisAddress
from .wire.client import RedisClient
from .wire.connection import Arg
from .wire.script import Script

_CLEAR_CHUNK = 100
_BEYOND_EVERY_REVISION = 1 << 52
_IN_FORCE = 2
"""The value by which a script says that a workflow is in force and comes from no history."""


class _Part(NamedTuple):
    """The counts and vital signs of a partition."""

    counts: StoreCounts
    vital: VitalSigns | None


class RedisArchive(Archive):
    """A store in Redis as an `Archive`; the port says what each method does.

    `time` returns the time that the scripts use; empty means the server's own.
    """

    def __init__(
        self,
        address: RedisAddress,
        *,
        key_prefix: str = "onduty",
        chunk: int = CHUNK,
        time: Callable[[], Arg] = lambda: b"",
    ) -> None:
        self.name = str(address)
        self._chunk = chunk
        self._time = time
        self._client = RedisClient(address)
        self._keys = Keys(key_prefix)
        self._sums = KeptSums(self._client, chunk)
        self._common = self._keys.common
        self._mark = b""
        self._beat: bytes | None = None
        self._used: set[int] = set()

    async def open_to_read(self) -> StoreHeader:
        """Connect, and check that there is a store at rest; see the port."""
        await self._open()
        schema = await self._client.command(self._common, "GET", self._common + b"schema")
        if schema is None:
            raise StoreOpenError(f"{self.name} has no store of onduty")
        if schema.startswith(UNFINISHED):
            raise StoreOpenError(f"{self.name} holds an unfinished copy; run `onduty store copy` to it again")
        if schema not in (str(SCHEMA).encode(), *OLDER_SCHEMAS):
            raise StoreOpenError(another_schema(self.name, schema))
        self._beat = await self._resting_beat()
        keys = self._keys.of_partition
        left = (self._client.command(key, "EXISTS", key + b"erasing", key + b"dropping") for key in keys)
        if any(await asyncio.gather(*left)):
            raise StoreOpenError(
                f"in {self.name} an erasure was interrupted; start a server on it for a few seconds, which ends it"
            )
        return await self.header()

    async def open_to_write(self, header: StoreHeader) -> None:
        """Connect, mark the place as unfinished, and clear it; see the port."""
        await self._open()
        common, command = self._common, self._client.command
        self._mark = UNFINISHED + b" " + secrets.token_hex(8).encode()
        if not await command(common, "SET", common + b"schema", self._mark, "NX"):
            schema = await command(common, "GET", common + b"schema")
            if not (schema or b"").startswith(UNFINISHED):
                raise StoreOpenError(
                    f"{self.name} holds a store of onduty already; a copy needs an empty one, or another key prefix"
                )
            await command(common, "SET", common + b"schema", self._mark)
            await asyncio.gather(*(self._clear(key) for key in self._keys.of_partition))
            for name in (b"token_key", b"lineage", b"gaps", b"vital", b"members", b"partitions", b"account_count"):
                await command(common, "DEL", common + name)
        await command(common, "SET", common + b"token_key", header.token_key)
        if header.first_revision:
            # Any partition may have had the account that had the most revisions.
            keys = self._keys.of_partition
            await asyncio.gather(*(command(key, "SET", key + b"first", header.first_revision) for key in keys))
        for gap in header.gaps:
            await command(common, "HSET", common + b"gaps", *gap)
        if header.vital is not None:
            beat, _, floor = header.vital
            await command(common, "HSET", common + b"vital", "beat", beat, "floor", floor)

    async def _open(self) -> None:
        try:
            await self._client.open()
        except StoreUnavailable as error:
            raise StoreOpenError(f"cannot use {self.name}: {error.__cause__ or 'it does not answer'}") from error

    async def _clear(self, partition: bytes) -> None:
        while await self._client.run(scripts.CLEAR, partition, self._time(), _CLEAR_CHUNK):
            pass

    async def close(self) -> None:
        """Disconnect; see the port."""
        await self._client.close()

    async def _resting_beat(self) -> bytes | None:
        """Return the last heartbeat. Raises StoreOpenError if a process is using the store."""
        beat, _, members = await self._client.run(scripts.RESTING, self._common, self._time(), LEASE_MS)
        if members:
            raise StoreOpenError(f"{self.name} is in use by {named(members)}; stop them first")
        found: bytes | None = beat
        return found

    # --- reading -----------------------------------------------------------------------------------------------------

    async def header(self) -> StoreHeader:
        """See the port."""
        common = self._common
        token_key = await self._client.command(common, "GET", common + b"token_key")
        beat, floor = await self._client.command(common, "HMGET", common + b"vital", "beat", "floor")
        gaps = await self._client.command(common, "HGETALL", common + b"gaps")
        beats = [part.vital.beat for part in await self._parts() if part.vital is not None and part.counts.accounts]
        return StoreHeader(
            token_key or b"",
            None if beat is None else VitalSigns(int(beat), int(beat) + HEARTBEAT_VALID_MS, int(floor or 0)),
            max(beats) - min(beats) if beats else 0,
            first_revision=max(
                int(first or 0)
                for first in await asyncio.gather(
                    *(self._client.command(key, "GET", key + b"first") for key in self._keys.of_partition)
                )
            ),
            gaps=tuple(sorted(Gap(int(began), int(ended)) for began, ended in zip(*[iter(gaps)] * 2, strict=True))),
        )

    async def counts(self) -> StoreCounts:
        """See the port."""
        parts = [part.counts for part in await self._parts()]
        return StoreCounts(*(sum(counts) for counts in zip(*parts, strict=True))) if parts else StoreCounts()

    async def _parts(self) -> list[_Part]:
        keys = [self._keys.of_partition[number] for number in await self._partitions()]
        replies = await asyncio.gather(*(self._client.run(scripts.COUNTS, key, self._time()) for key in keys))
        return [_Part(StoreCounts(*reply[:4]), _vital(reply[4:])) for reply in replies]

    async def _partitions(self) -> list[int]:
        """Return the partitions in use."""
        used = await self._client.command(self._common, "SMEMBERS", self._common + b"partitions")
        return sorted(int(number) for number in used)

    async def account_ids(self) -> AsyncIterator[str]:
        """See the port."""
        for number in await self._partitions():
            key = self._keys.of_partition[number]
            for account_id in sorted(await self._client.command(key, "SMEMBERS", key + b"accounts")):
                yield account_id.decode()

    async def account(self, account_id: str) -> KeptAccount | None:
        """See the port."""
        key, name = self._place(account_id)
        fields, vital = await asyncio.gather(
            self._client.command(key, "HMGET", key + b"a:" + name, "rev", "w", "past", "t"),
            self._client.command(key, "HMGET", key + b"meta", "beat", "horizon", "floor"),
        )
        revision, workflow, past, committed = fields
        if workflow is None:
            return None
        teams = await self._teams(key, name)
        sums = await self._sums.fields(key, name)
        return KeptAccount(
            account_id,
            int(revision),
            read_workflow(workflow),
            read_past(past or b""),
            _vital(vital) or VitalSigns(0, 0, 0),
            int(committed or 0),
            teams,
            sums.settings,
            sums.known_since,
        )

    async def _teams(self, key: bytes, name: bytes) -> tuple[KeptTeam, ...]:
        """Return the workflows that teams have, or have had, of their own."""
        teams = await self._client.command(key, "ZRANGE", key + b"k:" + name, 0, -1)
        kept: list[KeptTeam] = []
        for start in range(0, len(teams), self._chunk):
            chunk = teams[start : start + self._chunk]
            fields = [field for team in chunk for field in (b"w:" + team, b"past:" + team)]
            values = iter(await self._client.command(key, "HMGET", key + b"a:" + name, *fields))
            for team, workflow, past in zip(chunk, values, values, strict=True):
                if workflow is not None:
                    kept.append(KeptTeam(team.decode(), read_workflow(workflow), read_past(past or b"")))
        return tuple(kept)

    async def users(self, account_id: str) -> AsyncIterator[Sequence[UserRecord]]:
        """See the port."""
        key, name = self._place(account_id)
        position = 0
        while users := await self._client.command(
            key, "LRANGE", b"%bo%d:%b" % (key, position // ORDER_CHUNK, name), position % ORDER_CHUNK, -1
        ):
            raws = await self._client.command(key, "HMGET", key + b"u:" + name, *users)
            records: list[UserRecord] = []
            for user, raw in zip(users, raws, strict=True):
                if user.startswith(b"\0"):
                    records.append(UserRecord("", revision=int(user[1:])))
                    position += 1
                    continue
                if raw is None:
                    raise self._damaged(f"user {position} of account {account_id!r}")
                stored = read_record(user.decode(), raw)
                if stored.position != position:
                    raise self._damaged(f"user {position} of account {account_id!r}")
                records.append(stored.record)
                position += 1
            yield records

    async def events(self, account_id: str) -> AsyncIterator[Sequence[KeptEvent]]:
        """See the port."""
        key, name = self._place(account_id)
        first = await self._client.command(key, "XRANGE", key + b"e:" + name, "-", "+", "COUNT", 1)
        before = int(first[0][0].partition(b"-")[0]) if first else _BEYOND_EVERY_REVISION
        async for events in self._older_workflows(key, account_id, before):
            yield events
        after = 0
        while True:
            reply = await self._client.run(scripts.CHANGES, key, self._time(), account_id, after, 0, self._chunk)
            events = []
            for found in found_events(reply[3]):
                after = found.revision
                stored = unpack_event(found)
                change = stored.change
                if isinstance(change, UserChange) and change.erased:
                    change = change._replace(user_id="", before=Profile(team_id=stored.profile.team_id))
                events.append(
                    KeptEvent(
                        *(after, stored.commit_time, stored.position, stored.user_id, change),
                        "" if isinstance(change, UserChange) else stored.profile.team_id,
                        stored.state,
                    )
                )
            if not events:
                return
            yield events

    async def _older_workflows(self, key: bytes, account_id: str, before: int) -> AsyncIterator[Sequence[KeptEvent]]:
        """Yield the changes of workflows that outlived their events."""
        kept: list[Workflow] = []
        more = 1
        while more:
            reply = await self._client.run(scripts.WORKFLOW_CHANGES, key, self._time(), account_id, before, self._chunk)
            _, changes, more = reply
            for revision, raw, actor, caller, is_whole in zip(*[iter(changes)] * 5, strict=True):
                if is_whole != _IN_FORCE:
                    before = int(revision)
                    kept.append(
                        read_workflow(raw) if is_whole else named_workflow(raw, actor.decode(), caller.decode())
                    )
        kept.reverse()
        for start in range(0, len(kept), self._chunk):
            chunk = kept[start : start + self._chunk]
            yield [KeptEvent(each.revision, each.update_time, -1, "", each) for each in chunk]

    async def days(self, account_id: str) -> AsyncIterator[Sequence[KeptDay]]:
        """See the port."""
        async for days in self._sums.days(*self._place(account_id)):
            yield days

    async def edges(self, account_id: str) -> AsyncIterator[Sequence[KeptEdge]]:
        """See the port."""
        async for edges in self._sums.edges(*self._place(account_id), self.users(account_id)):
            yield edges

    async def check_rest(self) -> None:
        """See the port."""
        if await self._resting_beat() != self._beat:
            raise StoreOpenError(f"{self.name} was in use while it was read; copy again while no server runs on it")

    # --- writing -----------------------------------------------------------------------------------------------------

    async def add_account(self, account: KeptAccount) -> None:
        """See the port."""
        number = partition_of(account.account_id)
        if number not in self._used:
            self._used.add(number)
            await self._client.command(self._common, "SADD", self._common + b"partitions", number)
        await self._restore(
            scripts.RESTORE_ACCOUNT,
            account.account_id,
            account.revision,
            pack_workflow(account.workflow),
            b"".join(map(pack_past, account.past)),
            account.committed,
            *account.vital,
            account.known_since,
            account.settings.time_zone,
            *(
                arg
                for team in account.teams
                for arg in (
                    team.team_id,
                    pack_workflow(team.workflow),
                    b"".join(map(pack_past, team.past)),
                    int(team.workflow.follows),
                )
            ),
        )

    async def add_users(self, account_id: str, position: int, users: Sequence[UserRecord]) -> None:
        """See the port."""
        args: list[Arg] = []
        for record in users:
            args += (record.user_id, pack_record(record) if record.user_id else record.revision)
        await self._restore(scripts.RESTORE_USERS, account_id, position, *args)

    async def add_events(self, account_id: str, events: Sequence[KeptEvent]) -> None:
        """See the port."""
        args: list[Arg] = []
        for event in events:
            args += (event.revision, event.user_id, _event_body(event))
        await self._restore(scripts.RESTORE_EVENTS, account_id, events[0].commit_time, *args)

    async def add_days(self, account_id: str, days: Sequence[KeptDay]) -> None:
        """See the port."""
        await self._restore(scripts.RESTORE_DAYS, account_id, *day_arguments(days))

    async def add_edges(self, account_id: str, edges: Sequence[KeptEdge]) -> None:
        """See the port."""
        await self._restore(scripts.RESTORE_EDGES, account_id, *edge_arguments(edges))

    async def _restore(self, script: Script, account_id: str, *args: Arg) -> None:
        """Write with a script. Writes that may have been made are not tried again: a copy that fails starts over."""
        key = self._keys.of_partition[partition_of(account_id)]
        if not await self._client.run(script, key, self._time(), account_id, *args):
            raise self._disturbed()

    async def seal(self) -> None:
        """Do nothing: everything is written already."""

    async def finish(self) -> None:
        """See the port."""
        counts = await asyncio.gather(
            *(self._client.command(key, "SCARD", key + b"accounts") for key in self._keys.of_partition)
        )
        await self._client.command(self._common, "SET", self._common + b"account_count", sum(counts))
        if not await self._client.run(scripts.FINISH_COPY, self._common, self._mark, SCHEMA):
            raise self._disturbed()

    # --- errors -------------------------------------------------------------------------------------------------------

    def _place(self, account_id: str) -> tuple[bytes, bytes]:
        """Return the key prefix of an account's partition, and the account's name in keys."""
        return self._keys.of_partition[partition_of(account_id)], account_id.encode()

    def _damaged(self, what: str) -> StoreOpenError:
        return StoreOpenError(f"the store in {self.name} is damaged: {what}")

    def _disturbed(self) -> StoreOpenError:
        return StoreOpenError(f"another copy to {self.name} was started meanwhile, so this one is unfinished")


def _event_body(event: KeptEvent) -> bytes:
    change, position, time = event.change, event.position, event.commit_time
    if isinstance(change, Switch):
        return pack_switch(change, event.team_id, position=position, commit_time=time)
    if isinstance(change, Workflow):
        return pack_workflow_event(change, time)
    if change.erased:
        return pack_erasure(event.state, change.before.team_id, position=position, commit_time=time)
    words = change.before, change.after, change.actor, change.caller
    return pack_profile_change(*words, event.state, position=position, commit_time=time)


def _vital(fields: Sequence[Any]) -> VitalSigns | None:
    return None if fields[0] is None else VitalSigns(*(int(field or 0) for field in fields))
