"""A few figures in a table within a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .drawing import LINE, MARGIN, MUTED, RIGHT, TEXT, Drawing
from .series import Series


class Figures(NamedTuple):
    """A table: the headings of its columns but the first, and rows of a name and a value for each column."""

    headings: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]

    def series(self) -> frozenset[Series]:
        """Return nothing: figures are words."""
        return frozenset()

    def described(self) -> Sequence[str]:
        """Return a sentence for each row."""
        return [f"{name}: {', '.join(values)}." for name, values in self.rows]

    def draw(self, on: Drawing) -> None:
        """Draw the table."""
        column = (RIGHT - MARGIN) / (max(len(self.headings), 2) + 1)
        right = MARGIN + column * (len(self.headings) + 1)
        on.y += 16
        if any(self.headings):
            on.y += 22
            for number, heading in enumerate(self.headings, 1):
                on.fitted(MARGIN + (number + 1) * column, on.y, heading, column - 12, anchor="end", font_weight="600")
            on.y += 4
        for name, values in self.rows:
            on.line(MARGIN, on.y + 5, right, on.y + 5, LINE)
            on.y += 25
            on.fitted(MARGIN, on.y, name, column - 12, size=TEXT, fill=MUTED)
            for number, value in enumerate(values, 1):
                on.fitted(MARGIN + (number + 1) * column, on.y, value, column - 12, anchor="end")
        on.y += 6
