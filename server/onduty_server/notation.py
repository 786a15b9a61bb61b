"""How people write periods (`10m`, `1h30m`, `90s`, `500ms`, `2d`) and addresses (`127.0.0.1:50250`).

The inverse for periods is `domain.diagram.format_period`. This is apart from `config`, which costs much to import.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

DEFAULT_LISTEN: Final = "127.0.0.1:50250"

_UNIT_MS: Final = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_UNITS_BY_SIZE: Final = tuple(_UNIT_MS)
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|[dhms])", re.ASCII)
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_LONGEST_TEXT: Final = 64
"""Longer than any period that makes sense, and short enough that arithmetic on it costs nothing."""


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
    total_ms = sum(Decimal(number) * _UNIT_MS[unit] for number, unit in parts)
    if total_ms % 1:
        raise ValueError(f"{shown} is finer than a millisecond")
    return int(total_ms)


def split_address(text: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT`, where an IPv6 host is in brackets.

    Raises:
        ValueError: it is not of that form.
    """
    host, separator, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        separator = ""
    if not (host and separator and port.isascii() and port.isdigit() and int(port) <= 65_535):
        raise ValueError(f"{text!r} is no address; write HOST:PORT, like {DEFAULT_LISTEN} or [::1]:50250")
    return host, int(port)
