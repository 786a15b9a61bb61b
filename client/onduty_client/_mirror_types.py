"""The records of mirrors and of what they tell: statuses, events and counts, free of protobuf and gRPC."""

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from onduty_client._types import Cause, Status, StatusChange, Then, UserChange, Workflow


@dataclass(frozen=True, slots=True)
class MirroredStatus:
    """A user's status as a mirror knows it: without what changes between two changes of status.

    A watch carries neither activities nor the sessions and engagements that users have; `get_status` does.

    `available` is what a router should look at. `actor` and `reason` are empty unless `cause` is MANUAL. `revision`
    goes into `expected_revision` of `set_status`. `expire_time` is the end of a status that was set until some time,
    and `then` the status that follows. They are None for any other, and while a disconnection (cause DISCONNECT) is
    shown over it. `display_name` is the name to show for the user, and `team_id` their team; either is empty if there
    is none.
    """

    user_id: str
    status: Status
    available: bool
    cause: Cause
    status_since: datetime
    actor: str
    reason: str
    revision: int
    expire_time: datetime | None = None
    then: Then | None = None
    display_name: str = ""
    team_id: str = ""


@dataclass(frozen=True, slots=True)
class WorkflowChanged:
    """A workflow changed: the account's, or with a `team_id` that of a team. Its revision and the workflow after it.

    If the team's was `deleted`, `workflow` is what the team follows from then on: the account's.
    """

    revision: int
    workflow: Workflow
    team_id: str = ""
    deleted: bool = False


class ResyncCause(enum.StrEnum):
    """The reason why a consumer of a mirror's events was not told of every one."""

    #: The mirror began with a snapshot, or had to begin again: it had been away for longer than the server keeps
    #: history, or been too slow for the server.
    SNAPSHOT = "SNAPSHOT"
    #: The consumer itself was too slow: more events waited for it than may.
    SLOW_CONSUMER = "SLOW_CONSUMER"


@dataclass(frozen=True, slots=True)
class Resynced:
    """There is a gap before this event: read the mirror again, which shows the state after the gap.

    `missed` is how many events were dropped for a SLOW_CONSUMER; it is 0 for a SNAPSHOT, where the number is unknown.
    """

    cause: ResyncCause
    missed: int = 0


#: The events of a mirror.
MirrorEvent: TypeAlias = StatusChange | WorkflowChanged | UserChange | Resynced


@dataclass(frozen=True, slots=True)
class MirrorStats:
    """The history of a mirror since it was started, in counts.

    Attributes:
        connects: watches that the server began to answer.
        resumes: how many of them went on where the one before had ended.
        snapshots: snapshots taken over, complete ones.
        changes: changes of a status, a workflow or a user that were applied.
        ignored: changes that were not, since their revision was known. None is expected.
        gaps: how often a revision was missing, which a new snapshot then made good. None is expected.
        failures: attempts to watch, and watches, that failed. A watch that the server ends in good order is none.
    """

    connects: int = 0
    resumes: int = 0
    snapshots: int = 0
    changes: int = 0
    ignored: int = 0
    gaps: int = 0
    failures: int = 0
