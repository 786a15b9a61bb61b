"""What happens to a user, and when: settling what is due, activities, settings by hand, reading, and the dry-run.

Every function takes `now` and returns what would be; none writes to the record it was given. Effective times follow
from the record and the policy alone, never from when somebody looked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from .errors import RevisionConflict
from .record import Decision, StatusView, Switch, UserRecord
from .status import SET_EVENT, Event, State, Status
from .workflow import DEFAULT_WORKFLOW, FRESH_FOR_MS, TimedTransition, Workflow


@dataclass(frozen=True, slots=True)
class PastPolicy:
    """A workflow that no longer holds, kept until all that fell due under it has been committed.

    It holds for `until` and before, and for records whose last change is of `last_revision` or older: a younger one was
    settled under it when it changed. This is what makes changing a workflow cost the same however many are overdue.
    """

    workflow: Workflow
    floor: int
    until: int
    last_revision: int


@dataclass(frozen=True, slots=True)
class Policy:
    """All that decides a user's timed transitions: the workflow, the recovery floor (ms UTC), and what held before."""

    workflow: Workflow = DEFAULT_WORKFLOW
    floor: int = 0
    past: tuple[PastPolicy, ...] = ()


class Due(NamedTuple):
    """The next timed transition of a record: where to, and the instant at which it is true (ms UTC)."""

    state: State
    effective_time: int


def idle_since(record: UserRecord, workflow: Workflow, floor: int) -> int:
    """The inactivity clock (design, section 2): the latest of what restarts it."""
    return max(record.clock, workflow.enabled_time, floor)


def next_due(record: UserRecord, workflow: Workflow, floor: int) -> Due | None:
    """The record's next timed transition under `workflow`, overdue or ahead; None when there is none."""
    timed: TimedTransition | None = workflow.timed[record.state]
    if timed is None:
        return None
    return Due(timed.dest, max(idle_since(record, workflow, floor) + timed.period_ms, workflow.thresholds_since))


def settle(record: UserRecord, policy: Policy, now: int) -> Decision:
    """Apply every timed transition due by `now` (at the boundary it has happened), each with its effective time."""
    switches: list[Switch] = []
    for past in policy.past:
        if record.revision <= past.last_revision:
            record = _settle_under(record, past.workflow, past.floor, past.until, switches)
    record = _settle_under(record, policy.workflow, policy.floor, now, switches)
    return Decision(record, tuple(switches))


def _settle_under(record: UserRecord, workflow: Workflow, floor: int, until: int, into: list[Switch]) -> UserRecord:
    copied = bool(into)
    while (due := next_due(record, workflow, floor)) is not None and due.effective_time <= until:
        if not copied:
            record, copied = record.copy(), True
        into.append(_fire(record, workflow, Event.INACTIVITY, due.effective_time))
    return record


def _fire(
    record: UserRecord,
    workflow: Workflow,
    event: Event,
    effective_time: int,
    actor: str = "",
    reason: str = "",
    caller: str = "",
) -> Switch:
    """Have the machine move `record`, which is the callee's to write, and note what it did."""
    previous = record.state
    workflow.machine.fire(record, event)
    if record.state.status is not previous.status:
        record.status_since = effective_time
    record.actor, record.reason = actor, reason
    return Switch(previous, record.state, effective_time, actor, reason, caller)


def record_activity(
    record: UserRecord, policy: Policy, *, activity_time: int, now: int, fresh_for_ms: int = FRESH_FOR_MS
) -> Decision:
    """An activity of `activity_time` (not after `now`) arrives at `now`; `fresh_for_ms` is as in `is_fresh`.

    A never-seen user becomes ONLINE at the activity's time, and what has fallen due since applies; if the activity is
    stale and nothing has, they become AWAY now. An older activity than the newest known changes nothing. A fresh one
    that moves the clock resumes a user who was switched automatically, as far as the workflow's `resume` goes; one that
    is delivered again, or is older than the last setting by hand, brings nobody back.
    """
    workflow = policy.workflow
    if record.state is State.UNSEEN:
        return _first_activity(record, policy, activity_time, now, fresh_for_ms)
    settled = settle(record, policy, now)
    if record.last_activity is not None and activity_time < record.last_activity:
        return settled
    moved = settled.record.copy() if settled.record is record else settled.record
    is_news = activity_time > moved.clock
    moved.last_activity = activity_time
    moved.clock = max(moved.clock, activity_time)
    if is_news and workflow.resumes[moved.state] and is_fresh(activity_time, workflow, now, fresh_for_ms):
        return Decision(moved, (*settled.switches, _fire(moved, workflow, Event.ACTIVITY, now)))
    return Decision(moved, settled.switches)


def _first_activity(record: UserRecord, policy: Policy, activity_time: int, now: int, fresh_for_ms: int) -> Decision:
    workflow = policy.workflow
    first = record.copy()
    first.last_activity = first.clock = activity_time
    online = first.copy()
    switch = _fire(online, workflow, Event.ACTIVITY, activity_time)
    # Only the workflow of today can have switched somebody whom nobody knew.
    settled = settle(online, Policy(workflow, policy.floor), now)
    if not settled.switches and not is_fresh(activity_time, workflow, now, fresh_for_ms):
        # Nothing has switched them because the switch is off, or has gone on since, or an outage restarted the clocks.
        # None of that makes somebody present who was last seen so long ago.
        return Decision(first, (_fire(first, workflow, Event.STALE_ACTIVITY, now),))
    return Decision(settled.record, (switch, *settled.switches))


def is_fresh(activity_time: int, workflow: Workflow, now: int, fresh_for_ms: int = FRESH_FOR_MS) -> bool:
    """Whether someone ONLINE whose clock started at the activity would still be ONLINE now.

    Where no period is in force nobody is ever switched, and `fresh_for_ms` says how old the activity may be. Age counts
    from the activity itself: that the switch went on since, or an outage restarted the clocks, makes it no fresher.
    """
    timed = workflow.timed[State.ONLINE_BY_ACTIVITY]
    return now - activity_time < (fresh_for_ms if timed is None else timed.period_ms)


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
) -> Decision:
    """Somebody sets `status` by hand at `now`; this is itself activity.

    `caller` is whose call it was, where that is not the actor. The record does not keep it, so that alone is no change.

    Raises:
        RevisionConflict: `expected_revision` is not the record's, or a timed switch has become true since that revision
            (a caller who read just before it was recorded is told to read again rather than believed).
    """
    settled = settle(record, policy, now)
    if expected_revision is not None and (settled.switches or expected_revision != record.revision):
        raise RevisionConflict(
            f"the user's status has changed since expected_revision {expected_revision}; read it again"
        )
    updated = settled.record.copy() if settled.record is record else settled.record
    updated.clock = max(updated.clock, now)
    before = (updated.state, updated.actor, updated.reason)
    switch = _fire(updated, policy.workflow, SET_EVENT[status], now, actor, reason, caller)
    if before == (updated.state, updated.actor, updated.reason):
        return Decision(updated, settled.switches, durable=True)
    return Decision(updated, (*settled.switches, switch), durable=True)


def view(record: UserRecord, policy: Policy, now: int) -> StatusView:
    """What is true of a seen user at `now`, whether or not anybody has written it down yet."""
    workflow = policy.workflow
    due = next_due(record, workflow, policy.floor)
    if policy.past or (due is not None and due.effective_time <= now):
        record = settle(record, policy, now).record
        due = next_due(record, workflow, policy.floor)
    state = record.state
    status, cause = state.status, state.cause
    assert status is not None and cause is not None  # nobody is shown a user who was never seen
    return StatusView(
        record.user_id,
        status,
        cause,
        record.status_since,
        record.last_activity,
        None if due is None else due.state.status,
        None if due is None else due.effective_time,
        record.actor,
        record.reason,
        record.revision,
    )


def preview(record: UserRecord, policy: Policy, workflow: Workflow, now: int) -> tuple[Status, Status] | None:
    """The status now and at once after changing to `workflow`, or None when the change switches nobody at once."""
    settled = settle(record, policy, now).record
    changed = _settle_under(settled, workflow, policy.floor, now, []).state.status
    if changed is settled.state.status or settled.state.status is None or changed is None:
        return None
    return settled.state.status, changed
