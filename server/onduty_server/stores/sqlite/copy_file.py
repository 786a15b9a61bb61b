"""Makes the file that a copy of a store is written to, and marks it as unfinished until the copy is complete."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import apsw

from ...app.ports.store import StoreOpenError
from .file_header import APPLICATION_ID
from .opening import open_reader
from .paths import beside
from .schema import SCHEMA_VERSION, UNFINISHED, migrate, pragma
from .statements import statement

_CHECKPOINT_PAGES: Final = 4_000


def begin_copy(path: Path) -> apsw.Connection:
    """Make an empty file that is marked as unfinished. An unfinished copy is overwritten.

    Raises:
        StoreOpenError: another file is there, or the file cannot be made.
    """
    try:
        if path.exists() and path.stat().st_size:
            connection = open_reader(path)
            try:
                owner, version = pragma(connection, "application_id"), pragma(connection, "user_version")
                tables = connection.execute("SELECT count(*) FROM sqlite_schema").get
            finally:
                connection.close()
            if (owner, version) != (APPLICATION_ID, UNFINISHED) and (owner or version or tables):
                raise StoreOpenError(f"{path} exists already; a copy needs a file that is not there yet")
        for suffix in ("-wal", "-shm", "-journal"):
            beside(path, suffix).unlink(missing_ok=True)
        # The file is locked, so it is truncated rather than replaced.
        os.truncate(path, 0)
        connection = apsw.Connection(str(path))
        connection.execute("PRAGMA journal_mode = WAL")
        # Nothing need be durable before the mark is removed.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
        migrate(connection, 0, mark_as=UNFINISHED)
        # Nothing was ever deleted here.
        connection.execute(statement("write_clean"))
    except apsw.NotADBError as error:
        raise StoreOpenError(f"{path} exists already, and is not a database") from error
    except apsw.CantOpenError as error:
        raise StoreOpenError(f"cannot open {path}; does its directory exist, and may this user write there?") from error
    except apsw.Error as error:
        raise StoreOpenError(f"cannot open {path}: {error}") from error
    except OSError as error:
        raise StoreOpenError(f"cannot replace {path}: {error.strerror}") from error
    return connection


def finish_copy(connection: apsw.Connection) -> None:
    """Remove the mark durably, once everything written before is durable."""
    connection.execute("PRAGMA synchronous = FULL")
    with connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
