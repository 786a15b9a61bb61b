"""Replays a log of activities through the rules under a virtual clock, to show what a workflow would have done.

Invariant: the result is what the service would have recorded if each row had arrived at the time of the newest row so
far. So an activity older than a row before it arrives late, and counts as the service counts it; sessions and
engagements count from their arrival in any case. Memory grows with users and changes, not with rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from ..domain import rules
from ..domain.errors import InvalidField, LimitExceeded
from ..domain.layers import LeaseAction
from ..domain.record import Decision, UserRecord
from ..domain.rules import Policy
from ..domain.status import Cause, State, Status
from ..domain.workflow import DEFAULT_WORKFLOW, FRESH_FOR_MS, Workflow, WorkflowPatch, revise
from .fields import check_ends, check_id
from .limits import ACTIVITY_MAX_AGE_MS, ENGAGEMENT_TTL_DEFAULT_MS, SESSION_TTL_DEFAULT_MS
from .log_rows import LoggedLease, LogRow
from .simulated_coverage import CoverageCounter, SimulatedCount

SOON_MS = 60_000
"""An activity this soon after a switch to AWAY means that the user had hardly left: the period may be too short."""

_AT_ONCE = -1
_FOREVER = 1 << 62


class SimulatedChange(NamedTuple):
    """A change of status that the workflow or an activity would have made. `effective_time` is ms UTC."""

    effective_time: int
    user_id: str
    previous: State
    state: State

    @property
    def previous_status(self) -> Status | None:
        """None for the user's first change."""
        return self.previous.status

    @property
    def status(self) -> Status:
        """The status after the change."""
        assert self.state.status is not None  # nothing leads back to a user who was never seen
        return self.state.status

    @property
    def cause(self) -> Cause:
        """The cause of the change."""
        assert self.state.cause is not None
        return self.state.cause


@dataclass(frozen=True, slots=True)
class Summary:
    """The effect of a workflow in figures. Times are ms UTC, None if the log holds no row.

    `late_activities` are those older than a row before them in the log. `first_activity_time` and `last_activity_time`
    are the times of the earliest and the latest row, whatever its kind. `changes` counts changes by the state before
    and after. `time_in_state_ms` adds up, over all users, the time from when a user was first seen to the latest row;
    what comes after the log ends is not in it. `returns_soon` counts the switches to AWAY by inactivity whose user was
    active again within `SOON_MS`. `ignored_activities` are those that left their user AWAY or OFFLINE, because the
    workflow's `resume` does not go that far (or, if they arrived late, because they were stale). `leases` counts the
    rows that kept or ended a session or an engagement, and `refused_leases` those of them that the service would have
    refused: their user was unknown, or had too many. `coverage` has the people in each status, at moments at equal
    distances from the first time to the last.
    """

    users: int
    activities: int
    late_activities: int
    first_activity_time: int | None
    last_activity_time: int | None
    changes: Mapping[tuple[State, State], int]
    time_in_state_ms: Mapping[State, int]
    returns_soon: int
    ignored_activities: int
    leases: int
    refused_leases: int
    coverage: Sequence[SimulatedCount]

    @property
    def switches(self) -> Mapping[tuple[Status | None, Status], int]:
        """The changes of status, by the status before (None: never seen) and after."""
        return self.switches_by(*Cause)

    def switches_by(self, *causes: Cause) -> Mapping[tuple[Status | None, Status], int]:
        """Return those of `switches` that have one of these causes, including those after the end of the log."""
        counts: Counter[tuple[Status | None, Status]] = Counter()
        for (before, after), count in self.changes.items():
            assert after.status is not None  # nothing leads back to a user who was never seen
            if after.cause in causes and before.status is not after.status:
                counts[before.status, after.status] += count
        return counts

    @property
    def switches_to_away(self) -> int:
        """The number of switches to AWAY by inactivity, including those after the end of the log."""
        return self.switches_by(Cause.INACTIVITY)[Status.ONLINE, Status.AWAY]

    @property
    def resumes(self) -> int:
        """The number of times that an activity brought a user back from inactivity."""
        return self.resumes_from(Status.AWAY) + self.resumes_from(Status.OFFLINE)

    def resumes_from(self, status: Status) -> int:
        """Return those of `resumes` that were from `status`."""
        return sum(
            count
            for (before, after), count in self.changes.items()
            if before.cause is Cause.INACTIVITY and before.status is status and after.status is Status.ONLINE
        )

    @property
    def disconnections(self) -> int:
        """The number of times that a user was shown as disconnected, including those after the end of the log."""
        return sum(
            count
            for (before, after), count in self.changes.items()
            if after.cause is Cause.DISCONNECT and before.cause is not Cause.DISCONNECT
        )

    @property
    def reconnections(self) -> int:
        """The number of disconnections that a session, or an activity, put an end to."""
        # ONLINE has the smallest number.
        return sum(
            count
            for (before, after), count in self.changes.items()
            if before.cause is Cause.DISCONNECT and before.status and after.status and after.status < before.status
        )

    @property
    def time_in_status_ms(self) -> Mapping[Status, int]:
        """The time in each status."""
        return self._time(lambda state: True)

    @property
    def time_by_disconnect_ms(self) -> Mapping[Status, int]:
        """The part of `time_in_status_ms` in which the status was that of somebody disconnected."""
        return self._time(lambda state: state.cause is Cause.DISCONNECT)

    def _time(self, counts: Callable[[State], bool]) -> Mapping[Status, int]:
        total = dict.fromkeys(Status, 0)
        for state, spent_ms in self.time_in_state_ms.items():
            if state.status is not None and counts(state):
                total[state.status] += spent_ms
        return total


@dataclass(frozen=True, slots=True)
class Simulation:
    """The changes in order of effective time, and a summary of them.

    Changes of the same instant are ordered by user id; a user's own always stay in the order in which they happened.
    """

    workflow: Workflow
    changes: list[SimulatedChange]
    summary: Summary


class _User:
    """A user of the log.

    Before `quiet_until` an activity only moves the clock. `away_since` is the time of the switch to AWAY after which no
    activity was seen yet. `gone`: the user was not ONLINE when last looked at. `state` is the one that is shown, since
    `state_since`.
    """

    __slots__ = ("away_since", "gone", "quiet_until", "record", "state", "state_since")

    def __init__(self, user_id: str) -> None:
        self.record = UserRecord(user_id)
        self.quiet_until = _AT_ONCE
        self.gone = False
        self.away_since: int | None = None
        self.state = State.UNSEEN
        self.state_since = 0


def workflow_from_the_start(patch: WorkflowPatch) -> Workflow:
    """The workflow of a patch, switched on before the first activity of any log.

    Raises:
        InvalidWorkflow: the service would refuse it as well.
    """
    return revise(DEFAULT_WORKFLOW, {**patch, "enabled": True}, now=0, actor="", revision=1)


class Replay:
    """Replays a log under a workflow, a part at a time: `feed` each part, then `settle`, then read `summary`.

    `note` is told of every change, a user's own in the order in which they happen.
    """

    def __init__(self, workflow: Workflow, note: Callable[[SimulatedChange], None] | None = None) -> None:
        self._policy = Policy(workflow)
        self._note_change = note
        self._users: dict[str, _User] = {}
        self._activities = self._late = self._ignored = self._returns_soon = self._leases = self._refused = 0
        self._first = self._now = _AT_ONCE
        self._changes: Counter[tuple[State, State]] = Counter()
        self._time_in_state: Counter[State] = Counter()
        self._coverage = CoverageCounter()

    def feed(self, rows: Iterable[LogRow]) -> None:
        """Replay `rows` (times in ms UTC from 1970 on) in the given order, after those before.

        Raises:
            InvalidField: an id or a time that the service would refuse; the last row that was taken is at fault.
        """
        policy, users = self._policy, self._users
        count = late = ignored = 0
        first, now = self._first, self._now
        for time_ms, user_id, lease in rows:
            if time_ms > now:
                if now == _AT_ONCE:
                    first = time_ms
                now = time_ms
            elif time_ms < now:
                if lease is None:
                    late += 1
                    _check_age(now, time_ms)
                first = min(first, time_ms)

            user = users.get(user_id)
            if user is None:
                check_id("user_id", user_id)
                check_ends("user_id", user_id)
            if lease is not None:
                self._take_lease(user_id, lease, now)
                continue
            count += 1
            if user is None:
                user = users[user_id] = _User(user_id)
            elif now < user.quiet_until:
                # All that `rules.record_activity` would do; the record is nobody else's.
                record = user.record
                if record.last_activity is None or time_ms > record.last_activity:
                    record.last_activity = time_ms
                    record.clock = max(record.clock, time_ms)
                if user.gone:
                    ignored += 1
                continue

            self._apply(user, rules.record_activity(user.record, policy, activity_time=time_ms, now=now), now)
            self._was_active(user, time_ms)
            ignored += user.gone
        self._activities += count
        self._late += late
        self._ignored += ignored
        self._first, self._now = first, now

    def _take_lease(self, user_id: str, lease: LoggedLease, now: int) -> None:
        """Keep or end a session or an engagement at `now`, as the service would."""
        self._leases += 1
        activity_time = None
        if lease.action is LeaseAction.KEEP_SESSION and lease.idle_for_ms is not None:
            activity_time = now - lease.idle_for_ms
        user = self._users.get(user_id)
        if user is None:
            if activity_time is None:
                self._refused += 1
                return
            user = _User(user_id)
        try:
            decision = _decided(user.record, self._policy, lease, activity_time, now)
        except LimitExceeded:
            self._refused += 1
            return
        self._users[user_id] = user
        self._apply(user, decision, now)
        if activity_time is not None:
            self._was_active(user, activity_time)
        else:
            self._look(user)

    def _was_active(self, user: _User, activity_time: int) -> None:
        if user.away_since is not None and activity_time >= user.away_since:
            self._returns_soon += activity_time - user.away_since <= SOON_MS
            user.away_since = None
        self._look(user)

    def _look(self, user: _User) -> None:
        user.gone = user.state.status is not Status.ONLINE
        user.quiet_until = _quiet_until(user, self._policy)

    def settle(self) -> None:
        """Let the clock run on until no switch is left."""
        for user in self._users.values():
            self._apply(user, rules.settle(user.record, self._policy, _FOREVER), self._now)
            if user.state is not State.UNSEEN:
                self._time_in_state[user.state] += self._now - user.state_since

    def summary(self) -> Summary:
        """Return the summary, after `settle`."""
        any_row = self._now != _AT_ONCE
        return Summary(
            users=len(self._users),
            activities=self._activities,
            late_activities=self._late,
            first_activity_time=self._first if any_row else None,
            last_activity_time=self._now if any_row else None,
            changes=self._changes,
            time_in_state_ms=self._time_in_state,
            returns_soon=self._returns_soon,
            ignored_activities=self._ignored,
            leases=self._leases,
            refused_leases=self._refused,
            coverage=self._coverage.counts(self._first, self._now) if any_row else (),
        )

    def _apply(self, user: _User, decision: Decision, end: int) -> None:
        """Write a decision into a user. Time in a status counts up to `end`: what comes later is not in the log."""
        user.record = decision.record
        for switch in decision.switches:
            if self._note_change is not None:
                user_id = user.record.user_id
                self._note_change(SimulatedChange(switch.effective_time, user_id, switch.previous, switch.state))
            if switch.state is State.AWAY_BY_INACTIVITY and switch.previous.cause is not Cause.DISCONNECT:
                user.away_since = switch.effective_time
            self._changes[switch.previous, switch.state] += 1
            self._coverage.note(switch.effective_time, switch.previous, switch.state)
            until = min(switch.effective_time, end)
            if user.state is not State.UNSEEN:
                self._time_in_state[user.state] += until - user.state_since
            user.state, user.state_since = switch.state, until


def _decided(record: UserRecord, policy: Policy, lease: LoggedLease, activity_time: int | None, now: int) -> Decision:
    match lease.action:
        case LeaseAction.KEEP_SESSION:
            return rules.keep_session(
                record,
                policy,
                session_id=lease.lease_id,
                ttl_ms=SESSION_TTL_DEFAULT_MS if lease.ttl_ms is None else lease.ttl_ms,
                activity_time=activity_time,
                now=now,
                fresh_for_ms=FRESH_FOR_MS,
            )
        case LeaseAction.END_SESSION:
            return rules.end_session(record, policy, session_id=lease.lease_id, now=now)
        case LeaseAction.KEEP_ENGAGEMENT:
            ttl_ms = ENGAGEMENT_TTL_DEFAULT_MS if lease.ttl_ms is None else lease.ttl_ms
            return rules.keep_engagement(record, policy, engagement_id=lease.lease_id, ttl_ms=ttl_ms, now=now)
        case LeaseAction.END_ENGAGEMENT:
            return rules.end_engagement(record, policy, engagement_id=lease.lease_id, now=now)


def simulate(rows: Iterable[LogRow], workflow: Workflow) -> Simulation:
    """Replay `rows` (times in ms UTC from 1970 on) in the given order until no switch is left.

    Raises:
        InvalidField: an id or a time that the service would refuse; the last row that was taken is at fault.
    """
    changes: list[SimulatedChange] = []
    replay = Replay(workflow, changes.append)
    replay.feed(rows)
    replay.settle()
    # Sorting is stable, and a user's changes were noted in their order. Two sorts by keys that exist already take less
    # memory than one by pairs made for it.
    changes.sort(key=attrgetter("user_id"))
    changes.sort(key=attrgetter("effective_time"))
    return Simulation(workflow, changes, replay.summary())


def compare(rows: Iterable[LogRow], workflow: Workflow, other: Workflow) -> tuple[Summary, Summary]:
    """Replay `rows` as `simulate` does under two workflows, in one pass, and return what each would have done.

    Raises:
        InvalidField: as `simulate` does.
    """
    first, second = Replay(workflow), Replay(other)
    first.feed(_passed_on(rows, second))
    for replay in (first, second):
        replay.settle()
    return first.summary(), second.summary()


def _passed_on(rows: Iterable[LogRow], to: Replay) -> Iterator[LogRow]:
    """Yield the rows and feed them to another replay, which is given them once its taker has not refused them."""
    taken: list[LogRow] = []
    for row in rows:
        if len(taken) == _PASSED_ON:
            to.feed(taken)
            taken.clear()
        taken.append(row)
        yield row
    to.feed(taken)


_PASSED_ON = 1_000


def _check_age(now: int, activity_time: int) -> None:
    if now - activity_time > ACTIVITY_MAX_AGE_MS:
        raise InvalidField("activity_time", "more than 30 d before an earlier row; sort the log by time")


def _quiet_until(user: _User, policy: Policy) -> int:
    """Return the time (ms UTC) before which an activity only moves the clock. Activities only make it later."""
    record = user.record
    # An activity may change a connection, and what holds up inactivity may end.
    if user.away_since is not None or record.layers or policy.workflow.resumes[record.state]:
        return _AT_ONCE
    due = rules.next_due(record, policy.workflow, policy.floor)
    return _FOREVER if due is None else due.effective_time
