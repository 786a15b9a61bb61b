"""Answers reads: evaluates users under their policy at one instant, and shows nothing that could vanish in a crash.

Invariant: a read that sees a revision which the journal has not committed waits for it. Only timed switches need no
wait (`pending_switches`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from itertools import islice

from ...app.ports.clock import Clock
from ...app.ports.statuses import AccountPage, AvailabilityOrder, Available, Preview, Revise, StatusPage
from ...app.previewing import ImpactTally
from ...domain import rules
from ...domain.errors import StoreUnavailable
from ...domain.record import StatusView
from ...domain.rules import Policy
from ...domain.status import Status
from ...domain.workflow import Workflow
from .account import Account
from .clocks import MovedClocks, rests_on_unwritten_clock
from .durability import Durability
from .journal import Journal
from .pending_switches import PendingSwitches
from .ranking import ranking
from .schedule import Schedule
from .steps import StepSizes
from .vitality import Vitality


class Reads:
    """Reads of users and workflows in memory."""

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        steps: StepSizes,
        durability: Durability,
        accounts: Mapping[str, Account],
        schedule: Schedule,
        clocks: MovedClocks,
        pending: PendingSwitches,
        vitality: Vitality,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._steps = steps
        self._durability = durability
        self._accounts = accounts
        self._schedule = schedule
        self._clocks = clocks
        self._pending = pending
        self._vitality = vitality

    # --- users -------------------------------------------------------------------------------------------------------

    async def get(self, account_id: str, user_ids: Sequence[str]) -> Sequence[StatusView | None]:
        """Evaluate the users' records now."""
        while True:
            now = self._clock.now()
            if now > self._vitality.horizon:
                now = await self._vitality.now()
            account = self._accounts.get(account_id)
            if account is None:
                return [None] * len(user_ids)
            policy, users, shown_revisions = account.policy, account.users, self._pending.shown_revisions
            views: list[StatusView | None] = []
            rests_on_clock = False
            for user_id in user_ids:
                record = users.get(user_id)
                if record is None:
                    views.append(None)
                    continue
                view = rules.view(record, policy, now)
                rests_on_clock |= rests_on_unwritten_clock(record, view)
                if record in shown_revisions:
                    view = view._replace(revision=shown_revisions[record])
                views.append(view)
            if not rests_on_clock and account.revision <= account.durable_revision:
                return views
            if await self._may_show(account, views, rests_on_clock):
                return views

    async def scan(self, account_id: str, statuses: Collection[Status], position: int, limit: int) -> StatusPage:
        """Walk the users in the order they were first seen."""
        start = position
        while True:
            now = await self._vitality.now()
            account = self._accounts.get(account_id)
            if account is None:
                return StatusPage((), None)
            order, position = account.order, start
            end = min(position + self._steps.scan, len(order))
            views: list[StatusView] = []
            rests_on_clock = False
            while position < end and len(views) < limit:
                view = rules.view(order[position], account.policy, now)
                if not statuses or view.status in statuses:
                    views.append(view)
                    rests_on_clock |= rests_on_unwritten_clock(order[position], view)
                position += 1
            more, revision = position < len(order), account.revision
            if await self._may_show(account, views, rests_on_clock):
                # Other users' changes may not be durable yet. If they are lost, other changes get their revisions.
                return StatusPage(views, position if more else None, min(revision, account.durable_revision))

    async def _may_show(self, account: Account, views: Sequence[StatusView | None], rests_on_clock: bool) -> bool:
        """Wait until everything that the views rest on is durable. Returns False if it was lost: read again."""
        losses = self._durability.losses
        # A status follows from the workflow as much as from the user's last change.
        shown = max((view.revision for view in views if view is not None), default=0)
        shown = max(shown, account.policy.workflow.revision)
        # While nothing can be written, the time of a switch may rest on an activity that a crash would lose. Hiding the
        # switch would be worse: it would offer a user who is not there.
        if rests_on_clock and not self._journal.failing:
            try:
                await self._clocks.flush()
            except StoreUnavailable:
                self._durability.check_open()
                return False
        return await self._durability.reached(account, shown) and losses == self._durability.losses

    async def available(self, account_id: str, order: AvailabilityOrder, limit: int, max_engagements: int) -> Available:
        """Find everybody for whom something has become due, then answer from the index of those ONLINE."""
        while (found := await self._available(account_id, order, limit, max_engagements)) is None:
            pass
        return found

    async def _available(
        self, account_id: str, order: AvailabilityOrder, limit: int, max_engagements: int
    ) -> Available | None:
        """Do the work of `available`. Returns None if changes that it rests on were lost: read again."""
        durability, vitality = self._durability, self._vitality
        account, losses = self._accounts.get(account_id), durability.losses
        if account is None:
            return Available((), 0)
        with ranking(account, order, limit, max_engagements) as ranked:
            now = await vitality.now()
            while losses == durability.losses and not (account.collect(now, self._steps.collect) and ranked.step(now)):
                await asyncio.sleep(0)
                now = await vitality.now()
            if losses != durability.losses:
                return None
            # There is no wait from here to the answer, so it is right at one instant.
            records = ranked.records(now)
        views = [rules.view(record, account.policy, now) for record in records]
        available = Available(views, account.available_count(now, max_engagements))
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

    # --- workflows ---------------------------------------------------------------------------------------------------

    async def workflow(self, account_id: str) -> Workflow:
        """Return the workflow, once durable."""
        self._durability.check_open()
        while (account := self._accounts.get(account_id)) is not None:
            workflow = account.policy.workflow
            if await self._durability.reached(account, workflow.revision):
                return workflow
        return Policy().workflow

    async def preview(self, account_id: str, revise: Revise, limit: int) -> Preview:
        """Evaluate every user under both workflows, at one instant, in chunks."""
        while (found := await self._preview(account_id, revise, limit)) is None:
            pass
        return found

    async def _preview(self, account_id: str, revise: Revise, limit: int) -> Preview | None:
        """Do the work of `preview`. Returns None if changes that it rests on were lost: read again."""
        now = await self._vitality.now()
        account = self._accounts.get(account_id)
        if account is None:
            return ImpactTally(Policy(), revise(Policy().workflow, now, 1, Policy().workflow), now, limit).preview()
        policy, revision, losses = account.policy, account.revision, self._durability.losses
        revised = revise(policy.workflow, now, revision + 1, policy.workflow)
        tally = ImpactTally(policy, revised, now, limit)
        if tally.is_needed:
            for start in range(0, len(account.order), self._steps.preview):
                for position, record in enumerate(account.order[start : start + self._steps.preview], start):
                    tally.add(position, record)
                await asyncio.sleep(0)
        if await self._durability.reached(account, revision) and losses == self._durability.losses:
            return tally.preview()
        return None

    # --- accounts ----------------------------------------------------------------------------------------------------

    async def list_accounts(self, position: int, limit: int) -> AccountPage:
        """Walk the accounts in the order in which they came. One that is not durable yet is left out."""
        self._durability.check_open()
        found = [
            account.account_id
            for account in islice(self._accounts.values(), position, position + limit)
            if account.durable_revision
        ]
        end = position + limit
        return AccountPage(found, end if end < len(self._accounts) else None)

    # --- listeners ---------------------------------------------------------------------------------------------------

    async def settled_until(self, account_id: str) -> int | None:
        """Return the time just before now; None if a switch is overdue or an event has not been told yet."""
        now = await self._vitality.now()
        # A change may still become effective within the present millisecond.
        until = now - 1
        account = self._accounts.get(account_id)
        if account is None:
            return until
        if account.unsent or account.revision > account.durable_revision or account.policy.past:
            return None
        if not account.collect(now, self._steps.settle) or account.overdue:
            self._schedule.update(account)
            return None
        return until
