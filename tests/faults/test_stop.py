"""Stopping a server in order: what it has begun it finishes, and what it has acknowledged is there afterwards."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import grpc
import pytest
from grpc import aio
from grpc_health.v1 import health_pb2, health_pb2_grpc
from tests.faults.ledger import NEVER, Ledger
from tests.faults.load import Load
from tests.faults.process import Servers, connected

from onduty.v1 import status_pb2 as pb
from onduty.v1 import status_pb2_grpc as pb_grpc
from onduty_server.process.clock import stopwatch, wall_clock_ms

SERVING, NOT_SERVING = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
ROUNDS = 5


@contextmanager
def write_locked(database: Path) -> Iterator[None]:
    """Somebody else holds SQLite's lock for writing, so that a server's commit has to wait (for 5 s at most)."""
    other = apsw.Connection(str(database))
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def set_online(user: str) -> pb.SetStatusRequest:
    return pb.SetStatusRequest(account_id="acme", user_id=user, status=pb.STATUS_ONLINE)


def health_watch(channel: aio.Channel, service: str = "") -> Any:
    stub: Any = health_pb2_grpc.HealthStub(channel)
    return stub.Watch(health_pb2.HealthCheckRequest(service=service))


async def health_seen(watch: Any) -> int:
    """The next status that a watch tells of."""
    async with asyncio.timeout(20):
        response: health_pb2.HealthCheckResponse = await watch.read()
        return int(response.status)


@pytest.mark.timeout(120)
async def test_a_stop_under_load_loses_nothing(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    """Not even the activities that were acknowledged last, and nothing outside the database file itself."""
    database, dice = tmp_path / "onduty.db", random.Random()
    ledgers = [Ledger("one"), Ledger("two")]
    acknowledged = 0
    async with Servers(tmp_path) as servers:
        server = await servers.start(database)
        for number in range(ROUNDS):
            async with connected(server.address) as calls:
                load = Load(calls, ledgers, dice, dice.randrange(100, 600))
                running = asyncio.create_task(load.run())
                await load.enough.wait()
                load.ending.set()
                server.signal(signal.SIGTERM)
                assert await server.ended() == 0, server.text()
                await running
            # CANCELLED is what grpcio answers to calls that had arrived and not begun.
            assert set(load.refused) <= {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}
            assert "Traceback" not in server.text()
            assert sorted(os.listdir(tmp_path)) == ["onduty.db", "onduty.db.lock"]
            acknowledged += load.acknowledged.total()

            server = await servers.start(database)
            async with connected(server.address) as calls:
                for ledger in ledgers:
                    await ledger.check(
                        calls, killed=wall_clock_ms(), flushed_before=NEVER, everything=number == ROUNDS - 1
                    )
    record_property("stops", ROUNDS)
    record_property("acknowledged", acknowledged)
    assert sum(ledger.checked["activities that had to be there"] for ledger in ledgers) > 50 * ROUNDS


async def test_a_stop_lets_running_calls_finish_and_tells_health_watchers(tmp_path: Path) -> None:
    database = tmp_path / "onduty.db"
    async with Servers(tmp_path) as servers:
        server = await servers.start(database)
        async with aio.insecure_channel(server.address) as channel, connected(server.address) as calls:
            await calls.SetStatus(set_online("ann"))
            watch = health_watch(channel)
            assert await health_seen(watch) == SERVING
            with write_locked(database):
                begun = asyncio.ensure_future(calls.SetStatus(set_online("bob")))
                await begun_with("bob", calls)
                server.signal(signal.SIGTERM)
                assert await health_seen(watch) == NOT_SERVING
                assert await watch.read() is aio.EOF
                assert not begun.done()
            assert (await begun).user_status.status == pb.STATUS_ONLINE
        assert await server.ended() == 0
        again = await servers.start(database)
        async with connected(again.address) as calls:
            bob = await calls.GetStatus(pb.GetStatusRequest(account_id="acme", user_id="bob"))
            assert bob.user_status.revision == 2


async def begun_with(user: str, calls: pb_grpc.StatusServiceAsyncStub) -> None:
    """Return once the server works at a user's first change: nobody hears of them, not even that they are unknown."""
    async with asyncio.timeout(20):
        while True:
            try:
                await calls.GetStatus(pb.GetStatusRequest(account_id="acme", user_id=user), timeout=0.5)
            except aio.AioRpcError as error:
                if error.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
                    return
                if error.code() is not grpc.StatusCode.NOT_FOUND:
                    raise


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_ends_at_once(tmp_path: Path, number: signal.Signals) -> None:
    database = tmp_path / "onduty.db"
    async with Servers(tmp_path) as servers:
        server = await servers.start(database)
        async with aio.insecure_channel(server.address) as channel, connected(server.address) as calls:
            ann = (await calls.SetStatus(set_online("ann"))).user_status
            watch = health_watch(channel)
            assert await health_seen(watch) == SERVING
            with write_locked(database):
                begun = asyncio.ensure_future(calls.SetStatus(set_online("bob")))
                await begun_with("bob", calls)
                server.signal(number)
                assert await health_seen(watch) == NOT_SERVING
                started = stopwatch()
                server.signal(number)
                assert await server.ended() == -number
                assert stopwatch() - started < 2
            with pytest.raises(aio.AioRpcError) as caught:
                await begun
            assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
            assert "Traceback" not in server.text()
        again = await servers.start(database)
        async with connected(again.address) as calls:
            now = (await calls.GetStatus(pb.GetStatusRequest(account_id="acme", user_id="ann"))).user_status
            assert now == ann


async def test_a_watch_of_the_health_does_not_hold_up_a_stop(tmp_path: Path) -> None:
    async with Servers(tmp_path) as servers:
        server = await servers.start(tmp_path / "onduty.db", "--shutdown-grace", "60s")
        async with aio.insecure_channel(server.address) as channel:
            first, second, unknown = health_watch(channel), health_watch(channel), health_watch(channel, "other")
            assert [await health_seen(watch) for watch in (first, second)] == [SERVING, SERVING]
            assert await health_seen(unknown) == health_pb2.HealthCheckResponse.SERVICE_UNKNOWN
            first.cancel()
            server.signal(signal.SIGTERM)
            assert await health_seen(second) == NOT_SERVING
            assert await server.ended(timeout_s=20) == 0
