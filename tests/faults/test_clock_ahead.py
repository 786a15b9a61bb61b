"""One start with a clock 60 days ahead, then servers with the right one: what is kept, what is taken, the way out."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from grpc import aio
from tests.fakes import FakeClock
from tests.faults.process import Servers
from tests.grpc.wire import Wire, at, ms

from onduty.v1 import status_pb2 as pb
from onduty_server.app.service import StatusService
from onduty_server.domain.status import Status
from onduty_server.process.clock import wall_clock_ms
from onduty_server.stores.sqlite import SqliteStore

DAY = 24 * 3_600_000
PRUNE_INTERVAL_MS = 10 * 60 * 1_000


async def lived(database: Path, began: int) -> None:
    """A server by a clock that a test moves: some changes, and the time to prune."""
    clock = FakeClock(began)
    store = SqliteStore(database, clock)
    await store.open()
    service = StatusService(store)
    for user in ("ada", "ben", "cleo"):
        await service.set_status("acme", user, Status.AWAY, reason=f"{began}")
        await service.record_activity("acme", user)
    clock.advance(PRUNE_INTERVAL_MS)
    await store.heartbeat()
    await store.close()


async def test_a_start_with_the_clock_ahead_loses_nothing_and_has_a_way_out(tmp_path: Path) -> None:
    database, right = tmp_path / "onduty.db", tmp_path / "right.db"
    await lived(database, wall_clock_ms() - DAY)
    await lived(database, wall_clock_ms() + 60 * DAY)
    async with Servers(tmp_path) as servers:
        server = await servers.start(database)
        behind = await server.logged(lambda line: "the wall clock is behind" in str(line.get("event")))
        assert behind["behind_ms"] > 59 * DAY and "--accept-clock" in behind["way_out"]
        async with aio.insecure_channel(server.address) as channel:
            wire = Wire(channel)
            assert len(await wire.changes()) == 6
            # Taken, though it cannot count: it is older than what is known.
            assert ms((await wire.activity("ada", at_ms=wall_clock_ms())).last_activity_time) > wall_clock_ms() + DAY
        server.signal(signal.SIGTERM)
        assert await server.ended() == 0

        command = [sys.executable, "-m", "onduty_server", "store", "copy", f"sqlite:{database}", f"sqlite:{right}"]
        copying = await asyncio.create_subprocess_exec(*command, "--accept-clock")
        assert await asyncio.wait_for(copying.wait(), 30) == 0

        server = await servers.start(right)
        async with aio.insecure_channel(server.address) as channel:
            wire = Wire(channel)
            changes = await wire.changes()
            assert [change.revision for change in changes] == [1, 2, 3, 4, 5, 6]
            assert all(ms(change.commit_time) <= wall_clock_ms() for change in changes)
            now = wall_clock_ms()
            request = pb.RecordActivityRequest(account_id="acme", user_id="ada", activity_time=at(now))
            counted = (await wire.stub.RecordActivity(request)).user_status
            assert ms(counted.last_activity_time) == now
        assert not [line for line in server.log if "behind" in str(line) or "far ahead" in str(line)]
