"""Reads a log of activities: CSV with the columns `activity_time` and `user_id`, in any order and among others.

Invariant: rows are streamed, never collected; whatever is wrong with one is reported with its line number.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, NoReturn

from ._errors import Failure, usage
from ._times import parse_time

TIME_COLUMN: Final = "activity_time"
USER_COLUMN: Final = "user_id"
STDIN: Final = Path("-")

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_LATEST_MS: Final = (datetime(9998, 1, 1, tzinfo=UTC) - _EPOCH) // _MILLISECOND
"""Leaves room for the longest period after it, so that every effective time can be written."""

_ROWS_PER_REPORT: Final = 1 << 13
_SHOWN: Final = 60


class ActivityLog(AbstractContextManager["ActivityLog"]):
    """One log, open for one reading. `size` is in bytes, None if it cannot be known; `line` is the last line read.

    Raises:
        Failure: the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self.name = "standard input" if path == STDIN else str(path)
        self._raw: BinaryIO
        self.size: int | None = None
        try:
            if path == STDIN:
                self._raw = sys.stdin.buffer
            else:
                self._raw = path.open("rb")
                self.size = path.stat().st_size if path.is_file() else None
        except OSError as error:
            raise usage(f"{self.name}: {error.strerror or error}") from None
        # A byte that is not UTF-8 gets as far as the check of its field, which can say in which line it is.
        self._text = io.TextIOWrapper(self._raw, encoding="utf-8-sig", errors="surrogateescape", newline="")
        self._reader = csv.reader(self._text, strict=True)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.name == "standard input":
            self._text.detach()
        else:
            self._text.close()

    @property
    def line(self) -> int:
        """From 1 on; the header is the first."""
        return self._reader.line_num

    def activities(self, report: Callable[[int], None] | None = None) -> Iterator[tuple[int, str]]:
        """Each row's time (ms UTC) and user id, unchecked. `report` is given the bytes read so far now and then.

        Raises:
            Failure: the header or a row is malformed, or reading failed.
        """
        try:
            yield from self._rows(report)
        except csv.Error as error:
            self.fail(str(error))
        except OSError as error:
            raise Failure(f"{self.name}: {error.strerror or error}") from None

    def _rows(self, report: Callable[[int], None] | None) -> Iterator[tuple[int, str]]:
        time_at, user_at, width = self._header()
        from_iso = datetime.fromisoformat
        epoch, millisecond, latest_ms = _EPOCH, _MILLISECOND, _LATEST_MS
        until_report = _ROWS_PER_REPORT
        for row in self._reader:
            if len(row) != width:
                if not row:
                    continue
                self.fail(f"{len(row)} field{'s'[: len(row) != 1]} where the header has {width}")
            try:
                time = from_iso(row[time_at])
                time_ms = (time - epoch) // millisecond
            except (ValueError, TypeError):
                time_ms = self._slow_time(row[time_at])
            if not 0 <= time_ms <= latest_ms:
                self.fail(f"{TIME_COLUMN}: {_shown(row[time_at])} is not within the years 1970 to 9997")
            yield time_ms, row[user_at]
            until_report -= 1
            if not until_report:
                until_report = _ROWS_PER_REPORT
                if report is not None and self.size is not None:
                    report(self._raw.tell())

    def _slow_time(self, text: str) -> int:
        """For what `fromisoformat` refuses or knows no zone of: RFC 3339 after all, or an error with words."""
        try:
            return (parse_time(text) - _EPOCH) // _MILLISECOND
        except ValueError as error:
            self.fail(f"{TIME_COLUMN}: {error}")

    def _header(self) -> tuple[int, int, int]:
        header = next(self._reader, None)
        if header is None:
            raise usage(f"{self.name}: empty; the first line names the columns {TIME_COLUMN},{USER_COLUMN}")
        names = [name.strip() for name in header]
        for column in (TIME_COLUMN, USER_COLUMN):
            if names.count(column) != 1:
                what = "twice" if column in names else "not there"
                shown = _shown(",".join(names))
                self.fail(f"the header needs the columns {TIME_COLUMN},{USER_COLUMN}; {column} is {what} in {shown}")
        return names.index(TIME_COLUMN), names.index(USER_COLUMN), len(names)

    def fail(self, what: str) -> NoReturn:
        """Refuse the line read last."""
        raise usage(f"{self.name}: line {self.line}: {what}")


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")
