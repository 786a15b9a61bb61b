"""Writes the database file for its one owner: in transactions with a fencing token, and with its own checkpoints.

Every transaction checks a row, `OwnerMark`, for the owner that was written there when this process opened the file.
Where locks do not keep another process away (on another machine with a network file system, or of an older onduty), the
last process that opened the file owns it, and the one before stops for good. Nothing is acknowledged either once the
file at the path was replaced or removed.

The same row tells a database file that was copied without its write-ahead log from a whole one. Every reader through
the log, including copies made by SQLite, sees `needs_log` as 0; in the file itself it is 1 from the first checkpoint
until the log has been moved into it at the close. For that, checkpoints are made here and not by SQLite: the row is
set, the log is moved into the file, and the row is set back, which is the first thing that the log then holds.

What was erased must not stay in former versions of pages, in unused parts of pages, or in the rest of a log that has
started again: `empty_log` is a checkpoint that leaves none of these.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NoReturn

import apsw
import structlog

from ...domain.errors import StoreLost
from .index_lock import hold_checkpoints
from .limits import FileLimits
from .owner_mark import OwnerMark, found_in, read_cookie
from .paths import beside
from .statements import statement
from .unused_space import PagedFile

_log = structlog.get_logger(__name__)

_LOG_KEPT_BYTES: Final = 64 * 1024 * 1024
_LOG_HEADER: Final = 32
_FRAME_HEADER: Final = 24
_PATIENCE_MS: Final = 20
"""How long everything waits for another program that reads the file, each time that the log is to be emptied."""


class FencedFile:
    """Writes to the file in the caller's thread, one thread at a time."""

    def __init__(self, connection: apsw.Connection, path: Path, base_owner: str, limits: FileLimits) -> None:
        """Take over the file from its last owner; `base_owner` is the owner in the file itself, without its log.

        Raises:
            apsw.Error: the file cannot be written.
        """
        self.connection = connection
        self.lost: str | None = None
        """The reason, once this process has stopped writing for good."""
        self._limits = limits
        self._path = Path(os.path.abspath(path))
        self._log_path = beside(path, "-wal")
        self._read_mark, self._write_mark = statement("read_owner_mark"), statement("write_owner_mark")
        self._owner = secrets.token_hex(8)
        self._mark = OwnerMark(self._owner, base_owner)
        self._text = ""
        """The mark as it was last written; the transaction may have been rolled back."""
        self._mark_due = self._mark_written = False
        self._log_pages = 0
        self._checkpoint_at = self._limits.checkpoint_pages
        self._checkpoint_failing = False
        self._files: list[tuple[Path, _Identity]] = []
        self.written: set[int] | None = None
        """The pages that were written since `note_written`, as far as the log was moved; None if that is not known."""
        self._busy_timeout_ms = 0
        # They stay open until SQLite has closed the files: closing them releases its locks.
        self._descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self._index_descriptor = -1
        # This also turns off SQLite's own checkpoints.
        connection.set_wal_hook(self._committed)
        connection.execute(f"PRAGMA journal_size_limit = {_LOG_KEPT_BYTES}")
        self._log_descriptor = -1
        self._log_salts = b""
        self._log_restarted = False
        try:
            self._move_the_log(apsw.SQLITE_CHECKPOINT_FULL, self._claim)
        except BaseException:
            self._close_descriptors()
            raise
        self._files = [(each, _identity(each)) for each in (self._path, self._log_path)]
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit the writes of the block as a whole, or raise.

        Raises:
            StoreLost: this process no longer owns the file; nothing will be written again.
            apsw.Error: the file cannot be written now.
        """
        if self.lost is not None:
            raise StoreLost(self.lost)
        self.connection.execute("BEGIN IMMEDIATE")
        self._mark_written = False
        try:
            self._check_owner()
            yield
            if self._mark_due:
                self._write(self._mark)
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        # It is durable. Unless the file is lost, a failure from here on must not cause it to be written again.
        self._look_at_the_log()
        self._mark_due = self._log_restarted and not self._mark_written
        if self._mark_due:
            # Another program has moved the log into the file, so it starts again, without the row. What was committed
            # stays so whether or not the row can be added now. SQLite writes the row only if it differs.
            self.written = None
            self._mark = self._mark._replace(checkpoints_begun=self._mark.checkpoints_begun + 1)
            with suppress(apsw.Error), self.transaction():
                pass
        # Check only now: what is acknowledged was in the file at the path when it became durable.
        self._check_files()

    def checkpoint_when_due(self) -> None:
        """Move the log into the file if it has grown long. A failure is logged, and the next call tries again."""
        if self._log_pages < self._checkpoint_at:
            return
        try:
            self._move_the_log(apsw.SQLITE_CHECKPOINT_PASSIVE, self._begin_checkpoint)
        except apsw.Error as error:
            if not self._checkpoint_failing:
                _log.warning("the write-ahead log cannot be moved into the database, and grows", error=str(error))
            self._checkpoint_failing = True
        else:
            self._checkpoint_failing = False

    def set_busy_timeout(self, timeout_ms: int) -> None:
        """Set how long a transaction waits for another program's lock."""
        self._busy_timeout_ms = timeout_ms
        self.connection.set_busy_timeout(timeout_ms)

    # --- clearing what is unused -------------------------------------------------------------------------------------

    def pages(self) -> PagedFile:
        """Return the file by its pages, without what is in the log only."""
        return PagedFile(self._descriptor)

    def note_written(self) -> set[int]:
        """Begin to note the pages that are written, in `written`."""
        self.written = set()
        return self.written

    @contextmanager
    def without_checkpoints(self) -> Iterator[bool]:
        """Keep every program from moving the log into the file. Yields False if one is about it."""
        with hold_checkpoints(self._index_descriptor) as alone:
            yield alone

    def empty_log(self, clear: Callable[[PagedFile], None]) -> bool:
        """Move the log into the file, have it cleared, and start the log again and cut it to what it then holds.

        Returns False if another program that reads or writes the file is in the way.
        """
        execute = self.connection.execute
        self.connection.set_busy_timeout(_PATIENCE_MS)
        execute("PRAGMA journal_size_limit = 0")
        try:
            moved = self._move_the_log(apsw.SQLITE_CHECKPOINT_RESTART, self._begin_checkpoint, clear)
        except apsw.BusyError:
            return False
        finally:
            self.connection.set_busy_timeout(self._busy_timeout_ms)
            execute(f"PRAGMA journal_size_limit = {_LOG_KEPT_BYTES}")
        if not (moved and self._log_restarted):
            return False
        os.fsync(self._log_descriptor)
        # Pages in memory still have what was cleared, and would bring it back when they are written.
        self.connection.release_memory()
        return True

    def _note_pages(self) -> None:
        """Record the pages in the log, which is about to be moved."""
        if self.written is None:
            return
        frame_bytes = _FRAME_HEADER + self.pages().page_bytes
        for offset in range(_LOG_HEADER, _LOG_HEADER + self._log_pages * frame_bytes, frame_bytes):
            self.written.add(int.from_bytes(os.pread(self._log_descriptor, 4, offset), "big"))

    def close(self) -> None:
        """Move the log into the file, if this process still owns it, and release both."""
        if self.lost is not None:
            # The file that is at the path now may have a log there, which SQLite would take for this one.
            self.connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        # If the log cannot be moved into the file now, the next start finds it.
        with suppress(apsw.Error):
            self.connection.close()
        self._close_descriptors()

    def _close_descriptors(self) -> None:
        for descriptor in (self._log_descriptor, self._index_descriptor, self._descriptor):
            if descriptor >= 0:
                os.close(descriptor)
        self._log_descriptor = self._index_descriptor = self._descriptor = -1

    # --- the row -----------------------------------------------------------------------------------------------------

    def _claim(self, mark: OwnerMark) -> None:
        with self.connection:
            self._write(mark)
        self._log_descriptor = os.open(self._log_path, os.O_RDONLY | os.O_CLOEXEC)
        self._index_descriptor = os.open(beside(self._path, "-shm"), os.O_RDWR | os.O_CLOEXEC)
        self._look_at_the_log()

    def _begin_checkpoint(self, mark: OwnerMark) -> None:
        with self.transaction():
            self._mark_due = False
            self._write(mark)

    def _write(self, mark: OwnerMark) -> None:
        self._text = mark.text()
        self.connection.execute(self._write_mark, (self._text,))
        self._mark_written = True

    def _check_owner(self) -> None:
        row = self.connection.execute(self._read_mark).fetchone()
        if row is None or row[0] != self._text:
            mark = None if row is None else found_in(str(row[0]).encode())
            if mark is None or mark.owner != self._owner:
                self._lose("another process has opened the database and has taken it over")
        if self._mark.schema_cookie != read_cookie(self.connection):
            # Another program has changed the schema (VACUUM does), and the file must not look like a copy by SQLite.
            self._checkpoint_at = 0

    def _move_the_log(
        self,
        mode: int,
        begin: Callable[[OwnerMark], None],
        clear: Callable[[PagedFile], None] | None = None,
    ) -> bool:
        """Move the log into the file; `clear` is called with the file if all of it was moved. Returns True if so."""
        # The row is synced like everything else, though it need not be durable: of two commits that are not on the disk
        # yet a loss of power may leave the second, and the check at the next start takes the first for a lost one.
        begun = self._mark._replace(
            checkpoints_begun=self._mark.checkpoints_begun + 1, needs_log=1, schema_cookie=read_cookie(self.connection)
        )
        begin(begun)
        self._note_pages()
        complete = False
        try:
            pages, moved = self.connection.wal_checkpoint(mode=mode)
            complete = pages == moved
            if complete and clear is not None:
                with self.without_checkpoints() as complete:
                    if complete:
                        clear(self.pages())
        except apsw.BusyError:
            pass  # another program is reading; the contents stay in the log
        finally:
            done = begun.checkpoints_begun if complete else begun.checkpoints_done
            self._mark = begun._replace(checkpoints_done=done, needs_log=0)
            self._mark_due = True
            self._checkpoint_at = self._log_pages + self._limits.checkpoint_again_pages
        with self.transaction():
            pass
        if self._log_restarted:
            self._checkpoint_at = self._limits.checkpoint_pages
        return complete

    def _committed(self, _: apsw.Connection, __: str, pages: int) -> int:
        self._log_pages = pages
        return apsw.SQLITE_OK

    def _look_at_the_log(self) -> None:
        """Record if the log has started again since the previous commit."""
        before = self._log_salts
        with suppress(OSError):
            # https://www.sqlite.org/fileformat.html, 4.1
            self._log_salts = os.pread(self._log_descriptor, 8, 16)
        self._log_restarted = self._log_salts != before

    # --- the files ---------------------------------------------------------------------------------------------------

    def _check_files(self) -> None:
        for path, identity in self._files:
            if _identity(path, otherwise=identity) != identity:
                if path == self._log_path:
                    # The database is still there, so everything that was written can still go into it.
                    with suppress(apsw.Error):
                        self.connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_FULL)
                self._lose(f"{path} was removed or replaced while the server ran")

    def _lose(self, why: str) -> NoReturn:
        self.lost = f"{why}; this process writes nothing more and ends"
        raise StoreLost(self.lost)


_Identity = tuple[int, int] | None


def _identity(path: Path, *, otherwise: _Identity = None) -> _Identity:
    """Return the identity of the file at the path, None if there is none, or `otherwise` if that cannot be seen."""
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return otherwise
    return status.st_dev, status.st_ino
