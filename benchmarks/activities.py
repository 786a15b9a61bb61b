"""Activities per second through `RecordActivities`, end to end, beside one `RecordActivity` for each.

A real server with SQLite on disk, and one client process at a time, so that each has a core where there are two. The
stream: batches of 5,000 activities of random users of one account, all of them known and ONLINE, each batch built and
serialized anew by grpcio's client, eight unacknowledged at any time. What counts is acknowledged activities from the
first acknowledgement after a second of warming up until the last. Unary calls, in the same run and to the same server:
64 in flight, from grpcio's client, which needs more CPU than the server, and from the hand-written one, which saturates
the server. The goal of 40 times is compared with the faster of the two.

Left out: first activities and those that bring a user back, each a change to be made durable before the acknowledgement
(see the storm for their kind); the disk, which is written to behind the acknowledgements; several accounts. The client
is on the server's machine. `python -m benchmarks.activities` is the client of the stream and of grpcio's unary calls.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

import uvloop
from grpc import aio

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc

from . import feeding
from .context import Context
from .figures import Figure, at_least
from .population import ACCOUNT, user_id
from .processes import cpu_ns, run_child, serving
from .wire import Wire

TITLE = "Activities per second end to end"
_RATE_GOAL = 100_000
_RATIO_GOAL = 40
_BATCHES_IN_FLIGHT = 8
_CALLS_IN_FLIGHT = 64
_WIRE_CALLS = 1_000


class Sent(NamedTuple):
    """The work of a client: the activities acknowledged, the time, and the client's own CPU time."""

    activities: int
    seconds: float
    cpu_s: float

    @property
    def per_s(self) -> float:
        return self.activities / self.seconds


def run(context: Context) -> Sequence[Figure]:
    """Measure the stream, then unary calls."""
    scale = context.scale
    with context.folder("activities") as folder:
        path = feeding.account_database(folder)
        with serving(folder, f"sqlite:{path}", *feeding.SERVER_OPTIONS) as server:
            feeding.record_now(server.port, [user_id(index) for index in range(scale.stream_users)])
            streamed, stream_us = _with_client(server.pid, server.port, "stream", scale.stream_users, scale.stream_s)
            unary, unary_us = _with_client(server.pid, server.port, "unary", scale.stream_users, scale.unary_s)
            wire, wire_us = _by_wire(server.pid, server.port, scale.stream_users, scale.unary_s)
    return [
        Figure(
            f"RecordActivities, {scale.stream_users:,} users",
            streamed.per_s,
            "/s",
            at_least(_RATE_GOAL),
            f"for {streamed.seconds:.1f} s; {stream_us:.2f} us of CPU each in the server, "
            f"{streamed.cpu_s * 1e6 / streamed.activities:.2f} in the client",
        ),
        Figure(
            "RecordActivities / RecordActivity",
            streamed.per_s / max(unary.per_s, wire.per_s),
            "x",
            at_least(_RATIO_GOAL),
            f"{streamed.per_s / unary.per_s:.0f} x the rate of grpcio's client",
        ),
        Figure("RecordActivity, grpcio's client", unary.per_s, "/s", None, f"{unary_us:.0f} us of CPU in the server"),
        Figure("RecordActivity, hand-written client", wire.per_s, "/s", None, f"{wire_us:.0f} us of CPU in the server"),
    ]


def _with_client(pid: int, port: int, kind: str, users: int, seconds: float) -> tuple[Sent, float]:
    """Run a client; return its work, and the server's CPU time for each activity in microseconds."""
    arguments = ["--kind", kind, "--port", str(port), "--users", str(users), "--seconds", str(seconds)]
    before_ns = cpu_ns(pid)
    sent, total = json.loads(run_child("benchmarks.activities", arguments))
    return Sent(*sent), (cpu_ns(pid) - before_ns) / 1_000 / total


def _by_wire(pid: int, port: int, users: int, seconds: float) -> tuple[Sent, float]:
    pick = random.Random(1)
    messages = [
        pb.RecordActivityRequest(account_id=ACCOUNT, user_id=user_id(pick.randrange(users))).SerializeToString()
        for _ in range(_WIRE_CALLS)
    ]
    with Wire(port, "/onduty.v1.StatusService/RecordActivity") as wire:
        wire.call_all(messages, _CALLS_IN_FLIGHT)
        calls, started, cpu_s, server_ns = 0, time.perf_counter(), time.process_time(), cpu_ns(pid)
        while time.perf_counter() - started < seconds:
            wire.call_all(messages, _CALLS_IN_FLIGHT)
            calls += _WIRE_CALLS
        sent = Sent(calls, time.perf_counter() - started, time.process_time() - cpu_s)
        return sent, (cpu_ns(pid) - server_ns) / 1_000 / calls


# --- the client ------------------------------------------------------------------------------------------------------


class Meter:
    """Counts acknowledged activities, at first to warm up, then for the given time."""

    def __init__(self, seconds: float) -> None:
        self._warm_at = time.perf_counter() + min(1.0, seconds / 4)
        self._ends_at = self._warm_at + seconds
        self._started: tuple[int, float, float] | None = None
        self.total = 0
        self.over = False
        self.sent = Sent(0, 1, 0)

    def acknowledged(self, activities: int) -> None:
        now = time.perf_counter()
        self.total += activities
        if self._started is None:
            if now >= self._warm_at:
                self._started = self.total, now, time.process_time()
        elif not self.over:
            total, at, cpu_s = self._started
            self.sent = Sent(self.total - total, now - at, time.process_time() - cpu_s)
            self.over = now >= self._ends_at


async def _stream(port: int, users: Sequence[str], seconds: float) -> Meter:
    pick = random.Random(1)
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = pb_grpc.StatusServiceStub(channel).RecordActivities()
        room = asyncio.Semaphore(_BATCHES_IN_FLIGHT)
        meter = Meter(seconds)

        async def send() -> None:
            sequence = 0
            while not meter.over:
                batch = [pb.Activity(account_id=ACCOUNT, user_id=each) for each in pick.choices(users, k=feeding.BATCH)]
                await room.acquire()
                sequence += 1
                await call.write(pb.RecordActivitiesRequest(sequence=sequence, activities=batch))
            await call.done_writing()

        async with asyncio.TaskGroup() as group:
            group.create_task(send())
            expected = 1
            async for answer in call:
                assert answer.sequence == expected and not answer.errors
                expected += 1
                room.release()
                meter.acknowledged(feeding.BATCH)
    return meter


async def _unary(port: int, users: Sequence[str], seconds: float) -> Meter:
    pick = random.Random(1)
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = pb_grpc.StatusServiceStub(channel)
        meter = Meter(seconds)

        async def call_on() -> None:
            while not meter.over:
                await stub.RecordActivity(pb.RecordActivityRequest(account_id=ACCOUNT, user_id=pick.choice(users)))
                meter.acknowledged(1)

        async with asyncio.TaskGroup() as group:
            for _ in range(_CALLS_IN_FLIGHT):
                group.create_task(call_on())
    return meter


def main() -> None:
    """Send for a while; print what was measured, and how many activities there were in all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=("stream", "unary"), required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    arguments = parser.parse_args()
    users = [user_id(index) for index in range(arguments.users)]
    send = {"stream": _stream, "unary": _unary}[arguments.kind]
    meter = uvloop.run(send(arguments.port, users, arguments.seconds))
    json.dump((meter.sent, meter.total), sys.stdout)


if __name__ == "__main__":
    main()
