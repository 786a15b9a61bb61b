"""Sessions by token: their end under an open page, several tabs, and names and tokens that mean harm."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from tests.access.authority import AUDIENCE, ISSUER, Issuer, jwks
from tests.console.console import Watched, served
from tests.console.keys import created_key, present

from onduty_server.access.jwts import LEEWAY_MS
from onduty_server.process.clock import SystemClock

pytestmark = pytest.mark.timeout(180)

HOSTILE = "<img src=x onerror=alert(1)>"
JWTS = ("--jwt-keys", "jwks.json", "--jwt-issuer", ISSUER, "--jwt-audience", AUDIENCE)
EXPIRED = re.compile("401")


def token_for(issuer: Issuer, subject: str, seconds: float, account: str = "acme") -> str:
    """A token that this server takes for so long from now on."""
    expires = int((SystemClock().wall() - LEEWAY_MS) / 1_000 + seconds)
    return issuer.token(subject, exp=expires, onduty_roles=["supervisor"], onduty_accounts=[account])


def issuer_in(directory: Path) -> Issuer:
    issuer = Issuer()
    (directory / "jwks.json").write_bytes(jwks(issuer))
    return issuer


async def is_live(page: Page) -> None:
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()


async def test_a_token_that_expires_under_a_page_ends_it_and_signing_in_returns_to_it(
    watched: Watched, tmp_path: Path
) -> None:
    watched.expected = EXPIRED
    issuer = issuer_in(tmp_path)
    async with served(tmp_path, *JWTS) as server:
        long = token_for(issuer, "kim", 600)
        server.call_as(long, "RecordActivity", accountId="acme", userId="zoe-secret")
        page = await watched.open(f"{server.url}#/acme/person/zoe-secret")
        short = token_for(issuer, "kim", 5)
        await present(page, short)
        await expect(page.get_by_role("heading", name="zoe-secret")).to_be_visible()
        await expect(page.get_by_text("Your session has ended. Sign in again.")).to_be_visible(timeout=15_000)
        await expect(page.get_by_text("zoe-secret")).to_have_count(0)
        assert "zoe-secret" not in await page.title()
        assert await page.evaluate("sessionStorage.length") == 0
        await present(page, long)
        await expect(page.get_by_role("heading", name="zoe-secret")).to_be_visible()
        assert page.url == f"{server.url}#/acme/person/zoe-secret"
        assert not any(short in each or long in each for each in watched.requested)
        await watched.leave()


async def test_nothing_of_the_one_before_is_left_for_the_next(watched: Watched, tmp_path: Path) -> None:
    watched.expected = EXPIRED
    issuer = issuer_in(tmp_path)
    async with served(tmp_path, *JWTS) as server:
        page = await watched.open(f"{server.url}#/acme/board")
        await present(page, token_for(issuer, "kim", 5))
        await is_live(page)
        await page.get_by_label("Search people", exact=True).fill("what kim looked for")
        await expect(page.get_by_text("Your session has ended. Sign in again.")).to_be_visible(timeout=15_000)
        await present(page, token_for(issuer, "lee", 600))
        await is_live(page)
        await expect(page.get_by_label("Search people", exact=True)).to_have_value("")
        await expect(page.get_by_text("lee", exact=True)).to_be_visible()
        await watched.leave()


async def test_tabs_have_sessions_of_their_own_and_share_none_that_has_ended(watched: Watched, tmp_path: Path) -> None:
    watched.expected = EXPIRED
    issuer = issuer_in(tmp_path)
    async with served(tmp_path, *JWTS) as server:
        long = token_for(issuer, "kim", 600)
        first = await watched.open(f"{server.url}#/acme/board")
        await present(first, long)
        await is_live(first)
        second = await first.context.new_page()
        await second.goto(f"{server.url}#/acme/board")
        await expect(second.get_by_label("Access token", exact=True)).to_be_visible()
        await present(second, token_for(issuer, "kim", 4))
        await is_live(second)
        # Both show the same, by one watch; each ends with its own token.
        await expect(second.get_by_text("Your session has ended. Sign in again.")).to_be_visible(timeout=30_000)
        await is_live(first)
        await present(second, long)
        await is_live(second)
        await first.get_by_role("button", name="Sign out").click()
        await expect(first.get_by_label("Access token", exact=True)).to_be_visible()
        assert first.url == server.url
        await is_live(second)
        await watched.leave()


async def test_a_key_whose_role_changes_changes_the_page(watched: Watched, tmp_path: Path) -> None:
    watched.expected = EXPIRED
    key = created_key(tmp_path, "kim", "supervisor", "--account", "acme")
    async with served(tmp_path, "--key-file", "keys") as server:
        page = await watched.open(f"{server.url}#/acme/workflows")
        await present(page, key)
        await expect(page.get_by_role("switch")).to_be_enabled()
        keys = tmp_path / "keys"
        keys.write_text(keys.read_text().replace("supervisor", "router"))
        await expect(page.get_by_role("switch")).to_be_disabled(timeout=20_000)
        await expect(page.get_by_text("You may see these settings, but not change them.")).to_be_visible()
        keys.write_text("")
        await expect(page.get_by_text("Your session has ended. Sign in again.")).to_be_visible(timeout=20_000)
        await watched.leave()


async def test_names_that_are_markup_are_text(watched: Watched, tmp_path: Path) -> None:
    watched.expected = EXPIRED
    key = created_key(tmp_path, HOSTILE, "supervisor", "--account", HOSTILE, "--account", "acme")
    async with served(tmp_path, "--key-file", "keys") as server:
        page = await watched.open(server.url)
        await present(page, key)
        await page.get_by_role("link", name=HOSTILE, exact=True).click()
        await is_live(page)
        await expect(page.get_by_text(HOSTILE, exact=True).first).to_be_visible()
        assert HOSTILE in await page.title()
        for address in (f"#/{HOSTILE}/board", f"#/acme/person/{HOSTILE}", f"#/acme/{HOSTILE}", "#/%E0%A4%A/board"):
            await page.goto(f"{server.url}{address}")
            await expect(page.get_by_role("button", name="Sign out").first).to_be_visible()
        for elsewhere in ("#//elsewhere.example", "#/javascript:alert(1)", "#https://elsewhere.example"):
            await page.goto(f"{server.url}{elsewhere}")
            await expect(
                page.get_by_text("You may not see the account").or_(page.get_by_text("Which"))
            ).not_to_have_count(0)
            assert page.url.startswith(server.url)
        await expect(page.locator("img[src=x]")).to_have_count(0)
        await watched.leave()
