"""Options that describe a workflow, and the workflow that they describe."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..domain.periods import parse_optional_period
from .errors import usage
from .options import parser

if TYPE_CHECKING:
    from ..domain.workflow import Workflow, WorkflowPatch


@dataclass(frozen=True, slots=True)
class Period:
    """A period of the workflow; None for `off`."""

    ms: int | None


class ResumeName(Enum):
    """Resume policies as people type them."""

    FROM_AWAY = "from-away"
    NEVER = "never"
    FROM_AWAY_OR_OFFLINE = "from-away-or-offline"


def _period(text: str) -> Period:
    return Period(parse_optional_period(text))


AwayAfter = Annotated[
    Any,
    typer.Option(
        "--away-after",
        metavar="PERIOD",
        parser=parser(_period),
        help="Inactivity after which a user becomes AWAY, like 10m; 'off' for never.",
    ),
]
OfflineAfter = Annotated[
    Any,
    typer.Option(
        "--offline-after",
        metavar="PERIOD",
        parser=parser(_period),
        help="Inactivity after which a user becomes OFFLINE, like 30m; 'off' for never.",
    ),
]
DisconnectAfter = Annotated[
    Any,
    typer.Option(
        "--disconnect-after",
        metavar="PERIOD",
        parser=parser(_period),
        help="Time after the end of a user's last session at which the user counts as gone, like 60s; 'off' for never.",
    ),
]


class DisconnectName(Enum):
    """The statuses of who is disconnected, as people type them."""

    OFFLINE = "offline"
    AWAY = "away"


DisconnectStatus = Annotated[
    DisconnectName | None,
    typer.Option(
        "--disconnect-status",
        case_sensitive=False,
        show_default="offline",
        help="Status of a user who counts as gone.",
    ),
]


def workflow_of_options(
    away_after: Period | None,
    offline_after: Period | None,
    resume: ResumeName | None,
    keep_manual_away: bool | None,
    disconnect_after: Period | None,
    disconnect_status: DisconnectName | None,
    *,
    within: str = "",
) -> Workflow:
    """Return the enabled workflow that the options describe, or the parts of the option `within`.

    Raises:
        Failure: the options do not make a valid workflow.
    """
    from ..app.simulation import workflow_from_the_start
    from ..domain.errors import InvalidWorkflow
    from ..domain.status import Resume, Status

    prefix, dashes = (f"{within}: ", "") if within else ("", "--")
    if disconnect_status is not None and (disconnect_after is None or disconnect_after.ms is None):
        raise usage(
            f"{prefix}{dashes}disconnect-status says how somebody who is gone is shown; "
            f"give {dashes}disconnect-after too"
        )
    patch: WorkflowPatch = {
        "away_after_ms": away_after.ms if away_after else None,
        "offline_after_ms": offline_after.ms if offline_after else None,
        "resume": Resume.FROM_AWAY if resume is None else Resume[resume.name],
        "keep_manual_away": bool(keep_manual_away),
        "disconnect_after_ms": disconnect_after.ms if disconnect_after else None,
        "disconnect_status": Status.OFFLINE if disconnect_status is None else Status[disconnect_status.name],
    }
    if all(patch[period] is None for period in ("away_after_ms", "offline_after_ms", "disconnect_after_ms")):
        if within:
            raise usage(f"{within}: nobody would ever be switched; leave one of the periods on")
        raise usage("give --away-after, --offline-after or --disconnect-after, or more than one")
    try:
        return workflow_from_the_start(patch)
    except InvalidWorkflow as error:
        (violation,) = error.violations
        option = violation.field.removeprefix("workflow.").replace("_", "-")
        raise usage(f"{prefix}{dashes}{option}: {violation.description}") from None
