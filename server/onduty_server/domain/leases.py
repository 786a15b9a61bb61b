"""The events of sessions and engagements. What they mean is told in `rules`.

A lease is a session or an engagement: it ends when it is ended, and by itself at the time up to which it was kept.
"""

from __future__ import annotations

from .errors import LimitExceeded
from .events import extended, first_activity, note_activity, pruned, without_ended
from .layers import ENGAGEMENTS_MAX, SESSIONS_MAX, Lease, ended, kept
from .record import Decision, Shown, UserRecord
from .settling import Policy, settle, show
from .status import Connection, ConnectionEvent, State
from .workflow import FRESH_FOR_MS


def keep_session(
    record: UserRecord,
    policy: Policy,
    *,
    session_id: str,
    ttl_ms: int,
    activity_time: int | None,
    now: int,
    fresh_for_ms: int = FRESH_FOR_MS,
) -> Decision:
    """Open a session or renew it, until `now + ttl_ms`, which lifts a disconnection. The session resumes nobody.

    `activity_time` (ms UTC, at most `now`) is when its client last saw input; None if it does not tell. It counts as
    any other activity, and without it a never-seen user must not be given.

    Raises:
        LimitExceeded: the user has `SESSIONS_MAX` others that live. Nothing is done.
    """
    if record.state is State.UNSEEN:
        assert activity_time is not None
        settled = first_activity(record, policy, activity_time, now, fresh_for_ms)
        activity_time = None
    else:
        settled = settle(record, policy, now)
    updated = settled.own_record(record)
    layers = pruned(updated, now)
    sessions = kept(layers.sessions if layers.connected(now) else (), session_id, now + ttl_ms)
    _check_number(sessions, SESSIONS_MAX, "sessions", now)
    before, own, connection = Shown.of(updated, layers), updated.state, layers.connection
    kept_connection = policy.workflow.connection_machine.outcome(ConnectionEvent.SESSION_KEPT, connection)
    assert kept_connection is not None  # there is a row for every state
    layers = layers._replace(connection=kept_connection, sessions=sessions)
    if activity_time is not None and (updated.last_activity is None or activity_time >= updated.last_activity):
        layers = note_activity(updated, layers, policy, activity_time, now, fresh_for_ms)
    lifted = connection in (Connection.AWAY, Connection.OFFLINE)
    switch = show(updated, layers, before, now)
    return extended(settled, record, updated, layers, switch, now, durable=lifted or own is not updated.state)


def end_session(record: UserRecord, policy: Policy, *, session_id: str, now: int) -> Decision:
    """End a session. One that is unknown or has ended stays as it is."""
    settled = settle(record, policy, now)
    updated = settled.own_record(record)
    layers = pruned(updated, now)
    if not any(lease.lease_id == session_id and lease.end > now for lease in layers.sessions):
        return settled
    layers = without_ended(updated, layers._replace(sessions=ended(layers.sessions, session_id, now)), now)
    updated.layers = layers.pack()
    return extended(settled, record, updated, layers, None, now, durable=True)


def keep_engagement(record: UserRecord, policy: Policy, *, engagement_id: str, ttl_ms: int, now: int) -> Decision:
    """Open an engagement or renew it, until `now + ttl_ms`.

    Raises:
        LimitExceeded: the user has `ENGAGEMENTS_MAX` others that live. Nothing is done.
    """
    settled = settle(record, policy, now)
    updated = settled.own_record(record)
    layers = pruned(updated, now)
    engagements = kept(layers.engagements, engagement_id, now + ttl_ms)
    _check_number(engagements, ENGAGEMENTS_MAX, "engagements", now)
    layers = layers._replace(engagements=engagements)
    updated.layers = layers.pack()
    return extended(settled, record, updated, layers, None, now, durable=False)


def end_engagement(record: UserRecord, policy: Policy, *, engagement_id: str, now: int) -> Decision:
    """End an engagement. One that is unknown or has ended stays as it is."""
    settled = settle(record, policy, now)
    updated = settled.own_record(record)
    layers = pruned(updated, now)
    if not any(lease.lease_id == engagement_id for lease in layers.engagements):
        return settled
    # Not by `min(end, now)` alone: `now` may stand for the time at which the decision is written.
    updated.clock = max(updated.clock, now)
    remaining = tuple([lease for lease in layers.engagements if lease.lease_id != engagement_id])
    layers = layers._replace(engagements=remaining)
    updated.layers = layers.pack()
    return extended(settled, record, updated, layers, None, now, durable=True)


def _check_number(leases: tuple[Lease, ...], most: int, what: str, now: int) -> None:
    if len(leases) > most:
        others = leases[:-1]  # one that is renewed makes no more of them, so it is a new one that comes last
        raise LimitExceeded(
            f"the user has {most} {what}; end one of them, or wait until one runs out",
            retry_delay_ms=min(lease.end for lease in others) - now,
        )
