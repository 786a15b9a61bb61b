"""The messages that a watch yields: frozen records, free of protobuf and gRPC.

Every message has the `resume_token` with which another watch of the same account and users continues after it; with an
empty one the watch begins with a snapshot.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from onduty_client._mirror_types import WorkflowChanged
from onduty_client._patience import Disconnected, Reconnected
from onduty_client._types import StatusChange, UserChange, UserStatus, Workflow


@dataclass(frozen=True, slots=True)
class WatchSnapshot:
    """A page of a snapshot: the state of the account, or of the users that are watched.

    The pages come one after the other, and with the `last` one they replace everything that was known before. The
    `first` one has the account's workflow, the others have None. Those that teams have of their own may be in any page.
    """

    first: bool
    last: bool
    workflow: Workflow | None
    user_statuses: tuple[UserStatus, ...]
    resume_token: str
    team_workflows: tuple[Workflow, ...] = ()


#: The changes that a watch tells of.
WatchedChange: TypeAlias = StatusChange | WorkflowChanged | UserChange


@dataclass(frozen=True, slots=True)
class WatchChanges:
    """The next changes, in the order of their revisions."""

    changes: tuple[WatchedChange, ...]
    resume_token: str


@dataclass(frozen=True, slots=True)
class WatchBookmark:
    """A note that everything effective up to `effective_until`, by the server's clock, has been told.

    Comes every second.
    """

    effective_until: datetime
    resume_token: str


@dataclass(frozen=True, slots=True)
class ResumeRefused:
    """The server could not continue after the last message because of `error`; a snapshot follows."""

    error: Exception


#: The messages that a watch yields. The last three are about its connection.
WatchMessage: TypeAlias = WatchSnapshot | WatchChanges | WatchBookmark | Disconnected | Reconnected | ResumeRefused
