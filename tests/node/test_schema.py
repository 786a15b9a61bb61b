"""The schema of the client for browsers: its descriptors and messages are those of the contract."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.tools import leave_out

HERE = Path(__file__).parent / "schema"
ROOT = HERE.parents[2]
PROTOS = ("onduty/v1/status.proto", "everything.proto", "refused.proto", "refused_proto2.proto")


def described(directory: Path) -> Path:
    """Write what protoc makes of the files, with all that they import, and return where that is."""
    set_file = directory / "schema.binpb"
    command = [
        *(sys.executable, "-m", "grpc_tools.protoc", "--include_imports", f"--descriptor_set_out={set_file}"),
        *(f"--proto_path={path}" for path in (ROOT / "proto", HERE)),
        *PROTOS,
    ]
    subprocess.run(command, check=True)
    return set_file


async def test_the_schema_for_browsers_is_the_contract(tmp_path: Path) -> None:
    if shutil.which("node") is None:
        leave_out("node is not installed")
    for module in ("@bufbuild/protobuf", "esbuild"):
        if not (ROOT / "node_modules" / module).is_dir():
            leave_out(f"{module} is not installed; run `make node-tools`")
    node = await asyncio.create_subprocess_exec(
        *("node", "--test", "--test-timeout=30000", str(HERE / "schema.test.mjs")),
        env={**os.environ, "SCHEMA_SET": str(described(tmp_path))},
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
