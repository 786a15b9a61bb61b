"""Reads a log of activities: CSV with a column of times and one of user ids, in any order and among others.

With a column of kinds, rows may also keep and end sessions and engagements (`log_rows`).

Invariant: rows are streamed, never collected; an error in a row is reported with its line number.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any, BinaryIO, Final, NamedTuple, NoReturn, Protocol, cast

from ..text.times import from_ms, parse_epoch_ms, parse_time, rfc3339, to_ms
from .log_format import (
    IDLE_FOR_COLUMN,
    KIND_COLUMN,
    LEASE_COLUMN,
    TTL_COLUMN,
    LogError,
    LogFormat,
    LogLimits,
    TimeFormat,
)
from .log_rows import LoggedLease, LogRow, lease_reader

_LATEST_MS: Final = to_ms(datetime(9998, 1, 1, tzinfo=UTC))
"""The latest time of an activity. It leaves room for the longest period, so that every effective time has a text."""

_Y2K_MS: Final = to_ms(datetime(2000, 1, 1, tzinfo=UTC))
"""Earlier than any log: a smaller number probably counts seconds, not milliseconds."""

_DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_FIELD_MAX: Final = 16 * 1024 * 1024
"""Characters of the longest field, used or not: some exports hold a whole conversation in one."""
_GZIP_MAGIC: Final = b"\x1f\x8b"
_UTF_16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")

_ROWS_PER_REPORT: Final = 1 << 13
_SHOWN: Final = 60


class _Reader(Protocol):
    """The type of `csv.reader`, which has no public name."""

    @property
    def line_num(self) -> int:
        """The number of lines read so far."""

    def __iter__(self) -> Iterator[list[str]]:
        """The rows."""

    def __next__(self) -> list[str]:
        """The next row."""


class _Header(NamedTuple):
    """The rows after a header, and where their fields are; `lease_of` is None if every row is an activity."""

    reader: _Reader
    time_at: int
    user_at: int
    width: int
    last_used: int
    lease_of: Callable[[Sequence[str]], LoggedLease | None] | None


class OutOfOrder(LogError):
    """A row is older than one before it, in a reading that needs them in the order of their times."""


class _Limited(io.RawIOBase):
    """Reads from `source`, and refuses to go on after `left` bytes."""

    def __init__(self, source: BinaryIO, name: str, left: int) -> None:
        self._source = cast("Any", source)
        self._message = f"{name}: longer than {left:,} bytes unpacked"
        self._left = left

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        data: bytes = self._source.read1(len(into))
        self._left -= len(data)
        if self._left < 0:
            raise LogError(self._message)
        into[: len(data)] = data
        return len(data)


class ActivityLog:
    """One log, for one reading. `size` is in bytes, None if it cannot be known; `line` is the last line read.

    `name` is what messages call it; `say` is given warnings, one line each.

    Raises:
        OSError: `raw` cannot be read.
    """

    def __init__(
        self,
        raw: io.BufferedReader[Any],
        name: str,
        log_format: LogFormat | None = None,
        *,
        size: int | None = None,
        say: Callable[[str], None],
        limits: LogLimits | None = None,
    ) -> None:
        self.name = name
        self.size = size
        self._format = log_format or LogFormat()
        self._say = say
        self._raw = raw
        self._row_max = None if limits is None else limits.row
        self._row_length = 0
        """The characters read since the last row that was handed out."""
        head = raw.peek(2)[:2]
        # By its content: programs that download files may unpack them and keep the name.
        unpacked = cast("BinaryIO", gzip.GzipFile(fileobj=raw) if head == _GZIP_MAGIC else raw)
        if limits is not None:
            unpacked = io.BufferedReader(_Limited(unpacked, name, limits.bytes))
        # A byte that is not UTF-8 is passed on to the check of its field, which knows the line.
        self._text = io.TextIOWrapper(unpacked, encoding="utf-8-sig", errors="surrogateescape", newline="")
        self._is_utf_16 = head in _UTF_16_MARKS
        self._unfinished = ""
        """The last line, if it has no line break."""
        self._line = 0
        csv.field_size_limit(_FIELD_MAX)

    def close(self) -> None:
        """Close the stream."""
        self._text.close()
        self._raw.close()

    def detach(self) -> None:
        """Let go of the stream, which stays open."""
        self._text.detach()

    @property
    def line(self) -> int:
        """The number of the line read last; the header is line 1."""
        return self._line

    def rows(self, report: Callable[[int], None] | None = None, *, in_order: bool = False) -> Iterator[LogRow]:
        """Yield the time (ms UTC) and the user id of each row, and the session or engagement that it is about.

        Ids are stripped of white space, and not checked. `report` is given the bytes read so far now and then. With
        `in_order`, a row older than one before is refused.

        Raises:
            LogError: the header or a row is malformed, or reading failed; OutOfOrder if a row is older than one before.
        """
        try:
            yield from self._read(report, in_order)
        except csv.Error as error:
            # A quote that is never closed takes in the rest of the file, so the start of the row is what helps.
            self._line += 1
            self.fail(f"the row that begins here is not CSV: {error}")
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise LogError(f"{self.name}: the gzip file is damaged or cut off after line {self._line}") from None
        except OSError as error:
            raise LogError(f"{self.name}: {error.strerror or error}", is_malformed=False) from None

    def _read(self, report: Callable[[int], None] | None, in_order: bool) -> Iterator[LogRow]:
        reader, time_at, user_at, width, last_used, lease_of = self._header()
        time_of, latest_ms = _TIME_READERS[self._format.time_format], _LATEST_MS
        lease = None
        until_report = _ROWS_PER_REPORT
        newest_ms = 0
        is_first = True
        for row in reader:
            if self._unfinished and self._is_cut(row, width, last_used):
                self._say(
                    f"{self.name}: line {reader.line_num} does not end with a line break, as if the file had been cut "
                    "off in it, and was left out; if it is whole, add a line break"
                )
                return
            if len(row) != width:
                if not row:
                    continue
                self._line = reader.line_num
                self.fail(f"{len(row)} field{'s'[: len(row) != 1]} where the header has {width}")
            try:
                time_ms = time_of(row[time_at])
            except ValueError as error:
                self._line = reader.line_num
                self.fail(f"{self._format.time_column}: {error}")
            self._line = reader.line_num
            if is_first:
                is_first = False
                if 0 <= time_ms < _Y2K_MS and self._format.time_format is TimeFormat.EPOCH_MS:
                    self._say(
                        f"{self.name}: line {self._line}: {_shown(row[time_at])} milliseconds are "
                        f"{rfc3339(from_ms(time_ms))}; if they are seconds, give --time-format epoch-s"
                    )
            if not newest_ms <= time_ms <= latest_ms:
                if not 0 <= time_ms <= latest_ms:
                    shown = _shown(row[time_at])
                    self.fail(f"{self._format.time_column}: {shown} is not within the years 1970 to 9997")
                if in_order:
                    raise OutOfOrder(
                        f"{self.name}: line {self._line} is older than a row before it; sort the log by time, or give "
                        "--keep-order to take such a row as one that arrives late"
                    )
            else:
                newest_ms = time_ms
            if lease_of is not None:
                try:
                    lease = lease_of(row)
                except ValueError as error:
                    self.fail(str(error))
            # Not earlier: empty lines count as well, for a million of them would take as long as rows.
            self._row_length = 0
            yield time_ms, row[user_at].strip(), lease
            until_report -= 1
            if not until_report:
                until_report = _ROWS_PER_REPORT
                if report is not None and self.size is not None:
                    report(self._raw.tell())

    def _is_cut(self, row: list[str], width: int, last_used: int) -> bool:
        """Return True if the used part of the last row, which has no line break, may be incomplete.

        A field is complete if a delimiter follows it or a quote ends it.
        """
        if len(row) < width:
            return bool(row)
        return last_used == len(row) - 1 and not self._unfinished.endswith('"')

    def _lines(self) -> Iterator[str]:
        longest = -1 if self._row_max is None else self._row_max + 1
        while line := self._text.readline(longest):
            if self._row_max is not None:
                self._row_length += len(line)
                if self._row_length > self._row_max:
                    self._line += 1
                    self.fail(f"the row that begins here is longer than {self._row_max:,} characters")
            if line[-1] not in "\n\r":
                self._unfinished = line
            yield line

    def _header(self) -> _Header:
        wanted = (self._format.time_column, self._format.user_column)
        if self._is_utf_16:
            raise LogError(f"{self.name}: it is UTF-16; save it as UTF-8")
        lines = self._lines()
        first = next(lines, None)
        if first is None:
            raise LogError(f"{self.name}: empty; the first line names the columns {','.join(wanted)}")
        if any(it == "\0" or "\udc80" <= it <= "\udcff" for it in first):
            raise LogError(f"{self.name}: it is not text in UTF-8; write it as CSV, plain or compressed by gzip")
        headers = {each: _fields(first, each) for each in _DELIMITERS}
        # The delimiter that finds the columns; else, for the message, the one that finds most names.
        delimiter = max(headers, key=lambda each: (sum(it in headers[each] for it in wanted), len(headers[each])))
        reader = csv.reader(chain((first,), lines), delimiter=delimiter, skipinitialspace=True, strict=True)
        names = [name.strip() for name in next(reader)]
        self._line = reader.line_num
        at = self._columns(names, wanted, delimiter)
        lease_of = lease_reader(self._format, at) if self._format.kind_column in at else None
        time_at, user_at = (at[column] for column in wanted)
        return _Header(reader, time_at, user_at, len(names), max(at.values()), lease_of)

    def _columns(self, names: Sequence[str], required: Sequence[str], delimiter: str) -> dict[str, int]:
        """Return the index of each column that is used."""
        log_format = self._format
        wanted = [*required]
        if log_format.kind_column is not None:
            optional = (
                (log_format.kind_column, KIND_COLUMN),
                (log_format.lease_column, LEASE_COLUMN),
                (log_format.ttl_column, TTL_COLUMN),
                (log_format.idle_for_column, IDLE_FOR_COLUMN),
            )
            # A name that somebody gave is that of a column which is there.
            wanted += [name for name, default in optional if name != default or name in names]
            if log_format.kind_column not in wanted:
                wanted = [*required]
        for column in wanted:
            if names.count(column) != 1:
                what = "twice" if column in names else "not there"
                separated = f", separated by {_DELIMITERS[delimiter]}" if len(names) > 1 else ""
                self.fail(
                    f"the header needs the columns {','.join(wanted)}; {column} is {what} in "
                    f"{_shown(delimiter.join(names))}{separated} (--columns says what they are called)"
                )
        return {column: names.index(column) for column in wanted}

    def fail(self, what: str) -> NoReturn:
        """Refuse the line read last."""
        raise LogError(f"{self.name}: line {self.line}: {what}")


def _fields(header: str, delimiter: str) -> list[str]:
    """Return the names in the first line of a header, none if it is not CSV."""
    try:
        return [name.strip() for name in next(csv.reader((header,), delimiter=delimiter, skipinitialspace=True))]
    except csv.Error:
        return []


def _rfc3339_ms(text: str) -> int:
    try:
        return to_ms(datetime.fromisoformat(text))
    except (ValueError, TypeError):
        # Without a zone, or in a form that `fromisoformat` refuses: the slower parser takes it or explains.
        return to_ms(parse_time(text))


_TIME_READERS: Final[dict[TimeFormat, Callable[[str], int]]] = {
    TimeFormat.RFC3339: _rfc3339_ms,
    TimeFormat.EPOCH_S: lambda text: parse_epoch_ms(text, 1_000),
    TimeFormat.EPOCH_MS: lambda text: parse_epoch_ms(text, 1),
}


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")
