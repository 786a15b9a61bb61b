"""Measures which costs grow with users, accounts and watchers, and which do not.

Users and accounts: the engine in a process of its own, in virtual time, with more and more of them; what should not
depend on their number (CPU of an activity and of a switch, memory a user) is shown to be flat, or not. A sweep is
timed in its chunks, between which requests get their turn. Watchers: a real server with SQLite, each watcher with a
connection of its own, first idle (a bookmark a second), then with two switches a second. The storm: a real server with
SQLite whose users all fall due in the same instant, while another process calls `GetStatus` 200 times a second; a
call's latency counts from when it was to be made. The last of them is also started anew, after a stop and after a kill.

Left out: the disk in the first two; snapshots and slow watchers; activities during the storm.
"""

from __future__ import annotations

import inspect
import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TypeVar

from .. import feeding, restart, storm
from ..context import Context
from ..figures import Figure, at_least, at_most
from ..population import user_id
from ..processes import cpu_ns, rss_bytes, serving
from ..scale import QUICK
from ..watchers import watching
from . import plot
from .environments import Missing, run
from .page import Section, Table, number, times
from .sizes import Sizes

TITLE = "Growth"
_CHANGES_PER_S = 2
_LEAD_S = 2.5
_ROOM = ("--streams-per-caller", "10000", "--streams-max", "20000")
"""Thousands of one caller who come at once would be told to come back, and these watchers do not."""
_SETTLE_S = 1.0
_BYTES_A_USER_GOAL = 250
_SWITCHES_GOAL_PER_S = 60_000
_LATENCY_GOAL_MS = 8
_RESTART_GOAL_S = 3
_IDLE_WATCHERS_GOAL_PERCENT = 10
"""Of a core, that the most watchers take while nothing changes."""
_ACCOUNTS_GOAL = 1.3
"""The most that anything may cost in accounts of one user each, as a multiple of its cost in one account."""
_ENOUGH_BYTES_A_USER = 800
"""That a run with so many users may need, ids included; with less memory free it is left out."""

_Costs = dict[str, float]
_Found = TypeVar("_Found")


class _Watched(NamedTuple):
    """The cost of watchers: the memory of each, the share of a core while idle, and the CPU time of a change."""

    watchers: int
    bytes_each: float
    idle_share: float
    change_us: float


def compare(sizes: Sizes, *, install: bool = True) -> Section:
    """Measure every size. Nothing is installed."""
    section = Section("growth", TITLE, inspect.cleandoc(__doc__ or ""))
    users = _engine(section, [(users, 1) for users in sizes.grown_users])
    accounts = _engine(section, [(max(sizes.account_users, many), many) for many in sizes.grown_accounts])
    watched = _each(section, "watchers", sizes.grown_watchers, lambda many: _watch(many, sizes.watch_s))
    storms = _each(section, "storm", sizes.storm_users, lambda users: _storm(users, restarts=max(sizes.storm_users)))
    _tell_engine(section, users, accounts)
    if watched:
        _tell_watchers(section, list(watched.values()))
    if storms:
        _tell_storms(section, storms)
    return section


def _each(section: Section, what: str, sizes: Sequence[int], measure: Callable[[int], _Found]) -> dict[int, _Found]:
    found: dict[int, _Found] = {}
    for size in sizes:
        print(f"growth: {what} {size:,}", file=sys.stderr, flush=True)
        try:
            found[size] = measure(size)
        except Exception as error:  # noqa: BLE001 (what the other sizes show is not lost with it)
            traceback.print_exc()
            section.missing[f"{what}, {size:,}"] = f"it failed: {type(error).__name__}"
    return found


def _engine(section: Section, sizes: Sequence[tuple[int, int]]) -> dict[tuple[int, int], _Costs]:
    found: dict[tuple[int, int], _Costs] = {}
    for users, accounts in sizes:
        print(f"growth: {users:,} users in {accounts:,} accounts", file=sys.stderr, flush=True)
        name = f"{users:,} users in {accounts:,} accounts"
        if users * _ENOUGH_BYTES_A_USER > _free_bytes():
            section.missing[name] = "not enough memory is free"
            continue
        try:
            found[users, accounts] = json.loads(run("growth_engine", ["--users", users, "--accounts", accounts]))
        except Missing as reason:
            section.missing[name] = str(reason)
    return found


def _free_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="onduty-peers-") as directory:
        yield Path(directory)


def _watch(watchers: int, seconds: float) -> _Watched:
    count = max(round(_CHANGES_PER_S * seconds), 1)
    with _folder() as folder:
        path = feeding.account_database(folder)
        with serving(folder, f"sqlite:{path}", *feeding.SERVER_OPTIONS, *_ROOM) as server:
            if not watchers:
                return _Watched(0, 0, *_change(server.pid, server.port, count, seconds))
            before = rss_bytes(server.pid)
            with watching(server.port, watchers, connections=watchers):
                time.sleep(_SETTLE_S)
                grown = rss_bytes(server.pid) - before
                return _Watched(watchers, grown / watchers, *_change(server.pid, server.port, count, seconds))


def _change(pid: int, port: int, count: int, seconds: float) -> tuple[float, float]:
    """The share of a core that the server takes idle, and the CPU time of a change in microseconds."""
    time.sleep(_SETTLE_S)
    began_ns = cpu_ns(pid)
    time.sleep(seconds)
    idle_share = (cpu_ns(pid) - began_ns) / 1e9 / seconds
    due_s = time.time() + _LEAD_S
    feeding.schedule_switches(port, [user_id(index) for index in range(count)], due_s * 1_000, _CHANGES_PER_S)
    time.sleep(max(0.0, due_s - 0.2 - time.time()))
    began_ns, began = cpu_ns(pid), time.perf_counter()
    time.sleep(seconds + _SETTLE_S)
    used_s, took_s = (cpu_ns(pid) - began_ns) / 1e9, time.perf_counter() - began
    return idle_share, max(used_s - idle_share * took_s, 0) * 1e6 / count


def _storm(users: int, *, restarts: int) -> dict[str, Figure]:
    """The storm's figures by name; those of a restart too with as many users as `restarts`."""
    with _folder() as folder:
        scale = replace(QUICK, users=users, switches_per_s=max(users // 2_000, 1), storm_quiet_s=3)
        context = Context(scale, folder)
        figures = [*storm.run(context), *(restart.run(context) if users == restarts else ())]
        return {figure.name: figure for figure in figures}


def _spread(values: Sequence[float]) -> str:
    return times(max(values), min(values))


def _tell_engine(
    section: Section, users: dict[tuple[int, int], _Costs], accounts: dict[tuple[int, int], _Costs]
) -> None:
    flat = [
        ("memory a user", "idle_bytes_per_user"),
        ("CPU of an activity", "activity_us"),
        ("CPU of a switch", "switch_us"),
        ("CPU of a first activity", "create_us"),
    ]
    rows = []
    for label, found in (("users", users), ("accounts", accounts)):
        if len(found) < 2:
            continue
        sizes = [size[label == "accounts"] for size in found]
        for name, key in flat:
            values = [costs[key] for costs in found.values()]
            rows.append([f"{name}, by {label}", f"{sizes[0]:,} to {sizes[-1]:,}", _spread(values)])
    section.ratios.append(
        Table(
            "What should be flat: the largest figure of all sizes, of the smallest.", ["cost", "sizes", "spread"], rows
        )
    )
    head = ["users", "accounts", "B a user", "us a first activity", "us an activity", "us a switch"]
    head += ["sweep's chunk p99, ms", "slowest", "B an account", "us a workflow"]
    section.figures.append(
        Table(
            "The engine. Memory is that of idle users; an account's is that of one without users.",
            head,
            [
                [
                    f"{size[0]:,}",
                    f"{size[1]:,}",
                    *(number(costs[key]) for key in ("idle_bytes_per_user", "create_us", "activity_us", "switch_us")),
                    *(
                        number(costs[key])
                        for key in ("chunk_p99_ms", "chunk_max_ms", "bytes_per_account", "configure_us")
                    ),
                ]
                for size, costs in {**users, **accounts}.items()
            ],
        )
    )
    if users:
        most = max(users)
        section.goals.append(
            Figure(
                f"memory of an idle user, of {most[0]:,}",
                users[most]["idle_bytes_per_user"],
                "B",
                at_most(_BYTES_A_USER_GOAL),
                "in process, with the index by last activity",
            )
        )
    if len(accounts) > 1:
        one, many = min(accounts, key=lambda size: size[1]), max(accounts, key=lambda size: size[1])
        for name, key in flat:
            if not accounts[one][key]:  # memory grows by pages, and a few users may need none
                continue
            section.goals.append(
                Figure(
                    f"{name} in accounts of {many[0] // many[1]:,} each",
                    accounts[many][key] / accounts[one][key],
                    "x",
                    at_most(_ACCOUNTS_GOAL),
                    f"of the same {many[0]:,} users in one account" if one[0] == many[0] else f"of {one[0]:,} in one",
                )
            )
    section.plots["growth-users.svg"] = plot.curves(
        "The engine by its number of users",
        "users",
        "us, or bytes",
        _lines(
            users,
            0,
            [("us an activity", "activity_us"), ("us a switch", "switch_us"), ("B a user", "idle_bytes_per_user")],
        ),
    )
    section.plots["growth-accounts.svg"] = plot.curves(
        "The engine by its number of accounts",
        "accounts",
        "us",
        _lines(accounts, 1, [("us an activity", "activity_us"), ("us a switch", "switch_us")]),
    )


def _lines(
    found: dict[tuple[int, int], _Costs], place: int, keys: Sequence[tuple[str, str]]
) -> dict[str, list[tuple[float, float]]]:
    return {name: [(size[place], costs[key]) for size, costs in found.items()] for name, key in keys}


def _tell_watchers(section: Section, found: Sequence[_Watched]) -> None:
    alone = next((it.change_us for it in found if not it.watchers), 0.0)
    section.figures.append(
        Table(
            f"Watchers, {_CHANGES_PER_S} changes a second.",
            ["watchers", "B each", "idle, of a core", "CPU us a change", "us a change and watcher"],
            [
                [
                    f"{it.watchers:,}",
                    number(it.bytes_each) if it.watchers else "-",
                    f"{it.idle_share:.1%}",
                    number(it.change_us),
                    number(max(it.change_us - alone, 0) / it.watchers) if it.watchers >= 10 else "-",
                ]
                for it in found
            ],
        )
    )
    most = max(found)
    section.goals.append(
        Figure(
            f"{most.watchers:,} idle watchers, of a core",
            most.idle_share * 100,
            "%",
            at_most(_IDLE_WATCHERS_GOAL_PERCENT),
        )
    )
    section.plots["growth-watchers.svg"] = plot.curves(
        "The server by its number of watchers",
        "watchers",
        "us a change; percent of a core idle",
        {
            "CPU us a change": [(it.watchers, it.change_us) for it in found],
            "idle, % of a core": [(it.watchers, 100 * it.idle_share) for it in found],
        },
    )


def _tell_storms(section: Section, found: dict[int, dict[str, Figure]]) -> None:
    names = ["switches committed", "GetStatus p50 before", "GetStatus p99 before"]
    names += ["GetStatus p50 meanwhile", "GetStatus p99 meanwhile", "GetStatus slowest meanwhile"]
    section.figures.append(
        Table(
            "Everybody due at once: durable switches a second, and the latency of `GetStatus` in ms.",
            ["users", "switches/s", "p50 before", "p99 before", "p50 meanwhile", "p99 meanwhile", "slowest"],
            [[f"{users:,}", *(number(figures[name].value) for name in names)] for users, figures in found.items()],
        )
    )
    most = max(found)
    for name, goal in (
        ("switches committed", at_least(_SWITCHES_GOAL_PER_S)),
        ("GetStatus p99 meanwhile", at_most(_LATENCY_GOAL_MS)),
    ):
        section.goals.append(replace(found[most][name], name=f"storm of {most:,} users: {name}", goal=goal))
    for name, figure in found[most].items():
        if name.startswith("after "):
            section.goals.append(replace(figure, name=f"restart {name}", goal=at_most(_RESTART_GOAL_S)))
    section.plots["growth-storm.svg"] = plot.curves(
        "Everybody due at once",
        "users",
        "ms; switches/s",
        {
            "switches/s": [(users, figures["switches committed"].value) for users, figures in found.items()],
            "GetStatus p99, ms": [
                (users, figures["GetStatus p99 meanwhile"].value) for users, figures in found.items()
            ],
        },
    )
