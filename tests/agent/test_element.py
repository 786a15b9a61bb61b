"""The element `<onduty-status>`: with keys alone, for whoever hears it, narrow and dark."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect
from tests.agent.desk import MINUTE, SECOND, Desk, Tab
from tests.console.axe import violations

pytestmark = pytest.mark.slow

PICTURES = os.environ.get("ONDUTY_TEST_PICTURES")
"""A folder to which pictures of the states are written, to be looked at."""


async def at_work(desk: Desk, **options: Any) -> Tab:
    """An agent who has just pressed a key, before a page with the element."""
    await desk.configure(away_after_ms=10 * MINUTE, offline_after_ms=30 * MINUTE)
    tab = await (await desk.profile()).open(element=1, **options)
    await tab.touch()
    await desk.pass_time(2 * SECOND, SECOND)
    return tab


async def picture(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png")


async def test_a_status_is_set_by_keys_alone_with_a_reason_and_an_end(desk: Desk) -> None:
    tab = await at_work(desk)
    button = tab.page.get_by_role("button", name="My status: Online. Change my status")
    await button.focus()
    await tab.page.keyboard.press("Enter")
    dialog = tab.page.get_by_role("dialog", name="Change my status")
    await expect(dialog).to_be_visible()
    await expect(tab.page.get_by_role("radio", name="Online")).to_be_focused()
    await tab.page.keyboard.press("ArrowDown")
    await tab.page.keyboard.press("Tab")
    await tab.page.keyboard.type("lunch")
    await tab.page.keyboard.press("Tab")
    await tab.page.keyboard.press("ArrowDown")
    await tab.page.keyboard.press("ArrowDown")
    await picture(tab.page, "open")
    await tab.page.keyboard.press("Tab")
    await tab.page.keyboard.press("Tab")
    await tab.page.keyboard.press("Enter")
    await tab.settle()
    await expect(dialog).to_be_hidden()
    view = await desk.status()
    assert (view.status.name, view.reason) == ("AWAY", "lunch")
    assert view.expire_time is not None
    assert abs(view.expire_time - desk.clock.now() - 30 * MINUTE) < SECOND
    await expect(tab.page.get_by_role("button", name="My status: Away until")).to_be_focused()
    await picture(tab.page, "away")


async def test_escape_changes_nothing(desk: Desk) -> None:
    tab = await at_work(desk)
    await tab.page.get_by_role("button", name="Change my status").click()
    await tab.page.keyboard.press("ArrowDown")
    await tab.page.keyboard.press("Escape")
    await expect(tab.page.get_by_role("dialog")).to_be_hidden()
    assert (await desk.status()).status.name == "ONLINE"


async def test_a_warning_is_shown_and_said_once_and_taken_back_by_a_button(desk: Desk) -> None:
    tab = await at_work(desk)
    await desk.pass_time(9 * MINUTE + 5 * SECOND)
    alert = tab.page.get_by_role("alert").filter(has_text="You will be Away in")
    await expect(alert).to_have_count(1)
    said = await alert.text_content()
    await picture(tab.page, "warning")
    await desk.pass_time(10 * SECOND, SECOND)
    assert await alert.text_content() == said
    await expect(tab.page.locator("onduty-status .soon")).not_to_have_text(said or "")
    await tab.page.get_by_role("button", name="I\u2019m here").click()
    await desk.pass_time(3 * SECOND, SECOND)
    await expect(tab.page.get_by_role("button", name="I\u2019m here")).to_be_hidden()
    await desk.pass_time(5 * MINUTE)
    assert [status for status, _, _ in await desk.history()] == ["ONLINE"]


async def test_a_refusal_is_told_and_what_was_typed_stays(desk: Desk) -> None:
    tab = await at_work(desk)
    await tab.page.get_by_role("button", name="Change my status").click()
    await tab.page.get_by_role("textbox", name="Reason").fill("coffee")
    tab.profile.is_cut = True
    await tab.page.get_by_role("button", name="Set").click()
    await expect(tab.page.get_by_role("alert").filter(has_text="was not set")).to_be_visible()
    await expect(tab.page.get_by_role("textbox", name="Reason")).to_have_value("coffee")
    await picture(tab.page, "refused")


async def test_what_is_old_is_said_to_be_old(desk: Desk) -> None:
    tab = await at_work(desk)
    tab.profile.is_cut = True
    await desk.pass_time(5 * MINUTE)
    await expect(tab.page.get_by_role("button", name="Not connected. Last known: Online")).to_be_visible()
    await picture(tab.page, "old")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(desk: Desk, scheme: Any) -> None:
    tab = await at_work(desk)
    await tab.page.emulate_media(color_scheme=scheme)
    await tab.page.set_viewport_size({"width": 320, "height": 500})
    await tab.page.clock.resume()  # axe waits for timers.
    assert await violations(tab.page) == []
    await tab.page.get_by_role("button", name="Change my status").click()
    await picture(tab.page, f"narrow-{scheme}")
    assert await violations(tab.page) == []
    assert await tab.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


async def test_its_words_are_german_on_a_german_page(desk: Desk) -> None:
    tab = await at_work(desk, lang="de")
    await expect(tab.page.get_by_role("button", name="Mein Status: Online")).to_be_visible()
