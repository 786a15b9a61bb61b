"""The board: live, and honest about how fresh it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import expect
from tests.console.boards import board, row, shown
from tests.console.console import Served, Watched

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202egnp.exe",
    "👩‍💻 émile",
    "x" * 128,
    "a/b?c#d%2F",
]


async def test_a_person_goes_away_before_ones_eyes_and_comes_back(watched: Watched, server: Served) -> None:
    server.call("UpdateWorkflow", workflow={"accountId": "acme", "enabled": True, "awayAfter": "4s"})
    page = await board(watched, server)
    await expect(page.get_by_text("Nobody has been seen in this account yet.")).to_be_visible()
    server.call("RecordActivity", accountId="acme", userId="ann")
    await expect(row(page, "ann")).to_contain_text("Online")
    await expect(row(page, "ann")).to_contain_text("Away in 0:0")
    await expect(row(page, "ann")).to_contain_text("inactive for", timeout=12_000)
    await expect(page.get_by_role("button", name="Away 1")).to_be_visible()
    server.call("RecordActivity", accountId="acme", userId="ann")
    await expect(row(page, "ann")).to_contain_text("Online")


async def test_a_status_is_set_with_a_reason_for_one_and_for_several(watched: Watched, server: Served) -> None:
    for name in ("ann", "ben", "eva"):
        server.call("RecordActivity", accountId="acme", userId=name)
    page = await board(watched, server)
    await page.get_by_label("Your name", exact=True).fill("kim")
    await page.get_by_label("Your name", exact=True).press("Enter")
    await row(page, "ann").get_by_role("button", name="Set status of ann").click()
    await page.get_by_role("radio", name="Away").check()
    await page.get_by_role("textbox", name="Reason").fill("<b>lunch</b>")
    await page.get_by_role("button", name="Set status", exact=True).click()
    await expect(row(page, "ann")).to_contain_text("<b>lunch</b>")
    await expect(row(page, "ann")).to_contain_text("set by")
    for name in ("ben", "eva"):
        await page.get_by_label(f"Select {name}", exact=True).check()
    await page.get_by_role("button", name="Set status …").first.click()
    await page.get_by_role("radio", name="Offline").check()
    await page.get_by_role("button", name="Set status", exact=True).click()
    await expect(page.get_by_role("button", name="Offline 2")).to_be_visible()
    user = server.call("GetStatus", accountId="acme", userId="ann")["userStatus"]
    assert (user["status"], user["actor"], user["reason"]) == ("STATUS_AWAY", "kim", "<b>lunch</b>")


async def test_names_are_shown_and_never_run(watched: Watched, server: Served) -> None:
    for name in HOSTILE:
        server.call("SetStatus", accountId="acme", userId=name, status="STATUS_AWAY", reason=f"{name}\u2069\u202ehi")
    page = await board(watched, server)
    for name in HOSTILE:
        assert (await page.locator(".rows-all .name").all_text_contents()).count(shown(name)) == 1
    assert not any("\u202e" in each for each in await page.locator(".why").all_text_contents())
    for index in range(len(HOSTILE)):
        await page.locator(".rows-all .person a").nth(index).click()
        await expect(page.locator("h1")).to_be_visible()
        assert await page.locator("h1").text_content() in [shown(name) for name in HOSTILE]
        await page.get_by_role("link", name="Back to the board").click()
    assert await page.locator("script:not([type=module])").count() == 0


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("<SCRIPT>", HOSTILE[0]),
        ("src=x", HOSTILE[1]),
        ("gnp.exe", HOSTILE[2]),
        ("emile", HOSTILE[3]),
        ("E\u0301MILE", HOSTILE[3]),
        ("👩‍💻", HOSTILE[3]),
        ("x" * 128, HOSTILE[4]),
        ("c#d%2f", HOSTILE[5]),
    ],
)
async def test_everybody_is_found(watched: Watched, server: Served, typed: str, found: str) -> None:
    for name in HOSTILE:
        server.call("SetStatus", accountId="acme", userId=name, status="STATUS_AWAY")
    page = await board(watched, server)
    await expect(page.locator(".rows-all .name")).to_have_count(len(HOSTILE))
    await page.get_by_role("searchbox").fill(f" {typed} ")
    await expect(page.locator(".rows-all .name")).to_have_text([shown(found)])


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(watched: Watched, server: Served, scheme: str) -> None:
    for number, name in enumerate(("ann", "ben", "eva")):
        server.call("SetStatus", accountId="acme", userId=name, status=1 + number, reason="lunch")
    page = await board(watched, server, color_scheme=scheme, bypass_csp=True)
    for address in ("acme/board", "acme/history", "acme/what-if", "acme/workflows", "acme/person/ann", ""):
        await page.goto(f"{server.url}#/{address}")
        await expect(page.locator("h1")).to_have_count(1)
        await page.add_script_tag(path=AXE)
        found = await page.evaluate("axe.run()")
        assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == [], address


async def test_german(watched: Watched, server: Served) -> None:
    page = await watched.open(f"{server.url}#/acme/workflows", locale="de-DE")
    await expect(page.get_by_role("switch", name="Automatischer Statuswechsel")).to_be_visible()
    assert await page.locator("html").get_attribute("lang") == "de"


async def test_no_page_can_be_framed_and_nothing_comes_from_elsewhere(watched: Watched, server: Served) -> None:
    watched.expected = re.compile(
        "frame-ancestors|X-Frame-Options|refused to connect|Refused to (frame|display)|[Ff]ram"
    )
    page = await board(watched, server)
    origin = server.url.removesuffix("/console/")
    assert all(each.startswith((origin, "data:")) for each in watched.requested)
    await page.context.new_page()
    other = page.context.pages[-1]
    await other.set_content(f'<iframe src="{server.url}"></iframe>')
    assert [frame.url for frame in other.frames if frame.parent_frame] == ["chrome-error://chromewebdata/"]
    assert await other.frames[-1].locator("#app").count() == 0
