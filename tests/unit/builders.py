"""Builders for the tests of the domain. Times are ms UTC, small enough to read."""

from __future__ import annotations

from typing import NamedTuple

from onduty_server.domain.machine import UNTIL_STATES
from onduty_server.domain.record import Decision, UserRecord
from onduty_server.domain.rules import Policy
from onduty_server.domain.status import Cause, Resume, State, Status
from onduty_server.domain.workflow import Workflow

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

AWAY_AFTER = 10 * MINUTE
OFFLINE_AFTER = 30 * MINUTE
DISCONNECT_AFTER = MINUTE

StatusAndCause = tuple[Status | None, Cause | None]

NEVER_SEEN: StatusAndCause = (None, None)
ONLINE_BY_HAND: StatusAndCause = (Status.ONLINE, Cause.MANUAL)
ONLINE_BY_ACTIVITY: StatusAndCause = (Status.ONLINE, Cause.ACTIVITY)
AWAY_BY_HAND: StatusAndCause = (Status.AWAY, Cause.MANUAL)
AWAY_BY_INACTIVITY: StatusAndCause = (Status.AWAY, Cause.INACTIVITY)
OFFLINE_BY_HAND: StatusAndCause = (Status.OFFLINE, Cause.MANUAL)
OFFLINE_BY_INACTIVITY: StatusAndCause = (Status.OFFLINE, Cause.INACTIVITY)

SEEN = (
    ONLINE_BY_HAND,
    ONLINE_BY_ACTIVITY,
    AWAY_BY_HAND,
    AWAY_BY_INACTIVITY,
    OFFLINE_BY_HAND,
    OFFLINE_BY_INACTIVITY,
)
"""Every status with each of its possible causes: automation makes nobody ONLINE and raises no OFFLINE."""

STATE_OF: dict[StatusAndCause, State] = {
    (state.status, state.cause): state for state in State if state not in UNTIL_STATES
}
"""The states of statuses without an end: one set until some time has the same status and cause."""


def describe(value: StatusAndCause | Workflow | Status | Resume) -> str:
    """The name of a test's parameter."""
    if isinstance(value, Workflow):
        periods = [
            name for name, ms in (("away", value.away_after_ms), ("offline", value.offline_after_ms)) if ms is not None
        ]
        words = ["on" if value.enabled else "off", "+".join(periods) or "no periods", value.resume.name]
        if value.disconnect_after_ms is not None:
            words.append(f"gone is {value.disconnect_status.name}")
        return " ".join([*words, "keep"] if value.keep_manual_away else words)
    if isinstance(value, (Status, Resume)):
        return value.name
    status, cause = value
    return "never seen" if status is None or cause is None else f"{status.name} by {cause.name}"


def user(
    status_and_cause: StatusAndCause,
    *,
    clock: int,
    status_since: int | None = None,
    last_activity: int | None = None,
    actor: str = "",
    reason: str = "",
    revision: int = 7,
) -> UserRecord:
    """A user whose inactivity clock started at `clock`, by default together with the status."""
    return UserRecord(
        "ada",
        STATE_OF[status_and_cause],
        status_since=clock if status_since is None else status_since,
        last_activity=last_activity,
        clock=clock,
        actor=actor,
        reason=reason,
        revision=revision,
    )


def never_seen() -> UserRecord:
    """A never-seen user."""
    return UserRecord("ada")


def workflow(
    *,
    away: int | None = None,
    offline: int | None = None,
    resume: Resume = Resume.FROM_AWAY,
    keep_manual_away: bool = False,
    enabled: bool = True,
    enabled_time: int = 0,
    thresholds_since: int = 0,
    disconnect: int | None = None,
    gone_is: Status = Status.OFFLINE,
) -> Workflow:
    """A workflow as its last revision left it."""
    return Workflow(
        enabled=enabled,
        away_after_ms=away,
        offline_after_ms=offline,
        resume=resume,
        keep_manual_away=keep_manual_away,
        enabled_time=enabled_time,
        thresholds_since=thresholds_since,
        disconnect_after_ms=disconnect,
        disconnect_status=gone_is,
    )


def both(
    *,
    resume: Resume = Resume.FROM_AWAY,
    keep_manual_away: bool = False,
    enabled_time: int = 0,
    thresholds_since: int = 0,
) -> Workflow:
    """AWAY after 10 minutes, OFFLINE after 30."""
    return workflow(
        away=AWAY_AFTER,
        offline=OFFLINE_AFTER,
        resume=resume,
        keep_manual_away=keep_manual_away,
        enabled_time=enabled_time,
        thresholds_since=thresholds_since,
    )


def policy(current: Workflow, *, floor: int = 0) -> Policy:
    """A policy without replaced workflows."""
    return Policy(current, floor)


class Happened(NamedTuple):
    """A switch in the words of the tables."""

    previous: StatusAndCause
    now: StatusAndCause
    effective_time: int
    actor: str = ""
    reason: str = ""


def happened(decision: Decision) -> list[Happened]:
    """The switches of a decision, in order."""
    return [
        Happened(
            (switch.previous.status, switch.previous.cause),
            (switch.state.status, switch.state.cause),
            switch.effective_time,
            switch.actor,
            switch.reason,
        )
        for switch in decision.switches
    ]


class Facts(NamedTuple):
    """Everything that a record says of its user, in the words of the tables."""

    status_and_cause: StatusAndCause
    status_since: int
    last_activity: int | None
    clock: int
    actor: str
    reason: str
    revision: int


def facts(record: UserRecord) -> Facts:
    """The facts of `record` as they are now; later writes to the record do not change them."""
    return Facts(
        (record.state.status, record.state.cause),
        record.status_since,
        record.last_activity,
        record.clock,
        record.actor,
        record.reason,
        record.revision,
    )
