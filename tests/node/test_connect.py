"""connect-es, which nobody here wrote, through the HTTP door."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import google.rpc
from tests.fakes import FakeClock
from tests.servers import running
from tests.tools import leave_out

from onduty_server.app.watching.limits import WatchLimits
from onduty_server.transport.http.server import HttpListen

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def missing() -> str | None:
    if shutil.which("node") is None:
        return "node is not installed"
    for module in ("@connectrpc/connect-node", "@connectrpc/connect-web"):
        if not (ROOT / "node_modules" / module).is_dir():
            return f"{module} is not installed; run `make node-tools`"
    return None


def described(directory: Path) -> bytes:
    """The contract and the details of errors, with all that they import, as a FileDescriptorSet."""
    # What this folder of googleapis-common-protos is in: `google/rpc/error_details.proto` is found from there.
    google_protos = Path(next(iter(google.rpc.__path__))).parents[1]
    set_file = directory / "contract.binpb"
    command = [
        *(sys.executable, "-m", "grpc_tools.protoc", "--include_imports", f"--descriptor_set_out={set_file}"),
        *(f"--proto_path={path}" for path in (ROOT / "proto", google_protos)),
        *("onduty/v1/status.proto", "google/rpc/error_details.proto"),
    ]
    subprocess.run(command, check=True)
    return set_file.read_bytes()


async def test_every_transport_of_connect_es_calls_streams_and_reads_errors(tmp_path: Path) -> None:
    why = missing()
    if why is not None:
        leave_out(why)
    clock = FakeClock()
    async with running(clock=clock, http=HttpListen("127.0.0.1:0")) as application:
        moving = asyncio.create_task(move(clock))
        node = await asyncio.create_subprocess_exec(
            "node",
            str(HERE / "connect.mjs"),
            f"http://127.0.0.1:{application.http_port}",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            sent = described(tmp_path)
            output, _ = await asyncio.wait_for(node.communicate(sent), 45)
        finally:
            moving.cancel()
            if node.returncode is None:
                node.kill()
                await node.wait()
    assert node.returncode == 0, output.decode(errors="replace")
    assert output == b"10 transports\n"


async def move(clock: FakeClock) -> None:
    """Let the clock go on, so that watches are told what is new."""
    while True:
        await asyncio.sleep(0.02)
        clock.advance(WatchLimits().bookmark_interval_ms)
