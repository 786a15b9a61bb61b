"""What the clients of a server that gets killed were told, and whether the server still knows it afterwards.

A `Ledger` keeps everything that one account's clients sent and were answered. `Ledger.check` asks a restarted server
and fails unless all of it is there: acknowledged changes under their revisions, every status that anybody ever saw with
the time since which it was true, every change and workflow that a read returned, activities that had had the time to be
written, revisions without gaps. Effective times are computed anew from what was sent, without the domain's code.

What the clients cannot know is left open, and nothing else: whether a call that the kill cut off took place, and which
of the activities of the last flush interval survived (the restarted server says which).
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from google.protobuf.timestamp_pb2 import Timestamp

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc

CLOCKS_APART_MS = 50
"""How far the server's clock, which does not follow steps of the wall clock, may be from the one here."""
RECORDED_WITHIN_S = 15.0
NEVER = 1 << 62
_FRESH_FOR_MS = 3_600_000
"""For how long an activity makes somebody available where no period is in force; the server's default."""
_LATE_MS = 5_000
"""New history is looked for from this long before the check before. What is effective earlier shows as a gap."""


class Seen(NamedTuple):
    """A status somebody was shown. Ms UTC."""

    user: str
    status: int
    cause: int
    since: int
    actor: str
    reason: str
    revision: int


class Change(NamedTuple):
    """A change as history has it. Ms UTC."""

    revision: int
    user: str
    previous: int
    status: int
    cause: int
    effective: int
    commit: int
    actor: str
    reason: str


class WorkflowSeen(NamedTuple):
    """A workflow under its revision. Ms and ms UTC; None for no period."""

    revision: int
    enabled: bool
    away_after: int | None
    offline_after: int | None
    resume: int
    keep_manual_away: bool
    updated_by: str
    update_time: int
    enabled_time: int

    @property
    def thresholds(self) -> tuple[object, ...]:
        """What makes `thresholds_since` move when it changes."""
        return (self.enabled, self.away_after, self.offline_after, self.keep_manual_away)


@dataclass(slots=True, eq=False)
class Clocked:
    """A call that restarts a user's clock: at some time of `low` to `high`. Ms UTC."""

    reason: str | None
    """Of a SetStatus, None for an activity."""
    sent: int
    low: int
    high: int
    """Until the call has ended: never."""
    ended: int = NEVER
    acknowledged: bool = False
    lost: bool = False
    """Whether the server has not got it: cut off, or an activity that was not yet due to be written."""
    earliest: int = NEVER
    """If below `low`: from when on it may have been carried out once before, as a call that is repeated is."""

    def spans(self, time: int) -> bool:
        """Whether the server may have decided about the call at `time`."""
        return self.sent - CLOCKS_APART_MS <= time <= self.ended + CLOCKS_APART_MS

    @property
    def first(self) -> int:
        """The earliest time at which it may have restarted the clock."""
        return min(self.low, self.earliest)


class SentStatus(NamedTuple):
    """What was sent with a reason, once or several times."""

    user: str
    status: pb.Status.ValueType
    actor: str


@dataclass(slots=True)
class SentActivity:
    """A RecordActivity that was acknowledged. `time` is what the server then knew as the user's last activity."""

    time: int
    acknowledged: int


@dataclass(slots=True)
class SentWorkflow:
    """An UpdateWorkflow under way."""

    wanted: tuple[object, ...]
    sent: int


@dataclass(slots=True)
class User:
    """What was sent about a user, and the states that history says they were in."""

    clocks: list[Clocked] = field(default_factory=list)
    activities: list[SentActivity] = field(default_factory=list)
    states: list[Seen] = field(default_factory=list)
    by_state: dict[tuple[object, ...], list[int]] = field(default_factory=lambda: defaultdict(list))
    known: bool = False
    """Whether anything about the user was acknowledged."""
    last_set: str | None = None
    """The reason last sent."""


class Ledger:
    """See the module."""

    carries_out_once = True
    """Whether the server never carries a call out again of which it does not know whether it was."""

    def __init__(self, account_id: str) -> None:
        self.account_id = account_id
        self.users: dict[str, User] = defaultdict(User)
        self.sets: dict[str, SentStatus] = {}
        """By reason."""
        self.workflow_sent: SentWorkflow | None = None
        self.history: dict[int, Change] = {}
        self.workflows: dict[int, WorkflowSeen] = {}
        self.checked: Counter[str] = Counter()
        self.may_have_lost = False
        """Whether something that was acknowledged may be gone."""
        self._seen: list[Seen] = []
        self._to_find: dict[int, Change] = {}
        self._acknowledged: list[tuple[str, Seen]] = []
        self._read_until = 0
        self._newest = 0

    # --- what clients are told ---------------------------------------------------------------------------------------

    def saw(self, statuses: Iterable[pb.UserStatus]) -> None:
        """Somebody was shown these."""
        self._seen.extend(map(seen, statuses))

    def saw_changes(self, changes: Iterable[pb.StatusChange]) -> None:
        """Somebody was shown these."""
        for change in map(change_of, changes):
            known = self.history.get(change.revision) or self._to_find.setdefault(change.revision, change)
            assert known == change, f"revision {change.revision} was {known} and is now {change}"

    def saw_workflow(self, workflow: pb.Workflow) -> WorkflowSeen:
        """Somebody was shown it."""
        shown = workflow_of(workflow)
        known = self.workflows.setdefault(shown.revision, shown)
        assert known == shown, f"the workflow of revision {shown.revision} was {known} and is now {shown}"
        return shown

    def acknowledged_workflow(self, workflow: pb.Workflow) -> WorkflowSeen:
        """An UpdateWorkflow was answered."""
        return self.saw_workflow(workflow)

    def acknowledged_set(self, reason: str, status: pb.UserStatus) -> None:
        """A SetStatus was answered."""
        self._acknowledged.append((reason, seen(status)))
        self.saw([status])

    # --- after a restart ---------------------------------------------------------------------------------------------

    async def check(
        self, server: pb_grpc.StatusServiceAsyncStub, *, killed: int, flushed_before: int, everything: bool = False
    ) -> None:
        """Ask a restarted server for all that must be there.

        Args:
            server: serves the file again.
            killed: when the one before was killed, ms UTC.
            flushed_before: activities acknowledged before this (ms UTC) had had the time to be written.
            everything: read the whole history again, and not only what is new.
        """
        await self._check_workflow(server, killed)
        await self._check_activities(server, flushed_before)
        if everything:
            self._to_find = dict(self.history)
            self.history = {}
            self.users = defaultdict(User, {name: _without_states(user) for name, user in self.users.items()})
            self._read_until = self._newest = 0
        expected, shown = self._to_find, self._seen
        self._to_find, self._seen = {}, []
        await self._read_history_until_it_explains(server, shown)
        for revision, change in expected.items():
            assert self.history.get(revision) == change, f"{change} was read; now it is {self.history.get(revision)}"
        self.checked["changes that reads returned"] += len(expected)
        self.checked["statuses seen"] += len(shown)
        for reason, answer in self._acknowledged:
            made = self.history.get(answer.revision)
            assert made is not None and (made.user, made.status, made.reason) == (answer.user, answer.status, reason), (
                f"{answer} was acknowledged; its revision is now {made}"
            )
        self.checked["acknowledged SetStatus"] += len(self._acknowledged)
        self._acknowledged = []
        self._read_until = killed

    async def _check_workflow(self, server: pb_grpc.StatusServiceAsyncStub, killed: int) -> None:
        response = await server.GetWorkflow(pb.GetWorkflowRequest(account_id=self.account_id))
        newest = max(self.workflows, default=0)
        known = dict(self.workflows)
        found = workflow_of(response.workflow)
        if found.revision == 0:
            assert newest == 0, f"the workflow of revision {newest} is gone"
        elif found.revision not in known:
            # The update that the kill cut off took place after all.
            sent = self.workflow_sent
            assert sent is not None and found.revision > newest, f"nobody sent {found}; the newest known is {newest}"
            assert found[1:7] == sent.wanted
            assert sent.sent - CLOCKS_APART_MS <= found.update_time <= killed + CLOCKS_APART_MS
            self.workflows[found.revision] = found
        else:
            assert found.revision == newest, f"{found}, but {known[newest]} was seen"
            assert found == known[newest]
        self.workflow_sent = None

    async def _check_activities(self, server: pb_grpc.StatusServiceAsyncStub, flushed_before: int) -> None:
        if not self.users:
            return
        request = pb.BatchGetStatusesRequest(account_id=self.account_id, user_ids=list(self.users))
        response = await server.BatchGetStatuses(request)
        for name in response.unknown_user_ids:
            assert not self.users[name].known, f"{name} is unknown again"
        self.saw(response.user_statuses)
        for status in response.user_statuses:
            user = self.users[status.user_id]
            last = ms(status.last_activity_time) if status.HasField("last_activity_time") else None
            written = [sent.time for sent in user.activities if sent.acknowledged < flushed_before]
            self.checked["activities that had to be there"] += len(written)
            if written:
                assert last is not None and last >= max(written), (
                    f"{status.user_id}: the activity of {max(written)} was to be written before {flushed_before}; "
                    f"the last that the server knows is of {last}"
                )
            for clock in user.clocks:
                if clock.reason is None and (last is None or clock.first > last):
                    clock.lost = True
            user.activities = []

    async def _read_history_until_it_explains(self, server: pb_grpc.StatusServiceAsyncStub, shown: list[Seen]) -> None:
        """What fell due and was seen may be recorded a moment after it was seen, so ask more than once."""
        unexplained = shown
        async with asyncio.timeout(RECORDED_WITHIN_S):
            while True:
                try:
                    await self._read_history(server)
                    unexplained = [status for status in unexplained if not self._explained(status)]
                except TimeoutError:
                    raise AssertionError(f"seen, and not in history: {unexplained[:5]}") from None
                if not unexplained:
                    return
                if (lost := next((status for status in unexplained if self._contradicted(status)), None)) is not None:
                    states = self.users[lost.user].states
                    raise AssertionError(f"{lost} was seen; the history of the user ends with {states[-4:]}")

    async def _read_history(self, server: pb_grpc.StatusServiceAsyncStub) -> None:
        start = max(0, self._read_until - _LATE_MS)
        found = await self._changes_from(server, start)
        if self._gaps(found) and start:
            found = await self._changes_from(server, 0)
        assert not (gaps := self._gaps(found)), f"no change and no workflow of the revisions after {gaps}"
        for change in found:
            known = self.history.get(change.revision)
            if known is None:
                self._take(change)
            else:
                assert known == change, f"revision {change.revision} was {known} and is now {change}"

    async def _changes_from(self, server: pb_grpc.StatusServiceAsyncStub, start: int) -> list[Change]:
        token = ""
        found: list[Change] = []
        while True:
            request = pb.ListStatusChangesRequest(account_id=self.account_id, page_size=1_000, page_token=token)
            request.start_time.FromMilliseconds(start)
            page = await server.ListStatusChanges(request)
            found.extend(map(change_of, page.changes))
            token = page.next_page_token
            if not token:
                assert [change.revision for change in found] == sorted({change.revision for change in found})
                return found

    def _gaps(self, found: list[Change]) -> list[int]:
        numbers = sorted({change.revision for change in found} | self.history.keys() | self.workflows.keys() | {0})
        return [number for number, following in pairwise(numbers) if following != number + 1]

    def _take(self, change: Change) -> None:
        assert change.revision > self._newest, f"{change} comes after revision {self._newest}"
        self._newest = change.revision
        user = self.users[change.user]
        before = user.states[-1] if user.states else None
        assert change.previous == (before.status if before else 0), f"{change} follows {before}"
        self._check_effective_time(change, user, before)
        since = change.effective if before is None or before.status != change.status else before.since
        state = Seen(change.user, change.status, change.cause, since, change.actor, change.reason, change.revision)
        user.by_state[state[1:6]].append(len(user.states))
        user.states.append(state)
        self.history[change.revision] = change

    def _explained(self, status: Seen) -> bool:
        """Whether history has the very state that was seen, recorded then or on the way to it by inactivity alone."""
        user = self.users[status.user]
        for index in user.by_state.get(status[1:6], ()):
            if user.states[index].revision == status.revision:
                return True
            while index > 0 and user.states[index].cause == pb.CAUSE_INACTIVITY:
                index -= 1
                if user.states[index].revision == status.revision:
                    return True
        return False

    def _contradicted(self, status: Seen) -> bool:
        """Whether history has gone past where the state that was seen would have to stand."""
        states = self.users[status.user].states
        after = [state for state in states if state.revision > status.revision]
        return any(state.cause != pb.CAUSE_INACTIVITY or state.since > status.since for state in after)

    # --- effective times ---------------------------------------------------------------------------------------------

    def _check_effective_time(self, change: Change, user: User, before: Seen | None) -> None:
        assert change.commit >= change.effective, f"{change} was recorded before it was true"
        if change.cause == pb.CAUSE_MANUAL:
            sent_as = self.sets.get(change.reason)
            assert sent_as is not None, f"nobody sent {change}"
            assert (sent_as.user, sent_as.status, sent_as.actor) == (change.user, change.status, change.actor)
            sends = [clock for clock in user.clocks if clock.reason == change.reason and clock.spans(change.effective)]
            assert sends, f"{change} was not sent then"
            if len(sends) == 1:
                sends[0].low = change.effective
                if self.carries_out_once:
                    sends[0].high = change.effective
        elif change.cause == pb.CAUSE_ACTIVITY:
            activities = [clock for clock in user.clocks if clock.reason is None and not clock.lost]
            if before is None:
                brought = [activity for activity in activities if activity.first <= change.effective <= activity.high]
            else:
                brought = [activity for activity in activities if activity.spans(change.effective)]
            assert brought, f"no activity can have brought about {change}: {activities[-5:]}"
        else:
            self._check_timed(change, user, before)
            self.checked["timed switches computed anew"] += 1

    def _check_stale_first(self, change: Change, user: User) -> None:
        """A first activity that is no longer fresh makes nobody ONLINE, and is decided about when it arrives."""
        assert change.status == pb.STATUS_AWAY, f"{change} of somebody never seen"
        workflow = self._policies(change.revision)[-1][0]
        period = workflow.offline_after if workflow.away_after is None else workflow.away_after
        if not workflow.enabled or period is None:
            period = _FRESH_FOR_MS
        stale = [
            clock
            for clock in user.clocks
            if clock.reason is None and clock.spans(change.effective) and clock.first + period <= change.effective
        ]
        assert stale, f"{change} of somebody never seen, whose activities were fresh: {user.clocks[-5:]}; {workflow}"

    def _check_timed(self, change: Change, user: User, before: Seen | None) -> None:
        if before is None:
            self._check_stale_first(change, user)
            return
        clocks = [clock for clock in user.clocks if not clock.lost]
        certain = max((c.low for c in clocks if c.acknowledged and c.ended <= change.effective), default=0)
        possible = [clock for clock in clocks if clock.high >= certain]
        policies = self._in_force(change, before)
        for workflow, thresholds_since in policies:
            period = _period(workflow, before, change)
            if period is not None and any(
                _due(workflow, thresholds_since, period, max(clock.first, certain))
                <= change.effective
                <= _due(workflow, thresholds_since, period, clock.high)
                for clock in possible
            ):
                return
        near = [clock for clock in user.clocks if abs(change.effective - clock.low) < _LATE_MS]
        raise AssertionError(
            f"{change}, before it {before}, is not a period after anything the user did: {near}, "
            f"surely {certain}; workflows, and the thresholds since: {policies}"
        )

    def _in_force(self, change: Change, before: Seen) -> Sequence[tuple[WorkflowSeen, int]]:
        """The workflow that a change was made under, and its thresholds_since.

        Fewer users than one step of the sweeper fall due at once here, so nothing due under an older one is left over.
        """
        return self._policies(change.revision)[-1:]

    def _policies(self, revision: int) -> list[tuple[WorkflowSeen, int]]:
        """The workflows up to a revision, each with its thresholds_since."""
        numbers = sorted(self.workflows)
        since = 0
        thresholds: tuple[object, ...] = (False, None, None, False)
        held = []
        for number in numbers[: bisect_left(numbers, revision)]:
            workflow = self.workflows[number]
            if workflow.thresholds != thresholds:
                since, thresholds = workflow.update_time, workflow.thresholds
            held.append((workflow, since))
        return held


def _due(workflow: WorkflowSeen, thresholds_since: int, period: int, clock: int) -> int:
    return max(max(clock, workflow.enabled_time) + period, thresholds_since)


def _period(workflow: WorkflowSeen, before: Seen, change: Change) -> int | None:
    """The period after which the workflow switches so; None when it does not."""
    if not workflow.enabled or before.status not in (pb.STATUS_ONLINE, pb.STATUS_AWAY):
        return None
    if before.status == pb.STATUS_ONLINE and workflow.away_after is not None:
        return workflow.away_after if change.status == pb.STATUS_AWAY else None
    kept = workflow.keep_manual_away and before.status == pb.STATUS_AWAY and before.cause == pb.CAUSE_MANUAL
    return workflow.offline_after if change.status == pb.STATUS_OFFLINE and not kept else None


def _without_states(user: User) -> User:
    return User(user.clocks, user.activities, known=user.known, last_set=user.last_set)


def ms(timestamp: Timestamp) -> int:
    return timestamp.ToMilliseconds()


def seen(status: pb.UserStatus) -> Seen:
    assert status.available == (status.status == pb.STATUS_ONLINE)
    return Seen(
        status.user_id,
        status.status,
        status.cause,
        ms(status.status_since),
        status.actor,
        status.reason,
        status.revision,
    )


def change_of(change: pb.StatusChange) -> Change:
    return Change(
        change.revision,
        change.user_id,
        change.previous_status,
        change.status,
        change.cause,
        ms(change.effective_time),
        ms(change.commit_time),
        change.actor,
        change.reason,
    )


def workflow_of(workflow: pb.Workflow) -> WorkflowSeen:
    return WorkflowSeen(
        int(workflow.etag.removeprefix("w")),
        workflow.enabled,
        workflow.away_after.ToMilliseconds() if workflow.HasField("away_after") else None,
        workflow.offline_after.ToMilliseconds() if workflow.HasField("offline_after") else None,
        workflow.resume,
        workflow.keep_manual_away,
        workflow.updated_by,
        ms(workflow.update_time),
        ms(workflow.enabled_time),
    )
