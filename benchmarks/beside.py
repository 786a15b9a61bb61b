"""Unary calls, restart and memory beside those of another checkout: `python -m benchmarks.beside CHECKOUT`.

For the question of what a change costs those who do not use it, on a machine that does other things as well. Everything
is measured of both, in turn, and compared in pairs; times are CPU times of all threads of a server. Calls: a server of
each over SQLite, called in rounds with the same messages, as for the CPU per unary call. Restart: both start on a copy
of one database, which the other checkout made, so that this one has brought it to its own schema before; the CPU time
is from exec to an answered `GetStatus`, and the memory is that of the server then.

Left out: sessions, which the other may not know. The dependencies are those installed here, for both.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import grpc

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc

from . import figures, machine
from .call_cost import method_path, prepare_users
from .context import Context
from .figures import Figure, at_most
from .population import ACCOUNT, prepare, user_id
from .processes import ROOT, Server, cpu_ns, rss_bytes, serving
from .scale import FULL, QUICK, TINY
from .wire import Wire

TITLE = "Beside another checkout"
_GOAL = 1.03
_IN_FLIGHT = 16
_STARTS = 6


def run(context: Context, other: Path) -> Sequence[Figure]:
    """Measure this checkout and another."""
    return [*_calls(context, other), *_restarts(context, other)]


def _calls(context: Context, other: Path) -> list[Figure]:
    scale = context.scale
    messages = [
        pb.GetStatusRequest(account_id=ACCOUNT, user_id=user_id(index)).SerializeToString()
        for index in range(scale.call_users)
    ]
    found = []
    with (
        context.folder("beside") as folder,
        serving(folder, f"sqlite:{folder / 'this.db'}") as mine,
        serving(folder, f"sqlite:{folder / 'other.db'}", tree=other) as theirs,
    ):
        for server in (mine, theirs):
            prepare_users(server.port, messages)
        for method in ("RecordActivity", "GetStatus"):
            pairs = _rounds(method, (mine, theirs), messages, scale.call_rounds, scale.calls_per_round)
            found.append(_figure(f"{method}, CPU", pairs, "us a call"))
    return found


def _rounds(
    method: str, servers: tuple[Server, Server], messages: Sequence[bytes], rounds: int, calls: int
) -> list[tuple[float, float]]:
    """The CPU time of a call (us) in each round, of this checkout and of the other."""
    pick = random.Random(1)
    pairs = []
    with Wire(servers[0].port, method_path(method)) as mine, Wire(servers[1].port, method_path(method)) as theirs:
        wires = ((servers[0], mine), (servers[1], theirs))
        for _, wire in wires:
            wire.call_all(messages[:calls], _IN_FLIGHT)  # the first round of a connection is not like the others
        for number in range(rounds):
            sent = pick.choices(messages, k=calls)
            cost_us = {}
            for server, wire in wires if number % 2 else reversed(wires):
                before_ns = cpu_ns(server.pid)
                wire.call_all(sent, _IN_FLIGHT)
                cost_us[server.pid] = (cpu_ns(server.pid) - before_ns) / 1_000 / calls
            pairs.append((cost_us[servers[0].pid], cost_us[servers[1].pid]))
    return pairs


def _restarts(context: Context, other: Path) -> list[Figure]:
    scale = context.scale
    cpu_s: list[tuple[float, float]] = []
    rss: list[tuple[float, float]] = []
    with context.folder("beside") as folder:
        made = folder / "made.db"
        prepare(made, scale.users, round(scale.away_after_s * 1_000), tree=other)
        sides = ((ROOT, folder / "this.db"), (other, folder / "other.db"))
        for tree, path in sides:
            shutil.copyfile(made, path)
            _start(folder, path, tree, scale.users)
        for number in range(_STARTS):
            started = {
                path: _start(folder, path, tree, scale.users)
                for tree, path in (sides if number % 2 else reversed(sides))
            }
            mine, theirs = [started[path] for _, path in sides]
            cpu_s.append((mine[0], theirs[0]))
            rss.append((mine[1] / scale.users, theirs[1] / scale.users))
    return [
        _figure(f"restart with {scale.users:,} users, CPU", cpu_s, "s"),
        Figure(
            f"memory of {scale.users:,} users, more than the other's",
            statistics.median(ours - others for ours, others in rss),
            "B a user",
            None,
            f"medians {_medians(rss, 'B a user')}, the process itself included",
        ),
    ]


def _start(folder: Path, path: Path, tree: Path, users: int) -> tuple[float, int]:
    """Start on a database, and stop; the CPU time (s) until the first answer, and the resident memory then."""
    server = Server(folder, f"sqlite:{path}", tree=tree)
    try:
        with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
            request = pb.GetStatusRequest(account_id=ACCOUNT, user_id=user_id(users - 1))
            pb_grpc.StatusServiceStub(channel).GetStatus(request, wait_for_ready=True)
        return cpu_ns(server.pid) / 1e9, rss_bytes(server.pid)
    finally:
        server.process.stop()


def _figure(name: str, pairs: Sequence[tuple[float, float]], unit: str) -> Figure:
    """The median of the ratios, this one's to the other's."""
    ratios = [mine / theirs for mine, theirs in pairs]
    low, _, high = statistics.quantiles(ratios, n=4)
    detail = f"half of {len(ratios)} pairs in {low:.3f} to {high:.3f}; medians {_medians(pairs, unit)}"
    return Figure(name, statistics.median(ratios), "x", at_most(_GOAL), detail)


def _medians(pairs: Sequence[tuple[float, float]], unit: str) -> str:
    mine, theirs = (statistics.median(values) for values in zip(*pairs, strict=True))
    return f"{mine:.2f} and {theirs:.2f} {unit}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare with a checkout, and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.beside", description=TITLE)
    parser.add_argument("checkout", type=Path, help="the other one's directory, such as a `git worktree` of a release")
    parser.add_argument("--quick", action="store_const", const=QUICK, dest="scale", help="small sizes")
    parser.add_argument("--tiny", action="store_const", const=TINY, dest="scale", help="only see whether it works")
    parser.add_argument("--directory", type=Path, help="where the databases go; default: the system's for such files")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="onduty-benchmarks-", dir=options.directory) as directory:
        print(*figures.machine_lines(machine.describe(Path(directory))), "", sep="\n", flush=True)
        found = run(Context(options.scale or FULL, Path(directory)), options.checkout.resolve())
    print(*figures.table(found), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
