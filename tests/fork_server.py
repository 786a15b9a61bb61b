"""Commands of `onduty` in processes forked from one that has imported it already: most of a start is importing.

In all else they are processes of their own, with their own directory and output. Tests of how Python itself starts a
command run `python -m onduty_server` (see `commands.py`).
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from onduty_server.cli import main

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

STDOUT, STDERR = 1, 2

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(
    ["__main__", "onduty_server.cli.app", "onduty_server.process.supervisor", "onduty_server.process.wiring"]
)


def _run(
    directory: Path, arguments: tuple[str, ...], stream: int, output: Connection, environment: dict[str, str] | None
) -> None:
    os.chdir(directory)
    if environment is None:
        os.environ["NO_COLOR"] = "1"
    else:
        os.environ.clear()
        os.environ.update(environment)
        time.tzset()
    os.dup2(output.fileno(), stream)
    output.close()
    sys.exit(main(arguments))


class Forked:
    """A command that runs; `stream` is the one of its outputs that is read.

    Its environment is that of the first command that was forked, without colours, unless it is given.
    """

    def __init__(
        self, directory: Path, *arguments: str, stream: int, environment: Mapping[str, str] | None = None
    ) -> None:
        reading, writing = _context.Pipe(duplex=False)
        own = None if environment is None else dict(environment)
        self._process: ForkServerProcess = _context.Process(
            target=_run, args=(directory, arguments, stream, writing, own)
        )
        with reading, writing:
            self._process.start()
            self.output: BinaryIO = os.fdopen(os.dup(reading.fileno()), "rb")

    def kill(self) -> None:
        """End it at once, as a crash does."""
        self._process.kill()

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process.pid is not None
        return self._process.pid

    def wait(self, timeout_s: float | None = None) -> int:
        """Return its exit code, once it has ended, which it must within that time."""
        self._process.join(timeout_s)
        assert self._process.exitcode is not None
        return self._process.exitcode


def run(directory: Path, *arguments: str) -> str:
    """Run `onduty` with these arguments, and return its standard output; it has to succeed."""
    command = Forked(directory, *arguments, stream=STDOUT)
    with command.output:
        written = command.output.read().decode()
    assert command.wait() == 0, arguments
    return written


async def lines_of(command: Forked) -> asyncio.StreamReader:
    """What a command writes, read by the running loop."""
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), command.output)
    return lines
