"""What the clients take and answer: enums and frozen records, free of protobuf and gRPC.

Invariant: every `datetime` here is aware and in UTC, every period a `timedelta`, and a value that a newer server knows
and this client does not is `UNKNOWN`, never an exception.
"""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Generic, Literal, TypeAlias, TypeVar

ItemT = TypeVar("ItemT")


class Status(enum.StrEnum):
    """Whether a user can be given work."""

    ONLINE = "ONLINE"
    AWAY = "AWAY"
    OFFLINE = "OFFLINE"
    #: A status of a newer server. It can't be sent.
    UNKNOWN = "UNKNOWN"


class Cause(enum.StrEnum):
    """What brought a status about."""

    MANUAL = "MANUAL"
    INACTIVITY = "INACTIVITY"
    ACTIVITY = "ACTIVITY"
    #: A cause of a newer server.
    UNKNOWN = "UNKNOWN"


class Resume(enum.StrEnum):
    """From which automatic statuses an activity brings a user back to ONLINE."""

    FROM_AWAY = "FROM_AWAY"
    NEVER = "NEVER"
    FROM_AWAY_OR_OFFLINE = "FROM_AWAY_OR_OFFLINE"
    #: A policy of a newer server. It can't be sent.
    UNKNOWN = "UNKNOWN"


class AvailabilityOrder(enum.StrEnum):
    """Who comes first among the available users."""

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
    `next_status` and `next_status_time` say what inactivity will bring and when; both are None when no automatic switch
    is ahead. `actor` and `reason` are empty unless `cause` is MANUAL. `revision` goes into `expected_revision` of
    `set_status`.
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


@dataclass(frozen=True, slots=True)
class BatchStatuses:
    """The statuses of several users, all at the same moment, and which of them were never seen; in the order asked."""

    user_statuses: tuple[UserStatus, ...]
    unknown_user_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AvailableUsers:
    """Those available, best first, and how many there are in all (which may be more)."""

    user_statuses: tuple[UserStatus, ...]
    available_count: int


@dataclass(frozen=True, slots=True)
class Workflow:
    """How an account's users are switched automatically, and what brings them back.

    A period of None means "never". `etag` makes a later `update_workflow` conditional. `update_time` and `enabled_time`
    are None if the workflow was never changed or never enabled.
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


@dataclass(frozen=True, slots=True)
class WorkflowImpactSwitch:
    """One user whom a workflow change would switch at once."""

    user_id: str
    previous_status: Status
    status: Status


@dataclass(frozen=True, slots=True)
class WorkflowImpact:
    """What a workflow change would do at once: how many users would switch, and who (the first 1,000 of them)."""

    switching_to_away: int
    switching_to_offline: int
    switches: tuple[WorkflowImpactSwitch, ...]


@dataclass(frozen=True, slots=True)
class WorkflowUpdate:
    """The workflow after an update, or with `validate_only` as it would be; `impact` is None without it."""

    workflow: Workflow
    impact: WorkflowImpact | None


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One change of a user's status, or of its cause, actor or reason. `previous_status` is None for a user's first."""

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


@dataclass(frozen=True, slots=True)
class Page(Generic[ItemT]):
    """One page of a list. There is more as long as it has a `next_page_token`, however few items it holds."""

    items: tuple[ItemT, ...]
    next_page_token: str


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """Which field of a request was refused, as a path of the proto (`workflow.away_after`), and why."""

    field: str
    description: str
