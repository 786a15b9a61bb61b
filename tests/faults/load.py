"""Concurrent clients that do to an account what backends and routers do, and keep a `Ledger` of it.

They end with their server, or go on until they are told to (`endures`). Every user is owned by one client,
which calls for it one call after the other, so that what a user went through is known; reads come from everywhere.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from itertools import count

import grpc
from grpc import aio

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc
from onduty_server.process.clock import wall_clock_ms

from .ledger import CLOCKS_APART_MS, NEVER, Clocked, Ledger, SentActivity, SentStatus, SentWorkflow, ms

OWNERS = 3
USERS_OF_OWNER = 8
READERS = 1
_TIMEOUT_S = 20.0
_PAUSE_S = 0.05
"""For how long a client that goes on waits after a call that failed."""
_LINGER_MS = 1_000
"""How much later than its caller knows of its failure a call may be carried out, by others than a killed server."""
_ORDERS = (
    pb.AVAILABILITY_ORDER_LONGEST_AVAILABLE,
    pb.AVAILABILITY_ORDER_MOST_RECENTLY_ACTIVE,
    pb.AVAILABILITY_ORDER_LONGEST_IDLE,
)
_STATUSES = (pb.STATUS_ONLINE, pb.STATUS_AWAY, pb.STATUS_OFFLINE)
_ACTORS = ("", "lead", "Änne")
_RESUMES = (pb.RESUME_FROM_AWAY, pb.RESUME_NEVER, pb.RESUME_FROM_AWAY_OR_OFFLINE)
_reasons = count(1)


class Load:
    """Calls of many clients on one server, until the server is gone or, if they endure, they are told to end."""

    def __init__(
        self,
        server: pb_grpc.StatusServiceAsyncStub,
        ledgers: list[Ledger],
        dice: random.Random,
        enough: int,
        *,
        endures: bool = False,
    ) -> None:
        self._endures = endures
        self._server = server
        self._ledgers = ledgers
        self._dice = dice
        self._left = enough
        self.enough = asyncio.Event()
        """Set after as many acknowledged calls as were asked for."""
        self.over = asyncio.Event()
        """Set to have every client end after the call that it is at."""
        self.pause_s = 0.0
        """How long a client rests after a call."""
        self.ending = asyncio.Event()
        """Set before the server is ended: from then on a client's first call that fails is its last."""
        self.acknowledged: Counter[str] = Counter()
        self.slowest_ms = 0
        """How long the slowest change took to be acknowledged."""
        self.refused: list[grpc.StatusCode] = []
        """How the calls ended that were not answered."""

    async def run(self) -> None:
        """Call and call; return once everything has ended."""
        clients: list[Awaitable[None]] = []
        for ledger in self._ledgers:
            for owner in range(OWNERS):
                clients.append(self._repeat(self._owner(ledger, owner)))
            for _ in range(READERS):
                clients.append(self._repeat(self._reader(ledger)))
        try:
            async with asyncio.TaskGroup() as group:
                for client in clients:
                    group.create_task(_awaited(client))
        finally:
            # Also when a client has failed: nobody waits for more.
            self.enough.set()
            ended = wall_clock_ms()
            for ledger in self._ledgers:
                for user in ledger.users.values():
                    for clock in reversed(user.clocks):
                        if clock.ended == NEVER:
                            clock.ended, clock.high = ended, min(clock.high, ended)

    async def more(self, count: int) -> None:
        """Return once so many more calls have been acknowledged."""
        self._left = count
        self.enough.clear()
        await self.enough.wait()

    async def _repeat(self, call: Callable[[], Awaitable[str]]) -> None:
        while not self.over.is_set():
            if self.pause_s:
                await asyncio.sleep(self.pause_s)
            try:
                name = await call()
            except aio.AioRpcError as error:
                if error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED:
                    self.acknowledged["refused"] += 1
                    continue
                if self._endures and error.code() is grpc.StatusCode.UNAVAILABLE:
                    self.refused.append(error.code())
                    await asyncio.sleep(_PAUSE_S)
                    continue
                if not self.ending.is_set():
                    raise
                self.refused.append(error.code())
                return
            self.acknowledged[name] += 1
            self._left -= 1
            if self._left <= 0:
                self.enough.set()

    @contextmanager
    def _clocking(self, clock: Clocked) -> Iterator[None]:
        """Of a call that fails while its client goes on, note until when it may have been carried out."""
        try:
            yield
        except aio.AioRpcError:
            if self._endures:
                clock.ended = wall_clock_ms() + _LINGER_MS
                clock.high = min(clock.high, clock.ended)
            raise

    # --- those who act ----------------------------------------------------------------------------------------------

    def _owner(self, ledger: Ledger, owner: int) -> Callable[[], Awaitable[str]]:
        dice = self._dice
        users = [f"agent-{owner}-{number}" for number in range(USERS_OF_OWNER)]
        # Some are hardly ever heard of, so that inactivity catches up with them.
        weights = [2.0**-number for number in range(USERS_OF_OWNER)]

        async def call() -> str:
            (user,) = dice.choices(users, weights)
            chance = dice.random()
            if chance < 0.50:
                return await self._activity(ledger, user)
            if chance < 0.78:
                return await self._set_status(ledger, user)
            if chance < 0.97 or owner != 0:
                return await self._get(ledger, user)
            return await self._update_workflow(ledger)

        return call

    async def _activity(self, ledger: Ledger, name: str) -> str:
        user = ledger.users[name]
        now = wall_clock_ms()
        request = pb.RecordActivityRequest(account_id=ledger.account_id, user_id=name)
        chance = self._dice.random()
        clock = Clocked(None, now, now - CLOCKS_APART_MS, NEVER)
        if chance > 0.3:
            # Most are told of as they happen, some late. The server's clock may be a bit behind: that counts as now.
            clock.high = now - (self._dice.randrange(3_000) if chance > 0.9 else 0)
            clock.low = clock.high - CLOCKS_APART_MS
            request.activity_time.FromMilliseconds(clock.high)
        user.clocks.append(clock)
        with self._clocking(clock):
            response = await self._server.RecordActivity(request, timeout=_TIMEOUT_S)
        clock.ended, clock.acknowledged = wall_clock_ms(), True
        user.known = True
        last = ms(response.user_status.last_activity_time)
        assert last >= clock.low, f"{clock}, and then the last known is of {last}"
        # Older than what was known already, it changes nothing.
        if last <= clock.high:
            if not ledger.carries_out_once and clock.high == NEVER:
                # A process that lost the first reply sends it again, seconds later perhaps: `last` is of the second
                # time. In between the first one counted, and its user may have been switched a period after it.
                clock.earliest = clock.low
            clock.low = clock.high = last
        user.activities.append(SentActivity(min(last, clock.high), clock.ended))
        ledger.saw([response.user_status])
        return "RecordActivity"

    async def _set_status(self, ledger: Ledger, name: str) -> str:
        user = ledger.users[name]
        if user.last_set is not None and self._dice.random() < 0.2:
            # Once more the same, which changes nothing but the clock unless inactivity came in between.
            reason = user.last_set
        else:
            reason = user.last_set = f"reason {next(_reasons)}"
            ledger.sets[reason] = SentStatus(name, self._dice.choice(_STATUSES), self._dice.choice(_ACTORS))
        _, status, actor = ledger.sets[reason]
        now = wall_clock_ms()
        clock = Clocked(reason, now, now - CLOCKS_APART_MS, NEVER)
        user.clocks.append(clock)
        with self._clocking(clock):
            response = await self._server.SetStatus(
                pb.SetStatusRequest(account_id=ledger.account_id, user_id=name, status=status, reason=reason),
                timeout=_TIMEOUT_S,
                metadata=(("onduty-actor-bin", actor.encode()),) if actor else None,
            )
        clock.ended = wall_clock_ms()
        clock.high = clock.ended + CLOCKS_APART_MS
        clock.acknowledged = user.known = True
        self.slowest_ms = max(self.slowest_ms, clock.ended - now)
        assert (response.user_status.status, response.user_status.reason) == (status, reason)
        ledger.acknowledged_set(reason, response.user_status)
        return "SetStatus"

    async def _get(self, ledger: Ledger, name: str) -> str:
        known = ledger.users[name].known and not ledger.may_have_lost
        try:
            response = await self._server.GetStatus(
                pb.GetStatusRequest(account_id=ledger.account_id, user_id=name), timeout=_TIMEOUT_S
            )
        except aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.NOT_FOUND and not known:
                return "GetStatus"
            raise
        ledger.saw([response.user_status])
        return "GetStatus"

    async def _update_workflow(self, ledger: Ledger) -> str:
        dice = self._dice
        away, offline = dice.choice((None, 1_000, 1_200, 1_500)), dice.choice((None, 1_800, 2_500))
        workflow = pb.Workflow(
            account_id=ledger.account_id,
            enabled=dice.random() < 0.9 and (away or offline) is not None,
            resume=dice.choice(_RESUMES),
            keep_manual_away=dice.random() < 0.3,
        )
        if away is not None:
            workflow.away_after.FromMilliseconds(away)
        if offline is not None:
            workflow.offline_after.FromMilliseconds(offline)
        wanted = (workflow.enabled, away, offline, workflow.resume, workflow.keep_manual_away, "supervisor")
        ledger.workflow_sent = SentWorkflow(wanted, wall_clock_ms())
        request = pb.UpdateWorkflowRequest(workflow=workflow)
        request.update_mask.paths.append("*")
        response = await self._server.UpdateWorkflow(
            request, timeout=_TIMEOUT_S, metadata=(("onduty-actor-bin", b"supervisor"),)
        )
        shown = ledger.acknowledged_workflow(response.workflow)
        assert shown[1:6] == wanted[:5]
        ledger.workflow_sent = None
        return "UpdateWorkflow"

    # --- those who look ----------------------------------------------------------------------------------------------

    def _reader(self, ledger: Ledger) -> Callable[[], Awaitable[str]]:
        server, account_id, dice = self._server, ledger.account_id, self._dice

        async def call() -> str:
            match dice.randrange(6):
                case 0:
                    page = await server.ListStatuses(
                        pb.ListStatusesRequest(account_id=account_id, page_size=20), timeout=_TIMEOUT_S
                    )
                    ledger.saw(page.user_statuses)
                    return "ListStatuses"
                case 1:
                    available = await server.ListAvailableUsers(
                        pb.ListAvailableUsersRequest(account_id=account_id, order=dice.choice(_ORDERS)),
                        timeout=_TIMEOUT_S,
                    )
                    ledger.saw(available.user_statuses)
                    return "ListAvailableUsers"
                case 2:
                    request = pb.ListStatusChangesRequest(account_id=account_id, page_size=50)
                    request.start_time.FromMilliseconds(wall_clock_ms() - dice.choice((100, 500, 2_000)))
                    changes = await server.ListStatusChanges(request, timeout=_TIMEOUT_S)
                    ledger.saw_changes(changes.changes)
                    return "ListStatusChanges"
                case 3:
                    found = await server.GetWorkflow(pb.GetWorkflowRequest(account_id=account_id), timeout=_TIMEOUT_S)
                    if found.workflow.HasField("update_time"):
                        ledger.saw_workflow(found.workflow)
                    return "GetWorkflow"
                case _:
                    names = [f"agent-{dice.randrange(OWNERS)}-{number}" for number in range(USERS_OF_OWNER)]
                    batch = await server.BatchGetStatuses(
                        pb.BatchGetStatusesRequest(account_id=account_id, user_ids=names), timeout=_TIMEOUT_S
                    )
                    ledger.saw(batch.user_statuses)
                    return "BatchGetStatuses"

        return call


async def _awaited(client: Awaitable[None]) -> None:
    await client
