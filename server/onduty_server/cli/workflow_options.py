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


def workflow_of_options(
    away_after: Period | None, offline_after: Period | None, resume: ResumeName | None, keep_manual_away: bool | None
) -> Workflow:
    """Return the enabled workflow that the options describe.

    Raises:
        Failure: the options do not make a valid workflow.
    """
    from ..app.simulation import workflow_from_the_start
    from ..domain.errors import InvalidWorkflow
    from ..domain.status import Resume

    patch: WorkflowPatch = {
        "away_after_ms": away_after.ms if away_after else None,
        "offline_after_ms": offline_after.ms if offline_after else None,
        "resume": Resume.FROM_AWAY if resume is None else Resume[resume.name],
        "keep_manual_away": bool(keep_manual_away),
    }
    if patch["away_after_ms"] is None and patch["offline_after_ms"] is None:
        raise usage("give --away-after or --offline-after, or both")
    try:
        return workflow_from_the_start(patch)
    except InvalidWorkflow as error:
        (violation,) = error.violations
        option = "--" + violation.field.removeprefix("workflow.").replace("_", "-")
        raise usage(f"{option}: {violation.description}") from None
