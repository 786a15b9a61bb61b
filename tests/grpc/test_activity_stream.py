"""RecordActivities over the wire."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import aio
from tests.fakes import FakeClock
from tests.grpc.conftest import MakeStore
from tests.grpc.streaming import (
    Activities,
    activities,
    activity,
    calls_served,
    check,
    connected,
    in_memory,
    resident_bytes,
    soon,
    stopped,
    until,
    watch,
)
from tests.grpc.wire import ACCOUNT, DAY, SECOND, Wire, at, ms, refusal_of
from tests.killed import copy_as_killed
from tests.servers import running

from onduty.v1 import status_pb2 as pb
from onduty_server.app.limits import ACTIVITIES_MAX
from onduty_server.app.ports.statuses import Activity, Decide, Renewal
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.errors import StoreUnavailable
from onduty_server.domain.record import StatusView
from onduty_server.domain.status import Status
from onduty_server.process.application import Application
from onduty_server.stores.memory import MemoryStore
from onduty_server.stores.sqlite import SqliteStore

INVALID = grpc.StatusCode.INVALID_ARGUMENT


@pytest.fixture
async def memory(clock: FakeClock) -> AsyncIterator[tuple[Application, Wire]]:
    """A server for what has nothing to do with the store."""
    async with in_memory(clock) as (application, wire):
        yield application, wire


async def test_a_full_batch_is_recorded_and_acknowledged_by_its_sequence(
    application: Application, wire: Wire, clock: FakeClock
) -> None:
    stream = Activities(wire)
    batch = activities(ACTIVITIES_MAX)
    assert await stream.report(7, batch) == []
    statuses = await wire.statuses()
    assert [status.user_id for status in statuses] == [one.user_id for one in batch]
    assert {status.status for status in statuses} == {pb.STATUS_ONLINE}
    # Now all are known, and nothing but their clocks moves.
    clock.advance(SECOND)
    assert await stream.report(8, batch) == []
    assert {ms(status.last_activity_time) for status in await wire.statuses()} == {clock.now()}
    assert len(await wire.changes()) == ACTIVITIES_MAX
    await stream.close()
    assert await stream.call.code() is grpc.StatusCode.OK


async def test_a_batch_that_is_too_long_ends_the_stream_and_records_nothing_of_it(
    application: Application, wire: Wire
) -> None:
    stream = Activities(wire)
    assert await stream.report(1, activities(3)) == []
    await stream.send(2, activities(ACTIVITIES_MAX + 1, first=10))
    with pytest.raises(aio.AioRpcError) as error:
        await stream.acknowledged()
    refusal = refusal_of(error.value)
    assert (refusal.code, refusal.reason, refusal.fields) == (INVALID, "INVALID_FIELD", ("activities",))
    assert len(await wire.statuses()) == 3


async def test_sequences_are_the_caller_s_and_acknowledged_in_order(memory: tuple[Application, Wire]) -> None:
    _, wire = memory
    stream = Activities(wire)
    sequences = [5, 5, 0, -1, (1 << 63) - 1, -(1 << 63), 1]
    for sequence in sequences:
        await stream.send(sequence, activities(2))
    answers = [await stream.acknowledged() for _ in sequences]
    assert [answer.sequence for answer in answers if answer is not None] == sequences
    # A batch of nothing is acknowledged too.
    assert await stream.report(9, []) == []
    await stream.close()


async def test_what_was_sent_before_the_caller_closed_its_side_is_acknowledged(wire: Wire) -> None:
    stream = Activities(wire)
    for sequence in range(20):
        await stream.send(sequence, activities(100, first=100 * sequence))
    await soon(stream.call.done_writing())
    for sequence in range(20):
        answer = await stream.acknowledged()
        assert answer is not None and answer.sequence == sequence
    assert await stream.acknowledged() is None
    assert len(await wire.statuses()) == 2_000


async def test_each_refused_activity_is_named_and_the_others_are_recorded(wire: Wire, clock: FakeClock) -> None:
    now = clock.now()
    await wire.activity("known")
    bad: list[tuple[pb.Activity, str]] = [
        (activity(""), "user_id"),
        (activity("ann", account_id=""), "account_id"),
        (activity("x" * 129), "user_id"),
        (activity("ann", account_id="é" * 65), "account_id"),
        (activity("a\x00b"), "user_id"),
        (activity("ann", account_id="\x7f"), "account_id"),
        (activity("ann", Timestamp(seconds=1, nanos=-1)), "activity_time"),
        (activity("ann", Timestamp(seconds=1, nanos=1_000_000_000)), "activity_time"),
        (activity("ann", Timestamp(seconds=1 << 50)), "activity_time"),
        (activity("ann", at(now + 5_001)), "activity_time"),
        (activity("known", at(now + 5_001)), "activity_time"),
        (activity("ann", at(now - 30 * DAY - 1)), "activity_time"),
        (activity("known", at(now - 30 * DAY - 1)), "activity_time"),
        (activity("ann", Timestamp()), "activity_time"),
    ]
    good = [
        activity("now"),
        activity("soon", at(now + 5_000)),
        activity("late", at(now - 30 * DAY)),
        activity("x" * 128, account_id="é" * 64),
        activity("known", at(now - 5_000)),
    ]
    batch, expected, dice = [], [], random.Random(3)
    for wrong, field in bad:
        batch += dice.choices(good, k=dice.randrange(3))
        expected.append((len(batch), pb.ERROR_REASON_INVALID_FIELD, field))
        batch.append(wrong)
    batch += good
    stream = Activities(wire)
    errors = await stream.report(1, batch)
    assert [(error.index, error.reason, error.field) for error in errors] == expected
    assert all(error.message and len(error.message) < 200 for error in errors)
    # What is refused as in the future can be dated anew.
    assert [ms(error.server_time) for error in errors if "ahead of the" in error.message] == [now, now]
    assert sum(error.HasField("server_time") for error in errors) == 2
    statuses = {status.user_id: status for status in await wire.statuses()}
    assert statuses.keys() == {"known", "now", "soon", "late"}
    assert ms(statuses["soon"].last_activity_time) == now
    assert ms(statuses["late"].last_activity_time) == now - 30 * DAY
    assert ms(statuses["known"].last_activity_time) == now
    assert [status.user_id for status in await wire.statuses(account_id="é" * 64)] == ["x" * 128]
    # As refused one by one.
    for wrong, field in bad:
        with pytest.raises(aio.AioRpcError) as error:
            await wire.stub.RecordActivity(
                pb.RecordActivityRequest(
                    account_id=wrong.account_id,
                    user_id=wrong.user_id,
                    activity_time=wrong.activity_time if wrong.HasField("activity_time") else None,
                )
            )
        assert refusal_of(error.value).fields == (field,)
    await stream.close()


async def test_a_batch_of_nothing_but_refusals_is_acknowledged_with_all_of_them(
    memory: tuple[Application, Wire],
) -> None:
    _, wire = memory
    stream = Activities(wire)
    errors = await stream.report(1, [activity("u" * 200, account_id="a")] * ACTIVITIES_MAX)
    assert [error.index for error in errors] == list(range(ACTIVITIES_MAX))
    await stream.close()


async def test_a_message_that_cannot_be_parsed_ends_the_stream_and_what_came_before_is_acknowledged(
    memory: tuple[Application, Wire],
) -> None:
    _, wire = memory
    call: aio.StreamStreamCall[bytes, pb.RecordActivitiesResponse] = wire.channel.stream_stream(
        "/onduty.v1.StatusService/RecordActivities",
        request_serializer=None,
        response_deserializer=pb.RecordActivitiesResponse.FromString,
    )()
    await call.write(pb.RecordActivitiesRequest(sequence=1, activities=activities(2)).SerializeToString())
    answer = await soon(call.read())
    assert isinstance(answer, pb.RecordActivitiesResponse) and answer.sequence == 1
    await call.write(b"\x12\x06\x0a\x04\xff\xfe\xfd\xfc")
    with pytest.raises(aio.AioRpcError) as error:
        await soon(call.read())
    refusal = refusal_of(error.value)
    assert (refusal.code, refusal.reason) == (INVALID, "INVALID_FIELD")


async def test_one_stream_may_report_on_many_accounts(wire: Wire) -> None:
    stream = Activities(wire)
    batch = [activity(f"user-{number % 7}", account_id=f"account-{number % 40}") for number in range(1_000)]
    assert await stream.report(1, batch) == []
    for number in range(40):
        statuses = await wire.statuses(account_id=f"account-{number}")
        assert len(statuses) == 7
    await stream.close()


@pytest.mark.parametrize("seed", range(6))
async def test_activities_count_in_their_order_as_if_they_were_sent_one_by_one(
    make_store: MakeStore, clock: FakeClock, seed: int
) -> None:
    """Two servers, one told in batches, one by single calls: they end up the same in every respect."""
    dice = random.Random(seed)
    twin_clock = FakeClock()
    users = [f"user-{number}" for number in range(12)]
    async with (
        running(make_store(clock), clock) as application,
        running(MemoryStore(twin_clock, StoreOptions(count_outage_as_inactivity=True)), twin_clock) as twin,
        connected(application) as wire,
        connected(twin) as twin_wire,
    ):
        stream = Activities(wire)
        for each in (wire, twin_wire):
            await each.switch_on(20 * SECOND, 50 * SECOND, resume=pb.RESUME_FROM_AWAY_OR_OFFLINE)
        for sequence in range(12):
            batch = []
            for _ in range(dice.randrange(1, 40)):
                age_ms = dice.choice([None, None, -4_000, 0, 3_000, 19_999, 20_000, 45_000, 70_000, 200_000])
                time = None if age_ms is None else at(clock.now() - age_ms)
                batch.append(activity(dice.choice(users), time))
            assert await stream.report(sequence, batch) == []
            for one in batch:
                await twin_wire.activity(
                    one.user_id, at_ms=ms(one.activity_time) if one.HasField("activity_time") else None
                )
            user, status = dice.choice(users), dice.choice([pb.STATUS_AWAY, pb.STATUS_OFFLINE, pb.STATUS_ONLINE])
            by_ms = dice.choice([1, 5 * SECOND, 21 * SECOND, 52 * SECOND])
            for each, own_clock, server in ((wire, clock, application), (twin_wire, twin_clock, twin)):
                await each.set_status(user, status)
                own_clock.advance(by_ms)
                await server.sweeper.sweep_once()
            assert sorted(map(str, await wire.statuses())) == sorted(map(str, await twin_wire.statuses()))
        await stream.close()


async def test_watchers_hear_what_a_batch_changes(application: Application, wire: Wire, clock: FakeClock) -> None:
    await wire.switch_on(10 * SECOND)
    watcher = watch(wire)
    await watcher.read_snapshot()
    stream = Activities(wire)
    await stream.report(1, activities(300))
    await watcher.read_changes(300)
    clock.advance(10 * SECOND)
    await watcher.read_changes(300)
    await stream.report(2, activities(300))
    events = await watcher.read_changes(300)
    assert {event.status_change.status for event in events} == {pb.STATUS_ONLINE}
    await check(wire, application, watcher)
    await watcher.leave()
    await stream.close()


# --- durability ------------------------------------------------------------------------------------------------------


def as_left(database: Path, clock: FakeClock, number: int) -> SqliteStore:
    """A store over the file as a kill would leave it now."""
    left = copy_as_killed(database, database.parent / f"left-{number}" / database.name)
    return SqliteStore(left, clock, StoreOptions(count_outage_as_inactivity=True))


async def last_activities(store: SqliteStore) -> dict[str, int | None]:
    await store.open()
    try:
        found: dict[str, int | None] = {}
        position = 0
        while True:
            page = await store.scan(ACCOUNT, (), position, 1_000)
            found |= {view.user_id: view.last_activity for view in page.views}
            if page.next_position is None:
                return found
            position = page.next_position
    finally:
        await store.close()


async def test_what_changes_a_status_is_durable_when_it_is_acknowledged(tmp_path: Path, clock: FakeClock) -> None:
    database = tmp_path / "onduty.db"
    async with (
        running(SqliteStore(database, clock, StoreOptions(count_outage_as_inactivity=True)), clock) as application,
        connected(application) as wire,
    ):
        stream = Activities(wire)
        for number in range(8):
            await stream.report(number, activities(1_000, first=1_000 * number))
            left = as_left(database, clock, number)
            assert len(await last_activities(left)) == 1_000 * (number + 1)
        await stream.close()


async def test_resumed_users_are_durably_so_when_it_is_acknowledged(tmp_path: Path, clock: FakeClock) -> None:
    database = tmp_path / "onduty.db"
    async with (
        running(SqliteStore(database, clock, StoreOptions(count_outage_as_inactivity=True)), clock) as application,
        connected(application) as wire,
    ):
        await wire.switch_on(10 * SECOND)
        stream = Activities(wire)
        await stream.report(1, activities(50))
        clock.advance(10 * SECOND)
        await stream.report(2, activities(50))
        left = as_left(database, clock, 0)
        await left.open()
        page = await left.scan(ACCOUNT, (), 0, 100)
        assert {(view.status, view.status_since) for view in page.views} == {(Status.ONLINE, clock.now())}
        await left.close()
        await stream.close()


async def test_without_a_flush_interval_everything_is_durable_when_it_is_acknowledged(
    tmp_path: Path, clock: FakeClock
) -> None:
    database = tmp_path / "onduty.db"
    store = SqliteStore(database, clock, StoreOptions(count_outage_as_inactivity=True), activity_flush_interval_ms=0)
    async with running(store, clock) as application, connected(application) as wire:
        stream = Activities(wire)
        for number in range(8):
            clock.advance(1_500)
            assert await stream.report(number, activities(800)) == []
            left = as_left(database, clock, number)
            assert set((await last_activities(left)).values()) == {clock.now()}
        await stream.close()


async def test_moved_clocks_are_durable_within_the_flush_interval(tmp_path: Path, clock: FakeClock) -> None:
    database = tmp_path / "onduty.db"
    async with (
        running(SqliteStore(database, clock, StoreOptions(count_outage_as_inactivity=True)), clock) as application,
        connected(application) as wire,
    ):
        stream = Activities(wire)
        await stream.report(1, activities(500))
        clock.advance(100)
        await stream.report(2, activities(500))
        acknowledged = clock.now()
        clock.advance(1_000)
        await application.store.heartbeat()
        await application.store.heartbeat()
        left = as_left(database, clock, 0)
        assert set((await last_activities(left)).values()) == {acknowledged}
        await stream.close()


class RefusingStore(MemoryStore):
    """A store that cannot be written from some point on."""

    writable = True

    async def transact(
        self, account_id: str, user_id: str, decide: Decide, hint: Activity | Renewal | None = None
    ) -> StatusView:
        if not self.writable:
            raise StoreUnavailable
        return await super().transact(account_id, user_id, decide, hint)


async def test_a_batch_that_cannot_be_made_durable_is_not_acknowledged(clock: FakeClock) -> None:
    store = RefusingStore(clock, StoreOptions(count_outage_as_inactivity=True))
    async with running(store, clock) as application, connected(application) as wire:
        stream = Activities(wire)
        await stream.report(1, activities(10))
        store.writable = False
        await stream.send(2, activities(20))
        with pytest.raises(aio.AioRpcError) as error:
            await stream.acknowledged()
        refusal = refusal_of(error.value)
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "STORE_UNAVAILABLE")
        # To send it again does no harm.
        store.writable = True
        again = Activities(wire)
        assert await again.report(2, activities(20)) == []
        await again.close()


# --- pressure, and the end -------------------------------------------------------------------------------------------


async def test_a_client_that_never_reads_acknowledgements_is_made_to_wait(memory: tuple[Application, Wire]) -> None:
    _, wire = memory
    stream = Activities(wire)
    # Acknowledgements of a third of a megabyte: the flow control of HTTP/2 has to be what stops the server.
    batch = [activity("u" * 129, account_id="a")] * 2_500
    request = pb.RecordActivitiesRequest(sequence=1, activities=batch)
    await stream.report(0, batch)
    gc.collect()
    before = resident_bytes()
    sent = 0
    while True:
        writing = asyncio.create_task(stream.call.write(request))
        await asyncio.wait([writing], timeout=0.5)
        if not writing.done():
            break
        sent += 1
        # 400 would be 130 MB of requests and 70 MB of acknowledgements.
        assert sent < 200
    assert resident_bytes() - before < 60 * 1024 * 1024
    # The server goes on serving others meanwhile, and this one once it reads.
    other = Activities(wire)
    assert await other.report(1, activities(10)) == []
    await other.close()
    for _ in range(sent + 1):
        answer = await stream.acknowledged()
        assert answer is not None and len(answer.errors) == 2_500
    await soon(writing)
    await stream.close()


async def test_a_cancelled_stream_leaves_nothing(memory: tuple[Application, Wire]) -> None:
    _, wire = memory
    for number in range(30):
        stream = Activities(wire)
        for sequence in range(number % 4):
            await stream.send(sequence, activities(50))
        if number % 2:
            await stream.report(9, activities(1)) if number % 4 == 0 else await asyncio.sleep(0)
        stream.call.cancel()
    await until(lambda: calls_served() == 0)


@pytest.mark.parametrize("idle", [True, False])
async def test_streams_end_with_ok_when_the_server_drains_and_what_was_taken_is_acknowledged(
    make_store: MakeStore, clock: FakeClock, idle: bool
) -> None:
    async with running(make_store(clock), clock) as application, connected(application) as wire:
        stream = Activities(wire)
        await stream.report(0, activities(10))
        if not idle:
            for sequence in range(1, 15):
                await stream.send(sequence, activities(1_000, first=1_000 * sequence))
            first = await stream.acknowledged()
            assert first is not None and first.sequence == 1
        stopping = asyncio.create_task(application.stop())
        last = 0 if idle else 1
        while (answer := await stream.acknowledged()) is not None:
            assert answer.sequence == last + 1
            last = answer.sequence
        assert await stream.call.code() is grpc.StatusCode.OK
        await soon(stopping)
        stopped(application)
    if isinstance(application.store, MemoryStore):
        taken = set(application.store._accounts[ACCOUNT].users)
    else:
        async with running(make_store(clock), clock) as again, connected(again) as wire:
            taken = {status.user_id for status in await wire.statuses()}
    for sequence in range(1, last + 1):
        assert {one.user_id for one in activities(1_000, first=1_000 * sequence)} <= taken
    # And no more was taken than was acknowledged.
    assert len(taken) == (10 if idle else 10 + 1_000 * last)


async def test_a_stream_to_a_server_that_drains_ends_with_ok_and_nothing_is_taken(
    memory: tuple[Application, Wire],
) -> None:
    application, wire = memory
    application.watching.drain()
    stream = Activities(wire)
    assert await stream.acknowledged() is None
    assert await stream.call.code() is grpc.StatusCode.OK
    assert await wire.statuses() == []
