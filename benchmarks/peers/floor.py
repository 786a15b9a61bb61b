"""How much of a call is onduty, and how much the stack below: grpcio, its version, the event loop, the kind of server.

Servers whose handlers do nothing, with the locked and the newest grpcio, uvloop and asyncio, asynchronous and with
threads, and one of HTTP (uvicorn with httptools), beside `onduty serve` with SQLite (aio on uvloop) under both versions
of grpcio, called through gRPC and through its HTTP door: Connect, in binary. Hand-written clients call each in turn
with 16 calls in flight, in rounds, so that all see the same machine; a call's cost is the CPU time of all threads of
the server during a round, divided by its calls. Ratios are taken in each round; the figure is the median over the
rounds. Streams: activities in messages of 5,000 from a client that saturates the server; the empty one reads them and
acknowledges.

Calls are about 10,000 users in no order, so most are the first about their user, and cost onduty half as much again as
those that follow: `make bench ARGS=call-cost` has both.

"Answers built" is what any handler pays whose answers differ from user to user: the message that onduty answers with,
made anew each time from values at hand, with no account, no user and no clock looked at.

Every server of gRPC has onduty's channel options; a call over HTTP has one of 16 connections for itself. Left out:
metadata, deadlines, TLS, and what a client costs.
"""

from __future__ import annotations

import inspect
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import grpc
from google.protobuf.duration_pb2 import Duration

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc

from .. import feeding
from ..figures import Figure, at_least, at_most
from ..http_wire import HttpWire
from ..population import ACCOUNT, user_id
from ..processes import cpu_ns, run_child
from ..wire import Wire
from . import plot
from .environments import ROOT, Missing, environment, server_requirements, variables, versions
from .page import Section, Table, number
from .profiling import profile
from .sizes import Sizes

TITLE = "The stack's floor"
_IN_FLIGHT = 16
_METHODS = ("RecordActivity", "GetStatus")
_GOALS = {"RecordActivity": 1.2, "GetStatus": 1.08}
"""CPU of a call, of the empty server's."""
_CONNECT_GOAL = 0.6
"""The same of a `GetStatus` through the HTTP door."""
_CONNECT = "onduty, Connect in binary"
_EMPTY_HTTP = "empty, HTTP"
_KINDS = {
    "uvloop": "aio on uvloop",
    "built": "aio on uvloop, answers built",
    "asyncio": "aio on asyncio",
    "threads": "sync, threads",
}
_STREAM_GOAL_PER_S = 300_000
_STOP_TIMEOUT_S = 30.0
_NO_RATES = ("--caller-rate", "0", "--account-rate", "0")


class _Server(NamedTuple):
    """A server of the comparison, or another door of one: its grpcio, and what it is."""

    version: str
    kind: str
    pid: int
    port: int
    is_http: bool = False

    def wire(self, method: str) -> Wire | HttpWire:
        """Connections for calling a method over and over."""
        return (
            HttpWire(self.port, _path(method), "application/proto") if self.is_http else Wire(self.port, _path(method))
        )


@contextmanager
def _started(python: Path, arguments: Sequence[str], reads: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A child of another environment, and its lines up to the one that says that it serves; ended by pid."""
    child = subprocess.Popen(
        [str(python), "-m", *arguments],
        cwd=ROOT,
        env=variables(),
        stdout=subprocess.PIPE if reads == "stdout" else subprocess.DEVNULL,
        stderr=subprocess.PIPE if reads == "stderr" else None,
        text=True,
    )
    stream = child.stdout if reads == "stdout" else child.stderr
    assert stream is not None
    lines: list[str] = []
    try:
        for line in stream:
            lines.append(line)
            if reads == "stdout" or '"serving"' in line:
                yield child, lines
                break
        else:
            raise Missing(f"a server ended with {child.wait()}")
    finally:
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(_STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        stream.close()


def _pythons(section: Section, *, install: bool) -> dict[str, Path]:
    """The locked and the newest grpcio: a Python for each."""
    locked = versions()["grpcio"]
    pythons = {locked: Path(sys.executable)}
    section.versions["grpcio (locked)"] = locked
    try:
        if not install:
            raise Missing("nothing was to be installed")
        python = environment("grpcio-newest", server_requirements(""))
    except Missing as reason:
        section.missing["the newest grpcio"] = str(reason)
        return pythons
    newest = versions(python)["grpcio"]
    section.versions["grpcio (newest)"] = newest
    if newest != locked:
        pythons[newest] = python
    return pythons


def compare(sizes: Sizes, *, install: bool = True) -> Section:
    """Start all servers and call them in turn. Without `install`, only the locked grpcio."""
    section = Section("floor", TITLE, inspect.cleandoc(__doc__ or ""))
    pythons = _pythons(section, install=install)
    users = [user_id(index) for index in range(sizes.stream_users)]
    messages = [pb.GetStatusRequest(account_id=ACCOUNT, user_id=user).SerializeToString() for user in users[:10_000]]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="onduty-peers-")))
        servers: list[_Server] = []
        for version, python in pythons.items():
            try:
                servers += _onduty(stack, folder, version, python, users)
            except Missing as reason:
                section.missing[f"onduty with grpcio {version}"] = str(reason)
        status = _answer(servers[0].port, messages[0])
        for version, python in pythons.items():
            for kind in _KINDS:
                arguments = ["benchmarks.peers.empty", "--kind", kind, "--answer", status.SerializeToString().hex()]
                child, lines = stack.enter_context(_started(python, arguments, "stdout"))
                servers.append(_Server(version, kind, child.pid, int(lines[0])))
        answer = pb.GetStatusResponse(user_status=status).SerializeToString().hex()
        arguments = ["benchmarks.empty_http_server", "--answer", answer]
        child, lines = stack.enter_context(_started(Path(sys.executable), arguments, "stdout"))
        servers.append(_Server(servers[0].version, _EMPTY_HTTP, child.pid, int(lines[0]), is_http=True))
        print(f"floor: {len(servers)} servers", file=sys.stderr, flush=True)
        costs_us, per_s = _call(servers, messages, sizes)
        streamed = {server: _stream(server, sizes) for server in servers if server.kind in ("onduty", "uvloop")}
        profiles = {}
        if sizes.profile_s:
            for method in _METHODS:
                with Wire(servers[0].port, _path(method)) as wire:
                    found = profile(
                        servers[0].pid,
                        sizes.profile_s,
                        lambda wire=wire: wire.call_all(messages[:500], _IN_FLIGHT),  # type: ignore[misc]
                    )
                if found is None:
                    section.missing["a profile by py-spy"] = "py-spy could not attach"
                else:
                    profiles[method] = found
    for method, found in profiles.items():
        named = ", ".join(f"`{name}` {share:.1%}" for name, share in found.by_function[:5])
        section.remarks.append(
            f"py-spy, {method}: of the CPU time of the event loop's thread {found.under:.1%} is in onduty's code and "
            f"what it calls, {found.own:.1%} in its own functions ({found.samples:,} samples): {named}"
        )
    _tell(section, servers, costs_us, per_s, streamed)
    return section


def _onduty(stack: ExitStack, folder: Path, version: str, python: Path, users: Sequence[str]) -> list[_Server]:
    """A running onduty whose users are known and ONLINE, by each of its doors."""
    own = folder / version
    own.mkdir()
    path = feeding.account_database(own)
    arguments = [
        "onduty_server",
        "serve",
        "--http-listen",
        "127.0.0.1:0",
        "--listen",
        "127.0.0.1:0",
        "--store",
        f"sqlite:{path}",
        "--log-format",
        "json",
    ]
    child, lines = stack.enter_context(_started(python, [*arguments, *_NO_RATES, *feeding.SERVER_OPTIONS], "stderr"))
    told = {entry["event"]: entry for entry in map(json.loads, (line for line in lines if line.startswith("{")))}
    port, http_port = (int(told[event]["address"].rpartition(":")[2]) for event in ("serving", "serving HTTP"))
    feeding.record_now(port, users)
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        workflow = pb.Workflow(
            account_id=ACCOUNT, enabled=True, away_after=Duration(seconds=600), offline_after=Duration(seconds=1_800)
        )
        pb_grpc.StatusServiceStub(channel).UpdateWorkflow(pb.UpdateWorkflowRequest(workflow=workflow))
    return [
        _Server(version, "onduty", child.pid, port),
        _Server(version, _CONNECT, child.pid, http_port, is_http=True),
    ]


def _answer(port: int, message: bytes) -> pb.UserStatus:
    with Wire(port, _path("GetStatus")) as wire:
        return pb.GetStatusResponse.FromString(wire.call_all([message], in_flight=1)).user_status


def _path(method: str) -> str:
    return f"/onduty.v1.StatusService/{method}"


_Costs = dict[tuple[_Server, str], list[float]]


def _call(servers: Sequence[_Server], messages: Sequence[bytes], sizes: Sizes) -> tuple[_Costs, _Costs]:
    """CPU time of a call in microseconds, and calls a second, of each round."""
    costs_us: _Costs = {}
    per_s: _Costs = {}
    pick = random.Random(1)
    for method in _METHODS:
        wires = {server: server.wire(method) for server in servers}
        for wire in wires.values():
            wire.call_all(
                messages[: sizes.calls_per_round], _IN_FLIGHT
            )  # a connection's first round is not like others
        for _ in range(sizes.call_rounds):
            sent = pick.choices(messages, k=sizes.calls_per_round)
            for server, wire in wires.items():
                began_ns, began = cpu_ns(server.pid), time.perf_counter()
                wire.call_all(sent, _IN_FLIGHT)
                per_s.setdefault((server, method), []).append(len(sent) / (time.perf_counter() - began))
                costs_us.setdefault((server, method), []).append((cpu_ns(server.pid) - began_ns) / 1_000 / len(sent))
        for wire in wires.values():
            wire.__exit__(None, None, None)
    return costs_us, per_s


def _stream(server: _Server, sizes: Sizes) -> tuple[float, float]:
    """Activities a second through the stream, and the CPU time of the server for each, in microseconds."""
    arguments = ["--kind", "stream", "--port", str(server.port)]
    arguments += ["--users", str(sizes.stream_users), "--seconds", str(sizes.stream_s)]
    began_ns = cpu_ns(server.pid)
    (activities, seconds, _), total = json.loads(run_child("benchmarks.activities", arguments))
    return activities / seconds, (cpu_ns(server.pid) - began_ns) / 1_000 / total


def _name(server: _Server) -> str:
    return f"empty, {_KINDS[server.kind]}" if server.kind in _KINDS else server.kind


def _ratio(costs_us: _Costs, server: _Server, beside: _Server, method: str) -> float:
    pairs = zip(costs_us[server, method], costs_us[beside, method], strict=True)
    return statistics.median(mine / theirs for mine, theirs in pairs)


def _tell(
    section: Section,
    servers: Sequence[_Server],
    costs_us: _Costs,
    per_s: _Costs,
    streamed: dict[_Server, tuple[float, float]],
) -> None:
    floors = {server.version: server for server in servers if server.kind == "uvloop"}
    lowest = floors[servers[0].version]
    rows = []
    for server in servers:
        same = floors[server.version]
        stream = streamed.get(server)
        rows.append(
            [
                _name(server),
                server.version,
                *(f"{_ratio(costs_us, server, same, method):.0%}" for method in _METHODS),
                f"{stream[1] / streamed[same][1]:.0%}" if stream else "-",
                *(f"{_ratio(costs_us, server, lowest, method):.0%}" for method in _METHODS),
            ]
        )
    section.ratios.append(
        Table(
            "CPU of the server, in percent of the empty server with aio on uvloop: of the same grpcio, and of the "
            "locked one. Less is better.",
            [
                "server",
                "grpcio",
                *_METHODS,
                "an activity of a stream",
                *(f"{method}, of locked" for method in _METHODS),
            ],
            rows,
        )
    )
    section.figures.append(
        Table(
            "Absolute figures: CPU time of the server in microseconds (median of the rounds), and what one caller with "
            "16 calls in flight got through.",
            [
                *("server", "grpcio", *(f"{method}, us" for method in _METHODS), "GetStatus/s"),
                *("an activity of a stream, us", "activities/s of a stream"),
            ],
            [
                [
                    _name(server),
                    server.version,
                    *(number(statistics.median(costs_us[server, method])) for method in _METHODS),
                    number(statistics.median(per_s[server, "GetStatus"])),
                    f"{streamed[server][1]:.2f}" if server in streamed else "-",
                    number(streamed[server][0]) if server in streamed else "-",
                ]
                for server in servers
            ],
        )
    )
    built = next(it for it in servers if it.version == lowest.version and it.kind == "built")
    for method in _METHODS:
        alone = "of the empty server's; a handler that only builds the same answer is at {:.2f} x"
        section.goals.append(
            Figure(
                f"CPU of {method}",
                _ratio(costs_us, servers[0], lowest, method),
                "x",
                at_most(_GOALS[method]),
                alone.format(_ratio(costs_us, built, lowest, method)),
            )
        )
    connect = next(it for it in servers if it.version == lowest.version and it.kind == _CONNECT)
    section.goals.append(
        Figure(
            "CPU of GetStatus over HTTP",
            _ratio(costs_us, connect, lowest, "GetStatus"),
            "x",
            at_most(_CONNECT_GOAL),
            "Connect in binary, of the empty gRPC server's",
        )
    )
    section.goals.append(
        Figure("activities through a stream", streamed[servers[0]][0], "/s", at_least(_STREAM_GOAL_PER_S))
    )
    section.plots["floor-unary.svg"] = plot.bars(
        "CPU of a GetStatus in the server (less is better)",
        "us",
        {f"{_name(it)}, {it.version}": statistics.median(costs_us[it, "GetStatus"]) for it in servers},
    )
