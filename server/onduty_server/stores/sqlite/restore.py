"""Puts a backup in the place of a database, and keeps the files that were there.

The backup is copied beside the database and verified before anything is touched. Then, under the lock that keeps every
server away, the old files get second names in a directory of their own, the log is removed, and the copy takes the
place of the database. A process that is killed in between leaves the old files whole in that directory, and at the
place of the database files that a server starts on, old or new, or refuses because the log is missing.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from ...app.ports.store import StoreOpenError
from .backup import Backup, Progress, copy_verified
from .backup_file import BackupFile, linked, sync_directory
from .file_header import not_of_onduty
from .index_lock import is_index_in_use
from .lock import FileLock
from .opening import check_whole
from .paths import beside
from .untouched import open_untouched

_REPLACED: Final = ".replaced"
_BESIDE: Final = ("-wal", "-shm", "-journal")


class Restored(NamedTuple):
    """The outcome; `replaced` is the directory of the files that were there, None if there were none."""

    backup: Backup
    replaced: Path | None


def put_back(backup: Path, path: Path, *, progress: Progress, verifying: Callable[[], None]) -> Restored:
    """Copy the backup to the place of the database; `verifying` is called once everything has been copied.

    Raises:
        BackupNotWritten: the copy cannot be written now.
        StoreOpenError: the backup is missing, incomplete, damaged, in use, or not of a known onduty; or the database is
            in use.
    """
    _check(backup)
    # The database itself, not a link to it, is what is replaced.
    path = Path(os.path.realpath(path))
    _refuse_in_use(path)
    with BackupFile(path, path, replaces=True) as file:
        done = copy_verified(backup, lambda: open_untouched(backup), file, progress=progress, verifying=verifying)
        lock = FileLock(path)
        lock.acquire()
        try:
            replaced = _set_aside(path)
            file.name_it()
        except OSError as error:
            raise StoreOpenError(f"cannot replace {path}: {error.strerror}") from error
        finally:
            lock.release()
    return Restored(done, replaced)


def _check(backup: Path) -> None:
    if not backup.exists():
        raise StoreOpenError(f"{backup} does not exist")
    if why := not_of_onduty(backup):
        raise StoreOpenError(f"{backup} {why}")
    if beside(backup, "-shm").exists() and is_index_in_use(backup):
        raise StoreOpenError(f"{backup} is in use, so it is no backup; make one of it with `onduty store backup`")
    check_whole(backup)


def _refuse_in_use(path: Path) -> None:
    """Find out at once, and not only when everything has been copied."""
    if path.exists():
        lock = FileLock(path)
        lock.acquire()
        lock.release()


def _set_aside(path: Path) -> Path | None:
    """Give the old files names in a directory of their own, and remove the log. Returns the directory, if any."""
    old = [file for suffix in (*_BESIDE, "") if (file := beside(path, suffix)).exists() and file.stat().st_size]
    if not old:
        return None
    directory = _new_directory(path)
    for file in old:
        if not linked(file, directory / file.name):
            file.rename(directory / file.name)
    sync_directory(directory)
    sync_directory(path.parent)
    for suffix in _BESIDE:
        with suppress(FileNotFoundError):
            beside(path, suffix).unlink()
    return directory


def _new_directory(path: Path) -> Path:
    number = 1
    while True:
        directory = path.with_name(f"{path.name}{_REPLACED}{'' if number == 1 else f'-{number}'}")
        with suppress(FileExistsError):
            directory.mkdir(mode=0o700)
            if os.geteuid() == 0:
                # Root restores what is the server's.
                owner = os.stat(path if path.exists() else path.parent)
                os.chown(directory, owner.st_uid, owner.st_gid)
            return directory
        number += 1
