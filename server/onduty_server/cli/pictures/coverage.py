"""The coverage curve: how many people were in each status, as steps, one stacked upon the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from .axis import TimeAxis, draw_as_of, draw_marks
from .bars import Empty, draw_heading
from .drawing import MARGIN, MUTED, RIGHT, SMALL, Drawing, n
from .scales import counts
from .series import Series
from .times import Span, clock_in_words, date_in_words

_LEFT: Final = MARGIN + 52
_TALL, _LOW = 360, 220
_EDGE: Final = "#0d3f22"
_STACK: Final = (Series.ONLINE, Series.AWAY, Series.OFFLINE)
_DROWNED: Final = 6
"""With this many times as many people OFFLINE as there are ONLINE and AWAY at most, the curve would be a line."""


class Moment(NamedTuple):
    """The number of people in each status from `time` (ms UTC) on, until the next moment; None: not known."""

    time: int
    counts: Mapping[Series, int] | None


class CoverageOf(NamedTuple):
    """A curve and what is above it; that may be empty."""

    label: str
    moments: Sequence[Moment]


class Coverage(NamedTuple):
    """Curves one below the other, over one span and to one scale. `as_of` is the end of what is known."""

    curves: Sequence[CoverageOf]
    span: Span
    as_of: int | None = None

    def _known(self) -> Sequence[Mapping[Series, int]]:
        return [it.counts for curve in self.curves for it in curve.moments if it.counts is not None]

    def _stack(self) -> Sequence[Series]:
        known = self._known()
        here = max((it.get(Series.ONLINE, 0) + it.get(Series.AWAY, 0) for it in known), default=0)
        offline = max((it.get(Series.OFFLINE, 0) for it in known), default=0)
        return _STACK[:2] if here and offline > _DROWNED * here else _STACK

    def series(self) -> frozenset[Series]:
        """Return the series of which it shows something."""
        found = {series for series in self._stack() if any(it.get(series, 0) for it in self._known())}
        if any(it.counts is None for curve in self.curves for it in curve.moments):
            found.add(Series.UNKNOWN)
        return frozenset(found)

    def described(self) -> Sequence[str]:
        """Return a sentence for each curve."""
        return [_in_words(curve, self.span) for curve in self.curves]

    def draw(self, on: Drawing) -> None:
        """Draw the curves, each with an axis of time below it."""
        if not any(it.counts is None or any(it.counts.values()) for curve in self.curves for it in curve.moments):
            Empty().draw(on)
            return
        stack = self._stack()
        axis = TimeAxis(self.span, _LEFT, RIGHT)
        most = max((sum(it.get(series, 0) for series in stack) for it in self._known()), default=0)
        height = _TALL if len(self.curves) == 1 else _LOW
        scale = counts(most, height // 45)
        for curve in self.curves:
            if curve.label:
                draw_heading(on, curve.label)
            on.y += 36
            on.text(_LEFT - 8, on.y - 8, "people", size=SMALL, fill=MUTED, anchor="end")
            top, bottom = on.y, on.y + height
            axis.draw_grid(on, top, bottom)
            draw_marks(on, scale, _LEFT, RIGHT, top, bottom)
            with on.group(_in_words(curve, self.span)):
                self._draw_curve(on, curve, stack, axis, top, bottom, scale.reach)
            draw_as_of(on, axis, self.as_of, top, bottom)
            axis.draw_labels(on, bottom)
            on.y = bottom + SMALL + 10
        if Series.OFFLINE not in stack:
            offline = max(it.get(Series.OFFLINE, 0) for it in self._known())
            on.y += 20
            on.text(_LEFT, on.y, f"Offline is not drawn: up to {offline:,} people.", size=SMALL + 0.5, fill=MUTED)

    def _draw_curve(
        self,
        on: Drawing,
        curve: CoverageOf,
        stack: Sequence[Series],
        axis: TimeAxis,
        top: float,
        bottom: float,
        most: float,
    ) -> None:
        end = self.span.end if self.as_of is None else min(self.as_of, self.span.end)
        ends = [moment.time for moment in curve.moments[1:]] + [max(end, curve.moments[-1].time)]
        boxes: dict[Series, list[tuple[float, float, float, float]]] = {series: [] for series in Series}
        tops: list[tuple[float, float, float]] = []
        for (time, numbers), until in zip(curve.moments, ends, strict=True):
            x, width = axis.x(time), axis.x(until) - axis.x(time)
            if width <= 0:
                continue
            if numbers is None:
                _append(boxes[Series.UNKNOWN], (x, top, width, bottom - top))
                continue
            y = bottom
            for series in stack:
                if height := (bottom - top) * numbers.get(series, 0) / most:
                    y -= height
                    _append(boxes[series], (x, y, width, height))
                if series is Series.ONLINE:
                    tops.append((x, y, width))
        for series, found in boxes.items():
            on.areas(found, series)
        for box in boxes[Series.UNKNOWN]:
            on.word_in(box, Series.UNKNOWN, (Series.UNKNOWN.word,))
        # Whom a case could be given is what one looks for: its edge is drawn.
        if tops:
            on.path(_edge(tops), fill="none", stroke=_EDGE, stroke_width="1", stroke_linejoin="round")


def _append(boxes: list[tuple[float, float, float, float]], box: tuple[float, float, float, float]) -> None:
    """Add a box, or lengthen the last if this goes on at the same height: seams would show."""
    if boxes:
        x, y, width, height = boxes[-1]
        if (y, height) == (box[1], box[3]) and abs(x + width - box[0]) < 1e-6:
            boxes[-1] = (x, y, width + box[2], height)
            return
    boxes.append(box)


def _edge(tops: Sequence[tuple[float, float, float]]) -> str:
    parts: list[str] = []
    end = None
    for x, y, width in tops:
        parts.append(f"V{n(y)}" if end is not None and abs(end - x) < 1e-6 else f"M{n(x)} {n(y)}")
        parts.append(f"H{n(x + width)}")
        end = x + width
    return "".join(parts)


def _in_words(curve: CoverageOf, span: Span) -> str:
    known = [moment for moment in curve.moments if moment.counts is not None]
    name = f"{curve.label}: " if curve.label else ""
    if not known:
        return f"{name}nothing is known."

    def online(moment: Moment) -> int:
        return (moment.counts or {}).get(Series.ONLINE, 0)

    most, least = max(known, key=online), min(known, key=online)
    highest, lowest = f"{online(most):,} people Online, {_at(most, span)}", f"{online(least):,}, {_at(least, span)}"
    return f"{name}at most {highest}; at least {lowest}."


def _at(moment: Moment, span: Span) -> str:
    return f"{date_in_words(moment.time, span.zone)} at {clock_in_words(moment.time, span.zone)}"
