"""An account's workflow (the automated status switch): its fields, what makes it valid, and how it is revised.

Invariant: a `Workflow` returned by `revise` is valid: every period is within its limits, `offline_after` is greater
than `away_after`, an enabled workflow has at least one period, and nobody is disconnected to ONLINE.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import NamedTuple, TypedDict

from .errors import InvalidWorkflow
from .machine import ConnectionMachine, Period, Shape, StatusMachine, connection_machine_for, machine_for
from .periods import DAY_MS, HOUR_MS, SECOND_MS, format_period
from .status import Connection, Event, Resume, State, Status

PERIOD_MIN_MS = 1 * SECOND_MS
PERIOD_MAX_MS = 30 * DAY_MS
FRESH_FOR_MS = HOUR_MS
"""How old an activity may be and still make a user ONLINE while no period is in force; the default of a setting."""


class TimedTransition(NamedTuple):
    """The state to which inactivity takes a user, and after how long (ms)."""

    dest: State
    period_ms: int


class TimedDisconnection(NamedTuple):
    """The state to which the end of the last session takes a user's connection, and after how long (ms)."""

    dest: Connection
    period_ms: int


class WorkflowPatch(TypedDict, total=False):
    """The fields of a workflow that a caller may write; absent ones stay as they are. Periods in ms, None for never."""

    enabled: bool
    away_after_ms: int | None
    offline_after_ms: int | None
    resume: Resume
    keep_manual_away: bool
    disconnect_after_ms: int | None
    disconnect_status: Status


@dataclass(frozen=True)
class Workflow:
    """The periods, the rules of resuming, and when they came into force.

    Times are ms UTC, 0 for never. `enabled_time` is when `enabled` last went from false to true, `thresholds_since`
    when `enabled`, a period, `keep_manual_away` or `disconnect_status` last changed. `revision` is the account's
    revision of the last change, 0 for the default workflow of an account that was never configured.
    """

    enabled: bool = False
    away_after_ms: int | None = None
    offline_after_ms: int | None = None
    resume: Resume = Resume.FROM_AWAY
    keep_manual_away: bool = False
    enabled_time: int = 0
    thresholds_since: int = 0
    update_time: int = 0
    updated_by: str = ""
    revision: int = 0
    update_caller: str = ""
    """The caller who made the last change, if that is not `updated_by`."""
    previous_revision: int | None = None
    """The revision of the change before the last, 0 if there was none; None for changes from before this was kept."""
    disconnect_after_ms: int | None = None
    disconnect_status: Status = Status.OFFLINE
    team_id: str = ""
    """The team whose workflow this is; "" for the account's."""
    follows: bool = False
    """True if the team has none of its own any more: the values are the account's (`follow`)."""

    @property
    def is_first(self) -> bool:
        """True if the default workflow was in force before; False if it was not, or that is not known."""
        return self.previous_revision == 0 or self.revision == 1

    @property
    def etag(self) -> str:
        """The version of the workflow: opaque to callers, different after every change."""
        return f"w{self.revision}"

    @cached_property
    def shape(self) -> Shape:
        """The shape, which decides which transitions exist."""
        return _one_shape(
            self.enabled and self.away_after_ms is not None,
            self.enabled and self.offline_after_ms is not None,
            self.resume,
            self.keep_manual_away,
            self.disconnect_status if self.enabled and self.disconnect_after_ms is not None else None,
        )

    @cached_property
    def machine(self) -> StatusMachine:
        """The state machine of the own status, which all users of the account share."""
        return machine_for(self.shape)

    @cached_property
    def connection_machine(self) -> ConnectionMachine:
        """The state machine of the connection, which all users of the account share."""
        return connection_machine_for(self.shape)

    @cached_property
    def timed(self) -> tuple[TimedTransition | None, ...]:
        """The timed transition out of each state, indexed by state; None if there is none. Derived from the table."""
        return _timed(self.shape, self.away_after_ms, self.offline_after_ms)

    @cached_property
    def timed_connection(self) -> tuple[TimedDisconnection | None, ...]:
        """The timed transition out of each state of the connection, indexed by it. Derived from the table."""
        return _timed_connection(self.shape, self.disconnect_after_ms)

    @cached_property
    def resumes(self) -> tuple[bool, ...]:
        """Indexed by state: True if an activity moves a user out of it. Derived from the table."""
        return _resumes(self.shape)


# Most accounts have the same few values, so that they share one object of each.


@lru_cache(maxsize=256)
def _one_shape(away: bool, offline: bool, resume: Resume, keep_manual_away: bool, disconnect: Status | None) -> Shape:
    return Shape(away=away, offline=offline, resume=resume, keep_manual_away=keep_manual_away, disconnect=disconnect)


@lru_cache(maxsize=256)
def _timed(shape: Shape, away_after_ms: int | None, offline_after_ms: int | None) -> tuple[TimedTransition | None, ...]:
    periods = {Period.AWAY_AFTER: away_after_ms, Period.OFFLINE_AFTER: offline_after_ms}
    timed: list[TimedTransition | None] = [None] * len(State)
    for row in machine_for(shape).table:
        if row.event is Event.INACTIVITY and row.period is not None:
            period_ms = periods[row.period]
            assert period_ms is not None  # the shape says that it is set
            timed[row.source] = TimedTransition(row.dest, period_ms)
    return tuple(timed)


@lru_cache(maxsize=256)
def _timed_connection(shape: Shape, disconnect_after_ms: int | None) -> tuple[TimedDisconnection | None, ...]:
    timed: list[TimedDisconnection | None] = [None] * len(Connection)
    for row in connection_machine_for(shape).table:
        if row.period is not None:
            assert disconnect_after_ms is not None  # the shape says that it is set
            timed[row.source] = TimedDisconnection(row.dest, disconnect_after_ms)
    return tuple(timed)


@lru_cache(maxsize=256)
def _resumes(shape: Shape) -> tuple[bool, ...]:
    machine = machine_for(shape)
    return tuple(machine.moves(Event.ACTIVITY, state) for state in State)


DEFAULT_WORKFLOW = Workflow()


def revise(
    current: Workflow,
    patch: WorkflowPatch,
    *,
    now: int,
    actor: str,
    revision: int,
    caller: str = "",
    team_id: str = "",
) -> Workflow:
    """Return the workflow after `patch` at `now`, or `current` itself if the patch changes nothing.

    `caller` names who made the call, if that is not the actor. With `team_id` it is that team's own afterwards; a team
    that has followed the account's until now gets one of its own even where its values are the same.

    Raises:
        InvalidWorkflow: enabled without a period, offline not greater than away, a period outside 1 s to 30 d, or a
            disconnection to ONLINE.
    """
    revised = replace(current, team_id=team_id, follows=False, **patch)
    _check(revised)
    if revised == current:
        return current
    return replace(
        _in_force(current, revised, now),
        update_time=now,
        updated_by=actor,
        revision=revision,
        update_caller=caller,
        previous_revision=current.revision,
    )


def follow(current: Workflow, account: Workflow, *, now: int) -> Workflow:
    """Return the workflow of a team that follows its account's from `now` on, in which `current` was in force before.

    Its values are the account's; when they came into force is the team's own matter. The caller sets what tells of a
    deletion, if this is one.
    """
    followed = replace(
        account,
        team_id=current.team_id,
        follows=True,
        enabled_time=current.enabled_time,
        thresholds_since=current.thresholds_since,
    )
    return _in_force(current, followed, now)


def delete(current: Workflow, account: Workflow, *, now: int, actor: str, revision: int, caller: str = "") -> Workflow:
    """Return what is in force in a team once its own workflow is deleted at `now`; `current` if it has none.

    `caller` names who made the call, if that is not the actor.
    """
    if current.follows or not current.team_id:
        return current
    return replace(
        follow(current, account, now=now),
        update_time=now,
        updated_by=actor,
        revision=revision,
        update_caller=caller,
        previous_revision=current.revision,
    )


def _in_force(current: Workflow, revised: Workflow, now: int) -> Workflow:
    """Return `revised` with the times at which it comes into force where `current` was until `now`."""
    fields: tuple[Callable[[Workflow], object], ...] = (
        lambda w: w.enabled,
        lambda w: w.away_after_ms,
        lambda w: w.offline_after_ms,
        lambda w: w.keep_manual_away,
        lambda w: w.disconnect_after_ms,
        lambda w: w.disconnect_status,
    )
    return replace(
        revised,
        enabled_time=now if revised.enabled and not current.enabled else current.enabled_time,
        thresholds_since=now if any(of(revised) != of(current) for of in fields) else current.thresholds_since,
    )


def _check(workflow: Workflow) -> None:
    for field, period_ms in (
        ("workflow.away_after", workflow.away_after_ms),
        ("workflow.offline_after", workflow.offline_after_ms),
        ("workflow.disconnect_after", workflow.disconnect_after_ms),
    ):
        if period_ms is not None and not PERIOD_MIN_MS <= period_ms <= PERIOD_MAX_MS:
            limits = f"{format_period(PERIOD_MIN_MS)} and {format_period(PERIOD_MAX_MS)}"
            raise InvalidWorkflow(field, f"must be between {limits}, got {format_period(period_ms)}")
    away_ms, offline_ms = workflow.away_after_ms, workflow.offline_after_ms
    if away_ms is not None and offline_ms is not None and offline_ms <= away_ms:
        raise InvalidWorkflow(
            "workflow.offline_after", "must be greater than away_after: both periods start at the same moment"
        )
    if workflow.disconnect_status is Status.ONLINE:
        raise InvalidWorkflow("workflow.disconnect_status", "must be OFFLINE or AWAY, got ONLINE")
    if workflow.enabled and away_ms is None and offline_ms is None and workflow.disconnect_after_ms is None:
        raise InvalidWorkflow(
            "workflow.enabled",
            "set away_after or offline_after (or both), or disconnect_after, to switch the workflow on",
        )
