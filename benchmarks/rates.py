"""Activities and reads per second in one process on one core.

`StatusService` over each store, called in-process one operation after the other by a child pinned to one core, which
the threads of the store share; the loop gets a turn after every hundred operations, as it does between requests. Users
are known, ONLINE, and picked at random, an id being a new string each time, as it is in a request. SQLite writes
behind all the while, and the time ends only when everything is in the file.

Left out: gRPC and its messages, which cost many times as much (see CPU per unary call). `python -m benchmarks.rates` is
the child.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import uvloop

from onduty_server.app.ports.store import Store
from onduty_server.app.service import StatusService
from onduty_server.process.clock import SystemClock
from onduty_server.stores.memory import MemoryStore
from onduty_server.stores.sqlite import SqliteStore

from .context import Context
from .figures import Figure, at_least
from .population import ACCOUNT, user_id
from .processes import run_child

TITLE = "Operations per second in-process on one core"
_ACTIVITIES_GOAL = 200_000
_READS_GOAL = 150_000
_AT_A_TIME = 1_000
_BETWEEN_TURNS = 100


class _Rate(NamedTuple):
    per_s: float
    per_cpu_s: float


def run(context: Context) -> Sequence[Figure]:
    """Measure every store with every number of users."""
    figures: list[Figure] = []
    for store in ("memory", "sqlite"):
        for users in context.scale.rate_users:
            arguments = ["--store", store, "--users", str(users)]
            arguments += ["--operations", str(context.scale.rate_operations), "--directory", str(context.directory)]
            activities, reads = (_Rate(*rate) for rate in json.loads(run_child("benchmarks.rates", arguments)))
            for name, rate, goal in (("activities", activities, _ACTIVITIES_GOAL), ("reads", reads, _READS_GOAL)):
                detail = f"{rate.per_cpu_s:,.0f} per second of CPU"
                figures.append(Figure(f"{name}, {store}, {users:,} users", rate.per_s, "/s", at_least(goal), detail))
    return figures


async def _measure(kind: str, users: int, operations: int, directory: Path) -> tuple[_Rate, _Rate]:
    clock = SystemClock()
    store: Store = MemoryStore(clock) if kind == "memory" else SqliteStore(directory / "onduty.db", clock)
    service = StatusService(store)
    await store.open()
    await service.update_workflow(ACCOUNT, {"enabled": True, "away_after_ms": 600_000, "offline_after_ms": 1_800_000})
    ids = [user_id(index) for index in range(users)]
    for first in range(0, users, _AT_A_TIME):
        await asyncio.gather(*(service.record_activity(ACCOUNT, it) for it in ids[first : first + _AT_A_TIME]))
    pick = random.Random(1)
    # Equal to the ids that are known, but not the same objects: nothing has hashed them yet.
    asked = ["".join((it[:18], it[18:])) for it in pick.choices(ids, k=operations)]
    wall, cpu = time.perf_counter(), time.process_time()
    for first in range(0, operations, _BETWEEN_TURNS):
        for it in asked[first : first + _BETWEEN_TURNS]:
            await service.get_status(ACCOUNT, it)
        await asyncio.sleep(0)
    reads = _rate(operations, wall, cpu)
    del asked
    asked = ["".join((it[:18], it[18:])) for it in pick.choices(ids, k=operations)]
    wall, cpu = time.perf_counter(), time.process_time()
    for first in range(0, operations, _BETWEEN_TURNS):
        for it in asked[first : first + _BETWEEN_TURNS]:
            await service.record_activity(ACCOUNT, it)
        await asyncio.sleep(0)
    await store.close()
    return _rate(operations, wall, cpu), reads


def _rate(operations: int, wall: float, cpu: float) -> _Rate:
    return _Rate(operations / (time.perf_counter() - wall), operations / (time.process_time() - cpu))


def main() -> None:
    """Measure one store with one number of users."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", choices=("memory", "sqlite"), required=True)
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--operations", type=int, required=True)
    parser.add_argument("--directory", type=Path, required=True)
    arguments = parser.parse_args()
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    sys.setswitchinterval(0.001)
    with tempfile.TemporaryDirectory(dir=arguments.directory) as directory:
        measured = _measure(arguments.store, arguments.users, arguments.operations, Path(directory))
        json.dump(uvloop.run(measured), sys.stdout)


if __name__ == "__main__":
    main()
