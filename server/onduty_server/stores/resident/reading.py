"""Answers reads: evaluates users under their policy at one instant, and shows nothing that could vanish in a crash.

Invariant: a read that sees a revision which the journal has not committed waits for it. Only timed switches need no
wait (`pending_switches`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from heapq import nsmallest
from operator import attrgetter

from ...app.ports.clock import Clock
from ...app.ports.statuses import (
    AccountPage,
    AvailabilityOrder,
    Available,
    Preview,
    Revise,
    StatusPage,
    TeamSummary,
)
from ...app.previewing import ImpactTally
from ...domain import rules
from ...domain.errors import StoreUnavailable
from ...domain.record import StatusView
from ...domain.rules import Policy
from ...domain.status import Status
from ...domain.workflow import Workflow, follow
from .account import Account
from .availability import available_count
from .clocks import MovedClocks, rests_on_unwritten_clock
from .durability import Durability
from .group import ERASED, Group
from .journal import Journal
from .pending_switches import PendingSwitches
from .ranking import ranked_at_once, ranking
from .registry import Registry
from .schedule import Schedule
from .steps import StepSizes
from .user import DIRTY, UNWRITTEN, ResidentUser
from .vitality import Vitality

_team_id = attrgetter("team_id")


class Reads:
    """Reads of users and workflows in memory."""

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        steps: StepSizes,
        durability: Durability,
        registry: Registry,
        schedule: Schedule,
        clocks: MovedClocks,
        pending: PendingSwitches,
        vitality: Vitality,
        *,
        check_declared: Callable[[str], None],
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._steps = steps
        self._durability = durability
        self._registry = registry
        self._schedule = schedule
        self._clocks = clocks
        self._pending = pending
        self._vitality = vitality
        self._check_declared = check_declared

    # --- users -------------------------------------------------------------------------------------------------------

    async def get(self, account_id: str, user_ids: Sequence[str]) -> Sequence[StatusView | None]:
        """Evaluate the users' records now."""
        while True:
            now = self._clock.now()
            if now > self._vitality.horizon:
                now = await self._vitality.now()
            account = self._registry.accounts.get(account_id)
            if account is None:
                if await self._registry.erasure_ended(account_id):
                    continue
                return [None] * len(user_ids)
            users, shown_revisions = account.users, self._pending.shown_revisions
            views: list[StatusView | None] = []
            rests_on_clock = False
            for user_id in user_ids:
                record = users.get(user_id)
                if record is None:
                    views.append(None)
                    continue
                view = rules.view(record, record.group.policy, now)
                # Most users are neither: this is done for each of a batch.
                if record.flags & (DIRTY | UNWRITTEN) and not rests_on_clock:
                    rests_on_clock = rests_on_unwritten_clock(record, view)
                if shown_revisions and record in shown_revisions:
                    view = view._replace(revision=shown_revisions[record])
                views.append(view)
            if not rests_on_clock and account.revision <= account.durable_revision:
                return views
            if await self._may_show(account, views, rests_on_clock):
                return views

    async def scan(
        self, account_id: str, statuses: Collection[Status], position: int, limit: int, team_id: str
    ) -> StatusPage:
        """Walk the users in the order they were first seen."""
        start = position
        while True:
            now = await self._vitality.now()
            account = self._registry.accounts.get(account_id)
            if account is None:
                if await self._registry.erasure_ended(account_id):
                    continue
                return StatusPage((), None, self._registry.first_revision)
            group = account.groups.get(team_id) if team_id else None
            users: list[ResidentUser] = []
            following: int | None = None
            if group is not None or not team_id:
                users, following = account.chunk(group, start, self._steps.scan)
            views: list[StatusView] = []
            rests_on_clock = False
            position = start
            for position, record in enumerate(users, start) if group is None else ((u.number, u) for u in users):
                if len(views) == limit:
                    following = position
                    break
                if record is ERASED:
                    continue
                view = rules.view(record, record.group.policy, now)
                if not statuses or view.status in statuses:
                    views.append(view)
                    rests_on_clock |= rests_on_unwritten_clock(record, view)
            revision = account.revision
            if await self._may_show(account, views, rests_on_clock):
                # Other users' changes may not be durable yet. If they are lost, other changes get their revisions.
                return StatusPage(views, following, min(revision, account.durable_revision))

    async def teams(self, account_id: str, after: str, limit: int) -> Sequence[TeamSummary]:
        """Return the teams that have users, or a workflow of their own."""
        while True:
            self._durability.check_open()
            account = self._registry.accounts.get(account_id)
            if account is None:
                if await self._registry.erasure_ended(account_id):
                    continue
                return ()
            groups = [group for team_id, group in account.groups.items() if team_id > after]
            shown = nsmallest(limit, (group for group in groups if group.members or group.has_own), key=_team_id)
            teams = [TeamSummary(group.team_id, len(group.members), group.has_own) for group in shown]
            if await self._durability.reached(account, account.revision):
                return teams

    async def _may_show(self, account: Account, views: Sequence[StatusView | None], rests_on_clock: bool) -> bool:
        """Wait until everything that the views rest on is durable. Returns False if it was lost: read again."""
        losses = self._durability.losses
        # A status follows from the workflow as much as from the user's last change, and nobody's absence may end.
        shown = max((view.revision for view in views if view is not None), default=0)
        shown = max(shown, account.workflow_revision, account.erased_revision)
        # While nothing can be written, the time of a switch may rest on an activity that a crash would lose. Hiding the
        # switch would be worse: it would offer a user who is not there.
        if rests_on_clock and not self._journal.failing:
            try:
                await self._clocks.flush()
            except StoreUnavailable:
                self._durability.check_open()
                return False
        return await self._durability.reached(account, shown) and losses == self._durability.losses

    async def available(
        self, account_id: str, order: AvailabilityOrder, limit: int, max_engagements: int, team_id: str
    ) -> Available:
        """Find everybody for whom something has become due, then answer from the index of those ONLINE."""
        while (found := await self._available(account_id, order, limit, max_engagements, team_id)) is None:
            pass
        return found

    def available_now(
        self, account_id: str, order: AvailabilityOrder, limit: int, max_engagements: int, team_id: str
    ) -> tuple[Sequence[ResidentUser], int] | None:
        """Find the records of those whom `available` shows, and their number, in one step; None if it takes more."""
        account, now = self._registry.accounts.get(account_id), self._clock.now()
        if account is None or now > self._vitality.horizon or account.decided_revision > account.durable_revision:
            return None
        group = account.groups.get(team_id) if team_id else None
        if group is None and team_id:
            return None
        records = None
        if account.collect(now, self._steps.collect, group):
            records = ranked_at_once(account, order, limit, now, max_engagements, group)
        if account.overdue:
            self._schedule.update(account)
        if records is None or account.unsure:
            return None
        return records, available_count(account, now, max_engagements, group)

    async def _available(
        self, account_id: str, order: AvailabilityOrder, limit: int, max_engagements: int, team_id: str
    ) -> Available | None:
        """Do the work of `available`. Returns None if changes that it rests on were lost: read again."""
        durability, vitality = self._durability, self._vitality
        account, losses = self._registry.accounts.get(account_id), durability.losses
        if account is None:
            return None if await self._registry.erasure_ended(account_id) else Available((), 0)
        group = account.groups.get(team_id) if team_id else None
        if group is None and team_id:
            return Available((), 0) if await durability.reached(account, account.decided_revision) else None
        with ranking(account, order, limit, max_engagements, group) as ranked:
            now = await vitality.now()
            while (holds := losses == durability.losses and self._is_present(account, group)) and not (
                account.collect(now, self._steps.collect, group) and ranked.step(now)
            ):
                await asyncio.sleep(0)
                now = await vitality.now()
            if not holds:
                return None
            # There is no wait from here to the answer, so it is right at one instant.
            records = ranked.records(now)
        views = [rules.view(record, record.group.policy, now) for record in records]
        available = Available(views, available_count(account, now, max_engagements, group))
        if account.overdue:
            self._schedule.update(account)
        if account.unsure and not self._journal.failing:
            # As in `_may_show`: a crash must not lose the activity by which somebody has become ONLINE.
            account.unsure = False
            with suppress(StoreUnavailable):
                await self._clocks.flush()
            durability.check_open()
            return None
        # The count depends on all users, so every change must be durable.
        return available if await durability.reached(account, account.decided_revision) else None

    @staticmethod
    def _is_present(account: Account, group: Group | None) -> bool:
        """Return True if neither the account nor the team has gone during a wait."""
        return not account.is_erased and (group is None or account.groups.get(group.team_id) is group)

    # --- workflows ---------------------------------------------------------------------------------------------------

    async def workflow(self, account_id: str, team_id: str) -> Workflow:
        """Return the workflow, once durable."""
        while True:
            self._durability.check_open()
            account = self._registry.accounts.get(account_id)
            if account is None:
                if await self._registry.erasure_ended(account_id):
                    continue
                return Policy().workflow
            workflow = account.policy_of(team_id).workflow
            revision = workflow.revision
            if workflow.follows:
                workflow = account.policy.workflow
            if await self._durability.reached(account, max(revision, workflow.revision)):
                return workflow

    async def team_workflows(self, account_id: str) -> Sequence[Workflow]:
        """Return the workflows that teams have of their own, once durable."""
        while True:
            self._durability.check_open()
            account = self._registry.accounts.get(account_id)
            if account is None:
                if await self._registry.erasure_ended(account_id):
                    continue
                return ()
            own = [group.policy.workflow for _, group in sorted(account.apart.items()) if group.has_own]
            if await self._durability.reached(account, account.workflow_revision):
                return own

    async def preview(self, account_id: str, revise: Revise, limit: int, team_id: str) -> Preview:
        """Evaluate every user whom it concerns under both workflows, at one instant, in chunks."""
        while (found := await self._preview(account_id, revise, limit, team_id)) is None:
            pass
        return found

    async def _preview(self, account_id: str, revise: Revise, limit: int, team_id: str) -> Preview | None:
        """Do the work of `preview`. Returns None if what it rests on was lost, or is gone: read again."""
        now = await self._vitality.now()
        account = self._registry.accounts.get(account_id)
        if account is None:
            if await self._registry.erasure_ended(account_id):
                return None
            none = Policy()
            first = self._registry.first_revision + 1
            revised = revise(none.workflow, now, first, none.workflow)
            if revised is not none.workflow:
                self._check_declared(account_id)
            return ImpactTally(none, revised, now, limit).preview()
        policy, revision, losses = account.policy_of(team_id), account.revision, self._durability.losses
        revised = revise(policy.workflow, now, revision + 1, account.policy.workflow)
        tally = ImpactTally(policy, revised, now, limit)
        if tally.is_needed:
            position: int | None = 0
            while position is not None:
                group = account.groups.get(team_id) if team_id else None
                if team_id and group is None:
                    break
                users, following = account.chunk(group, position, self._steps.preview)
                for place, record in enumerate(users, position):
                    former = record.group.policy
                    if group is None and record.group.is_apart:
                        if record is ERASED or not former.workflow.follows:
                            continue
                        tally.add(place, record, former, follow(former.workflow, revised, now=now))
                    elif record is not ERASED:
                        tally.add(place if group is None else record.number, record)
                position = following
                await asyncio.sleep(0)
                if account.is_erased:
                    return None
        if not await self._durability.reached(account, revision) or losses != self._durability.losses:
            return None
        preview = tally.preview()
        # Nobody is named who was erased meanwhile.
        return preview._replace(switches=[switch for switch in preview.switches if switch.user_id in account.users])

    # --- accounts ----------------------------------------------------------------------------------------------------

    async def list_accounts(self, position: int, limit: int) -> AccountPage:
        """Walk the accounts in the order in which they came. One that is not durable yet is left out."""
        self._durability.check_open()
        registry, end = self._registry, position + limit
        numbered = (registry.by_number.get(number) for number in range(position, min(end, registry.next_number)))
        found = [
            account.account_id
            for account in numbered
            if account is not None and (account.is_announced or account.durable_revision > account.base)
        ]
        return AccountPage(found, end if end < registry.next_number else None)

    # --- listeners ---------------------------------------------------------------------------------------------------

    async def settled_until(self, account_id: str) -> int | None:
        """Return the time just before now; None if a switch is overdue or an event has not been told yet."""
        while True:
            now = await self._vitality.now()
            # A change may still become effective within the present millisecond.
            until = now - 1
            account = self._registry.accounts.get(account_id)
            if account is None:
                return until
            if account.unsent or account.revision > account.durable_revision or account.has_past:
                return None
            if account.collect(now, self._steps.collect):
                break
            await asyncio.sleep(0)
        if account.overdue:
            self._schedule.update(account)
            return None
        return until
