"""The HTTP server: listens, and drains. uvicorn's protocol class serves the connections; uvicorn's server is not used.

uvicorn's server takes over the process's signals, exits when a port is busy, and polls to learn when to stop.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from uvicorn.config import Config
from uvicorn.server import ServerState

from ...app.limits import HANDSHAKE_TIMEOUT_MS, HTTP_CONNECTIONS_MAX
from ...text.addresses import split_address
from ..calls import Calls
from ..ports import ListenError
from ..readiness import Readiness
from ..request_timer import RequestTimer
from .app import HttpApp
from .connections import Bounds, Connection
from .origins import Origins
from .pages import Pages
from .tls import HttpTls

_BACKLOG = 1_024
_KEEP_ALIVE_S = 75
"""The time for which an idle connection is kept: somewhat longer than load balancers keep one by default."""
_DEAD_PEER_MS = 30_000
"""The longest time for which the client's machine may leave sent data unacknowledged."""
_ACCEPT_S = 0.05
"""The time for which a server that stops goes on accepting connections that were already waiting."""
_LAST_S = 1.0
"""The time that calls have to end after they are cancelled at the end of the grace period."""


@dataclass(frozen=True, slots=True)
class HttpListen:
    """The address to listen on, and the options. `address` is HOST:PORT; port 0 picks a free one."""

    address: str
    max_request_bytes: int = 1024 * 1024
    reuse_port: bool = False
    tls: HttpTls | None = None
    origins: tuple[str, ...] = ()
    by_any_name: bool = False
    """Do not check the Host header. Safe where every caller needs a credential."""
    handshake_timeout_ms: int = HANDSHAKE_TIMEOUT_MS
    connections_max: int = HTTP_CONNECTIONS_MAX
    pages: Pages | None = None
    """The console; None if it is turned off."""
    connection_age_ms: int = 0
    """The age at which a connection takes no more calls, give or take a tenth; 0 for no limit."""
    connection_grace_ms: int = 10_000
    """The time that the calls of such a connection have to finish."""


class HttpServer:
    """A running server; `port` is the one it listens on."""

    def __init__(self, calls: Calls, readiness: Readiness, listen: HttpListen, timer: RequestTimer) -> None:
        origins = Origins(listen.origins, by_any_name=listen.by_any_name)
        app = HttpApp(calls, readiness, timer, origins, listen.max_request_bytes, listen.pages)
        # uvicorn logs only hostile requests, which would fill the log.
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
        self._config = Config(
            app,
            interface="asgi3",
            ws="none",
            lifespan="off",
            http=Connection,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
        )
        self._config.load()
        self._state = ServerState()
        self._listen = listen
        self._servers: list[asyncio.Server] = []
        self._sockets = _bound(listen.address, reuse_port=listen.reuse_port)
        self.port: int = self._sockets[0].getsockname()[1]

    async def start(self) -> None:
        """Take calls."""
        loop, listen = asyncio.get_running_loop(), self._listen
        handshake_s = listen.handshake_timeout_ms / 1_000
        bounds = Bounds(
            body_max_bytes=listen.max_request_bytes,
            connections_max=listen.connections_max,
            head_timeout_s=handshake_s,
            age_s=listen.connection_age_ms / 1_000,
            age_grace_s=listen.connection_grace_ms / 1_000,
        )
        make = partial(Connection, bounds, config=self._config, server_state=self._state, app_state={}, _loop=loop)
        tls = None if listen.tls is None else listen.tls.context
        for each in self._sockets:
            server = await loop.create_server(
                make, sock=each, ssl=tls, backlog=_BACKLOG, ssl_handshake_timeout=None if tls is None else handshake_s
            )
            self._servers.append(server)

    async def drain(self, grace_s: float) -> None:
        """Accept only the calls that have already arrived, and give running calls `grace_s` to finish."""
        await asyncio.sleep(min(_ACCEPT_S, grace_s))
        for server in self._servers:
            server.close()
        for connection in list(self._state.connections):
            connection.shutdown()
        if self._state.tasks:
            await asyncio.wait(list(self._state.tasks), timeout=grace_s)
        for task in (remaining := list(self._state.tasks)):
            task.cancel()
        if remaining:
            await asyncio.wait(remaining, timeout=_LAST_S)
        for connection in list(self._state.connections):
            # Not `abort`: the last bytes of a response may still be unsent.
            connection.transport.close()

    def close(self) -> None:
        """Release the port of a server that was never started."""
        for each in self._sockets:
            each.close()


def _bound(address: str, *, reuse_port: bool) -> list[socket.socket]:
    """Bind every address that a host name resolves to, as gRPC does, and skip those that this machine lacks."""
    host, port = split_address(address)
    sockets: list[socket.socket] = []
    failure: OSError | None = None
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise ListenError(f"cannot listen on {address}: {error.strerror or error}") from None
    for family, kind, protocol, _, where in found:
        bound: socket.socket | None = None
        try:
            bound = socket.socket(family, kind, protocol)
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if reuse_port:
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if family == socket.AF_INET6:
                bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            # Connections inherit these options from the listening socket.
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            with suppress(AttributeError):
                bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, _DEAD_PEER_MS // 1_000)
                bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _DEAD_PEER_MS)
            # All addresses get the port that the first one got.
            bound.bind((where[0], sockets[0].getsockname()[1] if sockets else port, *where[2:]))
            bound.setblocking(False)
        except OSError as error:
            failure = failure or error
            if bound is not None:
                bound.close()
        else:
            sockets.append(bound)
    if not sockets:
        why = "is the port in use?" if failure is None else failure.strerror or str(failure)
        raise ListenError(f"cannot listen on {address}: {why}") from failure
    return sockets
