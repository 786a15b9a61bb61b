"""Makes decisions about users and about workflows.

A decision is atomic because there is no wait between making it, writing it to memory, and appending it to the journal.
The caller is answered once it is durable.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from ...app.ports.statuses import Decide, Revise
from ...domain import rules
from ...domain.errors import RevisionConflict
from ...domain.record import Decision, StatusView, UserRecord
from ...domain.rules import PastPolicy, Policy
from ...domain.workflow import Workflow
from .account import Account
from .clocks import MovedClocks
from .commits import Commits
from .durability import Durability
from .journal import Journal
from .schedule import Schedule
from .steps import StepSizes
from .user import DIRTY, UNSETTLED, UNWRITTEN, ResidentUser
from .vitality import Vitality


class Decisions:
    """Runs the decisions of the use cases."""

    def __init__(
        self,
        journal: Journal,
        steps: StepSizes,
        durability: Durability,
        accounts: Mapping[str, Account],
        schedule: Schedule,
        clocks: MovedClocks,
        commits: Commits,
        vitality: Vitality,
    ) -> None:
        self._journal = journal
        self._steps = steps
        self._durability = durability
        self._accounts = accounts
        self._schedule = schedule
        self._clocks = clocks
        self._commits = commits
        self._vitality = vitality

    async def transact(self, account_id: str, user_id: str, decide: Decide) -> StatusView:
        """Decide, apply and journal in one step, then wait for the disk."""
        now = await self._writable_now()
        account = self._accounts.get(account_id)
        record = account.users.get(user_id) if account is not None else None
        policy = account.policy if account is not None else Policy(floor=self._vitality.floor)
        try:
            decision = decide(record or UserRecord(user_id), policy, now)
        except RevisionConflict:
            # The conflict may be with a switch that is due but not recorded. A caller that reads again must see a new
            # revision.
            if account is not None and record is not None:
                self._commits.settle_user(account, record, now)
            raise
        if account is None:
            account = self._commits.add_account(account_id, policy)
        if record is None:
            record = self._commits.add_user(account, user_id)
            decision = decision._replace(durable=True)
        must_wait = self._write(account, record, decision, now)
        self._schedule.update(account)
        view = rules.view(record, account.policy, now)
        if self._clocks.at_once and record.flags & (DIRTY | UNWRITTEN):
            # Flush even if this activity moved nothing: it may repeat one that is not durable yet.
            await self._clocks.flush()
        elif (
            must_wait
            or record.flags & UNSETTLED
            or max(record.revision, account.policy.workflow.revision) > account.durable_revision
        ):
            await self._journal.commit()
        return view

    async def _writable_now(self) -> int:
        now = await self._vitality.now()
        # Check only after the wait, which may have been for a heartbeat that failed, or for `close`.
        self._durability.check_writable()
        return now

    def _write(self, account: Account, record: ResidentUser, decision: Decision, now: int) -> bool:
        """Write a decision; return True if it must be durable before it is shown."""
        if decision.switches or decision.durable:
            self._commits.apply(account, record, decision, now)
            return True
        decided = decision.record
        moved = (record.last_activity, record.clock, record.layers) != (
            decided.last_activity,
            decided.clock,
            decided.layers,
        )
        account.reassign(record, decided, now)
        if moved and not record.flags & DIRTY:
            self._clocks.moved(account, record)
        return False

    async def update_workflow(self, account_id: str, revise: Revise) -> Workflow:
        """Settle a bounded number of the users due under the old workflow, which is kept to decide for the others."""
        now = await self._writable_now()
        account = self._accounts.get(account_id)
        if account is None:
            policy = Policy(floor=self._vitality.floor)
            revised = revise(policy.workflow, now, 1, policy.workflow)
            if revised is policy.workflow:
                return revised
            account = self._commits.add_account(account_id, policy)
        else:
            now = await self._settle_some(account, now)
            policy = account.policy
            revised = revise(policy.workflow, now, account.revision + 1, policy.workflow)
            if revised is policy.workflow:
                if account.revision > account.durable_revision:
                    await self._journal.commit()
                return revised
        past = policy.past
        if account.overdue or not account.collect(now, 0) or past:
            past = (*past, PastPolicy(policy.workflow, policy.floor, now, account.revision))
        self._commits.replace_workflow(account, revised, past, now)
        await self._journal.commit()
        return revised

    async def _settle_some(self, account: Account, now: int) -> int:
        """Settle overdue users until there is room for one more past workflow; return the time at that point."""
        while True:
            self._commits.settle(account, now, self._steps.settle)
            if len(account.policy.past) < self._steps.past_workflows:
                return now
            await self._journal.commit()
            await asyncio.sleep(0)
            now = await self._writable_now()
