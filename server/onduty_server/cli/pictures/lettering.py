"""Estimates how wide text is in a sans-serif font of unknown make, and cuts it to fit.

The estimate errs on the wide side: what is said to fit does, in the usual fonts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Final

_NARROW: Final = frozenset("fijlrtI.,:;'|!()[]/ -")
_BROAD: Final = frozenset("mwMWGOQ@%&—…<>=+~")
_MARKS: Final = ("Mn", "Me")


def width_of(text: str, size: float) -> float:
    """Return about how wide a line is in a font of this size, in the same unit."""
    return size * sum(map(_em, text))


def _em(character: str) -> float:
    if character in _NARROW:
        return 0.39
    if character in _BROAD:
        return 0.96
    if character.isascii():
        return 0.73 if character.isupper() else 0.63
    if unicodedata.category(character) in _MARKS:
        return 0.0
    return 1.05 if unicodedata.east_asian_width(character) in ("W", "F") else 0.76


def shortened(text: str, size: float, width: float) -> str:
    """Return the text if it fits, else its beginning with an ellipsis."""
    if width_of(text, size) <= width:
        return text
    left = width - width_of("…", size)
    kept = 0
    for character in text:
        left -= size * _em(character)
        if left < 0:
            break
        kept += 1
    return text[:kept].rstrip() + "…"


def wrapped(text: str, size: float, width: float) -> Sequence[str]:
    """Return the text as lines that fit. A word that is too long is cut."""
    lines: list[str] = []
    for word in text.split():
        if lines and width_of(f"{lines[-1]} {word}", size) <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(shortened(word, size, width))
    return lines
