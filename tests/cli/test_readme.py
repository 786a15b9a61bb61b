"""The documents' commands and examples work, and show what one sees."""

from __future__ import annotations

import ast
import asyncio
import importlib
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.cli.conftest import Onduty
from tests.cli.served import serving
from tests.cli.test_remote import Remote, clock, remote, server
from tests.fakes import FakeClock
from tests.tools import leave_out
from typer.testing import CliRunner

import onduty_client
from onduty_server.cli.app import app
from onduty_server.process.application import Application

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
            arguments = shlex.split(re.split(r" [|>] ", line)[0], comments=True)
            if arguments and arguments[0] != "--install-completion":
                yield f"{path.name}: onduty {line}", arguments


COMMANDS = dict(commands())


def test_there_are_some() -> None:
    assert len(COMMANDS) >= 20


@pytest.fixture(scope="module")
def every_command() -> Any:
    return typer.main.get_command(app)


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_line_is_one(every_command: Any, line: str) -> None:
    rest = list(COMMANDS[line])
    context: Any = None
    command = every_command
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
    text = (ROOT / "SECURITY.md").read_text().replace("\\\n", " ")
    (line,) = re.findall(r"^\$ (openssl .+)$", text, flags=re.MULTILINE)
    subprocess.run(shlex.split(line.replace("onduty.internal", "localhost")), check=True, capture_output=True)
    with serving("--store", "memory:", "--tls-certificate", "cert.pem", "--tls-key", "key.pem") as (_, address):
        server = f"localhost:{address.rpartition(':')[2]}"
        ran = onduty("activity", "acme", "ada", "--server", server, "--server-ca", "cert.pem")
        assert (ran.code, ran.err) == (0, "")


def examples(path: Path) -> list[str]:
    return re.findall(r"```python\n(.*?)```", path.read_text(), flags=re.DOTALL)


EXAMPLES = [(path.name, example) for path in TEXTS for example in examples(path)]


def test_every_python_example_is_python_with_names_that_are_exported() -> None:
    assert len(EXAMPLES) >= 5
    for name, example in EXAMPLES:
        for node in ast.walk(ast.parse(example, name)):
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                exported = importlib.import_module(node.module).__all__
                assert {each.name for each in node.names} <= set(exported), name


@pytest.mark.slow
def test_the_python_example_of_the_readme_runs() -> None:
    (example,) = examples(ROOT / "README.md")
    assert '"127.0.0.1:50250"' in example
    with serving("--store", "memory:") as (_, address):
        names: dict[str, Any] = {}
        exec(example.replace("127.0.0.1:50250", address), names)
        assert names["may_take_case"] is True
        with onduty_client.Client(address) as client:
            assert client.get_status("acme", "ben").reason == "lunch"


def test_simulating_the_logs_of_the_repository_shows_what_the_text_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = (ROOT / "docs" / "choosing-periods.md").read_text().replace("\\\n", " ")
    blocks = re.findall(r"^\$ onduty (simulate .*?)```", text, flags=re.DOTALL | re.MULTILINE)
    assert len(blocks) == 3
    for block in blocks:
        line, *said = block.splitlines()
        ran = CliRunner().invoke(app, shlex.split(line))
        assert ran.exit_code == 0, ran.output
        assert ran.stdout.splitlines() == said
    typed = blocks[0].splitlines()[0]
    shorter = CliRunner().invoke(app, [*shlex.split(typed), "--away-after", "3m"])
    assert "`--away-after 3m` it is 196 of 1,108 (17.7 %)" in " ".join(text.split())
    assert "196 of 1,108 (17.7 %) of switches to AWAY" in shorter.stdout


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
    text, watch, _ = (ROOT / "README.md").read_text().partition("## Five minutes")[2].partition("And follow it")
    assert watch  # which does not end
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


async def test_the_call_over_http_is_answered_as_it_says(server: Application) -> None:
    if shutil.which("curl") is None:
        leave_out("curl is not installed")
    ((typed, said),) = re.findall(r"^\$ (curl .+)\n(.+)$", (ROOT / "README.md").read_text(), flags=re.MULTILINE)
    curl = shlex.split(typed.replace("127.0.0.1:50251", f"127.0.0.1:{server.http_port}"))
    async with onduty_client.AsyncClient(f"127.0.0.1:{server.port}") as client:
        await client.update_workflow(
            "acme", enabled=True, away_after=timedelta(minutes=10), offline_after=timedelta(minutes=30)
        )
        await client.record_activity("acme", "ada")
    process = await asyncio.create_subprocess_exec(*curl, stdout=asyncio.subprocess.PIPE)
    output, _ = await asyncio.wait_for(process.communicate(), 30)
    begin, end = said.split("...")
    assert output.decode().startswith(begin) and output.decode().endswith(end)
