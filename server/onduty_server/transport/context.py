"""The call as the servicer sees it, whichever door it came through."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, NoReturn, Protocol

from .errors import Failure
from .request_timer import RequestTimer

Metadata = Iterable[tuple[str, str | bytes]]


class CallContext(Protocol):
    """One call.

    The names are those of grpcio's own context, which is passed in as it is: an object around it would be made in every
    call.
    """

    def invocation_metadata(self) -> Metadata | None:
        """Return the metadata of the call. Keys are in lower case; values of those ending in `-bin` are bytes."""

    def peer(self) -> str:
        """Return where the call comes from, as `ipv4:192.0.2.7:50000`."""

    def auth_context(self) -> Mapping[str, Iterable[bytes]]:
        """Return the caller's TLS properties; a client certificate is under `x509_pem_cert`."""

    def add_done_callback(self, callback: Callable[[Any], None], /) -> None:
        """Call `callback` once the call has ended and none of its data is held in memory."""

    async def send_initial_metadata(self, metadata: tuple[tuple[str, str | bytes], ...], /) -> None:
        """Send the response headers, before the first message of a stream."""

    async def write(self, message: Any, /) -> None:
        """Send a message of a stream, already encoded if the RPC `encodes`. Waits while the caller is not reading."""


class Requests(Protocol):
    """The messages that a client streams."""

    async def read(self) -> Any:
        """Return the next message, or None after the last.

        Raises:
            MalformedRequest: it cannot be parsed.
        """


class Door(Protocol):
    """The steps of a call that each door does in its own way."""

    @property
    def name(self) -> str:
        """The door's name in metrics."""

    @property
    def timer(self) -> RequestTimer:
        """The timer of requests."""

    @property
    def caller_left(self) -> type[BaseException]:
        """The error that `CallContext.write` raises when the caller has left."""

    def request_id(self, context: Any, /) -> str:
        """Return the name of the call: the caller's, or a new one. See `request_ids`."""

    def trace_context(self, context: Any, /) -> tuple[str, str]:
        """Return the call's `traceparent` and `tracestate`; empty for none."""

    def receive(self, context: Any, /) -> Awaitable[Any]:
        """Receive the message of a call that has one: as bytes, or parsed if it is not in protobuf's binary form.

        It is false, and not bytes, if the caller has sent none and never will. The caller of this times it (`timer`).

        Raises:
            MalformedRequest: it cannot be parsed.
        """

    def requests(self, context: Any, /) -> Requests:
        """Return the messages of a call in which the client streams."""

    async def fail(self, context: Any, failure: Failure, /) -> NoReturn:
        """End the call with `failure`."""
