"""What every page looks like in every state: readable for all, within its bounds, and at rest while data streams.

Usually the main states are looked at. `make looks` (ONDUTY_TEST_LOOKS=all) looks at every state, and in more ways.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from tests.console.care_team import NOW, PEOPLE, Deed, care_team
from tests.console.console import LONG_MS
from tests.console.gallery import gallery, settled, visited
from tests.console.states import STATES, State

from onduty.v1 import status_pb2 as pb

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
    """What is cut off or overlaps."""
    faults: list[str] = await page.evaluate(_LAYOUT)
    return faults


_LIKELY = (
    *("board", "board-cut-off", "board-selected", "board-set-until", "person", "person-gone", "history"),
    *("what-if-result", "workflows-gone", "workflows-invalid", "workflows-preview", "sign-in"),
    *("board-hostile", "board-team", "person-erase", "workflows-follows", "workflows-follows-again"),
    *("reports", "reports-day", "reports-time-days", "reports-time-table", "reports-coverage"),
)
LIKELY = [each for each in STATES if each.name in _LIKELY]


_IS_THOROUGH = os.environ.get("ONDUTY_TEST_LOOKS") == "all"
LOOKS: dict[str, tuple[Sequence[State], str, dict[str, int], dict[str, Any]]] = {
    "light": (STATES if _IS_THOROUGH else LIKELY, "light", DESK, {})
}
SCREENS = {"desk": DESK}
if _IS_THOROUGH:
    SCREENS["phone"] = PHONE
    LOOKS |= {
        "dark-phone": (STATES, "dark", PHONE, {"has_touch": True}),
        "german-phone": (LIKELY, "light", PHONE, {"locale": "de-DE", "has_touch": True}),
        "german-tablet": (LIKELY, "dark", TABLET, {"locale": "de-DE"}),
        "forced-colours": (LIKELY, "light", DESK, {"forced_colors": "active"}),
        # Twice as large on a common screen.
        "zoom": (LIKELY, "light", {"width": 640, "height": 400}, {"device_scale_factor": 2}),
    }


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("states", "scheme", "screen", "options"), LOOKS.values(), ids=LOOKS)
async def test_every_state_is_readable_and_within_bounds(
    browser: Browser,
    tmp_path: Path,
    states: Sequence[State],
    scheme: str,
    screen: dict[str, int],
    options: dict[str, Any],
) -> None:
    faults: list[str] = []
    looked = {"viewport": screen, "color_scheme": scheme, "bypass_csp": True, **options}
    async for state, page in gallery(browser, tmp_path, states, **looked):
        faults += [f"{state.name}: {fault}" for fault in await axe_faults(page) + await layout_faults(page)]
    assert not faults, "\n".join(faults)


async def moves(page: Page, state: State, *, above: float) -> list[str]:
    """How the layout has moved since this was last asked for, if by more than browsers score as `above` in all."""
    shifts: list[str] = await page.evaluate("shifts.splice(0)")
    return (
        [f"{state.name}: {each}" for each in shifts] if sum(float(each.split()[0]) for each in shifts) > above else []
    )


@pytest.mark.timeout(240)
@pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)
async def test_nothing_moves_while_data_streams_or_when_the_connection_is_cut(
    browser: Browser, tmp_path: Path, screen: dict[str, int]
) -> None:
    states = [each for each in STATES if each.name in ("board", "person", "workflows", "history", "reports")]
    loaded, streamed, cut = list[str](), list[str](), list[str]()
    async with care_team(tmp_path) as (team, key):
        for state in states:
            async with visited(browser, team, key, state, viewport=screen) as page:
                loaded += await moves(page, state, above=0.02)
                for number, user in enumerate(PEOPLE):
                    status = (pb.STATUS_ONLINE, pb.STATUS_AWAY, pb.STATUS_UNSPECIFIED)[number % 3]
                    await team.do(Deed(NOW, user, status, "a longer reason than before" * (number % 2), "kim.arnold"))
                await settled(page)
                streamed += await moves(page, state, above=0.001)
                await page.evaluate("cutOff()")
                await expect(page.locator(".link.lost")).to_be_attached(timeout=LONG_MS)
                await settled(page)
                cut += await moves(page, state, above=0.002)
    assert (loaded, streamed, cut) == ([], [], [])
