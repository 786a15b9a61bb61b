"""gRPC-Web, binary and as text: messages in envelopes, and the trailers as the last envelope of the body."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from typing import Final
from urllib.parse import quote

from ...domain.errors import InvalidField
from ..errors import Failure, MalformedRequest
from ..request_ids import REQUEST_ID_KEY
from ..rpcs import Rpc
from . import compression, envelopes
from .calling import HttpCall
from .exchange import Exchange

TIMEOUT_HEADER: Final = "grpc-timeout"
_TIMEOUT: Final = re.compile(rb"(\d{1,8})([HMSmun])")
_UNITS_S: Final = {b"H": 3_600.0, b"M": 60.0, b"S": 1.0, b"m": 1e-3, b"u": 1e-6, b"n": 1e-9}
_UNESCAPED: Final = " !\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~"
"""The characters that `grpc-message` may have unescaped: printable ASCII without the percent sign."""


class GrpcWebCall(HttpCall):
    """A call, unary or with a stream of responses. With `as_text`, bodies are in base64."""

    def __init__(self, rpc: Rpc, exchange: Exchange, request_max_bytes: int, *, as_text: bool) -> None:
        super().__init__(rpc, exchange, request_max_bytes, json=False)
        self._as_text = as_text
        self._started = False
        self._packs = compression.accepts_gzip(exchange.headers.get(b"grpc-accept-encoding", b""))

    def deadline_s(self) -> float | None:
        """Return `grpc-timeout` in seconds."""
        value = self.exchange.headers.get(TIMEOUT_HEADER.encode())
        if value is None:
            return None
        found = _TIMEOUT.fullmatch(value)
        if found is None:
            raise InvalidField(TIMEOUT_HEADER, "must be 1 to 8 digits and one of H, M, S, m, u, n")
        return int(found[1]) * _UNITS_S[found[2]]

    async def read_message(self) -> bytes:
        """Return the message of the only envelope."""
        most = self._request_max_bytes + 5
        body = await self.exchange.body((most + 2) // 3 * 4 if self._as_text else most)
        if self._as_text:
            try:
                body = b64decode(body, validate=True)
            except (NotBase64, ValueError):
                raise MalformedRequest from None
        flags, data = envelopes.unpack_only(body)
        if flags not in (0, envelopes.COMPRESSED):
            raise MalformedRequest
        if flags:
            encoding = self.exchange.headers.get(b"grpc-encoding", b"")
            if encoding in (b"", b"identity"):
                raise MalformedRequest
            return await self.unpacked(data, encoding)
        return data

    async def write_message(self, data: bytes) -> None:
        """Send an envelope."""
        await self.begin_stream()
        await self.exchange.chunk(self._on_the_wire(await self._packed(data)))

    async def succeed(self, data: bytes | None) -> None:
        """Send the message of a unary call, and the trailers."""
        message = b"" if data is None else await self._packed(data)
        await self._end(message, b"grpc-status: 0\r\n")

    async def fail(self, failure: Failure) -> None:
        """Send the trailers that describe the failure."""
        if self.exchange.connection.write_paused:
            # A client that does not read would not read the error either.
            self.exchange.connection.abort()
            return
        message = quote(failure.message, safe=_UNESCAPED)
        trailers = f"grpc-status: {failure.code:d}\r\ngrpc-message: {message}\r\n"
        if failure.details:
            trailers += f"grpc-status-details-bin: {b64encode(failure.status()).decode().rstrip('=')}\r\n"
        name = ((REQUEST_ID_KEY, failure.request_id),) if failure.request_id else ()
        trailers += "".join(f"{key}: {value}\r\n" for key, value in (*failure.metadata, *name))
        await self._end(b"", trailers.encode("ascii"))

    async def _packed(self, data: bytes) -> bytes:
        if self._packs and compression.worthwhile(data):
            return envelopes.pack(await compression.gzip(data), envelopes.COMPRESSED)
        return envelopes.pack(data)

    async def _end(self, message: bytes, trailers: bytes) -> None:
        body = self._on_the_wire(message + envelopes.pack(trailers, envelopes.GRPC_WEB_TRAILERS))
        if self._started:
            await self.exchange.end(body)
        else:
            await self.exchange.respond(200, self._headers(), body)

    async def begin_stream(self) -> None:
        """Send the status and the headers."""
        if not self._started:
            self._started = True
            await self.exchange.start(200, self._headers())

    def _headers(self) -> list[tuple[bytes, bytes]]:
        text = b"-text" if self._as_text else b""
        headers = [(b"content-type", b"application/grpc-web" + text + b"+proto")]
        if self._packs:
            headers.append((b"grpc-encoding", b"gzip"))
        return headers

    def _on_the_wire(self, data: bytes) -> bytes:
        return b64encode(data) if self._as_text else data
