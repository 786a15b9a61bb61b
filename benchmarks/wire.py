"""Unary gRPC calls written straight onto the wire, so that the caller costs a small part of what the server does.

A Python gRPC client needs as much CPU as the server, and h2load sends one and the same message each time, so that all
its activities would be of one user. This speaks as much HTTP/2 as it takes: one connection, many streams, a fixed block
of headers. It reads no trailers; a call that failed is known by having no message.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from types import MappingProxyType, TracebackType
from typing import NamedTuple

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE = 0x0, 0x1, 0x3, 0x4, 0x6, 0x7, 0x8
END_STREAM, ACK, END_HEADERS = 0x1, 0x1, 0x4
FRAME_HEAD = 9
STREAM_WINDOW = 1 << 30
FIRST_WINDOW = 65_535
_TIMEOUT_S = 30.0


class CallFailed(Exception):
    """A call was not answered with a message."""


class Wire:
    """A connection to a gRPC server on 127.0.0.1, for calling one unary method over and over."""

    def __init__(self, port: int, method: str, metadata: Mapping[str, str] = MappingProxyType({})) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=_TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._first_headers, self._headers = header_blocks(method, f"127.0.0.1:{port}", metadata)
        self._next_stream = 1
        self._window = FIRST_WINDOW
        self._received = b""
        self._socket.sendall(hello())

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._socket.close()

    def call_all(self, messages: Sequence[bytes], in_flight: int) -> bytes:
        """Call once with each message, `in_flight` at a time; the last answer.

        Raises:
            CallFailed: a call failed, or the server hung up.
        """
        frames = [b"\0" + len(message).to_bytes(4, "big") + message for message in messages]
        sent = done = 0
        answered: dict[int, bytes] = {}
        last = b""
        while done < len(frames):
            out = []
            while sent < len(frames) and sent - done < in_flight and self._window >= len(frames[sent]):
                out.append(self._request(frames[sent]))
                sent += 1
            if out:
                self._socket.sendall(b"".join(out))
            for stream in self._receive(answered):
                answer = answered.pop(stream, b"")
                if len(answer) < 5:
                    raise CallFailed(f"call {done} of {len(frames)} has no answer")
                last = answer
                done += 1
        return last[5:]

    def _request(self, framed: bytes) -> bytes:
        stream = self._next_stream
        self._next_stream += 2
        self._window -= len(framed)
        headers = self._first_headers if stream == 1 else self._headers
        return frame(HEADERS, END_HEADERS, stream, headers) + frame(DATA, END_STREAM, stream, framed)

    def _receive(self, answered: dict[int, bytes]) -> list[int]:
        """Take what has come; the streams that ended."""
        received = self._socket.recv(1 << 18)
        if not received:
            raise CallFailed("the server hung up")
        frames, self._received = cut(self._received + received)
        ended, replies = [], []
        for kind, flags, stream, payload in frames:
            if kind == DATA:
                answered[stream] = answered.get(stream, b"") + payload
            elif kind == WINDOW_UPDATE and stream == 0:
                self._window += int.from_bytes(payload, "big")
            elif kind == SETTINGS and not flags & ACK:
                replies.append(frame(SETTINGS, ACK, 0, b""))
            elif kind == PING and not flags & ACK:
                replies.append(frame(PING, ACK, 0, payload))
            elif kind in (RST_STREAM, GOAWAY):
                raise CallFailed("the server refused")
            if kind in (DATA, HEADERS) and flags & END_STREAM:
                ended.append(stream)
        if replies:
            self._socket.sendall(b"".join(replies))
        return ended


class Frame(NamedTuple):
    """A frame of HTTP/2."""

    kind: int
    flags: int
    stream: int
    payload: bytes


def cut(received: bytes) -> tuple[list[Frame], bytes]:
    """The whole frames at the beginning of what was received, and the rest."""
    frames: list[Frame] = []
    position = 0
    while len(received) - position >= FRAME_HEAD:
        end = position + FRAME_HEAD + int.from_bytes(received[position : position + 3], "big")
        if len(received) < end:
            break
        stream = int.from_bytes(received[position + 5 : position + FRAME_HEAD], "big")
        payload = received[position + FRAME_HEAD : end]
        frames.append(Frame(received[position + 3], received[position + 4], stream, payload))
        position = end
    return frames, received[position:]


def hello() -> bytes:
    """Return a client's first frames. The windows have room for all answers of a benchmark, and need no updates."""
    settings = b"\0\x04" + STREAM_WINDOW.to_bytes(4, "big")
    window = (STREAM_WINDOW - FIRST_WINDOW).to_bytes(4, "big")
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
    return preface + frame(SETTINGS, 0, 0, settings) + frame(WINDOW_UPDATE, 0, 0, window)


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def header_blocks(method: str, authority: str, metadata: Mapping[str, str]) -> tuple[bytes, bytes]:
    """The headers of the first call, which enter them into the server's table, and of all others, which refer to it."""

    def text(value: str) -> bytes:
        length = len(value)
        if length < 127:
            return bytes((length,)) + value.encode()
        assert length - 127 < 1 << 14, "two more bytes hold the length"
        return bytes((127, (length - 127) & 0x7F | 0x80, (length - 127) >> 7)) + value.encode()

    post_http = b"\x83\x86"
    first = (
        post_http
        + b"\x44" + text(method)  # :path
        + b"\x41" + text(authority)  # :authority
        + b"\x5f" + text("application/grpc")  # content-type
        + b"\x40" + text("te") + text("trailers")
    )  # fmt: skip
    for name, value in metadata.items():
        first += b"\x40" + text(name) + text(value)
    # The table's newest entry is number 62.
    return first, post_http + bytes(0x80 | 61 + entry for entry in range(4 + len(metadata), 0, -1))
