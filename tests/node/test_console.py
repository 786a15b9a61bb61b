"""The console's modules that need no page are tested in Node."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from tests.tools import leave_out

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


async def test_the_modules_that_need_no_page() -> None:
    if shutil.which("node") is None:
        leave_out("node is not installed")
    for module in ("preact", "@preact/signals", "htm", "@bufbuild/protobuf"):
        if not (ROOT / "node_modules" / module).is_dir():
            leave_out(f"{module} is not installed; run `make node-tools`")
    node = await asyncio.create_subprocess_exec(
        *("node", "--test", "--test-timeout=20000", str(HERE / "console.mjs")),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await asyncio.wait_for(node.communicate(), 50)
    finally:
        if node.returncode is None:
            node.kill()
            await node.wait()
    text = output.decode(errors="replace")
    assert node.returncode == 0, text
    assert "# pass 0" not in text, text
