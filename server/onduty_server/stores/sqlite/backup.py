"""Backs up a database while a server runs on it, or while none does, and verifies the copy before it gets its name.

The copy is the state of one moment, read in one transaction through a connection that only reads: the server's lock,
its owner mark and its log are left as they are. Until the transaction ends, the log cannot be moved into the database
as a whole, and grows.

A database that no server uses is checked first as a start would check it: a connection makes a new index of the log,
and so destroys the evidence that a log was cut (log_check.py).
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

import apsw

from ...app.ports.store import StoreOpenError
from .backup_file import BackupFile
from .file_header import not_of_onduty
from .image import read_image
from .index_lock import is_index_in_use
from .lock import FileLock, StoreInUse
from .opening import check_identity, check_whole, open_reader, opening
from .schema import SCHEMA_VERSION, pragma
from .untouched import open_untouched

_PAGES_PER_STEP: Final = 1_000
_STEPS_BETWEEN_SIGNALS: Final = 100_000
"""Instructions of SQLite after which an interrupt is noticed: some milliseconds."""
_START_WAIT_S: Final = 10.0
_START_POLL_S: Final = 0.05

Progress = Callable[[int, int], None]
"""Told how many pages have been copied, and how many there are."""


class BackupNotWritten(StoreOpenError):
    """The backup could not be written, or the database not be read, and trying again later may help."""


class Counts(NamedTuple):
    """The numbers of rows; the tables that an older schema lacks have none."""

    accounts: int
    users: int
    events: int


class Backup(NamedTuple):
    """A complete backup."""

    path: Path
    size_bytes: int
    schema_version: int
    accounts: int
    users: int
    events: int


def back_up(path: Path, target: Path, *, progress: Progress, verifying: Callable[[], None]) -> Backup:
    """Copy the database to a file that does not exist yet; `verifying` is called once everything has been copied.

    Raises:
        BackupNotWritten: the target cannot be written now, or another program has locked the database.
        StoreOpenError: the database is missing, incomplete, damaged, or not of a known onduty; the target exists; or
            the copy differs.
    """
    if not path.exists():
        raise StoreOpenError(f"{path} does not exist")
    if why := not_of_onduty(path):
        raise StoreOpenError(f"{path} {why}")
    _check(path)
    with BackupFile(path, target) as file:
        backup = copy_verified(path, lambda: open_reader(path), file, progress=progress, verifying=verifying)
        file.name_it()
    return backup


def copy_verified(
    path: Path,
    open_source: Callable[[], apsw.Connection],
    file: BackupFile,
    *,
    progress: Progress,
    verifying: Callable[[], None],
) -> Backup:
    """Copy a database that has been checked to the partial file, and verify that; raises as `back_up` does."""
    with opening(path), closing(open_source()) as source:
        _notice_interrupts(source)
        source.execute("BEGIN")
        check_identity(source, path)
        version = pragma(source, "user_version")
        if version == 0:
            raise StoreOpenError(f"{path} is empty; there is nothing to copy")
        _copy(source, file.partial, path, file.target, progress)
        counts = _counts(source)
    file.sync()
    verifying()
    return Backup(file.target, _verify(file.partial, version, counts), version, *counts)


def _check(path: Path) -> None:
    """Check a database that no server uses; the lock is held no longer than that, so that a server may start."""
    waited = 0.0
    pause = threading.Event()
    while True:
        lock = FileLock(path)
        try:
            lock.acquire(to_read=True)
        except StoreInUse:
            if is_index_in_use(path):
                # Its server has checked the log and read it.
                return
            if waited >= _START_WAIT_S:
                raise
            # A server is starting, or a repair or a copy is at work.
            pause.wait(_START_POLL_S)
            waited += _START_POLL_S
            continue
        try:
            check_whole(path)
        finally:
            lock.release()
        return


def _copy(source: apsw.Connection, partial: Path, path: Path, target: Path, progress: Progress) -> None:
    try:
        with closing(apsw.Connection(str(partial))) as copy:
            # Nothing need be durable before the file gets its name.
            copy.execute("PRAGMA journal_mode = OFF")
            copy.execute("PRAGMA synchronous = OFF")
            with copy.backup("main", source, "main") as backup:
                while not backup.done:
                    backup.step(_PAGES_PER_STEP)
                    progress(backup.page_count - backup.remaining, backup.page_count)
        with closing(apsw.Connection(str(partial))) as copy:
            # One file that any program can read, also where it may not write.
            copy.execute("PRAGMA journal_mode = DELETE")
    except apsw.FullError as error:
        raise BackupNotWritten(f"no space is left for {target}; the unfinished copy was deleted") from error
    except (apsw.BusyError, apsw.LockedError) as error:
        raise BackupNotWritten(f"{path} is locked by another program; try again") from error
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise StoreOpenError(f"{path} is damaged: {error}; keep its last backup") from error
    except (apsw.IOError, apsw.CantOpenError, apsw.ReadOnlyError) as error:
        raise BackupNotWritten(f"{path} cannot be copied to {target}: {error}") from error


def _counts(connection: apsw.Connection) -> Counts:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}

    def rows(*names: str) -> int:
        found = (name for name in names if name in tables)
        return sum(int(connection.execute(f'SELECT count(*) FROM "{name}"').get) for name in found)

    return Counts(rows("account"), rows("user"), rows("status_change", "user_change", "workflow_change"))


def _verify(partial: Path, version: int, expected: Counts) -> int:
    """Read the copy as the next start would; returns its size in bytes."""
    try:
        check_whole(partial)
        _read(partial, version, expected)
    except StoreOpenError as error:
        raise StoreOpenError(f"the copy was made and cannot be used, and was deleted: {error}") from error
    return partial.stat().st_size


def _read(partial: Path, version: int, expected: Counts) -> None:
    with opening(partial), closing(open_untouched(partial)) as copy:
        _notice_interrupts(copy)
        found = copy.execute("PRAGMA integrity_check(1)").get
        if found != "ok":
            raise StoreOpenError(f"it is damaged, as the database may be: {found}; keep the last backup")
        if pragma(copy, "user_version") != version or (counts := _counts(copy)) != expected:
            raise StoreOpenError(f"it has {counts}, and the database {expected}; the disk may be failing")
        if version == SCHEMA_VERSION:
            for _ in read_image(copy, partial).users:
                pass


def _notice_interrupts(connection: apsw.Connection) -> None:
    """Let Python handle signals during a long statement."""
    connection.set_progress_handler(lambda: False, _STEPS_BETWEEN_SIGNALS)


def backup_path(path: Path, target: Path | None, stamp: str) -> Path:
    """Return where the backup goes: `target`, or a file named after the database and `stamp` in that directory.

    Without a target it goes beside the database.
    """
    if target is not None and not target.is_dir():
        return target
    return (target or path.parent) / f"{path.stem}-{stamp}{path.suffix}"


def is_of_database(path: Path, target: Path) -> bool:
    """Return True if the target is the database, or one of the files that SQLite or a server keeps beside it."""
    base = os.path.realpath(path)
    return os.path.realpath(target) in {f"{base}{suffix}" for suffix in ("", "-wal", "-shm", "-journal", ".lock")}
