"""Watches: what they yield, how they get over lost connections, when they give up. Both kinds."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import grpc
import pytest
from tests.client.clock import SkippingClock
from tests.client.scripted import Driver, Proxy, ScriptedServer, ScriptedService, ScriptedStream, error_info, refusal
from tests.client.watched import (
    AWAY,
    ONLINE,
    SERVER_AHEAD_S,
    bookmark,
    change,
    changes,
    page,
    until,
    user,
    workflow_change,
)

from onduty.v1 import status_pb2 as pb
from onduty_client import (
    AsyncClient,
    AsyncWatch,
    Client,
    Disconnected,
    Patience,
    PermissionRequired,
    Reconnected,
    ResumeRefused,
    ResumeTokenExpired,
    Status,
    StatusChange,
    StoreUnavailable,
    Unavailable,
    Watch,
    WatchBookmark,
    WatchChanges,
    WatchMessage,
    WatchSnapshot,
    WorkflowChanged,
)

pytestmark = pytest.mark.both_doors

EXPIRED = refusal(grpc.StatusCode.OUT_OF_RANGE, "too long ago", error_info("RESUME_TOKEN_EXPIRED"))
FORGED = refusal(grpc.StatusCode.INVALID_ARGUMENT, "not a resume token", error_info("INVALID_FIELD"))
UNAVAILABLE = refusal(grpc.StatusCode.UNAVAILABLE, "the disk is full", error_info("STORE_UNAVAILABLE"))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class WatchDriver:
    """Either watch; what one awaits and the other blocks for is awaited here."""

    def __init__(self, watch: Watch | AsyncWatch) -> None:
        self.watch = watch

    async def take(self, count: int = 1) -> list[WatchMessage]:
        """The next messages, fewer if the watch ends."""
        if isinstance(self.watch, Watch):
            return await asyncio.to_thread(lambda watch: list(itertools.islice(watch, count)), self.watch)
        found: list[WatchMessage] = []
        while len(found) < count and (message := await anext(self.watch, None)) is not None:
            found.append(message)
        return found

    async def close(self) -> None:
        if isinstance(self.watch, Watch):
            await asyncio.to_thread(self.watch.close)
        else:
            await self.watch.close()


MakeWatch: TypeAlias = Callable[..., WatchDriver]


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
def watching(client: Driver) -> MakeWatch:
    """Makes watches of "acme"; takes the options of a watch. They end with the client."""

    def watching(**options: Any) -> WatchDriver:
        return WatchDriver(client.client.watch("acme", **options))

    return watching


async def began(driver: WatchDriver, service: ScriptedService, *users: pb.UserStatus) -> ScriptedStream:
    """The stream of a watch whose snapshot was taken."""
    taking = asyncio.create_task(driver.take())
    stream = await service.stream()
    stream.send(page(users, token="snapshot"))
    assert isinstance((await taking)[0], WatchSnapshot)
    return stream


async def test_yields_pages_changes_and_bookmarks_with_their_tokens(
    watching: MakeWatch, service: ScriptedService, clock: SkippingClock
) -> None:
    driver = watching(user_ids=["bob", "ann"])
    taking = asyncio.create_task(driver.take(4))
    stream = await service.stream()
    request = await stream.request()
    assert (request.account_id, list(request.user_ids), request.resume_token) == ("acme", ["ann", "bob"], "")
    until_s = SERVER_AHEAD_S + clock.now()
    stream.send(
        page([user("ann")], last=False, token=""),
        page([user("bob", AWAY)], first=False, token="t1"),
        changes(change("ann", AWAY, 2, previous=ONLINE), workflow_change(3, enabled=False), token="t2"),
        bookmark(until_s, token="t3"),
    )
    first, last, changed, bookmarked = await taking
    assert isinstance(first, WatchSnapshot) and isinstance(last, WatchSnapshot)
    assert (first.first, first.last, first.workflow is not None) == (True, False, True)
    assert (last.first, last.last, last.workflow, last.resume_token) == (False, True, None, "t1")
    assert [each.user_id for each in first.user_statuses + last.user_statuses] == ["ann", "bob"]
    assert isinstance(changed, WatchChanges) and isinstance(bookmarked, WatchBookmark)
    one, other = changed.changes
    assert isinstance(one, StatusChange) and (one.user_id, one.status) == ("ann", Status.AWAY)
    assert isinstance(other, WorkflowChanged) and not other.workflow.enabled
    assert abs(bookmarked.effective_until - EPOCH - timedelta(seconds=until_s)) < timedelta(milliseconds=1)
    assert driver.watch.resume_token == "t3" and driver.watch.as_of is not None
    assert abs(driver.watch.as_of - bookmarked.effective_until) < timedelta(milliseconds=1)
    assert driver.watch.staleness < 3
    clock.skip(5)
    assert 5 <= driver.watch.staleness < 8


@pytest.mark.parametrize("ends", ["in good order", "with an error"])
async def test_goes_on_after_the_last_message_and_tells_of_the_connection(
    ends: str, watching: MakeWatch, service: ScriptedService
) -> None:
    driver = watching()
    stream = await began(driver, service, user("ann"))
    stream.send(changes(change("ann", AWAY, 2), token="after 2"))
    await driver.take()
    stream.end() if ends == "in good order" else stream.fail(UNAVAILABLE)
    taking = asyncio.create_task(driver.take(3))
    stream = await service.stream()
    assert (await stream.request()).resume_token == "after 2"
    stream.send(changes(change("ann", ONLINE, 3), token="after 3"))
    lost, back, changed = await taking
    assert isinstance(lost, Disconnected)
    assert str(lost.error) == ("the server ended the stream" if ends == "in good order" else "the disk is full")
    assert isinstance(back, Reconnected) and back.after >= 0
    assert isinstance(changed, WatchChanges) and changed.resume_token == driver.watch.resume_token == "after 3"


@pytest.mark.parametrize("within", [1, 5])
async def test_outlives_a_connection_that_falls_silent(
    connect: Callable[..., Driver], server: ScriptedServer, service: ScriptedService, clock: SkippingClock, within: int
) -> None:
    async with Proxy(server.port, server.scheme) as proxy:
        driver = WatchDriver(connect(proxy.target).client.watch("acme", bookmark_within=within))
        stream = await began(driver, service, user("ann"))
        stream.send(bookmark(token="bookmark"))
        await driver.take()
        proxy.freeze()
        taking = asyncio.create_task(driver.take(2))
        await clock.pass_by(2 * within + 1)
        stream = await service.stream()
        request = await stream.request()
        assert request.resume_token == "bookmark"
        assert request.bookmark_within.ToSeconds() == (within if within > 1 else 0)
        stream.send(bookmark())
        lost, back = await taking
        assert isinstance(lost, Disconnected) and f"nothing was heard from the server for {2 * within} s" in str(
            lost.error
        )
        assert isinstance(back, Reconnected)
        await driver.close()


@pytest.mark.parametrize("refused", [EXPIRED, FORGED], ids=["too old", "not known"])
async def test_a_token_of_its_own_that_is_refused_makes_it_begin_anew(
    refused: Any, watching: MakeWatch, service: ScriptedService
) -> None:
    driver = watching()
    stream = await began(driver, service, user("ann"))
    stream.end()
    taking = asyncio.create_task(driver.take(4))
    stream = await service.stream()
    assert (await stream.request()).resume_token == "snapshot"
    stream.fail(refused)
    stream = await service.stream()
    assert not (await stream.request()).resume_token
    stream.send(page([user("bob")]))
    kinds = [type(message) for message in await taking]
    assert kinds == [Disconnected, ResumeRefused, Reconnected, WatchSnapshot]


async def test_a_token_of_the_program_that_is_refused_is_raised(watching: MakeWatch, service: ScriptedService) -> None:
    driver = watching(resume_token="old")
    taking = asyncio.create_task(driver.take())
    stream = await service.stream()
    assert (await stream.request()).resume_token == "old"
    stream.fail(EXPIRED)
    with pytest.raises(ResumeTokenExpired) as caught:
        await taking
    assert caught.value.is_final


async def test_a_final_refusal_ends_it_at_once(watching: MakeWatch, service: ScriptedService) -> None:
    service.refuse_streams = refusal(grpc.StatusCode.PERMISSION_DENIED, "no", error_info("PERMISSION_REQUIRED"))
    driver = watching()
    with pytest.raises(PermissionRequired):
        await driver.take()
    assert service.opened == 1
    # And it stays ended.
    with pytest.raises(PermissionRequired):
        await driver.take()


async def test_gives_up_when_patience_is_over(
    watching: MakeWatch, service: ScriptedService, clock: SkippingClock
) -> None:
    driver = watching(patience=Patience(connect=600, reconnect=10))
    service.refuse_streams = UNAVAILABLE
    taking = asyncio.create_task(driver.take(3))
    await until(lambda: driver.watch._stream.error is not None)
    for _ in range(4):
        await clock.pass_by(6)
        assert not taking.done()
    # It was patient, and is answered.
    service.refuse_streams = None
    stream: ScriptedStream | None = None
    while not driver.watch._stream.connects:
        # Skip the wait between attempts, and little of an attempt: one that takes too long is given up as silent, and
        # there will be another stream.
        await clock.pass_by(0.25)
        await asyncio.sleep(0.05)
        if service.has_stream:
            stream = await service.stream()
            stream.send(page())
    assert stream is not None
    service.refuse_streams = UNAVAILABLE
    stream.end()
    await until(lambda: driver.watch._stream.error is not None)
    while driver.watch._stream.failure is None:
        await clock.pass_by(1)
        await asyncio.sleep(0.01)  # for the attempts to fail, over the wire
    with pytest.raises(StoreUnavailable, match="the disk is full"):
        await taking


async def test_waits_no_longer_for_a_server_that_says_nothing(
    connect: Callable[..., Driver], server: ScriptedServer, clock: SkippingClock
) -> None:
    async with Proxy(server.port, server.scheme) as proxy:
        proxy.silent = True
        driver = WatchDriver(connect(proxy.target).client.watch("acme", patience=Patience(connect=1)))
        taking = asyncio.create_task(driver.take())
        await proxy.froze.wait()
        await clock.pass_by(3)
        with pytest.raises(Unavailable, match="nothing was heard from the server"):
            await taking
        await driver.close()


async def test_a_slow_program_costs_no_memory_and_no_connection(
    watching: MakeWatch, service: ScriptedService, clock: SkippingClock
) -> None:
    driver = watching()
    stream = await began(driver, service, user("ann"))
    stream.send(*(changes(change("ann", AWAY, number), token=str(number)) for number in range(2, 102)))
    await until(lambda: len(driver.watch._waiting) == 16)
    # While it takes nothing, silence is its own.
    await clock.pass_by(20)
    assert len(driver.watch._waiting) == 16 and service.opened == 1
    taken = await driver.take(100)
    revisions = [message.changes[0].revision for message in taken if isinstance(message, WatchChanges)]
    assert revisions == list(range(2, 102))


async def test_ends_when_it_or_its_client_is_closed(
    watching: MakeWatch, client: Driver, service: ScriptedService
) -> None:
    first, second = watching(), watching()
    one = await began(first, service)
    other = await began(second, service)
    waiting = asyncio.create_task(first.take())
    await first.close()
    assert await waiting == [] and await one.left()
    await client.close()
    assert await other.left() and await second.take() == []
    with pytest.raises(RuntimeError, match="the client is closed"):
        client.client.watch("acme")


async def test_refuses_what_makes_no_sense(client: Driver) -> None:
    with pytest.raises(ValueError, match="user_ids is empty"):
        client.client.watch("acme", user_ids=[])
    for within in (0.9, 31, 0):
        with pytest.raises(ValueError, match="bookmark_within must be from 1 to 30 s"):
            client.client.watch("acme", bookmark_within=within)
    with pytest.raises(TypeError, match="account_id must be a str"):
        client.client.watch(7)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="connect must be more than 0"):
        Patience(connect=0)


async def test_what_a_programs_metadata_raises_is_raised(
    server: ScriptedServer, connect: Callable[..., Driver]
) -> None:
    def metadata() -> list[tuple[str, str]]:
        raise OSError("no token")

    with pytest.raises(OSError, match="no token"):
        await WatchDriver(connect(server.target, metadata=metadata).client.watch("acme")).take()
