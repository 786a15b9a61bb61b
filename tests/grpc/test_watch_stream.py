"""WatchStatuses over the wire."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Sequence
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from grpc import aio
from structlog.testing import capture_logs
from tests.fakes import FakeClock
from tests.grpc.conftest import MakeStore
from tests.grpc.streaming import (
    Watch,
    assert_nobody_watches,
    calls_served,
    catch_up,
    check,
    connected,
    in_memory,
    nobody_watches,
    resident_bytes,
    resume,
    soon,
    stopped,
    until,
    watch,
)
from tests.grpc.wire import ACCOUNT, SECOND, Refusal, Wire, refusal_of
from tests.servers import running
from tests.watching.follower import Follower, event_of, ms

from onduty.v1 import status_pb2 as pb
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.watching.limits import WatchLimits
from onduty_server.domain.errors import StoreUnavailable
from onduty_server.domain.record import AccountEvent
from onduty_server.domain.status import Status
from onduty_server.process.application import Application
from onduty_server.stores.memory import MemoryStore
from onduty_server.transport import convert

INVALID = grpc.StatusCode.INVALID_ARGUMENT


@pytest.fixture
async def memory(clock: FakeClock, watch_limits: WatchLimits) -> AsyncIterator[tuple[Application, Wire]]:
    """A server for what has nothing to do with the store."""
    async with in_memory(clock, watch_limits) as (application, wire):
        yield application, wire


async def refused(stream: Watch) -> Refusal:
    """How a watch is refused, before anything of it was sent."""
    with pytest.raises(aio.AioRpcError) as error:
        await stream.read()
    assert stream.messages == []
    return refusal_of(error.value)


async def test_a_snapshot_then_changes_of_every_kind_as_other_calls_answer_them(
    application: Application, wire: Wire, clock: FakeClock
) -> None:
    await wire.activity("ann")
    await wire.set_status("bob", pb.STATUS_AWAY, actor="boss", reason="lunch")
    workflow = await wire.switch_on(60 * SECOND)
    stream = watch(wire)
    (page,) = await stream.read_snapshot()
    assert page.first and page.last
    assert list(page.user_statuses) == [await wire.get("ann"), await wire.get("bob")]
    assert page.workflow == workflow
    await wire.set_status("cem", pb.STATUS_ONLINE, actor="cem")
    revised = (await wire.update(pb.Workflow(keep_manual_away=True), actor="boss")).workflow
    clock.advance(60 * SECOND)
    events = await stream.read_changes(4)
    assert events[1].workflow_change.workflow == revised
    assert (events[1].workflow_change.revision, revised.updated_by) == (5, "boss")
    changes = await wire.changes()
    assert [event.status_change for event in events if event.HasField("status_change")] == changes[-3:]
    await check(wire, application, stream, [event_of(events[1])])
    resumed = Watch(wire, Follower(ACCOUNT), stream.messages[0].resume_token)
    resumed.follower.take(stream.messages[0])
    assert await resumed.read_changes(4) == events
    await resumed.leave()
    await stream.leave()


async def test_bookmarks_come_every_second_and_say_how_fresh_the_watcher_is(wire: Wire, clock: FakeClock) -> None:
    stream = watch(wire)
    await stream.read_snapshot()
    # Whose snapshot has only just been sent may begin to follow behind the next bookmark.
    await wire.activity("ann")
    await stream.read_changes(1)
    for _ in range(5):
        clock.advance(SECOND)
        message = await stream.read()
        assert message is not None and ms(message.bookmark.effective_until) == clock.now() - 1
    await stream.leave()


async def test_bookmarks_come_as_seldom_as_asked_for(wire: Wire, clock: FakeClock) -> None:
    seldom, often = Watch(wire, Follower(ACCOUNT), bookmark_within=30 * SECOND), watch(wire)
    for stream in (seldom, often):
        await stream.read_snapshot()
    await wire.activity("ann")
    for stream in (seldom, often):
        await stream.read_changes(1)
    for _ in range(60):
        clock.advance(SECOND)
        await often.read()
    while await seldom.read_within(0.05) is not None:
        pass
    bookmarks = [sum(message.HasField("bookmark") for message in stream.messages) for stream in (seldom, often)]
    assert bookmarks[0] in (2, 3) and bookmarks[1] == 60
    for stream in (seldom, often):
        await stream.leave()


async def test_a_watch_of_some_users(application: Application, wire: Wire) -> None:
    for name in ("ann", "bob", "cem"):
        await wire.activity(name)
    stream = watch(wire, "bob", "dan")
    (page,) = await stream.read_snapshot()
    assert [status.user_id for status in page.user_statuses] == ["bob"]
    for name in ("ann", "bob", "cem", "dan"):
        await wire.set_status(name, pb.STATUS_AWAY)
    events = await stream.read_changes(2)
    assert [event.status_change.user_id for event in events] == ["bob", "dan"]
    await check(wire, application, stream)
    await stream.leave()


@pytest.mark.parametrize("watch_limits", [WatchLimits(snapshot_page=100)], ids=["small-pages"])
async def test_many_users_come_in_pages_and_changes_meanwhile_are_not_lost(
    application: Application, wire: Wire
) -> None:
    names = [f"user-{number:04}" for number in range(1_050)]
    await asyncio.gather(*(application.service.record_activity(ACCOUNT, name) for name in names))
    stream = watch(wire)
    await stream.read()
    await asyncio.gather(*(wire.set_status(name, pb.STATUS_AWAY) for name in names[::50]))
    await check(wire, application, stream)
    assert len([message for message in stream.messages if message.HasField("snapshot")]) == 11
    await stream.leave()


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (pb.WatchStatusesRequest(), "account_id"),
        (pb.WatchStatusesRequest(account_id="a" * 129), "account_id"),
        (pb.WatchStatusesRequest(account_id="a\x07"), "account_id"),
        (pb.WatchStatusesRequest(account_id=ACCOUNT, user_ids=["ok", ""]), "user_ids[1]"),
        (pb.WatchStatusesRequest(account_id=ACCOUNT, user_ids=["é" * 65]), "user_ids[0]"),
        (pb.WatchStatusesRequest(account_id=ACCOUNT, user_ids=map(str, range(1_001))), "user_ids"),
        (pb.WatchStatusesRequest(account_id=ACCOUNT, resume_token="x"), "resume_token"),
        (pb.WatchStatusesRequest(account_id=ACCOUNT, resume_token="A" * 28), "resume_token"),
        (pb.WatchStatusesRequest(account_id=ACCOUNT, resume_token="é"), "resume_token"),
        (pb.WatchStatusesRequest(account_id=ACCOUNT, resume_token="A" * 100_000), "resume_token"),
        (pb.WatchStatusesRequest(account_id=ACCOUNT, bookmark_within=Duration()), "bookmark_within"),
        (pb.WatchStatusesRequest(account_id=ACCOUNT, bookmark_within=Duration(seconds=31)), "bookmark_within"),
        (pb.WatchStatusesRequest(account_id=ACCOUNT, bookmark_within=Duration(seconds=-1)), "bookmark_within"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_is_malformed_is_named(
    memory: tuple[Application, Wire], request_: pb.WatchStatusesRequest, field: str
) -> None:
    application, wire = memory
    with pytest.raises(aio.AioRpcError) as error:
        await soon(wire.stub.WatchStatuses(request_).read())
    refusal = refusal_of(error.value)
    assert (refusal.code, refusal.reason, refusal.fields) == (INVALID, "INVALID_FIELD", (field,))
    await nobody_watches(application)


async def test_a_token_of_another_account_or_filter_is_refused(wire: Wire) -> None:
    await wire.activity("ann")
    stream = watch(wire)
    await stream.read_snapshot()
    token = stream.last_token
    for other in (watch(wire, token=token, account_id="other"), watch(wire, "ann", token=token)):
        refusal = await refused(other)
        assert (refusal.code, refusal.reason, refusal.fields) == (INVALID, "INVALID_FIELD", ("resume_token",))
    await stream.leave()


async def test_a_request_that_cannot_be_parsed_is_an_invalid_argument(memory: tuple[Application, Wire]) -> None:
    _, wire = memory
    method: Any = wire.channel.unary_stream("/onduty.v1.StatusService/WatchStatuses")
    with pytest.raises(aio.AioRpcError) as error:
        await soon(method(b"\x0a\x02\xff\xfe").read())
    refusal = refusal_of(error.value)
    assert (refusal.code, refusal.reason) == (INVALID, "INVALID_FIELD")


async def test_a_token_older_than_the_kept_history_is_out_of_range(clock: FakeClock) -> None:
    store = MemoryStore(clock, StoreOptions(count_outage_as_inactivity=True, history_max_changes=3))
    async with running(store, clock) as application, connected(application) as wire:
        stream = watch(wire)
        await stream.read_snapshot()
        for number in range(6):
            await wire.set_status("ann", pb.STATUS_AWAY, reason=str(number))
        clock.advance(601 * SECOND)
        await store.heartbeat()
        assert len(await wire.changes()) == 3
        await stream.leave()
        await until(lambda: application.watching.watches == 0)
        refusal = await refused(resume(wire, stream))
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.OUT_OF_RANGE, "RESUME_TOKEN_EXPIRED")
        # As it says: without the token it works.
        fresh = watch(wire)
        await fresh.read_snapshot()
        await fresh.leave()


@pytest.mark.parametrize("watch_limits", [WatchLimits(watches_max=3)], ids=["few-watches"])
async def test_too_many_watches_are_refused_and_whoever_leaves_makes_room(memory: tuple[Application, Wire]) -> None:
    application, wire = memory
    streams_ = [watch(wire, account_id=account_id) for account_id in ("a", "a", "b")]
    for stream in streams_:
        await stream.read_snapshot()
    refusal = await refused(watch(wire, account_id="c"))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED")
    await streams_.pop().leave()
    await until(lambda: application.watching.watches == 2)
    streams_.append(watch(wire, account_id="c"))
    await streams_[-1].read_snapshot()
    for stream in streams_:
        await stream.leave()


class RefusingStore(MemoryStore):
    """A store that cannot be asked for what has happened."""

    async def events(self, account_id: str, after_revision: int, limit: int) -> Sequence[AccountEvent]:
        raise StoreUnavailable


async def test_a_store_that_cannot_answer_ends_the_watch(clock: FakeClock) -> None:
    store = RefusingStore(clock, StoreOptions(count_outage_as_inactivity=True))
    async with running(store, clock) as application, connected(application) as wire:
        await wire.activity("ann")
        stream = watch(wire)
        await stream.read_snapshot()
        await stream.leave()
        await wire.activity("bob")
        await nobody_watches(application)
        refusal = await refused(resume(wire, stream))
        assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAVAILABLE, "STORE_UNAVAILABLE")
        await nobody_watches(application)


class FaultyStore(MemoryStore):
    """A store with a bug in what bookmarks are made of."""

    async def settled_until(self, account_id: str) -> int | None:
        raise ZeroDivisionError


async def test_bookmarks_that_end_fail_the_process_and_are_named_in_the_log(clock: FakeClock) -> None:
    """Without them a watch would go on, and no reader could tell how old what it knows is."""
    async with running(FaultyStore(clock), clock) as application, connected(application) as wire:
        with capture_logs() as logs:
            stream = watch(wire)
            await stream.read_snapshot()
            await soon(application.background.failed.wait())
        assert [(line["log_level"], line["task"]) for line in logs] == [("critical", "onduty-bookmarks")]
        await stream.leave()


# --- many watchers ---------------------------------------------------------------------------------------------------


async def test_a_change_for_many_watchers_is_encoded_once(
    memory: tuple[Application, Wire], monkeypatch: pytest.MonkeyPatch
) -> None:
    application, wire = memory
    encoded: list[int] = []
    convert_one = convert.to_watched_change

    def counted(account_id: str, event: Any) -> pb.WatchedChange:
        encoded.append(event.revision)
        return convert_one(account_id, event)

    monkeypatch.setattr(convert, "to_watched_change", counted)
    watches = [watch(wire) for _ in range(50)]
    for stream in watches:
        await stream.read_snapshot()
    for number in range(10):
        await wire.set_status(f"user-{number}", pb.STATUS_AWAY)
    await asyncio.gather(*(stream.read_changes(10) for stream in watches))
    assert encoded == list(range(1, 11))
    # A filtered watch has a token of its own, so its message is its own too.
    await catch_up(application, watches[0])
    for stream in watches:
        await stream.leave()


# --- slow readers ----------------------------------------------------------------------------------------------------


async def flood(application: Application, names: list[str], rounds: range) -> None:
    """Changes of half a kilobyte each, faster than anybody reads who does not."""
    for number in rounds:
        status = (Status.AWAY, Status.ONLINE)[number % 2]
        await asyncio.gather(
            *(
                application.service.set_status(ACCOUNT, name, status, reason=f"{number:04}" + "r" * 500)
                for name in names
            )
        )
        await asyncio.sleep(0.006)  # until this batch was handed to whoever watches


@pytest.mark.slow
@pytest.mark.parametrize("watch_limits", [WatchLimits(ring_events_max=1_000)], ids=["small-ring"])
async def test_a_client_that_does_not_read_costs_bounded_memory_and_then_gets_a_new_snapshot(
    memory: tuple[Application, Wire],
) -> None:
    application, wire = memory
    names = [f"user-{number:03}" for number in range(250)]
    await flood(application, names, range(1))
    slow = watch(wire)
    await slow.read_snapshot()
    await flood(application, names, range(1, 40))
    gc.collect()
    before = resident_bytes()
    (channel,) = application.watching._channels.values()
    for number in range(40, 100, 10):
        await flood(application, names, range(number, number + 10))
        messages = [item.message for item in channel.ring._items]
        assert sum(len(message.events) for message in messages) <= 1_000
        assert len(channel._pending) <= 1_000
    gc.collect()
    # History grew by 15,000 changes, the store being the memory; the messages of them would be as much again, and more.
    assert channel.ring.revision >= 25_000
    assert resident_bytes() - before < 40 * 1024 * 1024
    # And now it reads: what was on its way, then everything anew.
    while slow.follower.snapshots < 2:
        assert await slow.read() is not None
    await check(wire, application, slow)
    assert slow.follower.snapshots == 2
    await slow.leave()


IMPATIENT = pytest.mark.parametrize("watch_limits", [WatchLimits(unread_max_s=0.3)], ids=["impatient"])


@pytest.mark.slow
@IMPATIENT
async def test_a_client_that_reads_nothing_for_too_long_is_let_go(memory: tuple[Application, Wire]) -> None:
    application, wire = memory
    names = [f"user-{number:03}" for number in range(250)]
    slow = watch(wire)
    await slow.read_snapshot()
    await flood_until_let_go(application, names)
    with pytest.raises(aio.AioRpcError) as error:
        await slow.end()
    refusal = refusal_of(error.value)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED")
    await until(lambda: calls_served() == 0)
    application.watching.limits = WatchLimits()
    # What it had read by then is good to go on from.
    resumed = resume(wire, slow)
    await check(wire, application, resumed)
    assert resumed.follower.snapshots == 1
    await resumed.leave()


async def flood_until_let_go(application: Application, names: list[str]) -> None:
    number = 0
    while application.watching.watches:
        await flood(application, names, range(number, number + 5))
        number += 5
        assert number < 1_000
    # Its place is free, and no events are kept for it although it has not noticed.
    assert_nobody_watches(application)


@IMPATIENT
async def test_a_client_that_was_let_go_and_cancels_without_reading_leaves_nothing(
    memory: tuple[Application, Wire],
) -> None:
    application, wire = memory
    slow = watch(wire)
    await slow.read_snapshot()
    await flood_until_let_go(application, [f"user-{number:03}" for number in range(250)])
    # Until then gRPC holds what it was given and could not send: some megabytes, and the status behind them.
    assert calls_served() == 1
    await slow.leave()
    await until(lambda: calls_served() == 0)


# --- the end ---------------------------------------------------------------------------------------------------------


async def test_watches_end_with_ok_when_the_server_drains(make_store: MakeStore, clock: FakeClock) -> None:
    async with running(make_store(clock), clock) as application, connected(application) as wire:
        await wire.activity("ann")
        watches = [watch(wire), watch(wire), watch(wire, "ann"), watch(wire, account_id="other")]
        for stream in watches:
            await stream.read_snapshot()
        stopping = asyncio.create_task(application.stop())
        for stream in watches:
            await stream.end()
            assert await stream.call.code() is grpc.StatusCode.OK
        await soon(stopping)
        assert_nobody_watches(application)
        stopped(application)
    assert [stream.follower.snapshots for stream in watches] == [1] * 4


async def test_a_client_that_does_not_read_does_not_hold_up_the_end(clock: FakeClock) -> None:
    async with in_memory(clock) as (application, wire):
        slow = watch(wire)
        await slow.read_snapshot()
        await flood(application, [f"user-{number:03}" for number in range(250)], range(60))
        # The grace of a test's server is a second.
        await soon(application.stop())
        assert_nobody_watches(application)
        await slow.leave()
        stopped(application)


async def test_a_cancelled_watch_leaves_nothing(application: Application, wire: Wire) -> None:
    await wire.activity("ann")
    for number in range(20):
        stream = watch(wire, *(["ann"] if number % 2 else []))
        if number % 3:
            await stream.read_snapshot()
        await wire.set_status("ann", pb.STATUS_AWAY, reason=str(number))
        await stream.leave()
    await nobody_watches(application)


CONNECTS = 10_000
AT_ONCE = 50
WARM_UP = 2_000


@pytest.mark.timeout(120)
@pytest.mark.slow
async def test_ten_thousand_connects_and_cancels_leave_nothing(clock: FakeClock) -> None:
    async with in_memory(clock) as (application, wire):
        await asyncio.gather(*(application.service.record_activity(ACCOUNT, f"user-{n}") for n in range(10)))
        numbers = iter(range(CONNECTS))
        watched = 0

        async def connect_and_cancel(until_number: int) -> None:
            nonlocal watched
            for number in numbers:
                account_id = ACCOUNT if number % 3 else f"account-{number % 101}"
                call = wire.stub.WatchStatuses(pb.WatchStatusesRequest(account_id=account_id))
                if number % 4:
                    assert isinstance(await soon(call.read()), pb.WatchStatusesResponse)
                    watched += 1
                call.cancel()
                if number >= until_number:
                    break

        async def connect_up_to(number: int) -> None:
            await asyncio.gather(*(connect_and_cancel(number) for _ in range(AT_ONCE)))
            await until(lambda: calls_served() == 0)
            await nobody_watches(application)
            clock.advance(1_000)

        await connect_up_to(WARM_UP)
        gc.collect()
        memory, objects, tasks = resident_bytes(), len(gc.get_objects()), len(asyncio.all_tasks())
        for number in (CONNECTS // 2, CONNECTS):
            await connect_up_to(number)
        gc.collect()
        assert watched == CONNECTS * 3 // 4
        # One watch that stays costs 18 kB, so that a tenth of them would be 14 MB.
        assert resident_bytes() - memory < 6 * 1024 * 1024
        assert len(gc.get_objects()) - objects < 1_000
        assert len(asyncio.all_tasks()) <= tasks + 2
        assert len(clock._waits) <= 2
