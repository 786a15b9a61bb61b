"""The access log: a line for each call that has ended, through both doors, for as many of them as were asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc import aio
from prometheus_client import CollectorRegistry
from tests.access.site import Site, Who
from tests.fakes import FakeClock
from tests.grpc.stores import BrokenStore
from tests.grpc.wire import Wire
from tests.http.web import Web, web
from tests.servers import running

from onduty.v1 import status_pb2 as pb
from onduty_server.access.audit import AuditLog
from onduty_server.process import logs
from onduty_server.process.access import Access
from onduty_server.process.config.settings import Settings
from onduty_server.process.metrics import PrometheusObserver
from onduty_server.process.wiring import build_application
from onduty_server.transport.access_log import AccessLog
from onduty_server.transport.guard import Guard
from onduty_server.transport.http.server import HttpListen

HTTP = HttpListen("127.0.0.1:0", by_any_name=True)
ADA = {"accountId": "acme", "userId": "ada"}


class Lines(list[dict[str, Any]]):
    def __call__(self, line: str) -> None:
        self.append(json.loads(line))


async def post(http: Web, method: str, body: object, **headers: str) -> int:
    return (await http.post(method, body, **headers)).status


async def test_a_call_through_either_door_has_a_line() -> None:
    clock, lines = FakeClock(), Lines()
    async with (
        running(clock=clock, http=HTTP, access_log=AccessLog(clock, lines, one_in=1)) as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
        web(application.http_port) as http,
    ):
        request = pb.RecordActivityRequest(account_id="acme", user_id="ada")
        await Wire(channel).stub.RecordActivity(request, metadata=(("x-request-id", "first"),))
        assert await post(http, "GetStatus", {**ADA, "userId": "nobody"}, x_request_id="second") == 404
        assert await post(http, "GetStatus", ADA) == 200
    assert [(line["rpc"], line["door"], line["code"]) for line in lines] == [
        ("RecordActivity", "grpc", "OK"),
        ("GetStatus", "http", "NOT_FOUND"),
        ("GetStatus", "http", "OK"),
    ]
    assert [line["request_id"] for line in lines[:2]] == ["first", "second"]
    for line in lines:
        assert (line["log"], line["event"], line["account_id"]) == ("onduty.access", "call", "acme")
        assert line["timestamp"] and line["peer"].startswith("ipv4:127.0.0.1:") and line["duration_ms"] >= 0
    assert "ada" not in json.dumps(lines) and "nobody" not in json.dumps(lines)


async def test_a_stream_has_its_line_when_it_ends() -> None:
    clock, lines = FakeClock(), Lines()
    async with (
        running(clock=clock, http=HTTP, access_log=AccessLog(clock, lines, one_in=1)) as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        watch = Wire(channel).stub.WatchStatuses(pb.WatchStatusesRequest(account_id="acme"))
        await watch.read()
        assert lines == []
        application.watching.drain()
        while await watch.read() is not aio.EOF:
            pass
    assert [(line["rpc"], line["code"]) for line in lines] == [("WatchStatuses", "OK")]


async def test_one_in_n_calls_that_succeed_is_logged_and_every_one_that_fails() -> None:
    clock, lines = FakeClock(), Lines()
    async with (
        running(clock=clock, http=HTTP, access_log=AccessLog(clock, lines, one_in=3)) as application,
        web(application.http_port) as http,
    ):
        for _ in range(7):
            assert await post(http, "RecordActivity", ADA) == 200
        for _ in range(4):
            assert await post(http, "RecordActivity", {**ADA, "userId": ""}) == 400
    assert [line.get("one_in") for line in lines] == [3, 3, None, None, None, None]


async def test_calls_without_a_credential_are_sampled_and_others_name_the_caller(site: Site) -> None:
    lines = Lines()
    who = Who(site.add_key("desk", ["backend"], ["acme"]))
    access_log = AccessLog(site.clock, lines, one_in=10)
    async with (
        site.serving_plaintext(http=HTTP, access_log=access_log),
        web(site.application.http_port) as http,
    ):
        for _ in range(9):
            assert await post(http, "GetStatus", ADA) == 401
        assert await post(http, "GetStatus", {**ADA, "accountId": "other"}, authorization=f"Bearer {who.token}") == 403
    [line] = lines
    assert (line["caller"], line["account_id"], line["code"]) == ("desk", "other", "PERMISSION_DENIED")
    assert line["via"].startswith("key ")


async def test_text_of_a_caller_is_cut() -> None:
    clock, lines = FakeClock(), Lines()
    async with (
        running(clock=clock, http=HTTP, access_log=AccessLog(clock, lines, one_in=1)) as application,
        web(application.http_port) as http,
    ):
        assert await post(http, "GetStatus", {"accountId": "x" * 100_000, "userId": "ada"}) == 400
    assert len(json.dumps(lines)) < 1_000


async def test_an_internal_error_has_the_name_in_the_access_log_that_the_caller_gets() -> None:
    clock, lines = FakeClock(), Lines()
    store = BrokenStore(clock, RuntimeError("secret"))
    async with (
        running(store, clock, http=HTTP, access_log=AccessLog(clock, lines, one_in=1)) as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        with pytest.raises(aio.AioRpcError) as caught:
            await Wire(channel).stub.GetStatus(pb.GetStatusRequest(account_id="acme", user_id="ada"))
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert lines[0]["request_id"] == dict(caught.value.trailing_metadata() or ())["x-request-id"]


async def test_the_setting_names_the_file(tmp_path: Path) -> None:
    path, clock = tmp_path / "access.log", FakeClock()
    assert Settings().access_log == "off"
    settings = Settings(
        **{"store": "memory:", "listen": "127.0.0.1:0", "http_listen": "127.0.0.1:0"},
        **{"access_log": str(path), "access_log_one_in": 2},
    )
    access = Access(Guard(AuditLog(clock, lambda line: None)))
    application = build_application(settings, clock, PrometheusObserver(CollectorRegistry()), access)
    await application.start()
    try:
        async with web(application.http_port) as http:
            for _ in range(4):
                assert await post(http, "RecordActivity", ADA) == 200
    finally:
        await application.stop()
    logs.flush()
    assert [json.loads(line)["one_in"] for line in path.read_text().splitlines()] == [2, 2]
