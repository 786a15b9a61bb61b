"""Repairs a store whose recorded times are in the future, because its server ran with a clock that was ahead.

A time later than now is read as now. Earlier times and the order of events stay as they are. What is to end later
(sessions, engagements, statuses) keeps the time that was left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from ..domain.layers import Lease, unpack
from ..domain.record import Switch, UserChange, UserRecord
from ..domain.rules import PastPolicy
from ..domain.tallies import Key
from ..domain.workflow import Workflow
from .limits import ENGAGEMENT_TTL_MAX_MS, SESSION_TTL_MAX_MS, STATUS_TTL_MAX_MS
from .ports.archive import Archive, KeptAccount, KeptDay, KeptEdge, KeptEvent, StoreCounts, StoreHeader
from .ports.sweeping import VitalSigns


class ClampedArchive(Archive):
    """Reads another archive as if nothing in it were later than `now` (ms UTC), and without doubtful gaps.

    It cannot be written to.
    """

    def __init__(self, archive: Archive, now: int) -> None:
        self.name = archive.name
        self._archive = archive
        self._now = now

    async def open_to_read(self) -> StoreHeader:
        """See the port."""
        return self._header(await self._archive.open_to_read())

    async def close(self) -> None:
        """See the port."""
        await self._archive.close()

    async def header(self) -> StoreHeader:
        """See the port."""
        return self._header(await self._archive.header())

    async def counts(self) -> StoreCounts:
        """See the port."""
        return await self._archive.counts()

    def account_ids(self) -> AsyncIterator[str]:
        """See the port."""
        return self._archive.account_ids()

    async def account(self, account_id: str) -> KeptAccount | None:
        """See the port."""
        account = await self._archive.account(account_id)
        if account is None:
            return None
        return account._replace(
            workflow=self._workflow(account.workflow),
            past=tuple(map(self._past, account.past)),
            vital=self._vital(account.vital),
            committed=min(account.committed, self._now),
            teams=tuple(
                team._replace(workflow=self._workflow(team.workflow), past=tuple(map(self._past, team.past)))
                for team in account.teams
            ),
            known_since=min(account.known_since, self._now),
        )

    async def users(self, account_id: str) -> AsyncIterator[Sequence[UserRecord]]:
        """See the port."""
        async for records in self._archive.users(account_id):
            for record in records:
                layers = self._layers(record)
                record.status_since = min(record.status_since, self._now)
                record.clock = min(record.clock, self._now)
                if record.last_activity is not None:
                    record.last_activity = min(record.last_activity, self._now)
                record.layers = layers
            yield records

    async def events(self, account_id: str) -> AsyncIterator[Sequence[KeptEvent]]:
        """See the port."""
        async for events in self._archive.events(account_id):
            yield [
                event._replace(commit_time=min(event.commit_time, self._now), change=self._change(event.change))
                for event in events
            ]

    async def days(self, account_id: str) -> AsyncIterator[Sequence[KeptDay]]:
        """See the port. Days that begin later than now become one moment; of today, only the sum is known."""
        later: Counter[tuple[int, Key]] = Counter()
        async for days in self._archive.days(account_id):
            for day in days:
                if day.start > self._now:
                    later[day.position, day.key] += day.net
            yield [day for day in days if day.start <= self._now]
        if moved := [
            KeptDay(self._now, self._now + 1, *place, count, count * self._now)
            for place, count in later.items()
            if count
        ]:
            yield moved

    async def edges(self, account_id: str) -> AsyncIterator[Sequence[KeptEdge]]:
        """See the port."""
        async for edges in self._archive.edges(account_id):
            yield [kept._replace(edge=kept.edge._replace(time=min(kept.edge.time, self._now))) for kept in edges]

    async def check_rest(self) -> None:
        """See the port."""
        await self._archive.check_rest()

    def _header(self, header: StoreHeader) -> StoreHeader:
        return header._replace(vital=None if header.vital is None else self._vital(header.vital), gaps=())

    def _vital(self, vital: VitalSigns) -> VitalSigns:
        return VitalSigns(*(min(time, self._now) for time in vital))

    def _change(self, change: Switch | UserChange | Workflow) -> Switch | UserChange | Workflow:
        if isinstance(change, Workflow):
            return self._workflow(change)
        if isinstance(change, UserChange):
            return change._replace(commit_time=min(change.commit_time, self._now))
        expire_time = change.expire_time
        if expire_time is not None:
            expire_time = self._end(expire_time, change.effective_time, STATUS_TTL_MAX_MS)
        return change._replace(effective_time=min(change.effective_time, self._now), expire_time=expire_time)

    def _layers(self, record: UserRecord) -> str:
        if not record.layers:
            return ""
        layers, seen = unpack(record.layers), record.clock
        expire_time = layers.expire_time
        return layers._replace(
            expire_time=None if expire_time is None else self._end(expire_time, seen, STATUS_TTL_MAX_MS),
            sessions=self._leases(layers.sessions, seen, SESSION_TTL_MAX_MS),
            engagements=self._leases(layers.engagements, seen, ENGAGEMENT_TTL_MAX_MS),
        ).pack()

    def _leases(self, leases: tuple[Lease, ...], seen: int, ttl_max_ms: int) -> tuple[Lease, ...]:
        return tuple(lease._replace(end=self._end(lease.end, seen, ttl_max_ms)) for lease in leases)

    def _end(self, end: int, seen: int, ttl_max_ms: int) -> int:
        """Return when something ends that was recorded with `end`, of a user last seen at `seen`.

        Ends may be later than now. If the user was last seen later than now, what was left then is left now; and it is
        never more than can be asked for.
        """
        ahead = max(0, seen - self._now)
        return min(end - ahead, self._now + ttl_max_ms) if end - ahead > self._now else min(end, self._now)

    def _workflow(self, workflow: Workflow) -> Workflow:
        return replace(
            workflow,
            enabled_time=min(workflow.enabled_time, self._now),
            thresholds_since=min(workflow.thresholds_since, self._now),
            update_time=min(workflow.update_time, self._now),
        )

    def _past(self, past: PastPolicy) -> PastPolicy:
        return replace(
            past,
            workflow=self._workflow(past.workflow),
            floor=min(past.floor, self._now),
            until=min(past.until, self._now),
        )

    # --- refused, since it is only read ------------------------------------------------------------------------------

    async def open_to_write(self, header: StoreHeader) -> None:
        """Refused: this archive is only read."""
        raise NotImplementedError

    async def add_account(self, account: KeptAccount) -> None:
        """Refused: this archive is only read."""
        raise NotImplementedError

    async def add_users(self, account_id: str, position: int, users: Sequence[UserRecord]) -> None:
        """Refused: this archive is only read."""
        raise NotImplementedError

    async def add_events(self, account_id: str, events: Sequence[KeptEvent]) -> None:
        """Refused: this archive is only read."""
        raise NotImplementedError

    async def add_days(self, account_id: str, days: Sequence[KeptDay]) -> None:
        """Refused: this archive is only read."""
        raise NotImplementedError

    async def add_edges(self, account_id: str, edges: Sequence[KeptEdge]) -> None:
        """Refused: this archive is only read."""
        raise NotImplementedError

    async def seal(self) -> None:
        """Refused: this archive is only read."""
        raise NotImplementedError

    async def finish(self) -> None:
        """Refused: this archive is only read."""
        raise NotImplementedError
