"""The server that calls over HTTP are compared with: the same uvicorn, httptools and loop, and no service.

Every request is answered with one body that was built before the first.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
import socket
import sys
from functools import partial
from typing import Any

import uvloop
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState


async def _serve(answer: bytes) -> None:
    headers = [(b"content-type", b"application/proto"), (b"content-length", b"%d" % len(answer))]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["more_body"]:
            pass
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    config = Config(app, interface="asgi3", ws="none", lifespan="off", log_config=None, access_log=False)
    config.proxy_headers = False
    config.load()
    loop = asyncio.get_running_loop()
    make = partial(HttpToolsProtocol, config=config, server_state=ServerState(), app_state={}, _loop=loop)
    listening = socket.create_server(("127.0.0.1", 0))
    server = await loop.create_server(make, sock=listening)
    gc.collect()
    gc.freeze()
    print(listening.getsockname()[1], flush=True)
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    server.close()


def main() -> None:
    """Print the port, then serve until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--answer", required=True, help="the body of every answer, in hexadecimal")
    arguments = parser.parse_args()
    sys.setswitchinterval(0.001)
    uvloop.run(_serve(bytes.fromhex(arguments.answer)))


if __name__ == "__main__":
    main()
