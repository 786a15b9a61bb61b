"""`grpc.health.v1`: SERVING while the server is ready for calls, otherwise NOT_SERVING.

grpcio-health-checking's own servicer is not used, for two reasons: its watches never end, so a stop would wait out the
whole grace period for them; and when one of its watchers leaves, the others are no longer notified.
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
    """Serves the health of the whole server, under the name "", and of each service, under its own name."""

    def __init__(self, services: Collection[str], readiness: Readiness) -> None:
        self._names = frozenset(("", *services))
        self._readiness = readiness

    async def Check(
        self, request: health_pb2.HealthCheckRequest, context: aio.ServicerContext[Any, Any]
    ) -> health_pb2.HealthCheckResponse:
        """Return the current status; NOT_FOUND for a service that does not exist."""
        if request.service not in self._names:
            await context.abort(grpc.StatusCode.NOT_FOUND, "no such service")
        return self._status()

    async def Watch(
        self, request: health_pb2.HealthCheckRequest, context: aio.ServicerContext[Any, Any]
    ) -> AsyncIterator[health_pb2.HealthCheckResponse]:
        """Yield the current status, then each change, until the server drains."""
        readiness = self._readiness
        if request.service not in self._names:
            yield _Response(status=_Response.SERVICE_UNKNOWN)
            while not readiness.draining:
                await readiness.changed.wait()
            return
        while True:
            # Read before the status is sent: a drain may begin in between, and must be reported too.
            changed, draining = readiness.changed, readiness.draining
            yield self._status()
            if draining:
                return
            await changed.wait()

    def _status(self) -> health_pb2.HealthCheckResponse:
        serving = self._readiness.why_not() is None
        return _Response(status=_Response.SERVING if serving else _Response.NOT_SERVING)
