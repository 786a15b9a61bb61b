"""Statuses with an end, sessions, engagements and disconnections on the command line, against a real server.

Its clock is a fake one that begins now, since the command line tells times of day by the clock of its machine.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from tests.cli.conftest import Onduty
from tests.cli.test_remote import MINUTE, Remote, at, facts, remote, server
from tests.fakes import FakeClock

from onduty_server.process.clock import wall_clock_ms
from onduty_server.text.times import from_ms

__all__ = ["remote", "server"]

SECOND = 1_000


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(wall_clock_ms() // SECOND * SECOND)


def in_utc(time_ms: int) -> str:
    return f"{from_ms(time_ms):%Y-%m-%d %H:%M:%S} UTC"


async def shown(remote: Remote, user: str = "ada") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((await remote("status", "get", "acme", user, "--json")).out)
    return found


class TestStatusWithAnEnd:
    async def test_set_for_a_while_with_what_follows(self, remote: Remote, clock: FakeClock) -> None:
        start = clock.now()
        found = facts(await remote("status", "set", "acme", "ada", "away", "--for", "30m", "--then", "online"))
        assert (found["status"], found["cause"]) == ("AWAY", "MANUAL by supervisor")
        end = in_utc(start + 30 * MINUTE)
        assert found["until"] == f"{end} (in 30m), then ONLINE"
        assert found["next"] == f"ONLINE {end} (in 30m) by EXPIRY"
        as_json = await shown(remote)
        assert (as_json["expire_time"], as_json["then"]) == (at(start + 30 * MINUTE), "ONLINE")
        assert (as_json["next_status"], as_json["next_cause"]) == ("ONLINE", "EXPIRY")
        assert as_json["next_status_time"] == at(start + 30 * MINUTE)
        clock.advance(30 * MINUTE)
        after = await shown(remote)
        assert (after["status"], after["cause"], after["status_since"]) == ("ONLINE", "EXPIRY", at(start + 30 * MINUTE))
        assert (after["expire_time"], after["then"], after["next_cause"]) == (None, None, None)

    async def test_until_a_time_of_day_or_a_time(self, remote: Remote, clock: FakeClock) -> None:
        end = from_ms(clock.now()).replace(second=0) + timedelta(hours=2)
        for text in (f"{end:%H:%M}", f"{end:%H:%M:00}", f"{end:%Y-%m-%dT%H:%M:00Z}", f"{end:%H:%M}Z"):
            ran = await remote("status", "set", "acme", "ada", "away", "--until", text, "--json")
            assert json.loads(ran.out)["expire_time"] == f"{end:%Y-%m-%dT%H:%M:00Z}", text
            assert json.loads(ran.out)["then"] == "AUTOMATIC"

    async def test_a_time_of_day_is_in_the_zone_in_which_times_are_shown(
        self, remote: Remote, clock: FakeClock, three_hours_ahead: None
    ) -> None:
        end = from_ms(clock.now()).replace(second=0) + timedelta(hours=2)
        here = end + timedelta(hours=3)
        ran = await remote("status", "set", "acme", "ada", "away", "--until", f"{here:%H:%M}", "--local")
        assert facts(ran)["until"].startswith(f"{here:%Y-%m-%d %H:%M:00} XST (in ")

    async def test_setting_it_again_without_an_end_removes_it(self, remote: Remote) -> None:
        await remote("status", "set", "acme", "ada", "away", "--for", "30m")
        assert "until" not in facts(await remote("status", "set", "acme", "ada", "away"))
        assert (await shown(remote))["expire_time"] is None

    async def test_a_list_and_the_history_have_a_column_for_it_only_if_somebody_has_one(
        self, remote: Remote, clock: FakeClock
    ) -> None:
        start = clock.now()
        await remote("status", "set", "acme", "ben", "online")
        for command in (("status", "list", "acme"), ("history", "acme"), ("available", "acme")):
            assert "UNTIL" not in (await remote(*command)).lines[0]
        await remote("status", "set", "acme", "ada", "away", "--for", "90m", "--then", "offline")
        heading, ben, ada = (await remote("status", "list", "acme")).lines
        assert re.split(r"  +", heading)[-1] == "UNTIL (UTC)"
        assert re.search(r"\d\d:\d\d:\d\d \(in 90m\), then OFFLINE$|\(in 1h30m\), then OFFLINE$", ada)
        assert ben.endswith("(now)") or ben.endswith("ago)")
        heading, _, changed = (await remote("history", "acme")).lines
        assert heading.endswith("UNTIL (UTC)")
        assert f"{from_ms(start + 90 * MINUTE):%Y-%m-%d %H:%M:%S} (in " in changed
        assert changed.endswith("then OFFLINE")
        change = json.loads((await remote("history", "acme", "--user", "ada", "--json")).out)
        assert (change["expire_time"], change["then"]) == (at(start + 90 * MINUTE), "OFFLINE")

    @pytest.mark.parametrize(
        ("options", "says"),
        [
            (("--for", "30m", "--until", "12:30"), "give either --for or --until, not both"),
            (("--then", "online"), "--then says what follows at the end of a status; give --for or --until too"),
            (("--until", "12:61"), "--until: '12:61' is not a time of day; write it like 12:30"),
            (("--until", "30m"), "--until: '30m' is not a time; write it like 12:30 or 2026-"),
            (("--until", "noon"), "--until: 'noon' is not a time; write it like 2026-"),
            (("--for", "soon"), "'soon' is not a duration; write it like 10m"),
            (("--for", "30"), "'30' has no unit; write 30s for seconds or 30m for minutes"),
            (("--for", "1h", "--then", "busy"), "'busy' is not one of 'automatic', 'online', 'away', 'offline'"),
        ],
    )
    def test_what_makes_no_sense_is_refused_here(self, onduty: Onduty, options: tuple[str, ...], says: str) -> None:
        ran = onduty("status", "set", "acme", "ada", "away", *options)
        assert (ran.code, ran.out) == (2, "")
        assert says in ran.err
        assert ran.err.count("\n") == 1

    async def test_an_end_that_a_server_does_not_take(self, remote: Remote) -> None:
        for option, value in (("--for", "31d"), ("--for", "500ms"), ("--until", "2000-01-01T00:00:00Z")):
            ran = await remote("status", "set", "acme", "ada", "away", option, value)
            assert (ran.code, ran.out) == (1, "")
            assert ran.err.count("\n") == 1
            assert ran.err.startswith(f"onduty: {option}: ")


class TestSessions:
    async def test_one_is_kept_and_ended(self, remote: Remote, clock: FakeClock) -> None:
        await remote("activity", "acme", "ada")
        found = facts(await remote("session", "keep", "acme", "ada", "phone"))
        assert (found["user"], found["client"]) == ("ada", "connected")
        assert (await shown(remote))["connected"] is True
        found = facts(await remote("session", "end", "acme", "ada", "phone"))
        assert "client" not in found
        assert facts(await remote("session", "end", "acme", "ada", "phone"))["user"] == "ada"
        ran = await remote("session", "keep", "acme", "ada", "phone", "--ttl", "30s", "--json")
        assert json.loads(ran.out)["connected"] is True
        clock.advance(30 * SECOND)
        assert (await shown(remote))["connected"] is False

    async def test_input_that_it_tells_of_is_an_activity(self, remote: Remote, clock: FakeClock) -> None:
        ran = await remote("session", "keep", "acme", "ada", "phone", "--idle-for", "2m", "--json")
        assert json.loads(ran.out)["last_activity_time"] == at(clock.now() - 2 * MINUTE)

    async def test_whoever_is_gone_is_shown_as_that_with_what_comes_back(
        self, remote: Remote, clock: FakeClock
    ) -> None:
        start = clock.now()
        await remote("workflow", "set", "acme", "--enable", "--disconnect-after", "60s")
        await remote("activity", "acme", "ada")
        await remote("status", "set", "acme", "ben", "away", "--for", "1h")
        for user in ("ada", "ben"):
            await remote("session", "keep", "acme", user, "web", "--ttl", "30s")
        found = facts(await remote("status", "get", "acme", "ada"))
        assert found["next"].startswith(f"OFFLINE {in_utc(start + 90 * SECOND)} (in ")
        assert found["next"].endswith(" by DISCONNECT")
        ((_, _, row),) = [line.partition("ada") for line in (await remote("status", "list", "acme")).lines[1:2]]
        assert row.rstrip().endswith("connected")
        assert " by DISCONNECT" in row
        clock.advance(90 * SECOND)
        found = facts(await remote("status", "get", "acme", "ada"))
        assert (found["status"], found["cause"]) == ("OFFLINE", "DISCONNECT")
        assert found["client"].startswith(f"gone since {in_utc(start + 90 * SECOND)} (")
        as_json = await shown(remote, "ben")
        assert (as_json["status"], as_json["cause"], as_json["connected"]) == ("OFFLINE", "DISCONNECT", False)
        assert (as_json["expire_time"], as_json["then"]) == (at(start + 60 * MINUTE), "AUTOMATIC")
        heading, ada, ben = (await remote("status", "list", "acme")).lines
        assert "CLIENT" in heading and ada.rstrip().endswith("gone") and ", then AUTOMATIC" in ben
        assert (await remote("available", "acme", "--json")).out.startswith('{"available_count": 0')
        found = facts(await remote("session", "keep", "acme", "ada", "web"))
        assert (found["status"], found["cause"], found["client"]) == ("ONLINE", "ACTIVITY", "connected")

    async def test_what_is_refused_is_said_in_one_line(self, remote: Remote) -> None:
        never = await remote("session", "keep", "acme", "nobody", "web")
        assert (never.code, never.out) == (1, "")
        assert 'user "nobody"' in never.err and never.err.count("\n") == 1
        assert (await remote("engagement", "end", "acme", "nobody", "call")).err == never.err
        await remote("activity", "acme", "ada")
        for arguments in (("--ttl", "10s"), ("--ttl", "5h"), ("--idle-for", "31d")):
            ran = await remote("session", "keep", "acme", "ada", "web", *arguments)
            assert (ran.code, ran.out) == (1, "")
            assert ran.err.startswith(f"onduty: {arguments[0]}: ")
        for number in range(20):
            await remote("session", "keep", "acme", "ada", f"s{number}")
        ran = await remote("session", "keep", "acme", "ada", "s20")
        assert (ran.code, ran.err.count("\n")) == (1, 1)
        assert "20 sessions" in ran.err


class TestEngagements:
    async def test_one_holds_inactivity_up_and_is_counted(self, remote: Remote, clock: FakeClock) -> None:
        start = clock.now()
        await remote("workflow", "set", "acme", "--enable", "--away-after", "10m")
        await remote("activity", "acme", "ada")
        found = facts(await remote("engagement", "keep", "acme", "ada", "call-7", "--ttl", "40m"))
        assert found["engagements"] == "1"
        assert found["next"] == f"AWAY {in_utc(start + 50 * MINUTE)} (in 50m) by INACTIVITY"
        assert facts(await remote("engagement", "keep", "acme", "ada", "call-8"))["engagements"] == "2"
        heading, ada = (await remote("status", "list", "acme")).lines
        assert heading.rstrip().endswith("ENGAGED") and ada.rstrip().endswith("2")
        await remote("engagement", "end", "acme", "ada", "call-8")
        found = facts(await remote("engagement", "end", "acme", "ada", "call-7"))
        assert "engagements" not in found
        assert (await shown(remote))["engagements"] == 0

    async def test_whoever_has_enough_can_be_left_out(self, remote: Remote) -> None:
        for user in ("ada", "ben"):
            await remote("activity", "acme", user)
        await remote("engagement", "keep", "acme", "ada", "call-7")
        found = json.loads((await remote("available", "acme", "--max-engagements", "1", "--json")).out)
        assert [user["user_id"] for user in found["user_statuses"]] == ["ben"]
        assert found["available_count"] == 1
        found = json.loads((await remote("available", "acme", "--max-engagements", "2", "--json")).out)
        assert [user["engagements"] for user in found["user_statuses"]] == [1, 0]


class TestWorkflow:
    async def test_disconnect_after_is_set_shown_cleared_and_reverted(self, remote: Remote) -> None:
        options = ("--enable", "--disconnect-after", "60s", "--disconnect-status", "away")
        found = facts(await remote("workflow", "set", "acme", *options))
        assert (found["enabled"], found["disconnect after"]) == ("yes", "1m, then AWAY")
        as_json = json.loads((await remote("workflow", "get", "acme", "--json")).out)
        assert (as_json["disconnect_after"], as_json["disconnect_status"]) == ("60s", "AWAY")
        await remote("workflow", "set", "acme", "--away-after", "10m", "--disconnect-status", "offline")
        ran = await remote("workflow", "set", "acme", "--disconnect-after", "off")
        assert facts(ran)["disconnect after"] == "off"
        newest, middle, first = (await remote("workflow", "history", "acme")).lines[1:]
        assert newest.endswith("disconnect after: 1m, then OFFLINE -> off")
        assert middle.endswith("away after: off -> 10m, disconnect after: 1m, then AWAY -> 1m, then OFFLINE")
        assert first.endswith("disconnect after: off -> 1m, then AWAY")
        ran = await remote("workflow", "revert", "acme", "1")
        assert facts(ran)["disconnect after"] == "1m, then AWAY"
        assert facts(await remote("workflow", "revert", "acme", "0"))["disconnect after"] == "off"

    async def test_a_dry_run_says_who_would_go(self, remote: Remote, clock: FakeClock) -> None:
        for user in ("ada", "ben"):
            await remote("activity", "acme", user)
            await remote("session", "keep", "acme", user, "web", "--ttl", "30s")
        clock.advance(10 * MINUTE)
        await remote("session", "keep", "acme", "ben", "web", "--ttl", "30s")
        await remote("workflow", "set", "acme", "--enable", "--away-after", "1h")
        ran = await remote("workflow", "set", "acme", "--disconnect-after", "5m", "--dry-run")
        assert "The change would at once switch 0 to AWAY and 0 to OFFLINE." in ran.out
        assert (
            "Without new activity, and if no session is kept again, these users switch within the next hour:" in ran.out
        )
        assert (await remote("workflow", "get", "acme", "--json")).out.count('"disconnect_after": null') == 1

    async def test_what_makes_no_sense_is_refused(self, remote: Remote) -> None:
        ran = await remote("workflow", "set", "acme", "--disconnect-after", "500ms")
        assert (ran.code, ran.err) == (1, "onduty: --disconnect-after: must be between 1s and 30d, got 0.5s\n")
        ran = await remote("workflow", "set", "acme", "--disconnect-status", "online")
        assert (ran.code, ran.out) == (2, "")
        assert "'online' is not one of 'offline', 'away'" in ran.err


def marks(drawn: str) -> set[str]:
    return set(re.findall(r'state "([^"]* \((?:perhaps )?here\))"', drawn))


class TestDiagram:
    async def test_marks_where_somebody_stands_in_both_machines(self, remote: Remote, clock: FakeClock) -> None:
        await remote("workflow", "set", "acme", "--enable", "--away-after", "10m", "--disconnect-after", "60s")
        await remote("activity", "acme", "ada")
        ran = await remote("workflow", "diagram", "acme", "--user", "ada")
        assert (ran.code, ran.err) == (0, "")
        assert marks(ran.out) == {
            "ONLINE by activity (here)",
            "without a session (perhaps here)",
            "connected (perhaps here)",
        }
        await remote("session", "keep", "acme", "ada", "web")
        ran = await remote("workflow", "diagram", "acme", "--user", "ada")
        assert marks(ran.out) == {"ONLINE by activity (here)", "connected (here)"}
        clock.advance(5 * MINUTE)
        ran = await remote("workflow", "diagram", "acme", "--user", "ada")
        # Nothing that a server shows tells how she was ONLINE.
        assert marks(ran.out) == {
            "ONLINE by hand (perhaps here)",
            "ONLINE by activity (perhaps here)",
            "ONLINE by expiry (perhaps here)",
            "AWAY by hand (perhaps here)",
            "AWAY by inactivity (perhaps here)",
            "AWAY by expiry (perhaps here)",
            "gone, OFFLINE (here)",
        }

    async def test_an_end_shows_under_a_disconnection(self, remote: Remote, clock: FakeClock) -> None:
        options = ("--enable", "--disconnect-after", "60s", "--disconnect-status", "away")
        await remote("workflow", "set", "acme", *options)
        await remote("status", "set", "acme", "ada", "online", "--for", "2h")
        await remote("session", "keep", "acme", "ada", "web")
        clock.advance(5 * MINUTE)
        ran = await remote("workflow", "diagram", "acme", "--user", "ada")
        assert marks(ran.out) == {"ONLINE by hand, until a time (here)", "gone, AWAY at best (here)"}

    async def test_somebody_who_was_never_seen_and_an_account_that_is_missing(self, remote: Remote) -> None:
        ran = await remote("workflow", "diagram", "acme", "--user", "nobody")
        assert (ran.code, ran.out) == (1, "")
        assert 'user "nobody"' in ran.err
        ran = await remote("workflow", "diagram", "--away-after", "10m", "--user", "ada")
        assert (ran.code, ran.err) == (
            2,
            "onduty: --user is about an account; give the account too\n",
        )

    def test_of_options_that_disconnect(self, onduty: Onduty) -> None:
        ran = onduty("workflow", "diagram", "--disconnect-after", "90s")
        assert "CONNECTION_CONNECTED --> CONNECTION_OFFLINE: no session for 1m30s" in ran.out
        assert "[*] --> CONNECTION_UNTRACKED" in ran.out


def test_the_help_of_every_new_command_names_its_options(onduty: Onduty) -> None:
    for command, options in {
        ("status", "set"): ("--for", "--until", "--then"),
        ("session", "keep"): ("--ttl", "--idle-for"),
        ("session", "end"): (),
        ("engagement", "keep"): ("--ttl",),
        ("engagement", "end"): (),
        ("available",): ("--max-engagements",),
        ("workflow", "set"): ("--disconnect-after", "--disconnect-status"),
        ("workflow", "diagram"): ("--user",),
        ("simulate",): ("--disconnect-after", "--disconnect-status", "engagement_kept"),
    }.items():
        ran = onduty(*command, "--help")
        assert ran.code == 0
        for option in options:
            assert option in ran.out, (command, option)
