"""Statuses with an end, sessions and engagements, as supervisors and people themselves see and set them."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect
from tests.console.boards import board, row
from tests.console.console import Served, Watched, served
from tests.console.keys import created_key, present

from onduty_server.process.clock import SystemClock

pytestmark = pytest.mark.timeout(180)


def now() -> datetime:
    return datetime.fromtimestamp(SystemClock().wall() / 1_000, UTC)


def user_of(server: Served, name: str) -> Any:
    return server.call("GetStatus", accountId="acme", userId=name)["userStatus"]


def end_of(user: Any) -> datetime:
    return datetime.fromisoformat(user["expireTime"])


def fact(page: Page, name: str) -> Any:
    """What the page of a person says of something."""
    return page.locator(".facts > div").filter(has=page.get_by_text(name, exact=True)).locator("dd")


def configure(server: Served, **fields: Any) -> None:
    server.call("UpdateWorkflow", workflow={"accountId": "acme", "enabled": True, **fields})


def keep(server: Served, name: str, **fields: Any) -> None:
    server.call("KeepSession", accountId="acme", userId=name, sessionId="a browser", **fields)


def end(server: Served, name: str) -> None:
    server.call("EndSession", accountId="acme", userId=name, sessionId="a browser")


async def test_a_status_is_set_for_half_an_hour_for_one_and_for_several(watched: Watched, server: Served) -> None:
    for name in ("ann", "ben", "eva"):
        server.call("RecordActivity", accountId="acme", userId=name)
    page = await board(watched, server)
    await row(page, "ann").get_by_role("button", name="Set status of ann").click()
    await page.get_by_role("radio", name="Away").check()
    await expect(page.get_by_role("combobox", name="Then")).to_have_count(0)
    await page.get_by_role("combobox", name="Until").select_option(label="in 30 min")
    await page.get_by_role("combobox", name="Then").select_option(label="Online")
    await page.get_by_role("textbox", name="Reason").fill("lunch")
    await page.get_by_role("button", name="Set status", exact=True).click()
    await expect(row(page, "ann")).to_contain_text(re.compile(r"set by hand until .*, then Online: .lunch"))
    await expect(row(page, "ann")).to_contain_text(re.compile("Online in (30:00|29:)"))
    ann = user_of(server, "ann")
    assert (ann["then"], ann["nextCause"]) == ("THEN_ONLINE", "CAUSE_EXPIRY")
    assert timedelta(minutes=29) < end_of(ann) - now() <= timedelta(minutes=30)
    for name in ("ben", "eva"):
        await page.get_by_label(f"Select {name}", exact=True).check()
    await page.get_by_role("button", name="Set status …").first.click()
    await page.get_by_role("radio", name="Offline").check()
    await page.get_by_role("combobox", name="Until").select_option(label="in 1 h")
    # An Offline that ends is followed by Away in any case.
    assert await page.get_by_role("combobox", name="Then").locator("option").all_text_contents() == [
        "Online",
        "Away",
        "Offline",
    ]
    await expect(page.get_by_role("combobox", name="Then")).to_have_value("3")
    await page.get_by_role("button", name="Set status", exact=True).click()
    await expect(page.get_by_role("button", name="Offline 2")).to_be_visible()
    for name in ("ben", "eva"):
        assert timedelta(minutes=59) < end_of(user_of(server, name)) - now() <= timedelta(hours=1)


async def test_somebody_sets_their_own_status_until_a_time_of_day(watched: Watched, tmp_path: Path) -> None:
    watched.expected = re.compile("401")
    key = created_key(tmp_path, "ann", "agent", "--account", "acme", "--user", "ann")
    async with served(tmp_path, "--key-file", "keys") as server:
        server.call_as(key, "RecordActivity", accountId="acme", userId="ann")
        page = await watched.open(f"{server.url}#/acme", timezone_id="Asia/Tokyo")
        await present(page, key)
        await page.get_by_role("button", name="Set status").click()
        await page.get_by_role("radio", name="Away").check()
        await page.locator("dialog").get_by_role("combobox", name="Until").select_option(label="a time …")
        submit = page.get_by_role("button", name="Set status", exact=True)
        await expect(submit).to_be_disabled()
        there = now().astimezone(ZoneInfo("Asia/Tokyo")).replace(second=0, microsecond=0) + timedelta(minutes=90)
        await page.get_by_label("Time", exact=True).fill(f"{there:%H:%M}")
        await submit.click()
        await expect(page.locator(".person-head")).to_contain_text("Away")
        await expect(fact(page, "Why")).to_contain_text(f"{there:%H:%M}")
        await expect(fact(page, "Next switch")).to_contain_text("End of a set time")
        user = server.call_as(key, "GetStatus", accountId="acme", userId="ann")["userStatus"]
        assert (end_of(user), user["then"]) == (there, "THEN_AUTOMATIC")
        await watched.leave()


async def test_a_status_ends_before_ones_eyes(watched: Watched, server: Served) -> None:
    page = await board(watched, server)
    server.call("SetStatus", accountId="acme", userId="ann", status="STATUS_AWAY", ttl="3s", then="THEN_ONLINE")
    await expect(row(page, "ann")).to_contain_text("then Online")
    await expect(row(page, "ann")).to_contain_text("set time is over", timeout=10_000)
    await expect(row(page, "ann").locator(".status")).to_have_text("Online")


async def test_who_closes_the_last_browser_is_gone_and_who_opens_one_is_back(watched: Watched, server: Served) -> None:
    configure(server, disconnectAfter="2s")
    server.call("SetStatus", accountId="acme", userId="ann", status="STATUS_AWAY", ttl="1800s", then="THEN_OFFLINE")
    keep(server, "ann")
    server.call("KeepEngagement", accountId="acme", userId="ann", engagementId="a call")
    page = await watched.open(f"{server.url}#/acme/person/ann")
    await expect(fact(page, "Connected")).to_have_text("yes")
    await expect(fact(page, "Engagements")).to_have_text("1")
    end(server, "ann")
    await expect(page.locator(".person-head")).to_contain_text("Offline")
    await expect(fact(page, "Why")).to_have_text("no longer connected")
    await expect(fact(page, "Connected")).to_have_text("no")
    # What was set by hand is still set, and its end is known.
    await expect(fact(page, "Set time")).to_have_text(re.compile("^until .*, then Offline$"))
    keep(server, "ann")
    await expect(page.locator(".person-head")).to_contain_text("Away")
    await expect(fact(page, "Why")).to_have_text(re.compile("^set by hand until .*, then Offline$"))
    await expect(fact(page, "Connected")).to_have_text("yes")


async def test_ends_and_disconnections_are_found_in_the_history_and_saved(watched: Watched, server: Served) -> None:
    configure(server, disconnectAfter="1s")
    server.call("RecordActivity", accountId="acme", userId="ben")
    keep(server, "ben")
    end(server, "ben")
    server.call("SetStatus", accountId="acme", userId="ann", status="STATUS_AWAY", ttl="1s", then="THEN_AWAY")
    page = await board(watched, server)
    await expect(row(page, "ben")).to_contain_text("no longer connected")
    await expect(row(page, "ann")).to_contain_text("set time is over")
    await page.get_by_role("link", name="History").click()
    rows = page.locator(".rows-all .row")
    await expect(rows).to_have_count(4)
    for cause, name, why in (
        ("End of a set time", "ann", "set time is over"),
        ("Disconnection", "ben", "no longer connected"),
    ):
        await page.get_by_role("combobox", name="Cause").select_option(label=cause)
        await expect(rows).to_have_count(1)
        await expect(rows).to_contain_text(name)
        await expect(rows).to_contain_text(why)
    await page.get_by_role("combobox", name="Cause").select_option(label="Any cause")
    await expect(rows).to_have_count(4)
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="Download CSV").click()
    text = (await asyncio.to_thread(Path(await (await downloading.value).path()).read_bytes)).decode("utf-8-sig")
    saved = {each["cause"]: (each["user_id"], each["then"]) for each in csv.DictReader(io.StringIO(text))}
    wanted = {"ACTIVITY": ("ben", ""), "MANUAL": ("ann", "AWAY"), "EXPIRY": ("ann", ""), "DISCONNECT": ("ben", "")}
    assert saved == wanted


async def test_who_is_gone_is_switched_as_the_settings_say_and_earlier_ones_come_back_whole(
    watched: Watched, server: Served
) -> None:
    page = await watched.open(f"{server.url}#/acme/workflows")
    save = page.get_by_role("button", name="Save", exact=True)
    after = page.get_by_label("Gone: switch once the last browser has been closed for", exact=True)
    status = page.get_by_label("Gone: new status", exact=True)

    def saved() -> tuple[str | None, str | None]:
        workflow = server.call("GetWorkflow", accountId="acme")["workflow"]
        return workflow.get("disconnectAfter"), workflow.get("disconnectStatus")

    await page.get_by_role("switch").click()
    # It is enough alone, and in no order with the others.
    await page.get_by_role("button", name="Remove Away period").click()
    await page.get_by_role("button", name="Add Gone period").click()
    await expect(after).to_be_focused()
    await after.fill("0")
    await expect(after).to_have_accessible_description(re.compile("Choose between"))
    await expect(save).to_be_disabled()
    await after.fill("2")
    await status.select_option(label="Away")
    await save.click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    assert saved() == ("120s", "STATUS_AWAY")
    first = page.get_by_role("row", name=re.compile("Automated status switch: off → on"))
    await expect(first).to_contain_text("Gone after: never → 2 min")
    await expect(first).to_contain_text("Who is gone is: Offline → Away")
    await status.select_option(label="Offline")
    await page.get_by_role("button", name="Add Away period").click()
    await page.get_by_role("button", name="Remove Gone period").click()
    await save.click()
    await expect(page.get_by_role("row", name=re.compile("Gone after: 2 min → never"))).to_be_visible()
    assert saved() == (None, "STATUS_OFFLINE")
    await first.get_by_role("button", name=re.compile("^Restore")).click()
    dialog = page.get_by_role("alertdialog")
    await expect(dialog).to_contain_text("Gone after: never → 2 min")
    await dialog.get_by_role("button", name="Restore").click()
    await expect(after).to_have_value("2")
    assert saved() == ("120s", "STATUS_AWAY")


async def test_who_would_be_gone_at_once_is_said_before_it_is_saved(watched: Watched, server: Served) -> None:
    configure(server, disconnectAfter="3600s")
    server.call("RecordActivity", accountId="acme", userId="ann")
    keep(server, "ann")
    end(server, "ann")
    page = await watched.open(f"{server.url}#/acme/workflows")
    await page.get_by_label("Gone: switch once the last browser has been closed for", exact=True).fill("1")
    await page.get_by_label("Gone: switch once the last browser has been closed for: unit", exact=True).select_option(
        label="seconds"
    )
    preview = page.locator("form .preview")
    # Asked again every ten seconds; the session may have ended less than a second ago.
    await expect(preview).to_contain_text("Switched at once: 1 person to Offline.", timeout=25_000)
    await expect(preview).to_contain_text("ann")


async def test_a_log_of_activities_is_tried_without_who_is_gone(watched: Watched, server: Served) -> None:
    configure(server, awayAfter="600s", disconnectAfter="60s", disconnectStatus="STATUS_AWAY")
    page = await watched.open(f"{server.url}#/acme/what-if")
    await expect(page.get_by_label("Switch to Away after", exact=True)).to_have_value("10")
    await expect(page.get_by_role("button", name="Add Gone period")).to_have_count(0)
    log: Any = {
        "name": "log.csv",
        "mimeType": "text/csv",
        "buffer": b"activity_time,user_id\n2026-11-28T09:00:00Z,ann\n",
    }
    await page.get_by_label("Activity log", exact=True).set_input_files(log)
    await page.get_by_role("button", name="Try", exact=True).click()
    await expect(page.get_by_role("region", name="What these periods would have done")).to_be_visible()
    # What is in force is the same, as far as a log can tell.
    await expect(page.get_by_role("button", name="Try", exact=True)).to_be_enabled()
    await expect(page.get_by_role("region", name="What those in force would have done")).to_have_count(0)


async def test_in_german(watched: Watched, server: Served) -> None:
    configure(server, disconnectAfter="1s", disconnectStatus="STATUS_AWAY")
    server.call("SetStatus", accountId="acme", userId="ann", status="STATUS_AWAY", ttl="3600s", then="THEN_ONLINE")
    server.call("RecordActivity", accountId="acme", userId="ben")
    keep(server, "ben")
    end(server, "ben")
    page = await watched.open(f"{server.url}#/acme/board", locale="de-DE")
    await expect(row(page, "ann")).to_contain_text(re.compile("von Hand gesetzt bis .*, dann Online"))
    await expect(row(page, "ben")).to_contain_text("nicht mehr verbunden")
    await page.goto(f"{server.url}#/acme/person/ann")
    await expect(fact(page, "Nächster Wechsel")).to_contain_text("Ende einer gesetzten Zeit")
    await expect(fact(page, "Verbunden")).to_have_text("nein")
    await page.get_by_role("link", name="Einstellungen").click()
    await expect(page.get_by_label("Gegangen: neuer Status", exact=True)).to_have_value("2")
