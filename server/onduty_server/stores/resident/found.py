"""Users and requests that were found once for all calls about them, with what is shown as long as that is true.

Both compare what an answer was made of with what there is now, and ask the rules, or the index, anew if anything
differs. So nobody who writes has to tell them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from ...app.ports.statuses import AvailabilityOrder, FoundAvailable, FoundUser
from ...domain import rules
from ...domain.layers import unpack
from ...domain.rules import Policy
from ...domain.status import State
from .account import Account
from .clocks import shows_unrecorded_switch
from .group import Group
from .reading import Reads
from .since_index import SinceIndex
from .user import UNSETTLED, ResidentUser
from .vitality import Vitality

_FOREVER = 1 << 62
"""Later than any time."""


class Surroundings(NamedTuple):
    """The parts of its store that a found user needs."""

    now: Callable[[], int]
    vitality: Vitality
    move: Callable[[Account, ResidentUser, int], None]
    """`MovedClocks.move`."""
    touch: Callable[[Account, ResidentUser, int | None, int], bool]
    """Records an activity of a time, or of now, if it only moves the clock; now comes last."""


class FoundResident(FoundUser):
    """A user, and what is shown of it as long as that is true.

    Invariant: before `_until`, what is shown follows from the record's fields and the policy that are compared here.
    What is not compared changes only together with one of them: a status or a profile with the revision, and a revision
    that is durable never stands for something else. An actor may be forgotten without a revision.
    """

    __slots__ = (
        *("_account", "_actor", "_around", "_clock", "_layers", "_now", "_only_moves", "_period_ms"),
        *("_policy", "_record", "_revision", "_state", "_until", "_vitality"),
    )

    def __init__(self, around: Surroundings, account: Account, record: ResidentUser) -> None:
        super().__init__(account.account_id, record.user_id)
        self._around = around
        self._now = around.now
        self._vitality = around.vitality
        self._account = account
        self._record = record
        self._until = 0
        self._only_moves = False
        """True if an activity can only move the clock and the next switch, while nothing differs and nothing is due."""
        self._period_ms = 0
        """How long after the clock the next switch is then; 0 if there is none."""
        self._take(record, record.group.policy)

    def _take(self, record: ResidentUser, policy: Policy) -> None:
        self._policy, self._layers, self._clock = policy, record.layers, record.clock
        self._revision, self._state, self._actor = record.revision, record.state, record.actor
        self.last_activity = record.last_activity

    def peek(self, now: int | None = None) -> bool:
        """See `FoundUser`; `now` is the store's time (ms UTC) if the caller has it at hand."""
        if now is None:
            now = self._now()
        return (now <= self._vitality.horizon and self._is_same(self._record, now)) or self._look(now)

    def _is_same(self, record: ResidentUser, now: int) -> bool:
        """Return True if nothing has become due since the last look, and nothing was written.

        By identity, which is enough where it is only asked whether something was written.
        """
        return (
            now < self._until
            and record.clock is self._clock
            and record.last_activity is self.last_activity
            and record.revision is self._revision
            and record.state is self._state
            and record.layers is self._layers
            and record.actor is self._actor
            and record.group.policy is self._policy
            and not self._account.is_erased
        )

    def touch(self) -> bool:
        """See `FoundUser`."""
        record, now, account = self._record, self._now(), self._account
        # What `FastPath` asks of every activity, as far as it may have changed since the last look.
        if (
            self._only_moves
            and now <= self._vitality.immediate_until
            and self._is_same(record, now)
            and not record.flags & UNSETTLED
            and (last := self.last_activity) is not None
            and last <= now
        ):
            self._around.move(account, record, now)
            self.kept, self._clock, self.last_activity = None, record.clock, record.last_activity
            if self._period_ms:
                self.next_status_time = self._until = record.clock + self._period_ms
            return True
        return not account.is_erased and self._around.touch(account, record, None, now) and self._look(self._now())

    def _look(self, now: int) -> bool:
        """Work out what is shown, as `FastPath.peek` does."""
        account, record = self._account, self._record
        policy = record.group.policy
        self._until, self._only_moves, self.kept, self.kept_frame = 0, False, None, None
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
        workflow = policy.workflow
        due = rules.next_due(record, workflow, policy.floor)
        self._until = _FOREVER if due is None else due.effective_time
        if record.layers:
            layers = unpack(record.layers)
            ends = [lease.end for lease in (*layers.sessions, *layers.engagements) if lease.end > now]
            self._until = min([self._until, *ends])
        elif not workflow.resumes[record.state]:
            timed = workflow.timed[record.state]
            self._period_ms = 0 if timed is None else timed.period_ms
            # Then it is the clock that says when, and a later clock says so as well.
            self._only_moves = timed is None or self._until == record.clock + timed.period_ms
        return True


class FoundFirst(FoundAvailable):
    """A request for available users, and what the index answers to it.

    Invariant: `Reads` says who they are. While everything is durable and nothing is due of anybody, they are still the
    same if the index begins with the same keys.
    """

    __slots__ = (
        *("_account", "_accounts", "_changes", "_find", "_first", "_group", "_index", "_is_usual", "_keys", "_limit"),
        *("_now", "_reads", "_request", "_vitality"),
    )

    def __init__(
        self,
        around: Surroundings,
        accounts: Mapping[str, Account],
        reads: Reads,
        find: Callable[[Account, ResidentUser], FoundResident],
        account_id: str,
        order: AvailabilityOrder,
        limit: int,
        max_engagements: int,
        team_id: str,
    ) -> None:
        super().__init__(account_id)
        self._now = around.now
        self._vitality = around.vitality
        self._accounts = accounts
        self._reads = reads
        self._find = find
        self._request = order, limit, max_engagements, team_id
        self._limit = limit
        self._is_usual = order is AvailabilityOrder.LONGEST_AVAILABLE and not max_engagements
        """True if the first of the index are those who are asked for."""
        self._account: Account | None = None
        """None if it takes `Reads` to find them."""
        self._group: Group | None = None
        self._index: SinceIndex | None = None
        self._first: Sequence[FoundResident] = ()
        self._keys: list[int] = []
        """The keys that `_first` have in the index, when that had counted so many `_changes`."""
        self._changes = 0

    def peek(self) -> bool:
        """See `FoundAvailable`."""
        now, account, group, index = self._now(), self._account, self._group, self._index
        # What `Reads.available_now` asks, as far as it may have changed.
        if (
            account is None
            or index is None
            or now > self._vitality.horizon
            or account.decided_revision > account.durable_revision
            or account.unsure
            or self._accounts.get(self.account_id) is not account
            or (group is not None and account.groups.get(group.team_id) is not group)
            or not account.is_quiet(now, group)
            or (index.changes != self._changes and not self._are_still_first(index))
        ):
            return self._ask(now)
        total = account.online if group is None else group.online
        if total != self.total:
            self.total, self.kept = total, None
        for user in self._first:  # noqa: SIM110 - a generator costs as much as a look
            if not user.peek(now):
                return False
        return True

    def _are_still_first(self, index: SinceIndex) -> bool:
        self._changes = index.changes
        return index.first(self._limit) == self._keys

    def _ask(self, now: int) -> bool:
        order, limit, max_engagements, team_id = self._request
        self._account = None
        available = self._reads.available_now(self.account_id, order, limit, max_engagements, team_id)
        if available is None:
            return False
        records, total = available
        account = self._accounts[self.account_id]
        self.users = self._first = [self._find(account, record) for record in records]
        if total != self.total:
            self.total, self.kept = total, None
        for user in self._first:
            if not user.peek(now):
                return False
        if self._is_usual:
            self._account, self._group = account, account.groups[team_id] if team_id else None
            self._index = index = account.since if self._group is None else self._group.since
            assert index is not None
            self._keys, self._changes = index.first(limit), index.changes
        return True
