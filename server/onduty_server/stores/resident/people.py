"""Changes who people are, and forgets them: profiles, erasures of users and accounts.

As in `deciding`, there is no wait between a decision, its write, and its entries in the journal. Nobody is told of an
erasure before it is durable, and nothing of the erased is in memory once it is.
"""

from __future__ import annotations

import asyncio

from ...app.ports.statuses import ProfileUpdate
from ...app.ports.store import too_many_teams
from ...domain import rules
from ...domain.errors import AccountUnknown, StoreUnavailable, UserUnknown
from ...domain.record import ProfilePatch
from ...domain.rules import Policy
from .account import Account
from .commits import Commits
from .deciding import Decisions
from .durability import Durability
from .forgetting import Forgetting
from .journal import Journal
from .listeners import Listeners
from .registry import Registry
from .schedule import Schedule
from .vitality import Vitality


class People:
    """Runs the decisions about people and accounts."""

    def __init__(
        self,
        journal: Journal,
        durability: Durability,
        registry: Registry,
        schedule: Schedule,
        listeners: Listeners,
        commits: Commits,
        decisions: Decisions,
        vitality: Vitality,
        *,
        teams_max: int,
    ) -> None:
        self._journal = journal
        self._durability = durability
        self._registry = registry
        self._schedule = schedule
        self._listeners = listeners
        self._commits = commits
        self._decisions = decisions
        self._vitality = vitality
        self._teams_max = teams_max

    async def update_user(
        self, account_id: str, user_id: str, patch: ProfilePatch, actor: str, caller: str
    ) -> ProfileUpdate:
        """Decide, apply and journal in one step, then wait for the disk."""
        now = await self._decisions.writable_now(account_id)
        account = self._registry.accounts.get(account_id)
        if account is None:
            self._commits.check_declared(account_id)
            raise UserUnknown(account_id, user_id)
        record = account.users.get(user_id)
        if record is None:
            await self._durability.reached(account, account.erased_revision)
            raise UserUnknown(account_id, user_id)
        self._commits.forget_erased_actor(account, record)
        before, policy = record.profile, record.group.policy
        team_id = patch.get("team_id", before.team_id)
        # One of the groups is that of the users without a team.
        if team_id not in account.groups and len(account.groups) > self._teams_max:
            raise too_many_teams(team_id, self._teams_max)
        target = account.policy_of(team_id)
        decision = rules.update_profile(record, policy, target, patch, now)
        if decision.durable:
            self._commits.apply(account, record, decision, now, actor=actor, caller=caller)
            self._schedule.update(account)
        update = ProfileUpdate(rules.view(record, record.group.policy, now), before, record.profile)
        await self._journal.commit()
        return update

    async def delete_user(self, account_id: str, user_id: str) -> None:
        """Erase a user, and wait for the disk."""
        while True:
            now = await self._decisions.writable_now(account_id)
            account = self._registry.accounts.get(account_id)
            if account is None:
                raise UserUnknown(account_id, user_id)
            record = account.users.get(user_id)
            if record is not None:
                break
            if await self._durability.reached(account, account.erased_revision):
                # It may have been erased, in a call that nobody waited for to the end.
                if tasks := [each.task for each in account.forgetting if each.task is not None]:
                    await asyncio.wait(tasks)
                await self._journal.erased(account.number)
                raise UserUnknown(account_id, user_id)
        forgetting = self._commits.erase_user(account, record, now)
        if forgetting is None:
            await self._journal.commit()
        else:
            # A caller who gives up does not leave the others' records as they are.
            forgetting.task = asyncio.create_task(self._forget(account, forgetting), name="onduty-forgetting")
            forgetting.task.add_done_callback(_retrieve)
            await asyncio.shield(forgetting.task)
        # Of a store without a disk nobody has said so yet.
        self._listeners.tell()
        await self._journal.erased(account.number)

    async def _forget(self, account: Account, forgetting: Forgetting) -> None:
        """Take an erased actor out of the records of others, once the erasure is durable, with turns for others."""
        await self._journal.commit()
        if forgetting not in account.forgetting:
            # The erasure was lost and undone before this task had its turn.
            raise StoreUnavailable
        more = True
        while more:
            more = self._commits.forget_some(account, forgetting)
            await asyncio.sleep(0)

    async def create_account(self, account_id: str) -> bool:
        """Add an account, and wait for the disk."""
        await self._decisions.writable_now(account_id)
        account = self._registry.accounts.get(account_id)
        created = account is None
        if account is None:
            policy = Policy(floor=self._vitality.floor)
            account = self._commits.add_account(account_id, policy, declared=True)
        await self._journal.commit()
        account.is_announced = True
        return created

    async def delete_account(self, account_id: str) -> None:
        """Erase an account, and wait for the disk."""
        await self._decisions.writable_now(account_id)
        account = self._registry.accounts.get(account_id)
        if account is None:
            await self._journal.erased(None)
            raise AccountUnknown(account_id)
        self._commits.erase_account(account)
        # A caller who gives up does not keep the others from being told.
        erasure = asyncio.create_task(self._end_erasure(account), name="onduty-erasure")
        erasure.add_done_callback(_retrieve)
        self._registry.erasing[account_id] = erasure
        await asyncio.shield(erasure)
        await self._journal.erased(account.number)

    async def _end_erasure(self, account: Account) -> None:
        try:
            await self._journal.commit()
            self._listeners.restart(account.account_id, self._registry.first_revision)
        finally:
            del self._registry.erasing[account.account_id]


def _retrieve(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        task.exception()
