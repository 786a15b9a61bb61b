"""Lists the commands."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from .errors import PROGRAM
from .help import CommandGroup
from .local import simulate
from .output import line
from .remote import (
    accounts,
    caller,
    health,
    leases,
    people,
    replay,
    settings_history,
    status,
    team_workflow,
    teams,
    watch,
    workflow,
)
from .remote.export import command as export
from .remote.reports import command as reports
from .server import config, key, serve, store

# \b keeps the lines of a paragraph as they are.
_HELP = """Keeps the Online, Away and Offline status of care users, and switches it by inactivity.

Commands print tables for people; those that answer with data print one JSON object a line with --json. Periods are
written like 10m, 1h30m, 90s, 500ms or 2d. Times are UTC, or with --local in the zone of this machine.

\b
Exit codes:
  0    done
  1    refused or failed, such as for a user who was never seen
  2    wrong usage, configuration or input
  3    the server cannot be reached, or its store cannot write
  4    the receiver of an export wants no more events
  130  interrupted
"""

app = CommandGroup(_HELP)


def _print_version(wanted: bool) -> None:
    if wanted:
        line(f"{PROGRAM} {version('onduty')}")
        raise typer.Exit


@app.callback()
def onduty(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Take --version, the only option before a command."""


app.command("serve")(serve.serve)
app.command("config")(config.config)
app.command("health")(health.health)
status.register(app)
leases.register(app)
app.command("watch")(watch.watch)
app.add_typer(people.user_app, name="user")
app.add_typer(teams.team_app, name="team")
app.command("export")(export.export)
app.add_typer(reports.report_app, name="report")
app.add_typer(workflow.workflow_app, name="workflow")
team_workflow.register(workflow.workflow_app)
settings_history.register(workflow.workflow_app)
app.command("caller")(caller.caller)
app.add_typer(accounts.account_app, name="account")
app.add_typer(key.key_app, name="key")
app.command("simulate")(simulate.simulate)
app.command("replay")(replay.replay)
app.add_typer(store.store_app, name="store")
