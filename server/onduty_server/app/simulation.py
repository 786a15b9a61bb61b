"""Replays a log of activities through the rules under a virtual clock, to show what a workflow would have done.

Invariant: the result is what the service would have recorded if each activity had arrived at the time of the newest
activity so far. So a row older than one before it arrives late, and counts as the service counts it. Memory grows with
users and changes, not with activities.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from ..domain import rules
from ..domain.errors import InvalidField
from ..domain.record import Decision, UserRecord
from ..domain.rules import Policy
from ..domain.status import Cause, State, Status
from ..domain.workflow import DEFAULT_WORKFLOW, Workflow, WorkflowPatch, revise
from .fields import check_ends, check_id
from .limits import ACTIVITY_MAX_AGE_MS

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
    """The effect of a workflow in figures. Times are ms UTC, None if the log holds no activity.

    `late_activities` are those older than one before them in the log. `switches` counts changes by the status before
    (None: never seen) and after. `time_in_status_ms` adds up, over all users, the time from a user's first activity to
    `last_activity_time`; what comes after the log ends is not in it. `returns_soon` counts the switches to AWAY whose
    user was active again within `SOON_MS`. `ignored_activities` are those that left their user AWAY or OFFLINE, because
    the workflow's `resume` does not go that far (or, if they arrived late, because they were stale).
    """

    users: int
    activities: int
    late_activities: int
    first_activity_time: int | None
    last_activity_time: int | None
    switches: Mapping[tuple[Status | None, Status], int]
    time_in_status_ms: Mapping[Status, int]
    returns_soon: int
    ignored_activities: int

    @property
    def switches_to_away(self) -> int:
        """The number of switches to AWAY, including those after the end of the log."""
        return self.switches.get((Status.ONLINE, Status.AWAY), 0)

    @property
    def resumes(self) -> int:
        """The number of times that an activity brought a user back."""
        return sum(n for (before, after), n in self.switches.items() if before is not None and after is Status.ONLINE)


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
    activity was seen yet. `gone`: the user was not ONLINE when last looked at.
    """

    __slots__ = ("away_since", "gone", "quiet_until", "record", "status", "status_since")

    def __init__(self, user_id: str) -> None:
        self.record = UserRecord(user_id)
        self.quiet_until = _AT_ONCE
        self.gone = False
        self.away_since: int | None = None
        self.status: Status | None = None
        self.status_since = 0


def workflow_from_the_start(patch: WorkflowPatch) -> Workflow:
    """The workflow of a patch, switched on before the first activity of any log.

    Raises:
        InvalidWorkflow: the service would refuse it as well.
    """
    return revise(DEFAULT_WORKFLOW, {**patch, "enabled": True}, now=0, actor="", revision=1)


class Replay:
    """Replays activities under a workflow, a part at a time: `feed` each part, then `settle`, then read `summary`.

    `note` is told of every change, a user's own in the order in which they happen.
    """

    def __init__(self, workflow: Workflow, note: Callable[[SimulatedChange], None] | None = None) -> None:
        self._policy = Policy(workflow)
        self._note_change = note
        self._users: dict[str, _User] = {}
        self._activities = self._late = self._ignored = self._returns_soon = 0
        self._first = self._now = _AT_ONCE
        self._switches: Counter[tuple[Status | None, Status]] = Counter()
        self._time_in_status = dict.fromkeys(Status, 0)

    def feed(self, activities: Iterable[tuple[int, str]]) -> None:
        """Replay `activities` (time in ms UTC from 1970 on, user id) in the given order, after those before.

        Raises:
            InvalidField: an id or a time that the service would refuse; the last activity that was taken is at fault.
        """
        policy, users = self._policy, self._users
        count = late = ignored = 0
        first, now = self._first, self._now
        for activity_time, user_id in activities:
            count += 1
            if activity_time > now:
                if now == _AT_ONCE:
                    first = activity_time
                now = activity_time
            elif activity_time < now:
                late += 1
                _check_age(now, activity_time)
                first = min(first, activity_time)

            user = users.get(user_id)
            if user is None:
                check_id("user_id", user_id)
                check_ends("user_id", user_id)
                user = users[user_id] = _User(user_id)
            elif now < user.quiet_until:
                # All that `rules.record_activity` would do; the record is nobody else's.
                record = user.record
                if record.last_activity is None or activity_time > record.last_activity:
                    record.last_activity = activity_time
                    record.clock = max(record.clock, activity_time)
                if user.gone:
                    ignored += 1
                continue

            self._apply(user, rules.record_activity(user.record, policy, activity_time=activity_time, now=now), now)
            if user.away_since is not None and activity_time >= user.away_since:
                self._returns_soon += activity_time - user.away_since <= SOON_MS
                user.away_since = None
            user.gone = user.record.state.status is not Status.ONLINE
            ignored += user.gone
            user.quiet_until = _quiet_until(user, policy)
        self._activities += count
        self._late += late
        self._ignored += ignored
        self._first, self._now = first, now

    def settle(self) -> None:
        """Let the clock run on until no switch is left."""
        for user in self._users.values():
            self._apply(user, rules.settle(user.record, self._policy, _FOREVER), self._now)
            if user.status is not None:
                self._time_in_status[user.status] += self._now - user.status_since

    def summary(self) -> Summary:
        """Return the summary, after `settle`."""
        any_activity = bool(self._activities)
        return Summary(
            users=len(self._users),
            activities=self._activities,
            late_activities=self._late,
            first_activity_time=self._first if any_activity else None,
            last_activity_time=self._now if any_activity else None,
            switches=self._switches,
            time_in_status_ms=self._time_in_status,
            returns_soon=self._returns_soon,
            ignored_activities=self._ignored,
        )

    def _apply(self, user: _User, decision: Decision, end: int) -> None:
        """Write a decision into a user. Time in a status counts up to `end`: what comes later is not in the log."""
        user.record = decision.record
        for switch in decision.switches:
            status = switch.state.status
            assert status is not None  # nothing leads back to a user who was never seen
            if self._note_change is not None:
                user_id = user.record.user_id
                self._note_change(SimulatedChange(switch.effective_time, user_id, switch.previous, switch.state))
            if switch.state is State.AWAY_BY_INACTIVITY:
                user.away_since = switch.effective_time
            self._switches[switch.previous.status, status] += 1
            until = min(switch.effective_time, end)
            if user.status is not None:
                self._time_in_status[user.status] += until - user.status_since
            user.status, user.status_since = status, until


def simulate(activities: Iterable[tuple[int, str]], workflow: Workflow) -> Simulation:
    """Replay `activities` (time in ms UTC from 1970 on, user id) in the given order until no switch is left.

    Raises:
        InvalidField: an id or a time that the service would refuse; the last activity that was taken is at fault.
    """
    changes: list[SimulatedChange] = []
    replay = Replay(workflow, changes.append)
    replay.feed(activities)
    replay.settle()
    # Sorting is stable, and a user's changes were noted in their order. Two sorts by keys that exist already take less
    # memory than one by pairs made for it.
    changes.sort(key=attrgetter("user_id"))
    changes.sort(key=attrgetter("effective_time"))
    return Simulation(workflow, changes, replay.summary())


def _check_age(now: int, activity_time: int) -> None:
    if now - activity_time > ACTIVITY_MAX_AGE_MS:
        raise InvalidField("activity_time", "more than 30 d before an earlier row; sort the log by time")


def _quiet_until(user: _User, policy: Policy) -> int:
    """Return the time (ms UTC) before which an activity only moves the clock. Activities only make it later."""
    if user.away_since is not None or policy.workflow.resumes[user.record.state]:
        return _AT_ONCE
    due = rules.next_due(user.record, policy.workflow, policy.floor)
    return _FOREVER if due is None else due.effective_time
