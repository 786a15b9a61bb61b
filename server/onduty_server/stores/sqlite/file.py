"""A SQLite file of onduty: who may open it, what it must be, and its statements.

Invariant: one process at a time. SQLite would let a second one in, and each would overwrite what the other knows.
"""

from __future__ import annotations

import fcntl
import os
from importlib import resources
from pathlib import Path
from typing import TextIO

import apsw

from ...app.ports.store import StoreOpenError

APPLICATION_ID = 0x6F6E6475
"""`ondu` in ASCII: says in the file's header whose file it is."""
SCHEMA_VERSION = 1
_CHECKPOINT_PAGES = 4_000
_WAL_KEPT_BYTES = 64 * 1024 * 1024
_BUSY_TIMEOUT_MS = 5_000


def statement(name: str) -> str:
    """The SQL of `sql/{name}.sql`."""
    return resources.files(__package__).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


class FileLock:
    """Keeps a second process away from a database file. The system lets go of it when the process ends, however."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        self._file: TextIO | None = None

    def acquire(self) -> None:
        """Take the lock, or raise StoreOpenError saying who has it."""
        try:
            file = open(self._path, "a+", encoding="utf-8")  # noqa: SIM115 - stays open as long as the lock is held
        except OSError as error:
            raise StoreOpenError(f"cannot create the lock file {self._path}: {error.strerror}") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = file.read(32).strip() or "unknown"
            file.close()
            raise StoreOpenError(
                f"the database is in use by another onduty process (pid {holder}); "
                "one process serves a database file at a time"
            ) from error
        file.seek(0)
        file.truncate()
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._file = file

    def release(self) -> None:
        """Let the next process in."""
        if self._file is not None:
            self._file.close()
            self._file = None


def open_writer(path: Path) -> apsw.Connection:
    """Open the file for the one writer, creating what is missing.

    Raises:
        StoreOpenError: not a database of onduty, of a newer schema, or not to be opened at all.
    """
    try:
        connection = apsw.Connection(str(path))
        connection.set_busy_timeout(_BUSY_TIMEOUT_MS)
        _check_identity(connection, path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        # A large batch otherwise needs a file in the system's temporary directory, one more thing that can be full.
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_KEPT_BYTES}")
        with connection:
            if not _pragma(connection, "user_version"):
                connection.execute(statement("schema"))
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    except apsw.NotADBError as error:
        raise StoreOpenError(f"{path} is not a SQLite database, or is damaged") from error
    except apsw.CantOpenError as error:
        raise StoreOpenError(f"cannot open {path}; does its directory exist, and may this user write there?") from error
    except apsw.ReadOnlyError as error:
        raise StoreOpenError(f"{path} is read-only") from error
    except apsw.Error as error:
        raise StoreOpenError(f"cannot open {path}: {error}") from error
    return connection


def open_reader(path: Path) -> apsw.Connection:
    """Open the file for reading history beside the writer."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(_BUSY_TIMEOUT_MS)
    return connection


def _check_identity(connection: apsw.Connection, path: Path) -> None:
    version = _pragma(connection, "user_version")
    owner = _pragma(connection, "application_id")
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").get
    if owner != APPLICATION_ID and (owner or version or tables):
        raise StoreOpenError(f"{path} is a database of another program")
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise StoreOpenError(
            f"{path} has schema version {version}, newer than the {SCHEMA_VERSION} that this onduty knows; "
            "use the version that wrote it, or a later one"
        )


def _pragma(connection: apsw.Connection, name: str) -> object:
    return connection.execute(f"PRAGMA {name}").get
