"""The index of a group that finds the users whom the end of their last session has disconnected.

Invariants: a user who is connected is in a bucket or, once the end is near, in a heap, by a lower bound of the end of
the last session; or flagged OVERDUE. So a session that is kept touches nothing here, and neither does a change of
`disconnect_after`. A user who is shown as AWAY by a disconnection is in a heap as well: the workflow may come to ask
for OFFLINE. An entry is only a hint: `collect` looks at the user before it acts on it.

What makes the last session end sooner than was to be expected goes into a queue of exact times.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from heapq import heapify, heappop, heappush, heapreplace

from ...app.limits import SESSION_TTL_MIN_MS
from ...domain.layers import Layers, is_disconnected, unpack
from ...domain.record import UserRecord
from ...domain.status import Connection
from .bucket_queue import BucketQueue, bucket_of
from .exact_queue import ExactQueue
from .user import CONNECTED, GONE_AWAY, NUMBER_BITS, NUMBER_MASK, Left, ResidentUser, as_is, is_indexed

_COST = 2
"""The cost of a look at an entry, in looks at a heap: the user's layers are unpacked."""

Found = Callable[[ResidentUser], None]
"""Called for a user for whom something is due."""


class Connections:
    """Times are ms UTC. `order` and `arrived` are those of the account, `left` is that of the group."""

    __slots__ = ("_arrived", "_connected", "_gone_away", "_group", "_left", "_lowered", "_near", "_order")

    def __init__(self, order: Sequence[ResidentUser], arrived: Mapping[ResidentUser, UserRecord], left: Left) -> None:
        self._order = order
        self._arrived = arrived
        self._left = left
        self._group = left.group
        self._connected = BucketQueue()
        self._near: list[int] = []
        """A heap of those who are connected and whose last session ends soon, as far as is known."""
        self._gone_away: list[int] = []
        self._lowered = ExactQueue()
        """Ends of last sessions that came to lie before what a bound rests on."""

    def enqueue(self, record: ResidentUser, layers: Layers, now: int) -> None:
        """Make sure that a user is where these layers belong."""
        session_end = layers.session_end
        if self._lowered.times.get(record.number) != session_end:
            self._lowered.discard(record.number)
        if layers.connection is Connection.CONNECTED and not record.flags & CONNECTED:
            self.connect(record, session_end, now)
        elif layers.connection is Connection.AWAY and not record.flags & GONE_AWAY:
            record.flags |= GONE_AWAY
            heappush(self._gone_away, session_end << NUMBER_BITS | record.number)

    def connect(self, record: ResidentUser, session_end: int, now: int) -> None:
        """Add a connected user who is in none of the queues."""
        record.flags |= CONNECTED
        self._connected.add(record.number, _bound(session_end, now))

    def lower(self, record: ResidentUser, session_end: int) -> None:
        """Record that the end of a connected user's last session came to lie sooner."""
        self._lowered.put(record.number, session_end)

    def discard(self, record: ResidentUser) -> None:
        """Forget what was recorded by `lower` of a user."""
        if self._lowered.times:
            self._lowered.discard(record.number)

    def count(self) -> int:
        """Return how many entries there are, besides exact times."""
        return len(self._connected) + len(self._near) + len(self._gone_away)

    def forget(self, numbers: Collection[int]) -> None:
        """Drop all entries of some users. It looks at every entry."""
        self._connected.remove(numbers)
        for number in numbers:
            self._lowered.discard(number)
        for heap in (self._near, self._gone_away):
            heap[:] = [key for key in heap if key & NUMBER_MASK not in numbers]
            heapify(heap)

    def earliest(self, connection: Connection) -> int | None:
        """Return a lower bound of the times from which users in a state of the connection wait; None for never."""
        if connection is Connection.AWAY:
            return self._gone_away[0] >> NUMBER_BITS if self._gone_away else None
        earliest = self._connected.earliest()
        if self._near:
            near = self._near[0] >> NUMBER_BITS
            earliest = near if earliest is None else min(near, earliest)
        lowered = self._lowered.earliest()
        return lowered if earliest is None or (lowered is not None and lowered < earliest) else earliest

    def collect(self, connection: Connection, until: int, now: int, budget: int, found: Found) -> int | None:
        """Call `found` for users in a state of the connection whose last session has ended at `until` or before.

        It looks at up to `budget` entries, and returns what is left of the budget, None if there are more to look at.
        """
        if connection is Connection.AWAY:
            return self._collect_gone_away(until, budget, found)
        left = self._collect_lowered(until, budget, found)
        if left is not None:
            left = self._collect_buckets(until, now, left)
        return None if left is None else self._collect_near(until, now, left, found)

    def _collect_lowered(self, until: int, budget: int, found: Found) -> int | None:
        while self._lowered.due(until):
            if budget <= 0:
                return None
            budget -= 1
            taken = self._lowered.take()
            if taken is None:
                continue
            number, session_end = taken
            layers = self._layers_of(self._order[number], Connection.CONNECTED)
            if layers is not None and layers.session_end == session_end:
                found(self._order[number])
        return budget

    def _collect_buckets(self, until: int, now: int, budget: int) -> int | None:
        """Move users to `_near`, or to a later bucket."""
        while self._connected.due(until):
            if budget <= 0:
                return None
            budget -= _COST
            number, bucket = self._connected.take()
            record = self._order[number]
            layers = self._layers_of(record, Connection.CONNECTED)
            if layers is None:
                self._left.drop(record, number, CONNECTED)
                continue
            bound = _bound(layers.session_end, now)
            if bucket_of(bound) > bucket:
                self._connected.add(number, bound)
            else:
                heappush(self._near, layers.session_end << NUMBER_BITS | number)
        return budget

    def _collect_near(self, until: int, now: int, budget: int, found: Found) -> int | None:
        near, cutoff = self._near, (until + 1) << NUMBER_BITS
        while near and near[0] < cutoff:
            if budget <= 0:
                return None
            budget -= _COST
            key = near[0]
            record = self._order[key & NUMBER_MASK]
            layers = self._layers_of(record, Connection.CONNECTED)
            if layers is not None and layers.session_end > key >> NUMBER_BITS:
                bound = _bound(layers.session_end, now)
                if bucket_of(bound) > bucket_of(until):
                    heappop(near)
                    self._connected.add(record.number, bound)
                else:
                    heapreplace(near, layers.session_end << NUMBER_BITS | record.number)
                continue
            heappop(near)
            self._left.drop(record, key & NUMBER_MASK, CONNECTED)
            if layers is not None:
                found(record)
        return budget

    def _collect_gone_away(self, until: int, budget: int, found: Found) -> int | None:
        gone_away, cutoff = self._gone_away, (until + 1) << NUMBER_BITS
        while gone_away and gone_away[0] < cutoff:
            if budget <= 0:
                return None
            budget -= _COST
            key = gone_away[0]
            record = self._order[key & NUMBER_MASK]
            layers = self._layers_of(record, Connection.AWAY)
            if layers is not None and layers.session_end > key >> NUMBER_BITS:
                heapreplace(gone_away, layers.session_end << NUMBER_BITS | record.number)
                continue
            heappop(gone_away)
            self._left.drop(record, key & NUMBER_MASK, GONE_AWAY)
            if layers is not None:
                found(record)
        return budget

    def _layers_of(self, record: ResidentUser, connection: Connection) -> Layers | None:
        """Return a user's layers; None if the user is not in this state of the connection, has left, or is overdue."""
        if record.group is not self._group or not is_indexed(record):
            return None
        layers = unpack(as_is(record, self._arrived).layers)
        return layers if layers.connection is connection else None


def _bound(session_end: int, now: int) -> int:
    """Return a lower bound of the end of the last session that holds whatever is kept after `now`.

    A session that is kept lives for `SESSION_TTL_MIN_MS` at least. One that is ended, or kept for a shorter time than
    before, may end sooner than the bound: that goes into `_lowered`.
    """
    return min(session_end, now + SESSION_TTL_MIN_MS)


def lowered_session_end(before: str, after: str) -> int | None:
    """Return the end of the last session in the layers after a change if it is sooner than it was before, else None."""
    if not after or before == after or is_disconnected(after):
        return None
    layers = unpack(after)
    if layers.connection is not Connection.CONNECTED or unpack(before).session_end <= layers.session_end:
        return None
    return layers.session_end
