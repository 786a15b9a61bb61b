"""`grpc.health.v1`: SERVING while the store can be reached and until the server begins to drain, else NOT_SERVING.

It is not grpcio-health-checking's own servicer because a watch of that one never ends, so that a stop would wait for it
until the grace was over, and because there the first watcher that leaves takes the others' news with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from typing import Any

import grpc
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc

_Response = health_pb2.HealthCheckResponse


class HealthServicer(health_pb2_grpc.HealthServicer):
    """Health of the server ("") and of the services by their names. It takes calls only once all is loaded."""

    def __init__(self, services: Collection[str]) -> None:
        self._names = frozenset(("", *services))
        self._draining = False
        self._reachable = True
        self._changed = asyncio.Event()

    def drain(self) -> None:
        """Say NOT_SERVING, and end every watch once it has said so."""
        self._draining = True
        self._tell()

    def set_reachable(self, reachable: bool) -> None:
        """Whether the store answers."""
        if reachable is not self._reachable:
            self._reachable = reachable
            self._tell()

    def _tell(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def why_not_serving(self) -> str | None:
        """None while it says SERVING. May be asked from any thread."""
        if self._draining:
            return "the server is draining"
        return None if self._reachable else "the store does not answer"

    async def Check(
        self, request: health_pb2.HealthCheckRequest, context: aio.ServicerContext[Any, Any]
    ) -> health_pb2.HealthCheckResponse:
        """The status now; NOT_FOUND for a service that does not exist."""
        if request.service not in self._names:
            await context.abort(grpc.StatusCode.NOT_FOUND, "no such service")
        return self._status()

    async def Watch(
        self, request: health_pb2.HealthCheckRequest, context: aio.ServicerContext[Any, Any]
    ) -> AsyncIterator[health_pb2.HealthCheckResponse]:
        """The status now and every change of it, until the server drains."""
        if request.service not in self._names:
            yield _Response(status=_Response.SERVICE_UNKNOWN)
            while not self._draining:
                await self._changed.wait()
            return
        while True:
            # As of what is said: the drain may begin while it is being sent, and has to be said too.
            changed, draining = self._changed, self._draining
            yield self._status()
            if draining:
                return
            await changed.wait()

    def _status(self) -> health_pb2.HealthCheckResponse:
        serving = self.why_not_serving() is None
        return _Response(status=_Response.SERVING if serving else _Response.NOT_SERVING)
