"""Commands of `onduty` in processes forked from one that has imported it already: most of a start is importing.

In all else they are processes of their own, with their own directory and output. Tests of how Python itself starts a
command run `python -m onduty_server` (see `commands.py`).
"""

from __future__ import annotations

import asyncio
import atexit
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import reduction
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self, TextIO

from onduty_server.cli import main

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

STDOUT, STDERR = 1, 2

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(
    ["__main__", "onduty_server.cli.app", "onduty_server.process.supervisor", "onduty_server.process.wiring"]
)


def _set_up(directory: Path, environment: Mapping[str, str] | None) -> None:
    os.chdir(directory)
    if environment is None:
        os.environ["NO_COLOR"] = "1"
    else:
        os.environ.clear()
        os.environ.update(environment)
        time.tzset()


def _carry_out(arguments: tuple[str, ...]) -> None:
    code = main(arguments)
    # A forked process leaves out what a program does at its end, as writing the last lines of its log.
    atexit._run_exitfuncs()
    sys.exit(code)


def _run(
    directory: Path, arguments: tuple[str, ...], stream: int, output: Connection, environment: dict[str, str] | None
) -> None:
    _set_up(directory, environment)
    os.dup2(output.fileno(), stream)
    output.close()
    _carry_out(arguments)


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

    @property
    def exit_code(self) -> int | None:
        """Its exit code (negative: the signal that ended it); None while it runs."""
        return self._process.exitcode

    @property
    def sentinel(self) -> int:
        """A descriptor that can be read from once it has ended."""
        return self._process.sentinel

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


class _Descriptor:
    """A descriptor on its way to a process that is forked, where it is a number again."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __reduce__(self) -> tuple[object, tuple[object]]:
        return _received, (reduction.DupFd(self.number),)


def _received(duplicate: Any) -> int:
    number: int = duplicate.detach()
    return number


def _run_with_streams(
    directory: Path, arguments: tuple[str, ...], streams: tuple[int | None, ...], environment: dict[str, str]
) -> None:
    _set_up(directory, environment)
    for number, descriptor in enumerate(streams):
        if descriptor is not None:
            os.dup2(descriptor, number)
            os.close(descriptor)
    # As Python opens them at a start.
    if streams[0] is not None:
        sys.stdin = os.fdopen(0, encoding="utf-8", errors=sys.stdin.errors, closefd=False)
    sys.stdout = os.fdopen(1, "w", 1 if os.isatty(1) else -1, "utf-8", sys.stdout.errors, closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, "utf-8", "backslashreplace", closefd=False)
    _carry_out(arguments)


class Popen:
    """A command that runs, as `subprocess.Popen` with text would run it in the directory where the caller is.

    A stream is PIPE, a descriptor, or None for the one that the first command that was forked had.
    """

    def __init__(
        self,
        arguments: list[str],
        *,
        stdin: int | None = None,
        stdout: int | None = None,
        stderr: int | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        ours: list[TextIO | None] = []
        theirs: list[int | None] = []
        to_close: list[int] = []
        for number, stream in enumerate((stdin, stdout, stderr)):
            if stream != subprocess.PIPE:
                ours.append(None)
                theirs.append(stream)
                continue
            reading, writing = os.pipe()
            to_close.append(writing if number else reading)
            theirs.append(to_close[-1])
            ours.append(os.fdopen(reading) if number else os.fdopen(writing, "w"))
        self.stdin, self.stdout, self.stderr = ours
        streams = tuple(None if each is None else _Descriptor(each) for each in theirs)
        environment = dict(os.environ if env is None else env)
        self._process: ForkServerProcess = _context.Process(
            target=_run_with_streams, args=(Path.cwd(), tuple(arguments), streams, environment)
        )
        try:
            self._process.start()
        finally:
            for descriptor in to_close:
                os.close(descriptor)
        assert self._process.pid is not None
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
        self._process.join()

    def close(self) -> None:
        """Read and write no more."""
        for stream in (self.stdin, self.stdout, self.stderr):
            if stream is not None:
                stream.close()

    @property
    def returncode(self) -> int | None:
        """Its exit code (negative: the signal that ended it); None while it runs."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send it a signal, as long as it runs."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once, as a crash does."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code, once it has ended, which it must within that time (s)."""
        self._process.join(timeout)
        code = self.returncode
        assert code is not None, "it does not end"
        return code

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Read all that it writes until it has ended."""
        assert self.stdout is not None and self.stderr is not None
        with ThreadPoolExecutor(1) as other:
            errors = other.submit(self.stderr.read)
            written = self.stdout.read()
            self.wait(timeout)
            return written, errors.result()


def ended(*arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command here to its end, and return all that it left."""
    with Popen(list(arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as process:
        written, errors = process.communicate()
        return subprocess.CompletedProcess(arguments, process.wait(), written, errors)
