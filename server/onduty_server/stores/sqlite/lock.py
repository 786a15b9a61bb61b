"""Locks a database file against a second process.

Two files are locked. The lock file beside the database tells which process has it. The database file itself is locked
too, because one database may have several paths (hard links, bind mounts), and a lock file may have been removed.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import sys
from contextlib import suppress
from pathlib import Path

from ...app.ports.store import StoreOpenError
from .file_modes import PRIVATE
from .paths import beside

_LOCKED_AT = 1 << 60
"""The offset of the lock, far beyond any page and the bytes that SQLite locks
(https://www.sqlite.org/src/file?name=src/os.h)."""
_NO_SUCH_LOCKS = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK)


class StoreInUse(StoreOpenError):
    """Another process of onduty has the lock."""


class FileLock:
    """Locks a database file against a second process. The system releases the lock however the process ends.

    The descriptor of the database stays open until `release`, which therefore comes after SQLite has closed the file:
    closing any descriptor of a file releases the locks that SQLite has on it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock_path = beside(path, ".lock")
        self._descriptors: list[int] = []

    def acquire(self, *, to_read: bool = False) -> None:
        """Take the lock. A missing database is created, empty, to be locked.

        With `to_read` nothing will be written; the file must exist, and need not be writable.

        Raises:
            StoreInUse: another process has the lock.
            StoreOpenError: the file cannot be opened; or only its log is left.
        """
        if self._path.is_dir():
            raise StoreOpenError(f"{self._path} is a directory; name a file in it")
        try:
            self._lock_the_path()
            self._lock_the_file(to_read)
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Release the lock."""
        while self._descriptors:
            os.close(self._descriptors.pop())

    def _lock_the_path(self) -> None:
        try:
            # Do not follow a link that somebody else put there: its target would be overwritten.
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            descriptor = os.open(self._lock_path, flags, PRIVATE)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR):
                raise StoreOpenError(f"cannot open {self._path}: {_missing(self._lock_path.parent)}") from error
            why = "it is a symbolic link; remove it" if error.errno == errno.ELOOP else error.strerror
            if error.errno == errno.EACCES and self._lock_path.exists():
                raise StoreOpenError(
                    f"cannot open the lock file {self._lock_path}: {_belongs(self._lock_path)}"
                ) from error
            raise StoreOpenError(f"cannot create the lock file {self._lock_path}: {why}") from error
        self._descriptors.append(descriptor)
        with suppress(OSError):
            # An earlier version may have left it readable by others, who could then lock it.
            os.fchmod(descriptor, PRIVATE)
            if os.geteuid() == 0:
                # A command that root runs must not keep the server, whose database it is, from taking the lock. Where
                # a backup is restored to a new machine there is no database yet: its directory is the server's.
                owner = os.stat(self._path if self._path.exists() else self._path.parent)
                os.fchown(descriptor, owner.st_uid, owner.st_gid)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
            raise StoreInUse(
                f"{self._path} is in use by another onduty process (pid {holder}); stop it, or name another file"
            ) from error
        except OSError as error:
            raise StoreOpenError(f"cannot lock {self._lock_path}: {error.strerror}") from error
        try:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            raise StoreOpenError(f"cannot write the lock file {self._lock_path}: {error.strerror}") from error

    def _lock_the_file(self, to_read: bool) -> None:
        _refuse_a_log_alone(self._path)
        descriptor = _opened(self._path, to_read)
        self._descriptors.append(descriptor)
        if not _locked(descriptor, to_read):
            raise StoreInUse(
                f"{self._path} is in use by another onduty process, under another name of the file or after its lock "
                "file was removed; stop it, or name another file"
            )


def _belongs(path: Path) -> str:
    """Say that a file is another user's, and how to mend that."""
    owner, me = os.stat(path).st_uid, os.geteuid()
    database = path.name.removesuffix(".lock")
    return f"it belongs to user {owner} and this process is user {me}; as root, chown {database}* in {path.parent}"


def _missing(directory: Path) -> str:
    """Return what is wrong with a directory that does not exist or is not a directory, or one above it."""
    for each in (*reversed(directory.parents), directory):
        if not each.exists():
            return f"directory {each} does not exist"
        if not each.is_dir():
            return f"{each} is not a directory"
    return f"{directory} cannot be used"


def _refuse_a_log_alone(path: Path) -> None:
    """Refuse a log without its database: SQLite would delete the log, and create an empty database."""
    if path.exists() and path.stat().st_size:
        return
    for suffix in ("-wal", "-journal"):
        log = beside(path, suffix)
        if log.exists() and log.stat().st_size:
            raise StoreOpenError(
                f"{path} is {'empty' if path.exists() else 'missing'}, but {log}, which has changes to it, is there; "
                f"put back the file that was moved away; or, to use a backup or begin with an empty file, move {log} "
                "away first"
            )


def _opened(path: Path, to_read: bool) -> int:
    real = os.path.realpath(path)
    try:
        if to_read:
            return os.open(real, os.O_RDONLY | os.O_CLOEXEC)
        try:
            descriptor = os.open(real, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
        except FileExistsError:
            return os.open(real, os.O_RDWR | os.O_CLOEXEC)
        # SQLite gives the files beside it the same mode.
        os.fchmod(descriptor, PRIVATE)
        return descriptor
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EROFS) and os.path.exists(real):
            raise StoreOpenError(f"{path} is read-only for this user: {error.strerror}") from error
        raise StoreOpenError(f"cannot open {path}: {error.strerror}") from error


def _locked(descriptor: int, to_read: bool) -> bool:
    """Lock the open file description of the file. Returns False if another process has locked it.

    Such a lock is not released when another descriptor is closed, as a process's own would be, and does not conflict
    with those of SQLite, as those of `flock` would over NFS. On systems without such locks the owner mark is the only
    protection (fenced_file.py).
    """
    if sys.platform != "linux":
        return True
    kind = fcntl.F_RDLCK if to_read else fcntl.F_WRLCK
    # struct flock: l_type, l_whence, l_start, l_len, l_pid, which must be 0.
    wanted = struct.pack("hhqqi0q", kind, os.SEEK_SET, _LOCKED_AT, 1, 0)
    try:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, wanted)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            return False
        if error.errno not in _NO_SUCH_LOCKS:
            raise StoreOpenError(f"cannot lock the database: {error.strerror}") from error
    return True
