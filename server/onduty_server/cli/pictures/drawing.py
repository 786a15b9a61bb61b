"""A sheet on which the parts of a picture are drawn from top to bottom, and the text of the whole as SVG.

Invariant: text and attributes are escaped here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple, Protocol

from ...text.escaping import visible
from .lettering import shortened, width_of, wrapped
from .series import Series

WIDTH: Final = 1200
MARGIN: Final = 36
RIGHT: Final = WIDTH - MARGIN
TEXT: Final = 14
SMALL: Final = 12
_TITLE, _TITLE_LINE = 24, 31
INK: Final = "#1c252d"
MUTED: Final = "#53606a"
LINE: Final = "#dfe4e8"
STRONG_LINE: Final = "#a8b2ba"
_PAPER: Final = "#ffffff"
_FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


class Caption(NamedTuple):
    """The words around a picture: what it shows, of when, and remarks below it, a line or more each."""

    title: str
    subtitle: str = ""
    notes: Sequence[str] = ()


class Drawing:
    """The sheet. `y` is how far down it is full; parts draw below it and move it."""

    def __init__(self) -> None:
        self.y: float = MARGIN
        self._elements: list[str] = []

    def rect(self, x: float, y: float, width: float, height: float, fill: str, **more: str) -> None:
        """Draw a rectangle."""
        self._add("rect", x=n(x), y=n(y), width=n(width), height=n(height), fill=fill, **more)

    def areas(self, boxes: Sequence[tuple[float, float, float, float]], series: Series) -> None:
        """Fill boxes (x, y, width, height) as one shape, in the paint of a series."""
        if boxes:
            path = "".join(f"M{n(x)} {n(y)}h{n(w)}v{n(h)}h{n(-w)}z" for x, y, w, h in boxes)
            self._add("path", d=path, fill=series.fill)

    def path(self, d: str, **more: str) -> None:
        """Draw a path."""
        self._add("path", d=d, **more)

    def line(self, x1: float, y1: float, x2: float, y2: float, stroke: str = LINE, **more: str) -> None:
        """Draw a line."""
        self._add("line", x1=n(x1), y1=n(y1), x2=n(x2), y2=n(y2), stroke=stroke, **more)

    def text(self, x: float, y: float, text: str, *, size: float = TEXT, fill: str = INK, **more: str) -> None:
        """Write a line of text, with its base line at `y`. `anchor` is start, middle or end."""
        anchor = more.pop("anchor", "start")
        if anchor != "start":
            more["text_anchor"] = anchor
        self._add("text", visible(text), x=n(x), y=n(y), font_size=n(size), fill=fill, **more)

    def fitted(self, x: float, y: float, text: str, width: float, *, size: float = TEXT, **more: str) -> None:
        """Write a line of text, cut to a width; the whole is shown on pointing at it."""
        whole = visible(text)
        cut = shortened(whole, size, width)
        if cut == whole:
            self.text(x, y, text, size=size, **more)
            return
        with self.group(text):
            self.text(x, y, cut, size=size, **more)

    def word_in(self, box: tuple[float, float, float, float], series: Series, words: Sequence[str]) -> None:
        """Write the first of `words` that has room in a box, or none, on a plate without the pattern."""
        x, y, width, height = box
        size = min(SMALL, height - 3)
        for word in words:
            needed = width_of(word, size)
            if size >= 9 and needed + 12 <= width:
                middle = x + width / 2
                if series.pattern:
                    plate = (middle - needed / 2 - 3, y + height / 2 - size / 2 - 1.5, needed + 6, size + 3)
                    self.rect(*plate, series.plain, rx="2")
                self.text(middle, y + height / 2 + size * 0.36, word, size=size, fill=series.ink, anchor="middle")
                return

    @contextmanager
    def group(self, title: str) -> Iterator[None]:
        """Group what is drawn, under a title that is shown on pointing at it and read aloud."""
        self._elements.append(f"<g><title>{_escaped(title)}</title>")
        yield
        self._elements.append("</g>")

    def _add(self, tag: str, content: str | None = None, **attributes: str) -> None:
        written = "".join(f' {name.replace("_", "-")}="{_escaped(value)}"' for name, value in attributes.items())
        end = "/>" if content is None else f">{_escaped(content)}</{tag}>"
        self._elements.append(f"<{tag}{written}{end}")

    def svg(self, title: str, description: str, used: Sequence[Series]) -> str:
        """Return the whole as SVG. `used` are the series of which something was drawn."""
        height = n(self.y + MARGIN)
        patterns = "".join(series.pattern for series in used)
        return "\n".join(
            (
                '<?xml version="1.0" encoding="UTF-8"?>',
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
                f'viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="onduty-title onduty-desc" '
                f'font-family="{_FONT}">',
                f'<title id="onduty-title">{_escaped(title)}</title>',
                f'<desc id="onduty-desc">{_escaped(description)}</desc>',
                f"<defs>{patterns}</defs>",
                f'<rect width="{WIDTH}" height="{height}" fill="{_PAPER}"/>',
                *self._elements,
                "</svg>\n",
            )
        )


class Part(Protocol):
    """A part of a picture."""

    def series(self) -> frozenset[Series]:
        """Return the series of which it shows something."""
        ...

    def described(self) -> Sequence[str]:
        """Return what it shows, as sentences for those who do not see it."""
        ...

    def draw(self, on: Drawing) -> None:
        """Draw it below `on.y`, and move that."""
        ...


_DESCRIBED_MAX: Final = 60
"""Sentences of a description: more than anybody listens to."""


def picture(caption: Caption, parts: Sequence[Part]) -> str:
    """Return a picture as SVG: the caption's title, a legend, the parts one below the other, and the remarks."""
    used = [series for series in Series if any(series in part.series() for part in parts)]
    on = Drawing()
    on.y += _TITLE * 0.75 - _TITLE_LINE
    # Bold letters are wider.
    for line in wrapped(visible(caption.title), _TITLE * 1.08, RIGHT - MARGIN):
        on.y += _TITLE_LINE
        on.text(MARGIN, on.y, line, size=_TITLE, font_weight="600")
    for line in wrapped(visible(caption.subtitle), TEXT + 1, RIGHT - MARGIN):
        on.y += 25
        on.text(MARGIN, on.y, line, size=TEXT + 1, fill=MUTED)
    if used:
        _legend(on, used)
    for part in parts:
        part.draw(on)
    if caption.notes:
        on.y += 14
    for note in caption.notes:
        for line in wrapped(visible(note), SMALL + 0.5, RIGHT - MARGIN):
            on.y += 18
            on.text(MARGIN, on.y, line, size=SMALL + 0.5, fill=MUTED)
    sentences = [sentence for part in parts for sentence in part.described()]
    if len(sentences) > _DESCRIBED_MAX:
        sentences = [*sentences[:_DESCRIBED_MAX], f"And {len(sentences) - _DESCRIBED_MAX:,} more."]
    told = [text for text in (caption.subtitle, *sentences, *caption.notes) if text]
    return on.svg(caption.title, " ".join(text if text.endswith(".") else f"{text}." for text in told), used)


def _legend(on: Drawing, used: Sequence[Series]) -> None:
    on.y += 32
    x: float = MARGIN
    for series in used:
        on.rect(x, on.y - 12, 28, 15, series.fill, stroke=STRONG_LINE, stroke_width="0.75")
        on.text(x + 35, on.y, series.word)
        x += 35 + width_of(series.word, TEXT) + 26


def n(number: float) -> str:
    """Write a number with up to two decimals."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _escaped(text: str) -> str:
    escaped = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace('"', "&quot;")
