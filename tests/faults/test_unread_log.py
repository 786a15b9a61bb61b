"""Logs that nobody reads, or that have no place to go: the service does not wait for them."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from tests import commands
from tests.faults import supervised
from tests.faults.process import connected

from onduty.v1 import status_pb2 as pb
from onduty_server.process.clock import stopwatch
from onduty_server.process.port_reservation import reserved

CALLS, AT_ONCE = 2_000, 10
NOTED = "status_set"
PIPE_BYTES = 4_096
SERVE = (
    *commands.SERVE,
    "--log-format",
    "json",
)
WORKERS_SERVE = (
    sys.executable,
    supervised.__file__,
    '{"settings": {"workers": 2, "store": "memory:", "listen": "127.0.0.1:0"}}',
)
SET_AWAY = pb.SetStatusRequest(account_id="acme", user_id="ann", status=pb.STATUS_AWAY)


class Pipe:
    """A pipe as small as there is, that is read only when asked."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        fcntl.fcntl(self.writing, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._rest = b""

    def line(self) -> dict[str, Any]:
        """The next line. Blocks."""
        while b"\n" not in self._rest:
            self._rest += os.read(self.reading, 1)
        line, _, self._rest = self._rest.partition(b"\n")
        return dict(json.loads(line))

    def until(self, event: str) -> dict[str, Any]:
        """The line of an event. Blocks."""
        while (line := self.line()).get("event") != event:
            pass
        return line

    def rest(self) -> list[dict[str, Any]]:
        """All until the other side has closed it. Blocks."""
        text = self._rest
        while chunk := os.read(self.reading, 65_536):
            text += chunk
        return [json.loads(line) for line in text.splitlines()]


class Unread:
    """A server that logs into a pipe which nobody reads after it serves."""

    def __init__(self, process: asyncio.subprocess.Process, pipe: Pipe, address: str, metrics_port: int = 0) -> None:
        self.process = process
        self.pipe = pipe
        self.address = address
        self.metrics_port = metrics_port

    async def ended(self, within_s: float = 15) -> int:
        """Its exit code, once it has one."""
        async with asyncio.timeout(within_s):
            return await self.process.wait()


@asynccontextmanager
async def unread(directory: Path, *flags: str, command: Sequence[str] = SERVE) -> AsyncIterator[Unread]:
    pipe = Pipe()
    process = await asyncio.create_subprocess_exec(
        *(*command, *flags),
        cwd=directory,
        env={name: value for name, value in os.environ.items() if not name.startswith("ONDUTY_")},
        stderr=pipe.writing,
    )
    os.close(pipe.writing)
    try:
        async with asyncio.timeout(30):
            metrics = 0
            if "--metrics-listen" in flags:
                metrics = (await asyncio.to_thread(pipe.until, "serving metrics"))["port"]
            address = (await asyncio.to_thread(pipe.until, "serving"))["address"]
        yield Unread(process, pipe, address, metrics)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        os.close(pipe.reading)


async def make_noted_calls(address: str, count: int = CALLS) -> None:
    """Calls of which each is a line of the audit log."""
    async with connected(address) as calls, asyncio.timeout(30):

        async def one_after_another(number: int) -> None:
            for _ in range(count // AT_ONCE):
                await calls.SetStatus(
                    pb.SetStatusRequest(account_id="acme", user_id=f"u{number}", status=pb.STATUS_AWAY)
                )

        await asyncio.gather(*map(one_after_another, range(AT_ONCE)))


async def check_it_answers(address: str) -> None:
    """Reads and health, soon."""
    async with connected(address) as calls, aio.insecure_channel(address) as channel:
        await calls.ListStatuses(pb.ListStatusesRequest(account_id="acme"), timeout=2)
        health: Any = health_pb2_grpc.HealthStub(channel)
        assert (await health.Check(health_pb2.HealthCheckRequest(), timeout=2)).status == 1


@pytest.mark.parametrize(
    ("command", "signals"), [(SERVE, 1), (SERVE, 2), (WORKERS_SERVE, 1)], ids=["one", "told twice", "workers"]
)
async def test_a_log_that_nobody_reads_holds_up_neither_calls_nor_the_end(
    tmp_path: Path, command: Sequence[str], signals: int
) -> None:
    async with unread(tmp_path, command=command) as server:
        await make_noted_calls(server.address)
        await check_it_answers(server.address)
        started = stopwatch()
        for _ in range(signals):
            server.process.send_signal(signal.SIGTERM)
        assert await server.ended() in ((0,) if signals == 1 else (0, -signal.SIGTERM))
        assert stopwatch() - started < 8


async def test_what_was_logged_meanwhile_is_there_for_whoever_reads_on(tmp_path: Path) -> None:
    async with unread(tmp_path) as server:
        await make_noted_calls(server.address)
        reading = asyncio.create_task(asyncio.to_thread(server.pipe.rest))
        await check_it_answers(server.address)
        server.process.send_signal(signal.SIGTERM)
        assert await server.ended() == 0
        lines = await reading
    assert sum(line["event"] == NOTED for line in lines) == CALLS
    assert [line["event"] for line in lines[-2:]] == ["stopping", "stopped"]


async def test_an_audit_log_that_nobody_reads_holds_up_neither_calls_nor_the_end(tmp_path: Path) -> None:
    """A pipe with a name; a file on a disk that hangs does the same."""
    audit = tmp_path / "audit"
    os.mkfifo(audit)
    reading = os.open(audit, os.O_RDONLY | os.O_NONBLOCK)
    try:
        async with unread(tmp_path, "--audit-log", str(audit)) as server:
            await make_noted_calls(server.address)
            await check_it_answers(server.address)
            server.process.send_signal(signal.SIGTERM)
            assert await server.ended() == 0
            await asyncio.to_thread(server.pipe.rest)
    finally:
        os.close(reading)


async def test_an_audit_log_that_nobody_will_read_is_refused_at_the_start(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "audit")
    async with asyncio.timeout(30):
        process = await asyncio.create_subprocess_exec(
            *(
                *commands.SERVE,
                "--audit-log",
                "audit",
            ),
            cwd=tmp_path,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            _, said = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert process.returncode == 1 and b"audit" in said and said.count(b"\n") == 1


@pytest.mark.parametrize("closed", [(2,), (0, 1, 2)], ids=["standard error", "all three"])
async def test_it_serves_without_standard_streams(tmp_path: Path, closed: Sequence[int]) -> None:
    """And no file of its own takes their place, into which something else would then write."""
    script = "import os, sys\n" + "".join(f"os.close({number})\n" for number in closed)
    script += "os.execv(sys.executable, [sys.executable, '-m', 'onduty_server', *sys.argv[1:]])"
    with reserved("127.0.0.1:0") as port:
        process = await asyncio.create_subprocess_exec(
            *(
                sys.executable,
                "-c",
                script,
                "serve",
                "--http-listen",
                "off",
                "--listen",
                f"127.0.0.1:{port}",
                "--reuse-port",
            ),
            cwd=tmp_path,
        )
        try:
            async with connected(f"127.0.0.1:{port}") as calls:
                await calls.SetStatus(SET_AWAY, wait_for_ready=True, timeout=30)
            places = [os.readlink(f"/proc/{process.pid}/fd/{number}") for number in closed]
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(15):
                assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert places == [os.devnull] * len(closed)
