"""Several server processes over one store: what their clients were told, through whichever of them, and who watches.

`SharedLedger` is the ledger of an account whose calls go to any of the processes. Nothing is restarted from a file, so
all is checked at the end, against the history as a watcher who resumes from the beginning is told it. What a failover
may have taken with it is named by `losing`, left out of what must be there, and counted in `lost`.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import grpc
from grpc import aio
from tests.faults.ledger import Change, Ledger, Seen, WorkflowSeen, change_of, seen, workflow_of
from tests.faults.process import ServerProcess
from tests.grpc.streaming import Watch
from tests.grpc.wire import Wire
from tests.valkey import ValkeyCluster, ValkeyServer
from tests.watching.follower import Event, Follower

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc
from onduty_server.app.ports.history import Place
from onduty_server.app.watching.tokens import ResumeTokens
from onduty_server.process.clock import wall_clock_ms
from onduty_server.stores.redis.keys import partition_of

LOST_WITHIN_MS = 1_000
"""What replicas do not have is younger than this when their master dies: they are told of all at once."""
_PAUSE_S = 0.05


class Pool:
    """The processes that take calls, by a number each, as their clients know them."""

    def __init__(self, dice: random.Random) -> None:
        self.wires: dict[int, Wire] = {}
        self._dice = dice
        self._channels: list[aio.Channel] = []

    def add(self, number: int, server: ServerProcess) -> None:
        """Calls go to it from now on."""
        channel = aio.insecure_channel(server.address)
        self._channels.append(channel)
        self.wires[number] = Wire(channel)

    def drop(self, number: int) -> None:
        """New calls go to the others."""
        del self.wires[number]

    def any(self) -> Wire:
        """One of them."""
        return self.wires[self._dice.choice(list(self.wires))]

    @property
    def stub(self) -> pb_grpc.StatusServiceAsyncStub:
        """Raw calls, each to any of them."""
        stub: pb_grpc.StatusServiceAsyncStub = _AnyOf(self)  # type: ignore[assignment]
        return stub

    async def close(self) -> None:
        """Hang up."""
        await asyncio.gather(*(channel.close() for channel in self._channels))


class _AnyOf:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pool.any().stub, name)


class SharedLedger(Ledger):
    """See the module."""

    carries_out_once = False

    def __init__(self, account_id: str, *, hand_made_is_safe: bool = False) -> None:
        super().__init__(account_id)
        self.hand_made_is_safe = hand_made_is_safe
        """Whether no acknowledged SetStatus or UpdateWorkflow may be lost."""
        self.lost: Counter[str] = Counter()
        self._windows: list[tuple[int, int]] = []
        self._shown: list[tuple[int, Seen]] = []
        self._changes_shown: list[Change] = []
        self._workflows_shown: list[tuple[bool, WorkflowSeen]] = []
        self._sets: list[tuple[str, Seen, int]] = []

    def losing(self) -> None:
        """The master that has the account is killed now: what it said last may be lost."""
        now = wall_clock_ms()
        self._windows.append((now - LOST_WITHIN_MS, now + LOST_WITHIN_MS))
        self.may_have_lost = True

    def _may_be_lost(self, time: int) -> bool:
        return any(began <= time <= ended for began, ended in self._windows)

    # --- what clients are told ---------------------------------------------------------------------------------------

    def saw(self, statuses: Iterable[pb.UserStatus]) -> None:
        now = wall_clock_ms()
        self._shown.extend((now, seen(status)) for status in statuses)

    def saw_changes(self, changes: Iterable[pb.StatusChange]) -> None:
        self._changes_shown.extend(map(change_of, changes))

    def saw_workflow(self, workflow: pb.Workflow) -> WorkflowSeen:
        shown = workflow_of(workflow)
        self._workflows_shown.append((False, shown))
        return shown

    def acknowledged_workflow(self, workflow: pb.Workflow) -> WorkflowSeen:
        shown = workflow_of(workflow)
        self._workflows_shown.append((True, shown))
        return shown

    def acknowledged_set(self, reason: str, status: pb.UserStatus) -> None:
        self._sets.append((reason, seen(status), wall_clock_ms()))
        self.saw([status])

    # --- at the end --------------------------------------------------------------------------------------------------

    async def check_all(self, server: pb_grpc.StatusServiceAsyncStub, history: Sequence[Event]) -> None:
        """Compare all that anybody was told with the account's whole history, in which nothing happens any more."""
        now = wall_clock_ms()
        self._check_workflows(history)
        for user in self.users.values():
            user.activities = [sent for sent in user.activities if not self._may_be_lost(sent.acknowledged)]
            for clock in user.clocks:
                if clock.acknowledged and self._may_be_lost(clock.ended):
                    clock.acknowledged = False
            user.known = any(clock.acknowledged for clock in user.clocks)
        await self._check_activities(server, now)
        await self._read_history(server)
        assert sorted(self.history.keys() | self.workflows.keys()) == list(range(1, len(history) + 1))
        for time, status in self._shown:
            if not self._explained(status):
                self._count_lost("statuses seen", time, status)
        for change in self._changes_shown:
            if self.history.get(change.revision) != change:
                self._count_lost("changes seen", change.commit, change)
        for reason, answer, time in self._sets:
            made = self.history.get(answer.revision)
            if made is None or (made.user, made.status, made.reason) != (answer.user, answer.status, reason):
                assert not self.hand_made_is_safe, f"{answer} was acknowledged; its revision is now {made}"
                self._count_lost("acknowledged SetStatus", time, answer)
        self.checked["statuses seen"] += len(self._shown)
        self.checked["changes that reads returned"] += len(self._changes_shown)
        self.checked["acknowledged SetStatus"] += len(self._sets)
        self.checked["revisions"] += len(history)

    def _check_workflows(self, history: Sequence[Event]) -> None:
        for event in history:
            change = pb.WatchedChange.FromString(event.content)
            if change.HasField("workflow_change"):
                self.workflows[event.revision] = workflow_of(change.workflow_change.workflow)
        for acknowledged, shown in self._workflows_shown:
            if shown.revision and self.workflows.get(shown.revision) != shown:
                safe = acknowledged and self.hand_made_is_safe
                assert not safe, f"{shown} was acknowledged; it is now {self.workflows.get(shown.revision)}"
                what = "acknowledged UpdateWorkflow" if acknowledged else "workflows seen"
                self._count_lost(what, shown.update_time, shown)
        self.checked["workflows seen"] += len(self._workflows_shown)

    def _count_lost(self, what: str, time: int, it: Seen | Change | WorkflowSeen) -> None:
        assert self._may_be_lost(time), (
            f"{it} was told at {time}, and is gone; lost may be what was told within {self._windows}. There are now "
            f"{[(n, self.history.get(n)) for n in range(it.revision, it.revision + 3)]}"
        )
        self.lost[what] += 1

    def _in_force(self, change: Change, before: Seen) -> Sequence[tuple[WorkflowSeen, int]]:
        """The workflow, and those replaced by when the change was effective already: they go on deciding until then."""
        policies = self._policies(change.revision)
        first = len(policies) - 1
        while first > 0:
            replaced_by = policies[first][0]
            if replaced_by.update_time < change.effective or before.revision >= replaced_by.revision:
                break
            first -= 1
        return policies[max(first, 0) :]


class Chain:
    """Somebody who watches an account through whichever process, and goes on through another when theirs is gone."""

    def __init__(self, pool: Pool, account_id: str, users: Sequence[str] = ()) -> None:
        self.follower = Follower(account_id, users)
        self.lenient = False
        """Whether clocks may have been lost, and with them what a bookmark rested on."""
        self.broken_off: Counter[str] = Counter()
        """How often, by the status code, a stream ended before the chain did."""
        self._pool = pool
        self._token = ""
        self._until: int | None = None

    async def run(self) -> None:
        """Watch until `finish` has been called and everything effective by then has been told."""
        while not self._done:
            watch = Watch(self._pool.any(), self.follower, self._token)
            try:
                await self._follow(watch)
            except aio.AioRpcError as error:
                self.broken_off[error.code().name] += 1
                if error.code() is grpc.StatusCode.OUT_OF_RANGE:
                    self._token = ""
                elif error.code() is not grpc.StatusCode.UNAVAILABLE:
                    raise
                await asyncio.sleep(_PAUSE_S)

    async def _follow(self, watch: Watch) -> None:
        while not self._done:
            self.follower.lenient |= self.lenient
            assert await watch.read() is not None, "nobody drains here"
            self._token = watch.last_token
        await watch.leave()

    @property
    def _done(self) -> bool:
        return self._until is not None and self.follower.effective_until >= self._until

    def finish(self, until: int) -> None:
        """End once everything effective by `until` (ms UTC) has been told."""
        self._until = until


def server_of(store: ValkeyServer | ValkeyCluster, key: str) -> ValkeyServer:
    """The server that has a key."""
    return store if isinstance(store, ValkeyServer) else store.master_of(key)


def key_of(account_id: str) -> str:
    """A key of the partition that an account lives in."""
    return f"onduty:{{p{partition_of(account_id):03}}}:meta"


async def history_of(
    store: ValkeyServer | ValkeyCluster, wire: Wire, account_id: str, effective_until: int
) -> list[Event]:
    """All that ever happened to an account and was effective by then (ms UTC), as who resumes from before it is told.

    A token from back then is not taken once another server tells the history. This one is made up, with what is in the
    store.
    """
    key = "onduty:{onduty}:token_key"
    secret = await asyncio.to_thread(lambda: server_of(store, key).ask("GET", key))
    replication = await asyncio.to_thread(lambda: server_of(store, key_of(account_id)).info("replication"))
    tokens = ResumeTokens(secret.encode("utf-8", "surrogateescape"), account_id, ())
    lineage = await asyncio.to_thread(lambda: server_of(store, key).ask("GET", "onduty:{onduty}:lineage"))
    place = Place(0, int(replication["master_replid"][:15], 16) ^ int(lineage))
    follower = Follower(account_id)
    before = pb.StatusSnapshot(first=True, last=True, workflow=pb.Workflow(account_id=account_id, etag="w0"))
    follower.take(pb.WatchStatusesResponse(resume_token="before", snapshot=before))
    watch = Watch(wire, follower, tokens.after(place))
    while follower.effective_until < effective_until:
        assert await watch.read() is not None
    await watch.leave()
    assert follower.snapshots == 1
    events = list(follower.events.values())
    assert [event.revision for event in events] == list(range(1, len(events) + 1))
    return events
