"""CPU of a unary call over Redis beside one over the embedded store.

Two `onduty serve`, one over SQLite and one over a Valkey on the same machine, called in turn in rounds, as for the CPU
per unary call: a call's cost is the CPU time of all threads of onduty during a round, divided by its calls; what the
Valkey needs for it is shown beside. The ratio is taken in each round; the figure is the median over the rounds. With 50
calls in flight, as a busy process has them, concurrent calls share pipelines; one after the other, each call is a
pipeline of its own, which is the most that it can cost.

Left out: a network between the two, TLS, Cluster (whose calls go to several nodes, and so share less), and the client.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.valkey import ValkeyServer

from onduty.v1 import status_pb2 as pb

from .call_cost import method_path, prepare_users
from .context import Context
from .figures import Figure, at_most
from .population import ACCOUNT, user_id
from .processes import cpu_ns, serving
from .wire import Wire

TITLE = "CPU per unary call over Redis"
_GOAL = 1.4
_METHODS = ("RecordActivity", "GetStatus")
_IN_FLIGHT = 50


@dataclass(frozen=True, slots=True)
class _Target:
    """A server, and the processes whose CPU its calls take."""

    port: int
    pid: int
    store_pid: int | None = None


def run(context: Context) -> Sequence[Figure]:
    """Measure both methods, with many calls in flight and with one."""
    scale = context.scale
    users = [user_id(index) for index in range(scale.call_users)]
    # Both requests have the same two fields.
    messages = [pb.GetStatusRequest(account_id=ACCOUNT, user_id=user).SerializeToString() for user in users]
    with (
        context.folder("redis-unary") as folder,
        ValkeyServer() as valkey,
        serving(folder, f"sqlite:{folder / 'onduty.db'}") as embedded,
        serving(folder, f"redis://127.0.0.1:{valkey.port}") as shared,
    ):
        for server in (embedded, shared):
            prepare_users(server.port, messages)
        targets = {
            "embedded": _Target(embedded.port, embedded.pid),
            "redis": _Target(shared.port, shared.pid, valkey.pid),
        }
        figures: list[Figure] = []
        for in_flight in (_IN_FLIGHT, 1):
            for method in _METHODS:
                figures += _measure(method, targets, messages, in_flight, scale.call_rounds, scale.calls_per_round)
        return figures


def _measure(
    method: str, targets: Mapping[str, _Target], messages: Sequence[bytes], in_flight: int, rounds: int, calls: int
) -> list[Figure]:
    pick = random.Random(1)
    costs_us: dict[str, list[float]] = {name: [] for name in (*targets, "valkey")}
    wires = {name: Wire(target.port, method_path(method)) for name, target in targets.items()}
    for wire in wires.values():
        wire.call_all(messages[:calls], in_flight)  # the first round of a connection is not like the others
    for _ in range(rounds):
        sent = pick.choices(messages, k=calls)
        for name, target in targets.items():
            before_ns, store_ns = cpu_ns(target.pid), cpu_ns(target.store_pid) if target.store_pid else 0
            wires[name].call_all(sent, in_flight)
            costs_us[name].append((cpu_ns(target.pid) - before_ns) / 1_000 / calls)
            if target.store_pid:
                costs_us["valkey"].append((cpu_ns(target.store_pid) - store_ns) / 1_000 / calls)
    for wire in wires.values():
        wire.__exit__(None, None, None)
    ratios = [mine / theirs for mine, theirs in zip(costs_us["redis"], costs_us["embedded"], strict=True)]
    low, _, high = statistics.quantiles(ratios, n=4)
    spread = f"half of {rounds} rounds in {low:.2f} to {high:.2f}, all in {min(ratios):.2f} to {max(ratios):.2f}"
    name = f"{method}, {in_flight} in flight"
    return [
        Figure(
            f"{name}: Redis / embedded",
            statistics.median(ratios),
            "x",
            at_most(_GOAL) if in_flight > 1 else None,
            spread,
        ),
        *(
            Figure(f"{name}: {of}", statistics.median(costs_us[key]), "us of CPU a call", None, _least(costs_us[key]))
            for of, key in (("embedded", "embedded"), ("onduty over Redis", "redis"), ("in the Valkey", "valkey"))
        ),
    ]


def _least(costs_us: Sequence[float]) -> str:
    return f"at least {min(costs_us):.1f}"
