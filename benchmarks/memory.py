"""Resident memory per idle user.

Twice: of a real server that loaded the users from its file, beside the same server without users; and of a process in
which all of them were created by a first activity through `StatusService` over SQLite, before and after. The second
holds what creating leaves behind in Python's and C's allocators. What the parts of a loaded user take is measured in a
process that only loads them (`memory_parts`).

Ids have 36 characters. Left out: actors and reasons (nobody was set by hand), the index of the longest available, which
an account gets once somebody lists by it, and open connections.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from .context import Context
from .figures import Figure, at_most
from .processes import peak_rss_bytes, rss_bytes, run_child, serving

TITLE = "Memory per idle user"
_GOAL = 500


def run(context: Context) -> Sequence[Figure]:
    """Load and compare."""
    with context.folder("memory") as folder:
        with serving(folder, f"sqlite:{folder / 'empty.db'}") as server:
            without = rss_bytes(server.pid)
        path, population = context.copy_of_population(folder)
        parts = json.loads(run_child("benchmarks.memory_parts", ["--file", str(path)]))
        with serving(folder, f"sqlite:{path}") as server:
            loaded, peak = rss_bytes(server.pid), peak_rss_bytes(server.pid)
    users = f"{population.users:,} users"
    return [
        Figure(
            f"loaded, {users}",
            (loaded - without) / population.users,
            "B a user",
            at_most(_GOAL),
            f"{loaded / 2**20:.0f} MiB in all, {peak / 2**20:.0f} at the most, {without / 2**20:.0f} without users",
        ),
        *(Figure(f"loaded, of which: {part}", size, "B a user", None) for part, size in parts.items()),
        Figure(f"created, {users}", population.rss_bytes_per_user, "B a user", at_most(_GOAL)),
        Figure(
            "created per second", population.users / population.seconds, "users/s", None, "durably, 1,000 at a time"
        ),
    ]
