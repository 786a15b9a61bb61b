"""The schema of the database, its versions, and the marks of a file of onduty."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

import apsw

from ...domain.layers import unpack
from ...domain.status import STATES, shown_state
from ...domain.tallies import CONNECTED
from .file_header import APPLICATION_ID
from .owner_mark import NOBODY, OwnerMark
from .statements import statement

SCHEMA_VERSION: Final = 7
_MIGRATIONS: Final = ("schema", "migrate_2", "migrate_3", "migrate_4", "migrate_5", "migrate_6", "migrate_7")
"""The scripts that lead from each version to the next."""
UNFINISHED: Final = 0x7FFFFFFF
"""The version of a file with an unfinished copy."""


def migrate(
    connection: apsw.Connection, from_version: int, *, base_owner: str = NOBODY, mark_as: int = SCHEMA_VERSION
) -> None:
    """Bring the schema up to date in one transaction, and mark the file as onduty's with its version.

    If the file itself, without its log, has an owner, it gets another one that owns nothing else: should this process
    end before it has taken the file over, the log belongs to the file all the same (log_check.py).
    """
    for name, function in _FUNCTIONS.items():
        connection.create_scalar_function(name, function, 2, deterministic=True)
    with connection:
        for script in _MIGRATIONS[from_version:]:
            connection.execute(statement(script))
        if base_owner != NOBODY:
            connection.execute(statement("write_owner_mark"), (OwnerMark(secrets.token_hex(8), base_owner).text(),))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {mark_as}")


def _shown_state(state: int, layers: str) -> int:
    return shown_state(STATES[state], unpack(layers).connection)


def _lease_end(layers: str, kind: int) -> int:
    """Return when the last session, or engagement, ended or will; 0 if there is none."""
    unpacked = unpack(layers)
    return unpacked.session_end if kind == CONNECTED else unpacked.engaged_until


_FUNCTIONS: Final[dict[str, Callable[..., int]]] = {"shown_state": _shown_state, "lease_end": _lease_end}
"""Functions for scripts, which need the domain to unpack layers."""


def pragma(connection: apsw.Connection, name: str) -> int:
    """Return the value of a pragma that is a number."""
    return int(connection.execute(f"PRAGMA {name}").get)
