"""The fast path of the two most frequent calls: an activity that changes no status, and the status of one user."""

from __future__ import annotations

from collections.abc import Mapping

from ...app.limits import ACTIVITY_MAX_AGE_MS
from ...app.ports.clock import Clock
from ...app.ports.statuses import ImmediateStatuses
from ...domain import rules
from ...domain.record import StatusView
from .account import DIRTY, UNWRITTEN, Account
from .clocks import MovedClocks
from .vitality import Vitality


class FastPath(ImmediateStatuses):
    """Answers without waiting. The code is written out in place, because these calls are most of a server's work."""

    def __init__(self, clock: Clock, accounts: Mapping[str, Account], clocks: MovedClocks, vitality: Vitality) -> None:
        self._clock = clock
        self._accounts = accounts
        self._clocks = clocks
        self._vitality = vitality

    def touch(self, account_id: str, user_id: str, activity_time: int | None) -> bool:
        """Record an activity as `rules.record_activity` does, in the case in which it only moves the clock."""
        account = self._accounts.get(account_id)
        if account is None:
            return False
        record = account.users.get(user_id)
        if record is None:
            return False
        now = self._clock.now()
        if activity_time is None:
            activity_time = now
        last = record.last_activity
        policy = account.policy
        workflow = policy.workflow
        if (
            last is None
            or not last <= activity_time <= now <= self._vitality.immediate_until
            or activity_time < now - ACTIVITY_MAX_AGE_MS
            or workflow.resumes[record.state]
            or policy.past
            or record.revision > account.durable_revision
            or workflow.revision > account.durable_revision
        ):
            return False
        due = rules.next_due(record, workflow, policy.floor)
        if due is not None and due.effective_time <= now:
            return False
        record.last_activity = activity_time
        if activity_time > record.clock:
            record.clock = activity_time
        if account.moved is not None:
            account.moved.add(record)
        if not record.flags & DIRTY:
            self._clocks.moved(account, record)
        return True

    def peek(self, account_id: str, user_id: str) -> StatusView | None:
        """Evaluate a user's record now, if that needs no wait."""
        account = self._accounts.get(account_id)
        if account is None:
            return None
        record = account.users.get(user_id)
        now = self._clock.now()
        if (
            record is None
            or now > self._vitality.horizon
            or record.revision > account.durable_revision
            or account.policy.workflow.revision > account.durable_revision
        ):
            return None
        view = rules.view(record, account.policy, now)
        if view.status_since != record.status_since and record.flags & (DIRTY | UNWRITTEN):
            return None  # the same check as `rests_on_unwritten_clock`
        return view
