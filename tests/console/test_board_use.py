"""The board as supervisors use it: keys, many people, several supervisors, countdowns, setting statuses."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect
from tests.console.boards import board, is_live, row
from tests.console.console import Served, Watched

from onduty.v1 import status_pb2 as pb
from onduty_client import AsyncClient, Status

pytestmark = pytest.mark.timeout(240)
PEOPLE = 20_000


def set_status(server: Served, name: str, status: str, **more: Any) -> None:
    server.call("SetStatus", accountId="acme", userId=name, status=f"STATUS_{status}", **more)


async def set_in_dialog(page: Page, status: str, reason: str = "") -> None:
    await page.get_by_role("radio", name=status).check()
    await page.get_by_role("textbox", name="Reason").fill(reason)
    await page.get_by_role("button", name="Set status", exact=True).click()


async def test_an_activity_moves_the_countdown(watched: Watched, server: Served) -> None:
    server.call("UpdateWorkflow", workflow={"accountId": "acme", "enabled": True, "awayAfter": "33s"})
    server.call("RecordActivity", accountId="acme", userId="ann")
    page = await board(watched, server)
    await expect(row(page, "ann")).to_contain_text(re.compile("Away in 0:2"), timeout=20_000)
    server.call("RecordActivity", accountId="acme", userId="ann")
    await expect(row(page, "ann")).to_contain_text(re.compile("Away in 0:3"), timeout=6_000)


async def test_an_activity_just_before_a_switch_is_not_shown_as_one(watched: Watched, server: Served) -> None:
    server.call("UpdateWorkflow", workflow={"accountId": "acme", "enabled": True, "awayAfter": "9s"})
    server.call("RecordActivity", accountId="acme", userId="ann")
    page = await board(watched, server)
    await page.evaluate(
        """() => {
            globalThis.seen = new Set();
            const look = () => seen.add(document.querySelector(".rows-all .status")?.textContent.trim());
            new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
        }"""
    )
    for _ in range(3):
        await expect(row(page, "ann")).to_contain_text(re.compile("Away in 0:0[0-4]"))
        server.call("RecordActivity", accountId="acme", userId="ann")
        await expect(row(page, "ann")).to_contain_text(re.compile("Away in 0:0[5-9]"))
    assert await page.evaluate("[...seen]") == ["Online"]


async def test_a_browser_whose_clock_is_wrong_counts_down_as_the_server_does(watched: Watched, server: Served) -> None:
    server.call("UpdateWorkflow", workflow={"accountId": "acme", "enabled": True, "awayAfter": "600s"})
    server.call("RecordActivity", accountId="acme", userId="ann")
    page = await watched.open("about:blank")
    await page.add_init_script("{ const now = Date.now; Date.now = () => now() - 7_200_000; }")
    await page.goto(f"{server.url}#/acme/board")
    await is_live(page)
    await expect(row(page, "ann")).to_contain_text(re.compile(r"Away in (10:00|9:[3-5]\d)"))
    await expect(row(page, "ann").locator(".since")).to_have_text(re.compile(r"^\d+ s$"))


async def test_two_supervisors_see_what_each_other_does(watched: Watched, server: Served) -> None:
    set_status(server, "ann", "ONLINE")
    kim = await board(watched, server)
    lee = await board(watched, server)
    await kim.get_by_label("Your name", exact=True).fill("kim")
    await kim.get_by_label("Your name", exact=True).press("Enter")
    await row(lee, "ann").get_by_role("button", name="Set status of ann").click()
    await expect(lee.get_by_role("dialog")).to_contain_text("Now: Online")
    await row(kim, "ann").get_by_role("button", name="Set status of ann").click()
    await set_in_dialog(kim, "Away", "lunch")
    await expect(row(lee, "ann")).to_contain_text("Away")
    await expect(lee.get_by_role("dialog")).to_contain_text(re.compile("Now: Away set by .kim.: .lunch"))
    await set_in_dialog(lee, "Offline", "went home")
    for page in (kim, lee):
        await expect(row(page, "ann")).to_contain_text("Offline")
        await expect(row(page, "ann")).to_contain_text("went home")


async def test_a_reason_that_is_too_long_is_not_sent(watched: Watched, server: Served) -> None:
    set_status(server, "ann", "ONLINE")
    page = await board(watched, server)
    await row(page, "ann").get_by_role("button", name="Set status of ann").click()
    await page.get_by_role("textbox", name="Reason").fill("ü" * 257)
    await expect(page.get_by_text("At most 512 bytes.")).to_be_visible()
    await expect(page.get_by_role("button", name="Set status", exact=True)).to_be_disabled()
    await set_in_dialog(page, "Away", "ü" * 256)
    await expect(row(page, "ann")).to_contain_text("ü" * 256)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_those_who_could_not_be_set_are_named_and_stay_selected(watched: Watched, server: Served) -> None:
    names = [f"u{number}" for number in range(6)]
    for name in names:
        set_status(server, name, "ONLINE")
    page = await board(watched, server)
    refused = {"u2", "u4"}

    async def answer(route: Route) -> None:
        asked = pb.BatchSetStatusRequest.FromString(route.request.post_data_buffer or b"")
        allowed = [each for each in asked.requests if each.user_id not in refused]
        request = pb.BatchSetStatusRequest(account_id=asked.account_id, requests=allowed)
        response = await route.fetch(post_data=request.SerializeToString())
        made = iter(pb.BatchSetStatusResponse.FromString(await response.body()).results)
        no = pb.SetStatusResult(error=pb.SetStatusError(reason=pb.ERROR_REASON_INVALID_FIELD, message="no room"))
        results = [no if each.user_id in refused else next(made) for each in asked.requests]
        body = pb.BatchSetStatusResponse(results=results).SerializeToString()
        await route.fulfill(status=200, content_type="application/proto", body=body)

    await page.route("**/BatchSetStatus", answer)
    await page.get_by_label("Select all that are shown", exact=True).check()
    await page.get_by_role("button", name="Set status …").first.click()
    await set_in_dialog(page, "Away", "training")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Not set: 2 people.")
    refusals = [f"{name}: The server refused: no room" for name in ("u2", "u4")]
    done = [f"{name}: set" for name in ("u0", "u1", "u3", "u5")]
    await expect(dialog.get_by_role("listitem")).to_have_text([*refusals, *done])
    await expect(page.get_by_text("2 people selected")).to_be_visible()
    revision = server.call("GetStatus", accountId="acme", userId="u0")["userStatus"]["revision"]
    refused.clear()
    await page.get_by_role("button", name="Set status", exact=True).click()
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("button", name="Away 6")).to_be_visible()
    # Those who were set already were not set again.
    assert server.call("GetStatus", accountId="acme", userId="u0")["userStatus"]["revision"] == revision


async def test_setting_many_can_be_stopped(watched: Watched, server: Served) -> None:
    settings = [{"userId": f"u{number}", "status": "STATUS_ONLINE"} for number in range(130)]
    server.call("BatchSetStatus", accountId="acme", requests=settings)
    page = await board(watched, server)
    going = asyncio.Event()

    async def slowly(route: Route) -> None:
        await going.wait()
        await route.continue_()

    await page.route("**/BatchSetStatus", slowly)
    await page.get_by_label("Select all that are shown", exact=True).check()
    await page.get_by_role("button", name="Set status …").first.click()
    await set_in_dialog(page, "Away")
    await expect(page.get_by_text("0 of 130")).to_be_visible()
    await page.get_by_role("button", name="Stop").click()
    going.set()
    await expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_text("30 people selected")).to_be_visible()
    await expect(page.get_by_role("button", name="Away 100")).to_be_visible()


async def test_arrows_go_through_the_rows_and_tab_past_them(watched: Watched, server: Served) -> None:
    for number in range(100):
        set_status(server, f"u{number:02}", "ONLINE")
    page = await board(watched, server)
    focused = page.locator(":focus")
    await page.get_by_role("grid").focus()
    await page.keyboard.press("ArrowDown")
    await expect(focused).to_have_attribute("aria-label", "Select u00")
    await page.keyboard.press("ArrowRight")
    for _ in range(3):
        await page.keyboard.press("ArrowDown")
    await expect(focused).to_have_text("u03")
    await page.keyboard.press("Control+End")
    await expect(focused).to_have_text("u99")
    await expect(focused).to_be_in_viewport()
    await page.keyboard.press("PageUp")
    await page.keyboard.press("Control+Home")
    await expect(focused).to_have_text("u00")
    await page.keyboard.press("End")
    await expect(focused).to_have_attribute("aria-label", "Set status of u00")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.closest('.rows-all')") is None
    grid = page.get_by_role("grid")
    assert await grid.get_attribute("aria-rowcount") == "101"
    await grid.focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowRight")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("u00")


async def test_rows_stay_under_the_pointer(watched: Watched, server: Served) -> None:
    for name in ("ann", "ben", "eva"):
        set_status(server, name, "ONLINE")
    page = await board(watched, server)
    names = page.locator(".rows-all .name")
    await page.get_by_role("button", name="Since").click()
    await expect(names).to_have_text(["eva", "ben", "ann"])
    await row(page, "ben").hover()
    set_status(server, "ann", "AWAY")
    await expect(row(page, "ann")).to_contain_text("Away")
    await expect(names).to_have_text(["eva", "ben", "ann"])
    await page.mouse.move(5, 5)
    await expect(page.locator('.rows-all [aria-rowindex="2"] .name')).to_have_text("ann")


async def test_the_focus_stays_with_a_person_who_moves_out_of_view(watched: Watched, server: Served) -> None:
    for number in range(100):
        set_status(server, f"u{number:02}", "ONLINE")
    page = await board(watched, server)
    await row(page, "u05").get_by_role("link").focus()
    await page.locator(".rows").evaluate("rows => rows.scrollTo(0, rows.scrollHeight)")
    await expect(row(page, "u99")).to_be_visible()
    set_status(server, "u05", "AWAY")
    await expect(page.get_by_role("button", name="Away 1")).to_be_visible()
    await expect(page.locator(":focus")).to_have_text("u05")


@pytest.mark.parametrize("order", ["Person", "Since"])
async def test_what_20_000_people_cost_does_not_grow_with_them(watched: Watched, server: Served, order: str) -> None:
    async with AsyncClient(server.address) as client:
        people = [f"u{number:05}" for number in range(PEOPLE)]
        async with client.upload_activities() as upload:
            for name in people:
                await upload.put("acme", name)
            await upload.finish()
        page = await board(watched, server)
        await page.get_by_role("button", name=order).click()
        await expect(page.get_by_role("button", name="All 20,000")).to_be_visible()
        await page.evaluate(
            """() => {
                globalThis.drawn = 0;
                const count = document.querySelector(".chip:nth-child(2) .count");
                const told = (all) => drawn += all.length;
                new MutationObserver(told).observe(count, { characterData: true, childList: true, subtree: true });
            }"""
        )
        asked = len(watched.requested)
        started = asyncio.get_running_loop().time()
        for first in range(0, 600, 20):
            await asyncio.gather(*(client.set_status("acme", name, Status.AWAY) for name in people[first : first + 20]))
            await asyncio.sleep(0.1)
        await expect(page.get_by_role("button", name="Away 600")).to_be_visible()
        passed = asyncio.get_running_loop().time() - started
    # Ten times a second at most is anything drawn, and once a second at most are those in view asked for.
    assert 0 < await page.evaluate("drawn") <= passed * 10 + 1
    assert len(watched.requested) - asked <= passed + 2
    for part in (0.2, 0.9, 0.5, 1):
        await page.locator(".rows").evaluate("(rows, part) => rows.scrollTo(0, part * rows.scrollHeight)", part)
        assert await page.locator(".rows-all .row").count() <= 40
    await page.get_by_role("searchbox").fill("u0001")
    await expect(page.locator(".rows-all .row")).to_have_count(10)
