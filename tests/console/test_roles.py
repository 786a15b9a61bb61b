"""What each role sees and may do; and what the page says when the server refuses anyway."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.async_api import Page, expect
from tests.console.console import Served, Watched, served
from tests.console.keys import ACCESS_FILE, created_key, present

from onduty_server.access.permissions import BUNDLES

pytestmark = pytest.mark.timeout(180)

ROLES = """
[roles.auditor]
permissions = ["status.read"]

[roles.planner]
permissions = ["workflow.read", "workflow.write"]

[roles.collector]
permissions = ["activity.write"]

[roles.mirror]
permissions = ["status.read"]
own_user_only = true
"""
ALL_PAGES = ["Board", "History", "Reports", "What if", "Settings"]


class Sight(NamedTuple):
    """What a role makes of the console."""

    pages: list[str]
    sets: bool = False
    """May set statuses, of those whom it sees."""
    saves: bool = False
    keeps: bool = False
    """May name people, move and erase them."""


SIGHTS = {
    "agent": Sight(["My status"], sets=True),
    "backend": Sight(ALL_PAGES, sets=True, keeps=True),
    "router": Sight(ALL_PAGES),
    "supervisor": Sight(ALL_PAGES, sets=True, saves=True, keeps=True),
    "admin": Sight(ALL_PAGES, sets=True, saves=True, keeps=True),
    "auditor": Sight(["History", "Reports"]),
    "planner": Sight(["What if", "Settings"], saves=True),
    "mirror": Sight(["My status"]),
}
OWN = {"agent", "mirror"}
KEYS = ("--key-file", "keys", "--access-file", ACCESS_FILE)


def key_of(directory: Path, role: str) -> str:
    (directory / ACCESS_FILE).write_text(ROLES)
    options = ["--access-file", ACCESS_FILE]
    if role != "admin":
        options += ["--account", "acme"]
    if role in OWN:
        options += ["--user", "ann"]
    return created_key(directory, "ann", role, *options)


def prepare(server: Served, key: str) -> None:
    """Let something be there to be seen."""
    for name in ("ann", "ben"):
        server.call_as(key, "RecordActivity", accountId="acme", userId=name)
    for period in ("60s", "120s"):
        workflow = {"accountId": "acme", "enabled": True, "awayAfter": period}
        server.call_as(key, "UpdateWorkflow", workflow=workflow)


def test_every_role_is_looked_at() -> None:
    assert set(BUNDLES) <= set(SIGHTS)


@pytest.mark.parametrize("role", SIGHTS)
async def test_a_role_sees_and_is_offered_what_it_may(watched: Watched, tmp_path: Path, role: str) -> None:
    watched.expected = re.compile("401")
    sight = SIGHTS[role]
    preparing = created_key(tmp_path, "root", "admin")
    key = key_of(tmp_path, role)
    async with served(tmp_path, *KEYS) as server:
        prepare(server, preparing)
        page = await watched.open(f"{server.url}#/acme")
        await present(page, key)
        links = page.get_by_role("navigation", name="Pages").get_by_role("link")
        await expect(links).to_have_text(sight.pages)
        # The first page that may be seen is the one that is shown.
        await expect(links.first).to_have_attribute("aria-current", "page")
        for name in sight.pages:
            await links.filter(has_text=name).click()
            await look_at(page, name, sight)
        await expect(page.get_by_text("You may not do this")).to_have_count(0)
        for closed in {"history", "reports", "what-if", "workflows"} if role in OWN else ():
            await page.goto(f"{server.url}#/acme/{closed}")
            await expect(page.get_by_text("You may not do this in this account.")).to_be_visible()
        assert not any("WatchStatuses" in each for each in watched.requested if role in OWN | {"auditor", "planner"})
        await watched.leave()


async def look_at(page: Page, name: str, sight: Sight) -> None:
    if name == "Board":
        await expect(page.get_by_role("link", name="ben", exact=True)).to_be_visible()
        await expect(page.get_by_role("button", name="Set status of ben")).to_have_count(int(sight.sets))
        await expect(page.get_by_label("Select all that are shown", exact=True)).to_have_count(int(sight.sets))
        await page.get_by_role("link", name="ben", exact=True).click()
        await expect(page.get_by_role("heading", name="ben")).to_be_visible()
        await expect(page.get_by_role("button", name="Set status")).to_have_count(int(sight.sets))
        await expect(page.get_by_role("button", name="Name and team")).to_have_count(int(sight.keeps))
        await expect(page.get_by_role("button", name="Erase")).to_have_count(int(sight.keeps))
    elif name == "My status":
        await expect(page.get_by_role("heading", name="ann")).to_be_visible()
        await expect(page.get_by_text("ben")).to_have_count(0)
        button = page.get_by_role("button", name="Change my status")
        await expect(button).to_have_count(int(sight.sets))
        if sight.sets:
            # The element of the agent's package, which also says that the agent is at work.
            await button.click()
            await page.get_by_role("radio", name="Away").check()
            await page.get_by_role("combobox", name="For how long").select_option("30m")
            await page.get_by_role("button", name="Set", exact=True).click()
            await expect(page.get_by_role("button", name="My status: Away until")).to_be_visible()
            await expect(page.get_by_text("Connected")).to_be_visible()
    elif name == "History":
        await expect(page.get_by_role("link", name="ben", exact=True).first).to_be_visible()
    elif name == "Reports":
        await expect(page.get_by_text("Days and times in UTC")).to_be_visible()
        await expect(page.get_by_role("button", name="ben", exact=True)).to_be_visible()
    elif name == "What if":
        await expect(page.get_by_role("button", name="Try")).to_be_visible()
    else:
        switch = page.get_by_role("switch", name="Automated status switch")
        await (expect(switch).to_be_enabled() if sight.saves else expect(switch).to_be_disabled())
        await expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(int(sight.saves))
        await expect(page.get_by_text("You may see these settings")).to_have_count(int(not sight.saves))
        restore = page.get_by_role("button", name="Restore")
        await expect(page.get_by_text("History of settings")).to_be_visible()
        zone = page.get_by_label("Time zone", exact=True)
        await (expect(zone).to_be_enabled() if sight.saves else expect(zone).to_be_disabled())
        await (expect(restore.first).to_be_visible() if sight.saves else expect(restore).to_have_count(0))


async def test_a_role_without_pages_is_told_whom_to_ask(watched: Watched, tmp_path: Path) -> None:
    watched.expected = re.compile("401")
    key = key_of(tmp_path, "collector")
    async with served(tmp_path, *KEYS) as server:
        page = await watched.open(f"{server.url}#/acme/board")
        await present(page, key)
        await expect(page.get_by_text("You may not see the account")).to_be_visible()
        await expect(page.get_by_role("navigation")).to_have_count(0)
        await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        await watched.leave()


async def test_a_refusal_of_the_server_is_put_in_words(watched: Watched, tmp_path: Path) -> None:
    watched.expected = re.compile("401|403")
    preparing, key = created_key(tmp_path, "root", "admin"), key_of(tmp_path, "backend")
    async with served(tmp_path, *KEYS) as server:
        prepare(server, preparing)
        page = await watched.open("about:blank")

        # As if the page were wrong about what the caller may do.
        async def more(route: object) -> None:
            response = await route.fetch()  # type: ignore[attr-defined]
            body = await response.body()
            await route.fulfill(response=response, body=body.replace(b"activity.write", b"workflow.write"))  # type: ignore[attr-defined]

        await page.context.route("**/GetCaller", more)
        await page.goto(f"{server.url}#/acme/workflows")
        await present(page, key)
        await page.get_by_role("switch", name="Automated status switch").click()
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(page.get_by_role("alert").get_by_text("You may not do this in this account.")).to_be_visible()
        await watched.leave()
