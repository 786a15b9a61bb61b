"""`onduty simulate`: the log it reads, what it writes, and how it refuses what it cannot read."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.cli.conftest import Onduty, Ran

SUPPORT_CHAT = Path(__file__).parents[1] / "data" / "support-chat.csv"
SESSIONS = SUPPORT_CHAT.with_name("sessions.csv")
BOTH = ("--away-after", "10m", "--offline-after", "30m")


def replay(onduty: Onduty, log: str | bytes, *options: str) -> Ran:
    return onduty("simulate", "-", *(options or BOTH), stdin=log if isinstance(log, bytes) else log.encode())


class TestComparison:
    FIRST = ("--away-after", "3m", "--offline-after", "30m", "--resume", "from-away-or-offline")

    def test_says_in_one_sentence_what_would_have_been_otherwise(self, onduty: Onduty) -> None:
        ran = onduty("simulate", str(SUPPORT_CHAT), *self.FIRST, "--compare", "away-after=10m")
        assert ran.code == 0 and ran.err == ""
        assert ran.lines[-1] == (
            "With away after 10m instead of 3m: 91 % fewer false Aways (17 instead of 196) and 3d11h29m more time "
            "Online."
        )
        assert "active within 1m after AWAY     196 of 1,108 (17.7 %)  17 of 544 (3.1 %)" in ran.lines
        assert ran.lines[7].split("  ")[-1] == "AWAY AFTER 10M"
        assert max(map(len, ran.lines[:-1])) <= 80

    def test_each_of_them_is_what_it_is_alone(self, onduty: Onduty) -> None:
        log = str(SUPPORT_CHAT)
        both = json.loads(onduty("simulate", log, *self.FIRST, "--compare", "away-after=10m", "--json").out)
        second = ("--away-after", "10m", *self.FIRST[2:])
        for found, options in ((both, self.FIRST), (both["compared"], second)):
            alone = json.loads(onduty("simulate", log, *options, "--json").out)
            assert (found["workflow"], found["summary"]) == (alone["workflow"], alone["summary"])
        assert both["difference"].startswith("With away after 10m instead of 3m: 91 % fewer false Aways")

    def test_a_picture_has_the_sentence_for_its_title_and_two_curves(self, onduty: Onduty) -> None:
        log = (SUPPORT_CHAT.read_text()).encode()
        ran = replay(onduty, log, *self.FIRST, "--compare", "away-after=10m", "--format", "svg")
        root = ElementTree.fromstring(ran.out.encode())
        assert (root[0].text or "").startswith("With away after 10m instead of 3m: 91 % fewer false Aways")
        said = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
        # The heading of its figures, its bar and its curve.
        assert said.count("Away after 3m") == said.count("Away after 10m") == 3

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            (
                "disconnect-after=1m",
                "With gone after 1m instead of never: no false Aways in either case, 7m less time",
            ),
            ("resume=never", "With resume never instead of from-away: no false Aways in either case"),
            (
                "away-after=off,offline-after=1h",
                "With away never instead of after 10m, offline after 1h instead of 30m: ",
            ),
            ("disconnect-after=1m,disconnect-status=away", "With gone after 1m instead of never, gone shown as AWAY "),
        ],
    )
    def test_of_what_differs(self, onduty: Onduty, change: str, sentence: str) -> None:
        assert onduty("simulate", str(SESSIONS), *BOTH, "--compare", change).lines[-1].startswith(sentence)

    @pytest.mark.parametrize(
        ("options", "says"),
        [
            (("--compare", "away-after"), "'away-after' does not say what differs; write it like away-after=10m,"),
            (("--compare", "away-after=10m"), "--compare: the second workflow is like the first; name what differs"),
            (("--compare", "away-after=10"), "'10' has no unit; write 10s for seconds or 10m for minutes"),
            (("--compare", "away-after=1h"), "--compare: offline-after: must be "),
            (("--compare", "away-after=off,offline-after=off"), "--compare: nobody would ever be switched"),
            (("--compare", "lunch=1h"), "'lunch' cannot be compared; name one or more of away-after, offline-after"),
            (("--compare", "resume=maybe"), "resume: 'maybe' is not one of from-away, never, from-away-or-offline"),
            (("--compare", "away-after=5m", "--format", "csv"), "csv has the changes of one workflow; with --compare"),
            (("--time-zone", "Europe/Berlin"), "--time-zone is for pictures; give --format svg too"),
            (("--format", "svg", "--time-zone", "Berlin"), '"Berlin" is not the IANA name of a time zone'),
        ],
    )
    def test_what_makes_no_sense_is_refused_in_one_line(
        self, onduty: Onduty, options: tuple[str, ...], says: str
    ) -> None:
        ran = onduty("simulate", str(SUPPORT_CHAT), *BOTH, *options)
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
        assert says in ran.err


class TestOutput:
    def test_csv_in_order_of_effective_time(self, onduty: Onduty) -> None:
        log = (
            "activity_time,user_id\n"
            "2019-09-04T22:00:00Z,anna\n"
            '2019-09-04T22:05:00.250Z,"b,en"\n'
            "2019-09-04T22:12:00Z,anna\n"
        )
        ran = replay(onduty, log)
        assert ran == (
            0,
            "effective_time,user_id,previous_status,status,cause\n"
            "2019-09-04T22:00:00Z,anna,,ONLINE,ACTIVITY\n"
            '2019-09-04T22:05:00.250Z,"b,en",,ONLINE,ACTIVITY\n'
            "2019-09-04T22:10:00Z,anna,ONLINE,AWAY,INACTIVITY\n"
            "2019-09-04T22:12:00Z,anna,AWAY,ONLINE,ACTIVITY\n"
            '2019-09-04T22:15:00.250Z,"b,en",ONLINE,AWAY,INACTIVITY\n'
            "2019-09-04T22:22:00Z,anna,ONLINE,AWAY,INACTIVITY\n"
            '2019-09-04T22:35:00.250Z,"b,en",AWAY,OFFLINE,INACTIVITY\n'
            "2019-09-04T22:42:00Z,anna,AWAY,OFFLINE,INACTIVITY\n",
            "",
        )

    def test_a_real_log(self, onduty: Onduty) -> None:
        ran = onduty("simulate", str(SUPPORT_CHAT), *BOTH)
        rows = list(csv.DictReader(io.StringIO(ran.out)))
        assert len(rows) == 298 + 388 + 298 + 90
        assert rows[0] == {
            "effective_time": "2019-09-04T22:44:46Z",
            "user_id": "user-001",
            "previous_status": "",
            "status": "ONLINE",
            "cause": "ACTIVITY",
        }
        # The last activity of the log is at 18:22:13.
        assert rows[-1]["effective_time"] == "2019-10-07T18:52:13Z"
        assert [row["effective_time"] for row in rows] == sorted(row["effective_time"] for row in rows)

    def test_a_table_sums_it_up(self, onduty: Onduty) -> None:
        ran = onduty("simulate", str(SUPPORT_CHAT), *BOTH, "--format", "table")
        facts = {line[:30].strip(): line[30:].strip() for line in ran.lines}
        assert facts == {
            "workflow": "away after 10m, offline after 30m, resume from-away",
            "users": "298",
            "activities": "3,469",
            "period": "2019-09-04T22:44:46Z to 2019-10-07T18:22:13Z",
            "length": "32d19h37m27s",
            "switches by inactivity": "686",
            "ONLINE to AWAY": "388",
            "ONLINE to OFFLINE": "0",
            "AWAY to OFFLINE": "298",
            "resumes by activity": "90",
            "AWAY to ONLINE": "90",
            "OFFLINE to ONLINE": "0",
            "activities that did not resume": "1,448 of 3,469 (41.7 %)",
            "active within 1m after AWAY": "12 of 388 (3.1 %) of switches to AWAY",
            "share of time": "from each user's first activity to the end of the period",
            "ONLINE": "0.1 %",
            "AWAY": "0.1 %",
            "OFFLINE": "99.8 %",
        }
        assert all(line == line.rstrip() for line in ran.lines)

    @pytest.mark.parametrize("option", [("--json",), ("--format", "json")])
    def test_json_holds_the_summary_and_every_change_on_a_line(self, onduty: Onduty, option: tuple[str, ...]) -> None:
        ran = onduty("simulate", str(SUPPORT_CHAT), *BOTH, "--resume", "from-away-or-offline", *option)
        found = json.loads(ran.out)
        assert found["workflow"] == {
            "away_after": "600s",
            "offline_after": "1800s",
            "resume": "FROM_AWAY_OR_OFFLINE",
            "keep_manual_away": False,
            "disconnect_after": None,
            "disconnect_status": "OFFLINE",
        }
        assert found["changes"][0] == {
            "effective_time": "2019-09-04T22:44:46Z",
            "user_id": "user-001",
            "previous_status": None,
            "status": "ONLINE",
            "cause": "ACTIVITY",
        }
        summary = found["summary"]
        assert summary["activities"] == 3_469
        assert summary["switches"][0] == {"previous_status": None, "status": "ONLINE", "count": 298}
        assert sum(kind["count"] for kind in summary["switches"]) == len(found["changes"])
        for line in ran.lines[3:-1]:
            assert json.loads(line.removesuffix(","))["user_id"]

    def test_the_same_rows_whatever_the_format(self, onduty: Onduty) -> None:
        as_csv = list(csv.DictReader(io.StringIO(onduty("simulate", str(SUPPORT_CHAT), *BOTH).out)))
        as_json = json.loads(onduty("simulate", str(SUPPORT_CHAT), *BOTH, "--json").out)["changes"]
        assert as_csv == [change | {"previous_status": change["previous_status"] or ""} for change in as_json]

    @pytest.mark.parametrize("output_format", ["csv", "json", "svg", "table"])
    def test_into_a_file(self, onduty: Onduty, output_format: str) -> None:
        options = ("simulate", str(SUPPORT_CHAT), *BOTH, "--format", output_format)
        ran = onduty(*options, "-o", "out")
        assert (ran.code, ran.out, ran.err) == (0, "", "")
        assert Path("out").read_text(encoding="utf-8") == onduty(*options).out

    def test_a_picture_says_what_the_table_says(self, onduty: Onduty) -> None:
        options = ("--format", "svg", "--time-zone", "Europe/Berlin")
        root = ElementTree.fromstring(onduty("simulate", str(SUPPORT_CHAT), *BOTH, *options).out.encode())
        said = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
        assert said[0] == "What this workflow would have done"
        assert "388" in said and "1,448 of 3,469 (41.7 %)" in said
        # In Berlin the first activity is on the day after.
        assert any("Thu 5 Sep 2019, 00:44 to Mon 7 Oct 2019, 20:22 (Europe/Berlin)" in text for text in said)

    def test_a_log_without_rows_has_a_picture_too(self, onduty: Onduty) -> None:
        ran = replay(onduty, "activity_time,user_id\n", *BOTH, "--format", "svg")
        assert ElementTree.fromstring(ran.out.encode()).get("role") == "img"

    def test_into_a_file_that_cannot_be_written(self, onduty: Onduty) -> None:
        ran = onduty("simulate", str(SUPPORT_CHAT), *BOTH, "-o", "no/out.csv")
        assert (ran.code, ran.err) == (1, "onduty: no/out.csv: No such file or directory\n")

    @pytest.mark.parametrize(("option", "changes"), [("--away-after", 2), ("--offline-after", 2)])
    def test_either_period_works_alone(self, onduty: Onduty, option: str, changes: int) -> None:
        ran = replay(onduty, "activity_time,user_id\n2019-09-04T22:00:00Z,a\n", option, "1h")
        after = {"--away-after": "AWAY", "--offline-after": "OFFLINE"}[option]
        assert ran.lines[1:] == [
            "2019-09-04T22:00:00Z,a,,ONLINE,ACTIVITY",
            f"2019-09-04T23:00:00Z,a,ONLINE,{after},INACTIVITY",
        ]

    def test_late_rows_are_counted_and_pointed_out(self, onduty: Onduty) -> None:
        log = "activity_time,user_id\n2019-09-04T22:30:00Z,b\n2019-09-04T22:00:00Z,a\n"
        ran = replay(onduty, log, "--away-after", "10m", "--format", "table", "--keep-order")
        assert ran.code == 0
        assert "1 of 2 rows are older than one before them and were taken as arriving late" in ran.err
        assert [line.split() for line in ran.lines if "late" in line] == [["late", "1"]]


class TestLogs:
    @pytest.mark.parametrize(
        "log",
        [
            b"activity_time,user_id\n2019-09-04T22:00:00Z,a\n",
            b"\xef\xbb\xbfactivity_time,user_id\r\n2019-09-04T22:00:00Z,a\r\n",
            b"user_id,team,activity_time\na,x,2019-09-04T22:00:00Z\n",
            b'"activity_time", user_id \n"2019-09-04T22:00:00Z","a"',
            b"activity_time,user_id\n\n2019-09-04T22:00:00Z,a\n\n",
            b"activity_time,user_id\n2019-09-05T00:00:00+02:00,a\n",
            b"activity_time,user_id\n2019-09-04t22:00:00z,a\n",
            b"activity_time,user_id\n2019-09-04T22:00:00.000999Z,a\n",
            b"activity_time,user_id\n2019-09-04T22:00:00.0009999999Z,a\n",
        ],
    )
    def test_the_same_activity_in_many_guises(self, onduty: Onduty, log: bytes) -> None:
        ran = replay(onduty, log, "--away-after", "10m")
        assert ran.code == 0, ran.err
        assert ran.lines[1:] == [
            "2019-09-04T22:00:00Z,a,,ONLINE,ACTIVITY",
            "2019-09-04T22:10:00Z,a,ONLINE,AWAY,INACTIVITY",
        ]

    def test_ids_are_unicode(self, onduty: Onduty) -> None:
        ran = replay(onduty, "activity_time,user_id\n2019-09-04T22:00:00Z,Zoë 🎧\n")
        assert "Zoë 🎧" in ran.lines[1]

    def test_a_header_alone_is_a_log_without_activities(self, onduty: Onduty) -> None:
        ran = replay(onduty, "activity_time,user_id\n")
        assert (ran.code, ran.lines) == (0, ["effective_time,user_id,previous_status,status,cause"])
        assert replay(onduty, "activity_time,user_id\n", *BOTH, "--format", "table").lines[1:] == [
            "users       0",
            "activities  0",
        ]
        assert json.loads(replay(onduty, "activity_time,user_id\n", *BOTH, "--json").out)["changes"] == []

    @pytest.mark.parametrize(
        ("log", "says"),
        [
            ("", "empty; the first line names the columns activity_time,user_id"),
            ("2019-09-04T22:00:00Z,a\n", "line 1: the header needs the columns activity_time,user_id; activity_time"),
            ("activity_time:user_id\n", "activity_time is not there in 'activity_time:user_id'"),
            (
                "activity_time,user_id,user_id\n",
                "line 1: the header needs the columns activity_time,user_id; user_id is",
            ),
            ("activity_time,user_id\nx,a\n", "line 2: activity_time: 'x' is not a time; write it like 2026-"),
            ("activity_time,user_id\n,a\n", "line 2: activity_time: '' is not a time"),
            (
                "activity_time,user_id\n2019-09-04T22:00:00,a\n",
                "line 2: activity_time: '2019-09-04T22:00:00' has no time",
            ),
            ("activity_time,user_id\n2019-09-04,a\n", "line 2: activity_time: '2019-09-04' has no time zone"),
            ("activity_time,user_id\n2019-09-31T22:00:00Z,a\n", "line 2: activity_time: '2019-09-31T22:00:00Z' is not"),
            ("activity_time,user_id\n1969-12-31T23:59:59Z,a\n", "line 2: activity_time: '1969-12-31T23:59:59Z' is not"),
            ("activity_time,user_id\n9999-12-31T23:59:59Z,a\n", "line 2: activity_time: '9999-12-31T23:59:59Z' is not"),
            ("activity_time,user_id\n2019-09-04T22:00:00Z\n", "line 2: 1 field where the header has 2"),
            ("activity_time,user_id\n2019-09-04T22:00:00Z,a,b\n", "line 2: 3 fields where the header has 2"),
            ("activity_time,user_id\n\n\n2019-09-04T22:00:00Z,\n", "line 4: user_id: "),
            (
                "activity_time,user_id\n2019-09-04T22:00:00Z," + "x" * 129 + "\n",
                'line 2: user_id: "' + 40 * "x" + '..." is longer than 128 bytes of UTF-8: it has 129',
            ),
            (
                'activity_time,user_id\n2019-09-04T22:00:00Z,"a\nb"\n',
                r'line 3: user_id: "a\nb" contains control characters',
            ),
            ('activity_time,user_id\n2019-09-04T22:00:00Z,"a\n', "unexpected end of data"),
        ],
    )
    def test_what_is_wrong_is_said_in_one_line_with_its_number(self, onduty: Onduty, log: str, says: str) -> None:
        ran = replay(onduty, log)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("onduty: standard input: ")
        assert says in ran.err
        assert ran.err.count("\n") == 1
        assert len(ran.err) < 300

    def test_a_row_that_arrives_more_than_30_days_late(self, onduty: Onduty) -> None:
        log = "activity_time,user_id\n2019-09-04T22:00:00Z,a\n2019-08-04T22:00:00Z,b\n"
        ran = replay(onduty, log, *BOTH, "--keep-order")
        assert (ran.code, ran.out) == (2, "")
        assert "line 3: activity_time: more than 30 d before an earlier row; sort the log by time" in ran.err

    def test_bytes_that_are_not_utf8(self, onduty: Onduty) -> None:
        ran = replay(onduty, b"activity_time,user_id\n2019-09-04T22:00:00Z,Zo\xeb\n")
        assert (ran.code, ran.err) == (2, "onduty: standard input: line 2: user_id: is not valid UTF-8\n")

    def test_a_file_that_is_not_there(self, onduty: Onduty) -> None:
        ran = onduty("simulate", "no.csv", *BOTH)
        assert (ran.code, ran.err) == (2, "onduty: no.csv: No such file or directory\n")
        assert onduty("simulate", ".", *BOTH) == (2, "", "onduty: .: Is a directory\n")


class TestWorkflows:
    @pytest.mark.parametrize(
        ("options", "says"),
        [
            ((), "give --away-after, --offline-after or --disconnect-after, or more than one"),
            (("--away-after", "off"), "give --away-after, --offline-after or --disconnect-after, or more than one"),
            (("--away-after", "30m", "--offline-after", "10m"), "--offline-after: must be greater than away_after"),
            (("--away-after", "10m", "--offline-after", "10m"), "--offline-after: must be greater than away_after"),
            (("--away-after", "500ms"), "--away-after: must be between 1s and 30d, got 0.5s"),
            (("--offline-after", "31d"), "--offline-after: must be between 1s and 30d, got 31d"),
            (("--away-after", "10"), "'10' has no unit; write 10s for seconds or 10m for minutes"),
            (("--away-after", "10m", "--resume", "always"), "'always' is not one of 'from-away', 'never'"),
            (
                ("--away-after", "10m", "--json", "--format", "csv"),
                "--json and --format contradict each other; give one of them",
            ),
        ],
    )
    def test_one_that_makes_no_sense_is_refused(self, onduty: Onduty, options: tuple[str, ...], says: str) -> None:
        ran = onduty("simulate", str(SUPPORT_CHAT), *options)
        assert (ran.code, ran.out) == (2, "")
        assert says in ran.err
        assert ran.err.count("\n") == 1

    def test_keeping_manual_away_is_taken_and_changes_nothing(self, onduty: Onduty) -> None:
        options = ("simulate", str(SUPPORT_CHAT), *BOTH)
        assert onduty(*options, "--keep-manual-away") == onduty(*options)


class TestSessions:
    """A log with a column of kinds."""

    DISCONNECTING = (*BOTH, "--disconnect-after", "60s")

    def test_every_change_with_its_cause(self, onduty: Onduty) -> None:
        ran = onduty("simulate", str(SESSIONS), *self.DISCONNECTING)
        assert (ran.code, ran.err) == (
            0,
            "onduty: 1 of 19 rows of sessions and engagements would have been refused, and did nothing: their user was "
            "not known yet, or had 20 of them\n",
        )
        assert [line.replace("2026-03-09T", "") for line in ran.lines[1:]] == [
            "09:00:00Z,ada,,ONLINE,ACTIVITY",
            "09:01:00Z,ben,,ONLINE,ACTIVITY",
            "09:02:00Z,cleo,,ONLINE,ACTIVITY",
            "09:06:00Z,ada,ONLINE,OFFLINE,DISCONNECT",
            "09:16:00Z,cleo,ONLINE,AWAY,INACTIVITY",
            "09:25:00Z,cleo,AWAY,ONLINE,ACTIVITY",
            "09:27:00Z,cleo,ONLINE,OFFLINE,DISCONNECT",
            "09:27:30Z,cleo,OFFLINE,ONLINE,ACTIVITY",
            "09:28:00Z,ada,OFFLINE,ONLINE,ACTIVITY",
            "09:37:25Z,cleo,ONLINE,AWAY,INACTIVITY",
            "09:38:30Z,cleo,AWAY,OFFLINE,DISCONNECT",
            "09:39:40Z,ada,ONLINE,AWAY,INACTIVITY",
            "09:41:00Z,ada,AWAY,OFFLINE,DISCONNECT",
            "09:45:00Z,ada,OFFLINE,ONLINE,ACTIVITY",
            "09:50:00Z,ben,ONLINE,AWAY,INACTIVITY",
            "09:55:00Z,ada,ONLINE,AWAY,INACTIVITY",
            "09:57:25Z,cleo,OFFLINE,OFFLINE,INACTIVITY",
            "10:06:00Z,ben,AWAY,OFFLINE,DISCONNECT",
            "10:10:00Z,ben,OFFLINE,OFFLINE,INACTIVITY",
            "10:15:00Z,ada,AWAY,OFFLINE,INACTIVITY",
        ]

    def test_json_says_what_was_due_to_disconnections(self, onduty: Onduty) -> None:
        options = (*self.DISCONNECTING, "--disconnect-status", "away", "--json")
        found = json.loads(onduty("simulate", str(SESSIONS), *options).out)
        assert found["workflow"]["disconnect_after"] == "60s"
        assert found["workflow"]["disconnect_status"] == "AWAY"
        summary = found["summary"]
        assert (summary["leases"], summary["refused_leases"], summary["activities"]) == (19, 1, 5)
        assert (summary["disconnections"], summary["reconnections"]) == (2, 1)
        # ada from 9:06:00 to 9:28:00, but for her own AWAY from 9:12:20 on; cleo from 9:27:00 to 9:27:30.
        assert summary["seconds_by_disconnect"] == {"AWAY": 380.0 + 30.0, "OFFLINE": 0.0}
        causes = [change["cause"] for change in found["changes"]]
        assert causes.count("DISCONNECT") == summary["disconnections"]

    def test_without_the_periods_of_inactivity(self, onduty: Onduty) -> None:
        ran = onduty("simulate", str(SESSIONS), "--disconnect-after", "60s", "--format", "table")
        assert ran.lines[0] == "workflow                        gone (OFFLINE) after 1m, resume from-away"

    def test_a_log_in_another_order_gives_the_same_once_it_is_sorted(self, onduty: Onduty) -> None:
        header, *rows = SESSIONS.read_text().splitlines(keepends=True)
        Path("shuffled.csv").write_text("".join([header, *rows[2::2], *rows[:2], *rows[3::2]]))
        ran = onduty("simulate", "shuffled.csv", *self.DISCONNECTING)
        assert ran.out == onduty("simulate", str(SESSIONS), *self.DISCONNECTING).out
        assert "so the log was sorted by time" in ran.err

    def test_a_column_of_kinds_can_be_named_or_left_alone(self, onduty: Onduty) -> None:
        Path("named.csv").write_text(SESSIONS.read_text().replace("kind,lease_id,ttl,idle_for", "what,of,for,idle"))
        named = ("--columns", "kind=what,lease=of,ttl=for,idle=idle")
        expected = onduty("simulate", str(SESSIONS), *self.DISCONNECTING).out
        assert onduty("simulate", "named.csv", *self.DISCONNECTING, *named).out == expected
        alone = json.loads(onduty("simulate", str(SESSIONS), *BOTH, "--columns", "kind=", "--json").out)["summary"]
        assert (alone["activities"], alone["leases"]) == (24, 0)

    def test_a_kind_that_is_none_is_refused_with_both_mends(self, onduty: Onduty) -> None:
        ran = replay(onduty, "activity_time,user_id,kind\n2026-03-09T09:00:00Z,ada,chat\n")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err == (
            "onduty: standard input: line 2: kind: 'chat' is not a kind of row; write activity, session_kept, "
            "session_ended, engagement_kept, engagement_ended, or give --columns kind= to take every row as an "
            "activity\n"
        )


class TestProgress:
    @pytest.fixture
    def long_log(self) -> Path:
        path = Path("long.csv")
        row = "2019-09-04T22:00:00Z,a\n"
        path.write_text("activity_time,user_id\n" + row * (2 * 1024 * 1024 // len(row)))
        return path

    def test_is_shown_on_a_terminal(self, long_log: Path) -> None:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "onduty_server", "simulate", str(long_log), *BOTH]
        environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, env=environment) as process:
            os.close(theirs)
            shown = b""
            try:
                while chunk := os.read(ours, 4_096):
                    shown += chunk
            except OSError:
                pass  # how Linux says that the other side has closed its terminal
            os.close(ours)
            assert process.stdout is not None
            assert process.stdout.read().count(b"\n") == 4
        assert process.returncode == 0
        assert b"replaying" in shown

    def test_is_not_shown_elsewhere(self, long_log: Path) -> None:
        command = [sys.executable, "-m", "onduty_server", "simulate", str(long_log), *BOTH]
        ran = subprocess.run(command, capture_output=True, check=True)
        assert ran.stderr == b""
