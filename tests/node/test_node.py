"""A client in another language, made of the .proto files alone, drives every RPC and reads the error details."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import google.rpc
from tests.fakes import FakeClock
from tests.servers import running
from tests.tools import leave_out

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MINUTE = 60_000


def missing() -> str | None:
    """What is not installed of node and its modules; `make test` installs them where npm is."""
    if shutil.which("node") is None:
        return "node is not installed"
    for module in ("@grpc/grpc-js", "@grpc/proto-loader"):
        if not (ROOT / "node_modules" / module).is_dir():
            return f"{module} is not installed; run `make node-tools`"
    return None


async def test_a_node_client_drives_every_method_and_reads_the_error_details() -> None:
    why = missing()
    if why is not None:
        leave_out(why)
    # What this folder of googleapis-common-protos is in: `google/rpc/error_details.proto` is found from there.
    google_protos = Path(next(iter(google.rpc.__path__))).parents[1]
    clock = FakeClock()
    async with running(clock=clock) as application:
        await application.service.update_workflow("idle", {"enabled": True, "away_after_ms": 60 * MINUTE})
        await application.service.record_activity("idle", "eve")
        clock.advance(30 * MINUTE)
        node = await asyncio.create_subprocess_exec(
            "node",
            str(HERE / "contract.mjs"),
            f"127.0.0.1:{application.port}",
            str(clock.now()),
            str(ROOT / "proto"),
            str(google_protos),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            output, _ = await asyncio.wait_for(node.communicate(), 45)
        finally:
            if node.returncode is None:
                node.kill()
                await node.wait()
    assert node.returncode == 0, output.decode(errors="replace")
