"""Every command that talks to a server, against a real one under a fake clock."""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs
from tests.cli.conftest import Onduty, Ran
from tests.fakes import START, FakeClock
from tests.servers import running

from onduty_server.cli.zone import Zone
from onduty_server.domain import rules
from onduty_server.domain.record import Decision, UserRecord
from onduty_server.domain.rules import Policy
from onduty_server.process.application import Application
from onduty_server.text.times import from_ms, rfc3339
from onduty_server.transport.http.server import HttpListen

Remote = Callable[..., Awaitable[Ran]]

MINUTE = 60_000


def at(time_ms: int) -> str:
    return rfc3339(from_ms(time_ms))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def server(clock: FakeClock) -> AsyncIterator[Application]:
    # What this process's server logs must not get among what the command prints.
    with capture_logs():
        async with running(clock=clock, http=HttpListen("127.0.0.1:0")) as application:
            yield application


@pytest.fixture
def remote(server: Application, onduty: Onduty, monkeypatch: pytest.MonkeyPatch) -> Remote:
    """Runs a command against the server, in a thread, for the server needs this one's loop."""
    monkeypatch.setenv("ONDUTY_SERVER", f"127.0.0.1:{server.port}")
    monkeypatch.setenv("USER", "supervisor")

    async def run(*arguments: str) -> Ran:
        return await asyncio.to_thread(onduty, *arguments)

    return run


def _first_activity(record: UserRecord, policy: Policy, now: int) -> Decision:
    return rules.record_activity(record, policy, activity_time=now, now=now)


def facts(ran: Ran) -> dict[str, str]:
    """A table of names and values."""
    assert ran.code == 0, ran.err
    found = {}
    for line in ran.lines:
        name, _, value = line.partition("  ")
        found[name] = value.strip()
    return found


class TestActivity:
    async def test_shows_the_users_status(self, remote: Remote) -> None:
        found = facts(await remote("activity", "acme", "anna"))
        assert found["user"] == "anna"
        assert found["status"] == "ONLINE"
        assert found["cause"] == "ACTIVITY"
        assert found["since"].startswith("2025-10-09 08:53:20 UTC (")
        assert found["next"] == ""

    async def test_as_json(self, remote: Remote) -> None:
        ran = await remote("activity", "acme", "anna", "--at", at(START - MINUTE + 250), "--json")
        assert (ran.code, ran.err) == (0, "")
        assert json.loads(ran.out) == {
            "account_id": "acme",
            "user_id": "anna",
            "display_name": "",
            "team_id": "",
            "status": "ONLINE",
            "available": True,
            "cause": "ACTIVITY",
            "status_since": "2025-10-09T08:52:20.250Z",
            "last_activity_time": "2025-10-09T08:52:20.250Z",
            "next_status": None,
            "next_status_time": None,
            "next_cause": None,
            "actor": "",
            "reason": "",
            "revision": 1,
            "expire_time": None,
            "then": None,
            "connected": False,
            "engagements": 0,
        }

    async def test_too_old_or_ahead_is_refused(self, remote: Remote) -> None:
        month = 31 * 24 * 60 * MINUTE
        ahead = f"is more than 5s ahead of the server's clock, which shows {at(START)}"
        for time_ms, wrong in ((START - month, "is more than 30d in the past"), (START + MINUTE, ahead)):
            ran = await remote("activity", "acme", "anna", "--at", at(time_ms))
            assert (ran.code, ran.out) == (1, "")
            assert ran.err == f"onduty: --at: {at(time_ms)} {wrong}\n"
            assert ran.err.count("\n") == 1

    async def test_an_id_that_cannot_be_one_is_refused(self, remote: Remote) -> None:
        assert await remote("activity", "acme", "") == (1, "", "onduty: USER: is required\n")
        ran = await remote("activity", "acme", "a\nb")
        assert (ran.code, ran.err) == (1, 'onduty: USER: "a\\nb" contains control characters\n')
        assert await remote("activity", "acme", "\udcff") == (2, "", "onduty: an argument is not valid UTF-8\n")


class TestStatus:
    async def test_set_by_somebody_for_a_reason(self, remote: Remote) -> None:
        found = facts(await remote("status", "set", "acme", "anna", "Away", "--reason", "at lunch"))
        assert found["status"] == "AWAY"
        assert found["cause"] == "MANUAL by supervisor: at lunch"
        named = json.loads((await remote("status", "set", "acme", "anna", "AWAY", "--actor", "boss", "--json")).out)
        assert (named["actor"], named["reason"]) == ("boss", "")
        nobody = json.loads((await remote("status", "set", "acme", "anna", "away", "--actor", "", "--json")).out)
        assert nobody["actor"] == ""

    async def test_who_is_logged_in_is_known_without_the_environment(
        self, remote: Remote, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
            monkeypatch.delenv(name, raising=False)
        found = json.loads((await remote("status", "set", "acme", "anna", "away", "--json")).out)
        assert found["actor"] == pwd.getpwuid(os.getuid()).pw_name
        monkeypatch.setattr(os, "getuid", lambda: 4_000_000_001)  # as containers do it
        found = json.loads((await remote("status", "set", "acme", "anna", "away", "--json")).out)
        assert found["actor"] == "uid-4000000001"

    async def test_set_only_while_nothing_changed(self, remote: Remote) -> None:
        assert (await remote("status", "set", "acme", "anna", "online", "--expected-revision", "0")).code == 0
        ran = await remote("status", "set", "acme", "anna", "away", "--expected-revision", "0")
        assert (ran.code, ran.out) == (1, "")
        assert "changed since --expected-revision 0; read it again" in ran.err
        for revision in ("-1", "9223372036854775808"):
            ran = await remote("status", "set", "acme", "anna", "away", "--expected-revision", revision)
            assert (ran.code, ran.out) == (2, "")
            assert ran.err.startswith("onduty: Invalid value for '--expected-revision'")

    async def test_get_one(self, remote: Remote) -> None:
        await remote("activity", "acme", "anna")
        found = facts(await remote("status", "get", "acme", "anna"))
        assert (found["account"], found["status"], found["revision"]) == ("acme", "ONLINE", "1")

    async def test_get_somebody_never_seen(self, remote: Remote) -> None:
        ran = await remote("status", "get", "acme", "nobody")
        assert (ran.code, ran.out) == (1, "")
        assert ran.err == 'onduty: user "nobody" not found in account "acme"\n'

    async def test_get_several_some_of_them_never_seen(self, remote: Remote) -> None:
        await remote("activity", "acme", "anna")
        await remote("status", "set", "acme", "ben", "offline")
        ran = await remote("status", "get", "acme", "ben", "nobody", "anna")
        assert ran.code == 1
        assert [line.split()[:2] for line in ran.lines] == [["USER", "STATUS"], ["ben", "OFFLINE"], ["anna", "ONLINE"]]
        assert ran.err == "onduty: never seen: nobody\n"
        both = await remote("status", "get", "acme", "ben", "anna", "--json")
        assert both.code == 0
        assert [json.loads(line)["user_id"] for line in both.lines] == ["ben", "anna"]

    async def test_what_comes_next_is_shown(self, remote: Remote, clock: FakeClock) -> None:
        await remote("workflow", "set", "acme", "--enable", "--away-after", "10m", "--offline-after", "30m")
        await remote("activity", "acme", "anna")
        assert facts(await remote("status", "get", "acme", "anna"))["next"].startswith("AWAY 2025-10-09 09:03:20 UTC (")
        clock.advance(12 * MINUTE)
        found = json.loads((await remote("status", "get", "acme", "anna", "--json")).out)
        assert (found["status"], found["cause"], found["available"]) == ("AWAY", "INACTIVITY", False)
        assert found["status_since"] == at(START + 10 * MINUTE)
        assert (found["next_status"], found["next_status_time"]) == ("OFFLINE", at(START + 30 * MINUTE))

    async def test_list_all_some_or_a_few(self, remote: Remote) -> None:
        for user, status in (("anna", "online"), ("ben", "away"), ("carl", "online"), ("dora", "offline")):
            await remote("status", "set", "acme", user, status)

        async def listed(*options: str) -> list[str]:
            ran = await remote("status", "list", "acme", "--json", *options)
            assert ran.code == 0
            return [json.loads(line)["user_id"] for line in ran.lines]

        assert await listed() == ["anna", "ben", "carl", "dora"]
        assert await listed("--status", "online") == ["anna", "carl"]
        assert await listed("--status", "Away", "--status", "offline") == ["ben", "dora"]
        assert await listed("--limit", "4") == ["anna", "ben", "carl", "dora"]
        ran = await remote("status", "list", "acme", "--limit", "3")
        assert [line.split()[0] for line in ran.lines] == ["USER", "anna", "ben", "carl"]
        assert ran.err == "onduty: the first 3 users shown, there are more; --limit 0 shows all\n"

    async def test_an_account_that_was_mistyped_is_not_just_empty(self, remote: Remote) -> None:
        ran = await remote("status", "list", "acmee")
        assert (ran.code, ran.err) == (0, "onduty: account acmee has no users; check the name\n")
        assert await remote("status", "list", "acmee", "--json") == (0, "", "")
        await remote("activity", "acme", "anna")
        assert (await remote("status", "list", "acme", "--status", "away")).err == ""

    async def test_list_more_than_a_page(self, remote: Remote, server: Application) -> None:
        for number in range(1_234):
            await server.service.record_activity("acme", f"user-{number:04}")
        ran = await remote("status", "list", "acme")
        assert [line.split()[0] for line in ran.lines[1:]] == [f"user-{number:04}" for number in range(1_234)]
        assert len((await remote("status", "list", "acme", "--limit", "1200", "--json")).lines) == 1_200

    async def test_no_name_is_taken_for_markup_or_a_colour(self, remote: Remote) -> None:
        name = "[bold]a[/bold] :smile: https://x"
        await remote("status", "set", "acme", name, "online", "--reason", "[red]x[/]")
        ran = await remote("status", "list", "acme")
        assert ran.lines[1].startswith(f"{name}  ONLINE  MANUAL by supervisor: [red]x[/]  ")

    async def test_names_that_look_the_same_do_not_look_the_same(self, remote: Remote, server: Application) -> None:
        names = ["ada", "ad\u200ba", "ada\u202e"]
        for name in names:
            await remote("activity", "acme", name)
        # As a store may hold it from before white space at the ends was refused.
        for name in (" ada", "ada ", "\u00a0ada"):
            await server.store.transact("acme", name, _first_activity)
        ran = await remote("status", "list", "acme")
        assert [line.split("  ")[0] for line in ran.lines[1:]] == [
            "ada",
            "ad\\u200ba",
            "ada\\u202e",
            "\\u0020ada",
            "ada\\u0020",
            "\\u00a0ada",
        ]
        ran = await remote("status", "get", "acme", "ada", "nobody ", "x\u200b")
        assert ran.err == "onduty: never seen: nobody\\u0020, x\\u200b\n"
        assert facts(await remote("status", "get", "acme", "ada "))["user"] == "ada\\u0020"

    async def test_a_new_name_has_no_white_space_at_its_ends(self, remote: Remote) -> None:
        for arguments in (("activity", "acme", "ada "), ("status", "set", "acme", "ada ", "away")):
            ran = await remote(*arguments)
            assert (ran.code, ran.err) == (1, 'onduty: USER: "ada " begins or ends with white space\n')

    async def test_off_a_terminal_a_long_line_is_neither_wrapped_nor_cut(self, remote: Remote) -> None:
        await remote("status", "set", "acme", "x" * 128, "online", "--reason", "y" * 512)
        ran = await remote("status", "list", "acme")
        assert len(ran.lines) == 2
        assert "x" * 128 in ran.lines[1] and "y" * 512 in ran.lines[1]


class TestAvailable:
    async def test_best_first_and_how_many_there_are(self, remote: Remote, clock: FakeClock) -> None:
        for user in ("anna", "ben", "carl"):
            await remote("activity", "acme", user)
            clock.advance(MINUTE)
        await remote("activity", "acme", "anna")
        await remote("status", "set", "acme", "dora", "away")
        ran = await remote("available", "acme")
        assert [line.split()[0] for line in ran.lines] == ["USER", "anna", "ben", "carl"]
        assert ran.err == ""
        ran = await remote("available", "acme", "--order", "longest-idle", "--limit", "1")
        assert [line.split()[0] for line in ran.lines] == ["USER", "ben"]
        assert ran.err == "onduty: 1 of 3 available users shown; --limit shows more\n"
        ran = await remote("available", "acme", "--order", "most-recently-active", "--limit", "1", "--json")
        found = json.loads(ran.out)
        assert found["available_count"] == 3
        assert [user["user_id"] for user in found["user_statuses"]] == ["anna"]
        assert ran.err == ""


class TestHistory:
    async def test_of_everybody_or_one_user_within_a_time(self, remote: Remote, clock: FakeClock) -> None:
        await remote("workflow", "set", "acme", "--enable", "--away-after", "10m")
        await remote("activity", "acme", "anna")
        await remote("status", "set", "acme", "ben", "away", "--reason", "lunch")
        clock.advance(20 * MINUTE)
        await remote("activity", "acme", "anna")

        ran = await remote("history", "acme")
        assert (ran.code, ran.err) == (0, "")
        assert ran.lines[0].split("  ")[0] == "EFFECTIVE (UTC)"
        assert [" ".join(line.split(")  ")[1].split()) for line in ran.lines[1:]] == [
            "anna ONLINE ACTIVITY 2",
            "ben AWAY MANUAL by supervisor: lunch 3",
            "anna ONLINE AWAY INACTIVITY 4",
            "anna AWAY ONLINE ACTIVITY 5",
        ]
        assert ran.lines[3].startswith("2025-10-09 09:03:20 (")

        async def revisions(*options: str) -> list[int]:
            return [
                json.loads(line)["revision"] for line in (await remote("history", "acme", "--json", *options)).lines
            ]

        assert await revisions("--user", "anna") == [2, 4, 5]
        assert await revisions("--since", at(START + 10 * MINUTE)) == [4, 5]
        assert await revisions("--until", at(START + 10 * MINUTE)) == [2, 3]
        assert await revisions("--limit", "3") == [2, 3, 4]
        assert await revisions("--since", "1m") == []
        ran = await remote("history", "acme", "--limit", "3")
        assert ran.err == "onduty: the first 3 changes shown, there are more; --limit 0 shows all\n"

    async def test_as_json(self, remote: Remote) -> None:
        await remote("status", "set", "acme", "anna", "offline", "--reason", "done")
        assert json.loads((await remote("history", "acme", "--json")).out) == {
            "account_id": "acme",
            "user_id": "anna",
            "display_name": "",
            "team_id": "",
            "revision": 1,
            "previous_status": None,
            "status": "OFFLINE",
            "cause": "MANUAL",
            "effective_time": at(START),
            "commit_time": at(START),
            "actor": "supervisor",
            "reason": "done",
            "caller": "",
            "expire_time": None,
            "then": None,
        }

    async def test_of_nobody_called_nothing(self, remote: Remote) -> None:
        ran = await remote("history", "acme", "--user", "")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("onduty: user_id is empty")


@pytest.mark.usefixtures("three_hours_ahead")
class TestLocalTime:
    async def test_of_one_and_of_several(self, remote: Remote) -> None:
        await remote("workflow", "set", "acme", "--enable", "--away-after", "10m")
        found = facts(await remote("activity", "acme", "anna", "--local"))
        assert found["since"].startswith("2025-10-09 11:53:20 XST (")
        assert found["last activity"].startswith("2025-10-09 11:53:20 XST (")
        assert found["next"].startswith("AWAY 2025-10-09 12:03:20 XST (")
        for command in (("status", "list", "acme"), ("available", "acme"), ("status", "get", "acme", "anna", "anna")):
            ran = await remote(*command, "--local")
            assert "SINCE (XST)" in ran.lines[0] and "NEXT (XST)" in ran.lines[0]
            assert "2025-10-09 11:53:20 (" in ran.lines[1]
            ran = await remote(*command)
            assert "SINCE (UTC)" in ran.lines[0]
            assert "2025-10-09 08:53:20 (" in ran.lines[1]
        assert "XST" not in (await remote("status", "list", "acme", "--local", "--json")).out

    async def test_of_changes(self, remote: Remote) -> None:
        await remote("activity", "acme", "anna")
        ran = await remote("history", "acme", "--local")
        assert ran.lines[0].startswith("EFFECTIVE (XST)")
        assert ran.lines[1].startswith("2025-10-09 11:53:20 (")

    async def test_of_a_workflow(self, remote: Remote) -> None:
        options = ("--enable", "--away-after", "10m", "--local")
        found = facts(await remote("workflow", "set", "acme", *options))
        assert found["enabled since"] == "2025-10-09 11:53:20 XST"
        assert facts(await remote("workflow", "get", "acme", "--local"))["last changed"].startswith(
            "2025-10-09 11:53:20 XST by "
        )


def test_a_time_of_another_half_of_the_year_says_its_zone(
    monkeypatch: pytest.MonkeyPatch, three_hours_ahead: None
) -> None:
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    zone = Zone(datetime(2026, 11, 22, 10, 15, tzinfo=UTC), local=True)
    assert zone.heading("SINCE") == "SINCE (CET)"
    assert zone.cell(datetime(2026, 11, 22, 10, 14, tzinfo=UTC)) == "11:14:00 (1m ago)"
    assert zone.cell(datetime(2026, 7, 1, 10, 0, tzinfo=UTC)) == "2026-07-01 12:00:00 CEST (144d ago)"
    assert zone.moment(datetime(2026, 7, 1, 10, 0, tzinfo=UTC)) == "2026-07-01 12:00:00 CEST (144d ago)"


def test_what_has_happened_by_a_clock_ahead_of_this_one_is_not_to_come() -> None:
    zone = Zone(datetime(2026, 11, 22, 10, 15, tzinfo=UTC), local=False)
    assert zone.cell(datetime(2026, 11, 22, 10, 15, 2, tzinfo=UTC)) == "10:15:02 (now)"
    assert zone.cell(datetime(2026, 11, 22, 10, 14, 58, tzinfo=UTC), ahead=True) == "10:14:58 (now)"


class TestNobody:
    """A name that was mistyped looks like an account without users: that is said, and only there."""

    TABLES = (("status", "list"), ("available",), ("history",), ("workflow", "get"))

    @pytest.mark.parametrize("command", TABLES, ids=" ".join)
    async def test_a_table_of_an_account_that_nobody_was_seen_in_says_so(
        self, remote: Remote, command: tuple[str, ...]
    ) -> None:
        ran = await remote(*command, "acmee")
        assert (ran.code, ran.err) == (0, "onduty: account acmee has no users; check the name\n")
        assert (await remote(*command, "acmee", "--json")).err == ""
        await remote("status", "set", "acme", "anna", "offline")
        assert (await remote(*command, "acme")).err == ""

    async def test_a_history_of_a_user_who_was_never_seen_says_so(self, remote: Remote) -> None:
        await remote("activity", "acme", "anna")
        assert (await remote("history", "acme", "--user", "nobody")).err == "onduty: never seen: nobody\n"
        assert (await remote("history", "acme", "--user", "anna", "--until", "1d ago")).err == ""


class TestWorkflow:
    async def test_before_it_was_ever_set(self, remote: Remote) -> None:
        found = facts(await remote("workflow", "get", "acme"))
        assert found["enabled"] == "no"
        assert (found["away after"], found["offline after"]) == ("off", "off")
        assert found["resume"] == "from-away"
        assert found["last changed"] == "never"

    async def test_what_is_not_given_stays(self, remote: Remote) -> None:
        await remote("workflow", "set", "acme", "--enable", "--away-after", "10m", "--offline-after", "1h30m")
        found = facts(await remote("workflow", "set", "acme", "--resume", "never", "--keep-manual-away"))
        assert found["enabled"] == "yes"
        assert (found["away after"], found["offline after"]) == ("10m", "1h30m")
        assert (found["resume"], found["keep manual away"]) == ("never", "yes")
        assert found["last changed"] == "2025-10-09 08:53:20 UTC by supervisor"
        found = facts(await remote("workflow", "set", "acme", "--away-after", "off", "--no-keep-manual-away"))
        assert (found["away after"], found["keep manual away"]) == ("off", "no")
        assert facts(await remote("workflow", "set", "acme", "--disable"))["enabled"] == "no"

    async def test_as_json(self, remote: Remote) -> None:
        await remote("workflow", "set", "acme", "--enable", "--away-after", "1500ms", "--actor", "boss")
        ran = await remote("workflow", "get", "acme", "--json")
        found = json.loads(ran.out)
        assert found.pop("etag")
        assert found == {
            "account_id": "acme",
            "team_id": "",
            "enabled": True,
            "away_after": "1.5s",
            "offline_after": None,
            "resume": "FROM_AWAY",
            "keep_manual_away": False,
            "disconnect_after": None,
            "disconnect_status": "OFFLINE",
            "update_time": at(START),
            "updated_by": "boss",
            "update_caller": "",
            "enabled_time": at(START),
        }

    async def test_a_dry_run_says_who_would_switch_and_changes_nothing(self, remote: Remote, clock: FakeClock) -> None:
        await remote("workflow", "set", "acme", "--enable", "--away-after", "1h", "--offline-after", "2h")
        for user in ("anna", "ben"):
            await remote("activity", "acme", user)
        clock.advance(20 * MINUTE)
        await remote("activity", "acme", "carl")
        options = ("workflow", "set", "acme", "--away-after", "10m", "--dry-run")
        ran = await remote(*options)
        assert ran.code == 0
        assert "Nothing was changed. The change would at once switch 2 to AWAY and 0 to OFFLINE." in ran.lines
        assert [line.split() for line in ran.lines[-3:]] == [
            ["USER", "FROM", "TO"],
            ["anna", "ONLINE", "AWAY"],
            ["ben", "ONLINE", "AWAY"],
        ]
        assert "etag" not in ran.out
        found = json.loads((await remote(*options, "--json")).out)
        assert found["workflow"]["away_after"] == "600s"
        assert found["impact"] == {
            "switching_to_away": 2,
            "switching_to_offline": 0,
            "switches": [
                {"user_id": "anna", "previous_status": "ONLINE", "status": "AWAY"},
                {"user_id": "ben", "previous_status": "ONLINE", "status": "AWAY"},
            ],
            # The others: carl, who was active just now, goes AWAY in ten minutes.
            "next_hour": [
                {
                    "end_time": at(clock.now() + number * 15 * MINUTE),
                    "switching_to_away": int(number == 1),
                    "switching_to_offline": 0,
                }
                for number in (1, 2, 3, 4)
            ],
        }
        assert [line.split() for line in ran.lines if " to " in line and line[0].isdigit()] == [
            ["0m", "to", "15m", "1", "0"],
            ["15m", "to", "30m", "0", "0"],
            ["30m", "to", "45m", "0", "0"],
            ["45m", "to", "60m", "0", "0"],
        ]
        assert facts(await remote("workflow", "get", "acme"))["away after"] == "1h"
        changed = json.loads((await remote("workflow", "set", "acme", "--away-after", "10m", "--json")).out)
        assert changed["impact"] is None

    async def test_a_dry_run_of_a_workflow_that_is_off_says_so(self, remote: Remote) -> None:
        ran = await remote("workflow", "set", "acme", "--away-after", "10m", "--dry-run")
        assert ran.code == 0
        assert ran.err.startswith("onduty: the workflow is off and switches no users")
        assert (await remote("workflow", "set", "acme", "--enable", "--away-after", "10m", "--dry-run")).err == ""

    async def test_a_dry_run_names_a_thousand_and_counts_all(
        self, remote: Remote, server: Application, clock: FakeClock
    ) -> None:
        await remote("workflow", "set", "acme", "--enable", "--away-after", "1h")
        for number in range(1_100):
            await server.service.record_activity("acme", f"user-{number}")
        clock.advance(20 * MINUTE)
        ran = await remote("workflow", "set", "acme", "--away-after", "10m", "--dry-run")
        assert "switch 1,100 to AWAY" in ran.out
        assert len(ran.lines) == 7 + 4 + 1_000
        assert ran.err == "onduty: the first 1,000 of 1,100 users shown\n"

    async def test_the_history_says_who_changed_what_and_a_change_can_be_undone(
        self, remote: Remote, clock: FakeClock
    ) -> None:
        await remote("activity", "acme", "anna")
        await remote("workflow", "set", "acme", "--enable", "--away-after", "10m")
        clock.advance(MINUTE)
        await remote("workflow", "set", "acme", "--away-after", "5m", "--resume", "never", "--actor", "sue")
        ran = await remote("workflow", "history", "acme")
        assert (ran.code, ran.err) == (0, "")
        heading, second, first = ran.lines
        assert heading.split() == ["REVISION", "CHANGED", "(UTC)", "BY", "CHANGE"]
        assert second.startswith("3 ") and second.endswith(
            "sue         away after: 10m -> 5m, resume: from-away -> never"
        )
        assert first.startswith("2 ") and first.endswith("supervisor  enabled: no -> yes, away after: off -> 10m")
        (newest,) = map(json.loads, (await remote("workflow", "history", "acme", "--limit", "1", "--json")).lines)
        assert (newest["revision"], newest["updated_by"], newest["update_time"]) == (3, "sue", at(clock.now()))
        assert (newest["previous_workflow"]["away_after"], newest["workflow"]["away_after"]) == ("600s", "300s")
        limited = await remote("workflow", "history", "acme", "--limit", "1")
        assert limited.err == "onduty: the newest 1 changes shown; --limit 0 shows all\n"

        tried = await remote("workflow", "revert", "acme", "2", "--dry-run")
        assert "Nothing was changed." in tried.out
        reverted = facts(await remote("workflow", "revert", "acme", "2"))
        assert (reverted["away after"], reverted["resume"]) == ("10m", "from-away")
        again = await remote("workflow", "revert", "acme", "2")
        assert again.err == "onduty: the workflow has these values already; nothing was changed\n"
        assert len((await remote("workflow", "history", "acme", "--limit", "0")).lines) == 4
        to_default = facts(await remote("workflow", "revert", "acme", "0"))
        assert (to_default["enabled"], to_default["away after"]) == ("no", "off")
        unknown = await remote("workflow", "revert", "acme", "1")
        assert (unknown.code, unknown.out) == (1, "")
        assert unknown.err.startswith("onduty: revision 1 is not a change of the workflow of account acme that is kept")

    async def test_an_account_without_history_says_so(self, remote: Remote) -> None:
        ran = await remote("workflow", "history", "acme")
        assert (ran.code, len(ran.lines)) == (0, 1)
        assert ran.err == "onduty: account acme has no users; check the name\n"

    async def test_a_contradiction_is_refused(self, remote: Remote) -> None:
        ran = await remote("workflow", "set", "acme", "--away-after", "30m", "--offline-after", "10m")
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("onduty: --offline-after: must be greater than --away-after")
        assert (await remote("workflow", "set", "acme", "--enable")).code == 1
        assert (await remote("workflow", "set", "acme", "--away-after", "500ms")).code == 1

    @pytest.mark.parametrize("both", [("--enable", "--disable"), ("--no-keep-manual-away", "--keep-manual-away")])
    async def test_a_switch_both_on_and_off_changes_nothing(self, remote: Remote, both: tuple[str, str]) -> None:
        await remote("workflow", "set", "acme", "--enable", "--away-after", "10m")
        before = await remote("workflow", "get", "acme", "--json")
        ran = await remote("workflow", "set", "acme", *both)
        on, off = sorted(both, key=lambda each: each in ("--disable", "--no-keep-manual-away"))
        assert (ran.code, ran.out, ran.err) == (2, "", f"onduty: give either {on} or {off}, not both\n")
        assert await remote("workflow", "get", "acme", "--json") == before

    async def test_an_etag_of_the_past_is_refused(self, remote: Remote) -> None:
        etag = facts(await remote("workflow", "get", "acme"))["etag"]
        assert (await remote("workflow", "set", "acme", "--away-after", "10m", "--etag", etag)).code == 0
        ran = await remote("workflow", "set", "acme", "--away-after", "20m", "--etag", etag)
        assert (ran.code, ran.err) == (
            1,
            'onduty: the workflow has changed: its etag is "w1", not "w0"; read it again\n',
        )

    async def test_the_diagram_of_an_account(self, remote: Remote, onduty: Onduty) -> None:
        options = ("--offline-after", "30m", "--resume", "never", "--keep-manual-away")
        await remote("workflow", "set", "acme", "--enable", *options)
        ran = await remote("workflow", "diagram", "acme")
        assert ran == onduty("workflow", "diagram", *options)
        assert "inactive for 30m" in ran.out

    async def test_the_diagram_of_a_workflow_that_is_off_switches_nobody(self, remote: Remote) -> None:
        assert "inactive for" not in (await remote("workflow", "diagram", "acme")).out


class TestAServerThatDoesNotAnswer:
    async def test_within_the_timeout_is_exit_code_3(self, onduty: Onduty) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            address = "{}:{}".format(*silent.getsockname())
            ran = await asyncio.to_thread(
                onduty, "status", "set", "acme", "anna", "away", "--server", address, "--timeout", "200ms"
            )
        assert (ran.code, ran.out) == (3, "")
        assert ran.err.startswith(f"onduty: no answer from {address}")
        assert ran.err.count("\n") == 1

    async def test_an_option_wins_over_the_environment(self, remote: Remote) -> None:
        ran = await remote("status", "set", "acme", "anna", "away", "--server", "127.0.0.1:1")
        assert ran.code == 3
        assert "127.0.0.1:1" in ran.err


class TestCaller:
    async def test_a_server_without_credentials_lets_everybody_do_everything(self, remote: Remote) -> None:
        ran = await remote("caller")
        assert ran.code == 0
        assert ran.err == "onduty: the server asks nobody for a credential: everybody may do everything\n"
        assert "workflow.write" in ran.lines[-1] and ran.lines[-1].startswith("(every account)")
        found = json.loads((await remote("caller", "--json")).out)
        assert (found["authenticated"], found["name"]) == (False, "")
        assert found["grants"][0]["everywhere"] is True

    async def test_accounts_are_listed(self, remote: Remote) -> None:
        assert (await remote("account", "list")).lines == ["ACCOUNT"]
        for account in ("acme", "zeta"):
            await remote("activity", account, "anna")
        assert (await remote("account", "list")).lines[1:] == ["acme", "zeta"]
        limited = await remote("account", "list", "--limit", "1", "--json")
        assert [json.loads(line) for line in limited.lines] == [{"account_id": "acme"}]
        assert limited.err == "onduty: the first 1 accounts shown, there are more; --limit 0 shows all\n"
