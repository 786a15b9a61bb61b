"""Periods as people write them: `10m`, `1h30m`, `90s`, `2d`. Parsing and formatting are inverse."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_UNIT_MS: Final = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_UNITS_BY_SIZE: Final = tuple(_UNIT_MS)
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|[dhms])", re.ASCII)
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_MOST_DIGITS: Final = 9
"""Of one unit: more than any period that makes sense, and few enough that every period is a `timedelta`."""
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
    if any(len(number.partition(".")[0]) > _MOST_DIGITS for number, _ in parts):
        raise ValueError(f"{shown} is too long")
    total_ms = sum(Decimal(number) * _UNIT_MS[unit] for number, unit in parts)
    if total_ms % 1:
        raise ValueError(f"{shown} is finer than a millisecond")
    return int(total_ms)


def format_period(period_ms: int) -> str:
    """A period as people write it: `1h30m`, `10m`, `1.5s`."""
    if period_ms < 0:
        return f"-{format_period(-period_ms)}"
    parts = []
    for unit, size_ms in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000)):
        count, period_ms = divmod(period_ms, size_ms)
        if count:
            parts.append(f"{count}{unit}")
    if period_ms or not parts:
        parts.append(f"{period_ms / 1000:g}s")
    return "".join(parts)
