"""Answers reads of the present state. Each is evaluated at one instant by the store's time, and writes no switches."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from heapq import nlargest

from ...app.ports.statuses import AvailabilityOrder, Available, StatusPage
from ...domain import rules
from ...domain.layers import unpack
from ...domain.record import StatusView, UserRecord
from ...domain.rules import Policy
from ...domain.status import Status
from . import scripts
from .heartbeats import Heartbeats
from .keys import partition_of
from .records import StoredUser, read_policy, read_record, read_records
from .running import ScriptRunner
from .settling import Settling
from .steps import StepSizes
from .wire.coalescer import CallCoalescer
from .wire.deadlines import bounded


class StatusReads:
    """Reads of users and of the available."""

    def __init__(
        self,
        runner: ScriptRunner,
        heartbeats: Heartbeats,
        settling: Settling,
        steps: StepSizes,
    ) -> None:
        self.deadlines = runner.deadlines
        self._runner = runner
        self._heartbeats = heartbeats
        self._settling = settling
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

    async def available(
        self, account_id: str, order: AvailabilityOrder, limit: int, max_engagements: int = 0
    ) -> Available:
        """Ask the index which users are ONLINE; see `StatusStore`.

        The store first finds all of whom a period is over, which may take several calls.
        """
        partition = partition_of(account_id)
        while True:
            reply = await self._runner.read(
                scripts.AVAILABLE, partition, account_id, int(order), limit, self._steps.collect, max_engagements
            )
            match reply[0]:
                case 1:  # there is no such account
                    await self._heartbeats.vouch(partition)
                    return Available((), 0)
                case 2:  # there is more to look at first
                    continue
                case 4:  # too many are ONLINE to be sorted at once
                    return await self._most_recently_active(account_id, limit, max_engagements)
                case 5:  # the statuses of too many have ended to be looked at in one call
                    await self._settling.settle_account(partition, account_id)
                    continue
            status, now, floor, workflow, past, total, found, ended = reply
            policy = read_policy(workflow, past, floor)
            listed = list(read_records(found))
            if status or ended:
                if status:
                    listed = [each for each in listed if _is_available(each.record, now, max_engagements)]
                    total = len(listed)
                # Only the domain can say what has followed the end of a status.
                settled = (
                    each._replace(record=rules.settle(each.record, policy, now).record) for each in read_records(ended)
                )
                added = [each for each in settled if _is_available(each.record, now, max_engagements)]
                listed = nlargest(limit, [*listed, *added], key=_RANK[order])
                total += len(added)
            return Available([rules.view(each.record, policy, now) for each in listed], total)

    async def _most_recently_active(self, account_id: str, limit: int, max_engagements: int) -> Available:
        """Answer `available` where many users are ONLINE: find them in chunks, and read those found at the end.

        All who are returned were ONLINE at one instant; the order is that of the moments at which they were found.
        """
        best: list[StoredUser] = []
        async for now, policy, chunk in self.all_users(account_id, self._steps.scan):
            online = (
                stored
                for stored in chunk
                if _is_available(rules.settle(stored.record, policy, now).record, now, max_engagements)
            )
            best = nlargest(limit, [*best, *online], key=_recent_activity)
        views = await self.get(account_id, [stored.record.user_id for stored in best])
        counted = await self.available(account_id, AvailabilityOrder.LONGEST_AVAILABLE, 1, max_engagements)
        return Available(
            [
                view
                for view in views
                if view is not None and view.available and not 0 < max_engagements <= view.engagements
            ],
            counted.total,
        )

    async def all_users(self, account_id: str, chunk: int) -> AsyncIterator[tuple[int, Policy, Iterator[StoredUser]]]:
        """Yield all users of an account in chunks, each with the store's time and the policy at that time."""
        position = length = 0
        while not position or position < length:
            reply = await self._runner.read(scripts.SCAN, partition_of(account_id), account_id, position, chunk)
            _, now, floor, workflow, past, _, length, found = reply
            yield now, read_policy(workflow, past, floor), read_records(found)
            position += chunk


def _is_available(record: UserRecord, now: int, max_engagements: int) -> bool:
    """True if a settled record is shown ONLINE, with fewer engagements than that (0: however many)."""
    if record.shown.status is not Status.ONLINE:
        return False
    return not max_engagements or unpack(record.layers).engaged(now) < max_engagements


def _recent_activity(stored: StoredUser) -> tuple[int, int]:
    return stored.record.last_activity or 0, -stored.position


def _long_available(stored: StoredUser) -> tuple[int, int]:
    return -stored.record.status_since, -stored.position


def _long_idle(stored: StoredUser) -> tuple[int, int]:
    return -rules.own_clock(stored.record), -stored.position


_RANK = {
    AvailabilityOrder.LONGEST_AVAILABLE: _long_available,
    AvailabilityOrder.MOST_RECENTLY_ACTIVE: _recent_activity,
    AvailabilityOrder.LONGEST_IDLE: _long_idle,
}
"""The key that each order sorts by: the greatest comes first, and of equals whoever was seen first."""
