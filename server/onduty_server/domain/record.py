"""The facts that pass between rules, stores and callers: records, switches, changes, and what a reader sees.

Only the store that owns a `UserRecord` writes to it; the functions of `rules` return new ones.
"""

from __future__ import annotations

from typing import NamedTuple, TypedDict

from .layers import Layers, unpack
from .status import Cause, State, Status, Then, shown_state
from .tallies import Key
from .workflow import Workflow


class Profile(NamedTuple):
    """The name to show for a user, and its team; "" for none."""

    display_name: str = ""
    team_id: str = ""


NO_PROFILE = Profile()


class ProfilePatch(TypedDict, total=False):
    """The fields of a profile that a caller may write; absent ones stay as they are."""

    display_name: str
    team_id: str


class UserRecord:
    """A user as a store keeps it: the flyweight model of the state machine of the own status.

    Times are ms UTC. `clock` is the time of the newest activity or setting by hand; `rules.idle_since` derives the
    inactivity clock from it. `last_activity` is None for a user who was only ever set by hand. `revision` is the
    account's revision of the user's last change, of the status or the profile, 0 before the first.

    `state`, `actor` and `reason` are those of the user's own status; `status_since` and `revision` are those of the
    status that is shown, which is another one while a disconnection lies over it. `layers` is what only some users
    have, packed (`domain/layers.py`). Those who have no name and no team share `NO_PROFILE`.
    """

    __slots__ = (
        "actor",
        "clock",
        "last_activity",
        "layers",
        "profile",
        "reason",
        "revision",
        "state",
        "status_since",
        "user_id",
    )

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
        layers: str = "",
        profile: Profile = NO_PROFILE,
    ) -> None:
        self.user_id = user_id
        self.state = state
        self.status_since = status_since
        self.last_activity = last_activity
        self.clock = clock
        self.actor = actor
        self.reason = reason
        self.revision = revision
        self.layers = layers
        self.profile = profile

    @property
    def shown(self) -> State:
        """The state that a reader is shown, as far as it was committed."""
        return shown_state(self.state, unpack(self.layers).connection) if self.layers else self.state

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
            self.layers,
            self.profile,
        )

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in UserRecord.__slots__)
        return f"UserRecord({fields})"


class Shown(NamedTuple):
    """The part of a record whose change is a change of the user's status, with a revision, history and an event.

    `expire_time` (ms UTC) and `then` are None if the status has no end, and while a disconnection is shown.
    """

    state: State
    actor: str = ""
    reason: str = ""
    expire_time: int | None = None
    then: Then | None = None

    @classmethod
    def of(cls, record: UserRecord, layers: Layers) -> Shown:
        """Return what a reader is shown of a record with these layers."""
        state = shown_state(record.state, layers.connection)
        if state is not record.state:
            return cls(state)
        return cls(state, record.actor, record.reason, layers.expire_time, layers.then)


class Switch(NamedTuple):
    """A decided change of the state that is shown, not committed yet: it has no revision and no commit time.

    Times are ms UTC; `expire_time` and `then` are as in `Shown`. `caller` names who made the call, if that is not the
    actor.
    """

    previous: State
    state: State
    effective_time: int
    actor: str = ""
    reason: str = ""
    caller: str = ""
    expire_time: int | None = None
    then: Then | None = None

    def committed(self, user_id: str, revision: int, commit_time: int, profile: Profile = NO_PROFILE) -> StatusChange:
        """Return the change of the user's status that this switch is once it is committed.

        `profile` is the user's at the time.
        """
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
            self.expire_time,
            self.then,
            profile,
        )


class LeaseEdge(NamedTuple):
    """The beginning or the end of a time in which a user had a live session (`CONNECTED`) or engagement (`ENGAGED`).

    `key` names which, and the user's team. `time` is ms UTC. Edges are kept for reports and have no revision; they
    alternate for each user and kind. See `domain/leases.py`.
    """

    key: Key
    time: int
    begins: bool


class Decision(NamedTuple):
    """The outcome of an event: the user's new record, and the switches that led there, in order.

    `durable`: the record must be on disk before the caller is answered, even if there is no switch. It is true if more
    has changed than numbers (the clock, the last activity, ends of leases): something may have changed underneath what
    is shown. Then there is nothing to tell anybody, but the record has to be kept.

    `profile_at` is None unless the profile changes: then it is the number of switches that come before that change, in
    the order of revisions.

    With `edges`, the decision is `durable`: an edge and the layers that it follows from are written together.
    """

    record: UserRecord
    switches: tuple[Switch, ...]
    durable: bool = False
    profile_at: int | None = None
    edges: tuple[LeaseEdge, ...] = ()

    def own_record(self, before: UserRecord) -> UserRecord:
        """Return the decision's record to be changed further: a copy if it is `before`, the store's own, unchanged."""
        return self.record.copy() if self.record is before else self.record


class StatusView(NamedTuple):
    """A user's status at one instant, as a caller sees it. Times are ms UTC, None where there is none.

    `expire_time` and `then` are those of the user's own status, also while a disconnection is shown over it.
    """

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
    next_cause: Cause | None = None
    expire_time: int | None = None
    then: Then | None = None
    connected: bool = False
    engagements: int = 0
    profile: Profile = NO_PROFILE

    @property
    def available(self) -> bool:
        """True only for ONLINE: an allow-list, so that a status added one day is not available by accident."""
        return self.status is Status.ONLINE


class StatusChange(NamedTuple):
    """A committed change of a user's status. Times are ms UTC; `previous_status` is None for the first change.

    `caller` names who made the call, if that is not the actor. `expire_time` and `then` are as in `Shown`. `profile`
    has the user's name, at present if the change was read from the history, and its team at the time of the change.

    If the user has been erased since, `user_id`, `actor`, `reason`, `caller` and the name are "".
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
    expire_time: int | None = None
    then: Then | None = None
    profile: Profile = NO_PROFILE


class UserChange(NamedTuple):
    """A committed change of who a user is: of the profile, or its erasure. `commit_time` is ms UTC.

    `caller` names who made the call, if that is not the actor. Of an erasure nothing but `user_id` is known, and that
    only to those who are told while it happens: in the history it is "", as it is in changes from before the erasure.
    """

    user_id: str
    revision: int
    before: Profile
    after: Profile
    commit_time: int
    actor: str = ""
    caller: str = ""
    erased: bool = False


class AccountEvent(NamedTuple):
    """A committed change of an account, as watchers receive it: of a user's status, of a user, or of a workflow.

    `position` is the user's place in the order in which the account's users were first seen; -1 for a workflow.
    """

    revision: int
    position: int
    change: StatusChange | UserChange | Workflow
