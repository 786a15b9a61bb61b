"""Talks to the onduty service.

- `Client` and `AsyncClient` make single calls, keep sessions and engagements (`session`, `engagement`), follow an
  account (`watch`) and send many activities (`upload_activities`).
- `AvailabilityMirror` and `AsyncAvailabilityMirror` keep an account's statuses in memory.
- `ActivityReporter` and `AsyncActivityReporter` report activities, sessions and engagements without waiting.
- `onduty_client.testing` has fakes of all of them, for the tests of programs that use them.

All of them keep a lost connection in repair by themselves and raise an `OndutyError` where they can't do what was
asked.
"""

from onduty_client._activity_errors import RejectedActivity, RejectedLease
from onduty_client._aio import AsyncClient
from onduty_client._connection import MetadataProvider
from onduty_client._diagnosis import ConnectionProblem, ConnectionProblemKind, diagnose_connection
from onduty_client._errors import (
    AccountUnknown,
    CredentialRequired,
    DeadlineExceeded,
    InvalidField,
    InvalidWorkflow,
    IssuerUnavailable,
    LimitExceeded,
    MirrorNotReady,
    MirrorStale,
    OndutyError,
    PermissionRequired,
    ResumeTokenExpired,
    RevisionConflict,
    StoreUnavailable,
    Unavailable,
    UserUnknown,
)
from onduty_client._events import AsyncChanges, Changes
from onduty_client._lease_blocks import AsyncEngagement, AsyncSession, Engagement, Session
from onduty_client._mirror import AsyncAvailabilityMirror, AvailabilityMirror
from onduty_client._mirror_types import MirroredStatus, MirrorEvent, MirrorStats, ResyncCause, Resynced, WorkflowChanged
from onduty_client._patience import Disconnected, Patience, Reconnected
from onduty_client._report_types import (
    Account,
    Bucket,
    StatusCounts,
    StatusTime,
    TimeBucket,
    TimeGroup,
    Timeline,
    TimelineInterval,
    TimelinePage,
    TimeSummary,
    TimeSummaryPage,
)
from onduty_client._reporter import ActivityReporter, AsyncActivityReporter
from onduty_client._security import Security, Token
from onduty_client._sync import Client
from onduty_client._types import (
    UNCHANGED,
    AvailabilityOrder,
    AvailableUsers,
    BatchStatuses,
    Caller,
    CallerGrant,
    Cause,
    FieldViolation,
    LeaseAction,
    LogTimeFormat,
    Page,
    ReporterStats,
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
    Unchanged,
    UploadStats,
    UserChange,
    UserStatus,
    Workflow,
    WorkflowChange,
    WorkflowImpact,
    WorkflowImpactQuarter,
    WorkflowImpactSwitch,
    WorkflowUpdate,
)
from onduty_client._upload import ActivityUpload, AsyncActivityUpload
from onduty_client._watch import AsyncWatch, Watch
from onduty_client._watch_messages import ResumeRefused, WatchBookmark, WatchChanges, WatchMessage, WatchSnapshot

__all__ = [
    "UNCHANGED",
    "Account",
    "AccountUnknown",
    "ActivityReporter",
    "ActivityUpload",
    "AsyncActivityReporter",
    "AsyncActivityUpload",
    "AsyncAvailabilityMirror",
    "AsyncChanges",
    "AsyncClient",
    "AsyncEngagement",
    "AsyncSession",
    "AsyncWatch",
    "AvailabilityMirror",
    "AvailabilityOrder",
    "AvailableUsers",
    "BatchStatuses",
    "Bucket",
    "Caller",
    "CallerGrant",
    "Cause",
    "Changes",
    "Client",
    "ConnectionProblem",
    "ConnectionProblemKind",
    "CredentialRequired",
    "DeadlineExceeded",
    "Disconnected",
    "Engagement",
    "FieldViolation",
    "InvalidField",
    "InvalidWorkflow",
    "IssuerUnavailable",
    "LeaseAction",
    "LimitExceeded",
    "LogTimeFormat",
    "MetadataProvider",
    "MirrorEvent",
    "MirrorNotReady",
    "MirrorStale",
    "MirrorStats",
    "MirroredStatus",
    "OndutyError",
    "Page",
    "Patience",
    "PermissionRequired",
    "Reconnected",
    "RejectedActivity",
    "RejectedLease",
    "ReporterStats",
    "Resume",
    "ResumeRefused",
    "ResumeTokenExpired",
    "ResyncCause",
    "Resynced",
    "RevisionConflict",
    "Security",
    "Session",
    "SimulatedSwitches",
    "Simulation",
    "SimulationSummary",
    "Status",
    "StatusChange",
    "StatusCount",
    "StatusCounts",
    "StatusSetting",
    "StatusTime",
    "StoreUnavailable",
    "Team",
    "Then",
    "TimeBucket",
    "TimeGroup",
    "TimeSummary",
    "TimeSummaryPage",
    "Timeline",
    "TimelineInterval",
    "TimelinePage",
    "Token",
    "Unavailable",
    "Unchanged",
    "UploadStats",
    "UserChange",
    "UserStatus",
    "UserUnknown",
    "Watch",
    "WatchBookmark",
    "WatchChanges",
    "WatchMessage",
    "WatchSnapshot",
    "Workflow",
    "WorkflowChange",
    "WorkflowChanged",
    "WorkflowImpact",
    "WorkflowImpactQuarter",
    "WorkflowImpactSwitch",
    "WorkflowUpdate",
    "diagnose_connection",
]

#: Of the installed package, such as "1.2.3".
__version__: str


def __getattr__(name: str) -> str:
    # Looked up when it is asked for: reading the package's metadata takes longer than the rest of the import.
    if name == "__version__":
        from importlib.metadata import version

        return version("onduty")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
