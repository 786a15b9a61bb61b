"""The index of a group that finds the users for whom something has become due, with no timer for any of them.

Inactivity depends on a period of the workflow. For each period there are heaps (docs/internals.md) in the order of a
*lower bound* of the user's own clock. Invariants: a user who waits for inactivity is in the heap for it, or flagged
OVERDUE; no user is in one heap twice; a bound is never above the clock. So an activity touches no heap, and a changed
period only moves the cut-off. An entry is only a hint: `collect` looks at the user before it acts on it. Of a heap that
is long, most waits in buckets (`clock_queue`).

`connections` does the same for sessions. What few users have, and what may move either way, is in queues of exact
times: ends of statuses, and engagements that live.

Users who are ARRIVED are in the index as they have become, not as they are recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from heapq import heappop
from typing import NamedTuple

from ...domain.layers import end_of_only_session, is_disconnected, unpack
from ...domain.record import UserRecord
from ...domain.settling import Policy, own_clock
from ...domain.status import Connection, Resume, State, Status
from ...domain.workflow import Workflow
from .clock_queue import FOREVER, ClockQueue
from .connections import Connections, Found
from .exact_queue import ExactQueue
from .user import ARRIVED, HEAPS, NUMBER_BITS, NUMBER_MASK, OVERDUE, Left, ResidentUser, as_is, is_indexed

ONLINE, AWAY_BY_HAND, AWAY_BY_ITSELF, ONLINE_UNTIL, GONE_ONLINE = range(HEAPS)
"""The heaps. ONLINE_UNTIL waits for nothing: it is there for the order of those who may be given work. GONE_ONLINE has
users who are disconnected, and ONLINE underneath."""

_HEAP_OF_STATE = {
    State.ONLINE_BY_HAND: ONLINE,
    State.ONLINE_BY_ACTIVITY: ONLINE,
    State.ONLINE_BY_EXPIRY: ONLINE,
    State.ONLINE_UNTIL: ONLINE_UNTIL,
    State.AWAY_BY_HAND: AWAY_BY_HAND,
    State.AWAY_BY_INACTIVITY: AWAY_BY_ITSELF,
    State.AWAY_BY_EXPIRY: AWAY_BY_ITSELF,
}
_HEAP_OF: tuple[int | None, ...] = tuple(_HEAP_OF_STATE.get(state) for state in State)
_WAITING = (
    (ONLINE, State.ONLINE_BY_ACTIVITY),
    (AWAY_BY_HAND, State.AWAY_BY_HAND),
    (AWAY_BY_ITSELF, State.AWAY_BY_INACTIVITY),
    (GONE_ONLINE, State.ONLINE_BY_ACTIVITY),
)
"""The heaps that wait for a period, and a state of each: all its states wait for the same."""

_COST_OF_END = 4
"""The cost of a look at the end of a status, in looks at a heap: the user is settled."""


def heap_of(record: UserRecord) -> int | None:
    """Return the heap in which the own status of a user with this record belongs; None if in none."""
    heap = _HEAP_OF[record.state]
    if record.layers and heap in (ONLINE, ONLINE_UNTIL) and is_disconnected(record.layers):
        return GONE_ONLINE if heap == ONLINE else None
    return heap


class Deadlines:
    """The index of one group. Times are ms UTC. `order` and `arrived` are the account's, `left` is the group's."""

    __slots__ = (
        *("_arrived", "_ends", "_first_looks", "_group", "_heaps", "_in_heap", "_left", "_order", "_periods"),
        *("connections", "engaged"),
    )

    def __init__(
        self, order: Sequence[ResidentUser], arrived: Mapping[ResidentUser, UserRecord], left: Left, in_heap: int
    ) -> None:
        self._order = order
        self._arrived = arrived
        self._left = left
        self._group = left.group
        self._in_heap = in_heap
        self._heaps: list[ClockQueue | None] = [None] * HEAPS
        """None for those in which there was nobody yet, which are most where accounts or teams are small."""
        self._ends = ExactQueue()
        """Ends of statuses."""
        self._periods: _Periods | None = None
        self._first_looks: _FirstLooks | None = None
        self.connections = Connections(order, arrived, left)
        self.engaged = ExactQueue()
        """Users who may be given work and have an engagement that lives; each with a lower bound of the last one's
        end. They are in neither heap of users who are ONLINE."""

    def as_is(self, record: ResidentUser) -> UserRecord:
        """Return the record with which a user is in the index."""
        return self._arrived[record] if record.flags & ARRIVED else record

    # --- what happens to a user --------------------------------------------------------------------------------------

    def enqueue(self, record: ResidentUser, now: int) -> None:
        """Make sure that a user who is not overdue, or has arrived, is where the record belongs."""
        at_present = self._arrived[record] if record.flags & ARRIVED else record
        if at_present.layers:
            heap = self._enqueue_layers(record, at_present, heap_of(at_present), now)
        else:
            heap = _HEAP_OF[at_present.state]
            if self._ends.times:
                self._ends.discard(record.number)
            if self.engaged.times:
                self.engaged.discard(record.number)
            self.connections.discard(record)
        if heap is not None and not record.flags & 1 << heap:
            self._push(heap, record, at_present.clock)

    def _enqueue_layers(self, record: ResidentUser, at_present: UserRecord, heap: int | None, now: int) -> int | None:
        """Do what `enqueue` has to do for the layers; return the heap of the own status, None if it is in none."""
        layers, number = unpack(at_present.layers), record.number
        if layers.expire_time is None:
            self._ends.discard(number)
        else:
            self._ends.put(number, layers.expire_time)
        self.connections.enqueue(record, layers, now)
        if heap in (ONLINE, ONLINE_UNTIL) and layers.engaged_until > now:
            self.engaged.put(number, max(at_present.clock, layers.engaged_until))
            return None
        self.engaged.discard(number)
        return heap

    def _push(self, heap: int, record: ResidentUser, bound: int) -> None:
        record.flags |= 1 << heap
        queue = self._heaps[heap]
        if queue is None:
            queue = self._heaps[heap] = ClockQueue(self._in_heap)
        queue.push(bound, record.number)

    def discard(self, record: ResidentUser) -> None:
        """Forget the exact times of a user who leaves the group. The entries of the heaps stay (`Group.left`)."""
        if self._ends.times:
            self._ends.discard(record.number)
        if self.engaged.times:
            self.engaged.discard(record.number)
        self.connections.discard(record)

    def count(self) -> int:
        """Return how many entries the heaps have."""
        return sum(len(queue) for queue in self._heaps if queue is not None) + self.connections.count()

    def forget(self, numbers: Collection[int]) -> None:
        """Drop all entries of some users, who are not flagged as being in the index. It looks at every entry."""
        for number in numbers:
            self._ends.discard(number)
            self.engaged.discard(number)
        self.forget_numbers(numbers)

    def forget_numbers(self, numbers: Collection[int]) -> None:
        """Drop all entries of some users, except exact times. It looks at every entry of the heaps."""
        self.connections.forget(numbers)
        for queue in self._heaps:
            if queue is not None:
                queue.remove(numbers)

    def load(self, record: ResidentUser, now: int) -> None:
        """Enqueue a user who was kept, and is in no index yet."""
        heap, layers = _HEAP_OF[record.state], record.layers
        if layers:
            session_end = end_of_only_session(layers)
            if session_end is None:
                heap = self._enqueue_layers(record, record, heap_of(record), now)
            else:
                self.connections.connect(record, session_end, now)
        if heap is not None:
            self._push(heap, record, record.clock)

    # --- what is due -------------------------------------------------------------------------------------------------

    def earliest(self, policy: Policy) -> int | None:
        """Return a lower bound (ms UTC) of the time at which something is due next; None for never."""
        base = max(policy.workflow.enabled_time, policy.floor)
        earliest = self._ends.earliest()
        periods = self._periods_of(policy.workflow)
        for heap, period_ms in periods.heaps:
            key = self._first_key(heap)
            if key is not None:
                earliest = _earlier(earliest, max(key >> NUMBER_BITS, base) + period_ms)
            if heap == ONLINE and self.engaged.times:
                earliest = _earlier(earliest, max(self.engaged.earliest() or 0, base) + period_ms)
        for connection, period_ms in periods.connections:
            since = self.connections.earliest(connection)
            if since is not None:
                earliest = _earlier(earliest, max(since, base) + period_ms)
        return earliest

    def is_quiet(self, policy: Policy, now: int) -> bool:
        """Return True if nothing is due of anybody at `now`, by the first entries alone. False is no proof."""
        ends, engaged = self._ends, self.engaged
        if policy.past or (ends.times and ends.due(now)) or (engaged.times and engaged.due(now)):
            return False
        looks = self._first_looks
        if looks is None or looks.policy is not policy:
            looks = self._first_looks = self._looks(policy)
        after = now + 1 << NUMBER_BITS
        for heap, period, not_before in looks.heaps:
            queue = self._heaps[heap]
            if queue is None or not_before > now:
                continue
            # In place, for most groups: this is what a read of those who are available costs.
            first = queue.near[0] if queue.near and not queue.opened else queue.first_key()
            if first is not None and first + period < after:
                return False
        for connection, period_ms, not_before in looks.connections:
            since = self.connections.earliest(connection)
            if since is not None and since + period_ms <= now and not_before <= now:
                return False
        return True

    def _looks(self, policy: Policy) -> _FirstLooks:
        base = max(policy.workflow.enabled_time, policy.floor)
        periods = self._periods_of(policy.workflow)
        heaps = ((heap, period_ms << NUMBER_BITS, base + period_ms) for heap, period_ms in periods.heaps)
        connections = ((connection, period_ms, base + period_ms) for connection, period_ms in periods.connections)
        return _FirstLooks(policy, tuple(heaps), tuple(connections))

    def collect(
        self, policy: Policy, now: int, budget: int, found: Found, moved: set[ResidentUser] | None
    ) -> int | None:
        """Call `found` for users for whom something is due at `now`, looking at up to `budget` entries.

        Each user costs one look per period, however active they are: if the user has been active since, the entry goes
        back into the heap with the user's true clock. Users whose engagements have ended are added to `moved`. Returns
        what is left of the budget, None if there are more entries to look at.
        """
        # What there is nothing of is passed over here: in an account of one user, each call costs that user.
        left: int | None = budget
        if self._ends.times:
            left = self._collect_ends(now, budget, found)
        if left is not None and self.engaged.times:
            left = self.release(now, left, moved)
        base = max(policy.workflow.enabled_time, policy.floor)
        periods = self._periods_of(policy.workflow)
        for connection, period_ms in periods.connections:
            if left is not None and base + period_ms <= now:
                left = self.connections.collect(connection, now - period_ms, now, left, found)
        for heap, period_ms in periods.heaps:
            if left is not None and self._heaps[heap] and base + period_ms <= now:
                left = self._collect_own(heap, now - period_ms, now, left, found)
        return left

    def _periods_of(self, workflow: Workflow) -> _Periods:
        periods = self._periods
        if periods is None or periods.workflow is not workflow:
            periods = self._periods = _Periods.of(workflow)
        return periods

    def _collect_ends(self, now: int, budget: int, found: Found) -> int | None:
        ends = self._ends
        while ends.due(now):
            if budget <= 0:
                return None
            taken = ends.take()
            if taken is None:
                budget -= 1
                continue
            budget -= _COST_OF_END
            record = self._order[taken[0]]
            if is_indexed(record):
                found(record)
        return budget

    def release(self, now: int, budget: int, moved: set[ResidentUser] | None) -> int | None:
        """Put users whose last engagement has ended back into their heaps.

        It looks at up to `budget` of them; returns what is left of the budget, None if there are more.
        """
        engaged = self.engaged
        while engaged.due(now):
            if budget <= 0:
                return None
            budget -= 1
            taken = engaged.take()
            if taken is None:
                continue
            record = self._order[taken[0]]
            at_present = self.as_is(record)
            until = own_clock(at_present)
            if until > now:
                engaged.put(record.number, until)
                continue
            if moved is not None:
                moved.add(record)
            heap = heap_of(at_present)
            if heap is not None and not record.flags & 1 << heap:
                self._push(heap, record, until)
        return budget

    def _collect_own(self, heap: int, until: int, now: int, budget: int, found: Found) -> int | None:
        queue = self._heaps[heap]
        if queue is None:
            return budget
        entries, in_heap, cutoff = queue.near, 1 << heap, (until + 1) << NUMBER_BITS
        while True:
            left = self._bring_near(queue, heap, budget)
            if left is None:
                return None
            budget = left
            while entries and entries[0] < cutoff:
                if budget <= 0:
                    return None
                budget -= 1
                key = heappop(entries)
                record = self._order[key & NUMBER_MASK]
                at_present = self._belonging(record, heap)
                if at_present is None:
                    self._left.drop(record, key & NUMBER_MASK, in_heap)
                    continue
                # An engagement may be ended at any moment, so its end is no lower bound.
                clock = min(own_clock(at_present), now) if at_present.layers else at_present.clock
                if clock > key >> NUMBER_BITS:
                    queue.push(clock, record.number)
                else:
                    record.flags &= ~in_heap
                    found(record)
            if entries or not queue.open(until):
                return budget

    def _bring_near(self, queue: ClockQueue, heap: int, budget: int) -> int | None:
        """Look at up to `budget` users of the bucket that was opened, and put them where their clocks belong.

        Return what is left of the budget, None if there are more.
        """
        opened = queue.opened
        while opened:
            if budget <= 0:
                return None
            budget -= 1
            number = opened.pop()
            record = self._order[number]
            at_present = self._belonging(record, heap)
            if at_present is None:
                self._left.drop(record, number, 1 << heap)
            else:
                # Never lower than the entry was: what is scheduled rests on it.
                queue.push(max(at_present.clock, queue.opened_from), number)
        queue.opened = None
        return budget

    def _first_key(self, heap: int) -> int | None:
        """Return a lower bound of the keys of a heap; None if there are none."""
        queue = self._heaps[heap]
        return None if queue is None else queue.first_key()

    def _belonging(self, record: ResidentUser, heap: int) -> UserRecord | None:
        """Return the record with which a user is in the index if that belongs in `heap`, else None."""
        flags = record.flags
        if record.group is not self._group or (flags & OVERDUE and not flags & ARRIVED):
            return None
        at_present = as_is(record, self._arrived)
        if heap_of(at_present) != heap:
            return None
        return None if at_present.layers and record.number in self.engaged.times else at_present

    # --- who is idle -------------------------------------------------------------------------------------------------

    def longest_idle(self, limit: int, budget: int) -> tuple[list[int] | None, int]:
        """Return the keys of up to `limit` users who are ONLINE and not engaged, idle for the longest time first.

        Call it after a complete `collect`, at the same instant. It corrects up to `budget` stale entries; what is left
        of the budget is returned too. Instead of the keys it returns None if there may be more such entries.
        """
        found: list[int] = []
        for heap in (ONLINE, ONLINE_UNTIL):
            keys, budget = self._foremost(heap, limit, budget)
            if keys is None:
                return None, budget
            found += keys
        return sorted(found)[:limit], budget

    def idle_bound(self) -> int | None:
        """Return a lower bound of all keys that `longest_idle` may find; None if there are none."""
        online, until = self._first_key(ONLINE), self._first_key(ONLINE_UNTIL)
        if online is not None and until is not None:
            return min(online, until)
        # In place, as every team of an account is asked in one step.
        return until if online is None else online

    def _foremost(self, heap: int, limit: int, budget: int) -> tuple[list[int] | None, int]:
        """Return the first `limit` entries of a heap, corrected, and what is left of the budget; None if it is gone."""
        queue = self._heaps[heap]
        if queue is None:
            return [], budget
        entries, in_heap = queue.near, 1 << heap
        found: list[int] = []
        complete = False
        while not complete:
            left = self._bring_near(queue, heap, budget)
            if left is None:
                budget = 0
                break
            budget = left
            while entries and len(found) < limit and budget > 0:
                key = heappop(entries)
                record = self._order[key & NUMBER_MASK]
                at_present = self._belonging(record, heap)
                if at_present is None:
                    self._left.drop(record, key & NUMBER_MASK, in_heap)
                    budget -= 1
                    continue
                clock = own_clock(at_present) if at_present.layers else at_present.clock
                if clock > key >> NUMBER_BITS:
                    queue.push(clock, record.number)
                    budget -= 1
                else:
                    found.append(key)
            if entries and len(found) < limit:
                break
            complete = len(found) >= limit or not queue.open(FOREVER)
        for key in found:
            queue.push(key >> NUMBER_BITS, key & NUMBER_MASK)
        return (found if complete else None), budget


def _earlier(time: int | None, other: int) -> int:
    return other if time is None or other < time else time


class _Periods(NamedTuple):
    """The heaps, and the states of the connection, that wait for a period under a workflow, and the periods (ms)."""

    workflow: Workflow
    heaps: tuple[tuple[int, int], ...]
    connections: tuple[tuple[Connection, int], ...]

    @classmethod
    def of(cls, workflow: Workflow) -> _Periods:
        w = workflow
        # Every team of an account asks after a change of the account's workflow, and most have the same values.
        return cls(
            workflow,
            *_waits(
                *(w.enabled, w.away_after_ms, w.offline_after_ms, w.resume),
                *(w.keep_manual_away, w.disconnect_after_ms, w.disconnect_status),
            ),
        )


class _FirstLooks(NamedTuple):
    """Where `is_quiet` looks under a policy: only groups whose available users are asked for have this.

    Each of the heaps, and of the states of the connection, comes with its period and the time before which nothing in
    it is due. The period of a heap is the difference that it makes to a key.
    """

    policy: Policy
    heaps: tuple[tuple[int, int, int], ...]
    connections: tuple[tuple[Connection, int, int], ...]


_Waits = tuple[tuple[tuple[int, int], ...], tuple[tuple[Connection, int], ...]]


@lru_cache(maxsize=256)
def _waits(
    enabled: bool,
    away_after_ms: int | None,
    offline_after_ms: int | None,
    resume: Resume,
    keep_manual_away: bool,
    disconnect_after_ms: int | None,
    disconnect_status: Status,
) -> _Waits:
    """Return the heaps and the connections of `_Periods`, which depend on nothing else of a workflow."""
    workflow = Workflow(
        enabled=enabled,
        away_after_ms=away_after_ms,
        offline_after_ms=offline_after_ms,
        resume=resume,
        keep_manual_away=keep_manual_away,
        disconnect_after_ms=disconnect_after_ms,
        disconnect_status=disconnect_status,
    )
    heaps = [(heap, timed.period_ms) for heap, state in _WAITING if (timed := workflow.timed[state]) is not None]
    connections = [
        (connection, away.period_ms)
        for connection in Connection
        if (away := workflow.timed_connection[connection]) is not None
    ]
    return tuple(heaps), tuple(connections)
