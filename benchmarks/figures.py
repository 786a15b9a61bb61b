"""The results of benchmarks, and their forms: on the terminal, as Markdown and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound that a figure should keep."""

    bound: float
    at_most: bool

    def met(self, value: float) -> bool:
        """Return True if a value is within the bound."""
        return value <= self.bound if self.at_most else value >= self.bound


def at_most(bound: float) -> Goal:
    """A goal of this or less."""
    return Goal(bound, at_most=True)


def at_least(bound: float) -> Goal:
    """A goal of this or more."""
    return Goal(bound, at_most=False)


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number; `detail` says what belongs to it, like its spread."""

    name: str
    value: float
    unit: str
    goal: Goal | None = None
    detail: str = ""

    @property
    def verdict(self) -> str:
        """Empty where there is no goal."""
        if self.goal is None:
            return ""
        return "met" if self.goal.met(self.value) else "missed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The results of one benchmark. `method` says what it measures and leaves out."""

    benchmark: str
    title: str
    method: str
    seconds: float
    figures: Sequence[Figure] = field(default_factory=tuple)


def written(value: float) -> str:
    """A number for people: as many digits as it is worth."""
    size = abs(value)
    if size >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 100 else f"{value:.2f}"


def _goal(goal: Goal | None, unit: str) -> str:
    if goal is None:
        return ""
    bound = f"{goal.bound:,.0f}" if goal.bound == int(goal.bound) else f"{goal.bound:g}"
    return f"{'at most' if goal.at_most else 'at least'} {bound} {unit}".strip()


def table(figures: Sequence[Figure]) -> list[str]:
    """Figures as lines of a Markdown table, aligned so that it reads on a terminal too."""
    head = ["figure", "value", "goal", "", "detail"]
    rows = [
        [it.name, f"{written(it.value)} {it.unit}".strip(), _goal(it.goal, it.unit), it.verdict, it.detail]
        for it in figures
    ]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [_row(head, widths), "|" + "|".join("-" * (width + 2) for width in widths) + "|"]
    return lines + [_row(row, widths) for row in rows]


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"


def machine_lines(machine: dict[str, str]) -> list[str]:
    """The machine as lines of a Markdown list."""
    return [f"- {name}: {value}" for name, value in machine.items()]


def markdown(outcomes: Sequence[Outcome], machine: dict[str, str], *, scale: str, when: str, seconds: float) -> str:
    """A run as a page."""
    lines = [f"# Benchmarks of {when}", "", f"Scale: {scale}. The run took {seconds:.0f} s.", ""]
    lines += ["## Machine", "", *machine_lines(machine), ""]
    for outcome in outcomes:
        lines += [f"## {outcome.title}", "", outcome.method, "", *table(outcome.figures), ""]
    return "\n".join(lines)


def as_json(
    outcomes: Sequence[Outcome], machine: dict[str, str], *, scale: str, when: str, seconds: float
) -> dict[str, Any]:
    """A run as data."""
    return {
        "when": when,
        "scale": scale,
        "seconds": round(seconds, 1),
        "machine": machine,
        "outcomes": [
            {
                "benchmark": outcome.benchmark,
                "seconds": round(outcome.seconds, 1),
                "figures": [{**asdict(figure), "verdict": figure.verdict} for figure in outcome.figures],
            }
            for outcome in outcomes
        ],
    }
