"""Writes reports as CSV that spreadsheets open as it is meant.

Lines end as RFC 4180 has it. Times are by the clock of the report's zone, as spreadsheets read them, and beside that in
UTC, which also tells the hour that comes twice. Lengths are h:mm:ss, and seconds to the millisecond.
Invariant: no text that somebody has written is taken for a formula.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple

from ....text.times import rfc3339
from ...output import shown
from .texts import Extent, length, milliseconds

if TYPE_CHECKING:
    from onduty_client import StatusCount, TimeBucket, Timeline, TimeSummary

_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")
_BOM: Final = "\ufeff"
_PLACE: Final = ("start", "end", "start_utc", "end_utc", "time_zone")
_WHO: Final = ("user_id", "display_name", "team_id")
_STATUSES: Final = ("ONLINE", "AWAY", "OFFLINE")
_BESIDE: Final = ("unknown", "elsewhere", "connected", "engaged")
_CAUSES: Final = (
    ("ONLINE", ("MANUAL", "ACTIVITY", "EXPIRY")),
    ("AWAY", ("MANUAL", "INACTIVITY", "EXPIRY", "DISCONNECT")),
    ("OFFLINE", ("MANUAL", "INACTIVITY", "EXPIRY", "DISCONNECT")),
)


class Dialect(NamedTuple):
    """The way in which CSV is written. Where `;` divides cells, a comma divides decimals: so spreadsheets have it."""

    delimiter: str = ","
    bom: bool = False

    @property
    def decimal(self) -> str:
        """The mark before a fraction."""
        return "," if self.delimiter == ";" else "."


class _Writer:
    def __init__(self, out: IO[str], dialect: Dialect, columns: Sequence[str]) -> None:
        # As it is for a program; a terminal would obey some characters.
        self._written = shown if out.isatty() else str
        self._decimal = dialect.decimal
        if dialect.bom:
            out.write(_BOM)
        self._writer = csv.writer(out, delimiter=dialect.delimiter, lineterminator="\r\n")
        self._writer.writerow(columns)

    def row(self, *cells: object) -> None:
        self._writer.writerow(cells)

    def texts(self, *cells: str) -> list[str]:
        """Return cells that somebody has written."""
        return [f"'{text}" if text.startswith(_FORMULAS) else text for text in map(self._written, cells)]

    def lengths(self, period: timedelta | None) -> list[str]:
        """Return the cells of a length: seconds, and h:mm:ss."""
        return ["", ""] if period is None else [self.seconds(period), length(period)]

    def seconds(self, period: timedelta) -> str:
        whole, ms = divmod(milliseconds(period), 1_000)
        return f"{whole}{self._decimal}{ms:03}" if ms else str(whole)


def write_time(extent: Extent, summaries: Iterable[TimeSummary], out: IO[str], dialect: Dialect) -> None:
    """Write a row for each bucket of each person, of each team, or of everybody."""
    from onduty_client import Cause, Status

    columns: list[str] = [*_PLACE, *_WHO, "people", "erased"]
    for name in (*map(str.lower, _STATUSES), *_BESIDE):
        columns += (f"{name}_seconds", name)
    columns += (f"{status.lower()}_by_{cause.lower()}_seconds" for status, causes in _CAUSES for cause in causes)
    writer = _Writer(out, dialect, columns)
    for summary in summaries:
        names = writer.texts(summary.user_id, summary.display_name, summary.team_id)
        whose = (*names, summary.people, _yes(summary.erased))
        for bucket in summary.buckets:
            lengths: list[str] = []
            for status in _STATUSES:
                lengths += writer.lengths(bucket.time_in(Status(status)))
            for beside in _beside(bucket):
                lengths += writer.lengths(beside)
            causes = (
                writer.seconds(bucket.time_in(Status(status), Cause(cause)))
                for status, causes in _CAUSES
                for cause in causes
            )
            writer.row(*_place(extent, bucket.start_time, bucket.end_time), *whose, *lengths, *causes)


def _beside(bucket: TimeBucket) -> Sequence[timedelta | None]:
    return bucket.unknown, bucket.elsewhere, bucket.connected, bucket.engaged


def write_coverage(extent: Extent, counts: Iterable[StatusCount], out: IO[str], dialect: Dialect) -> None:
    """Write a row for each step. Where it is not known how many there were, the numbers are left out."""
    writer = _Writer(out, dialect, ("time", "time_utc", "time_zone", "online", "away", "offline", "unknown"))
    for count in counts:
        numbers: Sequence[Any] = ("", "", "") if count.unknown else (count.online, count.away, count.offline)
        time = count.time
        writer.row(extent.clock(time), rfc3339(time), extent.zone_name, *numbers, _yes(count.unknown))


def write_timelines(extent: Extent, timelines: Iterable[Timeline], out: IO[str], dialect: Dialect) -> None:
    """Write a row for each interval of each person."""
    columns = (*_PLACE, *_WHO, "erased", "status", "cause", "seconds", "length")
    writer = _Writer(out, dialect, columns)
    for timeline in timelines:
        names = writer.texts(timeline.user_id, timeline.display_name, timeline.team_id)
        for it in timeline.intervals:
            status = it.status or ("ELSEWHERE" if it.elsewhere else "UNKNOWN")
            place = _place(extent, it.start_time, it.end_time)
            lasted = writer.lengths(it.end_time - it.start_time)
            writer.row(*place, *names, _yes(timeline.erased), status, it.cause or "", *lasted)


def _place(extent: Extent, start: datetime, end: datetime) -> Sequence[str]:
    return extent.clock(start), extent.clock(end), rfc3339(start), rfc3339(end), extent.zone_name


def _yes(true: bool) -> str:
    return "yes" if true else ""
