"""The gRPC server: options, the servicer, health and reflection.

Health says SERVING from the moment the store is loaded until the server begins to drain.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import grpc
from grpc import aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from onduty.v1 import status_pb2 as pb

from ..app.service import StatusService
from ..app.watching import Watching
from .servicer import StatusServicer

SERVICE_NAME = pb.DESCRIPTOR.services_by_name["StatusService"].full_name


@dataclass(frozen=True, slots=True)
class Listen:
    """Where and how to listen. `address` is HOST:PORT, port 0 for a free one."""

    address: str
    max_request_bytes: int = 1024 * 1024
    reuse_port: bool = False


class ListenError(Exception):
    """The address cannot be listened on; the message says why."""


_ENCODED_BY_HANDLER = {"WatchStatuses"}
"""Methods whose messages come as bytes: one change for a thousand watchers is encoded once."""


def _handlers(servicer: StatusServicer) -> grpc.GenericRpcHandler:
    """What the generated `add_StatusServiceServicer_to_server` does, but for those that encode for themselves."""
    service = pb.DESCRIPTOR.services_by_name["StatusService"]
    handlers = {}
    for method in service.methods:
        make = _HANDLER_KINDS[method.client_streaming, method.server_streaming]
        response = getattr(pb, method.output_type.name)
        handlers[method.name] = make(
            getattr(servicer, method.name),
            request_deserializer=getattr(pb, method.input_type.name).FromString,
            response_serializer=None if method.name in _ENCODED_BY_HANDLER else response.SerializeToString,
        )
    return grpc.method_handlers_generic_handler(service.full_name, handlers)


_HANDLER_KINDS: dict[tuple[bool, bool], Any] = {
    (False, False): grpc.unary_unary_rpc_method_handler,
    (False, True): grpc.unary_stream_rpc_method_handler,
    (True, True): grpc.stream_stream_rpc_method_handler,
}


class GrpcServer:
    """A running server; `port` is the one it listens on."""

    def __init__(self, service: StatusService, watching: Watching, listen: Listen) -> None:
        self._server = aio.server(
            options=[
                ("grpc.max_receive_message_length", listen.max_request_bytes),
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
        self._health = health.aio.HealthServicer()
        self._server.add_generic_rpc_handlers((_handlers(StatusServicer(service, watching)),))
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        reflection.enable_server_reflection((SERVICE_NAME, health.SERVICE_NAME, reflection.SERVICE_NAME), self._server)
        try:
            self.port = self._server.add_insecure_port(listen.address)
        except RuntimeError as error:
            raise ListenError(f"cannot listen on {listen.address}; is the port in use?") from error

    async def start(self) -> None:
        """Take calls, and say so."""
        await self._server.start()
        for name in ("", SERVICE_NAME):
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)

    async def drain(self, grace_s: float) -> None:
        """Say NOT_SERVING, take no more calls, and let those that run finish within `grace_s`."""
        await self._health.enter_graceful_shutdown()
        await self._server.stop(grace_s)
