"""A process that calls a server at a steady rate, whether or not the answers keep up, and notes how long they take.

The latency of a call counts from the moment at which it was to be made, so that a server which stops for a while is
charged with every call that would have been made meanwhile (no coordinated omission). The client is grpcio's own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import count
from typing import NamedTuple

import uvloop
from grpc import aio

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc

from .population import ACCOUNT, by_due_time, user_id
from .processes import Process

_DEADLINE_S = 60.0


class Call(NamedTuple):
    """A call: when it was to be made (ms UTC), and after how long (ms) its answer came."""

    at_ms: float
    latency_ms: float


class Calls(NamedTuple):
    """All calls of a process, by method."""

    reads: Sequence[Call]
    activities: Sequence[Call]


def arguments_for(port: int, users: int, *, reads_per_s: float, activities_per_s: float = 0) -> list[str]:
    """The command line of a caller."""
    return [
        *("--port", str(port)),
        *("--users", str(users)),
        *("--reads-per-s", str(reads_per_s)),
        *("--activities-per-s", str(activities_per_s)),
    ]


def finish(caller: Process) -> Calls:
    """Have a caller stop calling; what it noted."""
    caller.close_input()
    reads, activities = json.loads(caller.line())
    return Calls([Call(*call) for call in reads], [Call(*call) for call in activities])


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values are, by the nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def _call_steadily(
    call: Callable[..., Awaitable[object]],
    requests: Iterator[object],
    per_s: float,
    into: list[Call],
    stop: asyncio.Event,
) -> None:
    tasks: set[asyncio.Task[None]] = set()
    started, started_ms = time.perf_counter(), time.time() * 1_000

    async def once(request: object, at: float) -> None:
        await call(request, timeout=_DEADLINE_S)
        into.append(Call(started_ms + at * 1_000, (time.perf_counter() - started - at) * 1_000))

    for number in count():
        if stop.is_set():
            break
        at = number / per_s
        if (ahead := at - (time.perf_counter() - started)) > 0:
            await asyncio.sleep(ahead)
        task = asyncio.create_task(once(next(requests), at))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)


async def _run(port: int, users: int, reads_per_s: float, activities_per_s: float) -> Calls:
    stop = asyncio.Event()

    def on_input() -> None:
        if not sys.stdin.readline():
            stop.set()

    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin, on_input)
    pick = random.Random(1)
    order = by_due_time(users)
    reads = (pb.GetStatusRequest(account_id=ACCOUNT, user_id=user_id(pick.randrange(users))) for _ in count())
    activities = (pb.RecordActivityRequest(account_id=ACCOUNT, user_id=user_id(index)) for index in order)
    called: tuple[list[Call], list[Call]] = ([], [])
    async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = pb_grpc.StatusServiceStub(channel)
        await stub.GetStatus(next(reads), timeout=_DEADLINE_S)
        print("calling", flush=True)
        async with asyncio.TaskGroup() as group:
            if reads_per_s:
                group.create_task(_call_steadily(stub.GetStatus, reads, reads_per_s, called[0], stop))
            if activities_per_s:
                group.create_task(_call_steadily(stub.RecordActivity, activities, activities_per_s, called[1], stop))
            await stop.wait()
    loop.remove_reader(sys.stdin)
    return Calls(*called)


def main() -> None:
    """Say so when calling begins, call until standard input ends, then print all calls."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--users", type=int, required=True)
    parser.add_argument("--reads-per-s", type=float, required=True)
    parser.add_argument("--activities-per-s", type=float, required=True)
    arguments = parser.parse_args()
    calls = uvloop.run(_run(arguments.port, arguments.users, arguments.reads_per_s, arguments.activities_per_s))
    json.dump(calls, sys.stdout)
    print(flush=True)


if __name__ == "__main__":
    main()
