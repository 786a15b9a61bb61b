"""How people write periods (`10m`, `1h30m`, `90s`, `2d`) and addresses (`127.0.0.1:50250`), and are shown text.

The inverse for periods is `domain.periods.format_period`. This is apart from `config`, which costs much to import.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, Final

DEFAULT_LISTEN: Final = "127.0.0.1:50250"

_UNIT_MS: Final = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_UNITS_BY_SIZE: Final = tuple(_UNIT_MS)
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|[dhms])", re.ASCII)
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_MOST_DIGITS: Final = 9
"""Of one unit: more than any period that makes sense, and few enough that every period is a `timedelta`."""
_LONGEST_TEXT: Final = 64
"""Longer than any period that makes sense, and short enough that arithmetic on it costs nothing."""

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
"""Letters, marks and symbols that nobody sees: Unicode's default ignorable code points, as far as Python takes them for
printable, and a blank one."""


def parse_duration(text: str) -> int:
    """The milliseconds that `text` says. Units go from large to small, each at most once; only `0` needs none.

    Raises:
        ValueError: with one line that says what is wrong and how it is written.
    """
    compact = text.strip().replace(" ", "").lower()
    if compact == "0":
        return 0
    shown = repr(text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "...")
    if len(compact) > _LONGEST_TEXT:
        raise ValueError(f"{shown} is not a duration; write it like 10m, 1h30m, 90s or 500ms")
    if _NUMBER.fullmatch(compact):
        raise ValueError(f"{shown} has no unit; write {compact}s for seconds or {compact}m for minutes")
    parts = _PART.findall(compact)
    if not parts or "".join(number + unit for number, unit in parts) != compact:
        raise ValueError(f"{shown} is not a duration; write it like 10m, 1h30m, 90s or 500ms")
    order = [_UNITS_BY_SIZE.index(unit) for _, unit in parts]
    if order != sorted(set(order)):
        raise ValueError(f"{shown} names its units out of order; write the larger first, each once, like 1h30m")
    if any(len(number.partition(".")[0]) > _MOST_DIGITS for number, _ in parts):
        raise ValueError(f"{shown} is too long")
    total_ms = sum(Decimal(number) * _UNIT_MS[unit] for number, unit in parts)
    if total_ms % 1:
        raise ValueError(f"{shown} is finer than a millisecond")
    return int(total_ms)


_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)")


def split_address(text: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT`, where an IPv6 host is in brackets.

    Raises:
        ValueError: it is not of that form.
    """
    scheme = _SCHEME.match(text)
    if scheme:
        raise ValueError(f"{text!r} is not a valid address; write HOST:PORT, without {scheme[1]}")
    host, separator, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        separator = ""
    if not (host and "/" not in host and separator and port.isascii() and port.isdigit() and int(port) <= 65_535):
        raise ValueError(f"{text!r} is not a valid address; write HOST:PORT, like {DEFAULT_LISTEN} or [::1]:50250")
    return host, int(port)


def visible(text: str) -> str:
    r"""`text` with each character that is not seen, or that a terminal obeys, as JSON escapes it (`\u202e`).

    Those are control characters (C0, DEL, C1), line and paragraph separators, all blanks but the space, marks for the
    direction of text, joiners, fillers, surrogates and what is not assigned. JSON stays the same JSON.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() and c not in _IGNORABLE else json.dumps(c)[1:-1] for c in text)


def json_text(value: Any) -> str:
    """`value` as JSON on one line, in which people can read all languages and nothing is invisible."""
    return visible(json.dumps(value, ensure_ascii=False))
