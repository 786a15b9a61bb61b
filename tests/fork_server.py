"""Commands of `onduty` in processes forked from one that has imported it already: most of a start is importing.

In all else they are processes of their own, with their own directory and output. Tests of how Python itself starts a
command run `python -m onduty_server` (see `commands.py`).
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
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


def _run(directory: Path, arguments: tuple[str, ...], stream: int, output: Connection) -> None:
    os.chdir(directory)
    os.environ["NO_COLOR"] = "1"
    os.dup2(output.fileno(), stream)
    output.close()
    sys.exit(main(arguments))


class Forked:
    """A command that runs; `stream` is the one of its outputs that is read."""

    def __init__(self, directory: Path, *arguments: str, stream: int) -> None:
        reading, writing = _context.Pipe(duplex=False)
        self._process: ForkServerProcess = _context.Process(target=_run, args=(directory, arguments, stream, writing))
        with reading, writing:
            self._process.start()
            self.output: BinaryIO = os.fdopen(os.dup(reading.fileno()), "rb")

    def kill(self) -> None:
        """End it at once, as a crash does."""
        self._process.kill()

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def wait(self) -> int:
        """Return its exit code, once it has ended."""
        self._process.join()
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
