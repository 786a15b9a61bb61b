"""Simulations through both doors: a caller who leaves is worked for no longer, and nobody else notices a long one."""

from __future__ import annotations

import asyncio
import gzip
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from grpc import aio
from tests.client.watched import until
from tests.grpc.wire import ACCOUNT, Wire
from tests.http.web import SERVICE, web
from tests.servers import running

from onduty.v1 import status_pb2 as pb
from onduty_server.app.limits import SIMULATIONS_MAX, SIMULATIONS_PER_CALLER_MAX
from onduty_server.process.application import Application
from onduty_server.transport.http.server import HttpListen


def long_log() -> bytes:
    """Takes a process a second or more."""
    chance = random.Random(11)
    rows = (b"%d,user-%d\n" % (1_790_000_000 - 5 * number, chance.randrange(9_000)) for number in range(60_000))
    return gzip.compress(b"activity_time,user_id\n" + b"".join(rows), 1)


LONG = pb.SimulateRequest(
    account_id=ACCOUNT,
    workflow=pb.Workflow(away_after=Duration(seconds=600)),
    log=long_log(),
    time_format=pb.LOG_TIME_FORMAT_EPOCH_S,
)


def replays() -> set[int]:
    """The processes in which logs are being replayed for this one."""
    found = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):
            for pid in (task / "children").read_text(encoding="ascii").split():
                if b"replay_child" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.add(int(pid))
    return found


@pytest.fixture
async def application() -> AsyncIterator[Application]:
    async with running(http=HttpListen("127.0.0.1:0")) as application:
        yield application


@pytest.fixture
async def wire(application: Application) -> AsyncIterator[Wire]:
    async with aio.insecure_channel(f"127.0.0.1:{application.port}") as channel:
        yield Wire(channel)


@pytest.mark.parametrize("how", ["cancels", "has a deadline"])
async def test_a_grpc_caller_who_leaves_ends_its_replay(how: str, wire: Wire) -> None:
    call = wire.stub.Simulate(LONG, timeout=None if how == "cancels" else 0.3)
    if how == "cancels":
        await until(lambda: bool(replays()))
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    else:
        with pytest.raises(aio.AioRpcError) as caught:
            await call
        assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    await until(lambda: not replays())
    assert (await wire.activity("ann")).available


async def test_an_http_caller_who_hangs_up_ends_its_replay(application: Application, wire: Wire) -> None:
    async with web(application.http_port) as http:
        http.request("POST", f"{SERVICE}Simulate", {"content-type": "application/proto"}, LONG.SerializeToString())
        await until(lambda: bool(replays()))
    await until(lambda: not replays())
    assert (await wire.activity("ann")).available


async def test_no_caller_has_more_than_its_share_and_the_others_are_answered(wire: Wire) -> None:
    calls = [wire.stub.Simulate(LONG) for _ in range(SIMULATIONS_PER_CALLER_MAX + 2)]
    most = answered = 0
    while not all(call.done() for call in calls):
        most = max(most, len(replays()))
        await wire.activity("ann")
        answered += 1
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, aio.AioRpcError)]
    assert [(each.code(), each.details()) for each in refused] == [
        (
            grpc.StatusCode.RESOURCE_EXHAUSTED,
            f"this caller already has {SIMULATIONS_PER_CALLER_MAX} logs replayed",
        )
    ] * 2
    answers = [outcome for outcome in outcomes if isinstance(outcome, pb.SimulateResponse)]
    assert len(answers) == SIMULATIONS_PER_CALLER_MAX and all(answer == answers[0] for answer in answers)
    assert 0 < most <= SIMULATIONS_MAX
    assert answered > 20
