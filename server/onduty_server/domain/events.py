"""The events of a user's own status: activities and settings by hand. What they mean is told in `rules`."""

from __future__ import annotations

from .edges import lease_edges
from .errors import RevisionConflict
from .layers import NO_LAYERS, Layers, live, unpack
from .record import Decision, Shown, Switch, UserRecord
from .settling import Policy, fire, is_fresh, settle, show
from .status import SET_EVENT, SET_UNTIL_EVENT, ConnectionEvent, Event, State, Status, Then
from .workflow import FRESH_FOR_MS


def record_activity(
    record: UserRecord, policy: Policy, *, activity_time: int, now: int, fresh_for_ms: int = FRESH_FOR_MS
) -> Decision:
    """Record an activity of `activity_time` (at most `now`) that arrives at `now`; `fresh_for_ms` is as in `is_fresh`.

    - A never-seen user becomes ONLINE at the activity's time, and timed switches due since then apply. If the activity
      is stale and no switch was due, the user becomes AWAY at `now`.
    - An activity older than the newest one known changes nothing.
    - A fresh activity that moves the clock resumes a user whom inactivity switched, if the workflow's `resume` allows
      it. A repeated one, or one older than the last setting by hand, does not move the clock and brings nobody back.
    - A fresh activity that is newer than the newest one known resumes a user whose status has ended in AWAY
      (`may_resume`), and lifts a disconnection (`seen`).
    """
    workflow = policy.workflow
    if record.state is State.UNSEEN:
        return first_activity(record, policy, activity_time, now, fresh_for_ms)
    settled = settle(record, policy, now)
    if record.last_activity is not None and activity_time < record.last_activity:
        return settled
    moved = settled.own_record(record)
    if moved.layers:
        layers = pruned(moved, now)
        before, connection = Shown.of(moved, layers), layers.connection
        own = moved.state
        layers = note_activity(moved, layers, policy, activity_time, now, fresh_for_ms)
        switch = show(moved, layers, before, now)
        more_than_numbers = own is not moved.state or connection is not layers.connection
        return extended(settled, record, moved, layers, switch, now, durable=more_than_numbers)
    resumes = workflow.resumes[moved.state] and may_resume(moved, activity_time)
    moved.last_activity = activity_time
    moved.clock = max(moved.clock, activity_time)
    if resumes and is_fresh(activity_time, workflow, now, fresh_for_ms):
        return Decision(moved, (*settled.switches, fire(moved, workflow, Event.ACTIVITY, now)), durable=True)
    return Decision(moved, settled.switches, settled.durable)


def first_activity(record: UserRecord, policy: Policy, activity_time: int, now: int, fresh_for_ms: int) -> Decision:
    """Record the activity by which a never-seen user becomes known."""
    workflow = policy.workflow
    first = record.copy()
    first.last_activity = first.clock = activity_time
    online = first.copy()
    switch = fire(online, workflow, Event.ACTIVITY, activity_time)
    # Replaced workflows do not apply: the user was unknown while they were in force.
    settled = settle(online, Policy(workflow, policy.floor), now)
    if not settled.switches and not is_fresh(activity_time, workflow, now, fresh_for_ms):
        # No switch was due because the workflow is off, or was switched on since, or an outage restarted the clocks.
        # None of these makes a user present who was last active so long ago.
        return Decision(first, (fire(first, workflow, Event.STALE_ACTIVITY, now),), durable=True)
    return Decision(settled.record, (switch, *settled.switches), durable=True)


def set_status(
    record: UserRecord,
    policy: Policy,
    *,
    status: Status,
    now: int,
    actor: str,
    reason: str,
    expected_revision: int | None,
    caller: str = "",
    expire_time: int | None = None,
    then: Then | None = None,
) -> Decision:
    """Set `status` by hand at `now`, which also restarts the user's clock and lifts a disconnection (`seen`).

    With `expire_time` (ms UTC, after `now`), the status ends then and `then` follows, AUTOMATIC unless given; without
    it, an end that was set before is dropped. There is a switch only if the state, actor, reason or end changes;
    otherwise only the clock moves. `caller` names who made the call if that is not the actor; the record does not keep
    it, so a different caller alone is not a change.

    Raises:
        RevisionConflict: `expected_revision` is not the record's revision, or a timed switch has become true since it.
            In the second case the caller may have read the old status just before, and has to read again.
    """
    settled = settle(record, policy, now)
    if expected_revision is not None and (settled.switches or expected_revision != record.revision):
        raise RevisionConflict(
            f"the user's status has changed since expected_revision {expected_revision}; read it again"
        )
    updated = settled.own_record(record)
    if expire_time is None and not updated.layers:  # nearly always, and half of what the other layers take
        before_fields = updated.state, updated.actor, updated.reason
        updated.clock = max(updated.clock, now)
        switch = fire(updated, policy.workflow, SET_EVENT[status], now, actor, reason, caller)
        is_change = before_fields != (updated.state, updated.actor, updated.reason)
        return extended(settled, record, updated, NO_LAYERS, switch if is_change else None, now, durable=True)
    layers = pruned(updated, now)
    before = Shown.of(updated, layers)
    updated.clock = max(updated.clock, now)
    policy.workflow.machine.fire(updated, SET_EVENT[status] if expire_time is None else SET_UNTIL_EVENT[status])
    updated.actor, updated.reason = actor, reason
    if expire_time is None:
        layers = layers._replace(expire_time=None, then=None)
    else:
        layers = layers._replace(expire_time=expire_time, then=then or Then.AUTOMATIC)
    layers = seen(layers, policy, now, now)
    shown = show(updated, layers, before, now, caller)
    return extended(settled, record, updated, layers, shown, now, durable=True)


def note_activity(
    record: UserRecord, layers: Layers, policy: Policy, activity_time: int, now: int, fresh_for_ms: int
) -> Layers:
    """Let an activity that is not older than the last one happen to a settled record, in place; return its layers.

    The record is the caller's own, and its layers are pruned; the caller writes those that are returned into it.
    """
    workflow = policy.workflow
    resumes, is_news = may_resume(record, activity_time), is_newest(record, activity_time)
    record.last_activity = activity_time
    record.clock = max(record.clock, activity_time)
    if not is_news or not is_fresh(activity_time, workflow, now, fresh_for_ms):
        return layers
    if resumes and workflow.machine.fire(record, Event.ACTIVITY):
        record.actor = record.reason = ""
    return seen(layers, policy, activity_time, now)


def is_newest(record: UserRecord, activity_time: int) -> bool:
    """True if no activity is known that is as new."""
    return record.last_activity is None or activity_time > record.last_activity


def may_resume(record: UserRecord, activity_time: int) -> bool:
    """True if an activity is new enough to bring back the user of a settled record, if it is fresh.

    It has to move the clock, except for a status that has ended in AWAY: the clock then stands at the end, and an
    activity of before it, which would have prevented the AWAY had it been told in time, brings back as well.
    """
    if record.state is State.AWAY_BY_EXPIRY:
        return is_newest(record, activity_time)
    return activity_time > record.clock


def seen(layers: Layers, policy: Policy, at: int, now: int) -> Layers:
    """Return the layers of a user who is seen at `at` (ms UTC), which is told at `now`, by more than a session.

    If no session lives and the last has ended by then, the user is as if there had never been one. Sessions end at an
    outage's end at the earliest: what was sent while it lasted may be older than a session that could not be kept.
    """
    if (
        layers.connected(now)
        or at < max(layers.session_end, policy.floor)
        or (connection := policy.workflow.connection_machine.outcome(ConnectionEvent.SEEN_ELSEWHERE, layers.connection))
        is None
    ):
        return layers
    return layers._replace(connection=connection, sessions=())


def pruned(record: UserRecord, now: int) -> Layers:
    """Return a record's layers without leases that have ended, and move its clock to the end of such an engagement.

    The record is the caller's own, and keeps its layers. Of sessions, the last to end is kept if none lives.
    """
    return without_ended(record, unpack(record.layers), now) if record.layers else NO_LAYERS


def without_ended(record: UserRecord, layers: Layers, now: int) -> Layers:
    """As `pruned`, of layers that are not in the record yet."""
    sessions, engagements = live(layers.sessions, now), live(layers.engagements, now)
    if len(sessions) == len(layers.sessions) and len(engagements) == len(layers.engagements):
        return layers
    if len(engagements) < len(layers.engagements):
        record.clock = max(record.clock, *(lease.end for lease in layers.engagements if lease.end <= now))
    if not sessions and layers.sessions:
        sessions = (max(layers.sessions, key=lambda lease: lease.end),)
    return layers._replace(sessions=sessions, engagements=engagements)


def extended(
    settled: Decision,
    before: UserRecord,
    record: UserRecord,
    layers: Layers,
    switch: Switch | None,
    now: int,
    *,
    durable: bool,
) -> Decision:
    """Return `settled` with what has happened to its record since; `durable` is about that alone.

    `before` is the record before it was settled, and `layers` are those that `record` has now.
    """
    switches = settled.switches if switch is None else (*settled.switches, switch)
    edges = lease_edges(before, record, now, layers)
    return Decision(record, switches, durable or settled.durable or switch is not None or bool(edges), edges=edges)
