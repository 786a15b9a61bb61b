"""The log of a server that nothing is wrong with: lines of its own, and none of the libraries below it."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import signal
import sys
from pathlib import Path

from tests.faults.process import Servers

README = Path(__file__).parents[2] / "README.md"
TIMEOUT_S = 30.0


def five_minutes() -> list[list[str]]:
    """The commands of the README's first five minutes but for `watch`, which does not end."""
    text = README.read_text().partition("## Five minutes")[2].partition("\n## ")[0]
    typed = [shlex.split(line) for line in re.findall(r"^\$ onduty (.+)$", text, flags=re.MULTILINE)]
    commands = [each for each in typed if each[0] != "watch"]
    assert len(commands) >= 8
    return commands


async def run(server: str, command: list[str], directory: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "onduty_server", *command),
        env={**os.environ, "ONDUTY_SERVER": server, "USER": "kim", "LOGNAME": "kim"},
        cwd=directory,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(TIMEOUT_S):
            said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, (command, said)


async def test_a_start_and_the_five_minutes_of_the_readme_log_only_lines_of_its_own(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        for commands in (five_minutes(), []):  # a new database, and one with users and a workflow
            server = await servers.launch(tmp_path / "onduty.db", "--log-level", "debug")
            await server.serving()
            for command in commands:
                await run(server.address, command, tmp_path)
            server.signal(signal.SIGTERM)
            assert await server.ended() == 0, server.text()

            loud = [line for line in server.log if "logger" in line or "text" in line]
            assert loud == [], "lines of libraries"
            warned = [line["event"] for line in server.log if line.get("level", "info") not in ("debug", "info")]
            expected = (
                "no credential is required: everybody on this machine may do everything; set key_file to change that"
            )
            assert warned == [expected], server.text()
            assert server.log[-1]["event"] == "stopped", server.text()
