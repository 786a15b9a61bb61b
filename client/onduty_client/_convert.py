"""Converts between the proto's messages and the client's types, both ways.

Invariant: nothing is checked here that the server checks. Only values that a message can't carry are refused, with
ValueError, or TypeError for an id that is not a str.
"""

import enum
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from onduty.v1 import status_pb2 as pb
from onduty_client._mirror_types import MirroredStatus, WorkflowChanged
from onduty_client._types import (
    AvailabilityOrder,
    Caller,
    CallerGrant,
    Cause,
    LeaseAction,
    LogTimeFormat,
    Resume,
    SimulatedSwitches,
    Simulation,
    SimulationSummary,
    Status,
    StatusChange,
    StatusCount,
    StatusSetting,
    Team,
    Then,
    UserChange,
    UserStatus,
    Workflow,
    WorkflowChange,
    WorkflowImpact,
    WorkflowImpactQuarter,
    WorkflowImpactSwitch,
)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

# Only the members of the proto: one that can't be sent (UNKNOWN) is in none of them.
_STATUS_BY_NUMBER: Final[Mapping[int, Status]] = {
    pb.Status.Value(f"STATUS_{m}"): m for m in Status if m is not Status.UNKNOWN
}
_CAUSE_BY_NUMBER: Final[Mapping[int, Cause]] = {
    pb.Cause.Value(f"CAUSE_{m}"): m for m in Cause if m is not Cause.UNKNOWN
}
_RESUME_BY_NUMBER: Final[Mapping[int, Resume]] = {
    pb.Resume.Value(f"RESUME_{m}"): m for m in Resume if m is not Resume.UNKNOWN
}
_THEN_BY_NUMBER: Final[Mapping[int, Then]] = {pb.Then.Value(f"THEN_{m}"): m for m in Then if m is not Then.UNKNOWN}
# A reporter converts some hundred thousand a second.
_NUMBER_BY_LEASE_ACTION: Final = {action: pb.LeaseAction.Value(f"LEASE_ACTION_{action}") for action in LeaseAction}


def check_text(**named: object) -> None:
    """Raise TypeError for an argument that is not a str.

    Protobuf's own error would not name it, and it accepts bytes.
    """
    for name, value in named.items():
        if not isinstance(value, str):
            raise TypeError(f"{name} must be a str, got {type(value).__name__}")


def ids(user_ids: Iterable[str]) -> tuple[str, ...]:
    """Return the ids as a tuple. Raises TypeError if one is not a str, or if a str is given in place of several ids."""
    if isinstance(user_ids, str | bytes):
        raise TypeError(f"user_ids must be several ids, got a {type(user_ids).__name__}")
    found = tuple(user_ids)
    for user_id in found:
        check_text(user_id=user_id)
    return found


def status_to_proto(status: Status) -> pb.Status.ValueType:
    """Convert a status. Raises ValueError for UNKNOWN and for other values."""
    return pb.Status.Value(f"STATUS_{sendable(status, Status)}")


def setting_to_proto(account_id: str, setting: StatusSetting) -> pb.SetStatusRequest:
    """Convert a setting by hand; one of a batch has the `account_id` "". Raises as its parts do."""
    check_text(user_id=setting.user_id, reason=setting.reason)
    return pb.SetStatusRequest(
        account_id=account_id,
        user_id=setting.user_id,
        status=status_to_proto(setting.status),
        reason=setting.reason,
        expected_revision=setting.expected_revision,
        expire_time=None if setting.until is None else time_to_proto(setting.until, "until"),
        ttl=None if setting.ttl is None else period_to_proto(setting.ttl),
        then=pb.THEN_UNSPECIFIED if setting.then is None else then_to_proto(setting.then),
    )


def then_to_proto(then: Then) -> pb.Then.ValueType:
    """Convert what follows a status. Raises ValueError for UNKNOWN and for other values."""
    return pb.Then.Value(f"THEN_{sendable(then, Then)}")


def resume_to_proto(resume: Resume) -> pb.Resume.ValueType:
    """Convert a resume policy. Raises ValueError for UNKNOWN and for other values."""
    return pb.Resume.Value(f"RESUME_{sendable(resume, Resume)}")


def lease_action_to_proto(action: LeaseAction) -> pb.LeaseAction.ValueType:
    """Convert what to do with a session or an engagement."""
    return _NUMBER_BY_LEASE_ACTION[action]


def order_to_proto(order: AvailabilityOrder) -> pb.AvailabilityOrder.ValueType:
    """Convert an order. Raises ValueError for other values."""
    return pb.AvailabilityOrder.Value(f"AVAILABILITY_ORDER_{sendable(order, AvailabilityOrder)}")


def team_filter(team_id: str | None) -> str:
    """Return the team to ask for, "" for all users.

    Raises ValueError for an empty id: on the wire it stands for all, which a caller whose user has no team does not
    mean.
    """
    if team_id == "":
        raise ValueError("team_id is empty; None asks about everybody")
    return team_id or ""


def sendable(value: str, kind: type[enum.StrEnum]) -> str:
    """Return a member of an enum, or its text. Other values come from callers without a type checker."""
    allowed = [member.value for member in kind if member.value != "UNKNOWN"]
    if value not in allowed:
        *most, last = (f"{kind.__name__}.{name}" for name in allowed)
        raise ValueError(f"{str(value)!r} cannot be sent as {kind.__name__}; use {', '.join(most)} or {last}")
    return value


def time_format_to_proto(time_format: LogTimeFormat) -> pb.LogTimeFormat.ValueType:
    """ValueError for what is no format."""
    return pb.LogTimeFormat.Value(f"LOG_TIME_FORMAT_{sendable(time_format, LogTimeFormat)}")


def time_to_proto(time: datetime, name: str) -> Timestamp:
    """Convert a time. Raises ValueError, with `name`, for a time without a zone, which does not name an instant."""
    if time.utcoffset() is None:
        raise ValueError(f"{name} needs a time zone, such as datetime.UTC: {time.isoformat()}")
    seconds, microseconds = divmod((time - _EPOCH) // _MICROSECOND, 1_000_000)
    return Timestamp(seconds=seconds, nanos=microseconds * 1_000)


def period_to_proto(period: timedelta) -> Duration:
    """Convert any period, even a negative one: the server decides what is allowed."""
    duration = Duration()
    duration.FromTimedelta(period)
    return duration


def time(timestamp: Timestamp) -> datetime:
    """Convert a time to UTC; fractions of a microsecond are cut off."""
    return _EPOCH + timedelta(seconds=timestamp.seconds, microseconds=timestamp.nanos // 1_000)


def status(number: int) -> Status:
    """Convert a status."""
    return _STATUS_BY_NUMBER.get(number, Status.UNKNOWN)


def cause(number: int) -> Cause:
    """Convert a cause."""
    return _CAUSE_BY_NUMBER.get(number, Cause.UNKNOWN)


def _then(number: int) -> Then | None:
    return _THEN_BY_NUMBER.get(number, Then.UNKNOWN) if number else None


def user_status(message: pb.UserStatus) -> UserStatus:
    """Convert one user's status."""
    return UserStatus(
        account_id=message.account_id,
        user_id=message.user_id,
        status=status(message.status),
        available=message.available,
        cause=cause(message.cause),
        status_since=time(message.status_since),
        last_activity_time=time(message.last_activity_time) if message.HasField("last_activity_time") else None,
        next_status=status(message.next_status) if message.next_status else None,
        next_status_time=time(message.next_status_time) if message.HasField("next_status_time") else None,
        actor=message.actor,
        reason=message.reason,
        revision=message.revision,
        expire_time=time(message.expire_time) if message.HasField("expire_time") else None,
        then=_then(message.then),
        connected=message.connected,
        engagements=message.engagements,
        next_cause=cause(message.next_cause) if message.next_cause else None,
        display_name=message.display_name,
        team_id=message.team_id,
    )


def user_statuses(messages: Iterable[pb.UserStatus]) -> tuple[UserStatus, ...]:
    """Convert several users' statuses, in the same order."""
    return tuple(user_status(message) for message in messages)


def mirrored_status(message: pb.UserStatus) -> MirroredStatus:
    """Convert one user's status, without the parts that a change does not tell.

    A change to a disconnection does not tell the end of the status underneath, so that of a snapshot is left out too.
    """
    has_end = message.HasField("expire_time") and message.cause != pb.CAUSE_DISCONNECT
    return MirroredStatus(
        user_id=message.user_id,
        status=status(message.status),
        available=message.available,
        cause=cause(message.cause),
        status_since=time(message.status_since),
        actor=message.actor,
        reason=message.reason,
        revision=message.revision,
        expire_time=time(message.expire_time) if has_end else None,
        then=_then(message.then) if has_end else None,
        display_name=message.display_name,
        team_id=message.team_id,
    )


def workflow(message: pb.Workflow) -> Workflow:
    """Convert a workflow."""
    return Workflow(
        account_id=message.account_id,
        enabled=message.enabled,
        away_after=message.away_after.ToTimedelta() if message.HasField("away_after") else None,
        offline_after=message.offline_after.ToTimedelta() if message.HasField("offline_after") else None,
        resume=_RESUME_BY_NUMBER.get(message.resume, Resume.UNKNOWN),
        keep_manual_away=message.keep_manual_away,
        etag=message.etag,
        update_time=time(message.update_time) if message.HasField("update_time") else None,
        updated_by=message.updated_by,
        enabled_time=time(message.enabled_time) if message.HasField("enabled_time") else None,
        update_caller=message.update_caller,
        disconnect_after=message.disconnect_after.ToTimedelta() if message.HasField("disconnect_after") else None,
        # A server that knows no disconnection names no status for it.
        disconnect_status=status(message.disconnect_status) if message.disconnect_status else Status.OFFLINE,
        team_id=message.team_id,
    )


def workflow_impact(message: pb.WorkflowImpact) -> WorkflowImpact:
    """Convert the impact of a workflow change."""
    return WorkflowImpact(
        switching_to_away=message.switching_to_away,
        switching_to_offline=message.switching_to_offline,
        switches=tuple(
            WorkflowImpactSwitch(
                user_id=switch.user_id,
                previous_status=status(switch.previous_status),
                status=status(switch.status),
            )
            for switch in message.switches
        ),
        next_hour=tuple(
            WorkflowImpactQuarter(
                end_time=time(quarter.end_time),
                switching_to_away=quarter.switching_to_away,
                switching_to_offline=quarter.switching_to_offline,
            )
            for quarter in message.next_hour
        ),
    )


def workflow_change(message: pb.WorkflowChange) -> WorkflowChange:
    """One change of a workflow."""
    return WorkflowChange(
        revision=message.revision,
        workflow=workflow(message.workflow),
        previous_workflow=workflow(message.previous_workflow) if message.HasField("previous_workflow") else None,
        team_id=message.team_id,
        deleted=message.deleted,
    )


def workflow_changed(message: pb.WorkflowChange) -> WorkflowChanged:
    """Convert a change of a workflow, as a watch tells it."""
    return WorkflowChanged(message.revision, workflow(message.workflow), message.team_id, message.deleted)


def team(message: pb.Team) -> Team:
    """Convert a team."""
    return Team(message.account_id, message.team_id, message.user_count, message.has_workflow)


def caller(message: pb.Caller) -> Caller:
    """The caller of a call."""
    return Caller(
        authenticated=message.authenticated,
        name=message.name,
        user_id=message.user_id,
        via=message.via,
        grants=tuple(
            CallerGrant(
                account_id=None if grant.everywhere else grant.account_id,
                permissions=frozenset(grant.permissions),
                own_user_only=grant.own_user_only,
                acts_for_others=grant.acts_for_others,
            )
            for grant in message.grants
        ),
    )


def simulation(message: pb.SimulateResponse) -> Simulation:
    """The result of a simulation."""
    found = message.summary
    return Simulation(
        SimulationSummary(
            users=found.users,
            activities=found.activities,
            late_activities=found.late_activities,
            first_activity_time=time(found.first_activity_time) if found.HasField("first_activity_time") else None,
            last_activity_time=time(found.last_activity_time) if found.HasField("last_activity_time") else None,
            switches=tuple(
                SimulatedSwitches(
                    previous_status=status(each.previous_status) if each.previous_status else None,
                    status=status(each.status),
                    count=each.count,
                )
                for each in found.switches
            ),
            resumes=found.resumes,
            ignored_activities=found.ignored_activities,
            active_soon_after_away=found.active_soon_after_away,
            time_in_status={status(each.status): each.duration.ToTimedelta() for each in found.time_in_status},
            leases=found.leases,
            refused_leases=found.refused_leases,
            disconnections=found.disconnections,
            reconnections=found.reconnections,
            time_by_disconnect={status(each.status): each.duration.ToTimedelta() for each in found.time_by_disconnect},
            coverage=tuple(map(status_count, found.coverage)),
        ),
        tuple(message.warnings),
    )


def status_count(message: pb.StatusCount) -> StatusCount:
    """Convert how many people were in each status."""
    return StatusCount(time(message.time), message.online, message.away, message.offline, message.unknown)


def status_change(message: pb.StatusChange) -> StatusChange:
    """Convert one change of a user's status."""
    return StatusChange(
        account_id=message.account_id,
        user_id=message.user_id,
        revision=message.revision,
        previous_status=status(message.previous_status) if message.previous_status else None,
        status=status(message.status),
        cause=cause(message.cause),
        effective_time=time(message.effective_time),
        commit_time=time(message.commit_time),
        actor=message.actor,
        reason=message.reason,
        caller=message.caller,
        expire_time=time(message.expire_time) if message.HasField("expire_time") else None,
        then=_then(message.then),
        display_name=message.display_name,
        team_id=message.team_id,
    )


def user_change(message: pb.UserChange) -> UserChange:
    """Convert a change of who a user is."""
    return UserChange(
        account_id=message.account_id,
        user_id=message.user_id,
        revision=message.revision,
        change_time=time(message.change_time),
        erased=message.erased,
        display_name=message.display_name,
        team_id=message.team_id,
        previous_display_name=message.previous_display_name,
        previous_team_id=message.previous_team_id,
        actor=message.actor,
        caller=message.caller,
    )
