"""Key expiry in Redis or Valkey with keyspace notifications, beside many other keys: the server as the clock.

An activity is SET with a time to live; that the key expires is the switch, of which a subscriber hears. The server's
own clock counts, so this is in real time: the users' keys live for some seconds instead of ten minutes, beside keys
that live for an hour, and whoever is not reported within a time limit counts as lost. Only one switch a user: a second
period would need a second key. Activities are measured before, in pipelines of 1,000.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

from tests.valkey import ValkeyServer

from .workload import Measured, percentiles, report, user_ids

_BATCH = 1_000
_ROUNDS = 3

_FILL = """
for number = ARGV[1], ARGV[2] do redis.call('SET', 'other:' .. number, '1', 'PX', 3600000 + number) end
"""


def measure(server: ValkeyServer, users: int, others: int, live_s: float, patience_s: float) -> Measured:
    """Fill, be active, stop, and listen."""
    client: Any = server.client
    ids = user_ids(users)
    server.ask("CONFIG", "SET", "notify-keyspace-events", "Ex")
    for first in range(1, others + 1, 10_000):
        server.ask("EVAL", _FILL, 0, first, min(first + 9_999, others))
    before_bytes = server.memory_used()
    ends: dict[str, float] = {}

    def round_(live_ms: int) -> None:
        for first in range(0, users, _BATCH):
            pipeline = client.pipeline(transaction=False)
            add: Callable[..., object] = pipeline.execute_command
            for user in ids[first : first + _BATCH]:
                add("SET", f"user:{user}", "1", "PX", live_ms)
            pipeline.execute()
            ended = time.time() * 1_000 + live_ms
            for user in ids[first : first + _BATCH]:
                ends[user] = ended

    round_(600_000)
    bytes_per_user = (server.memory_used() - before_bytes) / users
    started, started_cpu = time.perf_counter(), time.process_time() + server.cpu_used_s()
    for _ in range(_ROUNDS):
        round_(600_000)
    active_s = time.perf_counter() - started
    active_cpu_s = time.process_time() + server.cpu_used_s() - started_cpu

    heard = client.pubsub(ignore_subscribe_messages=True)
    heard.psubscribe("__keyevent@0__:expired")
    heard.get_message(timeout=1.0)
    started_cpu = time.process_time() + server.cpu_used_s()
    round_(round(live_s * 1_000))
    late_ms: list[float] = []
    limit = time.perf_counter() + live_s + patience_s
    while len(late_ms) < users and time.perf_counter() < limit:
        message = heard.get_message(timeout=0.1)
        if message is not None:
            late_ms.append(time.time() * 1_000 - ends[message["data"].removeprefix("user:")])
    switching_cpu_s = time.process_time() + server.cpu_used_s() - started_cpu
    heard.close()
    return Measured(
        users,
        _ROUNDS * users,
        active_s,
        active_cpu_s,
        bytes_per_user,
        users,
        users,
        len(late_ms),
        0,
        percentiles(late_ms),
        switching_cpu_s,
        f"beside {others:,} other keys; lost means not within {patience_s:g} s; one switch a user",
        real_time=True,
    )


def main() -> None:
    """Do it, print what was measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--others", type=int, required=True)
    parser.add_argument("--live-s", type=float, required=True)
    parser.add_argument("--patience-s", type=float, required=True)
    options = parser.parse_args()
    with ValkeyServer() as server:
        report(measure(server, options.users, options.others, options.live_s, options.patience_s))


if __name__ == "__main__":
    main()
