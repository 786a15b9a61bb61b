"""A SQLite file of onduty: what it must be to be opened, and made.

Whoever opens it holds its lock (lock.py), because SQLite would let a second process in.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from ...app.ports.store import StoreOpenError
from . import recovery
from .header import APPLICATION_ID, read_header
from .lock import beside, warn_of_readers
from .mark import NOBODY, read_mark
from .statements import statement
from .untouched import open_untouched
from .writer import FileWriter

SCHEMA_VERSION = 4
_MIGRATIONS = ("schema", "migrate_2", "migrate_3", "migrate_4")
_UNFINISHED = 0x7FFFFFFF
"""The schema version of a file that a copy is being written to, or was when it was cut short."""
_CHECKPOINT_PAGES = 4_000
_WAL_KEPT_BYTES = 64 * 1024 * 1024
_BUSY_TIMEOUT_MS = 5_000


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Says for an operator to read why a file cannot be opened."""
    try:
        yield
    except OSError as error:
        raise StoreOpenError(f"cannot read {path}: {error.strerror}") from error
    except apsw.NotADBError as error:
        raise StoreOpenError(f"{path} is not a SQLite database, or is damaged") from error
    except apsw.Error as error:
        raise StoreOpenError(f"cannot open {path}: {error}") from error


def open_writer(path: Path) -> FileWriter:
    """Open the file for the one writer, creating what is missing, and take it over.

    Raises:
        StoreOpenError: not a database of onduty, of a newer schema, not whole, or not to be opened at all.
    """
    with _told(path):
        try:
            base_owner = _check(path)
            # Not before it is known to be a database of onduty.
            warn_of_readers(path)
            connection = apsw.Connection(str(path))
            try:
                # Whatever is wrong with the file or its log, it is left as it is.
                connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
                _prepare(connection, path)
                return FileWriter(connection, path, base_owner)
            except BaseException:
                connection.close()
                raise
        except apsw.CantOpenError as error:
            raise StoreOpenError(
                f"cannot open {path}; does its directory exist, and may this user write there?"
            ) from error
        except apsw.ReadOnlyError as error:
            raise StoreOpenError(f"{path} is read-only") from error


def _check(path: Path) -> str:
    """Make sure that the file is onduty's and whole, and leave it and all beside it as they are.

    What is wrong then shows at every start, and not at the first only. Returns the owner in the file without its log.
    """
    if not path.exists() or not path.stat().st_size:
        return NOBODY
    _check_end(path)
    left = recovery.look(path)
    connection = open_untouched(path)
    try:
        _check_identity(connection, path)
        return recovery.check(connection, left)
    finally:
        connection.close()


def _prepare(connection: apsw.Connection, path: Path) -> None:
    connection.set_busy_timeout(_BUSY_TIMEOUT_MS)
    # SQLite falls back to reading only where it may not write, and says so at the first change.
    if connection.readonly("main"):
        raise StoreOpenError(f"{path} is read-only for this user")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    # A large batch otherwise needs a file in the system's temporary directory, one more thing that can be full.
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute(f"PRAGMA journal_size_limit = {_WAL_KEPT_BYTES}")
    version = _pragma(connection, "user_version")
    if version < SCHEMA_VERSION:
        # And else nothing: the log is to begin with the mark of the next owner.
        with connection:
            for script in _MIGRATIONS[version:]:
                connection.execute(statement(script))
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def open_reader(path: Path) -> apsw.Connection:
    """Open the file for reading history beside the writer."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(_BUSY_TIMEOUT_MS)
    return connection


def open_at_rest(path: Path) -> apsw.Connection:
    """Open the file for reading all of it while no server has it; it must be there.

    One of an older schema is brought up to date first, as the next server would.

    Raises:
        StoreOpenError: as for `open_writer`; also when there is no such file.
    """
    if not path.exists():
        raise StoreOpenError(f"there is no {path}")
    with _told(path):
        _check(path)
        connection = open_reader(path)
        try:
            version = _pragma(connection, "user_version")
            if version == 0:
                raise StoreOpenError(f"{path} is empty")
        except BaseException:
            connection.close()
            raise
        if version < SCHEMA_VERSION:
            connection.close()
            open_writer(path).close()
            connection = open_reader(path)
        # One look at all of it.
        connection.execute("BEGIN")
    return connection


def check_whole(path: Path) -> None:
    """Look for what is missing of a file at rest, and change nothing.

    Raises:
        recovery.NotWhole: it, or its log, is not all there.
        StoreOpenError: as for `open_writer`.
    """
    with _told(path):
        _check(path)


def check_pages(path: Path, *, with_log: bool = True) -> None:
    """Look at every page of a file at rest, and of its log unless `with_log` is false, and change nothing.

    Raises:
        StoreOpenError: they contradict each other, or cannot be read.
    """
    with _told(path):
        connection = open_untouched(path, with_log=with_log)
        try:
            whole = connection.execute("PRAGMA integrity_check(1)").get == "ok"
        except apsw.CorruptError:
            whole = False
        finally:
            connection.close()
    if not whole:
        raise StoreOpenError(f"{path} is damaged, and repair cannot mend it; restore a backup")


def make_whole(path: Path) -> None:
    """Take what there is of a file at rest, and of the log beside it, for all of it.

    Raises:
        StoreOpenError: it cannot be written.
    """
    with _told(path):
        connection = apsw.Connection(str(path))
        try:
            connection.set_busy_timeout(_BUSY_TIMEOUT_MS)
            mark = read_mark(connection)
            if mark.needs_log:
                connection.execute(statement("write_writer"), (mark._replace(needs_log=0).text(),))
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()


def begin_copy(path: Path) -> apsw.Connection:
    """Make an empty file that is marked as unfinished, in place of nothing or of an unfinished copy.

    Raises:
        StoreOpenError: something else is there.
    """
    try:
        if path.exists() and path.stat().st_size:
            connection = open_reader(path)
            try:
                owner, version = _pragma(connection, "application_id"), _pragma(connection, "user_version")
                tables = connection.execute("SELECT count(*) FROM sqlite_schema").get
            finally:
                connection.close()
            if (owner, version) != (APPLICATION_ID, _UNFINISHED) and (owner or version or tables):
                raise StoreOpenError(f"{path} exists already; a copy needs a file that is not there yet")
        for suffix in ("-wal", "-shm", "-journal"):
            beside(path, suffix).unlink(missing_ok=True)
        # Not removed: it is the file that is locked.
        os.truncate(path, 0)
        connection = apsw.Connection(str(path))
        connection.execute("PRAGMA journal_mode = WAL")
        # Until the mark is taken away nothing of it counts.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        with connection:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {_UNFINISHED}")
            for script in _MIGRATIONS:
                connection.execute(statement(script))
    except apsw.NotADBError as error:
        raise StoreOpenError(f"{path} exists already, and is no database") from error
    except apsw.CantOpenError as error:
        raise StoreOpenError(f"cannot open {path}; does its directory exist, and may this user write there?") from error
    except apsw.Error as error:
        raise StoreOpenError(f"cannot open {path}: {error}") from error
    except OSError as error:
        raise StoreOpenError(f"cannot replace {path}: {error.strerror}") from error
    return connection


def finish_copy(connection: apsw.Connection) -> None:
    """Take the mark away, durably: what was written before it is durable first."""
    connection.execute("PRAGMA synchronous = FULL")
    with connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _check_identity(connection: apsw.Connection, path: Path) -> None:
    version = _pragma(connection, "user_version")
    owner = _pragma(connection, "application_id")
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").get
    if owner != APPLICATION_ID and (owner or version or tables):
        raise StoreOpenError(f"{path} is a database of another program")
    if version == _UNFINISHED:
        raise StoreOpenError(
            f"{path} holds an unfinished copy; run `onduty store copy` to it again, which begins anew, or delete it"
        )
    if version > SCHEMA_VERSION:
        raise StoreOpenError(
            f"{path} has schema version {version}, newer than the {SCHEMA_VERSION} that this onduty knows; "
            "use the version that wrote it, or a later one"
        )


def _check_end(path: Path) -> None:
    """Raise StoreOpenError when the file is cut short: SQLite would read zeros for what is missing of its last page.

    Only where there is no write-ahead log: in that there may be what the file does not have yet.
    """
    log = beside(path, "-wal")
    if not path.exists() or (log.exists() and log.stat().st_size):
        return
    header = read_header(path)
    if header is not None and path.stat().st_size < header.pages * header.page_bytes:
        raise StoreOpenError(f"{path} is damaged: its end is missing; restore a backup")


def _pragma(connection: apsw.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").get)
