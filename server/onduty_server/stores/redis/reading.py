"""Answers reads of the present state. Each is evaluated at one instant by the store's time, and writes no switches."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from heapq import nlargest

from ...app.ports.statuses import AvailabilityOrder, Available, StatusPage
from ...domain import rules
from ...domain.layers import unpack
from ...domain.record import StatusView, UserRecord
from ...domain.status import Status
from . import scripts
from .heartbeats import Heartbeats
from .keys import partition_of
from .records import Policies, StoredUser, read_record, read_records
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
        _, now, floor, workflow, past, teams, *raws = reply
        policies = Policies.of(workflow, past, teams, floor)
        return [
            None if raw is None else _view(read_record(user_id, raw).record, policies, now)
            for user_id, raw in zip(user_ids, raws, strict=True)
        ]

    @bounded
    async def scan(
        self, account_id: str, statuses: Collection[Status], position: int, limit: int, team_id: str = ""
    ) -> StatusPage:
        """Walk the users in the order in which they were first seen; see `StatusReader`."""
        partition = partition_of(account_id)
        count = self._steps.scan if statuses else min(limit, self._steps.scan)
        reply = await self._runner.read(scripts.SCAN, partition, account_id, position, count, team_id)
        if reply[0]:
            await self._heartbeats.vouch(partition)
            return StatusPage((), None, reply[2])
        _, now, floor, workflow, past, revision, next_position, found, teams = reply
        policies = Policies.of(workflow, past, teams, floor)
        views: list[StatusView] = []
        for stored in read_records(found):
            if len(views) == limit:
                next_position = stored.position
                break
            view = _view(stored.record, policies, now)
            if not statuses or view.status in statuses:
                views.append(view)
        return StatusPage(views, next_position or None, revision)

    async def available(
        self, account_id: str, order: AvailabilityOrder, limit: int, max_engagements: int = 0, team_id: str = ""
    ) -> Available:
        """Ask the index which users are ONLINE; see `StatusStore`.

        The store first finds all of whom a period is over, which may take several calls.
        """
        partition = partition_of(account_id)
        while True:
            reply = await self._runner.read(
                *(scripts.AVAILABLE, partition, account_id, int(order), limit, self._steps.collect),
                *(max_engagements, team_id),
            )
            match reply[0]:
                case 1:  # there is no such account
                    await self._heartbeats.vouch(partition)
                    return Available((), 0)
                case 2:  # there is more to look at first
                    continue
                case 4:  # too many are ONLINE to be sorted at once
                    return await self._most_recently_active(account_id, limit, max_engagements, team_id)
                case 5:  # the statuses of too many have ended to be looked at in one call
                    await self._settling.settle_account(partition, account_id)
                    continue
            status, now, floor, workflow, past, teams, total, found, ended = reply
            policies = Policies.of(workflow, past, teams, floor)
            listed = list(read_records(found))
            if status or ended:
                if status:
                    listed = [each for each in listed if _is_available(each.record, now, max_engagements)]
                    total = len(listed)
                # Only the domain can say what has followed the end of a status.
                settled = (
                    each._replace(record=rules.settle(each.record, policies.decides(each.record), now).record)
                    for each in read_records(ended)
                )
                added = [each for each in settled if _is_available(each.record, now, max_engagements)]
                listed = nlargest(limit, [*listed, *added], key=_RANK[order])
                total += len(added)
            return Available([_view(each.record, policies, now) for each in listed], total)

    async def _most_recently_active(self, account_id: str, limit: int, max_engagements: int, team_id: str) -> Available:
        """Answer `available` where many users are ONLINE: find them in chunks, and read those found at the end.

        All who are returned were ONLINE at one instant; the order is that of the moments at which they were found.
        """
        best: list[StoredUser] = []
        async for now, policies, chunk in self.all_users(account_id, self._steps.scan, team_id):
            online = (
                stored
                for stored in chunk
                if _is_available(
                    rules.settle(stored.record, policies.decides(stored.record), now).record, now, max_engagements
                )
            )
            best = nlargest(limit, [*best, *online], key=_recent_activity)
        views = await self.get(account_id, [stored.record.user_id for stored in best])
        counted = await self.available(account_id, AvailabilityOrder.LONGEST_AVAILABLE, 1, max_engagements, team_id)
        return Available(
            [
                view
                for view in views
                if view is not None and view.available and not 0 < max_engagements <= view.engagements
            ],
            counted.total,
        )

    async def all_users(
        self, account_id: str, chunk: int, team_id: str = ""
    ) -> AsyncIterator[tuple[int, Policies, Iterator[StoredUser]]]:
        """Yield all users of an account, or of a team, in chunks, with the time and the policies then."""
        position, more = 0, True
        while more:
            reply = await self._runner.read(
                scripts.SCAN, partition_of(account_id), account_id, position, chunk, team_id
            )
            if reply[0]:
                return
            _, now, floor, workflow, past, _, position, found, teams = reply
            yield now, Policies.of(workflow, past, teams, floor), read_records(found)
            more = position > 0


def _view(record: UserRecord, policies: Policies, now: int) -> StatusView:
    return rules.view(record, policies.decides(record), now)


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
