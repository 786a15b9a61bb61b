"""A server that runs out of file descriptors: who is connected goes on, it says so, and a kill -9 loses nothing."""

from __future__ import annotations

import asyncio
import resource
import socket
from contextlib import ExitStack
from pathlib import Path

from tests.faults.process import Servers, connected

from onduty.v1 import status_pb2 as pb

LIMIT = 60
"""Far less than what it may have, and enough for the server itself."""


async def test_a_server_without_descriptors_goes_on_for_those_who_are_connected(tmp_path: Path) -> None:
    database = tmp_path / "onduty.db"
    async with Servers(tmp_path) as servers:
        server = await servers.start(database)
        async with connected(server.address) as calls:
            ann = pb.SetStatusRequest(account_id="acme", user_id="ann", status=pb.STATUS_ONLINE, reason="before")
            await calls.SetStatus(ann)
            before = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
            resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (LIMIT, before[1]))
            host, port = server.address.split(":")
            with ExitStack() as held:
                # The system completes connections on its own, so all of them look open from here.
                for _ in range(LIMIT):
                    held.enter_context(socket.create_connection((host, int(port)), timeout=10))
                await server.logged(lambda line: "out of file descriptors" in str(line.get("event")))
                # Changes, reads and history, which is another file handle.
                for number in range(20):
                    bob = pb.SetStatusRequest(
                        account_id="acme", user_id="bob", status=pb.STATUS_AWAY, reason=f"number {number}"
                    )
                    await calls.SetStatus(bob, timeout=10)
                changes = await calls.ListStatusChanges(pb.ListStatusChangesRequest(account_id="acme"), timeout=10)
                assert [change.reason for change in changes.changes][-1] == "number 19"
            await server.logged(lambda line: "there are file descriptors again" in str(line.get("event")))
        # Whoever was kept waiting gets in.
        async with connected(server.address) as calls, asyncio.timeout(20):
            found = await calls.GetStatus(
                pb.GetStatusRequest(account_id="acme", user_id="bob"), wait_for_ready=True, timeout=20
            )
            assert found.user_status.reason == "number 19"
        assert "Traceback" not in server.text()


async def test_a_kill_without_descriptors_loses_nothing(tmp_path: Path) -> None:
    database = tmp_path / "onduty.db"
    async with Servers(tmp_path) as servers:
        server = await servers.start(database)
        async with connected(server.address) as calls:
            await calls.RecordActivity(pb.RecordActivityRequest(account_id="acme", user_id="ann"))
            # Fewer than it has open.
            resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (4, 4))
            bob = pb.SetStatusRequest(account_id="acme", user_id="bob", status=pb.STATUS_AWAY)
            acknowledged = (await calls.SetStatus(bob)).user_status
            await server.kill()
        again = await servers.start(database)
        async with connected(again.address) as calls:
            found = await calls.GetStatus(pb.GetStatusRequest(account_id="acme", user_id="bob"))
            assert found.user_status == acknowledged


async def test_a_server_that_may_open_too_few_files_says_so_in_one_line(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        for limit in (3, 8):
            server = await servers.launch(tmp_path / "onduty.db", command=("prlimit", f"--nofile={limit}"))
            assert await server.ended() != 0
            # Python itself cannot start with fewer than a handful, and says so in its own words.
            assert server.text()
