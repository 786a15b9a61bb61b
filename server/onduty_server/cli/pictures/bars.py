"""One bar across for each person or team: how long each status lasted, from the left to the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from .drawing import LINE, MARGIN, MUTED, RIGHT, SMALL, STRONG_LINE, TEXT, Drawing
from .lettering import width_of
from .scales import Mark, Scale, lengths
from .series import Series
from .times import length_in_words, share_in_words

_LABEL_MAX: Final = 230
_MARKS: Final = 10
_FEW: Final = 10
_SHARES: Final = Scale(1, [Mark(quarter / 4, f"{25 * quarter} %") for quarter in range(5)])


class Bar(NamedTuple):
    """A bar: whose it is, and the time (ms) in each status."""

    label: str
    times: Mapping[Series, int]

    @property
    def total(self) -> int:
        """The length of the bar."""
        return sum(self.times.values())


class Bars(NamedTuple):
    """Bars under one scale of hours, or, with `shares`, each as a whole of 100 %."""

    bars: Sequence[Bar]
    heading: str = ""
    shares: bool = False

    def series(self) -> frozenset[Series]:
        """Return the series of which it shows something."""
        return frozenset(series for bar in self.bars for series, time in bar.times.items() if time)

    def described(self) -> Sequence[str]:
        """Return a sentence for each bar."""
        return [f"{bar.label}: {_in_words(bar)}." for bar in self.bars]

    def draw(self, on: Drawing) -> None:
        """Draw the bars, with the scale below them."""
        if not self.bars:
            Empty().draw(on)
            return
        if self.heading:
            draw_heading(on, self.heading)
        on.y += 22
        left = label_edge([bar.label for bar in self.bars])
        height, gap = (30, 12) if len(self.bars) <= _FEW else (18, 6)
        top, bottom = on.y, on.y + len(self.bars) * (height + gap)
        most = max(bar.total for bar in self.bars)
        reach, marks = _SHARES if self.shares else lengths(most, _MARKS)
        for value, label in marks:
            x = left + (RIGHT - left) * value / reach
            on.line(x, top - 4, x, bottom, LINE if value else STRONG_LINE)
            on.text(x, bottom + SMALL + 5, label, size=SMALL, fill=MUTED, anchor="middle")
        for number, bar in enumerate(self.bars):
            y = top + number * (height + gap) + gap / 2
            on.fitted(left - 10, y + height / 2 + 5, bar.label, left - 10 - MARGIN, anchor="end")
            self._draw_bar(on, bar, (left, y, RIGHT - left, height), bar.total if self.shares else reach)
        on.y = bottom + SMALL + 10

    def _draw_bar(self, on: Drawing, bar: Bar, box: tuple[float, float, float, float], reach: float) -> None:
        x, y, room, height = box
        with on.group(f"{bar.label}: {_in_words(bar)}"):
            for series in Series:
                if not (time := bar.times.get(series, 0)):
                    continue
                width = room * time / reach
                on.areas([(x, y, width, height)], series)
                share, length = share_in_words(time, bar.total), length_in_words(time)
                told = share if self.shares else length
                on.word_in((x, y, width, height), series, (f"{series.word} {told}", told))
                x += width
            if bar.total:
                on.rect(box[0], y, x - box[0], height, "none", stroke=STRONG_LINE, stroke_width="0.75")


def _in_words(bar: Bar) -> str:
    parts = [f"{series.word} {length_in_words(bar.times[series])}" for series in Series if bar.times.get(series)]
    return ", ".join(parts) or "nothing"


class Empty(NamedTuple):
    """A box with a text, in place of what there is nothing to draw of."""

    text: str = "Nobody was seen in this time."

    def series(self) -> frozenset[Series]:
        """Return nothing."""
        return frozenset()

    def described(self) -> Sequence[str]:
        """Return the text."""
        return [self.text]

    def draw(self, on: Drawing) -> None:
        """Draw the box."""
        on.rect(MARGIN, on.y + 24, RIGHT - MARGIN, 120, "#f6f8f9", stroke=LINE)
        on.text((MARGIN + RIGHT) / 2, on.y + 90, self.text, size=TEXT + 2, fill=MUTED, anchor="middle")
        on.y += 144


def label_edge(labels: Sequence[str]) -> float:
    """Return the x at which labels at the left end."""
    return MARGIN + 11 + min(max((width_of(label, TEXT) for label in labels), default=0), _LABEL_MAX)


def draw_heading(on: Drawing, heading: str) -> None:
    """Write the heading of a part."""
    on.y += 38
    on.fitted(MARGIN, on.y, heading, RIGHT - MARGIN, size=TEXT + 2, font_weight="600")
