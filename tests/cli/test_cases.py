"""Logs as other systems write them (`tests/data/cases`): each gives the right result, or one clear line."""

from __future__ import annotations

import csv
import gzip
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.conftest import Onduty, Ran
from tests.cli.served import serving

from onduty_server.cli.logs import order
from onduty_server.cli.logs.files import opened_log

CASES = Path(__file__).parents[1] / "data" / "cases"
AWAY = ("--away-after", "10m")


def first_seen(ran: Ran) -> list[tuple[str, str]]:
    """When each user came, and who it was."""
    assert ran.code == 0, ran.err
    rows = csv.DictReader(io.StringIO(ran.out))
    return [(row["effective_time"], row["user_id"]) for row in rows if not row["previous_status"]]


def log(*rows: str, header: str = "activity_time,user_id") -> str:
    Path("log.csv").write_text("".join(f"{row}\n" for row in (header, *rows)))
    return "log.csv"


class TestCases:
    def test_a_spreadsheet_in_a_german_locale(self, onduty: Onduty) -> None:
        ran = onduty("simulate", str(CASES / "semicolons.csv"), *AWAY)
        assert first_seen(ran) == [
            ("2026-03-09T09:00:00Z", "ada"),
            ("2026-03-09T09:05:00Z", "ben"),
            ("2026-03-09T09:07:30Z", "cleo"),
        ]
        assert ran.err == ""

    def test_spaces_after_commas_are_not_in_the_ids(self, onduty: Onduty) -> None:
        ran = onduty("simulate", str(CASES / "spaces.csv"), *AWAY)
        assert [user for _, user in first_seen(ran)] == ["u1", "u2"]

    def test_a_simulation_sorts_what_is_newest_first(self, onduty: Onduty) -> None:
        file = CASES / "newest-first.csv"
        header, *rows = file.read_text().splitlines(keepends=True)
        Path("sorted.csv").write_text("".join([header, *sorted(rows)]))
        ran = onduty("simulate", str(file), *AWAY)
        assert ran.out == onduty("simulate", "sorted.csv", *AWAY).out
        assert ran.err == (
            f"onduty: {file}: 9 of 10 rows are older than one before them, so the log was sorted by time; "
            "--keep-order takes them as arriving late\n"
        )
        assert onduty("simulate", "-", *AWAY, stdin=file.read_bytes()).out == ran.out

    def test_seconds_since_1970(self, onduty: Onduty) -> None:
        file = str(CASES / "epoch.csv")
        options = ("--columns", "time=date_first", "--time-format", "epoch-s")
        assert first_seen(onduty("simulate", file, *AWAY, *options)) == [
            ("2026-03-09T09:00:00Z", "ada"),
            ("2026-03-09T09:01:00Z", "ben"),
        ]
        ran = onduty("simulate", file, *AWAY)
        assert (ran.code, ran.out) == (2, "")
        assert "activity_time is not there in 'date_first,user_id,ip', separated by commas" in ran.err
        assert "--columns" in ran.err
        ran = onduty("simulate", file, *AWAY, *options[:2])
        assert (ran.code, ran.out) == (2, "")
        assert ran.err == (
            f"onduty: {file}: line 2: date_first: '1773046800' is not a time; if it counts from 1970, give "
            "--time-format epoch-s\n"
        )

    def test_utc_by_its_name(self, onduty: Onduty) -> None:
        ran = onduty("simulate", str(CASES / "utc-suffix.csv"), *AWAY)
        assert first_seen(ran) == [("2026-03-09T09:00:00Z", "ada"), ("2026-03-09T09:01:00.500Z", "ben")]

    def test_a_line_that_was_cut_makes_no_user(self, onduty: Onduty) -> None:
        file = CASES / "cut.csv"
        ran = onduty("simulate", str(file), *AWAY)
        assert [user for _, user in first_seen(ran)] == ["agent-17"]
        assert ran.err.startswith(f"onduty: {file}: line 3 does not end with a line break")
        assert ran.err.count("\n") == 1


class TestReplayed:
    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def server(cls) -> Iterator[str]:
        with serving("--store", "memory:") as (_, address):
            yield address

    @pytest.fixture(autouse=True)
    def _at(self, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ONDUTY_SERVER", server)

    @staticmethod
    def users(onduty: Onduty, account: str) -> list[str]:
        return [json.loads(line)["user_id"] for line in onduty("status", "list", account, "--json").lines]

    def test_newest_first_is_sent_in_the_order_of_time_and_with_its_gaps(self, onduty: Onduty) -> None:
        file = str(CASES / "newest-first.csv")
        # Nine minutes of log: sent all at once, it would take no time.
        ran = onduty("replay", file, "--account", "late", "--speed", "540", "--json")
        assert ran.code == 0, ran.err
        assert json.loads(ran.out)["acknowledged"] == 10
        assert json.loads(ran.out)["duration_s"] >= 0.9
        assert self.users(onduty, "late") == ["u0", "u1", "u2"]
        assert "9 of 10 rows are older than one before them; sorted by time" in ran.err

    def test_a_stream_that_goes_back_in_time_is_ended(self, onduty: Onduty) -> None:
        rows = (CASES / "newest-first.csv").read_bytes()
        ran = onduty("replay", "-", "--account", "stream", stdin=rows)
        assert ran.code == 2
        assert ran.err.startswith("onduty: standard input: line 3 is older than a row before it; sort the log by time")
        assert ran.err.count("\n") == 1
        ran = onduty("replay", "-", "--account", "stream", "--keep-order", "--json", stdin=rows)
        assert json.loads(ran.out)["acknowledged"] == 10

    def test_a_line_that_was_cut_makes_no_user_and_is_told_once(self, onduty: Onduty) -> None:
        ran = onduty("replay", str(CASES / "cut.csv"), "--account", "cut", "--speed", "max")
        assert ran.code == 0
        assert ran.err.count("line 3 does not end with a line break") == 1
        assert self.users(onduty, "cut") == ["agent-17"]

    def test_lines_of_refusals_are_those_of_the_file_when_it_was_sorted(self, onduty: Onduty) -> None:
        file = log("2026-01-01T00:00:02Z,a", "2026-01-01T00:00:01Z," + "x" * 129, "2026-01-01T00:00:00Z,b")
        ran = onduty("replay", file, "--account", "lines", "--speed", "max", "--json")
        assert [it["line"] for it in json.loads(ran.out)["first_refusals"]] == [3]
        assert self.users(onduty, "lines") == ["b", "a"]


class TestOrder:
    def test_of_equal_times_the_first_stays_first(self) -> None:
        file = log("2026-01-01T00:00:01Z,z", "2026-01-01T00:00:00Z,b", "2026-01-01T00:00:00Z,a")
        with opened_log(Path(file)) as opened:
            by_time = order.SortedLog(opened)
            assert [(row.line, row.user_id) for row in by_time.rows()] == [(3, "b"), (4, "a"), (2, "z")]
            assert by_time.moved == 2

    def test_rows_may_stay_where_they_are(self, onduty: Onduty) -> None:
        file = log("2026-01-01T00:30:00Z,b", "2026-01-01T00:00:00Z,a")
        ran = onduty("simulate", file, *AWAY, "--keep-order", "--json")
        assert json.loads(ran.out)["summary"]["late_activities"] == 1
        assert json.loads(onduty("simulate", file, *AWAY, "--json").out)["summary"]["late_activities"] == 0

    def test_a_log_that_is_too_long_is_refused_with_the_mend(
        self, onduty: Onduty, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(order, "SORTED_ROWS_MAX", 2)
        file = log("2026-01-01T00:00:01Z,a", "2026-01-01T00:00:00Z,b", "2026-01-01T00:00:02Z,c")
        ran = onduty("simulate", file, *AWAY)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("onduty: log.csv: not in the order of time, and with more than 2 rows too long")
        # One row goes back beyond what was held in memory.
        rows = b"activity_time,user_id\n2026-01-01T00:00:01Z,a\n2026-01-01T00:00:02Z,b\n2026-01-01T00:00:00Z,c\n"
        ran = onduty("simulate", "-", *AWAY, stdin=rows)
        assert (ran.code, ran.out) == (2, "")
        assert "too long to be sorted" in ran.err

    def test_a_stream_in_order_may_be_of_any_length(self, onduty: Onduty, monkeypatch: pytest.MonkeyPatch) -> None:
        rows = b"activity_time,user_id\n" + b"".join(b"2026-01-01T00:00:0%dZ,u%d\n" % (n, n) for n in range(5))
        whole = onduty("simulate", "-", *AWAY, stdin=rows)
        monkeypatch.setattr(order, "SORTED_ROWS_MAX", 2)
        assert onduty("simulate", "-", *AWAY, stdin=rows) == whole
        assert len(whole.lines) == 11

    def test_what_is_wrong_with_an_id_is_said_with_its_line_in_a_log_that_is_sorted(self, onduty: Onduty) -> None:
        ran = onduty("simulate", log("2026-01-01T00:00:01Z,a", "2026-01-01T00:00:00Z," + "x" * 129), *AWAY)
        assert ran.err == (
            f'onduty: log.csv: line 3: user_id: "{"x" * 40}..." is longer than 128 bytes of UTF-8: it has 129\n'
        )


class TestForms:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_whatever_separates_the_columns(self, onduty: Onduty, delimiter: str) -> None:
        # A column in between has more commas than the row has others.
        row = delimiter.join(("2026-03-09T09:00:00Z", '"a,b;c|d"', "ada"))
        file = log(row, header=delimiter.join(("activity_time", "text", "user_id")))
        assert first_seen(onduty("simulate", file, *AWAY)) == [("2026-03-09T09:00:00Z", "ada")]

    def test_what_was_found_is_said_where_the_columns_are_missing(self, onduty: Onduty) -> None:
        ran = onduty("simulate", log("1;2", header="Zeit;Nutzer"), *AWAY)
        assert "activity_time is not there in 'Zeit;Nutzer', separated by semicolons" in ran.err

    def test_gzip_by_what_the_file_holds(self, onduty: Onduty) -> None:
        packed = gzip.compress((CASES / "semicolons.csv").read_bytes())
        for name in ("log.csv.gz", "log.csv"):
            Path(name).write_bytes(packed)
            assert len(first_seen(onduty("simulate", name, *AWAY))) == 3
        assert len(first_seen(onduty("simulate", "-", *AWAY, stdin=packed))) == 3
        Path("plain.csv.gz").write_bytes(gzip.decompress(packed))
        assert len(first_seen(onduty("simulate", "plain.csv.gz", *AWAY))) == 3

    def test_gzip_that_is_cut_or_damaged(self, onduty: Onduty) -> None:
        packed = gzip.compress((CASES / "semicolons.csv").read_bytes())
        for damaged in (packed[:-9], packed[:-8] + b"\0" * 8):
            Path("log.csv.gz").write_bytes(damaged)
            ran = onduty("simulate", "log.csv.gz", *AWAY)
            assert (ran.code, ran.out) == (2, "")
            assert ran.err.startswith("onduty: log.csv.gz: the gzip file is damaged or cut off after line ")
            assert ran.err.count("\n") == 1

    def test_columns_by_other_names(self, onduty: Onduty) -> None:
        file = log("2026-03-09T09:00:00Z,ada", header="started_at,agent")
        assert first_seen(onduty("simulate", file, *AWAY, "--columns", "time=started_at,user=agent")) == [
            ("2026-03-09T09:00:00Z", "ada")
        ]
        file = log("2026-03-09T09:00:00Z,ada", header="activity_time,agent")
        assert len(first_seen(onduty("simulate", file, *AWAY, "--columns", "user=agent"))) == 1

    @pytest.mark.parametrize("text", ["", "time", "time=", "who=agent", "time=a,time=b", "time=a,,"])
    def test_columns_that_make_no_sense(self, onduty: Onduty, text: str) -> None:
        ran = onduty("simulate", log(), *AWAY, "--columns", text)
        assert (ran.code, ran.out) == (2, "")
        assert "write it like time=started_at,user=agent" in ran.err

    def test_milliseconds_since_1970(self, onduty: Onduty) -> None:
        file = log("1773046800250,ada")
        assert first_seen(onduty("simulate", file, *AWAY, "--time-format", "epoch-ms")) == [
            ("2026-03-09T09:00:00.250Z", "ada")
        ]
        assert "--time-format epoch-ms" in onduty("simulate", file, *AWAY).err

    @pytest.mark.parametrize("rows", [("1773046801,ben",), ("5,ben",)])
    def test_seconds_taken_for_milliseconds_are_said_once(self, rows: tuple[str, ...], onduty: Onduty) -> None:
        file = log("1773046800,ada", *rows)
        ran = onduty("simulate", file, *AWAY, "--time-format", "epoch-ms")
        assert ran.code == 0
        assert ran.err.splitlines()[0] == (
            "onduty: log.csv: line 2: '1773046800' milliseconds are 1970-01-21T12:30:46.800Z; "
            "if they are seconds, give --time-format epoch-s"
        )
        assert ran.err.count("give --time-format epoch-s") == 1
        assert "1970" not in onduty("simulate", file, *AWAY, "--time-format", "epoch-s").err
        zeros = onduty("simulate", log("0,ada", "0,ben"), *AWAY, "--time-format", "epoch-ms")
        assert zeros.err.count("give --time-format epoch-s") == 1

    @pytest.mark.parametrize("number", ["1773046800.25", " 1773046800.2509 "])
    def test_parts_of_a_second_since_1970(self, onduty: Onduty, number: str) -> None:
        assert first_seen(onduty("simulate", log(f"{number},ada"), *AWAY, "--time-format", "epoch-s")) == [
            ("2026-03-09T09:00:00.250Z", "ada")
        ]

    @pytest.mark.parametrize("number", ["", "now", "1e9", "-1", "1773046800250000000", "9" * 50, "1_0"])
    def test_what_is_no_such_number(self, onduty: Onduty, number: str) -> None:
        ran = onduty("simulate", log(f"{number},ada"), *AWAY, "--time-format", "epoch-s")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("onduty: log.csv: line 2: activity_time: ")

    def test_columns_that_are_not_used_may_be_long(self, onduty: Onduty) -> None:
        file = log(f'2026-03-09T09:00:00Z,"{"word, " * 100_000}",ada', header="activity_time,text,user_id")
        assert len(first_seen(onduty("simulate", file, *AWAY))) == 1

    def test_a_quote_that_is_never_closed_is_said_with_the_line_where_its_row_begins(self, onduty: Onduty) -> None:
        file = log("2026-03-09T09:00:00Z,ada", '2026-03-09T09:01:00Z,"ben', *["2026-03-09T09:02:00Z,cleo"] * 1_000)
        ran = onduty("simulate", file, *AWAY)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("onduty: log.csv: line 3: the row that begins here is not CSV: ")

    @pytest.mark.parametrize(
        "content", [b"\x95\x00PNG\xff\xfe", b"SQLite format 3\0", b"activity_time,user_id,ort\xeb\n"]
    )
    def test_what_is_no_text_is_not_shown(self, onduty: Onduty, content: bytes) -> None:
        Path("log.csv").write_bytes(content)
        ran = onduty("simulate", "log.csv", *AWAY)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err == "onduty: log.csv: it is not text in UTF-8; write it as CSV, plain or compressed by gzip\n"

    def test_utf_16_is_refused_with_the_mend(self, onduty: Onduty) -> None:
        Path("log.csv").write_bytes((CASES / "spaces.csv").read_text().encode("utf-16"))
        assert onduty("simulate", "log.csv", *AWAY).err == "onduty: log.csv: it is UTF-16; save it as UTF-8\n"


class TestLastLines:
    @pytest.mark.parametrize(
        "last",
        [
            '2026-03-09T09:01:00Z,"ben"',  # the quote is closed
            "2026-03-09T09:01:00Z,ben\r\n",
            "2026-03-09T09:01:00Z,ben\n\n",
        ],
    )
    def test_one_that_is_whole_is_taken(self, onduty: Onduty, last: str) -> None:
        rows = f"activity_time,user_id\n2026-03-09T09:00:00Z,ada\n{last}".encode()
        ran = onduty("simulate", "-", *AWAY, stdin=rows)
        assert ([user for _, user in first_seen(ran)], ran.err) == (["ada", "ben"], "")

    def test_one_that_was_cut_behind_what_is_used_is_taken(self, onduty: Onduty) -> None:
        rows = b"activity_time,user_id,text\n2026-03-09T09:00:00Z,ada,hello\n2026-03-09T09:01:00Z,ben,hel"
        ran = onduty("simulate", "-", *AWAY, stdin=rows)
        assert ([user for _, user in first_seen(ran)], ran.err) == (["ada", "ben"], "")

    @pytest.mark.parametrize("last", ["2026-03-09T09:0", "2026-03-09T09:01:00Z", "2026-03-09T09:01:00Z,b", "2", '"'])
    def test_one_that_was_cut_before_is_left_out_or_refused(self, onduty: Onduty, last: str) -> None:
        rows = f"activity_time,user_id\n2026-03-09T09:00:00Z,ada\n{last}".encode()
        ran = onduty("simulate", "-", *AWAY, stdin=rows)
        assert "ben" not in ran.out and ",b," not in ran.out
        assert "line 3" in ran.err
        assert ran.err.count("\n") == 1


def test_standard_input_that_is_closed_is_said() -> None:
    command = f"exec {sys.executable} -m onduty_server simulate - --away-after 10m <&-"
    ran = subprocess.run(command, shell=True, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", "onduty: standard input is closed\n")
