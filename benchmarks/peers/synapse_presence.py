"""Synapse's `PresenceHandler`, through the calls that a sync request makes; and its `get_state`.

The handler is Synapse's own. The homeserver around it is a stand-in: a clock whose time is virtual and which runs the
handler's own loops, a database that keeps nothing and answers at once, nobody to notify. What a homeserver would spend
on those is left out, in Synapse's favour. Its own timers are set to the periods of the work.

`--reads` measures `get_state` instead.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from types import SimpleNamespace
from typing import Any

from synapse.handlers.presence import PresenceHandler  # type: ignore[import-not-found, unused-ignore]
from synapse.logging.context import LoggingContext  # type: ignore[import-not-found, unused-ignore]
from synapse.types import UserID  # type: ignore[import-not-found, unused-ignore]

from .workload import (
    AWAY,
    AWAY_AFTER_MS,
    OFFLINE,
    OFFLINE_AFTER_MS,
    START_MS,
    Peer,
    drive,
    percentiles,
    report,
    user_ids,
)

_SERVER = "care.example"
_GRANULARITY_MS = 60_000
"""Synapse's default of how long somebody counts as currently active."""


def _done(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine that has nothing to wait for."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("there is nothing to wait for")


class _Clock:
    """Virtual time, and the loops that the handler asks for."""

    def __init__(self) -> None:
        self.now = START_MS
        self._loops: list[tuple[int, int, Callable[..., object], tuple[object, ...]]] = []

    def time_msec(self) -> int:
        return self.now

    def time(self) -> float:
        return self.now / 1_000

    def looping_call(self, call: Callable[..., object], every: Any, *args: object) -> None:
        every_ms = every.as_millis()
        self._loops.append((self.now + every_ms, every_ms, call, args))

    def call_later(self, after: Any, call: Callable[..., object], *args: object) -> None:
        # Only the start of the loops is asked for so, half a minute or a minute late; they may as well begin at once.
        call(*args)

    def call_when_running(self, call: Callable[..., object], *args: object) -> None:
        pass

    def advance(self, now: int) -> None:
        self.now = now
        for place, (at, every_ms, call, args) in enumerate(self._loops):
            if at <= now:
                self._loops[place] = (at + every_ms, every_ms, call, args)
                call(*args)


class _Database:
    def __init__(self, told: Callable[[Sequence[Any]], None]) -> None:
        self._told = told

    async def update_presence(self, states: Sequence[Any]) -> tuple[int, int]:
        self._told(states)
        return 1, 1

    async def get_presence_for_users(self, users: Sequence[str]) -> dict[str, Any]:
        return {}

    async def get_rooms_for_users(self, users: Sequence[str]) -> dict[str, Any]:
        return {}

    async def get_rooms_for_user(self, user: str) -> frozenset[str]:
        return frozenset()

    def take_presence_startup_info(self) -> tuple[()]:
        return ()

    def get_room_max_stream_ordering(self) -> int:
        return 0


class _Nothing:
    """Takes any call and has nothing to say."""

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: None


class _Router(_Nothing):
    async def get_users_for_states(self, states: Sequence[Any]) -> dict[str, Any]:
        return {}


class _Federation(_Nothing):
    async def send_presence_to_destinations(self, *args: Any, **kwargs: Any) -> None:
        pass


class _Homeserver(_Nothing):
    hostname = _SERVER

    def __init__(self, clock: _Clock, database: _Database) -> None:
        server = SimpleNamespace(
            presence_enabled=True,
            track_presence=True,
            rooms_to_exclude_from_presence=(),
            presence_last_active_granularity=_GRANULARITY_MS,
            presence_sync_online_timeout=OFFLINE_AFTER_MS,
            presence_idle_timeout=AWAY_AFTER_MS,
        )
        writers = SimpleNamespace(presence=("master",))
        shards = SimpleNamespace(instances=["master"])
        worker = SimpleNamespace(
            writers=writers, federation_shard_config=shards, instance_map={}, worker_replication_secret=None
        )
        experimental = SimpleNamespace(msc3026_enabled=False)
        self.config = SimpleNamespace(server=server, worker=worker, experimental=experimental)
        self._clock, self._stores = clock, SimpleNamespace(main=database)

    def get_clock(self) -> _Clock:
        return self._clock

    def get_datastores(self) -> SimpleNamespace:
        return self._stores

    def get_instance_name(self) -> str:
        return "master"

    def get_instance_id(self) -> str:
        return "one"

    def get_notifier(self) -> _Nothing:
        return _Nothing()

    def get_presence_router(self) -> _Router:
        return _Router()

    def get_federation_registry(self) -> _Nothing:
        return _Nothing()

    def get_federation_sender(self) -> _Federation:
        return _Federation()

    def should_send_federation(self) -> bool:
        # By this process itself, so that the handler need not queue it for another.
        return True

    def is_mine_id(self, name: str) -> bool:
        return name.endswith(_SERVER)

    def run_as_background_process(
        self, description: str, call: Callable[..., Coroutine[Any, Any, Any]], *args: Any, **kwargs: Any
    ) -> None:
        _done(call(*args, **kwargs))


class Presence(Peer):
    """The handler and its homeserver."""

    def __init__(self) -> None:
        super().__init__()
        self._clock = _Clock()
        self._state_of: dict[str, str] = {}
        self.handler = PresenceHandler(_Homeserver(self._clock, _Database(self._told)))

    def _told(self, states: Sequence[Any]) -> None:
        for state in states:
            user = state.user_id[1:37]
            if state.state != self._state_of.get(user):
                self._state_of[user] = state.state
                if state.state != "online":
                    self.switched(user, AWAY if state.state == "unavailable" else OFFLINE)

    def active(self, users: Sequence[str]) -> None:
        set_state, online = self.handler.set_state, {"presence": "online"}
        for user in users:
            _done(set_state(UserID(user, _SERVER), "browser", online, is_sync=True))

    def advance(self, now: int) -> None:
        self._clock.advance(now)

    def entries(self) -> int:
        return len(self.handler.wheel_timer)


def _read(users: int, reads: int) -> dict[str, float]:
    """How long `get_state` takes of users that the handler knows."""
    ids = user_ids(users)
    presence = Presence()
    presence.active(ids)
    asked = [UserID(user, _SERVER) for user in random.Random(1).choices(ids, k=reads)]
    get_state = presence.handler.get_state
    started, cpu_s, online = time.perf_counter(), time.process_time(), 0
    for user in asked:
        online += _done(get_state(user)).state == "online"
    seconds, cpu_s = time.perf_counter() - started, time.process_time() - cpu_s
    assert online == reads
    latencies = []
    for user in asked[: reads // 10]:
        began = time.perf_counter()
        _done(get_state(user))
        latencies.append((time.perf_counter() - began) * 1e6)
    p50, p99, _ = percentiles(latencies)
    return {"per_s": reads / seconds, "p50_us": p50, "p99_us": p99, "cpu_us": cpu_s * 1e6 / reads}


def main() -> None:
    """Do the work or the reads, print what was measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--reads", type=int)
    options = parser.parse_args()
    # Without a context, as a request has one, it would log a warning for each update.
    with LoggingContext(name="sync", server_name=_SERVER):
        if options.reads:
            json.dump(_read(options.users, options.reads), sys.stdout)
        else:
            report(drive(Presence(), user_ids(options.users), options.rounds))


if __name__ == "__main__":
    main()
