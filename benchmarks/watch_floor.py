"""The server that idle watchers are compared with: the same grpcio, loop and options, and no service.

Whoever watches is sent one message that was encoded before the first, once a second, by one task for all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
import sys
from typing import Any

import grpc
import uvloop
from grpc import aio

from onduty.v1 import status_pb2 as pb

from .empty_server import OPTIONS

_SERVICE = "onduty.v1.StatusService"
_INTERVAL_S = 0.9
"""That of the bookmarks of a server."""


class _Floor:
    """All who watch, each with the future that its call waits for."""

    def __init__(self) -> None:
        bookmark = pb.Bookmark()
        bookmark.effective_until.GetCurrentTime()
        self._message = pb.WatchStatusesResponse(resume_token="t" * 40, bookmark=bookmark).SerializeToString()
        self._contexts: set[Any] = set()

    async def watch(self, _: Any, context: Any) -> None:
        """Serve one call until the caller leaves."""
        await context.read()
        await context.write(self._message)
        self._contexts.add(context)
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            self._contexts.discard(context)

    async def write_forever(self) -> None:
        """Write to all of them, again and again."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due += _INTERVAL_S
            await asyncio.sleep(due - loop.time())
            await asyncio.gather(*(context.write(self._message) for context in self._contexts), return_exceptions=True)


async def _serve() -> None:
    floor = _Floor()
    server = aio.server(options=OPTIONS)
    handler: Any = grpc.stream_stream_rpc_method_handler(floor.watch)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(_SERVICE, {"WatchStatuses": handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    gc.collect()
    gc.freeze()
    await server.start()
    print(port, flush=True)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    writing = asyncio.create_task(floor.write_forever())
    await stop.wait()
    writing.cancel()
    await server.stop(None)


def main() -> None:
    """Print the port, then serve until SIGTERM."""
    argparse.ArgumentParser().parse_args()
    sys.setswitchinterval(0.001)
    uvloop.run(_serve())


if __name__ == "__main__":
    main()
