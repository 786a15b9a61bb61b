"""The facts that pass between rules, stores and callers: records, switches, changes, and what a reader sees.

Only the store that owns a `UserRecord` writes to it; the functions of `rules` return new ones.
"""

from __future__ import annotations

from typing import NamedTuple

from .status import Cause, State, Status
from .workflow import Workflow


class UserRecord:
    """A user as a store keeps it: the flyweight model of the state machine.

    Times are ms UTC. `clock` is the time of the newest activity or setting by hand; `rules.idle_since` derives the
    inactivity clock from it. `last_activity` is None for a user who was only ever set by hand. `revision` is the
    account's revision of the user's last status change, 0 before the first.
    """

    __slots__ = ("actor", "clock", "last_activity", "reason", "revision", "state", "status_since", "user_id")

    def __init__(
        self,
        user_id: str,
        state: State = State.UNSEEN,
        status_since: int = 0,
        last_activity: int | None = None,
        clock: int = 0,
        actor: str = "",
        reason: str = "",
        revision: int = 0,
    ) -> None:
        self.user_id = user_id
        self.state = state
        self.status_since = status_since
        self.last_activity = last_activity
        self.clock = clock
        self.actor = actor
        self.reason = reason
        self.revision = revision

    def copy(self) -> UserRecord:
        """Return a record with the same values."""
        return UserRecord(
            self.user_id,
            self.state,
            self.status_since,
            self.last_activity,
            self.clock,
            self.actor,
            self.reason,
            self.revision,
        )

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in UserRecord.__slots__)
        return f"UserRecord({fields})"


class Switch(NamedTuple):
    """A decided change of a user's state that is not committed yet: it has no revision and no commit time.

    `effective_time` is in ms UTC. `caller` names who made the call, if that is not the actor.
    """

    previous: State
    state: State
    effective_time: int
    actor: str = ""
    reason: str = ""
    caller: str = ""

    def committed(self, user_id: str, revision: int, commit_time: int) -> StatusChange:
        """Return the change of the user's status that this switch is once it is committed."""
        status, cause = self.state.status, self.state.cause
        assert status is not None and cause is not None  # nobody goes back to never having been seen
        return StatusChange(
            user_id,
            revision,
            self.previous.status,
            status,
            cause,
            self.effective_time,
            commit_time,
            self.actor,
            self.reason,
            self.caller,
        )


class Decision(NamedTuple):
    """The outcome of an event: the user's new record, and the switches that led there, in order.

    `durable`: the record must be on disk before the caller is answered, even if there is no switch.
    """

    record: UserRecord
    switches: tuple[Switch, ...]
    durable: bool = False


class StatusView(NamedTuple):
    """A user's status at one instant, as a caller sees it. Times are ms UTC, None where there is none."""

    user_id: str
    status: Status
    cause: Cause
    status_since: int
    last_activity: int | None
    next_status: Status | None
    next_status_time: int | None
    actor: str
    reason: str
    revision: int

    @property
    def available(self) -> bool:
        """True only for ONLINE: an allow-list, so that a status added one day is not available by accident."""
        return self.status is Status.ONLINE


class StatusChange(NamedTuple):
    """A committed change of a user's status. Times are ms UTC; `previous_status` is None for the first change.

    `caller` names who made the call, if that is not the actor.
    """

    user_id: str
    revision: int
    previous_status: Status | None
    status: Status
    cause: Cause
    effective_time: int
    commit_time: int
    actor: str
    reason: str
    caller: str = ""


class AccountEvent(NamedTuple):
    """A committed change of an account, as watchers receive it: of a user's status, or of the workflow.

    `position` is the user's place in the order in which the account's users were first seen; -1 for the workflow.
    """

    revision: int
    position: int
    change: StatusChange | Workflow
