"""Sorts the rows of a log by time, within a bound of memory.

Invariant: rows of the same time keep their order.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from ..errors import Failure, usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...app.activity_log import ActivityLog
    from ...app.log_rows import LoggedLease

SORTED_ROWS_MAX: Final = 5_000_000
"""The most rows that are sorted: some 80 bytes each, about 400 MB."""


class Row(NamedTuple):
    """A row of a log: its line, its time in ms UTC, and its user; `lease` is None for an activity."""

    line: int
    time_ms: int
    user_id: str
    lease: LoggedLease | None


class SortedLog:
    """A log sorted by time.

    A log that is too long to be sorted is passed on as it comes, if all of it is in order.

    Args:
        log: is read to its end.
        report: is passed to `ActivityLog.rows`.
        check: is given each user id once; it may raise, while `log.line` is the line of the id.

    Raises:
        Failure: as `ActivityLog.rows` does, or if there are too many rows to be sorted.
    """

    def __init__(
        self,
        log: ActivityLog,
        report: Callable[[int], None] | None = None,
        check: Callable[[str], None] = lambda user_id: None,
    ) -> None:
        from ...app.log_rows import PackedRows

        self._log = log
        self._held = PackedRows()
        self._rest = log.rows(report)
        for time_ms, user_id, lease in islice(self._rest, SORTED_ROWS_MAX):
            if self._held.add(log.line, time_ms, user_id, lease):
                check(user_id)
        self._held.sort()
        if self.moved:
            for _ in self._rest:
                raise _too_long(log)

    @property
    def moved(self) -> int:
        """The number of rows that were older than one before them."""
        return self._held.moved

    def __len__(self) -> int:
        return len(self._held)

    def rows(self) -> Iterator[Row]:
        """Yield each row, the oldest first.

        Raises:
            Failure: as the constructor does, for rows that it did not read.
        """
        for line, time_ms, user_id, lease in self._held:
            yield Row(line, time_ms, user_id, lease)
        newest_ms = self._held.newest_ms
        for time_ms, user_id, lease in self._rest:
            if time_ms < newest_ms:
                raise _too_long(self._log)
            newest_ms = time_ms
            yield Row(self._log.line, time_ms, user_id, lease)


def _too_long(log: ActivityLog) -> Failure:
    return usage(
        f"{log.name}: not in the order of time, and with more than {SORTED_ROWS_MAX:,} rows too long to be sorted "
        "here; sort it first, or give --keep-order to take such rows as ones that arrive late"
    )
