"""Opens a database, having checked that it is onduty's, complete, and of a known schema.

Callers hold its lock (lock.py), because SQLite would allow a second process.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import apsw

from ...app.ports.store import StoreOpenError
from . import log_check
from .cleaning import Cleaning
from .fenced_file import FencedFile
from .file_header import APPLICATION_ID, read_header
from .file_modes import warn_of_readers
from .limits import DEFAULT_LIMITS, FileLimits
from .owner_mark import NOBODY
from .paths import beside
from .schema import SCHEMA_VERSION, UNFINISHED, migrate, pragma
from .statements import statement
from .untouched import open_untouched

_BUSY_TIMEOUT_MS: Final = 5_000


@contextmanager
def opening(path: Path) -> Iterator[None]:
    """Turn errors of SQLite and of the system in the block into a StoreOpenError."""
    try:
        yield
    except OSError as error:
        raise StoreOpenError(f"cannot read {path}: {error.strerror}") from error
    except apsw.NotADBError as error:
        raise StoreOpenError(f"{path} is not a SQLite database, or is damaged") from error
    except apsw.Error as error:
        raise StoreOpenError(f"cannot open {path}: {error}") from error


def open_writer(path: Path, limits: FileLimits = DEFAULT_LIMITS, *, at_rest: bool = False) -> FencedFile:
    """Open the file for the one writer, creating it if it is missing, and take it over.

    What an erasure has left that a crash cut short is removed first, unless another program's reading forbids it. Only
    if the file stays `at_rest`, this includes the rows of erased accounts; a server deletes them while it runs.

    Raises:
        StoreOpenError: the file is not a database of onduty, is of a newer schema or incomplete, or cannot be opened.
    """
    with opening(path):
        try:
            base_owner = _check(path)
            # Warn only once it is known to be a database of onduty.
            warn_of_readers(path)
            connection = apsw.Connection(str(path))
            try:
                # Leave the file and its log as they are, whatever is wrong with them.
                connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
                _prepare(connection, path, base_owner)
                file = FencedFile(connection, path, base_owner, limits)
            except BaseException:
                connection.close()
                raise
            try:
                file.set_busy_timeout(_BUSY_TIMEOUT_MS)
                Cleaning(file).finish(rows=at_rest)
            except BaseException:
                file.close()
                raise
            return file
        except apsw.CantOpenError as error:
            raise StoreOpenError(
                f"cannot open {path}; does its directory exist, and may this user write there?"
            ) from error
        except apsw.ReadOnlyError as error:
            raise StoreOpenError(f"{path} is read-only") from error


def _check(path: Path) -> str:
    """Check that the file is onduty's and complete, and leave it and the files beside it as they are.

    So a defect is found at every start, and not only at the first. Returns the owner in the file, without its log.
    """
    if not path.exists() or not path.stat().st_size:
        return NOBODY
    _check_end(path)
    left = log_check.inspect(path)
    connection = open_untouched(path)
    try:
        check_identity(connection, path)
        return log_check.check(connection, left)
    except apsw.CorruptError:
        log_check.check_unreadable(left)
        raise
    finally:
        connection.close()


def _prepare(connection: apsw.Connection, path: Path, base_owner: str) -> None:
    connection.set_busy_timeout(_BUSY_TIMEOUT_MS)
    # If it may not write, SQLite opens the file for reading, and fails only at the first change.
    if connection.readonly("main"):
        raise StoreOpenError(f"{path} is read-only for this user")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    # A large batch otherwise needs a file in the system's temporary directory, one more thing that can be full.
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute("PRAGMA secure_delete = ON")
    version = pragma(connection, "user_version")
    if version < SCHEMA_VERSION:
        # Do nothing else: the log must begin with the mark of the next owner.
        try:
            migrate(connection, version, base_owner=base_owner)
        except apsw.FullError as error:
            raise StoreOpenError(
                f"no space is left to bring {path} from schema {version} to {SCHEMA_VERSION}, which takes free "
                "space of up to half the size of the file; nothing was changed: make room and start again"
            ) from error


def open_reader(path: Path) -> apsw.Connection:
    """Open the file for reading history while the writer has it open."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(_BUSY_TIMEOUT_MS)
    return connection


def open_at_rest(path: Path) -> apsw.Connection:
    """Open the file for reading all of it while no server has it.

    A file of an older schema is brought up to date first, and erasures are finished, as the next server would.

    Raises:
        StoreOpenError: as for `open_writer`; or there is no such file.
    """
    if not path.exists():
        raise StoreOpenError(f"{path} does not exist")
    with opening(path):
        _check(path)
        connection = open_reader(path)
        try:
            version = pragma(connection, "user_version")
            if version == 0:
                raise StoreOpenError(f"{path} is empty")
        except BaseException:
            connection.close()
            raise
        if version < SCHEMA_VERSION or connection.execute(statement("read_cleaning")).get:
            connection.close()
            open_writer(path, at_rest=True).close()
            connection = open_reader(path)
        # All reads see one state of the file.
        connection.execute("BEGIN")
    return connection


def check_whole(path: Path) -> None:
    """Check that a file at rest and its log are complete, and change nothing.

    Raises:
        log_check.IncompleteDatabase: something is missing.
        StoreOpenError: as for `open_writer`.
    """
    with opening(path):
        _check(path)


def check_identity(connection: apsw.Connection, path: Path) -> None:
    """Check that the database is onduty's, finished, and of a schema that is known.

    Raises:
        StoreOpenError: it is not.
    """
    version = pragma(connection, "user_version")
    owner = pragma(connection, "application_id")
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").get
    if owner != APPLICATION_ID and (owner or version or tables):
        raise StoreOpenError(f"{path} is a database of another program")
    if version == UNFINISHED:
        raise StoreOpenError(
            f"{path} holds an unfinished copy; run `onduty store copy` to it again, which starts over, or delete it"
        )
    if version > SCHEMA_VERSION:
        raise StoreOpenError(
            f"{path} has schema version {version}, newer than the {SCHEMA_VERSION} that this onduty knows; "
            "use the version that wrote it, or a later one"
        )


def _check_end(path: Path) -> None:
    """Check that the file is not cut short: SQLite would read zeros for the missing part of its last page.

    With a write-ahead log this cannot be told, because the missing pages may be in it.
    """
    log = beside(path, "-wal")
    if not path.exists() or (log.exists() and log.stat().st_size):
        return
    header = read_header(path)
    if header is not None and path.stat().st_size < header.pages * header.page_bytes:
        raise StoreOpenError(f"{path} is damaged: its end is missing; restore a backup")
