"""Writes decisions to memory and to the journal, in one step.

Invariant: memory and journal agree. Each change in memory is appended to the journal before any other task runs, along
with how to undo it (`undo`) should the journal be unable to write it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ...app.ports.observer import Observer
from ...app.ports.store import StoreOptions, full_account, full_store
from ...domain import rules
from ...domain.edges import lease_edges
from ...domain.errors import AccountUnknown
from ...domain.layers import forget_unpacked
from ...domain.record import NO_PROFILE, AccountEvent, Decision, LeaseEdge, Profile, Switch, UserChange, UserRecord
from ...domain.rules import PastPolicy, Policy
from ...domain.status import State
from ...domain.workflow import Workflow, follow
from .account import Account
from .clocks import MovedClocks
from .durability import Durability
from .forgetting import Forgetting
from .journal import ChangeRow, EdgeRow, Journal, TeamRow, UserChangeRow, UserRow
from .listeners import Listeners
from .overdue import Overdue
from .pending_switches import PendingSwitches
from .registry import Registry
from .schedule import Schedule
from .steps import StepSizes
from .switch_runs import SwitchRuns
from .undo import AccountAdded, AccountErased, ActorBefore, PolicyBefore, TimeZoneBefore, UserErased
from .user import DIRTY, UNWRITTEN, ResidentUser


class Commits:
    """Commits changes of users, policies and workflows to memory and journal."""

    def __init__(
        self,
        journal: Journal,
        observer: Observer,
        options: StoreOptions,
        steps: StepSizes,
        durability: Durability,
        registry: Registry,
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
        self._registry = registry
        self._schedule = schedule
        self._listeners = listeners
        self._pending = pending
        self._clocks = clocks

    def check_declared(self, account_id: str) -> None:
        """Raise AccountUnknown if accounts have to be declared; this one is not there."""
        if self._options.accounts_declared:
            raise AccountUnknown(account_id, declared=True)

    def add_account(self, account_id: str, policy: Policy, *, declared: bool = False) -> Account:
        """Add an account that has no users yet. `declared` is True if it is asked for, and not only used.

        Raises:
            LimitExceeded: there are too many accounts.
            AccountUnknown: accounts have to be declared, and this one is not.
        """
        registry, options = self._registry, self._options
        if not declared:
            self.check_declared(account_id)
        if 0 < options.accounts_max <= len(registry.accounts):
            raise full_store(options.accounts_max)
        overdue = Overdue(self._steps.overdue_in_order, self._steps.overdue_block_bits)
        account = Account(
            *(account_id, registry.next_number, policy, overdue, registry.first_revision), in_heap=self._steps.in_heap
        )
        registry.add(account)
        self._listeners.begin(account)
        self._durability.note(AccountAdded(account))
        self._journal.account(account, policy.workflow, policy.past)
        return account

    def add_user(self, account: Account, user_id: str) -> ResidentUser:
        """Add a user in state UNSEEN; `apply` must follow. Raises LimitExceeded if the account has too many users."""
        if 0 < self._options.users_max <= len(account.users):
            raise full_account(self._options.users_max)
        return account.add(user_id)

    def apply(
        self,
        account: Account,
        record: ResidentUser,
        decision: Decision,
        now: int,
        *,
        timed: bool = False,
        actor: str = "",
        caller: str = "",
    ) -> None:
        """Write a decision about a user, and give each switch its revision. There may be none, but a changed record.

        `timed` is True if all of them are timed switches. `actor` and `caller` are those of a change of the profile.
        """
        journal, decided = self._journal, decision.record
        before, profile = record.revision, record.profile
        changes = bool(decision.switches) or decision.profile_at is not None
        if not journal.volatile:
            entire = changes or (record.state, record.layers) != (decided.state, decided.layers)
            self._note_before(account, record, decided.clock, entire=entire)
            if not changes:
                self._clocks.appended(account, record, unsettled=entire)
        shown = State.UNSEEN if decision.profile_at is None else record.shown
        account.reassign(record, decided, now)
        if decision.profile_at is None:
            for switch in decision.switches:
                self._change(account, record, switch, profile, now)
        else:
            for switch in decision.switches[: decision.profile_at]:
                self._change(account, record, switch, profile, now)
                shown = switch.state
            self._change_user(account, record, profile, shown, now, actor, caller)
            for switch in decision.switches[decision.profile_at :]:
                self._change(account, record, switch, record.profile, now)
        if changes:
            record.revision = account.revision
            if timed:
                self._pending.add(account, record, before)
            else:
                self._pending.discard(record)
                account.decided_revision = account.revision
        journal.user(UserRow.of(account.number, record.number, record))
        if decision.edges:
            self._edges(account, record.number, decision.edges)

    def _apply_alike(
        self, account: Account, record: ResidentUser, decision: Decision, now: int, runs: SwitchRuns
    ) -> None:
        """Do what `apply` does, for a timed switch that is journalled with others like it."""
        decided, switch, before = decision.record, decision.switches[0], record.revision
        if not self._journal.volatile:
            self._note_before(account, record, decided.clock, entire=True)
        account.reassign(record, decided, now)
        runs.add(record, switch.previous, switch.state, switch.effective_time)
        record.revision = account.revision
        if account.watched:
            self._tell(account, record, switch, record.profile, now)
        self._pending.add(account, record, before)

    def _note_before(self, account: Account, record: ResidentUser, clock: int, *, entire: bool) -> None:
        """Record how to undo a change of a user, which sets the clock to `clock`; see `UserBefore`."""
        self._journal.undo.append(
            (
                account,
                record,
                record.state,
                record.status_since,
                record.last_activity,
                record.clock,
                record.actor,
                record.reason,
                record.revision,
                record.layers,
                entire,
                clock,
                record.profile,
            )
        )

    def _edges(self, account: Account, number: int, edges: Iterable[LeaseEdge]) -> None:
        for (kind, team_id), time, begins in edges:
            self._journal.edge(account, EdgeRow(account.number, number, kind, time, begins, team_id))

    def _change(self, account: Account, record: ResidentUser, switch: Switch, profile: Profile, now: int) -> None:
        """Give a switch its revision; `profile` is the user's at the time."""
        account.revision = revision = account.revision + 1
        self._journal.change(
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
                profile.team_id,
            ),
        )
        if account.watched:
            self._tell(account, record, switch, profile, now)
        status, cause = switch.state.status, switch.state.cause
        if status is not None and cause is not None:
            self._observer.switched(status, cause)

    def _tell(self, account: Account, record: ResidentUser, switch: Switch, profile: Profile, now: int) -> None:
        """Let listeners know of a switch that has the account's present revision, once that is durable."""
        change = switch.committed(record.user_id, account.revision, now, profile)
        self._listeners.tell_soon(account, AccountEvent(account.revision, record.number, change))

    def _change_user(
        self, account: Account, record: ResidentUser, before: Profile, shown: State, now: int, actor: str, caller: str
    ) -> None:
        """Give a change of a profile its revision; `shown` is the state that was shown at the time."""
        account.revision = revision = account.revision + 1
        after = record.profile
        row = UserChangeRow(
            account.number,
            revision,
            record.number,
            after.display_name,
            after.team_id,
            before.display_name,
            before.team_id,
            now,
            actor,
            caller,
            state=shown,
        )
        self._journal.user_change(account, row)
        if account.watched:
            change = UserChange(record.user_id, revision, before, after, now, actor, caller)
            self._listeners.tell_soon(account, AccountEvent(revision, record.number, change))

    def erase_user(self, account: Account, record: ResidentUser, now: int) -> Forgetting | None:
        """Settle a user, and erase it. The erasure has a revision.

        Returns who is still to be forgotten once that is durable (`forget_some`); None for nobody.
        """
        self.settle_user(account, record, now)
        user_id, number = record.user_id, record.number
        was_moved = bool(record.flags & (DIRTY | UNWRITTEN))
        revision = account.revision + 1
        # Before what was unpacked of the user is forgotten.
        edges, shown = lease_edges(record, UserRecord(""), now), record.shown
        image, forgetting = account.erase(record), account.begin_forgetting(user_id, revision)
        self._durability.note(UserErased(account, record, image, was_moved, forgetting))
        self._forget_updater(account, user_id)
        account.revision = revision
        account.decided_revision = account.erased_revision = revision
        row = UserChangeRow(
            account.number,
            revision,
            number,
            *NO_PROFILE,
            *Profile(team_id=image.profile.team_id),
            now,
            erased=True,
            state=shown,
        )
        self._edges(account, number, edges)
        self._journal.erase_user(account, row, user_id)
        if account.watched:
            change = UserChange(user_id, revision, NO_PROFILE, NO_PROFILE, now, erased=True)
            self._listeners.tell_soon(account, AccountEvent(revision, number, change))
        self._schedule.update(account)
        return forgetting

    def forget_erased_actor(self, account: Account, record: ResidentUser) -> None:
        """Take an actor who was erased out of a user's record. Call this before anything is decided about the user."""
        for forgetting in account.forgetting:
            if record.number in forgetting.numbers:
                self._durability.note(ActorBefore(account, record, record.actor, forgetting.revision))
                account.forget_actor(record)

    def forget_some(self, account: Account, forgetting: Forgetting) -> bool:
        """Take an actor whose erasure is durable out of some more records; return False once nothing was left."""
        numbers = forgetting.numbers
        for _ in range(min(self._steps.forget, len(numbers))):
            account.forget_actor(account.order[numbers.pop()])
        if not numbers and forgetting in account.forgetting:
            account.forgetting.remove(forgetting)
        return bool(numbers)

    def _forget_updater(self, account: Account, user_id: str) -> None:
        """Take a user's id out of the workflows that it has changed."""
        if account.updated_by(user_id):
            for team_id in ("", *account.apart):
                before = account.policy_of(team_id)
                policy = _without(before, user_id)
                if policy is not before:
                    self.replace_policy(account, team_id, policy)
                    self.journal_policy(account, team_id)

    def erase_account(self, account: Account) -> None:
        """Erase an account; `Listeners.restart` must follow once that is durable."""
        self._durability.note(AccountErased(account, self._registry.first_revision))
        self._registry.erase(account)
        self._schedule.remove(account)
        self._listeners.drop(account)
        self._journal.erase_account(account, self._registry.first_revision)
        forget_unpacked()

    def settle_user(self, account: Account, record: ResidentUser, now: int) -> None:
        """Commit a user's due switches ahead of the sweeper, so that readers see a new revision."""
        self.forget_erased_actor(account, record)
        settled = rules.settle(record, record.group.policy, now)
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
        runs = SwitchRuns(self._journal, self._observer, account, now)
        late: dict[int, int] = {}
        while settled < limit and (record := account.take_overdue()) is not None:
            if account.forgetting:
                self.forget_erased_actor(account, record)
            decision = rules.settle(record, record.group.policy, now)
            if not decision.durable:
                account.not_overdue(record, now)
                continue
            settled += 1
            if runs.takes(record, decision):
                self._apply_alike(account, record, decision, now, runs)
            else:
                runs.end()
                self.apply(account, record, decision, now, timed=True)
            if decision.switches:
                lateness = now - decision.switches[-1].effective_time
                late[lateness] = late.get(lateness, 0) + 1
                switched += 1
        runs.end()
        for lateness, switches in late.items():
            self._observer.late(lateness, switches)
        if complete and account.has_past and not account.overdue:
            self._forget_past(account)
        return switched

    def _forget_past(self, account: Account) -> None:
        for team_id in ("", *account.apart):
            policy = account.policy_of(team_id)
            if policy.past:
                self.replace_policy(account, team_id, Policy(policy.workflow, policy.floor))
                self.journal_policy(account, team_id)

    def replace_policy(self, account: Account, team_id: str, policy: Policy) -> None:
        """Replace the policy of the account or a team in memory. The caller journals it if its kept part changed."""
        group = account.apart.get(team_id)
        before = account.policy if not team_id else None if group is None else group.policy
        self._durability.note(PolicyBefore(account, team_id, before))
        account.set_policy(team_id, policy)

    def set_time_zone(self, account: Account, time_zone: str) -> None:
        """Replace the time zone of an account."""
        self._durability.note(TimeZoneBefore(account, account.time_zone))
        account.time_zone = time_zone
        # It goes with the account's workflow.
        self.journal_policy(account, "")

    def journal_policy(self, account: Account, team_id: str) -> None:
        """Journal the workflow and the past policies of the account or a team."""
        policy = account.policy_of(team_id)
        if team_id:
            self._journal.team(account, TeamRow(team_id, policy.workflow, policy.past))
        else:
            self._journal.account(account, policy.workflow, policy.past)

    def replace_workflow(self, account: Account, workflow: Workflow, now: int) -> None:
        """Write a revised workflow of the account or a team, which has the account's next revision.

        The workflow before it goes on to decide where something may be due. Teams that follow the account's follow.
        """
        team_id, revision = workflow.team_id, account.revision
        account.revision = account.decided_revision = workflow.revision
        if team_id:
            self._replace_of_team(account, workflow, now, revision)
        else:
            policy = account.policy
            due = account.earliest_under("")
            past = _with_past(policy, now, revision, is_due=due is not None and due <= now)
            followers = [group.policy.workflow for group in account.apart.values() if not group.has_own]
            self.replace_policy(account, "", Policy(workflow, policy.floor, past))
            self.journal_policy(account, "")
            for former in followers:
                self._replace_of_team(account, follow(former, workflow, now=now), now, revision)
        self._journal.workflow_change(account, workflow, now)
        if account.watched:
            self._listeners.tell_soon(account, AccountEvent(workflow.revision, -1, workflow))
        self._schedule.update(account)

    def _replace_of_team(self, account: Account, workflow: Workflow, now: int, revision: int) -> None:
        """Replace a team's workflow; `revision` is the account's before that."""
        team_id = workflow.team_id
        group = account.group(team_id)
        due, policy = group.earliest(), group.policy
        is_due = bool(account.overdue) or (due is not None and due <= now)
        past = _with_past(policy, now, revision, is_due=is_due)
        self.replace_policy(account, team_id, Policy(workflow, policy.floor, past))
        self.journal_policy(account, team_id)


def _with_past(policy: Policy, now: int, revision: int, *, is_due: bool) -> tuple[PastPolicy, ...]:
    """Return the past policies once `policy` has been replaced at `now`, where something may be due under it."""
    if not is_due and not policy.past:
        return ()
    return (*policy.past, PastPolicy(policy.workflow, policy.floor, now, revision))


def _without(policy: Policy, user_id: str) -> Policy:
    """Return a policy whose workflows do not name a user; the same object if none does."""

    def cleaned(workflow: Workflow) -> Workflow:
        if user_id not in (workflow.updated_by, workflow.update_caller):
            return workflow
        return replace(
            workflow,
            updated_by="" if workflow.updated_by == user_id else workflow.updated_by,
            update_caller="" if workflow.update_caller == user_id else workflow.update_caller,
        )

    workflow, past = cleaned(policy.workflow), policy.past
    if any(cleaned(former.workflow) is not former.workflow for former in past):
        past = tuple(replace(former, workflow=cleaned(former.workflow)) for former in past)
    return policy if workflow is policy.workflow and past is policy.past else Policy(workflow, policy.floor, past)
