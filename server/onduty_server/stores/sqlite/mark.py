"""The row that a writer leaves in its file, as text that is found even where SQLite cannot read the table."""

from __future__ import annotations

import re
from typing import NamedTuple

import apsw

from .statements import statement

_TEXT = re.compile(rb"onduty-writer ([0-9a-f]{16}) ([0-9a-f]{16}) (\d{10}) (\d{10}) ([01]) (\d{10})")
PREFIX = b"onduty-writer "
NOBODY = "0" * 16


class Mark(NamedTuple):
    """Who writes the file, and how far its write-ahead log has been moved into it. The defaults: nobody has yet."""

    owner: str = NOBODY
    """Drawn by each process that opens the file to write; one that finds another's there stops."""
    base_owner: str = NOBODY
    """Whose mark was in the file itself, without its log, when this owner took over."""
    checkpoints_begun: int = 0
    """By this owner."""
    checkpoints_done: int = 0
    """The number of the last one that came to its end."""
    needs_log: int = 0
    """1 while a checkpoint is made: so it is left in the file, and not in the log."""
    schema_cookie: int = 0
    """The file's when the mark was written; 0 if not noted."""

    def text(self) -> str:
        """Always of the same length, so that SQLite overwrites it where it is, and no old one is left in the page."""
        return (
            f"onduty-writer {self.owner} {self.base_owner} {self.checkpoints_begun:010} {self.checkpoints_done:010} "
            f"{self.needs_log} {self.schema_cookie:010}"
        )


def found_in(page: bytes) -> Mark | None:
    """The mark in a page of the file, if there is one."""
    marks = [
        Mark(owner.decode(), base_owner.decode(), *map(int, numbers))
        for owner, base_owner, *numbers in _TEXT.findall(page)
    ]
    return max(marks, key=lambda mark: mark[2:4], default=None)


def read_mark(connection: apsw.Connection) -> Mark:
    """The mark as this connection sees it; an older schema has none."""
    if not connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'writer'").get:
        return Mark()
    row = connection.execute(statement("read_writer")).fetchone()
    return (row and found_in(str(row[0]).encode())) or Mark()


def read_cookie(connection: apsw.Connection) -> int:
    """What changes with the schema, and in every copy that SQLite makes."""
    return int(connection.execute("PRAGMA schema_version").get)
