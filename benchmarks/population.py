"""The users that benchmarks work with, and the database of many of them, made through the service itself.

`python -m benchmarks.population` is the process that makes one, in which the memory of live users is measured too.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import hashlib
import json
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import uvloop

from onduty_server.app.limits import SESSION_TTL_MIN_MS
from onduty_server.app.ports.clock import Clock
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.process.clock import SystemClock
from onduty_server.process.logs import configure
from onduty_server.stores.sqlite import SqliteStore

from .processes import ROOT, rss_bytes, run_child

ACCOUNT = "care-platform"
_AT_A_TIME = 1_000
_SESSIONS_FROM = 1 << 40


def user_id(index: int) -> str:
    """The id of a user: 36 characters, as long as the UUIDs that platforms use, and in no order."""
    return str(uuid.UUID(bytes=hashlib.blake2b(index.to_bytes(8, "big"), digest_size=16).digest()))


def session_id(index: int) -> str:
    """The id of a user's only session: as long as the user's."""
    return user_id(_SESSIONS_FROM + index)


def by_due_time(users: int) -> Iterator[int]:
    """All indexes in an order that has nothing to do with their numbers."""
    step = 7_368_787 % users or 1  # a prime: it visits every index unless it divides the number of users
    while users > 1 and _common_divisor(step, users) > 1:
        step += 1
    return (position * step % users for position in range(users))


def _common_divisor(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return a


@dataclass(frozen=True, slots=True)
class Population:
    """A database of users who are ONLINE and fall due one after the other, evenly, from `first_due_ms` on."""

    path: Path
    users: int
    first_due_ms: int
    away_after_ms: int
    seconds: float
    rss_bytes_per_user: float
    """Of the process that created them, while they were alive in it."""


class _PreparingClock(Clock):
    """The system's clock, which at first stands a while in the past."""

    def __init__(self, behind_ms: int) -> None:
        self._system = SystemClock()
        self.behind_ms = behind_ms

    def now(self) -> int:
        return self._system.now() - self.behind_ms

    def stopwatch(self) -> float:
        return self._system.stopwatch()

    def hold(self, not_before: int) -> None:
        raise AssertionError("only a kept database holds a clock, and this one is new")

    async def wait(self, event: asyncio.Event, until: int | None) -> None:
        await self._system.wait(event, None if until is None else until + self.behind_ms)


class _Made(NamedTuple):
    first_due_ms: int
    seconds: float
    rss_bytes_per_user: float


def prepare(path: Path, users: int, away_after_ms: int, *, sessions: bool = False, tree: Path = ROOT) -> Population:
    """Make such a database in a process of its own.

    `sessions`: everybody has a session, which has just run out. `tree`: the checkout whose service makes it.
    """
    arguments = ["--file", str(path), "--users", str(users), "--away-after-ms", str(away_after_ms)]
    if sessions:
        arguments.append("--sessions")
    made = _Made(*json.loads(run_child("benchmarks.population", arguments, tree=tree)))
    return Population(path, users, made.first_due_ms, away_after_ms, made.seconds, made.rss_bytes_per_user)


async def _make(path: Path, users: int, away_after_ms: int, *, sessions: bool) -> _Made:
    clock = _PreparingClock(behind_ms=away_after_ms + 1)
    store = SqliteStore(path, clock, StoreOptions(count_outage_as_inactivity=True))
    service = StatusService(store)
    await store.open()
    # In the past, so that everybody's period began with their own activity and not with the switch.
    await service.update_workflow(ACCOUNT, {"enabled": True, "away_after_ms": away_after_ms})
    # A session lasts that long at least, so those kept now have run out when the clock is right again.
    clock.behind_ms = SESSION_TTL_MIN_MS if sessions else 0
    await store.heartbeat()
    gc.collect()
    before_bytes, started_ms = rss_bytes(), clock.now()
    for first in range(0, users, _AT_A_TIME):
        indexes = range(first, min(first + _AT_A_TIME, users))
        await asyncio.gather(
            *(
                service.record_activity(
                    ACCOUNT, user_id(index), started_ms - away_after_ms + _rank(index, users) * away_after_ms // users
                )
                for index in indexes
            )
        )
        if sessions:
            kept = (
                service.keep_session(ACCOUNT, user_id(index), session_id(index), SESSION_TTL_MIN_MS)
                for index in indexes
            )
            await asyncio.gather(*kept)
    seconds = (clock.now() - started_ms) / 1_000
    gc.collect()
    after_bytes = rss_bytes()
    await store.close()
    return _Made(started_ms, seconds, (after_bytes - before_bytes) / users)


_ranks: list[int] = []


def _rank(index: int, users: int) -> int:
    """At which place the user falls due."""
    if not _ranks:
        _ranks.extend(range(users))
        for rank, user in enumerate(by_due_time(users)):
            _ranks[user] = rank
    return _ranks[index]


def main() -> None:
    """Make a database and print what is known of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--away-after-ms", type=int, required=True)
    parser.add_argument("--sessions", action="store_true", help="everybody has one")
    arguments = parser.parse_args()
    # Standing in the past for a while looks like an outage, of which the store would warn.
    configure("error", as_json=False)
    _rank(0, arguments.users)
    make = _make(arguments.file, arguments.users, arguments.away_after_ms, sessions=arguments.sessions)
    made = uvloop.run(make)
    json.dump(made, sys.stdout)


if __name__ == "__main__":
    main()
