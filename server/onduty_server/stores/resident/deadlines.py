"""The index of an account that finds the users for whom something has become due, with no timer for any of them.

Inactivity and disconnection depend on a period of the workflow. For each there are heaps (docs/internals.md) in the
order of a *lower bound* of the time from which the period counts. Invariants: a user who waits for a period is in the
heap for it, or flagged OVERDUE; no user is in one heap twice; a bound is never above the true time. So an activity, or
a session that is kept, touches no heap, and a changed period only moves the cut-off. An entry is only a hint: `collect`
looks at the user before it acts on it.

What few users have, and what may move either way, is in queues of exact times: ends of statuses, engagements that live,
and sessions that ended sooner than was expected.

Users who are ARRIVED are in the index as they have become, not as they are recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush, heapreplace

from ...app.limits import SESSION_TTL_MIN_MS
from ...domain.layers import is_disconnected, unpack
from ...domain.record import UserRecord
from ...domain.settling import Policy, own_clock
from ...domain.status import Connection, State
from ...domain.workflow import Workflow
from .bucket_queue import BucketQueue, bucket_of
from .exact_queue import ExactQueue
from .user import ARRIVED, HEAPS, IN_HEAPS, NUMBER_BITS, NUMBER_MASK, OVERDUE, ResidentUser

ONLINE, AWAY_BY_HAND, AWAY_BY_ITSELF, ONLINE_UNTIL, GONE_ONLINE, CONNECTED, GONE_AWAY = range(HEAPS)
"""The heaps. ONLINE_UNTIL waits for nothing: it is there for the order of those who may be given work. GONE_ONLINE has
users who are disconnected, and ONLINE underneath. The last two are of the connection. Those who are CONNECTED are in
buckets until the end of their sessions is near, and then in the heap."""

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
_OWN_STATES = (
    (ONLINE, State.ONLINE_BY_ACTIVITY),
    (AWAY_BY_HAND, State.AWAY_BY_HAND),
    (AWAY_BY_ITSELF, State.AWAY_BY_INACTIVITY),
    (GONE_ONLINE, State.ONLINE_BY_ACTIVITY),
)
"""The heaps of the own status that wait for a period, and a state of each: all its states wait for the same."""
_CONNECTIONS = ((CONNECTED, Connection.CONNECTED), (GONE_AWAY, Connection.AWAY))

_COST_OF_END = 4
"""What a look at the end of a status costs, of a budget in looks at a heap: the user is settled."""

Found = Callable[[ResidentUser], None]


def heap_of(record: UserRecord) -> int | None:
    """Return the heap in which the own status of a user with this record belongs; None if in none."""
    heap = _HEAP_OF[record.state]
    if record.layers and heap in (ONLINE, ONLINE_UNTIL) and is_disconnected(record.layers):
        return GONE_ONLINE if heap == ONLINE else None
    return heap


class Deadlines:
    """The index of one account. Times are ms UTC. `order` and `arrived` are those of the account."""

    __slots__ = ("_arrived", "_connected", "_ends", "_heaps", "_lowered", "_order", "engaged")

    def __init__(self, order: Sequence[ResidentUser], arrived: Mapping[ResidentUser, UserRecord]) -> None:
        self._order = order
        self._arrived = arrived
        self._heaps: tuple[list[int], ...] = tuple([] for _ in range(HEAPS))
        self._connected = BucketQueue()
        """Users of the heap CONNECTED who are not in it yet, by the same bound."""
        self._ends = ExactQueue()
        """Ends of statuses."""
        self._lowered = ExactQueue()
        """Ends of the last sessions that came to lie before what a bound in the heap CONNECTED rests on."""
        self.engaged = ExactQueue()
        """Users who may be given work and have an engagement that lives; each with a lower bound of the last one's
        end. They are in neither heap of users who are ONLINE."""

    def as_is(self, record: ResidentUser) -> UserRecord:
        """Return the record with which a user is in the index."""
        return self._arrived[record] if record.flags & ARRIVED else record

    # --- what happens to a user --------------------------------------------------------------------------------------

    def enqueue(self, record: ResidentUser, now: int) -> None:
        """Make sure that a user who is not overdue, or has arrived, is where the record belongs."""
        at_present = self.as_is(record)
        heap = heap_of(at_present)
        if at_present.layers:
            heap = self._enqueue_layers(record, at_present, heap, now)
        else:
            for queue in (self._ends, self._lowered, self.engaged):
                if queue.times:
                    queue.discard(record.number)
        if heap is not None and not record.flags & 1 << heap:
            self._push(heap, record, at_present.clock)

    def _enqueue_layers(self, record: ResidentUser, at_present: UserRecord, heap: int | None, now: int) -> int | None:
        """Do what `enqueue` has to do for the layers; return the heap of the own status, None if it is in none."""
        layers, number, flags = unpack(at_present.layers), record.number, record.flags
        if layers.expire_time is None:
            self._ends.discard(number)
        else:
            self._ends.put(number, layers.expire_time)
        session_end = layers.session_end
        if self._lowered.times.get(number) != session_end:
            self._lowered.discard(number)
        if layers.connection is Connection.CONNECTED and not flags & 1 << CONNECTED:
            record.flags |= 1 << CONNECTED
            self._connected.add(number, _bound_of_sessions(session_end, now))
        elif layers.connection is Connection.AWAY and not flags & 1 << GONE_AWAY:
            self._push(GONE_AWAY, record, session_end)
        if heap in (ONLINE, ONLINE_UNTIL) and layers.engaged_until > now:
            self.engaged.put(number, max(at_present.clock, layers.engaged_until))
            return None
        self.engaged.discard(number)
        return heap

    def _push(self, heap: int, record: ResidentUser, bound: int) -> None:
        record.flags |= 1 << heap
        heappush(self._heaps[heap], bound << NUMBER_BITS | record.number)

    def lower(self, record: ResidentUser, session_end: int) -> None:
        """Record that the end of a connected user's last session came to lie sooner."""
        self._lowered.put(record.number, session_end)

    def forget(self, records: Iterable[ResidentUser]) -> None:
        """Drop all entries of some users. It looks at every entry of the index."""
        numbers = set()
        for record in records:
            numbers.add(record.number)
            record.flags &= ~IN_HEAPS
            for queue in (self._ends, self._lowered, self.engaged):
                queue.discard(record.number)
        self._connected.remove(numbers)
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
        heap = heap_of(record)
        if record.layers:
            heap = self._enqueue_layers(record, record, heap, now)
        if heap is not None:
            record.flags |= 1 << heap
            self._heaps[heap].append(record.clock << NUMBER_BITS | record.number)

    # --- what is due -------------------------------------------------------------------------------------------------

    def earliest(self, policy: Policy) -> int | None:
        """Return a lower bound (ms UTC) of the time at which something is due next; None for never."""
        workflow = policy.workflow
        base = max(workflow.enabled_time, policy.floor)
        earliest = self._ends.earliest()
        for heap, period_ms in _periods(workflow):
            entries = self._heaps[heap]
            times = [entries[0] >> NUMBER_BITS if entries else None]
            if heap == ONLINE:
                times.append(self.engaged.earliest())
            elif heap == CONNECTED:
                times += (self._lowered.earliest(), self._connected.earliest())
            since = min((time for time in times if time is not None), default=None)
            if since is not None:
                due = max(since, base) + period_ms
                if earliest is None or due < earliest:
                    earliest = due
        return earliest

    def collect(
        self, policy: Policy, now: int, budget: int, found: Found, moved: set[ResidentUser] | None
    ) -> int | None:
        """Call `found` for users for whom something is due at `now`, looking at up to `budget` entries.

        Each user costs one look per period, however active they are: if the user has been active since, the entry goes
        back into the heap with the user's true clock. Users whose engagements have ended are added to `moved`. Returns
        what is left of the budget, None if there are more entries to look at.
        """
        left = self._collect_ends(now, budget, found)
        if left is not None:
            left = self._release(now, left, moved)
        workflow = policy.workflow
        base = max(workflow.enabled_time, policy.floor)
        for heap, period_ms in _periods(workflow):
            if left is None:
                break
            if base + period_ms > now:
                continue
            until = now - period_ms
            if heap == CONNECTED:
                left = self._collect_lowered(until, left, found)
                if left is not None:
                    left = self._collect_buckets(until, now, left)
            if left is not None:
                if heap in (CONNECTED, GONE_AWAY):
                    left = self._collect_connection(heap, until, now, left, found)
                else:
                    left = self._collect_own(heap, until, now, left, found)
        return left

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
            if self._is_indexed(record):
                found(record)
        return budget

    def _release(self, now: int, budget: int, moved: set[ResidentUser] | None) -> int | None:
        """Put users whose last engagement has ended back into their heaps."""
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
                record.flags &= ~in_heap
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

    def _collect_buckets(self, until: int, now: int, budget: int) -> int | None:
        """Move users to the heap CONNECTED whose sessions end soon, as far as is known."""
        while self._connected.due(until):
            if budget <= 0:
                return None
            budget -= 1
            number, bucket = self._connected.take()
            record = self._order[number]
            layers = unpack(self.as_is(record).layers)
            if not self._is_indexed(record) or layers.connection is not Connection.CONNECTED:
                record.flags &= ~(1 << CONNECTED)
                continue
            bound = _bound_of_sessions(layers.session_end, now)
            if bucket_of(bound) > bucket:
                self._connected.add(number, bound)
            else:
                self._push(CONNECTED, record, layers.session_end)
        return budget

    def _collect_connection(self, heap: int, until: int, now: int, budget: int, found: Found) -> int | None:
        entries, in_heap, cutoff = self._heaps[heap], 1 << heap, (until + 1) << NUMBER_BITS
        connection = Connection.CONNECTED if heap == CONNECTED else Connection.AWAY
        while entries and entries[0] < cutoff:
            if budget <= 0:
                return None
            budget -= 1
            key = entries[0]
            record = self._order[key & NUMBER_MASK]
            layers = unpack(self.as_is(record).layers)
            if not self._is_indexed(record) or layers.connection is not connection:
                heappop(entries)
                record.flags &= ~in_heap
                continue
            if layers.session_end <= key >> NUMBER_BITS:
                heappop(entries)
                record.flags &= ~in_heap
                found(record)
                continue
            bound = _bound_of_sessions(layers.session_end, now)
            if heap == CONNECTED and bucket_of(bound) > bucket_of(until):
                heappop(entries)
                self._connected.add(record.number, bound)
            else:
                heapreplace(entries, layers.session_end << NUMBER_BITS | record.number)
        return budget

    def _collect_lowered(self, until: int, budget: int, found: Found) -> int | None:
        while self._lowered.due(until):
            if budget <= 0:
                return None
            budget -= 1
            taken = self._lowered.take()
            if taken is None:
                continue
            number, session_end = taken
            record = self._order[number]
            layers = unpack(self.as_is(record).layers)
            if (
                self._is_indexed(record)
                and layers.connection is Connection.CONNECTED
                and layers.session_end == session_end
            ):
                found(record)
        return budget

    def _is_indexed(self, record: ResidentUser) -> bool:
        return not record.flags & OVERDUE or bool(record.flags & ARRIVED)

    def _belonging(self, record: ResidentUser, heap: int) -> UserRecord | None:
        """Return the record with which a user is in the index if that belongs in `heap`, else None."""
        flags = record.flags
        if flags & OVERDUE and not flags & ARRIVED:
            return None
        at_present = self._arrived[record] if flags & ARRIVED else record
        if heap_of(at_present) != heap:
            return None
        return None if at_present.layers and record.number in self.engaged.times else at_present

    # --- who is idle -------------------------------------------------------------------------------------------------

    def longest_idle(self, limit: int, budget: int) -> list[int] | None:
        """Return the numbers of up to `limit` users who are ONLINE and not engaged, idle for the longest time first.

        Call it after a complete `collect`, at the same instant. It corrects up to `budget` stale entries, and returns
        None if there may be more of them.
        """
        found: list[int] = []
        for heap in (ONLINE, ONLINE_UNTIL):
            keys, budget = self._foremost(heap, limit, budget)
            if keys is None:
                return None
            found += keys
        return [key & NUMBER_MASK for key in sorted(found)[:limit]]

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
                record.flags &= ~in_heap
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


def _bound_of_sessions(session_end: int, now: int) -> int:
    """Return a lower bound of the end of the last session that holds whatever is kept after `now`.

    A session that is kept lives for `SESSION_TTL_MIN_MS` at least. One that is ended, or kept for a shorter time than
    before, may end sooner than the bound: that goes into `_lowered`.
    """
    return min(session_end, now + SESSION_TTL_MIN_MS)


def _periods(workflow: Workflow) -> list[tuple[int, int]]:
    """Return the heaps that wait for a period under a workflow, and the periods (ms)."""
    periods = [(heap, timed.period_ms) for heap, state in _OWN_STATES if (timed := workflow.timed[state]) is not None]
    for heap, connection in _CONNECTIONS:
        if (away := workflow.timed_connection[connection]) is not None:
            periods.append((heap, away.period_ms))
    return periods
