"""Serves until told to stop: signals, probes and what watches over the process."""

from __future__ import annotations

import asyncio
import errno
import os
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import structlog
from prometheus_client import CollectorRegistry

from ..access.files import UnusableFile
from ..app.background import BackgroundTasks
from ..app.ports.store import StoreOpenError
from ..domain.errors import StoreLost, StoreUnavailable
from ..transport.grpc.server import Listen
from ..transport.limits import Limits
from ..transport.ports import ListenError, check_free
from . import signals
from .application import Access, Application
from .clock import SystemClock, stopwatch
from .logs import open_audit_log
from .metrics import PrometheusObserver, watch_process
from .probes import TURN_INTERVAL_S, Probes, serve_operators
from .wall_clock import follow_wall_clock
from .wiring import OFF, build_access, build_store

if TYPE_CHECKING:
    from .config import Settings

_log = structlog.get_logger(__name__)

_SWITCH_INTERVAL_S = 0.001
"""For how long one thread may keep Python's lock from another. The default of 5 ms is a long time for the writer."""

_REST_S = 5.0
"""How long, at the end, what others left running may take."""

_DESCRIPTORS_CHECK_S = 2.0


class ServeError(Exception):
    """The server could not start, or ended as it should not. One line for the operator."""


def run(serving: Coroutine[Any, Any, None]) -> None:
    """Run `serve` to its end, on uvloop where there is one.

    Raises:
        ServeError: it could not start, or ended as it should not.
    """
    try:
        _event_loop_run()(serving)
    except (StoreOpenError, ListenError, UnusableFile, RuntimeError) as error:
        raise ServeError(str(error)) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise ServeError(f"cannot serve: {where}{error.strerror or error}") from None
    finally:
        signals.ignore_reloading()


def _event_loop_run() -> Callable[[Coroutine[Any, Any, None]], None]:
    try:
        import uvloop
    except ImportError:
        # There is none for Windows and PyPy.
        return asyncio.run
    return uvloop.run


async def serve(
    settings: Settings, *, stop: asyncio.Event | None = None, on_serving: Callable[[str], None] | None = None
) -> None:
    """Serve until SIGTERM or another of `signals.ENDING`; a second one ends the process at once.

    A worker of several brings a `stop` of its own, which ends it in place of the signals, and `on_serving`, which is
    told the address in place of the log.

    Raises:
        StoreOpenError, ListenError, UnusableFile: what keeps it from starting, for the operator to read.
        RuntimeError: a task that must not end has ended, or the last changes could not be written.
    """
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    clock = SystemClock(jump_ms=settings.outage_grace_ms)
    registry = CollectorRegistry()
    observer = PrometheusObserver(registry)
    background = BackgroundTasks()
    access = build_access(settings, clock, open_audit_log(settings.audit_log, clock.now))
    application = Application(
        build_store(settings, clock, observer, background),
        clock,
        _listen(settings, access),
        access=access,
        limits=Limits(**{each.name: getattr(settings, each.name) for each in fields(Limits)}),
        activity_future_tolerance_ms=settings.activity_future_tolerance_ms,
        activity_fresh_for_ms=settings.activity_fresh_for_ms,
        shutdown_grace_s=settings.shutdown_grace_ms / 1_000,
        observer=observer,
        background=background,
    )
    observer.on_reachable = application.reachable
    # Before the store is opened: a start that fails leaves no database behind.
    check_free(settings.listen, reuse_port=settings.reuse_port)
    if settings.metrics_address is not None:
        check_free(settings.metrics_listen)
    if stop is None:
        stop = asyncio.Event()
        signals.install(stop=stop.set, reload=access.reload)
    else:
        signals.install_reload(access.reload)
    await application.start()
    watches = [
        background.start(follow_wall_clock(clock, application.store), name="onduty-wall-clock"),
        background.start(_watch_descriptors(), name="onduty-descriptors"),
    ]
    turning: asyncio.Task[None] | None = None
    try:
        if settings.metrics_address is not None:
            host, port = settings.metrics_address
            watch_process(registry, clock)
            probes = Probes(stopwatch, application.why_not_ready)
            turning = background.start(_turn_forever(probes), name="onduty-turning")
            _log.info("serving metrics", host=host, port=serve_operators(registry, probes, host, port))
        host = settings.listen.rpartition(":")[0]
        address = f"{host}:{application.port}"
        if on_serving is None:
            _log.info("serving", address=address, store=whole_store(settings))
            warn_of_openness(settings)
        else:
            on_serving(address)
        await _first_of(stop, background.failed)
    finally:
        _log.info("stopping")
        for watch in watches:
            watch.cancel()
        try:
            await application.stop()
        except StoreLost as error:
            raise RuntimeError(error.why) from error
        except StoreUnavailable as error:
            raise RuntimeError("stopped, but not everything could be written; see the log") from error
        finally:
            if turning is not None:
                turning.cancel()
        _log.info("stopped")
        await _rest_of_the_loop()
    if background.failed.is_set():
        raise RuntimeError(background.failure)


def _listen(settings: Settings, access: Access) -> Listen:
    return Listen(
        settings.listen,
        settings.max_request_bytes,
        settings.reuse_port,
        access.tls,
        settings.reflection,
        settings.connection_calls,
    )


def whole_store(settings: Settings) -> str:
    """The store by a name that holds in every directory: `sqlite:onduty.db` is wherever the server was started."""
    path = settings.sqlite_path
    return settings.store if path is None else f"sqlite:{path.absolute()}"


def warn_of_openness(settings: Settings) -> None:
    """Tell the operator what nobody checks."""
    if not settings.authenticates:
        _log.warning("no credential is asked for: everybody on this machine may do everything")
    elif settings.tls_certificate == OFF:
        _log.warning("nothing is encrypted: whoever can listen in learns the tokens")


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
    """Let tasks that others started end before their loop does.

    grpcio's server stops while its handlers of calls just cancelled still run; with hundreds of those the process hangs
    at the end of the loop (seen with 1,000 watches that vanished together right before SIGTERM).
    """
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        await asyncio.wait(others, timeout=_REST_S)


async def _turn_forever(probes: Probes) -> None:
    """Show that the event loop turns."""
    while True:
        probes.turned()
        # Not by the clock, which a store may set back: that would look like a loop that is stuck.
        await asyncio.sleep(TURN_INTERVAL_S)


async def _watch_descriptors() -> None:
    """Tell the operator when no file descriptors are left: new connections then wait, and nothing else says so."""
    exhausted = False
    while True:
        try:
            os.close(os.open(os.devnull, os.O_RDONLY))
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE) and not exhausted:
                exhausted = True
                _log.error("out of file descriptors; new connections wait, open ones go on")
        else:
            if exhausted:
                exhausted = False
                _log.warning("there are file descriptors again")
        await asyncio.sleep(_DESCRIPTORS_CHECK_S)
