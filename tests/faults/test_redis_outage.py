"""A Redis server that dies, freezes and comes back: what callers, watchers and the health check are told meanwhile."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from tests.faults.load import Load
from tests.faults.process import ServerProcess, Servers
from tests.faults.shared import Chain, Pool, SharedLedger, history_of
from tests.grpc.streaming import soon
from tests.grpc.wire import Wire, refused
from tests.switchboard import Switchboard
from tests.valkey import ValkeyServer
from tests.watching.follower import shown

from onduty.v1 import status_pb2 as pb
from onduty_server.process.clock import stopwatch, wall_clock_ms

KILLS = int(os.environ.get("ONDUTY_TEST_KILLS", "4"))
DICE = int(os.environ.get("ONDUTY_TEST_DICE", "0")) or random.SystemRandom().randrange(1, 1 << 32)
SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
DURABLE = {"appendonly": "yes", "appendfsync": "always"}

FIRST_S = 2.5
"""How long the first refusals may take, of which 1.8 s are the patience with a server that says nothing."""
FAST_S = 1.0
"""How long later ones may, of which 0.3 s are for it to say something again. Both leave time for a busy machine."""


class Client(NamedTuple):
    """A client of a process that uses the server."""

    server: ValkeyServer
    process: ServerProcess
    wire: Wire
    pool: Pool
    health: Any


@asynccontextmanager
async def client(tmp_path: Path, *flags: str) -> AsyncIterator[Client]:
    with ValkeyServer(DURABLE) as server:
        async with client_at(server, server.address, tmp_path, *flags) as it:
            yield it


@asynccontextmanager
async def client_at(server: ValkeyServer, address: str, tmp_path: Path, *flags: str) -> AsyncIterator[Client]:
    """A client of a process that finds the server at an address."""
    async with Servers(tmp_path) as servers:
        process = await servers.start(address, *flags)
        pool = Pool(random.Random(DICE))
        pool.add(0, process)
        try:
            wire = pool.any()
            health_stub: Any = health_pb2_grpc.HealthStub(wire.channel)
            health = health_stub.Watch(health_pb2.HealthCheckRequest())
            assert await said(health) == SERVING
            yield Client(server, process, wire, pool, health)
        finally:
            await pool.close()


async def said(health: Any) -> int:
    """What the health check says next."""
    response: health_pb2.HealthCheckResponse = await soon(health.read())
    return int(response.status)


async def refused_after(call: Any) -> float:
    """How long (s) it took to be refused, with the right code and reason."""
    started = stopwatch()
    refusal = await refused(call)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "STORE_UNAVAILABLE")
    assert refusal.message == "the store is unavailable; try again"
    return stopwatch() - started


def calls(wire: Wire) -> list[Any]:
    """One of each kind."""
    return [
        wire.get("ann"),
        wire.activity("ann"),
        wire.activity("new"),
        wire.set_status("ann", pb.STATUS_AWAY),
        wire.switch_on(60_000),
        wire.workflow(),
        wire.statuses(),
        wire.available(),
        wire.changes(),
    ]


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_a_server_that_is_gone_is_told_quickly_and_noticed_when_it_is_back(
    tmp_path: Path, how: str, record_property: Callable[[str, object], None]
) -> None:
    async with client(tmp_path, "--outage-grace", "60s") as it:
        wire = it.wire
        online = await wire.set_status("ann", pb.STATUS_ONLINE)
        chain = Chain(it.pool, online.account_id)
        watching = asyncio.create_task(chain.run())
        # Away from the last heartbeat: these find out by themselves.
        if how == "killed":
            it.server.kill()
        else:
            it.server.freeze()
        first = await asyncio.gather(*map(refused_after, calls(wire)))
        assert await said(it.health) == NOT_SERVING
        later = [await refused_after(call) for call in calls(wire)]
        record_property("slowest at first, ms", round(max(first) * 1_000))
        record_property("slowest later, ms", round(max(later) * 1_000))

        if how == "killed":
            await asyncio.to_thread(it.server.start)
        else:
            it.server.thaw()
        back = stopwatch()
        assert await said(it.health) == SERVING
        record_property("back after, ms", round((stopwatch() - back) * 1_000))
        found = await wire.get("ann")
        if how == "killed":
            assert found == online
        away = await wire.set_status("ann", pb.STATUS_AWAY, reason="back again")
        chain.finish(wall_clock_ms() + 100)
        await soon(watching)
        assert chain.follower.states["ann"] == shown(away)
        events = [line["event"] for line in it.process.log if line.get("level") in ("warning", "error", "critical")]
        assert "the store does not answer" in events and "the store answers again" in events
        assert not [line for line in it.process.log if "exception" in line], it.process.text()
    assert max(first) < FIRST_S
    assert max(later) < FAST_S


async def test_a_master_that_is_demoted_with_its_connections_open_is_left_for_its_successor(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with ValkeyServer({"repl-diskless-sync-delay": "0"}) as old, ValkeyServer() as new:
        new.follow(old)
        async with Switchboard(old.port) as name, client_at(old, name.address, tmp_path) as it:
            online = await it.wire.set_status("ann", pb.STATUS_ONLINE)
            chain = Chain(it.pool, online.account_id)
            watching = asyncio.create_task(chain.run())
            new.take_over()
            await asyncio.to_thread(old.follow, new)
            first = await asyncio.gather(*map(refused_after, calls(it.wire)))
            assert await said(it.health) == NOT_SERVING
            later = [await refused_after(call) for call in calls(it.wire)]
            name.target = new.port
            back = stopwatch()
            assert await said(it.health) == SERVING
            record_property("slowest at first, ms", round(max(first) * 1_000))
            record_property("slowest later, ms", round(max(later) * 1_000))
            record_property("back after, ms", round((stopwatch() - back) * 1_000))
            assert await it.wire.get("ann") == online
            await it.wire.set_status("ann", pb.STATUS_AWAY)
            chain.finish(wall_clock_ms() + 100)
            await soon(watching)
            [line] = [line for line in it.process.log if line["event"] == "the store does not answer"]
            # A machine that is too busy to connect within a second says so instead.
            assert line["cause"] in ("it is a replica, which accepts no writes; name its master", "it does not answer")
        assert max(first) < FIRST_S
        assert max(later) < FAST_S


async def test_a_server_that_refuses_heartbeats_is_not_served_from(tmp_path: Path) -> None:
    async with client(tmp_path) as it:
        await it.wire.set_status("ann", pb.STATUS_ONLINE)
        it.server.ask("CONFIG", "SET", "min-replicas-to-write", 1)
        assert await said(it.health) == NOT_SERVING
        await refused_after(it.wire.set_status("ann", pb.STATUS_AWAY))
        it.server.ask("CONFIG", "SET", "min-replicas-to-write", 0)
        assert await said(it.health) == SERVING
        assert (await it.wire.get("ann")).status == pb.STATUS_ONLINE
        causes = [line["cause"] for line in it.process.log if "refuses heartbeats" in line["event"]]
        assert len(causes) == 1 and "min-replicas-to-write" in causes[0]


@pytest.mark.timeout(300 + 5 * KILLS)
async def test_with_appendfsync_always_nothing_acknowledged_is_lost_by_kill_9(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("kills", KILLS)
    record_property("dice", DICE)
    dice = random.Random(DICE)
    async with client(tmp_path, "--outage-grace", "60s") as it:
        ledgers = [SharedLedger("account-1", hand_made_is_safe=True), SharedLedger("account-2", hand_made_is_safe=True)]
        chains = [Chain(it.pool, ledger.account_id) for ledger in ledgers]
        load = Load(it.pool.stub, list(ledgers), dice, 1, endures=True)
        async with asyncio.TaskGroup() as group:
            for chain in chains:
                group.create_task(chain.run())
            running = group.create_task(load.run())
            for _ in range(KILLS):
                await load.more(dice.randrange(100, 400))
                it.server.kill()
                await asyncio.to_thread(it.server.start)
            await load.more(200)
            load.over.set()
            await running
            quiet = wall_clock_ms() + 3_000
            for chain in chains:
                chain.finish(quiet)
        for ledger, chain in zip(ledgers, chains, strict=True):
            history = await history_of(it.server, it.wire, ledger.account_id, quiet)
            await ledger.check_all(it.pool.stub, history)
            statuses = await it.wire.statuses(account_id=ledger.account_id)
            workflow = await it.wire.workflow(ledger.account_id)
            chain.follower.check(history, {each.user_id: shown(each) for each in statuses}, workflow)
            for name, number in sorted(ledger.checked.items()):
                record_property(f"{ledger.account_id}: {name}", number)
        record_property("calls refused", len(load.refused))
        assert load.refused, "the kills always came between two calls"
