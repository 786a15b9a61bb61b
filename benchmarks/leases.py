"""Sessions per second through `RecordActivities`, end to end: opened, and kept.

A real server with SQLite on disk, and one client process at a time, as for activities per second end to end: batches of
5,000 sessions of one account, built and serialized anew by grpcio's client, eight unacknowledged at any time. First
every user gets a session, one after the other; then sessions of random users are kept, all of them with the usual time
to live, and then again with a time to live and the time since the last input.

The goal is for each second of CPU that all threads of the server used, writing to disk included, which is what one core
does: the client takes as much, and gets what is left of the machine. What counts of wall time is from the first
acknowledgement after a second of warming up until the last.

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
from .processes import cpu_ns, run_child, serving

TITLE = "Sessions per second end to end"
_GOAL = 150_000
_BATCHES_IN_FLIGHT = 8
_KINDS = {"open": "opened", "keep": "kept", "keep-idle": "kept, with ttl and idle_for"}


def run(context: Context) -> Sequence[Figure]:
    """Open, then keep."""
    scale = context.scale
    figures = []
    with context.folder("leases") as folder:
        path = feeding.account_database(folder)
        with serving(folder, f"sqlite:{path}", *feeding.SERVER_OPTIONS) as server:
            feeding.record_now(server.port, [user_id(index) for index in range(scale.stream_users)])
            for kind, name in _KINDS.items():
                arguments = ["--kind", kind, "--port", str(server.port), "--users", str(scale.stream_users)]
                before_ns = cpu_ns(server.pid)
                sent, total = json.loads(run_child("benchmarks.leases", [*arguments, "--seconds", str(scale.stream_s)]))
                each_us = (cpu_ns(server.pid) - before_ns) / 1_000 / total
                figures.append(_figure(f"{name}, {scale.stream_users:,} users", each_us, Sent(*sent), kind))
    return figures


def _figure(name: str, each_us: float, sent: Sent, kind: str) -> Figure:
    detail = (
        f"{each_us:.2f} us each in the server, {sent.cpu_s * 1e6 / sent.activities:.2f} in the client; "
        f"{sent.per_s:,.0f} /s of wall time"
    )
    return Figure(name, 1e6 / each_us, "/s of CPU", at_least(_GOAL) if kind == "keep" else None, detail)


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


async def _stream(port: int, kind: str, users: int, seconds: float) -> Meter:
    ids = [(user_id(index), session_id(index)) for index in range(users)]
    keep = pb.LEASE_ACTION_KEEP_SESSION
    idle = {"ttl": Duration(seconds=200), "idle_for": Duration(seconds=20)} if kind == "keep-idle" else {}
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = pb_grpc.StatusServiceStub(channel).RecordActivities()
        room = asyncio.Semaphore(_BATCHES_IN_FLIGHT)
        meter = Meter(seconds)
        sizes: list[int] = []
        started, cpu_s = time.perf_counter(), time.process_time()

        async def send() -> None:
            for indexes in _batches(kind, users, meter):
                batch = [
                    pb.Lease(account_id=ACCOUNT, user_id=user, action=keep, lease_id=session, **idle)
                    for user, session in [ids[index] for index in indexes]
                ]
                await room.acquire()
                sizes.append(len(batch))
                await call.write(pb.RecordActivitiesRequest(sequence=len(sizes), leases=batch))
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
