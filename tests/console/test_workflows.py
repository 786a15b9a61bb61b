"""Settings, Care, Workflows: what a supervisor does there, and what the server then says."""

from __future__ import annotations

import asyncio
import re
import sys

from playwright.async_api import Page, expect
from tests.console.console import Served, Watched


async def workflow_of(server: Served) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "onduty_server", "workflow", "get", "acme", "--server", server.address),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
    return output.decode()


async def settings(watched: Watched, server: Served, name: str = "") -> Page:
    """The page, reached as a person reaches it."""
    page = await watched.open(server.url)
    await page.get_by_label("Account").fill("acme")
    await page.get_by_label("Your name").fill(name)
    await page.get_by_role("button", name="Open").click()
    await page.get_by_role("link", name="Settings").click()
    await expect(page.get_by_role("heading", name="Workflows")).to_be_visible()
    await expect(page.get_by_role("switch", name="Automated status switch")).to_be_visible()
    return page


async def fill(page: Page, field: str, value: str, unit: str | None = None) -> None:
    await page.get_by_label(field, exact=True).fill(value)
    if unit is not None:
        await page.get_by_label(f"{field}: unit").select_option(label=unit)


async def test_the_mission(watched: Watched, server: Served) -> None:
    page = await settings(watched, server, "kim")
    switch = page.get_by_role("switch", name="Automated status switch")
    save = page.get_by_role("button", name="Save", exact=True)
    await expect(switch).to_have_attribute("aria-checked", "false")
    await expect(save).to_be_disabled()
    await expect(page.get_by_label("Switch to Away after", exact=True)).to_have_count(0)
    await switch.click()
    await fill(page, "Switch to Away after", "10", "minutes")
    await page.get_by_role("button", name="Add Offline period").click()
    await fill(page, "Switch to Offline after", "1", "hours")
    await expect(page.get_by_text("Nobody is switched at once.")).to_be_visible()
    await save.click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await expect(save).to_be_disabled()
    told = await workflow_of(server)
    assert re.search(r"10m|10 min", told)
    assert re.search(r"1h|60m", told)
    assert "kim" in told


async def test_one_period_alone_is_enough_and_none_is_not(watched: Watched, server: Served) -> None:
    page = await settings(watched, server)
    save = page.get_by_role("button", name="Save", exact=True)
    await page.get_by_role("switch").click()
    await page.get_by_role("button", name="Remove Away period").click()
    await expect(page.get_by_text("Add at least one period")).to_be_visible()
    await expect(save).to_be_disabled()
    await page.get_by_role("button", name="Add Offline period").click()
    await save.click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    workflow = server.call("GetWorkflow", accountId="acme")["workflow"]
    assert (workflow["offlineAfter"], "awayAfter" in workflow) == ("1800s", False)


async def test_what_is_not_valid_is_said_beside_the_field(watched: Watched, server: Served) -> None:
    page = await settings(watched, server)
    save = page.get_by_role("button", name="Save", exact=True)
    await page.get_by_role("switch").click()
    await page.get_by_role("button", name="Add Offline period").click()
    for value, said in (
        ("10", "Must be longer"),
        ("", "Enter a whole number"),
        ("1.5", "Enter"),
        ("99999999", "Choose"),
    ):
        await fill(page, "Switch to Offline after", value)
        field = page.get_by_label("Switch to Offline after", exact=True)
        await expect(field).to_have_accessible_description(re.compile(said))
        await expect(save).to_be_disabled()
    await fill(page, "Switch to Offline after", "11")
    await expect(save).to_be_enabled()
    await page.get_by_role("button", name="Discard changes").click()
    await expect(page.get_by_role("switch")).to_have_attribute("aria-checked", "false")


async def test_what_the_server_refuses_is_said_beside_the_field(watched: Watched, server: Served) -> None:
    watched.expected = re.compile("400")
    page = await settings(watched, server)
    await page.get_by_role("switch").click()

    # The page knows the rules. A server that has other ones is asked before, and refuses.
    async def refuse(route: object) -> None:
        detail = {"type": "google.rpc.BadRequest", "value": "", "debug": {"fieldViolations": [VIOLATION]}}
        error = {"code": "invalid_argument", "message": "no", "details": [detail]}
        await route.fulfill(status=400, json=error)  # type: ignore[attr-defined]

    VIOLATION = {"field": "workflow.away_after", "description": "must be at most 5 min here"}
    await page.route("**/UpdateWorkflow", refuse)
    await fill(page, "Switch to Away after", "6")
    field = page.get_by_label("Switch to Away after", exact=True)
    await expect(field).to_have_accessible_description("must be at most 5 min here")


async def test_whom_it_would_switch_is_said_by_name_and_asked_about_when_it_is_many(
    watched: Watched, server: Served
) -> None:
    for number in range(12):
        server.call("RecordActivity", accountId="acme", userId=f"agent {number:02}")
    server.call("UpdateWorkflow", workflow={"accountId": "acme", "enabled": True, "awayAfter": "3600s"})
    page = await settings(watched, server)
    await page.wait_for_timeout(1_200)
    await fill(page, "Switch to Away after", "1", "seconds")
    preview = page.locator(".preview")
    await expect(preview).to_contain_text("Switched at once: 12 people to Away.")
    await expect(preview).to_contain_text("agent 03")
    await expect(preview).to_contain_text("and 4 more")
    await page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("alertdialog", name="Switch 12 people at once?")
    await expect(dialog).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    assert server.call("GetWorkflow", accountId="acme")["workflow"]["awayAfter"] == "3600s"
    await page.get_by_role("button", name="Save", exact=True).click()
    await dialog.get_by_role("button", name="Save and switch 12 people").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    assert server.call("GetStatus", accountId="acme", userId="agent 00")["userStatus"]["status"] == "STATUS_AWAY"


async def test_a_change_by_somebody_else_is_shown_and_not_overwritten(watched: Watched, server: Served) -> None:
    page, other = await settings(watched, server, "kim"), await settings(watched, server, "lee")
    await page.get_by_role("switch").click()
    await fill(page, "Switch to Away after", "7")
    await other.get_by_role("switch").click()
    await other.get_by_role("button", name="Save", exact=True).click()
    conflict = page.locator(".notice.warn")
    await expect(conflict).to_contain_text("lee changed these settings")
    await expect(conflict).to_contain_text("10 min")
    await expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    await page.get_by_role("button", name="Keep editing mine").click()
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    # The other has changed nothing meanwhile, and sees it at once.
    await expect(other.get_by_text("kim has just changed these settings.")).to_be_visible()
    await expect(other.get_by_label("Switch to Away after", exact=True)).to_have_value("7")


async def test_a_change_that_was_not_heard_of_is_refused_by_its_etag(watched: Watched, server: Served) -> None:
    watched.expected = re.compile("409|Failed to load|ERR_FAILED")
    page = await settings(watched, server, "kim")
    await page.route("**/WatchStatuses", lambda route: route.abort())
    await page.reload()
    await page.get_by_role("switch").click()
    await expect(page.get_by_text("Nobody is switched at once.")).to_be_visible()
    server.call("UpdateWorkflow", workflow={"accountId": "acme", "enabled": True, "offlineAfter": "99s"})
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.locator(".notice.warn")).to_contain_text("Somebody else changed these settings")
    await page.get_by_role("button", name="Discard mine").click()
    await expect(page.get_by_label("Switch to Offline after", exact=True)).to_have_value("99")
    assert server.call("GetWorkflow", accountId="acme")["workflow"]["offlineAfter"] == "99s"


async def test_the_history_of_settings_and_the_way_back(watched: Watched, server: Served) -> None:
    page = await settings(watched, server, "kim")
    await expect(page.get_by_text("These settings have never been changed.")).to_be_visible()
    await page.get_by_role("switch").click()
    await page.get_by_role("button", name="Save", exact=True).click()
    row = page.get_by_role("row", name=re.compile("kim.*Automated status switch: off → on"))
    await expect(row).to_contain_text("Away after: never → 10 min")
    await row.get_by_role("button").click()
    await expect(page.get_by_role("switch")).to_have_attribute("aria-checked", "false")
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_role("row")).to_have_count(3)
    assert server.call("GetWorkflow", accountId="acme")["workflow"].get("enabled", False) is False


async def test_advanced_settings_are_saved(watched: Watched, server: Served) -> None:
    page = await settings(watched, server)
    await page.get_by_text("Advanced").click()
    await page.get_by_label("from Away and from Offline").check()
    await page.get_by_label("Keep an Away that was set by hand").check()
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    workflow = server.call("GetWorkflow", accountId="acme")["workflow"]
    assert (workflow["resume"], workflow["keepManualAway"]) == ("RESUME_FROM_AWAY_OR_OFFLINE", True)


async def test_the_keyboard_alone_suffices(watched: Watched, server: Served) -> None:
    page = await settings(watched, server)

    async def tab_to(name: str) -> None:
        for _ in range(40):
            await page.keyboard.press("Tab")
            focused = await page.evaluate(
                "(e => e.getAttribute('aria-label') || (e.labels?.[0] ?? e).innerText)(document.activeElement)"
            )
            if str(focused).strip().startswith(name) or (name == "switch" and await is_switch(page)):
                return
        raise AssertionError(f"{name} cannot be reached")

    await tab_to("switch")
    await page.keyboard.press("Space")
    await tab_to("Switch to Away after")
    await page.keyboard.press("Control+A")
    await page.keyboard.type("15")
    await tab_to("Add Offline period")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Shift+Tab")
    await tab_to("Save")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Saved.")).to_be_visible()
    assert server.call("GetWorkflow", accountId="acme")["workflow"]["awayAfter"] == "900s"


async def is_switch(page: Page) -> bool:
    return bool(await page.evaluate("document.activeElement.getAttribute('role') === 'switch'"))
