"""Uploads: everything is sent, in order, and answered for. Both kinds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from tests.client.clock import SkippingClock
from tests.client.scripted import Driver, Proxy, ScriptedServer, ScriptedService, error_info, refusal
from tests.client.watched import until

from onduty.v1 import status_pb2 as pb
from onduty_client import (
    ActivityUpload,
    AsyncActivityUpload,
    AsyncClient,
    Client,
    Disconnected,
    InvalidField,
    LeaseAction,
    Patience,
    PermissionRequired,
    Reconnected,
    RejectedActivity,
    RejectedLease,
    StoreUnavailable,
    UploadStats,
    UserUnknown,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
UNAVAILABLE = refusal(grpc.StatusCode.UNAVAILABLE, "the disk is full", error_info("STORE_UNAVAILABLE"))


class UploadDriver:
    """Either upload; what one awaits and the other blocks for is awaited here."""

    def __init__(self, upload: ActivityUpload | AsyncActivityUpload) -> None:
        self.upload = upload

    async def start(self) -> None:
        await self._do("start")

    async def put(self, *arguments: Any, **options: Any) -> None:
        await self._do("put", *arguments, **options)

    async def put_lease(self, *arguments: Any, **options: Any) -> None:
        await self._do("put_lease", *arguments, **options)

    async def finish(self, timeout: float | None = 20) -> bool:
        return bool(await self._do("finish", timeout))

    async def close(self) -> None:
        await self._do("close")

    async def _do(self, method: str, *arguments: Any, **options: Any) -> Any:
        if isinstance(self.upload, ActivityUpload):
            return await asyncio.to_thread(getattr(self.upload, method), *arguments, **options)
        return await getattr(self.upload, method)(*arguments, **options)


MakeUpload: TypeAlias = Callable[..., UploadDriver]


@pytest.fixture
def clock() -> SkippingClock:
    return SkippingClock()


@pytest.fixture(params=[Client, AsyncClient])
async def connect(request: pytest.FixtureRequest, clock: SkippingClock) -> AsyncIterator[Callable[..., Driver]]:
    """Makes clients of either kind that go by the clock; takes their arguments."""
    drivers: list[Driver] = []

    def connect(*arguments: object, **options: object) -> Driver:
        drivers.append(Driver(clock.clocked(request.param)(*arguments, **options)))
        return drivers[-1]

    yield connect
    for driver in drivers:
        await driver.close()


@pytest.fixture
def uploading(client: Driver) -> MakeUpload:
    """Makes uploads, which end with the client; takes the options of an upload."""

    def uploading(**options: Any) -> UploadDriver:
        return UploadDriver(client.client.upload_activities(**options))

    return uploading


def users(message: pb.RecordActivitiesRequest) -> list[str]:
    return [activity.user_id for activity in message.activities]


async def test_everything_is_sent_in_order_and_nothing_merged(uploading: MakeUpload, service: ScriptedService) -> None:
    service.acknowledging = True
    driver = uploading()
    await driver.start()
    await driver.put("acme", "ann")
    await driver.put("acme", "bob", NOON)
    await driver.put("acme", "ann")
    assert await driver.finish()
    activities = [activity for message in service.messages for activity in message.activities]
    assert [activity.user_id for activity in activities] == ["ann", "bob", "ann"]
    assert [activity.HasField("activity_time") for activity in activities] == [False, True, False]
    assert activities[1].activity_time.ToDatetime(UTC) == NOON
    assert driver.upload.stats == UploadStats(put=3, sent=3, acknowledged=3, connects=1)


async def test_what_is_refused_is_told_with_its_reference(uploading: MakeUpload, service: ScriptedService) -> None:
    refused: list[RejectedActivity] = []

    def on_error(activity: RejectedActivity) -> None:
        refused.append(activity)
        raise ZeroDivisionError

    driver = uploading(on_error=on_error)
    await driver.start()
    await driver.put("acme", "ann", ref=1)
    await driver.put("acme", "", NOON, ref=2)
    finishing = asyncio.create_task(driver.finish())
    stream = await service.stream()
    seen = 0
    while seen < 2:
        message = await stream.request()
        errors = [
            pb.ActivityError(index=index, reason=pb.ERROR_REASON_INVALID_FIELD, field="user_id", message="is required")
            for index, user_id in enumerate(users(message))
            if not user_id
        ]
        stream.send(pb.RecordActivitiesResponse(sequence=message.sequence, errors=errors))
        seen += len(message.activities)
    assert await finishing
    (only,) = refused
    assert (only.user_id, only.activity_time, only.ref) == ("", NOON, 2)
    assert isinstance(only.error, InvalidField) and only.error.field_violations[0].field == "user_id"
    stats = driver.upload.stats
    assert (stats.acknowledged, stats.rejected) == (1, 1)


def rows(message: pb.RecordActivitiesRequest) -> list[tuple[str, str]]:
    """The users of a message in the order in which a server takes them, and what is about each."""
    leases = [(lease.user_id, pb.LeaseAction.Name(lease.action)) for lease in message.leases]
    return [*((user_id, "") for user_id in users(message)), *leases]


async def test_what_keeps_and_ends_sessions_and_engagements_stays_in_the_order_of_its_user(
    uploading: MakeUpload, service: ScriptedService
) -> None:
    driver = uploading()
    await driver.start()
    await driver.put("acme", "first")
    stream = await service.stream()
    held = [await stream.request()]
    while len(held) < 4:  # as many as are sent before one is acknowledged: what follows waits, and goes together
        await driver.put("acme", "next")
        held.append(await stream.request())
    await driver.put("acme", "ann")
    await driver.put_lease(
        LeaseAction.KEEP_SESSION, "acme", "ann", "web", ttl=timedelta(minutes=1), idle_for=timedelta(seconds=2)
    )
    await driver.put_lease(LeaseAction.END_SESSION, "acme", "ann", "web")
    await driver.put("acme", "bob")
    await driver.put("acme", "ann")
    await driver.put_lease(LeaseAction.KEEP_ENGAGEMENT, "acme", "ann", "call")
    await driver.put_lease(LeaseAction.END_ENGAGEMENT, "acme", "bob", "call")
    finishing = asyncio.create_task(driver.finish())
    for message in held:
        stream.send(pb.RecordActivitiesResponse(sequence=message.sequence))
    together = [await stream.request(), await stream.request()]
    for message in together:
        stream.send(pb.RecordActivitiesResponse(sequence=message.sequence))
    assert await finishing
    keep, end = "LEASE_ACTION_KEEP_SESSION", "LEASE_ACTION_END_SESSION"
    # Only ann's second activity has to wait: a server takes the activities of a message first.
    assert [rows(message) for message in together] == [
        [("ann", ""), ("bob", ""), ("ann", keep), ("ann", end)],
        [("ann", ""), ("ann", "LEASE_ACTION_KEEP_ENGAGEMENT"), ("bob", "LEASE_ACTION_END_ENGAGEMENT")],
    ]
    assert together[0].leases[0] == pb.Lease(
        account_id="acme",
        user_id="ann",
        action=pb.LEASE_ACTION_KEEP_SESSION,
        lease_id="web",
        ttl=Duration(seconds=60),
        idle_for=Duration(seconds=2),
    )
    assert driver.upload.stats == UploadStats(put=11, sent=11, acknowledged=11, connects=1)


async def test_a_session_that_is_refused_is_told_with_its_reference(
    uploading: MakeUpload, service: ScriptedService
) -> None:
    refused: list[RejectedLease] = []
    driver = uploading(on_lease_error=refused.append)
    await driver.start()
    await driver.put("acme", "ann")
    await driver.put_lease(LeaseAction.KEEP_SESSION, "acme", "ann", "web", ref=1)
    await driver.put_lease(LeaseAction.END_SESSION, "acme", "bob", "web", ref=2)
    finishing = asyncio.create_task(driver.finish())
    stream = await service.stream()
    seen = 0
    while seen < 3:
        message = await stream.request()
        errors = [
            pb.ActivityError(index=index, reason=pb.ERROR_REASON_USER_UNKNOWN, message="never seen")
            for index, lease in enumerate(message.leases)
            if lease.user_id == "bob"
        ]
        stream.send(pb.RecordActivitiesResponse(sequence=message.sequence, lease_errors=errors))
        seen += len(rows(message))
    assert await finishing
    (only,) = refused
    assert (only.user_id, only.action, only.lease_id, only.ref) == ("bob", LeaseAction.END_SESSION, "web", 2)
    assert isinstance(only.error, UserUnknown)
    assert (driver.upload.stats.acknowledged, driver.upload.stats.rejected) == (2, 1)


async def test_what_was_not_acknowledged_is_sent_again(uploading: MakeUpload, service: ScriptedService) -> None:
    events: list[Disconnected | Reconnected] = []
    driver = uploading(on_connection=events.append)
    await driver.start()
    await driver.put("acme", "ann")
    stream = await service.stream()
    message = await stream.request()
    stream.send(pb.RecordActivitiesResponse(sequence=message.sequence))
    await until(lambda: driver.upload.stats.acknowledged == 1)
    await driver.put("acme", "bob")
    await stream.request()
    stream.fail(UNAVAILABLE)
    stream = await service.stream()
    message = await stream.request()
    assert users(message) == ["bob"]
    await driver.put("acme", "cid")
    stream.send(pb.RecordActivitiesResponse(sequence=message.sequence))
    message = await stream.request()
    assert users(message) == ["cid"]
    stream.send(pb.RecordActivitiesResponse(sequence=message.sequence))
    assert await driver.finish()
    assert driver.upload.stats == UploadStats(put=3, sent=3, resent=1, acknowledged=3, connects=2)
    lost, back = events
    assert isinstance(lost, Disconnected) and str(lost.error) == "the disk is full"
    assert isinstance(back, Reconnected)


async def test_a_server_that_is_slow_holds_the_program_up(uploading: MakeUpload, service: ScriptedService) -> None:
    driver = uploading()
    await driver.start()

    async def fill() -> None:
        upload = driver.upload
        if isinstance(upload, AsyncActivityUpload):
            for number in range(60_000):
                await upload.put("acme", f"user-{number}")
        else:
            await asyncio.to_thread(fill_blocking, upload)

    def fill_blocking(upload: ActivityUpload) -> None:
        for number in range(60_000):
            upload.put("acme", f"user-{number}")

    filling = asyncio.create_task(fill())
    stream = await service.stream()
    messages = [await stream.request() for _ in range(4)]
    assert max(len(message.activities) for message in messages) <= 5_000
    # Four messages on their way, and 20,000 that wait.
    await until(lambda: driver.upload.stats.put >= 20_000 + driver.upload.stats.sent)
    assert not filling.done() and driver.upload.stats.put <= 40_000
    for message in messages:
        stream.send(pb.RecordActivitiesResponse(sequence=message.sequence))
    while sum(len(message.activities) for message in messages) < 60_000:
        messages.append(await stream.request())
        stream.send(pb.RecordActivitiesResponse(sequence=messages[-1].sequence))
    await filling
    assert await driver.finish()
    assert [user for message in messages for user in users(message)] == [f"user-{n}" for n in range(60_000)]


async def test_gives_up_when_patience_is_over(
    uploading: MakeUpload, service: ScriptedService, clock: SkippingClock
) -> None:
    driver = uploading(patience=Patience(connect=10))
    service.refuse_streams = UNAVAILABLE
    await driver.start()
    await driver.put("acme", "ann")
    assert not await driver.finish(0)
    await until(lambda: driver.upload.error is not None)
    while driver.upload._stream.failure is None:
        await clock.pass_by(1)
        await asyncio.sleep(0.01)  # for the attempts to fail, over the wire
    with pytest.raises(StoreUnavailable, match="the disk is full"):
        await driver.finish()
    with pytest.raises(StoreUnavailable):
        driver.upload.check()
    assert isinstance(driver.upload.error, StoreUnavailable)


async def test_a_final_refusal_ends_it_at_once(uploading: MakeUpload, service: ScriptedService) -> None:
    service.refuse_streams = refusal(grpc.StatusCode.PERMISSION_DENIED, "no", error_info("PERMISSION_REQUIRED"))
    driver = uploading()
    await driver.start()
    with suppress(PermissionRequired):  # the refusal may have come by now
        await driver.put("acme", "ann")
    with pytest.raises(PermissionRequired):
        await driver.finish()
    with pytest.raises(PermissionRequired):
        await driver.put("acme", "ann")
    # Where grpcio loses how a stream ended, because it was writing, another attempt finds it out, or the one after it.
    assert service.opened <= 5


async def test_a_connection_that_falls_silent_is_replaced(
    connect: Callable[..., Driver], server: ScriptedServer, service: ScriptedService, clock: SkippingClock
) -> None:
    service.acknowledging = True
    async with Proxy(server.port) as proxy:
        driver = UploadDriver(connect(proxy.target).client.upload_activities())
        await driver.start()
        await driver.put("acme", "ann")
        await until(lambda: driver.upload.stats.acknowledged == 1)
        proxy.freeze()
        await driver.put("acme", "bob")
        await until(lambda: driver.upload.stats.sent == 2)
        await clock.pass_by(11)
        assert await driver.finish()
        assert driver.upload.stats.connects == 2
        await driver.close()


async def test_closing_ends_it_and_what_waits_for_it(uploading: MakeUpload, service: ScriptedService) -> None:
    driver = uploading()
    with pytest.raises(RuntimeError, match="not started"):
        await driver.put("acme", "ann")
    await driver.start()
    await driver.put("acme", "ann")
    finishing = asyncio.create_task(driver.finish(None))
    await (await service.stream()).request()
    await driver.close()
    assert not await finishing
    with pytest.raises(RuntimeError, match="closed"):
        await driver.put("acme", "bob")


async def test_what_cannot_be_sent_is_refused_at_once(uploading: MakeUpload, service: ScriptedService) -> None:
    driver = uploading()
    await driver.start()
    with pytest.raises(ValueError, match="time zone"):
        await driver.put("acme", "ann", NOON.replace(tzinfo=None))
    with pytest.raises(TypeError, match="user_id must be a str"):
        await driver.put("acme", 7)
    with pytest.raises(UnicodeEncodeError):
        await driver.put("acme", "\udcff")
    assert driver.upload.stats == UploadStats()
