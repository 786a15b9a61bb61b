"""The fast path of the most frequent calls: activities and leases that change no status, and the status of one user."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

from ...app.limits import ACTIVITY_MAX_AGE_MS
from ...app.ports.activities import Activities, ActivityReport
from ...app.ports.clock import Clock
from ...app.ports.statuses import AvailabilityOrder, FoundAvailable, FoundUser, ImmediateStatuses, Renewal
from ...domain import rules
from ...domain.layers import LeaseAction, has_end, may_be_disconnected, renewed
from ...domain.record import StatusView, UserRecord
from ...domain.rules import Policy
from ...domain.status import State
from .account import Account
from .clocks import MovedClocks, rests_on_unwritten_clock
from .found import FoundFirst, FoundResident, Surroundings
from .reading import Reads
from .user import DIRTY, OVERDUE, UNSETTLED, UNWRITTEN, ResidentUser
from .vitality import Vitality

FOUND_MAX = 16_384
"""How many users stay found, in about 1 kB each; 3 kB with the longest names and reasons."""
_FOUND_AT_ONCE, _REPLACED_AT_ONCE = 64, 8
"""How many users of one batch are found anew at most, while there is room, and in the place of others.

Finding a user takes five times as long as a look. Whoever asks about all of many more users in turn would otherwise
find everybody anew, each time.
"""
_FIRST_MAX = 8
"""How many available users are found at once."""


class FastPath(ImmediateStatuses):
    """Answers without waiting. The code is written out in place, because these calls are most of a server's work."""

    def __init__(
        self, clock: Clock, accounts: Mapping[str, Account], clocks: MovedClocks, vitality: Vitality, reads: Reads
    ) -> None:
        self._clock = clock
        self._reads = reads
        self._around = Surroundings(clock.now, vitality, clocks.move, self._touch)
        self._users: OrderedDict[ResidentUser, FoundResident] = OrderedDict()
        """Users who were found, about whom more calls are to be expected."""
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
        self._clocks.move(account, record, activity_time)
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
        self._clocks.move(account, record, activity_time)
        return True

    def peek(self, account_id: str, user_id: str) -> StatusView | None:
        """Evaluate a user's record now, if that needs no wait."""
        account = self._accounts.get(account_id)
        if account is None or (record := account.users.get(user_id)) is None:
            return None
        return self._view(account, record, self._clock.now())

    def _view(self, account: Account, record: ResidentUser, now: int) -> StatusView | None:
        policy = record.group.policy
        if (
            now > self._vitality.horizon
            or record.revision > account.durable_revision
            or policy.workflow.revision > account.durable_revision
        ):
            return None
        view = rules.view(record, policy, now)
        if record.flags & (DIRTY | UNWRITTEN) and rests_on_unwritten_clock(record, view):
            return None
        return view

    def find(self, account_id: str, user_id: str) -> FoundUser | None:
        """Find a user, of whom what is shown is worked out anew only if it may have changed."""
        account = self._accounts.get(account_id)
        if account is None or (record := account.users.get(user_id)) is None:
            return None
        found = self._found(account, record)
        return found if found.peek() else None

    def find_all(self, account_id: str, user_ids: Sequence[str]) -> Sequence[FoundUser | StatusView] | None:
        """Find users, of whom some who are new are found from then on. The others' statuses are not kept."""
        account, now = self._accounts.get(account_id), self._clock.now()
        if account is None or now > self._vitality.horizon:
            return None
        users, known = account.users, self._users
        may_find = _FOUND_AT_ONCE if len(known) < FOUND_MAX else _REPLACED_AT_ONCE
        all_found: list[FoundUser | StatusView] = []
        for user_id in user_ids:
            record = users.get(user_id)
            if record is None:
                return None
            found = known.get(record)
            if found is None and may_find:
                may_find -= 1
                found = self._found(account, record)
            if found is not None:
                if not found.peek(now):
                    return None
                all_found.append(found)
            elif (view := self._view(account, record, now)) is not None:
                all_found.append(view)
            else:
                return None
        return all_found

    def find_available(
        self, account_id: str, order: AvailabilityOrder, limit: int, max_engagements: int, team_id: str
    ) -> FoundAvailable | None:
        """Find users by the index, if nothing that it rests on has to be waited for."""
        if limit > _FIRST_MAX:
            return None
        first = FoundFirst(
            self._around, self._accounts, self._reads, self._found, account_id, order, limit, max_engagements, team_id
        )
        return first if first.peek() else None

    def forget_found(self) -> None:
        """Keep nobody who was found: somebody was erased."""
        self._users.clear()

    def _found(self, account: Account, record: ResidentUser) -> FoundResident:
        """Return a user as found before, or anew in place of the one found first if there are too many."""
        users = self._users
        found = users.get(record)
        if found is None:
            if len(users) >= FOUND_MAX:
                users.popitem(last=False)
            found = users[record] = FoundResident(self._around, account, record)
        return found


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
