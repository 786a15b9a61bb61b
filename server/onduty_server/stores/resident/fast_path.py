"""The fast path of the most frequent calls: activities and leases that change no status, and the status of one user."""

from __future__ import annotations

from collections.abc import Mapping

from ...app.limits import ACTIVITY_MAX_AGE_MS
from ...app.ports.clock import Clock
from ...app.ports.statuses import ImmediateStatuses, Renewal
from ...domain import rules
from ...domain.layers import LeaseAction, has_end, may_be_disconnected, renewed
from ...domain.record import StatusView, UserRecord
from ...domain.rules import Policy
from ...domain.status import State
from .account import Account
from .clocks import MovedClocks, rests_on_unwritten_clock
from .user import DIRTY, OVERDUE, UNSETTLED, UNWRITTEN
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
        policy = record.group.policy
        workflow = policy.workflow
        if (
            last is None
            or not last <= activity_time <= now <= self._vitality.immediate_until
            or activity_time < now - ACTIVITY_MAX_AGE_MS
            or workflow.resumes[record.state]
            or policy.past
            or record.revision > account.durable_revision
            or workflow.revision > account.durable_revision
            or record.flags & UNSETTLED
            or (record.layers and may_be_disconnected(record.layers, now))
            or _is_due(record, policy, now)
        ):
            return False
        record.last_activity = activity_time
        if activity_time > record.clock:
            record.clock = activity_time
        if account.moved is not None:
            account.moved.add(record)
        if not record.flags & DIRTY:
            self._clocks.moved(account, record)
        return True

    def renew(self, account_id: str, user_id: str, renewal: Renewal) -> bool:
        """Keep a lease as `rules.keep_session` and `rules.keep_engagement` do, if it lives and only moves numbers."""
        account = self._accounts.get(account_id)
        if account is None:
            return False
        record = account.users.get(user_id)
        if record is None or not record.layers:
            return False
        now = self._clock.now()
        policy = record.group.policy
        workflow = policy.workflow
        is_session = renewal.action is LeaseAction.KEEP_SESSION
        if (
            not (is_session or renewal.action is LeaseAction.KEEP_ENGAGEMENT)
            or now > self._vitality.immediate_until
            or policy.past
            or record.revision > account.durable_revision
            or workflow.revision > account.durable_revision
            or record.flags & (OVERDUE | UNSETTLED)
        ):
            return False
        activity_time = None
        if renewal.idle_for_ms is not None:
            last, activity_time = record.last_activity, now - renewal.idle_for_ms
            # As in `events.may_resume`: at the end of a status the clock moves without the user's doing.
            newest = last if record.state is State.AWAY_BY_EXPIRY else record.clock
            if last is None or newest is None or (activity_time > newest and workflow.resumes[record.state]):
                return False
            if activity_time < last:
                activity_time = None  # a later one is known
        layers = renewed(record.layers, renewal.lease_id, now + renewal.ttl_ms, now, is_session=is_session)
        if layers is None:
            return False
        if (not is_session and may_be_disconnected(layers, now)) or _is_due(record, policy, now):
            return False
        record.layers = layers
        if activity_time is not None:
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
            or (policy := record.group.policy).workflow.revision > account.durable_revision
        ):
            return None
        view = rules.view(record, policy, now)
        if record.flags & (DIRTY | UNWRITTEN) and rests_on_unwritten_clock(record, view):
            return None
        return view


def _is_due(record: UserRecord, policy: Policy, now: int) -> bool:
    """Return True if something is due of a user who cannot become disconnected now.

    It is cheaper than `rules.next_due`, and leaves to that what is not simple.
    """
    workflow = policy.workflow
    timed = workflow.timed[record.state]
    # Engagements and a change of the workflow only put this off.
    is_idle = timed is not None and max(record.clock, workflow.enabled_time, policy.floor) + timed.period_ms <= now
    if not is_idle and not has_end(record.layers):
        return False
    due = rules.next_due(record, workflow, policy.floor)
    return due is not None and due.effective_time <= now
