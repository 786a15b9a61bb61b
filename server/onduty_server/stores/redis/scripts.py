"""The Lua scripts: read from their files once, put together with what they use, and known by their hash.

A script says in its first line what of `lua/lib` it uses; that is put before it, in that order. The hash covers
all of it, so processes of two versions of onduty can share a server: each runs its own scripts.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib import resources

_USES = "--! uses: "


@dataclass(frozen=True, slots=True)
class Script:
    """A script's text, and the hash by which a server that has seen it knows it."""

    name: str
    text: bytes
    sha: bytes


def _load(name: str) -> Script:
    place = resources.files(__package__) / "lua"
    text = (place / f"{name}.lua").read_text("utf-8")
    first, _, rest = text.partition("\n")
    if first.startswith(_USES):
        parts = [(place / "lib" / f"{part.strip()}.lua").read_text("utf-8") for part in first[len(_USES) :].split(",")]
        text = "\n".join([*parts, rest])
    encoded = text.encode()
    return Script(name, encoded, hashlib.sha1(encoded, usedforsecurity=False).hexdigest().encode())


AVAILABLE = _load("available")
BEAT = _load("beat")
CANDIDATES = _load("candidates")
CHANGES = _load("changes")
CLEAR = _load("clear")
COMMIT = _load("commit")
CONFIGURE = _load("configure")
FINISH = _load("finish")
LOAD = _load("load")
MEET = _load("meet")
PRUNE = _load("prune")
READ = _load("read")
RELEASE = _load("release")
RESTING = _load("resting")
RESTORE_ACCOUNT = _load("restore_account")
RESTORE_EVENTS = _load("restore_events")
RESTORE_USERS = _load("restore_users")
SCAN = _load("scan")
SETTLE = _load("settle")
SETTLED = _load("settled")
SWEEP = _load("sweep")
TALLY = _load("tally")
TOUCH = _load("touch")
