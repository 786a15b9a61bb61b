"""The processes that a benchmark starts, ends (by pid, whatever happens) and measures from outside. Linux only."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
_SOURCES = ("server", "client", "proto")
_START_TIMEOUT_S = 180.0
_STOP_TIMEOUT_S = 120.0
_CPUCLOCK_SCHED = 2


def rss_bytes(pid: int | None = None) -> int:
    """The resident memory of a process, by default this one."""
    return _status_bytes(pid, "VmRSS")


def peak_rss_bytes(pid: int | None = None) -> int:
    """The most that it ever was."""
    return _status_bytes(pid, "VmHWM")


def _status_bytes(pid: int | None, name: str) -> int:
    for line in Path(f"/proc/{pid or 'self'}/status").read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key == name:
            return int(value.split()[0]) * 1_024
    raise AssertionError(f"no {name}")


def cpu_ns(pid: int) -> int:
    """The CPU time that all threads of a process have used: its CPU clock, as clock_getcpuclockid(3) names it."""
    return time.clock_gettime_ns((~pid << 3) | _CPUCLOCK_SCHED)


def serving_cpu_ns(pid: int) -> int:
    """The CPU time that the first thread of a process has used, which is the one in which a server's event loop runs.

    Others write to the disk and move bytes to and from the sockets, on another core if there is one.
    """
    on_cpu_ns, *_ = Path(f"/proc/{pid}/task/{pid}/schedstat").read_text(encoding="utf-8").split()
    return int(on_cpu_ns)


def _environment(tree: Path) -> dict[str, str]:
    # No setting of whoever runs the benchmarks reaches the servers.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ONDUTY_")}
    # Before what is installed, which is the tree of this file.
    environment["PYTHONPATH"] = os.pathsep.join(str(tree / name) for name in _SOURCES)
    return environment


def run_child(module: str, arguments: Sequence[str], *, tree: Path = ROOT) -> str:
    """Run a module of this package, or of that in another checkout, to its end; what it printed."""
    command = [sys.executable, "-m", module, *arguments]
    environment = _environment(tree)
    return subprocess.run(command, cwd=tree, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


class Process:
    """A child that runs until it is stopped."""

    def __init__(self, command: Sequence[str], directory: Path, *, reads: str, tree: Path = ROOT) -> None:
        self.started = time.perf_counter()
        self._child = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=directory,
            env=_environment(tree),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE if reads == "stdout" else subprocess.DEVNULL,
            stderr=subprocess.PIPE if reads == "stderr" else None,
            text=True,
        )
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        stream = self._child.stdout if reads == "stdout" else self._child.stderr
        assert stream is not None
        self._pump = threading.Thread(target=self._drain, args=(stream,), daemon=True)
        self._pump.start()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._child.pid

    def _drain(self, stream: IO[str]) -> None:
        for line in stream:
            self._lines.put(line)
        self._lines.put(None)

    def line(self) -> str:
        """The next line that it wrote."""
        line = self._lines.get(timeout=_START_TIMEOUT_S)
        if line is None:
            raise RuntimeError(f"a process ended with {self._child.wait()}")
        return line

    def write_line(self, line: str) -> None:
        """Write a line to its standard input."""
        assert self._child.stdin is not None
        print(line, file=self._child.stdin, flush=True)

    def close_input(self) -> None:
        """Let it read the end of its standard input."""
        assert self._child.stdin is not None
        self._child.stdin.close()

    def stop(self) -> None:
        """End it in order, or at once when it takes too long."""
        if self._child.poll() is None:
            self._child.send_signal(signal.SIGTERM)
            try:
                self._child.wait(_STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.kill()
        self._pump.join()
        self._close_pipes()

    def kill(self) -> None:
        """End it as a crash would."""
        if self._child.poll() is None:
            self._child.kill()
        self._child.wait()
        self._pump.join()
        self._close_pipes()

    def _close_pipes(self) -> None:
        for stream in (self._child.stdin, self._child.stdout, self._child.stderr):
            if stream is not None:
                stream.close()


class Server:
    """`onduty serve` in a process of its own, as an operator starts it; `port` once it serves.

    But for limits: what it can do is what is measured here. `metrics_port` and `http_port` are those of the
    metrics and the HTTP door, if they are served. `tree`: the checkout whose server it is.
    """

    def __init__(self, directory: Path, store: str, *options: str, tree: Path = ROOT) -> None:
        command = ["onduty_server", "serve", "--listen", "127.0.0.1:0", "--store", store, "--log-format", "json"]
        command += ["--http-listen", "off", "--caller-rate", "0", "--account-rate", "0"]
        self.metrics_port: int | None = None
        self.http_port: int | None = None
        self.process = Process([*command, *options], directory, reads="stderr", tree=tree)
        try:
            self.port = self._served_port()
        except BaseException:
            self.process.kill()
            raise

    def _served_port(self) -> int:
        while True:
            line = self.process.line()
            if not line.startswith("{"):
                print(line, end="", file=sys.stderr)
                continue
            entry = json.loads(line)
            if entry["event"] == "serving metrics":
                self.metrics_port = int(entry["port"])
            if entry["event"] == "serving HTTP":
                self.http_port = int(entry["address"].rpartition(":")[2])
            if entry["event"] == "serving":
                return int(entry["address"].rpartition(":")[2])

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid


@contextmanager
def serving(directory: Path, store: str, *options: str, tree: Path = ROOT) -> Iterator[Server]:
    """A running server, stopped at the end."""
    server = Server(directory, store, *options, tree=tree)
    try:
        yield server
    finally:
        server.process.stop()


@contextmanager
def child(module: str, *arguments: str) -> Iterator[Process]:
    """A running module of this package whose output is read, stopped at the end."""
    process = Process([module, *arguments], ROOT, reads="stdout")
    try:
        yield process
    finally:
        process.stop()
