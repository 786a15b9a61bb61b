"""Formats statuses and changes for people, with the same columns in every table and the same words everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from ..output import shown
from ..zone import Zone

if TYPE_CHECKING:
    from datetime import datetime

    from onduty_client import StatusChange, UserStatus

ERASED: Final = "(erased)"
"""Shown in place of a user who has been erased since."""


class Table(NamedTuple):
    """The headings of a table, and its rows."""

    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]


def status_table(statuses: Iterable[UserStatus], zone: Zone) -> Table:
    """Return a table of statuses. What none of them has takes no column."""
    times = tuple(map(zone.heading, ("SINCE", "ACTIVE", "NEXT", "UNTIL")))
    return _without_empty(
        ("USER", "NAME", "TEAM", "STATUS", "CAUSE", *times, "CLIENT", "ENGAGED"),
        ("NAME", "TEAM", zone.heading("UNTIL"), "CLIENT", "ENGAGED"),
        (_status_cells(status, zone) for status in statuses),
    )


def _status_cells(status: UserStatus, zone: Zone) -> tuple[str, ...]:
    return (
        status.user_id,
        status.display_name,
        status.team_id,
        status.status,
        cause(status),
        zone.cell(status.status_since),
        zone.cell(status.last_activity_time),
        following(status, zone.cell(status.next_status_time, ahead=True), in_table=True),
        ending(status, zone.cell(status.expire_time, ahead=True)),
        connection(status),
        str(status.engagements or ""),
    )


def status_facts(status: UserStatus, zone: Zone) -> list[tuple[str, str]]:
    """Return a status as names and values. What few people have is named only if there is something of it."""
    who = [("name", status.display_name), ("team", status.team_id)]
    gone = f" since {zone.moment(status.status_since)}" if _is_gone(status) else ""
    optional = [
        ("until", ending(status, zone.moment(status.expire_time, ahead=True))),
        ("client", f"{connection(status)}{gone}"),
        ("engagements", str(status.engagements or "")),
    ]
    return [
        ("user", status.user_id),
        *((name, value) for name, value in who if value),
        ("account", status.account_id),
        ("status", status.status),
        ("cause", cause(status)),
        ("since", zone.moment(status.status_since)),
        ("last activity", zone.moment(status.last_activity_time)),
        *((name, value) for name, value in optional if value),
        ("next", following(status, zone.moment(status.next_status_time, ahead=True))),
        ("revision", str(status.revision)),
    ]


def change_table(changes: Iterable[StatusChange], zone: Zone) -> Table:
    """Return a table of changes."""
    return _without_empty(
        (zone.heading("EFFECTIVE"), "USER", "NAME", "TEAM", "FROM", "TO", "CAUSE", "REVISION", zone.heading("UNTIL")),
        ("NAME", "TEAM", zone.heading("UNTIL")),
        (_change_cells(change, zone) for change in changes),
    )


def _change_cells(change: StatusChange, zone: Zone) -> tuple[str, ...]:
    return (
        zone.cell(change.effective_time, dated=True),
        change.user_id or ERASED,
        change.display_name,
        change.team_id,
        change.previous_status or "",
        change.status,
        cause(change),
        str(change.revision),
        # It is of the past, often: an age says more than a distance.
        ending(change, zone.cell(change.expire_time, dated=True, ahead=_is_ahead(change.expire_time, zone))),
    )


def _without_empty(columns: tuple[str, ...], optional: Iterable[str], cells: Iterable[tuple[str, ...]]) -> Table:
    """Return a table without those of the optional columns in which nothing stands."""
    rows = list(cells)
    may_go = frozenset(optional)
    kept = [at for at, column in enumerate(columns) if column not in may_go or any(row[at] for row in rows)]
    return Table(tuple(columns[at] for at in kept), [tuple(row[at] for at in kept) for row in rows])


def _is_ahead(time: datetime | None, zone: Zone) -> bool:
    return time is not None and time > zone.now


def connection(status: UserStatus) -> str:
    """Return what is known of a user's clients: `connected` while a session lives, `gone` once it counts as ended."""
    if status.connected:
        return "connected"
    return "gone" if _is_gone(status) else ""


def _is_gone(status: UserStatus) -> bool:
    from onduty_client import Cause

    return status.cause is Cause.DISCONNECT


def ending(it: UserStatus | StatusChange, time: str) -> str:
    """Return the end of a status, such as `12:30:00 (in 25m), then ONLINE`; empty if it has none."""
    return f"{time}, then {it.then}" if it.expire_time is not None else ""


def cause(it: UserStatus | StatusChange) -> str:
    """Return the cause of a status, such as `MANUAL by kim: lunch`."""
    by = written_by(it.actor, getattr(it, "caller", ""))
    why = f": {shown(it.reason)}" if it.reason else ""
    return f"{it.cause}{by}{why}"


def following(status: UserStatus, time: str, *, in_table: bool = False) -> str:
    """Return the next automatic switch, such as `AWAY 12:30:00 (in 5m) by INACTIVITY`; empty if there is none.

    In a table, where nearly all are by inactivity, that is left out.
    """
    from onduty_client import Cause

    if status.next_status is None:
        return ""
    is_plain = status.next_cause is None or (in_table and status.next_cause is Cause.INACTIVITY)
    return f"{status.next_status} {time}" + ("" if is_plain else f" by {status.next_cause}")


def written_by(actor: str, caller: str) -> str:
    """Return the actor and the caller of a change, as in " by kim"; empty if neither is known."""
    by = f" by {shown(actor)}" if actor else ""
    return f"{by} (called by {shown(caller)})" if caller else by


def no_users_in(account: str) -> str:
    """Return the message for an account without users, whose name may be mistyped: accounts begin with a user."""
    return f"account {shown(account)} has no users; check the name"


def nobody_in(team: str, account: str) -> str:
    """Return the message for a team without users, whose name may be mistyped: teams begin with a user too."""
    return f"team {shown(team)} of account {shown(account)} has no users; `onduty team list` shows the teams"
