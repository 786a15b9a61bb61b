"""Deletes old history, a few thousand rows at a time, so that no change waits for it."""

from __future__ import annotations

from typing import Final

import apsw
import structlog

from ...domain.errors import StoreLost
from .fenced_file import FencedFile
from .statements import statement

_ROWS_PER_STEP: Final = 5_000
_TABLES: Final = (("read_prunable", "prune_changes"), ("read_prunable_user_changes", "prune_user_changes"))
"""By table, the statements that find an account with something to delete, and delete it."""

_log = structlog.get_logger(__name__)


class Pruning:
    """Deletes history in steps. Belongs to the writer thread."""

    def __init__(self, file: FencedFile) -> None:
        self._file = file
        self._tables = [(statement(find), statement(delete)) for find, delete in _TABLES]
        self._before = self._keep = self._next_account = self._table = 0
        self.is_due = False
        """True while `step` has something to do."""

    def begin(self, before: int, keep: int) -> None:
        """Begin to delete changes committed before `before` (ms UTC), and all but the last `keep` of each account."""
        self._before, self._keep, self._next_account, self._table = before, keep, 0, 0
        self.is_due = True

    def step(self) -> None:
        """Delete some of it in one transaction. A failure is logged, and the next pruning deletes the rest."""
        try:
            self.is_due = self._delete_some()
        except StoreLost:
            self.is_due = False
        except apsw.Error as error:
            # The next pruning comes in minutes and deletes what remains.
            self.is_due = False
            _log.warning("old history could not be deleted", error=str(error))

    def _delete_some(self) -> bool:
        limits = {"before": self._before, "keep": self._keep}
        find, delete = self._tables[self._table]
        found = self._file.connection.execute(find, {**limits, "from": self._next_account}).fetchone()
        if found is None:
            self._next_account, self._table = 0, self._table + 1
            return self._table < len(self._tables)
        number, oldest, newest = map(int, found)
        bindings = {"account_number": number, "oldest": oldest, "newest": newest, "chunk": _ROWS_PER_STEP, **limits}
        with self._file.transaction():
            self._file.connection.execute(delete, bindings)
        self._next_account = number
        self._file.checkpoint_when_due()
        return True
