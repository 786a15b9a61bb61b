"""Server processes of their own, for tests that kill, stop and starve them.

Every process is started here, is ended by its own pid, and is gone when its `Servers` block is left. Readiness is the
line that the server logs when it serves, never a guess.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from grpc import aio
from tests.fork_server import STDERR, Forked, lines_of

from onduty.v1 import status_pb2_grpc as pb_grpc

START_TIMEOUT_S = 30.0
END_TIMEOUT_S = 30.0

Line = Mapping[str, Any]


class Process(Protocol):
    """What of `asyncio.subprocess.Process` a server needs."""

    @property
    def pid(self) -> int: ...
    @property
    def returncode(self) -> int | None: ...
    @property
    def stderr(self) -> asyncio.StreamReader | None: ...
    def send_signal(self, signal: int, /) -> None: ...
    async def wait(self) -> int: ...


class ForkedProcess:
    """A command that was forked (see `fork_server`), as if the running loop had started it."""

    def __init__(self, command: Forked, lines: asyncio.StreamReader) -> None:
        self._command = command
        self.stderr: asyncio.StreamReader | None = lines
        self.pid = command.pid

    @property
    def returncode(self) -> int | None:
        return self._command.exit_code

    def send_signal(self, signal: int, /) -> None:
        os.kill(self.pid, signal)

    async def wait(self) -> int:
        while (code := self._command.exit_code) is None:
            ended, loop = asyncio.Event(), asyncio.get_running_loop()
            loop.add_reader(self._command.sentinel, ended.set)
            try:
                await ended.wait()
            finally:
                loop.remove_reader(self._command.sentinel)
        return code


class ServerProcess:
    """A running `onduty serve`. `log` holds what it has written on standard error so far, a mapping a line."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.pid = process.pid
        self.log: list[Line] = []
        self._logged = asyncio.Condition()
        self._ended = False
        self._reader = asyncio.create_task(self._read())
        self.address = ""

    async def _read(self) -> None:
        assert self._process.stderr is not None
        async for line in self._process.stderr:
            async with self._logged:
                self.log.append(_parsed(line.decode(errors="replace").rstrip("\n")))
                self._logged.notify_all()
        async with self._logged:
            self._ended = True
            self._logged.notify_all()

    async def logged(self, found: Callable[[Line], bool], timeout_s: float = START_TIMEOUT_S) -> Line:
        """The first line that `found` is true of, waiting for it as long as the process lives."""

        def first() -> Line | None:
            return next((line for line in self.log if found(line)), None)

        async with asyncio.timeout(timeout_s), self._logged:
            await self._logged.wait_for(lambda: self._ended or first() is not None)
        line = first()
        assert line is not None, f"the server ended without writing the line; it wrote {self.text()!r}"
        return line

    async def serving(self) -> None:
        """Return once it takes calls."""
        self.address = str((await self.logged(lambda line: line.get("event") == "serving"))["address"])

    def text(self) -> str:
        """All that it wrote, as text."""
        return "\n".join(str(line.get("text") or json.dumps(line)) for line in self.log)

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, as long as it runs."""
        if self._process.returncode is None:
            self._process.send_signal(number)

    async def ended(self, timeout_s: float = END_TIMEOUT_S) -> int:
        """Its exit code (negative: the signal that ended it), once it has one and everything it wrote has been read."""
        async with asyncio.timeout(timeout_s):
            code = await self._process.wait()
            await self._reader
        return code

    async def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self.signal(signal.SIGKILL)
        await self.ended()


def _parsed(text: str) -> Line:
    try:
        line = json.loads(text)
    except ValueError:
        line = None
    return line if isinstance(line, dict) else {"text": text}


def failure(code: int, server: ServerProcess) -> str:
    """The line with which a process ended that has failed: the only one that is not of its log."""
    said = [str(line["text"]) for line in server.log if "text" in line]
    assert (code, len(said)) == (1, 1), f"exit code {code}, and it wrote:\n{server.text()}"
    assert said[0].startswith("onduty: ")
    return said[0]


def _environment() -> dict[str, str]:
    """What configures the tests, or whoever runs them, is not for the server under test."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ONDUTY_")}


class Servers:
    """Starts server processes and leaves none behind."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._started: list[ServerProcess] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for server in self._started:
            # One that was stopped for a while dies of SIGKILL all the same.
            await server.kill()

    async def launch(
        self,
        database: Path | str,
        *flags: str,
        listen: str = "127.0.0.1:0",
        command: Sequence[str] = (),
        anew: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> ServerProcess:
        """A process on `database`, a file or the address of a store, that may not serve yet.

        It is forked from one that has imported all of onduty, unless it is to start `anew`, with the first line of
        Python, or `command` runs it, as `nice` would. `environment` is added to that of the tests.
        """
        store = database if "://" in str(database) else f"sqlite:{database}"
        arguments = (
            *("serve", "--listen", listen, "--http-listen", "off"),
            *("--store", str(store)),
            *("--log-format", "json", *flags),
        )
        if command or anew:
            added = [f"{name}={value}" for name, value in (environment or {}).items()]
            return await self.run("env", *added, *command, sys.executable, "-m", "onduty_server", *arguments)
        forked = await asyncio.to_thread(
            Forked, self._directory, *arguments, stream=STDERR, environment={**_environment(), **(environment or {})}
        )
        return self._of(ForkedProcess(forked, await lines_of(forked)))

    async def run(self, *command: str) -> ServerProcess:
        """A process of a command that writes the log of a server."""
        return self._of(
            await asyncio.create_subprocess_exec(*command, cwd=self._directory, env=_environment(), stderr=PIPE)
        )

    def _of(self, process: Process) -> ServerProcess:
        server = ServerProcess(process)
        self._started.append(server)
        return server

    async def start(self, database: Path | str, *flags: str, listen: str = "127.0.0.1:0") -> ServerProcess:
        """A process that serves."""
        server = await self.launch(database, *flags, listen=listen)
        await server.serving()
        return server

    async def refused(
        self,
        database: Path | str,
        *flags: str,
        listen: str = "127.0.0.1:0",
        command: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> str:
        """What a process says that does not start: exactly one line, no traceback, and an exit code of 1."""
        server = await self.launch(database, *flags, listen=listen, command=command, environment=environment)
        return failure(await server.ended(), server)


@asynccontextmanager
async def connected(address: str) -> AsyncIterator[pb_grpc.StatusServiceAsyncStub]:
    """Raw calls to a server: no retries, so that one call is one request."""
    async with aio.insecure_channel(address) as channel:
        yield pb_grpc.StatusServiceStub(channel)
