"""Runs an export as a process of its own: its log, its signals, its metrics, its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

from onduty_client import AsyncClient

from ....process import logs, service_manager, signals
from ....process.clock import SystemClock, stopwatch
from ....process.probes import TURN_INTERVAL_S, Probes, serve_operators
from ...errors import ExitCode, Failure
from ..remote import security, token_of
from .checkpoint import CheckpointFile, Place
from .events import EventWriter
from .exporter import Exporter
from .feed import Feed
from .figures import Figures
from .ndjson import LinesFile
from .sinks import ReceiverGone, Sink

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Export:
    """The account to export, and how."""

    account_id: str
    server: str
    timeout_s: float
    source: str
    checkpoint: Path
    begin: int | datetime | None
    refused: Path | None
    metrics: tuple[str, int] | None


def run(export: Export, sink_of: Callable[[SystemClock], Sink], *, log_level: str, log_format: str) -> None:
    """Export until a signal to end.

    Raises:
        Failure: it cannot begin, the server refuses, or the receiver wants no more.
    """
    logs.start(log_level, log_format)
    clock = SystemClock()
    file = CheckpointFile(export.checkpoint, export.account_id)
    try:
        place = file.open()
        asyncio.run(_run(export, sink_of(clock), file, place=place, clock=clock))
    except ReceiverGone as error:
        raise Failure(
            f"{error}: it wants no more events; what it has not had is kept by the server, for as long as its history",
            ExitCode.RECEIVER_GONE,
        ) from None
    finally:
        file.close()


async def _run(export: Export, sink: Sink, file: CheckpointFile, *, place: Place | None, clock: SystemClock) -> None:
    stop = asyncio.Event()
    signals.install(stop=stop.set, reload=lambda: None)
    figures = Figures(clock.now)
    if place is not None:
        figures.reached(place)
    turning = asyncio.create_task(_turn_forever(_serve_operators(export, figures), clock))
    refused = None if export.refused is None else LinesFile(export.refused)
    found = security(export.server)
    try:
        async with AsyncClient(
            export.server, timeout=export.timeout_s, credentials=found.credentials(), metadata=token_of(found)
        ) as client:
            writer = EventWriter(export.account_id, export.source)
            feed = Feed(client, export.account_id, writer, place, begin=export.begin, on_connected=figures.connected)
            exporter = Exporter(feed, sink, file, clock=clock, stop=stop, figures=figures, refused=refused, place=place)
            service_manager.ready(f"exporting {export.account_id}")
            await exporter.run()
            service_manager.stopping()
            _log.info("stopped", revision=exporter.revision)
    finally:
        turning.cancel()
        await asyncio.wait((turning,))
        await sink.close()
        if refused is not None:
            await refused.close()


def _serve_operators(export: Export, figures: Figures) -> Probes:
    """Serve metrics and probes, if they are asked for. Raises Failure if the address is taken."""
    probes = Probes(stopwatch, figures.why_not_ready)
    if export.metrics is not None:
        host, port = export.metrics
        try:
            port = serve_operators(figures.registry, probes, host, port)
        except OSError as error:
            raise Failure(f"cannot serve metrics on {host}, port {port}: {error.strerror}") from None
        _log.info("serving metrics", host=host, port=port)
    return probes


async def _turn_forever(probes: Probes, clock: SystemClock) -> None:
    """Report that the event loop turns, and keep the clock close to the wall clock."""
    while True:
        probes.turned()
        clock.follow()
        await asyncio.sleep(TURN_INTERVAL_S)
