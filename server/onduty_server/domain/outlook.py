"""Tells what is shown of a record at an instant, and what is ahead. Invariant: looking changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .layers import Layers, Lease, unpack
from .record import Shown, StatusView, UserRecord
from .settling import Due, Policy, apply_due, first_due, idle_since, inactive_at, move, next_due, settle
from .status import State, Status, shown_state
from .workflow import Workflow


def view(record: UserRecord, policy: Policy, now: int) -> StatusView:
    """The status of a known user, true at `now`, whether or not the switches that led there have been committed."""
    if record.layers:
        return _view_of_layers(record, policy, now)
    workflow, floor = policy.workflow, policy.floor
    # As `next_due`, without an object for the answer.
    timed = workflow.timed[record.state]
    next_status_time = None if timed is None else inactive_at(record, timed, workflow, floor)
    if policy.past or (next_status_time is not None and next_status_time <= now):
        record = settle(record, policy, now).record
        timed = workflow.timed[record.state]
        next_status_time = None if timed is None else inactive_at(record, timed, workflow, floor)
    state = record.state
    status, cause = state.status, state.cause
    assert status is not None and cause is not None  # callers never ask for a never-seen user
    next_status = next_cause = None
    if timed is not None:
        next_status, next_cause = timed.dest.status, timed.dest.cause
    return StatusView(
        record.user_id,
        status,
        cause,
        record.status_since,
        record.last_activity,
        next_status,
        next_status_time,
        record.actor,
        record.reason,
        record.revision,
        next_cause,
        # By position, since names would take half as long again: this is on the path of every read.
        None,
        None,
        False,
        0,
        record.profile,
    )


def _view_of_layers(record: UserRecord, policy: Policy, now: int) -> StatusView:
    workflow, floor = policy.workflow, policy.floor
    layers = unpack(record.layers)
    due = first_due(record, layers, workflow, floor)
    if policy.past or (due is not None and due.effective_time <= now):
        record = settle(record, policy, now).record
        layers = unpack(record.layers)
        due = first_due(record, layers, workflow, floor)
    shown = shown_state(record.state, layers.connection)
    if due is not None and (due.state is shown or not due.alone):
        due = _next_shown(record, layers, due, workflow, floor)
    if due is None:
        next_status = next_status_time = next_cause = None
    else:
        next_status, next_status_time, next_cause = due.state.status, due.effective_time, due.state.cause
    actor, reason = (record.actor, record.reason) if shown is record.state else ("", "")
    status, cause = shown.status, shown.cause
    assert status is not None and cause is not None
    return StatusView(
        record.user_id,
        status,
        cause,
        record.status_since,
        record.last_activity,
        next_status,
        next_status_time,
        actor,
        reason,
        record.revision,
        next_cause,
        layers.expire_time,
        layers.then,
        layers.connected(now),
        layers.engaged(now),
        record.profile,
    )


def _next_shown(record: UserRecord, layers: Layers, due: Due | None, workflow: Workflow, floor: int) -> Due | None:
    """The next instant at which something else is shown of a settled record, and what is shown then.

    `due` is the next transition. What changes only underneath is passed over, and of what falls due at one millisecond
    all applies.
    """
    before, ahead = Shown.of(record, layers), record.copy()
    while due is not None:
        first = due
        while due is not None and due.effective_time <= first.effective_time:
            layers = move(ahead, layers, workflow, due)
            due = first_due(ahead, layers, workflow, floor)
        after = Shown.of(ahead, layers)
        if after != before:
            return first._replace(state=after.state)
    return None


class Outlook(NamedTuple):
    """The effect of a workflow change on a user: the statuses just before and just after it, and what follows.

    `at_once` is None if the change itself does not switch the user. `ahead` has the changes of the status shown.
    """

    at_once: tuple[Status, Status] | None
    ahead: Sequence[Due]


_NO_SWITCH = Outlook(None, ())


def outlook(record: UserRecord, policy: Policy, workflow: Workflow, now: int, until: int) -> Outlook:
    """Return the effect of a change to `workflow` at `now` up to `until`, if nobody does anything meanwhile.

    Sessions that live are taken to be kept: that is done by browsers and not by anybody.

    For users without layers it goes by the timed transitions alone and fires no machine, since a dry run asks for every
    user of an account.
    """
    due = next_due(record, policy.workflow, policy.floor)
    if policy.past or (due is not None and due.effective_time <= now):
        record = settle(record, policy, now).record
    if record.layers:
        return _outlook_of_layers(record, policy.floor, workflow, now, until)
    state = after_change = record.state
    if workflow.timed[state] is None:
        return _NO_SWITCH
    idle_from = idle_since(record, workflow, policy.floor)
    ahead: list[Due] = []
    while (timed := workflow.timed[state]) is not None:
        effective_time = max(idle_from + timed.period_ms, workflow.thresholds_since)
        if effective_time > until:
            break
        state = timed.dest
        if effective_time <= now:
            after_change = state
        else:
            ahead.append(Due(state, effective_time))
    return Outlook(_change(record.state, after_change), ahead)


def _outlook_of_layers(record: UserRecord, floor: int, workflow: Workflow, now: int, until: int) -> Outlook:
    before = after_change = shown = record.shown
    record = record.copy()
    layers = unpack(record.layers)
    if layers.connected(now):
        # Every live session would otherwise run out within the hour, and a dry run say that everybody at work goes.
        record.layers = layers._replace(sessions=(Lease("kept", until),)).pack()
    ahead: list[Due] = []
    while (due := next_due(record, workflow, floor)) is not None and due.effective_time <= until:
        apply_due(record, workflow, due)
        previous, shown = shown, record.shown
        if due.effective_time <= now:
            after_change = shown
        elif shown.status is not previous.status:
            ahead.append(due._replace(state=shown))
    return Outlook(_change(before, after_change), ahead)


def _change(before: State, after: State) -> tuple[Status, Status] | None:
    if before.status is after.status or before.status is None or after.status is None:
        return None
    return before.status, after.status
