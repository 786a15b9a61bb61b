"""A proxy that can hold back what the server says and close nothing, as a bad network does, or a proxy that buffers."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class HoldingProxy:
    """Passes connections on to a port of this machine."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.url = ""

    def hold(self) -> None:
        """Say nothing more to browsers, and let them believe that all is well."""
        self._flowing.clear()

    def let_go(self) -> None:
        """Pass on what was held, and what comes."""
        self._flowing.set()

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection."""
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        for source, sink, is_held in ((reader, back, False), (there, writer, True)):
            task = asyncio.create_task(self._pass(source, sink, is_held))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, is_held: bool) -> None:
        try:
            with contextlib.suppress(ConnectionError):
                while data := await source.read(1 << 16):
                    if is_held:
                        await self._flowing.wait()
                    sink.write(data)
                    await sink.drain()
        finally:
            sink.close()

    async def close(self) -> None:
        """End all connections."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)


@asynccontextmanager
async def held_before(url: str) -> AsyncIterator[HoldingProxy]:
    """A proxy before the console at `url`."""
    target = int(url.split(":")[2].partition("/")[0])
    proxy = HoldingProxy(target)
    server = await asyncio.start_server(proxy.accept, "127.0.0.1", 0)
    proxy.url = url.replace(f":{target}/", f":{server.sockets[0].getsockname()[1]}/")
    try:
        yield proxy
    finally:
        server.close()
        await proxy.close()
