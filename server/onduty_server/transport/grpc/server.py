"""The gRPC server: options, the servicer, health and reflection.

Health says SERVING from the moment the store is loaded until the server begins to drain, and NOT_SERVING while the
store cannot be reached.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

import grpc
from grpc import aio

from onduty.v1 import status_pb2 as pb

from ...app.limits import CONNECTION_CALLS, HANDSHAKE_TIMEOUT_MS, PENDING_CALLS_MAX
from ...app.ports.clock import Clock
from ...app.ports.observer import Observer
from ...app.service import StatusService
from ...app.watching.watch import Watching
from ..guard import Guard
from ..limits import CallLimits, Limits
from ..servicer import StatusServicer, add_to_server
from .accepting import AcceptedCalls
from .health import HealthServicer
from .messages import Messages
from .open_services import add_open_services
from .tls import ServerTls

_EMPTY_QUEUE_S = 1.0
"""How long a server that stops goes on accepting calls, for as long as there is one that waits."""

_IDENTITY = grpc.Compression.NoCompression.value

SERVICE_NAME = pb.DESCRIPTOR.services_by_name["StatusService"].full_name


@dataclass(frozen=True, slots=True)
class Listen:
    """Where and how to listen. `address` is HOST:PORT, port 0 for a free one."""

    address: str
    max_request_bytes: int = 1024 * 1024
    reuse_port: bool = False
    tls: ServerTls | None = None
    reflection: bool = True
    connection_calls: int = CONNECTION_CALLS
    limits: Limits = field(default_factory=Limits)
    handshake_timeout_ms: int = HANDSHAKE_TIMEOUT_MS


class ListenError(Exception):
    """The address cannot be listened on; the message says why."""


class GrpcServer:
    """A running server; `port` is the one it listens on."""

    def __init__(
        self,
        service: StatusService,
        watching: Watching,
        guard: Guard,
        listen: Listen,
        clock: Clock,
        observer: Observer | None = None,
    ) -> None:
        observer = observer or Observer()
        self._server = aio.server(
            options=[
                ("grpc.max_receive_message_length", listen.max_request_bytes),
                # A compressed request is measured only once it is inflated: one of 1 MiB would take a gigabyte, and
                # everybody's calls would wait for it. Small messages gain nothing by compression anyway.
                ("grpc.compression_enabled_algorithms_bitset", 1 << _IDENTITY),
                # Two servers on one port would silently share its calls.
                ("grpc.so_reuseport", int(listen.reuse_port)),
                # What a client has to say beyond this waits there, and not here.
                ("grpc.max_concurrent_streams", listen.connection_calls),
                # It would count streams that have ended until the last of their memory is freed, and so refuse every
                # third call of a client that always has as many as it may.
                ("grpc.http.overload_protection", 0),
                # And of what waits here there is an end.
                ("grpc.server.max_pending_requests", PENDING_CALLS_MAX),
                ("grpc.server.max_pending_requests_hard_limit", PENDING_CALLS_MAX + 1),
                # Clients ping every few seconds to notice a dead server; the default calls that an attack.
                ("grpc.http2.min_ping_interval_without_data_ms", 1_000),
                ("grpc.keepalive_permit_without_calls", 1),
                # And a client that vanished must not hold its connection for ever.
                ("grpc.keepalive_time_ms", 30_000),
                ("grpc.http2.ping_timeout_ms", 10_000),
                # Nor one that never says hello; the default is two minutes.
                ("grpc.server_handshake_timeout_ms", listen.handshake_timeout_ms),
            ]
        )
        self._health = HealthServicer((SERVICE_NAME,))
        self.limits = CallLimits(listen.limits, clock, observer)
        self._messages = Messages(clock)
        self._accepted = AcceptedCalls()
        self._server.add_generic_rpc_handlers((self._accepted,))  # the first, see there
        add_to_server(StatusServicer(service, watching, guard, self.limits, self._messages), self._server)
        described = (SERVICE_NAME,) if listen.reflection else ()
        add_open_services(self._server, self._health, described, self.limits, self._messages)
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

    async def watch(self) -> None:
        """End calls that never send their request; until cancelled."""
        await self._messages.watch()

    def set_reachable(self, reachable: bool) -> None:
        """Say in the health service whether the store answers."""
        self._health.set_reachable(reachable)

    def why_not_serving(self) -> str | None:
        """What health over gRPC says, as a reason; None while it says SERVING. May be asked from any thread."""
        return self._health.why_not_serving()

    async def drain(self, grace_s: float) -> None:
        """Say NOT_SERVING, take no more calls than have arrived, and let those that run finish within `grace_s`."""
        self._health.drain()
        self._messages.drain()
        with suppress(TimeoutError):
            async with asyncio.timeout(min(grace_s / 2, _EMPTY_QUEUE_S)):
                await self._accepted.exhausted()
        await self._server.stop(grace_s)
