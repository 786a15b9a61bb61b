"""`onduty report`, and the settings of an account, against a real server under a fake clock."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from tests.cli.conftest import Onduty
from tests.cli.test_remote import MINUTE, Remote, facts, remote, server
from tests.fakes import FakeClock

from onduty_client import AsyncClient, Page, Status
from onduty_server.cli.errors import Failure
from onduty_server.cli.remote.reports.asking import pages
from onduty_server.cli.remote.reports.ranges import parse_range
from onduty_server.cli.remote.reports.texts import Extent
from onduty_server.process.application import Application
from onduty_server.text.times import to_ms

__all__ = ["remote", "server"]

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = 60 * MINUTE
SUNDAY = ("--from", "2025-10-26", "--to", "2025-10-26")
"""A day of 25 hours in Berlin."""
FORMULA = "=1+1"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(to_ms(datetime(2025, 10, 25, 12, tzinfo=BERLIN)))


@pytest.fixture
async def history(server: Application, clock: FakeClock) -> AsyncIterator[AsyncClient]:
    """Two people of one team, and one without, from Saturday noon to Monday noon in Berlin.

    On Sunday, ada is ONLINE from 01:30 to the second 02:30 and a quarter of a second, which is two hours and that, then
    AWAY by hand; ben is OFFLINE from Saturday on; cleo is first seen at 08:00, moves to the team at 10:00, and is AWAY
    by inactivity from 08:10 on.
    """
    async with AsyncClient(f"127.0.0.1:{server.port}", actor="kim") as client:
        await client.update_account("acme", time_zone="Europe/Berlin")
        await client.update_workflow("acme", enabled=True, away_after=timedelta(minutes=10))
        for user in ("ada", "ben"):
            await client.set_status("acme", user, Status.OFFLINE)
            await client.update_user("acme", user, team_id="care", display_name=FORMULA if user == "ben" else "Ada, B.")
        sunday = to_ms(datetime(2025, 10, 26, tzinfo=BERLIN))
        for minutes in range(90, 211, 8):
            clock.set(sunday + minutes * MINUTE)
            if minutes == 90:
                await client.set_status("acme", "ada", Status.ONLINE)
            await client.record_activity("acme", "ada")
        clock.set(sunday + 210 * MINUTE + 250)
        await client.set_status("acme", "ada", Status.AWAY, reason="breakfast")
        clock.set(sunday + 9 * HOUR)
        await client.record_activity("acme", "cleo")
        clock.set(sunday + 11 * HOUR)
        await client.update_user("acme", "cleo", team_id="care")
        clock.set(sunday + 37 * HOUR)
        await server.sweeper.sweep_once()
        yield client


def read(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    assert text.count("\n") == text.count("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def words(svg: str) -> list[str]:
    return [
        element.text or "" for element in ElementTree.fromstring(svg.encode()).iter("{http://www.w3.org/2000/svg}text")
    ]


class TestTime:
    async def test_a_table_adds_up_each_person_of_the_day(self, remote: Remote, history: AsyncClient) -> None:
        ran = await remote("report", "time", "acme", *SUNDAY)
        assert ran.lines == [
            "Sun 26 Oct 2025 (Europe/Berlin)",
            "PERSON   TEAM  ONLINE   AWAY      OFFLINE   UNKNOWN",
            "=1+1     care  0:00:00  0:00:00   25:00:00",
            "Ada, B.  care  2:00:00  21:30:00  1:30:00",
            "cleo     care  0:10:00  15:50:00  0:00:00   9:00:00",
        ]
        assert "onduty: Unknown is the time before somebody was first seen" in ran.err

    async def test_by_causes_says_why(self, remote: Remote, history: AsyncClient) -> None:
        ran = await remote("report", "time", "acme", *SUNDAY, "--user", "ada", "--causes")
        assert [line.split() for line in ran.lines[2:]] == [
            ["Ada,", "B.", "care", "ONLINE", "MANUAL", "2:00:00"],
            ["Ada,", "B.", "care", "AWAY", "MANUAL", "21:30:00"],
            ["Ada,", "B.", "care", "OFFLINE", "MANUAL", "1:30:00"],
        ]

    async def test_csv_has_25_hours_that_add_up_and_no_formula(self, remote: Remote, history: AsyncClient) -> None:
        ran = await remote("report", "time", "acme", *SUNDAY, "--by", "hour", "--format", "csv")
        rows = read(ran.out)
        ada = [row for row in rows if row["user_id"] == "ada"]
        assert len(ada) == 25 and len(rows) == 3 * 25
        assert [row["start"] for row in ada[1:5]] == [f"2025-10-26 0{hour}:00:00" for hour in (1, 2, 2, 3)]
        assert [row["start_utc"] for row in ada[2:4]] == ["2025-10-26T00:00:00Z", "2025-10-26T01:00:00Z"]
        assert {row["display_name"] for row in rows} == {"Ada, B.", "'=1+1", ""}
        parts = ("online", "away", "offline", "unknown", "elsewhere")
        assert all(sum(float(row[f"{part}_seconds"]) for part in parts) == 3_600 for row in rows)
        causes = [name for name in ada[0] if "_by_" in name]
        assert all(sum(float(row[name]) for name in causes) == 3_600 - float(row["unknown_seconds"]) for row in rows)
        third = ada[3]
        assert (third["online_seconds"], third["online"]) == ("1800.250", "0:30:00")
        assert (third["away_by_manual_seconds"], third["engaged"]) == ("1799.750", "")

    async def test_csv_for_spreadsheets_that_divide_decimals_by_a_comma(
        self, remote: Remote, history: AsyncClient
    ) -> None:
        options = ("--format", "csv", "--delimiter", ";", "--bom", "-o", "report.csv")
        ran = await remote("report", "time", "acme", *SUNDAY, "--each", "all", *options)
        assert (ran.code, ran.out) == (0, "")
        written = await asyncio.to_thread(Path("report.csv").read_bytes)
        assert written.startswith(b"\xef\xbb\xbfstart;end;")
        (row,) = read(written.decode("utf-8-sig"), ";")
        assert (row["people"], row["online_seconds"], row["online"]) == ("3", "7800,250", "2:10:00")

    async def test_json_is_one_document_that_says_what_the_client_says(
        self, remote: Remote, history: AsyncClient
    ) -> None:
        ran = await remote("report", "time", "acme", *SUNDAY, "--each", "team", "--team", "care", "--json")
        found = json.loads(ran.out)
        assert (found["start_time"], found["end_time"]) == ("2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z")
        assert (found["team_id"], found["by"], found["each"]) == ("care", "whole", "team")
        (summary,) = found["summaries"]
        (bucket,) = summary["buckets"]
        sunday = datetime(2025, 10, 26, tzinfo=BERLIN)
        (expected,) = [
            it async for it in history.summarize_time("acme", sunday, sunday + timedelta(days=1), team_id="care")
        ]
        assert {(it["status"], it["cause"]): it["seconds"] for it in bucket["times"]} == {
            (it.status, it.cause): it.duration.total_seconds() for it in expected.buckets[0].times
        }

    async def test_more_than_two_days_are_told_by_day_and_the_present_one_as_far_as_it_went(
        self, remote: Remote, history: AsyncClient
    ) -> None:
        ran = await remote("report", "time", "acme", "--from", "2025-10-25", "--to", "2025-10-27", "--user", "ben")
        assert [line.split() for line in ran.lines[2:]] == [
            ["2025-10-25", "=1+1", "care", "0:00:00", "0:00:00", "12:00:00", "12:00:00"],
            ["2025-10-26", "=1+1", "care", "0:00:00", "0:00:00", "25:00:00"],
            ["2025-10-27", "=1+1", "care", "0:00:00", "0:00:00", "12:00:00"],
        ]
        assert "onduty: As of 2025-10-27 12:00:00 (Europe/Berlin): the range goes on.\n" in ran.err

    async def test_pictures_of_one_day_and_of_three(self, remote: Remote, history: AsyncClient) -> None:
        one = words((await remote("report", "time", "acme", *SUNDAY, "--format", "svg")).out)
        assert one[:2] == ["Time in status: acme", "Sun 26 Oct 2025 (Europe/Berlin)"]
        assert {"Ada, B.", FORMULA, "cleo", "Away 21:30 h", "Unknown 9:00 h"} <= set(one)
        options = ("--from", "2025-10-25", "--to", "2025-10-27", "--each", "all", "--format", "svg")
        three = words((await remote("report", "time", "acme", *options)).out)
        assert {"Sat 25 Oct", "Sun 26 Oct", "Mon 27 Oct"} <= set(three)

    async def test_people_are_in_order_and_whoever_shares_a_name_is_told_apart(
        self, remote: Remote, history: AsyncClient
    ) -> None:
        await history.update_user("acme", "ben", display_name="Agent 10")
        await history.update_user("acme", "ada", display_name="agent 9")
        await history.update_user("acme", "cleo", display_name="Agent 10")
        names = ["agent 9", "Agent 10 (ben)", "Agent 10 (cleo)"]
        for kind in ("time", "timeline"):
            table = (await remote("report", kind, "acme", *SUNDAY)).lines[2:]
            assert list(dict.fromkeys(line.split("  ")[0] for line in table)) == names
            picture = words((await remote("report", kind, "acme", *SUNDAY, "--format", "svg")).out)
            assert [text for text in picture if text.lower().startswith("agent")] == names

    @pytest.mark.parametrize("kind", ["time", "coverage", "timeline"])
    async def test_a_picture_of_what_is_to_come_says_so(self, remote: Remote, history: AsyncClient, kind: str) -> None:
        ran = await remote("report", kind, "acme", "--from", "2025-11-03", "--to", "2025-11-04", "--format", "svg")
        assert words(ran.out)[2:] == ["Nothing of this time has happened yet."]


class TestCoverage:
    async def test_a_month_is_counted_by_the_hour_not_at_its_midnights(
        self, remote: Remote, history: AsyncClient
    ) -> None:
        october = ("--from", "2025-10-01", "--to", "2025-10-31")
        found = json.loads((await remote("report", "coverage", "acme", *october, "--json")).out)
        assert (found["by"], found["counts"][25]["time"]) == ("hour", "2025-10-01T23:00:00Z")

    async def test_counts_at_each_step_in_every_format(self, remote: Remote, history: AsyncClient) -> None:
        rows = read((await remote("report", "coverage", "acme", *SUNDAY, "--format", "csv")).out)
        assert len(rows) == 100  # quarters of an hour of 25 hours
        counted = {row["time_utc"]: (row["online"], row["away"], row["offline"]) for row in rows}
        assert counted["2025-10-25T23:15:00Z"] == ("0", "0", "2")
        assert counted["2025-10-25T23:30:00Z"] == ("1", "0", "1")
        assert counted["2025-10-26T07:00:00Z"] == ("1", "1", "1")
        found = json.loads((await remote("report", "coverage", "acme", *SUNDAY, "--json")).out)
        assert [it["online"] for it in found["counts"]] == [int(row["online"]) for row in rows]
        ran = await remote("report", "coverage", "acme", *SUNDAY, "--by", "hour", "--team", "care")
        assert ran.lines[1] == "TIME                   ONLINE  AWAY  OFFLINE"
        assert [line[:21].rstrip() for line in ran.lines[4:6]] == ["2025-10-26 02:00 CEST", "2025-10-26 02:00 CET"]
        assert "people" in words((await remote("report", "coverage", "acme", *SUNDAY, "--format", "svg")).out)


class TestTimeline:
    async def test_is_without_gaps_in_every_format(self, remote: Remote, history: AsyncClient) -> None:
        options = ("report", "timeline", "acme", *SUNDAY, "--team", "care")
        rows = [row for row in read((await remote(*options, "--format", "csv")).out) if row["user_id"] == "cleo"]
        assert (rows[0]["status"], rows[0]["length"]) == ("UNKNOWN", "9:00:00")
        assert {row["status"] for row in rows[1:-1]} == {"ELSEWHERE"}
        assert (rows[-1]["status"], rows[-1]["cause"], rows[-1]["length"]) == ("AWAY", "INACTIVITY", "14:00:00")
        assert rows[-2]["end_utc"] == rows[-1]["start_utc"] == "2025-10-26T09:00:00Z"
        found = json.loads((await remote(*options, "--json")).out)["timelines"]
        assert [it["user_id"] for it in found] == ["ada", "ben", "cleo"]
        for timeline in found:
            edges = [(it["start_time"], it["end_time"]) for it in timeline["intervals"]]
            assert edges[0][0] == "2025-10-25T22:00:00Z" and edges[-1][1] == "2025-10-26T23:00:00Z"
            assert [end for _, end in edges[:-1]] == [start for start, _ in edges[1:]]
        ran = await remote(*options, "--user", "ada")
        assert ran.lines[3].split() == ["Ada,", "B.", "care", "2025-10-26", "01:30:00", "2:00:00", "ONLINE", "MANUAL"]
        assert {"In another team", "cleo"} <= set(words((await remote(*options, "--format", "svg")).out))


class TestAccount:
    async def test_its_time_zone_is_set_and_shown_and_reports_go_by_it(self, remote: Remote) -> None:
        assert facts(await remote("account", "show", "acme")) == {"account": "acme", "time zone": "UTC"}
        ran = await remote("account", "set", "acme", "--time-zone", "Asia/Kolkata", "--json")
        assert json.loads(ran.out) == {"account_id": "acme", "time_zone": "Asia/Kolkata"}
        found = json.loads((await remote("report", "coverage", "acme", *SUNDAY, "--json")).out)
        assert (found["time_zone"], found["start_time"]) == ("Asia/Kolkata", "2025-10-25T18:30:00Z")
        ran = await remote("account", "set", "acme", "--time-zone", "Kolkata")
        assert (ran.code, ran.err.count("\n")) == (1, 1)
        assert ran.err.startswith('onduty: --time-zone: "Kolkata" is not the IANA name of a time zone')
        assert (await remote("account", "set", "acme")).code == 2


class TestRefusals:
    async def test_what_the_server_refuses_is_said_in_the_words_of_the_options(self, remote: Remote) -> None:
        for options, says in (
            (
                ("time", "acme", "--from", "2023-01-01", "--to", "2025-01-01"),
                "--to: must be at most 400 days after --from",
            ),
            (("timeline", "acme", "--from", "2025-01-01", "--to", "2025-03-01"), "--to: must be at most 31 days after"),
            (
                ("time", "acme", "--from", "2025-01-01", "--to", "2025-09-01", "--by", "quarter"),
                "--by: makes more than",
            ),
            (
                ("time", "acme", "--user", "nobody", "--from", "2025-10-01", "--to", "2025-10-20"),
                'user "nobody" not found',
            ),
        ):
            ran = await remote("report", *options)
            assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1), options
            assert says in ran.err

    @pytest.mark.parametrize(
        ("options", "says"),
        [
            (("--bom",), "--bom is about csv; give --format csv too"),
            (("--delimiter", ";", "--format", "json"), "--delimiter is about csv"),
            (("--json", "--format", "csv"), "--json and --format contradict each other"),
            (("--causes", "--format", "csv"), "--causes is about the table"),
            (("--time-zone", "Berlin"), '"Berlin" is not the IANA name of a time zone'),
            (("--team", ""), "is empty; leave it out for everybody"),
        ],
    )
    def test_what_makes_no_sense_needs_no_server(self, onduty: Onduty, options: tuple[str, ...], says: str) -> None:
        ran = onduty("report", "time", "acme", *options)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert says in ran.err


class TestRange:
    NOW = datetime(2026, 11, 3, 23, 30, tzinfo=UTC)  # half past midnight of the 4th in Berlin

    @pytest.mark.parametrize(
        ("since", "until", "start", "end"),
        [
            (None, None, "2026-11-04 00:00", "2026-11-05 00:00"),
            ("yesterday", "yesterday", "2026-11-03 00:00", "2026-11-04 00:00"),
            ("2026-10-25", "2026-10-25", "2026-10-25 00:00", "2026-10-26 00:00"),
            ("2026-11-02", None, "2026-11-02 00:00", "2026-11-05 00:00"),
            ("2026-11-03T09:00", "2026-11-03 17:30", "2026-11-03 09:00", "2026-11-03 17:30"),
            ("2026-11-03T09:00Z", "now", "2026-11-03 10:00", "2026-11-04 00:30"),
            ("2h ago", "today", "2026-11-03 22:30", "2026-11-05 00:00"),
        ],
    )
    def test_is_by_the_clock_of_the_zone(self, since: str | None, until: str | None, start: str, end: str) -> None:
        found = parse_range(since, until, self.NOW, BERLIN)
        assert [f"{time.astimezone(BERLIN):%Y-%m-%d %H:%M}" for time in found] == [start, end]

    @pytest.mark.parametrize(
        ("since", "until", "says"),
        [
            ("noon", None, "--from: 'noon' is not a day or a time; write it like 2026-11-03, 2026-11-03T09:00, today"),
            ("today", "yesterday", "--to: 'yesterday' is not after the beginning of the range"),
            ("2027-01-01", None, "--from: '2027-01-01' is later than today; give --to as well"),
            ("9999-12-31", "9999-12-31", "--to: "),
            ("", None, "--from: '' is not a day or a time"),
            ("2026-W44", "2026-W45", "--from: '2026-W44' is not a day or a time"),
        ],
    )
    def test_that_is_none_is_refused(self, since: str, until: str | None, says: str) -> None:
        with pytest.raises(Failure) as refused:
            parse_range(since, until, self.NOW, BERLIN)
        assert says in refused.value.message


def test_all_pages_of_a_range_that_goes_on_are_as_of_the_first() -> None:
    now, end = datetime(2026, 11, 3, 12, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=UTC)
    asked: list[tuple[datetime, str]] = []

    class Answer(Page[str]):
        as_of: datetime

    def ask(until: datetime, token: str) -> Any:
        asked.append((until, token))
        answer = Answer(
            items=(f"page {len(asked)}",), next_page_token="" if token == "b" else chr(ord(token or "`") + 1)
        )
        object.__setattr__(answer, "as_of", min(until, now + len(asked) * timedelta(minutes=1)))
        return answer

    first, items = pages(ask, end)
    assert list(items) == ["page 2", "page 3", "page 4"]
    as_of = now + timedelta(minutes=1)
    assert asked == [(end, ""), (as_of, ""), (as_of, "a"), (as_of, "b")]
    assert first.as_of == as_of


def test_what_is_not_known_is_said_and_why() -> None:
    start = datetime(2026, 11, 3, tzinfo=BERLIN)
    known_since = start + timedelta(hours=9)
    extent = Extent(start, start + timedelta(days=1), start + timedelta(hours=12), BERLIN, "Europe/Berlin", known_since)
    going_on, before, unknown = extent.notes(unknown=True)
    assert going_on == "As of 2026-11-03 12:00:00 (Europe/Berlin): the range goes on."
    assert before.startswith("Before 2026-11-03 09:00:00 (Europe/Berlin) nothing is known: neither the history nor")
    assert unknown.startswith("Unknown is the time before somebody was first seen")
    assert extent._replace(as_of=extent.end, known_since=start).notes(unknown=False) == []
