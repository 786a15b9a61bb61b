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
from grpc_health.v1 import health, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from onduty.v1 import status_pb2 as pb

from ..app.ports.clock import Clock
from ..app.ports.observer import Observer
from ..app.service import StatusService
from ..app.watching import Watching
from .guard import Guard
from .health import HealthServicer
from .limits import CallLimits, Limits
from .overload import CoreCounters, Gate
from .servicer import StatusServicer, add_to_server
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
    connection_calls: int = 1_000
    limits: Limits = field(default_factory=Limits)


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
                # Its counters tell how many calls wait to be accepted.
                ("grpc.enable_channelz", 1),
                # Clients ping every few seconds to notice a dead server; the default calls that an attack.
                ("grpc.http2.min_ping_interval_without_data_ms", 1_000),
                ("grpc.keepalive_permit_without_calls", 1),
                # And a client that vanished must not hold its connection for ever.
                ("grpc.keepalive_time_ms", 30_000),
                ("grpc.http2.ping_timeout_ms", 10_000),
            ]
        )
        self._health = HealthServicer((SERVICE_NAME,))
        self.limits = CallLimits(listen.limits, clock, observer)
        self.gate = Gate(SERVICE_NAME, clock, observer, target_ms=listen.limits.overload_wait_ms)
        self._core = CoreCounters()
        self._server.add_generic_rpc_handlers((self.gate,))  # the first, see there
        add_to_server(StatusServicer(service, watching, guard, self.limits), self._server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        if listen.reflection:
            shown = (SERVICE_NAME, health.SERVICE_NAME, reflection.SERVICE_NAME)
            reflection.enable_server_reflection(shown, self._server)
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

    async def watch_load(self) -> None:
        """See that what waits is not more than can be done; until cancelled."""
        await self.gate.watch(self._core, self.limits.in_flight)

    def set_reachable(self, reachable: bool) -> None:
        """Say in the health service whether the store answers."""
        self._health.set_reachable(reachable)

    async def drain(self, grace_s: float) -> None:
        """Say NOT_SERVING, take no more calls than have arrived, and let those that run finish within `grace_s`."""
        self._health.drain()
        with suppress(TimeoutError):
            async with asyncio.timeout(min(grace_s / 2, _EMPTY_QUEUE_S)):
                await self.gate.emptied(self._core, self.limits.in_flight)
        await self._server.stop(grace_s)
