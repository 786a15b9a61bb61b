"""A small HTTP/1.1 client: it sends exactly the given bytes, and reads the response piece by piece."""

from __future__ import annotations

import asyncio
import json
import ssl
import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

SERVICE = "/onduty.v1.StatusService/"
LONG_S = 10.0
"""The longest wait for anything that must arrive."""


class Response(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Web:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    def request(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> None:
        """Send a request; `headers` take the place of those that are added otherwise."""
        sent = {"host": "127.0.0.1", **(headers or {})}
        if (body or method == "POST") and "transfer-encoding" not in sent:
            sent.setdefault("content-length", str(len(body)))
        head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        self.send(head.encode("utf-8") + b"\r\n" + body)

    async def head(self) -> tuple[int, dict[str, str]]:
        """Read the status and the headers of a response."""
        async with asyncio.timeout(LONG_S):
            head = await self.reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(": ")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return int(first.split(" ")[1]), headers

    async def chunk(self) -> bytes:
        """Read a chunk of a body; empty after the last."""
        async with asyncio.timeout(LONG_S):
            length = int(await self.reader.readline(), 16)
            return (await self.reader.readexactly(length + 2))[:-2]

    async def response(self, *, to_head: bool = False) -> Response:
        """Read a whole response."""
        status, headers = await self.head()
        body = b""
        if headers.get("transfer-encoding") == "chunked":
            while chunk := await self.chunk():
                body += chunk
        elif not to_head:
            length = int(headers.get("content-length", "0"))
            async with asyncio.timeout(LONG_S):
                body = await self.reader.readexactly(length)
        return Response(status, headers, body)

    async def call(
        self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Response:
        self.request(method, target, headers, body)
        return await self.response(to_head=method == "HEAD")

    async def post(self, rpc: str, body: object, **headers: str) -> Response:
        """A unary Connect call in JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.call("POST", SERVICE + rpc, {"content-type": "application/json", **sent}, data)

    async def ended(self) -> bytes:
        """Read until the server ends the connection."""
        try:
            async with asyncio.timeout(LONG_S):
                return await self.reader.read()
        except ConnectionError:
            return b""


@asynccontextmanager
async def web(port: int, tls: ssl.SSLContext | None = None) -> AsyncIterator[Web]:
    """A connection to the HTTP door."""
    name = None if tls is None else "localhost"
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls, server_hostname=name, limit=2**22)
    try:
        yield Web(reader, writer)
    finally:
        writer.transport.abort()


def envelope(data: bytes, flags: int = 0) -> bytes:
    return struct.pack(">BI", flags, len(data)) + data


def envelopes(body: bytes) -> list[tuple[int, bytes]]:
    """The flags and messages of a body."""
    found = []
    while body:
        flags, length = struct.unpack(">BI", body[:5])
        found.append((flags, body[5 : 5 + length]))
        assert len(found[-1][1]) == length
        body = body[5 + length :]
    return found
