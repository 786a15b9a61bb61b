"""The statuses as they are drawn: each has a word, a colour and a pattern, so that none of them needs the colour."""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple


class _Look(NamedTuple):
    """A look: the word, the plain colour, the pattern's marks over it (SVG; empty for none), and the ink of text."""

    word: str
    plain: str
    marks: str
    ink: str


def _stripes(path: str, stroke: str, width: str) -> str:
    return f'<path d="{path}" stroke="{stroke}" stroke-width="{width}"/>'


def _dots(fill: str) -> str:
    return "".join(f'<circle cx="{at}" cy="{at}" r="1.1" fill="{fill}"/>' for at in (2, 6))


_DARK: Final = "#26303a"


class Series(Enum):
    """The statuses, and the lack of one, from the bottom of a stack to its top."""

    ONLINE = _Look("Online", "#1d7a45", "", "#ffffff")
    AWAY = _Look("Away", "#f7cd7d", _stripes("M-2 2l4-4M0 8l8-8M6 10l4-4", "#a9690f", "1.8"), "#432a00")
    OFFLINE = _Look("Offline", "#dde2e6", _dots("#77838c"), _DARK)
    ELSEWHERE = _Look("In another team", "#ffffff", _stripes("M0 2h8M0 6h8", "#b4bdc4", "1"), _DARK)
    UNKNOWN = _Look("Unknown", "#ffffff", _stripes("M0 0l8 8M8 0l-8 8", "#d3d9de", "0.8"), _DARK)

    @property
    def word(self) -> str:
        """The word for people."""
        return self.value.word

    @property
    def plain(self) -> str:
        """The colour without the pattern, on which `ink` can be read."""
        return self.value.plain

    @property
    def ink(self) -> str:
        """The colour of text on `plain`."""
        return self.value.ink

    @property
    def fill(self) -> str:
        """The paint of an area."""
        return f"url(#{_id(self)})" if self.value.marks else self.value.plain

    @property
    def pattern(self) -> str:
        """The definition that `fill` refers to, as SVG; empty if it needs none."""
        if not self.value.marks:
            return ""
        return (
            f'<pattern id="{_id(self)}" width="{_TILE}" height="{_TILE}" patternUnits="userSpaceOnUse">'
            f'<rect width="{_TILE}" height="{_TILE}" fill="{self.plain}"/>{self.value.marks}</pattern>'
        )


_TILE: Final = 8


def _id(series: Series) -> str:
    return f"onduty-{series.name.lower()}"
