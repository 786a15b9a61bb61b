"""The server around the calls: many at once, cancelled ones, health, reflection, keepalive and the port."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import Message
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from structlog.testing import capture_logs
from tests.fakes import FakeClock
from tests.grpc.stores import IN_MEMORY, Gate, GatedStore
from tests.grpc.test_errors import GOOD
from tests.grpc.wire import ACCOUNT, MINUTE, Wire, period, refusal_of, refused
from tests.servers import running

from onduty.v1 import status_pb2 as pb
from onduty_server.app.ports.store import StoreOptions
from onduty_server.process.application import Application
from onduty_server.stores.memory import MemoryStore
from onduty_server.stores.sqlite import SqliteStore
from onduty_server.transport.grpc.health import HealthServicer
from onduty_server.transport.grpc.server import Listen
from onduty_server.transport.ports import ListenError
from onduty_server.transport.readiness import Readiness

ONLINE, AWAY, OFFLINE = pb.STATUS_ONLINE, pb.STATUS_AWAY, pb.STATUS_OFFLINE
SERVICE_NAME = "onduty.v1.StatusService"


# --- many at once ----------------------------------------------------------------------------------------------------


@asynccontextmanager
async def connections(application: Application, count: int) -> AsyncIterator[list[Wire]]:
    """Connections of their own each; channels of one process would otherwise share one."""
    options = (("grpc.use_local_subchannel_pool", 1),)
    channels = [aio.insecure_channel(f"127.0.0.1:{application.port}", options) for _ in range(count)]
    try:
        yield [Wire(channel) for channel in channels]
    finally:
        for channel in channels:
            await channel.close()


@pytest.mark.parametrize("seen", [True, False])
async def test_of_200_who_expect_the_same_revision_one_succeeds(seen: bool, application: Application) -> None:
    async with connections(application, 4) as wires:
        revision = (await wires[0].activity("ann")).revision if seen else 0
        outcomes = await asyncio.gather(
            *(wires[n % 4].set_status("ann", AWAY, actor=f"agent-{n}", expected_revision=revision) for n in range(200)),
            return_exceptions=True,
        )
        (winner,) = (outcome for outcome in outcomes if isinstance(outcome, pb.UserStatus))
        for outcome in outcomes:
            if outcome is not winner:
                assert isinstance(outcome, aio.AioRpcError)
                assert refusal_of(outcome)[:2] == (grpc.StatusCode.ABORTED, "REVISION_CONFLICT")
        assert await wires[0].get("ann") == winner
        assert winner.revision == revision + 1
        assert len(await wires[0].changes()) == revision + 1


async def test_of_200_first_activities_of_a_user_one_is_the_first(application: Application) -> None:
    async with connections(application, 4) as wires:
        answers = await asyncio.gather(*(wires[n % 4].activity("ann") for n in range(200)))
        assert {answer.revision for answer in answers} == {1}
        assert len(await wires[0].changes()) == 1


async def test_revisions_have_no_gaps_however_much_happens_at_once(application: Application, clock: FakeClock) -> None:
    async with connections(application, 4) as wires:
        await wires[0].switch_on(MINUTE)

        async def one(n: int, wire: Wire) -> None:
            user_id = f"user-{n % 40}"
            if n % 10 == 0:
                await wire.update(pb.Workflow(away_after=period(MINUTE + n + 1)))
            elif n % 3 == 0:
                await wire.set_status(user_id, (ONLINE, AWAY, OFFLINE)[n % 7 % 3], reason=f"{n}")
            else:
                await wire.activity(user_id)

        for start in range(0, 600, 150):
            await asyncio.gather(*(one(n, wires[n % 4]) for n in range(start, start + 150)))
            clock.advance(2 * MINUTE)
        await application.sweeper.sweep_once()
        statuses = {status.user_id: status for status in await wires[0].statuses()}
        history = await wires[0].changes()
        revisions = [change.revision for change in history]
        assert len(set(revisions)) == len(revisions)
        # Every revision is a change of a status or of the workflow: 1 to switch it on, 60 to change it.
        last = (await wires[0].set_status("last", OFFLINE)).revision
        assert last == len(revisions) + 1 + 60 + 1
        for user_id, status in statuses.items():
            of_user = [change for change in history if change.user_id == user_id]
            for before, after in pairwise(of_user):
                assert after.previous_status == before.status
            assert (of_user[-1].status, of_user[-1].revision) == (status.status, status.revision)


# --- cancelled by the client -----------------------------------------------------------------------------------------

CALLS: dict[str, Message] = {
    "RecordActivity": pb.RecordActivityRequest(account_id=ACCOUNT, user_id="ann"),
    "KeepSession": pb.KeepSessionRequest(account_id=ACCOUNT, user_id="ann", session_id="tab-1"),
    "EndSession": pb.EndSessionRequest(account_id=ACCOUNT, user_id="ann", session_id="tab-1"),
    "KeepEngagement": pb.KeepEngagementRequest(account_id=ACCOUNT, user_id="ann", engagement_id="call-1"),
    "EndEngagement": pb.EndEngagementRequest(account_id=ACCOUNT, user_id="ann", engagement_id="call-1"),
    "SetStatus": pb.SetStatusRequest(account_id=ACCOUNT, user_id="ann", status=OFFLINE, reason="cancelled"),
    "GetStatus": pb.GetStatusRequest(account_id=ACCOUNT, user_id="ann"),
    "BatchGetStatuses": pb.BatchGetStatusesRequest(account_id=ACCOUNT, user_ids=["ann"]),
    "ListStatuses": pb.ListStatusesRequest(account_id=ACCOUNT),
    "ListAvailableUsers": pb.ListAvailableUsersRequest(account_id=ACCOUNT),
    "GetWorkflow": pb.GetWorkflowRequest(account_id=ACCOUNT),
    "UpdateWorkflow": pb.UpdateWorkflowRequest(workflow=pb.Workflow(account_id=ACCOUNT, keep_manual_away=True)),
    "ListStatusChanges": pb.ListStatusChangesRequest(account_id=ACCOUNT),
    "ListWorkflowChanges": pb.ListWorkflowChangesRequest(account_id=ACCOUNT),
    "ListAccounts": pb.ListAccountsRequest(),
    "UpdateUser": pb.UpdateUserRequest(user=pb.User(account_id=ACCOUNT, user_id="ann", team_id="night")),
    "BatchSetStatus": pb.BatchSetStatusRequest(
        account_id=ACCOUNT, requests=[pb.SetStatusRequest(user_id="ann", status=OFFLINE, reason="cancelled")]
    ),
    "DeleteWorkflow": pb.DeleteWorkflowRequest(account_id=ACCOUNT, team_id="night"),
    "ListTeams": pb.ListTeamsRequest(account_id=ACCOUNT),
    "CreateAccount": pb.CreateAccountRequest(account_id=ACCOUNT),
    "SummarizeTime": GOOD["SummarizeTime"],
    "CountByStatus": GOOD["CountByStatus"],
    "ListTimelines": GOOD["ListTimelines"],
    "GetAccount": pb.GetAccountRequest(account_id=ACCOUNT),
    "UpdateAccount": pb.UpdateAccountRequest(account=pb.Account(account_id=ACCOUNT, time_zone="Asia/Kolkata")),
    "DeleteUser": pb.DeleteUserRequest(account_id=ACCOUNT, user_id="ann"),
    "DeleteAccount": pb.DeleteAccountRequest(account_id=ACCOUNT),
}
WITHOUT_STORE = {"GetCaller", "Simulate"}
"""The unary methods that ask the store nothing."""
CHANGING = {"SetStatus", "UpdateWorkflow", "UpdateUser", "BatchSetStatus", "DeleteUser", "DeleteAccount"}
KEEPING = {"KeepSession", "KeepEngagement"}
"""Those that change what is shown of a user, but not the status, so that they take no revision."""
DRY_RUN = pb.UpdateWorkflowRequest(workflow=pb.Workflow(account_id=ACCOUNT, keep_manual_away=True), validate_only=True)


@pytest.mark.parametrize("where", ["before", "after"])
@pytest.mark.parametrize("method", [*CALLS, "a dry-run"])
async def test_a_call_cancelled_by_the_client_ends_and_leaves_the_server_fine(
    method: str, where: str, clock: FakeClock
) -> None:
    gates = {"before": Gate(), "after": Gate()}
    gate = gates[where]
    request = CALLS.get(method, DRY_RUN)
    async with (
        running(GatedStore(clock, **gates), clock) as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        wire = Wire(channel)
        await wire.activity("ann")
        before = await wire.state()
        start: Callable[[Message], aio.UnaryUnaryCall[Any, Any]]
        start = getattr(wire.stub, request.DESCRIPTOR.name.removesuffix("Request"))
        gate.shut()
        call = start(request)
        await asyncio.wait_for(gate.arrived.wait(), 20)
        assert call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.wait_for(gate.cancelled.wait(), 20)
        gate.open.set()

        after = await wire.state()
        if where == "before" or method not in CHANGING | KEEPING:
            assert after == before
        else:
            # It had taken place already; whoever cancels cannot know. It did so once.
            assert after != before
            taken = before.statuses[0].revision + (method in CHANGING)
            assert (await wire.activity("new")).revision == taken + 1
        for request in CALLS.values():
            again: Callable[[Message], Awaitable[object]]
            again = getattr(wire.stub, request.DESCRIPTOR.name.removesuffix("Request"))
            await again(request)


async def test_calls_cancelled_at_any_moment_lose_and_repeat_nothing(tmp_path: Path, clock: FakeClock) -> None:
    """Over the disk, hundreds of them, each cancelled after a random while."""
    chance = random.Random(20_260)
    path = tmp_path / "onduty.db"
    answered: list[pb.UserStatus] = []
    async with (
        running(SqliteStore(path, clock, StoreOptions(count_outage_as_inactivity=True)), clock) as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        wire = Wire(channel)
        await wire.switch_on(10 * MINUTE)

        async def cut_short(n: int) -> None:
            user_id = f"user-{n % 25}"
            if n % 9 == 0:
                task = asyncio.ensure_future(wire.update(pb.Workflow(away_after=period(10 * MINUTE + n))))
            elif n % 4 == 0:
                task = asyncio.ensure_future(wire.activity(user_id))  # type: ignore[arg-type]
            else:
                task = asyncio.ensure_future(wire.set_status(user_id, AWAY, reason=f"{n}"))  # type: ignore[arg-type]
            for _ in range(chance.randrange(60)):
                await asyncio.sleep(0)
            task.cancel()
            try:
                answer: object = await task
            except asyncio.CancelledError:
                return
            if isinstance(answer, pb.UserStatus):
                answered.append(answer)

        for start in range(0, 500, 100):
            await asyncio.gather(*(cut_short(n) for n in range(start, start + 100)))
            clock.advance(MINUTE)
        # The last word: a call of the same connection comes after all of them.
        last = await wire.set_status("last", OFFLINE)
        before = await wire.state()
        history = await wire.changes()
        assert len({change.revision for change in history}) == len(history)
        kept = {(change.user_id, change.revision) for change in history}
        assert {(status.user_id, status.revision) for status in answered} <= kept
        assert last.revision >= len(history)
    async with (
        running(SqliteStore(path, clock, StoreOptions(count_outage_as_inactivity=True)), clock) as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        assert await Wire(channel).state() == before


# --- health, reflection, keepalive, the port -------------------------------------------------------------------------


@IN_MEMORY
async def test_health_says_serving_for_the_server_and_the_service(wire: Wire) -> None:
    health: Any = health_pb2_grpc.HealthStub(wire.channel)
    for name in ("", SERVICE_NAME):
        answer = await health.Check(health_pb2.HealthCheckRequest(service=name))
        assert answer.status == health_pb2.HealthCheckResponse.SERVING
    with pytest.raises(aio.AioRpcError) as caught:
        await health.Check(health_pb2.HealthCheckRequest(service="unknown"))
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_a_draining_server_says_so_and_finishes_what_it_has_begun(clock: FakeClock) -> None:
    before, after = Gate(), Gate()
    application = Application(GatedStore(clock, before, after), clock, Listen("127.0.0.1:0"), shutdown_grace_s=5.0)
    await application.start()
    async with aio.insecure_channel(f"127.0.0.1:{application.port}") as channel:
        wire = Wire(channel)
        health: Any = health_pb2_grpc.HealthStub(channel)
        watches = [health.Watch(health_pb2.HealthCheckRequest(service=name)) for name in ("", SERVICE_NAME)]
        for watch in watches:
            assert (await watch.read()).status == health_pb2.HealthCheckResponse.SERVING
        before.shut()
        begun = asyncio.ensure_future(wire.set_status("ann", AWAY))
        await asyncio.wait_for(before.arrived.wait(), 20)

        stopping = asyncio.create_task(application.stop())
        for watch in watches:
            assert (await asyncio.wait_for(watch.read(), 20)).status == health_pb2.HealthCheckResponse.NOT_SERVING
            watch.cancel()
        assert await refused_as_a_newcomer(application) is grpc.StatusCode.UNAVAILABLE
        assert not begun.done() and not stopping.done()
        before.open.set()
        assert (await begun).status == AWAY
        await asyncio.wait_for(stopping, 4)


async def refused_as_a_newcomer(application: Application) -> grpc.StatusCode:
    """How calls on a new connection end, once the calls that had arrived before are accepted."""
    async with asyncio.timeout(4):
        while True:
            async with connections(application, 1) as (newcomer,):
                try:
                    answer = await health_of(newcomer)
                except aio.AioRpcError as error:
                    if error.code() is grpc.StatusCode.CANCELLED:
                        continue  # it arrived at the moment at which grpcio stops to accept; see ARCHITECTURE.md
                    return error.code()
                assert answer.status == health_pb2.HealthCheckResponse.NOT_SERVING


async def health_of(wire: Wire) -> health_pb2.HealthCheckResponse:
    health: Any = health_pb2_grpc.HealthStub(wire.channel)
    answer: health_pb2.HealthCheckResponse = await health.Check(health_pb2.HealthCheckRequest())
    return answer


async def test_a_drain_that_begins_while_a_watcher_is_being_told_is_told_too() -> None:
    # As grpcio does: it asks for what comes next once the last has been sent.
    readiness = Readiness()
    health = HealthServicer((), readiness)
    context: Any = None
    said = aiter(health.Watch(health_pb2.HealthCheckRequest(), context))
    assert (await anext(said)).status == health_pb2.HealthCheckResponse.SERVING
    readiness.drain()
    assert [answer.status async for answer in said] == [health_pb2.HealthCheckResponse.NOT_SERVING]


@IN_MEMORY
async def test_reflection_lists_and_describes_the_services(application: Application) -> None:
    def look() -> None:
        with grpc.insecure_channel(f"127.0.0.1:{application.port}") as channel:
            database = ProtoReflectionDescriptorDatabase(channel)
            assert set(database.get_services()) == {
                SERVICE_NAME,
                "grpc.health.v1.Health",
                "grpc.reflection.v1alpha.ServerReflection",
                "grpc.reflection.v1.ServerReflection",
            }
            service = DescriptorPool(database).FindServiceByName(SERVICE_NAME)  # type: ignore[no-untyped-call]
            described = [(method.name, method.input_type.full_name) for method in service.methods]
            assert {(name, f"onduty.v1.{name}Request") for name in CALLS} < set(described)
            assert described == [(name, f"onduty.v1.{name}Request") for name, _ in described]
            assert {name for name, _ in described} - set(CALLS) == {
                "RecordActivities",
                "WatchStatuses",
                *WITHOUT_STORE,
            }

    await asyncio.to_thread(look)


@pytest.mark.slow
async def test_a_ping_every_second_is_not_too_many(clock: FakeClock) -> None:
    """Real time, since HTTP/2 has its own: a server that minds ends the connection with the fourth ping."""
    options = (
        ("grpc.keepalive_time_ms", 1_000),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_pings_without_data", 0),
        ("grpc.use_local_subchannel_pool", 1),
    )
    async with (
        running(MemoryStore(clock), clock) as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}", options) as idle,
        aio.insecure_channel(f"127.0.0.1:{application.port}", options) as watching,
    ):
        for channel in (idle, watching):
            await Wire(channel).activity("ann")
            assert channel.get_state() is grpc.ChannelConnectivity.READY
        health: Any = health_pb2_grpc.HealthStub(watching)
        watch = health.Watch(health_pb2.HealthCheckRequest())
        await watch.read()
        ended = [
            asyncio.ensure_future(channel.wait_for_state_change(grpc.ChannelConnectivity.READY))
            for channel in (idle, watching)
        ]
        assert (await asyncio.wait(ended, timeout=5.2, return_when=asyncio.FIRST_COMPLETED))[0] == set()
        for end in ended:
            end.cancel()
        assert not watch.done()
        watch.cancel()


async def test_a_task_that_must_not_end_is_told_of(clock: FakeClock) -> None:
    async def ends() -> None:
        raise ValueError("a defect")

    async with running(clock=clock) as application:
        with capture_logs() as logs:
            application.background.start(ends(), name="onduty-wall-clock")
            await asyncio.wait_for(application.background.failed.wait(), 20)
        assert [(line["log_level"], line["task"]) for line in logs] == [("critical", "onduty-wall-clock")]


async def test_two_servers_do_not_share_a_port(clock: FakeClock) -> None:
    async with running(clock=clock) as application:
        second = Application(MemoryStore(clock), clock, Listen(f"127.0.0.1:{application.port}"))
        with pytest.raises(ListenError, match="is the port in use"):
            await second.start()
        # The first goes on.
        async with aio.insecure_channel(f"127.0.0.1:{application.port}") as channel:
            assert (await refused(Wire(channel).get("ann"))).reason == "USER_UNKNOWN"
