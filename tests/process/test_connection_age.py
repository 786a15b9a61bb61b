"""Connections that reach their greatest age: their clients open others, and lose nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from grpc import aio
from tests.http.web import web
from tests.servers import running

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc
from onduty_client import AsyncClient, Disconnected, Status, StatusChange, WatchChanges, WatchSnapshot
from onduty_server.process.application import Application
from onduty_server.process.clock import SystemClock
from onduty_server.transport.http.server import HttpListen

AGE_MS, GRACE_MS = 300, 100
LONG_S = 20.0


@asynccontextmanager
async def aging(age_ms: int = AGE_MS, grace_ms: int = GRACE_MS) -> AsyncIterator[Application]:
    http = HttpListen("127.0.0.1:0", connection_age_ms=age_ms, connection_grace_ms=grace_ms)
    async with running(
        clock=SystemClock(), http=http, connection_age_ms=age_ms, connection_grace_ms=grace_ms
    ) as application:
        yield application


@pytest.mark.parametrize("door", ["grpc", "http"])
async def test_a_watch_resumes_over_another_connection_and_misses_nothing(door: str) -> None:
    async with aging() as application, AsyncClient(f"127.0.0.1:{application.port}") as other:
        target = f"http://127.0.0.1:{application.http_port}" if door == "http" else f"127.0.0.1:{application.port}"
        async with AsyncClient(target) as client, asyncio.timeout(LONG_S):
            to_set = [Status.ONLINE, Status.AWAY, Status.OFFLINE]
            expected, seen, snapshots = list(to_set), [], 0
            await other.set_status("acme", "ann", to_set.pop(0))
            async for message in client.watch("acme"):
                match message:
                    case WatchSnapshot(user_statuses=users):
                        snapshots += 1
                        seen += [user.status for user in users]
                    case WatchChanges(changes=changes):
                        seen += [each.status for each in changes if isinstance(each, StatusChange)]
                    case Disconnected(error=error) if to_set:
                        assert "connection" in str(error) and "age" in str(error)
                        await other.set_status("acme", "ann", to_set.pop(0))
                if len(seen) == len(expected):
                    break
            assert seen == expected and snapshots == 1


async def test_no_grpc_call_fails_because_of_the_age_of_its_connection() -> None:
    async with aging() as application, aio.insecure_channel(f"127.0.0.1:{application.port}") as channel:
        stub, loop = pb_grpc.StatusServiceStub(channel), asyncio.get_running_loop()
        request = pb.SetStatusRequest(account_id="acme", user_id="ann", status=pb.STATUS_ONLINE)
        until = loop.time() + 5 * AGE_MS / 1_000
        while loop.time() < until:
            response = await stub.SetStatus(request, timeout=LONG_S)
            assert response.user_status.status == pb.STATUS_ONLINE


async def test_an_http_connection_answers_one_more_request_and_says_that_it_was_the_last() -> None:
    async with aging(grace_ms=60_000) as application, web(application.http_port) as connection:
        answers = 0
        async with asyncio.timeout(LONG_S):
            while True:
                connection.request("GET", "/readyz")
                response = await connection.response()
                answers += 1
                assert response.status == 200
                if response.headers.get("connection") == "close":
                    break
            assert await connection.reader.read() == b""
        assert answers > 1


async def test_an_idle_http_connection_is_closed_after_the_grace() -> None:
    async with aging() as application, web(application.http_port) as connection, asyncio.timeout(LONG_S):
        connection.request("GET", "/readyz")
        assert (await connection.response()).headers.get("connection") != "close"
        assert await connection.reader.read() == b""
