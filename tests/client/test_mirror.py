"""Mirrors: what they show, when they refuse to, and how they get over what happens to a connection. Both kinds."""

import asyncio
import gc
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc import error_details_pb2
from tests.client.clock import STEP_S, SkippingClock
from tests.client.scripted import (
    Proxy,
    ScriptedServer,
    ScriptedService,
    complaints,
    error_info,
    refusal,
)
from tests.client.watched import (
    AWAY,
    OFFLINE,
    ONLINE,
    SERVER_AHEAD_S,
    MakeMirror,
    Mirror,
    MirrorDriver,
    began,
    bookmark,
    change,
    changes,
    page,
    server_now,
    until,
    user,
    workflow_change,
)

from onduty.v1 import status_pb2 as pb
from onduty_client import (
    AsyncAvailabilityMirror,
    AvailabilityMirror,
    AvailabilityOrder,
    Cause,
    InvalidField,
    MirroredStatus,
    MirrorEvent,
    MirrorNotReady,
    MirrorStale,
    PermissionRequired,
    ResyncCause,
    Resynced,
    Status,
    StatusChange,
    Then,
    Unavailable,
    WorkflowChanged,
)
from onduty_client._backoff import MAX_S as BACKOFF_MAX_S
from onduty_client._backoff import backoff_s
from onduty_client._clock import steady

pytestmark = pytest.mark.both_doors

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EXPIRED = refusal(grpc.StatusCode.OUT_OF_RANGE, "too long ago", error_info("RESUME_TOKEN_EXPIRED"))
FORGED = refusal(grpc.StatusCode.INVALID_ARGUMENT, "not a resume token", error_info("INVALID_FIELD"))
UNAVAILABLE = refusal(grpc.StatusCode.UNAVAILABLE, "the disk is full", error_info("STORE_UNAVAILABLE"))


def ids(statuses: tuple[MirroredStatus, ...]) -> list[str]:
    return [status.user_id for status in statuses]


# --- what it shows ---------------------------------------------------------------------------------------------------


async def test_a_mirror_shows_what_a_snapshot_says(mirrored: MakeMirror, service: ScriptedService) -> None:
    driver = await mirrored()
    stream = await service.stream()
    assert (await stream.request()).account_id == "acme"
    users = [user("bob", since=3_000), user("ann", AWAY, revision=4, reason="lunch"), user("zoe", since=2_000)]
    now = server_now()
    stream.send(page(users), bookmark(now))
    await driver.wait_ready()
    mirror = driver.mirror

    assert mirror.is_available("bob")
    assert not mirror.is_available("ann")
    assert not mirror.is_available("nobody")
    assert mirror.status("ann") == MirroredStatus(
        user_id="ann",
        status=Status.AWAY,
        available=False,
        cause=Cause.MANUAL,
        status_since=EPOCH + timedelta(seconds=1_000),
        actor="",
        reason="lunch",
        revision=4,
    )
    assert mirror.status("nobody") is None
    assert sorted(ids(mirror.statuses())) == ["ann", "bob", "zoe"]
    assert ids(mirror.available_users()) == ["zoe", "bob"]
    assert ids(mirror.available_users(limit=1)) == ["zoe"]
    assert mirror.available_count() == 2
    assert mirror.workflow().away_after == timedelta(minutes=10)
    assert mirror.account_id == "acme"
    assert mirror.as_of is not None
    assert abs((mirror.as_of - EPOCH).total_seconds() - now) < 0.001
    assert 0 <= mirror.staleness < 3


async def test_changes_show_once_and_in_their_order(mirrored: MakeMirror, service: ScriptedService) -> None:
    driver = await mirrored()
    mirror = driver.mirror
    stream = await began(driver, service, user("ann"), user("bob", since=1_500))
    stream.send(
        changes(
            change("ann", AWAY, 2, previous=ONLINE),
            change("zoe", ONLINE, 3, effective=1_200),
            workflow_change(4, enabled=False),
            change("ann", ONLINE, 5, previous=AWAY),
        ),
        # A server that repeats itself: not expected, and of no consequence.
        changes(change("ann", AWAY, 2, previous=ONLINE)),
        bookmark(),
    )
    await until(lambda: mirror.stats.ignored == 1)
    assert ids(mirror.available_users()) == ["zoe", "bob", "ann"]
    ann = mirror.status("ann")
    assert ann is not None
    assert (ann.revision, ann.actor, ann.reason) == (5, "sue", "r5")
    assert ann.status_since == EPOCH + timedelta(seconds=2_000)
    assert not mirror.workflow().enabled
    assert mirror.stats.changes == 4


async def test_the_end_of_a_status_shows_unless_a_disconnection_is_shown_over_it(
    mirrored: MakeMirror, service: ScriptedService
) -> None:
    """A change to a disconnection does not tell the end underneath, so a snapshot must not either."""
    driver = await mirrored()
    mirror = driver.mirror
    lunch, gone = user("lunch", AWAY), user("gone", pb.STATUS_OFFLINE)
    for each in (lunch, gone):
        each.expire_time.seconds, each.then = 9_000, pb.THEN_ONLINE
        # How things stand with these is not followed, so it is not shown.
        each.connected, each.engagements = True, 3
    gone.cause = pb.CAUSE_DISCONNECT
    stream = await began(driver, service, lunch, gone)

    def shown(user_id: str) -> tuple[Any, ...]:
        found = mirror.status(user_id)
        assert found is not None and not hasattr(found, "connected") and not hasattr(found, "engagements")
        return found.status, found.cause, found.expire_time, found.then

    end = EPOCH + timedelta(seconds=9_000)
    assert shown("lunch") == (Status.AWAY, Cause.MANUAL, end, Then.ONLINE)
    assert shown("gone") == (Status.OFFLINE, Cause.DISCONNECT, None, None)
    back, over, away = change("gone", AWAY, 2), change("lunch", ONLINE, 3), change("lunch", pb.STATUS_OFFLINE, 4)
    back.status_change.expire_time.seconds, back.status_change.then = 9_000, pb.THEN_AWAY
    over.status_change.cause, away.status_change.cause = pb.CAUSE_EXPIRY, pb.CAUSE_DISCONNECT
    stream.send(changes(back, over))
    await until(lambda: mirror.stats.changes == 2)
    assert shown("gone") == (Status.AWAY, Cause.MANUAL, end, Then.AWAY)
    assert shown("lunch") == (Status.ONLINE, Cause.EXPIRY, None, None)
    stream.send(changes(away))
    await until(lambda: mirror.stats.changes == 3)
    assert shown("lunch") == (Status.OFFLINE, Cause.DISCONNECT, None, None)


async def test_other_orders_are_for_the_server_to_answer(mirrored: MakeMirror, service: ScriptedService) -> None:
    driver = await mirrored()
    await began(driver, service, user("ann"))
    with pytest.raises(ValueError, match=r"Client\.available_users"):
        driver.mirror.available_users(order=cast("Any", AvailabilityOrder.LONGEST_IDLE))
    with pytest.raises(ValueError, match="limit"):
        driver.mirror.available_users(limit=0)


async def test_a_mirror_may_follow_some_users_only(mirrored: MakeMirror, service: ScriptedService) -> None:
    driver = await mirrored(user_ids=["ann", "bob"])
    stream = await began(driver, service, user("ann"))
    assert sorted((await stream.request()).user_ids) == ["ann", "bob"]
    assert driver.mirror.is_available("ann")
    assert not driver.mirror.is_available("bob")
    for read in (driver.mirror.is_available, driver.mirror.status):
        with pytest.raises(ValueError, match="does not follow 'zoe'"):
            read("zoe")
    # Between those of others, revisions have gaps.
    stream.send(changes(change("ann", AWAY, 10)), changes(change("ann", ONLINE, 20)))
    await until(lambda: driver.mirror.stats.changes == 2)
    assert driver.mirror.stats.gaps == 0


def test_what_makes_no_sense_is_refused(kind: type[Mirror]) -> None:
    with pytest.raises(ValueError, match="user_ids"):
        kind("127.0.0.1:1", "acme", user_ids=[])
    with pytest.raises(ValueError, match="max_staleness"):
        kind("127.0.0.1:1", "acme", max_staleness=0)


# --- snapshots -------------------------------------------------------------------------------------------------------


async def test_a_new_snapshot_shows_once_its_last_page_is_there(mirrored: MakeMirror, service: ScriptedService) -> None:
    driver = await mirrored(max_staleness=60)
    mirror = driver.mirror
    stream = await service.stream()
    stream.send(page([user("ann")], last=False), bookmark(), page([user("bob")], first=False), bookmark())
    await driver.wait_ready()
    assert ids(mirror.available_users()) == ["ann", "bob"]

    # The server found the mirror to be too slow.
    stream.send(page([user("zoe", revision=9)], last=False), page([], first=False, last=False), bookmark())
    marker = mirror.stats
    await asyncio.sleep(0.1)
    assert mirror.stats == marker
    assert ids(mirror.available_users()) == ["ann", "bob"]
    assert mirror.available_count() == 2
    stream.send(page([user("ann", AWAY, revision=9)], first=False))
    await until(lambda: mirror.stats.snapshots == 2)
    # Bob is gone: what a snapshot does not show is not there.
    assert ids(mirror.available_users()) == ["zoe"]
    assert mirror.status("bob") is None
    assert not mirror.is_available("ann")


async def test_a_bookmark_within_a_snapshot_vouches_for_nothing(
    mirrored: MakeMirror, service: ScriptedService, clock: SkippingClock
) -> None:
    driver = await mirrored(max_staleness=5)
    stream = await began(driver, service, user("ann"))
    stream.send(page([user("bob")], last=False), bookmark(), bookmark(server_now() + 6))
    clock.skip(6)
    with pytest.raises(MirrorStale):
        driver.mirror.is_available("ann")
    stream.send(page([], first=False), bookmark(server_now() + 6))
    await driver.wait_ready()
    assert ids(driver.mirror.available_users()) == ["bob"]


async def test_a_snapshot_that_was_cut_short_never_shows(mirrored: MakeMirror, service: ScriptedService) -> None:
    driver = await mirrored(max_staleness=60)
    mirror = driver.mirror
    stream = await began(driver, service, user("ann"))
    stream.send(page([user("bob")], last=False, token="within"))
    stream.fail(UNAVAILABLE)
    stream = await service.stream()
    assert (await stream.request()).resume_token == "within"
    assert ids(mirror.available_users()) == ["ann"]
    stream.send(page([user("zoe")], last=False), page([], first=False))
    await until(lambda: mirror.stats.snapshots == 2)
    assert ids(mirror.available_users()) == ["zoe"]
    assert mirror.stats.resumes == 0


async def test_a_first_snapshot_that_was_cut_short_begins_again(mirrored: MakeMirror, service: ScriptedService) -> None:
    driver = await mirrored()
    stream = await service.stream()
    stream.send(page([user("bob")], last=False))
    stream.fail(UNAVAILABLE)
    with pytest.raises(MirrorNotReady):
        driver.mirror.is_available("bob")
    await began(driver, service, user("zoe"))
    assert ids(driver.mirror.available_users()) == ["zoe"]


async def test_a_missing_revision_makes_a_mirror_start_over(mirrored: MakeMirror, service: ScriptedService) -> None:
    driver = await mirrored(max_staleness=60)
    mirror = driver.mirror
    stream = await began(driver, service, user("ann", revision=7), user("bob", revision=3))
    # Those up to 7 may be left out, since the snapshot shows them; what follows may not.
    stream.send(changes(change("bob", AWAY, 5)), changes(change("bob", ONLINE, 8)))
    await until(lambda: mirror.stats.changes == 2)
    assert mirror.stats.gaps == 0
    stream.send(changes(change("bob", AWAY, 10)))
    await until(lambda: mirror.stats.gaps == 1)
    with pytest.raises(MirrorStale):
        mirror.is_available("bob")
    stream = await service.stream()
    assert not (await stream.request()).resume_token
    stream.send(page([user("bob", OFFLINE, revision=10)]), bookmark())
    await driver.wait_ready()
    assert not mirror.is_available("bob")


# --- reconnecting ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ends", ["in good order", "with an error"])
async def test_a_mirror_goes_on_where_the_last_message_left_it(
    ends: str, mirrored: MakeMirror, service: ScriptedService
) -> None:
    driver = await mirrored(max_staleness=60)
    mirror = driver.mirror
    stream = await began(driver, service, user("ann"))
    stream.send(changes(change("ann", AWAY, 2, previous=ONLINE), token="after 2"))
    if ends == "in good order":
        stream.end()
    else:
        stream.fail(UNAVAILABLE)
    stream = await service.stream()
    assert (await stream.request()).resume_token == "after 2"
    assert not mirror.is_available("ann")
    stream.send(changes(change("ann", ONLINE, 3, previous=AWAY)))
    await until(lambda: mirror.is_available("ann"))
    assert mirror.stats.resumes == 1
    assert mirror.stats.connects == 2
    assert mirror.stats.snapshots == 1
    assert mirror.stats.failures == (0 if ends == "in good order" else 1)


@pytest.mark.parametrize("refused", [EXPIRED, FORGED], ids=["too old", "not known"])
async def test_a_token_of_no_use_is_replaced_by_a_snapshot(
    refused: Any, mirrored: MakeMirror, service: ScriptedService
) -> None:
    driver = await mirrored(max_staleness=60)
    stream = await began(driver, service, user("ann"))
    stream.end()
    stream = await service.stream()
    assert (await stream.request()).resume_token
    stream.fail(refused)
    stream = await service.stream()
    assert not (await stream.request()).resume_token
    # Meanwhile it answers with what it knew.
    assert driver.mirror.is_available("ann")
    stream.send(page([user("bob")]), bookmark())
    await until(lambda: driver.mirror.stats.snapshots == 2)
    assert ids(driver.mirror.available_users()) == ["bob"]
    assert driver.mirror.stats.resumes == 0


async def test_a_mirror_outlives_a_connection_that_is_cut(
    mirrored: MakeMirror, server: ScriptedServer, service: ScriptedService
) -> None:
    async with Proxy(server.port, server.scheme) as proxy:
        driver = await mirrored(proxy.target)
        stream = await began(driver, service, user("ann"))
        proxy.cut()
        stream = await service.stream()
        stream.send(changes(change("ann", AWAY, 2)), bookmark())
        await until(lambda: driver.mirror.stats.changes == 1)
        assert not driver.mirror.is_available("ann")
        assert driver.mirror.stats.resumes == 1


async def test_a_mirror_knows_within_three_seconds_that_it_is_cut_off(
    mirrored: MakeMirror, server: ScriptedServer, service: ScriptedService, clock: SkippingClock
) -> None:
    """Half-open: bytes stop, nothing is closed, and whoever connects hears nothing, either."""
    async with Proxy(server.port, server.scheme) as proxy:
        driver = await mirrored(proxy.target)
        mirror = driver.mirror
        stream = await began(driver, service, user("ann"))
        assert mirror.staleness < 1
        proxy.silent = True
        proxy.freeze()
        stream.send(bookmark())
        frozen = clock.now() - mirror.staleness
        # It must neither refuse too early nor answer too late.
        while answers(mirror):
            await clock.pass_by(0.25)
        assert 3 < clock.now() - frozen < 3.75
        await asyncio.wait_for(proxy.abandoned.wait(), 20)
        with pytest.raises(MirrorStale, match="more than 3 s") as caught:
            mirror.is_available("ann")
        assert caught.value.staleness > 3
        assert caught.value.max_staleness == 3
        assert caught.value.code is grpc.StatusCode.UNAVAILABLE
        # The attempt under way hears nothing for ten seconds.
        await asyncio.wait_for(proxy.froze.wait(), 20)
        proxy.silent = False
        await clock.pass_by(11)
        stream = await service.stream(timeout=20)
        assert (await stream.request()).resume_token
        stream.send(changes(change("ann", AWAY, 2)), bookmark(SERVER_AHEAD_S + clock.now()))
        await driver.wait_ready(5)
        assert not mirror.is_available("ann")


def answers(mirror: Mirror) -> bool:
    try:
        mirror.is_available("ann")
    except MirrorStale:
        return False
    return True


async def test_silence_is_met_with_a_new_connection_before_the_state_is_stale(
    mirrored: MakeMirror, server: ScriptedServer, service: ScriptedService, clock: SkippingClock
) -> None:
    async with Proxy(server.port, server.scheme) as proxy:
        driver = await mirrored(proxy.target, max_staleness=10)
        await began(driver, service, user("ann"))
        proxy.freeze()
        await clock.pass_by(2.5)
        assert answers(driver.mirror)
        stream = await service.stream(timeout=5)
        stream.send(bookmark(SERVER_AHEAD_S + clock.now()))
        await until(lambda: driver.mirror.staleness < 1)
        assert driver.mirror.stats.resumes == 1


async def test_a_resumed_watch_may_take_its_time_until_the_first_bookmark(
    mirrored: MakeMirror, service: ScriptedService, clock: SkippingClock
) -> None:
    driver = await mirrored(max_staleness=60)
    stream = await began(driver, service, user("ann"))
    stream.end()
    stream = await service.stream()
    stream.send(changes(change("ann", AWAY, 2, previous=ONLINE)))
    await until(lambda: driver.mirror.stats.resumes == 1)
    connects = driver.mirror.stats.connects
    await clock.pass_by(8)
    assert driver.mirror.stats.connects == connects
    assert not driver.mirror.is_available("ann")
    as_of = driver.mirror.as_of
    stream.send(bookmark())
    await until(lambda: driver.mirror.as_of != as_of)
    # Once there was one, silence for twice the time that was asked for means that the connection is dead.
    connects = driver.mirror.stats.connects
    await clock.pass_by(35)
    assert driver.mirror.stats.connects == connects
    await clock.pass_by(6)
    again = await service.stream(timeout=5)
    again.send(bookmark())


@pytest.mark.parametrize(("max_staleness", "within_s"), [(1, 0), (3, 0), (6, 2), (300, 30)])
async def test_a_mirror_asks_for_as_few_bookmarks_as_it_can_do_with(
    mirrored: MakeMirror, service: ScriptedService, max_staleness: float, within_s: int
) -> None:
    await mirrored(max_staleness=max_staleness)
    request = await (await service.stream()).request()
    # A second, which is the least, is what a server does without being asked.
    assert request.HasField("bookmark_within") == bool(within_s)
    assert request.bookmark_within.ToSeconds() == within_s


async def test_bookmarks_that_stand_still_make_a_mirror_stale(
    mirrored: MakeMirror, service: ScriptedService, clock: SkippingClock
) -> None:
    driver = await mirrored(max_staleness=1)
    stream = await began(driver, service, user("ann"))
    standing = server_now()
    for _ in range(7):
        stream.send(bookmark(standing))
        await clock.pass_by(0.2)
    with pytest.raises(MirrorStale):
        driver.mirror.is_available("ann")
    assert driver.mirror.stats.connects == 1
    stream.send(bookmark(SERVER_AHEAD_S + clock.now()))
    await driver.wait_ready(5)


async def test_times_of_changes_show_that_a_first_bookmark_is_old(
    mirrored: MakeMirror, service: ScriptedService
) -> None:
    driver = await mirrored(max_staleness=60)
    stream = await service.stream()
    now = server_now()
    stream.send(page([user("ann")]), changes(change("ann", AWAY, 2, effective=now)), bookmark(now - 20))
    await driver.wait_ready()
    assert 19 < driver.mirror.staleness < 30


async def test_an_event_loop_that_was_held_up_does_not_lose_its_connection(
    server: ScriptedServer, service: ScriptedService, clock: SkippingClock
) -> None:
    async with clock.clocked(AsyncAvailabilityMirror)(server.target, "acme") as mirror:
        stream = await began(MirrorDriver(mirror), service, user("ann"))
        # Three seconds, of which the loop sees nothing but that they are over.
        clock.skip(3)
        stream.send(bookmark(SERVER_AHEAD_S + clock.now()))
        await mirror.wait_ready(5)
        await clock.pass_by(1)
        assert mirror.stats.connects == 1


# --- waiting and failing ---------------------------------------------------------------------------------------------


async def test_whoever_waits_in_vain_is_told_why(mirrored: MakeMirror, server: ScriptedServer) -> None:
    async with Proxy(server.port, server.scheme) as proxy:
        proxy.refusing = True
        driver = await mirrored(proxy.target)
        await until(lambda: driver.mirror.stats.failures > 0)
        with pytest.raises(MirrorNotReady, match="has not got its state yet") as caught:
            await driver.wait_ready(0.2)
        assert isinstance(caught.value.__cause__, Unavailable)
        assert isinstance(driver.mirror.error, Unavailable)
        with pytest.raises(MirrorNotReady):
            driver.mirror.is_available("ann")
        assert driver.mirror.as_of is None


@pytest.mark.parametrize(
    ("refused", "error"),
    [
        (refusal(grpc.StatusCode.INVALID_ARGUMENT, "account_id", error_info("INVALID_FIELD")), InvalidField),
        (refusal(grpc.StatusCode.PERMISSION_DENIED, "no", error_info("PERMISSION_REQUIRED")), PermissionRequired),
    ],
)
async def test_whoever_waits_for_what_is_refused_is_told_at_once(
    refused: Any, error: type[Exception], mirrored: MakeMirror, service: ScriptedService
) -> None:
    service.refuse_streams = refused
    driver = await mirrored()
    with pytest.raises(error):
        await driver.wait_ready()
    # It goes on asking: what is refused today may be allowed in a moment.
    service.refuse_streams = None
    await began(driver, service, user("ann"))
    assert driver.mirror.is_available("ann")


async def test_attempts_are_spread_and_become_rare(
    mirrored: MakeMirror, server: ScriptedServer, clock: SkippingClock
) -> None:
    async with Proxy(server.port, server.scheme) as proxy:
        proxy.refusing = True
        drivers = [await mirrored(proxy.target) for _ in range(10)]
        await until(lambda: all(driver.mirror.stats.failures >= 3 for driver in drivers))
        for _ in range(10):
            await clock.pass_by(0.1)
            await asyncio.sleep(0.01)  # for the attempts to fail, over the wire
        attempts = [driver.mirror.stats.failures for driver in drivers]
    assert max(attempts) < 30
    # The first ten came together; from then on each waits for a time of its own. When an attempt is made after that is
    # up to the machine.
    waits = [asked_s for asked_s in clock.asked_s if asked_s != STEP_S]
    assert len(waits) >= 30 and len(set(waits)) == len(waits)
    assert max(waits[:10]) - min(waits[:10]) > 0.02


def test_waits_grow_to_five_seconds_and_are_random_from_zero_on() -> None:
    bounds = [backoff_s(failures, jitter=lambda: 1.0) for failures in range(9)]
    assert bounds == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5])
    assert backoff_s(10_000, jitter=lambda: 1.0) == BACKOFF_MAX_S
    assert backoff_s(3, jitter=lambda: 0.0) == 0
    waits = [backoff_s(6) for _ in range(1_000)]
    assert min(waits) < 0.5
    assert max(waits) > 4.5


async def test_a_server_that_asks_for_time_is_given_it(
    mirrored: MakeMirror, service: ScriptedService, clock: SkippingClock
) -> None:
    wait = error_details_pb2.RetryInfo(retry_delay=Duration(seconds=20))
    service.refuse_streams = refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, "full", error_info("LIMIT_EXCEEDED"), wait)
    driver = await mirrored()
    await until(lambda: driver.mirror.stats.failures == 1)
    service.refuse_streams = None
    await clock.pass_by(19)
    assert service.opened == 1
    await clock.pass_by(2)
    await began(driver, service)


async def test_metadata_is_asked_for_at_each_watch_and_may_fail(mirrored: MakeMirror, service: ScriptedService) -> None:
    answers: Iterator[Any] = iter([OSError("no token"), "one", "two"])

    def metadata() -> list[tuple[str, str]]:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return [("authorization", answer)]

    driver = await mirrored(metadata=metadata)
    stream = await began(driver, service)
    assert stream.metadata["authorization"] == "one"
    assert driver.mirror.stats.failures == 1
    stream.end()
    assert (await service.stream()).metadata["authorization"] == "two"


async def test_credentials_make_the_connection_a_secure_one(mirrored: MakeMirror) -> None:
    local = grpc.LocalConnectionType.LOCAL_TCP
    with ScriptedServer(grpc.local_server_credentials(local)) as server:
        driver = await mirrored(server.target, credentials=grpc.local_channel_credentials(local))
        await began(driver, server.service, user("ann"))
        assert driver.mirror.is_available("ann")
        await driver.close()


# --- events ----------------------------------------------------------------------------------------------------------


async def test_events_come_in_order_and_after_the_mirror_shows_them(
    mirrored: MakeMirror, service: ScriptedService
) -> None:
    driver = await mirrored()
    events = driver.mirror.changes()
    stream = await began(driver, service, user("ann"))
    stream.send(changes(change("ann", AWAY, 2, previous=ONLINE), workflow_change(3, enabled=False)))
    first, second, third = await driver.take(events, 3)
    assert first == Resynced(ResyncCause.SNAPSHOT)
    assert isinstance(second, StatusChange)
    assert (second.user_id, second.previous_status, second.status) == ("ann", Status.ONLINE, Status.AWAY)
    assert isinstance(third, WorkflowChanged)
    assert third.revision == 3
    assert not third.workflow.enabled
    assert not driver.mirror.is_available("ann")


async def test_a_slow_follower_costs_bounded_memory_and_is_told_of_the_gap(
    mirrored: MakeMirror, service: ScriptedService
) -> None:
    driver = await mirrored()
    stream = await began(driver, service, user("ann"))
    slow, quick = driver.mirror.changes(max_waiting=10), driver.mirror.changes()
    # 35 changes: the 11th throws away ten and itself, and so do the 21st (nine more, and itself) and the 31st.
    stream.send(*(changes(change("ann", AWAY if n % 2 else ONLINE, n + 2)) for n in range(35)))
    await until(lambda: driver.mirror.stats.changes == 35)
    assert len(await driver.take(quick, 35)) == 35
    gap, *rest = await driver.take(slow, 5)
    assert gap == Resynced(ResyncCause.SLOW_CONSUMER, missed=31)
    assert [cast("StatusChange", event).revision for event in rest] == [33, 34, 35, 36]


async def test_a_follower_that_nobody_refers_to_is_forgotten(mirrored: MakeMirror, service: ScriptedService) -> None:
    driver = await mirrored()
    stream = await began(driver, service, user("ann"))
    abandoned = driver.mirror.changes()
    del abandoned
    kept = driver.mirror.changes()
    stream.send(changes(change("ann", AWAY, 2)))
    assert len(await driver.take(kept, 1)) == 1
    assert sum(ref() is not None for ref in driver.mirror._followers._inboxes) == 1


async def test_following_ends_with_the_mirror(mirrored: MakeMirror, service: ScriptedService) -> None:
    driver = await mirrored()
    await began(driver, service)
    following = asyncio.create_task(driver.take(driver.mirror.changes(), 1))
    early = driver.mirror.changes()
    early.close()
    assert await asyncio.wait_for(driver.take(early, 1), 20) == []
    await driver.close()
    assert await asyncio.wait_for(following, 20) == []
    assert await asyncio.wait_for(driver.take(driver.mirror.changes(), 1), 20) == []


async def test_a_callback_is_told_of_everything_and_may_fail(
    mirrored: MakeMirror, service: ScriptedService, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[MirrorEvent] = []

    def on_change(event: MirrorEvent) -> None:
        seen.append(event)
        if len(seen) == 2:
            raise ZeroDivisionError

    driver = await mirrored(on_change=on_change)
    stream = await began(driver, service, user("ann"))
    stream.send(changes(change("ann", AWAY, 2)), changes(change("ann", ONLINE, 3)))
    await until(lambda: len(seen) == 3)
    assert [getattr(event, "revision", 0) for event in seen] == [0, 2, 3]
    assert "on_change failed" in caplog.text


async def test_a_callback_may_take_its_time(kind: type[Mirror], mirrored: MakeMirror, service: ScriptedService) -> None:
    """A slow one delays neither the mirror nor, beyond a bound, costs memory."""
    go_on = threading.Event()
    async_go_on = asyncio.Event()
    entered = threading.Event()
    seen: list[MirrorEvent] = []

    def slow(event: MirrorEvent) -> None:
        entered.set()
        go_on.wait(20)
        seen.append(event)

    async def slow_async(event: MirrorEvent) -> None:
        entered.set()
        await async_go_on.wait()
        seen.append(event)

    driver = await mirrored(on_change=slow if kind is AvailabilityMirror else slow_async)
    stream = await began(driver, service, user("ann"))
    await until(entered.is_set)
    stream.send(changes(change("ann", AWAY, 2)))
    await until(lambda: not driver.mirror.is_available("ann"))
    assert seen == []
    go_on.set()
    async_go_on.set()
    await until(lambda: len(seen) == 2)


# --- threads, and the end --------------------------------------------------------------------------------------------


async def test_threads_read_while_a_thousand_users_change(mirrored: MakeMirror, service: ScriptedService) -> None:
    driver = await mirrored(max_staleness=60)
    mirror = driver.mirror
    count = 1_000
    stream = await began(driver, service, *(user(f"u{n}", since=n, revision=n + 1) for n in range(count)))
    stop = threading.Event()
    problems: list[object] = []
    reads = [0] * 3

    def read(which: int) -> None:
        while not stop.is_set():
            try:
                first = mirror.available_users(limit=2_000)
                since = [each.status_since for each in first]
                if since != sorted(since) or not all(each.available for each in first):
                    problems.append(first)
                if not count // 2 - 1 <= len(first) <= count + 1:
                    problems.append(len(first))
                mirror.is_available(f"u{which}")
                if len(mirror.statuses()) < count:
                    problems.append("some are missing")
                mirror.available_count()
                assert mirror.staleness < 60
            except Exception as problem:  # noqa: BLE001 - Whatever it is, it is the finding.
                problems.append(problem)
            reads[which] += 1

    threads = [threading.Thread(target=read, args=(which,)) for which in range(3)]
    for thread in threads:
        thread.start()
    for batch in range(16):
        revision = count + 1 + batch * 250
        stream.send(
            changes(
                *(
                    change(
                        f"u{number % count}",
                        AWAY if (number // (count // 2)) % 2 == 0 and number % 2 else ONLINE,
                        revision + place,
                        effective=10_000 + number,
                    )
                    for place, number in enumerate(range(batch * 250, batch * 250 + 250))
                )
            ),
            bookmark(),
        )
    await until(lambda: mirror.stats.changes == 4_000 and min(reads) > 5)
    stop.set()
    for thread in threads:
        thread.join()
    assert problems == []
    assert mirror.stats.ignored == mirror.stats.gaps == 0


async def test_nothing_is_left_of_a_closed_mirror(
    kind: type[Mirror], server: ScriptedServer, service: ScriptedService, caplog: pytest.LogCaptureFixture
) -> None:
    gc.collect()
    threads, tasks = set(threading.enumerate()), asyncio.all_tasks()
    driver = MirrorDriver(kind(server.target, "acme", on_change=lambda event: None))
    await driver.start()
    stream = await began(driver, service, user("ann"))
    await driver.close()
    assert await stream.left()
    # grpcio's own take their leave a moment later.
    await until(lambda: asyncio.all_tasks() == tasks)
    left = {thread.name for thread in set(threading.enumerate()) - threads if "onduty" in thread.name}
    assert left == set()
    with pytest.raises(RuntimeError, match="the mirror is closed"):
        driver.mirror.is_available("ann")
    with pytest.raises(RuntimeError, match="the mirror is closed"):
        await driver.wait_ready(1)
    await driver.close()
    with pytest.raises(RuntimeError, match="started before"):
        await driver.start()
    gc.collect()
    assert complaints(caplog.records) == []


async def test_closing_ends_an_attempt_under_way_and_whoever_waits(
    mirrored: MakeMirror, server: ScriptedServer
) -> None:
    async with Proxy(server.port, server.scheme) as proxy:
        proxy.silent = True
        driver = await mirrored(proxy.target)
        waiting = asyncio.create_task(driver.wait_ready())
        await asyncio.sleep(0.1)
        await asyncio.wait_for(driver.close(), 20)
        with pytest.raises(RuntimeError, match="the mirror is closed"):
            await waiting


async def test_a_mirror_that_was_not_started_says_so(kind: type[Mirror], server: ScriptedServer) -> None:
    driver = MirrorDriver(kind(server.target, "acme"))
    with pytest.raises(MirrorNotReady, match="was not started"):
        driver.mirror.is_available("ann")
    with pytest.raises(MirrorNotReady, match="was not started"):
        await driver.wait_ready(1)
    await driver.close()


async def test_mirrors_share_one_thread_which_lives_as_long_as_the_last(
    server: ScriptedServer, service: ScriptedService
) -> None:
    def background() -> int:
        return sum(thread.name == "onduty-background" for thread in threading.enumerate())

    first, second = (MirrorDriver(AvailabilityMirror(server.target, account)) for account in ("acme", "umbrella"))
    await first.start()
    await began(first, service)
    await second.start()
    assert background() == 1
    await first.close()
    assert background() == 1
    await began(second, service, user("ann"))
    assert second.mirror.is_available("ann")
    await second.close()
    assert background() == 0


FORGETFUL = """
import sys
from onduty_client import AvailabilityMirror
mirror = AvailabilityMirror(sys.argv[1], "acme", on_change=lambda event: None)
mirror.start()
mirror.wait_ready(20)
print(mirror.is_available("ann"))
"""


async def test_a_program_that_forgets_to_close_a_mirror_ends_all_the_same(
    server: ScriptedServer, service: ScriptedService
) -> None:
    running = asyncio.create_task(
        asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-X", "dev", "-c", FORGETFUL, server.target],
            capture_output=True,
            text=True,
            timeout=30,
        )
    )
    stream = await service.stream(20)
    stream.send(page([user("ann")]), bookmark())
    finished = await running
    # On a busy machine, asyncio in dev mode tells of steps that took long.
    told = [line for line in finished.stderr.splitlines() if not line.startswith("Executing <")]
    assert (finished.returncode, finished.stdout, told) == (0, "True\n", [])


FORKED = """
import asyncio, os, sys
from onduty_client._background import Background, BACKGROUND

class Owner:
    def close(self):
        BACKGROUND.release(self)

    async def pause(self):
        pass

    def resume(self):
        pass

async def begin():
    pass

before = Owner()
BACKGROUND.begin(before, begin)
child = os.fork()
if child:
    _, status = os.waitpid(child, 0)
    before.close()
    sys.exit(os.waitstatus_to_exitcode(status))
assert not BACKGROUND.serves(before)
before.close()
after = Owner()
BACKGROUND.begin(after, begin)
assert BACKGROUND.run(asyncio.sleep(0, "works")) == "works"
after.close()
assert BACKGROUND._thread is None
"""


def test_a_fork_leaves_the_thread_behind_and_the_child_may_start_its_own() -> None:
    # With gRPC: test_forking.py.
    finished = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "ignore::DeprecationWarning", "-c", FORKED],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (finished.returncode, finished.stderr) == (0, "")


def test_the_clocks_of_the_tests_are_years_apart() -> None:
    assert server_now() - steady() == pytest.approx(SERVER_AHEAD_S, abs=1)
