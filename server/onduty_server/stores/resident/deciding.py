"""Makes decisions about users and about workflows.

A decision is atomic because there is no wait between making it, writing it to memory, and appending it to the journal.
The caller is answered once it is durable.
"""

from __future__ import annotations

import asyncio

from ...app.ports.statuses import Decide, Revise
from ...app.ports.store import too_many_workflows
from ...domain import rules
from ...domain.errors import RevisionConflict
from ...domain.record import Decision, StatusView, UserRecord
from ...domain.rules import Policy
from ...domain.workflow import Workflow
from .account import Account
from .clocks import MovedClocks
from .commits import Commits
from .durability import Durability
from .journal import Journal
from .registry import Registry
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
        registry: Registry,
        schedule: Schedule,
        clocks: MovedClocks,
        commits: Commits,
        vitality: Vitality,
        *,
        team_workflows_max: int,
    ) -> None:
        self._journal = journal
        self._steps = steps
        self._durability = durability
        self._registry = registry
        self._schedule = schedule
        self._clocks = clocks
        self._commits = commits
        self._vitality = vitality
        self._team_workflows_max = team_workflows_max

    async def transact(self, account_id: str, user_id: str, decide: Decide) -> StatusView:
        """Decide, apply and journal in one step, then wait for the disk."""
        now = await self.writable_now(account_id)
        account = self._registry.accounts.get(account_id)
        record = account.users.get(user_id) if account is not None else None
        if record is not None:
            assert account is not None
            self._commits.forget_erased_actor(account, record)
            policy = record.group.policy
        elif account is not None:
            policy = account.policy
        else:
            self._commits.check_declared(account_id)
            policy = Policy(floor=self._vitality.floor)
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
        policy = record.group.policy
        view = rules.view(record, policy, now)
        if self._clocks.at_once and record.flags & (DIRTY | UNWRITTEN):
            # Flush even if this activity moved nothing: it may repeat one that is not durable yet.
            await self._clocks.flush()
        elif (
            must_wait
            or record.flags & UNSETTLED
            or max(record.revision, policy.workflow.revision) > account.durable_revision
        ):
            await self._journal.commit()
        return view

    async def writable_now(self, account_id: str) -> int:
        """Return the time at which a change of an account can be decided. There must be no wait after this.

        Raises StoreUnavailable.
        """
        now = await self._vitality.now()
        while (erasure := self._registry.erasing.get(account_id)) is not None:
            await asyncio.wait([erasure])
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

    async def update_workflow(self, account_id: str, revise: Revise, team_id: str) -> Workflow:
        """Settle a bounded number of the users due under the old workflow, which is kept to decide for the others."""
        now = await self.writable_now(account_id)
        account = self._registry.accounts.get(account_id)
        while account is not None and (later := await self._settle_some(account, team_id, now)) is not None:
            now, account = later, self._registry.accounts.get(account_id)
        policy = Policy(floor=self._vitality.floor) if account is None else account.policy
        current = policy.workflow if account is None else account.policy_of(team_id).workflow
        revision = self._registry.first_revision if account is None else account.revision
        revised = revise(current, now, revision + 1, policy.workflow)
        if revised is current:
            if account is not None and account.revision > account.durable_revision:
                await self._journal.commit()
            return revised
        if account is None:
            account = self._commits.add_account(account_id, policy)
        elif team_id and team_id not in account.apart and len(account.apart) >= self._team_workflows_max:
            raise too_many_workflows(self._team_workflows_max)
        self._commits.replace_workflow(account, revised, now)
        await self._journal.commit()
        return revised

    async def _settle_some(self, account: Account, team_id: str, now: int) -> int | None:
        """Settle overdue users; return None if there is room for one more past workflow.

        If there is none, return the time after a wait, in which the account may have been erased.
        """
        self._commits.settle(account, now, self._steps.settle)
        if account.past_count(team_id) < self._steps.past_workflows:
            return None
        await self._journal.commit()
        await asyncio.sleep(0)
        return await self.writable_now(account.account_id)
