"""Writes times for people in one zone, and names the zone. JSON, which is for programs, is always in UTC."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from .times import age

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def named_zone(name: str) -> ZoneInfo:
    """Return the time zone with an IANA name.

    Raises:
        ValueError: there is none of this name.
    """
    if not name:
        # As of a variable that is not set: it would be UTC.
        raise ValueError("is empty; write UTC for that zone")
    from ..app.calendar import time_zone
    from ..domain.errors import InvalidField

    try:
        return time_zone("", name)
    except InvalidField as error:
        raise ValueError(error.violations[0].description) from None


Local = Annotated[
    bool,
    typer.Option("--local/--utc", help="Show times in the zone of this machine, or in UTC. JSON is always in UTC."),
]


class Zone:
    """Writes times as of `now` in the zone of this machine, or in UTC."""

    def __init__(self, now: datetime, *, local: bool) -> None:
        self._zone = None if local else UTC
        self.now = now.astimezone(self._zone)
        self.name = self.now.tzname() or ""

    def heading(self, column: str) -> str:
        """Return the heading of a column of `cell`s."""
        return f"{column} ({self.name})"

    def clock(self, time: datetime) -> str:
        """Write `2026-11-22 18:34:37 CET`."""
        here = time.astimezone(self._zone)
        return f"{here:%Y-%m-%d %H:%M:%S} {here.tzname()}"

    def time_of_day(self, time: datetime) -> str:
        """Write `18:34:37 CET`."""
        here = time.astimezone(self._zone)
        return f"{here:%H:%M:%S} {here.tzname()}"

    def moment(self, time: datetime | None, *, ahead: bool = False) -> str:
        """Write `2026-11-22 18:34:37 CET (3m ago)`; empty for None. `ahead` is for times in the future."""
        return "" if time is None else f"{self.clock(time)} ({self._age(time, ahead)})"

    def cell(self, time: datetime | None, *, ahead: bool = False, dated: bool = False) -> str:
        """Write `18:34:37 (3m ago)`, with the zone if it differs from the heading's, and the date if it is not today.

        With `dated` the date is always written.
        """
        if time is None:
            return ""
        here = time.astimezone(self._zone)
        date = f"{here:%Y-%m-%d} " if dated or here.date() != self.now.date() else ""
        zone = "" if here.tzname() == self.name else f" {here.tzname()}"
        return f"{date}{here:%H:%M:%S}{zone} ({self._age(time, ahead)})"

    def _age(self, time: datetime, ahead: bool) -> str:
        # The server's clock and this machine's need not agree: what has happened is not "in 1s".
        return age(max(time, self.now) if ahead else min(time, self.now), self.now)
