"""Requests that are not calls, and hostile ones: each gets the right status, at little cost, without a traceback."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import random
import time
import zlib
from collections.abc import AsyncIterator, Mapping
from urllib.parse import quote

import pytest
from structlog.testing import capture_logs
from tests.fakes import FakeClock
from tests.grpc.stores import Gate, GatedStore
from tests.grpc.streaming import until
from tests.grpc.wire import ACCOUNT
from tests.http.web import SERVICE, Response, Web, envelope, envelopes, web
from tests.servers import running

from onduty_server.app.limits import MESSAGE_WAIT_MS
from onduty_server.process.application import Application
from onduty_server.transport.http.connections import HEAD_MAX_BYTES
from onduty_server.transport.http.json_messages import JSON_MAX_BYTES
from onduty_server.transport.http.server import HttpListen
from onduty_server.transport.limits import Limits

HTTP = HttpListen("127.0.0.1:0", origins=("https://desk.example", "http://desk.test:8080"))
ANN = {"accountId": ACCOUNT, "userId": "ann"}
JSON = {"content-type": "application/json"}


@pytest.fixture
async def application() -> AsyncIterator[Application]:
    with capture_logs() as logs:
        async with running(http=HTTP) as application:
            yield application
    assert not [entry for entry in logs if entry["log_level"] in ("error", "critical")]


@pytest.fixture
async def http(application: Application) -> AsyncIterator[Web]:
    async with web(application.http_port) as http:
        yield http


# --- paths, methods and content types --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "target", "headers", "status", "more"),
    [
        ("GET", "/", {}, 404, {}),
        ("POST", "/onduty.v1.StatusService", JSON, 404, {}),
        ("POST", SERVICE + "getStatus", JSON, 404, {}),
        ("POST", SERVICE + "DropEverything", JSON, 404, {}),
        ("POST", SERVICE + "GetStatus/", JSON, 404, {}),
        ("POST", "/grpc.health.v1.Health/Check", JSON, 404, {}),
        ("POST", SERVICE + "%2e%2e/%00", JSON, 404, {}),
        ("GET", SERVICE + "SetStatus?encoding=json&message={}", {}, 405, {"allow": "POST"}),
        ("GET", SERVICE + "WatchStatuses?encoding=json&message={}", {}, 405, {"allow": "POST"}),
        ("GET", SERVICE + "GetStatus?message={}", {}, 405, {"allow": "GET, POST"}),
        ("GET", SERVICE + "GetStatus?encoding=xml&message={}", {}, 405, {"allow": "GET, POST"}),
        ("PUT", SERVICE + "GetStatus", JSON, 405, {"allow": "GET, POST"}),
        ("DELETE", SERVICE + "SetStatus", JSON, 405, {"allow": "POST"}),
        ("OPTIONS", SERVICE + "SetStatus", {}, 405, {"allow": "POST"}),
        ("POST", SERVICE + "GetStatus", {}, 415, {}),
        ("POST", SERVICE + "GetStatus", {"content-type": "text/plain"}, 415, {}),
        ("POST", SERVICE + "GetStatus", {"content-type": "application/grpc"}, 415, {}),
        ("POST", SERVICE + "GetStatus", {"content-type": "application/connect+json"}, 415, {}),
        ("POST", SERVICE + "WatchStatuses", JSON, 415, {}),
        ("POST", SERVICE + "RecordActivities", JSON, 415, {}),
        ("POST", "/healthz", JSON, 405, {"allow": "GET, HEAD"}),
    ],
)
async def test_what_is_no_call_gets_the_right_status(
    method: str, target: str, headers: Mapping[str, str], status: int, more: Mapping[str, str], http: Web
) -> None:
    response = await http.call(method, target, headers)
    assert response.status == status
    assert more.items() <= response.headers.items()
    if target != "/healthz":
        assert response.json["code"] == "unimplemented" and response.json["message"]
    assert status != 415 or "application/grpc-web" in response.headers["accept-post"]
    # The connection can still be used.
    assert (await http.call("GET", "/healthz")).status == 200


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "Application/JSON", "application/json;charset=utf-8 ; x=y"]
)
async def test_a_content_type_may_have_parameters_and_capitals(kind: str, http: Web) -> None:
    assert (await http.post("RecordActivity", ANN, content_type=kind)).status == 200


async def test_a_path_may_be_escaped(http: Web) -> None:
    target = SERVICE.replace("S", "%53") + "%52ecordActivity"
    assert (await http.call("POST", target, JSON, json.dumps(ANN).encode())).status == 200


async def test_a_version_of_connect_that_is_not_spoken_is_refused(http: Web) -> None:
    assert (await http.post("RecordActivity", ANN, connect_protocol_version="1")).status == 200
    refused = await http.post("RecordActivity", ANN, connect_protocol_version="2")
    assert (refused.status, refused.json["code"]) == (400, "invalid_argument")
    assert refused.json["message"] == "connect-protocol-version: must be 1"


# --- GET -------------------------------------------------------------------------------------------------------------


async def test_reads_may_be_called_by_get(http: Web) -> None:
    posted = (await http.post("RecordActivity", ANN)).json
    message = json.dumps(ANN)
    for query in (
        f"connect=v1&encoding=json&message={quote(message)}",
        f"encoding=json&message={quote(message)}",
        f"encoding=json&base64=1&message={quote('eyJhY2NvdW50SWQiOiJhY21lIiwidXNlcklkIjoiYW5uIn0')}",
        f"encoding=json&base64=1&compression=gzip&message={packed(message)}",
    ):
        response = await http.call("GET", f"{SERVICE}GetStatus?{query}")
        assert (response.status, response.json) == (200, posted)
        assert response.headers["cache-control"] == "no-store"
    for query in ("encoding=json", "connect=v2&encoding=json&message={}", "encoding=json&base64=1&message=!"):
        assert (await http.call("GET", f"{SERVICE}GetStatus?{query}")).status == 400


def packed(message: str) -> str:
    return quote(base64.urlsafe_b64encode(gzip.compress(message.encode())).decode().rstrip("="))


# --- origins ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://desk.example"}, 200),
        ({"origin": "http://desk.test:8080"}, 200),
        ({"origin": "http://127.0.0.1"}, 200),
        ({"origin": "http://localhost:50251", "host": "localhost:50251"}, 200),
        ({"host": "desk.example"}, 200),
        ({"host": "[::1]:50251"}, 200),
        ({"host": "LocalHost"}, 200),
        ({"origin": "http://desk.example"}, 403),
        ({"origin": "https://desk.example.evil"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": ""}, 403),
        ({"origin": "http://127.0.0.1:1"}, 403),
        # DNS rebinding: a page whose name resolves to this machine.
        ({"origin": "http://evil.example", "host": "evil.example"}, 403),
        ({"host": "evil.example"}, 403),
        ({"host": ""}, 403),
    ],
)
async def test_pages_of_other_origins_are_kept_out(headers: Mapping[str, str], status: int, http: Web) -> None:
    response = await http.post("RecordActivity", ANN, **headers)
    assert response.status == status
    got = await http.post("GetStatus", ANN)
    assert got.status == (200 if status == 200 else 404), "refused, it has done nothing"
    if status == 403:
        assert response.json["code"] == "permission_denied"
        assert "access-control-allow-origin" not in response.headers


async def test_a_server_that_asks_for_credentials_may_be_called_by_any_name() -> None:
    listen = HttpListen("127.0.0.1:0", by_any_name=True)
    async with running(http=listen) as application, web(application.http_port) as http:
        assert (await http.post("RecordActivity", ANN, host="status.example")).status == 200
        for origin in ("https://status.example", "http://status.example"):
            assert (await http.post("RecordActivity", ANN, host="status.example", origin=origin)).status == 403


async def test_a_browser_is_told_which_pages_may_call_and_see(http: Web) -> None:
    asked = {"origin": "https://desk.example", "access-control-request-method": "POST"}
    preflight = await http.call("OPTIONS", SERVICE + "SetStatus", asked)
    assert (preflight.status, preflight.body) == (204, b"")
    assert preflight.headers["access-control-allow-origin"] == "https://desk.example"
    assert preflight.headers["access-control-allow-methods"] == "GET, POST"
    assert {"authorization", "connect-protocol-version", "onduty-actor-bin", "x-grpc-web"} <= set(
        preflight.headers["access-control-allow-headers"].split(", ")
    )
    refused = await http.post("GetStatus", ANN, origin="https://desk.example")
    assert refused.status == 404
    assert refused.headers["access-control-allow-origin"] == "https://desk.example"
    assert "grpc-status" in refused.headers["access-control-expose-headers"]
    assert refused.headers["vary"] == "origin"
    assert "access-control-allow-credentials" not in refused.headers
    foreign = {**asked, "origin": "https://evil.example"}
    assert (await http.call("OPTIONS", SERVICE + "SetStatus", foreign)).status == 403


# --- sizes -----------------------------------------------------------------------------------------------------------


async def test_a_long_head_is_refused(application: Application) -> None:
    for headers in (
        {"x": "x" * HEAD_MAX_BYTES},
        {f"x-{number}": "x" * 1_000 for number in range(20)},
        {f"x-{number}": "" for number in range(200)},
    ):
        async with web(application.http_port) as http:
            assert (await http.post("RecordActivity", ANN, **headers)).status == 431
            assert await http.ended() == b""
    async with web(application.http_port) as http:
        assert (await http.call("GET", "/" + "x" * HEAD_MAX_BYTES)).status == 431
    async with web(application.http_port) as http:
        # The line never ends.
        http.send(b"GET /" + b"x" * 100_000)
        assert (await http.head())[0] == 431
    async with web(application.http_port) as http:
        assert (await http.post("RecordActivity", ANN, x="x" * 12_000)).status == 200


async def test_a_body_that_is_too_long_is_refused(application: Application) -> None:
    for kind, most in (("application/json", JSON_MAX_BYTES), ("application/proto", 1024 * 1024)):
        async with web(application.http_port) as http:
            body = b" " * (most + 1)
            refused = await http.call("POST", SERVICE + "RecordActivity", {"content-type": kind}, body)
            assert (refused.status, refused.json["code"]) == (429, "resource_exhausted")
            assert refused.json["message"] == f"the request is longer than {most} bytes"
        async with web(application.http_port) as http:
            # Without a length, the size is known only as the body arrives.
            http.request("POST", SERVICE + "RecordActivity", {"content-type": kind, **CHUNKED})
            for _ in range(most // 65_536 + 1):
                http.send(b"10000\r\n" + b" " * 65_536 + b"\r\n")
            assert (await http.response()).status == 429
            assert await http.ended() == b""
    async with web(application.http_port) as http:
        # The declared length is enough: no body is read.
        http.send(b"POST " + SERVICE.encode() + b"RecordActivity HTTP/1.1\r\nhost: 127.0.0.1\r\n")
        http.send(b"content-type: application/proto\r\ncontent-length: 99999999999\r\n\r\n")
        assert (await http.response()).status == 429
        assert await http.ended() == b""


CHUNKED = {"transfer-encoding": "chunked"}


async def test_a_body_may_come_in_chunks_and_wait_for_leave(http: Web) -> None:
    body = json.dumps(ANN).encode()
    head = f"POST {SERVICE}RecordActivity HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
    http.send(head.encode() + b"transfer-encoding: chunked\r\nexpect: 100-continue\r\n\r\n")
    assert await http.head() == (100, {})
    for byte in body:
        http.send(b"1;name=value\r\n" + bytes((byte,)) + b"\r\n")
    http.send(b"0\r\nx-trailer: one\r\nauthorization: Bearer x\r\n\r\n")
    assert (await http.response()).status == 200
    assert (await http.call("GET", "/healthz")).status == 200


async def keeps_sending(http: Web, data: bytes) -> int:
    """Send until the server closes the connection; return how often it could."""
    for sent in range(1_000):
        http.send(data)
        try:
            await asyncio.wait_for(http.writer.drain(), 10)
        except ConnectionError:
            return sent
        if http.reader.at_eof():
            return sent
    return 1_000


async def test_what_surrounds_a_body_is_bounded(application: Application) -> None:
    head = f"POST {SERVICE}RecordActivity HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
    for flood in (b"1;" + b"x" * 60_000, b"0\r\n" + b"x: y\r\n" * 10_000, b"0\r\nx: " + b"y" * 60_000):
        async with web(application.http_port) as http:
            http.send(head.encode() + b"transfer-encoding: chunked\r\n\r\n" + flood)
            assert await keeps_sending(http, b"x: y\r\n" * 10_000 if flood.endswith(b"\n") else b"x" * 60_000) < 500


# --- compression -----------------------------------------------------------------------------------------------------


async def test_a_request_may_be_packed(application: Application, http: Web) -> None:
    body = json.dumps(ANN).encode()
    assert (await http.post("RecordActivity", gzip.compress(body), content_encoding="gzip")).status == 200
    assert (await http.post("RecordActivity", body, content_encoding="identity")).status == 200
    refused = await http.post("RecordActivity", zlib.compress(body), content_encoding="deflate")
    assert (refused.status, refused.json["code"]) == (501, "unimplemented")
    assert refused.json["message"] == "unknown compression 'deflate'; use gzip or identity"
    whole = gzip.compress(body)
    for bad in (body, whole[:-3], whole + b"x", b"", b"\x1f\x8b"):
        assert (await http.post("RecordActivity", bad, content_encoding="gzip")).status == 400


async def test_what_is_packed_is_bounded_as_unpacked(application: Application, http: Web) -> None:
    bomb = gzip.compress(b" " * 300_000_000, 1)
    assert len(bomb) > 1024 * 1024
    for kind, data in (
        ("application/proto", gzip.compress(b"\0" * (1024 * 1024 + 1))),
        ("application/json", gzip.compress(b" " * (JSON_MAX_BYTES + 1))),
        ("application/proto", gzip.compress(b"\0" * 100_000_000)),
    ):
        refused = await http.post("RecordActivity", data, content_type=kind, content_encoding="gzip")
        assert (refused.status, refused.json["code"]) == (429, "resource_exhausted")
        assert "is longer than" in refused.json["message"]


async def test_a_long_answer_is_packed_where_that_is_asked_for(http: Web) -> None:
    for number in range(30):
        await http.post("RecordActivity", {"accountId": ACCOUNT, "userId": f"user-{number}"})
    plain = await http.post("ListStatuses", {"accountId": ACCOUNT})
    assert "content-encoding" not in plain.headers
    for accepted in ("gzip", "br, gzip;q=0.5", "GZIP"):
        answer = await http.post("ListStatuses", {"accountId": ACCOUNT}, accept_encoding=accepted)
        assert answer.headers["content-encoding"] == "gzip"
        assert len(answer.body) < len(plain.body) / 5
        assert json.loads(gzip.decompress(answer.body)) == plain.json
    for accepted in ("identity", "gzip;q=0", "x-gzip"):
        assert (await http.post("ListStatuses", {"accountId": ACCOUNT}, accept_encoding=accepted)).body == plain.body
    short = await http.post("GetStatus", {"accountId": ACCOUNT, "userId": "user-1"}, accept_encoding="gzip")
    assert "content-encoding" not in short.headers


# --- JSON ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff",
        b'{"accountId": "\xe9"}',
        b'{"accountId": 1}',
        b'{"accountId": ["a"]}',
        b'{"accountId": {"a": 1}}',
        b'{"accountId": "a", "accountId": 7}',
        b'{"activityTime": "yesterday"}',
        b'{"activityTime": 7}',
        b'{"activityTime": "9999999-01-01T00:00:00Z"}',
        b'{"accountId": "\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"NaN",
        b'{"accountId": NaN}',
    ],
)
async def test_what_is_not_json_of_a_request_is_refused(body: bytes, http: Web) -> None:
    refused = await http.post("RecordActivity", body)
    assert (refused.status, refused.json["code"]) == (400, "invalid_argument")
    assert (await http.post("GetStatus", ANN)).status == 404


async def test_json_as_connect_has_it(http: Web) -> None:
    # Both spellings of a name, enums by name or number, 64 bits as text or number, unknown fields, an empty body.
    assert (await http.post("RecordActivity", {"account_id": ACCOUNT, "user_id": "ann", "later": [1]})).status == 200
    for status in ("STATUS_AWAY", 2):
        for revision in ("1", 1):
            body = {**ANN, "status": status, "expectedRevision": revision}
            assert (await http.post("SetStatus", body)).status in (200, 409)
    assert (await http.post("GetStatus", b"")).json["message"] == "account_id: is required"
    workflow = {"accountId": ACCOUNT, "enabled": True, "awayAfter": "600.5s"}
    updated = await http.post("UpdateWorkflow", {"workflow": workflow, "updateMask": "enabled,awayAfter"})
    answered = updated.json["workflow"]
    assert (answered["awayAfter"], answered["keepManualAway"]) == ("600.500s", False)


async def test_a_thousand_users_in_json_do_not_hold_the_loop(application: Application, http: Web) -> None:
    for number in range(1_000):
        await application.service.record_activity(ACCOUNT, f"user-{number:04}")
    longest: list[float] = []

    async def measure() -> None:
        while True:
            began = time.thread_time()
            await asyncio.sleep(0)
            longest[-1] = max(longest[-1], time.thread_time() - began)

    for _ in range(5):
        longest.append(0.0)
        measuring = asyncio.create_task(measure())
        answer = await http.post("ListStatuses", {"accountId": ACCOUNT, "pageSize": 1_000})
        measuring.cancel()
        assert len(answer.json["userStatuses"]) == 1_000
    # In CPU time, which is about the elapsed time on an idle machine.
    assert min(longest) < 0.005


# --- malformed HTTP --------------------------------------------------------------------------------------------------

HEAD = f"POST {SERVICE}RecordActivity HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n".encode()


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET  / HTTP/1.1\r\nhost: x\r\n\r\n\0",
        b"FETCH / HTTP/1.1\r\n\r\n",
        HEAD + b"content-length: 2\r\ncontent-length: 3\r\n\r\n{}",
        HEAD + b"content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"transfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n0\r\n\r\n",
        HEAD + b"transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        HEAD + b"transfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
        HEAD + b"content-length: -2\r\n\r\n{}",
        HEAD + b"content-length: +2\r\n\r\n{}",
        HEAD + b"content-length: 0x2\r\n\r\n{}",
        HEAD + b"content-length : 2\r\n\r\n{}",
        HEAD + b" folded: yes\r\n\r\n",
        HEAD + b"bad header: x\r\n\r\n",
        HEAD + b"x: a\0b\r\n\r\n",
        HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n",
        HEAD + b"transfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        HEAD + b"transfer-encoding: chunked\r\n\r\n-1\r\n",
        HEAD + b"transfer-encoding: chunked\r\n\r\n2\r\n{}x\r\n",
    ],
)
async def test_what_is_not_http_is_refused_and_done_with(data: bytes, application: Application) -> None:
    async with web(application.http_port) as http:
        http.send(data)
        answered = await http.ended()
        assert answered.startswith(b"HTTP/1.1 400 ") or (data.startswith(b"FETCH") and b" 400 " in answered)
        assert b"raceback" not in answered and b" 200 " not in answered
    async with web(application.http_port) as http:
        assert (await http.post("GetStatus", ANN)).status == 404


async def test_random_bytes_are_refused(application: Application) -> None:
    chance = random.Random(11)
    good = HEAD + b"content-length: 34\r\n\r\n" + json.dumps(ANN).encode()
    for _ in range(200):
        data = bytearray(good)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if chance.random() < 0.3:
            data = bytearray(chance.randbytes(chance.randint(1, 200)))
        async with web(application.http_port) as http:
            http.send(bytes(data))
            http.writer.write_eof()
            answered = await http.ended()
            assert b"raceback" not in answered and b" 500 " not in answered
    async with web(application.http_port) as http:
        assert (await http.call("GET", "/healthz")).status == 200


async def test_requests_in_one_go_are_answered_in_order(application: Application, http: Web) -> None:
    for number in range(50):
        http.request("POST", SERVICE + "RecordActivity", JSON, json.dumps({**ANN, "userId": f"user-{number}"}).encode())
    for number in range(50):
        answer = await http.response()
        assert answer.json["userStatus"]["userId"] == f"user-{number}"


async def test_http_1_0_and_close_are_understood(application: Application) -> None:
    async with web(application.http_port) as http:
        http.send(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert (await http.ended()).endswith(b"\r\n\r\nok\n")
    async with web(application.http_port) as http:
        assert (await http.call("GET", "/healthz", {"connection": "close"})).headers["connection"] == "close"
        assert await http.ended() == b""


# --- slow, idle and leaving clients ----------------------------------------------------------------------------------


async def test_a_head_that_does_not_come_ends_the_connection() -> None:
    listen = HttpListen("127.0.0.1:0", handshake_timeout_ms=100)
    async with running(http=listen) as application:
        for begun in (b"", b"GET /healthz HT", HEAD):
            async with web(application.http_port) as http:
                http.send(begun)
                assert (await http.ended()).startswith(b"HTTP/1.1 408 ")
        async with web(application.http_port) as http:
            assert (await http.call("GET", "/healthz")).status == 200
            http.send(b"GET /he")
            assert (await http.ended()).startswith(b"HTTP/1.1 408 ")


async def test_a_body_that_does_not_come_is_counted_and_ends_the_call() -> None:
    clock = FakeClock()
    limits = Limits(calls_per_caller=2)
    async with running(clock=clock, limits=limits, http=HTTP) as application:
        async with web(application.http_port) as one, web(application.http_port) as two:
            for http in (one, two):
                http.send(HEAD + b"content-length: 34\r\n\r\n{")
            await until(lambda: application.limits.in_flight() == 2)
            async with web(application.http_port) as third:
                assert (await third.post("RecordActivity", ANN)).status == 429
            clock.advance(MESSAGE_WAIT_MS)
            for http in (one, two):
                refused = await http.response()
                assert refused.status == 429
                assert refused.json["message"] == "the request did not come within 10 s"
                assert await http.ended() == b""
        await until(lambda: application.limits.in_flight() == 0)
        async with web(application.http_port) as http:
            assert (await http.post("RecordActivity", ANN)).status == 200


async def test_a_client_that_leaves_ends_its_call_at_once() -> None:
    clock, before, after = FakeClock(), Gate(), Gate()
    async with running(GatedStore(clock, before, after), clock, http=HTTP) as application:
        before.shut()
        async with web(application.http_port) as http:
            http.request("POST", SERVICE + "RecordActivity", JSON, json.dumps(ANN).encode())
            await before.arrived.wait()
            assert application.limits.in_flight() == 1
        await asyncio.wait_for(before.cancelled.wait(), 10)
        await until(lambda: application.limits.in_flight() == 0)
        before.open.set()
        # So is a client that has sent half of its request.
        async with web(application.http_port) as http:
            http.send(HEAD + b"content-length: 34\r\n\r\n{")
            await until(lambda: application.limits.in_flight() == 1)
        await until(lambda: application.limits.in_flight() == 0)


ENCODED = b"\x0a\x04acme\x12\x03ann"


@pytest.mark.parametrize(
    ("kind", "header", "body"),
    [
        ("application/json", "connect-timeout-ms", json.dumps(ANN).encode()),
        ("application/proto", "connect-timeout-ms", ENCODED),
        ("application/grpc-web", "grpc-timeout", envelope(ENCODED)),
    ],
)
async def test_a_deadline_ends_the_call(kind: str, header: str, body: bytes) -> None:
    clock, before, after = FakeClock(), Gate(), Gate()
    async with running(GatedStore(clock, before, after), clock, http=HTTP) as application:
        before.shut()
        async with web(application.http_port) as http:

            async def call(timeout: str) -> Response:
                headers = {"content-type": kind, header: timeout}
                return await http.call("POST", SERVICE + "RecordActivity", headers, body)

            answer = await call("50m" if header == "grpc-timeout" else "50")
            if header == "grpc-timeout":
                [(flags, trailers)] = envelopes(answer.body)
                assert flags == 0x80
                assert trailers.startswith(b"grpc-status: 4\r\ngrpc-message: the deadline of the call has passed\r\n")
            else:
                assert (answer.status, answer.json["code"]) == (504, "deadline_exceeded")
            assert before.cancelled.is_set()
            before.open.set()
            for_grpc, for_connect = ("", "5", "m", "123456789m", "-1m", "1 m"), ("", "x", "-5", "1.5", "1" * 11)
            for value in for_grpc if header == "grpc-timeout" else for_connect:
                assert f"{header}: must be" in (await call(value)).body.decode("latin-1")
        await until(lambda: application.limits.in_flight() == 0)


async def test_there_is_an_end_to_the_connections() -> None:
    listen = HttpListen("127.0.0.1:0", connections_max=20)
    async with running(http=listen) as application:
        held = [await asyncio.open_connection("127.0.0.1", application.http_port) for _ in range(20)]
        async with web(application.http_port) as http:
            assert await http.ended() == b""
        for _, writer in held:
            writer.transport.abort()

        async def free() -> bool:
            async with web(application.http_port) as http:
                http.request("GET", "/healthz")
                return bool(await http.reader.read(1))

        for _ in range(500):
            if await free():
                break
            await asyncio.sleep(0.01)
        assert await free()


@pytest.mark.slow
async def test_two_thousand_idle_connections_leave_the_others_alone(application: Application) -> None:
    held = [await asyncio.open_connection("127.0.0.1", application.http_port) for _ in range(2_000)]
    try:
        async with web(application.http_port) as http:
            for _ in range(50):
                assert (await http.post("RecordActivity", ANN)).status == 200
    finally:
        for _, writer in held:
            writer.transport.abort()


# --- probes ----------------------------------------------------------------------------------------------------------


async def test_probes_need_no_credential_and_say_why_not(application: Application, http: Web) -> None:
    for path in ("/healthz", "/readyz"):
        answer = await http.call("GET", path, {"host": "whatever", "origin": "https://evil.example"})
        assert (answer.status, answer.body) == (200, b"ok\n")
        assert (await http.call("HEAD", path)).status == 200
    application.reachable(False)
    answer = await http.call("GET", "/readyz")
    assert (answer.status, answer.body) == (503, b"the store does not answer\n")
    assert (await http.call("GET", "/healthz")).status == 200
    application.reachable(True)
    assert (await http.call("GET", "/readyz")).status == 200


async def test_few_requests_wait_on_a_connection_for_the_one_before_them(application: Application, http: Web) -> None:
    kind = {"content-type": "application/connect+json"}
    http.request("POST", SERVICE + "WatchStatuses", kind, envelope(json.dumps({"accountId": ACCOUNT}).encode()))
    assert (await http.head())[0] == 200
    http.send(b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n" * 1_000)
    await http.ended()
    async with web(application.http_port) as other:
        assert (await other.call("GET", "/healthz")).status == 200


@pytest.mark.parametrize(
    ("rpc", "request_", "field"),
    [
        ("ListStatuses", {"accountId": ACCOUNT, "statuses": ["STATUS_AWAY", "AWAY"]}, "statuses"),
        ("ListAvailableUsers", {"accountId": ACCOUNT, "order": "BACKWARDS"}, "order"),
        ("SetStatus", {**ANN, "status": "AWAY"}, "status"),
    ],
)
async def test_a_name_that_an_enum_does_not_have_is_refused(rpc: str, request_: object, field: str, http: Web) -> None:
    response = await http.post(rpc, request_)
    assert (response.status, response.json["code"]) == (400, "invalid_argument")
    assert field in response.json["message"] and "has no value" in response.json["message"]


@pytest.mark.parametrize("actor", ["!!!", "_-8", "YW5u,Ym9i"])
async def test_an_actor_that_is_not_base64_is_refused_and_not_taken_for_nobody(actor: str, http: Web) -> None:
    response = await http.post("SetStatus", {**ANN, "status": "STATUS_AWAY"}, onduty_actor_bin=actor)
    assert response.status == 400
    assert response.json["message"] == "onduty-actor-bin: is not base64"


@pytest.mark.parametrize("more", [b"no HTTP\r\n\r\n", b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n"])
async def test_a_refusal_is_not_written_into_the_answer_before_it(more: bytes, http: Web) -> None:
    kind = {"content-type": "application/connect+json"}
    http.request("POST", SERVICE + "WatchStatuses", kind, envelope(json.dumps({"accountId": ACCOUNT}).encode()))
    assert (await http.head())[0] == 200
    await http.chunk()
    http.send(more)
    assert b"HTTP/1.1" not in await http.ended()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b'{"accountId": "acme",}', "it is not JSON: "),
        (b"accountId=acme", "it is not JSON: Expecting value at line 1, column 1"),
        (b'["acme"]', "it is not a JSON object"),
        (b'{"accountId": ["acme"]}', "a value has the wrong type for onduty.v1.GetStatusRequest"),
    ],
)
async def test_json_that_is_no_request_is_told_what_is_wrong_with_it(body: bytes, why: str, http: Web) -> None:
    response = await http.post("GetStatus", body)
    assert (response.status, response.json["code"]) == (400, "invalid_argument")
    assert response.json["message"].startswith(f"the request cannot be parsed: {why}")
