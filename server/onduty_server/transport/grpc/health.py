"""`grpc.health.v1`: SERVING while the server is ready for calls, otherwise NOT_SERVING.

grpcio-health-checking's own servicer is not used: its watches never end, so a stop would wait for them until the grace
is over, and the first of its watchers to leave takes the others' news with it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from typing import Any

import grpc
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

from ..readiness import Readiness

_Response = health_pb2.HealthCheckResponse


class HealthServicer(health_pb2_grpc.HealthServicer):
    """Health of the server ("") and of the services by their names."""

    def __init__(self, services: Collection[str], readiness: Readiness) -> None:
        self._names = frozenset(("", *services))
        self._readiness = readiness

    async def Check(
        self, request: health_pb2.HealthCheckRequest, context: aio.ServicerContext[Any, Any]
    ) -> health_pb2.HealthCheckResponse:
        """Return the status now; NOT_FOUND for a service that does not exist."""
        if request.service not in self._names:
            await context.abort(grpc.StatusCode.NOT_FOUND, "no such service")
        return self._status()

    async def Watch(
        self, request: health_pb2.HealthCheckRequest, context: aio.ServicerContext[Any, Any]
    ) -> AsyncIterator[health_pb2.HealthCheckResponse]:
        """Yield the status now and every change of it, until the server drains."""
        readiness = self._readiness
        if request.service not in self._names:
            yield _Response(status=_Response.SERVICE_UNKNOWN)
            while not readiness.draining:
                await readiness.changed.wait()
            return
        while True:
            # Read before the status is sent: the drain may begin meanwhile, and has to be told too.
            changed, draining = readiness.changed, readiness.draining
            yield self._status()
            if draining:
                return
            await changed.wait()

    def _status(self) -> health_pb2.HealthCheckResponse:
        serving = self._readiness.why_not() is None
        return _Response(status=_Response.SERVING if serving else _Response.NOT_SERVING)
