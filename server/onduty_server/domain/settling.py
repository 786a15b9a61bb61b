"""The passing of time: the transitions that a policy brings with it, and the record as they leave it.

Invariant: settling is idempotent. Settling at t1 and then at t2 gives the same record and the same switches, with the
same times, as settling at t2. Why reads are exact therefore, and what the layers are, is told in `rules`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from .layers import Layers, unpack
from .record import Decision, Shown, Switch, UserRecord
from .status import END_EVENT, ConnectionEvent, Event, State, Status, Then, shown_state
from .workflow import DEFAULT_WORKFLOW, FRESH_FOR_MS, TimedTransition, Workflow


@dataclass(frozen=True, slots=True)
class PastPolicy:
    """A replaced workflow, kept until every switch that fell due under it has been committed.

    It decides what fell due at `until` or earlier, for records whose last change has `last_revision` or an older one: a
    record that changed later was settled under it at that change. This makes the cost of changing a workflow
    independent of the number of overdue users.
    """

    workflow: Workflow
    floor: int
    until: int
    last_revision: int


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything that decides a user's timed transitions: workflow, recovery floor (ms UTC), replaced workflows."""

    workflow: Workflow = DEFAULT_WORKFLOW
    floor: int = 0
    past: tuple[PastPolicy, ...] = ()


class Layer(IntEnum):
    """A layer in which time moves something. At the same millisecond, the smaller number comes first."""

    CONNECTION = 1
    END = 2
    INACTIVITY = 3


class Due(NamedTuple):
    """A record's next timed transition: the state shown after it, when it becomes true (ms UTC), and its layer.

    `alone` is False if another layer moves something at the same millisecond, after it.
    """

    state: State
    effective_time: int
    layer: Layer = Layer.INACTIVITY
    alone: bool = True


def own_clock(record: UserRecord) -> int:
    """The newest activity, setting by hand, or end of a status or engagement (ms UTC).

    It lies ahead while an engagement lives.
    """
    return max(record.clock, unpack(record.layers).engaged_until) if record.layers else record.clock


def idle_since(record: UserRecord, workflow: Workflow, floor: int) -> int:
    """The moment from which the user's inactivity is measured (ms UTC)."""
    return max(own_clock(record), workflow.enabled_time, floor)


def is_fresh(activity_time: int, workflow: Workflow, now: int, fresh_for_ms: int = FRESH_FOR_MS) -> bool:
    """True if a user who was ONLINE, with a clock started by this activity, would still be ONLINE at `now`.

    While no period is in force, the limit is `fresh_for_ms`. The age is that of the activity itself: `enabled_time` and
    the recovery floor do not make it fresher.
    """
    timed = workflow.timed[State.ONLINE_BY_ACTIVITY]
    return now - activity_time < (fresh_for_ms if timed is None else timed.period_ms)


def next_due(record: UserRecord, workflow: Workflow, floor: int) -> Due | None:
    """The record's next timed transition under `workflow`, whether overdue or ahead; None if there is none.

    What is shown may be the same after it, if it moves something underneath.
    """
    if record.layers:
        return first_due(record, unpack(record.layers), workflow, floor)
    timed: TimedTransition | None = workflow.timed[record.state]
    return None if timed is None else Due(timed.dest, inactive_at(record, timed, workflow, floor))


def inactive_at(record: UserRecord, timed: TimedTransition, workflow: Workflow, floor: int) -> int:
    """The time (ms UTC) at which inactivity makes a transition of the state of a record without layers."""
    return max(max(record.clock, workflow.enabled_time, floor) + timed.period_ms, workflow.thresholds_since)


def first_due(record: UserRecord, layers: Layers, workflow: Workflow, floor: int) -> Due | None:
    """The first of what is due in each layer of a record that has these layers: see `next_due`.

    The layers come in the order in which they apply at the same millisecond.
    """
    first: Due | None = None
    own, connection, expire_time = record.state, layers.connection, layers.expire_time
    disconnection, inactivity = workflow.timed_connection[connection], workflow.timed[own]
    if disconnection is not None:
        gone_since = max(layers.session_end, workflow.enabled_time, floor)
        effective_time = max(gone_since + disconnection.period_ms, workflow.thresholds_since)
        first = Due(shown_state(own, disconnection.dest), effective_time, Layer.CONNECTION)
    if expire_time is not None:
        if first is None or expire_time < first.effective_time:
            state = workflow.machine.outcome(_end_event(record, layers, expire_time, workflow), own)
            assert state is not None  # only a state that was set until some time has an end
            first = Due(shown_state(state, connection), expire_time, Layer.END)
        elif expire_time == first.effective_time:
            first = first._replace(alone=False)
    if inactivity is not None:
        idle_from = max(record.clock, layers.engaged_until, workflow.enabled_time, floor)
        effective_time = max(idle_from + inactivity.period_ms, workflow.thresholds_since)
        if first is None or effective_time < first.effective_time:
            first = Due(shown_state(inactivity.dest, connection), effective_time, Layer.INACTIVITY)
        elif effective_time == first.effective_time:
            first = first._replace(alone=False)
    return first


def _end_event(record: UserRecord, layers: Layers, expire_time: int, workflow: Workflow) -> Event:
    """The event of the end of a status that was set until `expire_time`.

    While no period is in force, an activity is recent for `FRESH_FOR_MS`, whatever a process has configured: what time
    brings has to follow from the record and the policy alone.
    """
    if layers.then is Then.ONLINE:
        return END_EVENT[Status.ONLINE]
    if layers.then is Then.OFFLINE:
        return END_EVENT[Status.OFFLINE]
    if (
        layers.then is Then.AUTOMATIC
        and record.state.status is not Status.OFFLINE
        and record.last_activity is not None
        and is_fresh(record.last_activity, workflow, expire_time)
    ):
        return END_EVENT[Status.ONLINE]
    return END_EVENT[Status.AWAY]


def settle(record: UserRecord, policy: Policy, now: int) -> Decision:
    """Apply every timed transition due by `now` (due exactly at `now` counts), each with its own effective time.

    The record of the decision is `record` itself if nothing was due. There may be a new one although there is no
    switch, if something has changed only underneath.
    """
    switches: list[Switch] = []
    settled = record
    for past in policy.past:
        if record.revision <= past.last_revision:
            settled = _settle_under(settled, past.workflow, past.floor, past.until, switches, record)
    settled = _settle_under(settled, policy.workflow, policy.floor, now, switches, record)
    return Decision(settled, tuple(switches), settled is not record)


def is_due(record: UserRecord, policy: Policy, now: int) -> bool:
    """True if `settle` would return another record."""
    for past in policy.past:
        if record.revision <= past.last_revision and _is_due_under(record, past.workflow, past.floor, past.until):
            return True
    return _is_due_under(record, policy.workflow, policy.floor, now)


def _is_due_under(record: UserRecord, workflow: Workflow, floor: int, until: int) -> bool:
    if record.layers:
        due = next_due(record, workflow, floor)
        return due is not None and due.effective_time <= until
    timed = workflow.timed[record.state]
    return timed is not None and inactive_at(record, timed, workflow, floor) <= until


def _settle_under(
    record: UserRecord, workflow: Workflow, floor: int, until: int, switches: list[Switch], original: UserRecord
) -> UserRecord:
    """The record settled up to `until`; appends to `switches`. Copies `original` before its first write."""
    if record.layers:
        return _settle_layers_under(record, workflow, floor, until, switches, original)
    # As `next_due`, without an object for the answer: during a storm this is asked for every user and policy.
    while (timed := workflow.timed[record.state]) is not None:
        effective_time = inactive_at(record, timed, workflow, floor)
        if effective_time > until:
            break
        if record is original:
            record = record.copy()
        switches.append(fire(record, workflow, Event.INACTIVITY, effective_time))
    return record


def _settle_layers_under(
    record: UserRecord, workflow: Workflow, floor: int, until: int, switches: list[Switch], original: UserRecord
) -> UserRecord:
    """As `_settle_under`, of a record with layers, which are unpacked once. They may be empty afterwards."""
    layers = unpack(record.layers)
    while (due := first_due(record, layers, workflow, floor)) is not None and due.effective_time <= until:
        if record is original:
            record = record.copy()
        before = Shown.of(record, layers)
        layers = move(record, layers, workflow, due)
        if (switch := show(record, layers, before, due.effective_time)) is not None:
            switches.append(switch)
    return record


def apply_due(record: UserRecord, workflow: Workflow, due: Due) -> Switch | None:
    """Let the record's next timed transition happen, in place: the caller passes a record of its own.

    Return the switch, or None if what is shown stays as it is.
    """
    if not record.layers:
        return fire(record, workflow, Event.INACTIVITY, due.effective_time)
    layers = unpack(record.layers)
    before = Shown.of(record, layers)
    return show(record, move(record, layers, workflow, due), before, due.effective_time)


def move(record: UserRecord, layers: Layers, workflow: Workflow, due: Due) -> Layers:
    """Let the next timed transition of a record with these layers happen, in place; return its layers after it.

    The record is the caller's own; the caller writes the layers that are returned into it.
    """
    if due.layer is Layer.CONNECTION:
        dest = workflow.connection_machine.outcome(ConnectionEvent.DISCONNECTION, layers.connection)
        assert dest is not None  # `first_due` goes by the same table
        return layers._replace(connection=dest)
    event = Event.INACTIVITY
    if due.layer is Layer.END:
        event = _end_event(record, layers, due.effective_time, workflow)
        layers = layers._replace(expire_time=None, then=None)
        record.clock = max(record.clock, due.effective_time)
    workflow.machine.fire(record, event)
    record.actor = record.reason = ""
    return layers


def fire(
    record: UserRecord,
    workflow: Workflow,
    event: Event,
    effective_time: int,
    actor: str = "",
    reason: str = "",
    caller: str = "",
) -> Switch:
    """Let `event` happen to a record without layers, in place: the caller passes one of its own. Return the switch."""
    previous = record.state
    workflow.machine.fire(record, event)
    if record.state.status is not previous.status:
        record.status_since = effective_time
    record.actor, record.reason = actor, reason
    return Switch(previous, record.state, effective_time, actor, reason, caller)


def show(record: UserRecord, layers: Layers, before: Shown, effective_time: int, caller: str = "") -> Switch | None:
    """Write `layers` into a record of the caller's own, and return the switch from what was shown before.

    Return None if the same is shown.
    """
    record.layers = layers.pack()
    after = Shown.of(record, layers)
    if after == before:
        return None
    if after.state.status is not before.state.status:
        record.status_since = effective_time
    return Switch(
        before.state, after.state, effective_time, after.actor, after.reason, caller, after.expire_time, after.then
    )
