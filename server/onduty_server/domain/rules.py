"""The rules of presence: what happens to a user, when it becomes true, and what a reader is shown.

Every function here is pure. It takes a record, a policy and `now`, and returns the outcome; it writes nothing, reads no
clock, and gives the same answer whenever it is called with the same arguments.

The layers of a status
    What a reader is shown rests on three layers:

    1. The record (`UserRecord`): the last committed state, when it began, and the user's clock. Written by events:
       activities, settings by hand, and the sweeper when it commits a timed switch.
    2. The policy (`Policy`): the account's workflow, the recovery floor, and replaced workflows that still decide for
       some records. Changing it costs the same for one user as for a million, because no record is touched.
    3. `now`: the passing of time alone makes timed switches true. `settle` applies those that are due.

    A state is a status together with its cause (`State`), so every transition is one row of a finite table
    (`machine.transition_table`), without conditions. Both periods start at the same moment. Automation only ever
    demotes and never touches OFFLINE. An activity brings back only users whom inactivity switched; what was set by hand
    is for a hand to undo.

The clock
    Inactivity is measured from `idle_since(...) = max(record.clock, workflow.enabled_time, floor)`:

    - `record.clock` is the newest activity or setting by hand. It never moves backwards.
    - `workflow.enabled_time`: switching the workflow on switches nobody at that instant; the periods run from then.
    - `floor`, the recovery floor: an outage is not inactivity. While nobody could report activity, nobody was idle.

    A timed switch is effective at `max(idle_since + period, workflow.thresholds_since)`: at the instant at which it
    became true, never at the instant at which somebody noticed. Shortening a period therefore switches users as of the
    change, not as of a time at which they were seen ONLINE.

Why reads are exact
    `view` settles a copy of the record at `now` and shows that. It does not depend on a timer having fired, nor on the
    sweeper having run, because effective times follow from layers 1 and 2 alone. Settling is idempotent: settling at t1
    and then at t2 gives the same switches, with the same times, as settling at t2. So the sweeper may be late, run
    twice or not run at all: that delays when a switch is committed and told to watchers, never what a read answers.

    A replaced workflow must not lose what had become true under it. `PastPolicy` keeps it until the sweeper has
    committed those switches, so a status that could once be observed never un-happens.

A worked example
    Workflow: away after 10 min, offline after 30 min, resume FROM_AWAY, switched on at 08:00.
    `tests/unit/test_theory.py` runs this table:

    | time  | event          | state                 | since | clock | next          |
    | 09:00 | activity       | ONLINE_BY_ACTIVITY    | 09:00 | 09:00 | AWAY 09:10    |
    | 09:04 | activity       | ONLINE_BY_ACTIVITY    | 09:00 | 09:04 | AWAY 09:14    |
    | 09:13 | read           | ONLINE_BY_ACTIVITY    | 09:00 | 09:04 | AWAY 09:14    |
    | 09:14 | read           | AWAY_BY_INACTIVITY    | 09:14 | 09:04 | OFFLINE 09:34 |
    | 09:15 | sweep          | AWAY_BY_INACTIVITY    | 09:14 | 09:04 | OFFLINE 09:34 |
    | 09:20 | activity       | ONLINE_BY_ACTIVITY    | 09:20 | 09:20 | AWAY 09:30    |
    | 09:25 | set AWAY       | AWAY_BY_HAND          | 09:25 | 09:25 | OFFLINE 09:55 |
    | 09:40 | activity       | AWAY_BY_HAND          | 09:25 | 09:40 | OFFLINE 10:10 |
    | 10:11 | read           | OFFLINE_BY_INACTIVITY | 10:10 | 09:40 | -             |
    | 10:12 | activity       | OFFLINE_BY_INACTIVITY | 10:10 | 10:12 | -             |
    | 10:15 | set ONLINE     | ONLINE_BY_HAND        | 10:15 | 10:15 | AWAY 10:25    |
    | 10:30 | outage is over | ONLINE_BY_HAND        | 10:15 | 10:15 | AWAY 10:40    |

    At 09:14 no loop has run, and the read already answers AWAY. The sweep a minute later commits that switch with the
    effective time 09:14; the reads before and after it agree. At 09:20 the activity resumes an AWAY by inactivity; at
    09:40 it leaves an AWAY by hand alone and only moves the clock. At 10:12 it would need FROM_AWAY_OR_OFFLINE to bring
    the user back. From 10:20 to 10:30 the service was down: the floor becomes 10:30, so the user is not AWAY at 10:25.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .errors import RevisionConflict
from .record import Decision, StatusView, Switch, UserRecord
from .status import SET_EVENT, Event, State, Status
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


class Due(NamedTuple):
    """A record's next timed transition: its destination and the instant at which it becomes true (ms UTC)."""

    state: State
    effective_time: int


def idle_since(record: UserRecord, workflow: Workflow, floor: int) -> int:
    """The moment from which the user's inactivity is measured (ms UTC)."""
    return max(record.clock, workflow.enabled_time, floor)


def next_due(record: UserRecord, workflow: Workflow, floor: int) -> Due | None:
    """The record's next timed transition under `workflow`, whether overdue or ahead; None if there is none."""
    timed: TimedTransition | None = workflow.timed[record.state]
    if timed is None:
        return None
    return Due(timed.dest, max(idle_since(record, workflow, floor) + timed.period_ms, workflow.thresholds_since))


def settle(record: UserRecord, policy: Policy, now: int) -> Decision:
    """Apply every timed transition due by `now` (due exactly at `now` counts), each with its own effective time."""
    switches: list[Switch] = []
    for past in policy.past:
        if record.revision <= past.last_revision:
            record = _settle_under(record, past.workflow, past.floor, past.until, switches)
    record = _settle_under(record, policy.workflow, policy.floor, now, switches)
    return Decision(record, tuple(switches))


def _settle_under(record: UserRecord, workflow: Workflow, floor: int, until: int, switches: list[Switch]) -> UserRecord:
    """The record settled up to `until`; appends to `switches`. Copies the record before its first write."""
    copied = bool(switches)
    while (due := next_due(record, workflow, floor)) is not None and due.effective_time <= until:
        if not copied:
            record, copied = record.copy(), True
        switches.append(_fire(record, workflow, Event.INACTIVITY, due.effective_time))
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
    """Let `event` happen to `record`, in place: the caller passes a record of its own. Return the switch."""
    previous = record.state
    workflow.machine.fire(record, event)
    if record.state.status is not previous.status:
        record.status_since = effective_time
    record.actor, record.reason = actor, reason
    return Switch(previous, record.state, effective_time, actor, reason, caller)


def record_activity(
    record: UserRecord, policy: Policy, *, activity_time: int, now: int, fresh_for_ms: int = FRESH_FOR_MS
) -> Decision:
    """Record an activity of `activity_time` (at most `now`) that arrives at `now`; `fresh_for_ms` is as in `is_fresh`.

    - A never-seen user becomes ONLINE at the activity's time, and timed switches due since then apply. If the activity
      is stale and no switch was due, the user becomes AWAY at `now`.
    - An activity older than the newest one known changes nothing.
    - A fresh activity that moves the clock resumes a user whom inactivity switched, if the workflow's `resume` allows
      it. A repeated one, or one older than the last setting by hand, does not move the clock and brings nobody back.
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
    # Replaced workflows do not apply: the user was unknown while they were in force.
    settled = settle(online, Policy(workflow, policy.floor), now)
    if not settled.switches and not is_fresh(activity_time, workflow, now, fresh_for_ms):
        # No switch was due because the workflow is off, or was switched on since, or an outage restarted the clocks.
        # None of these makes a user present who was last active so long ago.
        return Decision(first, (_fire(first, workflow, Event.STALE_ACTIVITY, now),))
    return Decision(settled.record, (switch, *settled.switches))


def is_fresh(activity_time: int, workflow: Workflow, now: int, fresh_for_ms: int = FRESH_FOR_MS) -> bool:
    """True if a user who was ONLINE, with a clock started by this activity, would still be ONLINE at `now`.

    While no period is in force, the limit is `fresh_for_ms`. The age is that of the activity itself: `enabled_time` and
    the recovery floor do not make it fresher.
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
    """Set `status` by hand at `now`, which also restarts the user's clock.

    There is a switch only if the state, actor or reason changes; otherwise only the clock moves. `caller` names who
    made the call if that is not the actor; the record does not keep it, so a different caller alone is not a change.

    Raises:
        RevisionConflict: `expected_revision` is not the record's revision, or a timed switch has become true since it.
            In the second case the caller may have read the old status just before, and has to read again.
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
    """The status of a known user, true at `now`, whether or not the switches that led there have been committed."""
    workflow = policy.workflow
    due = next_due(record, workflow, policy.floor)
    if policy.past or (due is not None and due.effective_time <= now):
        record = settle(record, policy, now).record
        due = next_due(record, workflow, policy.floor)
    state = record.state
    status, cause = state.status, state.cause
    assert status is not None and cause is not None  # callers never ask for a never-seen user
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


class Outlook(NamedTuple):
    """The effect of a workflow change on a user: the statuses just before and just after it, and what follows.

    `at_once` is None if the change itself does not switch the user.
    """

    at_once: tuple[Status, Status] | None
    ahead: Sequence[Due]


_NO_SWITCH = Outlook(None, ())


def outlook(record: UserRecord, policy: Policy, workflow: Workflow, now: int, until: int) -> Outlook:
    """Return the effect of a change to `workflow` at `now` up to `until`, if nobody does anything meanwhile.

    It goes by the timed transitions alone and fires no machine, since a dry run asks for every user of an account.
    """
    due = next_due(record, policy.workflow, policy.floor)
    if policy.past or (due is not None and due.effective_time <= now):
        record = settle(record, policy, now).record
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
    before, after = record.state.status, after_change.status
    return Outlook(None if before is after or before is None or after is None else (before, after), ahead)
