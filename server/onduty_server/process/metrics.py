"""Keeps the Prometheus metrics, which the engine feeds through the `Observer` port."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from itertools import accumulate

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, disable_created_metrics
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from ..app.ports.observer import Observer
from ..domain.status import Cause, Status

_LATENESS_BUCKETS_S = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5, 60)
_COMMIT_BUCKETS_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5)


class _Lateness(Collector):
    """A histogram of how late switches are recorded, many of which are as late as each other.

    Only the event loop changes it, and the metrics are read by other threads. They may see a switch in its class before
    it is in the sum.
    """

    def __init__(self) -> None:
        self._counts = [0] * (len(_LATENESS_BUCKETS_S) + 1)
        self._seconds = 0.0

    def observe(self, seconds: float, switches: int) -> None:
        """Count switches that were recorded this late."""
        self._counts[bisect_left(_LATENESS_BUCKETS_S, seconds)] += switches
        self._seconds += seconds * switches

    def collect(self) -> Iterable[Metric]:
        bounds = [*map(floatToGoString, _LATENESS_BUCKETS_S), "+Inf"]
        yield HistogramMetricFamily(
            "onduty_switch_lateness_seconds",
            "How long after it became true a timed switch was recorded.",
            buckets=list(zip(bounds, accumulate(tuple(self._counts)), strict=True)),
            sum_value=self._seconds,
        )


class PrometheusObserver(Observer):
    """Keeps the counts in a registry of its own. Labels are bound once: looking them up costs more than counting."""

    def __init__(self, registry: CollectorRegistry) -> None:
        # The time at which each series began would double their number, and nothing here asks for it.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        changes = Counter(
            "onduty_status_changes", "Status changes, by the status and what brought it.", ("status", "cause"),
            registry=registry,
        )  # fmt: skip
        self._changes = {
            (status, cause): changes.labels(status.name, cause.name) for status in Status for cause in Cause
        }
        self._lateness = _Lateness()
        registry.register(self._lateness)
        self._recoveries = Counter(
            "onduty_outage_recoveries", "Outages after which every inactivity clock restarted.", registry=registry
        )
        self._outage = Gauge("onduty_last_outage_seconds", "How long the last such outage was.", registry=registry)
        self._entries = Counter("onduty_journal_entries", "Entries made durable by the store.", registry=registry)
        self._commits = Histogram(
            "onduty_journal_commit_seconds",
            "How long the store's commits took.",
            buckets=_COMMIT_BUCKETS_S,
            registry=registry,
        )
        self._round_trips = Histogram(
            "onduty_redis_round_trip_seconds",
            "How long batches of calls to Redis took, from being sent to the last reply.",
            buckets=_COMMIT_BUCKETS_S,
            registry=registry,
        )
        refused = Counter("onduty_calls_refused", "Calls refused for a limit.", ("limit",), registry=registry)
        self._refused = {limit: refused.labels(limit) for limit in ("caller", "account")}
        self._unreachable = Gauge(
            "onduty_store_unreachable", "1 while the store does not answer or refuses heartbeats.", registry=registry
        )
        self.on_reachable: Callable[[bool], None] = lambda reachable: None
        """Called as well when the store stops answering, or answers again."""
        self._failing = Gauge("onduty_store_failing", "1 while the store cannot write.", registry=registry)

    def switched(self, status: Status, cause: Cause, changes: int = 1) -> None:
        """Count status changes."""
        self._changes[status, cause].inc(changes)

    def late(self, lateness_ms: int, switches: int = 1) -> None:
        """Record how late switches were recorded."""
        self._lateness.observe(lateness_ms / 1_000, switches)

    def recovered(self, outage_ms: int) -> None:
        """Count a recovery."""
        self._recoveries.inc()
        self._outage.set(outage_ms / 1_000)

    def committed(self, entries: int, seconds: float) -> None:
        """Record a commit."""
        self._entries.inc(entries)
        self._commits.observe(seconds)

    def reachable(self, reachable: bool) -> None:
        """Record whether the store answers."""
        self._unreachable.set(not reachable)
        self.on_reachable(reachable)

    def answered(self, seconds: float) -> None:
        """Record a round trip."""
        self._round_trips.observe(seconds)

    def store_failing(self, failing: bool) -> None:
        """Record whether the store can write."""
        self._failing.set(failing)

    def refused(self, limit: str) -> None:
        """Count a refusal."""
        self._refused[limit].inc()
