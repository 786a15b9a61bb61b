"""Draws axes: of time below a part of a picture, and of numbers at its left."""

from __future__ import annotations

from collections.abc import Sequence

from .drawing import INK, LINE, MUTED, SMALL, STRONG_LINE, WIDTH, Drawing
from .lettering import width_of
from .scales import Scale
from .times import Span, ticks


class TimeAxis:
    """Places times between `left` and `right`."""

    def __init__(self, span: Span, left: float, right: float) -> None:
        self.span, self.left, self.right = span, left, right
        self._ticks = ticks(span, right - left)

    def x(self, time: int) -> float:
        """Return the place of a time (ms UTC); what is outside of the span is at its ends."""
        time = min(max(time, self.span.start), self.span.end)
        return self.left + (self.right - self.left) * (time - self.span.start) / self.span.length

    def draw_grid(self, on: Drawing, top: float, bottom: float) -> None:
        """Draw the lines of the ticks."""
        for tick in self._ticks:
            if self.span.start <= tick.time <= self.span.end:
                x = self.x(tick.time)
                on.line(x, top, x, bottom, STRONG_LINE if tick.strong else LINE)

    def draw_labels(self, on: Drawing, y: float) -> None:
        """Write the labels below `y`."""
        taken: list[tuple[float, float]] = []
        # The names of days are longer than times of day, and come first.
        for tick in sorted(self._ticks, key=lambda tick: not tick.strong):
            x = self.x(tick.label_time)
            for label in _spellings(tick.label):
                half = width_of(label, SMALL) / 2 + 2
                if x + half <= WIDTH and not any(x - half < right and left < x + half for left, right in taken):
                    on.text(x, y + SMALL + 5, label, size=SMALL, fill=MUTED, anchor="middle")
                    taken.append((x - half, x + half))
                    break


def _spellings(label: str) -> Sequence[str]:
    """Return the ways to write a label, of which the first that fits is taken: a zone may be left out."""
    time, _, zone = label.partition(" ")
    return [label, time] if zone and ":" in time else [label] if label else []


def draw_marks(on: Drawing, scale: Scale, left: float, right: float, top: float, bottom: float) -> None:
    """Draw lines across for the marks of a scale, from `bottom` up to `top`, with labels at the left."""
    for mark in scale.marks:
        y = bottom - (bottom - top) * mark.value / scale.reach
        on.line(left, y, right, y, STRONG_LINE if mark.value == 0 else LINE)
        if mark.label:
            on.text(left - 8, y + 4, mark.label, size=SMALL, fill=MUTED, anchor="end")


def draw_as_of(on: Drawing, axis: TimeAxis, as_of: int | None, top: float, bottom: float) -> None:
    """Mark the moment up to which all is known, if it is within the span."""
    if as_of is None or not axis.span.start < as_of < axis.span.end:
        return
    x = axis.x(as_of)
    on.line(x, top - 4, x, bottom, INK, stroke_dasharray="3 3")
