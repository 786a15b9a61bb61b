"""The commands about users: `activity`, `status get|set|list`, `available`, `history`."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated

import typer

from ..errors import Failure, usage
from ..help import CommandGroup
from ..options import Json, parser
from ..output import json_line, note, shown, table
from ..times import parse_moment, wall_clock
from ..zone import Local, Zone
from .columns import change_table, no_users_in, nobody_in
from .options import (
    DEFAULT_SERVER,
    DEFAULT_TIMEOUT,
    Account,
    Server,
    StatusName,
    Team,
    Timeout,
    User,
    given_team,
    secured,
)
from .remote import connect
from .setting import set_
from .showing import change_object, note_if_unknown, page_size, show_many, show_one, status_object, up_to

_DEFAULT_LIMIT = 100


class OrderName(Enum):
    """The orders of the available users, as they are typed."""

    LONGEST_AVAILABLE = "longest-available"
    MOST_RECENTLY_ACTIVE = "most-recently-active"
    LONGEST_IDLE = "longest-idle"


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
    show_many(found.user_statuses, as_json, local)
    if found.unknown_user_ids:
        raise Failure(f"never seen: {', '.join(map(shown, found.unknown_user_ids))}")


status_app.command("set")(set_)


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
    team: Team = None,
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
        found = client.list_statuses(account, statuses=wanted, team_id=team, page_size=page_size(limit))
        if show_many(up_to(limit, found, "users"), as_json, local) == 0 and not wanted:
            note(no_users_in(account) if team is None else nobody_in(team, account))


@secured
def available(
    account: Account,
    team: Team = None,
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
            team_id=team,
        )
        if as_json:
            users = [status_object(status) for status in found.user_statuses]
            json_line({"available_count": found.available_count, "user_statuses": users})
            return
        shown_count = show_many(found.user_statuses, as_json=False, local=local)
        if shown_count == 0:
            note_if_unknown(client, account, team=team)
    if found.available_count > len(found.user_statuses):
        note(f"{len(found.user_statuses)} of {found.available_count} available users shown; --limit shows more")


@secured
def history(
    account: Account,
    user: Annotated[str | None, typer.Option("--user", metavar="USER", help="Only this user's changes.")] = None,
    team: Annotated[
        str | None,
        typer.Option(
            "--team",
            metavar="TEAM",
            parser=parser(given_team),
            help="Only changes of those who were in this team at the time.",
        ),
    ] = None,
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
            account, user_id=user, team_id=team, start_time=start, end_time=end, page_size=page_size(limit)
        )
        changes = up_to(limit, found, "changes")
        if as_json:
            for change in changes:
                json_line(change_object(change))
            return
        zone = Zone(wall_clock(), local=local)
        drawn = change_table(changes, zone)
        table(*drawn)
        if not drawn.rows:
            note_if_unknown(client, account, user or "", team)


def _moment(option: str, text: str) -> datetime:
    try:
        return parse_moment(text, wall_clock())
    except ValueError as error:
        raise usage(f"{option}: {error}") from None


def register(app: typer.Typer) -> None:
    """Add the commands to the app."""
    app.command("activity")(activity)
    app.add_typer(status_app, name="status")
    app.command("available")(available)
    app.command("history")(history)
