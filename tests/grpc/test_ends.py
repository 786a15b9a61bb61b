"""Statuses that are set until some time, over the wire."""

from __future__ import annotations

import grpc
import pytest
from tests.fakes import START, FakeClock
from tests.grpc.conftest import Settle
from tests.grpc.stores import IN_MEMORY
from tests.grpc.streaming import check, watch
from tests.grpc.wire import DAY, MINUTE, SECOND, Wire, at, ms, refused

from onduty.v1 import status_pb2 as pb
from onduty_server.process.application import Application

ONLINE, AWAY, OFFLINE = pb.STATUS_ONLINE, pb.STATUS_AWAY, pb.STATUS_OFFLINE
END = START + 30 * MINUTE


async def test_a_status_with_an_end_says_when_it_ends_and_what_follows(wire: Wire) -> None:
    status = await wire.set_status("ann", AWAY, actor="ann", reason="lunch", ttl_ms=30 * MINUTE, then=pb.THEN_ONLINE)
    assert status == await wire.get("ann")
    assert (status.status, status.cause, status.actor, status.reason) == (AWAY, pb.CAUSE_MANUAL, "ann", "lunch")
    assert (status.expire_time, status.then) == (at(END), pb.THEN_ONLINE)
    assert (status.next_status, status.next_cause, status.next_status_time) == (ONLINE, pb.CAUSE_EXPIRY, at(END))
    (change,) = await wire.changes()
    assert (change.expire_time, change.then) == (at(END), pb.THEN_ONLINE)


async def test_an_expire_time_is_the_same_as_a_ttl_and_then_is_automatic_unless_it_is_given(wire: Wire) -> None:
    for user_id, expire_ms, ttl_ms in (("ann", END, None), ("ben", None, END - START)):
        for then in (pb.THEN_UNSPECIFIED, pb.THEN_AUTOMATIC):
            status = await wire.set_status(user_id, AWAY, then=then, expire_ms=expire_ms, ttl_ms=ttl_ms)
            assert (status.expire_time, status.then) == (at(END), pb.THEN_AUTOMATIC)
            # The same status, end and sequel, set again, are no change.
            assert status.revision == (await wire.get(user_id)).revision
    assert len(await wire.changes()) == 2


@IN_MEMORY
@pytest.mark.parametrize("ahead_ms", [SECOND, 30 * DAY])
async def test_the_end_may_be_from_a_second_to_30_days_ahead(ahead_ms: int, wire: Wire) -> None:
    assert (await wire.set_status("ann", AWAY, ttl_ms=ahead_ms)).expire_time == at(START + ahead_ms)
    assert (await wire.set_status("ben", AWAY, expire_ms=START + ahead_ms)).expire_time == at(START + ahead_ms)


@pytest.mark.parametrize(
    ("then", "follows"),
    [
        (pb.THEN_ONLINE, ONLINE),
        (pb.THEN_AWAY, AWAY),
        (pb.THEN_OFFLINE, OFFLINE),
        (pb.THEN_AUTOMATIC, AWAY),
    ],
)
@pytest.mark.parametrize("status", [ONLINE, AWAY, OFFLINE])
async def test_at_the_end_what_was_asked_for_follows_to_the_millisecond(
    status: pb.Status.ValueType,
    then: pb.Then.ValueType,
    follows: pb.Status.ValueType,
    wire: Wire,
    clock: FakeClock,
    settle: Settle,
) -> None:
    await wire.switch_on(MINUTE)
    await wire.set_status("ann", status, actor="sue", reason="x", ttl_ms=30 * MINUTE, then=then)
    # Inactivity does not touch it until then.
    clock.set(END - 1)
    shown = await wire.get("ann")
    assert (shown.status, shown.cause, shown.status_since) == (status, pb.CAUSE_MANUAL, at(START))
    clock.set(END)
    shown = await wire.get("ann")
    assert (shown.status, shown.cause, shown.actor, shown.reason) == (follows, pb.CAUSE_EXPIRY, "", "")
    assert shown.status_since == at(START if follows == status else END)
    assert not shown.HasField("expire_time") and shown.then == pb.THEN_UNSPECIFIED
    assert (await wire.available()).available_count == (follows == ONLINE)
    await settle()
    change = (await wire.changes())[-1]
    assert (change.previous_status, change.status, change.cause) == (status, follows, pb.CAUSE_EXPIRY)
    assert (change.effective_time, change.actor, change.reason) == (at(END), "", "")
    assert not change.HasField("expire_time") and change.then == pb.THEN_UNSPECIFIED


async def test_who_was_active_just_before_is_online_and_who_comes_later_is_brought_back(
    wire: Wire, clock: FakeClock
) -> None:
    await wire.switch_on(10 * MINUTE, resume=pb.RESUME_NEVER)
    for user_id in ("ann", "ben"):
        await wire.set_status(user_id, AWAY, ttl_ms=30 * MINUTE)
    clock.set(END - MINUTE)
    assert (await wire.activity("ann")).status == AWAY
    clock.set(END)
    assert [(await wire.get(user_id)).status for user_id in ("ann", "ben")] == [ONLINE, AWAY]
    # Whoever says until when they are away has said that they come back.
    clock.advance(5 * MINUTE)
    assert (await wire.activity("ben")).status == ONLINE


async def test_a_new_setting_by_hand_replaces_the_end_or_removes_it(wire: Wire, clock: FakeClock) -> None:
    await wire.set_status("ann", AWAY, ttl_ms=30 * MINUTE)
    clock.advance(MINUTE)
    later = await wire.set_status("ann", AWAY, ttl_ms=30 * MINUTE)
    assert (later.expire_time, later.revision, later.status_since) == (at(END + MINUTE), 2, at(START))
    other = await wire.set_status("ann", AWAY, expire_ms=END + MINUTE, then=pb.THEN_OFFLINE)
    assert (other.then, other.revision) == (pb.THEN_OFFLINE, 3)
    without = await wire.set_status("ann", AWAY)
    assert (without.HasField("expire_time"), without.then, without.revision) == (False, pb.THEN_UNSPECIFIED, 4)
    clock.set(END + DAY)
    assert (await wire.get("ann")).status == AWAY
    assert [(change.HasField("expire_time"), change.then) for change in await wire.changes()] == [
        (True, pb.THEN_AUTOMATIC),
        (True, pb.THEN_AUTOMATIC),
        (True, pb.THEN_OFFLINE),
        (False, pb.THEN_UNSPECIFIED),
    ]


async def test_the_end_shows_through_a_disconnection(wire: Wire, clock: FakeClock, settle: Settle) -> None:
    await wire.switch_on(disconnect_ms=MINUTE)
    await wire.set_status("ann", AWAY, reason="lunch", ttl_ms=30 * MINUTE, then=pb.THEN_ONLINE)
    await wire.keep_session("ann", "tab-1")
    await wire.end_session("ann", "tab-1")
    clock.advance(MINUTE)
    shown = await wire.get("ann")
    assert (shown.status, shown.cause, shown.reason) == (OFFLINE, pb.CAUSE_DISCONNECT, "")
    assert (shown.expire_time, shown.then) == (at(END), pb.THEN_ONLINE)
    await settle()
    clock.advance(MINUTE)
    back = await wire.keep_session("ann", "tab-1")
    assert (back.status, back.cause, back.reason) == (AWAY, pb.CAUSE_MANUAL, "lunch")
    changes = await wire.changes()
    assert [change.cause for change in changes] == [pb.CAUSE_MANUAL, pb.CAUSE_DISCONNECT, pb.CAUSE_MANUAL]
    # The change to the disconnection has no end, and the change back has that of what was underneath.
    assert [change.HasField("expire_time") for change in changes] == [True, False, True]
    assert [change.then for change in changes] == [pb.THEN_ONLINE, pb.THEN_UNSPECIFIED, pb.THEN_ONLINE]


async def test_watchers_are_told_of_ends_and_disconnections(
    wire: Wire, application: Application, clock: FakeClock, settle: Settle
) -> None:
    await wire.switch_on(disconnect_ms=MINUTE, disconnect_status=AWAY)
    watcher = watch(wire)
    (page,) = await watcher.read_snapshot()
    assert page.workflow == await wire.workflow()
    await wire.set_status("ann", ONLINE, ttl_ms=2 * MINUTE, then=pb.THEN_OFFLINE)
    await wire.activity("ben")
    await wire.keep_session("ben", "tab-1")
    await wire.end_session("ben", "tab-1")
    told = [change.status_change for change in await watcher.read_changes(2)]
    assert (told[0].expire_time, told[0].then) == (at(START + 2 * MINUTE), pb.THEN_OFFLINE)
    for _ in range(2):
        clock.advance(MINUTE)
        await settle()
    told = [change.status_change for change in await watcher.read_changes(2)]
    assert [(change.user_id, change.status, change.cause, ms(change.effective_time) - START) for change in told] == [
        ("ben", AWAY, pb.CAUSE_DISCONNECT, MINUTE),
        ("ann", OFFLINE, pb.CAUSE_EXPIRY, 2 * MINUTE),
    ]
    assert told == (await wire.changes())[-2:]
    await check(wire, application, watcher)
    await watcher.leave()
    # A new watch begins with all of it.
    await wire.keep_engagement("ben", "call-1")
    again = watch(wire)
    (page,) = await again.read_snapshot()
    assert list(page.user_statuses) == await wire.statuses()
    assert [status.engagements for status in page.user_statuses] == [0, 1]
    await again.leave()


@IN_MEMORY
async def test_a_refusal_of_an_end_names_the_time_of_the_server_and_a_way_out(wire: Wire, clock: FakeClock) -> None:
    refusal = await refused(wire.set_status("ann", AWAY, expire_ms=START - SECOND))
    assert refusal[:3] == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", ("expire_time",))
    assert refusal.message == (
        "expire_time: 2025-10-09T08:53:19Z is not 1s to 30d ahead of the server's clock, which shows "
        "2025-10-09T08:53:20Z; a ttl needs no clock of the caller"
    )
    refusal = await refused(wire.set_status("ann", AWAY, ttl_ms=500))
    assert refusal.message == "ttl: must be between 1s and 30d, got 0.5s"
    refusal = await refused(wire.set_status("ann", AWAY, ttl_ms=MINUTE, expire_ms=END))
    assert refusal.message == "ttl: is given beside expire_time; give only one of them"
    refusal = await refused(wire.set_status("ann", AWAY, then=pb.THEN_ONLINE))
    assert refusal.message == "then: needs an end of the status; give expire_time or ttl too, or leave it unset"
    await wire.activity("ann")
    refusal = await refused(wire.keep_session("ann", "tab-1", ttl_ms=5 * 60 * MINUTE))
    assert refusal.message == "ttl: must be between 30s and 4h, got 5h"
    refusal = await refused(wire.keep_engagement("ann", "call-1", ttl_ms=0))
    assert refusal.message == "ttl: must be between 10s and 4h, got 0s"
    refusal = await refused(wire.keep_session("ann", "tab-1", idle_for_ms=31 * DAY))
    assert refusal.message == "idle_for: must be between 0s and 30d, got 31d"
