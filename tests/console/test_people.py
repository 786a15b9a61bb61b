"""People and teams, as supervisors and administrators deal with them: names, moves, settings of a team, erasure."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.error import HTTPError

import pytest
from playwright.async_api import Page, expect
from tests.console.boards import board, is_live, row
from tests.console.console import Served, Watched, served
from tests.console.keys import created_key, present

pytestmark = pytest.mark.timeout(240)


def be_there(server: Served, *names: str) -> None:
    for name in names:
        server.call("RecordActivity", accountId="acme", userId=name)


def update_user(server: Served, user_id: str, **fields: str) -> None:
    server.call("UpdateUser", user={"accountId": "acme", "userId": user_id, **fields})


async def rename(page: Page, who: str, **fields: str) -> None:
    """Open a person's page from the board, give them what is to be filled in, and go back."""
    await page.get_by_role("link", name=who, exact=True).click()
    await page.get_by_role("button", name="Name and team").click()
    dialog = page.get_by_role("dialog")
    for label, text in fields.items():
        await dialog.get_by_label(re.compile(f"^{label}")).fill(text)
    await dialog.get_by_role("button", name="Save").click()
    await expect(dialog).to_have_count(0)
    await page.get_by_role("link", name="Back to the board").click()


async def test_a_supervisor_names_people_and_runs_a_team_and_another_one_sees_it(
    watched: Watched, server: Served
) -> None:
    be_there(server, "4711", "4712", "ben")
    server.call("UpdateWorkflow", workflow={"accountId": "acme", "enabled": True, "awayAfter": "3600s"})
    kim, lee = await board(watched, server), await board(watched, server)

    await rename(kim, "4711", Name="Ann Lee", Team="night")
    await expect(row(lee, "Ann Lee")).to_contain_text("night")
    await rename(kim, "4712", Name="Émile Roy", Team="night")
    await kim.get_by_role("searchbox").fill("emile")
    await expect(kim.get_by_role("link", name="Émile Roy")).to_be_visible()
    await expect(row(kim, "Ann Lee")).to_have_count(0)
    await kim.get_by_role("searchbox").fill("4711")
    await expect(row(kim, "Ann Lee")).to_be_visible()
    await kim.get_by_role("searchbox").fill("")
    await lee.get_by_role("combobox", name="Team").select_option("night")
    await expect(lee).to_have_url(re.compile(r"/board\?team=night$"))
    await expect(lee.get_by_role("button", name="All 2")).to_be_visible()
    await expect(row(lee, "ben")).to_have_count(0)

    # Of the team's own settings nobody but the team knows.
    await kim.get_by_role("link", name="Settings").click()
    await kim.get_by_role("combobox", name="Team").select_option("night")
    await expect(kim.get_by_text("follows the account").last).to_be_visible()
    await kim.get_by_role("button", name="Give this team its own").click()
    await kim.get_by_role("textbox", name="Switch to Away after").fill("2")
    await kim.get_by_label("Switch to Away after: unit", exact=True).select_option("s")
    await expect(kim.locator(".preview")).to_contain_text("Switched at once: 2 people to Away")
    await expect(kim.locator(".preview .switches")).to_contain_text("Émile Roy")
    await kim.get_by_role("button", name="Save", exact=True).click()
    await expect(kim.get_by_text("Team \u2068night\u2069 has settings of its own.")).to_be_visible()
    await expect(row(lee, "Ann Lee")).to_contain_text(re.compile("Away.*inactive", re.DOTALL))
    await expect(kim.locator(".settings-history")).to_contain_text("Got settings of its own.")

    # One of three is erased while they are being chosen, and is not made anew.
    await kim.goto(f"{server.url}#/acme/board")
    await is_live(kim)
    await expect(row(kim, "ben")).to_contain_text("Online")
    be_there(server, "gone")
    for name in ("Ann Lee", "ben", "gone"):
        await kim.get_by_role("checkbox", name=f"Select {name}").check()
    await kim.get_by_role("button", name="Set status …").first.click()
    server.call("DeleteUser", accountId="acme", userId="gone")
    await expect(row(kim, "gone")).to_have_count(0)
    await kim.get_by_role("radio", name="Offline").check()
    await kim.get_by_role("button", name="Set status", exact=True).click()
    dialog = kim.get_by_role("dialog")
    await expect(dialog).to_contain_text("Not set: 1 person. Set: 2 people.")
    await expect(dialog.get_by_role("listitem")).to_have_text(
        ["erased person: was erased meanwhile", "Ann Lee: set", "ben: set"]
    )
    await dialog.get_by_role("button", name="Close").click()
    await expect(row(lee, "Ann Lee")).to_contain_text("Offline")

    # Back in the account, under its settings.
    await rename(kim, "Émile Roy", Team="")
    await expect(lee.get_by_role("button", name="All 1")).to_be_visible()
    await lee.get_by_role("combobox", name="Team").select_option("")
    await expect(row(lee, "Émile Roy")).not_to_contain_text("night")

    await lee.get_by_role("link", name="Ann Lee", exact=True).click()
    await expect(lee.get_by_role("heading", name="Ann Lee")).to_be_visible()
    await kim.get_by_role("link", name="Ann Lee", exact=True).click()
    await kim.get_by_role("button", name="Erase …").click()
    erase = kim.get_by_role("alertdialog")
    await erase.get_by_role("textbox").fill("4712")
    await expect(erase.get_by_role("button", name="Erase for good")).to_be_disabled()
    await erase.get_by_role("textbox").fill("4711")
    await erase.get_by_role("textbox").press("Enter")
    for page in (kim, lee):
        await expect(page.get_by_role("heading", name="This person has been erased.")).to_be_visible()
        await expect(page).to_have_url(re.compile("person/$"))
        assert "4711" not in await page.title()
        await page.get_by_role("link", name="Back to the board").click()
        await expect(page.get_by_role("button", name="All 2")).to_be_visible()
        await expect(row(page, "Ann Lee")).to_have_count(0)
    await kim.get_by_role("link", name="History").click()
    await expect(kim.get_by_role("row").filter(has_text="erased person").first).to_be_visible()
    await expect(kim.get_by_text("Ann Lee")).to_have_count(0)


async def test_an_administrator_creates_and_erases_an_account_where_they_are_declared(
    watched: Watched, tmp_path: Path
) -> None:
    watched.expected = re.compile("401")
    admin = created_key(tmp_path, "root", "admin")
    supervisor = created_key(tmp_path, "kim", "supervisor", "--account", "acme", "--account", "northwind")
    async with served(tmp_path, "--key-file", "keys", "--accounts", "declared") as server:
        with pytest.raises(HTTPError):
            server.call_as(admin, "RecordActivity", accountId="acme", userId="ann")
        page = await watched.open(server.url)
        await present(page, admin)
        await page.get_by_text("Create an account").click()
        await page.get_by_label("New account", exact=True).fill("acme")
        await page.get_by_role("button", name="Create", exact=True).click()
        await expect(page.get_by_text("Created:")).to_be_visible()
        server.call_as(admin, "RecordActivity", accountId="acme", userId="ann")

        other = await watched.open(f"{server.url}#/acme/board")
        await present(other, supervisor)
        await expect(row(other, "ann")).to_be_visible()
        await page.get_by_role("button", name="Erase the account acme").click()
        erase = page.get_by_role("alertdialog")
        await erase.get_by_role("textbox").fill("acme")
        await erase.get_by_role("button", name="Erase for good").click()
        await expect(erase).to_have_count(0)
        await expect(page.get_by_role("link", name="acme")).to_have_count(0)
        await expect(other.get_by_text("Nobody has been seen in this account yet.")).to_be_visible()
        await other.goto(f"{server.url}#/")
        await expect(other.get_by_role("link", name="northwind")).to_be_visible()
        await expect(other.get_by_text("Create an account")).to_have_count(0)
        await expect(other.get_by_role("button", name="Erase the account")).to_have_count(0)
        await watched.leave()


async def test_a_page_that_could_not_be_loaded_says_so_and_is_tried_again(watched: Watched, server: Served) -> None:
    watched.expected = re.compile("Failed to (load|fetch)|ERR_")
    be_there(server, "ann")
    page = await board(watched, server)
    await page.route("**/page-*.js", lambda route: route.abort("connectionrefused"))
    await page.get_by_role("link", name="ann", exact=True).click()
    await expect(page.get_by_text("This part of the pages could not be loaded.")).to_be_visible()
    await page.unroute("**/page-*.js")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("heading", name="ann")).to_be_visible()


async def test_one_of_two_people_of_one_name_is_told_by_id_and_found_in_the_history_by_it(
    watched: Watched, server: Served
) -> None:
    be_there(server, "1", "2", "3")
    for user_id, name in (("1", "Ann Lee"), ("2", "ann lee"), ("3", "\u202eeel nna")):
        update_user(server, user_id, displayName=name)
    page = await board(watched, server)
    for link in ("Ann Lee 1", "ann lee 2", "\ufffdeel nna"):
        await expect(page.get_by_role("link", name=link, exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Set status of Ann Lee (1)")).to_be_visible()
    await page.get_by_role("link", name="History").click()
    rows = page.locator(".rows-all [role=row]")
    await page.get_by_label("Person", exact=True).fill("ann lee")
    await expect(page.get_by_text("Several people have this name.")).to_be_visible()
    await page.get_by_label("Person", exact=True).fill("2")
    await expect(rows).to_have_count(1)
    update_user(server, "1", displayName="Ida")
    await page.get_by_label("Person", exact=True).fill("")
    await expect(rows).to_have_count(3)
    await page.get_by_label("Person", exact=True).fill("ANN LEE")
    await expect(rows).to_have_count(1)
    server.call("DeleteUser", accountId="acme", userId="2")
    await expect(rows).to_have_text(re.compile("erased person"))
