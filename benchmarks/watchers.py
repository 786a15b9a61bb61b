"""A process that watches an account many times over and reads what it is sent without looking into it.

Only the first watch is understood, which tells how many changes have come. Messages are counted by all.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import uvloop
from grpc import aio

from onduty.v1 import status_pb2 as pb

from .population import ACCOUNT
from .processes import Process, child

_METHOD = "/onduty.v1.StatusService/WatchStatuses"
_OPTIONS = [("grpc.use_local_subchannel_pool", 1)]
"""Without it all channels of a process share one connection to a server."""
_CONNECTING_AT_ONCE = 50
_LEAVING_S = 0.5


def account_of(watcher: int, accounts: int) -> str:
    """The account that a watcher watches: the first one is `ACCOUNT`."""
    number = watcher % accounts
    return f"{ACCOUNT}-{number}" if number else ACCOUNT


class Seen(NamedTuple):
    """Counts so far: timed switches, at the first watcher, and messages, at all watchers."""

    switches: int
    messages: int


class Watchers:
    """Such a process; every watcher has its snapshot."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.pid = process.pid

    def seen(self) -> Seen:
        """Ask what has come."""
        self._process.write_line("seen")
        return Seen(*json.loads(self._process.line()))


@contextmanager
def watching(
    port: int, watchers: int, *, connections: int, accounts: int = 1, bookmark_within_s: float = 1.0
) -> Iterator[Watchers]:
    """Watchers, spread over connections and accounts (see `account_of`), until the end."""
    arguments = ["--port", str(port), "--watchers", str(watchers), "--connections", str(connections)]
    arguments += ["--accounts", str(accounts), "--bookmark-within", str(bookmark_within_s)]
    with child("benchmarks.watchers", *arguments) as process:
        process.line()
        yield Watchers(process)
    # Let the server notice, so that whatever comes next does not meet it in the middle of a thousand farewells.
    time.sleep(_LEAVING_S)


class _Counts:
    def __init__(self) -> None:
        self.switches = 0
        self.messages = 0


async def _watch(
    channel: aio.Channel, request: bytes, counts: _Counts, ready: asyncio.Event, *, understood: bool
) -> None:
    watch: aio.UnaryStreamMultiCallable[bytes, bytes] = channel.unary_stream(_METHOD)
    async for message in watch(request):
        ready.set()
        counts.messages += 1
        if understood:
            changes = pb.WatchStatusesResponse.FromString(message).changes.changes
            counts.switches += sum(it.status_change.cause == pb.CAUSE_INACTIVITY for it in changes)
    raise AssertionError("the server ended a watch")


async def _run(port: int, watchers: int, connections: int, accounts: int, bookmark_within_s: float) -> None:
    loop, counts = asyncio.get_running_loop(), _Counts()
    asked: asyncio.Queue[str] = asyncio.Queue()
    loop.add_reader(sys.stdin, lambda: asked.put_nowait(sys.stdin.readline()))
    channels = [aio.insecure_channel(f"127.0.0.1:{port}", _OPTIONS) for _ in range(connections)]
    room = asyncio.Semaphore(_CONNECTING_AT_ONCE)
    async with asyncio.TaskGroup() as group:

        async def begin(number: int) -> None:
            async with room:
                ready = asyncio.Event()
                request = pb.WatchStatusesRequest(account_id=account_of(number, accounts))
                if bookmark_within_s > 1:
                    request.bookmark_within.FromMilliseconds(round(bookmark_within_s * 1_000))
                channel, data = channels[number % connections], request.SerializeToString()
                group.create_task(_watch(channel, data, counts, ready, understood=number == 0))
                await ready.wait()

        await asyncio.gather(*(begin(number) for number in range(watchers)))
        print("watching", flush=True)
        while await asked.get():
            print(json.dumps((counts.switches, counts.messages)), flush=True)


def main() -> None:
    """Say so when all watch, then answer each line of standard input with what has come."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--watchers", type=int, required=True)
    parser.add_argument("--connections", type=int, required=True)
    parser.add_argument("--accounts", type=int, required=True)
    parser.add_argument("--bookmark-within", type=float, required=True)
    arguments = parser.parse_args()
    uvloop.run(
        _run(
            *(arguments.port, arguments.watchers, arguments.connections, arguments.accounts),
            arguments.bookmark_within,
        )
    )


if __name__ == "__main__":
    main()
