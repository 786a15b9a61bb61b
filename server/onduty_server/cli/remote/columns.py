"""Formats statuses and changes for people, with the same columns in every table and the same words everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..output import shown
from ..zone import Zone

if TYPE_CHECKING:
    from onduty_client import StatusChange, UserStatus


def status_columns(zone: Zone) -> tuple[str, ...]:
    """Return the headings of `status_cells`."""
    return ("USER", "STATUS", "CAUSE", zone.heading("SINCE"), zone.heading("ACTIVE"), zone.heading("NEXT"))


def status_cells(status: UserStatus, zone: Zone) -> tuple[str, ...]:
    """Return a row of a table of statuses."""
    return (
        status.user_id,
        status.status,
        cause(status),
        zone.cell(status.status_since),
        zone.cell(status.last_activity_time),
        following(status.next_status, zone.cell(status.next_status_time, ahead=True)),
    )


def status_facts(status: UserStatus, zone: Zone) -> list[tuple[str, str]]:
    """Return a status as names and values."""
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
    """Return the headings of `change_cells`."""
    return (zone.heading("EFFECTIVE"), "USER", "FROM", "TO", "CAUSE", "REVISION")


def change_cells(changes: Iterable[StatusChange], zone: Zone) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a table of changes."""
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
    """Return the cause of a status, such as `MANUAL by kim: lunch`."""
    by = written_by(it.actor, getattr(it, "caller", ""))
    why = f": {shown(it.reason)}" if it.reason else ""
    return f"{it.cause}{by}{why}"


def following(status: str | None, time: str) -> str:
    """Return the next automatic switch; empty if there is none."""
    return "" if status is None else f"{status} {time}"


def written_by(actor: str, caller: str) -> str:
    """Return the actor and the caller of a change, as in " by kim"; empty if neither is known."""
    by = f" by {shown(actor)}" if actor else ""
    return f"{by} (called by {shown(caller)})" if caller else by


def no_users_in(account: str) -> str:
    """Return the message for an account without users, whose name may be mistyped: accounts begin with a user."""
    return f"account {shown(account)} has no users; check the name"
