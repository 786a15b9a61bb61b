"""Limits over a real server: excess calls are refused as other errors are, change nothing, and pass later."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc import aio
from tests.fakes import FakeClock
from tests.grpc.stores import Gate, GatedStore
from tests.grpc.streaming import until
from tests.grpc.wire import ACCOUNT, Wire, refused
from tests.servers import running

from onduty.v1 import status_pb2 as pb
from onduty_server.app.ports.store import Store, StoreOptions
from onduty_server.process.application import Application
from onduty_server.stores.memory import MemoryStore
from onduty_server.stores.sqlite import SqliteStore
from onduty_server.transport.limits import Limits

TOO_MUCH = (grpc.StatusCode.RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED", ())


@asynccontextmanager
async def served(
    limits: Limits, clock: FakeClock | None = None, store: Store | None = None
) -> AsyncIterator[tuple[Application, Wire]]:
    async with (
        running(store, clock, limits) as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        yield application, Wire(channel)


async def test_a_caller_who_calls_too_often_is_refused_and_told_when_to_come_back() -> None:
    clock = FakeClock()
    async with served(Limits(caller_rate=5), clock) as (_, wire):
        for _ in range(10):  # what two seconds allow
            await wire.activity("ann")
        refusal = await refused(wire.stub.SetStatus(pb.SetStatusRequest()))
        assert refusal[:3] == TOO_MUCH, "before anything is looked at"
        assert 0 < refusal.retry_delay_ms <= 201
        clock.advance(refusal.retry_delay_ms)
        assert (await wire.get("ann")).status == pb.STATUS_ONLINE


async def test_an_account_that_is_called_for_too_often_does_not_slow_down_another() -> None:
    async with served(Limits(account_rate=3)) as (_, wire):
        for _ in range(6):
            await wire.activity("ann")
        workflow = pb.UpdateWorkflowRequest(workflow=pb.Workflow(account_id=ACCOUNT))
        for call in (
            wire.stub.GetStatus(pb.GetStatusRequest(account_id=ACCOUNT, user_id="ann")),
            wire.stub.UpdateWorkflow(workflow),
            wire.keep_session("ann", "tab-1"),
            wire.end_session("ann", "tab-1"),
            wire.keep_engagement("ann", "call-1"),
            wire.end_engagement("ann", "call-1"),
        ):
            assert (await refused(call))[:3] == TOO_MUCH
        await wire.activity("ann", account_id="other")


async def test_a_stream_that_sends_too_fast_is_slowed_down() -> None:
    async with served(Limits(caller_rate=20)) as (_, wire):
        stream: Any = wire.stub.RecordActivities()
        activity = pb.Activity(account_id=ACCOUNT, user_id="ann")
        loop = asyncio.get_running_loop()
        started = loop.time()
        # The stream itself took one of the 40 that two seconds allow; the clock stands still, so no more are added.
        for number in range(41):
            await stream.write(pb.RecordActivitiesRequest(sequence=number + 1, activities=[activity]))
        answers = [(await stream.read()).sequence for _ in range(41)]
        assert answers == list(range(1, 42))
        assert loop.time() - started >= 0.05
        await stream.done_writing()
        assert await stream.code() is grpc.StatusCode.OK


async def test_more_calls_at_once_than_allowed_are_refused_and_reads_for_routing_last() -> None:
    clock, before, after = FakeClock(), Gate(), Gate()
    store = GatedStore(clock, before, after)
    async with served(Limits(calls_max=4), clock, store) as (_, wire):
        await wire.activity("ann")
        before.shut()
        waiting = []
        for _ in range(3):
            before.arrived.clear()
            waiting.append(asyncio.ensure_future(wire.activity("ann")))
            await before.arrived.wait()
        assert (await refused(wire.activity("bob")))[:3] == TOO_MUCH
        before.arrived.clear()
        waiting.append(asyncio.ensure_future(wire.get("ann")))
        await before.arrived.wait()
        assert (await refused(wire.get("ann")))[:3] == TOO_MUCH
        before.open.set()
        await asyncio.gather(*waiting)
        await wire.activity("bob")


async def test_one_caller_may_not_have_all_calls_and_streams() -> None:
    clock, before, after = FakeClock(), Gate(), Gate()
    limits = Limits(calls_per_caller=1, streams_per_caller=1)
    async with served(limits, clock, GatedStore(clock, before, after)) as (application, wire):
        await wire.activity("ann")
        watch = wire.stub.WatchStatuses(pb.WatchStatusesRequest(account_id=ACCOUNT))
        await watch.read()
        second = wire.stub.WatchStatuses(pb.WatchStatusesRequest(account_id=ACCOUNT))
        with pytest.raises(aio.AioRpcError) as caught:
            await second.read()
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        before.shut()
        waiting = asyncio.ensure_future(wire.get("ann"))
        await before.arrived.wait()
        assert (await refused(wire.get("ann")))[:3] == TOO_MUCH
        # A caller who gives up has called.
        waiting.cancel()
        watch.cancel()
        await until(lambda: not application.limits.in_flight())
        before.open.set()
        await wire.get("ann")


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
async def test_no_more_users_and_accounts_than_allowed(kind: str, tmp_path: Path) -> None:
    def make(clock: FakeClock, users: int, accounts: int) -> Store:
        options = StoreOptions(users_max=users, accounts_max=accounts, count_outage_as_inactivity=True)
        return MemoryStore(clock, options) if kind == "memory" else SqliteStore(tmp_path / "a.db", clock, options)

    clock = FakeClock()
    async with served(Limits(), clock, make(clock, 2, 2)) as (_, wire):
        await wire.activity("ann")
        await wire.set_status("bob", pb.STATUS_AWAY)
        before = await wire.state()
        one_more = pb.RecordActivityRequest(account_id=ACCOUNT, user_id="cid")
        for call in (
            wire.stub.RecordActivity(one_more),
            wire.stub.SetStatus(pb.SetStatusRequest(account_id=ACCOUNT, user_id="cid", status=pb.STATUS_AWAY)),
        ):
            refusal = await refused(call)
            assert refusal[:3] == TOO_MUCH
            assert refusal.retry_delay_ms == 60_000
        assert await wire.state() == before
        await wire.activity("ann", account_id="second")
        refusal = await refused(wire.stub.RecordActivity(pb.RecordActivityRequest(account_id="third", user_id="ann")))
        assert refusal[:3] == TOO_MUCH
        third = pb.UpdateWorkflowRequest(workflow=pb.Workflow(account_id="third", keep_manual_away=True))
        assert (await refused(wire.stub.UpdateWorkflow(third)))[:3] == TOO_MUCH
        # Whoever is known goes on.
        await wire.set_status("bob", pb.STATUS_ONLINE)
        stream: Any = wire.stub.RecordActivities()
        activities = [pb.Activity(account_id=ACCOUNT, user_id=user) for user in ("ann", "cid", "bob")]
        await stream.write(pb.RecordActivitiesRequest(sequence=1, activities=activities))
        (error,) = (await stream.read()).errors
        assert (error.index, error.reason) == (1, pb.ERROR_REASON_LIMIT_EXCEEDED)
        await stream.done_writing()
    if kind == "sqlite":
        # With a lower limit those who are there stay.
        async with served(Limits(), clock, make(clock, 1, 1)) as (_, wire):
            assert len(await wire.statuses()) == 2
            await wire.activity("bob")
            assert (await refused(wire.stub.RecordActivity(one_more)))[:3] == TOO_MUCH
