"""The Connect protocol: unary calls as plain JSON or binary bodies, GET for reads, and server streams in envelopes."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from typing import Final
from urllib.parse import unquote_to_bytes

from ...domain.errors import InvalidField
from ..errors import Failure, MalformedRequest
from ..request_ids import REQUEST_ID_KEY
from ..rpcs import Rpc
from . import compression, envelopes
from .calling import HttpCall
from .exchange import Exchange
from .failures import HTTP_STATUS, error_json, error_object, request_id_headers, retry_after_s

VERSION: Final = b"1"
TIMEOUT_HEADER: Final = b"connect-timeout-ms"
_TIMEOUT_DIGITS: Final = 10
_JSON: Final = (b"content-type", b"application/json")
_PROTO: Final = (b"content-type", b"application/proto")
_GZIP: Final = b"gzip"


class _ConnectCall(HttpCall):
    def deadline_s(self) -> float | None:
        value = self.exchange.headers.get(TIMEOUT_HEADER)
        if value is None:
            return None
        if not value.isdigit() or len(value) > _TIMEOUT_DIGITS:
            raise InvalidField(TIMEOUT_HEADER.decode(), f"must be 1 to {_TIMEOUT_DIGITS} digits")
        return int(value) / 1_000

    def check_version(self, version: bytes | None) -> None:
        """Raise InvalidField if this version of the protocol is not supported. It may be missing."""
        if version not in (None, VERSION):
            raise InvalidField("connect-protocol-version", f"must be {VERSION.decode()}")


class ConnectUnary(_ConnectCall):
    """A unary call by POST."""

    async def read_message(self) -> bytes:
        """Return the body."""
        headers = self.exchange.headers
        self.check_version(headers.get(b"connect-protocol-version"))
        body = await self.exchange.body(self._request_max_bytes)
        return await self.unpacked(body, headers[b"content-encoding"]) if b"content-encoding" in headers else body

    async def begin_stream(self) -> None:
        """Never called: the call is unary."""
        raise AssertionError("a unary call is not a stream")

    async def write_message(self, data: bytes) -> None:
        """Never called: the call is unary."""
        raise AssertionError("a unary call is not a stream")

    async def succeed(self, data: bytes | None) -> None:
        """Send the message as the body."""
        assert data is not None
        await self._respond(200, [_JSON if self._json else _PROTO], data)

    async def fail(self, failure: Failure) -> None:
        """Send the error object, which is JSON whatever the request was."""
        headers = [_JSON, *request_id_headers(failure)]
        if (seconds := retry_after_s(failure)) is not None:
            headers.append((b"retry-after", b"%d" % seconds))
        await self._respond(HTTP_STATUS[failure.code], headers, error_json(failure))

    async def _respond(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        accepted = self.exchange.headers.get(b"accept-encoding")
        if accepted is not None and compression.worthwhile(body) and compression.accepts_gzip(accepted):
            body = await compression.gzip(body)
            headers = [*headers, (b"content-encoding", _GZIP), (b"vary", b"accept-encoding")]
        await self.exchange.respond(status, headers, body)


class ConnectGet(ConnectUnary):
    """A unary call by GET, its message in the query."""

    def __init__(self, rpc: Rpc, exchange: Exchange, request_max_bytes: int, query: dict[bytes, bytes]) -> None:
        super().__init__(rpc, exchange, request_max_bytes, json=query.get(b"encoding") == b"json")
        self._query = query

    async def read_message(self) -> bytes:
        """Return the message that is in the query."""
        query = self._query
        version = query.get(b"connect")
        self.check_version(version.removeprefix(b"v") if version is not None and version[:1] == b"v" else version)
        message = query.get(b"message")
        if message is None:
            raise InvalidField("message", "is missing from the query")
        if query.get(b"base64") == b"1":
            try:
                message = urlsafe_b64decode(message + b"=" * (-len(message) % 4))
            except (NotBase64, ValueError):
                raise MalformedRequest from None
        return await self.unpacked(message, query.get(b"compression", b""))


def parse_query(query: bytes) -> dict[bytes, bytes]:
    """Return the last value of each name in a query string."""
    values = {}
    for part in query.split(b"&"):
        name, _, value = part.partition(b"=")
        values[name] = unquote_to_bytes(value.replace(b"+", b" "))
    return values


class ConnectStream(_ConnectCall):
    """A call in which the server streams."""

    def __init__(self, rpc: Rpc, exchange: Exchange, request_max_bytes: int, *, json: bool) -> None:
        super().__init__(rpc, exchange, request_max_bytes, json=json)
        self._started = False
        accepted = exchange.headers.get(b"connect-accept-encoding", b"")
        self._packs = compression.accepts_gzip(accepted)

    async def read_message(self) -> bytes:
        """Return the message of the only envelope."""
        headers = self.exchange.headers
        self.check_version(headers.get(b"connect-protocol-version"))
        # The limit is for the unpacked message, so the envelope's own five bytes do not count.
        body = await self.exchange.body(self._request_max_bytes + 5)
        flags, data = envelopes.unpack_only(body)
        encoding = headers.get(b"connect-content-encoding", b"")
        if flags == envelopes.COMPRESSED:
            if not encoding or encoding == b"identity":
                raise MalformedRequest
            return await self.unpacked(data, encoding)
        if flags:
            raise MalformedRequest
        return data

    async def write_message(self, data: bytes) -> None:
        """Send an envelope."""
        flags = 0
        if self._packs and compression.worthwhile(data):
            data, flags = await compression.gzip(data), envelopes.COMPRESSED
        if not self._started:
            await self.begin_stream()
        await self.exchange.chunk(envelopes.pack(data, flags))

    async def succeed(self, data: bytes | None) -> None:
        """End the stream."""
        await self._end({})

    async def fail(self, failure: Failure) -> None:
        """End the stream with the error object. The status is 200 all the same, as the protocol requires."""
        if self.exchange.connection.write_paused:
            # A client that does not read would not read the error either.
            self.exchange.connection.abort()
            return
        metadata = {"metadata": {REQUEST_ID_KEY: [failure.request_id]}} if failure.request_id else {}
        await self._end({"error": error_object(failure), **metadata})

    async def _end(self, end: dict[str, object]) -> None:
        await self.begin_stream()
        data = json.dumps(end, ensure_ascii=False, separators=(",", ":")).encode()
        await self.exchange.end(envelopes.pack(data, envelopes.CONNECT_END))

    async def begin_stream(self) -> None:
        """Send the status and the headers."""
        if not self._started:
            self._started = True
            headers = [(b"content-type", b"application/connect+" + (b"json" if self._json else b"proto"))]
            if self._packs:
                headers.append((b"connect-content-encoding", _GZIP))
            await self.exchange.start(200, headers)
