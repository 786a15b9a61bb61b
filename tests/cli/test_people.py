"""The commands about users, teams and accounts, against a real server under a fake clock."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from tests.cli.conftest import Onduty, Ran
from tests.cli.served import serving
from tests.cli.test_remote import Remote, clock, facts, remote, server
from tests.cli.test_watch import at, changed, drawn, snapshot, user, watching
from tests.fakes import FakeClock
from tests.servers import running

from onduty_client import Status, UserChange, WatchChanges, WatchSnapshot, WorkflowChanged
from onduty_server.app.ports.store import StoreOptions
from onduty_server.cli.remote.live import LiveTable
from onduty_server.cli.remote.words import in_words
from onduty_server.process.application import Application
from onduty_server.stores.memory import MemoryStore

__all__ = ["clock", "remote", "server"]

MINUTE = 60_000


def wrote(name: str, content: str | bytes) -> None:
    """Write a file in the directory of the test."""
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)


def cells(ran: Ran) -> list[list[str]]:
    """The cells of a table."""
    return [re.split(r"  +", line) for line in ran.lines]


async def seen(remote: Remote, *users: str) -> None:
    for each in users:
        assert (await remote("activity", "acme", each)).code == 0


class TestUsers:
    async def test_their_names_and_teams_are_shown_wherever_they_are(self, remote: Remote) -> None:
        await seen(remote, "ada", "ben")
        found = facts(await remote("user", "set", "acme", "ada", "--name", "Ada 李", "--team", "night"))
        assert (found["name"], found["team"], found["status"]) == ("Ada 李", "night", "ONLINE")
        await remote("status", "set", "acme", "ada", "online")
        for listed in (("status", "list", "acme"), ("available", "acme"), ("status", "get", "acme", "ada", "ben")):
            heading, *rows = cells(await remote(*listed))
            assert heading[:4] == ["USER", "NAME", "TEAM", "STATUS"]
            assert ["ada", "Ada 李", "night", "ONLINE"] in [row[:4] for row in rows]
        for of_team in (("status", "list"), ("available",), ("user", "list")):
            assert [row[0] for row in cells(await remote(*of_team, "acme", "--team", "night"))] == ["USER", "ada"]
        ran = await remote("history", "acme", "--team", "night", "--json")
        assert [(it["user_id"], it["display_name"], it["team_id"]) for it in map(json.loads, ran.lines)] == [
            ("ada", "Ada 李", "night")
        ]
        ran = await remote("status", "list", "acme", "--team", "nigth")
        assert ran.err == "onduty: team nigth of account acme has no users; `onduty team list` shows the teams\n"
        found = facts(await remote("user", "set", "acme", "ada", "--name", "", "--team", ""))
        assert "name" not in found and "team" not in found

    async def test_one_is_shown_with_the_workflow_that_decides(self, remote: Remote) -> None:
        await seen(remote, "ada")
        assert facts(await remote("user", "show", "acme", "ada"))["workflow"] == "of the account, which is off"
        await remote("user", "set", "acme", "ada", "--team", "night")
        await remote("workflow", "set", "acme", "--team", "night", "--enable", "--away-after", "5m")
        assert facts(await remote("user", "show", "acme", "ada"))["workflow"] == "of team night"
        found = json.loads((await remote("user", "show", "acme", "ada", "--json")).out)
        assert (found["team_id"], found["workflow"]) == ("night", {"team_id": "night", "enabled": True})
        assert "inactive for 5m" in (await remote("workflow", "diagram", "acme", "--user", "ada")).out

    async def test_a_name_cannot_command_the_terminal(self, remote: Remote) -> None:
        await seen(remote, "ada")
        assert (await remote("user", "set", "acme", "ada", "--name", "\u202eada\u200b")).code == 0
        for command in (("user", "list", "acme"), ("user", "show", "acme", "ada"), ("user", "list", "acme", "--json")):
            out = (await remote(*command)).out
            assert r"\u202eada\u200b" in out and "\u202e" not in out
        # For a program it is what it is.
        assert (await remote("user", "list", "acme", "--csv")).lines[1] == "ada,,\u202eada\u200b"
        ran = await remote("user", "set", "acme", "ada", "--name", "\x1b[2J")
        assert (ran.code, ran.err) == (1, 'onduty: --name: "\\u001b[2J" contains control characters\n')

    async def test_one_is_erased_and_what_stays_is_said(self, remote: Remote) -> None:
        await seen(remote, "ada", "ben")
        ran = await remote("user", "delete", "acme", "ada")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err == "onduty: this asks before it deletes, and there is no terminal to ask at; give --yes\n"
        ran = await remote("user", "delete", "acme", "ada", "--yes")
        assert (ran.code, ran.err) == (0, "")
        assert ran.lines[0] == "Erased user ada of account acme."
        assert "backups" in ran.out and "append-only file" in ran.out
        assert [row[1] for row in cells(await remote("history", "acme"))] == ["USER", "(erased)", "ben"]
        ran = await remote("user", "delete", "acme", "ada", "ben", "--yes", "--json")
        assert ran.code == 1
        assert [(it["user_id"], it["erased"]) for it in map(json.loads, ran.lines)] == [("ada", False), ("ben", True)]
        assert ran.err.splitlines() == [
            'onduty: user "ada" not found in account "acme"',
            "onduty: 1 of 2 users were not found",
        ]


class TestImport:
    async def test_names_and_moves_and_tells_refusals_by_line(self, remote: Remote) -> None:
        await seen(remote, "ada", "ben", "carl")
        wrote("people.csv", "user;team;name\nada;night;Ada\nghost;night;G\nben;;Ben\ncarl;;\n")
        refused = 'onduty: people.csv:3: user "ghost" not found in account "acme"\n'
        ran = await remote("user", "import", "acme", "people.csv", "--dry-run")
        assert cells(ran)[:3] == [
            ["LINE", "USER", "NAME", "TEAM"],
            ["2", "ada", "(none) -> Ada", "(none) -> night"],
            ["4", "ben", "(none) -> Ben"],
        ]
        assert (await remote("team", "list", "acme")).lines == ["TEAM  USERS  WORKFLOW"]
        ran = await remote("user", "import", "acme", "people.csv")
        assert (ran.code, ran.err) == (1, f"{refused}onduty: people.csv: 1 of 4 rows were refused\n")
        assert [line.split()[-1] for line in ran.lines] == ["acme", "4", "1", "2", "1", "1"]
        ran = await remote("user", "list", "acme", "--csv")
        assert ran.lines == ["user_id,team_id,display_name", "ada,night,Ada", "ben,,Ben", "carl,,"]
        wrote("again.csv", ran.out)
        again = await remote("user", "import", "acme", "again.csv", "--json")
        assert again.code == 0
        found = json.loads(again.out)
        assert (found["unchanged"], found["moved"], found["renamed"], found["refused"]) == (3, 0, 0, [])

    async def test_changes_nothing_if_a_row_is_malformed(self, remote: Remote) -> None:
        await seen(remote, "ada")
        wrote("people.csv", b"user_id,team_id\nada,night\nada,day\n,day\nben\ncarl,\x01\n")
        ran = await remote("user", "import", "acme", "people.csv")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.splitlines() == [
            "onduty: people.csv:3: ada is in line 2 already",
            "onduty: people.csv:4: user_id: is required",
            "onduty: people.csv:5: has 1 cells, and the header 2",
            'onduty: people.csv:6: team_id: "\\u0001" contains control characters',
            "onduty: people.csv: 4 rows are wrong, so nothing was changed",
        ]
        assert (await remote("team", "list", "acme")).lines == ["TEAM  USERS  WORKFLOW"]

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"ada,night\n", "the first line has to name the columns: user_id, and team_id or display_name or both"),
            (b"user_id,name\nada,\xff\n", "people.csv:2: is not UTF-8"),
            (b'user_id,name\nada,"x\n', "people.csv:2: unexpected end of data"),
        ],
    )
    def test_refuses_what_is_no_list_of_people(self, onduty: Onduty, content: bytes, says: str) -> None:
        wrote("people.csv", content)
        ran = onduty("user", "import", "acme", "people.csv")
        assert (ran.code, ran.out) == (2, "")
        assert says in ran.err and ran.err.count("\n") == 1


class TestTeams:
    async def test_are_listed_with_their_users_and_whose_workflow_decides(self, remote: Remote) -> None:
        await seen(remote, "ada", "ben", "carl")
        ran = await remote("team", "set", "acme", "night", "ada", "ben", "ghost")
        assert (ran.code, [row[0] for row in cells(ran)]) == (1, ["USER", "ada", "ben"])
        assert ran.err.splitlines() == [
            'onduty: user "ghost" not found in account "acme"',
            "onduty: 1 of 3 users were not moved",
        ]
        await remote("team", "set", "acme", "day", "carl")
        await remote("workflow", "set", "acme", "--team", "night", "--enable", "--away-after", "5m")
        assert cells(await remote("team", "list", "acme")) == [
            ["TEAM", "USERS", "WORKFLOW"],
            ["day", "1", "the account's"],
            ["night", "2", "its own"],
        ]
        assert (await remote("team", "clear", "acme", "carl")).code == 0
        ran = await remote("team", "list", "acme", "--json")
        assert json.loads(ran.out) == {"account_id": "acme", "team_id": "night", "user_count": 2, "has_workflow": True}

    async def test_have_workflows_that_can_be_deleted_and_restored(self, remote: Remote, clock: FakeClock) -> None:
        await remote("workflow", "set", "acme", "--enable", "--away-after", "1h")
        await seen(remote, "ada", "ben")
        await remote("team", "set", "acme", "night", "ada")
        of_night = ("--team", "night")
        assert facts(await remote("workflow", "set", "acme", *of_night, "--away-after", "2h"))["team"] == "night"
        assert facts(await remote("workflow", "get", "acme", *of_night))["away after"] == "2h"
        assert facts(await remote("workflow", "get", "acme"))["away after"] == "1h"
        clock.advance(90 * MINUTE)
        ran = await remote("workflow", "delete", "acme", *of_night)
        assert (ran.code, "give --yes" in ran.err) == (2, True)
        ran = await remote("workflow", "delete", "acme", *of_night, "--dry-run")
        assert "Nothing was changed. The change would at once switch 1 to AWAY and 0 to OFFLINE." in ran.lines
        assert facts(await remote("user", "show", "acme", "ada"))["status"] == "ONLINE"
        assert "team" not in facts(await remote("workflow", "delete", "acme", *of_night, "--yes"))
        found = facts(await remote("user", "show", "acme", "ada"))
        assert (found["status"], found["workflow"]) == ("AWAY", "of the account")
        ran = await remote("workflow", "get", "acme", *of_night)
        assert ran.err == "onduty: team night has no workflow of its own; it follows the account's\n"
        _, deleted, first = cells(await remote("workflow", "history", "acme", *of_night))
        assert deleted[-1] == "deleted; follows the account's"
        assert first[-1] == "a workflow of its own, away after: 1h -> 2h"
        ran = await remote("workflow", "revert", "acme", deleted[0], *of_night)
        assert (ran.code, "`onduty workflow delete` does that again" in ran.err) == (1, True)
        assert (await remote("workflow", "revert", "acme", "0", *of_night)).code == 2
        reverted = facts(await remote("workflow", "revert", "acme", first[0], *of_night))
        assert (reverted["team"], reverted["away after"]) == ("night", "2h")
        ran = await remote("workflow", "delete", "acme", "--yes")
        assert (ran.code, "can be changed, but not deleted" in ran.err) == (2, True)


class TestSettingSeveral:
    async def test_answers_for_each(self, remote: Remote) -> None:
        ran = await remote("status", "set", "acme", "ada", "ben", "away", "--for", "30m", "--reason", "lunch")
        assert (ran.code, [row[:3] for row in cells(ran)][1:]) == (
            0,
            [["ada", "AWAY", "MANUAL by supervisor: lunch"], ["ben", "AWAY", "MANUAL by supervisor: lunch"]],
        )
        ran = await remote("status", "set", "acme", "ada", " x", "ben", "online", "--json")
        done, refused, last = map(json.loads, ran.lines)
        assert (ran.code, ran.err) == (1, "onduty: 1 of 3 users were not set\n")
        assert [(it["user_id"], it["status"]) for it in (done, last)] == [("ada", "ONLINE"), ("ben", "ONLINE")]
        assert (refused["user_id"], refused["error"]["reason"]) == (" x", "INVALID_FIELD")
        ran = await remote("status", "set", "acme", "ada", "ben", "away", "--for", "31d")
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.splitlines()[0] == "onduty: ada: --for: must be between 1s and 30d, got 31d"
        ran = await remote("status", "set", "acme", "ada", "ben", "away", "--expected-revision", "1")
        assert (ran.code, ran.err) == (2, "onduty: --expected-revision is that of one user; give one\n")


class TestAccounts:
    @pytest.fixture
    async def server(self, clock: FakeClock) -> AsyncIterator[Application]:
        options = StoreOptions(count_outage_as_inactivity=True, accounts_declared=True)
        with capture_logs():
            async with running(MemoryStore(clock, options), clock) as application:
                yield application

    async def test_one_that_was_not_declared_is_refused_with_the_remedy(self, remote: Remote) -> None:
        remedy = "; if the name is right, run: onduty account create 'acme corp'\n"
        for command in (("activity", "acme corp", "ada"), ("workflow", "set", "acme corp", "--away-after", "1m")):
            ran = await remote(*command)
            assert (ran.code, ran.out, ran.err.endswith(remedy)) == (1, "", True)
        assert (await remote("account", "create", "acme corp")).lines == ["Account acme corp exists."]
        assert (await remote("account", "create", "acme corp")).code == 0
        assert (await remote("activity", "acme corp", "ada")).code == 0

    async def test_one_is_erased_whole(self, remote: Remote) -> None:
        await remote("account", "create", "acme")
        await seen(remote, "ada")
        assert (await remote("account", "delete", "acme")).code == 2
        ran = await remote("account", "delete", "acme", "--yes")
        assert (ran.code, ran.lines[0]) == (0, "Erased account acme.")
        assert (await remote("account", "list")).lines == ["ACCOUNT"]
        ran = await remote("account", "delete", "acme", "--yes")
        assert ran.err == 'onduty: account "acme" not found; `onduty account list` shows which there are\n'


class TestTheTableOfAWatch:
    def test_has_names_and_teams_and_drops_whoever_is_erased(self) -> None:
        table = LiveTable("acme", "here:1")
        ada = replace(user("ada", 5), display_name="Ada", team_id="night")
        table.take(snapshot(user("ben", 4), ada))
        heading, *rows = [re.split(r"  +", line) for line in drawn(table)[4:]]
        assert heading[:4] == ["USER", "NAME", "TEAM", "STATUS"]
        assert [row[:3] for row in rows] == [["ada", "Ada", "night"], ["ben", "ONLINE", "ACTIVITY"]]
        table.take(WatchChanges((UserChange("acme", "ben", 6, at(6), display_name="Ben"),), ""))
        assert [line.split()[:2] for line in drawn(table)[5:]] == [["ada", "Ada"], ["ben", "Ben"]]
        table.take(WatchChanges((UserChange("acme", "ada", 7, at(7), erased=True),), ""))
        assert drawn(table)[1] == "ONLINE 1   AWAY 0   OFFLINE 0"
        assert [line.split()[0] for line in drawn(table)[5:]] == ["ben"]
        table.take(changed("ada", 8, Status.AWAY))
        assert [line.split()[:2] for line in drawn(table)[5:]] == [["ada", "AWAY"], ["ben", "Ben"]]

    def test_names_the_teams_with_workflows_of_their_own(self) -> None:
        table = LiveTable("acme", "here:1")
        account = snapshot(user("ada", 5))
        assert account.workflow is not None
        night = replace(account.workflow, team_id="night")
        table.take(WatchSnapshot(True, True, account.workflow, account.user_statuses, "", (night,)))
        day = WorkflowChanged(6, replace(night, team_id="day\u202e"), "day\u202e")
        table.take(WatchChanges((day,), ""))
        assert drawn(table)[3] == "workflows of their own: day\\u202e, night"
        table.take(WatchChanges((WorkflowChanged(7, account.workflow, "night", deleted=True),), ""))
        assert drawn(table)[3] == "workflows of their own: day\\u202e"


def test_a_message_is_put_into_the_words_of_the_command_but_not_what_it_quotes() -> None:
    words = {"ttl": "--for", "expire_time": "--until", "user_id": "USER", "status": "STATUS"}
    assert in_words("ttl: is given beside expire_time", "ttl", words) == "--for: is given beside --until"
    assert in_words("expire_time: a ttl needs no clock", "expire_time", words) == "--until: --for needs no clock"
    assert in_words("requests[3].user_id: is required", "requests[3].user_id", words) == "USER: is required"
    assert in_words('user "ttl \\" user_id" has a status', "", words) == 'user "ttl \\" user_id" has a status'


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="has no pty")
def test_a_terminal_is_asked_and_the_id_has_to_be_typed(onduty: Onduty, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving("--store", "memory:") as (_, address):
        monkeypatch.setenv("ONDUTY_SERVER", address)
        onduty("activity", "acme", "ada")
        onduty("user", "set", "acme", "ada", "--name", "Ada", "--team", "night")
        assert typed("user", "delete", "acme", "ada", answer="Ada") == (
            1,
            "This erases user ada (Ada, team night) of account acme for good.\r\n"
            "Type ada to go on: Ada\r\nonduty: that is not ada; nothing was deleted\r\n",
        )
        assert onduty("status", "get", "acme", "ada").code == 0
        code, shown = typed("user", "delete", "acme", "ada", answer="ada")
        assert code == 0 and "Erased user ada of account acme." in shown
        assert onduty("status", "get", "acme", "ada").code == 1
        onduty("activity", "acme", "ben")
        code, shown = typed("account", "delete", "acme", answer="acme")
        assert code == 0
        assert "This erases account acme of 1 user, with its workflows and history.\r\n" in shown


def typed(*arguments: str, answer: str) -> tuple[int, str]:
    """The exit code of a command at a terminal and all that this shows, with what is typed."""
    controller, terminal = os.openpty()
    command = [sys.executable, "-m", "onduty_server", *arguments]
    with subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env={**os.environ}) as process:
        os.close(terminal)
        shown = b""
        while b"to go on: " not in shown:
            shown += os.read(controller, 65_536)
        os.write(controller, answer.encode() + b"\n")
        try:
            while part := os.read(controller, 65_536):
                shown += part
        except OSError:
            pass  # Linux says so when the last one who has the terminal open leaves.
        code = process.wait()
    os.close(controller)
    return code, shown.decode()


def test_a_watch_tells_of_names_moves_erasures_and_workflows_of_teams(
    onduty: Onduty, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving("--store", "memory:") as (_, address):
        monkeypatch.setenv("ONDUTY_SERVER", address)
        onduty("activity", "acme", "ada")
        onduty("workflow", "set", "acme", "--team", "night", "--enable", "--away-after", "1h")
        with watching("acme") as watch:
            begin, ada, _ = watch.until("snapshot_end")
            assert [it["team_id"] for it in begin["team_workflows"]] == ["night"]
            assert (ada["display_name"], ada["team_id"]) == ("", "")
            onduty("user", "set", "acme", "ada", "--name", "Ada", "--team", "night", "--actor", "boss")
            moved = watch.line()
            named = ("event", "user_id", "display_name", "team_id", "previous_team_id", "erased", "actor")
            assert [moved[name] for name in named] == ["user_change", "ada", "Ada", "night", "", False, "boss"]
            onduty("workflow", "delete", "acme", "--team", "night", "--yes")
            deleted = watch.line()
            assert (deleted["event"], deleted["team_id"], deleted["deleted"]) == ("workflow_change", "night", True)
            onduty("user", "delete", "acme", "ada", "--yes")
            erased = watch.line()
            assert (erased["event"], erased["user_id"], erased["erased"]) == ("user_change", "ada", True)
