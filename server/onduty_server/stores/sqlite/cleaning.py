"""Removes what is left of the erased from the files, in steps, so that no other change waits long for it.

An erasure has done its part when its transaction is durable: nobody reads the erased any more, except for the name of
a person in rows about others. What is left then: these names, rows of erased accounts, former versions of pages in the
log and in the database, and copies of rows in unused parts of pages (unused_space.py). `erasure.cleaning` is set in the
same transaction, and says until the end of the cleaning what the next start would have to do if this process were
killed: 1, all that is left by the erasures of a file that was written with secure deletion; 2, the same of a file that
was written without it.

A cleaning has the following steps. (1) Rows of erased accounts are deleted, and an erased person's name is taken out of
rows about others, some at a time; the latter also before a file is read when it is opened. (2) The first time in a
process, all pages are cleared of what is unused, some at a time; from then on it is known which pages are written.
(3) The log is moved into the database, what was written is cleared there, and the log starts again and is cut short.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import apsw
import structlog

from ...domain.errors import StoreLost
from .batch import ErasedUser
from .fenced_file import FencedFile
from .statements import statement
from .unused_space import PagedFile

_ROWS_MIN: Final = 100
_ROWS_MAX: Final = 5_000
"""Rows of each table that a step deletes or changes: so many that it takes about `_STEP_S`."""
_STEP_S: Final = 0.03
_CACHE_KIB: Final = 64 * 1_024
"""Memory for pages while rows of an account are deleted: their entries in indexes are on as many pages as there are."""
_PAGES_PER_STEP: Final = 2_000
_PAGES_LEFT_MAX: Final = 4_000
"""How many pages the last step may have to clear while everything else waits."""
_STUCK_STEPS: Final = 40
"""After how many steps in a row that could do nothing whoever waits is told."""
_LEFT_IN_FILE: Final = 1
_LEFT_BY_OTHERS: Final = 2

_log = structlog.get_logger(__name__)


class Cleaning:
    """Cleans one file. Belongs to the thread that writes it.

    Args:
        file: the file.
        stopwatch: measures how long a step takes.
        on_cleaned: told of how many of the erasures that `erased` was told of nothing is left, by account.
        on_stuck: called when no step could do anything for some time.
    """

    def __init__(
        self,
        file: FencedFile,
        stopwatch: Callable[[], float] = lambda: 0,
        on_cleaned: Callable[[Counter[int]], None] = lambda _: None,
        on_stuck: Callable[[], None] = lambda: None,
    ) -> None:
        self._file = file
        self._stopwatch = stopwatch
        self._on_cleaned, self._on_stuck = on_cleaned, on_stuck
        self._delete, self._forget = statement("delete_rows_of_account"), statement("write_account_gone")
        self._erase_traces, self._traces_gone = statement("erase_traces"), statement("write_traces_gone")
        self._mark_clean = statement("write_clean")
        execute = file.connection.execute
        self._level = int(execute(statement("read_cleaning")).get)
        self._left = deque(number for (number,) in execute(statement("read_accounts_left")))
        """Erased accounts that have rows left."""
        # Only a cleaning that was not ended has left any, and to look for them is a walk through all users.
        self._traces: deque[ErasedUser] = deque(execute(statement("read_traces_left")) if self._level else ())
        """Erased users whom rows about others still name."""
        self._rows = _ROWS_MIN
        self._cache = 0
        """SQLite's own setting, while rows are deleted."""
        self._users: Counter[int] = Counter()
        """By account: erasures of users of which something may be left."""
        self._gone: Counter[int] = Counter()
        """Erased accounts that have no rows left, but unused space may have something of them."""
        self._next_page = 1
        """The next page to clear for the first time in this process; 0 once that was done."""
        self._mark_due = self._delete_next = False
        self._rounds = 0
        """How often the last step of a cleaning was taken."""
        self._blocked = 0
        """How many of the last steps could do nothing."""

    @property
    def is_due(self) -> bool:
        """True while `step` has something to do."""
        return self._level > 0 or self._mark_due

    @property
    def is_waited_for(self) -> bool:
        """True while something is left of the erased, and the last step could do its part."""
        return self._level > 0 and not self._blocked

    @property
    def is_blocked(self) -> bool:
        """True if the last step could do nothing, and the next one should come some time later."""
        return self._blocked > 0

    def erased(self, users: Sequence[ErasedUser], accounts: Iterable[int]) -> None:
        """Begin to clean after erasures of users and accounts that are durable."""
        self._users.update({number for number, *_ in users})
        self._traces.extend(users)
        self._left.extend(accounts)
        self._level = max(self._level, _LEFT_IN_FILE)
        self._mark_due = False

    @property
    def left(self) -> tuple[int, ...]:
        """The erased accounts that have rows left."""
        return tuple(self._left)

    def finish(self, *, rows: bool) -> None:
        """Take all steps that can be taken now; unless `rows` is true, those that delete rows are left for later."""
        while self.is_due and (rows or self._mark_due or not self._rounds):
            self.step(rows=rows)
            if self._blocked:
                _log.warning("what was erased cannot be removed from the files yet: another program reads them")
                return

    def step(self, *, rows: bool = True) -> None:
        """Take a step. A failure is logged, and the step is taken again."""
        try:
            done = self._step(rows)
        except (apsw.Error, OSError, StoreLost) as error:
            if not self._blocked:
                _log.warning("what was erased cannot be removed from the files yet", error=str(error))
            done = False
        self._blocked = 0 if done else self._blocked + 1
        if self._blocked and not self._blocked % _STUCK_STEPS:
            self._on_stuck()

    def _step(self, rows: bool) -> bool:
        """Return False if another program is in the way."""
        if self._mark_due:
            self._mark_due = False
            with self._file.transaction():
                self._file.connection.execute(self._mark_clean)
            return True
        if self._traces:
            self._erase_some()
            return True
        # Who erases a person does not wait until all of an account is gone.
        self._delete_next = rows and bool(self._left) and not (self._users and self._delete_next)
        if self._delete_next:
            self._delete_some()
            return True
        written = self._file.written
        if written is None:
            self._next_page, written = 1, self._file.note_written()
        if self._level < _LEFT_BY_OTHERS and (self._next_page or len(written) > _PAGES_LEFT_MAX):
            return self._clear_some(written)
        return self._clear_last(written)

    def _delete_some(self) -> None:
        connection, number, started = self._file.connection, self._left[0], self._stopwatch()
        if not self._cache:
            self._cache = int(connection.execute("PRAGMA cache_size").get)
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        with self._file.transaction():
            before = connection.total_changes()
            connection.execute(self._delete, {"account_number": number, "limit": self._rows})
            if is_gone := connection.total_changes() == before:
                connection.execute(self._forget, (number,))
        if is_gone:
            self._gone[self._left.popleft()] += 1
            if not self._left:
                connection.execute(f"PRAGMA cache_size = {self._cache}")
                self._cache = 0
        self._after_rows(started)

    def _after_rows(self, started: float) -> None:
        """Find out how many rows the next step may write."""
        self._file.checkpoint_when_due()
        took_s = self._stopwatch() - started
        self._rows = max(_ROWS_MIN, min(_ROWS_MAX, self._rows * 2, int(self._rows * _STEP_S / max(took_s, 0.001))))

    def _erase_some(self) -> None:
        connection, (account, number, user_id, revision), started = (
            self._file.connection,
            self._traces[0],
            self._stopwatch(),
        )
        with self._file.transaction():
            before = connection.total_changes()
            connection.execute(
                self._erase_traces,
                {"account_number": account, "user_id": user_id, "revision": revision, "limit": self._rows},
            )
            if is_gone := connection.total_changes() == before:
                connection.execute(self._traces_gone, (account, number))
        if is_gone:
            self._traces.popleft()
        self._after_rows(started)

    def _clear_some(self, written: set[int]) -> bool:
        with self._file.without_checkpoints() as alone:
            if not alone:
                return False
            pages = self._file.pages()
            if not self._next_page:
                pages.clear([written.pop() for _ in range(_PAGES_PER_STEP)])
                return True
            end = min(self._next_page + _PAGES_PER_STEP, pages.pages + 1)
            pages.clear_range(self._next_page, end)
            self._next_page = 0 if end > pages.pages else end
        return True

    def _clear_last(self, written: set[int]) -> bool:
        def clear(pages: PagedFile) -> None:
            if self._level == _LEFT_BY_OTHERS:
                pages.clear_all()
            else:
                pages.clear(written)
            pages.sync()

        if not self._file.empty_log(clear):
            return False
        written.clear()
        self._next_page, self._rounds = 0, self._rounds + 1
        cleaned, self._users, self._gone = self._users + self._gone, Counter(), Counter()
        self._level = _LEFT_IN_FILE if self._left else 0
        self._mark_due = not self._left
        self._on_cleaned(cleaned)
        return True
