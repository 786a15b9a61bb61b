"""CPU and latency of a unary call through each door, beside empty handlers.

`onduty serve` over SQLite with both doors, a server with grpc.aio whose handlers do nothing, and one with uvicorn and
httptools that does nothing, each in a process of its own. A process calls each in turn, in rounds, so that all see the
same machine; a call's cost is the CPU time of all threads of the server during a round, divided by its calls (16 in
flight). The latency is what one caller waits, one call after the other. Ratios are taken in each round; the figure is
the median over the rounds.

Connect is called in binary and in JSON, gRPC-Web in binary. "Empty" answers with one message built before the first
call. Left out: TLS, deadlines, compression, and the callers' cost, which are hand-written ones that cost little.
"""

from __future__ import annotations

import json
import random
import statistics
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.json_format import MessageToDict

from onduty.v1 import status_pb2 as pb

from .call_cost import method_path, prepare_users
from .context import Context
from .figures import Figure, at_most
from .http_wire import HttpWire
from .population import ACCOUNT, user_id
from .processes import child, cpu_ns, serving
from .wire import Wire

TITLE = "CPU and latency of a call over HTTP"
_IN_FLIGHT = 16
_METHOD = "GetStatus"


@dataclass(frozen=True, slots=True)
class _Way:
    """A way to call, and how it writes a message."""

    pid: int
    wire: Any
    written: Callable[[bytes], bytes]


def run(context: Context) -> Sequence[Figure]:
    """Measure every door."""
    scale = context.scale
    users = [user_id(index) for index in range(scale.call_users)]
    messages = [pb.GetStatusRequest(account_id=ACCOUNT, user_id=user).SerializeToString() for user in users]
    with (
        context.folder("http-cost") as folder,
        serving(folder, f"sqlite:{folder / 'onduty.db'}", "--http-listen", "127.0.0.1:0") as server,
    ):
        status = prepare_users(server.port, messages)
        answer = pb.GetStatusResponse(user_status=status).SerializeToString()
        with (
            child("benchmarks.empty_server", "--answer", status.SerializeToString().hex()) as empty_grpc,
            child("benchmarks.empty_http_server", "--answer", answer.hex()) as empty_http,
        ):
            assert server.http_port is not None
            path = method_path(_METHOD)
            grpc_port, http_port = int(empty_grpc.line()), int(empty_http.line())
            ways = {
                "gRPC": _Way(server.pid, Wire(server.port, path), bytes),
                "Connect binary": _Way(server.pid, HttpWire(server.http_port, path, "application/proto"), bytes),
                "Connect JSON": _Way(server.pid, HttpWire(server.http_port, path, "application/json"), _as_json),
                "gRPC-Web": _Way(server.pid, HttpWire(server.http_port, path, "application/grpc-web"), _in_envelope),
                "empty gRPC": _Way(empty_grpc.pid, Wire(grpc_port, path), bytes),
                "empty HTTP": _Way(empty_http.pid, HttpWire(http_port, path, "application/proto"), bytes),
            }
            return _figures(*_measure(ways, messages, scale.call_rounds, scale.calls_per_round))


def _as_json(message: bytes) -> bytes:
    return json.dumps(MessageToDict(pb.GetStatusRequest.FromString(message))).encode()


def _in_envelope(message: bytes) -> bytes:
    return struct.pack(">BI", 0, len(message)) + message


Measured = dict[str, list[float]]


def _measure(ways: dict[str, _Way], messages: Sequence[bytes], rounds: int, calls: int) -> tuple[Measured, Measured]:
    shuffled = random.Random(1)
    costs_us: Measured = {name: [] for name in ways}
    waits_us: Measured = {name: [] for name in ways}
    for way in ways.values():
        way.wire.call_all([way.written(each) for each in messages[:calls]], _IN_FLIGHT)  # the first is not like others
    for _ in range(rounds):
        picked = [shuffled.choice(messages) for _ in range(calls)]
        for name, way in ways.items():
            sent = [way.written(each) for each in picked]
            before_ns = cpu_ns(way.pid)
            way.wire.call_all(sent, _IN_FLIGHT)
            costs_us[name].append((cpu_ns(way.pid) - before_ns) / 1_000 / calls)
            alone = sent[: max(1, calls // 10)]
            began = time.perf_counter()
            way.wire.call_all(alone, 1)
            waits_us[name].append((time.perf_counter() - began) * 1e6 / len(alone))
    for way in ways.values():
        way.wire.__exit__(None, None, None)
    return costs_us, waits_us


def _figures(costs_us: Measured, waits_us: Measured) -> list[Figure]:
    figures = []
    for door in ("Connect binary", "Connect JSON", "gRPC-Web", "gRPC"):
        goal = at_most(0.6) if door == "Connect binary" else None
        for what, measured in (("CPU", costs_us), ("one caller's wait", waits_us)):
            ratios = [mine / theirs for mine, theirs in zip(measured[door], measured["empty gRPC"], strict=True)]
            note = f"all rounds in {min(ratios):.2f} to {max(ratios):.2f}"
            figures.append(Figure(f"{door} / empty gRPC: {what}", statistics.median(ratios), "x", goal, note))
    for name in costs_us:
        cost, wait = statistics.median(costs_us[name]), statistics.median(waits_us[name])
        figures.append(Figure(f"{name}: CPU", cost, "us of CPU a call", None, f"at least {min(costs_us[name]):.1f}"))
        figures.append(Figure(f"{name}: one caller's wait", wait, "us", None, f"at least {min(waits_us[name]):.1f}"))
    return figures
