"""The command `user import`: names many users and moves them between teams, as a file says."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from ...domain.errors import UserUnknown
from ..errors import Failure, tell
from ..options import Json
from ..output import facts, json_line, shown, table
from .moving import Wanted, update_each
from .options import DEFAULT_SERVER, DEFAULT_TIMEOUT, Account, Actor, Server, Timeout, acting, secured
from .people_file import TOLD_MAX, Person, name_of, read_people
from .remote import connect
from .words import message_of

if TYPE_CHECKING:
    from onduty_client import Client, UserStatus

_BATCH = 1_000


class Refusal(NamedTuple):
    """A row that was not carried out, with the reason."""

    line: int
    user_id: str
    reason: str
    message: str


class Change(NamedTuple):
    """A row that changes its user, and what it does."""

    person: Person
    display_name: str
    team_id: str
    previous_display_name: str
    previous_team_id: str

    @property
    def is_move(self) -> bool:
        """True if it is another team."""
        return self.team_id != self.previous_team_id

    @property
    def is_renaming(self) -> bool:
        """True if it is another name."""
        return self.display_name != self.previous_display_name


@dataclass(slots=True)
class Outcome:
    """The result of an import: its changes, done or tried, and its refusals."""

    users: int = 0
    done: list[Change] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)


@secured
def import_(
    account: Account,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.csv",
            show_default=False,
            help="CSV in UTF-8 whose first line names the columns user_id, team_id and display_name (or user, team and "
            "name), the last two or one of them; '-' for standard input.",
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing; show what would be changed.")] = False,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    actor: Actor = None,
    as_json: Json = False,
) -> None:
    """Give many users names and teams, as a file says.

    An empty cell stands for no name or no team; a column that is not there leaves it as it is. `onduty user list --csv`
    writes such a file.

    The file is checked as a whole first: if a row is malformed, nothing is changed. A row that is then refused, such as
    one of a user who was never seen, is named with its line and does not stop the others, but the exit code is 1. With
    --json there is one object that names every one.

    Running it again changes only what is not yet as the file says.
    """
    people = read_people(file)
    name = name_of(file)
    outcome = Outcome()
    with connect(server, timeout, acting(actor)) as client:
        try:
            with _progress(len(people)) as tick:
                for at in range(0, len(people), _BATCH):
                    _carry_out(client, account, people[at : at + _BATCH], outcome, dry_run)
                    tick(outcome.users)
        finally:
            # Also if a call fails: what was done is told before that.
            _show(account, outcome, len(people), name, dry_run, as_json)
    if outcome.refused:
        raise Failure(f"{name}: {len(outcome.refused):,} of {len(people):,} rows were refused")


def _carry_out(client: Client, account: str, batch: Sequence[Person], outcome: Outcome, dry_run: bool) -> None:
    import onduty_client

    # A look at all of them, with which a file that was imported before costs a call for a thousand rows.
    found = client.batch_get_statuses(account, [person.user_id for person in batch])
    known = {status.user_id: status for status in found.user_statuses}
    changes = []
    for person in batch:
        status = known.get(person.user_id)
        if status is None:
            message = UserUnknown(account, person.user_id).message
            outcome.refused.append(Refusal(person.line, person.user_id, "USER_UNKNOWN", message))
        elif (change := _change(person, status)) is None:
            outcome.unchanged += 1
        else:
            changes.append(change)
    outcome.users += len(batch) - len(changes)
    if dry_run:
        outcome.done += changes
        outcome.users += len(changes)
        return
    wanted = [Wanted(it.person.user_id, it.person.display_name, it.person.team_id) for it in changes]
    for change, answer in zip(changes, update_each(client, account, wanted), strict=True):
        outcome.users += 1
        if isinstance(answer, onduty_client.OndutyError):
            person = change.person
            outcome.refused.append(Refusal(person.line, person.user_id, answer.reason, message_of(answer)))
        else:
            outcome.done.append(change)


def _change(person: Person, status: UserStatus) -> Change | None:
    name = status.display_name if person.display_name is None else person.display_name
    team = status.team_id if person.team_id is None else person.team_id
    change = Change(person, name, team, status.display_name, status.team_id)
    return change if change.is_move or change.is_renaming else None


def _show(account: str, outcome: Outcome, rows: int, name: str, dry_run: bool, as_json: bool) -> None:
    outcome.refused.sort()
    moved = sum(change.is_move for change in outcome.done)
    renamed = sum(change.is_renaming for change in outcome.done)
    if as_json:
        found: dict[str, Any] = {
            "account_id": account,
            "dry_run": dry_run,
            "rows": rows,
            "complete": outcome.users == rows,
            "moved": moved,
            "renamed": renamed,
            "unchanged": outcome.unchanged,
            "refused": [it._asdict() for it in outcome.refused],
        }
        if dry_run:
            found["changes"] = [_change_object(change) for change in outcome.done]
        json_line(found)
        return
    for refusal in outcome.refused[:TOLD_MAX]:
        tell(f"{name}:{refusal.line}: {refusal.message}")
    if len(outcome.refused) > TOLD_MAX:
        tell(f"{name}: {len(outcome.refused) - TOLD_MAX:,} more rows were refused; --json names all")
    if dry_run and outcome.done:
        table(("LINE", "USER", "NAME", "TEAM"), map(_cells, outcome.done))
    facts(
        [
            ("account", account),
            ("rows", f"{rows:,}"),
            ("would be moved" if dry_run else "moved", f"{moved:,}"),
            ("would be renamed" if dry_run else "renamed", f"{renamed:,}"),
            ("as they were", f"{outcome.unchanged:,}"),
            ("refused", f"{len(outcome.refused):,}"),
            *([] if outcome.users == rows else [("ended early", f"after {outcome.users:,} rows")]),
        ]
    )


def _cells(change: Change) -> tuple[str, ...]:
    name = _from_to(change.previous_display_name, change.display_name)
    team = _from_to(change.previous_team_id, change.team_id)
    return str(change.person.line), change.person.user_id, name, team


def _from_to(before: str, after: str) -> str:
    return shown(after) if before == after else f"{shown(before) or '(none)'} -> {shown(after) or '(none)'}"


def _change_object(change: Change) -> dict[str, Any]:
    return {
        "line": change.person.line,
        "user_id": change.person.user_id,
        "display_name": change.display_name,
        "team_id": change.team_id,
        "previous_display_name": change.previous_display_name,
        "previous_team_id": change.previous_team_id,
    }


@contextmanager
def _progress(rows: int) -> Iterator[Callable[[int], None]]:
    """Yield a function that is told how many rows are done, for a bar on stderr, if that is a terminal."""
    if rows <= _BATCH or not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("importing", total=rows)
        yield lambda done: progress.update(task, completed=done)
