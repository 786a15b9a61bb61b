"""A sorted set of last activities in Redis or Valkey, and a sweeper that polls it once a second.

As applications write it, at its best: an activity is ZADD to the set of those online and ZREM from that of those away,
in pipelines of 1,000; the sweeper moves whoever is past the cut-off with one script, so that an activity between its
look and its move is not lost. The times are those of the work, so the server may be as slow as it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, cast

from tests.valkey import ValkeyServer

from .workload import (
    AWAY,
    AWAY_AFTER_MS,
    OFFLINE,
    OFFLINE_AFTER_MS,
    START_MS,
    Peer,
    arguments,
    drive,
    report,
    user_ids,
)

_POLL_EVERY_MS = 1_000
_BATCH = 1_000
_ONLINE, _AWAY = "presence:online", "presence:away"

# Moves up to ARGV[2] members scored at most ARGV[1] from the first set to the second, where there is one.
_MOVE = """
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[2])
local moved = {}
for place = 1, #due, 2 do
    redis.call('ZREM', KEYS[1], due[place])
    if KEYS[2] then redis.call('ZADD', KEYS[2], due[place + 1], due[place]) end
    moved[#moved + 1] = due[place]
end
return moved
"""


class SortedSet(Peer):
    """The client; CPU and memory are counted with the server's."""

    def __init__(self, server: ValkeyServer) -> None:
        super().__init__()
        self._server, self._client = server, server.client
        self._move = self._client.register_script(_MOVE)
        self._next_poll = START_MS

    def active(self, users: Sequence[str]) -> None:
        now = self.now
        for first in range(0, len(users), _BATCH):
            pipeline = self._client.pipeline(transaction=False)
            add: Callable[..., object] = pipeline.execute_command
            for user in users[first : first + _BATCH]:
                add("ZADD", _ONLINE, now, user)
                add("ZREM", _AWAY, user)
            pipeline.execute()

    def advance(self, now: int) -> None:
        if now < self._next_poll:
            return
        self._next_poll += _POLL_EVERY_MS
        self._sweep([_ONLINE, _AWAY], now - AWAY_AFTER_MS, AWAY)
        self._sweep([_AWAY], now - OFFLINE_AFTER_MS, OFFLINE)

    def _sweep(self, keys: list[str], until: int, to: int) -> None:
        while True:
            moved = cast("list[Any]", self._move(keys=keys, args=[until, _BATCH]))
            for user in moved:
                self.switched(user, to)
            if len(moved) < _BATCH:
                return

    def entries(self) -> int:
        return int(self._server.ask("ZCARD", _ONLINE)) + int(self._server.ask("ZCARD", _AWAY))

    def cpu_s(self) -> float:
        return time.process_time() + self._server.cpu_used_s()

    def memory_bytes(self) -> int:
        return self._server.memory_used()


def main() -> None:
    """Do the work, print what was measured."""
    options = arguments()
    with ValkeyServer() as server:
        report(drive(SortedSet(server), user_ids(options.users), options.rounds))


if __name__ == "__main__":
    main()
