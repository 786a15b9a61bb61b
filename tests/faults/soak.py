"""A server under mixed load for a long time: what it needs stays flat, and everything that it ever said is still so.

`python -m tests.faults.soak --seconds 600` starts `onduty serve` over SQLite with short-lived history, and loads it in
rounds, each with accounts of its own: clients that keep a `Ledger` of them, watchers, of whom some leave and resume, a
stream of activities, connections that come and go, in order and not, and a burst. At the end of a round the load rests
and is checked: what was acknowledged or seen is in history, and every watcher knows what the server does. In each rest,
when nobody is connected, the memory, descriptors, threads and tasks of the server are taken. At the very end it is
stopped, started again, and the last round is checked once more.

Exits with 1, having said why, when something is missing or has grown.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import grpc
from grpc import aio
from tests.faults.http2 import catalogue
from tests.faults.ledger import NEVER, Ledger
from tests.faults.load import Load
from tests.faults.process import ServerProcess, Servers, connected
from tests.faults.test_fuzz import memory, send
from tests.grpc.streaming import Activities, Watch, activity
from tests.grpc.wire import Wire
from tests.watching.follower import Follower, shown

from onduty.v1 import status_pb2 as pb
from onduty_server.process.clock import stopwatch, wall_clock_ms

ROUND_S = 15.0
WATCHERS = 6
STREAM_USERS = 200
BURST = 400
MEMORY_GROWTH_MAX = 1.10
"""From the second quarter of the run to the last, of the whole process."""
MEMORY_SLACK_BYTES = 16 * 1024 * 1024
_LOAD_PAUSE_S = 0.01
_CHURN_S = 0.2


class Sample(NamedTuple):
    """What the server needs while nobody is connected."""

    at_s: float
    memory_bytes: int
    descriptors: int
    threads: int
    tasks: int


class Failure(Exception):
    """Something has grown."""


async def sample(server: ServerProcess, metrics: str, at_s: float) -> Sample:
    """Taken when connections have been let go of, which the server hears of a moment later."""
    await asyncio.sleep(1.0)
    page = await asyncio.to_thread(_get, metrics)
    values = dict(line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#"))
    of = Path(f"/proc/{server.pid}")
    return Sample(
        at_s,
        memory(server),
        len(os.listdir(of / "fd")),
        len(os.listdir(of / "task")),
        round(float(values["onduty_tasks"])),
    )


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as response:
        page: str = response.read().decode()
        return page


class Round:
    """One round: two accounts with ledgers, and one that activities stream into."""

    def __init__(self, address: str, number: int, dice: random.Random) -> None:
        self.ledgers = [Ledger(f"soak-{number}-{each}") for each in ("a", "b")]
        self.counts = Counter[str]()
        self._streamed = f"soak-{number}-streamed"
        self._address = address
        self._dice = dice
        self._over = asyncio.Event()

    async def run(self, seconds: float) -> None:
        """Load the server for so long, then check."""
        watched = self.ledgers[0].account_id
        async with connected(self._address) as calls, aio.insecure_channel(self._address) as channel:
            wire = Wire(channel)
            load = Load(calls, self.ledgers, self._dice, 1 << 60)
            load.pause_s = _LOAD_PAUSE_S
            streams = [Watch(wire, Follower(watched)) for _ in range(WATCHERS)]
            followers = [asyncio.create_task(self._follow(wire, stream)) for stream in streams]
            async with asyncio.TaskGroup() as group:
                for work in (load.run(), self._stream(wire), self._come_and_go(), self._burst(wire)):
                    group.create_task(work)
                await asyncio.sleep(seconds)
                self._over.set()
                load.over.set()
            self.counts.update(load.acknowledged)
            for ledger in self.ledgers:
                await ledger.check(calls, killed=wall_clock_ms(), flushed_before=NEVER)
            await self._quiet(wire, watched)
            quiet = wall_clock_ms()
            statuses = {each.user_id: shown(each) for each in await wire.statuses(account_id=watched)}
            for follower in followers:
                stream = await follower
                while stream.follower.effective_until < quiet:
                    if await stream.read() is None:
                        raise Failure("a watch ended by itself")
                if {user: state.status for user, state in stream.follower.states.items()} != {
                    user: state.status for user, state in statuses.items()
                }:
                    raise Failure("a watcher knows other statuses than the server")
                self.counts["events told"] += len(stream.follower.events)
                await stream.leave()

    async def _quiet(self, wire: Wire, account_id: str) -> None:
        """Until no switch is ahead of anybody."""
        async with asyncio.timeout(30):
            while True:
                found = await wire.statuses(account_id=account_id)
                if not any(each.HasField("next_status_time") for each in found):
                    return
                await asyncio.sleep(0.2)

    async def _follow(self, wire: Wire, stream: Watch) -> Watch:
        """Read; now and then leave and resume, as somebody whose connection was lost does."""
        while not self._over.is_set():
            try:
                if await stream.read() is None:
                    raise Failure("a watch ended by itself")
            except aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
                    raise
                self.counts["watches refused"] += 1
                await asyncio.sleep(0.2)
                stream = Watch(wire, stream.follower.copy(), stream.last_token)
            stream.messages.clear()
            if self._dice.random() < 0.02:
                await stream.leave()
                stream = Watch(wire, stream.follower.copy(), stream.last_token)
                self.counts["watches resumed"] += 1
        return stream

    async def _stream(self, wire: Wire) -> None:
        stream = Activities(wire)
        number = 0
        while not self._over.is_set():
            users = (f"user-{self._dice.randrange(STREAM_USERS)}" for _ in range(100))
            batch = [activity(user, account_id=self._streamed) for user in users]
            if await stream.report(number, batch):
                raise Failure("activities of a stream were refused")
            number += 1
            self.counts["activities streamed"] += len(batch)
            await asyncio.sleep(0.02)

    async def _come_and_go(self) -> None:
        """Connections that call once, that vanish, and that make no sense."""
        request = pb.GetStatusRequest(account_id=self._streamed, user_id="user-0")
        broken = [pieces for pieces in catalogue(request.SerializeToString()).values() if len(pieces) < 100]
        while not self._over.is_set():
            async with connected(self._address) as calls:
                with suppress(aio.AioRpcError):
                    await calls.GetStatus(request, timeout=10)
            await send(self._address, self._dice.choice(broken))
            self.counts["connections"] += 2
            await asyncio.sleep(_CHURN_S)

    async def _burst(self, wire: Wire) -> None:
        """More at once than can be done; those that are refused are refused for that."""
        await asyncio.sleep(1)
        request = pb.RecordActivityRequest(account_id=self._streamed, user_id="user-0")

        async def call() -> None:
            try:
                await wire.stub.RecordActivity(request, timeout=20)
                self.counts["burst answered"] += 1
            except aio.AioRpcError as error:
                self.counts[f"burst {error.code().name}"] += 1

        await asyncio.gather(*(call() for _ in range(BURST)))


def assert_flat(samples: Sequence[Sample]) -> None:
    """Raise Failure when what the server needs has grown since it was warm."""
    quarter = max(len(samples) // 4, 1)
    early, late = samples[quarter : 2 * quarter] or samples[:1], samples[-quarter:]
    before = statistics.median(each.memory_bytes for each in early)
    after = statistics.median(each.memory_bytes for each in late)
    if after > before * MEMORY_GROWTH_MAX + MEMORY_SLACK_BYTES:
        raise Failure(f"memory grew from {before / 1e6:.1f} to {after / 1e6:.1f} MB")
    for name in ("descriptors", "threads", "tasks"):
        least = min(getattr(each, name) for each in early)
        last = min(getattr(each, name) for each in late)
        if last > least + 2:
            raise Failure(f"{name} grew from {least} to {last}")


async def soak(directory: Path, seconds: float, seed: int) -> list[Sample]:
    """The whole of it."""
    dice, began = random.Random(seed), stopwatch()
    counts = Counter[str]()
    samples: list[Sample] = []
    ledgers: list[Ledger] = []
    database = directory / "onduty.db"
    flags = ("--metrics-listen", "127.0.0.1:0", "--history-retention", "5m", "--activity-flush-interval", "200ms")
    async with Servers(directory) as servers:
        server = await servers.start(database, *flags)
        metrics = await server.logged(lambda line: line.get("event") == "serving metrics")
        url = f"http://{metrics['host']}:{metrics['port']}/metrics"
        number = 0
        while not number or stopwatch() - began < seconds:
            this = Round(server.address, number, dice)
            await this.run(min(ROUND_S, seconds))
            counts += this.counts
            ledgers = this.ledgers
            for ledger in ledgers:
                counts += ledger.checked
            taken = await sample(server, url, stopwatch() - began)
            samples.append(taken)
            print(json.dumps({"round": number, **taken._asdict()}), flush=True)
            number += 1
        server.signal(signal.SIGTERM)
        if await server.ended() != 0 or "Traceback" in server.text():
            raise Failure(f"it did not end in order: {server.text()[-2_000:]}")
        again = await servers.start(database, *flags)
        async with connected(again.address) as calls:
            for ledger in ledgers:
                await ledger.check(calls, killed=wall_clock_ms(), flushed_before=NEVER, everything=True)
    print(json.dumps({"seconds": round(stopwatch() - began), "rounds": number, **counts}), flush=True)
    assert_flat(samples)
    return samples


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak for as long as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options = parser.parse_args(arguments)
    print(json.dumps({"seed": options.seed, "seconds": options.seconds}), flush=True)
    with tempfile.TemporaryDirectory(prefix="onduty-soak-") as directory:
        try:
            asyncio.run(soak(Path(directory), options.seconds, options.seed))
        except (Failure, AssertionError) as failure:
            print(f"failed: {failure}", file=sys.stderr)
            return 1
    print("flat, and all that was said is still so")
    return 0


if __name__ == "__main__":
    sys.exit(main())
