"""Adds changes that leave the history to the daily sums, in the transaction in which they are deleted."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

import apsw

from ...app.calendar import day_bounds, zone_of_days
from .statements import statement

_DAYS_PER_STEP: Final = 32
"""Of each day, all changes of a step are looked at."""


class SummedDay(NamedTuple):
    """A day [start, end) (ms UTC) that has sums."""

    day_id: int
    start: int
    end: int


class SummedDays:
    """The days with sums in a file."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def times(self, name: str, chunk: dict[str, Any]) -> list[int]:
        """Return the times, in order, at which changes of a chunk are effective."""
        return list(json.loads(self._connection.execute(statement(name), chunk).get))

    def of(self, account_number: int, time_zone: str, times: list[int], sums_before: int) -> list[SummedDay] | None:
        """Return the days that have these times; None if they are too many for a step.

        A day that ended by `sums_before` is not among them: from now on, nothing is known of it.
        """
        zone, bounds, end = zone_of_days(time_zone), list[tuple[int, int]](), 0
        for time in times:
            if time >= end:
                start, end = day_bounds(time, time + 1, zone)
                bounds.append((start, end))
                if len(bounds) > _DAYS_PER_STEP:
                    return None
        forgotten = [end for _, end in bounds if end <= sums_before]
        if forgotten:
            self._connection.execute(statement("write_known_since"), (account_number, forgotten[-1]))
        days: list[SummedDay] = []
        for start, end in bounds[len(forgotten) :]:
            day = (account_number, start, end)
            self._connection.execute(statement("write_day"), day)
            days.append(SummedDay(self._connection.execute(statement("read_day"), day).get, start, end))
        return days

    def add(self, name: str, chunk: dict[str, Any], day: SummedDay) -> None:
        """Add the changes of a chunk that were on a day."""
        self._connection.execute(statement(name), {**chunk, **day._asdict()})
        # What took no time adds nothing.
        self._connection.execute(statement("forget_empty_day"), (day.day_id,))
