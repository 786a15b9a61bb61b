"""The commands about who users are: `user set|delete|list|show`; `importing` adds `user import`."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..confirming import Yes, check_terminal, confirm
from ..errors import Failure, tell, usage
from ..help import CommandGroup
from ..options import Json
from ..output import facts, json_line, line, note, shown, standard_output, table
from ..times import wall_clock
from ..zone import Local, Zone
from .columns import no_users_in, nobody_in, status_facts
from .erasing import DEFAULT_LONG_TIMEOUT, LongTimeout, say_what_stays, to_be_repeated
from .importing import import_
from .options import (
    DEFAULT_SERVER,
    DEFAULT_TIMEOUT,
    Account,
    Actor,
    Server,
    Team,
    Timeout,
    User,
    acting,
    secured,
)
from .remote import connect
from .showing import page_size, show_one, status_object, up_to
from .words import message_of

if TYPE_CHECKING:
    from onduty_client import Client, UserStatus, Workflow

_CSV_COLUMNS = ("user_id", "team_id", "display_name")

user_app = CommandGroup("Name users, move them between teams, and erase them.")


@user_app.command("list")
@secured
def list_(
    account: Account,
    team: Team = None,
    limit: Annotated[int, typer.Option("--limit", min=0, metavar="N", help="At most how many; 0 for all.")] = 0,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a file for `onduty user import`.")] = False,
) -> None:
    """List users with their names and teams, in the order first seen."""
    if as_csv and as_json:
        raise usage("give either --csv or --json, not both")
    with connect(server, timeout) as client:
        found = up_to(limit, client.list_statuses(account, team_id=team, page_size=page_size(limit)), "users")
        if as_json:
            for status in found:
                json_line(_user_object(status))
        elif as_csv:
            _write_csv(found)
        else:
            rows = [(it.user_id, it.display_name, it.team_id, it.status) for it in found]
            table(("USER", "NAME", "TEAM", "STATUS"), rows)
            if not rows:
                note(no_users_in(account) if team is None else nobody_in(team, account))


@user_app.command("show")
@secured
def show(
    account: Account,
    user: User,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    local: Local = False,
    as_json: Json = False,
) -> None:
    """Show a user, and whose workflow decides for the user."""
    with connect(server, timeout) as client:
        status = client.get_status(account, user)
        workflow = _workflow_of(client, status)
    if as_json:
        # None if this caller may not read workflows.
        decides = None if workflow is None else {"team_id": workflow.team_id, "enabled": workflow.enabled}
        json_line({**status_object(status), "workflow": decides})
        return
    drawn = status_facts(status, Zone(wall_clock(), local=local))
    if workflow is not None:
        whose = f"of team {shown(workflow.team_id)}" if workflow.team_id else "of the account"
        drawn.append(("workflow", whose if workflow.enabled else f"{whose}, which is off"))
    facts(drawn)


@user_app.command("set")
@secured
def set_(
    account: Account,
    user: User,
    name: Annotated[
        str | None, typer.Option("--name", metavar="TEXT", help="The name to show for the user; '' for none.")
    ] = None,
    team: Annotated[
        str | None, typer.Option("--team", metavar="TEAM", help="The team that the user is in; '' for none.")
    ] = None,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    actor: Actor = None,
    local: Local = False,
    as_json: Json = False,
) -> None:
    """Give a user a name, or move the user to another team.

    The workflow of the new team decides from now on, or the account's if the team has none: what fell due under the
    former one stays, and what the new one has due by now switches now.
    """
    import onduty_client

    if name is None and team is None:
        raise usage("nothing to change: give --name or --team, or both")
    unchanged = onduty_client.UNCHANGED
    with connect(server, timeout, acting(actor)) as client:
        status = client.update_user(
            account,
            user,
            display_name=unchanged if name is None else name,
            team_id=unchanged if team is None else team,
        )
    show_one(status, as_json, local)


user_app.command("import")(import_)


@user_app.command("delete")
@secured
def delete(
    account: Account,
    users: Annotated[list[str], typer.Argument(metavar="USER", show_default=False, help="The user, or several.")],
    yes: Yes = False,
    server: Server = DEFAULT_SERVER,
    timeout: LongTimeout = DEFAULT_LONG_TIMEOUT,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Erase users.

    That is the status, sessions and name, and who they were in the history, whose rows stay without them. It asks for
    each first, unless --yes is given, and cannot be undone.

    Stop what reports activities of the user before: one that comes later makes a new user of the same id. If it fails
    midway, run it again: it ends what it began.
    """
    erased = 0
    wanted = list(dict.fromkeys(users))
    with to_be_repeated(), connect(server, timeout, acting(actor)) as client:
        for user in () if yes else wanted:
            check_terminal()
            confirm(f"This erases user {_described(client, account, user)} for good.", user)
        for user in wanted:
            erased += _erase(client, account, user, as_json)
    if erased and not as_json:
        say_what_stays()
    if erased < len(wanted):
        raise Failure(f"{len(wanted) - erased:,} of {len(wanted):,} users were not found")


def _erase(client: Client, account: str, user: str, as_json: bool) -> bool:
    import onduty_client

    try:
        client.delete_user(account, user)
    except onduty_client.UserUnknown as error:
        if as_json:
            json_line({"account_id": account, "user_id": user, "erased": False})
        tell(message_of(error))
        return False
    if as_json:
        json_line({"account_id": account, "user_id": user, "erased": True})
    else:
        line(f"Erased user {shown(user)} of account {shown(account)}.")
    return True


def _described(client: Client, account: str, user: str) -> str:
    """Return a user with name and team, as far as this caller may know them. One half erased is not known any more."""
    import onduty_client

    known = ""
    try:
        status = client.get_status(account, user)
    except onduty_client.OndutyError:
        pass
    else:
        team = f"team {shown(status.team_id)}" if status.team_id else ""
        known = ", ".join(filter(None, (shown(status.display_name), team)))
    return f"{shown(user)}{f' ({known})' if known else ''} of account {shown(account)}"


def _workflow_of(client: Client, status: UserStatus) -> Workflow | None:
    import onduty_client

    try:
        return client.get_workflow(status.account_id, team_id=status.team_id)
    except onduty_client.PermissionRequired:
        return None


def _write_csv(statuses: Any) -> None:
    out = standard_output()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_CSV_COLUMNS)
    # As they are for a program; a terminal would obey some of them.
    written = shown if out.isatty() else str
    for it in statuses:
        writer.writerow(map(written, (it.user_id, it.team_id, it.display_name)))


def _user_object(status: UserStatus) -> dict[str, Any]:
    return {
        "account_id": status.account_id,
        "user_id": status.user_id,
        "display_name": status.display_name,
        "team_id": status.team_id,
        "status": status.status,
        "revision": status.revision,
    }
