"""Clients at an HTTP door, where it differs from gRPC: connections, requests, retries, compression, other servers."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import struct
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2
from tests.client.scripted import Driver, Proxy, error_info, refusal
from tests.client.scripted_http import ScriptedHttpServer

from onduty.v1 import status_pb2 as pb
from onduty_client import (
    Client,
    LimitExceeded,
    OndutyError,
    PermissionRequired,
    Security,
    Status,
    Unavailable,
    diagnose_connection,
)
from onduty_client._http.endpoint import HttpEndpoint
from onduty_client._http.pooling import Settings

ANSWER = pb.GetStatusResponse(user_status=pb.UserStatus(user_id="ann"))


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Any:
    with ScriptedHttpServer() as server:
        yield server


class RawServer:
    """Answers each request with bytes of the test's, whatever it asks for, and keeps what it was sent."""

    def __init__(self, *answers: bytes) -> None:
        self._answers = list(answers)
        self.requests: list[bytes] = []
        self.connections = 0
        self.target = ""
        self._writers: list[asyncio.StreamWriter] = []

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[RawServer]:
        async with await asyncio.start_server(self._connected, "127.0.0.1", 0) as server:
            self.target = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            try:
                yield self
            finally:
                for writer in self._writers:
                    writer.transport.abort()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.append(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                self.requests.append(head + await reader.readexactly(length))
                answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
                writer.write(answer)
                await writer.drain()
                if b"connection: close" in answer or not answer:
                    writer.close()
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass


def response(body: bytes, status: str = "200 OK", kind: str = "application/proto", *more: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"content-type: {kind}", f"content-length: {len(body)}", *more, "", ""]
    return "\r\n".join(lines).encode() + body


GOOD = response(ANSWER.SerializeToString())


# --- connections -----------------------------------------------------------------------------------------------------


async def test_a_connection_serves_one_call_after_the_other(connect: Callable[..., Driver]) -> None:
    async with RawServer(GOOD).serving() as server:
        client = connect(server.target)
        for _ in range(3):
            assert (await client.call("get_status", "acme", "ann")).user_id == "ann"
        assert server.connections == 1
        await asyncio.gather(*(client.call("get_status", "acme", "ann") for _ in range(5)))
        assert server.connections <= 5
        await client.close()


async def test_a_connection_that_the_server_closes_is_not_used_again(connect: Callable[..., Driver]) -> None:
    closing = response(pb.SetStatusResponse().SerializeToString(), "200 OK", "application/proto", "connection: close")
    async with RawServer(closing).serving() as server:
        client = connect(server.target)
        for _ in range(3):
            await client.call("set_status", "acme", "ann", Status.AWAY)
        assert server.connections == 3
        await client.close()


async def test_a_server_that_restarts_costs_no_call(connect: Callable[..., Driver], server: ScriptedHttpServer) -> None:
    """Connections that were idle when it ended are found to be closed; changes are not lost either."""
    server.service.script(pb.SetStatusResponse())
    async with Proxy(server.port, server.scheme) as proxy:
        client = connect(proxy.target)
        for _ in range(3):
            await client.call("set_status", "acme", "ann", Status.AWAY)
            proxy.cut()
            for _ in range(20):
                await asyncio.sleep(0)
        assert len(server.service.received) == 3


async def test_a_read_whose_connection_ends_under_it_is_sent_again_and_a_change_is_not(
    connect: Callable[..., Driver],
) -> None:
    async with RawServer(GOOD, b"", GOOD).serving() as server:
        client = connect(server.target)
        await client.call("get_status", "acme", "ann")
        assert (await client.call("get_status", "acme", "ann")).user_id == "ann"
        assert len(server.requests) == 3
        await client.close()
    async with RawServer(response(b""), b"").serving() as server:
        client = connect(server.target)
        await client.call("set_status", "acme", "ann", Status.AWAY)
        with pytest.raises(Unavailable, match=r"was lost|at once"):
            await client.call("set_status", "acme", "ann", Status.AWAY)
        assert len(server.requests) == 2


async def test_more_calls_than_connections_wait_for_their_turn(
    connect: Callable[..., Driver], server: ScriptedHttpServer
) -> None:
    server.service.script(ANSWER)
    client = connect(server.target, timeout=30)
    await asyncio.gather(*(client.call("get_status", "acme", "ann") for _ in range(300)))
    assert len(server.service.received) == 300


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
async def test_a_child_of_a_fork_uses_connections_of_its_own() -> None:
    async with RawServer(GOOD).serving() as server:
        client = Client(server.target)
        await asyncio.to_thread(client.get_status, "acme", "ann")

        def fork() -> int:
            child = os.fork()
            if not child:
                try:
                    os._exit(0 if client.get_status("acme", "ann").user_id == "ann" else 1)
                finally:
                    os._exit(2)
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

        assert await asyncio.to_thread(fork) == 0
        assert server.connections == 2
        await asyncio.to_thread(client.get_status, "acme", "ann")
        assert server.connections == 2
        await asyncio.to_thread(client.close)


# --- what is sent ----------------------------------------------------------------------------------------------------


async def test_a_request_is_one_of_the_connect_protocol(connect: Callable[..., Driver]) -> None:
    async with RawServer(response(b"")).serving() as server:
        client = connect(f"{server.target}/gateway/", actor="süe", metadata=lambda: [("authorization", "Bearer t")])
        await client.call("set_status", "acme", "ann", Status.AWAY)
        await client.close()
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert first == "POST /gateway/onduty.v1.StatusService/SetStatus HTTP/1.1"
    assert 4_000 < int(headers.pop("connect-timeout-ms")) <= 5_000
    assert headers == {
        "host": server.target.removeprefix("http://"),
        "content-type": "application/proto",
        "connect-protocol-version": "1",
        "user-agent": "onduty-python",
        "content-length": str(len(body)),
        "authorization": "Bearer t",
        "onduty-actor-bin": "c8O8ZQ",
    }
    assert pb.SetStatusRequest.FromString(body).user_id == "ann"


@pytest.mark.parametrize(
    "metadata",
    [
        ("authorization", "Bearer S3CRET\r\nx-evil: 1"),
        ("authorization", "Bearer S3CRET\n"),
        ("authorization", "S3CRET\u00e9"),
        ("authorization", b"S3CRET"),
        ("x-a\r\nx-evil", "S3CRET"),
        ("x a", "S3CRET"),
        ("Authorization", "S3CRET"),
        ("content-length", "S3CRET"),
        ("transfer-encoding", "chunked"),
        ("connect-timeout-ms", "S3CRET"),
        ("host", "S3CRET"),
    ],
)
async def test_metadata_cannot_begin_another_header_and_is_not_quoted(
    metadata: Any, connect: Callable[..., Driver]
) -> None:
    async with RawServer(GOOD).serving() as server:
        client = connect(server.target, metadata=lambda: [metadata])
        with pytest.raises(ValueError, match="cannot be sent as metadata") as caught:
            await client.call("get_status", "acme", "ann")
        assert "S3CRET" not in str(caught.value)
        await client.close()
        assert server.requests == []


# --- retries ---------------------------------------------------------------------------------------------------------


def busy(delay: Duration | None) -> Any:
    details = [] if delay is None else [error_details_pb2.RetryInfo(retry_delay=delay)]
    return refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, "slower", error_info("LIMIT_EXCEEDED"), *details)


async def test_a_server_that_is_too_busy_is_asked_again_when_it_says(
    connect: Callable[..., Driver], server: ScriptedHttpServer
) -> None:
    server.service.script(busy(Duration(nanos=300_000_000)), ANSWER)
    loop = asyncio.get_running_loop()
    started = loop.time()
    await connect(server.target).call("get_status", "acme", "ann")
    assert len(server.service.received) == 2
    assert loop.time() - started >= 0.29, "the first wait of its own would be a third of that"


@pytest.mark.parametrize("delay", [None, Duration(seconds=2)])
async def test_a_limit_that_will_not_pass_soon_is_told_at_once(
    delay: Duration | None, connect: Callable[..., Driver], server: ScriptedHttpServer
) -> None:
    server.service.script(busy(delay))
    with pytest.raises(LimitExceeded) as caught:
        await connect(server.target).call("get_status", "acme", "ann")
    assert caught.value.retry_delay == (None if delay is None else timedelta(seconds=2))
    assert len(server.service.received) == 1


async def test_closing_ends_the_wait_before_another_attempt(
    connect: Callable[..., Driver], server: ScriptedHttpServer
) -> None:
    answered = threading.Event()

    def slower(request: Any, context: Any) -> Any:
        answered.set()
        context.abort_with_status(_status(busy(Duration(seconds=1))))

    server.service.script(slower)
    client = connect(server.target)
    call = asyncio.create_task(client.call("get_status", "acme", "ann"))
    assert await asyncio.to_thread(answered.wait, 5)
    await client.close()
    with pytest.raises(OndutyError, match="the client was closed"):
        await call
    assert len(server.service.received) == 1


def _status(status: Any) -> Any:
    from grpc_status import rpc_status

    return rpc_status.to_status(status)


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_closing_ends_a_call_that_nobody_answers_or_shakes_hands_with(
    scheme: str, connect: Callable[..., Driver]
) -> None:
    accepted: asyncio.Future[asyncio.StreamWriter] = asyncio.get_running_loop().create_future()

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        accepted.set_result(writer)

    async with await asyncio.start_server(keep, "127.0.0.1", 0) as server:
        client = connect(f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}", timeout=60)
        call = asyncio.create_task(client.call("get_status", "acme", "ann"))
        writer = await asyncio.wait_for(accepted, 10)
        await client.close()
        with pytest.raises(OndutyError, match="the client was closed"):
            await asyncio.wait_for(call, 10)
        writer.transport.abort()


# --- compression -----------------------------------------------------------------------------------------------------


def packing(target: str) -> HttpEndpoint:
    """As if it were on another machine."""
    endpoint = HttpEndpoint.of(target, None, None, None)
    settings = endpoint.settings
    return HttpEndpoint(target, settings=Settings(target, settings.address, settings.tls, packs=True))


@pytest.fixture
def packed(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("_sync", "_aio"):
        monkeypatch.setattr(f"onduty_client.{module}.endpoint_of", lambda target, *_: packing(target))


@pytest.mark.usefixtures("packed")
async def test_responses_are_unpacked(connect: Callable[..., Driver], server: ScriptedHttpServer) -> None:
    server.service.script(ANSWER)
    client = connect(server.target)
    assert (await client.call("get_status", "acme", "ann")).user_id == "ann"
    server.service.script(refusal(grpc.StatusCode.PERMISSION_DENIED, "no", error_info("PERMISSION_REQUIRED")))
    with pytest.raises(PermissionRequired, match="no"):
        await client.call("get_status", "acme", "ann")
    assert {head["accept-encoding"] for head in server.heads} == {"gzip"}


@pytest.mark.usefixtures("packed")
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (gzip.compress(bytes(5_000_000)), grpc.StatusCode.RESOURCE_EXHAUSTED),
        (gzip.compress(b"x" * 100, mtime=0)[:-3], grpc.StatusCode.INTERNAL),
        (b"not gzip", grpc.StatusCode.INTERNAL),
        (gzip.compress(b"\xff\xff", mtime=0), grpc.StatusCode.INTERNAL),
    ],
    ids=["too much", "cut", "not gzip", "no message"],
)
async def test_what_does_not_unpack_or_to_too_much_is_refused(
    body: bytes, code: grpc.StatusCode, connect: Callable[..., Driver]
) -> None:
    async with RawServer(response(body, "200 OK", "application/proto", "content-encoding: gzip")).serving() as server:
        with pytest.raises(OndutyError) as caught:
            await connect(server.target).call("get_status", "acme", "ann")
        assert caught.value.code is code


def test_on_this_machine_nothing_is_packed() -> None:
    packs = {target: HttpEndpoint.of(target, None, None, None).settings.packs for target in TARGETS}
    assert packs == TARGETS


TARGETS = {"http://localhost:1": False, "http://[::1]:1": False, "https://127.0.0.1": False, "http://onduty.test": True}


# --- what answers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (
            response(b"", "302 Found", "text/html", "location: http://evil.test/"),
            "UNKNOWN",
            "a redirect .302., which is",
        ),
        (response(b"<html>", "404 Not Found", "text/html"), "UNIMPLEMENTED", "HTTP status 404"),
        (response(b"<html>", "200 OK", "text/html"), "UNKNOWN", "HTTP status 200, and not as an onduty server"),
        (response(b"", "503 Unavailable", "text/html"), "UNAVAILABLE", "HTTP status 503"),
        (response(b"", "401 Unauthorized", "text/html"), "UNAUTHENTICATED", "HTTP status 401"),
        (response(b"[]", "500 Error", "application/json"), "UNKNOWN", "HTTP status 500"),
        (response(b"{", "500 Error", "application/json"), "UNKNOWN", "HTTP status 500"),
        (response(b'{"code": "ok"}', "500 Error", "application/json"), "UNKNOWN", "HTTP status 500"),
        (response(b'{"code": []}', "500 Error", "application/json"), "UNKNOWN", "HTTP status 500"),
        (
            response(
                b'{"code": "not_found", "details": [{"type": "a", "value": "%"}, 5]}', "404 x", "application/json"
            ),
            "NOT_FOUND",
            "NOT_FOUND",
        ),
        (response(b"\xff", "200 OK"), "INTERNAL", "not the message of this method"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5000000\r\n\r\n" + bytes(5_000_000), "RESOURCE_EXHAUSTED", "longer than"),
        (b"\0\0\x12\4\0\0\0\0\0", "UNAVAILABLE", "does not speak HTTP/1.1; is it the server's HTTP port"),
        (b"", "UNAVAILABLE", "closed the connection at once; does it require TLS"),
    ],
)
async def test_what_is_no_answer_of_the_service_is_an_error_in_plain_words(
    answer: bytes, code: str, said: str, connect: Callable[..., Driver]
) -> None:
    async with RawServer(answer).serving() as server:
        with pytest.raises(OndutyError, match=said) as caught:
            await connect(server.target).call("set_status", "acme", "ann", Status.AWAY)
        assert caught.value.code is grpc.StatusCode[code]
        assert len(server.requests) == 1, "no redirect is followed, no change sent again"


async def test_a_name_that_nobody_has_is_said_to_be_none(connect: Callable[..., Driver]) -> None:
    with pytest.raises(Unavailable, match=r'host "no-such-host.invalid" not found'):
        await connect("http://no-such-host.invalid").call("set_status", "acme", "ann", Status.AWAY)


async def test_no_proxy_is_asked(connect: Callable[..., Driver], monkeypatch: pytest.MonkeyPatch) -> None:
    async with RawServer(GOOD).serving() as proxy, RawServer(GOOD).serving() as server:
        for name in ("http_proxy", "https_proxy", "grpc_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.target)
        await connect(server.target).call("get_status", "acme", "ann")
        assert (proxy.connections, server.connections) == (0, 1)


@pytest.mark.parametrize("messages", [[struct.pack(">BI", 0, 5_000_000)], [struct.pack(">BI", 2, 2) + b"{}"]])
async def test_a_watch_that_is_malformed_or_ends_is_begun_again(messages: list[bytes]) -> None:
    stream = b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in messages) + b"0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/connect+proto\r\ntransfer-encoding: chunked\r\n\r\n"
    error = json.dumps({"error": {"code": "permission_denied", "message": "no more"}}).encode()
    end = struct.pack(">BI", 2, len(error)) + error
    async with RawServer(head + stream, head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(end), end)).serving() as server:

        def watch() -> None:
            with Client(server.target) as client, client.watch("acme") as watch:
                next(watch)

        with pytest.raises(PermissionRequired, match="no more"):
            await asyncio.to_thread(watch)
        assert len(server.requests) == 2


# --- what can't be ---------------------------------------------------------------------------------------------------


def test_what_is_grpcs_is_refused() -> None:
    with pytest.raises(ValueError, match="credentials are for gRPC only; use security"):
        Client("http://127.0.0.1:1", credentials=grpc.ssl_channel_credentials())
    with pytest.raises(ValueError, match="http:// is not encrypted; write https:// for TLS"):
        Client("http://127.0.0.1:1", security=Security(tls=True))
    assert diagnose_connection("http://127.0.0.1:1") is None


@pytest.mark.parametrize("target", ["http://onduty.test", "http://10.0.0.1:1", "http://localhost.evil.test:1"])
def test_a_token_does_not_go_elsewhere_in_plain_text(target: str) -> None:
    with pytest.raises(ValueError, match="in plain text"):
        Client(target, security=Security(token="x"))
    Client(target, security=Security(token="x", allow_plaintext=True)).close()
    Client(target.replace("http:", "https:"), security=Security(token="x")).close()
    for local in ("http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"):
        Client(local, security=Security(token="x")).close()
