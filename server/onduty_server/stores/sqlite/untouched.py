"""Opens a database at rest, its write-ahead log included, without changing any of its files.

Any ordinary connection, even one that only reads, makes the index of the log anew, and with it destroys what tells a
log that was cut from a whole one; it creates a log and an index where there are none, and deletes them at its end.
"""

from __future__ import annotations

import os
from pathlib import Path

import apsw

from .paths import beside

_BUSY_TIMEOUT_MS = 5_000


def open_untouched(path: Path, *, with_log: bool = True) -> apsw.Connection:
    """Open a file that this process has locked and not opened. `with_log` false: as if it had no log.

    A rollback journal, which another program has left in the middle of a change, is played back all the same: without
    it nothing can be said of the file.
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
    # It would otherwise delete a log in which it found nothing.
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    return connection


def _has_content(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0
