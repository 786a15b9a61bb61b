"""Opens a database at rest, its write-ahead log included, without changing any of its files.

An ordinary connection, even one that only reads, makes a new index of the log and so destroys the evidence that a log
was cut. It also creates a log and an index where there are none, and deletes them when it closes.
"""

from __future__ import annotations

import os
from pathlib import Path

import apsw

from .paths import beside

_BUSY_TIMEOUT_MS = 5_000


def open_untouched(path: Path, *, with_log: bool = True) -> apsw.Connection:
    """Open a file that this process has locked and not opened. If `with_log` is false, its log is ignored.

    A rollback journal, which another program has left in the middle of a change, is played back all the same, because
    the file cannot be read without that.
    """
    if _has_content(beside(path, "-journal")):
        connection = apsw.Connection(str(path))
        connection.set_busy_timeout(_BUSY_TIMEOUT_MS)
    elif with_log and _has_content(beside(path, "-wal")):
        # A log without locks and with an index in memory: https://www.sqlite.org/wal.html, 8
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY, vfs="unix-none")
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    else:
        address = f"{Path(os.path.realpath(path)).as_uri()}?immutable=1"
        connection = apsw.Connection(address, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    # Otherwise it would delete a log that it takes for empty.
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    return connection


def _has_content(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0
