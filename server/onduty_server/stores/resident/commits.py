"""Writes decisions to memory and to the journal, in one step.

Invariant: memory and journal agree. Each change in memory is appended to the journal before any other task runs, along
with how to undo it (`undo`) should the journal be unable to write it.
"""

from __future__ import annotations

from ...app.ports.observer import Observer
from ...app.ports.store import StoreOptions, full_account, full_store
from ...domain import rules
from ...domain.record import AccountEvent, Decision
from ...domain.rules import PastPolicy, Policy
from ...domain.workflow import Workflow
from .account import Account
from .clocks import MovedClocks
from .durability import Durability
from .journal import ChangeRow, Journal, UserRow
from .listeners import Listeners
from .overdue import Overdue
from .pending_switches import PendingSwitches
from .schedule import Schedule
from .steps import StepSizes
from .undo import AccountAdded, PolicyBefore
from .user import ResidentUser


class Commits:
    """Commits changes of users, policies and workflows to memory and journal."""

    def __init__(
        self,
        journal: Journal,
        observer: Observer,
        options: StoreOptions,
        steps: StepSizes,
        durability: Durability,
        accounts: dict[str, Account],
        schedule: Schedule,
        listeners: Listeners,
        pending: PendingSwitches,
        clocks: MovedClocks,
    ) -> None:
        self._journal = journal
        self._observer = observer
        self._options = options
        self._steps = steps
        self._durability = durability
        self._accounts = accounts
        self._schedule = schedule
        self._listeners = listeners
        self._pending = pending
        self._clocks = clocks

    def add_account(self, account_id: str, policy: Policy) -> Account:
        """Add an account that has no users yet. Raises LimitExceeded if there are too many accounts."""
        if 0 < self._options.accounts_max <= len(self._accounts):
            raise full_store(self._options.accounts_max)
        overdue = Overdue(self._steps.overdue_in_order, self._steps.overdue_block_bits)
        account = Account(account_id, len(self._accounts), policy, overdue)
        self._accounts[account_id] = account
        account.watched = account_id in self._listeners
        self._durability.note(AccountAdded(account))
        self._journal.account(account, policy.workflow, policy.past)
        return account

    def add_user(self, account: Account, user_id: str) -> ResidentUser:
        """Add a user in state UNSEEN; `apply` must follow. Raises LimitExceeded if the account has too many users."""
        if 0 < self._options.users_max <= len(account.order):
            raise full_account(self._options.users_max)
        return account.add(user_id)

    def apply(
        self, account: Account, record: ResidentUser, decision: Decision, now: int, *, timed: bool = False
    ) -> None:
        """Write a decision about a user, and give each switch its revision. There may be none, but a changed record.

        `timed` is True if all of them are timed switches.
        """
        journal, decided = self._journal, decision.record
        before = record.revision
        if not journal.volatile:
            entire = bool(decision.switches) or (record.state, record.layers) != (decided.state, decided.layers)
            journal.undo.append(
                (
                    account,
                    record,
                    record.state,
                    record.status_since,
                    record.last_activity,
                    record.clock,
                    record.actor,
                    record.reason,
                    before,
                    record.layers,
                    entire,
                    decided.clock,
                )
            )
            if not decision.switches:
                self._clocks.appended(account, record, unsettled=entire)
        account.reassign(record, decided, now)
        for switch in decision.switches:
            account.revision = revision = account.revision + 1
            journal.change(
                account,
                ChangeRow(
                    account.number,
                    revision,
                    record.number,
                    switch.previous,
                    switch.state,
                    switch.effective_time,
                    now,
                    switch.actor,
                    switch.reason,
                    switch.caller,
                    switch.expire_time,
                    switch.then,
                ),
            )
            if account.watched:
                change = switch.committed(record.user_id, revision, now)
                self._listeners.tell_soon(account, AccountEvent(revision, record.number, change))
            status, cause = switch.state.status, switch.state.cause
            if status is not None and cause is not None:
                self._observer.switched(status, cause)
        if decision.switches:
            record.revision = account.revision
            if timed:
                self._pending.add(account, record, before)
            else:
                self._pending.discard(record)
                account.decided_revision = account.revision
        journal.user(UserRow.of(account.number, record.number, record))

    def settle_user(self, account: Account, record: ResidentUser, now: int) -> None:
        """Commit a user's due switches ahead of the sweeper, so that readers see a new revision."""
        settled = rules.settle(record, account.policy, now)
        if settled.durable:
            self.apply(account, record, settled, now)
            self._schedule.update(account)
        self._pending.discard(record)

    def settle(self, account: Account, now: int, limit: int) -> int:
        """Settle up to `limit` users for whom something is due, and forget past policies under which nothing is.

        Returns how many of them were switched; for others, something changed only underneath what is shown.
        """
        complete = account.collect(now, 4 * limit)
        switched = settled = 0
        while settled < limit and (record := account.take_overdue()) is not None:
            decision = rules.settle(record, account.policy, now)
            if not decision.durable:
                account.not_overdue(record, now)
                continue
            self.apply(account, record, decision, now, timed=True)
            settled += 1
            if decision.switches:
                self._observer.late(now - decision.switches[-1].effective_time)
                switched += 1
        if account.policy.past and complete and not account.overdue:
            self.replace_policy(account, Policy(account.policy.workflow, account.policy.floor))
            self._journal.account(account, account.policy.workflow, ())
        return switched

    def replace_policy(self, account: Account, policy: Policy) -> None:
        """Replace the policy in memory. The caller journals the account if its kept part changed."""
        self._durability.note(PolicyBefore(account, account.policy))
        past = account.policy.past
        account.policy = policy
        if policy.past and policy.past is not past:
            account.rescan()

    def replace_workflow(self, account: Account, workflow: Workflow, past: tuple[PastPolicy, ...], now: int) -> None:
        """Write a revised workflow, which has the account's next revision."""
        self.replace_policy(account, Policy(workflow, account.policy.floor, past))
        account.revision = account.decided_revision = workflow.revision
        self._journal.account(account, workflow, past)
        self._journal.workflow_change(account, workflow, now)
        if account.watched:
            self._listeners.tell_soon(account, AccountEvent(workflow.revision, -1, workflow))
        self._schedule.update(account)
