"""Measures how many calls are answered, and how late, under more load than the server can handle.

`onduty serve` over SQLite. A client on the wire (`open_loop`) first finds out how many `RecordActivity` a second are
answered with 64 under way: that is the capacity. Then it asks for 1.5, 4 and 10 times as many, at a fixed rate, from a
pool of callers of which 256, 1,024 or 8,000 may wait at a time, over eight connections and never more than 100 callers
each: so the server may have all of them at once, which is the worst that `connection_calls` allows. Capacity is
measured again after each load, and the mean of the two is what it is compared with: both for a second of CPU time of
the server, so that other programs do not matter (by the clock in the details). Meanwhile a thread asks for
`/readyz` over HTTP and for health over gRPC, on connections of their own.

Nothing is refused, so a call waits for as long as those before it take: outstanding calls / capacity. `p99 / that` says
whether it waits for longer. All is on one machine whose cores the client and the server share.

Left out: deadlines (a call whose deadline passes while it waits costs next to nothing); TLS; other mixes.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import NamedTuple

from onduty.v1 import status_pb2 as pb

from .caller import percentile
from .context import Context
from .figures import Figure, at_least, at_most
from .open_loop import Phase, Seen
from .population import ACCOUNT, user_id
from .processes import Process, Server, child, cpu_ns, serving
from .wire import Wire

TITLE = "Answers under more load than can be served"
_METHOD = "/onduty.v1.StatusService/RecordActivity"
_HEALTH = "/grpc.health.v1.Health/Check"
_OUTSTANDING = (256, 1_024, 8_000)
_TIMES = (1.5, 4, 10)
_SATURATING = 64
_CONNECTIONS_MIN = 8
_CALLERS_EACH = 100
_WARM_S = 1.0
_SETTLED_S = 0.3
_PROBE_EVERY_S = 0.02
_USERS = 100
_GOODPUT_GOAL = 0.95
_PROBE_GOAL_MS = 100


class _Probe:
    """A thread that asks something again and again, and notes how long the answers take (ms)."""

    def __init__(self, ask: Callable[[], object]) -> None:
        self.latencies_ms: list[float] = []
        self._ask = ask
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> _Probe:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(_PROBE_EVERY_S):
            started = time.perf_counter()
            self._ask()
            self.latencies_ms.append((time.perf_counter() - started) * 1_000)


class _Load(NamedTuple):
    """The outcomes of a phase's calls, and how many were answered for each second of the server's CPU time."""

    seen: Seen
    per_cpu_s: float


def run(context: Context) -> Sequence[Figure]:
    """Measure each pool of callers with a server of its own."""
    figures: list[Figure] = []
    for outstanding in _OUTSTANDING[: context.scale.overload_loads]:
        with context.folder("overload") as folder:
            options = ("--metrics-listen", "127.0.0.1:0", "--calls-max", "20000", "--calls-per-caller", "20000")
            with serving(folder, f"sqlite:{folder / 'onduty.db'}", *options) as server:
                figures += _measure(server, outstanding, context.scale.overload_s)
    return figures


def _measure(server: Server, outstanding: int, seconds: float) -> list[Figure]:
    messages = [
        pb.RecordActivityRequest(account_id=ACCOUNT, user_id=user_id(index)).SerializeToString()
        for index in range(_USERS)
    ]
    with Wire(server.port, _METHOD) as wire:
        wire.call_all(messages, _SATURATING)
    connections = max(_CONNECTIONS_MIN, outstanding // _CALLERS_EACH)
    arguments = ("--port", str(server.port), "--method", _METHOD, "--connections", str(connections))
    figures: list[Figure] = []
    with child("benchmarks.open_loop", *arguments, *(message.hex() for message in messages)) as client:
        client.line()
        saturate = Phase(0, seconds / 2, _SATURATING, _SETTLED_S)
        _ask(client, saturate)
        before = _loaded(server, client, saturate)
        for times in _TIMES:
            with Wire(server.port, _HEALTH) as wire, _ready_probe(server) as ready, _health_probe(wire) as health:
                rate_per_s = times * before.seen.per_s
                loaded = _loaded(server, client, Phase(rate_per_s, seconds, outstanding, min(_WARM_S, seconds)))
            after = _loaded(server, client, saturate)
            name = f"{outstanding:,} callers, {times:g} times"
            figures += _figures(name, loaded, before, after, outstanding)
            ready_p99 = percentile(ready.latencies_ms, 0.99)
            health_p99 = percentile(health.latencies_ms, 0.99)
            detail = f"health over gRPC: p99 {health_p99:.0f} ms"
            figures.append(
                Figure(
                    f"{outstanding:,} callers, {times:g} times: /readyz, p99",
                    ready_p99,
                    "ms",
                    at_most(_PROBE_GOAL_MS),
                    detail,
                )
            )
            before = after
    return figures


def _ask(client: Process, phase: Phase) -> Seen:
    client.write_line(json.dumps(asdict(phase)))
    return Seen(**json.loads(client.line()))


def _loaded(server: Server, client: Process, phase: Phase) -> _Load:
    cpu = cpu_ns(server.pid)
    seen = _ask(client, phase)
    return _Load(seen, seen.answered_in_all / ((cpu_ns(server.pid) - cpu) / 1e9))


def _ready_probe(server: Server) -> _Probe:
    def ready() -> None:
        assert server.metrics_port is not None
        connection = http.client.HTTPConnection("127.0.0.1", server.metrics_port, timeout=30)
        connection.request("GET", "/readyz")
        assert connection.getresponse().read() == b"ok\n"
        connection.close()

    return _Probe(ready)


def _health_probe(wire: Wire) -> _Probe:
    return _Probe(lambda: wire.call_all([b""], 1))


def _figures(name: str, loaded: _Load, before: _Load, after: _Load, outstanding: int) -> list[Figure]:
    seen = loaded.seen
    if not seen.answered_ms:
        return [Figure(f"{name}: not answered", len(seen.refused_ms), "calls")]
    capacity_per_s = (before.seen.per_s + after.seen.per_s) / 2
    share = seen.per_s / capacity_per_s
    detail = f"{len(seen.refused_ms) / seen.seconds / capacity_per_s:.2f} x refused; by the clock {share:.2f} x"
    work = loaded.per_cpu_s / ((before.per_cpu_s + after.per_cpu_s) / 2)
    alone_ms = outstanding / capacity_per_s * 1_000
    p99 = percentile(seen.answered_ms, 0.99)
    waits = f"median {percentile(seen.answered_ms, 0.5):.0f}, p99 {p99:.0f}, outstanding / capacity {alone_ms:.0f} ms"
    return [
        Figure(f"{name}: answered / capacity", work, "x", at_least(_GOODPUT_GOAL), detail),
        Figure(f"{name}: p99 / (outstanding / capacity)", p99 / alone_ms, "x", None, waits),
    ]
