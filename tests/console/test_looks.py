"""What every page looks like in every state: readable for all, within its bounds, and at rest while data streams."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page
from tests.console.console import chromium
from tests.console.gallery import gallery
from tests.console.states import STATES, State

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
PHONE, TABLET, DESK = (
    {"width": 360, "height": 740},
    {"width": 820, "height": 1_180},
    {"width": 1_440, "height": 900},
)
_LAYOUT = (Path(__file__).parent / "layout.js").read_text()
"""Finds what is laid out badly: see the file."""


async def axe_faults(page: Page) -> list[str]:
    """What axe finds, by all of its rules."""
    await page.evaluate(AXE.read_text() + "; undefined")
    found = await page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [f"{each['id']}: {node['html'][:120]}" for each in found["violations"] for node in each["nodes"]]


async def layout_faults(page: Page) -> list[str]:
    """What is cut off, overlaps or moves."""
    faults: list[str] = await page.evaluate(_LAYOUT)
    return faults


LIKELY = [each for each in STATES if each.name in ("board", "board-cut-off", "board-selected", "person", "history")]
LIKELY += [
    each for each in STATES if each.name in ("what-if-result", "workflows-invalid", "workflows-preview", "sign-in")
]


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("states", "scheme", "screen", "options"),
    [
        (STATES, "light", DESK, {}),
        (STATES, "dark", PHONE, {"has_touch": True}),
        (LIKELY, "light", PHONE, {"locale": "de-DE", "has_touch": True}),
        (LIKELY, "dark", TABLET, {"locale": "de-DE"}),
        (LIKELY, "light", DESK, {"forced_colors": "active"}),
        # Twice as large on a common screen.
        (LIKELY, "light", {"width": 640, "height": 400}, {"device_scale_factor": 2}),
    ],
    ids=["light", "dark-phone", "german-phone", "german-tablet", "forced-colours", "zoom"],
)
async def test_every_state_is_readable_and_within_bounds(
    tmp_path: Path, states: Sequence[State], scheme: str, screen: dict[str, int], options: dict[str, Any]
) -> None:
    faults: list[str] = []
    async with chromium() as browser:
        looked = {"viewport": screen, "color_scheme": scheme, "bypass_csp": True, **options}
        async for state, page in gallery(browser, tmp_path, states, **looked):
            faults += [f"{state.name}: {fault}" for fault in await axe_faults(page) + await layout_faults(page)]
    assert not faults, "\n".join(faults)
