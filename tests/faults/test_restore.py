"""A backup that is put back, seen from outside: real servers on one file, backed up while one runs or none does."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import pytest
from grpc import aio
from tests.faults.process import Servers
from tests.grpc.streaming import Watch
from tests.grpc.wire import ACCOUNT, Wire, refused
from tests.watching.follower import Follower, shown

from onduty.v1 import status_pb2 as pb


@asynccontextmanager
async def serving(servers: Servers, database: Path) -> AsyncIterator[Wire]:
    server = await servers.start(database)
    async with aio.insecure_channel(server.address) as channel:
        yield Wire(channel)
    server.signal(signal.SIGTERM)
    assert await server.ended() == 0


async def change(wire: Wire, first: int, last: int, *, what: str) -> None:
    """Revisions from the first to the last, each of somebody of three."""
    for revision in range(first, last + 1):
        status = (pb.STATUS_ONLINE, pb.STATUS_AWAY, pb.STATUS_OFFLINE)[(revision + len(what)) % 3]
        set_to = await wire.set_status(f"user-{revision % 3}", status, reason=f"{what} {revision}")
        assert set_to.revision == revision


async def command(*arguments: str | Path) -> None:
    """A command that succeeds."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "onduty_server", *map(str, arguments))
    assert await process.wait() == 0


@pytest.mark.parametrize("online", [False, True], ids=["plain copies", "store backup and restore"])
async def test_a_watcher_from_a_lost_future_begins_anew_and_one_from_before_goes_on(
    tmp_path: Path, online: bool
) -> None:
    database, backup = tmp_path / "onduty.db", tmp_path / "backup.db"
    async with Servers(tmp_path) as servers:
        async with serving(servers, database) as wire:
            await change(wire, 1, 10, what="before")
            of_the_past = Watch(wire, Follower(ACCOUNT))
            await of_the_past.read_snapshot()
            await of_the_past.leave()
            page = await wire.stub.ListStatuses(pb.ListStatusesRequest(account_id=ACCOUNT, page_size=2))
            if online:
                await command("store", "backup", database, backup)
        if not online:
            shutil.copyfile(database, backup)
        async with serving(servers, database) as wire:
            await change(wire, 11, 20, what="lost")
            lost = Watch(wire, Follower(ACCOUNT))
            await lost.read_snapshot()
            await lost.leave()
            history = pb.ListStatusChangesRequest(account_id=ACCOUNT, page_size=15)
            history.page_token = (await wire.stub.ListStatusChanges(history)).next_page_token
        if online:
            await command("store", "restore", backup, database)
        else:
            shutil.copyfile(backup, database)
        async with serving(servers, database) as wire:
            await change(wire, 11, 23, what="other")
            expired = Watch(wire, lost.follower.copy(), lost.last_token)
            with pytest.raises(aio.AioRpcError) as refusal:
                await expired.read()
            assert refusal.value.code() is grpc.StatusCode.OUT_OF_RANGE
            assert (await refused(wire.stub.ListStatusChanges(history)))[:3] == (
                grpc.StatusCode.INVALID_ARGUMENT,
                "INVALID_FIELD",
                ("page_token",),
            )
            second = await wire.stub.ListStatuses(
                pb.ListStatusesRequest(account_id=ACCOUNT, page_token=page.next_page_token)
            )
            assert [status.user_id for status in second.user_statuses] == ["user-0"]
            resumed = Watch(wire, of_the_past.follower.copy(), of_the_past.last_token)
            while resumed.follower.last_revision < 23:
                assert await resumed.read() is not None
            assert resumed.follower.snapshots == 1
            statuses = {status.user_id: shown(status) for status in await wire.statuses()}
            assert resumed.follower.states == statuses
            await resumed.leave()
