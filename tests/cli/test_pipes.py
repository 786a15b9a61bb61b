"""Where output goes, and what becomes of it when it cannot go there.

Standard output is a real pipe or device; what it answers is for the system to say.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.cli.conftest import Onduty
from tests.cli.served import serving

from onduty_server.cli import main

COMMANDS = [
    "status list acme",
    "status list acme --json",
    "status get acme anna",
    "status get acme anna ben",
    "available acme",
    "history acme",
    "history acme --json",
    "workflow get acme",
    "workflow get acme --json",
    "workflow diagram --away-after 1m",
    "watch acme --json",
    "config",
    "config --json",
    "--help",
    "status --help",
    "--version",
]

NEVER_SEEN = "onduty: never seen: ben\n"
"""What one of them fails with, whether or not it gets that far."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving("--store", "memory:") as (_, address):
        yield address


@pytest.fixture(autouse=True)
def _at(address: str, onduty: Onduty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONDUTY_SERVER", address)
    assert onduty("activity", "acme", "anna").code == 0


@contextmanager
def output_to(descriptor: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        yield


@pytest.mark.parametrize("command", COMMANDS)
def test_a_reader_who_has_left_is_no_error_of_anything(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with output_to(writer, monkeypatch):
        assert main(command.split()) == 1
    assert capsys.readouterr().err.removeprefix(NEVER_SEEN) == ""


@pytest.mark.parametrize("command", COMMANDS)
def test_output_that_cannot_be_written_is_said_to_be_the_output(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with output_to(os.open("/dev/full", os.O_WRONLY), monkeypatch):
        assert main(command.split()) == 1
    said = "onduty: standard output cannot be written: No space left on device\n"
    assert capsys.readouterr().err.removeprefix(NEVER_SEEN) == said


@pytest.mark.parametrize("form", ["", " --json"])
def test_what_the_output_cannot_show_is_no_fault_of_an_argument(
    form: str, onduty: Onduty, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert onduty("activity", "umlaut", "Zo\u00eb").code == 0
    with open(os.devnull, "w", encoding="ascii") as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        assert main(f"status list umlaut{form}".split()) == 1
    said = "onduty: standard output takes only ascii, which has no '\\xeb'; set PYTHONIOENCODING=utf-8\n"
    assert capsys.readouterr().err == said


class TestClosed:
    """Descriptors that were closed before the program began, as a shell does it."""

    def test_output_is_said_to_be(self) -> None:
        ran = _shell("status list acme >&-")
        assert (ran.returncode, ran.stderr) == (1, "onduty: standard output is closed\n")

    def test_errors_are_not_taken_for_results(self) -> None:
        ran = _shell("status get acme nobody 2>&-")
        assert (ran.returncode, ran.stdout) == (1, "")

    def test_a_pipe_leaves_nothing_for_the_end_of_python_to_trip_over(self) -> None:
        reader, writer = os.pipe()
        os.close(reader)
        ran = subprocess.run(
            [sys.executable, "-m", "onduty_server", "status", "get", "acme", "anna", "ben"],
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            timeout=30,
        )
        os.close(writer)
        assert (ran.returncode, ran.stderr.removeprefix(NEVER_SEEN)) == (1, "")


def test_a_reader_of_the_errors_who_has_left_changes_nothing() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "onduty_server", "status", "get", "acme", "anna", "x"]
    ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=writer, timeout=30)
    os.close(writer)
    assert ran.returncode == 1
    assert b"anna" in ran.stdout


@pytest.mark.parametrize("command", [("status", "list", "acme"), ("watch", "acme", "--json")], ids=" ".join)
def test_a_token_file_that_cannot_be_read_is_said_to_be(onduty: Onduty, command: tuple[str, ...]) -> None:
    ran = onduty(*command, "--token-file", "none")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "onduty: the token file cannot be read: No such file or directory; check --token-file, or ONDUTY_TOKEN_FILE\n"
    )


def _shell(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        f"exec {sys.executable} -m onduty_server {command}", shell=True, capture_output=True, text=True, timeout=30
    )
