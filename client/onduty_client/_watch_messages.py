"""The messages that a watch yields: frozen records, free of protobuf and gRPC.

Every message has the `resume_token` with which another watch of the same account and users goes on after it; an empty
one begins with a snapshot.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from onduty_client._patience import Disconnected, Reconnected
from onduty_client._types import StatusChange, UserStatus, Workflow, WorkflowChanged


@dataclass(frozen=True, slots=True)
class WatchSnapshot:
    """A page of a snapshot: the state of the account, or of the users that are watched.

    The pages come one after the other, and with the `last` one they take the place of everything that was known before.
    The `first` one has the workflow, the others have None.
    """

    first: bool
    last: bool
    workflow: Workflow | None
    user_statuses: tuple[UserStatus, ...]
    resume_token: str


@dataclass(frozen=True, slots=True)
class WatchChanges:
    """Changes that follow what was told before, in the order of their revisions."""

    changes: tuple[StatusChange | WorkflowChanged, ...]
    resume_token: str


@dataclass(frozen=True, slots=True)
class WatchBookmark:
    """Everything effective up to `effective_until`, by the server's clock, has been told. Comes once a second."""

    effective_until: datetime
    resume_token: str


@dataclass(frozen=True, slots=True)
class ResumeRefused:
    """The server could not go on after the last message; a snapshot follows. `error` says why."""

    error: Exception


#: What a watch yields. The last three tell of its connection.
WatchMessage: TypeAlias = WatchSnapshot | WatchChanges | WatchBookmark | Disconnected | Reconnected | ResumeRefused
