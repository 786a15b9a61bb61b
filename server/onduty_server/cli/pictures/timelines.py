"""Timelines: one row for each person, painted by status as time goes by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from .axis import TimeAxis, draw_as_of
from .bars import Empty, label_edge
from .drawing import MARGIN, RIGHT, SMALL, STRONG_LINE, TEXT, Drawing
from .series import Series
from .times import Span, length_in_words

_FEW: Final = 12


class Stretch(NamedTuple):
    """A status from `start` to `end` (ms UTC)."""

    start: int
    end: int
    series: Series


class TimelineOf(NamedTuple):
    """A person, and the stretches in order."""

    label: str
    stretches: Sequence[Stretch]


class Timelines(NamedTuple):
    """Rows above one axis of time. `as_of` is the end of what is known."""

    rows: Sequence[TimelineOf]
    span: Span
    as_of: int | None = None

    def series(self) -> frozenset[Series]:
        """Return the series of which it shows something."""
        return frozenset(stretch.series for row in self.rows for stretch in row.stretches)

    def described(self) -> Sequence[str]:
        """Return a sentence for each person."""
        return [f"{_in_words(row)}." for row in self.rows]

    def draw(self, on: Drawing) -> None:
        """Draw the rows, with the axis of time above and below them."""
        if not self.rows:
            Empty().draw(on)
            return
        left = label_edge([row.label for row in self.rows])
        height, gap = (26, 10) if len(self.rows) <= _FEW else (17, 5)
        axis = TimeAxis(self.span, left, RIGHT)
        many = len(self.rows) > 2 * _FEW
        on.y += 36 if many else 18
        if many:
            axis.draw_labels(on, on.y - SMALL - 14)
        top, bottom = on.y, on.y + len(self.rows) * (height + gap)
        axis.draw_grid(on, top - 4, bottom + 4)
        for number, row in enumerate(self.rows):
            y = top + number * (height + gap) + gap / 2
            on.fitted(left - 10, y + height / 2 + 5, row.label, left - 10 - MARGIN, anchor="end", size=TEXT)
            with on.group(_in_words(row)):
                _draw_row(on, row, axis, y, height)
        draw_as_of(on, axis, self.as_of, top, bottom + 4)
        axis.draw_labels(on, bottom + 2)
        on.y = bottom + SMALL + 12


def _draw_row(on: Drawing, row: TimelineOf, axis: TimeAxis, y: float, height: float) -> None:
    boxes: dict[Series, list[tuple[float, float, float, float]]] = {series: [] for series in Series}
    for start, end, series in _joined(row.stretches):
        x = axis.x(start)
        boxes[series].append((x, y, axis.x(end) - x, height))
    for series, found in boxes.items():
        on.areas(found, series)
    if row.stretches:
        left, right = axis.x(row.stretches[0].start), axis.x(row.stretches[-1].end)
        on.rect(left, y, right - left, height, "none", stroke=STRONG_LINE, stroke_width="0.75")
    for series, found in boxes.items():
        for box in found:
            on.word_in(box, series, (series.word,))


def _joined(stretches: Sequence[Stretch]) -> Sequence[Stretch]:
    """Return stretches of which none goes on as the one before: a status may have changed its cause alone."""
    joined: list[Stretch] = []
    for stretch in stretches:
        if joined and (joined[-1].series, joined[-1].end) == (stretch.series, stretch.start):
            joined[-1] = joined[-1]._replace(end=stretch.end)
        else:
            joined.append(stretch)
    return joined


def _in_words(row: TimelineOf) -> str:
    sums: Counter[Series] = Counter()
    for stretch in row.stretches:
        sums[stretch.series] += stretch.end - stretch.start
    parts = [f"{series.word} {length_in_words(sums[series])}" for series in Series if sums[series]]
    return f"{row.label}: {', '.join(parts) or 'nothing'}"
