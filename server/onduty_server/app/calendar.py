"""Days and hours of time zones, as bounds in UTC. A day may have 23, 24 or 25 hours, or be left out altogether.

Rules of time zones are those of the tz database of this machine, or of the `tzdata` package where it has none.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from typing import Final
from zoneinfo import ZoneInfo

from ..domain.errors import InvalidField, quoted
from ..domain.periods import HOUR_MS, SECOND_MS
from ..text.times import to_ms

_NAME_MAX_CHARS: Final = 64
_DAY: Final = timedelta(days=1)


class Bucket(IntEnum):
    """The length of the buckets of a report. The numbers are those of the proto."""

    WHOLE = 0
    QUARTER_HOUR = 1
    HOUR = 2
    DAY = 3


_WIDTH_MS: Final = {Bucket.QUARTER_HOUR: 15 * 60 * SECOND_MS, Bucket.HOUR: HOUR_MS}


def time_zone(field: str, name: str) -> ZoneInfo:
    """Return the time zone with an IANA name.

    Raises:
        InvalidField: there is none of this name.
    """
    # These are other spellings of the same names, and in "right/" seconds are of another length. The machine's own zone
    # has names, too, which mean something else on another machine.
    is_portable = name not in ("localtime", "posixrules") and not name.startswith(("posix/", "right/"))
    if name and len(name) <= _NAME_MAX_CHARS and is_portable:
        try:
            return ZoneInfo(name)
        except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError; a folder's name an OSError
            pass
    raise InvalidField(field, f'{quoted(name)} is not the IANA name of a time zone, such as "Europe/Berlin"')


def zone_of_days(name: str) -> ZoneInfo:
    """Return the time zone of an account's days; UTC if this machine, unlike the one before, does not know it."""
    try:
        return time_zone("time_zone", name)
    except InvalidField:
        return ZoneInfo("UTC")


def bucket_bounds(start: int, end: int, bucket: Bucket, zone: ZoneInfo, most: int) -> list[int] | None:
    """Return the bounds (ms UTC) of the buckets of [start, end), from `start` to `end`; None for more than `most`.

    `start` is before `end`, and both are times that `datetime` knows.
    """
    bounds = [start]
    while bounds[-1] < end:
        if len(bounds) > most:
            return None
        bounds.append(min(_next_bound(bounds[-1], bucket, zone, end), end))
    return bounds


def day_bounds(start: int, end: int, zone: ZoneInfo) -> list[int]:
    """Return the bounds (ms UTC) of whole days, of which the first has `start` and the last the moment before `end`."""
    day = _local(start, zone).date()
    first = _midnight(day, zone)
    if first > start:  # the clock went back over midnight, so that the end of a day came twice
        first = _midnight(day - _DAY, zone)
    bounds = [first]
    while bounds[-1] < end:
        bounds.append(_next_day(bounds[-1], zone))
    return bounds


def _next_bound(time: int, bucket: Bucket, zone: ZoneInfo, end: int) -> int:
    if bucket is Bucket.WHOLE:
        return end
    if bucket is Bucket.DAY:
        return _next_day(time, zone)
    width = _WIDTH_MS[bucket]
    return time + width - (time + _offset_ms(time, zone)) % width


def _next_day(time: int, zone: ZoneInfo) -> int:
    day = _local(time, zone).date()
    while True:
        day += _DAY
        if (midnight := _midnight(day, zone)) > time:  # a day that the calendar of the zone leaves out begins at none
            return midnight


def _local(time: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(time // 1_000, zone)


def _offset_ms(time: int, zone: ZoneInfo) -> int:
    offset = _local(time, zone).utcoffset()
    assert offset is not None
    return offset // timedelta(milliseconds=1)


def _midnight(day: date, zone: ZoneInfo) -> int:
    """The first moment of a day. If the clock skips midnight, it is that of the skip (PEP 495, `fold=0`)."""
    return to_ms(datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC))
