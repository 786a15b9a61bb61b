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
from onduty_server.transport.status_bytes import fill_user_status


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
    display_name: str = ""
    team_id: str = ""


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
        status.display_name,
        status.team_id,
    )


def _end_of(told: pb.UserStatus | pb.StatusChange) -> tuple[int | None, int]:
    """The end of the status that is shown, and what follows it; a disconnection has none."""
    if told.cause == pb.CAUSE_DISCONNECT:
        return None, 0
    assert told.HasField("expire_time") is (told.then != pb.THEN_UNSPECIFIED), "an end has something that follows it"
    assert told.cause == pb.CAUSE_MANUAL or not told.HasField("expire_time"), "only a hand sets an end"
    return ms(told.expire_time) if told.HasField("expire_time") else None, told.then


NAMELESS = "\0"
"""The user of a change in the history whose user has been erased since."""


class Event(NamedTuple):
    """A change as the server's history or a message has it. `user` is empty for a workflow change.

    The content is without the name of a status change: it is another one in the history than in a watch.
    """

    revision: int
    user: str
    content: bytes


def user_status_of(account_id: str, view: StatusView) -> pb.UserStatus:
    """A view as the server sends it."""
    status = pb.UserStatus()
    fill_user_status(status, account_id, view)
    return status


def event_of(change: pb.WatchedChange) -> Event:
    """From a message."""
    told = pb.WatchedChange.FromString(change.SerializeToString())
    if told.HasField("status_change"):
        told.status_change.display_name = ""
    content = told.SerializeToString(deterministic=True)
    if change.HasField("workflow_change"):
        return Event(change.workflow_change.revision, "", content)
    about = change.user_change if change.HasField("user_change") else change.status_change
    return Event(about.revision, about.user_id or NAMELESS, content)


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
        self.team_workflows: dict[str, pb.Workflow] = {}
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
        self._covered_workflows: dict[str, int] = {}
        self._late: dict[str, int] = {}
        self._came_back: set[str] = set()

    def copy(self) -> Self:
        """Another that knows the same."""
        twin = type(self)(self.account_id, self.users)
        for name, value in vars(self).items():
            setattr(twin, name, value.copy() if isinstance(value, dict | set) else value)
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
            self._covered_workflows.clear()
            self._came_back.clear()
            self.team_workflows.clear()
            self.snapshots += 1
            self._began = self.in_snapshot = True
            assert page.HasField("workflow"), "the first page has the workflow"
            assert page.workflow.team_id == ""
            self.workflow = page.workflow
            self._covered_workflows[""] = workflow_revision(page.workflow)
        else:
            assert self.in_snapshot, "a page of no snapshot"
            assert not page.HasField("workflow")
        for workflow in page.team_workflows:
            assert workflow.team_id and workflow.team_id not in self.team_workflows
            self.team_workflows[workflow.team_id] = workflow
            self._covered_workflows[workflow.team_id] = workflow_revision(workflow)
        for status in page.user_statuses:
            assert status.account_id == self.account_id
            assert not self.users or status.user_id in self.users
            if status.user_id in self.states:
                # Only somebody who was erased between the pages, and came back as somebody new.
                assert status.revision > self._covered[status.user_id], f"{status.user_id} stands on two pages"
                self._came_back.add(status.user_id)
            self.states[status.user_id] = shown(status)
            self._covered[status.user_id] = status.revision
        self.in_snapshot = not page.last

    def _take_change(self, watched: pb.WatchedChange) -> None:
        assert self._began and not self.in_snapshot, "a change before the end of the snapshot"
        event = event_of(watched)
        assert event.revision > self.last_revision, f"revision {event.revision} came after {self.last_revision}"
        self.events[event.revision] = event
        if watched.HasField("workflow_change"):
            self._take_workflow(event.revision, watched.workflow_change)
            return
        if watched.HasField("user_change"):
            self._take_user(watched.user_change)
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
            change.display_name,
            change.team_id,
        )

    def _take_workflow(self, revision: int, change: pb.WorkflowChange) -> None:
        workflow, team_id = change.workflow, change.team_id
        assert workflow.account_id == self.account_id
        assert revision > self._covered_workflows.get(team_id, 0), "a workflow that the snapshot already showed"
        assert self.lenient or ms(workflow.update_time) > self.effective_until, "a bookmark lied about a workflow"
        if not team_id:
            assert not change.deleted, "the account's own is never deleted"
            self.workflow = workflow
        elif change.deleted:
            assert workflow.team_id == ""
            self.team_workflows.pop(team_id, None)
        else:
            assert workflow.team_id == team_id
            self.team_workflows[team_id] = workflow

    def _take_user(self, change: pb.UserChange) -> None:
        user = change.user_id
        assert change.account_id == self.account_id and user
        assert not self.users or user in self.users, "not in the filter"
        assert change.revision > self._covered.get(user, 0) or user in self._came_back, (
            f"revision {change.revision} of {user} was on a page already"
        )
        assert self.lenient or ms(change.change_time) > self.effective_until, "a bookmark lied about a user"
        if change.erased:
            assert not (change.display_name or change.team_id or change.previous_display_name or change.actor)
            self.states.pop(user, None)
            # Pages may have shown somebody who has the id now: of that one, everything is told.
            self._covered.pop(user, None)
            self._late.pop(user, None)
            return
        known = self.states[user]
        # A status change that was read from the history has the name of today, not that of the time.
        assert known.team_id == change.previous_team_id
        self.states[user] = known._replace(
            display_name=change.display_name, team_id=change.team_id, revision=change.revision
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

    def check(
        self,
        history: Sequence[Event],
        statuses: Mapping[str, Shown],
        workflow: pb.Workflow,
        team_workflows: Mapping[str, pb.Workflow] | None = None,
    ) -> None:
        """Whoever has caught up knows exactly what the server does, and was told of all that no page showed.

        `history` begins with revision 1, or after everything that the snapshot showed. Of people whom it no longer
        names it cannot be told who was to be told of what.
        """
        assert not self.in_snapshot
        unsure = {event.revision for event in history if event.user == NAMELESS or self._may_be_covered(event)}
        expected = {
            event.revision: event
            for event in history
            if event.revision not in unsure
            and event.revision > self._covered_at(event)
            and (not self.users or event.user in self.users | {""})
        }
        told = {revision: event for revision, event in self.events.items() if revision not in unsure}
        assert told == expected, (
            f"missing {sorted(expected.keys() - told.keys())}, unknown {sorted(told.keys() - expected.keys())}"
        )
        wanted = {user: status for user, status in statuses.items() if not self.users or user in self.users}
        assert self.states == wanted
        assert self.workflow == workflow
        assert self.team_workflows == (team_workflows or {})

    def _may_be_covered(self, event: Event) -> bool:
        """A snapshot that does not show a team's workflow may know that it was deleted."""
        return not event.user and _team_of(event) not in self._covered_workflows

    def _covered_at(self, event: Event) -> int:
        return self._covered.get(event.user, 0) if event.user else self._covered_workflows.get(_team_of(event), 0)


def _team_of(event: Event) -> str:
    return pb.WatchedChange.FromString(event.content).workflow_change.team_id
