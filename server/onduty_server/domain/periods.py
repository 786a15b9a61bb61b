"""Periods as people write them: `10m`, `1h30m`, `90s`, `2d`, and `off` for a period that is not in force.

Everything that reads or writes a period does it here. In the program a period is a whole number of milliseconds.
Invariant: formatting and parsing are inverse.
"""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Final

SECOND_MS: Final = 1_000
HOUR_MS: Final = 60 * 60 * SECOND_MS
DAY_MS: Final = 24 * HOUR_MS

OFF: Final = "off"
"""Stands for no period."""

_NAMES_OF_OFF: Final = (OFF, "none")
_MILLISECOND: Final = timedelta(milliseconds=1)
_UNIT_MS: Final = {"d": DAY_MS, "h": HOUR_MS, "m": 60 * SECOND_MS, "s": SECOND_MS, "ms": 1}
_UNITS_BY_SIZE: Final = tuple(_UNIT_MS)
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|[dhms])", re.ASCII)
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_DIGITS_MAX: Final = 9
"""Digits of one unit: more than any sensible period has, and few enough that every period is a `timedelta`."""
_TEXT_MAX: Final = 64
"""Characters of a period: more than any sensible one has, and few enough that arithmetic on it costs nothing."""


def parse_period(text: str) -> int:
    """Return the milliseconds of a period. Units go from large to small, each at most once; only `0` needs none.

    Raises:
        ValueError: with one line that says what is wrong and how to write it.
    """
    compact = text.strip().replace(" ", "").lower()
    if compact == "0":
        return 0
    shown = repr(text if len(text) <= _TEXT_MAX else text[:_TEXT_MAX] + "...")
    if len(compact) > _TEXT_MAX:
        raise ValueError(f"{shown} is not a duration; write it like 10m, 1h30m, 90s or 500ms")
    if _NUMBER.fullmatch(compact):
        raise ValueError(f"{shown} has no unit; write {compact}s for seconds or {compact}m for minutes")
    parts = _PART.findall(compact)
    if not parts or "".join(number + unit for number, unit in parts) != compact:
        raise ValueError(f"{shown} is not a duration; write it like 10m, 1h30m, 90s or 500ms")
    order = [_UNITS_BY_SIZE.index(unit) for _, unit in parts]
    if order != sorted(set(order)):
        raise ValueError(f"{shown} has its units out of order; write the largest first, each once, like 1h30m")
    if any(len(number.partition(".")[0]) > _DIGITS_MAX for number, _ in parts):
        raise ValueError(f"{shown} is too long")
    total_ms = sum(Decimal(number) * _UNIT_MS[unit] for number, unit in parts)
    if total_ms % 1:
        raise ValueError(f"{shown} is finer than a millisecond")
    return int(total_ms)


def parse_optional_period(text: str) -> int | None:
    """Return the milliseconds of a period, or None for `off` or `none`.

    Raises:
        ValueError: as of `parse_period`.
    """
    return None if text.strip().lower() in _NAMES_OF_OFF else parse_period(text)


def format_period(period_ms: int) -> str:
    """Write a period for people: `1h30m`, `10m`, `1.5s`."""
    if period_ms < 0:
        return f"-{format_period(-period_ms)}"
    parts = []
    for unit in ("d", "h", "m"):
        count, period_ms = divmod(period_ms, _UNIT_MS[unit])
        if count:
            parts.append(f"{count}{unit}")
    if period_ms or not parts:
        parts.append(f"{period_ms / 1000:g}s")
    return "".join(parts)


def format_optional_period(period_ms: int | None) -> str:
    """Write a period for people, and `off` for None."""
    return OFF if period_ms is None else format_period(period_ms)


def format_seconds(period_ms: int) -> str:
    """Write a period for programs, in seconds alone as JSON has a `Duration` of Protobuf: `5400s`, `1.5s`."""
    return f"{period_ms / 1_000:.3f}".rstrip("0").rstrip(".") + "s"


def milliseconds(period: timedelta) -> int:
    """Return the whole milliseconds of a `timedelta`; finer digits are cut off."""
    return period // _MILLISECOND
