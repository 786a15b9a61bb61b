"""The metrics: that they count what happens, are bounded, add up, and exist wherever a rule or a panel names them."""

from __future__ import annotations

import asyncio
import pickle
import re
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from grpc import aio
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from scripts.monitoring.alerts import ALERTS
from scripts.monitoring.dashboard import queries
from scripts.monitoring.exported import exported, series
from tests.grpc.streaming import soon, until
from tests.http.doors import all_doors
from tests.servers import running

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc
from onduty_server.process.application import Application
from onduty_server.process.clock import SystemClock
from onduty_server.process.figures import export_figures
from onduty_server.process.merging import GAUGES, merged
from onduty_server.process.probes import STUCK_AFTER_S, Probes, serve_operators
from onduty_server.process.worker_figures import WorkerFigures, answer_supervisor
from onduty_server.transport.call_counts import CODE_NAMES, CallCounts
from onduty_server.transport.http.server import HttpListen
from onduty_server.transport.limits import Limits
from onduty_server.transport.rpcs import RPCS

ROOT = Path(__file__).parents[2]
HTTP = HttpListen("127.0.0.1:0")
_NAME = re.compile(r"\b(?:onduty|process|python)_[a-z_]+")


def registry_of(application: Application, clock: SystemClock) -> CollectorRegistry:
    registry = CollectorRegistry()
    export_figures(registry, application, clock)
    return registry


def value(registry: CollectorRegistry, name: str, **labels: str) -> float | None:
    return registry.get_sample_value(name, labels)


async def test_calls_are_counted_by_method_door_and_code() -> None:
    clock = SystemClock()
    async with running(clock=clock, http=HTTP) as application, all_doors(application) as doors:
        registry = registry_of(application, clock)
        for door in doors.values():
            found = await door.call("RecordActivity", pb.RecordActivityRequest(account_id="acme", user_id="kim"))
            assert found.code == "OK"
            missing = await door.call("GetStatus", pb.GetStatusRequest(account_id="acme", user_id="nobody"))
            assert missing.code == "NOT_FOUND"
            malformed = await door.raw("GetStatus", b"\xff", {})
            assert malformed.code == "INVALID_ARGUMENT"
        for door_name, calls in (("grpc", 1), ("http", len(doors) - 1)):
            where = {"door": door_name}
            assert value(registry, "onduty_calls_total", method="RecordActivity", code="OK", **where) == calls
            for code in ("NOT_FOUND", "INVALID_ARGUMENT"):
                assert value(registry, "onduty_calls_total", method="GetStatus", code=code, **where) == calls
            assert value(registry, "onduty_call_duration_seconds_count", method="GetStatus", **where) == 2 * calls
            total_s = value(registry, "onduty_call_duration_seconds_sum", method="GetStatus", **where)
            assert total_s is not None and 0 < total_s < 60
            assert value(registry, "onduty_calls_in_flight", method="GetStatus", **where) == 0
        assert value(registry, "onduty_users") == value(registry, "onduty_users_online") == 1
        assert value(registry, "onduty_users_away") == value(registry, "onduty_users_offline") == 0
        assert value(registry, "onduty_accounts") == 1


async def test_refusals_are_calls_too() -> None:
    clock = SystemClock()
    async with (
        running(clock=clock, limits=Limits(caller_rate=0.01), http=HTTP) as application,
        all_doors(application) as doors,
    ):
        registry = registry_of(application, clock)
        codes = [(await doors["gRPC"].call("GetCaller", pb.GetCallerRequest())).code for _ in range(5)]
        refused = codes.count("RESOURCE_EXHAUSTED")
        assert refused >= 4
        counted = value(registry, "onduty_calls_total", method="GetCaller", door="grpc", code="RESOURCE_EXHAUSTED")
        assert counted == refused


async def test_a_watch_is_in_flight_until_its_caller_leaves() -> None:
    clock = SystemClock()
    async with (
        running(clock=clock) as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        registry = registry_of(application, clock)
        where = {"method": "WatchStatuses", "door": "grpc"}
        stub: pb_grpc.StatusServiceAsyncStub = pb_grpc.StatusServiceStub(channel)
        stream = stub.WatchStatuses(pb.WatchStatusesRequest(account_id="acme"))
        message: Any = await soon(stream.read())
        while not message.HasField("bookmark"):
            message = await soon(stream.read())
        assert value(registry, "onduty_watches") == value(registry, "onduty_watched_accounts") == 1
        assert value(registry, "onduty_calls_in_flight", **where) == 1
        lag_s = value(registry, "onduty_watch_lag_seconds")
        assert lag_s is not None and 0 <= lag_s < 30
        assert value(registry, "onduty_watch_unsent_events") == 0
        stream.cancel()
        await until(lambda: value(registry, "onduty_calls_in_flight", **where) == 0)
        assert value(registry, "onduty_watches") == 0
        assert value(registry, "onduty_calls_total", code="CANCELLED", **where) == 1
        assert value(registry, "onduty_call_duration_seconds_count", **where) is None, "it says nothing of a stream"


async def test_callers_add_no_series() -> None:
    clock = SystemClock()
    async with running(clock=clock, http=HTTP) as application, all_doors(application) as doors:
        registry = registry_of(application, clock)
        before = len(samples(registry.collect()))
        async with aio.insecure_channel(f"127.0.0.1:{application.port}") as channel:
            unknown: Any = channel.unary_unary("/onduty.v1.StatusService/DropTables")
            with pytest.raises(aio.AioRpcError):
                await unknown(b"")
        await doors["gRPC"].call("RecordActivity", pb.RecordActivityRequest(account_id="a" * 99, user_id="b" * 99))
        assert len(samples(registry.collect())) == before
        methods = {sample.labels.get("method") for sample in samples(registry.collect())} - {None}
        codes = {sample.labels.get("code") for sample in samples(registry.collect())} - {None}
        assert methods == set(RPCS) and codes <= set(CODE_NAMES.values())


def samples(families: Iterable[Metric]) -> list[Sample]:
    return [sample for family in families for sample in family.samples]


def test_a_traced_call_is_the_exemplar_of_its_bucket() -> None:
    counts = CallCounts()
    meter = counts.meter(RPCS["GetStatus"], "grpc")
    meter.in_flight += 1
    meter.ended(0, 0.02, trace_id="4bf92f3577b34da6a3ce929d0e0e4736")

    async def exposition() -> str:
        clock = SystemClock()
        async with running(clock=clock) as application:
            application.calls.meters[:] = counts.meters
            return str(generate_latest(registry_of(application, clock)).decode())  # type: ignore[no-untyped-call]

    text = asyncio.run(exposition())
    line = next(line for line in text.splitlines() if 'le="0.025"' in line)
    assert line.endswith('1.0 # {trace_id="4bf92f3577b34da6a3ce929d0e0e4736"} 0.02')


# --- several processes -----------------------------------------------------------------------------------------------


def process_with(calls: int, lag_s: float) -> list[Metric]:
    registry = CollectorRegistry()
    Counter("calls", "Calls.", ("method",), registry=registry).labels("GetStatus").inc(calls)
    Gauge("onduty_watch_lag_seconds", "Lag.", registry=registry).set(lag_s)
    Gauge("onduty_watches", "Watches.", registry=registry).set(calls)
    Histogram("took_seconds", "Durations.", buckets=(1, 2), registry=registry).observe(1.5)
    return list(registry.collect())


def values(families: Iterable[Metric]) -> dict[str, float]:
    """By name and the first label: the value of each series, but for those that say when another one began."""
    return {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def test_counters_are_added_and_gauges_merged_by_their_meaning() -> None:
    assert values(merged([process_with(3, 0.5), process_with(4, 2.0)])) == {
        "calls_total GetStatus": 7,
        "onduty_watch_lag_seconds": 2.0,
        "onduty_watches": 7,
        "took_seconds_bucket 1.0": 0,
        "took_seconds_bucket 2.0": 2,
        "took_seconds_bucket +Inf": 2,
        "took_seconds_count": 2,
        "took_seconds_sum": 3.0,
    }


def test_every_gauge_has_a_meaning() -> None:
    assert {family.name for family in exported() if family.type == "gauge"} == set(GAUGES)


@pytest.fixture
def figures() -> Iterator[WorkerFigures]:
    with closing(WorkerFigures(timeout_s=0.5)) as figures:
        yield figures


class Worker:
    """The other end of a worker's sockets, and what it would count."""

    def __init__(self, figures: WorkerFigures, number: int) -> None:
        self.registry = CollectorRegistry()
        self.calls = Counter("calls", "Calls.", registry=self.registry)
        self.now_s = 0.0
        self.reasons: list[str] = []
        ours, theirs = socket.socketpair()
        figures.add(number, ours)
        self.theirs = theirs
        self.probes = Probes(lambda: self.now_s, lambda: self.reasons[-1] if self.reasons else None)

    def answer(self) -> None:
        answer_supervisor(self.theirs.detach(), self.registry, self.probes)


def test_an_operator_hears_of_all_workers_and_of_one_that_is_not_well(figures: WorkerFigures) -> None:
    assert (figures.why_not_alive(), figures.why_not_ready()) == (None, "no worker serves")
    one, two = Worker(figures, 1), Worker(figures, 2)
    for worker, calls in ((one, 3), (two, 4)):
        worker.answer()
        worker.calls.inc(calls)
    assert values(figures.collect())["calls_total"] == 7
    assert (figures.why_not_alive(), figures.why_not_ready()) == (None, None)
    two.reasons.append("the store does not answer")
    assert (figures.why_not_alive(), figures.why_not_ready()) == (None, "worker 2: the store does not answer")
    one.now_s += STUCK_AFTER_S + 1
    assert figures.why_not_alive() == "worker 1: the event loop has not turned for 11 s"


def test_a_worker_that_ended_or_says_nothing_keeps_what_it_had_counted(figures: WorkerFigures) -> None:
    """A sum that falls would be taken for a restart, and all of it counted again."""
    one, two, silent = Worker(figures, 1), Worker(figures, 2), Worker(figures, 3)
    for worker, calls in ((one, 3), (two, 4)):
        worker.answer()
        worker.calls.inc(calls)
    assert values(figures.collect())["calls_total"] == 7
    assert figures.why_not_ready() == "worker 3 does not answer"
    figures.remove(1)
    two.calls.inc()
    assert values(figures.collect())["calls_total"] == 8
    successor = Worker(figures, 1)
    assert values(figures.collect())["calls_total"] == 8, "its successor has answered nothing yet"
    successor.answer()
    silent.answer()
    assert values(figures.collect())["calls_total"] == 8, "late answers are thrown away"


def test_many_operators_may_ask_at_once(figures: WorkerFigures) -> None:
    workers = [Worker(figures, number) for number in range(4)]
    for worker in workers:
        worker.answer()
        worker.calls.inc()
    answers: list[float] = []
    threads = [
        threading.Thread(target=lambda: answers.append(values(figures.collect())["calls_total"])) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert answers == [4.0] * 20


def test_what_workers_answer_can_be_sent() -> None:
    families = exported()
    assert values(pickle.loads(pickle.dumps(families))) == values(families)


# --- what operators are given ----------------------------------------------------------------------------------------


def test_every_metric_of_rules_and_dashboard_is_exported() -> None:
    names = series(exported())
    named = {name for query in queries() for name in _NAME.findall(query)}
    named |= {name for alert in ALERTS for name in _NAME.findall(alert.expr)}
    assert len(named) > 25
    assert named <= names, sorted(named - names)


def test_every_metric_of_ours_is_in_the_dashboard_or_in_an_alert() -> None:
    named = {name for query in queries() for name in _NAME.findall(query)}
    named |= {name for alert in ALERTS for name in _NAME.findall(alert.expr)}
    ours = {family.name for family in exported() if family.name.startswith("onduty_")}
    assert not {name for name in ours if not any(each.startswith(name) for each in named)}


def test_the_page_of_a_supervisor_can_be_parsed(figures: WorkerFigures) -> None:
    Worker(figures, 1).answer()
    port = serve_operators(figures, figures, "127.0.0.1", 0)
    request = Request(
        f"http://127.0.0.1:{port}/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"}
    )
    with urlopen(request, timeout=20) as answer:
        assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
        text = answer.read().decode()
    families = text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
    assert [family.name for family in families] == ["calls"]
