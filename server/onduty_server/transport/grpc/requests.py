"""Reads the requests of calls.

grpcio reads the request of a unary call before it calls the method, and waits for it without limit. So all methods are
registered as taking a stream: they are called when the call is accepted, count it, and then read the request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NoReturn

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from grpc import aio

from ...access.authentication import Admission
from ..calls import Call
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


class UnaryMethod:
    """A unary method, as a handler that grpcio calls at once and that reads its request itself, as bytes."""

    __slots__ = ("_admitted", "_call", "response_serializer", "stream_unary")

    request_streaming = True
    response_streaming = False
    request_deserializer = None

    def __init__(self, call: Call, response_serializer: Callable[[Message], bytes] | None) -> None:
        self._call = call
        self._admitted: AdmittedMethod | None = None
        self.response_serializer = response_serializer
        self.stream_unary = self
        """The behavior that grpcio calls."""

    def __await__(self) -> NoReturn:
        # grpcio asks of each call twice whether its handler is asynchronous. This is the answer that it finds soonest:
        # for a function it takes 2 % of a call.
        raise TypeError("a handler is called")

    def __call__(self, _: object, context: Any) -> Awaitable[Any]:
        """Make the call."""
        return self._call(None, context)

    def admitting(self, admission: Admission) -> AdmittedMethod:
        """Return a handler of a call whose caller is known. Most calls come from the same few callers."""
        handler = self._admitted
        if handler is None or handler.admission is not admission:
            handler = self._admitted = AdmittedMethod(self._call, self.response_serializer, admission)
        return handler


class AdmittedMethod:
    """A unary method for callers with one admission."""

    __slots__ = ("_call", "admission", "response_serializer", "stream_unary")

    request_streaming = True
    response_streaming = False
    request_deserializer = None
    __await__ = UnaryMethod.__await__

    def __init__(
        self, call: Call, response_serializer: Callable[[Message], bytes] | None, admission: Admission
    ) -> None:
        self._call = call
        self.response_serializer = response_serializer
        self.admission = admission
        self.stream_unary = self
        """The behavior that grpcio calls."""

    def __call__(self, _: object, context: Any) -> Awaitable[Any]:
        """Make the call."""
        return self._call(self.admission, context)


def reading_handler(method: MethodDescriptor, handler: Any, *, encodes: bool = False, parses: bool = True) -> Any:
    """Return a handler for grpcio to register, so that `handler` is called at once and reads the requests itself.

    A request that cannot be parsed (a string that is not UTF-8 is enough) is read as None; grpcio would end the call
    with UNKNOWN and the text of the exception. With `encodes`, the handler returns bytes; without `parses`, it reads
    bytes.
    """
    make: Any = (
        grpc.stream_stream_rpc_method_handler if method.server_streaming else grpc.stream_unary_rpc_method_handler
    )
    return make(
        handler,
        request_deserializer=partial(_parsed, GetMessageClass(method.input_type).FromString) if parses else None,
        response_serializer=None if encodes else GetMessageClass(method.output_type).SerializeToString,
    )


def _parsed(parse: Callable[[bytes], Message], data: bytes) -> Message | None:
    try:
        return parse(data)
    except DecodeError:
        return None
