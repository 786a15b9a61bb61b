"""The modules of the console and of the agent's package that draw nothing, in Node."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from tests.tools import leave_out

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TESTS = sorted(
    str(path.relative_to(HERE)) for folder in ("console", "agent") for path in HERE.glob(f"{folder}/*.test.mjs")
)


@pytest.mark.parametrize("name", TESTS)
async def test_a_module(name: str) -> None:
    if shutil.which("node") is None:
        leave_out("node is not installed")
    if not (ROOT / "node_modules/@preact/signals").is_dir():
        leave_out("@preact/signals is not installed; run `make node-tools`")
    node = await asyncio.create_subprocess_exec(
        *("node", "--test", "--test-timeout=20000", str(HERE / name)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await asyncio.wait_for(node.communicate(), 60)
    finally:
        if node.returncode is None:
            node.kill()
            await node.wait()
    text = output.decode(errors="replace")
    assert node.returncode == 0, text
    assert "# pass 0" not in text, text


def test_there_are_tests() -> None:
    assert len(TESTS) >= 9
