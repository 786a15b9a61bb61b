"""Reads the requests of calls, and ends calls that do not send theirs in time.

grpcio reads the request of a unary call before it calls the method, and waits for it for ever. So methods here are
registered as ones that take a stream: they are called when the call is accepted, count it, and then read the request.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from grpc import aio

from ...app.limits import MESSAGE_WAIT_MS
from ...app.ports.clock import Clock
from ...domain.errors import LimitExceeded
from ..errors import MalformedRequest

_STOPPING_WAIT_MS = 500
"""The wait for a request while the server stops, so that a call that never sends one does not delay the stop."""


class RequestReader:
    """Reads requests. One task watches over all that are being read: a timer for each call would cost it 3 %."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[asyncio.Task[Any], int] = {}
        """Tasks that wait for a request, and until when (ms UTC), the earliest first."""
        self._overdue: set[asyncio.Task[Any]] = set()
        self._waiting = asyncio.Event()
        self._wait_ms = MESSAGE_WAIT_MS
        self._shortened = asyncio.Event()

    async def only(self, context: aio.ServicerContext[Any, Any]) -> Any:
        """Return the request of a call that has one.

        Raises:
            MalformedRequest: it cannot be parsed, or the caller has sent none and never will.
            LimitExceeded: it did not come in time.
        """
        request = await self.next(context)
        if request is None or request is aio.EOF:
            raise MalformedRequest
        return request

    async def next(self, context: aio.ServicerContext[Any, Any]) -> Any:
        """Return the next message of a stream; None for one that cannot be parsed, `aio.EOF` after the last.

        Raises:
            LimitExceeded: it did not come in time.
        """
        task = asyncio.current_task()
        assert task is not None
        self._until[task] = self._clock.now() + self._wait_ms
        if not self._waiting.is_set():
            self._waiting.set()
        try:
            return await context.read()
        except asyncio.CancelledError:
            if task not in self._overdue:
                raise
            task.uncancel()
            if self._wait_ms != MESSAGE_WAIT_MS:
                raise LimitExceeded(
                    "the server is stopping, and the request did not come in time", retry_delay_ms=500
                ) from None
            raise LimitExceeded(f"the request did not come within {MESSAGE_WAIT_MS // 1_000} s") from None
        finally:
            del self._until[task]
            self._overdue.discard(task)

    def drain(self) -> None:
        """Shorten the wait for every request, because the server stops."""
        self._wait_ms = _STOPPING_WAIT_MS
        at_most = self._clock.now() + self._wait_ms
        for task, until in self._until.items():
            self._until[task] = min(until, at_most)
        self._shortened.set()

    async def watch(self) -> None:
        """End calls whose request is overdue; runs until cancelled."""
        while True:
            await self._clock.wait(self._waiting, None)
            self._waiting.clear()
            while self._until:
                now = self._clock.now()
                for task, until in self._until.items():
                    if until > now:
                        break
                    if task not in self._overdue:
                        self._overdue.add(task)
                        task.cancel()
                else:
                    until = now + self._wait_ms
                await self._clock.wait(self._shortened, until)
                self._shortened.clear()


def reading_handler(method: MethodDescriptor, handler: Any, *, encodes: bool = False) -> Any:
    """Return what to register with grpcio so that `handler` is called at once and reads the requests itself.

    A request that cannot be parsed (text in it that is not UTF-8 is enough) is read as None; grpcio would end the call
    with UNKNOWN and the exception's text. `encodes`: the handler answers in bytes.
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
