"""Answers reads of the present state. Each is evaluated at one instant by the store's time, and writes no switches."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from heapq import nlargest

from ...app.ports.statuses import AvailabilityOrder, Available, StatusPage
from ...domain import rules
from ...domain.record import StatusView
from ...domain.rules import Policy
from ...domain.status import Status
from . import scripts
from .heartbeats import Heartbeats
from .keys import partition_of
from .records import StoredUser, read_policy, read_record, read_records
from .running import ScriptRunner
from .steps import StepSizes
from .wire.coalescer import CallCoalescer
from .wire.deadlines import bounded


class StatusReads:
    """Reads of users and of the available."""

    def __init__(
        self,
        runner: ScriptRunner,
        heartbeats: Heartbeats,
        steps: StepSizes,
    ) -> None:
        self.deadlines = runner.deadlines
        self._runner = runner
        self._heartbeats = heartbeats
        self._steps = steps
        self._lookups = CallCoalescer(self._look_up)
        """One group per account."""

    @bounded
    async def get(self, account_id: str, user_ids: Sequence[str]) -> Sequence[StatusView | None]:
        """Read the users' records at one instant; see `StatusReader`."""
        if len(user_ids) == 1:
            try:
                user_ids[0].encode()
            except UnicodeEncodeError:
                # No user has such an id, and the lookups that it would share a call with must not fail.
                return [None]
            return [await self._lookups.call(account_id, user_ids[0])]
        return await self._look_up(account_id, user_ids)

    async def _look_up(self, account_id: str, user_ids: Sequence[str]) -> Sequence[StatusView | None]:
        partition = partition_of(account_id)
        reply = await self._runner.read(scripts.READ, partition, account_id, *user_ids)
        if reply[0]:
            await self._heartbeats.vouch(partition)
            return [None] * len(user_ids)
        _, now, floor, workflow, past, *raws = reply
        policy = read_policy(workflow, past, floor)
        return [
            None if raw is None else rules.view(read_record(user_id, raw).record, policy, now)
            for user_id, raw in zip(user_ids, raws, strict=True)
        ]

    @bounded
    async def scan(self, account_id: str, statuses: Collection[Status], position: int, limit: int) -> StatusPage:
        """Walk the users in the order in which they were first seen; see `StatusReader`."""
        partition = partition_of(account_id)
        count = self._steps.scan if statuses else min(limit, self._steps.scan)
        reply = await self._runner.read(scripts.SCAN, partition, account_id, position, count)
        if reply[0]:
            await self._heartbeats.vouch(partition)
            return StatusPage((), None)
        _, now, floor, workflow, past, revision, length, found = reply
        policy = read_policy(workflow, past, floor)
        views: list[StatusView] = []
        for stored in read_records(found):
            if len(views) == limit:
                break
            view = rules.view(stored.record, policy, now)
            if not statuses or view.status in statuses:
                views.append(view)
            position += 1
        return StatusPage(views, position if position < length else None, revision)

    async def available(self, account_id: str, order: AvailabilityOrder, limit: int) -> Available:
        """Ask the index which users are ONLINE; see `StatusStore`.

        The store first finds all users who have become inactive, which may take several calls.
        """
        partition = partition_of(account_id)
        while True:
            reply = await self._runner.read(
                scripts.AVAILABLE, partition, account_id, int(order), limit, self._steps.collect
            )
            match reply[0]:
                case 1:  # there is no such account
                    await self._heartbeats.vouch(partition)
                    return Available((), 0)
                case 2:  # there is more to look at first
                    continue
                case 4:  # too many are ONLINE to be sorted at once
                    return await self._most_recently_active(account_id, limit)
            _, now, floor, workflow, past, total, found = reply
            policy = read_policy(workflow, past, floor)
            stored: Iterable[StoredUser] = read_records(found)
            if order is AvailabilityOrder.MOST_RECENTLY_ACTIVE:
                stored = nlargest(limit, stored, key=_recent_activity)
            return Available([rules.view(each.record, policy, now) for each in stored], total)

    async def _most_recently_active(self, account_id: str, limit: int) -> Available:
        """Answer `available` where many users are ONLINE: find them in chunks, and read those found at the end.

        All who are returned were ONLINE at one instant; the order is that of the moments at which they were found.
        """
        best: list[StoredUser] = []
        async for now, policy, chunk in self.all_users(account_id, self._steps.scan):
            online = (
                stored
                for stored in chunk
                if rules.settle(stored.record, policy, now).record.state.status is Status.ONLINE
            )
            best = nlargest(limit, [*best, *online], key=_recent_activity)
        views = await self.get(account_id, [stored.record.user_id for stored in best])
        counted = await self.available(account_id, AvailabilityOrder.LONGEST_AVAILABLE, 1)
        return Available([view for view in views if view is not None and view.available], counted.total)

    async def all_users(self, account_id: str, chunk: int) -> AsyncIterator[tuple[int, Policy, Iterator[StoredUser]]]:
        """Yield all users of an account in chunks, each with the store's time and the policy at that time."""
        position = length = 0
        while not position or position < length:
            reply = await self._runner.read(scripts.SCAN, partition_of(account_id), account_id, position, chunk)
            _, now, floor, workflow, past, _, length, found = reply
            yield now, read_policy(workflow, past, floor), read_records(found)
            position += chunk


def _recent_activity(stored: StoredUser) -> tuple[int, int]:
    return stored.record.last_activity or 0, -stored.position
