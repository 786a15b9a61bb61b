"""The gRPC server: options, the servicer, health and reflection.

Health says SERVING from the moment the store is loaded until the server begins to drain, and NOT_SERVING while the
store cannot be reached.
"""

from __future__ import annotations

from dataclasses import dataclass

import grpc
from grpc import aio
from grpc_health.v1 import health, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from onduty.v1 import status_pb2 as pb

from ..app.service import StatusService
from ..app.watching import Watching
from .guard import Guard
from .health import HealthServicer
from .servicer import StatusServicer, add_to_server
from .tls import ServerTls

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


class ListenError(Exception):
    """The address cannot be listened on; the message says why."""


class GrpcServer:
    """A running server; `port` is the one it listens on."""

    def __init__(self, service: StatusService, watching: Watching, guard: Guard, listen: Listen) -> None:
        self._server = aio.server(
            options=[
                ("grpc.max_receive_message_length", listen.max_request_bytes),
                # A compressed request is measured only once it is inflated: one of 1 MiB would take a gigabyte, and
                # everybody's calls would wait for it. Small messages gain nothing by compression anyway.
                ("grpc.compression_enabled_algorithms_bitset", 1 << _IDENTITY),
                # Two servers on one port would silently share its calls.
                ("grpc.so_reuseport", int(listen.reuse_port)),
                # Clients ping every few seconds to notice a dead server; the default calls that an attack.
                ("grpc.http2.min_ping_interval_without_data_ms", 1_000),
                ("grpc.keepalive_permit_without_calls", 1),
                # And a client that vanished must not hold its connection for ever.
                ("grpc.keepalive_time_ms", 30_000),
                ("grpc.http2.ping_timeout_ms", 10_000),
            ]
        )
        self._health = HealthServicer((SERVICE_NAME,))
        add_to_server(StatusServicer(service, watching, guard), self._server)
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

    def set_reachable(self, reachable: bool) -> None:
        """Say in the health service whether the store answers."""
        self._health.set_reachable(reachable)

    async def drain(self, grace_s: float) -> None:
        """Say NOT_SERVING, take no more calls, and let those that run finish within `grace_s`."""
        self._health.drain()
        await self._server.stop(grace_s)
