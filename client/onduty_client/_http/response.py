"""Reads an HTTP/1.1 response from bytes as they arrive, whatever their source.

The reader is strict: it refuses anything that two readers could interpret differently. Invariant: the head is bounded,
and the parts of a body are kept only until `take` takes them.
"""

from typing import Final

HEAD_MAX_BYTES: Final = 64 * 1024
_LINE_MAX_BYTES: Final = 1024
_LENGTH_DIGITS: Final = 15

_NO_BODY: Final = (204, 304)


class BadResponse(Exception):
    """The bytes that arrived are not a response of HTTP/1.1; the message says why."""


class ResponseReader:
    """Reads one response.

    Attributes:
        status: the HTTP status; 0 until the head is complete.
        headers: by name in lower case; those that repeat are joined by ", ".
        complete: True once the body has ended.
        started: True once anything has arrived.
    """

    __slots__ = (
        *("_body", "_buffer", "_chunked", "_in_trailers", "_left", "_until_end", "_version"),
        *("complete", "headers", "started", "status"),
    )

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.complete = self.started = False
        self._buffer = bytearray()
        self._body = bytearray()
        self._version = ""
        #: The bytes left of the body, or of the chunk with its line break; None if the length is not known yet.
        self._left: int | None = None
        self._chunked = self._in_trailers = self._until_end = False

    @property
    def keeps_alive(self) -> bool:
        """True if another request may follow on this connection. Valid once the response is complete."""
        return (
            self.complete
            and not self._until_end
            and not self._buffer
            and self._version == "HTTP/1.1"
            and "close" not in self.headers.get("connection", "").lower()
        )

    @property
    def size(self) -> int:
        """The number of bytes of the body that wait to be taken."""
        return len(self._body)

    def take(self) -> bytes:
        """Return the part of the body that has arrived, and forget it."""
        body = bytes(self._body)
        self._body.clear()
        return body

    def feed(self, data: bytes) -> None:
        """Read more bytes. Raises BadResponse."""
        self.started = True
        self._buffer += data
        while not self.complete and self._advance():
            pass

    def feed_end(self) -> None:
        """End the input: the server has closed. Raises BadResponse if the response is not complete."""
        if self._until_end:
            self.complete = True
        if not self.complete:
            raise BadResponse("the connection was closed in the middle of a response")

    def _advance(self) -> bool:
        """Read one part of the response. Returns False if more bytes have to arrive first."""
        if not self.status:
            return self._read_head()
        if self._until_end:
            self._move(len(self._buffer))
            return False
        if not self._chunked:
            assert self._left is not None
            self._left -= self._move(self._left)
            self.complete = not self._left
            return False
        if self._in_trailers:
            return self._read_trailer()
        if self._left is None:
            return self._read_chunk_head()
        return self._read_chunk()

    def _move(self, most: int) -> int:
        part = self._buffer[:most]
        self._body += part
        del self._buffer[: len(part)]
        return len(part)

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n", 0, HEAD_MAX_BYTES)
        if end < 0:
            if len(self._buffer) >= HEAD_MAX_BYTES:
                raise BadResponse("the head of the response is too long")
            if not b"HTTP/1.".startswith(self._buffer[:7]):
                raise BadResponse("it does not speak HTTP/1.1")
            return False
        first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        self._version, _, rest = first.partition(" ")
        code = rest[:3]
        if self._version not in ("HTTP/1.0", "HTTP/1.1") or not (code.isascii() and code.isdigit()) or len(code) != 3:
            raise BadResponse("it does not speak HTTP/1.1")
        status = int(code)
        if 100 <= status < 200:
            if status == 101:
                raise BadResponse("it switches to another protocol")
            return True  # The response is still to come.
        self._read_headers(lines)
        self.status = status
        self._frame()
        return True

    def _read_headers(self, lines: list[str]) -> None:
        headers = self.headers
        for line in lines:
            name, colon, value = line.partition(":")
            if not colon or not name or name != name.strip() or "\n" in line or "\0" in line:
                raise BadResponse("a header is malformed")
            name, value = name.lower(), value.strip(" \t")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value

    def _frame(self) -> None:
        coding, length = self.headers.get("transfer-encoding"), self.headers.get("content-length")
        if self.status in _NO_BODY:
            self.complete = True
        elif coding is not None:
            if coding.lower() != "chunked" or length is not None or self._version == "HTTP/1.0":
                raise BadResponse("the length of the body is ambiguous")
            self._chunked = True
        elif length is not None:
            if not (length.isascii() and length.isdigit()) or len(length) > _LENGTH_DIGITS:
                raise BadResponse("the length of the body is ambiguous")
            self._left = int(length)
            self.complete = not self._left
        else:
            self._until_end = True

    def _line(self) -> bytes | None:
        end = self._buffer.find(b"\r\n", 0, _LINE_MAX_BYTES)
        if end < 0:
            if len(self._buffer) >= _LINE_MAX_BYTES:
                raise BadResponse("a line between chunks is too long")
            return None
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    def _read_chunk_head(self) -> bool:
        line = self._line()
        if line is None:
            return False
        digits = line.partition(b";")[0].rstrip(b" \t")
        if not digits or len(digits) > _LENGTH_DIGITS or digits.strip(b"0123456789abcdefABCDEF"):
            raise BadResponse("a chunk is malformed")
        length = int(digits, 16)
        if length:
            self._left = length + 2
        else:
            self._in_trailers = True
        return True

    def _read_chunk(self) -> bool:
        assert self._left is not None
        if self._left > 2:
            self._left -= self._move(self._left - 2)
        if self._left > 2 or len(self._buffer) < 2:
            return False
        if self._buffer[:2] != b"\r\n":
            raise BadResponse("a chunk is malformed")
        del self._buffer[:2]
        self._left = None
        return True

    def _read_trailer(self) -> bool:
        line = self._line()
        if line is None:
            return False
        self.complete = not line
        return not self.complete
