"""When a user began and ceased to have a session, or an engagement: what reports add up as connected and engaged time.

All of a user's sessions together are one open period as long as the record has any, be it one that has ended; the same
holds for engagements. The end of the period that is open has no edge, because it may still be put off: it follows from
the record (`Layers.session_end`, `Layers.engaged_until`). It gets its edge when a decision closes the period, or opens
another one.

Invariant: a user's edges of a kind alternate, in the order of their times, and one more has begun than has ended if and
only if the record has a lease of the kind. So what only puts off the end of a live lease makes no edge.
"""

from __future__ import annotations

from .layers import Layers, Lease, unpack
from .record import LeaseEdge, UserRecord
from .tallies import CONNECTED, ENGAGED, Key


def lease_edges(before: UserRecord, after: UserRecord, now: int, layers: Layers | None = None) -> tuple[LeaseEdge, ...]:
    """Return the edges of a decision at `now` that makes `after` of the record `before`.

    A move between teams ends what is open in the former team, and begins it in the new one. `layers` are those of
    `after`, if they are at hand.
    """
    team_id = after.profile.team_id
    if before.layers == after.layers and (not after.layers or before.profile.team_id == team_id):
        return ()
    was, now_is = unpack(before.layers), unpack(after.layers) if layers is None else layers
    edges: list[LeaseEdge] = []
    if was.sessions or now_is.sessions:
        _add(edges, CONNECTED, _end(was.sessions), _end(now_is.sessions), before.profile.team_id, team_id, now)
    if was.engagements or now_is.engagements:
        _add(edges, ENGAGED, _end(was.engagements), _end(now_is.engagements), before.profile.team_id, team_id, now)
    return tuple(edges)


def _end(leases: tuple[Lease, ...]) -> int | None:
    return max([lease.end for lease in leases]) if leases else None


def _add(
    edges: list[LeaseEdge], kind: int, former_end: int | None, end: int | None, was_in: str, is_in: str, now: int
) -> None:
    """Add the edges of one kind; the ends are those of the last lease, None if there is none."""
    if former_end is None:
        assert end is not None
        edges.append(LeaseEdge(Key(kind, is_in), now, True))
        return
    # The end of a lease that has ended moves only where a move restarts the clocks: that period is an empty one.
    begins_anew = was_in != is_in or (former_end <= now and end != former_end)
    if end is None or begins_anew:
        edges.append(LeaseEdge(Key(kind, was_in), min(former_end, now), False))
    if end is not None and begins_anew:
        edges.append(LeaseEdge(Key(kind, is_in), min(end, now), True))
