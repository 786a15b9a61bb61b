"""`onduty replay` against a server that is another process."""

from __future__ import annotations

import json
import math
import signal
import subprocess
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Onduty
from tests.cli.served import serving
from tests.fork_server import Popen

from onduty_server.app.log_rows import LoggedLease
from onduty_server.cli.remote.replay import at_speed
from onduty_server.domain.layers import LeaseAction

HEADER = "activity_time,user_id\n"
SUPPORT_CHAT = Path(__file__).parents[1] / "data" / "support-chat.csv"


def log(*rows: str) -> str:
    Path("log.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows), errors="surrogateescape")
    return "log.csv"


def command(*arguments: str) -> list[str]:
    return ["replay", *arguments]


def users(onduty: Onduty, account: str) -> list[str]:
    return [json.loads(line)["user_id"] for line in onduty("status", "list", account, "--json").lines]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with serving("--store", "memory:") as (_, address):
        monkeypatch.setenv("ONDUTY_SERVER", address)
        yield address


@pytest.mark.usefixtures("server")
class TestSessions:
    """A log with a column of kinds."""

    def log(self, *rows: str) -> str:
        header = "activity_time,user_id,kind,lease_id,ttl,idle_for"
        Path("log.csv").write_text("".join(f"{row}\n" for row in (header, *rows)))
        return "log.csv"

    def status(self, onduty: Onduty, user: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(onduty("status", "get", "acme", user, "--json").out)
        return found

    def test_sessions_and_engagements_are_kept_and_ended_in_their_order(self, onduty: Onduty) -> None:
        file = self.log(
            "2019-01-01T00:00:00Z,ada,,,,",
            "2019-01-01T00:00:00Z,ada,session_kept,web,,",
            "2019-01-01T00:00:00Z,ben,session_kept,web,150,0",
            "2019-01-01T00:00:01Z,ada,engagement_kept,call,,",
            "2019-01-01T00:00:01Z,ada,engagement_kept,chat,10m,",
            "2019-01-01T00:00:02Z,ben,session_ended,web,,",
            "2019-01-01T00:00:03Z,ada,engagement_ended,call,,",
        )
        ran = onduty("replay", file, "--account", "acme", "--speed", "max", "--json")
        assert ran.code == 0, ran.err
        summary = json.loads(ran.out)
        assert (summary["sent"], summary["acknowledged"], summary["refused"]) == (7, 7, 0)
        ada, ben = self.status(onduty, "ada"), self.status(onduty, "ben")
        assert (ada["connected"], ada["engagements"]) == (True, 1)
        assert (ben["connected"], ben["status"]) == (False, "ONLINE")

    def test_what_a_server_refuses_is_told_with_its_line(self, onduty: Onduty) -> None:
        file = self.log(
            "2019-01-01T00:00:00Z,ada,session_kept,web,,",
            "2019-01-01T00:00:00Z,ada,,,,",
            "2019-01-01T00:00:01Z,ada,session_kept,web,,",
        )
        ran = onduty("replay", file, "--account", "acme", "--speed", "max", "--json")
        assert (ran.code, ran.err) == (1, "onduty: 1 row was refused\n")
        (refusal,) = json.loads(ran.out)["first_refusals"]
        assert (refusal["line"], refusal["user_id"], refusal["reason"]) == (2, "ada", "USER_UNKNOWN")
        assert self.status(onduty, "ada")["connected"] is True

    def test_a_malformed_row_changes_nothing(self, onduty: Onduty) -> None:
        file = self.log("2019-01-01T00:00:00Z,ada,,,,", "2019-01-01T00:00:00Z,ada,session_kept,web,5s,")
        ran = onduty("replay", file, "--account", "acme", "--speed", "max")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err == "onduty: log.csv: line 3: ttl: must be between 30s and 4h, got 5s\n"
        assert users(onduty, "acme") == []


@pytest.mark.parametrize(
    ("lease", "speed", "expected"),
    [
        (LoggedLease(LeaseAction.KEEP_SESSION, "web", None, None), 1, (None, None)),
        (LoggedLease(LeaseAction.KEEP_SESSION, "web", 600_000, 5_000), math.inf, (600_000, 5_000)),
        (LoggedLease(LeaseAction.KEEP_SESSION, "web", 600_000, 5_000), 2, (300_000, 2_500)),
        (LoggedLease(LeaseAction.KEEP_SESSION, "web", None, None), 3, (50_000, None)),
        (LoggedLease(LeaseAction.KEEP_SESSION, "web", None, 0), 60, (30_000, 0)),
        (LoggedLease(LeaseAction.KEEP_ENGAGEMENT, "call", None, None), 60, (60_000, None)),
        (LoggedLease(LeaseAction.KEEP_ENGAGEMENT, "call", 14_400_000, None), 0.5, (14_400_000, None)),
        (LoggedLease(LeaseAction.END_SESSION, "web"), 60, (None, None)),
    ],
)
def test_periods_follow_the_speed_as_far_as_a_server_takes_them(
    lease: LoggedLease, speed: float, expected: tuple[int | None, int | None]
) -> None:
    assert at_speed(lease, speed) == expected


@pytest.mark.usefixtures("server")
class TestReplay:
    def test_of_a_real_log_as_fast_as_it_goes(self, onduty: Onduty) -> None:
        ran = onduty("replay", str(SUPPORT_CHAT), "--account", "chat", "--speed", "max")
        assert (ran.code, ran.err) == (0, "")
        found = dict(line.split(maxsplit=1) for line in ran.lines)
        assert (found["sent"], found["acknowledged"], found["refused"]) == ("3,469", "3,469", "0")
        with SUPPORT_CHAT.open() as file:
            in_log = {line.strip().split(",")[1] for line in file} - {"user_id"}
        assert set(users(onduty, "chat")) == in_log

    def test_keeps_the_gaps_of_the_log_divided_by_the_speed(self, onduty: Onduty) -> None:
        file = log("2019-01-01T00:00:00Z,a", "2019-01-01T00:00:30Z,b", "2019-01-01T00:00:10Z,c", "2019-01-01T00:01Z,d")
        ran = onduty("replay", file, "--account", "acme", "--speed", "60x", "--keep-order", "--json")
        summary = json.loads(ran.out)
        assert (summary["acknowledged"], summary["complete"]) == (4, True)
        assert 1.0 <= summary["duration_s"] < 3.0
        times = [json.loads(line)["effective_time"] for line in onduty("history", "acme", "--json").lines]
        seconds = [float(time[17:-1]) for time in times]
        # c is older than b and comes along with it.
        gaps = [(later - earlier) % 60 for earlier, later in pairwise(seconds)]
        assert 0.45 <= gaps[0] < 1.0
        assert gaps[1] < 0.2
        assert 0.35 <= gaps[2] < 1.0

    def test_says_which_activities_were_refused_and_sends_the_others(self, onduty: Onduty) -> None:
        file = log("2019-01-01T00:00:00Z,a", "2019-01-01T00:00:00Z,", "2019-01-01T00:00:00Z,\udcff", "2019-01-01T00Z,b")
        ran = onduty("replay", file, "--account", "acme", "--speed", "max")
        assert (ran.code, ran.err) == (1, "onduty: 2 rows were refused\n")
        assert "  line 3      user_id: is required" in ran.lines
        assert "  line 4      user_id: is not valid UTF-8" in ran.lines
        summary = json.loads(onduty("replay", file, "--account", "acme", "--speed", "max", "--json").out)
        assert (summary["sent"], summary["acknowledged"], summary["refused"]) == (3, 2, 2)
        assert {it["line"]: it["user_id"] for it in summary["first_refusals"]} == {3: "", 4: "\\udcff"}
        assert users(onduty, "acme") == ["a", "b"]

    def test_a_malformed_file_changes_nothing(self, onduty: Onduty) -> None:
        ran = onduty("replay", log("2019-01-01T00:00:00Z,a", "noon,b"), "--account", "acme", "--speed", "max")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("onduty: log.csv: line 3: activity_time: 'noon' is not a time")
        assert users(onduty, "acme") == []

    def test_of_standard_input_sends_rows_as_they_come(self, onduty: Onduty) -> None:
        with Popen(
            command("-", "--account", "acme", "--json"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stdin is not None and process.stdout is not None and process.stderr is not None
            process.stdin.write(HEADER + "2019-01-01T00:00:00Z,anna\n")
            process.stdin.flush()
            wait_for(lambda: users(onduty, "acme") == ["anna"])
            process.send_signal(signal.SIGINT)
            assert process.wait(15) == 130
            assert process.stderr.read() == "onduty: interrupted\n"
            summary = json.loads(process.stdout.read())
            assert (summary["complete"], summary["acknowledged"]) == (False, 1)

    def test_an_empty_log_is_none(self, onduty: Onduty) -> None:
        ran = onduty("replay", log(), "--account", "acme", "--json")
        assert (ran.code, json.loads(ran.out)["sent"]) == (0, 0)

    def test_an_account_that_cannot_be_one_is_refused_at_once(self, onduty: Onduty) -> None:
        ran = onduty("replay", log("2019-01-01T00:00:00Z,a"), "--account", "")
        assert ran == (1, "", "onduty: --account: is required\n")

    @pytest.mark.parametrize("speed", ["0", "-1", "fast", "nan", "inf"])
    def test_a_speed_that_is_none(self, onduty: Onduty, speed: str) -> None:
        ran = onduty("replay", log(), "--account", "acme", "--speed", speed)
        assert (ran.code, ran.out) == (2, "")
        assert "Invalid value for '--speed'" in ran.err

    def test_long_ids_stay_below_the_size_of_a_message(self, onduty: Onduty) -> None:
        account = "\N{GRINNING FACE}" * 32
        rows = [f"2019-01-01T00:00:00Z,{number:064}{'x' * 64}" for number in range(12_000)]
        ran = onduty("replay", log(*rows), "--account", account, "--speed", "max", "--json")
        assert (ran.code, json.loads(ran.out)["acknowledged"]) == (0, 12_000)


@pytest.mark.slow
class TestLostConnections:
    def test_nothing_is_lost_over_a_crash(self, onduty: Onduty, monkeypatch: pytest.MonkeyPatch) -> None:
        file = log(*(f"2019-01-01T00:00:{number // 10:02}.{number % 10}00Z,u{number}" for number in range(600)))
        with serving("--store", "sqlite:a.db") as (first, address):
            monkeypatch.setenv("ONDUTY_SERVER", address)
            with Popen(
                command(file, "--account", "acme", "--speed", "20", "--json"),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            ) as process:
                wait_for(lambda: len(users(onduty, "acme")) > 50)
                first.kill()
                first.wait()
                with serving("--store", "sqlite:a.db", "--listen", address):
                    out, err = process.communicate(timeout=30)
                    assert process.returncode == 0
                    found = users(onduty, "acme")
        summary: dict[str, Any] = json.loads(out)
        assert (summary["acknowledged"], summary["reconnects"]) == (600, 1)
        assert set(found) == {f"u{number}" for number in range(600)}
        lost, back = err.splitlines()
        assert ": connection lost: " in lost and ": connected again after " in back

    def test_gives_up_in_the_end_and_says_how_far_it_got(self, onduty: Onduty) -> None:
        file = log("2019-01-01T00:00:00Z,a", "2019-01-01T01:00:00Z,b")
        with (
            serving("--store", "memory:") as (server, address),
            Popen(
                command(file, "--account", "acme", "--patience", "1s", "--json", "--server", address),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            ) as process,
        ):
            wait_for(lambda: onduty("status", "get", "acme", "a", "--server", address).code == 0)
            server.kill()
            out, err = process.communicate(timeout=20)
        assert process.returncode == 3
        assert json.loads(out)["acknowledged"] == 1
        assert err.splitlines()[-1].startswith(f"onduty: no answer from {address}: ")

    def test_no_server_at_the_start_is_exit_code_3(self, onduty: Onduty) -> None:
        ran = onduty("replay", log(), "--account", "acme", "--server", "127.0.0.1:1", "--timeout", "500ms")
        assert (ran.code, ran.out) == (3, "")
        assert ran.err.startswith("onduty: no answer from 127.0.0.1:1: connection refused; ")


def wait_for(condition: Any) -> None:
    deadline = time.monotonic() + 15  # noqa: TID251 - the command is another process, in real time
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"  # noqa: TID251
        time.sleep(0.05)  # noqa: TID251
