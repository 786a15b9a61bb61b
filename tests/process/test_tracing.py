"""Traces: a receiver of OTLP gets the spans of calls through both doors, as children of those of their callers."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc import aio
from prometheus_client import CollectorRegistry
from tests.fakes import FakeClock
from tests.grpc.wire import Wire
from tests.http.web import web
from tests.process.otlp import Receiver, attributes, receiver
from tests.valkey import shared_server

from onduty.v1 import status_pb2 as pb
from onduty_server.access.audit import AuditLog
from onduty_server.process import logs
from onduty_server.process.access import Access
from onduty_server.process.application import Application
from onduty_server.process.clock import SystemClock
from onduty_server.process.config.settings import Settings
from onduty_server.process.metrics import PrometheusObserver
from onduty_server.process.serving import run, serve
from onduty_server.process.tracing import OtlpTracer
from onduty_server.process.wiring import build_application
from onduty_server.transport.guard import Guard

SERVICE = "onduty.v1.StatusService/"
PARENT = "00f067aa0ba902b7"


def trace_parent(trace_id: str, *, sampled: bool = True) -> tuple[str, str]:
    return ("traceparent", f"00-{trace_id}-{PARENT}-{'01' if sampled else '00'}")


@pytest.fixture(scope="module")
def otlp() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


@asynccontextmanager
async def serving(otlp: Receiver, store: str, one_in: int = 1, **settings: Any) -> AsyncIterator[Application]:
    """A server whose spans have all been sent when it has stopped."""
    clock = SystemClock() if store.startswith("redis") else FakeClock()
    tracer = OtlpTracer(otlp.address, one_in)
    found = Settings(store=store, listen="127.0.0.1:0", http_listen="127.0.0.1:0", **settings)
    access = Access(Guard(AuditLog(clock, lambda line: None)))
    application = build_application(found, clock, PrometheusObserver(CollectorRegistry()), access, tracer)
    await application.start()
    try:
        yield application
    finally:
        await application.stop()
        await asyncio.to_thread(tracer.shutdown)


def set_status(user_id: str = "ada") -> pb.SetStatusRequest:
    return pb.SetStatusRequest(account_id="acme", user_id=user_id, status=pb.STATUS_AWAY)


async def test_a_receiver_gets_the_spans_of_a_call_through_both_doors(otlp: Receiver, tmp_path: Path) -> None:
    by_grpc, by_http = "a" * 32, "b" * 32
    async with serving(otlp, f"sqlite:{tmp_path / 'onduty.db'}") as application:
        async with aio.insecure_channel(f"127.0.0.1:{application.port}") as channel:
            await Wire(channel).stub.SetStatus(set_status(), metadata=(trace_parent(by_grpc),))
        async with web(application.http_port) as http:
            body = {"accountId": "acme", "userId": "ada", "status": "STATUS_ONLINE"}
            answer = await http.post("SetStatus", body, traceparent=trace_parent(by_http)[1])
            assert answer.status == 200
    for trace_id, system in ((by_grpc, "grpc"), (by_http, "connect_rpc")):
        spans = otlp.of_trace(trace_id)
        assert set(spans) == {SERVICE + "SetStatus", "decide", "commit"}
        call = spans[SERVICE + "SetStatus"]
        assert call.parent_span_id.hex() == PARENT
        assert {spans[part].parent_span_id for part in ("decide", "commit")} == {call.span_id}
        assert spans["decide"].end_time_unix_nano <= spans["commit"].start_time_unix_nano
        found = attributes(call)
        assert (found["rpc.system"], found["rpc.method"], found["rpc.grpc.status_code"]) == (system, "SetStatus", 0)
        assert found["onduty.account_id"] == "acme"
        assert "ada" not in str(otlp.spans)
    assert otlp.resources[-1]["service.name"] == "onduty"


@pytest.mark.slow
async def test_a_call_over_redis_has_the_commands_that_it_waited_for_as_parts(otlp: Receiver) -> None:
    trace_id = "c" * 32
    async with (
        serving(otlp, shared_server().address, store_key_prefix="tracing") as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        await Wire(channel).stub.SetStatus(set_status(), metadata=(trace_parent(trace_id),))
    spans = otlp.of_trace(trace_id)
    call, commit = spans[SERVICE + "SetStatus"], spans["commit"]
    commands = [span for name, span in spans.items() if name.startswith("redis ")]
    assert "decide" in spans and commands
    assert {span.parent_span_id for span in commands} <= {call.span_id, commit.span_id}
    assert attributes(commands[0])["db.system.name"] == "redis"
    # What the process does by itself, like its heartbeats, is no part of a call and has no spans.
    assert all(span.trace_id.hex() == trace_id for span in otlp.spans if span.name.startswith("redis "))


async def test_a_refusal_is_in_the_trace_with_its_name_and_only_a_fault_of_the_server_is_an_error(
    otlp: Receiver,
) -> None:
    trace_id = "d" * 32
    async with (
        serving(otlp, "memory:") as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        request = pb.GetStatusRequest(account_id="acme", user_id="nobody")
        with pytest.raises(aio.AioRpcError):
            await Wire(channel).stub.GetStatus(request, metadata=(trace_parent(trace_id), ("x-request-id", "mine")))
    call = otlp.of_trace(trace_id)[SERVICE + "GetStatus"]
    assert attributes(call)["onduty.request_id"] == "mine"
    assert attributes(call)["rpc.grpc.status_code"] == grpc.StatusCode.NOT_FOUND.value[0]
    assert call.status.code == 0


async def test_an_account_that_is_erased_is_not_named_and_a_batch_has_no_parts(otlp: Receiver) -> None:
    batch, erasure = "8" * 32, "9" * 32
    async with (
        serving(otlp, "memory:") as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        stub = Wire(channel).stub
        settings = pb.BatchSetStatusRequest(account_id="globex", requests=[set_status(user) for user in ("ann", "ben")])
        for each in settings.requests:
            each.account_id = ""
        await stub.BatchSetStatus(settings, metadata=(trace_parent(batch),))
        await stub.DeleteAccount(pb.DeleteAccountRequest(account_id="globex"), metadata=(trace_parent(erasure),))
    assert set(otlp.of_trace(batch)) == {SERVICE + "BatchSetStatus"}
    assert "onduty.account_id" not in attributes(otlp.of_trace(erasure)[SERVICE + "DeleteAccount"])


async def test_what_a_caller_does_not_record_is_not_recorded_and_of_others_one_in_n(otlp: Receiver) -> None:
    before = len(otlp.spans)
    unsampled = trace_parent("e" * 32, sampled=False)
    async with (
        serving(otlp, "memory:", one_in=1_000_000_000) as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        stub = Wire(channel).stub
        await stub.SetStatus(set_status(), metadata=(unsampled,))
        await stub.SetStatus(set_status())
        await stub.SetStatus(set_status(), metadata=(("traceparent", "nonsense"),))
        await stub.SetStatus(set_status(), metadata=(trace_parent("f" * 32),))
    assert {span.trace_id.hex() for span in otlp.spans[before:]} == {"f" * 32}


async def test_a_trace_is_in_the_access_log_and_is_an_exemplar(otlp: Receiver, tmp_path: Path) -> None:
    trace_id = "1" * 32
    path = tmp_path / "access.log"
    async with (
        serving(otlp, "memory:", access_log=str(path)) as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        await Wire(channel).stub.SetStatus(set_status(), metadata=(trace_parent(trace_id),))
        exemplars = [it for meter in application.calls.meters for it in meter.exemplars.values()]
    logs.flush()
    assert [each.trace_id for each in exemplars] == [trace_id]
    assert json.loads(path.read_text())["trace_id"] == trace_id


async def test_a_watch_has_one_span_and_its_messages_have_none(otlp: Receiver) -> None:
    trace_id = "2" * 32
    async with (
        serving(otlp, "memory:") as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        stub = Wire(channel).stub
        watch = stub.WatchStatuses(pb.WatchStatusesRequest(account_id="acme"), metadata=(trace_parent(trace_id),))
        await watch.read()
        await stub.SetStatus(set_status())
        await watch.read()
        watch.cancel()
    assert list(otlp.of_trace(trace_id)) == [SERVICE + "WatchStatuses"]


def test_while_traces_are_off_nothing_of_opentelemetry_is_imported() -> None:
    program = (
        # Not the store in Redis, whose library imports OpenTelemetry wherever it is installed.
        "import sys, onduty_server.process.wiring, onduty_server.process.serving, onduty_server.stores.sqlite\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout == "[]\n"


def test_a_receiver_that_does_not_answer_holds_up_no_end(tmp_path: Path) -> None:
    stop = asyncio.Event()
    settings = Settings(
        **{"store": "memory:", "listen": "127.0.0.1:0", "http_listen": "off"},
        **{"tracing": True, "tracing_endpoint": "http://127.0.0.1:1"},
    )
    run(serve(settings, stop=stop, on_serving=lambda _: stop.set()))


def test_without_its_packages_the_start_says_what_to_install() -> None:
    # As if they were not there: a module that is None cannot be imported.
    program = (
        "import sys, asyncio\n"
        "sys.modules['opentelemetry'] = None\n"
        "from onduty_server.process.config.settings import Settings\n"
        "from onduty_server.process.serving import ServeError, run, serve\n"
        "try: run(serve(Settings(store='memory:', listen='127.0.0.1:0', http_listen='off', tracing=True)))\n"
        "except ServeError as error: print(error)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout
    assert said == "tracing needs the packages of OpenTelemetry: install onduty[server,tracing]\n"
