"""Settings, Care, Workflows: what a supervisor does there, and what the server then says."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Dialog, Page, Route, expect
from tests.console.axe import violations
from tests.console.boards import shown
from tests.console.console import Served, Watched
from tests.fork_server import run

from onduty_server.process.clock import SystemClock

VALIDATE_ONLY = re.compile(rb"\x18\x01$")
"""The end of a request that is a dry run, in binary."""


async def workflow_of(server: Served) -> str:
    return await asyncio.to_thread(run, Path.cwd(), "workflow", "get", "acme", "--server", server.address)


async def settings(watched: Watched, server: Served, name: str = "") -> Page:
    """The page, reached as a person reaches it."""
    page = await watched.open(server.url)
    account = page.get_by_role("textbox", name="Account")
    link = page.get_by_role("link", name="Settings")
    await expect(account.or_(link)).to_be_visible()
    # Where there is one account, it is chosen already.
    if await account.is_visible():
        await account.fill("acme")
        await page.get_by_label("Your name", exact=True).fill(name)
        await page.get_by_role("button", name="Open").click()
    elif name:
        await page.get_by_label("Your name", exact=True).fill(name)
        await page.get_by_label("Your name", exact=True).press("Enter")
    await page.get_by_role("link", name="Settings").click()
    await expect(page.get_by_role("heading", name="Workflows")).to_be_visible()
    await expect(page.get_by_role("switch", name="Automated status switch")).to_be_visible()
    return page


async def fill(page: Page, field: str, value: str, unit: str | None = None) -> None:
    await page.get_by_label(field, exact=True).fill(value)
    if unit is not None:
        await page.get_by_label(f"{field}: unit", exact=True).select_option(label=unit)


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
        ("", "Enter a number"),
        ("ten", "Enter a number"),
        ("1e3", "Enter a number"),
        ("-5", "Enter a number"),
        ("20 min", "Enter a number"),
        ("1.500", "Enter a number"),
        ("٣٠", "Enter a number"),
        ("0", "Choose between"),
        ("9" * 40, "Choose between"),
        ("009", "Must be longer"),
        ("10.0", "Must be longer"),
    ):
        await fill(page, "Switch to Offline after", value)
        field = page.get_by_label("Switch to Offline after", exact=True)
        await expect(field).to_have_accessible_description(re.compile(said))
        await expect(save).to_be_disabled()
    for value in ("11", " 11 ", "0011", "10.5", "10,25"):
        await fill(page, "Switch to Offline after", value)
        await expect(save).to_be_enabled()
        await expect(page.get_by_text("Nobody is switched at once.")).to_be_visible()
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
    await expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    await page.unroute("**/UpdateWorkflow")
    await fill(page, "Switch to Away after", "5")
    await expect(field).to_have_accessible_description("")
    await expect(page.get_by_role("button", name="Save", exact=True)).to_be_enabled()


async def test_whom_it_would_switch_is_said_by_name_and_asked_about_when_it_is_many(
    watched: Watched, server: Served
) -> None:
    before = datetime.fromtimestamp(SystemClock().wall() / 1_000 - 60, UTC)
    for number in range(12):
        name = f"agent {number:02}"
        server.call("RecordActivity", accountId="acme", userId=name, activityTime=before.isoformat())
    server.call("UpdateWorkflow", workflow={"accountId": "acme", "enabled": True, "awayAfter": "3600s"})
    page = await settings(watched, server)
    await fill(page, "Switch to Away after", "1", "seconds")
    preview = page.locator("form .preview")
    await expect(preview).to_contain_text("Switched at once: 12 people to Away.")
    await expect(preview).to_contain_text("agent 03")
    await expect(preview).to_contain_text("and 4 more")
    await page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("alertdialog", name="Switch 12 people at once?")
    await expect(dialog).to_contain_text("agent 03")
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    assert server.call("GetWorkflow", accountId="acme")["workflow"]["awayAfter"] == "3600s"
    await page.get_by_role("button", name="Save", exact=True).click()
    await dialog.get_by_role("button", name="Save and switch 12 people").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    assert server.call("GetStatus", accountId="acme", userId="agent 00")["userStatus"]["status"] == "STATUS_AWAY"


async def test_a_change_by_somebody_else_is_shown_and_not_overwritten(watched: Watched, server: Served) -> None:
    watched.expected = re.compile("409.*UpdateWorkflow")
    page, other = await settings(watched, server, "kim"), await settings(watched, server, "lee")
    await page.get_by_role("switch").click()
    await fill(page, "Switch to Away after", "7")
    await other.get_by_role("switch").click()
    await other.get_by_role("button", name="Save", exact=True).click()
    conflict = page.locator(".notice.warn")
    await expect(conflict).to_contain_text(re.compile("lee.* changed these settings"))
    await expect(conflict.get_by_role("row", name="Away after")).to_have_text(re.compile("10 min.*7 min", re.DOTALL))
    await expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    await page.get_by_role("button", name="Keep editing mine").click()
    await expect(page.get_by_text(re.compile("Saving replaces what .*lee.* has set."))).to_be_visible()
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    # The other has changed nothing meanwhile, and sees it at once.
    await expect(other.get_by_text(re.compile("kim.* has just changed these settings."))).to_be_visible()
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
    await expect(row).to_contain_text("In force")
    await page.get_by_role("button", name=re.compile("^Restore .*before the first change")).click()
    dialog = page.get_by_role("alertdialog", name="Restore the settings from before the first change?")
    await expect(dialog).to_contain_text("Away after: 10 min → never")
    await expect(dialog).to_contain_text("Nobody is switched any more.")
    await dialog.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_label("Switch to Away after", exact=True)).to_have_value("10")
    await expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    await page.get_by_role("button", name=re.compile("^Restore .*before the first change")).click()
    await dialog.get_by_role("button", name="Restore").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await expect(page.get_by_role("row")).to_have_count(4)
    assert server.call("GetWorkflow", accountId="acme")["workflow"].get("enabled", False) is False


async def test_what_is_being_edited_is_not_lost_by_looking_at_an_earlier_version(
    watched: Watched, server: Served
) -> None:
    watched.expected = re.compile("409.*UpdateWorkflow")
    for period in ("60s", "120s"):
        server.call("UpdateWorkflow", workflow={"accountId": "acme", "enabled": True, "awayAfter": period})
    page = await settings(watched, server)
    await fill(page, "Switch to Away after", "44")
    restore = page.get_by_role("row", name="Away after: never → 1 min").get_by_role("button")
    await restore.click()
    dialog = page.get_by_role("alertdialog")
    await expect(dialog).to_contain_text("What you have changed in the form is discarded.")
    await page.keyboard.press("Escape")
    await expect(page.get_by_label("Switch to Away after", exact=True)).to_have_value("44")
    await restore.click()
    # Somebody else changes the settings while one is asked: nothing is restored over that.
    server.call("UpdateWorkflow", workflow={"accountId": "acme", "awayAfter": "180s"})
    await expect(dialog).to_have_count(0)
    await expect(page.locator(".notice.warn")).to_contain_text("3 min")
    assert server.call("GetWorkflow", accountId="acme")["workflow"]["awayAfter"] == "180s"


async def test_more_changes_than_a_page_holds_are_read_on_demand(watched: Watched, server: Served) -> None:
    for number in range(25):
        server.call("UpdateWorkflow", workflow={"accountId": "acme", "awayAfter": f"{60 + number}s"})
    page = await settings(watched, server)
    await expect(page.get_by_role("row")).to_have_count(21)
    await page.get_by_role("button", name="Older changes").click()
    # With the heads of columns, and the settings from before the first change.
    await expect(page.get_by_role("row")).to_have_count(27)
    await expect(page.get_by_role("button", name="Older changes")).to_have_count(0)


async def test_a_dry_run_is_about_what_is_in_the_form_and_save_asks_anew(watched: Watched, server: Served) -> None:
    for number in range(6):
        server.call("RecordActivity", accountId="acme", userId=f"agent {number}")
    server.call("UpdateWorkflow", workflow={"accountId": "acme", "enabled": True, "awayAfter": "3600s"})
    page = await settings(watched, server)
    await expect(page.get_by_text("Live", exact=True)).to_be_visible()
    preview = page.locator("form .preview")
    await fill(page, "Switch to Away after", "50", "minutes")
    await expect(preview).to_contain_text("Within the next hour, unless they are active: 6 people to Away.")
    await expect(preview).to_contain_text("45\u201360 min: 6")
    gate = asyncio.Event()

    async def hold(route: Route) -> None:
        await gate.wait()
        await route.continue_()

    await page.route("**/UpdateWorkflow", hold)
    await fill(page, "Switch to Away after", "1", "seconds")
    await expect(preview).to_contain_text("Asking the server")
    await expect(preview.get_by_text("6 people to Away")).to_be_hidden()
    # Whoever saves before the answer is there is asked all the same.
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_role("alertdialog")).to_have_count(0)
    gate.set()
    await expect(page.get_by_role("alertdialog", name="Switch 6 people at once?")).to_be_visible()
    assert server.call("GetWorkflow", accountId="acme")["workflow"]["awayAfter"] == "3600s"


async def test_a_dry_run_that_fails_is_said_and_asked_about(watched: Watched, server: Served) -> None:
    watched.expected = re.compile("503|ERR_FAILED")
    page = await settings(watched, server)

    async def dry_runs_fail(route: Route) -> None:
        if VALIDATE_ONLY.search(route.request.post_data_buffer or b""):
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/UpdateWorkflow", dry_runs_fail)
    await page.get_by_role("switch").click()
    await expect(page.locator("form .preview")).to_contain_text("The server has not said whom this would switch.")
    await page.get_by_role("button", name="Save", exact=True).click()
    dialog = page.get_by_role("alertdialog", name="Save without knowing whom it switches?")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    assert server.call("GetWorkflow", accountId="acme")["workflow"]["enabled"] is True


@pytest.mark.parametrize("is_made", [True, False])
async def test_a_save_that_is_not_answered_is_found_out_about(watched: Watched, server: Served, is_made: bool) -> None:
    watched.expected = re.compile("ERR_FAILED")
    page = await settings(watched, server)

    async def lose(route: Route) -> None:
        if VALIDATE_ONLY.search(route.request.post_data_buffer or b""):
            await route.continue_()
            return
        if is_made:
            await route.fetch()
        await route.abort()

    reachable = asyncio.Event()

    async def later(route: Route) -> None:
        await (route.continue_() if reachable.is_set() else route.abort())

    await page.get_by_role("switch").click()
    await expect(page.get_by_text("Nobody is switched at once.")).to_be_visible()
    await page.route("**/UpdateWorkflow", lose)
    await page.route("**/GetWorkflow", later)
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("It is not known whether the settings were saved.")).to_be_visible()
    await expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    reachable.set()
    said = "Saved." if is_made else "The settings were not saved. Try again."
    await expect(page.get_by_text(said)).to_be_visible()
    await expect(page.get_by_text("It is not known")).to_have_count(0)
    assert server.call("GetWorkflow", accountId="acme")["workflow"].get("enabled", False) is is_made


async def test_saving_twice_at_once_saves_once(watched: Watched, server: Served) -> None:
    page = await settings(watched, server)
    await page.get_by_role("switch").click()
    await page.get_by_role("button", name="Save", exact=True).dblclick()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await expect(page.get_by_role("row")).to_have_count(3)
    assert len(server.call("ListWorkflowChanges", accountId="acme")["changes"]) == 1


async def test_leaving_with_unsaved_changes_is_asked_about(watched: Watched, server: Served) -> None:
    page = await settings(watched, server)
    await page.get_by_role("link", name="Board").click()
    await expect(page.get_by_role("heading", name="Board")).to_be_visible()
    await page.get_by_role("link", name="Settings").click()
    await page.get_by_role("switch").click()
    await page.get_by_role("link", name="Board").click()
    dialog = page.get_by_role("alertdialog", name="Leave without saving?")
    await dialog.get_by_role("button", name="Stay").click()
    assert page.url.endswith("#/acme/workflows")
    await expect(page.get_by_role("switch")).to_have_attribute("aria-checked", "true")
    asked: list[str] = []

    async def stay(shown: Dialog) -> None:
        asked.append(shown.type)
        await shown.dismiss()

    page.on("dialog", stay)
    await page.evaluate("setTimeout(() => location.reload(), 0)")
    await page.wait_for_event("dialog")
    assert asked == ["beforeunload"]
    await page.get_by_role("link", name="Board").click()
    await dialog.get_by_role("button", name="Leave").click()
    await expect(page.get_by_role("heading", name="Board")).to_be_visible()
    await page.get_by_role("link", name="Settings").click()
    await expect(page.get_by_role("switch")).to_have_attribute("aria-checked", "false")


async def test_turning_it_off_says_what_happens_and_keeps_the_periods(watched: Watched, server: Served) -> None:
    server.call("UpdateWorkflow", workflow={"accountId": "acme", "enabled": True, "awayAfter": "1200.125s"})
    page = await settings(watched, server)
    field = page.get_by_label("Switch to Away after", exact=True)
    await expect(field).to_have_value("1200.1250")
    await field.fill("nonsense")
    await page.get_by_role("switch").click()
    await expect(page.locator("form .preview")).to_contain_text(
        "stays so for now. An activity brings people back: from Away."
    )
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    workflow = server.call("GetWorkflow", accountId="acme")["workflow"]
    assert (workflow["enabled"], workflow["awayAfter"]) == (False, "1200.125s")


async def test_names_of_others_are_shown_as_they_are(watched: Watched, server: Served) -> None:
    names = ["<script>alert(1)</script>", "\u202egnp.exe", "👩‍💻 émile", "x" * 128]
    page = await settings(watched, server, names[0])
    for name in names:
        await page.get_by_label("Your name", exact=True).fill(name)
        await page.get_by_label("Your name", exact=True).press("Enter")
        await page.get_by_role("switch").click()
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(page.locator(".settings-history bdi").first).to_have_text(shown(name), use_inner_text=False)
        await expect(page.locator(".form-footer .hint").first).to_contain_text("Saved.")
    width = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert width <= 0
    assert await page.locator("script:not([type=module])").count() == 0


async def test_in_german_with_a_comma(watched: Watched, server: Served) -> None:
    page = await watched.open(f"{server.url}#/acme/workflows", locale="de-DE")
    await page.get_by_role("switch", name="Automatischer Statuswechsel").click()
    await fill(page, "Wechsel zu Abwesend nach", "1,5")
    await page.get_by_label("Wechsel zu Abwesend nach: Einheit", exact=True).select_option(label="Stunden")
    await page.get_by_role("button", name="Frist für Offline hinzufügen").click()
    # The default of 30 min would not be longer.
    await expect(page.get_by_label("Wechsel zu Offline nach", exact=True)).to_be_focused()
    await page.get_by_role("button", name="Speichern", exact=True).click()
    await expect(page.get_by_text("Gespeichert.")).to_be_visible()
    await expect(page.get_by_role("row", name="Abwesend nach: nie → 90 min")).to_be_visible()
    workflow = server.call("GetWorkflow", accountId="acme")["workflow"]
    assert (workflow["awayAfter"], workflow["offlineAfter"]) == ("5400s", "16200s")
    server.call("UpdateWorkflow", workflow={"accountId": "acme", "awayAfter": "1.5s"})
    await expect(page.get_by_label("Wechsel zu Abwesend nach", exact=True)).to_have_value("1,5")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_any_state(watched: Watched, server: Served, scheme: str) -> None:
    watched.expected = re.compile("409.*UpdateWorkflow|ERR_")
    for number in range(6):
        server.call("RecordActivity", accountId="acme", userId=f"agent {number}")
    server.call("UpdateWorkflow", workflow={"accountId": "acme", "enabled": True, "awayAfter": "3600s"})
    page = await watched.open(
        f"{server.url}#/acme/workflows", color_scheme=scheme, reduced_motion="reduce", bypass_csp=True
    )
    await page.get_by_text("Advanced").click()
    await fill(page, "Switch to Away after", "x")
    await expect(page.get_by_text("Enter a number")).to_be_visible()
    assert await violations(page) == [], "invalid"
    await fill(page, "Switch to Away after", "1", "seconds")
    await expect(page.get_by_text("Switched at once: 6 people to Away.")).to_be_visible()
    assert await violations(page) == [], "preview"
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_role("alertdialog")).to_be_visible()
    assert await violations(page) == [], "dialog"
    await page.keyboard.press("Escape")
    server.call("UpdateWorkflow", workflow={"accountId": "acme", "awayAfter": "1800s"})
    await expect(page.get_by_text("while you were editing")).to_be_visible()
    assert await violations(page) == [], "conflict"
    await server.kill()
    await expect(page.get_by_text("Connection lost.")).to_be_visible()
    assert await violations(page) == [], "away"


async def test_advanced_settings_are_saved(watched: Watched, server: Served) -> None:
    page = await settings(watched, server)
    await page.get_by_text("Advanced").click()
    await page.get_by_label("from Away and from Offline", exact=True).check()
    await page.get_by_label("Keep an Away that was set by hand", exact=True).check()
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
    await expect(page.get_by_label("Switch to Offline after", exact=True)).to_be_focused()
    await tab_to("Remove Offline period")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Add Offline period")).to_be_focused()
    await tab_to("Save")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Saved.")).to_be_visible()
    assert server.call("GetWorkflow", accountId="acme")["workflow"]["awayAfter"] == "900s"


async def is_switch(page: Page) -> bool:
    return bool(await page.evaluate("document.activeElement.getAttribute('role') === 'switch'"))
