"""Serves until told to stop: handles signals, answers probes, and runs the tasks that watch the process."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from prometheus_client import CollectorRegistry

from ..access.files import UnusableFile
from ..app.ports.store import StoreOpenError
from ..domain.errors import StoreLost, StoreUnavailable
from ..transport.ports import ListenError, check_free
from . import service_manager, signals
from .access import OFF, build_access
from .application import Application
from .clock import SystemClock, stopwatch
from .clock_follower import follow_wall_clock
from .descriptors import watch_descriptors
from .figures import LoopLag, export_figures
from .logs import open_audit_log, set_level
from .metrics import PrometheusObserver
from .probes import TURN_INTERVAL_S, Probes, serve_operators
from .reloading import Configuration
from .threads import deaths_reported, on_loop
from .wiring import build_application, change

if TYPE_CHECKING:
    from .config.settings import Settings
    from .config.sources import Source
    from .tracing import OtlpTracer

_log = structlog.get_logger(__name__)

_SWITCH_INTERVAL_S = 0.001
"""How long one thread may hold Python's lock while another waits. The default of 5 ms is long for the writer."""

_REST_S = 5.0
"""How long tasks that are still running at the end may take."""


class ServeError(Exception):
    """The server could not start, or failed. The message is one line for the operator."""


def run(serving: Coroutine[Any, Any, None]) -> None:
    """Run `serve` to its end, on uvloop where it is available.

    Raises:
        ServeError: the server could not start, or failed.
    """
    try:
        _event_loop_run()(serving)
    except (StoreOpenError, ListenError, UnusableFile, RuntimeError) as error:
        raise ServeError(str(error)) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise ServeError(f"cannot serve: {where}{error.strerror or error}") from None
    finally:
        signals.ignore_reload()


def _event_loop_run() -> Callable[[Coroutine[Any, Any, None]], None]:
    try:
        import uvloop
    except ImportError:
        # There is no uvloop for Windows and PyPy.
        return asyncio.run
    return uvloop.run


async def serve(
    settings: Settings,
    *,
    source: Source | None = None,
    stop: asyncio.Event | None = None,
    on_serving: Callable[[str], None] | None = None,
    answer_operators: Callable[[CollectorRegistry, Probes], None] | None = None,
) -> None:
    """Serve until SIGTERM or another of `signals.ENDING`; a second one ends the process at once.

    A worker passes its own `stop`, which ends it in place of the signals, `on_serving`, which gets the address in place
    of the log, and `answer_operators`, which serves metrics and probes in place of `metrics_listen`. With a `source`,
    the signals of `signals.RELOADING` read some of the settings again.

    Raises:
        StoreOpenError, ListenError, UnusableFile: the server cannot start, for the reason in the message.
        RuntimeError: a background task has ended, or the last changes could not be written.
    """
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    clock = SystemClock(jump_ms=settings.outage_grace_ms)
    registry = CollectorRegistry()
    access = build_access(settings, clock, open_audit_log(settings.audit_log, clock.now))
    tracer = _build_tracer(settings) if settings.tracing else None
    application = build_application(settings, clock, PrometheusObserver(registry), access, tracer)
    # Check before the store is opened, so that a failed start leaves no database behind.
    _check_ports(settings, operators=answer_operators is None)

    def apply(changed: Settings) -> None:
        set_level(changed.log_level)
        change(application, changed)

    # The supervisor of a worker names the changes that take a restart.
    configuration = Configuration(settings, source, apply, names_others=stop is None)

    def reload() -> None:
        access.reload()
        configuration.reload()

    stop = _take_signals(stop, reload)
    background = application.background
    with deaths_reported(on_loop(background.ended)):
        await application.start()
        probing: list[asyncio.Task[None]] = []
        watching = [
            background.start(follow_wall_clock(clock, application.store), name="onduty-wall-clock"),
            background.start(watch_descriptors(), name="onduty-descriptors"),
        ]
        try:
            if answer_operators is None and settings.metrics_address is not None:
                answer_operators = partial(_serve_operators, settings.metrics_address)
            if answer_operators is not None:
                probing.append(_probe(answer_operators, registry, application, clock))
                probing.append(background.start(LoopLag(registry).measure_forever(), name="onduty-loop-lag"))
            _announce(settings, application, on_serving)
            await _first_of(stop, background.failed)
            if on_serving is None:
                service_manager.stopping()
            await _withdraw(application, settings.drain_delay_ms)
        finally:
            _log.info("stopping")
            await background.stop(*watching)
            await _stop(application)
            # Stop the probes last, so that they show until here that the event loop turns.
            await background.stop(*probing)
            if tracer is not None:
                tracer.shutdown()
            _log.info("stopped")
            await _rest_of_the_loop()
    if background.failed.is_set():
        raise RuntimeError(background.failure)


def _build_tracer(settings: Settings) -> OtlpTracer:
    """Build the tracer. Raises RuntimeError if its packages are missing."""
    # Nothing of OpenTelemetry is imported while traces are off.
    try:
        from .tracing import OtlpTracer
    except ImportError:
        raise RuntimeError("tracing needs the packages of OpenTelemetry: install onduty[server,tracing]") from None
    return OtlpTracer(settings.tracing_endpoint, settings.tracing_one_in)


def _check_ports(settings: Settings, *, operators: bool) -> None:
    check_free(settings.listen, reuse_port=settings.reuse_port)
    if settings.http_listen != OFF:
        check_free(settings.http_listen, reuse_port=settings.reuse_port)
    if operators and settings.metrics_address is not None:
        check_free(settings.metrics_listen)


def _take_signals(stop: asyncio.Event | None, reload: Callable[[], None]) -> asyncio.Event:
    """Handle the signals, and return the event that means to stop. Signals do not set an event that is passed in."""
    if stop is not None:
        signals.install_reload(reload)
        return stop
    stop = asyncio.Event()
    signals.install(stop=stop.set, reload=reload)
    return stop


def _probe(
    answer_operators: Callable[[CollectorRegistry, Probes], None],
    registry: CollectorRegistry,
    application: Application,
    clock: SystemClock,
) -> asyncio.Task[None]:
    """Serve metrics and probes. The returned task reports that the event loop turns."""
    export_figures(registry, application, clock)
    probes = Probes(stopwatch, application.why_not_ready)
    turning = application.background.start(_turn_forever(probes), name="onduty-turning")
    answer_operators(registry, probes)
    return turning


def _serve_operators(address: tuple[str, int], registry: CollectorRegistry, probes: Probes) -> None:
    host, port = address
    _log.info("serving metrics", host=host, port=serve_operators(registry, probes, host, port))


def _announce(settings: Settings, application: Application, on_serving: Callable[[str], None] | None) -> None:
    address = with_port(settings.listen, application.port)
    if on_serving is not None:
        on_serving(address)
        return
    if settings.http_listen != OFF:
        _log.info("serving HTTP", address=with_port(settings.http_listen, application.http_port))
        if settings.console:
            _log.info("serving the console", url=console_url(settings, application.http_port))
    _log.info("serving", address=address, store=whole_store(settings))
    warn_of_openness(settings)
    service_manager.ready(f"serving on {address}")


def with_port(address: str, port: int) -> str:
    """Return an address with the port that was taken, which is another one where a free one was asked for."""
    return f"{address.rpartition(':')[0]}:{port}"


def console_url(settings: Settings, port: int) -> str:
    """Return the address of the console, as a browser on this machine takes it."""
    scheme = "http" if settings.tls_certificate == OFF else "https"
    host = settings.http_listen.rpartition(":")[0]
    name = "localhost" if host in ("0.0.0.0", "[::]", "") else host
    return f"{scheme}://{name}:{port}/console/"


async def _withdraw(application: Application, delay_ms: int) -> None:
    """Serve on for `delay_ms`, not ready: whatever routes calls here takes a while to learn that it must not."""
    if delay_ms and not application.background.failed.is_set():
        _log.info("not ready any more, and serving on", seconds=delay_ms / 1_000)
        await application.withdraw(delay_ms)


async def _stop(application: Application) -> None:
    try:
        await application.stop()
    except StoreLost as error:
        raise RuntimeError(error.why) from error
    except StoreUnavailable as error:
        raise RuntimeError("stopped, but not everything could be written; see the log") from error


def whole_store(settings: Settings) -> str:
    """Return the store's name with an absolute path: `sqlite:onduty.db` depends on the working directory."""
    path = settings.sqlite_path
    return settings.store if path is None else f"sqlite:{path.absolute()}"


def warn_of_openness(settings: Settings) -> None:
    """Log which of credentials and encryption are missing."""
    if not settings.authenticates:
        _log.warning(
            "no credential is required: everybody on this machine may do everything; set key_file to change that"
        )
    elif settings.tls_certificate == OFF:
        _log.warning(
            "nothing is encrypted: anybody who can listen in learns the tokens; set tls_certificate and tls_key"
        )


async def _first_of(*events: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
            with suppress(asyncio.CancelledError):
                await wait


async def _rest_of_the_loop() -> None:
    """Let tasks of other libraries end before the loop does.

    grpcio's server stops while handlers of cancelled calls are still running. With hundreds of them the process hangs
    at the end of the loop (seen with 1,000 watches that vanished together right before SIGTERM).
    """
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=_REST_S)


async def _turn_forever(probes: Probes) -> None:
    """Report at every interval that the event loop turns."""
    while True:
        probes.turned()
        # Do not use the clock, which a store may set back: that would look like a stuck loop.
        await asyncio.sleep(TURN_INTERVAL_S)
