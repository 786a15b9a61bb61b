"""Draws reports: what is in them as the values of pictures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from heapq import nsmallest
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from ....text.times import to_ms
from ...errors import usage
from ...pictures import (
    Bar,
    Bars,
    Caption,
    Column,
    Columns,
    ColumnsOf,
    Coverage,
    CoverageOf,
    Empty,
    Moment,
    Part,
    Series,
    Span,
    Stretch,
    TimelineOf,
    Timelines,
    picture,
)
from .texts import EVERYBODY, NO_TEAM, Extent, by_name, milliseconds, names_of

if TYPE_CHECKING:
    from onduty_client import StatusCount, TimeBucket, Timeline, TimelineInterval, TimeSummary

    P = TypeVar("P", TimeSummary, Timeline)

T = TypeVar("T")

ROWS_MAX: Final = 200
"""Rows of people or teams in a picture: it is taller than any page then."""
_COLUMNS_MAX: Final = 1_000
"""Columns side by side: they are a pixel wide then."""
_BOXES_MAX: Final = 40_000
"""Columns of all rows."""


def time(extent: Extent, summaries: Iterable[TimeSummary], title: str, *, each: str, whole: bool) -> str:
    """Return time in status as bars if there is one bucket, and as columns above an axis of time if there are more."""
    shown, more = _by_name(summaries) if each == "person" else _first(summaries)
    name = names_of(shown)
    labels = [name(it) if each == "person" else _group(it, each) for it in shown]
    part: Part
    if whole:
        part = Bars(
            [Bar(label, _sums(bucket)) for label, it in zip(labels, shown, strict=True) for bucket in it.buckets]
        )
    else:
        if any(len(it.buckets) > _COLUMNS_MAX for it in shown):
            raise usage(
                f"--by: a picture has room for {_COLUMNS_MAX:,} of them; choose longer ones, or a shorter range"
            )
        fitting = max(1, _BOXES_MAX // max((len(it.buckets) for it in shown), default=1))
        if len(shown) > fitting:
            shown, more = shown[:fitting], _more(fitting)
        rows = [
            ColumnsOf("" if each == "all" else label, _columns(it)) for label, it in zip(labels, shown, strict=False)
        ]
        part = Columns(rows, _span(extent), _as_of(extent))
    return _picture(title, extent, part, more)


def coverage(extent: Extent, counts: Sequence[StatusCount], title: str) -> str:
    """Return the coverage curve."""
    moments = [Moment(to_ms(count.time), _numbers(count)) for count in counts]
    return _picture(title, extent, Coverage([CoverageOf("", moments)], _span(extent), _as_of(extent)))


def timelines(extent: Extent, found: Iterable[Timeline], title: str) -> str:
    """Return a row for each person."""
    shown, more = _by_name(found)
    name = names_of(shown)
    rows = [TimelineOf(name(it), [_stretch(interval) for interval in it.intervals]) for it in shown]
    return _picture(title, extent, Timelines(rows, _span(extent), _as_of(extent)), more)


def _picture(title: str, extent: Extent, part: Part, more: str = "") -> str:
    if extent.as_of <= extent.start:
        return picture(Caption(title, extent.in_words()), [Empty("Nothing of this time has happened yet.")])
    notes = [*extent.notes(unknown=Series.UNKNOWN in part.series()), *([more] if more else [])]
    return picture(Caption(title, extent.in_words(), notes), [part])


def _first(items: Iterable[T]) -> tuple[list[T], str]:
    """Return as many as a picture has room for, and a remark if there are more."""
    found = list(islice(items, ROWS_MAX + 1))
    return found[:ROWS_MAX], _more(ROWS_MAX) if len(found) > ROWS_MAX else ""


def _by_name(people: Iterable[P]) -> tuple[list[P], str]:
    """Return the first of all people by name, as many as a picture has room for, and a remark if there are more."""
    return _first(nsmallest(ROWS_MAX + 1, people, key=by_name))


def _more(drawn: int) -> str:
    return f"The first {drawn} are drawn; there are more."


def _span(extent: Extent) -> Span:
    return Span(to_ms(extent.start), to_ms(extent.end), extent.zone)


def _as_of(extent: Extent) -> int | None:
    return to_ms(extent.as_of) if extent.is_cut else None


def _group(summary: TimeSummary, each: str) -> str:
    return summary.team_id or (NO_TEAM if each == "team" else EVERYBODY)


def _columns(summary: TimeSummary) -> list[Column]:
    return [Column(to_ms(it.start_time), to_ms(it.end_time), _sums(it)) for it in summary.buckets]


def _sums(bucket: TimeBucket) -> dict[Series, int]:
    sums = {Series.UNKNOWN: milliseconds(bucket.unknown), Series.ELSEWHERE: milliseconds(bucket.elsewhere)}
    for it in bucket.times:
        series = _series(it.status)
        sums[series] = sums.get(series, 0) + milliseconds(it.duration)
    return sums


def _series(status: str | None) -> Series:
    # A status of a newer server is none that this program could draw.
    return Series.__members__.get(status or "", Series.UNKNOWN)


def _numbers(count: StatusCount) -> dict[Series, int] | None:
    if count.unknown:
        return None
    return {Series.ONLINE: count.online, Series.AWAY: count.away, Series.OFFLINE: count.offline}


def _stretch(it: TimelineInterval) -> Stretch:
    return Stretch(_ms(it.start_time), _ms(it.end_time), Series.ELSEWHERE if it.elsewhere else _series(it.status))


def _ms(time: datetime) -> int:
    return to_ms(time)
