"""A watcher's side of the contract: builds the state that the messages tell of, and fails on any that breaks a promise.

Written from the proto alone. A `Follower` takes every message of a chain of watches, each resumed where one before it
ended; at any message it can be copied, so that the chain may go on from there twice. It fails at once when a message

- tells of a revision twice, out of order, or of one that a snapshot page already showed;
- has an effective time that a bookmark before it said had been delivered;
- puts the pages of a snapshot wrong.

What is missing shows only against the server's own history: `check`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Self

from google.protobuf.timestamp_pb2 import Timestamp

from onduty.v1 import status_pb2 as pb
from onduty_server.domain.record import StatusView
from onduty_server.transport import convert


def ms(timestamp: Timestamp) -> int:
    """Ms UTC."""
    assert timestamp.nanos % 1_000_000 == 0
    return timestamp.seconds * 1_000 + timestamp.nanos // 1_000_000


class Shown(NamedTuple):
    """What a watcher knows of a user; times are ms UTC.

    Of a status set until some time it knows the end, except under a disconnection: no change tells of that.
    """

    status: int
    cause: int
    since: int
    actor: str
    reason: str
    revision: int
    expire_time: int | None = None
    then: int = 0


def shown(status: pb.UserStatus) -> Shown:
    """The same of a `UserStatus`."""
    return Shown(
        status.status,
        status.cause,
        ms(status.status_since),
        status.actor,
        status.reason,
        status.revision,
        *_end_of(status),
    )


def _end_of(told: pb.UserStatus | pb.StatusChange) -> tuple[int | None, int]:
    """The end of the status that is shown, and what follows it; a disconnection has none."""
    if told.cause == pb.CAUSE_DISCONNECT:
        return None, 0
    assert told.HasField("expire_time") is (told.then != pb.THEN_UNSPECIFIED), "an end has something that follows it"
    assert told.cause == pb.CAUSE_MANUAL or not told.HasField("expire_time"), "only a hand sets an end"
    return ms(told.expire_time) if told.HasField("expire_time") else None, told.then


class Event(NamedTuple):
    """A change as the server's history or a message has it. `user` is empty for a workflow change."""

    revision: int
    user: str
    content: bytes


def user_status_of(account_id: str, view: StatusView) -> pb.UserStatus:
    """A view as the server sends it."""
    status = pb.UserStatus()
    convert.fill_user_status(status, account_id, view)
    return status


def event_of(change: pb.WatchedChange) -> Event:
    """From a message."""
    content = change.SerializeToString(deterministic=True)
    if change.HasField("workflow_change"):
        return Event(change.workflow_change.revision, "", content)
    return Event(change.status_change.revision, change.status_change.user_id, content)


def workflow_revision(workflow: pb.Workflow) -> int:
    """The revision at which a workflow was last changed. Callers must not look into an etag; this test may."""
    return int(workflow.etag.removeprefix("w"))


class Follower:
    """See the module. `users` is the filter, empty for everybody."""

    def __init__(self, account_id: str, users: Collection[str] = ()) -> None:
        self.account_id = account_id
        self.users = frozenset(users)
        self.states: dict[str, Shown] = {}
        self.workflow: pb.Workflow | None = None
        self.events: dict[int, Event] = {}
        """What came since the snapshot, by revision."""
        self.effective_until = 0
        self.snapshots = 0
        """How many snapshots have begun."""
        self.in_snapshot = False
        self.lenient = False
        """Set after a crash: clocks that were not yet written are lost, and with them what a bookmark rested on."""
        self._began = False
        self._covered: dict[str, int] = {}
        self._covered_workflow = 0
        self._late: dict[str, int] = {}

    def copy(self) -> Self:
        """Another that knows the same."""
        twin = type(self)(self.account_id, self.users)
        for name, value in vars(self).items():
            setattr(twin, name, dict(value) if isinstance(value, dict) else value)
        return twin

    @property
    def last_revision(self) -> int:
        """The last that was told of as a change."""
        return max(self.events, default=0)

    # --- messages ----------------------------------------------------------------------------------------------------

    def take(self, message: pb.WatchStatusesResponse) -> None:
        """Learn what a message tells."""
        assert message.resume_token
        match message.WhichOneof("event"):
            case "snapshot":
                self._take_page(message.snapshot)
            case "changes":
                assert message.changes.changes, "a batch of nothing"
                for change in message.changes.changes:
                    self._take_change(change)
            case "bookmark":
                self._take_bookmark(ms(message.bookmark.effective_until))
            case other:
                raise AssertionError(f"a message of {other}")

    def _take_page(self, page: pb.StatusSnapshot) -> None:
        if page.first:
            self.states.clear()
            self.events.clear()
            self._covered.clear()
            self._late.clear()
            self.snapshots += 1
            self._began = self.in_snapshot = True
            assert page.HasField("workflow"), "the first page has the workflow"
            self.workflow = page.workflow
            self._covered_workflow = workflow_revision(page.workflow)
        else:
            assert self.in_snapshot, "a page of no snapshot"
            assert not page.HasField("workflow")
        for status in page.user_statuses:
            assert status.account_id == self.account_id
            assert not self.users or status.user_id in self.users
            assert status.user_id not in self.states, f"{status.user_id} stands on two pages"
            self.states[status.user_id] = shown(status)
            self._covered[status.user_id] = status.revision
        self.in_snapshot = not page.last

    def _take_change(self, watched: pb.WatchedChange) -> None:
        assert self._began and not self.in_snapshot, "a change before the end of the snapshot"
        event = event_of(watched)
        assert event.revision > self.last_revision, f"revision {event.revision} came after {self.last_revision}"
        self.events[event.revision] = event
        if watched.HasField("workflow_change"):
            workflow = watched.workflow_change.workflow
            assert workflow.account_id == self.account_id
            assert event.revision > self._covered_workflow, "a workflow that the snapshot already showed"
            assert self.lenient or ms(workflow.update_time) > self.effective_until, "a bookmark lied about a workflow"
            self.workflow = workflow
            return
        change = watched.status_change
        assert change.account_id == self.account_id
        assert not self.users or change.user_id in self.users, "not in the filter"
        assert event.revision > self._covered.get(change.user_id, 0), (
            f"revision {event.revision} of {change.user_id} was on a page already"
        )
        effective = ms(change.effective_time)
        assert effective <= ms(change.commit_time)
        if not self._may_be_late(change) and not self.lenient:
            assert effective > self.effective_until, (
                f"revision {event.revision} is effective at {effective}; "
                f"a bookmark said that all until {self.effective_until} was delivered"
            )
        known = self.states.get(change.user_id)
        if known is not None and change.cause == pb.CAUSE_EXPIRY and known.cause != pb.CAUSE_DISCONNECT:
            assert self._late.get(change.user_id) or known.expire_time in (None, effective), "an end at another time"
        if known is None:
            assert change.previous_status == pb.STATUS_UNSPECIFIED, f"{change.user_id}'s first change is missing"
        if change.cause == pb.CAUSE_DISCONNECT:
            assert not change.HasField("expire_time"), "a disconnection has no end of its own"
        changed = known is None or change.status != change.previous_status
        since = effective if changed or known is None else known.since
        self.states[change.user_id] = Shown(
            change.status,
            change.cause,
            since,
            change.actor,
            change.reason,
            change.revision,
            *_end_of(change),
        )

    def _may_be_late(self, change: pb.StatusChange) -> bool:
        """Whether an activity that arrived late may have brought the change about: see `Bookmark` in the proto."""
        committed = ms(change.commit_time)
        if change.previous_status == pb.STATUS_UNSPECIFIED and change.cause == pb.CAUSE_ACTIVITY:
            self._late[change.user_id] = committed
        # What had fallen due since the late activity is recorded in the same step.
        return self._late.get(change.user_id) == committed and change.cause != pb.CAUSE_MANUAL

    def _take_bookmark(self, until: int) -> None:
        assert not self.in_snapshot, "a bookmark before the end of the snapshot"
        assert until >= self.effective_until or self.lenient, "a bookmark goes back"
        self.effective_until = until
        self.lenient = False

    # --- against the server ------------------------------------------------------------------------------------------

    def check(self, history: Sequence[Event], statuses: Mapping[str, Shown], workflow: pb.Workflow) -> None:
        """Whoever has caught up knows exactly what the server does, and was told of all that no page showed.

        `history` begins with revision 1, or after everything that the snapshot showed.
        """
        assert not self.in_snapshot
        expected = {
            event.revision: event
            for event in history
            if event.revision > self._covered_at(event.user) and (not self.users or event.user in self.users | {""})
        }
        assert self.events == expected, (
            f"missing {sorted(expected.keys() - self.events.keys())}, "
            f"unknown {sorted(self.events.keys() - expected.keys())}"
        )
        wanted = {user: status for user, status in statuses.items() if not self.users or user in self.users}
        assert self.states == wanted
        assert self.workflow == workflow

    def _covered_at(self, user: str) -> int:
        return self._covered.get(user, 0) if user else self._covered_workflow
