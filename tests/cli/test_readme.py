"""The README's commands are commands, and its first five minutes are what one sees."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.cli.conftest import Onduty
from tests.cli.test_remote import Remote, clock, remote, server
from tests.cli.test_serve import serving
from tests.fakes import FakeClock

from onduty_server.cli.app import app

__all__ = ["clock", "remote", "server"]

ROOT = Path(__file__).parents[2]
TEXTS = [ROOT / "README.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]


def commands() -> Iterator[tuple[str, list[str]]]:
    """Each command line of the texts, in a block or in a sentence, with where it is."""
    for path in TEXTS:
        text = path.read_text().replace("\\\n", " ")
        blocks = "".join(re.findall(r"```.*?\n(.*?)```", text, flags=re.DOTALL))
        found = re.findall(r"^(?:\$ )?onduty (.+)$", blocks, flags=re.MULTILINE) + re.findall(r"`onduty ([^`]+)`", text)
        for line in (" ".join(each.split()) for each in found):
            # Shells' own syntax is not the command's; and nothing is to be installed.
            arguments = shlex.split(line.partition(" | ")[0], comments=True)
            if arguments and arguments[0] != "--install-completion":
                yield f"{path.name}: onduty {line}", arguments


COMMANDS = dict(commands())


def test_there_are_some() -> None:
    assert len(COMMANDS) >= 20


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_line_is_one(line: str) -> None:
    rest = list(COMMANDS[line])
    context: Any = None
    command: Any = typer.main.get_command(app)
    try:
        while True:
            # As it is done when the command is run, short of running it.
            context = command.make_context(command.name, rest, parent=context)
            if not hasattr(command, "commands"):
                break
            _, command, rest = command.resolve_command(context, [*context._protected_args, *context.args])
    except typer.TyperException as error:
        # Sentences name commands without all that they need; what they name has to exist.
        if type(error).__name__ not in ("MissingParameter", "NoArgsIsHelpError"):
            raise


@pytest.mark.slow
def test_its_certificate_is_one_that_clients_take(onduty: Onduty) -> None:
    text = (ROOT / "README.md").read_text().replace("\\\n", " ")
    (line,) = re.findall(r"^\$ (openssl .+)$", text, flags=re.MULTILINE)
    subprocess.run(shlex.split(line.replace("onduty.internal", "localhost")), check=True, capture_output=True)
    with serving("--store", "memory:", "--tls-certificate", "cert.pem", "--tls-key", "key.pem") as (_, address):
        server = f"localhost:{address.rpartition(':')[2]}"
        ran = onduty("activity", "acme", "ada", "--server", server, "--server-ca", "cert.pem")
        assert (ran.code, ran.err) == (0, "")


def masked(line: str) -> str:
    """Without what differs from one time to the next."""
    line = re.sub(r"\d{4}-\d\d-\d\d ", "", line)
    line = re.sub(r"\d\d:\d\d:\d\d( UTC)?", "TIME", line)
    return " ".join(re.sub(r"\([^)]*\)", "(AGE)", line).split())


async def test_the_first_five_minutes_are_as_it_says(
    remote: Remote, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USER", "kim")
    monkeypatch.setenv("LOGNAME", "kim")
    text = (ROOT / "README.md").read_text().partition("## Five minutes")[2].partition("And follow it")[0]
    blocks = re.findall(r"```\n(.*?)```", text, flags=re.DOTALL)
    steps = [step.splitlines() for block in blocks for step in block.split("$ onduty ")[1:]]
    assert len(steps) >= 8
    for typed, *said in steps:
        if "--away-after 2s" in typed:
            clock.advance(3_000)
        ran = await remote(*shlex.split(typed))
        assert ran.code == 0, ran.err
        expected = [masked(line) for line in said if line]
        seen = [masked(line) for line in ran.lines if line]
        if expected[:1] == ["..."]:
            expected, seen = expected[1:], seen[-len(expected) + 1 :]
        if expected:
            assert seen == expected, typed
