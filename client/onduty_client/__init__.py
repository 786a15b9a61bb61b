"""Talks to the onduty service.

A client for each call (`Client`, `AsyncClient`), a mirror of an account's statuses in memory (`AvailabilityMirror`,
`AsyncAvailabilityMirror`), a reporter of activities that waits for nothing (`ActivityReporter`,
`AsyncActivityReporter`), and what they take, answer and raise.
"""

from onduty_client._aio import AsyncClient
from onduty_client._connection import MetadataProvider
from onduty_client._errors import (
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
from onduty_client._mirror import AsyncAvailabilityMirror, AvailabilityMirror
from onduty_client._reporter import ActivityReporter, AsyncActivityReporter, RejectedActivity
from onduty_client._security import Security, Token
from onduty_client._sync import Client
from onduty_client._types import (
    UNCHANGED,
    AvailabilityOrder,
    AvailableUsers,
    BatchStatuses,
    Cause,
    FieldViolation,
    MirroredStatus,
    MirrorEvent,
    MirrorStats,
    Page,
    ReporterStats,
    Resume,
    ResyncCause,
    Resynced,
    Status,
    StatusChange,
    Unchanged,
    UserStatus,
    Workflow,
    WorkflowChanged,
    WorkflowImpact,
    WorkflowImpactSwitch,
    WorkflowUpdate,
)

__all__ = [
    "UNCHANGED",
    "ActivityReporter",
    "AsyncActivityReporter",
    "AsyncAvailabilityMirror",
    "AsyncChanges",
    "AsyncClient",
    "AvailabilityMirror",
    "AvailabilityOrder",
    "AvailableUsers",
    "BatchStatuses",
    "Cause",
    "Changes",
    "Client",
    "CredentialRequired",
    "DeadlineExceeded",
    "FieldViolation",
    "InvalidField",
    "InvalidWorkflow",
    "IssuerUnavailable",
    "LimitExceeded",
    "MetadataProvider",
    "MirrorEvent",
    "MirrorNotReady",
    "MirrorStale",
    "MirrorStats",
    "MirroredStatus",
    "OndutyError",
    "Page",
    "PermissionRequired",
    "RejectedActivity",
    "ReporterStats",
    "Resume",
    "ResumeTokenExpired",
    "ResyncCause",
    "Resynced",
    "RevisionConflict",
    "Security",
    "Status",
    "StatusChange",
    "StoreUnavailable",
    "Token",
    "Unavailable",
    "Unchanged",
    "UserStatus",
    "UserUnknown",
    "Workflow",
    "WorkflowChanged",
    "WorkflowImpact",
    "WorkflowImpactSwitch",
    "WorkflowUpdate",
]

#: Of the installed package, such as "1.2.3".
__version__: str


def __getattr__(name: str) -> str:
    # Looked up when it is asked for: reading the package's metadata takes longer than the rest of the import.
    if name == "__version__":
        from importlib.metadata import version

        return version("onduty")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
