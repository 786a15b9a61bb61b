"""History: who was switched, when and why, by person, days and cause."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from tests.console.axe import violations
from tests.console.boards import shown
from tests.console.console import Served, Watched

HOSTILE = ["<script>alert(1)</script>", "\u202egnp.exe", "👩‍💻 émile", "x" * 128, "=1+2"]


async def history(watched: Watched, server: Served, **options: object) -> Page:
    page = await watched.open(f"{server.url}#/acme/history", **options)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


async def test_changes_are_found_by_person_time_and_cause(watched: Watched, server: Served) -> None:
    for name in ("ann", "ben"):
        server.call("RecordActivity", accountId="acme", userId=name)
    server.call("SetStatus", accountId="acme", userId="ann", status="STATUS_AWAY", reason="<b>lunch</b>")
    page = await history(watched, server)
    rows = page.locator(".rows-all .row")
    await expect(rows).to_have_count(3)
    await expect(rows.first).to_contain_text("<b>lunch</b>")
    await expect(
        page.get_by_text(re.compile(r"3 changes · read at \d\d:\d\d:\d\d · Times in Europe/Berlin"))
    ).to_be_visible()
    await expect(rows.first.locator("time")).to_have_attribute("title", re.compile(r"^20\d\d-.* UTC$"))
    await page.get_by_role("combobox", name="Cause").select_option(label="By hand")
    await expect(rows).to_have_count(1)
    await page.get_by_role("combobox", name="Cause").select_option(label="Any cause")
    await page.get_by_label("Person", exact=True).fill("ben")
    await expect(rows).to_have_count(1)
    await page.get_by_label("Person", exact=True).fill("be")
    await expect(page.get_by_text("Write the whole name")).to_be_visible()
    assert await page.locator("datalist option").evaluate_all("all => all.map(each => each.value)") == ["ben"]
    await page.get_by_label("Person", exact=True).fill("")
    await page.get_by_role("combobox", name="Period").select_option(label="Yesterday")
    await expect(page.get_by_text("The server keeps changes for 30 days")).to_be_visible()
    await page.get_by_role("combobox", name="Period").select_option(label="Other days")
    await expect(rows).to_have_count(3)
    await page.get_by_label("First day", exact=True).fill("2031-01-02")
    await expect(page.get_by_text("Choose a first day")).to_be_visible()
    await page.get_by_role("combobox", name="Period").select_option(label="Last 30 days")
    server.call("RecordActivity", accountId="acme", userId="eva")
    await page.get_by_role("button", name="Refresh").click()
    await expect(rows).to_have_count(4)
    await rows.first.get_by_role("link", name="eva").click()
    await expect(page.get_by_role("heading", level=1, name="eva")).to_be_visible()


async def test_many_changes_are_read_from_the_newest_on(watched: Watched, server: Served) -> None:
    for number in range(600):
        server.call("RecordActivity", accountId="acme", userId=f"agent {number:03}")
    page = await history(watched, server)
    # All of them are younger than the first slice.
    await expect(page.get_by_text("600 changes ·")).to_be_visible()
    await expect(page.locator(".rows-all .row").first).to_contain_text("agent 599")
    await page.get_by_role("button", name="Show older").click()
    await expect(page.get_by_role("button", name="Show older")).to_have_count(0)
    await expect(page.get_by_text("600 changes ·")).to_be_visible()


async def test_names_and_reasons_are_shown_and_saved_as_they_are(watched: Watched, server: Served) -> None:
    for name in HOSTILE:
        server.call("SetStatus", accountId="acme", userId=name, status="STATUS_AWAY", reason=name)
    page = await history(watched, server)
    await expect(page.locator(".rows-all .row")).to_have_count(len(HOSTILE))
    assert sorted(await page.locator(".rows-all .name").all_text_contents()) == sorted(map(shown, HOSTILE))
    assert await page.locator("script:not([type=module])").count() == 0
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="Download CSV").click()
    download = await downloading.value
    assert download.suggested_filename == "acme.csv"
    text = (await asyncio.to_thread(Path(await download.path()).read_bytes)).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    safe = [*HOSTILE[:-1], "'=1+2"]
    assert sorted(each["user_id"] for each in rows) == sorted(safe)
    assert sorted(each["reason"] for each in rows) == sorted(safe)


async def test_a_failure_is_said_and_can_be_tried_again(watched: Watched, server: Served) -> None:
    watched.expected = re.compile("ERR_FAILED")
    server.call("RecordActivity", accountId="acme", userId="ann")
    page = await watched.open(server.url)
    await page.route("**/ListStatusChanges", lambda route: route.abort())
    await page.goto(f"{server.url}#/acme/history")
    await expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached.")
    await page.unroute("**/ListStatusChanges")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.locator(".rows-all .row")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(watched: Watched, server: Served, scheme: str) -> None:
    page = await history(watched, server, color_scheme=scheme, reduced_motion="reduce", bypass_csp=True, locale="de-DE")
    await expect(page.get_by_text("Der Server bewahrt Wechsel 30 Tage lang auf")).to_be_visible()
    assert await violations(page) == [], "empty"
    server.call("SetStatus", accountId="acme", userId="ann", status="STATUS_AWAY", reason="Mittag")
    await page.get_by_role("combobox", name="Zeitraum").select_option(label="Andere Tage")
    await expect(page.locator(".rows-all .row")).to_have_count(1)
    assert await violations(page) == [], "rows"
