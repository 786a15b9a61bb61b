"""The file that a backup is written to: under another name until it is complete and durable."""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from ...app.ports.store import StoreOpenError
from .file_modes import PRIVATE
from .paths import beside

_UNFINISHED: Final = ".unfinished"
_NO_LINKS: Final = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK)


class BackupFile:
    """A context manager: writes go to `partial`, which becomes `target` by `name_it`, and is deleted otherwise.

    The system releases the lock on the partial file however the process ends, and the next backup of that name starts
    the file over.
    """

    def __init__(self, database: Path, target: Path, *, replaces: bool = False) -> None:
        """Write to `target` what comes from or goes to `database`; with `replaces` a file at the target is replaced."""
        self.target = target
        self._database = database
        self._replaces = replaces
        self.partial = target.with_name(f"{target.name}{_UNFINISHED}")
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Create the partial file, empty and readable by nobody else.

        Raises:
            StoreOpenError: the target exists, or its directory cannot be written.
        """
        self._refuse_what_exists()
        try:
            self._descriptor = self._locked()
            for suffix in ("-wal", "-shm", "-journal"):
                beside(self.partial, suffix).unlink(missing_ok=True)
            os.ftruncate(self._descriptor, 0)
            os.fchmod(self._descriptor, PRIVATE)
            if os.geteuid() == 0:
                # A server whose files root backs up must be able to open them when they are put back.
                owner = os.stat(self._database if self._database.exists() else self.target.parent)
                with suppress(OSError):
                    os.fchown(self._descriptor, owner.st_uid, owner.st_gid)
        except OSError as error:
            self._close()
            raise StoreOpenError(self._why_not(error)) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Delete the partial file, unless it has got its name."""
        if self._descriptor >= 0:
            for suffix in ("", "-wal", "-shm", "-journal"):
                with suppress(OSError):
                    beside(self.partial, suffix).unlink(missing_ok=True)
        self._close()

    def sync(self) -> None:
        """Make the contents durable, and have them read from the disk from now on.

        Raises:
            StoreOpenError: they cannot be written.
        """
        try:
            os.fsync(self._descriptor)
            if hasattr(os, "posix_fadvise"):
                os.posix_fadvise(self._descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        except OSError as error:
            raise StoreOpenError(self._why_not(error)) from error

    def name_it(self) -> None:
        """Give the file its name, durably. Without `replaces`, a file that has come to be there is kept.

        Raises:
            StoreOpenError: the target exists, or its directory cannot be written.
        """
        try:
            if self._replaces or not linked(self.partial, self.target):
                self._refuse_what_exists()
                self.partial.rename(self.target)
            self.partial.unlink(missing_ok=True)
            sync_directory(self.target.parent)
        except OSError as error:
            raise StoreOpenError(self._why_not(error)) from error
        self._close()

    def _locked(self) -> int:
        """Open the partial file, and lock it against another backup to the same target."""
        while True:
            descriptor = os.open(self.partial, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, PRIVATE)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # If that backup has just ended, this is the file that it has named.
                with suppress(FileNotFoundError):
                    if os.path.samestat(os.fstat(descriptor), os.stat(self.partial)):
                        return descriptor
            except BlockingIOError as error:
                os.close(descriptor)
                raise StoreOpenError(f"another backup to {self.target} is being made") from error
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)
            self._refuse_what_exists()

    def _refuse_what_exists(self) -> None:
        if not self._replaces and os.path.lexists(self.target):
            raise StoreOpenError(f"{self.target} exists already; a backup needs a name that is not taken")

    def _why_not(self, error: OSError) -> str:
        directory = self.target.parent
        if isinstance(error, FileExistsError):
            return f"{self.target} exists already; a backup needs a name that is not taken"
        if not directory.exists():
            return f"cannot write {self.target}: directory {directory} does not exist"
        return f"cannot write {self.target}: {error.strerror}"

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def linked(file: Path, name: Path) -> bool:
    """Give a file a second name. Returns False if the file system has no links.

    Raises:
        OSError: the name is taken, or its directory cannot be written.
    """
    try:
        os.link(file, name)
    except OSError as error:
        if error.errno in _NO_LINKS:
            return False
        raise
    return True


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
