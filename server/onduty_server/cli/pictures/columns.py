"""A column for each bucket of time: how long each status lasted, one row of columns for each person or team."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from .axis import TimeAxis, draw_as_of, draw_marks
from .bars import Empty, label_edge
from .drawing import MARGIN, RIGHT, SMALL, STRONG_LINE, Drawing
from .scales import lengths
from .series import Series
from .times import Span, length_in_words, share_in_words

_SCALE_WIDTH: Final = 58
_TALL, _LOW, _LOWEST = 340, 84, 46
_MANY: Final = 12
_WORD_HEIGHT, _WORD_WIDTH = 18, 50


class Column(NamedTuple):
    """A bucket [start, end) in ms UTC, and the time (ms) in each status."""

    start: int
    end: int
    times: Mapping[Series, int]


class ColumnsOf(NamedTuple):
    """The columns of somebody, or of all; then the label may be empty."""

    label: str
    columns: Sequence[Column]

    def total(self, series: Series) -> int:
        """Return the time in a status, of all columns."""
        return sum(column.times.get(series, 0) for column in self.columns)


class Columns(NamedTuple):
    """Rows of columns above one axis of time, all to one scale."""

    rows: Sequence[ColumnsOf]
    span: Span
    as_of: int | None = None

    def series(self) -> frozenset[Series]:
        """Return the series of which it shows something."""
        return frozenset(
            series for row in self.rows for column in row.columns for series, time in column.times.items() if time
        )

    def described(self) -> Sequence[str]:
        """Return a sentence for each row."""
        return [f"{row.label or 'All together'}: {_in_words(row)}." for row in self.rows]

    def draw(self, on: Drawing) -> None:
        """Draw the rows, with the axis of time below them."""
        if not self.rows:
            Empty().draw(on)
            return
        on.y += 26
        labels = [row.label for row in self.rows if row.label]
        left = (label_edge(labels) if labels else MARGIN) + _SCALE_WIDTH
        height = _TALL if len(self.rows) == 1 else _LOW if len(self.rows) <= _MANY else _LOWEST
        axis = TimeAxis(self.span, left, RIGHT)
        most = max((sum(column.times.values()) for row in self.rows for column in row.columns), default=0)
        scale = lengths(most, 8 if height == _TALL else 2)
        for row in self.rows:
            bottom = on.y + height
            draw_marks(on, scale, left, RIGHT, on.y, bottom)
            if row.label:
                edge = left - _SCALE_WIDTH
                on.fitted(edge, on.y + height / 2 + 2, row.label, edge - MARGIN, anchor="end")
            with on.group(f"{row.label or 'All together'}: {_in_words(row)}"):
                _draw_row(on, row, axis, on.y, bottom, scale.reach)
            draw_as_of(on, axis, self.as_of, on.y, bottom)
            on.y = bottom + (18 if len(self.rows) <= _MANY else 12)
        on.y -= 18 if len(self.rows) <= _MANY else 12
        axis.draw_labels(on, on.y)
        on.y += SMALL + 10


def _draw_row(on: Drawing, row: ColumnsOf, axis: TimeAxis, top: float, bottom: float, most: float) -> None:
    boxes: dict[Series, list[tuple[float, float, float, float]]] = {series: [] for series in Series}
    is_tall = bottom - top >= _TALL
    words: list[tuple[tuple[float, float, float, float], Series, str]] = []
    for column in row.columns:
        x, width = axis.x(column.start), axis.x(column.end) - axis.x(column.start)
        gap = min(width * 0.18, 8)
        y = bottom
        total = sum(column.times.values())
        for series in Series:
            time = column.times.get(series, 0)
            if height := (bottom - top) * time / most:
                y -= height
                boxes[series].append((x + gap / 2, y, width - gap, height))
                if is_tall and height >= _WORD_HEIGHT and width - gap >= _WORD_WIDTH:
                    middle = (x + gap / 2, y + (height - _WORD_HEIGHT) / 2, width - gap, _WORD_HEIGHT)
                    words.append((middle, series, share_in_words(time, total)))
    for series, found in boxes.items():
        on.areas(found, series)
    for box, series, word in words:
        on.word_in(box, series, (word,))
    on.line(axis.left, bottom, axis.right, bottom, STRONG_LINE)


def _in_words(row: ColumnsOf) -> str:
    parts = [f"{series.word} {length_in_words(row.total(series))}" for series in Series if row.total(series)]
    return ", ".join(parts) or "nothing"
