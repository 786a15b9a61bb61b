"""The gRPC server: its options, and what it serves: the service, health and reflection."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import grpc
from grpc import aio

from ...app.limits import CONNECTION_CALLS, HANDSHAKE_TIMEOUT_MS, PENDING_CALLS_MAX
from ..calls import Calls
from ..ports import ListenError
from ..readiness import Readiness
from ..request_timer import RequestTimer
from ..rpcs import SERVICE
from .accepting import AcceptedCalls
from .door import method_handlers
from .health import HealthServicer
from .open_services import add_open_services
from .requests import RequestReader
from .tls import ServerTls

_EMPTY_QUEUE_S = 1.0
"""The longest time for which a server that stops goes on accepting calls that are waiting."""

_IDENTITY = grpc.Compression.NoCompression.value


@dataclass(frozen=True, slots=True)
class Listen:
    """The address to listen on, and the options. `address` is HOST:PORT; port 0 picks a free one."""

    address: str
    max_request_bytes: int = 1024 * 1024
    reuse_port: bool = False
    tls: ServerTls | None = None
    reflection: bool = True
    connection_calls: int = CONNECTION_CALLS
    handshake_timeout_ms: int = HANDSHAKE_TIMEOUT_MS
    connection_age_ms: int = 0
    """The age at which a connection takes no more calls, give or take a tenth; 0 for no limit."""
    connection_grace_ms: int = 10_000
    """The time that the calls of such a connection have to finish."""


class GrpcServer:
    """A running server; `port` is the one it listens on."""

    def __init__(self, calls: Calls, readiness: Readiness, listen: Listen, timer: RequestTimer) -> None:
        self._server = aio.server(
            options=[
                ("grpc.max_receive_message_length", listen.max_request_bytes),
                # grpcio checks the length of a compressed request only after unpacking it: 1 MiB may become a
                # gigabyte, and all calls would wait meanwhile. Small messages gain nothing from compression anyway.
                ("grpc.compression_enabled_algorithms_bitset", 1 << _IDENTITY),
                # Two servers on one port would silently share its calls.
                ("grpc.so_reuseport", int(listen.reuse_port)),
                # Calls beyond this number wait in the client rather than here.
                ("grpc.max_concurrent_streams", listen.connection_calls),
                # With this on, a stream counts until the last of its memory is freed, so every third call would be
                # refused for a client that always has as many open as it may.
                ("grpc.http.overload_protection", 0),
                # And limit how many calls wait here.
                ("grpc.server.max_pending_requests", PENDING_CALLS_MAX),
                ("grpc.server.max_pending_requests_hard_limit", PENDING_CALLS_MAX + 1),
                # Clients ping every few seconds to notice a dead server; by default that counts as an attack.
                ("grpc.http2.min_ping_interval_without_data_ms", 1_000),
                ("grpc.keepalive_permit_without_calls", 1),
                # A client that has vanished must not keep its connection open.
                ("grpc.keepalive_time_ms", 30_000),
                ("grpc.http2.ping_timeout_ms", 10_000),
                # Nor may one that never completes the handshake: the default limit is two minutes.
                ("grpc.server_handshake_timeout_ms", listen.handshake_timeout_ms),
                *_ages(listen),
            ]
        )
        reader = RequestReader(timer)
        self._accepted = AcceptedCalls(method_handlers(calls, timer))
        self._server.add_generic_rpc_handlers((self._accepted,))  # must come first, see AcceptedCalls
        described = (SERVICE.full_name,) if listen.reflection else ()
        health = HealthServicer((SERVICE.full_name,), readiness)
        add_open_services(self._server, health, described, calls.limits, reader)
        try:
            if listen.tls is None:
                self.port = self._server.add_insecure_port(listen.address)
            else:
                self.port = self._server.add_secure_port(listen.address, listen.tls.credentials())
        except RuntimeError as error:
            raise ListenError(f"cannot listen on {listen.address}; is the port in use?") from error

    async def start(self) -> None:
        """Take calls."""
        await self._server.start()

    async def drain(self, grace_s: float) -> None:
        """Accept only the calls that have already arrived, and give running calls `grace_s` to finish."""
        with suppress(TimeoutError):
            async with asyncio.timeout(min(grace_s / 2, _EMPTY_QUEUE_S)):
                await self._accepted.exhausted()
        await self._server.stop(grace_s)


def _ages(listen: Listen) -> list[tuple[str, int]]:
    if not listen.connection_age_ms:
        return []
    return [
        # grpcio itself varies the age by a tenth, so that connections made together do not end together.
        ("grpc.max_connection_age_ms", listen.connection_age_ms),
        # Without a limit, a watch would keep its connection, and never come to another server.
        ("grpc.max_connection_age_grace_ms", listen.connection_grace_ms),
    ]
