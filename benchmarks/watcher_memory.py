"""Memory that the server needs for a watcher.

A real server with SQLite on disk and watchers of one account, all of whom have had their snapshot and a bookmark: what
the server's resident memory grew by, divided by the watchers. Once with a connection for each watcher, as routers have
them, and once with all of them on one connection, which leaves what the watch itself takes. A server is new for each,
and has served a tenth as many before, so that what the first ones ever make it load is not counted.

Left out: what a large snapshot takes while it is on its way, and the events that are held for an account's watchers,
which are shared by all of them. `python -m benchmarks.watchers` is the process that watches.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from . import feeding
from .context import Context
from .figures import Figure
from .processes import rss_bytes, serving
from .watchers import watching

TITLE = "Memory per watcher"
_BEFORE_SHARE = 10
_SETTLE_S = 2.5


def run(context: Context) -> Sequence[Figure]:
    """Measure both."""
    watchers = context.scale.memory_watchers
    figures = []
    for name, connections in (("a connection each", watchers), ("one connection for all", 1)):
        with context.folder("watcher-memory") as folder:
            before, after = _measure(folder, watchers, connections)
        detail = f"{after / 2**20:.0f} MiB in all, {before / 2**20:.0f} before"
        figures.append(
            Figure(f"{watchers:,} watchers, {name}", (after - before) / watchers / 1_024, "KiB a watcher", None, detail)
        )
    return figures


def _measure(folder: Path, watchers: int, connections: int) -> tuple[int, int]:
    path = feeding.account_database(folder)
    room = ("--connection-calls", str(watchers + 10))
    with serving(folder, f"sqlite:{path}", *feeding.SERVER_OPTIONS, *room) as server:
        before_them = watchers // _BEFORE_SHARE
        with watching(server.port, before_them, connections=before_them):
            pass
        time.sleep(_SETTLE_S / 2)
        before = rss_bytes(server.pid)
        with watching(server.port, watchers, connections=connections):
            time.sleep(_SETTLE_S)
            return before, rss_bytes(server.pid)
