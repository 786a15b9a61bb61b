"""The commands about the history of a workflow, an account's or a team's: `workflow history` and `workflow revert`."""

from __future__ import annotations

import shlex
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...text.times import rfc3339
from ..errors import Failure, usage
from ..help import CommandGroup
from ..options import Json
from ..output import json_line, note, shown, table
from ..times import wall_clock
from ..zone import Local, Zone
from .columns import written_by
from .options import (
    DEFAULT_SERVER,
    DEFAULT_TIMEOUT,
    Account,
    Actor,
    Server,
    Timeout,
    WorkflowTeam,
    acting,
    check_actor,
    secured,
)
from .remote import connect
from .showing import note_if_unknown, page_size
from .workflow import show_update, update_object, values_of, workflow_object

if TYPE_CHECKING:
    from onduty_client import Client, Workflow, WorkflowChange

_DEFAULT_LIMIT = 100


@secured
def history(
    account: Account,
    team: WorkflowTeam = None,
    limit: Annotated[
        int, typer.Option("--limit", min=0, metavar="N", help="At most how many; 0 for all.")
    ] = _DEFAULT_LIMIT,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    local: Local = False,
    as_json: Json = False,
) -> None:
    """Show who changed a workflow, and from what to what."""
    with connect(server, timeout) as client:
        # One more, to know whether that is all.
        found = client.list_workflow_changes(account, team_id=team or "", page_size=page_size(limit))
        changes = list(islice(found, limit + 1 if limit else None))
        if limit and len(changes) > limit:
            changes.pop()
            note(f"the newest {limit:,} changes shown; --limit 0 shows all")
        if as_json:
            for change in changes:
                json_line(_change_object(change))
            return
        zone = Zone(wall_clock(), local=local)
        table(("REVISION", zone.heading("CHANGED"), "BY", "CHANGE"), (_cells(change, zone) for change in changes))
        if not changes:
            if team is not None:
                note(f"team {shown(team)} never had a workflow of its own; it follows the account's")
            note_if_unknown(client, account, team=team)


@secured
def revert(
    account: Account,
    revision: Annotated[
        int,
        typer.Argument(
            metavar="REVISION", min=0, help="As `workflow history` shows it; 0 for the workflow of a new account."
        ),
    ],
    team: WorkflowTeam = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing; show who would switch at once, and within the hour.")
    ] = False,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    actor: Actor = None,
    local: Local = False,
    as_json: Json = False,
) -> None:
    """Give the workflow the values of an earlier change.

    That is a change like any other: it is in the history, and can be undone in the same way. It is refused if somebody
    else changes the workflow at the same moment.
    """
    with connect(server, timeout, acting(actor)) as client:
        before = client.get_workflow(account, team_id=team or "")
        values = _values_after(client, account, team or "", revision)
        update = client.update_workflow(account, team_id=team or "", **values, etag=before.etag, validate_only=dry_run)
    is_changed = update.workflow.etag != before.etag
    if is_changed:
        check_actor(actor, update.workflow.updated_by)
    elif not dry_run:
        note("the workflow has these values already; nothing was changed")
    if as_json:
        json_line(update_object(update))
    else:
        show_update(update, local)


def _values_after(client: Client, account: str, team: str, revision: int) -> dict[str, Any]:
    import onduty_client

    if not revision:
        if team:
            raise usage("0 is the workflow of a new account; `onduty workflow delete` has a team follow the account's")
        return {
            "enabled": False,
            "away_after": None,
            "offline_after": None,
            "resume": onduty_client.Resume.FROM_AWAY,
            "keep_manual_away": False,
            "disconnect_after": None,
            "disconnect_status": onduty_client.Status.OFFLINE,
        }
    for change in client.list_workflow_changes(account, team_id=team):
        if change.revision == revision:
            if change.deleted:
                raise Failure(
                    f"with revision {revision} the team came to follow the account's workflow; "
                    "`onduty workflow delete` does that again"
                )
            return _values(change.workflow)
        if change.revision < revision:
            break
    of_team = f"team {shown(team)} in " if team else ""
    option = f" --team {shlex.quote(team)}" if team else ""
    raise Failure(
        f"revision {revision} is not a change of the workflow of {of_team}account {shown(account)} that is kept; "
        f"`onduty workflow history {shlex.quote(account)}{option}` shows which are"
    )


def _values(workflow: Workflow) -> dict[str, Any]:
    return {
        "enabled": workflow.enabled,
        "away_after": workflow.away_after,
        "offline_after": workflow.offline_after,
        "resume": workflow.resume,
        "keep_manual_away": workflow.keep_manual_away,
        "disconnect_after": workflow.disconnect_after,
        "disconnect_status": workflow.disconnect_status,
    }


def _cells(change: WorkflowChange, zone: Zone) -> tuple[str, ...]:
    after = change.workflow
    by = written_by(after.updated_by, after.update_caller).removeprefix(" by ").strip()
    time = "" if after.update_time is None else zone.cell(after.update_time, dated=True)
    return str(change.revision), time, by, _difference(change)


def _difference(change: WorkflowChange) -> str:
    """Write what the change did: `away after: 10m -> 5m`; all values where those before are not known."""
    if change.deleted:
        return "deleted; follows the account's"
    after = values_of(change.workflow)
    if change.previous_workflow is None:
        return ", ".join(f"{name}: {value}" for name, value in after)
    before = values_of(change.previous_workflow)
    # A team's first one, which begins with the values of the account's.
    is_first = bool(change.team_id) and not change.previous_workflow.team_id
    new = ["a workflow of its own"] if is_first else []
    changed = zip(before, after, strict=True)
    return ", ".join([*new, *(f"{name}: {old} -> {now}" for (name, old), (_, now) in changed if old != now)])


def _change_object(change: WorkflowChange) -> dict[str, Any]:
    before, after = change.previous_workflow, change.workflow
    return {
        "revision": change.revision,
        "team_id": change.team_id,
        "deleted": change.deleted,
        "update_time": None if after.update_time is None else rfc3339(after.update_time),
        "updated_by": after.updated_by,
        "update_caller": after.update_caller,
        "previous_workflow": None if before is None else workflow_object(before),
        "workflow": workflow_object(after),
    }


def register(group: CommandGroup) -> None:
    """Add the commands to the group of those about workflows."""
    group.command("history")(history)
    group.command("revert")(revert)
