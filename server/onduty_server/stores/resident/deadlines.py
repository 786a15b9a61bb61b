"""The index of a group that finds the users for whom something has become due, with no timer for any of them.

Inactivity depends on a period of the workflow. For each period there are heaps (docs/internals.md) in the order of a
*lower bound* of the user's own clock. Invariants: a user who waits for inactivity is in the heap for it, or flagged
OVERDUE; no user is in one heap twice; a bound is never above the clock. So an activity touches no heap, and a changed
period only moves the cut-off. An entry is only a hint: `collect` looks at the user before it acts on it.

`connections` does the same for sessions. What few users have, and what may move either way, is in queues of exact
times: ends of statuses, and engagements that live.

Users who are ARRIVED are in the index as they have become, not as they are recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from heapq import heapify, heappop, heappush, heapreplace
from typing import NamedTuple

from ...domain.layers import is_disconnected, unpack
from ...domain.record import UserRecord
from ...domain.settling import Policy, own_clock
from ...domain.status import Connection, Resume, State, Status
from ...domain.workflow import Workflow
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

_NO_HEAP: list[int] = []
"""Stands for every heap that has had no entry yet. Nobody writes to it."""

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

    __slots__ = ("_arrived", "_ends", "_group", "_heaps", "_left", "_order", "_periods", "connections", "engaged")

    def __init__(self, order: Sequence[ResidentUser], arrived: Mapping[ResidentUser, UserRecord], left: Left) -> None:
        self._order = order
        self._arrived = arrived
        self._left = left
        self._group = left.group
        self._heaps: list[list[int]] = [_NO_HEAP] * HEAPS
        """Each is a list of its own from its first entry on: most groups need one or two."""
        self._ends = ExactQueue()
        """Ends of statuses."""
        self._periods: _Periods | None = None
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
        entries = self._heaps[heap]
        if entries is _NO_HEAP:
            entries = self._heaps[heap] = []
        heappush(entries, bound << NUMBER_BITS | record.number)

    def discard(self, record: ResidentUser) -> None:
        """Forget the exact times of a user who leaves the group. The entries of the heaps stay (`Group.left`)."""
        if self._ends.times:
            self._ends.discard(record.number)
        if self.engaged.times:
            self.engaged.discard(record.number)
        self.connections.discard(record)

    def count(self) -> int:
        """Return how many entries the heaps have."""
        return sum(map(len, self._heaps)) + self.connections.count()

    def forget(self, numbers: Collection[int]) -> None:
        """Drop all entries of some users, who are not flagged as being in the index. It looks at every entry."""
        for number in numbers:
            self._ends.discard(number)
            self.engaged.discard(number)
        self.forget_numbers(numbers)

    def forget_numbers(self, numbers: Collection[int]) -> None:
        """Drop all entries of some users, except exact times. It looks at every entry of the heaps."""
        self.connections.forget(numbers)
        for heap in self._heaps:
            kept = [key for key in heap if key & NUMBER_MASK not in numbers]
            if len(kept) < len(heap):
                heap[:] = kept
                heapify(heap)

    def finish_loading(self) -> None:
        """Turn what was appended into heaps."""
        for heap in self._heaps:
            heapify(heap)

    def load(self, record: ResidentUser, now: int) -> None:
        """Enqueue a user who was kept. Call `finish_loading` after the last one."""
        heap = _HEAP_OF[record.state]
        if record.layers:
            heap = self._enqueue_layers(record, record, heap_of(record), now)
        if heap is not None:
            record.flags |= 1 << heap
            entries = self._heaps[heap]
            if entries is _NO_HEAP:
                entries = self._heaps[heap] = []
            entries.append(record.clock << NUMBER_BITS | record.number)

    # --- what is due -------------------------------------------------------------------------------------------------

    def earliest(self, policy: Policy) -> int | None:
        """Return a lower bound (ms UTC) of the time at which something is due next; None for never."""
        base = max(policy.workflow.enabled_time, policy.floor)
        earliest = self._ends.earliest()
        periods = self._periods_of(policy.workflow)
        for heap, period_ms in periods.heaps:
            entries = self._heaps[heap]
            if entries:
                earliest = _earlier(earliest, max(entries[0] >> NUMBER_BITS, base) + period_ms)
            if heap == ONLINE and self.engaged.times:
                earliest = _earlier(earliest, max(self.engaged.earliest() or 0, base) + period_ms)
        for connection, period_ms in periods.connections:
            since = self.connections.earliest(connection)
            if since is not None:
                earliest = _earlier(earliest, max(since, base) + period_ms)
        return earliest

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
        entries, in_heap, cutoff = self._heaps[heap], 1 << heap, (until + 1) << NUMBER_BITS
        while entries and entries[0] < cutoff:
            if budget <= 0:
                return None
            budget -= 1
            key = entries[0]
            record = self._order[key & NUMBER_MASK]
            at_present = self._belonging(record, heap)
            if at_present is None:
                heappop(entries)
                self._left.drop(record, key & NUMBER_MASK, in_heap)
                continue
            # An engagement may be ended at any moment, so its end is no lower bound.
            clock = min(own_clock(at_present), now) if at_present.layers else at_present.clock
            if clock > key >> NUMBER_BITS:
                heapreplace(entries, clock << NUMBER_BITS | record.number)
            else:
                heappop(entries)
                record.flags &= ~in_heap
                found(record)
        return budget

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
        online, until = self._heaps[ONLINE], self._heaps[ONLINE_UNTIL]
        if online and until:
            return min(online[0], until[0])
        # In place, as every team of an account is asked in one step.
        return online[0] if online else until[0] if until else None

    def _foremost(self, heap: int, limit: int, budget: int) -> tuple[list[int] | None, int]:
        """Return the first `limit` entries of a heap, corrected, and what is left of the budget; None if it is gone."""
        entries, in_heap = self._heaps[heap], 1 << heap
        found: list[int] = []
        while entries and len(found) < limit and budget > 0:
            key = entries[0]
            record = self._order[key & NUMBER_MASK]
            at_present = self._belonging(record, heap)
            if at_present is None:
                heappop(entries)
                self._left.drop(record, key & NUMBER_MASK, in_heap)
                budget -= 1
                continue
            clock = own_clock(at_present) if at_present.layers else at_present.clock
            if clock > key >> NUMBER_BITS:
                heapreplace(entries, clock << NUMBER_BITS | record.number)
                budget -= 1
            else:
                found.append(heappop(entries))
        complete = not entries or len(found) >= limit
        for key in found:
            heappush(entries, key)
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
