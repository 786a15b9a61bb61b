"""Looks into a server's database file from outside: what it shows has been made durable.

In WAL mode with `synchronous=FULL`, SQLite shows a commit to other connections only after it has synced it.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import apsw


class Change(NamedTuple):
    """A status change in the file; times are ms UTC."""

    revision: int
    effective_time: int
    commit_time: int


class DurableChanges:
    """The changes of the only account in a file."""

    def __init__(self, path: Path) -> None:
        self._connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        self._connection.set_busy_timeout(10_000)

    def __enter__(self) -> DurableChanges:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._connection.close()

    def last_revision(self) -> int:
        """Up to which revision everything is durable; 0 before the first change."""
        newest = "SELECT revision FROM status_change WHERE account_number = 0 ORDER BY revision DESC LIMIT 1"
        return int(self._connection.execute(newest).get or 0)

    def changes(self, after_revision: int) -> list[Change]:
        """All timed switches (to the state AWAY by inactivity) of a later revision."""
        sql = (
            "SELECT revision, effective_time, commit_time FROM status_change "
            "WHERE account_number = 0 AND revision > ? AND state = 4 ORDER BY revision"
        )
        return [Change(*map(int, row)) for row in self._connection.execute(sql, (after_revision,))]
