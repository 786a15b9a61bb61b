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

SORTED_ROWS_MAX: Final = 5_000_000
"""The most rows that are sorted: some 70 bytes each, about 350 MB."""

_LINE_BITS: Final = 40
_USER_BITS: Final = 24
_LINE_MASK: Final = (1 << _LINE_BITS) - 1
_USER_MASK: Final = (1 << _USER_BITS) - 1


class Row(NamedTuple):
    """A row of a log: its line, its time in ms UTC, and the user who was active."""

    line: int
    time_ms: int
    user_id: str


class SortedLog:
    """A log sorted by time. `moved` counts the rows that were older than one before them.

    A log that is too long to be sorted is passed on as it comes, if all of it is in order.

    Args:
        log: is read to its end.
        report: is passed to `ActivityLog.activities`.
        check: is given each user id once; it may raise, while `log.line` is the line of the id.

    Raises:
        Failure: as `ActivityLog.activities` does, or if there are too many rows to be sorted.
    """

    def __init__(
        self,
        log: ActivityLog,
        report: Callable[[int], None] | None = None,
        check: Callable[[str], None] = lambda user_id: None,
    ) -> None:
        self.moved = 0
        self._users: list[str] = []
        # Time, line and user of a row packed into one number, in this order: far smaller than a tuple.
        self._rows: list[int] = []
        numbers: dict[str, int] = {}
        newest_ms = 0
        self._log = log
        self._rest = log.activities(report)
        for time_ms, user_id in islice(self._rest, SORTED_ROWS_MAX):
            number = numbers.get(user_id)
            if number is None:
                check(user_id)
                number = numbers[user_id] = len(self._users)
                self._users.append(user_id)
            if time_ms < newest_ms:
                self.moved += 1
            else:
                newest_ms = time_ms
            self._rows.append((time_ms << _LINE_BITS | log.line) << _USER_BITS | number)
        self._rows.sort()
        if self.moved:
            for _ in self._rest:
                raise _too_long(log)

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self) -> Iterator[Row]:
        """Yield each row, the oldest first.

        Raises:
            Failure: as the constructor does, for rows that it did not read.
        """
        users = self._users
        for packed in self._rows:
            whole = packed >> _USER_BITS
            yield Row(whole & _LINE_MASK, whole >> _LINE_BITS, users[packed & _USER_MASK])
        newest_ms = self._rows[-1] >> _LINE_BITS + _USER_BITS if self._rows else 0
        for time_ms, user_id in self._rest:
            if time_ms < newest_ms:
                raise _too_long(self._log)
            newest_ms = time_ms
            yield Row(self._log.line, time_ms, user_id)


def _too_long(log: ActivityLog) -> Failure:
    return usage(
        f"{log.name}: not in the order of time, and with more than {SORTED_ROWS_MAX:,} rows too long to be sorted "
        "here; sort it first, or give --keep-order to take such rows as ones that arrive late"
    )
