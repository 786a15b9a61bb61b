"""CPU of a change with none, one, a hundred and a thousand watchers of its account.

A real server with SQLite on disk, anew for each number of watchers, and users who are switched by the clock, one by one
at a steady rate. Each watcher has a connection of its own; one other process reads all of them. First the server idles
with its watchers, who are sent a bookmark a second; then the changes come, for as long. A change's cost is the CPU time
of all threads of the server during the second phase less that during the first. What a watcher adds to a change is its
cost less that with no watcher at all, divided by the watchers.

Events are held back for longer the more watchers there are, and sent together (0.2 ms a watcher, 250 ms at the most),
so the cost of a watcher falls with the rate of changes; the messages that each watcher was sent are shown. Left out:
snapshots, filters, TLS, and watchers that are slow.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from . import feeding
from .context import Context
from .figures import Figure
from .population import user_id
from .processes import cpu_ns, serving
from .watchers import Seen, Watchers, watching

TITLE = "CPU of a change and its watchers"
_LEAD_S = 2.5
_SETTLE_S = 0.5
_MANY = 10
"""For fewer, what each adds is lost in what the changes cost anyway."""


class _Cost(NamedTuple):
    change_us: float
    idle_share: float
    """Of a core."""
    messages: float
    """That each watcher was sent during the changes."""


def run(context: Context) -> Sequence[Figure]:
    """Measure every number of watchers."""
    scale = context.scale
    figures = []
    alone_us = 0.0
    for watchers in scale.fan_out_watchers:
        with context.folder("fan-out") as folder:
            cost = _measure(folder, watchers, scale.fan_out_per_s, scale.fan_out_s)
        name = f"{watchers:,} watcher{'' if watchers == 1 else 's'}"
        idle = f"idle: {cost.idle_share:.1%} of a core"
        if not watchers:
            alone_us = cost.change_us
            figures.append(Figure(f"{name}, {scale.fan_out_per_s} changes/s", alone_us, "us a change", None, idle))
            continue
        changes = round(scale.fan_out_per_s * scale.fan_out_s)
        added_us = (cost.change_us - alone_us) / watchers
        detail = f"{changes:,} changes in {cost.messages:,.0f} messages to each; {idle}"
        figures.append(Figure(f"{name}, {scale.fan_out_per_s} changes/s", cost.change_us, "us a change", None, detail))
        if watchers >= _MANY:
            figures.append(Figure(f"{name}, added by each", added_us, "us a change and watcher"))
    return figures


def _measure(folder: Path, watchers: int, per_s: int, seconds: float) -> _Cost:
    path = feeding.account_database(folder)
    count = round(per_s * seconds)
    with serving(folder, f"sqlite:{path}", *feeding.SERVER_OPTIONS) as server, ExitStack() as stack:
        watched: Watchers | None = None
        if watchers:
            watched = stack.enter_context(watching(server.port, watchers, connections=watchers))
        time.sleep(_SETTLE_S)
        before_ns = cpu_ns(server.pid)
        time.sleep(seconds)
        idle_ns = cpu_ns(server.pid) - before_ns

        first_due_s = time.time() + _LEAD_S
        feeding.schedule_switches(server.port, [user_id(index) for index in range(count)], first_due_s * 1_000, per_s)
        time.sleep(max(0.0, first_due_s - time.time()))
        begun = watched.seen() if watched else Seen(0, 0)
        before_ns, started = cpu_ns(server.pid), time.perf_counter()
        time.sleep(seconds)
        # Within the settling time the last ones are delivered; what idles meanwhile is taken off as well.
        time.sleep(_SETTLE_S)
        took_s, used_ns = time.perf_counter() - started, cpu_ns(server.pid) - before_ns
        ended = watched.seen() if watched else Seen(count, 0)
    if watched:
        assert ended.switches == count, f"of {count} switches, {ended.switches} were delivered in time"
    idle_share = idle_ns / 1e9 / seconds
    messages = (ended.messages - begun.messages) / max(watchers, 1)
    return _Cost((used_ns / 1e9 - idle_share * took_s) * 1e6 / count, idle_share, messages)
