"""Reads the requests of calls.

grpcio reads the request of a unary call before it calls the method, and waits for it without limit. So all methods are
registered as taking a stream: they are called when the call is accepted, count it, and then read the request.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from grpc import aio

from ..errors import MalformedRequest
from ..request_timer import RequestTimer


class RequestReader:
    """Reads requests, each within a time limit."""

    def __init__(self, timer: RequestTimer) -> None:
        self._timer = timer

    async def only(self, context: aio.ServicerContext[Any, Any]) -> Any:
        """Return the request of a call that has one.

        Raises:
            MalformedRequest: it cannot be parsed, or the caller has sent none and never will.
            LimitExceeded: it did not come in time.
        """
        request = await self._timer.limit(context.read())
        if request is None or request is aio.EOF:
            raise MalformedRequest
        return request

    async def next(self, context: aio.ServicerContext[Any, Any]) -> Any:
        """Return the next message of a stream: None if it cannot be parsed, `aio.EOF` after the last one.

        Raises:
            LimitExceeded: it did not come in time.
        """
        return await self._timer.limit(context.read())


def reading_handler(method: MethodDescriptor, handler: Any, *, encodes: bool = False) -> Any:
    """Return a handler for grpcio to register, so that `handler` is called at once and reads the requests itself.

    A request that cannot be parsed (a string that is not UTF-8 is enough) is read as None; grpcio would end the call
    with UNKNOWN and the text of the exception. With `encodes`, the handler returns bytes.
    """
    make: Any = (
        grpc.stream_stream_rpc_method_handler if method.server_streaming else grpc.stream_unary_rpc_method_handler
    )
    return make(
        handler,
        request_deserializer=partial(_parsed, GetMessageClass(method.input_type).FromString),
        response_serializer=None if encodes else GetMessageClass(method.output_type).SerializeToString,
    )


def _parsed(parse: Callable[[bytes], Message], data: bytes) -> Message | None:
    try:
        return parse(data)
    except DecodeError:
        return None
