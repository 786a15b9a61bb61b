"""The time that the metrics add to a call: counting it, timing it and noting its code, as the guard of calls does.

In one thread, against an empty function; the lowest of several rounds, because whatever else the machine does only adds.
Beside it the same done with counters and a histogram of prometheus_client whose labels are bound. Left out: reading the
metrics, which other threads do.
"""

from __future__ import annotations

import timeit
from collections.abc import Callable, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from onduty_server.process.clock import SystemClock
from onduty_server.transport.call_counts import BOUNDS_S, OK, CallCounts
from onduty_server.transport.errors import Code
from onduty_server.transport.rpcs import RPCS

from .context import Context
from .figures import Figure, at_most

TITLE: Final = "Counting a call"
_CALLS: Final = 50_000
_ROUNDS: Final = 7


def run(context: Context) -> Sequence[Figure]:
    """Measure."""
    nothing_us = _lowest_us(lambda: None)
    return (
        Figure("counting a call", _lowest_us(_counted()) - nothing_us, "us", at_most(1.5)),
        Figure("the same with prometheus_client", _lowest_us(_by_prometheus()) - nothing_us, "us"),
    )


def _lowest_us(call: Callable[[], None]) -> float:
    return min(timeit.repeat(call, number=_CALLS, repeat=_ROUNDS)) / _CALLS * 1e6


def _counted() -> Callable[[], None]:
    meter = CallCounts().meter(RPCS["GetStatus"], "grpc")
    stopwatch = SystemClock().stopwatch

    def call() -> None:
        code: int = Code.CANCELLED
        meter.in_flight += 1
        began = stopwatch()
        try:
            code = OK
        finally:
            meter.ended(code, stopwatch() - began)

    return call


def _by_prometheus() -> Callable[[], None]:
    registry = CollectorRegistry()
    in_flight = Gauge("in_flight", "Calls.", registry=registry)
    ok = Counter("calls", "Calls.", ("code",), registry=registry).labels("OK")
    took = Histogram("seconds", "Durations.", buckets=BOUNDS_S, registry=registry)
    stopwatch = SystemClock().stopwatch

    def call() -> None:
        in_flight.inc()
        began = stopwatch()
        ok.inc()
        took.observe(stopwatch() - began)
        in_flight.dec()

    return call
