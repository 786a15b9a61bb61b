"""The fast path of the most frequent calls: activities and leases that change no status, and the status of one user."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...app.limits import ACTIVITY_MAX_AGE_MS
from ...app.ports.activities import Activities, ActivityReport
from ...app.ports.clock import Clock
from ...app.ports.statuses import AvailabilityOrder, FoundAvailable, FoundUser, ImmediateStatuses, Renewal
from ...domain import rules
from ...domain.layers import LeaseAction, has_end, may_be_disconnected, renewed, unpack
from ...domain.record import StatusView, UserRecord
from ...domain.rules import Policy
from ...domain.status import State
from .account import Account
from .clocks import MovedClocks, rests_on_unwritten_clock, shows_unrecorded_switch
from .reading import Reads
from .user import DIRTY, OVERDUE, UNSETTLED, UNWRITTEN, ResidentUser
from .vitality import Vitality

_FIRST_MAX = 8
"""How many available users are found at once, and how many of those who came first are kept."""
_FIRST_KEPT = 1_024
_FOREVER = 1 << 62
"""Later than any time."""


class FastPath(ImmediateStatuses):
    """Answers without waiting. The code is written out in place, because these calls are most of a server's work."""

    def __init__(
        self, clock: Clock, accounts: Mapping[str, Account], clocks: MovedClocks, vitality: Vitality, reads: Reads
    ) -> None:
        self._clock = clock
        self._reads = reads
        self._first: dict[ResidentUser, _Found] = {}
        """Users who came first of those available: the same are asked for again and again, until they have work."""
        self._accounts = accounts
        self._clocks = clocks
        self._vitality = vitality

    def touch(self, account_id: str, user_id: str, activity_time: int | None) -> bool:
        """Record an activity as `rules.record_activity` does, in the case in which it only moves the clock."""
        account = self._accounts.get(account_id)
        if account is None:
            return False
        record = account.users.get(user_id)
        return record is not None and self._touch(account, record, activity_time, self._clock.now())

    def touch_and_peek(self, account_id: str, user_id: str, activity_time: int | None) -> StatusView | None:
        """Record an activity as `touch` does, and return what `peek` does at the same moment."""
        account = self._accounts.get(account_id)
        if account is None or (record := account.users.get(user_id)) is None:
            return None
        now = self._clock.now()
        if not self._touch(account, record, activity_time, now):
            return None
        # Nothing is due, and the status is durable, so there is nothing else that `peek` would wait for.
        return rules.view(record, record.group.policy, now)

    def touch_all(self, activities: Activities) -> list[ActivityReport]:
        """Record activities as `touch` does."""
        now, touch, accounts = self._clock.now(), self._touch, self._accounts
        rest: list[ActivityReport] = []
        account: Account | None = None
        last_id: str | None = None
        columns = zip(activities.account_ids, activities.user_ids, activities.times, strict=True)
        for index, (account_id, user_id, activity_time) in enumerate(columns):
            if account_id != last_id:  # they mostly come together
                account, last_id = accounts.get(account_id), account_id
            if account is not None:
                record = account.users.get(user_id)
                if record is not None and touch(account, record, activity_time, now):
                    continue
            rest.append(activities[index])
        return rest

    def _touch(self, account: Account, record: ResidentUser, activity_time: int | None, now: int) -> bool:
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

    def available(
        self, account_id: str, order: AvailabilityOrder, limit: int, max_engagements: int, team_id: str
    ) -> FoundAvailable | None:
        """Answer from the index, if nothing that it rests on has to be waited for."""
        if limit > _FIRST_MAX:
            return None
        available = self._reads.available_now(account_id, order, limit, max_engagements, team_id)
        if available is None:
            return None
        users, first = [], self._first
        for record in available[0]:
            user = first.get(record)
            if user is None:
                if len(first) >= _FIRST_KEPT:
                    first.clear()
                user = first[record] = self._found(self._accounts[account_id], record)
            if not user.peek():
                return None
            users.append(user)
        return FoundAvailable(users, available[1])

    def find(self, account_id: str, user_id: str) -> FoundUser | None:
        """Find a user, of whom what is shown is worked out anew only if it may have changed."""
        account = self._accounts.get(account_id)
        if account is None or (record := account.users.get(user_id)) is None:
            return None
        found = self._found(account, record)
        return found if found.peek() else None

    def forget_found(self) -> None:
        """Keep nobody who came first: somebody was erased."""
        self._first.clear()

    def _found(self, account: Account, record: ResidentUser) -> _Found:
        return _Found(self._clock.now, self._vitality, account, record, self._touch)


class _Found(FoundUser):
    """A user, and what is shown of it as long as that is true.

    Invariant: before `_until`, what is shown follows from the record's fields and the policy that are compared here.
    What is not compared changes only together with one of them: a status or a profile with the revision, and a revision
    that is durable never stands for something else. An actor may be forgotten without a revision.
    """

    __slots__ = (
        *("_account", "_actor", "_clock", "_layers", "_now", "_policy", "_record", "_revision", "_state"),
        *("_touch", "_until", "_vitality"),
    )

    def __init__(
        self,
        now: Callable[[], int],
        vitality: Vitality,
        account: Account,
        record: ResidentUser,
        touch: Callable[[Account, ResidentUser, int | None, int], bool],
    ) -> None:
        super().__init__(account.account_id, record.user_id)
        self._now = now
        self._vitality = vitality
        self._account = account
        self._record = record
        self._touch = touch
        self._until = 0
        self._take(record, record.group.policy)

    def _take(self, record: ResidentUser, policy: Policy) -> None:
        self._policy, self._layers, self._clock = policy, record.layers, record.clock
        self._revision, self._state, self._actor = record.revision, record.state, record.actor
        self.last_activity = record.last_activity

    def peek(self) -> bool:
        record, now = self._record, self._now()
        # By identity where that is enough: it is only asked whether something was written.
        if (
            now < self._until
            and now <= self._vitality.horizon
            and record.clock is self._clock
            and record.last_activity is self.last_activity
            and record.revision is self._revision
            and record.state is self._state
            and record.layers is self._layers
            and record.actor is self._actor
            and record.group.policy is self._policy
            and not self._account.is_erased
        ):
            return True
        return self._look(now)

    def touch(self) -> bool:
        record, policy = self._record, self._policy
        if self._account.is_erased or not self._touch(self._account, record, None, self._now()):
            return False
        if (
            not self._until
            or record.revision is not self._revision
            or record.state is not self._state
            or record.layers
            or self._layers
            or record.actor is not self._actor
            or record.group.policy is not policy
        ):
            return self._look(self._now())
        self.kept, self._clock, self.last_activity = None, record.clock, record.last_activity
        workflow = policy.workflow
        timed = workflow.timed[self._state]
        if timed is not None:
            self.next_status_time = self._until = rules.inactive_at(record, timed, workflow, policy.floor)
        return True

    def _look(self, now: int) -> bool:
        """Work out what is shown, as `FastPath.peek` does."""
        account, record = self._account, self._record
        policy = record.group.policy
        self._until, self.kept, self.kept_frame = 0, None, None
        if (
            account.is_erased
            or record.state is State.UNSEEN
            or now > self._vitality.horizon
            or record.revision > account.durable_revision
            or policy.workflow.revision > account.durable_revision
        ):
            return False
        view = rules.view(record, policy, now)
        # Not while there is a switch to be recorded, which is soon.
        if policy.past or shows_unrecorded_switch(record, view):
            return False
        self.frame, self.next_status_time = view, view.next_status_time
        self._take(record, policy)
        due = rules.next_due(record, policy.workflow, policy.floor)
        self._until = _FOREVER if due is None else due.effective_time
        if record.layers:
            layers = unpack(record.layers)
            ends = [lease.end for lease in (*layers.sessions, *layers.engagements) if lease.end > now]
            self._until = min([self._until, *ends])
        return True


def _is_due(record: UserRecord, policy: Policy, now: int) -> bool:
    """Return True if something is due of a user who cannot become disconnected now.

    It is cheaper than `rules.next_due`, and leaves to that what is not simple.
    """
    workflow = policy.workflow
    timed = workflow.timed[record.state]
    # A lower bound of `rules.inactive_at`. Whatever else counts only puts it off.
    may_be_idle = timed is not None and record.clock + timed.period_ms <= now
    if not may_be_idle and not (record.layers and has_end(record.layers)):
        return False
    due = rules.next_due(record, workflow, policy.floor)
    return due is not None and due.effective_time <= now
