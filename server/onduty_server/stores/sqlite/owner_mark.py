"""The mark of the owner in a database: text that can be found even if SQLite cannot read the table."""

from __future__ import annotations

import re
from typing import NamedTuple

import apsw

from .statements import statement

_TEXT = re.compile(rb"onduty-writer ([0-9a-f]{16}) ([0-9a-f]{16}) (\d{10}) (\d{10}) ([01]) (\d{10})")
PREFIX = b"onduty-writer "
NOBODY = "0" * 16


class OwnerMark(NamedTuple):
    """The process that owns the file, and the checkpoints that it has made.

    The defaults mean that no process owns it.
    """

    owner: str = NOBODY
    """A random name that each process draws when it opens the file to write; a process that finds another name
    stops."""
    base_owner: str = NOBODY
    """The owner in the file itself, without its log, when this owner took over."""
    checkpoints_begun: int = 0
    """The number of checkpoints that this owner has begun."""
    checkpoints_done: int = 0
    """The number of the last checkpoint that was finished."""
    needs_log: int = 0
    """1 while a checkpoint is made, so that it is 1 in the file and 0 in the log."""
    schema_cookie: int = 0
    """The file's schema cookie when the mark was written; 0 if it was not recorded."""

    def text(self) -> str:
        """Return the mark as text.

        It always has the same length, so that SQLite overwrites it in place and leaves no old mark in the page.
        """
        return (
            f"onduty-writer {self.owner} {self.base_owner} {self.checkpoints_begun:010} {self.checkpoints_done:010} "
            f"{self.needs_log} {self.schema_cookie:010}"
        )


def found_in(page: bytes) -> OwnerMark | None:
    """Find the mark in a page of the file."""
    marks = [
        OwnerMark(owner.decode(), base_owner.decode(), *map(int, numbers))
        for owner, base_owner, *numbers in _TEXT.findall(page)
    ]
    return max(marks, key=lambda mark: mark[2:4], default=None)


def read_mark(connection: apsw.Connection) -> OwnerMark:
    """Read the mark through a connection. In an older schema it has its defaults."""
    if not connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'writer'").get:
        return OwnerMark()
    row = connection.execute(statement("read_owner_mark")).fetchone()
    return (row and found_in(str(row[0]).encode())) or OwnerMark()


def read_cookie(connection: apsw.Connection) -> int:
    """Read the schema cookie, which changes with the schema, and in every copy that SQLite makes."""
    return int(connection.execute("PRAGMA schema_version").get)
