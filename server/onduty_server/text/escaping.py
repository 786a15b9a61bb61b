"""Escapes invisible characters in text for people and logs."""

from __future__ import annotations

import json
from typing import Any, Final

_IGNORABLE: Final = frozenset(
    chr(code)
    for first, last in (
        (0x034F, 0x034F),  # combining grapheme joiner
        (0x115F, 0x1160),  # Hangul fillers
        (0x17B4, 0x17B5),  # Khmer inherent vowels
        (0x180B, 0x180F),  # Mongolian variation selectors
        (0x2800, 0x2800),  # Braille pattern blank
        (0x3164, 0x3164),  # Hangul filler
        (0xFE00, 0xFE0F),  # variation selectors
        (0xFFA0, 0xFFA0),  # halfwidth Hangul filler
        (0xE0100, 0xE01EF),  # more variation selectors
    )
    for code in range(first, last + 1)
)
"""Invisible letters, marks and symbols: the default ignorable code points of Unicode that Python counts as printable,
and a blank one."""


def visible(text: str) -> str:
    r"""Escape, as JSON does (`\u202e`), each character of `text` that is invisible or controls a terminal.

    These are control characters (C0, DEL, C1), line and paragraph separators, all blanks but the space, marks for the
    direction of text, joiners, fillers, surrogates and unassigned code points. Escaped JSON means the same.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() and c not in _IGNORABLE else json.dumps(c)[1:-1] for c in text)


def json_text(value: Any) -> str:
    """Return `value` as JSON on one line, with text of every language readable and nothing invisible."""
    return visible(json.dumps(value, ensure_ascii=False))
