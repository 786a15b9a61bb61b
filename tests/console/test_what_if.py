"""What if: a log is tried in the page, with the figures of the command line."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect
from tests.console.axe import violations
from tests.console.console import Served, Watched
from tests.fork_server import run

DATA = Path(__file__).parents[1] / "data"
CASES = DATA / "cases"
TRIED = "What these periods would have done"
OTHER = "What the other periods would have done"
IN_FORCE = "What those in force would have done"


async def simulated(log: Path, *options: str) -> Any:
    """The summary of `onduty simulate`."""
    written = await asyncio.to_thread(run, DATA, "simulate", str(log), "--json", *options)
    return json.loads(written)["summary"]


async def opened(watched: Watched, server: Served, **options: Any) -> Page:
    page = await watched.open(f"{server.url}#/acme/what-if", **options)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


async def tried(page: Page, log: Path | dict[str, Any]) -> None:
    await page.get_by_label("Activity log", exact=True).set_input_files(log)  # type: ignore[arg-type]
    await page.get_by_role("button", name="Try", exact=True).click()


async def figures(page: Page, title: str) -> dict[str, str]:
    """The figures of one summary, by what they are called."""
    rows = page.get_by_role("region", name=title).locator(".bar-row")
    texts = await rows.evaluate_all("all => all.map(row => [row.children[0].innerText, row.children[2].innerText])")
    return {label.strip(): value for label, value in texts}


def told(summary: Any) -> dict[str, str]:
    """What the page has to say for a summary of the command line."""

    def count(*pairs: tuple[str, str]) -> str:
        return f"{sum(e['count'] for e in summary['switches'] if (e['previous_status'], e['status']) in pairs):,}"

    demoted = (("ONLINE", "AWAY"), ("ONLINE", "OFFLINE"), ("AWAY", "OFFLINE"))
    resumed = (("AWAY", "ONLINE"), ("OFFLINE", "ONLINE"))
    total = sum(summary["seconds_in_status"].values()) or 1
    shares = {
        status.title(): f"{100 * seconds / total:.1f}%" for status, seconds in summary["seconds_in_status"].items()
    }
    groups = {"By inactivity": count(*demoted), "Back by an activity": count(*resumed)}
    return shares | groups | {f"{a.title()} → {b.title()}": count((a, b)) for a, b in (*demoted, *resumed)}


async def test_the_figures_are_those_of_the_command_line_beside_those_in_force(
    watched: Watched, server: Served
) -> None:
    log = DATA / "support-chat.csv"
    in_force = {"enabled": True, "awayAfter": "180s", "offlineAfter": "1800s", "resume": "RESUME_FROM_AWAY_OR_OFFLINE"}
    server.call("UpdateWorkflow", workflow={"accountId": "acme", **in_force})
    page = await opened(watched, server)
    # It begins with what is in force.
    await expect(page.get_by_label("Switch to Away after", exact=True)).to_have_value("3")
    await page.get_by_label("Switch to Away after", exact=True).fill("10")
    await tried(page, log)
    await expect(page.get_by_text(re.compile("support-chat.csv.*298 people, 3,469 activities"))).to_be_visible()
    await expect(page.get_by_role("region", name=IN_FORCE)).to_be_visible()
    options = ("--offline-after", "30m", "--resume", "from-away-or-offline")
    for title, away, soon in ((TRIED, "10m", "17 of 544"), (IN_FORCE, "3m", "196 of 1,108")):
        summary = await simulated(log, "--away-after", away, *options)
        assert await figures(page, title) == told(summary)
        region = page.get_by_role("region", name=title)
        share = 100 * summary["active_within_1m_after_away"] / int(soon.rpartition(" ")[2].replace(",", ""))
        await expect(region).to_contain_text(f"after Away: {soon} switches to Away ({share:.1f}%)")
        await expect(region).to_contain_text(f"{summary['ignored_activities']:,} of 3,469 activities")
    await expect(page.get_by_text("They do not prove it")).to_be_visible()
    # The account is as it was.
    assert server.call("GetWorkflow", accountId="acme")["workflow"]["awayAfter"] == "180s"
    assert "userStatuses" not in server.call("ListStatuses", accountId="acme")


async def test_two_workflows_stand_side_by_side_with_what_would_have_been_otherwise(
    watched: Watched, server: Served
) -> None:
    page = await opened(watched, server)
    await page.get_by_role("combobox", name="Compare with").select_option("other")
    others = page.get_by_role("group", name="Periods to compare with")
    await expect(others.get_by_label("Switch to Away after", exact=True)).to_have_value("5")
    await others.get_by_label("Switch to Away after", exact=True).fill("")
    await expect(page.get_by_role("button", name="Try", exact=True)).to_be_disabled()
    await others.get_by_label("Switch to Away after", exact=True).fill("3")
    await page.get_by_label("Activity log", exact=True).set_input_files(DATA / "support-chat.csv")
    await page.get_by_role("button", name="Try", exact=True).click()
    await expect(page.get_by_role("region", name=OTHER)).to_be_visible()
    options = ("--offline-after", "30m", "--away-after")
    summaries = [await simulated(DATA / "support-chat.csv", *options, each) for each in ("10m", "3m")]
    for title, summary in zip((TRIED, OTHER), summaries, strict=True):
        assert await figures(page, title) == told(summary)
    one, other = (each["active_within_1m_after_away"] for each in summaries)
    share = round(100 * (other - one) / other)
    compared = f"With 10 min instead of 3 min: {share}% fewer false Aways ({one} instead of {other})."
    await expect(page.locator(".compared")).to_have_text(compared)
    # Both curves are drawn to one scale.
    tops = await page.locator(".curve .ticks span:last-child").all_text_contents()
    assert len(tops) == 2
    assert len({*tops}) == 1
    # The days below them can be read, of a month as well.
    marks = (
        await page.locator(".curve .marks")
        .first.locator("span:visible")
        .evaluate_all("all => all.map(mark => [mark.getBoundingClientRect().left, mark.getBoundingClientRect().right])")
    )
    assert len(marks) > 1
    assert all(end < start for (_, end), (start, _) in pairwise(marks))
    # With another period for Offline too, the sentence does not put it down to that for Away.
    await others.get_by_label("Switch to Offline after", exact=True).fill("45")
    await page.get_by_role("button", name="Try", exact=True).click()
    await expect(page.locator(".compared")).to_contain_text("With these periods instead of the other ones: ")
    await page.get_by_role("combobox", name="Compare with").select_option("none")
    await page.get_by_role("button", name="Try", exact=True).click()
    await expect(page.get_by_role("region", name=TRIED)).to_be_visible()
    await expect(page.locator(".compared")).to_have_count(0)


@pytest.mark.parametrize(
    "name", ["semicolons.csv", "spaces.csv", "newest-first.csv", "utc-suffix.csv", "cut.csv", "epoch.csv"]
)
async def test_logs_as_other_systems_write_them(watched: Watched, server: Served, name: str) -> None:
    page = await opened(watched, server)
    options = ["--away-after", "10m", "--offline-after", "30m"]
    await page.get_by_label("Activity log", exact=True).set_input_files(CASES / name)
    if name == "epoch.csv":
        await expect(page.get_by_text("Choose which column holds the times")).to_be_visible()
        await expect(page.get_by_role("button", name="Try", exact=True)).to_be_disabled()
        await page.get_by_role("combobox", name="Column of times").select_option("date_first")
        await expect(page.get_by_role("combobox", name="Times are").locator("option:checked")).to_have_text(
            "seconds since 1970"
        )
        options += ["--columns", "time=date_first", "--time-format", "epoch-s"]
    await page.get_by_role("button", name="Try", exact=True).click()
    await expect(page.get_by_role("region", name=TRIED)).to_be_visible()
    assert await figures(page, TRIED) == told(await simulated(CASES / name, *options))
    warning = {"newest-first.csv": "sorted by time", "cut.csv": "left out"}.get(name)
    if warning:
        await expect(page.locator(".notice.warn")).to_contain_text(warning)


async def test_a_compressed_log_is_sent_as_it_is_whatever_it_is_called(
    watched: Watched, server: Served, tmp_path: Path
) -> None:
    log = tmp_path / "log.txt"
    log.write_bytes(gzip.compress((DATA / "support-chat.csv").read_bytes()))
    page = await opened(watched, server)
    await tried(page, log)
    await expect(page.get_by_text("298 people")).to_be_visible()


async def test_what_is_no_log_is_said_in_words(watched: Watched, server: Served) -> None:
    watched.expected = re.compile("400.*Simulate")
    page = await opened(watched, server)
    for content, said in (
        (b"activity_time,user_id\nyesterday,ann\n", "This log cannot be used: line 2"),
        (b"\xff\xfea\x00,\x00b\x00", "This log cannot be used:"),
        (b"", "This log cannot be used:"),
        (gzip.compress(b"activity_time,user_id\n")[:20], "This log cannot be used:"),
    ):
        await tried(page, {"name": "log.csv", "mimeType": "text/csv", "buffer": content})
        await expect(page.locator(".notice.error")).to_contain_text(said)
    await page.get_by_role("button", name="Remove Away period").click()
    await page.get_by_role("button", name="Remove Offline period").click()
    await expect(page.get_by_text("Add at least one period")).to_be_visible()
    await expect(page.get_by_role("button", name="Try", exact=True)).to_be_disabled()


async def test_what_is_too_long_is_said_before_and_after_it_is_sent(
    watched: Watched, server: Served, tmp_path: Path
) -> None:
    watched.expected = re.compile("Simulate")
    page = await opened(watched, server)
    log = tmp_path / "log.csv"
    drawn = random.Random(1)
    names = (f"2026-11-28T09:00:00Z,{drawn.randbytes(16).hex()}" for _ in range(80_000))
    log.write_text("activity_time,user_id\n" + "\n".join(names))
    await page.get_by_label("Activity log", exact=True).set_input_files(log)
    await expect(page.locator(".drop").get_by_text("More than 1 MB is taken only by")).to_be_visible()
    await page.get_by_role("button", name="Try", exact=True).click()
    await expect(page.locator(".notice.error")).to_contain_text("More than 1 MB is taken only by")
    longer = tmp_path / "longer.csv"
    with longer.open("wb") as file:
        file.truncate(33 * 1_024 * 1_024)
    await page.get_by_label("Activity log", exact=True).set_input_files(longer)
    await expect(page.locator(".notice.error")).to_contain_text("This file is longer than 32 MB.")
    await expect(page.get_by_role("button", name="Try", exact=True)).to_be_disabled()


async def test_a_try_can_be_cancelled_and_a_file_can_be_dropped(watched: Watched, server: Served) -> None:
    watched.expected = re.compile("ERR_FAILED|ERR_ABORTED")
    page = await opened(watched, server)
    arrived = asyncio.Event()

    async def hold(_: Route) -> None:
        arrived.set()

    await page.route("**/Simulate", hold)
    await page.locator(".drop").evaluate(
        """(element) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File(["activity_time,user_id\\n2026-11-28T09:00:00Z,ann\\n"], "dropped.csv"));
          const drop = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true });
          element.dispatchEvent(drop);
        }"""
    )
    await page.get_by_role("button", name="Try", exact=True).click()
    await arrived.wait()
    await expect(page.get_by_role("progressbar", name="The server is computing")).to_be_visible()
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_role("progressbar")).to_have_count(0)
    await expect(page.locator(".notice")).to_have_count(0)
    await page.unroute("**/Simulate")
    await page.get_by_role("button", name="Try", exact=True).click()
    await expect(page.get_by_text(re.compile("dropped.csv.*1 person, 1 activity"))).to_be_visible()


async def test_hostile_names_of_files_and_columns_are_shown_as_they_are(watched: Watched, server: Served) -> None:
    page = await opened(watched, server)
    content = "<script>alert(1)</script>,\u202euser,<b>\n2026-11-28T09:00:00Z,<img src=x onerror=alert(1)>,1\n"
    name = "<script>alert(1)<\u2215script>.csv"
    await page.get_by_label("Activity log", exact=True).set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
    )
    await page.get_by_role("combobox", name="Column of times").select_option("<script>alert(1)</script>")
    await page.get_by_role("combobox", name="Column of people").select_option("\u202euser")
    await page.get_by_role("button", name="Try", exact=True).click()
    await expect(page.get_by_text("1 person, 1 activity.")).to_be_visible()
    assert await page.locator("script:not([type=module])").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_and_the_keyboard_suffices(watched: Watched, server: Served, scheme: str) -> None:
    page = await opened(watched, server, color_scheme=scheme, bypass_csp=True, locale="de-DE", reduced_motion="reduce")
    # The page comes a moment after the frame around it.
    await expect(page.get_by_label("Aktivitätsprotokoll", exact=True)).to_be_attached()
    assert await violations(page) == [], "before"
    await page.get_by_label("Aktivitätsprotokoll", exact=True).set_input_files(CASES / "epoch.csv")
    await expect(page.get_by_text("Wählen Sie, welche Spalte")).to_be_visible()
    assert await violations(page) == [], "columns"
    await page.get_by_role("combobox", name="Spalte der Zeiten").focus()
    await page.keyboard.type("date")
    await page.get_by_label("Wechsel zu Abwesend nach", exact=True).focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("region", name="Was diese Fristen bewirkt hätten")).to_be_visible()
    assert await violations(page) == [], "after"
