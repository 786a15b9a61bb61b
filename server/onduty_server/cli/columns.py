"""How a status is shown to people: the same columns wherever several are, and the same words wherever one is.

Times are in one zone, which is named; JSON, which is for programs, has none of this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from .output import shown, written_by
from .times import age

if TYPE_CHECKING:
    from onduty_client import StatusChange, UserStatus

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
        """The name of a column of `cell`s."""
        return f"{column} ({self.name})"

    def clock(self, time: datetime) -> str:
        """`2026-11-22 18:34:37 CET`."""
        here = time.astimezone(self._zone)
        return f"{here:%Y-%m-%d %H:%M:%S} {here.tzname()}"

    def time_of_day(self, time: datetime) -> str:
        """`18:34:37 CET`."""
        here = time.astimezone(self._zone)
        return f"{here:%H:%M:%S} {here.tzname()}"

    def moment(self, time: datetime | None, *, ahead: bool = False) -> str:
        """`2026-11-22 18:34:37 CET (3m ago)`; empty for None. `ahead` is for what is yet to come."""
        return "" if time is None else f"{self.clock(time)} ({self._age(time, ahead)})"

    def cell(self, time: datetime | None, *, ahead: bool = False, dated: bool = False) -> str:
        """`18:34:37 (3m ago)`: without the zone if it is that of the heading, and without the date if it is today's.

        `dated` has the date in any case.
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


def status_columns(zone: Zone) -> tuple[str, ...]:
    """The headings of `status_cells`."""
    return ("USER", "STATUS", "CAUSE", zone.heading("SINCE"), zone.heading("ACTIVE"), zone.heading("NEXT"))


def status_cells(status: UserStatus, zone: Zone) -> tuple[str, ...]:
    """A row of a table of statuses."""
    return (
        status.user_id,
        status.status,
        cause(status),
        zone.cell(status.status_since),
        zone.cell(status.last_activity_time),
        following(status.next_status, zone.cell(status.next_status_time, ahead=True)),
    )


def status_facts(status: UserStatus, zone: Zone) -> list[tuple[str, str]]:
    """One status, as names and values."""
    return [
        ("user", status.user_id),
        ("account", status.account_id),
        ("status", status.status),
        ("cause", cause(status)),
        ("since", zone.moment(status.status_since)),
        ("last activity", zone.moment(status.last_activity_time)),
        ("next", following(status.next_status, zone.moment(status.next_status_time, ahead=True))),
        ("revision", str(status.revision)),
    ]


def change_columns(zone: Zone) -> tuple[str, ...]:
    """The headings of `change_cells`."""
    return (zone.heading("EFFECTIVE"), "USER", "FROM", "TO", "CAUSE", "REVISION")


def change_cells(changes: Iterable[StatusChange], zone: Zone) -> Iterator[tuple[str, ...]]:
    """Rows of a table of changes."""
    for change in changes:
        yield (
            zone.cell(change.effective_time, dated=True),
            change.user_id,
            change.previous_status or "",
            change.status,
            cause(change),
            str(change.revision),
        )


def cause(it: UserStatus | StatusChange) -> str:
    """Why a status is what it is: `MANUAL by kim: lunch`."""
    by = written_by(it.actor, getattr(it, "caller", ""))
    why = f": {shown(it.reason)}" if it.reason else ""
    return f"{it.cause}{by}{why}"


def following(status: str | None, time: str) -> str:
    """The next automatic switch, or nothing."""
    return "" if status is None else f"{status} {time}"
