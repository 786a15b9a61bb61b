"""Reads and writes times for programs: RFC 3339 in UTC, and numbers since 1970.

Invariant: a fraction of a second has three digits, and is left out if it is zero, so that equal times look equal.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

_DAY_MS: Final = 86_400_000
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
        day, in_day_ms = divmod(time_ms, _DAY_MS)
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
