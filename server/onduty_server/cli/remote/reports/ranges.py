"""The range of a report as people type it: days and times by the clock of a time zone."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from ...errors import usage
from ...times import parse_moment

_DAY = timedelta(days=1)
_WEEK = re.compile(r"\d{4}-?w", re.IGNORECASE)


class Range(NamedTuple):
    """The time from `start` to `end`, which is not part of it."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """The length."""
        return self.end - self.start


def parse_range(since: str | None, until: str | None, now: datetime, zone: tzinfo) -> Range:
    """Return the range that the options name: today if there are none, and up to the end of today without `until`.

    A day alone means the whole of it: the range begins with it, or ends with its end.

    Raises:
        Failure: an option is malformed, or the range would end before it begins.
    """
    start = _moment("--from", "today" if since is None else since, now, zone)
    end = _moment("--to", "today" if until is None else until, now, zone, ends=True)
    if end <= start:
        if until is None:
            raise usage(f"--from: {since!r} is later than today; give --to as well")
        raise usage(f"--to: {until!r} is not after the beginning of the range")
    return Range(start, end)


def _moment(option: str, text: str, now: datetime, zone: tzinfo, *, ends: bool = False) -> datetime:
    try:
        day = _day(text, now, zone)
        if day is not None:
            return datetime.combine(day + _DAY if ends else day, time(), zone)
        return _time(text, now, zone)
    except (ValueError, OverflowError) as error:
        raise usage(f"{option}: {error}") from None


def _day(text: str, now: datetime, zone: tzinfo) -> date | None:
    today = now.astimezone(zone).date()
    compact = text.strip().lower()
    if compact == "today":
        return today
    if compact == "yesterday":
        return today - _DAY
    try:
        return date.fromisoformat(compact)
    except ValueError:
        return None


def _time(text: str, now: datetime, zone: tzinfo) -> datetime:
    compact = text.strip()
    try:
        # A week of ISO 8601 would be taken for its Monday.
        found = None if _WEEK.match(compact) else datetime.fromisoformat(compact.replace("z", "Z"))
    except ValueError:
        found = None
    if found is not None and found.tzinfo is None:
        return found.replace(tzinfo=zone)
    try:
        return parse_moment(compact, now)
    except ValueError:
        raise ValueError(
            f"{text!r} is not a day or a time; write it like 2026-11-03, 2026-11-03T09:00, today, yesterday or 2h ago"
        ) from None
