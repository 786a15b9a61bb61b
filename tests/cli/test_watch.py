"""`onduty watch` as a process, against a server that is another: JSON lines, the table, lost connections, the end."""

from __future__ import annotations

import io
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console
from tests.cli.conftest import Onduty
from tests.cli.served import serving
from tests.fork_server import Popen

from onduty_client import (
    Cause,
    Resume,
    Status,
    StatusChange,
    Then,
    UserStatus,
    WatchChanges,
    WatchSnapshot,
    Workflow,
)
from onduty_server.cli.remote.live import LiveTable

PATIENCE_S = 15.0


class Watch:
    """A watch under way. Its lines are read by threads, so that none waits for ever."""

    def __init__(self, process: Popen) -> None:
        self.process = process
        self._lines: queue.Queue[str] = queue.Queue()
        self._notes: queue.Queue[str] = queue.Queue()
        for stream, lines in ((process.stdout, self._lines), (process.stderr, self._notes)):
            threading.Thread(target=_read, args=(stream, lines), daemon=True).start()

    def line(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._lines.get(timeout=PATIENCE_S))
        return found

    def until(self, event: str) -> list[dict[str, Any]]:
        """The lines up to the first with that event."""
        lines = [self.line()]
        while lines[-1]["event"] != event:
            lines.append(self.line())
        return lines

    def note(self) -> str:
        """The next line of stderr."""
        return self._notes.get(timeout=PATIENCE_S)

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_S)


def _read(stream: Any, lines: queue.Queue[str]) -> None:
    for line in stream:
        lines.put(line)


def command(*arguments: str) -> list[str]:
    return ["watch", *arguments]


@contextmanager
def watching(*arguments: str) -> Iterator[Watch]:
    with Popen(command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            yield Watch(process)
        finally:
            process.kill()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with serving("--store", "memory:") as (_, address):
        monkeypatch.setenv("ONDUTY_SERVER", address)
        yield address


@pytest.mark.usefixtures("server")
class TestJsonLines:
    def test_a_snapshot_then_changes_then_ctrl_c(self, onduty: Onduty) -> None:
        assert onduty("activity", "acme", "anna").code == 0
        with watching("acme") as watch:
            begin, user, end = watch.until("snapshot_end")
            assert (begin["event"], begin["account_id"]) == ("snapshot_begin", "acme")
            assert begin["workflow"]["enabled"] is False
            assert (user["event"], user["user_id"], user["status"]) == ("snapshot_user", "anna", "ONLINE")
            assert (end["users"], begin["resume_token"], user["resume_token"]) == (1, "", "")
            assert onduty("status", "set", "acme", "anna", "away", "--actor", "boss", "--reason", "lunch").code == 0
            change = watch.line()
            assert change["resume_token"]
            assert change["resume_token"] != end["resume_token"]
            named = ("event", "user_id", "previous_status", "status", "cause", "actor", "reason", "revision")
            assert [change[name] for name in named] == [
                *("change", "anna", "ONLINE", "AWAY", "MANUAL", "boss", "lunch"),
                2,
            ]
            assert onduty("workflow", "set", "acme", "--enable", "--away-after", "10m").code == 0
            workflow = watch.line()
            assert (workflow["event"], workflow["revision"]) == ("workflow_change", 3)
            assert workflow["workflow"]["away_after"] == "600s"
            assert watch.interrupt() == 130
            assert watch.note() == "onduty: interrupted\n"

    def test_an_account_never_seen_has_an_empty_snapshot(self) -> None:
        with watching("nobody") as watch:
            assert [line["event"] for line in watch.until("snapshot_end")] == ["snapshot_begin", "snapshot_end"]
            assert watch.note() == "onduty: account nobody has no users; check the name\n"
        with watching("nobody", "--user", "ada") as watch:
            watch.until("snapshot_end")
            assert watch.interrupt() == 130
            assert watch.note() == "onduty: interrupted\n"

    def test_goes_on_after_a_token(self, onduty: Onduty) -> None:
        with watching("acme") as watch:
            token = watch.until("snapshot_end")[-1]["resume_token"]
        for user in ("anna", "bert", "carla"):
            onduty("activity", "acme", user)
        with watching("acme", "--resume-token", token) as watch:
            lines = [watch.line() for _ in range(3)]
        assert [(line["event"], line["user_id"]) for line in lines] == [
            ("change", "anna"),
            ("change", "bert"),
            ("change", "carla"),
        ]
        # They came together: whoever stopped after one but the last must be sent them again.
        assert [line["resume_token"] == token for line in lines] == [True, True, False]
        with watching("acme", "--bookmarks", "--resume-token", lines[-1]["resume_token"]) as watch:
            assert watch.line()["event"] == "bookmark"

    def test_bookmarks_on_request(self) -> None:
        with watching("acme", "--bookmarks") as watch:
            first, second = watch.until("bookmark")[-1], watch.line()
        assert second["event"] == "bookmark"
        assert second["effective_until"] > first["effective_until"]
        assert second["resume_token"]

    def test_of_some_users(self, onduty: Onduty) -> None:
        for user in ("anna", "bert", "carla"):
            onduty("activity", "acme", user)
        with watching("acme", "--user", "bert", "--user", "dora") as watch:
            assert [line.get("user_id") for line in watch.until("snapshot_end")] == [None, "bert", None]
            onduty("status", "set", "acme", "anna", "away")
            onduty("activity", "acme", "dora")
            assert watch.line()["user_id"] == "dora"

    def test_ends_soon_when_nobody_reads(self, onduty: Onduty) -> None:
        assert onduty("activity", "acme", "anna").code == 0
        with Popen(command("acme"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None and process.stderr is not None
            process.stdout.readline()
            process.stdout.close()
            assert process.wait(PATIENCE_S) == 1
            assert process.stderr.read() == ""


@pytest.mark.slow
class TestLostConnections:
    def test_heals_over_a_restart_and_says_so(self, onduty: Onduty, monkeypatch: pytest.MonkeyPatch) -> None:
        with serving("--store", "sqlite:a.db") as (first, address):
            monkeypatch.setenv("ONDUTY_SERVER", address)
            onduty("activity", "acme", "anna")
            with watching("acme") as watch:
                watch.until("snapshot_end")
                first.kill()
                first.wait()
                assert watch.note().startswith(f"onduty: {address}: connection lost: ")
                with serving("--store", "sqlite:a.db", "--listen", address):
                    assert watch.note().startswith(f"onduty: {address}: connected again after ")
                    onduty("activity", "acme", "bert")
                    line = watch.line()
                    assert (line["event"], line["user_id"]) == ("change", "bert")
                    assert watch.interrupt() == 130

    def test_begins_again_where_the_server_has_forgotten(self, onduty: Onduty, monkeypatch: pytest.MonkeyPatch) -> None:
        with serving("--store", "memory:") as (first, address):
            monkeypatch.setenv("ONDUTY_SERVER", address)
            assert onduty("activity", "acme", "anna").code == 0
            with watching("acme") as watch:
                watch.until("snapshot_end")
                first.terminate()
                first.wait()
                assert watch.note().endswith("connection lost: the server ended the stream; trying to reconnect\n")
                with serving("--store", "memory:", "--listen", address):
                    onduty("activity", "acme", "bert")
                    assert "beginning with a snapshot" in watch.note()
                    lines = watch.until("snapshot_end")
                    assert lines[0]["event"] == "snapshot_begin"

    def test_no_server_at_the_start_is_exit_code_3(self, onduty: Onduty) -> None:
        ran = onduty("watch", "acme", "--server", "127.0.0.1:1", "--timeout", "500ms")
        assert (ran.code, ran.out) == (3, "")
        assert ran.err.startswith("onduty: no answer from 127.0.0.1:1: connection refused; ")
        assert ran.err.count("\n") == 1


@pytest.mark.usefixtures("server")
class TestRefusals:
    def test_are_one_line(self, onduty: Onduty) -> None:
        assert onduty("watch", "") == (1, "", "onduty: ACCOUNT: is required\n")
        assert onduty("watch", "acme", "--resume-token", "xx") == (
            *(1, ""),
            "onduty: --resume-token: is not a resume token\n",
        )
        assert onduty("watch", "\udcff") == (2, "", "onduty: an argument is not valid UTF-8\n")


@pytest.mark.skipif(sys.platform == "win32", reason="has no pty")
class TestTable:
    def test_is_what_a_terminal_shows_and_leaves_it_in_order(self, onduty: Onduty, server: str) -> None:
        onduty("status", "set", "acme", "anna", "away", "--actor", "boss", "--reason", "at lunch [red]")
        controller, terminal = os.openpty()
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120", "LINES": "20"}
        process = Popen(command("acme"), stdin=terminal, stdout=terminal, stderr=subprocess.PIPE, env=environment)
        os.close(terminal)
        try:
            shown = b""
            while b"at lunch [red]" not in shown:
                shown += os.read(controller, 65_536)
            assert b"\x1b[?1049h" in shown and b"\x1b[?1049l" not in shown
            for word in (b"acme", server.encode(), b"anna", b"AWAY", b"MANUAL", b"boss", b"workflow off"):
                assert word in shown
            onduty("workflow", "set", "acme", "--enable", "--away-after", "10m")
            onduty("activity", "acme", "bert")
            # A change does not say what comes next; that is asked for.
            while b"bert" not in shown or b"(in 10m)" not in shown:
                shown += os.read(controller, 65_536)
            process.send_signal(signal.SIGTERM)
            while b"\x1b[?25h" not in shown or b"\x1b[?1049l" not in shown:
                shown += os.read(controller, 65_536)
            assert process.wait(PATIENCE_S) == -signal.SIGTERM
        finally:
            process.kill()
            process.wait()
            process.close()
            os.close(controller)

    async def test_shows_as_many_as_fit_who_changed_last_first(self) -> None:
        table = LiveTable("acme", "here:1")
        table.take(snapshot(*(user(f"u{number}", number) for number in range(100))))
        table.take(changed("u7", 200, Status.AWAY))
        table.take(changed("new", 201, Status.ONLINE))
        lines = drawn(table)
        assert lines[1] == "ONLINE 100   AWAY 1   OFFLINE 0"
        users = [line.split()[0] for line in lines[5:-1]]
        assert users == ["new", "u7", "u99", "u98"]
        assert lines[-1] == "... and 97 whose last change is older"

    async def test_says_how_fresh_it_is(self) -> None:
        table = LiveTable("acme", "here:1")
        assert drawn(table)[-1] == "waiting for the first answer"
        table.take(snapshot(user("anna", 5)))
        assert drawn(table)[3] == "age not known yet"
        table.age_of = Fresh(65)
        assert drawn(table)[3] == "as of 08:54:25 UTC, 0.0 s old"
        assert drawn(table)[5].endswith("08:53:25 (1m ago)")

    async def test_a_status_set_anew_is_as_old_as_it_was(self) -> None:
        table = LiveTable("acme", "here:1")
        table.take(snapshot(user("anna", 5)))
        table.take(changed("anna", 9_000, Status.ONLINE, previous=Status.ONLINE, cause=Cause.MANUAL))
        (row,) = drawn(table)[5:]
        assert row.split()[:5] == ["anna", "ONLINE", "MANUAL", "2025-10-09", "08:53:25"]

    async def test_has_the_columns_of_a_list_and_never_a_clock_that_may_be_wrong(self) -> None:
        table = LiveTable("acme", "here:1")
        anna = replace(user("anna", 5), last_activity_time=at(30), next_status=Status.AWAY, next_status_time=at(660))
        table.take(snapshot(anna))
        table.age_of = Fresh(60)
        heading, row = drawn(table)[4:]
        assert re.split(r"  +", heading) == ["USER", "STATUS", "CAUSE", "SINCE (UTC)", "ACTIVE (UTC)", "NEXT (UTC)"]
        assert re.split(r"  +", row) == [
            *("anna", "ONLINE", "ACTIVITY", "08:53:25 (55s ago)", "08:53:50 (30s ago)", "AWAY 09:04:20 (in 10m)")
        ]
        table.take(changed("anna", 60, Status.AWAY, previous=Status.ONLINE, cause=Cause.MANUAL))
        assert drawn(table)[5].split() == ["anna", "AWAY", "MANUAL", "08:54:20", "(now)"]
        # What was asked before the change is of another status.
        table.take_clocks([anna])
        assert drawn(table)[5].split() == ["anna", "AWAY", "MANUAL", "08:54:20", "(now)"]
        away = replace(user("anna", 60), status=Status.AWAY, cause=Cause.MANUAL, last_activity_time=at(60))
        table.take_clocks([away])
        assert drawn(table)[5].split() == ["anna", "AWAY", "MANUAL", "08:54:20", "(now)", "08:54:20", "(now)"]
        table.take_clocks([])
        assert drawn(table)[5].split() == ["anna", "AWAY", "MANUAL", "08:54:20", "(now)"]

    async def test_shows_sessions_engagements_and_ends_in_columns_of_their_own_once_somebody_has_them(self) -> None:
        table = LiveTable("acme", "here:1")
        anna, bert = user("anna", 5), user("bert", 4)
        table.take(snapshot(anna, bert))
        table.age_of = Fresh(60)
        table.take(changed("anna", 60, Status.AWAY, previous=Status.ONLINE, cause=Cause.MANUAL, end=at(1_860)))
        heading, first, _ = drawn(table, width=200)[4:]
        assert re.split(r"  +", heading)[-1] == "UNTIL (UTC)"
        assert re.split(r"  +", first)[-1] == "09:24:20 (in 30m), then ONLINE"
        away = replace(anna, status=Status.AWAY, cause=Cause.MANUAL, expire_time=at(1_860), then=Then.ONLINE)
        gone: dict[str, Any] = {
            "next_status": Status.OFFLINE,
            "next_status_time": at(90),
            "next_cause": Cause.DISCONNECT,
        }
        table.take_clocks([replace(away, connected=True, engagements=2), replace(bert, **gone)])
        heading, first, second = drawn(table, width=200)[4:]
        assert re.split(r"  +", heading)[5:] == ["NEXT (UTC)", "UNTIL (UTC)", "CLIENT", "ENGAGED"]
        assert re.split(r"  +", first)[-2:] == ["connected", "2"]
        assert re.split(r"  +", second)[-1] == "OFFLINE 08:54:50 (in 30s) by DISCONNECT"
        # What a watch does not tell is unknown once it was not answered.
        table.take_clocks([])
        assert "CLIENT" not in drawn(table, width=200)[4]

    async def test_says_what_the_workflow_does_with_whoever_is_gone(self) -> None:
        table = LiveTable("acme", "here:1")
        workflow = replace(WORKFLOW, disconnect_after=timedelta(minutes=1), disconnect_status=Status.AWAY)
        table.take(WatchSnapshot(True, True, workflow, (), ""))
        table.age_of = Fresh(60)
        assert "AWAY when gone for 1m, resume from-away" in "\n".join(drawn(table))

    async def test_cuts_short_reasons_and_names_rather_than_leave_columns_out(self) -> None:
        table = LiveTable("acme", "here:1")
        anna = replace(
            user("anna", 5),
            reason="a long reason " * 30,
            last_activity_time=at(6),
            next_status=Status.AWAY,
            next_status_time=at(600),
        )
        table.take(snapshot(anna, user("b" * 128, 4)))
        table.age_of = Fresh(60)
        heading, *rows = drawn(table, width=100)[4:]
        assert len(rows) == 2
        for row, name in zip(rows, ("anna", "bbbbbbb"), strict=True):
            assert row.startswith(name)
            assert "ONLINE" in row
        assert "08:53:25 (55s ago)" in rows[0] and "AWAY 09:03:20 (in 9m)" in rows[0] and "ACTIVITY: a" in rows[0]
        assert "NEXT (UTC)" in heading

    async def test_shows_names_that_nobody_would_tell_apart(self) -> None:
        table = LiveTable("acme", "here:1")
        table.take(snapshot(user("ada ", 5), user("ad\u200ba", 6)))
        assert [line.split()[0] for line in drawn(table)[5:]] == ["ad\\u200ba", "ada\\u0020"]

    async def test_in_the_time_of_this_machine(self, three_hours_ahead: None) -> None:
        table = LiveTable("acme", "here:1", local=True)
        table.take(snapshot(user("anna", 5)))
        table.age_of = Fresh(65)
        lines = drawn(table)
        assert lines[3] == "as of 11:54:25 XST, 0.0 s old"
        assert "SINCE (XST)" in lines[4]
        assert lines[5].endswith("11:53:25 (1m ago)")

    async def test_a_new_snapshot_replaces_everything_once_it_is_complete(self) -> None:
        table = LiveTable("acme", "here:1")
        table.take(snapshot(user("anna", 5)))
        table.take(snapshot(user("bert", 6), last=False))
        assert drawn(table)[5].startswith("anna")
        table.take(snapshot(user("carla", 7), first=False))
        assert [line.split()[0] for line in drawn(table)[5:]] == ["carla", "bert"]

    def test_has_no_lines_to_resume(self, onduty: Onduty, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("onduty_server.cli.remote.watch._is_terminal", lambda: True)
        ran = onduty("watch", "acme", "--bookmarks")
        assert ran == (2, "", "onduty: --bookmarks and --resume-token are for JSON lines; give --json too\n")


def user(user_id: str, second: int) -> UserStatus:
    return UserStatus(
        account_id="acme",
        user_id=user_id,
        status=Status.ONLINE,
        available=True,
        cause=Cause.ACTIVITY,
        status_since=at(second),
        last_activity_time=None,
        next_status=None,
        next_status_time=None,
        actor="",
        reason="",
        revision=second,
    )


WORKFLOW = Workflow("acme", False, None, None, Resume.FROM_AWAY, False, "", None, "", None)


def snapshot(*users: UserStatus, first: bool = True, last: bool = True) -> WatchSnapshot:
    return WatchSnapshot(first, last, WORKFLOW if first else None, users, "")


def changed(
    user_id: str,
    second: int,
    status: Status,
    *,
    previous: Status | None = None,
    cause: Cause = Cause.ACTIVITY,
    end: datetime | None = None,
) -> WatchChanges:
    change = StatusChange("acme", user_id, second, previous, status, cause, at(second), at(second), "", "")
    if end is not None:
        change = replace(change, expire_time=end, then=Then.ONLINE)
    return WatchChanges((change,), "")


class Fresh:
    """A watch that has just been told that all is known up to some second."""

    def __init__(self, second: int) -> None:
        self.as_of = at(second)
        self.staleness = 0.0


def at(second: int) -> datetime:
    return datetime.fromtimestamp(1_760_000_000 + second, UTC)


def drawn(table: LiveTable, width: int = 120) -> list[str]:
    console = Console(file=io.StringIO(), width=width, height=10)
    with console.capture() as capture:
        console.print(table.frame(console))
    return [line.rstrip() for line in capture.get().splitlines()]
