"""Brings the rows of a log into the order of their times, within a bound of memory.

Invariant: of rows of the same time, those that come first in the log stay first.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from ..errors import Failure, usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from .reader import ActivityLog

SORTED_ROWS_MAX: Final = 5_000_000
"""How many rows are sorted: some 70 bytes each, so about 350 MB."""

_LINE_BITS: Final = 40
_USER_BITS: Final = 24
_LINE_MASK: Final = (1 << _LINE_BITS) - 1
_USER_MASK: Final = (1 << _USER_BITS) - 1


class Row(NamedTuple):
    """A row of a log: its line, its time in ms UTC, and whose activity it is."""

    line: int
    time_ms: int
    user_id: str


class SortedLog:
    """A log by time. `moved` is how many rows were older than one before them.

    A log that is too long to be sorted is taken as it comes once it has filled the memory, if it was in order so far.

    Args:
        log: read to its end.
        report: as of `ActivityLog.activities`.
        check: told each user id once; what it refuses is reported with its line.

    Raises:
        Failure: as `ActivityLog.activities` raises it, or there are too many rows to be sorted.
    """

    def __init__(
        self,
        log: ActivityLog,
        report: Callable[[int], None] | None = None,
        check: Callable[[str], None] = lambda user_id: None,
    ) -> None:
        self.moved = 0
        self._users: list[str] = []
        # A number for each row, of time, line and user in this order: a fraction of the memory that a tuple takes.
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
        """Each row, the oldest first.

        Raises:
            Failure: as the constructor does, for what was not read by then.
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
