"""Unary calls over HTTP/1.1 written straight onto the wire: a connection for each that is in flight.

As `wire` is for gRPC: the caller costs a small part of what the server does. An answer is known by its length.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Sequence
from types import TracebackType

from .wire import CallFailed

_TIMEOUT_S = 30.0


class HttpWire:
    """Connections to an HTTP server on 127.0.0.1, for calling one unary method over and over."""

    def __init__(self, port: int, path: str, content_type: str) -> None:
        self._port = port
        self._head = (
            f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: {content_type}\r\ncontent-length: "
        ).encode()
        self._selector = selectors.DefaultSelector()
        self._connections: list[socket.socket] = []

    def __enter__(self) -> HttpWire:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for connection in self._connections:
            connection.close()
        self._selector.close()

    def call_all(self, messages: Sequence[bytes], in_flight: int) -> bytes:
        """Call once with each message, `in_flight` at a time; the last answer.

        Raises:
            CallFailed: a call failed, or the server hung up.
        """
        while len(self._connections) < in_flight:
            connection = socket.create_connection(("127.0.0.1", self._port), timeout=_TIMEOUT_S)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(connection, selectors.EVENT_READ)
            self._connections.append(connection)
        rest = iter([self._head + b"%d\r\n\r\n" % len(message) + message for message in messages])
        received = dict.fromkeys(self._connections, b"")
        waiting = 0
        for connection in self._connections[:in_flight]:
            if (request := next(rest, None)) is not None:
                connection.sendall(request)
                waiting += 1
        last = b""
        while waiting:
            for key, _ in self._selector.select(_TIMEOUT_S):
                connection = key.fileobj  # type: ignore[assignment]
                data = received[connection] + connection.recv(1 << 18)
                answer = _answer(data)
                if answer is None:
                    received[connection] = data
                    continue
                received[connection], last = b"", answer
                waiting -= 1
                if (request := next(rest, None)) is not None:
                    connection.sendall(request)
                    waiting += 1
        return last


def _answer(data: bytes) -> bytes | None:
    """The body of an answer that has come as a whole; None if more is to come."""
    if not data:
        raise CallFailed("the server hung up")
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    if not data.startswith(b"HTTP/1.1 200 "):
        raise CallFailed(data[:100].decode("latin-1"))
    at = data.index(b"content-length: ") + 16
    length = int(data[at : data.index(b"\r", at)])
    return data[end + 4 :] if len(data) >= end + 4 + length else None
