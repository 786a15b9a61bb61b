"""Supervises several serving processes on one port: starts them, restarts them when they end, and drains them.

Each worker is a fresh process with an event loop of its own (a fork of one with a live gRPC server crashes). They share
the port by SO_REUSEPORT: the kernel gives each connection to one of them. Invariant: the port is the supervisor's from
before the first worker starts until the last has ended, so that no other program takes it or shares it by mistake.
"""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Final

import structlog

from ..transport.ports import ListenError, check_free
from . import service_manager, signals, worker
from .access import OFF
from .clock import stopwatch
from .figures import of_supervisor
from .logs import set_level
from .port_reservation import reserved
from .probes import serve_operators
from .reloading import Configuration
from .serving import ServeError, console_url, warn_of_openness, with_port
from .threads import deaths_reported, on_loop
from .worker_figures import WorkerFigures

if TYPE_CHECKING:
    from .config.settings import Settings
    from .config.sources import Source

WORKER: Final = (sys.executable, "-P", "-m", worker.__name__)
"""The command of a worker; its number follows. With -P nothing is imported from the working directory."""

_FIRST_DELAY_S: Final = 0.1
_LONGEST_DELAY_S: Final = 30.0
_WELL_S: Final = 60.0
"""After a worker that ran for this long, the delay starts again at its smallest."""

KILL_AFTER_GRACE_S: Final = 15.0
"""How long after the grace a worker may take before it is killed: its tasks and its store end after the calls."""

_log = structlog.get_logger(__name__)


class Backoff:
    """Computes the delay before a worker is started again, which doubles until one has run well."""

    def __init__(self) -> None:
        self._next_s = _FIRST_DELAY_S

    def delay_s(self, ran_s: float) -> float:
        """Return the delay after a worker that ran for `ran_s`."""
        if ran_s >= _WELL_S:
            self._next_s = _FIRST_DELAY_S
        delay_s = self._next_s
        self._next_s = min(2 * delay_s, _LONGEST_DELAY_S)
        return delay_s


class Worker:
    """A worker process. Its reports are read until it has ended."""

    def __init__(self, process: Process, on_ready: Callable[[Worker], None]) -> None:
        self.pid = process.pid
        self.ready = False
        """True once it accepts calls."""
        self.ended = asyncio.create_task(self._follow(), name="onduty-worker-reports")
        """The task that returns its exit code (negative: the signal that ended it) once it has ended."""
        self._process = process
        self._on_ready = on_ready
        self._reason: str | None = None

    @classmethod
    async def start(
        cls, command: Sequence[str], to_read: bytes, on_ready: Callable[[Worker], None], inherited: Sequence[int] = ()
    ) -> Worker:
        """Start a process and send `to_read` to its standard input; it has the descriptors `inherited` as well.

        Raises:
            OSError: no process can be started.
        """
        # Give it its own session, so that keys typed at the terminal signal the supervisor alone.
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, start_new_session=True, pass_fds=inherited
        )
        assert process.stdin is not None
        process.stdin.write(to_read)
        return cls(process, on_ready)

    def drain(self) -> None:
        """Tell it to finish its calls and end."""
        assert self._process.stdin is not None
        self._process.stdin.close()

    def reload(self) -> None:
        """Tell it to look for changed files and keys."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signals.RELOAD)

    def kill(self) -> None:
        """End it at once."""
        with suppress(ProcessLookupError):
            self._process.kill()

    def ending(self) -> str:
        """Return how it ended: its own message, if it could still report one."""
        code = self.ended.result()
        if self._reason is not None:
            return self._reason
        how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        return f"a worker ended with {how}"

    def ended_well(self) -> bool:
        """Return True if it ended without leaving work undone."""
        code = self.ended.result()
        # A worker that is still starting dies of the SIGTERM that a service manager sends to the whole group.
        return code == 0 or (code == -signal.SIGTERM and not self.ready)

    async def _follow(self) -> int:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            report = line.rstrip(b"\n")
            if report == worker.READY:
                self.ready = True
                self._on_ready(self)
            elif report.startswith(worker.FAILED):
                self._reason = report.removeprefix(worker.FAILED).decode(errors="replace")
        return await self._process.wait()


class Supervisor:
    """Keeps a worker running for each input in `to_read`, by `command` and the worker's number (from 1).

    A worker that takes longer than `drain_limit_s` to drain is killed. `on_serving` is called once, when every worker
    accepts calls for the first time. Without `figures` nobody asks for metrics.
    """

    def __init__(
        self,
        command: Sequence[str],
        to_read: Sequence[bytes],
        *,
        drain_limit_s: float,
        on_serving: Callable[[], None],
        figures: WorkerFigures | None = None,
    ) -> None:
        self._command = command
        self._to_read = to_read
        self._drain_limit_s = drain_limit_s
        self._on_serving = on_serving
        self._figures = figures
        self.starts = 0
        """How many workers were started."""
        self._stop = asyncio.Event()
        self._running: dict[int, Worker] = {}
        self._served: set[int] = set()
        self._failure: str | None = None

    async def run(self) -> None:
        """Run until `stop`, or until a worker ends before it has served for the first time; then drain.

        Raises:
            ServeError: a worker could not start the first time, or did not end well.
        """
        await asyncio.gather(*(self._keep(number) for number in range(1, len(self._to_read) + 1)))
        if self._failure is not None:
            raise ServeError(self._failure)

    @property
    def stopping(self) -> bool:
        """True once no more workers are started."""
        return self._stop.is_set()

    @property
    def ready(self) -> int:
        """How many workers accept calls."""
        return sum(running.ready for running in tuple(self._running.values()))

    def stop(self) -> None:
        """Drain every worker, and start no more."""
        if not self.stopping:
            _log.info("stopping")
            service_manager.stopping()
            self._stop.set()

    def reload(self, to_read: Sequence[bytes]) -> None:
        """Tell every worker that accepts calls to look for changed files, keys and settings.

        Those that start from now on read `to_read`.
        """
        self._to_read = to_read
        for running in self._running.values():
            if running.ready:
                running.reload()

    def kill(self) -> None:
        """End every worker at once."""
        for running in self._running.values():
            running.kill()

    def thread_died(self, name: str, error: BaseException | None) -> None:
        """Drain and fail, because the supervisor needs all of its threads, which write its log."""
        _log.critical("a thread ended unexpectedly", thread=name, exc_info=error)
        self._fail("a thread failed; see the log")

    async def _keep(self, number: int) -> None:
        backoff = Backoff()
        while not self._stop.is_set():
            started = stopwatch()
            reason = await self._live(number)
            if self._stop.is_set():
                return
            if number not in self._served:
                # The operator must read the reason why it cannot start, as with a single process.
                self._fail(reason)
                return
            delay_s = backoff.delay_s(stopwatch() - started)
            _log.error("a worker ended; another will be started", worker=number, reason=reason, in_seconds=delay_s)
            with suppress(TimeoutError):
                async with asyncio.timeout(delay_s):
                    await self._stop.wait()

    async def _live(self, number: int) -> str:
        """Run a worker from its start to its end, and return how it ended."""
        self.starts += 1
        try:
            running = await self._start(number)
        except OSError as error:
            return f"cannot start a process: {error.strerror or error}"
        self._running[number] = running
        try:
            stop = asyncio.create_task(self._stop.wait())
            await asyncio.wait((running.ended, stop), return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
            if not running.ended.done():
                await self._drain(number, running)
        finally:
            del self._running[number]
            if self._figures is not None:
                self._figures.remove(number)
        reason = running.ending()
        # The reason why one cannot start holds for the others too, and is logged once.
        if self._stop.is_set() and not running.ended_well() and reason != self._failure:
            _log.error("a worker did not end well", worker=number, pid=running.pid, reason=reason)
            self._fail(f"not every worker ended well: {reason}")
        return reason

    async def _start(self, number: int) -> Worker:
        command, to_read = [*self._command, str(number)], self._to_read[number - 1]
        if self._figures is None:
            return await Worker.start(command, to_read, lambda it: self._ready(number, it))
        ours, theirs = socket.socketpair()
        with theirs:
            inherited = theirs.fileno()
            return await Worker.start(
                [*command, str(inherited)], to_read, lambda it: self._ready(number, it, ours), (inherited,)
            )

    async def _drain(self, number: int, running: Worker) -> None:
        running.drain()
        await asyncio.wait((running.ended,), timeout=self._drain_limit_s)
        if not running.ended.done():
            _log.error("a worker takes too long to end and is killed", worker=number, pid=running.pid)
            running.kill()
            await running.ended

    def _ready(self, number: int, running: Worker, questions: socket.socket | None = None) -> None:
        if self._figures is not None and questions is not None:
            self._figures.add(number, questions)
        if self.stopping:
            return  # It was ready too late, and drains at once.
        _log.info("a worker serves", worker=number, pid=running.pid)
        before = len(self._served)
        self._served.add(number)
        if before < len(self._served) == len(self._to_read):
            self._on_serving()

    def _fail(self, message: str) -> None:
        if self._failure is None:
            self._failure = message
        self.stop()


def run(
    settings: Settings,
    source: Source | None = None,
    *,
    command: Sequence[str] = WORKER,
    kill_after_grace_s: float = KILL_AFTER_GRACE_S,
) -> None:
    """Serve with `settings.workers` processes until one of `signals.ENDING`; a second one ends all of them at once.

    With a `source`, the signals of `signals.RELOADING` read some of the settings again.

    Raises:
        ServeError: the server could not start, or a worker did not end well.
    """
    try:
        asyncio.run(_supervise(settings, source, command, kill_after_grace_s))
    except ListenError as error:
        raise ServeError(str(error)) from None
    finally:
        signals.ignore_reload()


async def _supervise(
    settings: Settings, source: Source | None, command: Sequence[str], kill_after_grace_s: float
) -> None:
    with ExitStack() as ports:
        addresses = {
            name: with_port(address, ports.enter_context(reserved(address, shared=settings.reuse_port)))
            for name in ("listen", "http_listen")
            if (address := getattr(settings, name)) != OFF
        }

        def on_serving() -> None:
            if "http_listen" in addresses:
                _log.info("serving HTTP", address=addresses["http_listen"])
                if settings.console:
                    port = int(addresses["http_listen"].rpartition(":")[2])
                    _log.info("serving the console", url=console_url(settings, port))
            _log.info("serving", address=addresses["listen"], store=settings.store, workers=settings.workers)
            warn_of_openness(settings)
            service_manager.ready(f"serving on {addresses['listen']} with {settings.workers} workers")

        configuration = Configuration(settings, source, lambda changed: set_level(changed.log_level))

        def to_read() -> list[bytes]:
            return [worker.written(_settings_of(configuration.settings, addresses), source)] * settings.workers

        def reload() -> None:
            configuration.reload()
            supervisor.reload(to_read())

        if settings.metrics_address is not None:
            check_free(settings.metrics_listen)
        figures = None if settings.metrics_address is None else WorkerFigures(lambda: own.collect())
        supervisor = Supervisor(
            command,
            to_read(),
            drain_limit_s=(settings.drain_delay_ms + settings.shutdown_grace_ms) / 1_000 + kill_after_grace_s,
            on_serving=on_serving,
            figures=figures,
        )
        own = of_supervisor(settings.workers, supervisor)
        if figures is not None and settings.metrics_address is not None:
            host, port = settings.metrics_address
            _log.info("serving metrics", host=host, port=serve_operators(figures, figures, host, port))
        signals.install(stop=supervisor.stop, reload=reload, kill=supervisor.kill)
        try:
            with deaths_reported(on_loop(supervisor.thread_died)):
                await supervisor.run()
        finally:
            if figures is not None:
                figures.close()
            _log.info("stopped")


def _settings_of(settings: Settings, addresses: Mapping[str, str]) -> Settings:
    return settings.model_copy(update={**addresses, "reuse_port": True, "workers": 1})
