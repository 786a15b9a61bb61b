"""Times as people read and write them: ages, and moments given by one."""

from __future__ import annotations

import math
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

from ..domain.periods import parse_period
from ..text.times import from_ms, parse_time

_MILLISECOND: Final = timedelta(milliseconds=1)


def wall_clock() -> datetime:
    """Return the time on this machine, which may differ from the time on the server."""
    from ..process.clock import wall_clock_ms

    return from_ms(wall_clock_ms())


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


def parse_end(text: str, now: datetime, *, local: bool) -> datetime:
    """Parse a time that lies ahead of `now`: RFC 3339, or a time of day, like `12:30`, for the next time it is that.

    A time of day is in the zone of this machine with `local`, and in UTC without, unless it names another.

    Raises:
        ValueError: with one line that says what is wrong.
    """
    compact = text.strip()
    if ":" in compact[:3]:
        try:
            of_day = time.fromisoformat(compact.upper())
        except ValueError:
            raise ValueError(f"{text!r} is not a time of day; write it like 12:30") from None
        return _next(of_day, now, None if local else UTC)
    if compact[:1].isdigit() and "-" not in compact:
        raise ValueError(f"{text!r} is not a time; write it like 12:30 or 2026-11-22T12:30:00Z, or a period with --for")
    return parse_time(compact)


def _next(of_day: time, now: datetime, zone: tzinfo | None) -> datetime:
    zone = of_day.tzinfo or zone
    day = now.astimezone(zone).date()
    while True:
        naive = datetime.combine(day, of_day.replace(tzinfo=None))
        # Without a zone, Python takes that of this machine, with the rule that it has on that day.
        found = naive.astimezone(UTC) if zone is None else naive.replace(tzinfo=zone).astimezone(UTC)
        if found > now:
            return found
        day += timedelta(days=1)


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
