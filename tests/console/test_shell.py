"""The frame of the pages: on a phone, by keyboard, in a browser that keeps nothing, and in a page of somebody else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect
from tests.console.console import Served, Watched, served
from tests.console.keys import created_key, present

pytestmark = pytest.mark.timeout(180)

PHONE = {"viewport": {"width": 360, "height": 740}}
NO_STORAGE = """
for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("blocked", "SecurityError"); } });
}
navigator.locks.request = async () => { throw new DOMException("blocked", "SecurityError"); };
window.BroadcastChannel = class { constructor() { throw new DOMException("blocked", "SecurityError"); } };
"""


async def focused(page: Page) -> str:
    found: str = await page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
    return found


async def test_name_language_and_the_way_out_are_reached_on_a_phone(watched: Watched, tmp_path: Path) -> None:
    watched.expected = re.compile("401")
    key = created_key(tmp_path, "kim", "supervisor", "--account", "acme")
    async with served(tmp_path, "--key-file", "keys") as server:
        page = await watched.open(server.url, **PHONE)
        await present(page, key)
        menu = page.get_by_role("button", name="You and your language")
        await menu.click()
        await expect(page.locator(".menu").get_by_text("kim")).to_be_in_viewport()
        await expect(page.get_by_role("link", name="Change account")).to_have_count(0)
        await page.locator(".menu").get_by_role("combobox", name="Language").select_option("de")
        await expect(page.get_by_role("link", name="Verlauf")).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator(".menu").get_by_text("kim")).to_have_count(0)
        assert await page.evaluate("document.documentElement.scrollWidth") == 360
        await page.get_by_role("button", name="Sie und Ihre Sprache").click()
        await page.get_by_role("button", name="Abmelden").click()
        await expect(page.get_by_label("Zugangstoken", exact=True)).to_be_visible()
        await watched.leave()


async def test_the_menu_closes_when_attention_goes_elsewhere(watched: Watched, server: Served) -> None:
    page = await watched.open(f"{server.url}#/acme/board", **PHONE)
    menu = page.get_by_role("button", name="You and your language")
    await menu.click()
    await expect(menu).to_have_attribute("aria-expanded", "true")
    await page.mouse.click(20, 600)
    await expect(menu).to_have_attribute("aria-expanded", "false")
    await menu.click()
    await page.locator(".menu").get_by_label("Your name", exact=True).fill("kim")
    # Language, another account, and out.
    for _ in range(3):
        await page.keyboard.press("Tab")
    await expect(menu).to_have_attribute("aria-expanded", "false")


async def test_the_keyboard_alone_goes_through_the_pages(watched: Watched, server: Served) -> None:
    server.call("RecordActivity", accountId="acme", userId="ann")
    page = await watched.open(f"{server.url}#/acme/board")
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    await expect(page).to_have_title("Board · acme · onduty")
    await page.keyboard.press("Tab")
    assert await focused(page) == "Skip to content"
    await page.keyboard.press("Enter")
    assert await focused(page) == "main"
    assert page.url == f"{server.url}#/acme/board"
    await page.get_by_role("link", name="History").focus()
    await page.keyboard.press("Enter")
    await expect(page).to_have_title("History · acme · onduty")
    assert await focused(page) == "main"
    await page.goto(f"{server.url}#/acme/person/ann")
    await expect(page).to_have_title("ann · acme · onduty")
    await page.goto(f"{server.url}#/acme/nothing")
    await expect(page.get_by_text("There is no such page.")).to_be_visible()


@pytest.mark.parametrize("options", [{}, PHONE])
async def test_a_browser_that_keeps_nothing_shows_the_pages(
    watched: Watched, server: Served, options: dict[str, object]
) -> None:
    page = await watched.open("about:blank", **options)
    await page.context.add_init_script(NO_STORAGE)
    await page.goto(f"{server.url}#/acme/board")
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    if options:
        await page.get_by_role("button", name="You and your language").click()
    await page.get_by_label("Your name", exact=True).locator("visible=true").fill("kim")
    await page.keyboard.press("Enter")
    await page.get_by_role("combobox", name="Language").locator("visible=true").select_option("de")
    await expect(page.get_by_role("link", name="Verlauf")).to_be_visible()


async def test_a_browser_that_keeps_nothing_signs_in_by_token(watched: Watched, tmp_path: Path) -> None:
    watched.expected = re.compile("401")
    key = created_key(tmp_path, "kim", "supervisor", "--account", "acme")
    async with served(tmp_path, "--key-file", "keys") as server:
        page = await watched.open("about:blank")
        await page.context.add_init_script(NO_STORAGE)
        await page.goto(server.url)
        await present(page, key)
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        await watched.leave()


@pytest.mark.parametrize("lost", ["main.js", "en-*.js"])
async def test_a_page_whose_script_does_not_come_says_so(watched: Watched, server: Served, lost: str) -> None:
    watched.expected = re.compile("ERR_FAILED|Failed to fetch dynamically imported module")
    page = await watched.open("about:blank")

    async def cut(route: Route) -> None:
        await route.abort()

    await page.route(f"**/console/{lost}", cut)
    await page.goto(server.url)
    await expect(page.get_by_text("This page could not be loaded.")).to_be_visible(timeout=10_000)


async def test_a_page_of_somebody_else_cannot_show_them(watched: Watched, server: Served) -> None:
    watched.expected = re.compile("frame-ancestors")
    page = await watched.open("about:blank")

    async def thief(route: Route) -> None:
        framed = f'<!doctype html><iframe src="{server.url}" width="800" height="600"></iframe>'
        await route.fulfill(body=framed, content_type="text/html")

    origin = server.url.replace("127.0.0.1", "localhost").removesuffix("/console/")
    await page.route(f"{origin}/trap", thief)
    await page.goto(f"{origin}/trap")
    assert [frame.url for frame in page.frames if frame.parent_frame] == ["chrome-error://chromewebdata/"]


async def test_a_breach_of_the_policy_fails_a_test(watched: Watched, server: Served) -> None:
    page = await watched.open(server.url)
    await page.evaluate("document.head.append(Object.assign(document.createElement('style'), {textContent: '* {}'}))")
    async with page.expect_event("console", lambda message: "CSP connect-src" in message.text):
        await page.evaluate("fetch('https://elsewhere.example').catch(() => {})")
    breaches = [each for each in watched.problems if each.startswith("error: CSP ")]
    assert [each.split(" (")[0] for each in breaches] == [
        "error: CSP style-src-elem inline",
        "error: CSP connect-src https://elsewhere.example/",
    ]
    watched.problems.clear()
