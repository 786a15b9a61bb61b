"""HTTP/2 by hand, right and wrong: frames, header blocks, and a catalogue of what no client should send."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator, Sequence

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS = 0x1, 0x1, 0x4
MANY = 5_000
"""Frames of a flood."""

GET_STATUS = "/onduty.v1.StatusService/GetStatus"
WATCH = "/onduty.v1.StatusService/WatchStatuses"


def frame(kind: int, flags: int, stream: int, payload: bytes = b"", *, length: int | None = None) -> bytes:
    """A frame; `length` is what it says, if not what is true."""
    size = len(payload) if length is None else length
    return size.to_bytes(3, "big") + bytes((kind, flags)) + stream.to_bytes(4, "big") + payload


def literal(name: str, value: str) -> bytes:
    """A header that enters no table."""

    def text(it: str) -> bytes:
        encoded = it.encode()
        assert len(encoded) < 127
        return bytes((len(encoded),)) + encoded

    return b"\x00" + text(name) + text(value)


def block(path: str = GET_STATUS, *, content_type: str | None = "application/grpc", method: str = "POST") -> bytes:
    """The headers of a call."""
    headers = literal(":method", method) + literal(":scheme", "http") + literal(":path", path)
    headers += literal(":authority", "localhost") + literal("te", "trailers")
    return headers + (b"" if content_type is None else literal("content-type", content_type))


def message(data: bytes, *, compressed: int = 0, length: int | None = None) -> bytes:
    """A gRPC message; `length` is what it says, if not what is true."""
    return struct.pack(">BI", compressed, len(data) if length is None else length) + data


def call(stream: int, data: bytes, path: str = GET_STATUS, **headers: str | None) -> bytes:
    """A whole call."""
    content_type = headers.get("content_type", "application/grpc")
    method = headers.get("method") or "POST"
    return frame(HEADERS, END_HEADERS, stream, block(path, content_type=content_type, method=method)) + frame(
        DATA, END_STREAM, stream, data
    )


HELLO = PREFACE + frame(SETTINGS, 0, 0)


def setting(number: int, value: int) -> bytes:
    """An entry of a SETTINGS frame."""
    return struct.pack(">HI", number, value)


def _odd(count: int) -> Iterator[int]:
    return iter(range(1, 2 * count, 2))


def catalogue(request: bytes) -> dict[str, Sequence[bytes]]:
    """What to send, in pieces, by its name. `request` is a good message for GET_STATUS."""
    good = message(request)
    noise = random.Random(5)
    opened = frame(HEADERS, END_HEADERS, 1, block())
    return {
        # --- beginnings
        "nothing at all": [],
        "HTTP/1.1": [b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"],
        "TLS": [bytes.fromhex("16030100c8010000c40303") + noise.randbytes(197)],
        "noise": [noise.randbytes(4_096)],
        "half a preface": [PREFACE[:10]],
        "a wrong preface": [PREFACE[:-4] + b"\r\nXX"],
        "headers before settings": [PREFACE + opened],
        "noise after the preface": [HELLO + noise.randbytes(8_192)],
        # --- frames
        "a frame that says 16 MiB": [HELLO + opened + frame(DATA, 0, 1, b"x" * 100, length=0xFFFFFF)],
        "a frame above the maximum": [HELLO + opened + frame(DATA, 0, 1, b"x" * 40_000)],
        "headers on stream 0": [HELLO + frame(HEADERS, END_HEADERS, 0, block())],
        "an even stream": [HELLO + call(2, good)],
        "streams that go back": [HELLO + call(5, good) + call(3, good)],
        "data for a stream that is not": [HELLO + frame(DATA, 0, 7, b"x")],
        "data after the end": [HELLO + call(1, good) + frame(DATA, END_STREAM, 1, good)],
        "a push promise": [HELLO + frame(PUSH_PROMISE, END_HEADERS, 1, b"\0\0\0\2" + block())],
        "an unknown frame": [HELLO + frame(0xEE, 0xFF, 1, b"?") + call(1, good)],
        "padding longer than the frame": [HELLO + opened + frame(DATA, 0x8, 1, b"\xff\0\0")],
        "a priority that depends on itself": [HELLO + frame(PRIORITY, 0, 1, b"\0\0\0\1\x10")],
        "a short ping": [HELLO + frame(PING, 0, 0, b"123")],
        "a short reset": [HELLO + opened + frame(RST_STREAM, 0, 1, b"1")],
        "a goaway, and more": [HELLO + frame(GOAWAY, 0, 0, b"\0" * 8) + call(1, good)],
        # --- settings
        "settings of a wrong length": [HELLO + frame(SETTINGS, 0, 0, b"12345")],
        "an acknowledgement with content": [HELLO + frame(SETTINGS, ACK, 0, setting(1, 1))],
        "settings on a stream": [HELLO + frame(SETTINGS, 0, 1)],
        "a window beyond 2^31": [HELLO + frame(SETTINGS, 0, 0, setting(4, 0xFFFFFFFF))],
        "a frame size of 1": [HELLO + frame(SETTINGS, 0, 0, setting(5, 1))],
        "a header table of 4 GiB": [HELLO + frame(SETTINGS, 0, 0, setting(1, 0xFFFFFFFF)) + call(1, good)],
        "no streams allowed": [HELLO + frame(SETTINGS, 0, 0, setting(3, 0)) + call(1, good)],
        # --- header compression
        "an index of 0": [HELLO + frame(HEADERS, END_HEADERS, 1, b"\x80")],
        "an index that is not": [HELLO + frame(HEADERS, END_HEADERS, 1, b"\xff\xff\xff\xff\x0f")],
        "a number without end": [HELLO + frame(HEADERS, END_HEADERS, 1, b"\xff" * 2_000)],
        "a table larger than allowed": [HELLO + frame(HEADERS, END_HEADERS, 1, b"\x3f\xff\xff\xff\x7f" + block())],
        "wrong Huffman": [HELLO + frame(HEADERS, END_HEADERS, 1, b"\x00\x85\xff\xff\xff\xff\xff\x01x")],
        "a bomb of headers": [
            HELLO
            + frame(HEADERS, END_HEADERS, 1, block() + b"\x40\x01x\x7f\xf1\x1e" + b"y" * 4_000)
            + b"".join(frame(HEADERS, END_HEADERS, stream, b"\xbe" * 4_000) for stream in range(3, 43, 2))
        ],
        "headers of a megabyte": [
            HELLO + frame(HEADERS, 0, 1, block()) + frame(CONTINUATION, 0, 1, literal("a", "b" * 120) * 120) * 80
        ],
        # --- calls that are none
        "no path": [HELLO + frame(HEADERS, END_HEADERS | END_STREAM, 1, literal(":method", "POST"))],
        "no headers": [HELLO + frame(HEADERS, END_HEADERS | END_STREAM, 1, b"")],
        "a header twice": [HELLO + frame(HEADERS, END_HEADERS, 1, block() + literal(":path", "/x"))],
        "an upper-case header": [HELLO + frame(HEADERS, END_HEADERS, 1, block() + literal("Te", "x"))],
        "GET": [HELLO + call(1, good, method="GET")],
        "text/plain": [HELLO + call(1, good, content_type="text/plain")],
        "application/json": [HELLO + call(1, b'{"account_id": "acme"}', content_type="application/json")],
        "grpc-web": [HELLO + call(1, good, content_type="application/grpc-web+proto")],
        "no content type": [HELLO + call(1, good, content_type=None)],
        "a path of noise": [HELLO + call(1, good, "/\x7f../../etc/passwd")],
        "a message shorter than it says": [HELLO + call(1, message(request, length=len(request) + 9))],
        "a message longer than it says": [HELLO + call(1, message(request, length=1))],
        "a message that says 4 GiB": [HELLO + call(1, message(request, length=0xFFFFFFFF))],
        "compressed without saying how": [HELLO + call(1, message(request, compressed=1))],
        "a flag that is not": [HELLO + call(1, message(request, compressed=7))],
        "two messages where one is wanted": [HELLO + call(1, good + good)],
        "half a message head": [HELLO + call(1, b"\0\0")],
        "a call that never ends": [HELLO + opened],
        # --- floods
        "a flood of continuations": [HELLO + frame(HEADERS, 0, 1, block()), *[frame(CONTINUATION, 0, 1)] * MANY],
        "rapid reset": [
            HELLO,
            *(
                frame(HEADERS, END_HEADERS, stream, block()) + frame(RST_STREAM, 0, stream, b"\0\0\0\x08")
                for stream in _odd(MANY)
            ),
        ],
        "a flood of settings": [HELLO, *[frame(SETTINGS, 0, 0, setting(4, 65_535))] * MANY],
        "a flood of pings": [HELLO, *[frame(PING, 0, 0, b"12345678")] * MANY],
        "a flood of empty data": [HELLO + opened, *[frame(DATA, 0, 1)] * MANY],
        "a flood of priorities": [HELLO, *(frame(PRIORITY, 0, s, b"\0\0\0\0\x10") for s in _odd(MANY))],
        "a flood of resets": [HELLO, *(frame(RST_STREAM, 0, s, b"\0\0\0\x08") for s in _odd(MANY))],
        "a flood of calls": [HELLO, *(call(stream, good) for stream in _odd(2_000))],
        "a flood of calls that never end": [
            HELLO,
            *(frame(HEADERS, END_HEADERS, stream, block()) for stream in _odd(2_000)),
        ],
        # --- windows
        "a window of 0": [HELLO + frame(WINDOW_UPDATE, 0, 0, b"\0\0\0\0")],
        "a window that overflows": [HELLO + frame(WINDOW_UPDATE, 0, 0, b"\x7f\xff\xff\xff") * 2],
        "a flood of windows": [HELLO, *[frame(WINDOW_UPDATE, 0, 0, b"\0\0\0\1")] * MANY],
        "answers that may not be sent": [
            PREFACE + frame(SETTINGS, 0, 0, setting(4, 0)),
            *(call(stream, good) for stream in _odd(500)),
        ],
        "watches that nobody reads": [
            PREFACE + frame(SETTINGS, 0, 0, setting(4, 0)),
            *(call(stream, message(b"\x0a\x04acme"), WATCH) for stream in _odd(200)),
        ],
    }
