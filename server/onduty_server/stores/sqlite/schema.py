"""The schema of the database, its versions, and the marks of a file of onduty."""

from __future__ import annotations

from typing import Final

import apsw

from .file_header import APPLICATION_ID
from .statements import statement

SCHEMA_VERSION: Final = 5
_MIGRATIONS: Final = ("schema", "migrate_2", "migrate_3", "migrate_4", "migrate_5")
"""The scripts that lead from each version to the next."""
UNFINISHED: Final = 0x7FFFFFFF
"""The version of a file with an unfinished copy."""


def migrate(connection: apsw.Connection, from_version: int, *, mark_as: int = SCHEMA_VERSION) -> None:
    """Bring the schema up to date in one transaction, and mark the file as onduty's with its version."""
    with connection:
        for script in _MIGRATIONS[from_version:]:
            connection.execute(statement(script))
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {mark_as}")


def pragma(connection: apsw.Connection, name: str) -> int:
    """Return the value of a pragma that is a number."""
    return int(connection.execute(f"PRAGMA {name}").get)
