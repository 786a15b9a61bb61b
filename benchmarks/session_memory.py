"""Resident memory of a session, and of having none.

A real server that loaded users with a session each from its file, beside one that loaded as many without. Ids of users
and sessions have 36 characters.

For a user without a session the figure is derived, not measured: a record has one slot more than before there were
layers, which points to the one empty text that Python has. It is the size of an instance, less that of a class with the
same slots but that one. What is measured of such a user is beside in the memory per idle user.

Left out: engagements and ends of statuses, which are kept in the same text, and open connections.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from onduty_server.domain.record import UserRecord
from onduty_server.stores.resident.user import ResidentUser

from .context import Context
from .figures import Figure, at_most
from .processes import rss_bytes, serving

TITLE = "Memory of a session"
_SESSION_GOAL = 120
_NONE_GOAL = 8


def run(context: Context) -> Sequence[Figure]:
    """Load both and compare."""
    without = _loaded_bytes(context, sessions=False)
    having = _loaded_bytes(context, sessions=True)
    users = context.scale.users
    return [
        Figure(
            f"one session, {users:,} users",
            (having - without) / users,
            "B a user",
            at_most(_SESSION_GOAL),
            f"{having / 2**20:.0f} MiB in all, {without / 2**20:.0f} without sessions",
        ),
        Figure(
            "no session, by the slots of a record",
            _slot_bytes(),
            "B a user",
            at_most(_NONE_GOAL),
            f"of {ResidentUser.__basicsize__} B",
        ),
    ]


def _loaded_bytes(context: Context, *, sessions: bool) -> int:
    with context.folder("session-memory") as folder:
        path, _ = context.copy_of_population(folder, sessions=sessions)
        return _served_bytes(folder, path)


def _served_bytes(folder: Path, path: Path) -> int:
    with serving(folder, f"sqlite:{path}") as server:
        return rss_bytes(server.pid)


def _slot_bytes() -> int:
    slots = [name for name in (*UserRecord.__slots__, *ResidentUser.__slots__) if name != "layers"]
    before = type("Before", (), {"__slots__": slots})
    return ResidentUser.__basicsize__ - before.__basicsize__
