"""CPU of a server whose watchers watch accounts in which nothing happens.

A real server with SQLite on disk, anew for each figure. Each watcher has a connection of its own, and nothing happens
but that it is sent its bookmarks: all threads of the server are counted, from a while after the last one has its
snapshot. By gRPC: all in one account, ten to an account, and an account each; with a bookmark a second, which is what
a watcher gets that asks for nothing else, and with one in five seconds. By the HTTP door, in Connect's binary form: all
in one account. Beside them an empty server on the same grpcio and loop, which sends a message to all at once that was
encoded before the first: the least that a bookmark a second could cost by gRPC.

Left out: the readers' cost, snapshots, TLS, filters, and accounts in which something happens (`fan-out`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

from .context import Context
from .figures import Figure, at_most
from .http_watchers import over_http
from .processes import child, cpu_ns, serving
from .scale import Scale
from .watchers import Watchers, watching

TITLE = "CPU of idle watchers"
_ROOM = ("--streams-per-caller", "20000", "--streams-max", "40000")
_OF_ACCOUNT = 10
_GOAL_SHARE = 10.0
"""Of a core, in percent, for 5,000 watchers."""


class _Case(NamedTuple):
    name: str
    accounts: int
    within_s: float
    goal: bool


def run(context: Context) -> Sequence[Figure]:
    """Measure each kind of watcher."""
    scale = context.scale
    watchers, within_s = scale.idle_watchers, scale.idle_within_s
    cases = (
        _Case("one account", 1, 1.0, goal=False),
        _Case(f"{_OF_ACCOUNT} to an account", max(watchers // _OF_ACCOUNT, 1), 1.0, goal=False),
        _Case("an account each", watchers, 1.0, goal=False),
        _Case(f"one account, a bookmark in {within_s:g} s", 1, within_s, goal=True),
        _Case(f"an account each, a bookmark in {within_s:g} s", watchers, within_s, goal=True),
    )
    figures = [_floor(scale)]
    for case in cases:

        def by_grpc(port: int, case: _Case = case) -> AbstractContextManager[Watchers]:
            return watching(
                port, watchers, connections=watchers, accounts=case.accounts, bookmark_within_s=case.within_s
            )

        with (
            context.folder("idle-watchers") as folder,
            serving(folder, f"sqlite:{folder / 'onduty.db'}", *_ROOM) as server,
        ):
            figures.append(_measure(f"gRPC, {case.name}", server.pid, scale, by_grpc, server.port, case.goal))
    with (
        context.folder("idle-watchers") as folder,
        serving(folder, f"sqlite:{folder / 'onduty.db'}", *_ROOM, "--http-listen", "127.0.0.1:0") as server,
    ):
        assert server.http_port is not None

        def by_http(port: int) -> AbstractContextManager[Callable[[], int]]:
            return over_http(port, "application/connect+proto", watchers)

        figures.append(_measure("HTTP, one account", server.pid, scale, by_http, server.http_port, True))
    return figures


def _floor(scale: Scale) -> Figure:
    with child("benchmarks.watch_floor") as server:
        port = int(server.line())

        def by_grpc(port: int) -> AbstractContextManager[Watchers]:
            return watching(port, scale.idle_watchers, connections=scale.idle_watchers)

        return _measure("an empty gRPC server", server.pid, scale, by_grpc, port, False)


def _measure(
    name: str,
    pid: int,
    scale: Scale,
    watch: Callable[[int], AbstractContextManager[Watchers | Callable[[], int]]],
    port: int,
    goal: bool,
) -> Figure:
    with watch(port) as watched:

        def messages() -> int:
            return watched.seen().messages if isinstance(watched, Watchers) else watched()

        time.sleep(scale.idle_settle_s)
        before, used_ns, began = messages(), cpu_ns(pid), time.perf_counter()
        time.sleep(scale.idle_s)
        used_ns, took_s, came = cpu_ns(pid) - used_ns, time.perf_counter() - began, messages() - before
    share = used_ns / 1e7 / took_s
    detail = f"{came / took_s:,.0f} messages/s, {used_ns / 1e3 / max(came, 1):.1f} us each"
    return Figure(
        f"{scale.idle_watchers:,} watchers, {name}",
        share,
        "% of a core",
        at_most(_GOAL_SHARE) if goal else None,
        detail,
    )
