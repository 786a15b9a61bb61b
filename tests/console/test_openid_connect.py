"""Signing in at a real OpenID Connect provider: there and back, renewal, the end of a session, and what goes wrong."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.async_api import expect
from tests.console.console import Watched
from tests.console.provider import NOISE, sign_in, signing_in


async def test_people_sign_in_at_their_provider_and_come_back_to_the_page(watched: Watched, tmp_path: Path) -> None:
    watched.expected = NOISE
    async with signing_in(tmp_path) as (server, there):
        page = await watched.open(f"{server.url}#/acme/workflows")
        await sign_in(page, "supervisor-kim")
        await expect(page.get_by_role("switch", name="Automated status switch")).to_be_enabled()
        assert page.url == f"{server.url}#/acme/workflows"
        await expect(page.get_by_text("supervisor-kim")).to_be_visible()
        tokens = await page.evaluate("Object.values(sessionStorage).filter(each => each.startsWith('ey'))")
        assert len(tokens) == 1
        assert all(tokens[0] not in each for each in watched.requested)
        assert not any("code=" in each for each in watched.requested if each.startswith(server.url))
        assert await page.evaluate("[document.cookie, localStorage.length]") == ["", 0]
        await page.reload()
        await expect(page.get_by_role("switch", name="Automated status switch")).to_be_enabled()
        await page.get_by_role("button", name="Sign out").click()
        await expect(page).to_have_url(re.compile(re.escape(there.issuer)))
        await page.get_by_role("button", name=re.compile("yes", re.IGNORECASE)).click()
        await expect(page.get_by_role("button", name="Sign in at")).to_be_visible()
        assert page.url == server.url
        await page.get_by_role("button", name="Sign in at").click()
        await expect(page.get_by_placeholder("Enter any login")).to_be_visible()
