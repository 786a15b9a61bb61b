"""Draws what simulated workflows would have done: one, or two of them one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from ..pictures import (
    Bar,
    Bars,
    Caption,
    Coverage,
    CoverageOf,
    Figures,
    Moment,
    Part,
    Series,
    Span,
    picture,
    span_in_words,
)
from .simulated_words import part, workflow_in_words

if TYPE_CHECKING:
    from ...app.simulation import Summary
    from ...domain.workflow import Workflow
    from .comparing import Comparison

_FALSE = "False Away: the user was active again within 1 min of the switch to Away, and had hardly left."
_SHARE = "Share of time: from each user's first activity to the end of the log, all together."


class Drawer(NamedTuple):
    """Draws what would have been done with the log of this name, with times in a zone; None is UTC."""

    log: str
    zone: tzinfo | None = None

    def drawn(self, workflow: Workflow, summary: Summary) -> str:
        """Return the effect of one workflow as SVG."""
        return self._drawn("What this workflow would have done", [("", workflow, summary)])

    def drawn_beside(self, compared: Comparison) -> str:
        """Return the effects of two workflows as SVG, under the sentence that says in what they differ."""
        labels = [label[:1].upper() + label[1:] for label in compared.labels()]
        tried = [
            (labels[0], compared.workflow, compared.summary),
            (labels[1], compared.other, compared.other_summary),
        ]
        return self._drawn(compared.in_words().rstrip("."), tried)

    def _drawn(self, title: str, tried: Sequence[tuple[str, Workflow, Summary]]) -> str:
        _, workflow, summary = tried[0]
        log = "standard input" if self.log == "-" else self.log
        told = [f"{log}: {summary.users:,} people, {summary.activities:,} activities"]
        parts: list[Part] = [_figures(tried)]
        first, last = summary.first_activity_time, summary.last_activity_time
        if first is not None and last is not None:
            span = Span(first, max(last, first + 1), self.zone or UTC)
            told.append(f"{span_in_words(span)} ({span.zone})")
            parts.append(
                Bars([Bar(label or "All users", _times(it)) for label, _, it in tried], "Share of time", shares=True)
            )
            curves = [CoverageOf(label or "People in each status", _moments(it)) for label, _, it in tried]
            parts.append(Coverage(curves, span))
        told.append(workflow_in_words(workflow) if len(tried) == 1 else f"the first is {workflow_in_words(workflow)}")
        return picture(Caption(title, " · ".join(told), (_FALSE, _SHARE)), parts)


def _figures(tried: Sequence[tuple[str, Workflow, Summary]]) -> Figures:
    from ...domain.status import Cause, Status

    summaries = [summary for _, _, summary in tried]
    rows = [
        ("Switches to Away", [f"{it.switches_to_away:,}" for it in summaries]),
        ("False Aways", [part(it.returns_soon, it.switches_to_away) for it in summaries]),
        (
            "Switches to Offline by inactivity",
            [
                f"{sum(n for (_, after), n in it.switches_by(Cause.INACTIVITY).items() if after is Status.OFFLINE):,}"
                for it in summaries
            ],
        ),
        ("Brought back by activity", [f"{it.resumes:,}" for it in summaries]),
        ("Activities that brought nobody back", [part(it.ignored_activities, it.activities) for it in summaries]),
    ]
    if summaries[0].leases:
        rows.append(("Disconnections", [f"{it.disconnections:,}" for it in summaries]))
        rows.append(("Ended by a return", [part(it.reconnections, it.disconnections) for it in summaries]))
    return Figures([label for label, _, _ in tried], rows)


def _times(summary: Summary) -> dict[Series, int]:
    return {Series[status.name]: time for status, time in summary.time_in_status_ms.items()}


def _moments(summary: Summary) -> list[Moment]:
    return [
        Moment(time, {Series.ONLINE: online, Series.AWAY: away, Series.OFFLINE: offline})
        for time, online, away, offline in summary.coverage
    ]
