"""Adds up the metrics of several processes as if they were one.

Counters and histograms are added. A gauge is merged by its meaning, which a table says. Invariant: a counter never goes
down when a process ends, because what it had counted is kept: Prometheus would take that for a restart of all of them,
and count all again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from prometheus_client import Metric
from prometheus_client.samples import Sample

Merge = Callable[[float, float], float]
Key = tuple[str, tuple[tuple[str, str], ...]]
"""A series: the name of its samples, and its labels."""


def _add(one: float, other: float) -> float:
    return one + other


GAUGES: Final[Mapping[str, Merge]] = {
    "onduty_accounts": max,  # all processes see the same ones
    "onduty_users": max,
    "onduty_users_online": max,
    "onduty_users_away": max,
    "onduty_users_offline": max,
    "onduty_team_workflows": max,
    "onduty_build_info": max,
    "onduty_calls_held": _add,
    "onduty_calls_in_flight": _add,
    "onduty_journal_backlog_entries": _add,
    "onduty_last_outage_seconds": max,
    "onduty_partitions_held": _add,
    "onduty_store_failing": max,
    "onduty_store_unreachable": max,
    "onduty_sweep_behind_seconds": max,
    "onduty_tasks": _add,
    "onduty_wall_clock_offset_seconds": lambda one, other: max(one, other, key=abs),
    "onduty_watch_lag_seconds": max,
    "onduty_watch_unsent_events": max,
    "onduty_watched_accounts": _add,  # an account that is watched at two processes takes memory in both
    "onduty_watches": _add,
    "onduty_workers": max,
    # Of the process that has most of them open, as each has a limit of its own.
    "process_open_fds": max,
    "process_max_fds": min,
    "process_resident_memory_bytes": _add,
    "process_virtual_memory_bytes": _add,
    "process_start_time_seconds": min,
}


class Past:
    """The counts of processes that have ended."""

    def __init__(self) -> None:
        self.families: list[Metric] = []

    def add(self, families: Iterable[Metric]) -> None:
        """Keep the counters of a process that has ended."""
        self.families = merged([self.families, [family for family in families if is_counted(family)]])


def is_counted(family: Metric) -> bool:
    """Return True for what only grows: counters and histograms."""
    return family.type != "gauge"


def merged(processes: Iterable[Iterable[Metric]]) -> list[Metric]:
    """Merge the metrics of processes, in the order in which they are first met."""
    families: dict[str, Metric] = {}
    samples: dict[str, dict[Key, Sample]] = {}
    for process in processes:
        for family in process:
            if family.name not in families:
                families[family.name] = Metric(family.name, family.documentation, family.type, family.unit)
                samples[family.name] = {}
            merge = _add if is_counted(family) else GAUGES.get(family.name, max)
            _merge_into(samples[family.name], family.samples, merge)
    for name, family in families.items():
        family.samples = list(samples[name].values())
    return list(families.values())


def _merge_into(series: dict[Key, Sample], samples: Iterable[Sample], merge: Merge) -> None:
    for sample in samples:
        key = (sample.name, tuple(sample.labels.items()))
        before = series.get(key)
        series[key] = (
            sample
            if before is None
            else before._replace(value=merge(before.value, sample.value), exemplar=before.exemplar or sample.exemplar)
        )
