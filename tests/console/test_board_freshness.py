"""The board never shows old as new: cuts, silence, sleep, a server that has forgotten, many tabs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import expect
from tests.console.boards import board, is_live, row
from tests.console.console import Served, Watched, served
from tests.console.holding_proxy import held_before

# Nine tabs take their time on a busy machine.
pytestmark = pytest.mark.timeout(240)
OFFLINE = re.compile("Failed to load resource|ERR_")
STALE = re.compile("stale")


def ports_of(server: Served) -> tuple[int, int]:
    return int(server.address.rpartition(":")[2]), int(re.findall(r":(\d+)/", server.url)[0])


async def test_a_server_that_is_killed_is_noticed_and_one_that_is_back_is_followed(
    watched: Watched, tmp_path: Path
) -> None:
    watched.expected = OFFLINE
    async with served(tmp_path) as first:
        ports = ports_of(first)
        first.call("SetStatus", accountId="acme", userId="ann", status="STATUS_ONLINE")
        page = await board(watched, first)
        await expect(row(page, "ann")).to_contain_text("Online")
        await first.kill()
        await expect(page.get_by_role("alert")).to_contain_text("Connection lost. What you see is as of", timeout=5_000)
        await expect(page.locator(".board")).to_have_class(STALE)
        await expect(page.get_by_text("Live", exact=True)).to_have_count(0)
    async with served(tmp_path, ports=ports) as second:
        second.call("SetStatus", accountId="acme", userId="ann", status="STATUS_AWAY")
        await is_live(page, timeout=25_000)
        await expect(row(page, "ann")).to_contain_text("Away")
        await expect(page.get_by_role("alert")).to_have_count(0)


async def test_nobody_stays_whom_a_server_with_an_emptied_store_does_not_know(watched: Watched, tmp_path: Path) -> None:
    watched.expected = OFFLINE
    (tmp_path / "first").mkdir()
    (tmp_path / "second").mkdir()
    async with served(tmp_path / "first") as first:
        ports = ports_of(first)
        for name in ("ann", "ben"):
            first.call("SetStatus", accountId="acme", userId=name, status="STATUS_ONLINE")
        page = await board(watched, first)
        await page.get_by_label("Select ben", exact=True).check()
        await first.kill()
        await expect(page.get_by_role("alert")).to_be_visible()
    async with served(tmp_path / "second", ports=ports) as second:
        second.call("SetStatus", accountId="acme", userId="eva", status="STATUS_ONLINE")
        await is_live(page, timeout=25_000)
        await expect(row(page, "eva")).to_contain_text("Online")
        await expect(page.get_by_role("link", name="ann")).to_have_count(0)
        await expect(page.get_by_role("button", name="All 1")).to_be_visible()
        await expect(page.get_by_text("1 person selected")).to_have_count(0)


async def test_silence_of_a_connection_that_stands_is_noticed(watched: Watched, server: Served) -> None:
    watched.expected = OFFLINE
    server.call("SetStatus", accountId="acme", userId="ann", status="STATUS_ONLINE")
    async with held_before(server.url) as proxy:
        page = await board(watched, server, url=proxy.url)
        proxy.hold()
        server.call("SetStatus", accountId="acme", userId="ann", status="STATUS_AWAY")
        await expect(page.get_by_role("alert")).to_contain_text("What you see is as of", timeout=10_000)
        await expect(page.locator(".board")).to_have_class(STALE)
        await expect(row(page, "ann")).to_contain_text("Online")
        proxy.let_go()
        await is_live(page)
        await expect(row(page, "ann")).to_contain_text("Away")


async def test_after_sleep_the_truth_is_asked_first(watched: Watched, server: Served) -> None:
    server.call("SetStatus", accountId="acme", userId="ann", status="STATUS_ONLINE")
    page = await board(watched, server)
    # What a page sees of a sleep of its machine: the wall clock has moved, its timers have not.
    await page.evaluate(
        """() => {
            const now = Date.now;
            Date.now = () => now() + 3_600_000;
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    await page.wait_for_function("document.querySelector('.board').classList.contains('stale')")
    await is_live(page)
    server.call("SetStatus", accountId="acme", userId="ann", status="STATUS_AWAY")
    await expect(row(page, "ann")).to_contain_text("Away")


async def test_a_page_that_nobody_looks_at_stops_and_asks_once_it_is_looked_at(
    watched: Watched, server: Served
) -> None:
    server.call("SetStatus", accountId="acme", userId="ann", status="STATUS_ONLINE")
    page = await watched.open("about:blank")
    await page.clock.install()
    await page.goto(f"{server.url}#/acme/board")
    await is_live(page)
    asked = len(watched.requested)
    await page.evaluate(
        """() => {
            Object.defineProperty(document, "hidden", { value: true, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    await page.clock.fast_forward(61_000)
    server.call("SetStatus", accountId="acme", userId="ann", status="STATUS_AWAY", reason="lunch")
    await page.clock.fast_forward(61_000)
    assert len(watched.requested) == asked
    await expect(row(page, "ann")).to_contain_text("Online")
    await page.evaluate(
        """() => {
            Object.defineProperty(document, "hidden", { value: false });
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    await is_live(page)
    await expect(row(page, "ann")).to_contain_text("Away")


async def test_nine_tabs_share_one_stream_and_none_hangs(watched: Watched, server: Served) -> None:
    server.call("SetStatus", accountId="acme", userId="ann", status="STATUS_ONLINE")
    first = await board(watched, server)
    tabs = [first]
    for _ in range(8):
        tabs.append(await watched.tab(first.context, f"{server.url}#/acme/board"))
        await is_live(tabs[-1])
    ninth = tabs[-1]
    await row(ninth, "ann").get_by_role("button", name="Set status of ann").click()
    await ninth.get_by_role("radio", name="Away").check()
    await ninth.get_by_role("button", name="Set status", exact=True).click()
    for tab in tabs:
        await expect(row(tab, "ann")).to_contain_text("Away")
        await is_live(tab)
    # The one that has the stream goes; the others go on.
    await first.close()
    server.call("SetStatus", accountId="acme", userId="ann", status="STATUS_OFFLINE")
    for tab in tabs[1:]:
        await expect(row(tab, "ann")).to_contain_text("Offline")
        await is_live(tab)


async def test_a_tab_that_is_frozen_does_not_stop_the_others(watched: Watched, server: Served) -> None:
    server.call("SetStatus", accountId="acme", userId="ann", status="STATUS_ONLINE")
    first = await board(watched, server)
    second = await watched.tab(first.context, f"{server.url}#/acme/board")
    await is_live(second)
    session = await first.context.new_cdp_session(first)
    await session.send("Page.setWebLifecycleState", {"state": "frozen"})
    server.call("SetStatus", accountId="acme", userId="ann", status="STATUS_AWAY")
    await expect(row(second, "ann")).to_contain_text("Away", timeout=20_000)
    await is_live(second)
    await session.send("Page.setWebLifecycleState", {"state": "active"})
    await expect(row(first, "ann")).to_contain_text("Away")
    await is_live(first)
    server.call("SetStatus", accountId="acme", userId="ann", status="STATUS_OFFLINE")
    for tab in (first, second):
        await expect(row(tab, "ann")).to_contain_text("Offline")
