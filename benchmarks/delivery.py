"""From the commit of a change until a mirror in another process shows it.

A real server with SQLite on disk, an account of many users, of whom a steady number are switched each second by the
clock, and a process with a mirror of all of them, which notes when each change comes out of `changes()`: by then the
mirror shows it. The latency is that moment less the change's commit time; so it has in it the write to the disk, which
the server waits for before it tells anybody, and the batching. A commit time is in whole milliseconds, rounded down,
and the figures err on the high side by up to one. Both times are of one machine's clock; a run in which that clock was
stepped is refused.

Also shown: from the moment at which the switch became true, which is what a router waits for; and the mirror's CPU.
Left out: the network, and other calls to the server meanwhile. `python -m benchmarks.delivery` is the process with the
mirror.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import uvloop

from onduty_client import AsyncAvailabilityMirror, Cause, StatusChange

from . import feeding
from .caller import percentile
from .context import Context
from .figures import Figure
from .population import ACCOUNT, user_id
from .processes import child, cpu_ns, serving

TITLE = "From commit to mirror"
_LEAD_S = 3.0
"""From scheduling until the first switch is due: what scheduling itself changes has been delivered by then."""
_PATIENCE_S = 120.0
_STEP_MAX_MS = 1.0


class _Delivered(NamedTuple):
    effective_ms: float
    commit_ms: float
    shown_ms: float


def run(context: Context) -> Sequence[Figure]:
    """Schedule, mirror and compare."""
    scale = context.scale
    users = scale.mirror_users
    count = round(scale.delivery_per_s * scale.delivery_s)
    switched = [user_id(users + index) for index in range(count)]
    with context.folder("delivery") as folder:
        path = feeding.account_database(folder)
        with serving(folder, f"sqlite:{path}", *feeding.SERVER_OPTIONS) as server:
            feeding.record_now(server.port, [user_id(index) for index in range(users)])
            arguments = ["--port", str(server.port), "--switches", str(count)]
            with child("benchmarks.delivery", *arguments) as mirror:
                mirror.line()
                offset_ms = _clock_offset_ms()
                first_due_s = time.time() + _LEAD_S
                feeding.schedule_switches(server.port, switched, first_due_s * 1_000, scale.delivery_per_s)
                time.sleep(max(0.0, first_due_s - time.time()))
                server_ns, mirror_ns = cpu_ns(server.pid), cpu_ns(mirror.pid)
                delivered = [_Delivered(*each) for each in json.loads(mirror.line())]
                server_us, mirror_us = (
                    (cpu_ns(pid) - before_ns) / 1_000 / count
                    for pid, before_ns in ((server.pid, server_ns), (mirror.pid, mirror_ns))
                )
                if abs(_clock_offset_ms() - offset_ms) > _STEP_MAX_MS:
                    raise RuntimeError("the machine's clock was stepped meanwhile; run again")
    from_commit = [it.shown_ms - it.commit_ms for it in delivered]
    from_truth = [it.shown_ms - it.effective_ms for it in delivered]
    seconds = (delivered[-1].effective_ms - delivered[0].effective_ms) / 1_000
    detail = f"{count:,} switches, {(count - 1) / seconds:.0f} a second; slowest {max(from_commit):.1f} ms"
    return [
        Figure("commit to mirror, p99", percentile(from_commit, 0.99), "ms", None, detail),
        Figure("commit to mirror, p50", percentile(from_commit, 0.5), "ms"),
        Figure("due to mirror, p99", percentile(from_truth, 0.99), "ms"),
        Figure("due to mirror, p50", percentile(from_truth, 0.5), "ms"),
        Figure("CPU of the server, switching and telling", server_us, "us a change"),
        Figure("CPU of the mirror", mirror_us, "us a change"),
    ]


def _clock_offset_ms() -> float:
    return (time.time_ns() - time.clock_gettime_ns(time.CLOCK_BOOTTIME)) / 1e6


async def _follow(port: int, switches: int) -> Sequence[_Delivered]:
    delivered: list[_Delivered] = []
    async with AsyncAvailabilityMirror(f"127.0.0.1:{port}", ACCOUNT) as mirror:
        await mirror.wait_ready(60.0)
        print("mirrored", flush=True)
        async with asyncio.timeout(_PATIENCE_S):
            async for event in mirror.changes(max_waiting=2 * switches + 1):
                now_ms = time.time() * 1_000
                assert isinstance(event, StatusChange), event
                if event.cause is Cause.INACTIVITY:
                    delivered.append(_Delivered(_ms(event.effective_time), _ms(event.commit_time), now_ms))
                    if len(delivered) == switches:
                        break
        stats = mirror.stats
    assert (stats.snapshots, stats.gaps, stats.ignored, stats.failures) == (1, 0, 0, 0), stats
    return delivered


def _ms(when: datetime) -> float:
    return when.timestamp() * 1_000


def main() -> None:
    """Say so when everybody is mirrored; print when the switches were shown."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--switches", type=int, required=True)
    arguments = parser.parse_args()
    json.dump(uvloop.run(_follow(arguments.port, arguments.switches)), sys.stdout)
    print(flush=True)


if __name__ == "__main__":
    main()
