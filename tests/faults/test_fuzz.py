"""Whatever arrives at the port: no crash, nothing of the inside told, no growth, and others are served meanwhile.

By default in seconds; `make fuzz` sets ONDUTY_TEST_FUZZ_S to minutes.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from grpc import aio
from tests.faults.http2 import HELLO, call, catalogue, message
from tests.faults.process import ServerProcess, Servers, connected
from tests.grpc.test_errors import GOOD, SERVICE, fill

from onduty.v1 import status_pb2 as pb

FUZZ_S = float(os.environ.get("ONDUTY_TEST_FUZZ_S", "4"))
DICE = int(os.environ.get("ONDUTY_TEST_DICE") or random.randrange(1 << 32))
REQUEST = pb.GetStatusRequest(account_id="acme", user_id="ann").SerializeToString()
CATALOGUE = catalogue(REQUEST)
GROWTH_MAX = 40 * 1024 * 1024
_ANSWERED_WITHIN_S = 10.0
_LISTEN_S = 0.2
"""How long to listen to what a server says to something wrong; it may well say nothing."""
_ALLOWED = {
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.ABORTED,
    grpc.StatusCode.OUT_OF_RANGE,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
}


def memory(server: ServerProcess) -> int:
    for line in Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1_024
    raise AssertionError("no VmRSS")


def descriptors(server: ServerProcess) -> int:
    return len(os.listdir(f"/proc/{server.pid}/fd"))


async def descriptors_fall_to(server: ServerProcess, most: int) -> None:
    async with asyncio.timeout(20):
        while descriptors(server) > most:  # noqa: ASYNC110 - nothing says that the server has closed something
            await asyncio.sleep(0.02)


async def send(address: str, pieces: Any) -> bytes:
    """Send all of it, as far as the server takes it, and listen for a moment."""
    host, port = address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    said = b""
    try:
        with suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(5):
                for number, piece in enumerate(pieces):
                    writer.write(piece)
                    if number % 100 == 0:
                        await writer.drain()
                await writer.drain()
        with suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(_LISTEN_S):
                while heard := await reader.read(1 << 16):
                    said += heard
    finally:
        writer.transport.abort()
    return said


def assert_nothing_leaked(said: bytes) -> None:
    for word in (b"Traceback", b"Error:", b"site-packages", b".py", b"sqlite", b"SELECT"):
        assert word not in said


async def serves(calls: Any) -> None:
    # What is sent beside it may have erased her, or the whole account.
    found = await calls.RecordActivity(
        pb.RecordActivityRequest(account_id="acme", user_id="ann"), timeout=_ANSWERED_WITHIN_S, wait_for_ready=True
    )
    assert found.user_status.user_id == "ann"


def assert_calm(server: ServerProcess) -> None:
    # grpcio itself prints one when it cannot send a status to a caller who has just left.
    assert "/onduty_server/" not in server.text(), server.text()
    assert not [line for line in server.log if line.get("event") == "a call failed"]


@pytest.mark.timeout(180)
async def test_broken_http2_hurts_nobody_else(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await servers.start(tmp_path / "onduty.db")
        async with connected(server.address) as calls:
            await calls.RecordActivity(pb.RecordActivityRequest(account_id="acme", user_id="ann"))
            assert await send(server.address, [HELLO + call(1, message(REQUEST))]), "what is right is answered"
            before = descriptors(server)
            for name, pieces in CATALOGUE.items():
                try:
                    assert_nothing_leaked(await send(server.address, pieces))
                    await serves(calls)
                except Exception as error:
                    raise AssertionError(f"{name}: {error!r}") from error
            await descriptors_fall_to(server, before)
            settled = memory(server)
            # Once more the worst of it: what it takes, it takes once.
            for name in (
                "a flood of continuations",
                "rapid reset",
                "answers that may not be sent",
                "a bomb of headers",
            ):
                for _ in range(4):
                    await send(server.address, CATALOGUE[name])
            await descriptors_fall_to(server, before)
            await serves(calls)
            assert memory(server) < settled + GROWTH_MAX
        assert_calm(server)


async def _mutations(address: str, dice: random.Random, over: asyncio.Event, done: Counter[str]) -> None:
    """Good and bad connections with a few bytes of them changed, left out or doubled."""
    names = [name for name, pieces in CATALOGUE.items() if sum(map(len, pieces)) < 20_000]
    while not over.is_set():
        data = bytearray(b"".join(CATALOGUE[dice.choice(names)]) or HELLO)
        if dice.random() < 0.5:
            data = bytearray(HELLO + call(1, message(REQUEST)) + call(3, message(REQUEST)))
        for _ in range(dice.randrange(1, 8)):
            place = dice.randrange(len(data))
            match dice.randrange(4):
                case 0:
                    data[place] ^= 1 << dice.randrange(8)
                case 1:
                    data[place] = dice.randrange(256)
                case 2:
                    del data[place : place + dice.randrange(1, 9)]
                case _:
                    data[place:place] = data[place : place + dice.randrange(1, 64)]
            data = data or bytearray(b"\0")
        assert_nothing_leaked(await send(address, [bytes(data)]))
        done["connections"] += 1


def _body(method: Any, dice: random.Random) -> bytes:
    """Bytes of no kind, or a message of random values, with or without a changed byte."""
    if dice.random() < 0.3:
        return dice.randbytes(dice.randrange(200))
    request: Message = GetMessageClass(method.input_type)()
    if method.name in GOOD and dice.random() < 0.1:
        request.CopyFrom(GOOD[method.name])
    else:
        fill(request, dice)
    data = bytearray(request.SerializeToString())
    if data and dice.random() < 0.3:
        data[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(data)


async def _bodies(channel: aio.Channel, dice: random.Random, over: asyncio.Event, done: Counter[str]) -> None:
    while not over.is_set():
        method = dice.choice(list(SERVICE.methods))
        path = f"/{SERVICE.full_name}/{method.name}"
        try:
            if method.client_streaming:
                stream: Any = channel.stream_stream(path)(timeout=_ANSWERED_WITHIN_S)
                for _ in range(dice.randrange(1, 4)):
                    await stream.write(_body(method, dice))
                await stream.done_writing()
                while await stream.read() is not aio.EOF:
                    done["messages"] += 1
            elif method.server_streaming:
                watched: Any = channel.unary_stream(path)
                watch = watched(_body(method, dice), timeout=_ANSWERED_WITHIN_S)
                await watch.read()
                watch.cancel()
            else:
                unary: Any = channel.unary_unary(path)
                await unary(_body(method, dice), timeout=_ANSWERED_WITHIN_S)
            done["answered"] += 1
        except asyncio.CancelledError:
            raise
        except aio.AioRpcError as error:
            # Those are grpcio's words for a stream of ours that the server has ended while we wrote to it.
            if error.code() not in _ALLOWED and error.details() != "Internal error from Core":
                raise
            assert_nothing_leaked((error.details() or "").encode())
            done[error.code().name] += 1
        except asyncio.InvalidStateError:
            # grpcio's word for writing to a stream that has ended.
            done["ended"] += 1


@pytest.mark.timeout(300 + 2 * FUZZ_S)
async def test_random_bytes_and_random_values_are_answered_or_refused(tmp_path: Path, record_property: Any) -> None:
    record_property("ONDUTY_TEST_DICE", DICE)
    dice, over, done = random.Random(DICE), asyncio.Event(), Counter[str]()
    async with Servers(tmp_path) as servers:
        server = await servers.start(tmp_path / "onduty.db")
        async with connected(server.address) as calls, aio.insecure_channel(server.address) as channel:
            await calls.RecordActivity(pb.RecordActivityRequest(account_id="acme", user_id="ann"))
            before = descriptors(server)

            async def check() -> None:
                """Others are served all the while; what the first half needs is all that is needed."""
                settled = 0
                async with asyncio.timeout(None):
                    for half in range(2):
                        ends = asyncio.get_running_loop().time() + FUZZ_S / 2
                        while asyncio.get_running_loop().time() < ends:
                            await serves(calls)
                            await asyncio.sleep(0.05)
                        if half == 0:
                            settled = memory(server)
                assert memory(server) < settled + GROWTH_MAX
                over.set()

            async with asyncio.TaskGroup() as group:
                group.create_task(check())
                for _ in range(4):
                    group.create_task(_mutations(server.address, random.Random(dice.random()), over, done))
                    group.create_task(_bodies(channel, random.Random(dice.random()), over, done))
            await descriptors_fall_to(server, before + 1)
            await serves(calls)
        assert_calm(server)
    assert done["connections"] and done["answered"] and done["INVALID_ARGUMENT"]
    for name, count in done.items():
        record_property(name, count)
