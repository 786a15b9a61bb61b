"""Everybody's session has ended at once: disconnections per second, committed durably, and reads meanwhile.

As for everybody due at once, but everybody has a session that ran out, and the workflow is switched off and on with the
shortest time until a disconnection: all fall due at the same instant, a second later, as when a gateway with all of
them is gone. Each is shown OFFLINE, and the user's own status goes on underneath.

The rate beside is that for each second of CPU that all threads of the server used, reads included: on a machine that
does other things, it says more, compared with that of everybody due at once.

Left out: sessions that are kept meanwhile, activities, and watchers. On few cores the caller and the one who looks into
the file take their share from the server.
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
from .figures import Figure, at_least
from .population import ACCOUNT
from .processes import child, cpu_ns, serving
from .storm import latency_figures, watch

TITLE = "Everybody's session ended at once"
_SWITCHES_GOAL = 40_000
_LATENCY_GOAL_MS = 15


def run(context: Context) -> Sequence[Figure]:
    """Let the storm happen."""
    scale = context.scale
    with context.folder("session-storm") as folder:
        path, population = context.copy_of_population(folder, sessions=True)
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
            due_ms, revision = _disconnect_all(server.port)
            before_ns = cpu_ns(server.pid)
            ended_ms, switched = watch(durable, revision)
            cpu_s = (cpu_ns(server.pid) - before_ns) / 1e9
            latencies = caller.finish(reads).reads
    seconds = (ended_ms - due_ms) / 1_000
    detail = f"{switched:,} switches of {population.users:,} users in {seconds:.1f} s, by then all in the file"
    return [
        Figure("switches committed", switched / seconds, "/s", at_least(_SWITCHES_GOAL), detail),
        Figure("switches for each second of CPU", switched / cpu_s, "/s", None, f"{cpu_s:.1f} s, reads included"),
        *latency_figures(latencies, quiet_ms, due_ms, ended_ms, _LATENCY_GOAL_MS),
    ]


def _disconnect_all(port: int) -> tuple[int, int]:
    """Switch the workflow off and on; when everybody is disconnected (ms UTC), and the revision of the change."""
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = pb_grpc.StatusServiceStub(channel)
        off = pb.Workflow(account_id=ACCOUNT, enabled=False)
        stub.UpdateWorkflow(pb.UpdateWorkflowRequest(workflow=off))
        on = pb.Workflow(
            account_id=ACCOUNT, enabled=True, away_after=Duration(seconds=86_400), disconnect_after=Duration(seconds=1)
        )
        workflow = stub.UpdateWorkflow(pb.UpdateWorkflowRequest(workflow=on)).workflow
    return workflow.enabled_time.ToMilliseconds() + 1_000, int(workflow.etag.removeprefix("w"))
