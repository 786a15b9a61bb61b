"""Tells when no call is waiting to be accepted, which grpcio itself does not report.

Calls that have arrived wait in grpcio's core until its one task on the event loop accepts them, one after the other.
A server that stops has to accept those first: grpcio ends calls that were not accepted with CANCELLED.

Invariant: `AcceptedCalls` is the first handler that grpcio asks for every call, so that none is accepted uncounted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import grpc

from ..context import Metadata

MethodHandler = Callable[[Metadata | None], Any]
"""Returns the handler of a call with this metadata, as grpcio needs it."""

_LOOK_S = 0.005
_LATE = 2
"""A check that took more than this many intervals shows that the loop was busy, not that nothing was waiting."""


class AcceptedCalls(grpc.GenericRpcHandler):
    """Counts calls as they are accepted, and resolves those of `handlers`; the others it leaves to further handlers."""

    def __init__(self, handlers: Mapping[str, MethodHandler]) -> None:
        """Resolve the methods of these names, each with a slash before and after the service's."""
        self._handlers = handlers
        self._accepted = 0

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """Count a call, and return what handles it; None if that is not here."""
        self._accepted += 1
        # One look-up, since it is done for every call.
        handler = self._handlers.get(handler_call_details.method)
        return None if handler is None else handler(handler_call_details.invocation_metadata)

    async def exhausted(self) -> None:
        """Return once no call is waiting: the loop had time to accept one, and there was none."""
        now_s = asyncio.get_running_loop().time
        while True:
            accepted, began_s = self._accepted, now_s()
            await asyncio.sleep(_LOOK_S)
            if self._accepted == accepted and now_s() - began_s < _LATE * _LOOK_S:
                return
