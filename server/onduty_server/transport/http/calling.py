"""A call over HTTP: the common part of the protocols, and the door that passes their calls on.

Each protocol (see `connect` and `grpc_web`) is a subclass of `HttpCall`, which reads requests and writes messages and
failures in its own way.
"""

from __future__ import annotations

import asyncio
import ssl
from abc import ABC, abstractmethod
from base64 import b64decode
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, Final, NoReturn

from google.protobuf.message import Message

from ...domain.errors import InvalidField
from ..calls import Call
from ..context import CallContext, Requests
from ..errors import CallFailed, Code, Failure, failure_of
from ..guard import ACTOR_KEY
from ..request_ids import REQUEST_ID_KEY, TRACE_KEYS, request_id
from ..request_timer import RequestTimer
from ..rpcs import REQUEST_TYPES, RESPONSE_TYPES, RPCS, Rpc
from . import compression
from .compression import GZIP, IDENTITY
from .exchange import CallerLeft, Exchange
from .json_messages import JSON_MAX_BYTES, SharedJson, parse, to_json

_SHARED_JSON: Final = {
    name: SharedJson(RESPONSE_TYPES[name].FromString) for name, rpc in RPCS.items() if rpc.encodes and rpc.is_stream
}
_REQUEST_ID: Final = REQUEST_ID_KEY.encode()
_TRACE_HEADERS: Final = tuple(key.encode() for key in TRACE_KEYS)
DEADLINE_EXCEEDED: Final = Failure(Code.DEADLINE_EXCEEDED, "the deadline of the call has passed")
CONNECTION_RETIRED: Final = Failure(Code.UNAVAILABLE, "the connection has reached its greatest age; call again")

_UNREAD_S: Final = 30.0
"""The longest time for which a client may leave a response unread before its connection is closed."""


class HttpCall(ABC):
    """One call. The servicer sees it as its `CallContext`."""

    def __init__(self, rpc: Rpc, exchange: Exchange, request_max_bytes: int, *, json: bool) -> None:
        self.rpc = rpc
        self.exchange = exchange
        self._json = json
        self._request_max_bytes = min(request_max_bytes, JSON_MAX_BYTES) if json else request_max_bytes
        self._metadata: list[tuple[str, str | bytes]] | None = None
        self._done: list[Callable[[Any], None]] = []

    # --- what the servicer sees --------------------------------------------------------------------------------------

    def invocation_metadata(self) -> Iterable[tuple[str, str | bytes]]:
        """Return the request's headers; see `CallContext`."""
        if self._metadata is None:
            self._metadata = [_metadata(name, value) for name, value in self.exchange.scope["headers"]]
        return self._metadata

    def peer(self) -> str:
        """Return the client's address; see `CallContext`."""
        host, port = self.exchange.scope["client"] or ("unknown", 0)
        return f"ipv6:[{host}]:{port}" if ":" in host else f"ipv4:{host}:{port}"

    def auth_context(self) -> Mapping[str, Iterable[bytes]]:
        """Return the client's certificate, if it has shown one; see `CallContext`."""
        tls = self.exchange.connection.transport.get_extra_info("ssl_object")
        certificate = None if tls is None else tls.getpeercert(binary_form=True)
        return {} if certificate is None else {"x509_pem_cert": (ssl.DER_cert_to_PEM_cert(certificate).encode(),)}

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        """Call `callback` once the call has ended; see `CallContext`."""
        self._done.append(callback)

    async def send_initial_metadata(self, metadata: tuple[tuple[str, str | bytes], ...]) -> None:
        """Begin the response of a stream; see `CallContext`."""
        await self.begin_stream()

    async def write(self, message: Any) -> None:
        """Send a message of a stream; see `CallContext`."""
        # A coroutine less for most messages, which are encoded: each counts where thousands watch.
        if type(message) is not bytes or self._json:
            message = await self._encoded(message)
        await self.write_message(message)

    @cached_property
    def request_id(self) -> str:
        """The name of the call, the same each time."""
        return request_id_of(self.exchange)

    # --- what a protocol implements ----------------------------------------------------------------------------------

    @abstractmethod
    def deadline_s(self) -> float | None:
        """Return the seconds until the client's deadline; None if it has none. Raises InvalidField."""

    @abstractmethod
    async def read_message(self) -> bytes:
        """Return the request's message, unpacked. Raises MalformedRequest, LimitExceeded and CallFailed."""

    @abstractmethod
    async def begin_stream(self) -> None:
        """Send the status and the headers of a stream, unless they have been sent."""

    @abstractmethod
    async def write_message(self, data: bytes) -> None:
        """Send a message of a stream."""

    @abstractmethod
    async def succeed(self, data: bytes | None) -> None:
        """Send the message of a unary call, or end a stream."""

    @abstractmethod
    async def fail(self, failure: Failure) -> None:
        """End the call with a failure."""

    # --- the call ----------------------------------------------------------------------------------------------------

    async def receive(self) -> bytes | Message:
        """Read the request, and parse it if it is JSON."""
        data = await self.read_message()
        return await parse(data, REQUEST_TYPES[self.rpc.name]()) if self._json else data

    async def run(self, call: Call) -> None:
        """Make the call and write its result. Returns once none of its data is held in memory."""
        try:
            await self._run(call)
        except CallerLeft:
            pass
        finally:
            try:
                await self._leave()
            finally:
                for callback in self._done:
                    callback(self)

    async def _run(self, call: Call) -> None:
        context: CallContext = self
        try:
            deadline_s = self.deadline_s()
            if deadline_s is None:
                response = await call(None, context)
            else:
                async with asyncio.timeout(deadline_s):
                    response = await call(None, context)
        except CallFailed as failed:
            await self.fail(failed.failure.named(self.request_id))
        except InvalidField as error:
            await self.fail(failure_of(error).named(self.request_id))
        except TimeoutError:
            await self.fail(DEADLINE_EXCEEDED.named(self.request_id))
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or not self.exchange.connection.retired:
                raise
            task.uncancel()
            await self.fail(CONNECTION_RETIRED.named(self.request_id))
        else:
            await self.succeed(None if response is None else await self._encoded(response))

    async def _leave(self) -> None:
        """Wait until the client has read the response, for a limited time."""
        connection = self.exchange.connection
        if connection.write_paused:
            try:
                async with asyncio.timeout(_UNREAD_S):
                    await connection.written()
            except TimeoutError:
                connection.abort()

    async def _encoded(self, message: Any) -> bytes:
        if isinstance(message, bytes):
            if not self._json:
                return message
            if (shared := _SHARED_JSON.get(self.rpc.name)) is not None:
                return await shared.of(message)
            message = RESPONSE_TYPES[self.rpc.name].FromString(message)
        return await to_json(message) if self._json else bytes(message.SerializeToString())

    async def unpacked(self, data: bytes, encoding: bytes) -> bytes:
        """Unpack data that is compressed as the client says."""
        if encoding == GZIP.encode():
            return await compression.gunzip(data, self._request_max_bytes)
        if encoding in (b"", IDENTITY.encode()):
            return data
        raise CallFailed(Failure(Code.UNIMPLEMENTED, f"unknown compression {_shown(encoding)}; use gzip or identity"))


class HttpDoor:
    """The HTTP side of `transport.context.Door`. The contexts are `HttpCall`s."""

    name = "http"
    caller_left = CallerLeft

    def __init__(self, timer: RequestTimer) -> None:
        self.timer = timer

    def request_id(self, call: HttpCall) -> str:
        """Return the name of the call."""
        return call.request_id

    def trace_context(self, call: HttpCall) -> tuple[str, str]:
        """Return the headers that name the caller's span."""
        headers = call.exchange.headers
        parent, state = (headers.get(key, b"").decode("latin-1") for key in _TRACE_HEADERS)
        return parent, state

    def receive(self, call: HttpCall) -> Awaitable[bytes | Message]:
        """Receive the request."""
        return call.receive()

    def requests(self, call: HttpCall) -> Requests:
        """Refuse the call: over HTTP/1.1 the response starts only after the whole request."""
        raise CallFailed(BOTH_WAYS)

    async def fail(self, call: HttpCall, failure: Failure) -> NoReturn:
        """End the call."""
        raise CallFailed(failure)


BOTH_WAYS: Final = Failure(
    Code.UNIMPLEMENTED, "a method that streams both ways can only be called over gRPC; call RecordActivity instead"
)


def request_id_of(exchange: Exchange) -> str:
    """Return the name that a client gives to a request in its headers, or a new one."""
    return request_id(exchange.headers.get(_REQUEST_ID, b"").decode("latin-1"))


def _metadata(name: bytes, value: bytes) -> tuple[str, str | bytes]:
    key = name.decode("latin-1")
    if not key.endswith("-bin"):
        return key, value.decode("latin-1")
    try:
        return key, b64decode(value + b"=" * (-len(value) % 4), validate=True)
    except ValueError:
        if key == ACTOR_KEY:
            raise InvalidField(key, "is not base64") from None
        return key, b""


def _shown(value: bytes) -> str:
    return ascii(value[:64].decode("latin-1"))
