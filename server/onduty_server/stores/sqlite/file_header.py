"""Reads the header of a SQLite file without SQLite, which needs locks and may write to the files that it opens.

https://www.sqlite.org/fileformat.html, 1.3
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from .paths import beside

APPLICATION_ID = 0x6F6E6475
"""`ondu` in ASCII; SQLite keeps it in the header of the file."""
_MAGIC = b"SQLite format 3\0"
_BYTES = 100


class FileHeader(NamedTuple):
    """The header of the file, without its log. All counts are 0 in a new database."""

    page_bytes: int
    pages: int
    schema_cookie: int
    user_version: int
    application_id: int


def read_header(path: Path) -> FileHeader | None:
    """Read the header of the file, or None if it does not begin with one.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_BYTES)
    if len(head) < _BYTES or not head.startswith(_MAGIC):
        return None
    page_bytes, pages, cookie, version, owner = (
        int.from_bytes(head[start:end], "big") for start, end in ((16, 18), (28, 32), (40, 44), (60, 64), (68, 72))
    )
    return FileHeader(65_536 if page_bytes == 1 else page_bytes, pages, cookie, version, owner)


def not_of_onduty(path: Path) -> str | None:
    """Return, as a verb phrase, why a file is not a database of onduty.

    Returns None if it may be one, or is missing, empty or unreadable.

    It is called before the file is locked, because nothing may be created beside another program's file.
    """
    try:
        if not path.is_file() or not path.stat().st_size:
            return None
        logs = (beside(path, suffix) for suffix in ("-wal", "-journal"))
        if any(log.exists() and log.stat().st_size for log in logs):
            # With a log the header may be out of date, even if it is not that of a database.
            return None
        header = read_header(path)
    except OSError:
        return None
    if header is None:
        return "is not a SQLite database, or is damaged"
    if header.application_id != APPLICATION_ID and any(
        (header.application_id, header.user_version, header.schema_cookie)
    ):
        return "is a database of another program"
    return None
