"""Has logs replayed by processes of their own, one each.

In the server's process, a replay holds up others however short its steps are: it leaves tens of thousands of objects
behind, and each pass of the garbage collector over them takes 50 ms. What a hostile log may take in time and memory is
bounded by the operating system here, and a replay that nobody waits for any more ends at once.

The processes are started and heard in threads: `subprocess` does not copy the server's page tables, as an event loop's
own way may, which takes long with a million users in memory.
"""

from __future__ import annotations

import asyncio
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from signal import SIGKILL, SIGXCPU
from threading import Lock
from typing import Final

import structlog

from ..domain.errors import InvalidField, LimitExceeded
from . import replay_child
from .limits import SIMULATIONS_MAX
from .replaying import Refusal, ReplayJob, Simulated

_COMMAND: Final = (sys.executable, "-P", "-m", replay_child.__name__)
_TIMEOUT_S: Final = 90
_RETRY_DELAY_MS: Final = 5_000
_TOO_MUCH: Final = (replay_child.TOO_MUCH_MEMORY, -SIGXCPU, -SIGKILL)
"""How a process ends that takes more than it may: by itself, or by `kill`, the timeout, or a system out of memory."""

_log = structlog.get_logger(__name__)


class ReplayProcesses:
    """Runs up to `SIMULATIONS_MAX` processes at a time."""

    def __init__(self, command: tuple[str, ...] = _COMMAND, timeout_s: float = _TIMEOUT_S) -> None:
        self._command = command
        self._timeout_s = timeout_s
        self._threads = ThreadPoolExecutor(SIMULATIONS_MAX, thread_name_prefix="onduty-replay")

    async def replay(self, job: ReplayJob) -> Simulated:
        """Replay a log; the process has ended when this returns, or is cancelled.

        Raises:
            InvalidField: the log is malformed or too long, or takes too much memory or time.
            LimitExceeded: no process can be started.
        """
        process = _Process(self._command, self._timeout_s)
        outcome = asyncio.get_running_loop().run_in_executor(self._threads, process.run, pickle.dumps(job))
        try:
            return await asyncio.shield(outcome)
        except asyncio.CancelledError:
            process.kill()
            await asyncio.wait([outcome])
            if not outcome.cancelled():
                outcome.exception()
            raise


class _Process:
    """One process, which `kill` ends from another thread, also before it has been started."""

    def __init__(self, command: tuple[str, ...], timeout_s: float) -> None:
        self._command = command
        self._timeout_s = timeout_s
        self._lock = Lock()
        self._unwanted = False
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, job: bytes) -> Simulated:
        try:
            process = self._start()
        except OSError as error:
            _log.error("a log cannot be replayed: no process can be started", error=str(error))
            raise LimitExceeded("no log can be replayed now", retry_delay_ms=_RETRY_DELAY_MS) from None
        with process:
            try:
                output, _ = process.communicate(job, self._timeout_s)
            except subprocess.TimeoutExpired:
                process.kill()
                output = b""
        if process.returncode in _TOO_MUCH:
            if not self._unwanted:
                _log.warning("a replay took too much memory or time", status=process.returncode)
            raise InvalidField("log", "takes more memory or time than a replay may take; try a shorter one")
        if process.returncode:
            raise RuntimeError(f"a process that replayed a log ended with status {process.returncode}")
        outcome: Simulated | Refusal = pickle.loads(output)
        if isinstance(outcome, Refusal):
            raise InvalidField(*outcome)
        return outcome

    def _start(self) -> subprocess.Popen[bytes]:
        with self._lock:
            # In a session of its own, so that keys typed at the terminal do not reach it.
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            if self._unwanted:
                self._process.kill()
            return self._process

    def kill(self) -> None:
        with self._lock, suppress(ProcessLookupError):
            self._unwanted = True
            if self._process is not None:
                self._process.kill()
