"""What a connection without a credential can cost: some of the processor while it goes on, and little memory."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from pathlib import Path

import pytest
from tests.access.authority import Authority, write
from tests.fakes import FakeClock
from tests.faults.http2 import ACK, END_HEADERS, HEADERS, HELLO, PING, block, frame
from tests.faults.process import Servers, connected
from tests.faults.test_fuzz import memory, serves
from tests.servers import running

from onduty.v1 import status_pb2 as pb
from onduty_server.access.audit import AuditLog
from onduty_server.access.certificates import Pair
from onduty_server.process.access import Access
from onduty_server.transport.grpc.tls import ServerTls
from onduty_server.transport.guard import Guard

MIB = 1024 * 1024
PINGS_BYTES = 2 * MIB
PINGS_S = 2.0
BOMB_HEADERS = 2_000
BOMB_CALLS = 1_000


@pytest.mark.parametrize("flags", [0, ACK], ids=["pings", "answers to none"])
async def test_a_flood_of_pings_whose_answers_nobody_reads_costs_no_memory(tmp_path: Path, flags: int) -> None:
    """grpcio before 1.81 kept 200 bytes for each that comes."""
    pings = frame(PING, flags, 0, b"12345678") * 500
    async with Servers(tmp_path) as servers:
        server = await servers.start(tmp_path / "onduty.db")
        async with connected(server.address) as calls:
            await calls.RecordActivity(pb.RecordActivityRequest(account_id="acme", user_id="ann"))
            before = memory(server)
            host, port = server.address.split(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            reader._transport.pause_reading()  # type: ignore[attr-defined]
            writer.write(HELLO)
            with suppress(ConnectionError, TimeoutError):
                # It is read more slowly, or hung up on.
                async with asyncio.timeout(PINGS_S):
                    for _ in range(PINGS_BYTES // len(pings)):
                        writer.write(pings)
                        await writer.drain()
            await serves(calls)
            assert memory(server) < before + 40 * MIB
            writer.transport.abort()
            await serves(calls)


async def test_headers_that_unfold_are_bounded_by_the_calls_of_a_connection(tmp_path: Path) -> None:
    """A header of one byte on the wire takes 150 in the server, and grpcio looks at their number only at the end."""
    bomb = block() + b"\xbe" * BOMB_HEADERS
    async with Servers(tmp_path) as servers:
        server = await servers.start(tmp_path / "onduty.db")
        async with connected(server.address) as calls:
            await calls.RecordActivity(pb.RecordActivityRequest(account_id="acme", user_id="ann"))
            before = memory(server)
            host, port = server.address.split(":")
            _, writer = await asyncio.open_connection(host, int(port))
            with suppress(ConnectionError, TimeoutError):
                async with asyncio.timeout(5):
                    writer.write(HELLO + frame(HEADERS, END_HEADERS, 1, block() + b"\x40\x01a\x00"))
                    for number in range(BOMB_CALLS):
                        writer.write(frame(HEADERS, END_HEADERS, 3 + 2 * number, bomb))
                        await writer.drain()
            await serves(calls)
            assert memory(server) < before + 100 * MIB
            writer.transport.abort()
            await serves(calls)


@pytest.mark.parametrize("tls", [True, False], ids=["TLS", "plain"])
async def test_a_connection_that_says_nothing_is_hung_up_on(tmp_path: Path, tls: bool) -> None:
    clock, authority = FakeClock(), Authority()
    certificate, key = (path.read_bytes() for path in write(tmp_path / "server", authority.server()))
    guard = Guard(AuditLog(clock, lambda line: None))
    access = Access(guard, ServerTls(Pair(certificate, key, b"")) if tls else None)
    async with running(clock=clock, access=access, handshake_timeout_ms=300) as application:
        reader, writer = await asyncio.open_connection("127.0.0.1", application.port)
        with suppress(ConnectionError):
            async with asyncio.timeout(10):
                while await reader.read(1 << 16):
                    pass
        writer.close()
        if tls:
            context = ssl.create_default_context(cadata=authority.pem.decode())
            context.set_alpn_protocols(["h2"])
            _, writer = await asyncio.open_connection(
                "127.0.0.1", application.port, ssl=context, server_hostname="localhost"
            )
            writer.close()
