"""How late switches are: from the moment at which one becomes true until it is durable.

A real server with SQLite on disk, real time, and users whose clocks are spread so that a steady number fall due each
second. A switch is durable when the database file shows it to another process, which looks every two milliseconds; its
lateness is that moment less its effective time, so the figure errs on the high side by up to two milliseconds.

First the server does nothing else. Then, in the busy phase, another process brings switched users back by activities
(each a change to be made durable before the answer) and reads as many random ones.

Left out: the switches that were due before the server started, which it settles at the start.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Sequence
from contextlib import ExitStack

from . import caller
from .context import Context
from .durable import Change, DurableChanges
from .figures import Figure, at_most
from .processes import child, serving

TITLE = "Lateness of switches"
_GOAL_MS = 50
_LOOK_INTERVAL_S = 0.002
_CATCH_UP_TIMEOUT_S = 60.0


def run(context: Context) -> Sequence[Figure]:
    """Measure alone, then busy."""
    scale = context.scale
    with context.folder("lateness") as folder:
        path, population = context.copy_of_population(folder, fresh=True)
        # The gap between making the file and starting on it is not what is measured here.
        with (
            serving(folder, f"sqlite:{path}", "--count-outage-as-inactivity") as server,
            DurableChanges(path) as durable,
        ):
            _wait_until_caught_up(durable)
            figures = _phase("alone", durable, scale.lateness_s)
            rate = scale.background_calls_per_s
            arguments = caller.arguments_for(server.port, population.users, reads_per_s=rate, activities_per_s=rate)
            with ExitStack() as stack:
                calling = stack.enter_context(child("benchmarks.caller", *arguments))
                calling.line()
                figures += _phase(f"beside {rate} activities and {rate} reads a second", durable, scale.lateness_s)
                calls = caller.finish(calling)
    for name, of_method in (("RecordActivity", calls.activities), ("GetStatus", calls.reads)):
        latencies = [call.latency_ms for call in of_method]
        detail = f"of {len(latencies):,} calls; p50 {caller.percentile(latencies, 0.5):.2f} ms"
        figures.append(
            Figure(f"latency p99 of {name} meanwhile", caller.percentile(latencies, 0.99), "ms", None, detail)
        )
    return figures


def _wait_until_caught_up(durable: DurableChanges) -> None:
    """Until what was due before the start has been settled, which the newest change being a new one shows."""
    deadline = time.monotonic() + _CATCH_UP_TIMEOUT_S
    while time.monotonic() < deadline:
        before, since_ms = durable.last_revision(), time.time() * 1_000
        time.sleep(0.2)
        late = [since_ms - change.effective_time for change in durable.changes(before)]
        if late and max(late) < 1_000:
            return
    raise RuntimeError("the server does not catch up")


def _phase(name: str, durable: DurableChanges, seconds: float) -> list[Figure]:
    first = durable.last_revision()
    seen_revisions, seen_ms = [first], [time.time() * 1_000]
    started_ms = seen_ms[0]
    while seen_ms[-1] < started_ms + seconds * 1_000:
        time.sleep(_LOOK_INTERVAL_S)
        newest = durable.last_revision()
        now_ms = time.time() * 1_000
        if newest > seen_revisions[-1]:
            seen_revisions.append(newest)
            seen_ms.append(now_ms)
    changes = [it for it in durable.changes(first) if it.revision <= seen_revisions[-1]]
    lateness_ms = [seen_ms[bisect_left(seen_revisions, it.revision)] - it.effective_time for it in changes]
    return [
        Figure(
            f"p99, {name}", caller.percentile(lateness_ms, 0.99), "ms", at_most(_GOAL_MS), _detail(changes, seconds)
        ),
        Figure(f"p50, {name}", caller.percentile(lateness_ms, 0.5), "ms"),
        Figure(f"latest, {name}", max(lateness_ms), "ms", None, _until_committed(changes)),
    ]


def _detail(changes: Sequence[Change], seconds: float) -> str:
    return f"{len(changes):,} switches, {len(changes) / seconds:.0f} a second"


def _until_committed(changes: Sequence[Change]) -> str:
    until_ms = [float(it.commit_time - it.effective_time) for it in changes]
    return f"p99 until decided, without the disk: {caller.percentile(until_ms, 0.99):.0f} ms"
