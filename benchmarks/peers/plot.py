"""Plots as SVG, written by hand so that nothing has to be installed: bars of one quantity, and curves over a size."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

_FONT = 'font-family="system-ui, sans-serif" font-size="12"'
_COLOURS = ("#0b6e4f", "#c8553d", "#3d5a80", "#b8860b", "#6a4c93", "#555555", "#2a9d8f", "#d4a5a5")
_WIDTH = 820
_LABEL = 250
_LOGARITHMIC_FROM = 20
"""By how much bars must differ for the small ones to vanish on a linear scale."""
_BAR = 20


def _number(value: float) -> str:
    if value >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _page(height: int, title: str, body: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'role="img" {_FONT}>'
    )
    frame = f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>'
    heading = f'<text x="12" y="22" font-size="15" font-weight="600" fill="#111111">{escape(title)}</text>'
    return "\n".join([head, f"<title>{escape(title)}</title>", frame, heading, *body, "</svg>", ""])


def bars(title: str, unit: str, values: Mapping[str, float]) -> str:
    """Bars, each with its value, on a logarithmic scale where they differ much; the first in the project's colour."""
    shown = {name: value for name, value in values.items() if value > 0}
    smallest, high = min(shown.values(), default=1), max(shown.values(), default=10)
    logarithmic = high > _LOGARITHMIC_FROM * smallest
    low = 10 ** math.floor(math.log10(smallest) - 0.3)
    room = _WIDTH - _LABEL - 130
    body = []
    for place, (name, value) in enumerate(shown.items()):
        y = 40 + place * (_BAR + 8)
        width = room * (math.log(value / low) / math.log(high / low) if logarithmic else value / high)
        colour = _COLOURS[0] if place == 0 else "#9aa5b1"
        body.append(f'<text x="{_LABEL - 8}" y="{y + 15}" text-anchor="end" fill="#111111">{escape(name)}</text>')
        body.append(f'<rect x="{_LABEL}" y="{y}" width="{max(width, 2):.1f}" height="{_BAR}" fill="{colour}"/>')
        text = f"{_number(value)} {unit}"
        body.append(f'<text x="{_LABEL + max(width, 2) + 6:.1f}" y="{y + 15}" fill="#111111">{escape(text)}</text>')
    height = 40 + len(shown) * (_BAR + 8) + 28
    if logarithmic:
        body.append(f'<text x="12" y="{height - 10}" fill="#666666">logarithmic scale</text>')
    return _page(height, title, body)


def curves(title: str, across: str, up: str, lines: Mapping[str, Sequence[tuple[float, float]]]) -> str:
    """Lines over a size, both axes logarithmic: what grows in proportion rises at 45 degrees of the grid."""
    points = [point for line in lines.values() for point in line if point[0] > 0 and point[1] > 0]
    if not points:
        return _page(60, title, ['<text x="12" y="45" fill="#666666">nothing was measured</text>'])
    left, top, right, bottom = 70, 40, _WIDTH - 250, 340
    x_low, x_high = _decades([x for x, _ in points])
    y_low, y_high = _decades([y for _, y in points])

    def x_at(value: float) -> float:
        return left + (right - left) * (math.log10(value) - x_low) / (x_high - x_low)

    def y_at(value: float) -> float:
        return bottom - (bottom - top) * (math.log10(value) - y_low) / (y_high - y_low)

    body = []
    for power in range(x_low, x_high + 1):
        x = x_at(10.0**power)
        body.append(f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" stroke="#e3e6ea"/>')
        body.append(f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle" fill="#444444">{_decade(power)}</text>')
    for power in range(y_low, y_high + 1):
        y = y_at(10.0**power)
        body.append(f'<line x1="{left}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="#e3e6ea"/>')
        body.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end" fill="#444444">{_decade(power)}</text>')
    body.append(
        f'<text x="{(left + right) / 2}" y="{bottom + 36}" text-anchor="middle" fill="#111111">{escape(across)}</text>'
    )
    body.append(f'<text x="12" y="{bottom + 36}" fill="#111111">up: {escape(up)}</text>')
    for place, (name, line) in enumerate(lines.items()):
        colour = _COLOURS[place % len(_COLOURS)]
        drawn = [(x_at(x), y_at(y)) for x, y in line if x > 0 and y > 0]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in drawn)
        body.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        body += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in drawn]
        y = top + 12 + place * 18
        body.append(f'<rect x="{right + 14}" y="{y - 9}" width="10" height="10" fill="{colour}"/>')
        body.append(f'<text x="{right + 30}" y="{y}" fill="#111111">{escape(name)}</text>')
    return _page(bottom + 50, title, body)


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _decade(power: int) -> str:
    return f"{10**power:,}" if 0 <= power <= 6 else f"{10.0**power:g}"
