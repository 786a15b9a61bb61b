"""The parts of what users take in memory: `python -m benchmarks.memory_parts --file DATABASE` is the process measured.

It loads the users as a server does, and adds up the blocks of every object that is there because of them, each once,
whoever shares it. A block is what Python's allocator hands out: the size of the object, its header for the garbage
collector included, in steps of 16 bytes. What the process has grown by beyond that is the allocators' own: pools and
arenas that are not full, and what C's keeps between its blocks.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from onduty_server.stores.resident.account import Account
from onduty_server.stores.resident.durability import Durability
from onduty_server.stores.resident.loading import load_accounts
from onduty_server.stores.resident.registry import Registry
from onduty_server.stores.resident.steps import DEFAULT_STEPS
from onduty_server.stores.sqlite.image import read_image
from onduty_server.stores.sqlite.journal import SqliteJournal
from onduty_server.stores.sqlite.opening import open_at_rest

from .processes import rss_bytes

_STEP_BYTES = 16
_REST = "allocators, and what else the process has grown by"


class _Parts:
    """Adds up blocks by part."""

    def __init__(self) -> None:
        self.bytes: Counter[str] = Counter()
        self._seen: set[int] = set()

    def add(self, part: str, *objects: object) -> None:
        """Count objects that nobody has counted before."""
        for each in objects:
            if id(each) not in self._seen:
                self._seen.add(id(each))
                self.bytes[part] += -(-sys.getsizeof(each) // _STEP_BYTES) * _STEP_BYTES


def measure(path: Path) -> dict[str, float]:
    """Load a database, and return the bytes a user by part."""
    connection = open_at_rest(path)
    registry = Registry(Durability(SqliteJournal(path, None, time.perf_counter)))  # type: ignore[arg-type]
    image = read_image(connection, path)
    gc.collect()
    gc.disable()
    before = rss_bytes()
    load_accounts(image, registry, DEFAULT_STEPS, floor=0, now=round(time.time() * 1_000))
    grown = rss_bytes() - before
    parts = _Parts()
    # What there is once, whoever uses it, is nobody's.
    parts.add("", "", None, *range(-5, 257))
    for account in registry.accounts.values():
        _add_account(parts, account)
    del parts.bytes[""]
    users = sum(len(account.users) for account in registry.accounts.values())
    found = {part: size / users for part, size in parts.bytes.most_common()}
    return {**found, _REST: grown / users - sum(found.values()), "in all": grown / users}


def _add_account(parts: _Parts, account: Account) -> None:
    parts.add("entries by id (dict)", account.users)
    parts.add("entries by number (list)", account.order)
    for record in account.users.values():
        parts.add("record and its slots", record)
        parts.add("id", record.user_id)
        parts.add("number", record.number)
        parts.add("revision", record.revision)
        parts.add("clock", record.clock)
        parts.add("last activity, if it is not the clock", record.last_activity)
        parts.add("start of the status, if it is not the clock", record.status_since)
        parts.add("flags", record.flags)
        parts.add("layers: sessions, engagements and ends", record.layers)
        parts.add("actor and reason", record.actor, record.reason)
        if record.profile is not record.group.nameless:
            parts.add("name and team", record.profile, *record.profile)
    for group in account.groups.values():
        deadlines = group.deadlines
        for queue in deadlines._heaps:
            if queue is not None:
                far = queue._far
                buckets = () if far is None else (far._buckets, far._order, *far._buckets.values())
                _add_index(parts, "index by last activity", (queue, queue.near, *queue.near, *buckets))
        connected = deadlines.connections._connected
        _add_index(parts, "index of sessions", (connected._buckets, connected._order, *connected._buckets.values()))
        parts.add("numbers of teams", *group.members._blocks)


def _add_index(parts: _Parts, part: str, objects: Iterable[object]) -> None:
    parts.add(part, *objects)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--file", type=Path, required=True)
    json.dump(measure(parser.parse_args().file), sys.stdout, indent=1)


if __name__ == "__main__":
    main()
