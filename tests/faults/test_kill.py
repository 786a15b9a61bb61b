"""kill -9 under load, again and again, on the same file: what was said stays said.

Two servers at a time are loaded by many clients, killed at random moments and started again. One writes activities
behind, as is the default, but more often; the other makes each durable before it is acknowledged. `ledger` says what is
checked after every restart, and once more about everything at the end.

`ONDUTY_TEST_KILLS=500 make test ARGS="tests/faults/test_kill.py"` takes longer and looks harder (26 is the default);
`ONDUTY_TEST_DICE=7` repeats a run's choices, as far as timing lets it.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fakes import FakeClock
from tests.faults.ledger import Ledger, ms
from tests.faults.load import Load
from tests.faults.process import Servers, connected

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc
from onduty_server.app.service import StatusService
from onduty_server.domain.status import Status
from onduty_server.domain.workflow import WorkflowPatch
from onduty_server.process.clock import wall_clock_ms
from onduty_server.stores.sqlite import SqliteStore

KILLS = int(os.environ.get("ONDUTY_TEST_KILLS", "26"))
DICE = int(os.environ.get("ONDUTY_TEST_DICE", "0")) or random.SystemRandom().randrange(1, 1 << 32)
SLACK_MS = 250
"""A busy machine may be this late with what is due."""


async def kill_again_and_again(
    servers: Servers, database: Path, kills: int, flush_ms: int, dice: random.Random
) -> Counter[str]:
    """Totals of what was acknowledged and checked."""
    ledgers = [Ledger(f"account-{number}") for number in range(3)]
    totals: Counter[str] = Counter()
    # A start on a busy machine is no outage, which would move the times of what follows.
    flags = ("--activity-flush-interval", f"{flush_ms}ms", "--outage-grace", "5m")
    server = await servers.start(database, *flags)
    for number in range(kills):
        # Mostly hit and run; now and then long enough for the periods to pass within one life.
        enough = dice.randrange(20, 400) if dice.random() < 0.85 else dice.randrange(1_000, 2_000)
        async with connected(server.address) as calls:
            load = Load(calls, ledgers, dice, enough)
            running = asyncio.create_task(load.run())
            await load.enough.wait()
            # Not just after an answer: anywhere in the writer's round.
            await asyncio.sleep(dice.uniform(0, 0.02))
            load.ending.set()
            killed = wall_clock_ms()
            await server.kill()
            await running
        totals += load.acknowledged
        totals["calls cut off"] += len(load.refused)
        server = await servers.start(database, *flags)
        unwritten_ms = 0 if flush_ms == 0 else flush_ms + SLACK_MS + load.slowest_ms
        async with connected(server.address) as calls:
            for ledger in ledgers:
                await ledger.check(
                    calls, killed=killed, flushed_before=killed - unwritten_ms, everything=number == kills - 1
                )
    await server.kill()
    for ledger in ledgers:
        totals += ledger.checked
        totals["revisions"] += len(ledger.history) + len(ledger.workflows)
    return totals


@pytest.mark.timeout(300 + 4 * KILLS)
async def test_nothing_that_was_said_is_lost_by_kill_9(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    dice = random.Random(DICE)
    async with Servers(tmp_path) as servers, asyncio.TaskGroup() as group:
        lanes = [
            group.create_task(
                kill_again_and_again(servers, tmp_path / f"{flush}.db", kills, flush, random.Random(dice.random()))
            )
            for flush, kills in ((100, KILLS - KILLS // 2), (0, KILLS // 2))
        ]
    totals = lanes[0].result() + lanes[1].result()
    record_property("kills", KILLS)
    record_property("dice", DICE)
    for name, number in sorted(totals.items()):
        record_property(name, number)
    # So that a load that has come to nothing does not pass for a proof.
    for name in ("acknowledged SetStatus", "activities that had to be there", "timed switches computed anew"):
        assert totals[name] >= KILLS, totals
    assert totals["UpdateWorkflow"] >= KILLS // 4, totals


async def test_a_kill_while_it_starts_or_stops_leaves_a_good_file(tmp_path: Path) -> None:
    dice = random.Random(DICE)
    fresh, kept = tmp_path / "fresh.db", tmp_path / "kept.db"
    async with Servers(tmp_path) as servers:
        known: list[pb.UserStatus] = []
        for number in range(5):
            # Somewhere between the first line of Python and the first call.
            for database in (fresh, kept):
                starting = await servers.launch(database, anew=True)
                await asyncio.sleep(dice.uniform(0.1, 0.6))
                await starting.kill()
            server = await servers.start(kept)
            async with connected(server.address) as calls:
                for status in known:
                    get = pb.GetStatusRequest(account_id="acme", user_id=status.user_id)
                    assert (await calls.GetStatus(get)).user_status == status
                known.append((await calls.SetStatus(_online(f"agent-{number}"))).user_status)
            server.signal(signal.SIGTERM)
            await asyncio.sleep(dice.uniform(0, 0.05))
            await server.kill()
        server = await servers.start(fresh)
        async with connected(server.address) as calls:
            assert (await calls.SetStatus(_online("ann"))).user_status.revision == 1


def _online(user: str) -> pb.SetStatusRequest:
    return pb.SetStatusRequest(account_id="acme", user_id=user, status=pb.STATUS_ONLINE)


CROWD = [f"agent-{number}" for number in range(4_000)]
"""Many times as many as one step of the sweeper switches, or one transaction records."""


@pytest.mark.timeout(180)
async def test_a_kill_in_the_middle_of_a_mass_switch_leaves_nobody_with_another_time(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """All fall due at once by a shorter period, and while they are being recorded the workflow changes again."""
    some = pb.BatchGetStatusesRequest(account_id="acme", user_ids=CROWD[::500])
    cut_off = recorded_later = 0
    async with Servers(tmp_path) as servers:
        for attempt in range(8):
            if cut_off == 2:
                break
            # A file of its own: in one that has seen later times nothing was a second ago.
            database = tmp_path / f"onduty-{attempt}.db"
            await _bring_everybody_online(database)
            server = await servers.start(database)
            async with connected(server.address) as calls:
                shortened = await _set_workflow(calls, 1_000)
                lengthened, seen = await asyncio.gather(_set_workflow(calls, 7_200_000), calls.BatchGetStatuses(some))
                killed = wall_clock_ms()
                await server.kill()
            assert {(status.status, ms(status.status_since)) for status in seen.user_statuses} == {
                (pb.STATUS_AWAY, shortened)
            }
            again = await servers.start(database)
            async with connected(again.address) as calls:
                assert {(found.status, found.cause, ms(found.status_since)) for found in await _everybody(calls)} == {
                    (pb.STATUS_AWAY, pb.CAUSE_INACTIVITY, shortened)
                }
                switches = await _recorded_switches(calls, shortened)
                assert sorted(switch.user_id for switch in switches) == sorted(CROWD), "each once"
                workflow = await calls.GetWorkflow(pb.GetWorkflowRequest(account_id="acme"))
                assert ms(workflow.workflow.update_time) == lengthened
                later = sum(ms(switch.commit_time) > killed for switch in switches)
                recorded_later += later
                cut_off += 0 < later < len(CROWD)
            await again.kill()
    record_property("kills in the middle", cut_off)
    record_property("switches recorded after a restart", recorded_later)
    assert cut_off, "the kills always came too late"


async def _bring_everybody_online(database: Path) -> None:
    """By hand and long enough ago for the shorter period, and not yet for the longer one."""
    store = SqliteStore(database, FakeClock(wall_clock_ms() - 1_000))
    await store.open()
    service = StatusService(store)
    await service.update_workflow("acme", WorkflowPatch(enabled=True, away_after_ms=3_600_000))
    await asyncio.gather(*(service.set_status("acme", user, Status.ONLINE) for user in CROWD))
    await store.close()


async def _set_workflow(calls: pb_grpc.StatusServiceAsyncStub, away_after_ms: int) -> int:
    """When it was, ms UTC."""
    workflow = pb.Workflow(account_id="acme", enabled=True)
    workflow.away_after.FromMilliseconds(away_after_ms)
    response = await calls.UpdateWorkflow(pb.UpdateWorkflowRequest(workflow=workflow))
    return ms(response.workflow.update_time)


async def _everybody(calls: pb_grpc.StatusServiceAsyncStub) -> list[pb.UserStatus]:
    found: list[pb.UserStatus] = []
    token = ""
    while True:
        page = await calls.ListStatuses(pb.ListStatusesRequest(account_id="acme", page_size=1_000, page_token=token))
        found.extend(page.user_statuses)
        if not (token := page.next_page_token):
            assert len(found) == len(CROWD)
            return found


async def _recorded_switches(calls: pb_grpc.StatusServiceAsyncStub, time: int) -> list[pb.StatusChange]:
    """Who went AWAY by inactivity at that time, once it has been recorded of all of them."""
    async with asyncio.timeout(30):
        while True:
            switches: list[pb.StatusChange] = []
            token = ""
            while True:
                request = pb.ListStatusChangesRequest(account_id="acme", page_size=1_000, page_token=token)
                request.start_time.FromMilliseconds(time)
                request.end_time.FromMilliseconds(time + 1)
                page = await calls.ListStatusChanges(request)
                switches.extend(change for change in page.changes if change.cause == pb.CAUSE_INACTIVITY)
                if not (token := page.next_page_token):
                    break
            if len(switches) >= len(CROWD):
                return switches
