"""Writes statuses and changes for people: the same columns in every table, and the same words for every single one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..output import shown
from ..zone import Zone

if TYPE_CHECKING:
    from onduty_client import StatusChange, UserStatus


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


def written_by(actor: str, caller: str) -> str:
    """Name the person who did something and the caller, to follow what was done; empty if neither is known."""
    by = f" by {shown(actor)}" if actor else ""
    return f"{by} (called by {shown(caller)})" if caller else by


def nobody_in(account: str) -> str:
    """Describe an account without users. A mistyped name is one too: an account begins with its first user."""
    return f"nobody was ever seen in the account {shown(account)}"
