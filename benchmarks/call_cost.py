"""CPU of a unary call beside that of an empty handler.

`onduty serve` over SQLite, and servers with the same grpcio, event loop, options and messages whose handlers do
nothing, each in a process of its own. A third process calls each in turn, in rounds, so that all see the same machine;
a call's cost is the CPU time of all threads of the server (the clock of the process) during a round, divided by its
calls. The users of a round are picked at random from many known ones, so that nearly every activity has a clock to
write behind. The ratio is taken in each round; the figure is the median over the rounds.

"Empty" is a handler that answers with one response built before the first call, of the size that the service answers
with. What every handler with answers of its own pays at least, building such a response from values at hand, is shown
beside it. Left out: metadata, deadlines, TLS, and the client's cost, which is a hand-written one that costs little.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import grpc
from google.protobuf.duration_pb2 import Duration

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc

from .context import Context
from .figures import Figure, at_most
from .population import ACCOUNT, user_id
from .processes import child, cpu_ns, serving
from .wire import Wire

TITLE = "CPU per unary call"
_IN_FLIGHT = 16
_METHODS = ("RecordActivity", "GetStatus")
_SERVERS = ("onduty", "empty", "built")


@dataclass(frozen=True, slots=True)
class _Target:
    pid: int
    port: int


def run(context: Context) -> Sequence[Figure]:
    """Measure both methods."""
    scale = context.scale
    users = [user_id(index) for index in range(scale.call_users)]
    # Both requests have the same two fields.
    messages = [pb.GetStatusRequest(account_id=ACCOUNT, user_id=user).SerializeToString() for user in users]
    with context.folder("call-cost") as folder, serving(folder, f"sqlite:{folder / 'onduty.db'}") as server:
        answer = prepare_users(server.port, messages)
        arguments = ["--answer", answer.SerializeToString().hex()]
        with (
            child("benchmarks.empty_server", *arguments) as empty,
            child("benchmarks.empty_server", *arguments, "--built") as built,
        ):
            targets = {
                "onduty": _Target(server.pid, server.port),
                "empty": _Target(empty.pid, int(empty.line())),
                "built": _Target(built.pid, int(built.line())),
            }
            figures: list[Figure] = []
            for method in _METHODS:
                figures += _measure(method, targets, messages, scale.call_rounds, scale.calls_per_round)
            return figures


def prepare_users(port: int, messages: Sequence[bytes]) -> pb.UserStatus:
    """Switch the workflow on, make every user known; an answer as the service gives it."""
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        workflow = pb.Workflow(
            account_id=ACCOUNT, enabled=True, away_after=Duration(seconds=600), offline_after=Duration(seconds=1_800)
        )
        pb_grpc.StatusServiceStub(channel).UpdateWorkflow(pb.UpdateWorkflowRequest(workflow=workflow))
    with Wire(port, method_path("RecordActivity")) as wire:
        wire.call_all(messages, in_flight=100)
        answer = wire.call_all(messages[-1:], in_flight=1)
    return pb.RecordActivityResponse.FromString(answer).user_status


def method_path(method: str) -> str:
    """How HTTP/2 names a method of the service."""
    return f"/onduty.v1.StatusService/{method}"


def _measure(
    method: str, targets: dict[str, _Target], messages: Sequence[bytes], rounds: int, calls: int
) -> list[Figure]:
    shuffled = random.Random(1)
    costs_us: dict[str, list[float]] = {name: [] for name in targets}
    wires = {name: Wire(target.port, method_path(method)) for name, target in targets.items()}
    for wire in wires.values():
        wire.call_all(messages[:calls], _IN_FLIGHT)  # the first round of a connection is not like the others
    for _ in range(rounds):
        sent = [shuffled.choice(messages) for _ in range(calls)]
        for name, target in targets.items():
            before_ns = cpu_ns(target.pid)
            wires[name].call_all(sent, _IN_FLIGHT)
            costs_us[name].append((cpu_ns(target.pid) - before_ns) / 1_000 / calls)
    for wire in wires.values():
        wire.__exit__(None, None, None)
    return [
        Figure(f"{method}: onduty / empty", *_ratio(costs_us, "empty"), at_most(1.15), _spread(costs_us, "empty")),
        Figure(f"{method}: onduty / built", *_ratio(costs_us, "built"), None, _spread(costs_us, "built")),
        *(
            Figure(
                f"{method}: {name}",
                statistics.median(costs_us[name]),
                "us of CPU a call",
                None,
                f"at least {min(costs_us[name]):.1f}",
            )
            for name in _SERVERS
        ),
    ]


def _ratios(costs_us: dict[str, list[float]], beside: str) -> list[float]:
    return [mine / theirs for mine, theirs in zip(costs_us["onduty"], costs_us[beside], strict=True)]


def _ratio(costs_us: dict[str, list[float]], beside: str) -> tuple[float, str]:
    return statistics.median(_ratios(costs_us, beside)), "x"


def _spread(costs_us: dict[str, list[float]], beside: str) -> str:
    ratios = _ratios(costs_us, beside)
    low, _, high = statistics.quantiles(ratios, n=4)
    return f"half of {len(ratios)} rounds in {low:.2f} to {high:.2f}, all in {min(ratios):.2f} to {max(ratios):.2f}"
