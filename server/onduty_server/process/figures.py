"""Exports what the parts of a server count by themselves: read when the metrics are scraped, and not before.

The collectors run in the threads that answer operators. Invariant: they read only what may be read from any thread, in
steps that do not depend on how many users there are.
"""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from itertools import accumulate
from typing import Protocol

from prometheus_client import CollectorRegistry, GCCollector, Histogram, Metric, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.samples import Exemplar
from prometheus_client.utils import floatToGoString

from ..transport.call_counts import BOUNDS_S, CODE_NAMES, OK, CallMeter
from ..transport.errors import Code
from .application import Application
from .clock import SystemClock, stopwatch
from .logs import dropped_lines

LAG_INTERVAL_S = 0.25
"""The interval at which the lag of the event loop is measured."""

_LAG_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
_EXPECTED_CODES = frozenset(
    {OK, Code.INTERNAL, Code.PERMISSION_DENIED, Code.RESOURCE_EXHAUSTED, Code.UNAUTHENTICATED, Code.UNAVAILABLE}
)
"""Codes that are exported before a call has ended with them, so that a rate shows the first one: those of alerts."""
_BOUNDS = [*map(floatToGoString, BOUNDS_S), "+Inf"]


def export_figures(registry: CollectorRegistry, application: Application, clock: SystemClock) -> None:
    """Export the figures of a server and of its process."""
    registry.register(_Calls(application))
    registry.register(_Watches(application, clock))
    registry.register(_Store(application, clock))
    registry.register(_Process(clock, asyncio.get_running_loop()))
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)


def build_info() -> Metric:
    """Return the metric that names the version."""
    info = GaugeMetricFamily("onduty_build_info", "Always 1; the labels say what runs.", labels=("version", "python"))
    info.add_metric((version("onduty"), platform.python_version()), 1)
    return info


class Workers(Protocol):
    """The supervisor's count of its workers."""

    @property
    def ready(self) -> int:
        """How many accept calls."""

    @property
    def starts(self) -> int:
        """How many were started."""


def of_supervisor(configured: int, workers: Workers) -> CollectorRegistry:
    """Return the metrics that a supervisor has of its own."""
    registry = CollectorRegistry()
    registry.register(_Supervisor(configured, workers))
    ProcessCollector(registry=registry)
    return registry


class _Supervisor(Collector):
    def __init__(self, configured: int, workers: Workers) -> None:
        self._configured = configured
        self._workers = workers

    def collect(self) -> Iterable[Metric]:
        workers = GaugeMetricFamily(
            "onduty_workers",
            "Serving processes: those that accept calls, and those there should be.",
            labels=("state",),
        )
        workers.add_metric(("ready",), self._workers.ready)
        workers.add_metric(("configured",), self._configured)
        yield workers
        starts = CounterMetricFamily("onduty_worker_starts", "Workers that were started, the first ones included.")
        starts.add_metric((), self._workers.starts)
        yield starts


class LoopLag:
    """Measures how late the event loop runs what is due: calls wait for it as long."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._lag = Histogram(
            "onduty_event_loop_lag_seconds",
            "How late the event loop ran what was due; measured four times a second.",
            buckets=_LAG_BUCKETS_S,
            registry=registry,
        )

    async def measure_forever(self) -> None:
        """Measure until cancelled."""
        while True:
            due = stopwatch() + LAG_INTERVAL_S
            await asyncio.sleep(LAG_INTERVAL_S)
            self._lag.observe(max(0.0, stopwatch() - due))


class _Calls(Collector):
    def __init__(self, application: Application) -> None:
        self._meters = application.calls.meters
        self._application = application

    def collect(self) -> Iterable[Metric]:
        calls = CounterMetricFamily(
            "onduty_calls", "Calls that have ended, streams included.", labels=("method", "door", "code")
        )
        running = GaugeMetricFamily(
            "onduty_calls_in_flight", "Calls and streams that are running.", labels=("method", "door")
        )
        durations = HistogramMetricFamily(
            "onduty_call_duration_seconds",
            "How long unary calls took in the server, from their first byte to the answer.",
            labels=("method", "door"),
        )
        for meter in tuple(self._meters):
            key = (meter.method, meter.door)
            running.add_metric(key, meter.in_flight)
            for code, count in enumerate(tuple(meter.by_code)):
                if count or code in _EXPECTED_CODES:
                    calls.add_metric((*key, CODE_NAMES[code]), count)
            if meter.timed:
                durations.add_metric(key, _buckets(meter), meter.seconds)
        yield calls
        yield running
        yield durations
        held = GaugeMetricFamily(
            "onduty_calls_held", "Calls and streams whose answers take memory, running or being read by their callers."
        )
        held.add_metric((), self._application.limits.in_flight())
        yield held


def _buckets(meter: CallMeter) -> list[tuple[str, float] | tuple[str, float, Exemplar]]:
    exemplars = dict(meter.exemplars)
    buckets: list[tuple[str, float] | tuple[str, float, Exemplar]] = []
    for place, total in enumerate(accumulate(tuple(meter.by_duration))):
        exemplar = exemplars.get(place)
        if exemplar is None:
            buckets.append((_BOUNDS[place], total))
        else:
            shown = Exemplar({"trace_id": exemplar.trace_id}, exemplar.seconds)
            buckets.append((_BOUNDS[place], total, shown))
    return buckets


class _Watches(Collector):
    def __init__(self, application: Application, clock: SystemClock) -> None:
        self._watching = application.watching
        self._clock = clock

    def collect(self) -> Iterable[Metric]:
        figures = self._watching.figures()
        behind_ms = 0 if figures.told_until is None else max(0, self._clock.now() - figures.told_until)
        yield _gauge("onduty_watches", "Watches that are served.", figures.watches)
        yield _gauge("onduty_watched_accounts", "Accounts that are watched.", figures.accounts)
        yield _gauge(
            "onduty_watch_lag_seconds",
            "How old the state is that watchers know, for the account furthest behind; about 1 is usual, "
            "without what watchers asked to wait for.",
            behind_ms / 1_000,
        )
        yield _gauge(
            "onduty_watch_unsent_events", "Events that the slowest watcher has yet to be sent.", figures.unsent
        )
        restarts = CounterMetricFamily(
            "onduty_watch_restarts", "Watchers that fell so far behind that they were sent a new snapshot."
        )
        restarts.add_metric((), figures.restarts)
        yield restarts


class _Store(Collector):
    def __init__(self, application: Application, clock: SystemClock) -> None:
        self._store = application.store
        self._clock = clock

    def collect(self) -> Iterable[Metric]:
        figures = self._store.figures()
        behind_ms = 0 if figures.next_due is None else max(0, self._clock.now() - figures.next_due)
        yield _gauge(
            "onduty_sweep_behind_seconds",
            "How long the most overdue switch that is not recorded yet may have been due.",
            behind_ms / 1_000,
        )
        known = (
            ("onduty_accounts", "Accounts in the store.", figures.accounts),
            ("onduty_users", "Users in the store.", figures.users),
            ("onduty_users_online", "Users who are ONLINE.", figures.users_online),
            ("onduty_users_away", "Users who are AWAY; a timed switch counts once it is recorded.", figures.users_away),
            ("onduty_users_offline", "Users who are OFFLINE, counted likewise.", figures.users_offline),
            ("onduty_team_workflows", "Teams that have a workflow of their own.", figures.team_workflows),
            ("onduty_journal_backlog_entries", "Entries that are not durable yet.", figures.unwritten),
            ("onduty_partitions_held", "Partitions whose leases this process has.", figures.partitions_held),
        )
        # Those that this store does not know have a description and no value.
        yield from (_gauge(*each) for each in known)


class _Process(Collector):
    def __init__(self, clock: SystemClock, loop: asyncio.AbstractEventLoop) -> None:
        self._clock = clock
        self._loop = loop

    def collect(self) -> Iterable[Metric]:
        yield build_info()
        yield from self._of_process()

    def _of_process(self) -> Iterator[Metric]:
        dropped = CounterMetricFamily(
            "onduty_log_lines_dropped", "Lines of a log that could not be written in time.", labels=("log",)
        )
        for log, lines in dropped_lines().items():
            dropped.add_metric((log,), lines)
        yield dropped
        yield _gauge(
            "onduty_tasks",
            "Tasks of the event loop; those of calls and streams are most.",
            len(asyncio.all_tasks(self._loop)),
        )
        yield _gauge(
            "onduty_wall_clock_offset_seconds",
            "How far the wall clock is ahead of the time that the server goes by.",
            self._clock.wall_offset() / 1_000,
        )


def _gauge(name: str, text: str, value: float | None) -> Metric:
    gauge = GaugeMetricFamily(name, text)
    if value is not None:
        gauge.add_metric((), value)
    return gauge
