"""A server that is stopped in its tracks (SIGSTOP, a paused container, a suspended machine) and goes on later.

This takes the seconds that the shortest outage grace is long; all servers of the test are stalled at the same time.
"""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass
from pathlib import Path

from tests.faults.ledger import ms
from tests.faults.process import Servers, connected

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc
from onduty_server.process.clock import wall_clock_ms

ACCOUNT = "acme"
GRACE = ("--outage-grace", "3s")


@dataclass(frozen=True)
class Stalled:
    """What was known of a user before the stall and after it. Ms UTC."""

    before: pb.UserStatus
    after: pb.UserStatus
    woken: int
    asked: int
    events: list[str]
    after_kill: pb.UserStatus
    """After a kill -9 and a restart, right after the stall."""


async def status_of(calls: pb_grpc.StatusServiceAsyncStub, user: str) -> pb.UserStatus:
    response = await calls.GetStatus(pb.GetStatusRequest(account_id=ACCOUNT, user_id=user))
    return response.user_status


async def stalled(servers: Servers, database: Path, period_ms: int, stall_s: float, *flags: str) -> Stalled:
    """Have somebody be active, stall the server at once, and see what it says first when it goes on."""
    server = await servers.start(database, *GRACE, *flags)
    async with connected(server.address) as calls:
        workflow = pb.Workflow(account_id=ACCOUNT, enabled=True)
        workflow.away_after.FromMilliseconds(period_ms)
        await calls.UpdateWorkflow(pb.UpdateWorkflowRequest(workflow=workflow))
        activity = pb.RecordActivityRequest(account_id=ACCOUNT, user_id="ann")
        before = (await calls.RecordActivity(activity)).user_status
        server.signal(signal.SIGSTOP)
        await asyncio.sleep(stall_s)
        # Calls that arrive in the meantime are the first that are answered.
        early = asyncio.ensure_future(status_of(calls, "ann"))
        woken = wall_clock_ms()
        server.signal(signal.SIGCONT)
        await early
        after = await status_of(calls, "ann")
        asked = wall_clock_ms()
    events = [str(line.get("event")) for line in server.log]
    await server.kill()
    # However long that takes on a busy machine, it is none.
    again = await servers.start(database, "--outage-grace", "60s", *flags)
    async with connected(again.address) as calls:
        return Stalled(before, after, woken, asked, events, await status_of(calls, "ann"))


async def test_a_stall_is_an_outage_when_it_is_longer_than_the_grace(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers, asyncio.TaskGroup() as group:
        # The period passes within the stall, and after what the heartbeat before it vouched for.
        outage = group.create_task(stalled(servers, tmp_path / "1.db", 3_600, 4.5))
        counted = group.create_task(stalled(servers, tmp_path / "2.db", 3_600, 4.5, "--count-outage-as-inactivity"))
        # However long a busy machine makes of it.
        short = group.create_task(stalled(servers, tmp_path / "3.db", 1_000, 1.5, "--outage-grace", "60s"))

    it = outage.result()
    assert it.after.status == pb.STATUS_ONLINE, "nobody switches because of the stall"
    assert (it.after.revision, it.after.status_since) == (it.before.revision, it.before.status_since)
    assert it.woken - 50 <= ms(it.after.next_status_time) - 3_600 <= it.asked + 50, "the clock has started anew"
    if it.after_kill.status == pb.STATUS_AWAY:  # on a busy machine the restart may take longer than the period
        assert it.after_kill.status_since == it.after.next_status_time, "and a crash does not start it once more"
    else:
        assert it.after_kill == it.after, "and a crash does not start it once more"
    # A machine that gives the server nothing for as long as the grace makes another outage of it.
    said = {event for event in it.events if "outage" in event}
    assert said == {"recovered from an outage; every inactivity clock restarts now"}

    for task, period_ms, logged in ((counted, 3_600, {"an outage was counted as inactivity"}), (short, 1_000, set())):
        it = task.result()
        assert it.after.status == pb.STATUS_AWAY
        assert ms(it.after.status_since) == ms(it.before.last_activity_time) + period_ms, "exactly when it was due"
        assert (it.after_kill.status, it.after_kill.status_since) == (it.after.status, it.after.status_since)
        assert {event for event in it.events if "outage" in event} == logged
