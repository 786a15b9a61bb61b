"""Why a server can't be reached. The mistakes of TLS are in tests/cli/test_tls_mistakes.py, word for word."""

import asyncio

import pytest
from tests.client.scripted import ScriptedServer

from onduty_client import ConnectionProblem, ConnectionProblemKind, Security, diagnose_connection


def test_a_server_that_answers_has_no_problem(server: ScriptedServer) -> None:
    assert diagnose_connection(server.target) is None


def test_nobody_there() -> None:
    assert diagnose_connection("127.0.0.1:1") == ConnectionProblem(
        ConnectionProblemKind.REFUSED, "no answer from 127.0.0.1:1: connection refused"
    )
    found = diagnose_connection("nobody.invalid:1")
    assert found is None or found.kind is ConnectionProblemKind.HOST_NOT_FOUND


@pytest.mark.parametrize("target", ["unix:/tmp/nobody", "dns:///a.test:1,b.test:1"])
def test_what_it_cannot_tell_it_does_not_tell(target: str) -> None:
    assert diagnose_connection(target) is None


def test_tls_to_a_server_that_does_not_speak_it(server: ScriptedServer) -> None:
    found = diagnose_connection(server.target, Security(tls=True))
    assert found is not None and found.kind is ConnectionProblemKind.TLS_NOT_SPOKEN


async def test_another_port_of_the_server() -> None:
    async def metrics(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(metrics, "127.0.0.1", 0) as other:
        target = f"127.0.0.1:{other.sockets[0].getsockname()[1]}"
        found = await asyncio.to_thread(diagnose_connection, target)
    assert found is not None and found.kind is ConnectionProblemKind.NOT_GRPC
