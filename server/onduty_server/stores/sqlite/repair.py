"""Repairs a database that a server refuses because its write-ahead log is incomplete.

Missing changes stay missing. A log that is set aside is kept in a file whose name is in the result.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final, NamedTuple

import apsw

from ...app.ports.store import StoreOpenError
from . import log_check
from .file_header import not_of_onduty
from .lock import FileLock
from .opening import check_whole, opening
from .owner_mark import read_mark
from .paths import beside
from .statements import statement
from .untouched import open_untouched

_SET_ASIDE: Final = ".set-aside"
_BUSY_TIMEOUT_MS: Final = 5_000


class Repaired(NamedTuple):
    """The outcome: `finding` is None if nothing was wrong; `set_aside` is a copy of the log, or the log itself."""

    finding: str | None
    set_aside: Path | None = None


def repair(path: Path, *, accept_loss: bool) -> Repaired:
    """Make the database usable for a server.

    Raises:
        StoreOpenError: the file is not a database of onduty, is in use, missing, or damaged in another way; or
            changes are missing and `accept_loss` is false.
    """
    if not path.exists():
        raise StoreOpenError(f"{path} does not exist")
    if why := not_of_onduty(path):
        raise StoreOpenError(f"{path} {why}")
    lock = FileLock(path)
    lock.acquire()
    try:
        try:
            check_whole(path)
        except log_check.IncompleteDatabase as error:
            if not accept_loss:
                raise StoreOpenError(f"{error.what}; {error.mend}, or repeat with --accept-loss") from error
            _check_pages(path, with_log=error.kind is not log_check.LogDefect.FOREIGN)
            return Repaired(error.what, _repair(path, error.kind))
        _check_pages(path)
        return Repaired(None)
    finally:
        lock.release()


def _repair(path: Path, kind: log_check.LogDefect) -> Path | None:
    log = beside(path, "-wal")
    aside = _free(Path(f"{log}{_SET_ASIDE}"))
    if kind is log_check.LogDefect.FOREIGN:
        log.rename(aside)
        beside(path, "-shm").unlink(missing_ok=True)
    elif kind is log_check.LogDefect.CUT:
        shutil.copy2(log, aside)
    _make_whole(path)
    return None if kind is log_check.LogDefect.MISSING else aside


def _free(path: Path) -> Path:
    """Return the path, with a number appended if there is a file already."""
    found, number = path, 1
    while found.exists():
        number += 1
        found = path.with_name(f"{path.name}-{number}")
    return found


def _check_pages(path: Path, *, with_log: bool = True) -> None:
    """Check every page of a file at rest, and of its log unless `with_log` is false, and change nothing.

    Raises:
        StoreOpenError: the pages contradict each other, or cannot be read.
    """
    with opening(path):
        connection = open_untouched(path, with_log=with_log)
        try:
            whole = connection.execute("PRAGMA integrity_check(1)").get == "ok"
        except apsw.CorruptError:
            whole = False
        finally:
            connection.close()
    if not whole:
        raise StoreOpenError(f"{path} is damaged beyond repair; restore a backup")


def _make_whole(path: Path) -> None:
    """Mark a file at rest, with the log beside it, as complete.

    Raises:
        StoreOpenError: the file cannot be written.
    """
    with opening(path):
        connection = apsw.Connection(str(path))
        try:
            connection.set_busy_timeout(_BUSY_TIMEOUT_MS)
            mark = read_mark(connection)
            if mark.needs_log:
                connection.execute(statement("write_owner_mark"), (mark._replace(needs_log=0).text(),))
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
