"""Takes old history out of the file, a few thousand rows at a time, so that no change waits for it.

What goes is added to the daily sums in the same transaction (`domain/tallies.py`). Of each account, changes go in the
order of revisions, whatever they are changes of, and edges of each person in their order: so what is summed was before
all that is still in the history. At last the sums of days that ended too long ago go.
"""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

import apsw
import structlog

from ...domain.errors import StoreLost
from .fenced_file import FencedFile
from .statements import statement
from .summed_days import SummedDays

_ROWS_PER_STEP: Final = 5_000

_EVERYBODY: Final = 1 << 62
"""A number above that of any user."""

_log = structlog.get_logger(__name__)


class _Limits(NamedTuple):
    """The limits of what may stay: see `Journal.prune`."""

    before: int = 0
    keep: int = 0
    sums_before: int = 0


class Pruning:
    """Prunes in steps. Belongs to the writer thread."""

    def __init__(self, file: FencedFile) -> None:
        self._file = file
        self._days = SummedDays(file.connection)
        self._limits = _Limits()
        self._stages = (self._prune_changes, self._prune_edges, self._prune_days)
        self._stage = self._next_account = 0
        self._edges_until: dict[int, int] = {}
        """By account of which too many changes were kept: the commit time of the last one that went."""
        self.is_due = False
        """True while `step` has something to do."""

    def begin(self, before: int, keep: int, sums_before: int) -> None:
        """Begin to prune changes committed before `before` (ms UTC), and all but the last `keep` of each account.

        Sums of days that ended by `sums_before` go.
        """
        self._limits = _Limits(before, keep, sums_before)
        self._stage = self._next_account = 0
        self._edges_until.clear()
        self.is_due = True

    def step(self) -> None:
        """Prune some of it in one transaction. A failure is logged, and the next pruning takes the rest."""
        try:
            if not self._stages[self._stage]():
                self._stage, self._next_account = self._stage + 1, 0
                self.is_due = self._stage < len(self._stages)
            self._file.checkpoint_when_due()
        except StoreLost:
            self.is_due = False
        except apsw.Error as error:
            # The next pruning comes in minutes and deletes what remains.
            self.is_due = False
            _log.warning("old history could not be deleted", error=str(error))

    def _prune_changes(self) -> bool:
        """Return False if there is nothing more to prune."""
        found = self._row("read_prunable", {**self._limits._asdict(), "from": self._next_account})
        if found is None:
            return False
        number, time_zone, oldest, newest = found
        chunk: dict[str, Any] = {"account_number": number, "oldest": oldest}
        with self._file.transaction():
            rows = _ROWS_PER_STEP
            while True:
                bindings = {**chunk, **self._limits._asdict(), "newest": newest, "last": oldest + rows - 1}
                (until, last_time) = self._row("read_prunable_end", bindings) or (oldest - 1, 0)
                chunk["until"] = until
                times = self._days.times("read_times_of_changes", chunk)
                days = self._days.of(number, time_zone, times, self._limits.sums_before)
                if days is not None:
                    break
                # Of an account with few changes they may be years apart.
                rows //= 8
            for day in days:
                self._days.add("sum_pruned_changes", chunk, day)
            self._run("prune_changes", chunk)
        if last_time >= self._limits.before:
            self._edges_until[number] = last_time
        self._next_account = number
        return True

    def _prune_edges(self) -> bool:
        until = json.dumps(self._edges_until)
        found = self._row(
            "read_prunable_edges", {"before": self._limits.before, "until": until, "from": self._next_account}
        )
        if found is None:
            return False
        number, time_zone, before = found
        chunk: dict[str, Any] = {"account_number": number}
        with self._file.transaction():
            rows = _ROWS_PER_STEP
            while True:
                last = self._row("read_prunable_edges_end", {**chunk, "before": before, "rows": rows})
                chunk["until"] = before - 1 if last is None else last[0]
                times = self._days.times("read_times_of_edges", chunk)
                days = self._days.of(number, time_zone, times, self._limits.sums_before)
                if days is not None:
                    break
                rows //= 8
            for day in days:
                self._days.add("sum_pruned_edges", chunk, day)
            self._run("prune_edges", chunk)
        self._next_account = number
        return True

    def _prune_days(self) -> bool:
        found = self._row("read_prunable_day", {"sums_before": self._limits.sums_before, "from": self._next_account})
        if found is None:
            return False
        number, day_id, day_end = found
        with self._file.transaction():
            # Before its rows are gone, nothing is to be asked of the day any more.
            self._run("write_known_since", (number, day_end))
            last = self._row("read_prunable_day_end", (day_id, _ROWS_PER_STEP))
            self._run("prune_day", {"day_id": day_id, "last": _EVERYBODY if last is None else last[0]})
            if last is None:
                self._run("forget_day", (day_id,))
        self._next_account = number
        return True

    def _row(self, name: str, bindings: Any) -> Any:
        return self._file.connection.execute(statement(name), bindings).fetchone()

    def _run(self, name: str, bindings: Any) -> None:
        self._file.connection.execute(statement(name), bindings)
