"""Connections: uvicorn's protocol class, which parses with httptools, and the bounds that it lacks.

The bounds are on the head of a request, the time that it may take, the framing of the body (chunks, trailers) and the
number of connections. A call ends as soon as its connection does.
"""

from __future__ import annotations

import asyncio
import random
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

HEAD_MAX_BYTES: Final = 16 * 1_024
"""The longest request line and headers together: as much as gRPC accepts of metadata."""
HEADERS_MAX: Final = 100
_OVERHEAD_BYTES: Final = 64 * 1_024
"""The allowance for the framing of a body, besides its own length again, for clients that send small chunks."""

CONNECTION_KEY: Final = "onduty.connection"
"""The key of the connection in the extensions of a scope."""

_PIPELINE_MAX: Final = 100
"""How many requests may wait on a connection for the one before them: each takes thousands of bytes of memory."""
_LINGER_S: Final = 2.0
"""The longest time for which a client may go on sending a request that was answered, or leave a last answer unread."""
_AGE_SPREAD: Final = 0.1
"""The share by which the greatest age of a connection varies, as in gRPC: those made together do not end together."""
_TOO_LONG: Final = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
_TOO_LATE: Final = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class Bounds:
    """The bounds of every connection of a server."""

    def __init__(
        self,
        *,
        body_max_bytes: int,
        connections_max: int,
        head_timeout_s: float,
        age_s: float = 0,
        age_grace_s: float = 0,
    ) -> None:
        """`age_s` of 0 is no limit."""
        self.received_max_bytes = 2 * body_max_bytes + HEAD_MAX_BYTES + _OVERHEAD_BYTES
        self.connections_max = connections_max
        self.head_timeout_s = head_timeout_s
        self.age_s = age_s
        self.age_grace_s = age_grace_s


class Connection(HttpToolsProtocol):
    """A connection of a client."""

    def __init__(self, bounds: Bounds, **options: Any) -> None:
        super().__init__(**options)
        self._bounds = bounds
        self._in_head = True
        self._received = 0
        """Bytes received since the request began, including all that came in one piece with its beginning."""
        self._head_timer: asyncio.TimerHandle | None = None
        self._refused = False
        self._old = False
        """True once it takes no more than one further request."""
        self.retired = False
        """True once the grace of an old connection has passed: the calls that still run are cancelled."""
        self._age_timer: asyncio.TimerHandle | None = None
        self._running: dict[RequestResponseCycle, asyncio.Task[None]] = {}

    @property
    def request_received(self) -> bool:
        """True once the whole body of the latest request has arrived."""
        return self._in_head

    @property
    def write_paused(self) -> bool:
        """True while the client is not reading, so that whatever is written stays in memory."""
        return self.flow.write_paused and not self.transport.is_closing()

    async def written(self) -> None:
        """Return once the client has read most of what was written, or has left."""
        await self.flow.drain()

    def abort(self) -> None:
        """Close the connection at once, even with data unwritten."""
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
        """Accept the connection, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > self._bounds.connections_max:
            transport.abort()
            return
        self._await_head()
        if self._bounds.age_s:
            age_s = self._bounds.age_s * random.uniform(1 - _AGE_SPREAD, 1 + _AGE_SPREAD)
            self._age_timer = self.loop.call_later(age_s, self._grow_old)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the calls of the client that has left."""
        super().connection_lost(exc)
        self._head_came()
        if self._age_timer is not None:
            self._age_timer.cancel()
        for cycle, task in list(self._running.items()):
            if not cycle.response_complete:
                task.cancel()

    def data_received(self, data: bytes) -> None:
        """Parse what has arrived, within the bounds."""
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
        """Take a header; those that follow a body (trailers) are dropped."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Call the application, unless the head is too large."""
        self._in_head = False
        self._head_came()
        length = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if length > HEAD_MAX_BYTES or len(self.headers) > HEADERS_MAX:
            self._refuse(_TOO_LONG)
            return
        if not self._refused:
            super().on_headers_complete()
            if self._old:
                self._take_last()
        if len(self.pipeline) > _PIPELINE_MAX:
            self._refused = True
            self.pipeline.clear()
            self.abort()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body, unless the request has been refused."""
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """End the request; whatever follows belongs to the next one."""
        if not self._refused:
            super().on_message_complete()
        self._in_head = True
        self._received = 0
        if self._head_timer is not None:
            # It was answered before it had arrived in full; from now on the connection is idle.
            self._head_came()
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def on_response_complete(self) -> None:
        """Go on with the next request, once the rest of this one has arrived and been dropped.

        Closing at once would reset the connection of a client that is still sending, before it has read the response.
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

    def _grow_old(self) -> None:
        """Let the calls that run be the last. An idle connection waits for one more: its client may just be sending."""
        self._old = True
        self._take_last()

    def _take_last(self) -> None:
        """Close the connection after the latest call, and at the latest after the grace."""
        assert self._age_timer is not None
        self._age_timer.cancel()
        self._age_timer = self.loop.call_later(self._bounds.age_grace_s, self._retire)
        if self._running or self.pipeline:
            self.cycle.keep_alive = False

    def _retire(self) -> None:
        """End the calls that still run, each with an answer that says why, and the connection after them."""
        self.retired = True
        if not self._running:
            self.transport.close()
            return
        self._age_timer = self.loop.call_later(_LINGER_S, self.transport.close)
        for task in self._running.values():
            task.cancel()

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(self._bounds.head_timeout_s, self._refuse, _TOO_LATE)

    def _head_came(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP, unless that would be taken for a part of an answer before it."""
        if self._in_answer():
            self.abort()
        else:
            super().send_400_response(msg)

    def _in_answer(self) -> bool:
        return any(each.response_started and not each.response_complete for each in self._running)

    def _refuse(self, response: bytes) -> None:
        self._refused = True
        if self._in_answer():
            self.abort()
        elif not self.transport.is_closing():
            self.transport.write(response)
            self.transport.close()
