"""Periods as people write them; the inverse is `notation.parse_duration`."""

from __future__ import annotations


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
