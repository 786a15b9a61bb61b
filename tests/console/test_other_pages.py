"""Signing in by token, and what a role sees."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import expect
from tests.console.console import Watched, served
from tests.console.keys import created_key


async def test_a_token_signs_in_and_its_role_decides_what_is_offered(watched: Watched, tmp_path: Path) -> None:
    watched.expected = re.compile("401")
    key = created_key(tmp_path, "nora", "router", "--account", "acme")
    async with served(tmp_path, "--key-file", "keys") as server:
        page = await watched.open(server.url)
        await page.get_by_label("Access token", exact=True).fill("wrong")
        await page.get_by_role("button", name="Sign in").click()
        await expect(page.get_by_text("This token is not valid")).to_be_visible()
        await page.get_by_label("Access token", exact=True).fill(key)
        await page.get_by_role("button", name="Sign in").click()
        # There is one account to choose from, so its board is shown.
        await expect(page.get_by_role("link", name="Board")).to_be_visible()
        await expect(page.get_by_label("Select all that are shown", exact=True)).to_have_count(0)
        await page.get_by_role("link", name="Settings").click()
        await expect(page.get_by_text("You may see these settings, but not change them.")).to_be_visible()
        await expect(page.get_by_role("switch")).to_be_disabled()
        await expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)
        assert all(key not in each for each in watched.requested)
        assert await page.evaluate("[document.cookie, localStorage.length]") == ["", 0]
        await page.get_by_role("button", name="Sign out").click()
        await expect(page.get_by_label("Access token", exact=True)).to_be_visible()
