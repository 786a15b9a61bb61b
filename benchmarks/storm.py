"""Everybody falls due at once: switches per second, committed durably, and the latency of reads meanwhile.

A real server with SQLite on disk and users who are nearly all ONLINE. Switching the workflow off and on with the
shortest period makes every one of them fall due at the same instant, a second later. The rate is that of switches
visible in the database file, from that instant until the last; a separate process calls `GetStatus` of random users at
a steady rate throughout, and before for comparison, with latencies counted from when each call was to be made.

Left out: activities during the storm, and watchers. On few cores the caller and the
one who looks into the file (20 times a second) take their share from the server.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import grpc
from google.protobuf.duration_pb2 import Duration

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc

from . import caller
from .context import Context
from .durable import DurableChanges
from .figures import Figure, at_least, at_most
from .population import ACCOUNT
from .processes import child, cpu_ns, serving

TITLE = "Everybody due at once"
_SWITCHES_GOAL = 60_000
_LATENCY_GOAL_MS = 8
_LOOK_INTERVAL_S = 0.05
_STALLED_S = 30.0


def run(context: Context) -> Sequence[Figure]:
    """Let the storm happen."""
    scale = context.scale
    with context.folder("storm") as folder:
        path, population = context.copy_of_population(folder)
        with (
            serving(folder, f"sqlite:{path}") as server,
            DurableChanges(path) as durable,
            child(
                "benchmarks.caller",
                *caller.arguments_for(server.port, population.users, reads_per_s=scale.storm_reads_per_s),
            ) as reads,
        ):
            reads.line()
            quiet_ms = time.time() * 1_000
            time.sleep(scale.storm_quiet_s)
            due_ms, revision = make_all_due(server.port)
            before_ns = cpu_ns(server.pid)
            ended_ms, switched = watch(durable, revision)
            cpu_s = (cpu_ns(server.pid) - before_ns) / 1e9
            latencies = caller.finish(reads).reads
    seconds = (ended_ms - due_ms) / 1_000
    detail = f"{switched:,} switches in {seconds:.1f} s, every one of them by then in the file"
    return [
        Figure("switches committed", switched / seconds, "/s", at_least(_SWITCHES_GOAL), detail),
        Figure("switches for each second of CPU", switched / cpu_s, "/s", None, f"{cpu_s:.1f} s, reads included"),
        *latency_figures(latencies, quiet_ms, due_ms, ended_ms, _LATENCY_GOAL_MS),
    ]


def latency_figures(
    calls: Sequence[caller.Call], quiet_ms: float, due_ms: float, ended_ms: float, goal_ms: float
) -> list[Figure]:
    """The latencies of reads during a storm, from `due_ms` to `ended_ms`, and before it, from `quiet_ms`."""
    quiet = [call.latency_ms for call in calls if quiet_ms <= call.at_ms < due_ms - 1_000]
    storm = [call.latency_ms for call in calls if due_ms <= call.at_ms <= ended_ms]
    return [
        Figure("GetStatus p99 meanwhile", caller.percentile(storm, 0.99), "ms", at_most(goal_ms)),
        Figure("GetStatus p50 meanwhile", caller.percentile(storm, 0.5), "ms"),
        Figure("GetStatus slowest meanwhile", max(storm), "ms", None, f"of {len(storm):,} calls"),
        Figure("GetStatus p99 before", caller.percentile(quiet, 0.99), "ms", None, f"of {len(quiet):,} calls"),
        Figure("GetStatus p50 before", caller.percentile(quiet, 0.5), "ms"),
    ]


def make_all_due(port: int) -> tuple[int, int]:
    """Restart everybody's period; when it ends (ms UTC), and the revision of the change."""
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = pb_grpc.StatusServiceStub(channel)
        off = pb.Workflow(account_id=ACCOUNT, enabled=False)
        stub.UpdateWorkflow(pb.UpdateWorkflowRequest(workflow=off))
        on = pb.Workflow(account_id=ACCOUNT, enabled=True, away_after=Duration(seconds=1))
        workflow = stub.UpdateWorkflow(pb.UpdateWorkflowRequest(workflow=on)).workflow
    return workflow.enabled_time.ToMilliseconds() + 1_000, int(workflow.etag.removeprefix("w"))


def watch(durable: DurableChanges, revision: int) -> tuple[float, int]:
    """Wait until nothing more is switched; when the last one was durable (ms UTC), and how many there were."""
    # Everybody falls due a second after `revision`; nobody else changes anything.
    last, last_ms = revision, time.time() * 1_000
    while True:
        time.sleep(_LOOK_INTERVAL_S)
        now_ms = time.time() * 1_000
        newest = durable.last_revision()
        if newest > last:
            last, last_ms = newest, now_ms
        elif now_ms - last_ms > (2_500 if last > revision else _STALLED_S * 1_000):
            break
    assert last > revision, "nobody was switched"
    return last_ms, last - revision
