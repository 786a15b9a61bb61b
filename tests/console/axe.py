"""axe-core, which finds what shuts people out who use a page in another way than its author."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

_AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"


async def violations(page: Page) -> list[str]:
    """What axe finds in a page as it is. The page has to be opened with `bypass_csp`, and with
    `reduced_motion` where colours would be on their way."""
    if not await page.evaluate("'axe' in window"):
        await page.add_script_tag(path=_AXE)
    found = await page.evaluate("axe.run()")
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found["violations"]]
