"""The gRPC door to the service's calls: registers them, reads their requests and ends those that fail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from operator import methodcaller
from typing import Any, NoReturn

import grpc
from grpc import aio

from ...access.authentication import Admission
from ..calls import Call, Calls
from ..context import Metadata
from ..errors import Code, Failure, MalformedRequest
from ..request_ids import REQUEST_ID_KEY, TRACE_KEYS, request_id
from ..request_timer import RequestTimer
from ..rpcs import RESPONSE_TYPES, RPCS, SERVICE
from .accepting import MethodHandler
from .requests import UnaryMethod, reading_handler

_STATUS_CODES = {code: next(each for each in grpc.StatusCode if each.value[0] == code) for code in Code}


class GrpcDoor:
    """The gRPC side of `transport.context.Door`. The contexts are grpcio's own."""

    name = "grpc"
    caller_left = aio.InternalError
    """grpcio raises it from a write before it reports that the call was cancelled."""

    receive = staticmethod(methodcaller("read"))
    """See `Door`. grpcio's own coroutine: it returns bytes, or `aio.EOF`."""

    def __init__(self, timer: RequestTimer) -> None:
        self.timer = timer

    def request_id(self, context: aio.ServicerContext[Any, Any]) -> str:
        """Return the name of the call."""
        return request_id_of(context)

    def trace_context(self, context: aio.ServicerContext[Any, Any]) -> tuple[str, str]:
        """Return the headers that name the caller's span."""
        found = dict(context.invocation_metadata() or ())
        parent, state = (found.get(key, "") for key in TRACE_KEYS)
        return str(parent), str(state)

    def requests(self, context: aio.ServicerContext[Any, Any]) -> _Requests:
        """Return the messages of a call in which the client streams."""
        return _Requests(context)

    async def fail(self, context: aio.ServicerContext[Any, Any], failure: Failure) -> NoReturn:
        """End the call with a status and its details."""
        await abort(context, failure)


class _Requests:
    """The messages of one client stream, as `transport.context.Requests` describes them."""

    def __init__(self, context: aio.ServicerContext[Any, Any]) -> None:
        self._context = context

    async def read(self) -> Any:
        request = await self._context.read()
        if request is aio.EOF:
            return None
        if request is None:
            raise MalformedRequest
        return request


def request_id_of(context: aio.ServicerContext[Any, Any]) -> str:
    """Return the name of a call: the caller's, or a new one."""
    return request_id(dict(context.invocation_metadata() or ()).get(REQUEST_ID_KEY))


async def abort(context: aio.ServicerContext[Any, Any], failure: Failure) -> NoReturn:
    """End a call with `failure`, its details as `grpc-status-details-bin`."""
    details = (("grpc-status-details-bin", failure.status()),) if failure.details else ()
    name = ((REQUEST_ID_KEY, failure.request_id),) if failure.request_id else ()
    try:
        await context.abort(_STATUS_CODES[failure.code], failure.message, (*details, *failure.metadata, *name))
    except aio.InternalError:
        # It could not be sent: the caller has left.
        raise asyncio.CancelledError from None
    raise AssertionError("abort raises")


def method_handlers(calls: Calls, timer: RequestTimer) -> Mapping[str, MethodHandler]:
    """Return the handlers of the service's methods, in place of the generated `add_StatusServiceServicer_to_server`.

    Two things differ: a method is called before its request is read (see `requests`), and it may encode its own
    responses.
    """
    return {
        f"/{SERVICE.full_name}/{name}": _method_handler(name, call, calls.recall)
        for name, call in calls.through(GrpcDoor(timer)).items()
    }


def _method_handler(
    name: str, call: Call, recall: Callable[[Metadata | None], Admission | None] | None
) -> MethodHandler:
    rpc = RPCS[name]
    if not rpc.is_stream:
        method = UnaryMethod(call, None if rpc.encodes else RESPONSE_TYPES[name].SerializeToString)
        return (lambda _: method) if recall is None else _recalling(method, recall)

    async def stream(_: Any, context: Any) -> Any:
        return await call(None, context)

    # `Calls` parses the request of a call that has only one.
    handler = reading_handler(rpc.descriptor, stream, encodes=rpc.encodes, parses=rpc.descriptor.client_streaming)
    return lambda _: handler


def _recalling(method: UnaryMethod, recall: Callable[[Metadata | None], Admission | None]) -> MethodHandler:
    """Look for the caller's admission with the metadata at hand; a caller who is not known is verified by the call."""

    def handler(metadata: Metadata | None) -> Any:
        admission = recall(metadata)
        return method if admission is None else method.admitting(admission)

    return handler
