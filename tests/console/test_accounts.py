"""The choice of an account: none, one, many, and one that is not for the caller."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import expect
from tests.console.console import Served, Watched, served
from tests.console.keys import created_key, present

pytestmark = pytest.mark.timeout(180)

KEYS = ("--key-file", "keys")


async def test_the_only_account_is_opened_at_once(watched: Watched, tmp_path: Path) -> None:
    watched.expected = re.compile("401")
    key = created_key(tmp_path, "kim", "supervisor", "--account", "acme")
    async with served(tmp_path, *KEYS) as server:
        page = await watched.open(server.url)
        await present(page, key)
        await expect(page).to_have_url(f"{server.url}#/acme/board")
        await expect(page.get_by_role("link", name="Change account")).to_have_count(0)
        await watched.leave()


async def test_an_account_of_somebody_else_looks_like_one_that_is_not_there(watched: Watched, tmp_path: Path) -> None:
    watched.expected = re.compile("401")
    key = created_key(tmp_path, "kim", "supervisor", "--account", "acme")
    admin = created_key(tmp_path, "root", "admin")
    async with served(tmp_path, *KEYS) as server:
        server.call_as(admin, "RecordActivity", accountId="globex", userId="ann")
        page = await watched.open(f"{server.url}#/globex/board")
        await present(page, key)
        await expect(page.get_by_text("You may not see the account")).to_be_visible()
        await page.goto(f"{server.url}#/nowhere/board")
        await expect(page.get_by_text("You may not see the account “\u2068nowhere\u2069”.")).to_be_visible()
        await page.get_by_role("link", name="acme", exact=True).click()
        await expect(page.get_by_role("heading", name="Board")).to_be_attached()
        await watched.leave()


async def test_some_accounts_are_chosen_in_the_frame_and_the_page_stays(watched: Watched, tmp_path: Path) -> None:
    watched.expected = re.compile("401")
    key = created_key(tmp_path, "kim", "supervisor", "--account", "acme", "--account", "globex")
    async with served(tmp_path, *KEYS) as server:
        page = await watched.open(server.url)
        await present(page, key)
        await page.get_by_role("link", name="globex", exact=True).click()
        await page.get_by_role("link", name="Settings").click()
        await page.get_by_role("combobox", name="Account").select_option("acme")
        await expect(page).to_have_url(f"{server.url}#/acme/workflows")
        await watched.leave()


async def test_thousands_of_accounts_are_read_and_searched(watched: Watched, tmp_path: Path) -> None:
    watched.expected = re.compile("401")
    key = created_key(tmp_path, "root", "admin")
    async with served(tmp_path, *KEYS, "--caller-rate", "0", "--account-rate", "0", "--store", "memory:") as server:
        for number in range(2_345):
            server.call_as(key, "RecordActivity", accountId=f"customer {number}", userId="ann")
        page = await watched.open(server.url)
        await present(page, key)
        await expect(page.get_by_text("100 of 2,345 accounts")).to_be_visible()
        await page.get_by_label("Search accounts", exact=True).fill("234")
        # 234, 1234, 2234, and 2340 to 2344.
        await expect(page.get_by_text("8 of 2,345 accounts")).to_be_visible()
        await page.get_by_role("link", name="customer 1234", exact=True).click()
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        await page.get_by_role("link", name="Change account").click()
        await page.get_by_role("textbox", name="Account", exact=True).fill("a new one")
        await page.get_by_role("button", name="Open").click()
        await expect(page.get_by_text("Nobody has been seen in this account yet.")).to_be_visible()
        await watched.leave()


async def test_a_server_without_credentials_lets_any_account_be_opened(watched: Watched, server: Served) -> None:
    server.call("RecordActivity", accountId="acme", userId="ann")
    page = await watched.open(server.url)
    await expect(page).to_have_url(f"{server.url}#/acme/board")
    await page.get_by_role("link", name="Change account").click()
    await page.get_by_role("textbox", name="Account", exact=True).fill("x" * 129)
    await page.get_by_role("textbox", name="Account", exact=True).evaluate("it => it.value = 'ä'.repeat(65)")
    await page.get_by_role("button", name="Open").click()
    await expect(page.get_by_text("at most 128 bytes")).to_be_visible()
    await page.get_by_role("textbox", name="Account", exact=True).fill("globex")
    await page.get_by_label("Your name", exact=True).fill("kim")
    await page.get_by_role("button", name="Open").click()
    await expect(page.get_by_label("Your name", exact=True)).to_have_value("kim")
