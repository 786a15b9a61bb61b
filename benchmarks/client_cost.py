"""CPU and latency of a call by the Python clients: through the HTTP port beside gRPC.

`onduty serve` over SQLite with both ports, in a process of its own. `Client` and `AsyncClient` call `get_status` by
each, in rounds, so that all see the same machine: one call after the other, and `AsyncClient` 16 at once as well. The
cost of a call is the CPU time of all threads of this process during a round, divided by its calls; the latency is the
median of what the callers wait. Ratios are taken in each round; the figure is the median over the rounds.

Left out: TLS, and the server's cost (see `http-cost`).
"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from onduty.v1 import status_pb2 as pb
from onduty_client import AsyncClient, Client

from .call_cost import prepare_users
from .context import Context
from .figures import Figure
from .population import ACCOUNT, user_id
from .processes import serving

TITLE = "CPU and latency of a call by the Python clients"
_AT_ONCE = 16


class _Measured(NamedTuple):
    cpu_us: float
    wait_us: float


_Round = Callable[[Sequence[str]], None]


def run(context: Context) -> Sequence[Figure]:
    """Measure both clients through both ports."""
    scale = context.scale
    users = [user_id(index) for index in range(scale.call_users)]
    messages = [pb.GetStatusRequest(account_id=ACCOUNT, user_id=user).SerializeToString() for user in users]
    with (
        context.folder("client-cost") as folder,
        serving(folder, f"sqlite:{folder / 'onduty.db'}", "--http-listen", "127.0.0.1:0") as server,
    ):
        prepare_users(server.port, messages)
        targets = {"gRPC": f"127.0.0.1:{server.port}", "HTTP": f"http://127.0.0.1:{server.http_port}"}
        with asyncio.Runner() as runner:
            return runner.run(_measure_all(targets, users, scale.call_rounds, max(16, scale.calls_per_round // 4)))


async def _measure_all(targets: dict[str, str], users: Sequence[str], rounds: int, calls: int) -> list[Figure]:
    found: dict[tuple[str, str], list[_Measured]] = {}
    shuffled = random.Random(1)
    for round_ in range(rounds + 1):
        picked = [shuffled.choice(users) for _ in range(calls)]
        for port, target in targets.items():
            measured = {
                "Client": await asyncio.to_thread(_blocking, target, picked),
                "AsyncClient": await _awaiting(target, picked, 1),
                f"AsyncClient, {_AT_ONCE} at once": await _awaiting(target, picked, _AT_ONCE),
            }
            for client, each in measured.items():
                if round_:  # The first is not like others.
                    found.setdefault((client, port), []).append(each)
    return _figures(found)


def _blocking(target: str, users: Sequence[str]) -> _Measured:
    with Client(target) as client:
        client.get_status(ACCOUNT, users[0])
        waits_s, cpu_s = list[float](), time.process_time()
        for user in users:
            began = time.perf_counter()
            client.get_status(ACCOUNT, user)
            waits_s.append(time.perf_counter() - began)
        return _measured(time.process_time() - cpu_s, waits_s)


async def _awaiting(target: str, users: Sequence[str], at_once: int) -> _Measured:
    async with AsyncClient(target) as client:

        async def call_some(first: int) -> None:
            for user in users[first::at_once]:
                began = time.perf_counter()
                await client.get_status(ACCOUNT, user)
                waits_s.append(time.perf_counter() - began)

        await client.get_status(ACCOUNT, users[0])
        waits_s, cpu_s = list[float](), time.process_time()
        await asyncio.gather(*map(call_some, range(at_once)))
        return _measured(time.process_time() - cpu_s, waits_s)


def _measured(cpu_s: float, waits_s: Sequence[float]) -> _Measured:
    return _Measured(cpu_s * 1e6 / len(waits_s), statistics.median(waits_s) * 1e6)


def _figures(found: dict[tuple[str, str], list[_Measured]]) -> list[Figure]:
    figures = []
    for client in dict.fromkeys(client for client, _ in found):
        pairs = list(zip(found[client, "HTTP"], found[client, "gRPC"], strict=True))
        for what, ratios in (
            ("CPU", [mine.cpu_us / theirs.cpu_us for mine, theirs in pairs]),
            ("latency", [mine.wait_us / theirs.wait_us for mine, theirs in pairs]),
        ):
            note = f"all rounds in {min(ratios):.2f} to {max(ratios):.2f}"
            figures.append(Figure(f"{client}, HTTP / gRPC: {what}", statistics.median(ratios), "x", None, note))
    for (client, port), rounds in found.items():
        figures.append(
            Figure(f"{client}, {port}: CPU", statistics.median(r.cpu_us for r in rounds), "us of CPU a call")
        )
        figures.append(Figure(f"{client}, {port}: latency", statistics.median(r.wait_us for r in rounds), "us"))
    return figures
