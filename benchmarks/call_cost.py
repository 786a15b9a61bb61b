"""CPU of a unary call beside that of an empty handler.

`onduty serve` over SQLite, with its guard, limits and metrics, and servers with the same grpcio, event loop, options
and messages whose handlers do nothing: several processes of each, since identical code differs by 5 to 7 % from process
to process. One more process calls each in turn, in rounds, so that all see the same machine; a call's cost is the CPU
time of all threads of the server (the clock of the process) during a round, divided by its calls. On a machine that
does other things as well rounds only ever come out too dear, so the cost of a process is that of its cheapest rounds
(the tenth part of them), and a ratio is that of the means over the processes of each kind.

The users of a round are picked at random from many known ones, who were asked about before: so nearly every activity
has a clock to write behind, which is shown apart, as are the first calls about a user. "Empty" is a handler that
answers with one response built before the first call, of the size that the service answers with. What every handler
with answers of its own pays at least, building such a response from values at hand, is shown beside it. Left out:
metadata, deadlines, TLS, and the client's cost, which is a hand-written one that costs little.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

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
_GOALS = {"GetStatus": 1.08, "ListAvailableUsers": 1.08, "RecordActivity": 1.2}
_ITEM_GOAL_US = 3.0
_BATCH = 400
"""The users of a batch: their ids fit into one frame."""
_BATCH_CALLS = 20
_CHEAPEST = 10
"""One round in so many says what a process costs."""
_RATES = ("--caller-rate", "1000000", "--account-rate", "1000000")
"""Rates are counted, as they are unless configured otherwise, and never reached."""


@dataclass(frozen=True, slots=True)
class _Target:
    pid: int
    port: int


Targets = dict[str, list[_Target]]
"""The processes of each kind."""
Costs = dict[str, list[list[float]]]
"""By kind, for each process: the costs of its rounds (us of CPU a call)."""


def run(context: Context) -> Sequence[Figure]:
    """Measure all methods."""
    scale = context.scale
    users = [user_id(index) for index in range(scale.call_users)]
    # The requests of both methods about one user have the same two fields.
    messages = [pb.GetStatusRequest(account_id=ACCOUNT, user_id=user).SerializeToString() for user in users]
    available = [pb.ListAvailableUsersRequest(account_id=ACCOUNT, limit=1).SerializeToString()]
    with context.folder("call-cost") as folder, ExitStack() as stack:
        targets = _start(stack, folder, messages, scale.call_processes)
        figures: list[Figure] = []
        first_us = [_pass(target, "GetStatus", messages) for target in targets["onduty"]]
        for method, asked in (("GetStatus", messages), ("RecordActivity", messages), ("ListAvailableUsers", available)):
            for target in targets["onduty"]:
                # Once to be known, and once more for all that is kept then.
                _pass(target, method, messages if asked is messages else asked * 100)
                _pass(target, method, messages if asked is messages else asked * 100)
            before_ns = [cpu_ns(target.pid) for target in targets["onduty"]]
            costs = _rounds(method, targets, asked, scale.call_rounds, scale.calls_per_round)
            figures += _figures(method, costs)
            if method == "RecordActivity":
                figures.append(_behind(targets["onduty"], before_ns, costs["onduty"], scale.calls_per_round))
            if method == "GetStatus":
                empty_us = mean_cost(costs["empty"])
                detail = f"{statistics.mean(first_us) / empty_us:.2f} of an empty handler"
                figures.append(
                    Figure("GetStatus: first call about a user", statistics.mean(first_us), "us of CPU", None, detail)
                )
        return [*figures, _items(targets, users, scale.call_rounds)]


def _start(stack: ExitStack, folder: Path, messages: Sequence[bytes], processes: int) -> Targets:
    """Start the servers of each kind, with users who are known."""
    targets: Targets = {"onduty": [], "empty": [], "built": []}
    answer = pb.UserStatus()
    for number in range(processes):
        store = f"sqlite:{folder / f'{number}.db'}"
        server = stack.enter_context(serving(folder, store, *_RATES))
        answer = prepare_users(server.port, messages)
        targets["onduty"].append(_Target(server.pid, server.port))
    arguments = ["--answer", answer.SerializeToString().hex()]
    for kind, options in (("empty", []), ("built", ["--built"])):
        for _ in range(processes):
            process = stack.enter_context(child("benchmarks.empty_server", *arguments, *options))
            targets[kind].append(_Target(process.pid, int(process.line())))
    return targets


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


def _pass(target: _Target, method: str, messages: Sequence[bytes]) -> float:
    """Call once with each message, in an order of no meaning; the cost of a call (us of CPU)."""
    sent = random.Random(1).sample(list(messages), len(messages))
    with Wire(target.port, method_path(method)) as wire:
        before_ns = cpu_ns(target.pid)
        wire.call_all(sent, _IN_FLIGHT)
        return (cpu_ns(target.pid) - before_ns) / 1_000 / len(sent)


def _rounds(method: str, targets: Targets, messages: Sequence[bytes], rounds: int, calls: int) -> Costs:
    picked = random.Random(1)
    costs: Costs = {kind: [[] for _ in each] for kind, each in targets.items()}
    with ExitStack() as stack:
        wires = {
            target.pid: stack.enter_context(Wire(target.port, method_path(method)))
            for each in targets.values()
            for target in each
        }
        for number in range(-1, rounds):  # the first round of a connection is not like the others
            sent = picked.choices(messages, k=calls)
            for place in range(len(targets["onduty"])):
                for kind, each in targets.items():
                    pid = each[place].pid
                    before_ns = cpu_ns(pid)
                    wires[pid].call_all(sent, _IN_FLIGHT)
                    if number >= 0:
                        costs[kind][place].append((cpu_ns(pid) - before_ns) / 1_000 / calls)
    return costs


def _cheapest(rounds: Sequence[float]) -> float:
    return statistics.mean(sorted(rounds)[: max(1, len(rounds) // _CHEAPEST)])


def mean_cost(processes: Sequence[Sequence[float]]) -> float:
    """The cost of the processes of a kind, by their cheapest rounds."""
    return statistics.mean(map(_cheapest, processes))


def _figures(method: str, costs: Costs) -> list[Figure]:
    return [
        _ratio(method, costs, "empty", _GOALS[method]),
        _ratio(method, costs, "built", None),
        *(
            Figure(f"{method}: {kind}", mean_cost(each), "us of CPU a call", None, f"processes {listed_costs(each)}")
            for kind, each in costs.items()
        ),
    ]


def _ratio(method: str, costs: Costs, beside: str, goal: float | None) -> Figure:
    mine, theirs = costs["onduty"], costs[beside]
    medians = [statistics.mean(map(statistics.median, each)) for each in (mine, theirs)]
    mine_us, theirs_us = mean_cost(mine), mean_cost(theirs)
    detail = f"{mine_us:.1f} beside {theirs_us:.1f} us; by the medians of rounds {medians[0] / medians[1]:.2f}"
    return Figure(
        f"{method}: onduty / {beside}", mine_us / theirs_us, "x", None if goal is None else at_most(goal), detail
    )


def listed_costs(processes: Sequence[Sequence[float]]) -> str:
    """The same of each of them."""
    return ", ".join(f"{_cheapest(rounds):.1f}" for rounds in processes)


def _behind(
    targets: Sequence[_Target], before_ns: Sequence[int], costs: Sequence[Sequence[float]], calls: int
) -> Figure:
    """The cost, by the call, of all that servers do between the rounds: they write the moved clocks once a second."""
    between_us = [
        (cpu_ns(target.pid) - before) / 1_000 / (calls * len(rounds)) - statistics.mean(rounds)
        for target, before, rounds in zip(targets, before_ns, costs, strict=True)
    ]
    detail = "also the first round, heartbeats, and whatever else a server does by itself"
    return Figure("RecordActivity: written behind", statistics.mean(between_us), "us of CPU a call", None, detail)


def _items(targets: Targets, users: Sequence[str], rounds: int) -> Figure:
    """The cost of an item of a batch: what a batch costs above an empty handler, divided by its items."""
    picked, count = random.Random(2), min(_BATCH, len(users))
    costs: list[list[float]] = []
    for target in targets["onduty"]:
        with Wire(target.port, method_path("BatchGetStatuses")) as wire:
            costs.append([])
            for number in range(-1, rounds):
                batches = [
                    pb.BatchGetStatusesRequest(account_id=ACCOUNT, user_ids=picked.sample(users, count))
                    for _ in range(_BATCH_CALLS)
                ]
                sent = [batch.SerializeToString() for batch in batches]
                before_ns = cpu_ns(target.pid)
                wire.call_all(sent, 1)
                if number >= 0:
                    costs[-1].append((cpu_ns(target.pid) - before_ns) / 1_000 / _BATCH_CALLS / count)
    detail = f"{count} users a call, the call itself included; processes {listed_costs(costs)}"
    return Figure("BatchGetStatuses: an item", mean_cost(costs), "us of CPU", at_most(_ITEM_GOAL_US), detail)
