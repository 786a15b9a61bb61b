"""`AvailabilityMirror.is_available` calls per second, and what it takes to fill a mirror.

A real server with SQLite on disk, and a process whose mirror, the synchronous one, follows an account of many users.
One thread of it asks about random users, an id being a new string each time, as it is in a request; the loop around the
call counts too. Meanwhile the mirror's own thread takes what comes, a bookmark a second. The figure is the median over
rounds. Filling is from the start of the mirror until it answers, which takes the first bookmark after the snapshot.

Left out: changes meanwhile (see the delivery for what taking them costs), reads from several threads, which share one
core, and the collector: the ids that are asked for are made before. `python -m benchmarks.mirror_reads` is the process.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import statistics
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

from onduty_client import AvailabilityMirror

from . import feeding
from .context import Context
from .figures import Figure, at_least
from .population import ACCOUNT, user_id
from .processes import rss_bytes, run_child, serving

TITLE = "Reads of a mirror"
_GOAL = 1_000_000
_ROUNDS = 5


class _Read(NamedTuple):
    per_s: Sequence[float]
    fill_s: float
    bytes_per_user: float


def run(context: Context) -> Sequence[Figure]:
    """Fill a mirror and ask it."""
    users = context.scale.mirror_users
    with context.folder("mirror-reads") as folder:
        path = feeding.account_database(folder)
        with serving(folder, f"sqlite:{path}", *feeding.SERVER_OPTIONS) as server:
            feeding.record_now(server.port, [user_id(index) for index in range(users)])
            arguments = ["--port", str(server.port), "--users", str(users)]
            arguments += ["--reads", str(context.scale.mirror_reads)]
            read = _Read(*json.loads(run_child("benchmarks.mirror_reads", arguments)))
    spread = f"{min(read.per_s):,.0f} to {max(read.per_s):,.0f} in {len(read.per_s)} rounds"
    return [
        Figure(f"is_available, {users:,} users", statistics.median(read.per_s), "/s", at_least(_GOAL), spread),
        Figure(f"filled, {users:,} users", read.fill_s, "s"),
        Figure(f"memory of the mirror, {users:,} users", read.bytes_per_user, "B a user"),
    ]


def _read(port: int, users: int, reads: int) -> _Read:
    ids = [user_id(index) for index in range(users)]
    pick = random.Random(1)
    gc.collect()
    before, started = rss_bytes(), time.perf_counter()
    with AvailabilityMirror(f"127.0.0.1:{port}", ACCOUNT) as mirror:
        mirror.wait_ready(60.0)
        fill_s = time.perf_counter() - started
        assert mirror.available_count() == users
        gc.collect()
        grown = rss_bytes() - before
        per_s = []
        for _ in range(_ROUNDS):
            # Equal to the ids that are known, but not the same objects: nothing has hashed them yet.
            asked = ["".join((it[:18], it[18:])) for it in pick.choices(ids, k=reads // _ROUNDS)]
            available, started = 0, time.perf_counter()
            for each in asked:
                if mirror.is_available(each):
                    available += 1
            per_s.append(len(asked) / (time.perf_counter() - started))
            assert available == len(asked)
    return _Read(per_s, fill_s, max(grown, 1) / users)


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--reads", type=int, required=True)
    arguments = parser.parse_args()
    json.dump(_read(arguments.port, arguments.users, arguments.reads), sys.stdout)


if __name__ == "__main__":
    main()
