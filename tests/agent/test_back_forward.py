"""A page that the browser keeps when one leaves it, and shows again as it was: the back-forward cache."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright
from tests.agent.desk import MINUTE, SECOND, desk_with
from tests.tools import need_chromium

pytestmark = pytest.mark.slow


@pytest_asyncio.fixture(loop_scope="session")
async def caching_browser() -> AsyncIterator[Browser]:
    """A browser of its own: the others are told to keep no pages."""
    path = need_chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, ignore_default_args=["--disable-back-forward-cache"]
        )
        yield browser
        await browser.close()


async def test_who_leaves_a_page_is_gone_and_who_comes_back_is_there_at_once(caching_browser: Browser) -> None:
    async with desk_with(caching_browser) as desk:
        await desk.configure(away_after_ms=10 * MINUTE, disconnect_after_ms=MINUTE)
        profile = await desk.profile()
        tab = await profile.open()
        await tab.touch()
        await desk.pass_time(2 * SECOND, SECOND)
        await tab.page.evaluate("() => { location = 'empty.html'; }")
        await tab.page.wait_for_url("**/empty.html")
        await desk.ended()
        await desk.forward(2 * MINUTE)
        assert (await desk.status()).status.name == "OFFLINE"
        await tab.page.go_back(wait_until="commit")  # It is not loaded again.
        await tab.settle()
        assert (await tab.page.evaluate("() => desk.pages"))[-2:] == ["pagehide true", "pageshow true"]
        await desk.pass_time(2 * SECOND, SECOND)
        view = await desk.status()
        assert (view.status.name, view.connected) == ("ONLINE", True)
        assert len(set(desk.kept)) == 2
