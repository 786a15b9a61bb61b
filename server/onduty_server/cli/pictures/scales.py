"""Scales of numbers: round values up to a maximum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

_HOUR_MS: Final = 3_600_000
_HOURS: Final = (0.25, 0.5, 1, 2, 3, 4, 6, 8, 12, 24)


class Mark(NamedTuple):
    """A value of a scale, and its label."""

    value: float
    label: str


class Scale(NamedTuple):
    """A scale from 0 to `reach`, and its marks, of which the first is 0."""

    reach: float
    marks: Sequence[Mark]


def counts(most: int, marks: int) -> Scale:
    """Return a scale for whole numbers up to `most`, with up to `marks` marks above 0."""
    most = max(most, 1)
    return Scale(most * 1.04, [Mark(number, f"{number:,}") for number in range(0, most + 1, _step(most, marks))])


def lengths(most_ms: int, marks: int) -> Scale:
    """Return a scale of hours, or minutes, for periods (ms) up to `most_ms`, with up to `marks` marks above 0."""
    most_ms = max(most_ms, 1)
    hours = most_ms / _HOUR_MS
    if hours < 2 * _HOURS[0]:
        step_ms, in_minutes = 60_000 * _step(max(int(hours * 60), 1), marks), True
    else:
        step = next((step for step in _HOURS if hours / step <= marks), 0.0) or 24 * _step(int(hours / 24), marks)
        step_ms, in_minutes = round(step * _HOUR_MS), step < 1
    return Scale(
        most_ms,
        [
            Mark(value, f"{value / 60_000:g} min" if in_minutes else f"{value / _HOUR_MS:,g} h")
            for value in range(0, most_ms + 1, step_ms)
        ],
    )


def _step(most: int, marks: int) -> int:
    power = 1
    while True:
        for factor in (1, 2, 5):
            if most <= factor * power * marks:
                return factor * power
        power *= 10
