"""When a user began and ceased to have a session, or an engagement: what reports add up as connected and engaged time.

All of a user's sessions together are one open period as long as the record has any, be it one that has ended; the same
holds for engagements. The end of the period that is open has no edge, because it may still be put off: it follows from
the record (`Layers.session_end`, `Layers.engaged_until`). It gets its edge when a decision closes the period, or opens
another one.

Invariant: a user's edges of a kind alternate, in the order of their times, and one more has begun than has ended if and
only if the record has a lease of the kind. So what only puts off the end of a live lease makes no edge.
"""

from __future__ import annotations

from .layers import Lease, unpack
from .record import LeaseEdge, UserRecord
from .tallies import CONNECTED, ENGAGED, Key


def lease_edges(before: UserRecord, after: UserRecord, now: int) -> tuple[LeaseEdge, ...]:
    """Return the edges of a decision at `now` that makes `after` of the record `before`.

    A move between teams ends what is open in the former team, and begins it in the new one.
    """
    was_in, is_in = before.profile.team_id, after.profile.team_id
    if before.layers == after.layers and (not after.layers or was_in == is_in):
        return ()
    was, now_is = unpack(before.layers), unpack(after.layers)
    return (
        *_edges(Key(CONNECTED, was_in), _end(was.sessions), Key(CONNECTED, is_in), _end(now_is.sessions), now),
        *_edges(Key(ENGAGED, was_in), _end(was.engagements), Key(ENGAGED, is_in), _end(now_is.engagements), now),
    )


def _end(leases: tuple[Lease, ...]) -> int | None:
    return max([lease.end for lease in leases]) if leases else None


def _edges(former: Key, former_end: int | None, key: Key, end: int | None, now: int) -> tuple[LeaseEdge, ...]:
    """Return the edges of one kind; the ends are those of the last lease, None if there is none."""
    if former_end is None:
        return () if end is None else (LeaseEdge(key, now, True),)
    closing = LeaseEdge(former, min(former_end, now), False)
    if end is None:
        return (closing,)
    # The end of a lease that has ended moves only where a move restarts the clocks: that period is an empty one.
    if former != key or (former_end <= now and end != former_end):
        return (closing, LeaseEdge(key, min(end, now), True))
    return ()
