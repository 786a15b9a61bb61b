"""The processes in which `teams` measures: people in one account, in teams with workflows of their own or in none.

One makes the database, the other loads it; each prints what it found as JSON. The store is SQLite on disk, and its
calls are made without a server between.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
import time
from collections.abc import Awaitable, Iterable
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import uvloop

from onduty_server.app.limits import SWEEP_CHUNK
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.process.clock import SystemClock
from onduty_server.process.logs import configure
from onduty_server.stores.sqlite import SqliteStore

from .population import ACCOUNT, user_id
from .processes import rss_bytes

_AT_A_TIME = 1_000
_PERIOD_S = 1
_SPREAD_MS = 600_000
"""The first activities of all people lie within this time."""


@dataclass(slots=True)
class Measured:
    """Results of one process: times in seconds, by the clock and of CPU, of all threads."""

    rss_bytes: int = 0
    """Of all people, loaded from the file."""
    restart_s: float = 0
    restart_cpu_s: float = 0
    storm_s: float = 0
    storm_cpu_s: float = 0
    move_s: float = 0
    move_cpu_s: float = 0
    erase_s: float = 0
    erase_cpu_s: float = 0


def _team(index: int, teams: int) -> str:
    return f"team-{index % teams}"


async def _all(calls: Iterable[Awaitable[object]]) -> tuple[float, float]:
    """Await all calls, some at a time; return the seconds of the clock and of CPU that it took."""
    began, cpu = time.perf_counter(), time.process_time()
    remaining = iter(calls)
    while some := list(islice(remaining, _AT_A_TIME)):
        await asyncio.gather(*some)
    return time.perf_counter() - began, time.process_time() - cpu


async def _make(path: Path, users: int, teams: int) -> Measured:
    """Make the database, and measure moves."""
    found, store = Measured(), await _open(path)
    service = StatusService(store)
    # In an order that has nothing to do with their numbers, as everywhere.
    began_ms = int(time.time() * 1_000) - _SPREAD_MS
    times = (began_ms + index * 7_368_787 % users * _SPREAD_MS // users for index in range(users))
    await _all(service.record_activity(ACCOUNT, user_id(index), at) for index, at in enumerate(times))
    if teams:
        moves = (
            service.update_user(ACCOUNT, user_id(index), {"team_id": _team(index, teams)}) for index in range(users)
        )
        found.move_s, found.move_cpu_s = await _all(moves)
    for number in range(teams):
        day = 86_400_000
        team_id = _team(number, teams)
        await service.update_workflow(ACCOUNT, {"enabled": True, "away_after_ms": day}, team_id=team_id)
    await store.close()
    return found


async def _use(path: Path, users: int, teams: int, erased: int) -> Measured:
    """Measure with the database."""
    found = Measured()
    gc.collect()
    before, began, cpu = rss_bytes(), time.perf_counter(), time.process_time()
    store = await _open(path)
    found.restart_s, found.restart_cpu_s = time.perf_counter() - began, time.process_time() - cpu
    gc.collect()
    found.rss_bytes = rss_bytes() - before

    service = StatusService(store)
    for enabled in (False, True):
        for team_id in [_team(number, teams) for number in range(teams)] or [""]:
            period_ms = _PERIOD_S * 1_000
            await service.update_workflow(ACCOUNT, {"enabled": enabled, "away_after_ms": period_ms}, team_id=team_id)
    await asyncio.sleep(_PERIOD_S)
    began, cpu, switched = time.perf_counter(), time.process_time(), 0
    while switched < users:
        switched += (await store.settle_due(SWEEP_CHUNK)).switched
        await asyncio.sleep(0)
    await store.heartbeat()
    found.storm_s, found.storm_cpu_s = time.perf_counter() - began, time.process_time() - cpu

    erasures = (service.delete_user(ACCOUNT, user_id(index * 7 % users)) for index in range(erased))
    found.erase_s, found.erase_cpu_s = await _all(erasures)
    await store.close()
    return found


async def _open(path: Path) -> SqliteStore:
    store = SqliteStore(path, SystemClock(), StoreOptions(count_outage_as_inactivity=True, users_max=0))
    await store.open()
    return store


def main() -> None:
    """Measure and print what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--teams", type=int, required=True, help="0: nobody has a team")
    parser.add_argument("--erased", type=int, help="measure with the database, and erase so many; default: make it")
    arguments = parser.parse_args()
    configure("error", as_json=False)
    path, users, teams, erased = arguments.file, arguments.users, arguments.teams, arguments.erased
    measure = _make(path, users, teams) if erased is None else _use(path, users, teams, erased)
    found = uvloop.run(measure)
    json.dump(asdict(found), sys.stdout)


if __name__ == "__main__":
    main()
