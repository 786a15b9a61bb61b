"""Instants and periods as text: RFC 3339 in UTC for programs, with an age for people.

Invariant: a fraction is written when there is one and always has three digits, so that equal instants look equal.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from ..notation import parse_duration

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_DAY_MS: Final = 86_400_000


def to_ms(time: datetime) -> int:
    """Milliseconds since 1970 of an aware `time`, finer digits cut off."""
    return (time - _EPOCH) // _MILLISECOND


def from_ms(time_ms: int) -> datetime:
    """The aware time of milliseconds since 1970."""
    return _EPOCH + time_ms * _MILLISECOND


def rfc3339(time: datetime) -> str:
    """`2019-09-04T22:44:46Z`, or `2019-09-04T22:44:46.250Z` where there are milliseconds."""
    naive = time.astimezone(UTC).replace(tzinfo=None)
    return naive.isoformat(timespec="milliseconds" if naive.microsecond >= 1_000 else "seconds") + "Z"


class Rfc3339Writer:
    """`rfc3339` for a million times in a row: it works out a date once for all the times that share it."""

    def __init__(self) -> None:
        self._day = -1
        self._date = ""

    def __call__(self, time_ms: int) -> str:
        """The text of milliseconds since 1970."""
        day, in_day_ms = divmod(time_ms, _DAY_MS)
        if day != self._day:
            self._day = day
            self._date = (_EPOCH + timedelta(days=day)).date().isoformat()
        seconds, ms = divmod(in_day_ms, 1_000)
        minutes, second = divmod(seconds, 60)
        fraction = f".{ms:03}" if ms else ""
        return f"{self._date}T{minutes // 60:02}:{minutes % 60:02}:{second:02}{fraction}Z"


def parse_time(text: str) -> datetime:
    """The instant, in UTC, of an RFC 3339 text. Other ISO 8601 forms that name an instant are understood too.

    Raises:
        ValueError: with one line that says what is wrong.
    """
    try:
        # Python 3.11 knows "Z" only in upper case.
        time = datetime.fromisoformat(text.strip().replace("z", "Z"))
    except ValueError:
        raise ValueError(f"{text!r} is not a time; write it like 2026-11-22T10:15:00Z") from None
    if time.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone; add Z for UTC or an offset like +02:00")
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is out of range") from None


def parse_moment(text: str, now: datetime) -> datetime:
    """An instant, or how long ago: `2h`, `2h ago`.

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
            return now - parse_duration(ago) * _MILLISECOND
        except OverflowError:
            raise ValueError(f"{text!r} is before all time") from None
    try:
        return parse_time(compact)
    except ValueError as error:
        raise ValueError(f"{error}, or how long ago, like 2h") from None


def age(time: datetime, now: datetime) -> str:
    """`3m ago`, or `in 3m`: the largest unit that fits, and the next where that still matters."""
    distance_s = int(abs((now - time).total_seconds()))
    if distance_s == 0:
        return "now"
    return f"in {_rough(distance_s)}" if time > now else f"{_rough(distance_s)} ago"


def _rough(seconds: int) -> str:
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        count = seconds // size
        if count:
            smaller = {"d": ("h", 3_600), "h": ("m", 60)}.get(unit)
            if smaller is not None and count < 10:
                rest = seconds % size // smaller[1]
                return f"{count}{unit}{rest}{smaller[0]}" if rest else f"{count}{unit}"
            return f"{count}{unit}"
    return f"{seconds}s"
