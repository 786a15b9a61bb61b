"""Keeps the metrics of an exporter. Invariant: every label value comes from an enumeration."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics

from .checkpoint import Place
from .events import Event, Kind
from .sinks import Problem

_DELIVERY_BUCKETS_S = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Figures:
    """The metrics, in a registry of their own. `now` is ms UTC."""

    def __init__(self, now: Callable[[], int]) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._now = now
        self._until_ms: int | None = None
        self._began_ms = now()
        lag = Gauge(
            "onduty_export_lag_seconds",
            "The age of the moment up to which everything was delivered.",
            registry=self.registry,
        )
        lag.set_function(self._lag_s)
        self._revision = Gauge(
            "onduty_export_revision", "The account's last revision that was delivered.", registry=self.registry
        )
        delivered = Counter(
            "onduty_export_events", "Events acknowledged by the receiver.", ("type",), registry=self.registry
        )
        self._delivered = {kind: delivered.labels(kind.value) for kind in Kind}
        failures = Counter(
            "onduty_export_failures", "Deliveries that failed and are repeated.", ("problem",), registry=self.registry
        )
        self._failures = {problem: failures.labels(problem.value) for problem in Problem}
        self._seconds = Histogram(
            "onduty_export_delivery_seconds",
            "How long deliveries took that the receiver acknowledged.",
            buckets=_DELIVERY_BUCKETS_S,
            registry=self.registry,
        )
        self._set_aside = Counter(
            "onduty_export_set_aside_events",
            "Events that the receiver refuses, kept in the file of refused events.",
            registry=self.registry,
        )
        self._connected = Gauge(
            "onduty_export_connected", "1 while the server tells of changes.", registry=self.registry
        )
        self._unsaved = Counter(
            "onduty_export_checkpoint_failures",
            "Times that the checkpoint could not be written.",
            registry=self.registry,
        )
        self.is_connected = False
        self.is_failing = False

    def _lag_s(self) -> float:
        since_ms = self._began_ms if self._until_ms is None else self._until_ms
        return max(0.0, (self._now() - since_ms) / 1_000)

    def reached(self, place: Place) -> None:
        """Record how far the export has come."""
        self._until_ms = place.until_ms
        self._revision.set(place.revision)

    def connected(self, connected: bool) -> None:
        """Record whether there is a watch."""
        self.is_connected = connected
        self._connected.set(connected)

    def delivered(self, events: tuple[Event, ...], seconds: float) -> None:
        """Count events that the receiver has acknowledged."""
        self.is_failing = False
        self._seconds.observe(seconds)
        for event in events:
            self._delivered[event.kind].inc()

    def failed(self, problem: Problem) -> None:
        """Count a delivery that failed."""
        self.is_failing = True
        self._failures[problem].inc()

    def set_aside(self) -> None:
        """Count an event that was put into the file of refused events."""
        self.is_failing = False
        self._set_aside.inc()

    def unsaved(self) -> None:
        """Count a checkpoint that could not be written."""
        self._unsaved.inc()

    def why_not_ready(self) -> str | None:
        """Return why events are held up; None if they are not."""
        if self.is_failing:
            return "the receiver does not take events"
        return None if self.is_connected else "no connection to the server"
