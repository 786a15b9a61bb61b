"""Reports: a day of a team, time in status, and how many there were, with the figures of the API."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, Route, expect
from tests.console.care_team import DAY, HOUR, MIDNIGHT, NOW, TEAM, Deed, care_team
from tests.console.care_team import Team as Server
from tests.console.console import Watched, call
from tests.grpc.wire import MINUTE

from onduty.v1 import status_pb2 as pb

ELSEWHERE_ON_EARTH = {"timezone_id": "America/New_York"}
"""A reader whose days are not those of the account."""


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    async with care_team(tmp_path_factory.mktemp("reports")) as (server, _):
        yield server


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def left(watched: Watched, server: Server) -> AsyncIterator[None]:
    """Pages go before the server does."""
    yield
    await watched.leave()


async def blank(watched: Watched, *, now: int = NOW, **options: Any) -> Page:
    """A page of a browser whose clock is that of the server."""
    page = await watched.blank(**ELSEWHERE_ON_EARTH | options)
    await page.clock.set_fixed_time(datetime.fromtimestamp(now / 1_000, UTC))
    return page


async def opened(watched: Watched, server: Server, address: str, **options: Any) -> Page:
    page = await blank(watched, **options)
    await page.goto(f"{server.url}#/{address}")
    return page


async def asked(server: Server, method: str, start: int, end: int, **fields: Any) -> Any:
    """What the API answers."""
    times = {"startTime": rfc3339(start), "endTime": rfc3339(end)}
    return await asyncio.to_thread(call, server.url, method, **{"accountId": TEAM, **times, **fields})


def rfc3339(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1_000, UTC).isoformat().replace("+00:00", "Z")


def ms_of(duration: str) -> int:
    return round(float(duration.removesuffix("s")) * 1_000)


def length(ms: int) -> str:
    """A length as the pages write it."""
    if ms == 0:
        return "0"
    if ms >= 1_000 * HOUR:
        return f"{int(ms / HOUR + 0.5):,} h"
    hours, minutes = divmod(int(ms / MINUTE + 0.5), 60)
    return " ".join([f"{hours:,} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes or not hours))


def moment(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1_000)


def times_of(buckets: list[Any]) -> dict[str, int]:
    """The times of all buckets, in ms."""
    found = dict.fromkeys(("ONLINE", "AWAY", "OFFLINE", "UNKNOWN"), 0)
    for bucket in buckets:
        for time in bucket.get("times", ()):
            found[time["status"].removeprefix("STATUS_")] += ms_of(time["duration"])
        found["UNKNOWN"] += ms_of(bucket.get("unknown", "0s"))
    return found


async def figures(page: Page) -> dict[str, list[str]]:
    """The figures of the rows that are drawn, by whom or what they are of."""
    rows: list[list[str]] = await page.locator(".rows-all .row").evaluate_all(
        "all => all.map(row => [...row.querySelectorAll('.person, .time, .figure')].map(e => e.textContent.trim()))"
    )
    return {name: rest for name, *rest in rows}


async def saved(page: Page, name: str) -> list[dict[str, str]]:
    """The rows of the file that the page writes."""
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name=re.compile("CSV")).click()
    download = await downloading.value
    assert download.suggested_filename == name
    text = (await asyncio.to_thread(Path(await download.path()).read_bytes)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


async def test_a_supervisor_sees_yesterday_then_the_week_then_how_many_there_were(
    watched: Watched, server: Server
) -> None:
    page = await opened(watched, server, f"{TEAM}/board", viewport={"width": 1280, "height": 1_600})
    await page.get_by_role("link", name="Reports").click()
    await expect(page).to_have_title("Reports · acme · onduty")
    await expect(page.get_by_text("42 people · so far, as of 14:32 · Days and times in Europe/Berlin")).to_be_visible()

    # A day of a team: one row a person.
    await page.get_by_role("combobox", name="Team").select_option("day")
    await page.get_by_role("combobox", name="Period").select_option("yesterday")
    rows = page.locator(".rows-all .row")
    await expect(rows).to_have_count(11)
    await expect(page.get_by_text("11 people · Days and times in Europe/Berlin")).to_be_visible()
    told = await asked(server, "ListTimelines", MIDNIGHT - DAY, MIDNIGHT, teamId="day", pageSize=1_000)
    expected = {}
    for each in told["timelines"]:
        times = dict.fromkeys(("ONLINE", "AWAY", "OFFLINE", "UNKNOWN"), 0)
        for part in each["intervals"]:
            kind = part.get("status", "UNKNOWN").removeprefix("STATUS_")
            times[kind] += moment(part["endTime"]) - moment(part["startTime"])
        expected[each["displayName"]] = [length(ms) for ms in times.values()]
    assert await figures(page) == expected
    of_ada = next(each for each in told["timelines"] if each["userId"] == "ada.lindqvist")
    await page.get_by_role("button", name="Ada Lindqvist").click()
    day = page.get_by_role("dialog", name="Ada Lindqvist")
    await expect(day.locator("tbody tr")).to_have_count(len(of_ada["intervals"]))
    await expect(day.locator("tbody tr").first).to_contain_text(re.compile("00:00:00 .*Unknown.*not seen yet"))
    await expect(day.locator("rect title").nth(1)).to_have_text(re.compile(r"^Online, Activity: 1\d:\d\d:\d\d "))
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Ada Lindqvist")).to_be_focused()
    parts = [
        (each["userId"], moment(part["startTime"]), part.get("status", "UNKNOWN").removeprefix("STATUS_"))
        for each in told["timelines"]
        for part in each["intervals"]
    ]
    written = await saved(page, "acme-timeline-2026-11-25.csv")
    assert sorted((e["user_id"], moment(e["start_utc"]), e["status"]) for e in written) == sorted(parts)
    await page.get_by_role("combobox", name="Shown as").select_option("table")
    await expect(page.get_by_role("grid")).to_have_attribute("aria-rowcount", str(len(parts) + 1))

    # The week, of everybody: a bar a person, then a bar a day.
    await page.get_by_role("combobox", name="Shown as").select_option("picture")
    await page.get_by_role("link", name="Time in status").click()
    await page.get_by_role("combobox", name="Team").select_option("")
    await page.get_by_role("combobox", name="Period").select_option("week")
    await expect(page.get_by_text("42 people · so far, as of 14:32")).to_be_visible()
    week = (MIDNIGHT - 3 * DAY, MIDNIGHT + 4 * DAY)
    told = await asked(server, "SummarizeTime", *week, group="TIME_GROUP_USER", pageSize=1_000)
    expected = {
        each["displayName"]: [length(ms) for ms in times_of(each["buckets"]).values()] for each in told["summaries"]
    }
    drawn = await figures(page)
    assert len(drawn) > 30
    assert drawn.items() <= expected.items()
    written = await saved(page, "acme-time-2026-11-23-2026-11-29.csv")
    online = {each["userId"]: times_of(each["buckets"])["ONLINE"] for each in told["summaries"]}
    assert {each["user_id"]: round(float(each["online_seconds"]) * 1_000) for each in written} == online
    assert {(each["elsewhere"], each["connected"]) for each in written} == {("0:00:00", "")}
    await page.get_by_role("combobox", name="Bars").select_option("day")
    await expect(rows).to_have_count(4)
    told = await asked(server, "SummarizeTime", *week, bucket="BUCKET_DAY")
    by_day = [[length(ms) for ms in times_of([each]).values()] for each in told["summaries"][0]["buckets"]]
    assert [*(await figures(page)).values()] == by_day
    total = page.get_by_role("list").filter(has_text="Online")
    await expect(total).to_contain_text(f"Online {length(sum(online.values()))}")
    await expect(total).to_contain_text("(not seen yet, erased since, or of days of another time zone)")

    # How many there were.
    await page.get_by_role("link", name="Coverage").click()
    told = await asked(server, "CountByStatus", *week, step="BUCKET_HOUR")
    counts = [[int(each.get(name, 0)) for name in ("online", "away", "offline")] for each in told["counts"]]
    most = max(online for online, _, _ in counts)
    await expect(page.get_by_text(f"Most people Online: {most}, at")).to_be_visible()
    curve = page.get_by_role("slider", name="How many people were in each status")
    await curve.focus()
    await page.keyboard.press("End")
    words = "Online {} · Away {} · Offline {}".format(*counts[-1])
    await expect(curve).to_have_attribute("aria-valuetext", f"Thu, Nov 26, 14:00: {words}")
    await page.keyboard.press("Home")
    await expect(page.locator(".readout")).to_have_text("Mon, Nov 23, 00:00: Online 0 · Away 0 · Offline 0")
    written = await saved(page, "acme-coverage-2026-11-23-2026-11-29.csv")
    assert [[int(each[name]) for name in ("online", "away", "offline")] for each in written] == counts
    await page.get_by_role("combobox", name="Shown as").select_option("table")
    await expect(page.get_by_role("grid")).to_have_attribute("aria-rowcount", str(len(counts) + 1))
    assert (await figures(page))["Mon, Nov 23, 00:00"] == ["0", "0", "0"]


async def test_days_are_chosen_by_date_and_wrong_ones_are_said(watched: Watched, server: Server) -> None:
    page = await opened(watched, server, f"{TEAM}/reports/time", locale="de-DE")
    await page.get_by_role("combobox", name="Zeitraum").select_option(label="Andere Tage")
    await page.get_by_label("Erster Tag", exact=True).fill("2026-11-26")
    await expect(page.get_by_text("Wählen Sie einen ersten und einen letzten Tag.")).to_be_visible()
    await page.get_by_label("Letzter Tag", exact=True).fill("2026-11-26")
    await expect(
        page.get_by_text("42 Personen · bisher, Stand 14:32 · Tage und Zeiten in Europe/Berlin")
    ).to_be_visible()
    await page.get_by_label("Erster Tag", exact=True).fill("2024-11-26")
    await expect(page.get_by_text("Wählen Sie höchstens 366 Tage.")).to_be_visible()
    # The day on which the clocks were put back has 25 hours.
    await page.get_by_label("Erster Tag", exact=True).fill("2026-10-25")
    await page.get_by_role("combobox", name="Balken").select_option(label="Je Tag")
    await expect(page.locator(".rows-all .row").first).to_have_text(re.compile(r"^So., 25. Okt. 25 h"))
    await page.get_by_role("link", name="Zeitstrahl").click()
    await page.get_by_role("combobox", name="Zeitraum").select_option(label="Anderer Tag")
    await page.get_by_label("Tag", exact=True).fill("2026-11-20")
    await expect(page.get_by_text("Über diesen Zeitraum ist nichts bekannt.")).to_be_visible()


async def test_a_failure_is_said_and_can_be_tried_again(watched: Watched, server: Server) -> None:
    watched.expected = re.compile("ERR_FAILED")
    page = await blank(watched)
    await page.route("**/GetAccount", lambda route: route.abort())
    await page.route("**/CountByStatus", lambda route: route.abort())
    await page.goto(f"{server.url}#/{TEAM}/reports/coverage")
    for method, is_read in (("GetAccount", "Days and times in Europe/Berlin"), ("CountByStatus", "Most people Online")):
        await expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached.")
        await page.unroute(f"**/{method}")
        await page.get_by_role("button", name="Try again").click()
        await expect(page.get_by_text(is_read)).to_be_visible()
    await expect(page.get_by_role("alert")).to_have_count(0)
    await page.goto(f"{server.url}#/{TEAM}/reports/elsewhere")
    await expect(page.get_by_text("There is no such page.")).to_be_visible()


async def test_a_turn_is_waited_for_and_what_is_too_much_is_said(watched: Watched, server: Server) -> None:
    watched.expected = re.compile("429|Failed to load resource")
    page = await blank(watched)
    answers = [busy(retry="0.010s"), busy(retry=""), None]

    async def answer(route: Route) -> None:
        body = answers.pop(0)
        await (route.continue_() if body is None else route.fulfill(status=429, json=body))

    await page.route("**/CountByStatus", answer)
    await page.goto(f"{server.url}#/{TEAM}/reports/coverage")
    await expect(page.get_by_role("alert")).to_contain_text("Choose fewer days, or a team.")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_text("Most people Online")).to_be_visible()


async def test_what_is_no_longer_known_of_the_curve_is_hatched_and_told(watched: Watched, server: Server) -> None:
    async def answer(route: Route) -> None:
        answered = await route.fetch()
        found = pb.CountByStatusResponse.FromString(await answered.body())
        found.counts[0].unknown = True
        await route.fulfill(response=answered, body=found.SerializeToString())

    page = await blank(watched)
    await page.route("**/CountByStatus", answer)
    await page.goto(f"{server.url}#/{TEAM}/reports/coverage")
    legend = page.get_by_text("Unknown (what was at which time is no longer kept)")
    await expect(legend).to_be_visible()
    await page.unroute("**/CountByStatus")
    await page.get_by_role("button", name="Refresh").click()
    await expect(legend).to_have_count(0)


def busy(*, retry: str) -> dict[str, Any]:
    """An answer that there is too much at a time, and when to call again if that helps."""
    again = {"type": "google.rpc.RetryInfo", "value": "", "debug": {"retryDelay": retry}}
    return {"code": "resource_exhausted", "message": "busy", "details": [again] * bool(retry)}


async def test_the_time_zone_is_a_setting_of_the_account(watched: Watched, server: Server) -> None:
    watched.expected = re.compile("400.*UpdateAccount")
    page = await opened(watched, server, "zones/workflows")
    zone = page.get_by_label("Time zone", exact=True)
    await expect(zone).to_have_value("UTC")
    save = page.get_by_role("button", name="Save time zone")
    await expect(save).to_be_disabled()
    await zone.fill("Mars/Olympus")
    await save.click()
    await expect(page.get_by_text("This is not the name of a time zone")).to_be_visible()
    await zone.fill("Asia/Kolkata")
    await page.keyboard.press("Enter")
    await expect(page.locator(".account-zone").get_by_text("Saved.")).to_be_visible()
    account = await asyncio.to_thread(call, server.url, "GetAccount", accountId="zones")
    assert account["account"]["timeZone"] == "Asia/Kolkata"
    await page.get_by_role("link", name="Reports").click()
    await expect(page.get_by_text("Days and times in Asia/Kolkata")).to_be_visible()


async def test_who_was_erased_moved_or_not_seen_yet_is_told_so(watched: Watched, server: Server) -> None:
    # It is the last test: the time of the server goes on.
    later = NOW + 80 * MINUTE
    for user in ("ann", "ben", "cleo"):
        await server.do(Deed(NOW, user, pb.STATUS_ONLINE, "", user), "shift")
        await server.introduce(user, user.title(), "day", "shift")
    server.clock.set(NOW + 20 * MINUTE)
    await server.introduce("ben", "Ben", "night", "shift")
    server.clock.set(NOW + 40 * MINUTE)
    await asyncio.to_thread(call, server.url, "DeleteUser", accountId="shift", userId="cleo")
    server.clock.set(later)
    page = await opened(watched, server, "shift/reports/timeline?team=day", now=later)
    rows = page.locator(".rows-all .row")
    await expect(rows).to_have_count(3)
    await expect(page.locator(".legend")).to_contain_text("Unknown (not seen yet, erased since)")
    heads = await page.locator(".rows-head .figure").all_text_contents()
    assert heads == ["Online", "Away", "Offline", "Other team", "Unknown"]
    seen = length(NOW % DAY)
    assert await figures(page) == {
        "Ann": ["1 h 20 min", "0", "0", "0", seen],
        "Ben": ["20 min", "0", "0", "1 h", seen],
        "erased person": ["40 min", "0", "0", "0", length(NOW % DAY + 40 * MINUTE)],
    }
    await page.get_by_role("button", name="erased person").click()
    await expect(page.get_by_role("dialog", name="The day of erased person").locator("tbody tr").last).to_contain_text(
        "erased since"
    )
    await page.get_by_role("button", name="Close").click()
    await asyncio.to_thread(call, server.url, "DeleteUser", accountId="shift", userId="ann")
    await expect(page.get_by_role("button", name="erased person")).to_have_count(2)
    await expect(page.get_by_text("Ann")).to_have_count(0)
