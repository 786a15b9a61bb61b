"""Calls are counted as they are accepted: those that send nothing too, and those that need no credential."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import grpc
import pytest
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from tests.fakes import FakeClock
from tests.faults import http2
from tests.grpc.streaming import until
from tests.grpc.test_server import CALLS, WITHOUT_STORE
from tests.grpc.wire import ACCOUNT, Refusal, Wire, refusal_of
from tests.servers import running

from onduty.v1 import status_pb2 as pb
from onduty_server.app.limits import CONNECTION_CALLS, MESSAGE_WAIT_MS, OPEN_CALLS_PER_ADDRESS
from onduty_server.process.application import Application
from onduty_server.stores.memory import MemoryStore
from onduty_server.transport.grpc.server import Listen
from onduty_server.transport.limits import Limits

SERVICE = "/onduty.v1.StatusService/"
HEALTH_WATCH = "/grpc.health.v1.Health/Watch"
HEALTH_CHECK = "/grpc.health.v1.Health/Check"
REFLECTION = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"


@asynccontextmanager
async def channels(application: Application, count: int) -> AsyncIterator[list[aio.Channel]]:
    """Channels with a connection of their own each."""
    options = (("grpc.use_local_subchannel_pool", 1),)
    made = [aio.insecure_channel(f"127.0.0.1:{application.port}", options) for _ in range(count)]
    try:
        yield made
    finally:
        await asyncio.gather(*(channel.close() for channel in made))


def opened(channel: aio.Channel, path: str) -> Any:
    """A call that has sent its headers, and no message."""
    method: Any = channel.stream_stream(path)
    return method()


async def refusal(call: Any) -> Refusal:
    """Read a call to its end, which must be a refusal."""
    try:
        while await call.read() is not aio.EOF:
            pass
    except aio.AioRpcError as error:
        return refusal_of(error)
    pytest.fail(f"it was not refused: {await call.code()}")


@pytest.mark.parametrize("rpc", [*CALLS, *sorted(WITHOUT_STORE), "WatchStatuses"])
async def test_a_call_that_never_sends_its_request_is_counted_and_ends(rpc: str) -> None:
    clock = FakeClock()
    async with (
        running(clock=clock, limits=Limits(calls_per_caller=3, streams_per_caller=3)) as application,
        channels(application, 1) as (channel,),
    ):
        silent = [opened(channel, SERVICE + rpc) for _ in range(3)]
        await until(lambda: application.limits.in_flight() == 3)
        one_more = await refusal(opened(channel, SERVICE + rpc))
        assert one_more[:2] == (grpc.StatusCode.RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED")
        assert one_more.message.startswith("this caller already has 3 ")
        clock.advance(MESSAGE_WAIT_MS - 1)
        assert application.limits.in_flight() == 3
        clock.advance(1)
        for call in silent:
            ended = await refusal(call)
            assert ended[:2] == (grpc.StatusCode.RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED")
            assert ended.message == "the request did not come within 10 s"
        await until(lambda: application.limits.in_flight() == 0)
        await Wire(channel).activity("ann")


async def test_a_request_that_comes_late_counts_for_its_account_as_of_when_it_comes() -> None:
    clock = FakeClock()
    request = pb.GetStatusRequest(account_id=ACCOUNT, user_id="ann").SerializeToString()
    async with (
        running(clock=clock, limits=Limits(account_rate=5)) as application,
        channels(application, 1) as (channel,),
    ):
        wire = Wire(channel)
        await wire.activity("ann")
        for _ in range(3):
            await wire.get("ann")
        clock.advance(2_000)
        late = [opened(channel, SERVICE + "GetStatus") for _ in range(20)]
        await until(lambda: application.limits.in_flight() == 20)
        clock.advance(MESSAGE_WAIT_MS - 1_000)
        answered = 0
        for call in late:
            await call.write(request)
            await call.done_writing()
            with suppress(aio.AioRpcError):
                answered += await call.read() is not aio.EOF
        assert answered == 10, "what two seconds allow"


@asynccontextmanager
async def unread(
    application: Application, path: str, request: bytes, calls: int
) -> AsyncIterator[asyncio.StreamWriter]:
    """Calls on a connection of their own, with a window of 0 bytes for the answers."""
    _, writer = await asyncio.open_connection("127.0.0.1", application.port)
    writer.write(http2.PREFACE + http2.frame(http2.SETTINGS, 0, 0, http2.setting(4, 0)))
    writer.write(http2.frame(http2.SETTINGS, http2.ACK, 0))
    for number in range(calls):
        writer.write(http2.call(1 + 2 * number, http2.message(request), path))
    try:
        yield writer
    finally:
        writer.transport.abort()


@pytest.mark.parametrize("how", ["reads", "leaves"])
async def test_a_call_counts_until_its_answer_is_read(how: str) -> None:
    request = pb.GetWorkflowRequest(account_id=ACCOUNT)
    async with (
        running(limits=Limits(calls_per_caller=3)) as application,
        channels(application, 1) as (channel,),
        unread(application, SERVICE + "GetWorkflow", request.SerializeToString(), 3) as caller,
    ):
        await until(lambda: application.limits.in_flight() == 3)
        for _ in range(10):
            # As many turns of the loop as it takes: the answers are there, and cannot be sent.
            one_more = await refusal(opened(channel, SERVICE + "GetWorkflow"))
            assert one_more[:2] == (grpc.StatusCode.RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED")
        assert application.limits.in_flight() == 3
        if how == "reads":
            caller.write(http2.frame(http2.SETTINGS, 0, 0, http2.setting(4, 65_535)))
        else:
            caller.transport.abort()
        await until(lambda: application.limits.in_flight() == 0)
        await Wire(channel).stub.GetWorkflow(request)


async def test_a_health_check_counts_until_its_answer_is_read() -> None:
    async with running() as application, channels(application, 1) as (channel,), AsyncExitStack() as callers:
        for _ in range(OPEN_CALLS_PER_ADDRESS // CONNECTION_CALLS):
            await callers.enter_async_context(unread(application, HEALTH_CHECK, b"", CONNECTION_CALLS))
        await until(lambda: application.limits.in_flight() == OPEN_CALLS_PER_ADDRESS)
        for _ in range(10):
            assert (await refusal(opened(channel, HEALTH_CHECK))).code is grpc.StatusCode.RESOURCE_EXHAUSTED
        await callers.aclose()
        await until(lambda: application.limits.in_flight() == 0)


async def test_a_caller_who_leaves_before_the_request_was_sent_is_counted_out() -> None:
    async with running() as application, channels(application, 1) as (channel,):
        silent = [opened(channel, SERVICE + "GetStatus") for _ in range(3)]
        await until(lambda: application.limits.in_flight() == 3)
        for call in silent:
            call.cancel()
        await until(lambda: application.limits.in_flight() == 0)


async def test_a_call_that_ends_without_a_request_is_answered() -> None:
    async with running() as application, channels(application, 1) as (channel,):
        for path in (SERVICE + "GetStatus", HEALTH_CHECK):
            call = opened(channel, path)
            await call.done_writing()
            ended = await refusal(call)
            assert ended[:2] == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD")


@pytest.mark.parametrize("path", [HEALTH_WATCH, REFLECTION, HEALTH_CHECK])
async def test_what_needs_no_credential_is_counted_apart_and_ends_if_it_asks_nothing(path: str) -> None:
    clock = FakeClock()
    async with (
        running(clock=clock) as application,
        channels(application, OPEN_CALLS_PER_ADDRESS // CONNECTION_CALLS + 1) as (*full, channel),
    ):
        silent = [opened(each, path) for each in full for _ in range(CONNECTION_CALLS)]
        await until(lambda: application.limits.in_flight() == OPEN_CALLS_PER_ADDRESS)
        one_more = await refusal(opened(channel, path))
        assert one_more.code is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert "without a credential" in one_more.message
        # Those who have one are not kept from anything.
        await Wire(channel).activity("ann")
        clock.advance(MESSAGE_WAIT_MS)
        for call in silent:
            assert (await refusal(call)).message == "the request did not come within 10 s"
        health: Any = health_pb2_grpc.HealthStub(channel)
        assert (await health.Check(health_pb2.HealthCheckRequest())).status == health_pb2.HealthCheckResponse.SERVING


async def test_watches_of_the_health_have_an_end() -> None:
    async with (
        running() as application,
        channels(application, OPEN_CALLS_PER_ADDRESS // CONNECTION_CALLS + 1) as (*full, channel),
    ):
        request = health_pb2.HealthCheckRequest()
        stubs: list[Any] = [health_pb2_grpc.HealthStub(each) for each in full]
        watches = [stub.Watch(request) for stub in stubs for _ in range(CONNECTION_CALLS)]
        assert {(await watch.read()).status for watch in watches} == {health_pb2.HealthCheckResponse.SERVING}
        health: Any = health_pb2_grpc.HealthStub(channel)
        assert (await refusal(health.Watch(request))).code is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert (await health.Check(request)).status == health_pb2.HealthCheckResponse.SERVING, "a check is no stream"
        await Wire(channel).stub.GetWorkflow(pb.GetWorkflowRequest(account_id=ACCOUNT))
        watches[0].cancel()
        await until(lambda: application.limits.in_flight() < OPEN_CALLS_PER_ADDRESS)
        assert (await health.Watch(request).read()).status == health_pb2.HealthCheckResponse.SERVING


@pytest.mark.parametrize("path", [HEALTH_CHECK, REFLECTION, SERVICE + "GetStatus"])
async def test_a_call_that_never_sends_its_request_does_not_hold_up_a_stop(path: str) -> None:
    clock, grace_s = FakeClock(), 60.0
    application = Application(MemoryStore(clock), clock, Listen("127.0.0.1:0"), shutdown_grace_s=grace_s)
    await application.start()
    async with channels(application, 1) as (channel,):
        silent = opened(channel, path)
        await until(lambda: application.limits.in_flight() == 1)
        stopping = asyncio.create_task(application.stop())
        await until(lambda: application.why_not_ready() is not None)
        clock.advance(500)
        ended = await refusal(silent)
        assert (ended.message, ended.retry_delay_ms) == (
            "the server is stopping, and the request did not come in time",
            500,
        )
        await asyncio.wait_for(stopping, grace_s / 4)


async def test_reflection_takes_a_request_that_cannot_be_parsed_for_an_unknown_one() -> None:
    async with running() as application, channels(application, 1) as (channel,):
        method: Any = channel.stream_stream(
            REFLECTION, response_deserializer=reflection_pb2.ServerReflectionResponse.FromString
        )
        call = method()
        await call.write(b"\xff")
        assert (await call.read()).error_response.error_code == grpc.StatusCode.INVALID_ARGUMENT.value[0]
        stub: Any = reflection_pb2_grpc.ServerReflectionStub(channel)  # type: ignore[arg-type] # of either kind
        good = stub.ServerReflectionInfo()
        await good.write(reflection_pb2.ServerReflectionRequest(list_services=""))
        assert len((await good.read()).list_services_response.service) == 4
        await good.done_writing()
        assert await good.read() is aio.EOF
