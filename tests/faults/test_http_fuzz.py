"""Whatever arrives at the HTTP door: no crash, nothing of the inside told, bounded memory, and others are served.

By default in seconds; `make fuzz` sets ONDUTY_TEST_FUZZ_S to minutes.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import random
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToJson, SerializeToJsonError
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from tests.faults.process import ServerProcess, Servers, connected
from tests.faults.test_fuzz import (
    DICE,
    FUZZ_S,
    GROWTH_MAX,
    REQUEST,
    assert_calm,
    assert_nothing_leaked,
    descriptors,
    descriptors_fall_to,
    memory,
    send,
    serves,
)
from tests.faults.test_http import HTTP, http_port
from tests.grpc.test_errors import GOOD, SERVICE, fill
from tests.http.web import SERVICE as PATH
from tests.http.web import Web, envelope, web

from onduty.v1 import status_pb2 as pb

AGAIN_MAX = 2
"""A descriptor of what is being asked, and one that SQLite keeps of a report that has ended, for the next one."""
MIB = 1024 * 1024
HEAD = f"POST {PATH}GetStatus HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/proto\r\n".encode()
GOOD_CALL = HEAD + f"content-length: {len(REQUEST)}\r\n\r\n".encode() + REQUEST
CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"
BOMB = gzip.compress(b"\0" * 200 * MIB, 1)

FLOODS: dict[str, list[bytes]] = {
    "a head without an end": [b"GET /" + b"x" * 65_536] + [b"x" * 65_536] * 400,
    "headers without an end": [HEAD] + [b"x-a: b\r\n" * 8_000] * 400,
    "an empty line after the other": [b"\r\n" * 30_000] * 400,
    "a length that is not kept": [HEAD + b"content-length: 999999999999\r\n\r\n"] + [b"x" * 65_536] * 400,
    "chunks of a byte": [CHUNKED] + [b"1\r\nx\r\n" * 10_000] * 400,
    "extensions of a chunk": [CHUNKED + b"1;"] + [b"x" * 65_536] * 400,
    "trailers without an end": [CHUNKED + b"0\r\n"] + [b"x-a: b\r\n" * 8_000] * 400,
    "a trailer without an end": [CHUNKED + b"0\r\nx: "] + [b"x" * 65_536] * 400,
    "a bomb": [HEAD + b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(BOMB) + BOMB] * 20,
    "calls whose answers nobody reads": [GOOD_CALL * 200] * 400,
    "reads of all by GET": [f"GET {PATH}ListStatuses?encoding=json&message={{}} HTTP/1.1\r\n\r\n".encode() * 500] * 50,
    "upgrades": [b"GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n"] * 1_000,
    "upgrades to HTTP/2": [b"GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade, http2-settings\r\nupgrade: h2c\r\n\r\n"]
    * 99,
    "expectations": [HEAD + b"expect: 100-continue\r\ncontent-length: 1\r\n\r\n"] * 1_000,
}


async def known(server: ServerProcess, port: int) -> None:
    async with web(port) as http:
        assert (await http.post("RecordActivity", {"accountId": "acme", "userId": "ann"})).status == 200


@pytest.mark.timeout(180)
async def test_floods_hurt_nobody_else_and_take_bounded_memory(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await servers.launch(tmp_path / "onduty.db", *HTTP)
        port = await http_port(server)
        await server.serving()
        await known(server, port)
        async with connected(server.address) as calls:
            before, settled = descriptors(server), 0
            for _ in range(2):
                for name, pieces in FLOODS.items():
                    try:
                        assert_nothing_leaked(await send(f"127.0.0.1:{port}", pieces))
                        await serves(calls)
                        await known(server, port)
                    except Exception as error:
                        raise AssertionError(f"{name}: {error!r}") from error
                await descriptors_fall_to(server, before + AGAIN_MAX)
                settled = settled or memory(server)
            assert memory(server) < settled + GROWTH_MAX
        assert_calm(server)


async def _mutations(port: int, dice: random.Random, over: asyncio.Event, done: Counter[str]) -> None:
    """Calls with a few bytes of them changed, left out or doubled."""
    while not over.is_set():
        data = bytearray(b"".join(dice.choice((GOOD_CALL, _framed(dice)[1])) for _ in range(dice.randrange(1, 4))))
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
        assert_nothing_leaked(await send(f"127.0.0.1:{port}", [bytes(data)]))
        done["connections"] += 1


def _message(method: Any, dice: random.Random) -> Message:
    request: Message = GetMessageClass(method.input_type)()
    if method.name in GOOD and dice.random() < 0.2:
        request.CopyFrom(GOOD[method.name])
    else:
        fill(request, dice)
    return request


def _framed(dice: random.Random) -> tuple[str, bytes]:
    """A call in some protocol, of a random message, with or without changed bytes in its body; and its method."""
    method = dice.choice([method for method in SERVICE.methods if not method.server_streaming])
    kind = dice.choice(("application/json", "application/proto", "application/grpc-web", "application/grpc-web-text"))
    try:
        message = _message(method, dice)
        data = MessageToJson(message).encode() if kind.endswith("json") else message.SerializeToString()
    except SerializeToJsonError:
        data = b"{}"  # JSON has no such times.
    if data and dice.random() < 0.3:
        changed = bytearray(data)
        changed[dice.randrange(len(data))] = dice.randrange(256)
        data = bytes(changed)
    headers = f"content-type: {kind}\r\n"
    if dice.random() < 0.2 and "web" not in kind:
        data, headers = gzip.compress(data), headers + "content-encoding: gzip\r\n"
    if "web" in kind:
        data = envelope(data, dice.choice((0, 0, 0, 1, 2, 0x80)))
    if kind.endswith("text"):
        data = base64.b64encode(data)
    if dice.random() < 0.2:
        headers += dice.choice(("connect-timeout-ms: 5000\r\n", "grpc-timeout: 5S\r\n", "accept-encoding: gzip\r\n"))
    head = f"POST {PATH}{method.name} HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}content-length: {len(data)}\r\n\r\n"
    return method.name, head.encode() + data


_ALLOWED = {200, 400, 404, 409, 429, 501}


async def _bodies(port: int, dice: random.Random, over: asyncio.Event, done: Counter[str]) -> None:
    """Whole calls, one after the other on a connection: the server must never lose its place."""
    async with web(port) as http:
        while not over.is_set():
            name, data = _framed(dice)
            http.send(data)
            response = await http.response()
            assert response.status in _ALLOWED, (name, data, response)
            assert_nothing_leaked(response.body)
            done[str(response.status)] += 1


async def _watches(port: int, dice: random.Random, over: asyncio.Event, done: Counter[str]) -> None:
    """Watches that are begun in every way, and left in the middle."""
    while not over.is_set():
        async with web(port) as http:
            request = dice.choice((b"", b"\x0a\x04acme", dice.randbytes(20), b'{"accountId":"acme"}'))
            kind = dice.choice(("connect+proto", "connect+json", "grpc-web", "grpc-web-text"))
            body = envelope(request, dice.choice((0, 0, 0, 1, 2)))
            body = base64.b64encode(body) if kind.endswith("text") else body
            http.request("POST", PATH + "WatchStatuses", {"content-type": f"application/{kind}"}, body)
            with suppress(TimeoutError):
                async with asyncio.timeout(dice.random() * 0.05):
                    status, headers = await http.head()
                    assert status == 200
                    done["streams"] += 1
                    # One that is refused by gRPC-Web is as long as it says, and all others come in chunks.
                    while "content-length" not in headers and await http.chunk():
                        pass


@pytest.mark.timeout(300 + 2 * FUZZ_S)
async def test_random_bytes_and_random_values_are_answered_or_refused(tmp_path: Path, record_property: Any) -> None:
    record_property("ONDUTY_TEST_DICE", DICE)
    dice, over, done = random.Random(DICE), asyncio.Event(), Counter[str]()
    async with Servers(tmp_path) as servers:
        server = await servers.launch(tmp_path / "onduty.db", *HTTP)
        port = await http_port(server)
        await server.serving()
        await known(server, port)
        async with connected(server.address) as calls, web(port) as http:
            before = descriptors(server)

            async def check() -> None:
                settled = 0
                for half in range(2):
                    ends = asyncio.get_running_loop().time() + FUZZ_S / 2
                    while asyncio.get_running_loop().time() < ends:
                        await serves(calls)
                        assert await _is_known(http)
                        await asyncio.sleep(0.05)
                    if half == 0:
                        settled = memory(server)
                assert memory(server) < settled + GROWTH_MAX
                over.set()

            async with asyncio.TaskGroup() as group:
                group.create_task(check())
                for each in (_mutations, _bodies, _watches) * 2:
                    group.create_task(each(port, random.Random(dice.random()), over, done))
            await descriptors_fall_to(server, before + AGAIN_MAX)
            await serves(calls)
        assert_calm(server)
    assert done["connections"] and done["200"] and done["400"] and done["streams"]
    for name, count in done.items():
        record_property(name, count)


async def _is_known(http: Web) -> bool:
    # By an activity: what is sent beside it may have erased her, or the whole account.
    request = pb.RecordActivityRequest(account_id="acme", user_id="ann")
    response = await http.post("RecordActivity", json.loads(MessageToJson(request)))
    return response.status == 200
