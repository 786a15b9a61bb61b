"""People in teams, each team with a workflow of its own, beside as many people under one workflow.

For each of both, one process makes a SQLite file and another loads it, without a server between. Everybody becomes
ONLINE; with teams, everybody is moved into one, a thousand in each, and each team gets a workflow of its own. Then the
file is loaded (restart, and the memory that people take), every workflow is switched off and on with a period of a
second (storm: until all switches are durable), and people are erased, a thousand at a time.

Figures are ratios of CPU of all threads, which says more than the clock on a machine that does other things. Left out:
calls by gRPC, watchers, and erasures one after the other, each of which waits for the disk by itself.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from .context import Context
from .figures import Figure, at_least, at_most
from .processes import run_child
from .teams_process import Measured

TITLE = "People in teams with workflows of their own"
_RATIO_GOAL = 1.1
_MOVES_GOAL = 20_000
_ERASURES_GOAL = 2_000
_IN_A_TEAM = 1_000
_ERASED_PART = 50


def run(context: Context) -> Sequence[Figure]:
    """Measure without teams and with them, and compare."""
    users = context.scale.users
    teams = max(users // _IN_A_TEAM, 2)
    (one, _), (many, erased) = _measured(context, users, 0), _measured(context, users, teams)
    of = f"{users:,} people in {teams:,} teams"
    return [
        Figure("storm, CPU as a multiple", many.storm_cpu_s / one.storm_cpu_s, "x", at_most(_RATIO_GOAL), of),
        Figure("storm, switches committed", users / many.storm_s, "/s", None, f"{users / one.storm_s:,.0f} without"),
        Figure("restart, CPU as a multiple", many.restart_cpu_s / one.restart_cpu_s, "x", at_most(_RATIO_GOAL)),
        Figure("restart", many.restart_s, "s", None, f"{one.restart_s:.2f} s without teams"),
        Figure("memory as a multiple", many.rss_bytes / one.rss_bytes, "x", at_most(_RATIO_GOAL)),
        Figure("memory", many.rss_bytes / users, "B a user", None, f"{one.rss_bytes / users:.0f} without teams"),
        Figure("moved", users / many.move_s, "/s", at_least(_MOVES_GOAL), f"{many.move_cpu_s:.1f} s of CPU"),
        Figure(
            "erased",
            erased / many.erase_s,
            "/s",
            at_least(_ERASURES_GOAL),
            f"{erased:,} people; {many.erase_cpu_s:.1f} s of CPU",
        ),
    ]


def _measured(context: Context, users: int, teams: int) -> tuple[Measured, int]:
    with context.folder("teams") as folder:
        path, erased = folder / "teams.db", max(users // _ERASED_PART, 1)
        arguments = ["--file", str(path), "--users", str(users), "--teams", str(teams)]
        made = json.loads(run_child("benchmarks.teams_process", arguments))
        used = json.loads(run_child("benchmarks.teams_process", [*arguments, "--erased", str(erased)]))
        moves = {"move_s": made["move_s"], "move_cpu_s": made["move_cpu_s"]}
        return Measured(**{**used, **moves}), erased
