"""The arguments and results of the clients: enums and frozen records, free of protobuf and gRPC.

Invariant: every `datetime` here is aware and in UTC, every period a `timedelta`, and a value that a newer server knows
and this client does not is `UNKNOWN`, never an exception.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Generic, Literal, TypeAlias, TypeVar

ItemT = TypeVar("ItemT")


class Status(enum.StrEnum):
    """A user's status. A user who is ONLINE can be given work."""

    ONLINE = "ONLINE"
    AWAY = "AWAY"
    OFFLINE = "OFFLINE"
    #: A status of a newer server. It can't be sent.
    UNKNOWN = "UNKNOWN"


class Cause(enum.StrEnum):
    """The cause of a status."""

    MANUAL = "MANUAL"
    INACTIVITY = "INACTIVITY"
    ACTIVITY = "ACTIVITY"
    #: A status that was set until some time has come to its end.
    EXPIRY = "EXPIRY"
    #: The user's last session has ended. Their own status is underneath.
    DISCONNECT = "DISCONNECT"
    #: A cause of a newer server.
    UNKNOWN = "UNKNOWN"


class Then(enum.StrEnum):
    """The status that follows one that was set until some time."""

    #: ONLINE after an activity so recent that the user would still be ONLINE by it; otherwise, and always after
    #: OFFLINE, AWAY, from which an activity brings the user back.
    AUTOMATIC = "AUTOMATIC"
    ONLINE = "ONLINE"
    AWAY = "AWAY"
    OFFLINE = "OFFLINE"
    #: One of a newer server. It can't be sent.
    UNKNOWN = "UNKNOWN"


class Resume(enum.StrEnum):
    """The automatic statuses from which an activity brings a user back to ONLINE."""

    FROM_AWAY = "FROM_AWAY"
    NEVER = "NEVER"
    FROM_AWAY_OR_OFFLINE = "FROM_AWAY_OR_OFFLINE"
    #: A policy of a newer server. It can't be sent.
    UNKNOWN = "UNKNOWN"


class LeaseAction(enum.StrEnum):
    """An action of a reporter on a session or an engagement."""

    KEEP_SESSION = "KEEP_SESSION"
    END_SESSION = "END_SESSION"
    KEEP_ENGAGEMENT = "KEEP_ENGAGEMENT"
    END_ENGAGEMENT = "END_ENGAGEMENT"


class LogTimeFormat(enum.StrEnum):
    """The ways in which a log of activities writes times."""

    RFC3339 = "RFC3339"
    EPOCH_S = "EPOCH_S"
    EPOCH_MS = "EPOCH_MS"


class AvailabilityOrder(enum.StrEnum):
    """The orders of the available users."""

    LONGEST_AVAILABLE = "LONGEST_AVAILABLE"
    MOST_RECENTLY_ACTIVE = "MOST_RECENTLY_ACTIVE"
    LONGEST_IDLE = "LONGEST_IDLE"


class _Sentinel(enum.Enum):
    UNCHANGED = "UNCHANGED"

    def __repr__(self) -> str:
        return self.name


Unchanged: TypeAlias = Literal[_Sentinel.UNCHANGED]

#: "Leave this part of the workflow as it is", where None already means "no period".
UNCHANGED: Final = _Sentinel.UNCHANGED


@dataclass(frozen=True, slots=True)
class UserStatus:
    """A user's status, exact at the moment of the call.

    `available` is what a router should look at. `last_activity_time` is None for a user who was only ever set by hand.
    `next_status`, `next_status_time` and `next_cause` are the next automatic switch, its time and cause, or None if
    there is none. `actor` and `reason` are empty unless `cause` is MANUAL. `revision` goes into `expected_revision` of
    `set_status`. `expire_time` is the end of a status that was set until some time, and `then` the status that follows;
    they are None for any other. They are those of the user's own status, also while a disconnection (cause DISCONNECT)
    is shown over it. `connected` is True while a session lives, and `engagements` is how many of those live.
    `display_name` is the name to show for the user, and `team_id` their team; either is empty if there is none.
    """

    account_id: str
    user_id: str
    status: Status
    available: bool
    cause: Cause
    status_since: datetime
    last_activity_time: datetime | None
    next_status: Status | None
    next_status_time: datetime | None
    actor: str
    reason: str
    revision: int
    expire_time: datetime | None = None
    then: Then | None = None
    connected: bool = False
    engagements: int = 0
    next_cause: Cause | None = None
    display_name: str = ""
    team_id: str = ""


@dataclass(frozen=True, slots=True)
class BatchStatuses:
    """The statuses of several users, all at the same moment, and the ids never seen, each in the order asked."""

    user_statuses: tuple[UserStatus, ...]
    unknown_user_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatusSetting:
    """One setting of `batch_set_status`: a user, and what `set_status` takes."""

    user_id: str
    status: Status
    reason: str = ""
    until: datetime | None = None
    ttl: timedelta | None = None
    then: Then | None = None
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """A team of an account. One without a workflow of its own follows the account's."""

    account_id: str
    team_id: str
    user_count: int
    has_workflow: bool


@dataclass(frozen=True, slots=True)
class AvailableUsers:
    """The available users, best first, and how many there are in all (which may be more)."""

    user_statuses: tuple[UserStatus, ...]
    available_count: int


@dataclass(frozen=True, slots=True)
class Workflow:
    """The rules by which the users of an account, or of a team, are switched automatically and brought back.

    `team_id` is empty for the account's own workflow, also where that is the answer about a team that follows it.

    A period of None means "never". `etag` makes a later `update_workflow` conditional. `update_time` and `enabled_time`
    are None if the workflow was never changed or never enabled. `update_caller` is the caller who made the last change,
    if that is not `updated_by`; otherwise it is empty. `disconnect_after` the end of a user's last session,
    `disconnect_status` is shown, if that is lower than the user's own status.
    """

    account_id: str
    enabled: bool
    away_after: timedelta | None
    offline_after: timedelta | None
    resume: Resume
    keep_manual_away: bool
    etag: str
    update_time: datetime | None
    updated_by: str
    enabled_time: datetime | None
    update_caller: str = ""
    disconnect_after: timedelta | None = None
    disconnect_status: Status = Status.OFFLINE
    team_id: str = ""


@dataclass(frozen=True, slots=True)
class WorkflowImpactSwitch:
    """One user whom a workflow change would switch at once."""

    user_id: str
    previous_status: Status
    status: Status


@dataclass(frozen=True, slots=True)
class WorkflowImpactQuarter:
    """The switches within a quarter of an hour after a workflow change; one at exactly `end_time` belongs to it."""

    end_time: datetime
    switching_to_away: int
    switching_to_offline: int


@dataclass(frozen=True, slots=True)
class WorkflowImpact:
    """The effect of a workflow change: how many users would switch at once, and the first 1,000 of them.

    `next_hour` counts, by quarter of an hour, the switches that follow if nobody does anything.
    """

    switching_to_away: int
    switching_to_offline: int
    switches: tuple[WorkflowImpactSwitch, ...]
    next_hour: tuple[WorkflowImpactQuarter, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkflowUpdate:
    """The workflow that holds after a change, or with `validate_only` would; `impact` is None without it."""

    workflow: Workflow
    impact: WorkflowImpact | None


@dataclass(frozen=True, slots=True)
class WorkflowChange:
    """One change of a workflow. Who made it, and when, is in `workflow`, as it was after the change.

    `previous_workflow` is the one before the change; None if the server does not know it any more. `team_id` is the
    team whose workflow changed, empty for the account's. If it was `deleted`, `workflow` is what the team follows from
    then on: the account's, with the time and the author of the deletion.
    """

    revision: int
    workflow: Workflow
    previous_workflow: Workflow | None
    team_id: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class CallerGrant:
    """The permissions of a caller in an account; `account_id` of None stands for every account.

    `permissions` are spelled as in roles, such as "workflow.write". With `own_user_only` they hold for the caller's own
    user only. `acts_for_others`: the caller may name somebody else as the actor.
    """

    account_id: str | None
    permissions: frozenset[str]
    own_user_only: bool
    acts_for_others: bool


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller as the server sees it.

    A server that authenticates nobody answers `authenticated` False, and that everybody may do everything. `user_id` is
    the user that the caller is, or empty; `via` is the kind of credential.
    """

    authenticated: bool
    name: str
    user_id: str
    via: str
    grants: tuple[CallerGrant, ...]

    def may(self, permission: str, account_id: str) -> bool:
        """True if `permission`, such as "workflow.write", holds for every user of an account."""
        return any(
            permission in grant.permissions and grant.account_id in (None, account_id) and not grant.own_user_only
            for grant in self.grants
        )


@dataclass(frozen=True, slots=True)
class StatusCount:
    """How many people were in each status at `time`. If that is `unknown`, all are 0."""

    time: datetime
    online: int
    away: int
    offline: int
    unknown: bool = False


@dataclass(frozen=True, slots=True)
class SimulatedSwitches:
    """Simulated changes counted by the statuses before (None: never seen) and after."""

    previous_status: Status | None
    status: Status
    count: int


@dataclass(frozen=True, slots=True)
class SimulationSummary:
    """The effect that a workflow would have had on the users of a log of activities.

    `late_activities` are those older than a row before them; `first_activity_time` and `last_activity_time` are the
    times of the earliest and the latest row of any kind. `switches` counts the changes of status, also those after the
    last row. `resumes` are the activities that brought somebody back from inactivity, `ignored_activities` those that
    left somebody AWAY or OFFLINE. `active_soon_after_away` counts the switches to AWAY by inactivity whose user was
    active again within a minute. `time_in_status` adds up, over all users, the time from when a user was first seen to
    the last row of the log.

    `leases` counts the rows that kept or ended a session or an engagement, and `refused_leases` those that a server
    would have refused. `disconnections` counts the times that somebody was shown as disconnected, and `reconnections`
    those that a session or an activity put an end to. `time_by_disconnect` is the part of `time_in_status` that was
    due to disconnections. `coverage` counts people by status at up to 500 times, equally far apart, from the first row
    to the last.
    """

    users: int
    activities: int
    late_activities: int
    first_activity_time: datetime | None
    last_activity_time: datetime | None
    switches: tuple[SimulatedSwitches, ...]
    resumes: int
    ignored_activities: int
    active_soon_after_away: int
    time_in_status: Mapping[Status, timedelta]
    leases: int = 0
    refused_leases: int = 0
    disconnections: int = 0
    reconnections: int = 0
    time_by_disconnect: Mapping[Status, timedelta] = field(default_factory=dict)
    coverage: tuple[StatusCount, ...] = ()


@dataclass(frozen=True, slots=True)
class Simulation:
    """The answer of `simulate`: a summary, and remarks about the log, for people."""

    summary: SimulationSummary
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One change of a user's status, or of its cause, actor or reason. `previous_status` is None for a user's first.

    `caller` made the call, if that is not the actor but, for example, a backend; otherwise it is empty. `expire_time`
    is the end of a status that was set until some time, and `then` the status that follows; they are None for any
    other, and when a disconnection is shown over it. `team_id` is the user's team at the time of the change, and
    `display_name` the name: in a history the present one, in a watch that of the time of the change. A history shows
    the changes of a user who has been erased since with an empty `user_id`.
    """

    account_id: str
    user_id: str
    revision: int
    previous_status: Status | None
    status: Status
    cause: Cause
    effective_time: datetime
    commit_time: datetime
    actor: str
    reason: str
    caller: str = ""
    expire_time: datetime | None = None
    then: Then | None = None
    display_name: str = ""
    team_id: str = ""


@dataclass(frozen=True, slots=True)
class UserChange:
    """A user was given another name or team, or was erased.

    If the user was `erased`, forget them: everything but the user and the time is empty then. The same id that comes
    back later is a new user. `caller` made the call, if that is not the actor.
    """

    account_id: str
    user_id: str
    revision: int
    change_time: datetime
    erased: bool = False
    display_name: str = ""
    team_id: str = ""
    previous_display_name: str = ""
    previous_team_id: str = ""
    actor: str = ""
    caller: str = ""


@dataclass(frozen=True, slots=True)
class Page(Generic[ItemT]):
    """One page of a list. There is more as long as it has a `next_page_token`, however few items it holds."""

    items: tuple[ItemT, ...]
    next_page_token: str


@dataclass(frozen=True, slots=True)
class ReporterStats:
    """The fate of the reports that a reporter was given, in counts: of activities, sessions and engagements.

    Every report is exactly one of coalesced, acknowledged, rejected, dropped and pending.

    Attributes:
        recorded: calls of `record` and of the methods that keep and end sessions and engagements.
        coalesced: merged into another report of the same user, session or engagement, which was waiting.
        acknowledged: recorded by the server, as durably as it promises.
        rejected: refused by the server; `on_error` or `on_lease_error` was told, and the log, once a minute.
        dropped: thrown away, because too many were waiting, or the reporter was closed before it could send them, or
            the session or engagement had run out before that. The log was told, once a minute.
        pending: waiting, or on their way.
        sent: how many have been sent, those sent again counted again.
        connects: streams begun. One after the first replaces one that failed, or that the server ended.
    """

    recorded: int = 0
    coalesced: int = 0
    acknowledged: int = 0
    rejected: int = 0
    dropped: int = 0
    pending: int = 0
    sent: int = 0
    connects: int = 0


@dataclass(frozen=True, slots=True)
class UploadStats:
    """The fate of the activities, sessions and engagements of an upload, in counts.

    Attributes:
        put: calls of `put` and `put_lease`.
        sent: how many have been sent; each counts once.
        resent: how many have been sent again after a lost connection.
        acknowledged: recorded by the server, as durably as it promises.
        rejected: refused by the server; `on_error` or `on_lease_error` was told.
        connects: connections on which the server has answered.
    """

    put: int = 0
    sent: int = 0
    resent: int = 0
    acknowledged: int = 0
    rejected: int = 0
    connects: int = 0


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """A refused field of a request, as a path of the proto (`workflow.away_after`), with the reason."""

    field: str
    description: str
