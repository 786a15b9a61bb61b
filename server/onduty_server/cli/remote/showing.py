"""Shows the statuses and changes that calls return: tables for people, objects for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from ...text.times import rfc3339
from ..output import facts, json_line, note, shown, table
from ..times import wall_clock
from ..zone import Zone
from .columns import no_users_in, nobody_in, status_facts, status_table

if TYPE_CHECKING:
    from onduty_client import Client, StatusChange, UserChange, UserStatus

T = TypeVar("T")

PAGE_MAX = 1_000


def note_if_unknown(client: Client, account: str, user: str = "", team: str | None = None) -> None:
    """Print a note if an account, a user or a team does not exist, as far as this caller may know that."""
    import onduty_client

    try:
        if next(client.list_statuses(account, page_size=1), None) is None:
            note(no_users_in(account))
        elif user and client.batch_get_statuses(account, [user]).unknown_user_ids:
            note(f"never seen: {shown(user)}")
        elif team is not None and next(client.list_statuses(account, team_id=team, page_size=1), None) is None:
            note(nobody_in(team, account))
    except onduty_client.OndutyError:
        pass


def show_one(status: UserStatus, as_json: bool, local: bool) -> None:
    """Show the status of a user."""
    if as_json:
        json_line(status_object(status))
        return
    facts(status_facts(status, Zone(wall_clock(), local=local)))


def show_many(statuses: Iterable[UserStatus], as_json: bool, local: bool) -> int | None:
    """Show statuses, and return how many rows a table has."""
    if as_json:
        for status in statuses:
            json_line(status_object(status))
        return None
    zone = Zone(wall_clock(), local=local)
    drawn = status_table(statuses, zone)
    table(*drawn)
    return len(drawn.rows)


def up_to(limit: int, items: Iterator[T], what: str) -> Iterator[T]:
    """Yield the first `limit` items, or all of them for 0. Prints a note if there are more."""
    if limit == 0:
        yield from items
        return
    yield from islice(items, limit)
    if next(items, None) is not None:
        note(f"the first {limit} {what} shown, there are more; --limit 0 shows all")


def page_size(limit: int) -> int:
    """Return the size of the pages of a list that shows up to `limit` items, or all of them for 0."""
    # Ask for one more than is shown, to know without a second page if there are more.
    return min(limit + 1, PAGE_MAX) if limit else PAGE_MAX


def status_object(status: UserStatus) -> dict[str, Any]:
    """Return a user's status in the form for programs."""
    return {
        "account_id": status.account_id,
        "user_id": status.user_id,
        "display_name": status.display_name,
        "team_id": status.team_id,
        "status": status.status,
        "available": status.available,
        "cause": status.cause,
        "status_since": text(status.status_since),
        "last_activity_time": text(status.last_activity_time),
        "next_status": status.next_status,
        "next_status_time": text(status.next_status_time),
        "next_cause": status.next_cause,
        "actor": status.actor,
        "reason": status.reason,
        "revision": status.revision,
        "expire_time": text(status.expire_time),
        "then": status.then,
        "connected": status.connected,
        "engagements": status.engagements,
    }


def change_object(change: StatusChange) -> dict[str, Any]:
    """Return a change in the form for programs."""
    return {
        "account_id": change.account_id,
        "user_id": change.user_id,
        "display_name": change.display_name,
        "team_id": change.team_id,
        "revision": change.revision,
        "previous_status": change.previous_status,
        "status": change.status,
        "cause": change.cause,
        "effective_time": text(change.effective_time),
        "commit_time": text(change.commit_time),
        "actor": change.actor,
        "reason": change.reason,
        "caller": change.caller,
        "expire_time": text(change.expire_time),
        "then": change.then,
    }


def user_change_object(change: UserChange) -> dict[str, Any]:
    """Return a change of who a user is in the form for programs."""
    return {
        "account_id": change.account_id,
        "user_id": change.user_id,
        "revision": change.revision,
        "erased": change.erased,
        "display_name": change.display_name,
        "team_id": change.team_id,
        "previous_display_name": change.previous_display_name,
        "previous_team_id": change.previous_team_id,
        "change_time": text(change.change_time),
        "actor": change.actor,
        "caller": change.caller,
    }


def text(time: datetime | None) -> str | None:
    """Return a time in the form for programs."""
    return None if time is None else rfc3339(time)
