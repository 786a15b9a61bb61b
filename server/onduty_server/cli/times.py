"""Reads and writes times: RFC 3339 in UTC for programs, and ages for people.

Invariant: a fraction of a second has three digits, and is left out if it is zero, so that equal times look equal.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from ..domain.periods import DAY_MS, parse_period

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_NAMES_OF_UTC: Final = ("UTC", "GMT")
_EPOCH_NUMBER: Final = re.compile(r"-?\d+(\.\d*)?", re.ASCII)
_EPOCH_DIGITS_MAX: Final = 40
_SHOWN: Final = 60


def to_ms(time: datetime) -> int:
    """Return the milliseconds since 1970 of an aware `time`; finer digits are cut off."""
    return (time - _EPOCH) // _MILLISECOND


def from_ms(time_ms: int) -> datetime:
    """Return the aware time of milliseconds since 1970."""
    return _EPOCH + time_ms * _MILLISECOND


def wall_clock() -> datetime:
    """Return the time on this machine, which may differ from the time on the server."""
    from ..process.clock import wall_clock_ms

    return from_ms(wall_clock_ms())


def rfc3339(time: datetime) -> str:
    """Write `2019-09-04T22:44:46Z`, or `2019-09-04T22:44:46.250Z` if there are milliseconds."""
    naive = time.astimezone(UTC).replace(tzinfo=None)
    return naive.isoformat(timespec="milliseconds" if naive.microsecond >= 1_000 else "seconds") + "Z"


class Rfc3339Writer:
    """Writes a million times in a row as `rfc3339` does: it computes a date once for all the times that share it."""

    def __init__(self) -> None:
        self._day = -1
        self._date = ""

    def __call__(self, time_ms: int) -> str:
        """Write milliseconds since 1970."""
        day, in_day_ms = divmod(time_ms, DAY_MS)
        if day != self._day:
            self._day = day
            self._date = (_EPOCH + timedelta(days=day)).date().isoformat()
        seconds, ms = divmod(in_day_ms, 1_000)
        minutes, second = divmod(seconds, 60)
        fraction = f".{ms:03}" if ms else ""
        return f"{self._date}T{minutes // 60:02}:{minutes % 60:02}:{second:02}{fraction}Z"


def parse_time(text: str) -> datetime:
    """Parse an RFC 3339 time into UTC, other ISO 8601 forms that have a zone, and `2026-11-22 10:15:00 UTC`.

    The last is how data warehouses write times.

    Raises:
        ValueError: with one line that says what is wrong.
    """
    # Python 3.11 knows "Z" only in upper case.
    compact = text.strip().replace("z", "Z")
    for zone in _NAMES_OF_UTC:
        if compact.endswith(zone):
            compact = compact.removesuffix(zone).rstrip() + "Z"
    try:
        time = datetime.fromisoformat(compact)
    except ValueError:
        hint = "write it like 2026-11-22T10:15:00Z"
        if compact.isascii() and compact.replace(".", "", 1).isdigit():
            hint = f"if it counts from 1970, give --time-format {'epoch-ms' if len(compact) > 11 else 'epoch-s'}"
        raise ValueError(f"{_shown(text)} is not a time; {hint}") from None
    if time.tzinfo is None:
        raise ValueError(f"{_shown(text)} has no time zone; add Z for UTC or an offset like +02:00")
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is out of range") from None


def parse_epoch_ms(text: str, unit_ms: int) -> int:
    """Parse a number of units since 1970 into milliseconds; finer digits are cut off.

    Raises:
        ValueError: with one line that says what is wrong.
    """
    number = text.strip()
    if not (_EPOCH_NUMBER.fullmatch(number) and len(number) <= _EPOCH_DIGITS_MAX):
        unit = "seconds" if unit_ms == 1_000 else "milliseconds"
        raise ValueError(f"{_shown(text)} is not a number of {unit} since 1970")
    return int(Decimal(number) * unit_ms)


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")


def parse_moment(text: str, now: datetime) -> datetime:
    """Parse a time, or a period before `now`: `2h`, `2h ago`.

    Raises:
        ValueError: with one line that says what is wrong.
    """
    compact = text.strip()
    if compact == "now":
        return now
    ago = compact.removesuffix("ago").strip()
    # A date has more than one dash or a colon; a period has neither.
    if ago[:1].isdigit() and "-" not in ago and ":" not in ago:
        try:
            return now - parse_period(ago) * _MILLISECOND
        except OverflowError:
            raise ValueError(f"{text!r} is before all time") from None
    try:
        return parse_time(compact)
    except ValueError as error:
        raise ValueError(f"{error}, or how long ago, like 2h") from None


def age(time: datetime, now: datetime) -> str:
    """Write `3m ago` or `in 3m`: the largest unit that fits, and the next one below ten of it.

    The past is rounded down and the future up, so that a period that was set just now is shown in full.
    """
    if time > now:
        return f"in {_rough(math.ceil((time - now).total_seconds()), up=True)}"
    distance_s = int((now - time).total_seconds())
    return f"{_rough(distance_s)} ago" if distance_s else "now"


def _rough(seconds: int, *, up: bool = False) -> str:
    if seconds < 60:
        return f"{seconds}s"
    for unit, size, smaller, smaller_size in _UNITS:
        fine = smaller_size if seconds < 10 * size else size
        # Rounded before the unit is chosen: a second less than an hour, rounded up to minutes, is an hour.
        rounded = -(-seconds // fine) * fine if up else seconds // fine * fine
        if rounded >= size:
            count, rest = divmod(rounded, size)
            return f"{count}{unit}" + (f"{rest // smaller_size}{smaller}" if rest else "")
    raise AssertionError("a minute is a unit that fits")


_UNITS: Final = (("d", 86_400, "h", 3_600), ("h", 3_600, "m", 60), ("m", 60, "m", 60))
