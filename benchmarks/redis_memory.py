"""Memory of the store per user.

One account whose users were created by a first activity each, through `StatusService` over `RedisStore`: what the
server says it uses (`used_memory`, which counts what its allocator rounds up) before and after, divided by the users;
and of that, the share of each structure, as MEMORY USAGE tells it with every element looked at. Everybody is ONLINE
with an automatic switch ahead, which is when a user takes the most: AWAY or OFFLINE, they are in one index less, or
two. Each has one event in the history, the first activity; history is kept for as long as it is configured, and is
shown apart. On the Valkey of the wheel, which allocates by libc, and on the system's redis-server (jemalloc) where
there is one.

Ids have 36 characters. Left out: actors and reasons, replicas and their buffers, fragmentation (shown as resident).
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvloop
from tests.valkey import ValkeyServer

from onduty_server.app.service import StatusService
from onduty_server.process.clock import SystemClock
from onduty_server.stores.redis.keys import Keys, partition_of
from onduty_server.stores.redis.records import ORDER_CHUNK
from onduty_server.stores.redis.store import RedisStore
from onduty_server.stores.redis.wire.address import parse_address

from .context import Context
from .figures import Figure, at_most
from .population import ACCOUNT
from .redis_switches import record_first

TITLE = "Memory of the Redis store per user"
_GOAL = 300
_STRUCTURES = {
    "u": "records",
    "o": "order of first being seen",
    "q1": "index by last activity",
    "s": "index of those ONLINE",
    "e": "history",
}


def run(context: Context) -> Sequence[Figure]:
    """Fill each server that is there."""
    figures: list[Figure] = []
    with ValkeyServer() as valkey:
        figures += _measure(valkey, "Valkey", context.scale.redis_memory_users)
    system = shutil.which("redis-server")
    if system is not None:
        with ValkeyServer(binary=Path(system)) as redis:
            figures += _measure(redis, "Redis", context.scale.redis_memory_users)
    return figures


def _measure(server: ValkeyServer, name: str, users: int) -> list[Figure]:
    seconds, before, memory = uvloop.run(_fill(server, users))
    used = (int(memory["used_memory"]) - before) / users
    begin = Keys("onduty").of_partition[partition_of(ACCOUNT)].decode()
    keys = {key: [key] for key in _STRUCTURES}
    keys["o"] = [f"o{chunk}" for chunk in range(-(-users // ORDER_CHUNK))]
    shares = {
        of: _size(server, [f"{begin}{key}:{ACCOUNT}" for key in keys[structure]]) / users
        for structure, of in _STRUCTURES.items()
    }
    version = server.info("server")
    shown = f"{name} {version.get('valkey_version') or version['redis_version']}, {memory['mem_allocator']}"
    history = shares["history"]
    return [
        Figure(
            f"{name}, {users:,} users",
            used,
            "B a user",
            at_most(_GOAL),
            f"{shown}; resident {int(memory['used_memory_rss']) / users:.0f}; made at {users / seconds:,.0f} users/s",
        ),
        Figure(f"{name}, but for history", used - history, "B a user", at_most(_GOAL)),
        *(Figure(f"{name}: {of}", share, "B a user") for of, share in shares.items()),
    ]


def _size(server: ValkeyServer, keys: Sequence[str]) -> int:
    pipeline = server.client.pipeline(transaction=False)
    for key in keys:
        pipeline.memory_usage(key, samples=0)
    return sum(int(size) for size in pipeline.execute())


async def _fill(server: ValkeyServer, users: int) -> tuple[float, int, dict[str, Any]]:
    """Make users; in how many seconds, and the memory before and after."""
    store = RedisStore(parse_address(f"redis://127.0.0.1:{server.port}"), SystemClock())
    service = StatusService(store)
    await store.open()
    await service.update_workflow(ACCOUNT, {"enabled": True, "away_after_ms": 3_600_000, "offline_after_ms": 7_200_000})
    before, started = server.memory_used(), time.perf_counter()
    await record_first(service, store, [ACCOUNT], users)
    seconds = time.perf_counter() - started
    memory = server.info("memory")
    await store.close()
    return seconds, before, memory
