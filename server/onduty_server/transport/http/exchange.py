"""One HTTP request and its response, over ASGI."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from .compression import too_long
from .connections import CONNECTION_KEY, Connection

Header = tuple[bytes, bytes]
Send = Callable[[Any], Awaitable[None]]

_ALWAYS: Final[tuple[Header, ...]] = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))


class CallerLeft(Exception):
    """The response cannot be written, because the client has left."""


class Exchange:
    """A request and its response. `headers` has the last of each name; `more_headers` go with every response."""

    __slots__ = ("_receive", "_send", "connection", "headers", "more_headers", "scope")

    def __init__(self, scope: Any, receive: Callable[[], Awaitable[Any]], send: Send) -> None:
        self.scope = scope
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.connection: Connection = scope["extensions"][CONNECTION_KEY]
        self.more_headers: Sequence[Header] = _ALWAYS
        self._receive = receive
        self._send = send

    async def body(self, most: int) -> bytes:
        """Return the body.

        Raises:
            LimitExceeded: the body is longer than `most` bytes.
            CallerLeft: the client has left before the end of the body.
        """
        if (length := self.headers.get(b"content-length")) is not None and int(length) > most:
            raise too_long(most)
        event = await self._receive()
        if event["type"] == "http.request" and not event["more_body"]:
            body: bytes = event["body"]
            if len(body) > most:
                raise too_long(most)
            return body
        parts, size = list[bytes](), 0
        while event["type"] == "http.request":
            parts.append(event["body"])
            size += len(event["body"])
            if size > most:
                raise too_long(most)
            if not event["more_body"]:
                return b"".join(parts)
            event = await self._receive()
        raise CallerLeft

    async def respond(self, status: int, headers: Sequence[Header], body: bytes = b"") -> None:
        """Send a whole response."""
        await self.start(status, [*headers, (b"content-length", b"%d" % len(body))])
        await self._send({"type": "http.response.body", "body": body})

    async def start(self, status: int, headers: Sequence[Header]) -> None:
        """Begin a response; without a length it is sent in chunks."""
        all_headers = [*headers, *self.more_headers]
        if b"expect" in self.headers and not self.connection.request_received:
            # The client may or may not still send its body, so a request after it could not be told from the body.
            all_headers.append((b"connection", b"close"))
        await self._send({"type": "http.response.start", "status": status, "headers": all_headers})

    async def chunk(self, data: bytes) -> None:
        """Send a part of a response. Waits while the client is not reading.

        Raises:
            CallerLeft: the client has left.
        """
        if not self.connection.check_open():
            raise CallerLeft
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def end(self, data: bytes = b"") -> None:
        """Send the last part of a response."""
        await self._send({"type": "http.response.body", "body": data})
