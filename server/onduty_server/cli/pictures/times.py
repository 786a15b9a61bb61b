"""Time as a picture shows it: a span on the axis, its ticks by the clock of a zone, and words for times and lengths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Final, NamedTuple

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_DAY_MS: Final = 86_400_000
_HOUR_MS: Final = 3_600_000
_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_MINUTES: Final = (5, 10, 15, 30, 60, 120, 180, 240, 360, 720)
_DAYS: Final = (1, 2, 3, 7, 14)
_CLOCK_WIDTH: Final = 52
_DATE_WIDTH: Final = 50
_LONG_DATE_WIDTH: Final = 82


class Span(NamedTuple):
    """The time [start, end) in ms UTC, and the zone by whose clock it is told."""

    start: int
    end: int
    zone: tzinfo

    @property
    def length(self) -> int:
        """The length in ms."""
        return self.end - self.start


class Tick(NamedTuple):
    """A mark of the axis at `time` (ms UTC), and its label, which stands at `label_time`. `strong`: a day begins."""

    time: int
    label: str
    label_time: int
    strong: bool = False


def ticks(span: Span, width: float) -> Sequence[Tick]:
    """Return the ticks for an axis that is `width` wide: as many as have room for their labels."""
    per_ms = width / span.length
    for minutes in _MINUTES:
        if minutes * 60_000 * per_ms >= _CLOCK_WIDTH and span.length <= 3 * _DAY_MS:
            return list(_hours(span, minutes))
    for days in _DAYS:
        if days * _DAY_MS * per_ms >= _DATE_WIDTH:
            return list(_days(span, days, long=days * _DAY_MS * per_ms >= _LONG_DATE_WIDTH))
    return list(_months(span))


def _hours(span: Span, minutes: int) -> Iterator[Tick]:
    days = _dates(span)
    for day in [*days, days[-1] + _DAY]:
        last = None
        for minute in range(0, 24 * 60, minutes):
            for fold in (0, 1):
                local = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=span.zone, fold=fold)
                time = _ms(local)
                # A time that the clock skips is none, and one that it does not repeat has no second meaning.
                if _local(time, span.zone).replace(tzinfo=None) != local.replace(tzinfo=None) or time == last:
                    continue
                twice = _ms(local.replace(fold=0)) != _ms(local.replace(fold=1))
                last = time
                if span.start <= time <= span.end:
                    label = f"{local:%H:%M} {local.tzname()}" if twice else f"{local:%H:%M}"
                    if minute == 0 and len(days) > 1:
                        label = f"{_WEEKDAYS[day.weekday()]} {_day(day)}"
                    yield Tick(time, label, time, minute == 0)


def _days(span: Span, every: int, *, long: bool) -> Iterator[Tick]:
    for number, day in enumerate(_dates(span)):
        start, end = midnight(day, span.zone), midnight(day + _DAY, span.zone)
        shown = max(start, span.start), min(end, span.end)
        label = ""
        # A day of which little is shown has no room for its name.
        if number % every == 0 and (every > 1 or 2 * (shown[1] - shown[0]) >= end - start):
            label = f"{_WEEKDAYS[day.weekday()]} {_day(day)}" if long else _day(day)
        yield Tick(start, label, sum(shown) // 2, strong=day.weekday() == 0)


def _months(span: Span) -> Iterator[Tick]:
    days = _dates(span)
    firsts = [days[0], *(day for day in days[1:] if day.day == 1), days[-1] + _DAY]
    for first, after in pairwise(firsts):
        start, end = midnight(first, span.zone), midnight(after, span.zone)
        label = f"{_MONTHS[first.month - 1]} {first.year}" if (after - first).days >= 20 else ""
        yield Tick(start, label, (max(start, span.start) + min(end, span.end)) // 2)


def _dates(span: Span) -> list[date]:
    day, last = _local(span.start, span.zone).date(), _local(span.end - 1, span.zone).date()
    days = [day]
    while days[-1] < last:
        days.append(days[-1] + _DAY)
    return days


def midnight(day: date, zone: tzinfo) -> int:
    """Return the first moment of a day (ms UTC)."""
    return _ms(datetime(day.year, day.month, day.day, tzinfo=zone))


def _ms(time: datetime) -> int:
    return (time.astimezone(UTC) - _EPOCH) // timedelta(milliseconds=1)


def _local(time_ms: int, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(time_ms // 1_000, zone)


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"


def date_in_words(time_ms: int, zone: tzinfo) -> str:
    """Write `Tue 3 Nov 2026`."""
    day = _local(time_ms, zone).date()
    return f"{_WEEKDAYS[day.weekday()]} {_day(day)} {day.year}"


def span_in_words(span: Span) -> str:
    """Write `Tue 3 Nov 2026`, `Tue 3 to Fri 6 Nov 2026` or `Tue 3 Nov 2026, 09:00 to 17:00`; the zone is not named."""
    start, end = _local(span.start, span.zone), _local(span.end, span.zone)
    first, last = date_in_words(span.start, span.zone), date_in_words(span.end - 1, span.zone)
    whole = span.start == midnight(start.date(), span.zone) and span.end == midnight(end.date(), span.zone)
    if whole:
        return first if first == last else f"{_without_year(first, last)} to {last}"
    if first == last:
        ending = "24:00" if end.date() != start.date() else f"{end:%H:%M}"
        return f"{first}, {start:%H:%M} to {ending}"
    return f"{first}, {start:%H:%M} to {date_in_words(span.end, span.zone)}, {end:%H:%M}"


def _without_year(first: str, last: str) -> str:
    return first[:-5] if first[-4:] == last[-4:] else first


def clock_in_words(time_ms: int, zone: tzinfo) -> str:
    """Write `14:05`."""
    return f"{_local(time_ms, zone):%H:%M}"


def length_in_words(length_ms: int) -> str:
    """Write `45 min` or `6:10 h`, rounded to the minute, or `40 s` below one."""
    if length_ms < 60_000:
        return f"{round(length_ms / 1_000)} s"
    minutes = round(length_ms / 60_000)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60:,}:{minutes % 60:02} h"


def share_in_words(part: int, total: int) -> str:
    """Write `62 %`, and `99.7 %` or `0.4 %` for what is neither all nor nothing."""
    share = 100 * part / total
    return f"{share:.1f} %" if 0 < share < 1 or 99 < share < 100 else f"{share:.0f} %"
