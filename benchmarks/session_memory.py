"""Resident memory of a session, and of having none.

A real server that loaded users with a session each from its file, beside one that loaded as many without. Ids of users
and sessions have 36 characters.

For a user without a session the figure is derived, not measured: a record has one slot more than before there were
layers, of 8 bytes, which points to the one empty text that Python has. What is compared are the blocks that hold an
instance and one of a class without that slot: CPython puts 16 bytes for its garbage collector before each, and hands
out memory in steps of 16. `python -m benchmarks.beside` measures it beside an earlier checkout.

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
_COLLECTOR_BYTES = _STEP_BYTES = 16
_SLOTS = (*UserRecord.__slots__, *ResidentUser.__slots__)
_SLOTS_BEFORE = tuple(name for name in _SLOTS if name != "layers")


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
            "no session, by the block of a record",
            _block_bytes(_SLOTS) - _block_bytes(_SLOTS_BEFORE),
            "B a user",
            at_most(_NONE_GOAL),
            f"of {_block_bytes(_SLOTS)} B",
        ),
    ]


def _loaded_bytes(context: Context, *, sessions: bool) -> int:
    with context.folder("session-memory") as folder:
        path, _ = context.copy_of_population(folder, sessions=sessions)
        return _served_bytes(folder, path)


def _served_bytes(folder: Path, path: Path) -> int:
    with serving(folder, f"sqlite:{path}") as server:
        return rss_bytes(server.pid)


def _block_bytes(slots: Sequence[str]) -> int:
    """The memory of an instance with these slots, without what they point to."""
    size = type("Record", (), {"__slots__": slots}).__basicsize__ + _COLLECTOR_BYTES
    return -(-size // _STEP_BYTES) * _STEP_BYTES
