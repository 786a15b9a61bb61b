"""Every failed call has a name: its caller gets it, through every door and in both clients, and the log has it."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from google.protobuf.message import Message
from grpc import aio
from structlog.testing import capture_logs
from tests.access.site import Site
from tests.fakes import FakeClock
from tests.grpc.stores import BrokenStore
from tests.http.web import SERVICE, Web, envelope, envelopes, web
from tests.servers import running

import onduty_client
from onduty.v1 import status_pb2 as pb
from onduty_server.process.application import Application
from onduty_server.transport.http.server import HttpListen

HTTP = HttpListen("127.0.0.1:0", by_any_name=True)
UNKNOWN = pb.GetStatusRequest(account_id="acme", user_id="nobody")
WATCH = pb.WatchStatusesRequest(account_id="acme", resume_token="nonsense")
BROKEN = RuntimeError("SELECT secret")
USABLE = ("7f3a", "a" * 128, 'quo"ted/and{more}')
UNUSABLE = ("", "a" * 129, "two words", "caf\xe9")


@pytest.fixture
async def server() -> AsyncIterator[Application]:
    async with running(http=HTTP) as application:
        yield application


async def by_grpc(application: Application, request: Message, metadata: dict[str, str]) -> str:
    async with aio.insecure_channel(f"127.0.0.1:{application.port}") as channel:
        call: Any = channel.unary_unary(SERVICE + "GetStatus")
        with pytest.raises(aio.AioRpcError) as caught:
            await call(request.SerializeToString(), metadata=tuple(metadata.items()))
    return str(dict(caught.value.trailing_metadata() or ())["x-request-id"])


async def by_connect(application: Application, request: Message, metadata: dict[str, str]) -> str:
    async with web(application.http_port) as http:
        headers = {"content-type": "application/proto", **metadata}
        response = await http.call("POST", SERVICE + "GetStatus", headers, request.SerializeToString())
    return response.headers["x-request-id"]


async def by_grpc_web(application: Application, request: Message, metadata: dict[str, str]) -> str:
    async with web(application.http_port) as http:
        headers = {"content-type": "application/grpc-web-text", **metadata}
        body = base64.b64encode(envelope(request.SerializeToString()))
        response = await http.call("POST", SERVICE + "GetStatus", headers, body)
    [(_, trailers)] = envelopes(base64.b64decode(response.body))
    return dict(line.split(": ", 1) for line in trailers.decode().splitlines())["x-request-id"]


async def by_connect_stream(application: Application, request: Message, metadata: dict[str, str]) -> str:
    async with web(application.http_port) as http:
        headers = {"content-type": "application/connect+proto", **metadata}
        response = await http.call("POST", SERVICE + "WatchStatuses", headers, envelope(WATCH.SerializeToString()))
    [(_, end)] = envelopes(response.body)
    [name] = json.loads(end)["metadata"]["x-request-id"]
    return str(name)


DOORS: list[Callable[..., Any]] = [by_grpc, by_connect, by_grpc_web, by_connect_stream]


@pytest.mark.parametrize("call", DOORS)
async def test_a_refusal_carries_the_name_that_the_caller_gave_or_one_of_the_server(
    call: Any, server: Application
) -> None:
    for name in USABLE:
        assert await call(server, UNKNOWN, {"x-request-id": name}) == name
    unusable = UNUSABLE[:3] if call is by_grpc else UNUSABLE  # grpcio sends ASCII only
    given = [await call(server, UNKNOWN, {"x-request-id": name}) for name in unusable]
    given += [await call(server, UNKNOWN, {}) for _ in range(2)]
    assert len(set(given)) == len(given)
    assert all(len(name) == 16 for name in given)


@pytest.mark.parametrize("call", DOORS[:3])
async def test_an_internal_error_is_logged_under_the_name_that_the_caller_gets(call: Any) -> None:
    clock = FakeClock()
    async with running(BrokenStore(clock, BROKEN), clock, http=HTTP) as application:
        with capture_logs() as logged:
            names = [await call(application, UNKNOWN, {}), await call(application, UNKNOWN, {"x-request-id": "mine"})]
    assert names[1] == "mine"
    assert [line["request_id"] for line in logged if line["event"] == "a call failed"] == names


async def test_a_refusal_for_want_of_a_credential_is_in_the_audit_log_under_the_name_that_the_caller_gets(
    site: Site,
) -> None:
    async with site.serving_plaintext(http=HTTP):
        names = [await call(site.application, UNKNOWN, {}) for call in DOORS[:3]]
    assert [line["request_id"] for line in site.noted("refused")] == names


async def test_every_refusal_is_logged_at_the_level_debug(server: Application) -> None:
    with capture_logs() as logged:
        names = [await call(server, UNKNOWN, {}) for call in DOORS]
    lines = [line for line in logged if line["event"] == "a call was refused"]
    assert [line["request_id"] for line in lines] == names
    assert {line["log_level"] for line in lines} == {"debug"}
    assert [line["code"] for line in lines] == ["NOT_FOUND"] * 3 + ["INVALID_ARGUMENT"]


async def refusal(http: Web, method: str, path: str, headers: dict[str, str]) -> str:
    return (await http.call(method, path, headers)).headers["x-request-id"]


async def test_what_is_not_a_call_is_refused_under_a_name_as_well(server: Application) -> None:
    async with web(server.http_port) as http:
        mine = {"x-request-id": "mine"}
        assert await refusal(http, "GET", "/nowhere", mine) == "mine"
        assert await refusal(http, "PUT", SERVICE + "GetStatus", mine) == "mine"
        assert await refusal(http, "POST", SERVICE + "GetStatus", {**mine, "origin": "https://evil.example"}) == "mine"
        late = {"content-type": "application/json", "connect-timeout-ms": "soon", **mine}
        assert await refusal(http, "POST", SERVICE + "GetStatus", late) == "mine"
        assert "x-request-id" not in (await http.post("RecordActivity", {"accountId": "acme", "userId": "ann"})).headers


async def test_both_clients_show_the_name_by_every_way(server: Application) -> None:
    for target in (f"127.0.0.1:{server.port}", f"http://127.0.0.1:{server.http_port}"):
        async with onduty_client.AsyncClient(target, metadata=lambda: (("x-request-id", "mine"),)) as client:
            with pytest.raises(onduty_client.UserUnknown) as caught:
                await client.get_status("acme", "nobody")
            assert caught.value.request_id == "mine"
            with pytest.raises(onduty_client.InvalidField) as stream:
                async with client.watch("acme", resume_token="nonsense") as watch:
                    await anext(watch)
            assert stream.value.request_id == "mine"


async def test_pages_of_other_origins_may_send_and_read_the_name() -> None:
    http = HttpListen("127.0.0.1:0", origins=("https://desk.example",), by_any_name=True)
    async with running(http=http) as application, web(application.http_port) as page:
        headers = {"origin": "https://desk.example", "access-control-request-method": "POST"}
        preflight = await page.call("OPTIONS", SERVICE + "GetStatus", headers)
        assert "x-request-id" in preflight.headers["access-control-allow-headers"]
        assert "x-request-id" in preflight.headers["access-control-expose-headers"]
