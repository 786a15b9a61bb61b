"""How the clients hold on to a server: deadlines, retries, dead peers, what travels along, and closing."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack

import grpc
import pytest
from google.protobuf.message import Message
from tests.client.scripted import Driver, Proxy, ScriptedServer, ScriptedService, error_info, refusal

from onduty.v1 import status_pb2 as pb
from onduty_client import (
    AsyncClient,
    Client,
    DeadlineExceeded,
    OndutyError,
    Status,
    StoreUnavailable,
    Unavailable,
    UserStatus,
)

pytestmark = pytest.mark.both_doors

ANSWER = pb.GetStatusResponse(user_status=pb.UserStatus(user_id="ann"))
UNAVAILABLE = refusal(grpc.StatusCode.UNAVAILABLE, "the disk is full", error_info("STORE_UNAVAILABLE"))


class Held:
    """An answer that is held back until it is let go. `arrived` says that the call has reached the server."""

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self.ended = threading.Event()
        self.let_go = threading.Event()

    def __call__(self, request: Message, context: grpc.ServicerContext) -> pb.GetStatusResponse:
        context.add_callback(self.ended.set)
        self.arrived.set()
        self.let_go.wait(30)
        return ANSWER


@pytest.fixture
def held(service: ScriptedService) -> Iterator[Held]:
    held = Held()
    service.script(held)
    yield held
    held.let_go.set()


# --- deadlines -------------------------------------------------------------------------------------------------------


async def test_every_call_has_a_deadline_of_five_seconds(client: Driver, service: ScriptedService) -> None:
    service.script(ANSWER)
    await client.call("get_status", "acme", "ann")
    assert 4 < service.last.timeout < 5.1


async def test_a_client_and_a_call_may_have_their_own(
    connect: Callable[..., Driver], server: ScriptedServer, service: ScriptedService
) -> None:
    service.script(ANSWER)
    client = connect(server.target, timeout=20)
    await client.call("get_status", "acme", "ann")
    assert 19 < service.last.timeout < 20.1
    await client.call("get_status", "acme", "ann", timeout=50)
    assert 49 < service.last.timeout < 50.1


async def test_an_answer_that_does_not_come_in_time_is_deadline_exceeded(client: Driver, held: Held) -> None:
    with pytest.raises(DeadlineExceeded) as caught:
        await client.call("get_status", "acme", "ann", timeout=0.1)
    assert caught.value.code is grpc.StatusCode.DEADLINE_EXCEEDED


# --- retries ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "arguments", "answer"),
    [
        ("record_activity", ("acme", "ann"), pb.RecordActivityResponse()),
        ("get_status", ("acme", "ann"), pb.GetStatusResponse()),
        ("batch_get_statuses", ("acme", ["ann"]), pb.BatchGetStatusesResponse()),
        ("list_statuses", ("acme",), pb.ListStatusesResponse()),
        ("available_users", ("acme",), pb.ListAvailableUsersResponse()),
        ("get_workflow", ("acme",), pb.GetWorkflowResponse()),
        ("list_status_changes", ("acme",), pb.ListStatusChangesResponse()),
    ],
)
async def test_what_may_be_repeated_is_retried(
    method: str, arguments: tuple[object, ...], answer: Message, client: Driver, service: ScriptedService
) -> None:
    service.script(UNAVAILABLE, answer)
    await client.call(method, *arguments)
    assert len(service.received) == 2


@pytest.mark.parametrize(
    ("method", "arguments"), [("set_status", ("acme", "ann", Status.AWAY)), ("update_workflow", ("acme",))]
)
async def test_what_changes_something_is_sent_once(
    method: str, arguments: tuple[object, ...], client: Driver, service: ScriptedService
) -> None:
    service.script(UNAVAILABLE)
    with pytest.raises(StoreUnavailable):
        await client.call(method, *arguments)
    assert len(service.received) == 1


def too_busy(pushback_ms: int) -> Callable[[Message, grpc.ServicerContext], Message]:
    """Refuses for a limit, and says in gRPC's own way when to come back; -1: not at all."""

    def answer(request: Message, context: grpc.ServicerContext) -> Message:
        context.set_trailing_metadata((("grpc-retry-pushback-ms", str(pushback_ms)),))
        context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "slower")
        raise AssertionError("abort raises")

    return answer


@pytest.mark.only_grpc
async def test_a_server_that_is_too_busy_is_asked_again_when_it_says(client: Driver, service: ScriptedService) -> None:
    service.script(too_busy(300), pb.GetStatusResponse())
    loop = asyncio.get_running_loop()
    started = loop.time()
    await client.call("get_status", "acme", "ann")
    assert len(service.received) == 2
    assert loop.time() - started >= 0.29, "the first wait of its own would be a third of that"


@pytest.mark.only_grpc
async def test_a_limit_that_will_not_pass_soon_is_told_at_once(client: Driver, service: ScriptedService) -> None:
    service.script(too_busy(-1))
    with pytest.raises(OndutyError) as caught:
        await client.call("get_status", "acme", "ann")
    assert caught.value.code is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert len(service.received) == 1


async def test_a_refused_request_is_not_sent_again(client: Driver, service: ScriptedService) -> None:
    service.script(refusal(grpc.StatusCode.INVALID_ARGUMENT, "no", error_info("INVALID_FIELD")))
    with pytest.raises(OndutyError):
        await client.call("get_status", "acme", "ann")
    assert len(service.received) == 1


async def test_what_a_stopping_server_did_not_begin_is_retried_or_unavailable(
    client: Driver, service: ScriptedService
) -> None:
    """grpcio ends with CANCELLED what had arrived when it was told to stop."""
    cancelled = refusal(grpc.StatusCode.CANCELLED, "Cancelled")
    service.script(cancelled, pb.GetStatusResponse())
    await client.call("get_status", "acme", "ann")
    assert len(service.received) == 2
    service.script(cancelled)
    with pytest.raises(Unavailable):
        await client.call("set_status", "acme", "ann", Status.AWAY)
    assert len(service.received) == 3


async def test_a_call_is_attempted_five_times_and_no_more(client: Driver, service: ScriptedService) -> None:
    service.script(UNAVAILABLE)
    with pytest.raises(StoreUnavailable, match="the disk is full"):
        await client.call("get_status", "acme", "ann")
    assert len(service.received) == 5


async def test_a_server_in_trouble_is_spared_most_retries(server: ScriptedServer, service: ScriptedService) -> None:
    service.script(UNAVAILABLE)
    async with AsyncClient(server.target) as client:
        calls = (client.get_status("acme", "ann") for _ in range(200))
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(outcome, StoreUnavailable) for outcome in outcomes)
    # Retried each on its own, they would be 1,000.
    assert len(service.received) < 300


async def test_a_read_outlives_a_server_that_comes_back(
    connect: Callable[..., Driver], server: ScriptedServer, service: ScriptedService
) -> None:
    service.script(ANSWER)
    async with Proxy(server.port, server.scheme) as proxy:
        proxy.refusing = True
        reading = asyncio.create_task(connect(proxy.target).call("get_status", "acme", "ann"))
        await asyncio.wait_for(proxy.refused.wait(), 20)
        proxy.refusing = False
        assert (await reading).user_id == "ann"


# --- dead peers ------------------------------------------------------------------------------------------------------


@pytest.mark.only_grpc
async def test_a_peer_that_falls_silent_is_noticed_within_seconds(
    server: ScriptedServer, service: ScriptedService
) -> None:
    """Half-open connections: nothing arrives any more and nothing is closed, as when a machine loses its power."""
    service.script(ANSWER)
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        # A proxy for each, since clients of one target share a connection. Deadlines far away: what ends the calls must
        # be that the connection is found to be dead.
        proxies = [await stack.enter_async_context(Proxy(server.port, server.scheme)) for _ in range(4)]
        blocking, changing, idle = (stack.enter_context(Client(proxy.target, timeout=60)) for proxy in proxies[:3])
        awaiting = await stack.enter_async_context(AsyncClient(proxies[3].target, timeout=60))
        for client in (blocking, changing, idle):
            await asyncio.to_thread(client.get_status, "acme", "ann")
        await awaiting.get_status("acme", "ann")

        for proxy in proxies:
            proxy.freeze()
        frozen = loop.time()
        blocked, changed, awaited, _ = await asyncio.wait_for(
            asyncio.gather(
                asyncio.to_thread(blocking.get_status, "acme", "ann"),
                asyncio.to_thread(changing.set_status, "acme", "ann", Status.AWAY),
                awaiting.get_status("acme", "ann"),
                proxies[2].abandoned.wait(),
                return_exceptions=True,
            ),
            30,
        )
        noticed_after = loop.time() - frozen

    # The reads were sent again, over a new connection; whether the change took place, nobody knows.
    assert isinstance(blocked, UserStatus)
    assert isinstance(awaited, UserStatus)
    assert type(changed) is Unavailable
    assert noticed_after < 8  # 4 s, and room for a slow machine.


# --- what travels along ----------------------------------------------------------------------------------------------


async def test_the_actor_of_the_client_travels_with_changes_only(
    connect: Callable[..., Driver], server: ScriptedServer, service: ScriptedService
) -> None:
    client = connect(server.target, actor="süe")
    service.script(pb.SetStatusResponse())
    await client.call("set_status", "acme", "ann", Status.AWAY)
    assert service.last.metadata["onduty-actor-bin"] == "süe".encode()
    service.script(pb.UpdateWorkflowResponse())
    await client.call("update_workflow", "acme", enabled=False)
    assert service.last.metadata["onduty-actor-bin"] == "süe".encode()
    service.script(ANSWER)
    await client.call("get_status", "acme", "ann")
    assert "onduty-actor-bin" not in service.last.metadata


async def test_a_call_may_name_another_actor_or_nobody(
    connect: Callable[..., Driver], server: ScriptedServer, service: ScriptedService
) -> None:
    client = connect(server.target, actor="sue")
    service.script(pb.SetStatusResponse())
    await client.call("set_status", "acme", "ann", Status.AWAY, actor="tom")
    assert service.last.metadata["onduty-actor-bin"] == b"tom"
    await client.call("set_status", "acme", "ann", Status.AWAY, actor="")
    assert "onduty-actor-bin" not in service.last.metadata


async def test_a_client_without_an_actor_names_nobody(client: Driver, service: ScriptedService) -> None:
    service.script(pb.SetStatusResponse())
    await client.call("set_status", "acme", "ann", Status.AWAY)
    assert "onduty-actor-bin" not in service.last.metadata


async def test_metadata_is_asked_for_at_each_call(
    connect: Callable[..., Driver], server: ScriptedServer, service: ScriptedService
) -> None:
    tokens = iter(["one", "two"])
    client = connect(server.target, actor="sue", metadata=lambda: [("authorization", f"Bearer {next(tokens)}")])
    service.script(ANSWER)
    await client.call("get_status", "acme", "ann")
    assert service.last.metadata["authorization"] == "Bearer one"
    service.script(pb.SetStatusResponse())
    await client.call("set_status", "acme", "ann", Status.AWAY)
    assert service.last.metadata["authorization"] == "Bearer two"
    assert service.last.metadata["onduty-actor-bin"] == b"sue"


async def test_credentials_make_the_connection_a_secure_one(connect: Callable[..., Driver]) -> None:
    local = grpc.LocalConnectionType.LOCAL_TCP
    with ScriptedServer(grpc.local_server_credentials(local)) as server:
        server.service.script(ANSWER)
        client = connect(server.target, credentials=grpc.local_channel_credentials(local))
        assert (await client.call("get_status", "acme", "ann")).user_id == "ann"


# --- use and end -----------------------------------------------------------------------------------------------------


def test_one_synchronous_client_serves_many_threads(server: ScriptedServer, service: ScriptedService) -> None:
    service.script(lambda request, context: pb.GetStatusResponse(user_status=pb.UserStatus(user_id=request.user_id)))
    user_ids = [f"user-{n}" for n in range(400)]
    with Client(server.target) as client, ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(lambda user_id: client.get_status("acme", user_id), user_ids))
    assert [answer.user_id for answer in answers] == user_ids


async def test_a_cancelled_call_ends_at_the_server_too(server: ScriptedServer, held: Held) -> None:
    async with AsyncClient(server.target) as client:
        call = asyncio.create_task(client.get_status("acme", "ann"))
        assert await asyncio.to_thread(held.arrived.wait, 5)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await asyncio.to_thread(held.ended.wait, 5)


async def test_closing_ends_what_is_under_way(client: Driver, held: Held) -> None:
    call = asyncio.create_task(client.call("get_status", "acme", "ann"))
    assert await asyncio.to_thread(held.arrived.wait, 5)
    await client.close()
    with pytest.raises(OndutyError) as caught:
        await call
    assert caught.value.code is grpc.StatusCode.CANCELLED


async def test_a_closed_client_says_so_and_may_be_closed_again(client: Driver) -> None:
    await client.close()
    await client.close()
    with pytest.raises(RuntimeError, match="the client is closed"):
        await client.call("get_status", "acme", "ann")


def test_an_asyncio_client_wants_the_event_loop_that_it_will_serve() -> None:
    with pytest.raises(RuntimeError, match="no running event loop"):
        AsyncClient("127.0.0.1:50250")
