"""The commands about users: `activity`, `status get|set|list`, `available`, `history`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from ...domain.periods import parse_period
from ...text.times import rfc3339
from ..errors import Failure, usage
from ..help import CommandGroup
from ..options import Json, parser
from ..output import facts, json_line, note, shown, table
from ..times import parse_end, parse_moment, wall_clock
from ..zone import Local, Zone
from .columns import change_table, no_users_in, status_facts, status_table
from .options import (
    DEFAULT_SERVER,
    DEFAULT_TIMEOUT,
    Account,
    Actor,
    Server,
    StatusName,
    Timeout,
    User,
    acting,
    check_actor,
    secured,
)
from .remote import connect

if TYPE_CHECKING:
    from onduty_client import Client, StatusChange, UserStatus

T = TypeVar("T")

_DEFAULT_LIMIT = 100


class OrderName(Enum):
    """The orders of the available users, as they are typed."""

    LONGEST_AVAILABLE = "longest-available"
    MOST_RECENTLY_ACTIVE = "most-recently-active"
    LONGEST_IDLE = "longest-idle"


class ThenName(Enum):
    """The choices of what follows a status that ends, as people type them."""

    AUTOMATIC = "automatic"
    ONLINE = "online"
    AWAY = "away"
    OFFLINE = "offline"


def _ttl(text: str) -> timedelta:
    return timedelta(milliseconds=parse_period(text))


status_app = CommandGroup("Read and set statuses.")


@secured
def activity(
    account: Account,
    user: User,
    at: Annotated[
        str | None,
        typer.Option(
            "--at", metavar="TIME", help="When it was: RFC 3339, or how long ago, like 2m. Default: the server's now."
        ),
    ] = None,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    local: Local = False,
    as_json: Json = False,
) -> None:
    """Report an activity and show the user's status after it."""
    activity_time = None if at is None else _moment("--at", at)
    with connect(server, timeout) as client:
        status = client.record_activity(account, user, activity_time=activity_time)
    show_one(status, as_json, local)


@status_app.command("get")
@secured
def get(
    account: Account,
    users: Annotated[list[str], typer.Argument(metavar="USER", show_default=False, help="The users, up to 1,000.")],
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    local: Local = False,
    as_json: Json = False,
) -> None:
    """Show the status of one or more users.

    All statuses are from the same moment. The exit code is 1 if one of the users was never seen.
    """
    with connect(server, timeout) as client:
        if len(users) == 1:
            show_one(client.get_status(account, users[0]), as_json, local)
            return
        found = client.batch_get_statuses(account, users)
    _show_many(found.user_statuses, as_json, local)
    if found.unknown_user_ids:
        raise Failure(f"never seen: {', '.join(map(shown, found.unknown_user_ids))}")


@status_app.command("set")
@secured
def set_(
    account: Account,
    user: User,
    status: Annotated[StatusName, typer.Argument(metavar="STATUS", show_default=False, case_sensitive=False)],
    lasting: Annotated[
        Any,
        typer.Option(
            "--for",
            metavar="PERIOD",
            parser=parser(_ttl),
            help="How long it lasts, like 30m: 1s to 30d. Until then inactivity does not touch it.",
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            metavar="TIME",
            help="When it ends: a time of day like 12:30, of today or tomorrow, in UTC or with --local in the zone of "
            "this machine; or RFC 3339.",
        ),
    ] = None,
    then: Annotated[
        ThenName | None,
        typer.Option(
            "--then",
            case_sensitive=False,
            show_default="automatic",
            help="What follows. automatic: ONLINE if the user was active lately, else AWAY until the next activity.",
        ),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", show_default=False, help="Why.")] = "",
    expected_revision: Annotated[
        int | None,
        typer.Option(
            "--expected-revision",
            metavar="N",
            min=0,
            max=(1 << 63) - 1,
            help="Set it only while the user's revision is this one; 0: only if the user was never seen.",
        ),
    ] = None,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    actor: Actor = None,
    local: Local = False,
    as_json: Json = False,
) -> None:
    """Set a user's status by hand. Restarts the user's inactivity clock.

    With --for or --until it ends by itself. Setting a status again replaces the end, or without one removes it.
    """
    import onduty_client

    if lasting is not None and until is not None:
        raise usage("give either --for or --until, not both")
    if then is not None and lasting is None and until is None:
        raise usage("--then says what follows at the end of a status; give --for or --until too")
    with connect(server, timeout, acting(actor)) as client:
        result = client.set_status(
            account,
            user,
            onduty_client.Status[status.name],
            until=None if until is None else _end(until, local),
            ttl=lasting,
            then=None if then is None else onduty_client.Then[then.name],
            reason=reason,
            expected_revision=expected_revision,
        )
    check_actor(actor, result.actor)
    show_one(result, as_json, local)


@status_app.command("list")
@secured
def list_(
    account: Account,
    statuses: Annotated[
        list[StatusName] | None,
        typer.Option(
            "--status",
            metavar="online|away|offline",
            case_sensitive=False,
            help="Only users with this status; may be repeated.",
        ),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, metavar="N", help="At most how many; 0 for all.")] = 0,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    local: Local = False,
    as_json: Json = False,
) -> None:
    """List users and their statuses, in the order first seen."""
    import onduty_client

    wanted = [onduty_client.Status[status.name] for status in statuses or ()]
    with connect(server, timeout) as client:
        found = client.list_statuses(account, statuses=wanted, page_size=_page_size(limit))
        if _show_many(_up_to(limit, found, "users"), as_json, local) == 0 and not wanted:
            note(no_users_in(account))


@secured
def available(
    account: Account,
    order: Annotated[OrderName, typer.Option("--order", help="Who comes first.")] = OrderName.LONGEST_AVAILABLE,
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=1_000, metavar="N", help="At most how many to show, up to 1,000.")
    ] = _DEFAULT_LIMIT,
    max_engagements: Annotated[
        int,
        typer.Option(
            "--max-engagements",
            min=0,
            max=(1 << 31) - 1,
            metavar="N",
            help="Leave out users with N engagements or more; 0 leaves out nobody.",
        ),
    ] = 0,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    local: Local = False,
    as_json: Json = False,
) -> None:
    """Show who can be given work now, best first. With --json: one object with the count and the users."""
    import onduty_client

    with connect(server, timeout) as client:
        found = client.available_users(
            account,
            order=onduty_client.AvailabilityOrder[order.name],
            limit=limit,
            max_engagements=max_engagements,
        )
        if as_json:
            users = [status_object(status) for status in found.user_statuses]
            json_line({"available_count": found.available_count, "user_statuses": users})
            return
        shown_count = _show_many(found.user_statuses, as_json=False, local=local)
        if shown_count == 0:
            note_if_unknown(client, account)
    if found.available_count > len(found.user_statuses):
        note(f"{len(found.user_statuses)} of {found.available_count} available users shown; --limit shows more")


@secured
def history(
    account: Account,
    user: Annotated[str | None, typer.Option("--user", metavar="USER", help="Only this user's changes.")] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="TIME", help="Only changes from then on: RFC 3339, or how long ago, like 2h."),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="TIME", help="Only changes before then: RFC 3339, or how long ago, like 2h."),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=0, metavar="N", help="At most how many; 0 for all.")
    ] = _DEFAULT_LIMIT,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    local: Local = False,
    as_json: Json = False,
) -> None:
    """Show status changes, oldest first.

    Each is shown with the instant at which it became true, which may be before it was recorded.
    """
    start = None if since is None else _moment("--since", since)
    end = None if until is None else _moment("--until", until)
    with connect(server, timeout) as client:
        found = client.list_status_changes(
            account, user_id=user, start_time=start, end_time=end, page_size=_page_size(limit)
        )
        changes = _up_to(limit, found, "changes")
        if as_json:
            for change in changes:
                json_line(change_object(change))
            return
        zone = Zone(wall_clock(), local=local)
        drawn = change_table(changes, zone)
        table(*drawn)
        if not drawn.rows:
            note_if_unknown(client, account, user or "")


def note_if_unknown(client: Client, account: str, user: str = "") -> None:
    """Print a note if an account or user does not exist, as far as this caller may know that."""
    import onduty_client

    try:
        if next(client.list_statuses(account, page_size=1), None) is None:
            note(no_users_in(account))
        elif user and client.batch_get_statuses(account, [user]).unknown_user_ids:
            note(f"never seen: {shown(user)}")
    except onduty_client.OndutyError:
        pass


def show_one(status: UserStatus, as_json: bool, local: bool) -> None:
    """Show the status of a user."""
    if as_json:
        json_line(status_object(status))
        return
    facts(status_facts(status, Zone(wall_clock(), local=local)))


def _show_many(statuses: Iterable[UserStatus], as_json: bool, local: bool) -> int | None:
    """Show statuses, and return how many rows a table has."""
    if as_json:
        for status in statuses:
            json_line(status_object(status))
        return None
    zone = Zone(wall_clock(), local=local)
    drawn = status_table(statuses, zone)
    table(*drawn)
    return len(drawn.rows)


def _up_to(limit: int, items: Iterator[T], what: str) -> Iterator[T]:
    """Yield the first `limit` items, or all of them for 0. Prints a note if there are more."""
    if limit == 0:
        yield from items
        return
    yield from islice(items, limit)
    if next(items, None) is not None:
        note(f"the first {limit} {what} shown, there are more; --limit 0 shows all")


def _page_size(limit: int) -> int:
    # Ask for one more than is shown, to know without a second page if there are more.
    return min(limit + 1, 1_000) if limit else 1_000


def _end(text: str, local: bool) -> datetime:
    try:
        return parse_end(text, wall_clock(), local=local)
    except ValueError as error:
        raise usage(f"--until: {error}") from None


def _moment(option: str, text: str) -> datetime:
    try:
        return parse_moment(text, wall_clock())
    except ValueError as error:
        raise usage(f"{option}: {error}") from None


def status_object(status: UserStatus) -> dict[str, Any]:
    """Return a user's status in the form for programs."""
    return {
        "account_id": status.account_id,
        "user_id": status.user_id,
        "status": status.status,
        "available": status.available,
        "cause": status.cause,
        "status_since": _text(status.status_since),
        "last_activity_time": _text(status.last_activity_time),
        "next_status": status.next_status,
        "next_status_time": _text(status.next_status_time),
        "next_cause": status.next_cause,
        "actor": status.actor,
        "reason": status.reason,
        "revision": status.revision,
        "expire_time": _text(status.expire_time),
        "then": status.then,
        "connected": status.connected,
        "engagements": status.engagements,
    }


def change_object(change: StatusChange) -> dict[str, Any]:
    """Return a change in the form for programs."""
    return {
        "account_id": change.account_id,
        "user_id": change.user_id,
        "revision": change.revision,
        "previous_status": change.previous_status,
        "status": change.status,
        "cause": change.cause,
        "effective_time": _text(change.effective_time),
        "commit_time": _text(change.commit_time),
        "actor": change.actor,
        "reason": change.reason,
        "caller": change.caller,
        "expire_time": _text(change.expire_time),
        "then": change.then,
    }


def _text(time: datetime | None) -> str | None:
    return None if time is None else rfc3339(time)


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command("activity")(activity)
    app.add_typer(status_app, name="status")
    app.command("available")(available)
    app.command("history")(history)
