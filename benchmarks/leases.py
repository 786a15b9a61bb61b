"""Sessions per second through `RecordActivities`, end to end: opened, and kept.

A real server with SQLite on disk, and one client process at a time, as for activities per second end to end: batches of
5,000 sessions of one account, built and serialized anew by grpcio's client, eight unacknowledged at any time. First
every user gets a session, one after the other; then sessions of random users are kept, all of them with the usual time
to live, and then again with a time to live and the time since the last input.

The goal is for each second of CPU of the server's event loop, which is what it does with a core of its own: writing to
disk is on another. What all threads used, and the rate by the wall clock from the first acknowledgement after a second
of warming up until the last, are beside. The activities at the end take the same way without a session to move.

Left out: sessions that lift a disconnection, each a change to be made durable before the acknowledgement (see the
storms for their kind), engagements, which take the same way, and several accounts. The client is on the server's
machine. `python -m benchmarks.leases` is the client.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import uvloop
from google.protobuf.duration_pb2 import Duration
from grpc import aio

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc

from . import feeding
from .activities import Meter, Sent
from .context import Context
from .figures import Figure, at_least
from .population import ACCOUNT, session_id, user_id
from .processes import Server, cpu_ns, run_child, serving, serving_cpu_ns

TITLE = "Sessions per second end to end"
_GOAL = 150_000
_BATCHES_IN_FLIGHT = 8
_KINDS = {"open": "opened", "keep": "kept", "keep-idle": "kept, with ttl and idle_for", "activity": "activities"}


class _Cost(NamedTuple):
    """The number that was sent, and the CPU time of one (us): of the server's event loop, and of all its threads."""

    sent: Sent
    loop_us: float
    all_us: float


def run(context: Context) -> Sequence[Figure]:
    """Open, then keep, then record activities."""
    scale = context.scale
    with context.folder("leases") as folder:
        path = feeding.account_database(folder)
        with serving(folder, f"sqlite:{path}", *feeding.SERVER_OPTIONS) as server:
            feeding.record_now(server.port, [user_id(index) for index in range(scale.stream_users)])
            costs = {kind: _measure(server, kind, scale.stream_users, scale.stream_s) for kind in _KINDS}
    return [
        *(_figure(f"{name}, {scale.stream_users:,} users", costs[kind], kind) for kind, name in _KINDS.items()),
        Figure("CPU of a session kept / of an activity", costs["keep"].all_us / costs["activity"].all_us, "x"),
    ]


def _measure(server: Server, kind: str, users: int, seconds: float) -> _Cost:
    arguments = ["--kind", kind, "--port", str(server.port), "--users", str(users), "--seconds", str(seconds)]
    all_ns, loop_ns = cpu_ns(server.pid), serving_cpu_ns(server.pid)
    sent, total = json.loads(run_child("benchmarks.leases", arguments))
    return _Cost(
        Sent(*sent),
        (serving_cpu_ns(server.pid) - loop_ns) / 1_000 / total,
        (cpu_ns(server.pid) - all_ns) / 1_000 / total,
    )


def _figure(name: str, cost: _Cost, kind: str) -> Figure:
    client_us = cost.sent.cpu_s * 1e6 / cost.sent.activities
    detail = (
        f"{cost.loop_us:.2f} us each in the loop, {cost.all_us:.2f} in all threads, {client_us:.2f} in the client; "
        f"{cost.sent.per_s:,.0f} /s by the wall clock"
    )
    return Figure(name, 1e6 / cost.loop_us, "/s of CPU", at_least(_GOAL) if kind == "keep" else None, detail)


# --- the client ------------------------------------------------------------------------------------------------------


def _batches(kind: str, users: int, meter: Meter) -> Iterator[Sequence[int]]:
    """The users of each batch: everybody once, or random ones for as long as it is measured."""
    if kind == "open":
        for first in range(0, users, feeding.BATCH):
            yield range(first, min(first + feeding.BATCH, users))
        return
    pick = random.Random(1)
    while not meter.over:
        yield pick.choices(range(users), k=feeding.BATCH)


def _request(kind: str, sequence: int, ids: Sequence[tuple[str, str]]) -> pb.RecordActivitiesRequest:
    if kind == "activity":
        activities = [pb.Activity(account_id=ACCOUNT, user_id=user) for user, _ in ids]
        return pb.RecordActivitiesRequest(sequence=sequence, activities=activities)
    keep = pb.LEASE_ACTION_KEEP_SESSION
    idle = {"ttl": Duration(seconds=200), "idle_for": Duration(seconds=20)} if kind == "keep-idle" else {}
    leases = [
        pb.Lease(account_id=ACCOUNT, user_id=user, action=keep, lease_id=session, **idle) for user, session in ids
    ]
    return pb.RecordActivitiesRequest(sequence=sequence, leases=leases)


async def _stream(port: int, kind: str, users: int, seconds: float) -> Meter:
    ids = [(user_id(index), session_id(index)) for index in range(users)]
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = pb_grpc.StatusServiceStub(channel).RecordActivities()
        room = asyncio.Semaphore(_BATCHES_IN_FLIGHT)
        meter = Meter(seconds)
        sizes: list[int] = []
        started, cpu_s = time.perf_counter(), time.process_time()

        async def send() -> None:
            for indexes in _batches(kind, users, meter):
                sizes.append(len(indexes))
                request = _request(kind, len(sizes), [ids[index] for index in indexes])
                await room.acquire()
                await call.write(request)
            await call.done_writing()

        async with asyncio.TaskGroup() as group:
            group.create_task(send())
            expected = 0
            async for answer in call:
                expected += 1
                assert answer.sequence == expected and not answer.lease_errors
                room.release()
                meter.acknowledged(sizes[expected - 1])
        if kind == "open":  # each once, so there is nothing to warm up with
            meter.sent = Sent(meter.total, time.perf_counter() - started, time.process_time() - cpu_s)
    return meter


def main() -> None:
    """Send; print what was measured, and how many sessions there were in all."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=tuple(_KINDS), required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    arguments = parser.parse_args()
    meter = uvloop.run(_stream(arguments.port, arguments.kind, arguments.users, arguments.seconds))
    json.dump((meter.sent, meter.total), sys.stdout)


if __name__ == "__main__":
    main()
