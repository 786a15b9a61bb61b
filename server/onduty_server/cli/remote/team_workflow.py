"""The command `workflow delete`: a team follows the workflow of its account again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ..confirming import Yes, check_terminal, confirm
from ..errors import usage
from ..help import CommandGroup
from ..options import Json, parser
from ..output import json_line, line, note, shown
from ..zone import Local
from .options import (
    DEFAULT_SERVER,
    DEFAULT_TIMEOUT,
    Account,
    Actor,
    Server,
    Timeout,
    acting,
    given_team,
    secured,
)
from .remote import connect
from .showing import note_if_unknown
from .workflow import at_once, show_update, update_object

if TYPE_CHECKING:
    from onduty_client import WorkflowUpdate


@secured
def delete(
    account: Account,
    team: Annotated[
        str | None,
        typer.Option("--team", metavar="TEAM", parser=parser(given_team), help="The team; needed."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Delete nothing; show who would switch at once, and within the hour.")
    ] = False,
    yes: Yes = False,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    actor: Actor = None,
    local: Local = False,
    as_json: Json = False,
) -> None:
    """Delete the workflow of a team, which follows the account's again.

    It shows whom that would switch at once, and asks, unless --yes is given. The history keeps the deletion and what
    was before it: `onduty workflow revert` gives the team the values of an earlier change again. The account's own
    workflow can be changed, but not deleted.
    """
    if team is None:
        raise usage("give --team: the workflow of an account can be changed, but not deleted")
    with connect(server, timeout, acting(actor)) as client:
        own = client.get_workflow(account, team_id=team)
        if not own.team_id:
            note(f"team {shown(team)} has no workflow of its own; it follows the account's")
            note_if_unknown(client, account, team=team)
        elif not dry_run and not yes:
            check_terminal()
            _ask(client.delete_workflow(account, team, etag=own.etag, validate_only=True), team, as_json, local)
        # With its etag: what was shown is deleted, and nothing that somebody has changed meanwhile.
        etag = own.etag if own.team_id else None
        done = client.delete_workflow(account, team, etag=etag, validate_only=dry_run)
    if as_json:
        json_line(update_object(done))
    else:
        show_update(done, local)


def _ask(preview: WorkflowUpdate, team: str, as_json: bool, local: bool) -> None:
    if not as_json:
        show_update(preview, local)
        line()
    switches = "" if preview.impact is None else f", and at once switches {at_once(preview.impact)}"
    confirm(f"This deletes the workflow of team {shown(team)}{switches}.", team)


def register(group: CommandGroup) -> None:
    """Add the command to the group of those about workflows."""
    group.command("delete")(delete)
