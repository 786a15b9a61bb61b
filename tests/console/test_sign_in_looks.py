"""The pages before the pages, and those of one's own: nothing shuts anybody out, and nothing is cut off."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect
from tests.console.axe import violations
from tests.console.console import Watched, served
from tests.console.keys import created_key
from tests.console.provider import NOISE, provider

_LAYOUT = (Path(__file__).parent / "layout.js").read_text()


async def faults_of(page: Page) -> Sequence[object]:
    layout: Sequence[object] = await page.evaluate(_LAYOUT)
    return [*await violations(page), *layout]


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    "options",
    [
        {"color_scheme": "light", "locale": "en"},
        {"color_scheme": "dark", "locale": "de", "viewport": {"width": 360, "height": 740}, "has_touch": True},
    ],
    ids=["light", "dark-german-phone"],
)
async def test_signing_in_choosing_and_ones_own_page(watched: Watched, tmp_path: Path, options: dict[str, Any]) -> None:
    watched.expected = NOISE
    agent = created_key(tmp_path, "ann", "agent", "--account", "acme", "--user", "ann")
    accounts = [option for number in range(40) for option in ("--account", f"customer {number}")]
    many = created_key(tmp_path, "kim", "supervisor", *accounts)
    faults: list[tuple[str, object]] = []

    async def look(name: str, page: Page) -> None:
        faults.extend((name, fault) for fault in await faults_of(page))

    async with provider() as there, served(tmp_path, "--key-file", "keys", *there.settings()) as server:
        server.call_as(agent, "RecordActivity", accountId="acme", userId="ann")

        async def signed_in(key: str, address: str) -> Page:
            page = await watched.open(f"{server.url}{address}", bypass_csp=True, **options)
            await page.locator("summary").click()
            await page.locator("#token").fill(key)
            await page.locator(".token-form button").click()
            return page

        page = await watched.open(f"{server.url}#state=a&error=b", bypass_csp=True, **options)
        await expect(page.locator(".notice")).to_be_visible()
        await look("sign-in", page)
        page = await signed_in("wrong", "")
        await expect(page.locator(".notice")).to_be_visible()
        await look("refused", page)
        page = await signed_in(many, "#/globex/board")
        await expect(page.locator(".account-list li")).to_have_count(40)
        await look("accounts", page)
        page = await signed_in(agent, "#/acme/board")
        await expect(page.locator(".person-head")).to_be_visible()
        await look("own", page)
        if "viewport" in options:
            await page.locator(".menu > button").click()
            await expect(page.locator(".menu > .corner")).to_be_visible()
            # It covers what is below it.
            assert await violations(page) == []
        await watched.leave()
    assert faults == []
