"""The results of a comparison, and the page of all comparisons: ratios first, then absolute figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..figures import Figure, machine_lines
from ..figures import table as figures_table


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under a caption."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def lines(self) -> list[str]:
        """As Markdown, aligned so that it reads on a terminal too."""
        if not self.rows:
            return []
        widths = [max(len(row[place]) for row in (self.head, *self.rows)) for place in range(len(self.head))]

        def line(cells: Sequence[str]) -> str:
            return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"

        rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
        return [self.caption, "", line(self.head), rule, *map(line, self.rows), ""]


@dataclass(slots=True)
class Section:
    """One comparison. Plots are SVG by file name; `missing` says which peers could not be had, and why.

    `goals` are the figures for which the project has set itself one.
    """

    name: str
    title: str
    method: str
    ratios: list[Table] = field(default_factory=list)
    figures: list[Table] = field(default_factory=list)
    goals: list[Figure] = field(default_factory=list)
    plots: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    seconds: float = 0

    def lines(self, folder: str) -> list[str]:
        """As Markdown; plots are in `folder`."""
        lines = [f"## {self.title}", "", self.method, ""]
        for table in self.ratios:
            lines += table.lines()
        for name in self.plots:
            lines += [f"![{name.removesuffix('.svg').replace('-', ' ')}]({folder}/{name})", ""]
        for remark in self.remarks:
            lines += [f"- {remark}"]
        lines += [""] if self.remarks else []
        for table in self.figures:
            lines += table.lines()
        if self.missing:
            lines += ["Not measured:", "", *(f"- {peer}: {why}" for peer, why in self.missing.items()), ""]
        return lines


def number(value: float) -> str:
    """For people: as many digits as it is worth."""
    size = abs(value)
    if size >= 1_000:
        return f"{value:,.0f}"
    if size >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}"


def times(value: float, of: float) -> str:
    """How many times `of` a value is, for people; nothing can be told of what was too small to be measured."""
    return f"{number(value / of)} x" if of > 0 else "-"


def page(
    sections: Sequence[Section],
    machine: Mapping[str, str],
    *,
    command: str,
    scale: str,
    when: str,
    seconds: float,
    folder: str,
) -> str:
    """The whole page."""
    versions: dict[str, str] = {}
    for section in sections:
        versions |= section.versions
    lines = [
        "# onduty beside what one would use instead",
        "",
        f"Written by `{command}` on {when}; the run took {seconds / 60:.0f} min ({scale} sizes).",
        "Everything on this page was measured in that one run on the machine below, each peer in a process of its own,",
        "one after the other. Where other work shared the machine, ratios suffer less than absolute figures.",
        "",
        "- machine:",
        *(f"  {line}" for line in machine_lines(dict(machine))),
        f"- peers: {', '.join(f'{name} {version}' for name, version in sorted(versions.items()))}",
        "",
    ]
    goals = [goal for section in sections for goal in section.goals]
    if goals:
        lines += ["## Goals", "", "What the project has set itself, and what this run reached.", ""]
        lines += [*figures_table(goals), ""]
    for section in sections:
        lines += section.lines(folder)
    return "\n".join(lines).rstrip() + "\n"
