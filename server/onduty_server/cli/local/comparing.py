"""A second workflow beside the first: how it is written, and in what they and their effects differ, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ...domain.periods import parse_optional_period
from ..errors import usage
from ..options import parser
from ..workflow_options import DisconnectName, Period, ResumeName, workflow_of_options
from .simulated_words import typed

if TYPE_CHECKING:
    from ...app.simulation import Summary
    from ...domain.workflow import Workflow

_PERIODS: Final = ("away-after", "offline-after", "disconnect-after")
_MINUTE_MS: Final = 60_000


def _changes(text: str) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for each in text.split(","):
        name, separator, value = (part.strip() for part in each.partition("="))
        if not separator or not value or name in changes:
            raise ValueError(f"{text!r} does not say what differs; write it like away-after=10m,offline-after=off")
        if name in _PERIODS:
            changes[name] = Period(parse_optional_period(value))
        elif name == "resume":
            changes[name] = _one_of(ResumeName, name, value)
        elif name == "disconnect-status":
            changes[name] = _one_of(DisconnectName, name, value)
        else:
            named = ", ".join((*_PERIODS, "disconnect-status", "resume"))
            raise ValueError(f"{name!r} cannot be compared; name one or more of {named}")
    return changes


def _one_of(names: Any, name: str, value: str) -> Any:
    try:
        return names(value.lower())
    except ValueError:
        raise ValueError(f"{name}: {value!r} is not one of {', '.join(it.value for it in names)}") from None


Compare = Annotated[
    Any,
    typer.Option(
        "--compare",
        metavar="away-after=PERIOD,...",
        parser=parser(_changes),
        show_default=False,
        help="Try a second workflow on the same log, and say what would have been otherwise. It is like the first but "
        "for what is named here: away-after, offline-after, resume, disconnect-after, disconnect-status.",
    ),
]


def other_workflow(workflow: Workflow, changes: dict[str, Any]) -> Workflow:
    """Return the workflow with the changes of `--compare`.

    Raises:
        Failure: it would not be valid, or not another one.
    """
    gone_ms = changes.get("disconnect-after", Period(workflow.disconnect_after_ms)).ms
    status = changes.get("disconnect-status", DisconnectName[workflow.disconnect_status.name])
    other = workflow_of_options(
        changes.get("away-after", Period(workflow.away_after_ms)),
        changes.get("offline-after", Period(workflow.offline_after_ms)),
        changes.get("resume", ResumeName[workflow.resume.name]),
        workflow.keep_manual_away,
        Period(gone_ms),
        status if gone_ms is not None else None,
        within="--compare",
    )
    if other == workflow:
        raise usage("--compare: the second workflow is like the first; name what differs")
    return other


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two workflows and what each would have done with one log."""

    workflow: Workflow
    summary: Summary
    other: Workflow
    other_summary: Summary

    def labels(self) -> tuple[str, str]:
        """Return what is particular to either workflow, such as `away after 5m` and `away after 10m`."""
        before = ", ".join(f"{name} {value}" for name, value, _ in self._pairs())
        return before, ", ".join(f"{name} {value}" for name, _, value in self._pairs())

    def in_words(self) -> str:
        """Write what would have been otherwise, in one sentence."""
        what = ", ".join(f"{name} {_instead(after, before)}" for name, before, after in self._pairs())
        return f"With {what}: {_and([self._false_aways(), *self._time_online(), *self._returns()])}."

    def _pairs(self) -> list[tuple[str, str, str]]:
        return _differences(self.workflow, self.other)

    def _false_aways(self) -> str:
        before, after = self.summary.returns_soon, self.other_summary.returns_soon
        if before == after:
            return f"as many false Aways ({after:,})" if after else "no false Aways in either case"
        if not before:
            return f"{after:,} false Aways instead of none"
        share = 100 * abs(after - before) / before
        more = "more" if after > before else "fewer"
        return f"{share:.{0 if share >= 1 else 1}f} % {more} false Aways ({after:,} instead of {before:,})"

    def _time_online(self) -> list[str]:
        from ...domain.periods import format_period
        from ...domain.status import Status

        added = self.other_summary.time_in_status_ms[Status.ONLINE] - self.summary.time_in_status_ms[Status.ONLINE]
        minutes = round(abs(added) / _MINUTE_MS)
        if not minutes:
            return []
        return [f"{format_period(minutes * _MINUTE_MS)} {'more' if added > 0 else 'less'} time Online"]

    def _returns(self) -> list[str]:
        before, after = self.summary.reconnections, self.other_summary.reconnections
        return [] if before == after else [f"{after:,} instead of {before:,} disconnections that a return ended"]


def _differences(before: Workflow, after: Workflow) -> list[tuple[str, str, str]]:
    """Return the fields in which workflows differ: the name, and both values."""
    fields = (
        ("away", _after(before.away_after_ms), _after(after.away_after_ms)),
        ("offline", _after(before.offline_after_ms), _after(after.offline_after_ms)),
        ("resume", typed(before.resume.name), typed(after.resume.name)),
        ("gone", _after(before.disconnect_after_ms), _after(after.disconnect_after_ms)),
        ("gone shown as", before.disconnect_status.name, after.disconnect_status.name),
    )
    return [field for field in fields if field[1] != field[2]]


def _after(period_ms: int | None) -> str:
    from ...domain.periods import format_period

    return "never" if period_ms is None else f"after {format_period(period_ms)}"


def _instead(after: str, before: str) -> str:
    both = after.startswith("after ") and before.startswith("after ")
    return f"{after} instead of {before.removeprefix('after ') if both else before}"


def _and(parts: list[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
