"""A state of the file that a report reads, as of the moment between two batches at which the writer took it."""

from __future__ import annotations

import threading
from pathlib import Path

import apsw

from .statements import statement

_CACHE_KIB = 16 * 1_024
_BUSY_TIMEOUT_MS = 5_000


class Snapshot:
    """A connection of its own with a read transaction, which sees nothing that is written after `take`.

    `take` and `release` may be called from any thread, and in any order; whoever reads does so in between.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._released = self._interrupted = False
        self._connection: apsw.Connection | None = None
        self._error: apsw.Error | None = None

    def take(self) -> None:
        """Open the file and begin to read. A failure is raised by `connection`, not here."""
        with self._lock:
            if self._released:
                return
            try:
                self._connection = apsw.Connection(str(self._path), flags=apsw.SQLITE_OPEN_READONLY)
                self._connection.set_busy_timeout(_BUSY_TIMEOUT_MS)
                # What is added up is kept in temporary tables, and must not need a file for it.
                self._connection.execute("PRAGMA temp_store = MEMORY")
                self._connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
                self._connection.execute("BEGIN")
                # The state is only fixed by reading.
                self._connection.execute(statement("read_vital")).fetchall()
            except apsw.Error as error:
                self._error = error

    @property
    def connection(self) -> apsw.Connection:
        """The connection. Raises apsw.Error if the file could not be opened, or once the reading was interrupted."""
        if self._interrupted:
            raise apsw.InterruptError
        if self._error is not None:
            raise self._error
        assert self._connection is not None, "the snapshot was taken"
        return self._connection

    def interrupt(self) -> None:
        """Make the reading fail: the statement that is running, and what would follow."""
        self._interrupted = True
        with self._lock:
            if self._connection is not None and not self._released:
                self._connection.interrupt()

    def release(self) -> None:
        """Close the file."""
        with self._lock:
            self._released = True
            if self._connection is not None:
                self._connection.close()
