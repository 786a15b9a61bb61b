"""One account in memory: its users, and the index by last activity that finds those with a timed switch due.

The index (docs/internals.md) is a heap per state that has a timed transition, ordered by a *lower bound* of the user's
clock. Invariants: a user in such a state is in its heap, or flagged OVERDUE and in `overdue`; no user is in one heap
twice; a bound is never above the user's clock. So an activity touches no heap, and a changed period only moves the
cut-off. An entry is only a hint: `collect` looks at the user before it acts on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heapify, heappop, heappush, heapreplace

from sortedcontainers import SortedList

from ...domain import rules
from ...domain.record import AccountEvent, UserRecord
from ...domain.rules import Policy
from ...domain.status import State, Status
from .overdue import Overdue

NUMBER_BITS = 32
"""An index key is one int, compared in one step: a time in ms, and in this many lower bits a user's number."""
_NUMBER_MASK = (1 << NUMBER_BITS) - 1

QUEUED_STATES = (State.ONLINE_BY_ACTIVITY, State.AWAY_BY_HAND, State.AWAY_BY_INACTIVITY)
"""A representative state of each heap. Both ONLINE states share one: they wait for the same period."""
_ONLINE_QUEUE = 0

_QUEUE_BY_STATE = {
    State.ONLINE_BY_HAND: 0,
    State.ONLINE_BY_ACTIVITY: 0,
    State.AWAY_BY_HAND: 1,
    State.AWAY_BY_INACTIVITY: 2,
}
_QUEUE_OF: tuple[int | None, ...] = tuple(_QUEUE_BY_STATE.get(state) for state in State)

# Flags of a resident user. The lowest bits say in which heaps the user has an entry.
_IN_HEAPS = (1 << len(QUEUED_STATES)) - 1
OVERDUE = 1 << 3
DIRTY = 1 << 4
"""The clock has moved since it was last journalled."""
UNWRITTEN = 1 << 5
"""A journalled clock is not known to be durable."""


class ResidentUser(UserRecord):
    """A user's record, with its number in the account."""

    __slots__ = ("flags", "number")

    def __init__(self, user_id: str, number: int) -> None:
        super().__init__(user_id)
        self.number = number
        self.flags = 0

    def assign(self, record: UserRecord) -> None:
        """Copy from `record` everything that an event may have changed, except the revision."""
        self.state = record.state
        self.status_since = record.status_since
        self.last_activity = record.last_activity
        self.clock = record.clock
        self.actor = record.actor
        self.reason = record.reason


class Account:
    """The users of an account and their index. Times are ms UTC."""

    __slots__ = (
        "_by_since",
        "_heaps",
        "_scan_end",
        "_scan_position",
        "_since_position",
        "account_id",
        "decided_revision",
        "durable_revision",
        "looks",
        "moved",
        "number",
        "online",
        "order",
        "overdue",
        "overdue_online",
        "policy",
        "revision",
        "scheduled",
        "unsent",
        "users",
        "watched",
    )

    def __init__(self, account_id: str, number: int, policy: Policy, overdue: Overdue) -> None:
        self.account_id = account_id
        self.number = number
        self.policy = policy
        self.revision = 0
        self.durable_revision = 0
        self.decided_revision = 0
        """The last revision that is not that of a timed switch."""
        self.users: dict[str, ResidentUser] = {}
        self.order: list[ResidentUser] = []
        """Users by number, which is the order in which they were first seen."""
        self.online = 0
        """How many users are ONLINE according to what was committed."""
        self.overdue = overdue
        """Users known to have a timed switch due.

        Those without the flag, or that no longer exist, are to be skipped.
        """
        self.overdue_online = 0
        """How many of the users flagged OVERDUE are still committed as ONLINE."""
        self.watched = False
        """True while anybody listens to the account's events."""
        self.unsent: list[AccountEvent] = []
        """Events that are not durable yet, so that listeners have not been told of them."""
        self.scheduled: int | None = None
        """The time (ms UTC) at which the schedule has the account as due."""
        self._heaps: tuple[list[int], ...] = tuple([] for _ in QUEUED_STATES)
        self.looks = 0
        """How many rankings by last activity are looking at all users, in chunks."""
        self.moved: set[ResidentUser] | None = None
        """While there are such rankings: the users who were active or changed since the first of them began."""
        self._by_since: SortedList[int] = SortedList()
        self._since_position = 0
        """Users with smaller numbers are in `_by_since` as long as they are ONLINE."""
        self._scan_position = 0
        self._scan_end = 0

    # --- users -------------------------------------------------------------------------------------------------------

    def add(self, user_id: str) -> ResidentUser:
        """Add a user in state UNSEEN."""
        record = ResidentUser(user_id, len(self.order))
        self.users[user_id] = record
        self.order.append(record)
        return record

    def load(self, record: ResidentUser) -> None:
        """Add a user that was kept. Call `finish_loading` after the last one."""
        self.users[record.user_id] = record
        self.order.append(record)
        if record.revision > self.revision:
            self.revision = record.revision
        queue = _QUEUE_OF[record.state]
        if queue is not None:
            if queue == _ONLINE_QUEUE:
                self.online += 1
            record.flags |= 1 << queue
            self._heaps[queue].append(record.clock << NUMBER_BITS | record.number)

    def finish_loading(self) -> None:
        """Turn the entries that `load` added into heaps."""
        for heap in self._heaps:
            heapify(heap)
        self.durable_revision = self.revision = max(self.revision, self.policy.workflow.revision)

    def reassign(self, record: ResidentUser, decided: UserRecord) -> None:
        """Write a decided record into a user's record and bring every index up to date."""
        before = record.state
        since = record.status_since
        if record.flags & OVERDUE:
            record.flags &= ~OVERDUE
            if before.status is Status.ONLINE:
                self.overdue_online -= 1
        elif before.status is Status.ONLINE and record.number < self._since_position:
            self._by_since.discard(since << NUMBER_BITS | record.number)
        record.assign(decided)
        state = record.state
        self.online += (state.status is Status.ONLINE) - (before.status is Status.ONLINE)
        if state.status is Status.ONLINE and record.number < self._since_position:
            self._by_since.add(record.status_since << NUMBER_BITS | record.number)
        if self.moved is not None:
            self.moved.add(record)
        self._enqueue(record)

    def put_back(self, images: Mapping[ResidentUser, UserRecord]) -> None:
        """Restore users, revision included, as they were before changes that were lost; forget those then unseen.

        This looks at every entry of the index, because a bound may now be above its user's clock.
        """
        for record, image in images.items():
            self.reassign(record, image)
            record.revision = image.revision
        numbers = {record.number for record in images}
        for heap in self._heaps:
            kept = [key for key in heap if key & _NUMBER_MASK not in numbers]
            if len(kept) < len(heap):
                heap[:] = kept
                heapify(heap)
        # Users that came last go first, so that no other user's number changes.
        while self.order and self.order[-1].state is State.UNSEEN:
            record = self.order.pop()
            del self.users[record.user_id]
            record.flags = 0
        for record in images:
            record.flags &= ~_IN_HEAPS
            self._enqueue(record)
        self._scan_end = min(self._scan_end, len(self.order))
        if self._since_position < _NUMBER_MASK:
            self._since_position = min(self._since_position, len(self.order))

    def _enqueue(self, record: ResidentUser) -> None:
        queue = _QUEUE_OF[record.state]
        if queue is not None and not record.flags & 1 << queue:
            record.flags |= 1 << queue
            heappush(self._heaps[queue], record.clock << NUMBER_BITS | record.number)

    # --- what is due -------------------------------------------------------------------------------------------------

    def earliest(self) -> int | None:
        """Return a lower bound (ms UTC) of the next timed switch; 0 if one is known to be due, None for never."""
        if self.overdue or self.policy.past:
            return 0
        workflow, floor = self.policy.workflow, self.policy.floor
        base = max(workflow.enabled_time, floor)
        earliest: int | None = None
        for heap, state in zip(self._heaps, QUEUED_STATES, strict=True):
            timed = workflow.timed[state]
            if heap and timed is not None:
                due = max(heap[0] >> NUMBER_BITS, base) + timed.period_ms
                if earliest is None or due < earliest:
                    earliest = due
        return earliest

    def rescan(self) -> None:
        """Make `collect` look at every present user once, because a past policy was added."""
        self._scan_position, self._scan_end = 0, len(self.order)

    def scanned(self) -> bool:
        """Return True if every user to whom a past policy may apply has been looked at."""
        return self._scan_position >= self._scan_end

    def collect(self, now: int, budget: int) -> bool:
        """Move users due at `now` to `overdue`, looking at up to `budget` entries; return False if there are more.

        Each user costs one look per period, however active they are: if the user has been active since, the entry goes
        back into the heap with the user's true clock.
        """
        while not self.scanned():
            if budget <= 0:
                return False
            budget -= 1
            record = self.order[self._scan_position]
            self._scan_position += 1
            if not record.flags & OVERDUE and rules.settle(record, self.policy, now).switches:
                self._flag_overdue(record)
        workflow = self.policy.workflow
        base = max(workflow.enabled_time, self.policy.floor)
        for queue, state in enumerate(QUEUED_STATES):
            timed = workflow.timed[state]
            if timed is None or base + timed.period_ms > now:
                continue
            heap, in_heap = self._heaps[queue], 1 << queue
            cutoff = (now - timed.period_ms + 1) << NUMBER_BITS
            while heap and heap[0] < cutoff:
                if budget <= 0:
                    return False
                budget -= 1
                record = self.order[heap[0] & _NUMBER_MASK]
                if record.flags & OVERDUE or _QUEUE_OF[record.state] != queue:
                    heappop(heap)
                    record.flags &= ~in_heap
                elif record.clock > heap[0] >> NUMBER_BITS:
                    heapreplace(heap, record.clock << NUMBER_BITS | record.number)
                else:
                    heappop(heap)
                    record.flags &= ~in_heap
                    self._flag_overdue(record)
        return True

    def _flag_overdue(self, record: ResidentUser) -> None:
        record.flags |= OVERDUE
        self.overdue.add(record.number)
        if record.state.status is Status.ONLINE:
            self.overdue_online += 1
            if record.number < self._since_position:
                self._by_since.discard(record.status_since << NUMBER_BITS | record.number)

    def take_overdue(self) -> ResidentUser | None:
        """Take out the next user whose timed switch is to be committed. The flag stays until `reassign`."""
        while (number := self.overdue.take()) is not None:
            if number < len(self.order):  # otherwise the user's first change was lost
                record = self.order[number]
                if record.flags & OVERDUE:
                    return record
        return None

    def not_overdue(self, record: ResidentUser) -> None:
        """Put back a user who turned out not to be due."""
        self.reassign(record, record.copy())

    # --- available users; call these after `collect` was complete, at the same instant ------------------------------

    def available_count(self) -> int:
        """Return how many users are ONLINE."""
        return self.online - self.overdue_online

    def index_since(self, budget: int) -> bool:
        """Look at up to `budget` more users for `longest_available`; return False if there are more.

        The index is begun with the first such read and kept from then on, since most accounts have no router.
        """
        position = self._since_position
        if position <= len(self.order):
            self._since_position = min(position + budget, len(self.order))
            users = self.order[position : self._since_position]
            self._by_since.update(
                [record.status_since << NUMBER_BITS | record.number for record in users if is_online(record)]
            )
            if self._since_position < len(self.order):
                return False
            self._since_position = _NUMBER_MASK  # users that come later are added when they come
        return True

    def longest_available(self, limit: int) -> list[ResidentUser]:
        """Return up to `limit` users who are ONLINE, for the longest time first.

        Call it once `index_since` is complete.
        """
        return [self.order[key & _NUMBER_MASK] for key in self._by_since.islice(0, limit)]

    def longest_idle(self, limit: int, budget: int) -> list[ResidentUser] | None:
        """Return up to `limit` users who are ONLINE, those inactive for the longest time first.

        It corrects up to `budget` stale index entries, and returns None if there may be more of them.
        """
        heap, in_heap = self._heaps[_ONLINE_QUEUE], 1 << _ONLINE_QUEUE
        found: list[int] = []
        while heap and len(found) < limit and budget > 0:
            record = self.order[heap[0] & _NUMBER_MASK]
            if record.flags & OVERDUE or _QUEUE_OF[record.state] != _ONLINE_QUEUE:
                heappop(heap)
                record.flags &= ~in_heap
                budget -= 1
            elif record.clock > heap[0] >> NUMBER_BITS:
                heapreplace(heap, record.clock << NUMBER_BITS | record.number)
                budget -= 1
            else:
                found.append(heappop(heap))
        complete = not heap or len(found) >= limit
        for key in found:
            heappush(heap, key)
        return [self.order[key & _NUMBER_MASK] for key in found] if complete else None


def is_online(record: ResidentUser) -> bool:
    """Return True if a user was ONLINE at the last `collect`."""
    return record.state.status is Status.ONLINE and not record.flags & OVERDUE
