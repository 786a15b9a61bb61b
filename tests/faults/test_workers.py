"""Several workers on one port: what one of them does, and what its supervisor does, when either ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from tests.faults import supervised
from tests.faults.process import END_TIMEOUT_S, Line, ServerProcess, Servers, failure

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc
from onduty_server.process.clock import stopwatch
from onduty_server.process.port_reservation import reserved
from onduty_server.process.supervisor import Backoff
from onduty_server.transport.ports import ListenError

SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
WORKERS = 3
CONNECTIONS = 48
"""So many that each worker has some: that one of three has none happens once in 100,000,000 times."""

STUB = """
import os, signal, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
def report(line):
    os.write(1, line + b"\\n")
match sys.argv[1]:
    case "hangs":
        report(b"ready")
        while True:
            signal.pause()
    case "crashes":
        report(b"ready")
        os._exit(3)
    case "refuses":
        report(b"failed the store is locked")
        os._exit(1)
    case "one":
        if sys.argv[2] == "2":
            report(b"failed the store is locked")
            os._exit(1)
        report(b"ready")
        sys.stdin.buffer.read()
    case "vanishes":
        os.kill(os.getpid(), signal.SIGKILL)
"""
"""Workers that do what a real one does not do whenever a test wants it to."""


def program(workers: int = WORKERS, listen: str = "127.0.0.1:0", **options: Any) -> list[str]:
    settings = {
        "workers": workers,
        "listen": listen,
        "http_listen": "off",
        "store": "memory:",
        **options.pop("settings", {}),
    }
    return [sys.executable, supervised.__file__, json.dumps({"settings": settings, **options})]


def stubs(how: str, workers: int = 2, **options: Any) -> list[str]:
    return program(workers, command=[sys.executable, "-c", STUB, how], **options)


async def serving(servers: Servers, command: Sequence[str]) -> ServerProcess:
    server = await servers.run(*command)
    await server.serving()
    return server


def event(name: str, **fields: Any) -> Any:
    """What is true of a line of the log with that event and those fields."""
    return lambda line: line.get("event") == name and all(line.get(key) == value for key, value in fields.items())


def lines(server: ServerProcess, name: str) -> list[Line]:
    return [line for line in server.log if line.get("event") == name]


def pids(server: ServerProcess) -> dict[int, int]:
    """The processes that serve, by the worker's number."""
    return {line["worker"]: line["pid"] for line in lines(server, "a worker serves")}


def signalled(pid: int, number: int) -> bool:
    """Whether there still was a process to signal."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def alive(pid: int) -> bool:
    return signalled(pid, 0)


def command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()


@asynccontextmanager
async def connections(address: str, count: int = CONNECTIONS) -> AsyncIterator[list[aio.Channel]]:
    """Connections of their own each, which a process' channels to one address would otherwise share."""
    options = (("grpc.use_local_subchannel_pool", 1),)
    channels = [aio.insecure_channel(address, options) for _ in range(count)]
    try:
        yield channels
    finally:
        for channel in channels:
            await channel.close()


async def set_online(channel: aio.Channel, user: str) -> None:
    request = pb.SetStatusRequest(account_id="acme", user_id=user, status=pb.STATUS_ONLINE)
    await pb_grpc.StatusServiceStub(channel).SetStatus(request, timeout=10)


async def known(channel: aio.Channel) -> frozenset[str]:
    """The users whom the worker at the other end knows: with a store of its own, who called it."""
    request = pb.ListStatusesRequest(account_id="acme", page_size=1_000)
    answer = await pb_grpc.StatusServiceStub(channel).ListStatuses(request, timeout=10)
    return frozenset(status.user_id for status in answer.user_statuses)


async def served_by(address: str) -> set[frozenset[str]]:
    """For each worker that connections get to, whom it knows."""
    async with connections(address) as channels:
        await asyncio.gather(*(set_online(channel, f"user-{n}") for n, channel in enumerate(channels)))
        return set(await asyncio.gather(*(known(channel) for channel in channels)))


async def health_watches(channels: Sequence[aio.Channel]) -> list[Any]:
    """Watches of the health, each of which has seen that it is served."""
    watches = []
    for channel in channels:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        watches.append(stub.Watch(health_pb2.HealthCheckRequest()))
    assert await asyncio.gather(*(next_health(watch) for watch in watches)) == [SERVING] * len(watches)
    return watches


async def next_health(watch: Any) -> int:
    async with asyncio.timeout(10):
        response: health_pb2.HealthCheckResponse = await watch.read()
        return int(response.status)


async def ask(server: ServerProcess, path: str) -> str:
    """The body of what the supervisor answers to operators."""
    port = lines(server, "serving metrics")[0]["port"]
    async with asyncio.timeout(10):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        return answer.decode().partition("\r\n\r\n")[2]


async def metrics(server: ServerProcess) -> str:
    return await ask(server, "/metrics")


def value(metrics: str, series: str) -> float:
    return next(float(line.split()[-1]) for line in metrics.splitlines() if line.startswith(f"{series} "))


async def test_connections_are_spread_over_all_workers(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await serving(servers, program(settings={"metrics_listen": "127.0.0.1:0"}))
        assert lines(server, "serving")[0]["workers"] == WORKERS
        shares = await served_by(server.address)
        assert len(shares) == WORKERS
        assert len(frozenset().union(*shares)) == sum(map(len, shares)) == CONNECTIONS, "each called one worker"

        counted = await metrics(server)
        assert value(counted, 'onduty_calls_total{code="OK",door="grpc",method="SetStatus"}') == CONNECTIONS
        assert value(counted, 'onduty_status_changes_total{cause="MANUAL",status="ONLINE"}') == CONNECTIONS
        assert (
            value(counted, 'onduty_workers{state="ready"}') == value(counted, "onduty_worker_starts_total") == WORKERS
        )
        assert await ask(server, "/readyz") == await ask(server, "/healthz") == "ok\n"
        for pid in pids(server).values():
            assert "memory:" not in command_line(pid), "settings may hold secrets"

        server.signal(signal.SIGTERM)
        assert await server.ended() == 0, server.text()
        assert {line.get("worker") for line in lines(server, "stopped")} == {1, 2, 3, None}


async def test_a_worker_that_is_killed_is_followed_by_another(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await serving(servers, program())
        killed = pids(server)[2]
        os.kill(killed, signal.SIGKILL)
        ended = await server.logged(event("a worker ended; another will be started"))
        assert (ended["worker"], ended["in_seconds"]) == (2, 0.1)
        assert "SIGKILL" in str(ended["reason"])
        await server.logged(lambda line: event("a worker serves", worker=2)(line) and line["pid"] != killed)
        assert len(await served_by(server.address)) == WORKERS
        assert len(lines(server, "serving")) == 1
        server.signal(signal.SIGTERM)
        assert await server.ended() == 0, server.text()


async def test_a_worker_that_somebody_stops_is_followed_by_another(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await serving(servers, program(2))
        stopped = pids(server)[1]
        os.kill(stopped, signal.SIGTERM)
        await server.logged(lambda line: event("a worker serves", worker=1)(line) and line["pid"] != stopped)
        [line] = lines(server, "a worker ended; another will be started")[:1]
        assert line["reason"] == "a worker ended with exit code 0"
        server.signal(signal.SIGTERM)
        assert await server.ended() == 0, server.text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_has_all_drain(tmp_path: Path, number: signal.Signals) -> None:
    async with Servers(tmp_path) as servers:
        server = await serving(servers, program(settings={"shutdown_grace": "60s"}))
        async with connections(server.address) as channels:
            watches = await health_watches(channels)
            server.signal(number)
            assert await asyncio.gather(*(next_health(watch) for watch in watches)) == [NOT_SERVING] * CONNECTIONS
            assert [await watch.read() for watch in watches] == [aio.EOF] * CONNECTIONS
            assert await server.ended() == 0, server.text()
        assert len(lines(server, "stopped")) == WORKERS + 1
        assert not any(map(alive, pids(server).values()))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_worker_takes_no_signal_for_a_second_one(tmp_path: Path, number: signal.Signals) -> None:
    """A service manager signals the whole group, at whichever moment of the end that reaches a worker."""
    async with Servers(tmp_path) as servers:
        server = await serving(servers, program())
        server.signal(number)
        left = set(pids(server).values())
        async with asyncio.timeout(END_TIMEOUT_S):
            while left:
                left = {pid for pid in left if signalled(pid, number)}
                await asyncio.sleep(0)
        assert await server.ended() == 0, server.text()
        assert len(lines(server, "stopped")) == WORKERS + 1
        assert not lines(server, "a worker did not end well")


async def test_a_signal_during_the_start_ends_all_well(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await servers.run(*program())
        await server.logged(event("a worker serves"))
        server.signal(signal.SIGTERM)
        assert await server.ended() == 0, server.text()
        names = [line["event"] for line in server.log if "worker" not in line]
        assert names in (["stopping", "stopped"], ["serving", "stopping", "stopped"]), "never serving once it stops"


async def test_workers_drain_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await serving(servers, program())
        async with connections(server.address) as channels:
            watches = await health_watches(channels)
            server.signal(signal.SIGKILL)
            assert await asyncio.gather(*(next_health(watch) for watch in watches)) == [NOT_SERVING] * CONNECTIONS
        # That all of the log has been read means that no worker holds its other end.
        assert await server.ended() == -signal.SIGKILL
        assert {line["worker"] for line in lines(server, "stopped")} == {1, 2, 3}
        again = await serving(servers, program(listen=server.address))
        again.signal(signal.SIGTERM)
        assert await again.ended() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_ends_all_at_once(tmp_path: Path, number: signal.Signals) -> None:
    async with Servers(tmp_path) as servers:
        server = await serving(servers, stubs("hangs"))
        server.signal(number)
        await server.logged(event("stopping"))
        started = stopwatch()
        server.signal(number)
        assert await server.ended() == -number
        assert stopwatch() - started < 5


async def test_a_worker_that_hangs_at_the_end_is_killed(tmp_path: Path) -> None:
    command = stubs("hangs", settings={"shutdown_grace": "100ms"}, kill_after_grace_s=0.1)
    async with Servers(tmp_path) as servers:
        server = await serving(servers, command)
        server.signal(signal.SIGTERM)
        code = await server.ended()
        assert failure(code, server) == "onduty: not every worker ended well: a worker ended with SIGKILL"
        assert len(lines(server, "a worker takes too long to end and is killed")) == 2
        assert not any(map(alive, pids(server).values()))


async def test_a_worker_that_ends_again_and_again_is_waited_for_longer_and_longer(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await servers.run(*stubs("crashes", 1))
        last = await server.logged(event("a worker ended; another will be started", in_seconds=0.8))
        waited = [line["in_seconds"] for line in lines(server, "a worker ended; another will be started")]
        assert waited == [0.1, 0.2, 0.4, 0.8]
        assert last["reason"] == "a worker ended with exit code 3"
        # And it does not wait that long when it is told to stop.
        server.signal(signal.SIGTERM)
        assert await server.ended() == 0


@pytest.mark.parametrize(
    ("how", "said"),
    [("refuses", "onduty: the store is locked"), ("vanishes", "onduty: a worker ended with SIGKILL")],
)
async def test_what_keeps_workers_from_starting_at_first_ends_the_whole(tmp_path: Path, how: str, said: str) -> None:
    async with Servers(tmp_path) as servers:
        server = await servers.run(*stubs(how))
        code = await server.ended()
        assert failure(code, server) == said
        assert [line["event"] for line in server.log if "event" in line] == ["stopping", "stopped"]


async def test_if_one_cannot_start_the_others_end_too(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await servers.run(*stubs("one"))
        code = await server.ended()
        assert failure(code, server) == "onduty: the store is locked"
        assert not lines(server, "serving")


async def test_a_port_for_metrics_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        async with Servers(tmp_path) as servers:
            address = f"127.0.0.1:{other.getsockname()[1]}"
            server = await servers.run(*program(settings={"metrics_listen": address}))
            code = await server.ended()
            assert failure(code, server) == f"onduty: cannot listen on {address}; is the port in use?"


async def test_what_a_worker_had_counted_counts_on_after_its_end(tmp_path: Path) -> None:
    """Otherwise the sum would fall, which Prometheus takes for a restart of them all."""
    calls = 'onduty_calls_total{code="OK",door="grpc",method="SetStatus"}'
    async with Servers(tmp_path) as servers:
        server = await serving(servers, program(settings={"metrics_listen": "127.0.0.1:0"}))
        await served_by(server.address)
        assert value(await metrics(server), calls) == CONNECTIONS
        before = pids(server)
        os.kill(before[1], signal.SIGKILL)
        await server.logged(lambda line: line.get("event") == "a worker serves" and line["pid"] not in before.values())
        counted = await metrics(server)
        assert value(counted, calls) == CONNECTIONS
        assert value(counted, "onduty_worker_starts_total") == WORKERS + 1
        assert await ask(server, "/readyz") == "ok\n"


async def test_a_program_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await servers.run(*program(command=["/no/such/program"]))
        code = await server.ended()
        assert failure(code, server) == "onduty: cannot start a process: No such file or directory"


async def test_a_port_is_never_shared_by_mistake(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        alone = await servers.start(tmp_path / "onduty.db")
        workers = await serving(servers, program(2))
        for address in (alone.address, workers.address):
            said = f"onduty: cannot listen on {address}; is the port in use?"
            another = await servers.run(*program(2, listen=address))
            assert failure(await another.ended(), another) == said
            assert await servers.refused(tmp_path / "other.db", listen=address) == said
        assert not lines(workers, "a worker ended; another will be started")


class TestReservations:
    def test_only_one_has_a_port_that_nobody_listens_on_yet(self) -> None:
        with reserved("127.0.0.1:0") as port:
            with pytest.raises(ListenError, match=f"cannot listen on 127.0.0.1:{port}; is the port in use"):
                reserved(f"127.0.0.1:{port}").__enter__()
            with socket.socket() as other:
                other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                with pytest.raises(OSError, match="in use"):
                    other.bind(("127.0.0.1", port))
        with reserved(f"127.0.0.1:{port}") as again:
            assert again == port

    def test_several_may_have_it_when_all_say_so(self) -> None:
        with reserved("127.0.0.1:0", shared=True) as port:
            with reserved(f"127.0.0.1:{port}", shared=True) as again:
                assert again == port
            with pytest.raises(ListenError):
                reserved(f"127.0.0.1:{port}").__enter__()

    def test_connections_of_a_server_that_has_ended_do_not_count(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            with socket.create_connection(("127.0.0.1", port)):
                # Whoever closes first keeps the port in TIME_WAIT.
                server.accept()[0].close()
        with reserved(f"127.0.0.1:{port}") as again:
            assert again == port

    @pytest.mark.parametrize("address", ["127.0.0.1:0", "localhost:0", "0.0.0.0:0"])
    def test_of_every_kind_of_address(self, address: str) -> None:
        with reserved(address) as port:
            assert port > 0

    def test_an_address_that_is_not_of_this_machine_is_refused(self) -> None:
        with pytest.raises(ListenError, match=r"cannot listen on 192\.0\.2\.1:0"):
            reserved("192.0.2.1:0").__enter__()


class TestBackoff:
    def test_doubles_up_to_a_maximum(self) -> None:
        backoff = Backoff()
        delays = [backoff.delay_s(ran_s=1) for _ in range(11)]
        assert delays == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0, 30.0]

    def test_begins_anew_after_one_that_ran_well(self) -> None:
        backoff = Backoff()
        assert [backoff.delay_s(ran_s) for ran_s in (1, 59, 60, 1)] == [0.1, 0.2, 0.1, 0.2]
