"""What a service manager is told, and a stop that leaves time for routers to learn of it."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from tests import commands
from tests.faults.process import ServerProcess, Servers, connected
from tests.faults.test_workers import event, lines, program

from onduty.v1 import status_pb2 as pb

SET_AWAY = pb.SetStatusRequest(account_id="acme", user_id="ann", status=pb.STATUS_AWAY)
ONE = (*commands.SERVE, "--store", "memory:", "--log-format", "json")
PROGRAMS = pytest.mark.parametrize("command", [ONE, program(2)], ids=["one", "workers"])
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class Manager:
    """The socket of a service manager."""

    def __init__(self, path: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(path)

    async def told(self) -> list[str]:
        async with asyncio.timeout(30):
            return (await asyncio.get_running_loop().sock_recv(self._socket, 4_096)).decode().split("\n")

    def silent(self) -> bool:
        try:
            self._socket.recv(4_096)
        except BlockingIOError:
            return True
        return False

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    manager = Manager(str(tmp_path / "notify"))
    yield manager
    manager.close()


async def running(servers: Servers, path: str, command: Sequence[str]) -> ServerProcess:
    server = await servers.run("env", f"NOTIFY_SOCKET={path}", *command)
    await server.serving()
    return server


@PROGRAMS
async def test_a_service_manager_is_told_once_of_each_step(
    tmp_path: Path, manager: Manager, command: Sequence[str]
) -> None:
    async with Servers(tmp_path) as servers:
        server = await running(servers, str(tmp_path / "notify"), command)
        state, status = await manager.told()
        assert state == "READY=1" and server.address in status
        server.signal(signal.SIGTERM)
        assert "STOPPING=1" in await manager.told()
        assert await server.ended() == 0
        assert manager.silent()


async def test_a_socket_that_does_not_exist_stops_nothing(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await running(servers, str(tmp_path / "nobody"), ONE)
        await server.logged(event("the service manager cannot be told"))
        server.signal(signal.SIGTERM)
        assert await server.ended() == 0


async def test_an_abstract_socket_is_told_too(tmp_path: Path) -> None:
    name = f"onduty-{tmp_path}"
    manager = Manager(f"\0{name}")
    try:
        async with Servers(tmp_path) as servers:
            await running(servers, f"@{name}", ONE)
            assert (await manager.told())[0] == "READY=1"
    finally:
        manager.close()


@pytest.mark.parametrize(
    "command", [(*ONE, "--drain-delay", "3s"), program(2, settings={"drain_delay": "3s"})], ids=["one", "workers"]
)
async def test_a_server_that_is_told_to_stop_serves_on_for_the_drain_delay(
    tmp_path: Path, command: Sequence[str]
) -> None:
    async with Servers(tmp_path) as servers:
        server = await servers.run(*command)
        await server.serving()
        server.signal(signal.SIGTERM)
        await server.logged(event("not ready any more, and serving on"))
        # Whoever has not learned of it yet connects, and is served.
        async with connected(server.address) as calls:
            await calls.SetStatus(SET_AWAY, timeout=10)
        if command[0] == ONE[0] and "--drain-delay" in command:
            async with aio.insecure_channel(server.address) as channel:
                stub: Any = health_pb2_grpc.HealthStub(channel)
                assert (await stub.Check(health_pb2.HealthCheckRequest(), timeout=10)).status == NOT_SERVING
        assert not lines(server, "stopped")
        assert await server.ended() == 0


async def test_a_second_signal_ends_the_drain_delay_at_once(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await servers.run(*ONE, "--drain-delay", "10m")
        await server.serving()
        server.signal(signal.SIGTERM)
        await server.logged(event("not ready any more, and serving on"))
        server.signal(signal.SIGTERM)
        assert await server.ended() == -signal.SIGTERM
