"""Restart of a server with many users: from the start of its process to the first answer.

`onduty serve` on a database of that many users, from exec to an answered `GetStatus`. Once after a stop in order and
once after the server was killed, both without sessions and with one of every user. The first start comes so long after
the stop that it also recovers from an outage.

Left out: a cold disk. The file has just been written and is in the page cache.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import grpc

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc

from .context import Context
from .figures import Figure, at_most
from .population import ACCOUNT, user_id
from .processes import Server, cpu_ns

TITLE = "Restart to the first answer"
_GOAL_S = 15


def run(context: Context) -> Sequence[Figure]:
    """Start, kill, start again."""
    return [*_starts(context, sessions=False), *_starts(context, sessions=True)]


def _starts(context: Context, *, sessions: bool) -> Sequence[Figure]:
    figures = []
    with context.folder("restart") as folder:
        path, population = context.copy_of_population(folder, sessions=sessions)
        of = f"{population.users:,} users with a session each" if sessions else f"{population.users:,} users"
        size = f"{path.stat().st_size / 2**20:.0f} MiB"
        for name in ("after a stop", "after kill -9"):
            server = Server(folder, f"sqlite:{path}")
            try:
                with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
                    request = pb.GetStatusRequest(account_id=ACCOUNT, user_id=user_id(population.users - 1))
                    pb_grpc.StatusServiceStub(channel).GetStatus(request, wait_for_ready=True)
                    seconds = time.perf_counter() - server.process.started
                    cpu_s = cpu_ns(server.pid) / 1e9
            finally:
                server.process.kill()
            detail = f"a file of {size}; {cpu_s:.2f} s of CPU"
            figures.append(Figure(f"{name}, {of}", seconds, "s", at_most(_GOAL_S), detail))
    return figures
