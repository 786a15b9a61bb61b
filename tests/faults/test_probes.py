"""What a platform asks of a server to know whether to send it calls, or to end it."""

from __future__ import annotations

import asyncio
import signal
import threading
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter, Metric
from structlog.testing import capture_logs
from tests.faults.process import Servers, connected
from tests.faults.test_stop import begun_with, set_online, write_locked

from onduty_server.process import serving as process_serving
from onduty_server.process.clock import SystemClock
from onduty_server.process.config.settings import Settings
from onduty_server.process.probes import STUCK_AFTER_S, Probes, serve_operators


class Watch:
    """A stopwatch that is moved by hand."""

    def __init__(self) -> None:
        self.now_s = 5.0

    def __call__(self) -> float:
        return self.now_s


async def ask(port: int, path: str, *, method: str = "GET") -> tuple[int, str]:
    """The status and body of the answer."""
    async with asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"{method} {path} HTTP/1.0\r\n\r\n".encode())
        head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
        writer.close()
        return int(head.split()[1]), body


async def test_each_path_answers_for_itself_and_any_other_is_not_found() -> None:
    registry, watch, reasons = CollectorRegistry(), Watch(), ["the store does not answer"]
    Counter("seen", "Something.", registry=registry).inc()
    probes = Probes(watch, lambda: reasons[-1] if reasons else None)
    port = serve_operators(registry, probes, "127.0.0.1", 0)
    status, body = await ask(port, "/metrics?name[]=seen")
    assert status == HTTPStatus.OK and "seen_total 1.0" in body
    assert await ask(port, "/healthz") == (HTTPStatus.OK, "ok\n")
    assert await ask(port, "/readyz") == (HTTPStatus.SERVICE_UNAVAILABLE, "the store does not answer\n")
    reasons.clear()
    assert await ask(port, "/readyz") == (HTTPStatus.OK, "ok\n")
    assert await ask(port, "/readyz", method="HEAD") == (HTTPStatus.OK, "")
    for path in ("/", "/metrics/", "/healthz/x", "/favicon.ico", "/metricsx"):
        assert (await ask(port, path))[0] == HTTPStatus.NOT_FOUND
    for method in ("POST", "PUT", "OPTIONS"):
        assert await ask(port, "/metrics", method=method) == (HTTPStatus.METHOD_NOT_ALLOWED, "use GET or HEAD\n")
    status, body = await ask(port, "/metrics x y")
    assert status == HTTPStatus.BAD_REQUEST and "<" not in body


async def test_a_loop_that_no_longer_turns_is_no_life() -> None:
    watch = Watch()
    probes = Probes(watch, lambda: None)
    port = serve_operators(CollectorRegistry(), probes, "127.0.0.1", 0)
    watch.now_s += STUCK_AFTER_S
    assert (await ask(port, "/healthz"))[0] == HTTPStatus.OK
    watch.now_s += 1
    stuck = (HTTPStatus.SERVICE_UNAVAILABLE, "the event loop has not turned for 11 s\n")
    assert await ask(port, "/healthz") == await ask(port, "/readyz") == stuck
    probes.turned()
    assert (await ask(port, "/healthz"))[0] == HTTPStatus.OK


async def test_the_loop_turns_although_the_time_went_back(tmp_path: Path) -> None:
    """As a store's clock may, which the process's follows."""
    turns = asyncio.Semaphore(0)

    class Counted(Probes):
        def turned(self) -> None:
            turns.release()

    clock = SystemClock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process_serving, "SystemClock", lambda **_: clock)
        patch.setattr(process_serving, "Probes", Counted)
        stop, serving = asyncio.Event(), asyncio.Event()
        settings = Settings(store="memory:", listen="127.0.0.1:0", http_listen="off", metrics_listen="127.0.0.1:0")
        server = asyncio.create_task(process_serving.serve(settings, stop=stop, on_serving=lambda _: serving.set()))
        async with asyncio.timeout(20):
            await serving.wait()
            await turns.acquire()
            clock.align(clock.now() - 3_600_000)
            for _ in range(2):
                await turns.acquire()
            stop.set()
            await server


async def test_connections_that_say_nothing_do_not_pile_up() -> None:
    silent = 120
    port = serve_operators(CollectorRegistry(), Probes(Watch(), lambda: None), "127.0.0.1", 0, timeout_s=0.2)
    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(silent)]
    try:
        # Those beyond what is held at once are closed right away, the others when their time is over.
        async with asyncio.timeout(20):
            assert await asyncio.gather(*(reader.read() for reader, _ in held)) == [b""] * silent
        assert (await ask(port, "/healthz"))[0] == HTTPStatus.OK
    finally:
        for _, writer in held:
            writer.close()


async def test_connections_that_drip_do_not_keep_probes_out() -> None:
    port = serve_operators(CollectorRegistry(), Probes(Watch(), lambda: None), "127.0.0.1", 0, timeout_s=0.3)
    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(100)]

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(b"GET /healthz HTTP/1.0\r\nX: ")
        while True:
            await asyncio.sleep(0.05)
            writer.write(b"a")

    drips = [asyncio.create_task(drip(writer)) for _, writer in held]
    try:
        # Each of them is hung up on, although none was ever silent for as long as it may take.
        async with asyncio.timeout(20):
            await asyncio.gather(*(reader.read() for reader, _ in held), return_exceptions=True)
        assert (await ask(port, "/healthz"))[0] == HTTPStatus.OK
    finally:
        for task in drips:
            task.cancel()
        for _, writer in held:
            writer.close()


async def test_a_place_is_given_back_when_there_is_no_thread_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    port = serve_operators(CollectorRegistry(), Probes(Watch(), lambda: None), "127.0.0.1", 0)
    with monkeypatch.context() as without_threads, capture_logs() as logs:

        def start(_: object) -> None:
            raise RuntimeError("can't start new thread")

        without_threads.setattr(threading.Thread, "start", start)
        for _ in range(101):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            with suppress(ConnectionError):
                assert await asyncio.wait_for(reader.read(), 10) == b""
            writer.close()
    assert "can't start new thread" in str(logs[0]["exc_info"])
    assert (await ask(port, "/healthz"))[0] == HTTPStatus.OK


async def test_a_metric_that_fails_is_in_the_log() -> None:
    class Failing:
        def collect(self) -> list[Metric]:
            raise ValueError("no figure")

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Failing())
    port = serve_operators(registry, Probes(Watch(), lambda: None), "127.0.0.1", 0)
    with capture_logs() as logs:
        status, _ = await ask(port, "/metrics")
        assert status == HTTPStatus.INTERNAL_SERVER_ERROR
    assert [(line["log_level"], line["event"]) for line in logs] == [("error", "the metrics cannot be read")]


async def test_a_server_that_drains_lives_and_is_not_ready(tmp_path: Path) -> None:
    database = tmp_path / "onduty.db"
    async with Servers(tmp_path) as servers:
        server = await servers.start(database, "--metrics-listen", "127.0.0.1:0")
        port = int((await server.logged(lambda line: line.get("event") == "serving metrics"))["port"])
        assert [await ask(port, path) for path in ("/healthz", "/readyz")] == [(HTTPStatus.OK, "ok\n")] * 2
        assert "onduty_tasks" in (await ask(port, "/metrics"))[1]
        async with connected(server.address) as calls:
            await calls.SetStatus(set_online("ann"))
            with write_locked(database):
                begun = asyncio.ensure_future(calls.SetStatus(set_online("bob")))
                await begun_with("bob", calls)
                server.signal(signal.SIGTERM)
                await server.logged(lambda line: line.get("event") == "stopping")
                assert await ask(port, "/healthz") == (HTTPStatus.OK, "ok\n")
                drains = (HTTPStatus.SERVICE_UNAVAILABLE, "the server is draining\n")
                while (answer := await ask(port, "/readyz")) != drains:
                    assert answer == (HTTPStatus.OK, "ok\n"), "it has said that it stops, and is about to"
            await begun
        assert await server.ended() == 0
