"""What holds for every command: help that costs little, one-line errors, and documented exit codes."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from pathlib import Path

import pytest
from tests.cli.conftest import Onduty
from tests.fork_server import Popen, ended

from onduty_server.cli.errors import one_line

COMMANDS = [
    ("serve",),
    ("config",),
    ("activity",),
    ("available",),
    ("history",),
    ("simulate",),
    ("watch",),
    ("replay",),
    ("status",),
    ("status", "get"),
    ("status", "set"),
    ("status", "list"),
    ("workflow",),
    ("workflow", "get"),
    ("workflow", "set"),
    ("workflow", "diagram"),
    ("workflow", "delete"),
    ("workflow", "history"),
    ("workflow", "revert"),
    ("user",),
    ("user", "list"),
    ("user", "show"),
    ("user", "set"),
    ("user", "import"),
    ("user", "delete"),
    ("team",),
    ("team", "list"),
    ("team", "set"),
    ("team", "clear"),
    ("account",),
    ("account", "list"),
    ("account", "create"),
    ("account", "delete"),
    ("session",),
    ("session", "keep"),
    ("session", "end"),
    ("engagement",),
    ("engagement", "keep"),
    ("engagement", "end"),
    ("key",),
    ("key", "create"),
    ("key", "list"),
    ("key", "revoke"),
    ("store",),
    ("store", "copy"),
]
HEAVY = (
    "grpc",
    "google.protobuf",
    "onduty_client",
    "pydantic_settings",
    "rich",
    "transitions",
    "asyncio",
    "uvloop",
    "apsw",
    "structlog",
)


class TestHelp:
    @pytest.mark.parametrize("command", [(), *COMMANDS], ids=" ".join)
    def test_there_is_some_for_every_command(self, onduty: Onduty, command: tuple[str, ...]) -> None:
        ran = onduty(*command, "--help")
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith(f"Usage: {' '.join(('onduty', *command))} ")

    def test_it_is_what_no_command_shows(self, onduty: Onduty) -> None:
        assert onduty() == onduty("--help")

    @pytest.mark.parametrize("group", ["status", "workflow", "user", "team", "account", "session", "key", "store"])
    def test_it_is_what_a_group_shows_of_which_no_command_was_named(self, onduty: Onduty, group: str) -> None:
        assert onduty(group) == (2, "", onduty(group, "--help").out)

    @pytest.mark.parametrize("command", [(), *COMMANDS], ids=" ".join)
    def test_it_has_a_short_option(self, onduty: Onduty, command: tuple[str, ...]) -> None:
        assert onduty(*command, "-h") == onduty(*command, "--help")

    def test_it_names_no_types_of_python_and_no_empty_defaults(self, onduty: Onduty) -> None:
        for command in COMMANDS:
            text = " ".join(onduty(*command, "--help").out.split())
            assert "<str>" not in text and "list[" not in text and "Default: ." not in text, command

    @pytest.mark.parametrize(
        ("words", "answers"),
        [
            ("onduty sta", ["status"]),
            ("onduty status ", ["get", "set", "list"]),
            ("onduty available acme --order ", ["longest-available", "most-recently-active", "longest-idle"]),
            ("onduty workflow set acme --keep", ["--keep-manual-away"]),
            ("onduty workflow set acme --disconnect-status ", ["offline", "away"]),
            ("onduty status set acme ada away --then ", ["automatic", "online", "away", "offline"]),
            ("onduty engagement ", ["keep", "end"]),
            ("onduty user delete acme ada --y", ["--yes"]),
        ],
    )
    def test_a_shell_completes_it(self, words: str, answers: list[str]) -> None:
        typed = words.split(" ")
        environment = {
            **os.environ,
            "_ONDUTY_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(typed) - 1),
        }
        ran = ended(env=environment)
        assert (ran.returncode, ran.stdout.split(), ran.stderr) == (0, answers, "")

    def test_it_documents_the_exit_codes_line_by_line(self, onduty: Onduty) -> None:
        lines = [line.split(maxsplit=1)[0] for line in onduty("--help").out.split("Exit codes:\n")[1].splitlines()[:6]]
        assert lines == ["0", "1", "2", "3", "4", "130"]

    def test_no_summary_of_a_command_is_cut_off(self, onduty: Onduty) -> None:
        for group in ((), ("status",), ("workflow",), ("user",), ("team",), ("account",), ("report",)):
            assert "..." not in onduty(*group, "--help").out.split("Commands:")[1]

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--help"],
            ["serve", "--help"],
            ["workflow", "set", "--help"],
            ["watch", "--help"],
            ["replay", "--help"],
            ["user", "import", "--help"],
            ["--version"],
        ],
    )
    def test_it_loads_nothing_heavy(self, arguments: list[str]) -> None:
        script = (
            "import sys; from onduty_server.cli import main; "
            f"assert main({arguments!r}) == 0; "
            f"print([m for m in {HEAVY!r} if m in sys.modules], file=sys.stderr)"
        )
        ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert ran.stderr == "[]\n"

    def test_version(self, onduty: Onduty) -> None:
        assert onduty("--version") == (0, f"onduty {version('onduty')}\n", "")

    def test_the_module_is_the_program(self) -> None:
        ran = subprocess.run([sys.executable, "-m", "onduty_server", "--version"], capture_output=True, text=True)
        assert (ran.returncode, ran.stdout) == (0, f"onduty {version('onduty')}\n")


class TestWrongUsage:
    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (("nonsense",), "No such command 'nonsense' (see 'onduty --help')"),
            (("status", "get", "acme"), "Missing argument 'USER' (see 'onduty status get --help')"),
            (("status", "set", "acme", "anna", "busy"), "'busy' is not one of 'online', 'away', 'offline'"),
            (
                ("status", "get", "acme", "anna", "--zzzz"),
                "No such option: --zzzz (see 'onduty status get --help')",
            ),
            (
                ("status", "get", "acme", "anna", "--timeout", "0"),
                "Invalid value for '--timeout' (env var: 'ONDUTY_TIMEOUT'): must be more than 0",
            ),
            (("status", "get", "acme", "anna", "--server", "here"), "'here' is not a valid address; write HOST:PORT"),
            (
                ("available", "acme", "--limit", "0"),
                "Invalid value for '--limit': must be at least 1, got 0 (see 'onduty available --help')",
            ),
            (("history", "acme", "--limit", "-1"), "Invalid value for '--limit': must be at least 0, got -1 (see"),
            (("history", "acme", "--limit", "x"), "Invalid value for '--limit': must be a whole number, got 'x' (see"),
            (
                ("available", "acme", "--limit", "1001"),
                "Invalid value for '--limit': must be at most 1000, got 1001 (see",
            ),
            (("history", "acme", "--since", "yesterday"), "--since: 'yesterday' is not a time"),
            (
                ("activity", "acme", "anna", "--at", "2026-01-01T00:00:00"),
                "--at: '2026-01-01T00:00:00' has no time zone",
            ),
            (("workflow", "set", "acme"), "nothing to change: give --enable"),
            (("workflow", "set", "acme", "--away-after", "ten"), "'ten' is not a duration"),
            (("workflow", "set", "acme", "--away-after", "99999999999d"), "'99999999999d' is too long"),
            (("status", "get", "acme", "anna", "--timeout", "999999999d"), "must be at most 36500d"),
            (
                ("key", "create", "web", "--role", "admin", "--key-file", "k", "--expires-in", "999999999d"),
                "must be at most 36500d",
            ),
            (("workflow", "diagram"), "give --away-after, --offline-after or --disconnect-after, or more than one"),
            (
                ("simulate", "log.csv", "--away-after", "1m", "--disconnect-status", "away"),
                "--disconnect-status says how somebody who is gone is shown; give --disconnect-after too",
            ),
            (("workflow", "diagram", "acme", "--away-after", "1m"), "give either an account or options"),
        ],
    )
    def test_is_one_line_and_exit_code_2(self, onduty: Onduty, arguments: tuple[str, ...], says: str) -> None:
        ran = onduty(*arguments)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("onduty: ")
        assert says in ran.err
        assert ran.err.count("\n") == 1

    def test_what_was_typed_cannot_command_the_terminal(self, onduty: Onduty) -> None:
        assert "\x1b" not in onduty("status", "\x1b[2J\nx").err
        assert one_line("a\nb\x1b[31mc\td") == "a b\\u001b[31mc d"


class TestDiagram:
    def test_draws_what_the_options_describe(self, onduty: Onduty) -> None:
        ran = onduty("workflow", "diagram", "--away-after", "10m", "--offline-after", "1h30m")
        assert ran.code == 0
        assert "stateDiagram-v2" in ran.lines
        assert "  ONLINE_BY_ACTIVITY --> AWAY_BY_INACTIVITY: inactive for 10m" in ran.lines
        assert "  AWAY_BY_INACTIVITY --> OFFLINE_BY_INACTIVITY: inactive for 1h30m" in ran.lines
        assert "set AWAY" not in ran.out

    def test_of_keeping_a_manual_away(self, onduty: Onduty) -> None:
        options = ("workflow", "diagram", "--offline-after", "30m")
        drawn = "  AWAY_BY_HAND --> OFFLINE_BY_INACTIVITY: inactive for 30m"
        assert drawn in onduty(*options).lines
        assert drawn not in onduty(*options, "--keep-manual-away").lines

    def test_with_settings_by_hand_on_request(self, onduty: Onduty) -> None:
        assert "set AWAY" in onduty("workflow", "diagram", "--offline-after", "30m", "--manual").out

    def test_of_what_brings_back(self, onduty: Onduty) -> None:
        back = "  OFFLINE_BY_INACTIVITY --> ONLINE_BY_ACTIVITY: activity"
        options = ("workflow", "diagram", "--offline-after", "30m", "--resume")
        assert back not in onduty(*options, "never").lines
        assert back in onduty(*options, "from-away-or-offline").lines


class _Interrupting(io.RawIOBase):
    """Input during which somebody presses Ctrl-C."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        raise KeyboardInterrupt


class QuietHandler(BaseHTTPRequestHandler):
    """Speaks HTTP/1, and logs nothing."""

    def log_message(self, format: str, *arguments: object) -> None:
        pass


class TestEndings:
    def test_ctrl_c_is_one_line_and_exit_code_130(self, onduty: Onduty, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(_Interrupting())))
        assert onduty("simulate", "-", "--away-after", "1m") == (130, "", "onduty: interrupted\n")

    @pytest.mark.parametrize(
        "arguments",
        [["--help"], ["config"], ["config", "--json"], ["simulate", "-", "--away-after", "1m"]],
        ids=" ".join,
    )
    @pytest.mark.parametrize("rows", [1, 5_000])
    def test_nobody_reading_on_is_no_traceback(self, arguments: list[str], rows: int) -> None:
        reader, writer = os.pipe()
        os.close(reader)
        rows_of_log = "".join(f"2019-09-04T22:00:00Z,{n}\n" for n in range(rows))
        Path("log.csv").write_text(f"activity_time,user_id\n{rows_of_log}")
        with open("log.csv") as log:
            process = Popen(arguments, stdin=log.fileno(), stdout=writer, stderr=subprocess.PIPE)
        with process:
            os.close(writer)
            assert process.stderr is not None
            assert (process.stderr.read(), process.wait()) == ("", 1)

    def test_no_server_is_one_line_and_exit_code_3(self, onduty: Onduty) -> None:
        # Nothing listens on port 1 of the loopback interface.
        ran = onduty("status", "set", "acme", "anna", "away", "--server", "127.0.0.1:1")
        assert (ran.code, ran.out) == (3, "")
        assert ran.err == (
            "onduty: no answer from 127.0.0.1:1: connection refused; "
            "start `onduty serve` there, or name another with --server\n"
        )

    def test_an_address_that_is_none_is_said_to_be_none(self, onduty: Onduty) -> None:
        url = onduty("status", "list", "acme", "--server", "http://127.0.0.1:1", "--timeout", "1s")
        assert (url.code, url.out) == (2, "")
        assert "'http://127.0.0.1:1' is not a valid address; write HOST:PORT, without http:// (see" in url.err
        unknown = onduty("status", "list", "acme", "--server", "no-such-host.invalid:1", "--timeout", "1s")
        assert unknown.err == (
            "onduty: no answer from no-such-host.invalid:1: host 'no-such-host.invalid' not found; check --server\n"
        )

    @pytest.mark.parametrize("command", [("status", "list", "acme"), ("watch", "acme", "--json")])
    def test_a_port_of_something_else_is_said_to_be_one(self, onduty: Onduty, command: tuple[str, ...]) -> None:
        with HTTPServer(("127.0.0.1", 0), QuietHandler) as server:
            serving = threading.Thread(target=server.serve_forever, args=(0.01,))
            serving.start()
            address = f"127.0.0.1:{server.server_port}"
            ran = onduty(*command, "--server", address, "--timeout", "1s")
            server.shutdown()
            serving.join()
        assert (ran.code, ran.out) == (3, "")
        assert ran.err == f"onduty: {address} is not an onduty gRPC port; is it metrics_listen?\n"
