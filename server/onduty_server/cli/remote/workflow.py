"""The commands about the workflow of an account or a team: `workflow get|set|diagram`; other modules add three."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ...text.times import rfc3339
from ..errors import Failure, usage
from ..help import CommandGroup
from ..options import Json, parser
from ..output import facts, json_line, line, note, shown, table
from ..times import wall_clock
from ..workflow_options import (
    AwayAfter,
    DisconnectAfter,
    DisconnectStatus,
    OfflineAfter,
    Period,
    ResumeName,
    workflow_of_options,
)
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
    given_team,
    secured,
)
from .remote import connect
from .showing import note_if_unknown

if TYPE_CHECKING:
    from onduty_client import UserStatus, Workflow, WorkflowImpact, WorkflowUpdate

    from ...domain.standing import Standing
    from ...domain.workflow import Workflow as DomainWorkflow

_MINUTES: Final = ("0m to 15m", "15m to 30m", "30m to 45m", "45m to 60m")
_MILLISECOND: Final = timedelta(milliseconds=1)

workflow_app = CommandGroup("Read, change and draw the workflow of an account or a team.")


@workflow_app.command("get")
@secured
def get(
    account: Account,
    team: WorkflowTeam = None,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    local: Local = False,
    as_json: Json = False,
) -> None:
    """Show the workflow of an account or a team."""
    with connect(server, timeout) as client:
        workflow = client.get_workflow(account, team_id=team or "")
        if as_json:
            json_line(workflow_object(workflow))
            return
        facts(_workflow_facts(workflow, local))
        if team is not None and not workflow.team_id:
            note(f"team {shown(team)} has no workflow of its own; it follows the account's")
            note_if_unknown(client, account, team=team)
        elif workflow.update_time is None:
            note_if_unknown(client, account)


@workflow_app.command("set")
@secured
def set_(
    account: Account,
    team: Annotated[
        str | None,
        typer.Option(
            "--team",
            metavar="TEAM",
            parser=parser(given_team),
            help="Change the workflow of this team. If it follows the account's, it gets one of its own.",
        ),
    ] = None,
    enable: Annotated[bool, typer.Option("--enable", help="Switch inactive users.")] = False,
    disable: Annotated[bool, typer.Option("--disable", help="Switch nobody.")] = False,
    away_after: AwayAfter = None,
    offline_after: OfflineAfter = None,
    resume: Annotated[
        ResumeName | None, typer.Option("--resume", help="From which automatic statuses an activity brings back.")
    ] = None,
    keep_manual_away: Annotated[
        bool, typer.Option("--keep-manual-away", help="Do not switch an AWAY that was set by hand.")
    ] = False,
    no_keep_manual_away: Annotated[
        bool, typer.Option("--no-keep-manual-away", help="Let it become OFFLINE like any other.")
    ] = False,
    disconnect_after: DisconnectAfter = None,
    disconnect_status: DisconnectStatus = None,
    etag: Annotated[
        str | None, typer.Option("--etag", metavar="ETAG", help="Change it only while its etag is this one.")
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Change nothing; show who would switch at once, and how many within the hour."),
    ] = False,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    actor: Actor = None,
    local: Local = False,
    as_json: Json = False,
) -> None:
    """Change the workflow of an account or a team. Options that are not given leave their setting as it is.

    What is not given for a team that follows the account's workflow is as it is there. Later changes of the account's
    workflow do not change that of the team; `onduty workflow delete` has the team follow it again.
    """
    import onduty_client

    enabled = _switch("enable", enable, "disable", disable)
    kept = _switch("keep-manual-away", keep_manual_away, "no-keep-manual-away", no_keep_manual_away)
    given = (enabled, away_after, offline_after, resume, kept, disconnect_after, disconnect_status)
    if all(each is None for each in given):
        raise usage(
            "nothing to change: give --enable, --away-after, --offline-after, --resume, --keep-manual-away, "
            "--disconnect-after or --disconnect-status"
        )
    unchanged = onduty_client.UNCHANGED
    with connect(server, timeout, acting(actor)) as client:
        # An update without effect keeps the actor of the last change.
        before = None if actor is None else client.get_workflow(account, team_id=team or "").etag
        update = client.update_workflow(
            account,
            team_id=team or "",
            enabled=unchanged if enabled is None else enabled,
            away_after=unchanged if away_after is None else _timedelta(away_after),
            offline_after=unchanged if offline_after is None else _timedelta(offline_after),
            resume=unchanged if resume is None else onduty_client.Resume[resume.name],
            keep_manual_away=unchanged if kept is None else kept,
            disconnect_after=unchanged if disconnect_after is None else _timedelta(disconnect_after),
            disconnect_status=(
                unchanged if disconnect_status is None else onduty_client.Status[disconnect_status.name]
            ),
            etag=etag,
            validate_only=dry_run,
        )
    if before not in (None, update.workflow.etag):
        check_actor(actor, update.workflow.updated_by)
    if as_json:
        json_line(update_object(update))
    else:
        show_update(update, local, by_options=True)


@workflow_app.command("diagram")
@secured
def diagram(
    account: Annotated[
        str | None, typer.Argument(metavar="ACCOUNT", help="Draw the workflow that this account has on the server.")
    ] = None,
    away_after: AwayAfter = None,
    offline_after: OfflineAfter = None,
    resume: Annotated[
        ResumeName | None,
        typer.Option(
            "--resume", show_default="from-away", help="From which automatic statuses an activity brings back."
        ),
    ] = None,
    keep_manual_away: Annotated[
        bool | None,
        typer.Option("--keep-manual-away/--no-keep-manual-away", help="Do not switch an AWAY set by hand, or do."),
    ] = None,
    disconnect_after: DisconnectAfter = None,
    disconnect_status: DisconnectStatus = None,
    user: Annotated[
        str | None, typer.Option("--user", metavar="USER", show_default=False, help="Mark where this user stands.")
    ] = None,
    team: Annotated[
        str | None,
        typer.Option(
            "--team",
            metavar="TEAM",
            parser=parser(given_team),
            help="Draw the workflow that decides for this team of the account.",
        ),
    ] = None,
    manual: Annotated[
        bool, typer.Option("--manual", help="Draw the settings by hand too, and statuses with an end.")
    ] = False,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> None:
    """Draw a workflow as a Mermaid diagram.

    The workflow is that of an account on the server (with --user the one that decides for the user, which may be the
    team's), or the one that the options describe. If it disconnects anybody, the connection is drawn too, which is a
    second machine beside that of the own status.

    --user marks the state in each of them that the user is in now. A server does not show all of it: under a
    disconnection it hides the own status, and whether somebody without a session ever had one, or is gone too, can show
    nothing. Every state that is possible is marked as such then.
    """
    from ...domain.diagram import mermaid

    options = (away_after, offline_after, resume, keep_manual_away, disconnect_after, disconnect_status)
    if account is not None:
        if any(option is not None for option in options):
            raise usage("give either an account or options that describe a workflow, not both")
        if user is not None and team is not None:
            raise usage("give either --user or --team, not both: a user's team is known")
        with connect(server, timeout) as client:
            status = None if user is None else client.get_status(account, user)
            of_team = team or ("" if status is None else status.team_id)
            workflow = _domain_workflow(client.get_workflow(account, team_id=of_team))
    else:
        if user is not None or team is not None:
            raise usage(f"--{'team' if user is None else 'user'} is about an account; give the account too")
        workflow, status = workflow_of_options(*options), None
    marked = None if status is None else _standing(status, workflow)
    line(mermaid(workflow, include_manual=manual, standing=marked).rstrip())


def _standing(status: UserStatus, workflow: DomainWorkflow) -> Standing:
    from ...domain.standing import standing
    from ...domain.status import Cause, Status

    if status.status.name not in Status.__members__ or status.cause.name not in Cause.__members__:
        raise Failure("the server is newer and has a status that this program does not know")
    next_cause = None if status.next_cause is None else Cause.__members__.get(status.next_cause.name)
    return standing(
        workflow,
        status=Status[status.status.name],
        cause=Cause[status.cause.name],
        has_end=status.expire_time is not None,
        connected=status.connected,
        next_cause=next_cause,
    )


def _switch(on: str, is_on: bool, off: str, is_off: bool) -> bool | None:
    """Combine two opposite flags into one value; None if neither was given."""
    if is_on and is_off:
        raise usage(f"give either --{on} or --{off}, not both")
    return is_on if is_on or is_off else None


def _domain_workflow(workflow: Workflow) -> DomainWorkflow:
    from ...domain.status import Resume, Status
    from ...domain.workflow import Workflow as DomainWorkflow

    if workflow.resume.name not in Resume.__members__:
        raise Failure("the server is newer and has a resume policy that this program does not know")
    if workflow.disconnect_status.name not in Status.__members__:
        raise Failure("the server is newer and has a status that this program does not know")
    return DomainWorkflow(
        enabled=workflow.enabled,
        away_after_ms=_ms(workflow.away_after),
        offline_after_ms=_ms(workflow.offline_after),
        resume=Resume[workflow.resume.name],
        keep_manual_away=workflow.keep_manual_away,
        disconnect_after_ms=_ms(workflow.disconnect_after),
        disconnect_status=Status[workflow.disconnect_status.name],
    )


def show_update(update: WorkflowUpdate, local: bool, *, by_options: bool = False) -> None:
    """Show a workflow after a change, or what a dry run found. `by_options`: as `workflow set` takes them."""
    impact = update.impact
    if impact is None:
        facts(_workflow_facts(update.workflow, local))
        return
    facts(rules(update.workflow))
    line(f"\nNothing was changed. The change would at once switch {at_once(impact)}.")
    if not update.workflow.enabled:
        remedy = "; add --enable to see which users it would switch when it is on" if by_options else ""
        note(f"the workflow is off and switches no users{remedy}")
    ahead = [(it.switching_to_away, it.switching_to_offline) for it in impact.next_hour]
    if any(map(any, ahead)):
        kept = "" if update.workflow.disconnect_after is None else ", and if no session is kept again"
        line(f"\nWithout new activity{kept}, these users switch within the next hour:\n")
        rows = ((minutes, *map("{:,}".format, counts)) for minutes, counts in zip(_MINUTES, ahead, strict=False))
        table(("WITHIN", "TO AWAY", "TO OFFLINE"), rows)
    if impact.switches:
        line()
        table(("USER", "FROM", "TO"), ((it.user_id, it.previous_status, it.status) for it in impact.switches))
    total = impact.switching_to_away + impact.switching_to_offline
    if total > len(impact.switches):
        note(f"the first {len(impact.switches):,} of {total:,} users shown")


def at_once(impact: WorkflowImpact) -> str:
    """Return how many users a change would switch at once, as in "3 to AWAY and 0 to OFFLINE"."""
    return f"{impact.switching_to_away:,} to AWAY and {impact.switching_to_offline:,} to OFFLINE"


def _workflow_facts(workflow: Workflow, local: bool) -> list[tuple[str, str]]:
    zone = Zone(wall_clock(), local=local)
    changed = "never"
    if workflow.update_time is not None:
        by = written_by(workflow.updated_by, workflow.update_caller)
        changed = f"{zone.clock(workflow.update_time)}{by}"
    enabled_since = ""
    if workflow.enabled and workflow.enabled_time is not None:
        enabled_since = zone.clock(workflow.enabled_time)
    return [
        *rules(workflow),
        ("enabled since", enabled_since),
        ("last changed", changed),
        ("etag", workflow.etag),
    ]


def rules(workflow: Workflow) -> list[tuple[str, str]]:
    """Return whose workflow it is, and its values, as names and values."""
    return [
        ("account", workflow.account_id),
        *([("team", workflow.team_id)] if workflow.team_id else ()),
        *values_of(workflow),
    ]


def values_of(workflow: Workflow) -> list[tuple[str, str]]:
    """Return the values of a workflow that can be changed, as names and values."""
    return [
        ("enabled", "yes" if workflow.enabled else "no"),
        ("away after", _written(workflow.away_after)),
        ("offline after", _written(workflow.offline_after)),
        ("resume", workflow.resume.lower().replace("_", "-")),
        ("keep manual away", "yes" if workflow.keep_manual_away else "no"),
        ("disconnect after", _disconnection(workflow)),
    ]


def _disconnection(workflow: Workflow) -> str:
    from onduty_client import Status

    period, status = workflow.disconnect_after, workflow.disconnect_status
    # The status is told even while it does nothing: a change of it is one of the workflow.
    return _written(period) if period is None and status is Status.OFFLINE else f"{_written(period)}, then {status}"


def _written(period: timedelta | None) -> str:
    from ...domain.periods import format_optional_period

    return format_optional_period(_ms(period))


def update_object(update: WorkflowUpdate) -> dict[str, Any]:
    """An update for programs."""
    impact = update.impact
    return {
        "workflow": workflow_object(update.workflow),
        "impact": None
        if impact is None
        else {
            "switching_to_away": impact.switching_to_away,
            "switching_to_offline": impact.switching_to_offline,
            "switches": [
                {"user_id": it.user_id, "previous_status": it.previous_status, "status": it.status}
                for it in impact.switches
            ],
            "next_hour": [
                {
                    "end_time": rfc3339(it.end_time),
                    "switching_to_away": it.switching_to_away,
                    "switching_to_offline": it.switching_to_offline,
                }
                for it in impact.next_hour
            ],
        },
    }


def workflow_object(workflow: Workflow) -> dict[str, Any]:
    """Return a workflow in the form for programs."""
    return {
        "account_id": workflow.account_id,
        "team_id": workflow.team_id,
        "enabled": workflow.enabled,
        "away_after": _seconds(workflow.away_after),
        "offline_after": _seconds(workflow.offline_after),
        "resume": workflow.resume,
        "keep_manual_away": workflow.keep_manual_away,
        "disconnect_after": _seconds(workflow.disconnect_after),
        "disconnect_status": workflow.disconnect_status,
        "etag": workflow.etag,
        "update_time": None if workflow.update_time is None else rfc3339(workflow.update_time),
        "updated_by": workflow.updated_by,
        "update_caller": workflow.update_caller,
        "enabled_time": None if workflow.enabled_time is None else rfc3339(workflow.enabled_time),
    }


def _seconds(period: timedelta | None) -> str | None:
    """Return a period in the JSON form of google.protobuf.Duration, which --away-after accepts."""
    from ...domain.periods import format_seconds

    return None if period is None else format_seconds(period // _MILLISECOND)


def _timedelta(period: Period) -> timedelta | None:
    return None if period.ms is None else period.ms * _MILLISECOND


def _ms(period: timedelta | None) -> int | None:
    return None if period is None else period // _MILLISECOND
