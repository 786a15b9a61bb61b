"""The HTTP door of a whole process: it starts with the other one, and ends with it, in order."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import grpc
from grpc import aio
from tests.faults.process import ServerProcess, Servers, failure
from tests.faults.test_workers import program
from tests.grpc.streaming import until
from tests.http.web import SERVICE, Web, envelope, envelopes, web

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc

HTTP = ("--http-listen", "127.0.0.1:0")
ANN = {"accountId": "acme", "userId": "ann"}


async def http_port(server: ServerProcess) -> int:
    line = await server.logged(lambda line: line.get("event") == "serving HTTP")
    return int(str(line["address"]).rpartition(":")[2])


async def watching(http: Web, kind: str) -> None:
    """Begin a watch, and read its snapshot."""
    body = envelope(pb.WatchStatusesRequest(account_id="acme").SerializeToString())
    http.request("POST", SERVICE + "WatchStatuses", {"content-type": kind}, body)
    assert (await http.head())[0] == 200
    [(_, data)] = envelopes(await http.chunk())
    assert pb.WatchStatusesResponse.FromString(data).HasField("snapshot")


async def last_of(http: Web) -> tuple[int, bytes]:
    """Read a stream to its end; the last envelope."""
    body = b""
    while chunk := await http.chunk():
        body += chunk
    return envelopes(body)[-1]


async def test_streams_through_both_doors_end_well_when_the_server_is_told_to_stop(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers, AsyncExitStack() as stack:
        server = await servers.launch(tmp_path / "a.db", *HTTP, "--shutdown-grace", "5")
        port = await http_port(server)
        await server.serving()
        channel = await stack.enter_async_context(aio.insecure_channel(server.address))
        by_grpc: Any = pb_grpc.StatusServiceStub(channel).WatchStatuses(pb.WatchStatusesRequest(account_id="acme"))
        assert (await by_grpc.read()).HasField("snapshot")
        connect, grpc_web, silent, idle = [await stack.enter_async_context(web(port)) for _ in range(4)]
        await watching(connect, "application/connect+proto")
        await watching(grpc_web, "application/grpc-web+proto")
        # One that does not read, and one that never sends the rest of its request.
        unread = await stack.enter_async_context(web(port))
        await watching(unread, "application/connect+proto")
        unread.writer.transport.pause_reading()  # type: ignore[attr-defined]
        silent.send(b"POST " + SERVICE.encode() + b"GetStatus HTTP/1.1\r\nhost: 127.0.0.1\r\n")
        silent.send(b"content-type: application/json\r\ncontent-length: 9\r\n\r\n{")
        assert (await idle.post("RecordActivity", ANN)).status == 200

        server.signal(signal.SIGTERM)
        assert await last_of(connect) == (2, b"{}")
        assert await last_of(grpc_web) == (0x80, b"grpc-status: 0\r\n")
        while await by_grpc.read() is not aio.EOF:
            pass
        assert await by_grpc.code() is grpc.StatusCode.OK
        refused = await silent.response()
        assert refused.json["message"] == "the server is stopping, and the request did not come in time"
        assert await idle.ended() == b""
        assert await server.ended(10) == 0
        assert "Traceback" not in server.text()
        [stopping] = [number for number, line in enumerate(server.log) if line.get("event") == "stopping"]
        assert [line.get("event") for line in server.log[stopping + 1 :]] == ["stopped"]


async def test_calls_that_have_arrived_are_answered_while_the_server_stops(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await servers.launch(tmp_path / "a.db", *HTTP)
        port = await http_port(server)
        await server.serving()
        answered = 0

        async def call(number: int) -> None:
            nonlocal answered
            async with web(port) as http:
                while True:
                    try:
                        answer = await http.post("RecordActivity", {**ANN, "userId": f"user-{number}"})
                    except (ConnectionError, asyncio.IncompleteReadError):
                        # Between two requests the server closes the connection; it never cuts an answer.
                        assert not http.reader._buffer  # type: ignore[attr-defined]
                        return
                    assert answer.status == 200, answer
                    answered += 1
                    if answer.headers.get("connection") == "close":
                        return

        calls = [asyncio.create_task(call(number)) for number in range(20)]
        await until(lambda: answered > 200)
        server.signal(signal.SIGTERM)
        await asyncio.gather(*calls)
        assert await server.ended(10) == 0


async def test_a_port_that_is_taken_is_said_to_be_and_nothing_is_left_behind(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        async with Servers(tmp_path) as servers:
            server = await servers.launch(tmp_path / "a.db", "--http-listen", address)
            code = await server.ended()
            assert failure(code, server) == f"onduty: cannot listen on {address}; is the port in use?"
    assert not (tmp_path / "a.db").exists()


async def test_workers_share_the_http_port(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await servers.run(*program(2, settings={"http_listen": "127.0.0.1:0"}))
        port = await http_port(server)
        await server.serving()
        for number in range(40):
            async with web(port) as http:
                answer = await http.post("RecordActivity", {**ANN, "userId": f"user-{number}"})
                assert answer.status == 200, json.dumps(answer.json)
        server.signal(signal.SIGTERM)
        assert await server.ended(20) == 0
