"""Connections: uvicorn's protocol over httptools, with the bounds that it lacks.

Bounded are the head of a request, the time that it may take, what surrounds the body (chunks, trailers), and the number
of connections. And a call ends at once when its connection does.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_MAX_BYTES: Final = 16 * 1_024
"""The request line and headers; as much as gRPC takes of metadata."""
HEADERS_MAX: Final = 100
_OVERHEAD_BYTES: Final = 64 * 1_024
"""The allowance for the framing of a body, besides its own length again, for clients that send small chunks."""

CONNECTION_KEY: Final = "onduty.connection"
"""Under which a scope's extensions have the connection."""

_LINGER_S: Final = 2.0
"""How long a client may go on sending a request that was answered already."""
_TOO_LONG: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_TOO_LATE: Final = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Bounds:
    """The bounds of every connection of a server."""

    def __init__(self, *, body_max_bytes: int, connections_max: int, head_timeout_s: float) -> None:
        self.received_max_bytes = 2 * body_max_bytes + HEAD_MAX_BYTES + _OVERHEAD_BYTES
        self.connections_max = connections_max
        self.head_timeout_s = head_timeout_s


class Connection(HttpToolsProtocol):
    """A connection of a client."""

    def __init__(self, bounds: Bounds, **options: Any) -> None:
        super().__init__(**options)
        self._bounds = bounds
        self._in_head = True
        self._received = 0
        """Bytes since the request began, or of all that came with its beginning."""
        self._head_timer: asyncio.TimerHandle | None = None
        self._refused = False
        self._running: dict[RequestResponseCycle, asyncio.Task[None]] = {}

    @property
    def request_received(self) -> bool:
        """The whole body of the latest request has come."""
        return self._in_head

    @property
    def write_paused(self) -> bool:
        """The client does not read, and what is written stays in memory."""
        return self.flow.write_paused and not self.transport.is_closing()

    async def written(self) -> None:
        """Return once the client has read most of what was written, or is gone."""
        await self.flow.drain()

    def abort(self) -> None:
        """End the connection at once, whatever is unwritten."""
        self.transport.abort()
        self._release_responses()

    def check_open(self) -> bool:
        """Return False if the client has left; what it was sent then needs no end."""
        if self.transport.is_closing():
            self._release_responses()
            return False
        return True

    def _release_responses(self) -> None:
        # uvicorn logs an error for a response without an end, unless it knows that nobody waits for it; it learns that
        # with the next turn of the event loop only.
        for cycle in self._running:
            cycle.disconnected = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self._bounds.connections_max:
            transport.abort()
            return
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """End the calls of the client that has left."""
        super().connection_lost(exc)
        self._head_came()
        for cycle, task in list(self._running.items()):
            if not cycle.response_complete:
                task.cancel()

    def data_received(self, data: bytes) -> None:
        """Parse what came, within the bounds."""
        self._received += len(data)
        super().data_received(data)
        if self.transport.is_closing() or self.parser is None:
            return
        if self._in_head:
            if self._received > HEAD_MAX_BYTES:
                self._refuse(_TOO_LONG)
            elif self._head_timer is None and self._received:
                self._await_head()
        elif self._received > self._bounds.received_max_bytes:
            self.abort()

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._in_head = True
        self.scope["extensions"] = {CONNECTION_KEY: self}  # type: ignore[dict-item] # not for other servers

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; those that follow a body are dropped."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Call the application, unless there is too much of a head."""
        self._in_head = False
        self._head_came()
        length = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if length > HEAD_MAX_BYTES or len(self.headers) > HEADERS_MAX:
            self._refuse(_TOO_LONG)
            return
        if not self._refused:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of a body, unless the request was refused."""
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """End a request; what follows is the next one's."""
        if not self._refused:
            super().on_message_complete()
        self._in_head = True
        self._received = 0
        if self._head_timer is not None:
            # It was answered before it had come; from here on the connection is idle.
            self._head_came()
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def on_response_complete(self) -> None:
        """Go on with the next request, once the rest of this one has come and was dropped.

        To close at once would reset the connection of a client that still sends, before it has read the answer.
        """
        super().on_response_complete()
        if not self._in_head and not self.transport.is_closing():
            self._unset_keepalive_if_required()
            self._head_timer = self.loop.call_later(_LINGER_S, self.transport.close)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        task = self.loop.create_task(cycle.run_asgi(app))
        self._running[cycle] = task
        self.tasks.add(task)
        task.add_done_callback(lambda task: self._ended(cycle, task))

    def _ended(self, cycle: RequestResponseCycle, task: asyncio.Task[None]) -> None:
        del self._running[cycle]
        self.tasks.discard(task)

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(self._bounds.head_timeout_s, self._refuse, _TOO_LATE)

    def _head_came(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _refuse(self, response: bytes) -> None:
        self._refused = True
        if not self.transport.is_closing():
            self.transport.write(response)
            self.transport.close()
