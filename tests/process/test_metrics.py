"""What an observer is told of many switches at once is what it would have been told of each."""

from __future__ import annotations

import random

from prometheus_client import CollectorRegistry, generate_latest

from onduty_server.domain.status import Cause, Status
from onduty_server.process.metrics import PrometheusObserver


def test_many_switches_at_once_count_as_each_for_itself() -> None:
    dice, together, alone = random.Random(1), CollectorRegistry(), CollectorRegistry()
    observers = PrometheusObserver(together), PrometheusObserver(alone)
    for lateness_ms in (0, 1, 2, 3, 999, 1_000, 1_001, 60_000, 90_000, *(dice.randrange(20_000) for _ in range(40))):
        switches = dice.randrange(1, 200)
        observers[0].late(lateness_ms, switches)
        observers[0].switched(Status.AWAY, Cause.INACTIVITY, switches)
        for _ in range(switches):
            observers[1].late(lateness_ms)
            observers[1].switched(Status.AWAY, Cause.INACTIVITY)
    figures = [
        {
            metric.name: [(each.name, each.labels, round(each.value, 6)) for each in metric.samples]
            for metric in of.collect()
        }
        for of in (together, alone)
    ]
    assert figures[0] == figures[1]


def test_a_lateness_is_in_the_class_whose_bound_it_does_not_exceed() -> None:
    registry = CollectorRegistry()
    observer = PrometheusObserver(registry)
    for lateness_ms in (0, 1, 2, 5, 6, 60_000, 60_001):
        observer.late(lateness_ms)
    found = {
        bound: registry.get_sample_value("onduty_switch_lateness_seconds_bucket", {"le": bound})
        for bound in ("0.001", "0.002", "0.005", "0.01", "5.0", "60.0", "+Inf")
    }
    assert found == {"0.001": 2, "0.002": 3, "0.005": 4, "0.01": 5, "5.0": 5, "60.0": 6, "+Inf": 7}
    assert registry.get_sample_value("onduty_switch_lateness_seconds_count") == 7
    assert registry.get_sample_value("onduty_switch_lateness_seconds_sum") == 120.015
    assert b"# TYPE onduty_switch_lateness_seconds histogram" in generate_latest(registry)
