"""The commands about teams: `team list|set|clear`. A team is there as long as it has users or a workflow of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ..help import CommandGroup
from ..options import Json
from ..output import json_line, table
from ..zone import Local
from .answers import Answers
from .moving import Wanted, update_each
from .options import DEFAULT_SERVER, DEFAULT_TIMEOUT, Account, Actor, Server, Timeout, acting, secured
from .remote import connect
from .showing import note_if_unknown, page_size, up_to

if TYPE_CHECKING:
    from collections.abc import Sequence

team_app = CommandGroup("List teams, and move users between them.")

Users = Annotated[list[str], typer.Argument(metavar="USER", show_default=False, help="The user, or several.")]


@team_app.command("list")
@secured
def list_(
    account: Account,
    limit: Annotated[int, typer.Option("--limit", min=0, metavar="N", help="At most how many; 0 for all.")] = 0,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    as_json: Json = False,
) -> None:
    """List the teams that have users or a workflow, by their ids."""
    with connect(server, timeout) as client:
        found = up_to(limit, client.list_teams(account, page_size=page_size(limit)), "teams")
        if as_json:
            for team in found:
                json_line(
                    {
                        "account_id": team.account_id,
                        "team_id": team.team_id,
                        "user_count": team.user_count,
                        "has_workflow": team.has_workflow,
                    }
                )
            return
        rows = [(it.team_id, f"{it.user_count:,}", "its own" if it.has_workflow else "the account's") for it in found]
        table(("TEAM", "USERS", "WORKFLOW"), rows)
        if not rows:
            note_if_unknown(client, account)


@team_app.command("set")
@secured
def set_(
    account: Account,
    team: Annotated[str, typer.Argument(metavar="TEAM", show_default=False, help="The team; a new one begins so.")],
    users: Users,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    actor: Actor = None,
    local: Local = False,
    as_json: Json = False,
) -> None:
    """Move users to a team.

    A user is in one team, or none. Who is refused is named, and the exit code is 1 then. `onduty user import` moves as
    many as a file has.
    """
    if not team:
        raise typer.BadParameter("is empty; `onduty team clear` takes users out of their teams", param_hint="'TEAM'")
    _move(account, team, users, (server, timeout, acting(actor)), as_json, local)


@team_app.command("clear")
@secured
def clear(
    account: Account,
    users: Users,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    actor: Actor = None,
    local: Local = False,
    as_json: Json = False,
) -> None:
    """Take users out of their teams.

    The account's workflow decides for them from now on.
    """
    _move(account, "", users, (server, timeout, acting(actor)), as_json, local)


def _move(
    account: str, team: str, users: Sequence[str], connection: tuple[str, float, str], as_json: bool, local: bool
) -> None:
    wanted = [Wanted(user, team_id=team) for user in dict.fromkeys(users)]
    answers = Answers([it.user_id for it in wanted])
    with connect(*connection) as client:
        try:
            for answer in update_each(client, account, wanted):
                answers.take([answer])
        finally:
            answers.show(as_json, local)
    answers.check("moved")
