"""Runs benchmarks, prints their figures, and keeps those of a full run in `results/`."""

from __future__ import annotations

import argparse
import inspect
import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from . import (
    activities,
    auth_cost,
    board,
    call_cost,
    client_cost,
    delivery,
    fan_out,
    figures,
    http_cost,
    http_watchers,
    idle_watchers,
    lateness,
    leases,
    machine,
    memory,
    mirror_reads,
    observing,
    overload,
    rates,
    redis_calls,
    redis_memory,
    redis_switches,
    redis_unary,
    reports,
    restart,
    session_memory,
    session_storm,
    storm,
    teams,
    watcher_memory,
)
from .context import Context
from .figures import Figure, Outcome
from .scale import FULL, QUICK, TINY

_RESULTS = Path(__file__).parent / "results"


class Benchmark(NamedTuple):
    """A benchmark: its heading, its module's docstring, and what runs it."""

    title: str
    method: str
    run: Callable[[Context], Sequence[Figure]]


BENCHMARKS = {
    name: Benchmark(title, inspect.cleandoc(doc or ""), run)
    for name, title, doc, run in (
        # Lateness comes first of those that share a database: it wants users who are not due for long.
        ("call-cost", call_cost.TITLE, call_cost.__doc__, call_cost.run),
        ("http-cost", http_cost.TITLE, http_cost.__doc__, http_cost.run),
        ("client-cost", client_cost.TITLE, client_cost.__doc__, client_cost.run),
        ("observing", observing.TITLE, observing.__doc__, observing.run),
        ("auth-cost", auth_cost.TITLE, auth_cost.__doc__, auth_cost.run),
        ("rates", rates.TITLE, rates.__doc__, rates.run),
        ("lateness", lateness.TITLE, lateness.__doc__, lateness.run),
        ("memory", memory.TITLE, memory.__doc__, memory.run),
        ("restart", restart.TITLE, restart.__doc__, restart.run),
        ("session-memory", session_memory.TITLE, session_memory.__doc__, session_memory.run),
        ("storm", storm.TITLE, storm.__doc__, storm.run),
        ("session-storm", session_storm.TITLE, session_storm.__doc__, session_storm.run),
        ("teams", teams.TITLE, teams.__doc__, teams.run),
        ("reports", reports.TITLE, reports.__doc__, reports.run),
        ("activities", activities.TITLE, activities.__doc__, activities.run),
        ("leases", leases.TITLE, leases.__doc__, leases.run),
        ("mirror-reads", mirror_reads.TITLE, mirror_reads.__doc__, mirror_reads.run),
        ("delivery", delivery.TITLE, delivery.__doc__, delivery.run),
        ("fan-out", fan_out.TITLE, fan_out.__doc__, fan_out.run),
        ("overload", overload.TITLE, overload.__doc__, overload.run),
        ("idle-watchers", idle_watchers.TITLE, idle_watchers.__doc__, idle_watchers.run),
        ("watcher-memory", watcher_memory.TITLE, watcher_memory.__doc__, watcher_memory.run),
        ("http-watchers", http_watchers.TITLE, http_watchers.__doc__, http_watchers.run),
        ("board", board.TITLE, board.__doc__, board.run),
        ("redis-unary", redis_unary.TITLE, redis_unary.__doc__, redis_unary.run),
        ("redis-calls", redis_calls.TITLE, redis_calls.__doc__, redis_calls.run),
        ("redis-switches", redis_switches.TITLE, redis_switches.__doc__, redis_switches.run),
        ("redis-memory", redis_memory.TITLE, redis_memory.__doc__, redis_memory.run),
    )
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="BENCHMARK", help=f"of {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument("--quick", action="store_const", const=QUICK, dest="scale", help="small sizes, in a minute")
    parser.add_argument("--tiny", action="store_const", const=TINY, dest="scale", help="only see whether it works")
    parser.add_argument("--directory", type=Path, help="where the databases go; default: the system's for such files")
    parser.add_argument("--no-save", action="store_true", help="keep nothing in results/")
    options = parser.parse_args(arguments)
    for name in options.names:
        if name not in BENCHMARKS:
            parser.error(f"no benchmark is called {name!r}; there are {', '.join(BENCHMARKS)}")
    scale = options.scale or FULL
    names = [name for name in BENCHMARKS if not options.names or name in options.names]

    started, when = time.perf_counter(), datetime.now(UTC)
    with tempfile.TemporaryDirectory(prefix="onduty-benchmarks-", dir=options.directory) as directory:
        described = machine.describe(Path(directory))
        print(*figures.machine_lines(described), sep="\n", flush=True)
        context = Context(scale, Path(directory))
        outcomes = [run_one(name, context) for name in names]
    seconds = time.perf_counter() - started

    if scale is FULL and names == list(BENCHMARKS) and not options.no_save:
        stamp, shown = f"{when:%Y-%m-%dT%H%M%SZ}", f"{when:%Y-%m-%d %H:%M} UTC"
        page = figures.markdown(outcomes, described, scale=scale.name, when=shown, seconds=seconds)
        data = figures.as_json(outcomes, described, scale=scale.name, when=shown, seconds=seconds)
        (_RESULTS / f"{stamp}.md").write_text(page, encoding="utf-8")
        (_RESULTS / f"{stamp}.json").write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
        print(f"\nkept as {stamp}.md and {stamp}.json in benchmarks/results")
    return 0


def run_one(name: str, context: Context) -> Outcome:
    """Run one benchmark and print what it found."""
    benchmark = BENCHMARKS[name]
    print(f"\n## {benchmark.title} ({name})\n", flush=True)
    started = time.perf_counter()
    found = benchmark.run(context)
    outcome = Outcome(name, benchmark.title, benchmark.method, time.perf_counter() - started, found)
    print(*figures.table(found), sep="\n")
    print(f"\n{outcome.seconds:.1f} s", flush=True)
    return outcome


if __name__ == "__main__":
    sys.exit(main())
