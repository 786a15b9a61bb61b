"""Converts between the proto's messages and the domain's values.

Times become ms UTC and durations ms, both truncated to the millisecond. A value that cannot be converted (nanos out of
range, a year beyond 9999, an unknown enum number) raises `InvalidField` with the field's path.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from onduty.v1 import status_pb2 as pb

from ..app.batches import LeaseReport, Refused
from ..app.fields import check_text
from ..app.limits import COLUMN_NAME_MAX_BYTES, STATUS_FILTER_MAX
from ..app.log_format import LogFormat, TimeFormat
from ..app.people import StatusSetting
from ..app.ports.activities import Activities
from ..app.ports.statuses import AvailabilityOrder, Preview
from ..app.replaying import ReplayJob, Simulated
from ..app.workflows import WorkflowChange
from ..domain.errors import InvalidField
from ..domain.layers import LeaseAction
from ..domain.record import AccountEvent, ProfilePatch, StatusChange, UserChange
from ..domain.status import Cause, Resume, Status, Then
from ..domain.workflow import Workflow, WorkflowPatch

STATUS_NUMBERS = {
    None: pb.STATUS_UNSPECIFIED,
    Status.ONLINE: pb.STATUS_ONLINE,
    Status.AWAY: pb.STATUS_AWAY,
    Status.OFFLINE: pb.STATUS_OFFLINE,
}
CAUSE_NUMBERS = {
    Cause.MANUAL: pb.CAUSE_MANUAL,
    Cause.INACTIVITY: pb.CAUSE_INACTIVITY,
    Cause.ACTIVITY: pb.CAUSE_ACTIVITY,
    Cause.EXPIRY: pb.CAUSE_EXPIRY,
    Cause.DISCONNECT: pb.CAUSE_DISCONNECT,
}
THEN_NUMBERS = {
    None: pb.THEN_UNSPECIFIED,
    Then.AUTOMATIC: pb.THEN_AUTOMATIC,
    Then.ONLINE: pb.THEN_ONLINE,
    Then.AWAY: pb.THEN_AWAY,
    Then.OFFLINE: pb.THEN_OFFLINE,
}
RESUME_NUMBERS = {
    Resume.FROM_AWAY: pb.RESUME_FROM_AWAY,
    Resume.NEVER: pb.RESUME_NEVER,
    Resume.FROM_AWAY_OR_OFFLINE: pb.RESUME_FROM_AWAY_OR_OFFLINE,
}

_NANOS_MAX = 999_999_999
_TIMESTAMP_MIN_S = -62_135_596_800  # 0001-01-01T00:00:00Z
_TIMESTAMP_MAX_S = 253_402_300_799  # 9999-12-31T23:59:59Z
_DURATION_MAX_S = 315_576_000_000  # 10,000 years, as google/protobuf/duration.proto says


def to_timestamp(time_ms: int) -> Timestamp:
    """Convert a time (ms UTC)."""
    timestamp = Timestamp()
    fill_timestamp(timestamp, time_ms)
    return timestamp


def from_timestamp(field: str, timestamp: Timestamp) -> int:
    """Convert a time of a request to ms UTC."""
    if not _TIMESTAMP_MIN_S <= timestamp.seconds <= _TIMESTAMP_MAX_S or not 0 <= timestamp.nanos <= _NANOS_MAX:
        raise InvalidField(field, "is not a valid google.protobuf.Timestamp")
    return timestamp.seconds * 1_000 + timestamp.nanos // 1_000_000


def to_duration(period_ms: int) -> Duration:
    """Convert a period (ms)."""
    seconds, millis = divmod(period_ms, 1_000)
    return Duration(seconds=seconds, nanos=millis * 1_000_000)


def from_duration(field: str, duration: Duration) -> int:
    """Convert a period of a request to ms; the domain checks its length."""
    seconds, nanos = duration.seconds, duration.nanos
    if 0 <= seconds <= _DURATION_MAX_S and 0 <= nanos <= _NANOS_MAX:
        return seconds * 1_000 + nanos // 1_000_000
    if abs(seconds) > _DURATION_MAX_S or abs(nanos) > _NANOS_MAX or seconds * nanos < 0:
        raise InvalidField(field, "is not a valid google.protobuf.Duration")
    # Towards zero, so that a negative period stays one.
    millis = abs(seconds) * 1_000 + abs(nanos) // 1_000_000
    return -millis if seconds < 0 or nanos < 0 else millis


def from_status(field: str, number: int) -> Status:
    """Convert a status of a request."""
    try:
        return Status(number)
    except ValueError:
        raise InvalidField(field, "must be STATUS_ONLINE, STATUS_AWAY or STATUS_OFFLINE") from None


def from_statuses(field: str, numbers: Sequence[int]) -> list[Status]:
    """Convert a filter of statuses of a request."""
    if len(numbers) > STATUS_FILTER_MAX:
        raise InvalidField(field, f"names more than {STATUS_FILTER_MAX} statuses")
    return [from_status(f"{field}[{index}]", number) for index, number in enumerate(numbers)]


def from_then(number: int) -> Then | None:
    """Convert what is to follow a status; None if that is unspecified."""
    if number == pb.THEN_UNSPECIFIED:
        return None
    try:
        return Then(number)
    except ValueError:
        raise InvalidField("then", "must be THEN_AUTOMATIC, THEN_ONLINE, THEN_AWAY or THEN_OFFLINE") from None


def from_order(number: int) -> AvailabilityOrder:
    """Convert an order of a request; unspecified means the first."""
    try:
        return AvailabilityOrder(number or AvailabilityOrder.LONGEST_AVAILABLE)
    except ValueError:
        raise InvalidField("order", "is not a value of AvailabilityOrder") from None


def to_activities(activities: Iterable[pb.Activity]) -> tuple[Activities, list[Refused]]:
    """Convert the activities of a batch, and refuse those that cannot be."""
    places: list[int] = []
    account_ids: list[str] = []
    user_ids: list[str] = []
    times: list[int | None] = []
    refused: list[Refused] = []
    # One loop, so that no message outlives its turn: see `Activities`.
    for place, activity in enumerate(activities):
        activity_time = None
        if activity.HasField("activity_time"):
            try:
                activity_time = from_timestamp("activity_time", activity.activity_time)
            except InvalidField as error:
                refused.append(Refused(place, error))
                continue
        places.append(place)
        account_ids.append(activity.account_id)
        user_ids.append(activity.user_id)
        times.append(activity_time)
    return Activities(places, account_ids, user_ids, times), refused


def to_lease_reports(leases: Iterable[pb.Lease]) -> tuple[list[LeaseReport], list[Refused]]:
    """Convert the sessions and engagements of a batch, and refuse those that cannot be."""
    reports: list[LeaseReport] = []
    refused: list[Refused] = []
    for place, lease in enumerate(leases):
        try:
            reports.append(to_lease_report(place, lease))
        except InvalidField as error:
            refused.append(Refused(place, error))
    return reports, refused


_LEASE_ACTIONS = {
    pb.LEASE_ACTION_KEEP_SESSION: LeaseAction.KEEP_SESSION,
    pb.LEASE_ACTION_END_SESSION: LeaseAction.END_SESSION,
    pb.LEASE_ACTION_KEEP_ENGAGEMENT: LeaseAction.KEEP_ENGAGEMENT,
    pb.LEASE_ACTION_END_ENGAGEMENT: LeaseAction.END_ENGAGEMENT,
}


def to_lease_report(place: int, lease: pb.Lease) -> LeaseReport:
    """Convert a session or an engagement of a batch, in which it has this index."""
    action = _LEASE_ACTIONS.get(lease.action)
    if action is None:
        raise InvalidField(
            "action",
            "must be LEASE_ACTION_KEEP_SESSION, LEASE_ACTION_END_SESSION, LEASE_ACTION_KEEP_ENGAGEMENT or "
            "LEASE_ACTION_END_ENGAGEMENT",
        )
    ttl_ms = from_duration("ttl", lease.ttl) if lease.HasField("ttl") else None
    idle_for_ms = from_duration("idle_for", lease.idle_for) if lease.HasField("idle_for") else None
    return LeaseReport(place, lease.account_id, lease.user_id, action, lease.lease_id, ttl_ms, idle_for_ms)


def fill_timestamp(timestamp: Timestamp, time_ms: int) -> None:
    """Write a time (ms UTC) into a message."""
    seconds, millis = divmod(time_ms, 1_000)
    timestamp.seconds = seconds
    timestamp.nanos = millis * 1_000_000


def to_status_change(account_id: str, change: StatusChange) -> pb.StatusChange:
    """Convert a change of a status."""
    return pb.StatusChange(
        account_id=account_id,
        user_id=change.user_id,
        revision=change.revision,
        previous_status=STATUS_NUMBERS[change.previous_status],
        status=STATUS_NUMBERS[change.status],
        cause=CAUSE_NUMBERS[change.cause],
        effective_time=to_timestamp(change.effective_time),
        commit_time=to_timestamp(change.commit_time),
        actor=change.actor,
        reason=change.reason,
        caller=change.caller,
        expire_time=None if change.expire_time is None else to_timestamp(change.expire_time),
        then=THEN_NUMBERS[change.then],
        display_name=change.profile.display_name,
        team_id=change.profile.team_id,
    )


def to_workflow(account_id: str, workflow: Workflow) -> pb.Workflow:
    """Convert a workflow, with all scalars set."""
    return pb.Workflow(
        account_id=account_id,
        enabled=workflow.enabled,
        away_after=None if workflow.away_after_ms is None else to_duration(workflow.away_after_ms),
        offline_after=None if workflow.offline_after_ms is None else to_duration(workflow.offline_after_ms),
        resume=RESUME_NUMBERS[workflow.resume],
        keep_manual_away=workflow.keep_manual_away,
        etag=workflow.etag,
        update_time=to_timestamp(workflow.update_time) if workflow.update_time else None,
        updated_by=workflow.updated_by,
        enabled_time=to_timestamp(workflow.enabled_time) if workflow.enabled_time else None,
        update_caller=workflow.update_caller,
        disconnect_after=None if workflow.disconnect_after_ms is None else to_duration(workflow.disconnect_after_ms),
        disconnect_status=STATUS_NUMBERS[workflow.disconnect_status],
        team_id="" if workflow.follows else workflow.team_id,
    )


def to_watched_change(account_id: str, event: AccountEvent) -> pb.WatchedChange:
    """Convert a change of a status or of the workflow for watchers."""
    if isinstance(event.change, Workflow):
        workflow = to_workflow(account_id, event.change)
        return pb.WatchedChange(
            workflow_change=pb.WorkflowChange(
                revision=event.revision,
                workflow=workflow,
                team_id=event.change.team_id,
                deleted=event.change.follows,
            )
        )
    if isinstance(event.change, UserChange):
        return pb.WatchedChange(user_change=to_user_change(account_id, event.change))
    return pb.WatchedChange(status_change=to_status_change(account_id, event.change))


def to_user_change(account_id: str, change: UserChange) -> pb.UserChange:
    """Convert a change of who a user is."""
    return pb.UserChange(
        account_id=account_id,
        user_id=change.user_id,
        revision=change.revision,
        erased=change.erased,
        display_name=change.after.display_name,
        team_id=change.after.team_id,
        previous_display_name=change.before.display_name,
        previous_team_id=change.before.team_id,
        change_time=to_timestamp(change.commit_time),
        actor=change.actor,
        caller=change.caller,
    )


def to_workflow_change(account_id: str, change: WorkflowChange) -> pb.WorkflowChange:
    """Convert a change of a workflow, with the values before."""
    return pb.WorkflowChange(
        revision=change.after.revision,
        workflow=to_workflow(account_id, change.after),
        previous_workflow=None if change.before is None else to_workflow(account_id, change.before),
        team_id=change.after.team_id,
        deleted=change.after.follows,
    )


def to_impact(preview: Preview) -> pb.WorkflowImpact:
    """Convert the result of a dry run."""
    return pb.WorkflowImpact(
        switching_to_away=preview.to_away,
        switching_to_offline=preview.to_offline,
        switches=[
            pb.WorkflowImpactSwitch(
                user_id=switch.user_id,
                previous_status=STATUS_NUMBERS[switch.previous_status],
                status=STATUS_NUMBERS[switch.status],
            )
            for switch in preview.switches
        ],
        next_hour=[
            pb.WorkflowImpactQuarter(
                end_time=to_timestamp(quarter.end_time),
                switching_to_away=quarter.to_away,
                switching_to_offline=quarter.to_offline,
            )
            for quarter in preview.next_hour
        ],
    )


_PATCHED_FIELDS = (
    *("enabled", "away_after", "offline_after", "resume", "keep_manual_away"),
    *("disconnect_after", "disconnect_status"),
)
_TEAM = "team_id"
"""Says whose workflow it is, and is no field of it. In a mask, a server that knows no teams refuses it."""


def to_patch(request: pb.UpdateWorkflowRequest) -> WorkflowPatch:
    """Return the fields that a request writes: those its mask names, or without a mask those it sets."""
    workflow = request.workflow
    if request.update_mask.paths:
        paths = list(request.update_mask.paths)
        if paths == ["*"]:
            paths = list(_PATCHED_FIELDS)
        for path in paths:
            if path not in (*_PATCHED_FIELDS, _TEAM):
                raise InvalidField(
                    "update_mask", f"{_shown(path)} is not one of {', '.join(_PATCHED_FIELDS)}, or * alone"
                )
    else:
        paths = [path for path in _PATCHED_FIELDS if workflow.HasField(path)]  # type: ignore[arg-type]
    return _patch(workflow, paths)


def _patch(workflow: pb.Workflow, paths: Iterable[str]) -> WorkflowPatch:
    """Return the named fields of a workflow. One that is not set has its default."""
    patch = WorkflowPatch()
    if "enabled" in paths:
        patch["enabled"] = workflow.enabled
    if "away_after" in paths:
        patch["away_after_ms"] = _period("away_after", workflow.HasField("away_after"), workflow.away_after)
    if "offline_after" in paths:
        patch["offline_after_ms"] = _period("offline_after", workflow.HasField("offline_after"), workflow.offline_after)
    if "resume" in paths:
        patch["resume"] = _resume(workflow.resume) if workflow.HasField("resume") else Resume.FROM_AWAY
    if "keep_manual_away" in paths:
        patch["keep_manual_away"] = workflow.keep_manual_away
    if "disconnect_after" in paths:
        patch["disconnect_after_ms"] = _period(
            "disconnect_after", workflow.HasField("disconnect_after"), workflow.disconnect_after
        )
    if "disconnect_status" in paths:
        is_set = workflow.HasField("disconnect_status")
        patch["disconnect_status"] = _disconnect_status(workflow.disconnect_status) if is_set else Status.OFFLINE
    return patch


_PROFILE_FIELDS = ("display_name", "team_id")


def to_profile_patch(request: pb.UpdateUserRequest) -> ProfilePatch:
    """Return the fields that a request writes: those its mask names, or without a mask those it sets."""
    user = request.user
    paths = list(request.update_mask.paths)
    if paths == ["*"]:
        paths = list(_PROFILE_FIELDS)
    for path in paths:
        if path not in _PROFILE_FIELDS:
            raise InvalidField("update_mask", f"{_shown(path)} is not one of {', '.join(_PROFILE_FIELDS)}, or * alone")
    patch = ProfilePatch()
    if "display_name" in paths or (not paths and user.HasField("display_name")):
        patch["display_name"] = user.display_name
    if "team_id" in paths or (not paths and user.HasField("team_id")):
        patch["team_id"] = user.team_id
    return patch


def to_setting(place: int, setting: pb.SetStatusRequest) -> StatusSetting:
    """Return a setting by hand of a batch, in which it has this index."""
    return StatusSetting(
        place,
        setting.user_id,
        from_status("status", setting.status),
        setting.reason,
        setting.expected_revision if setting.HasField("expected_revision") else None,
        from_timestamp("expire_time", setting.expire_time) if setting.HasField("expire_time") else None,
        from_duration("ttl", setting.ttl) if setting.HasField("ttl") else None,
        from_then(setting.then),
    )


def to_replay_job(request: pb.SimulateRequest) -> ReplayJob:
    """Return the log of a simulation, and the workflow that it is to try."""
    patch = _patch(request.workflow, [field for field in _PATCHED_FIELDS if field != "enabled"])
    return ReplayJob(request.log, _log_format(request), patch, request.keep_order)


_TIME_FORMATS = {
    pb.LOG_TIME_FORMAT_UNSPECIFIED: TimeFormat.RFC3339,
    pb.LOG_TIME_FORMAT_RFC3339: TimeFormat.RFC3339,
    pb.LOG_TIME_FORMAT_EPOCH_S: TimeFormat.EPOCH_S,
    pb.LOG_TIME_FORMAT_EPOCH_MS: TimeFormat.EPOCH_MS,
}


def _log_format(request: pb.SimulateRequest) -> LogFormat:
    time_format = _TIME_FORMATS.get(request.time_format)
    if time_format is None:
        raise InvalidField("time_format", "must be LOG_TIME_FORMAT_RFC3339, _EPOCH_S or _EPOCH_MS")
    default = LogFormat()
    for field, name in (
        ("time_column", request.time_column),
        ("user_column", request.user_column),
        ("kind_column", request.kind_column),
    ):
        check_text(field, name, COLUMN_NAME_MAX_BYTES)
    return LogFormat(
        request.time_column or default.time_column,
        request.user_column or default.user_column,
        time_format,
        # Callers from before there were kinds may have any column of that name.
        request.kind_column or None,
    )


def to_simulation(simulated: Simulated) -> pb.SimulateResponse:
    """Convert the result of a simulation."""
    summary = simulated.summary
    first, last = summary.first_activity_time, summary.last_activity_time
    return pb.SimulateResponse(
        summary=pb.SimulationSummary(
            users=summary.users,
            activities=summary.activities,
            late_activities=summary.late_activities,
            first_activity_time=None if first is None else to_timestamp(first),
            last_activity_time=None if last is None else to_timestamp(last),
            switches=[
                pb.SimulatedSwitches(previous_status=STATUS_NUMBERS[before], status=STATUS_NUMBERS[after], count=count)
                for (before, after), count in sorted(summary.switches.items(), key=lambda it: (it[0][0] or 0, it[0][1]))
            ],
            resumes=summary.resumes,
            ignored_activities=summary.ignored_activities,
            active_soon_after_away=summary.returns_soon,
            time_in_status=[
                pb.SimulatedTime(status=STATUS_NUMBERS[status], duration=to_duration(spent_ms))
                for status, spent_ms in summary.time_in_status_ms.items()
            ],
            leases=summary.leases,
            refused_leases=summary.refused_leases,
            disconnections=summary.disconnections,
            reconnections=summary.reconnections,
            time_by_disconnect=[
                pb.SimulatedTime(status=STATUS_NUMBERS[status], duration=to_duration(spent_ms))
                for status, spent_ms in summary.time_by_disconnect_ms.items()
                if status is not Status.ONLINE
            ],
            coverage=[
                pb.StatusCount(time=to_timestamp(time), online=online, away=away, offline=offline)
                for time, online, away, offline in summary.coverage
            ],
        ),
        warnings=simulated.warnings,
    )


def _period(field: str, is_set: bool, duration: Duration) -> int | None:
    return from_duration(f"workflow.{field}", duration) if is_set else None


def _resume(number: int) -> Resume:
    try:
        return Resume(number)
    except ValueError:
        raise InvalidField(
            "workflow.resume", "must be RESUME_FROM_AWAY, RESUME_NEVER or RESUME_FROM_AWAY_OR_OFFLINE"
        ) from None


def _disconnect_status(number: int) -> Status:
    try:
        return Status(number)
    except ValueError:
        raise InvalidField("workflow.disconnect_status", "must be STATUS_OFFLINE or STATUS_AWAY") from None


_SHOWN_MAX = 64


def _shown(text: str) -> str:
    """Quote and cut a caller's text for a message."""
    return ascii(text if len(text) <= _SHOWN_MAX else text[:_SHOWN_MAX] + "...")
