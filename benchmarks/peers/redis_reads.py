"""Availability read from Redis or Valkey itself, as Chatwoot does: a sorted set of when users were last seen, a hash of
the statuses they chose. Who is available: the range of those seen lately, then their statuses in one multi-get, and of
these the ones that say "online".
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from typing import Any

from tests.valkey import ValkeyServer

from ..processes import cpu_ns
from .reading import Read, measure
from .workload import AWAY_AFTER_MS, user_ids

_PRESENCE, _STATUS = "ONLINE_PRESENCE::1::USER", "ONLINE_STATUS::1"
_FIRST = 10


def _read(server: ValkeyServer, users: int, reads: int) -> list[Read]:
    client: Any = server.client
    ids, now = user_ids(users), int(time.time() * 1_000)
    client.zadd(_PRESENCE, {user: now - place for place, user in enumerate(ids)})
    client.hset(_STATUS, mapping=dict.fromkeys(ids, "online"))
    asked = random.Random(1).choices(ids, k=reads)

    def server_ns() -> int:
        return cpu_ns(server.pid)

    def one(number: int) -> None:
        user = asked[number % reads]
        seen, status = client.pipeline(transaction=False).zscore(_PRESENCE, user).hget(_STATUS, user).execute()
        assert seen > time.time() * 1_000 - AWAY_AFTER_MS and status == "online"

    def several(**limit: int) -> None:
        lately = int(time.time() * 1_000 - AWAY_AFTER_MS)
        found = client.zrangebyscore(_PRESENCE, lately, "+inf", **limit)
        statuses = client.hmget(_STATUS, found)
        available = [user for user, status in zip(found, statuses, strict=True) if status == "online"]
        assert len(available) == min(users, limit.get("num", users))

    return [
        measure("one", one, reads, server_ns),
        measure("first", lambda number: several(start=0, num=_FIRST), reads, server_ns),
        measure("all", lambda number: several(), max(reads // 10, 5), server_ns),
    ]


def main() -> None:
    """Ask, print what was measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--reads", type=int, required=True)
    options = parser.parse_args()
    with ValkeyServer() as server:
        json.dump([read.as_json() for read in _read(server, options.users, options.reads)], sys.stdout)


if __name__ == "__main__":
    main()
