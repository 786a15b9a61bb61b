"""Sessions and engagements by the batch, with RecordActivities."""

from __future__ import annotations

import random
from collections.abc import Iterator

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from grpc import aio
from tests.fakes import FakeClock
from tests.grpc.bad_values import BAD_DURATIONS, BAD_IDS, IDLE_FOR_OUT_OF_RANGE, TTLS_OUT_OF_RANGE
from tests.grpc.conftest import MakeStore
from tests.grpc.stores import IN_MEMORY
from tests.grpc.streaming import Activities, activities, activity, check, connected, watch
from tests.grpc.test_errors import fill
from tests.grpc.wire import ACCOUNT, MINUTE, SECOND, Wire, at, ms, period, refusal_of
from tests.servers import running

from onduty.v1 import status_pb2 as pb
from onduty_server.app.limits import ACTIVITIES_MAX
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.layers import ENGAGEMENTS_MAX, SESSIONS_MAX
from onduty_server.process.application import Application
from onduty_server.stores.memory import MemoryStore

KEEP_SESSION, END_SESSION = pb.LEASE_ACTION_KEEP_SESSION, pb.LEASE_ACTION_END_SESSION
KEEP_ENGAGEMENT, END_ENGAGEMENT = pb.LEASE_ACTION_KEEP_ENGAGEMENT, pb.LEASE_ACTION_END_ENGAGEMENT
INVALID_FIELD = pb.ERROR_REASON_INVALID_FIELD
HOUR = 60 * MINUTE


def lease(
    user_id: str,
    action: pb.LeaseAction.ValueType = KEEP_SESSION,
    lease_id: str = "x",
    *,
    ttl_ms: int | None = None,
    idle_for_ms: int | None = None,
    account_id: str = ACCOUNT,
) -> pb.Lease:
    """One item of a batch."""
    return pb.Lease(
        account_id=account_id,
        user_id=user_id,
        action=action,
        lease_id=lease_id,
        ttl=None if ttl_ms is None else period(ttl_ms),
        idle_for=None if idle_for_ms is None else period(idle_for_ms),
    )


async def test_a_full_batch_of_sessions_is_kept_and_renewed(wire: Wire, clock: FakeClock) -> None:
    stream = Activities(wire)
    assert await stream.report(1, activities(ACTIVITIES_MAX)) == []
    users = [one.user_id for one in activities(ACTIVITIES_MAX)]
    for sequence in (2, 3):
        clock.advance(100 * SECOND)
        answer = await stream.report_leases(sequence, [lease(user_id) for user_id in users])
        assert not answer.errors and not answer.lease_errors
        assert all(status.connected for status in await wire.statuses())
    # The first time they were opened, the second time their ends moved.
    clock.advance(150 * SECOND - 1)
    assert all(status.connected for status in await wire.statuses())
    assert not (await stream.report_leases(4, [lease(user_id, END_SESSION) for user_id in users])).lease_errors
    assert not any(status.connected for status in await wire.statuses())
    assert len(await wire.changes()) == ACTIVITIES_MAX
    await stream.close()


async def test_activities_come_before_the_sessions_and_engagements_of_the_same_message(wire: Wire) -> None:
    stream = Activities(wire)
    leases = [lease("new"), lease("never seen"), lease("new", KEEP_ENGAGEMENT, "call-1")]
    answer = await stream.report_leases(1, leases, [activity("new")])
    assert [(error.index, error.reason, error.field) for error in answer.lease_errors] == [
        (1, pb.ERROR_REASON_USER_UNKNOWN, "")
    ]
    assert not answer.errors
    (status,) = await wire.statuses()
    assert (status.user_id, status.connected, status.engagements) == ("new", True, 1)
    # With idle_for, a session makes its user known.
    answer = await stream.report_leases(2, [lease("late", idle_for_ms=SECOND), lease("late", KEEP_ENGAGEMENT)])
    assert not answer.lease_errors
    assert (await wire.get("late")).engagements == 1
    await stream.close()


async def test_those_of_one_user_count_in_their_order(wire: Wire, clock: FakeClock) -> None:
    await wire.switch_on(disconnect_ms=MINUTE)
    await wire.activity("ann")
    stream = Activities(wire)
    batch = [
        *(lease("ann", action, "tab-1") for action in (KEEP_SESSION, END_SESSION, KEEP_SESSION)),
        *(lease("ann", action, "tab-2") for action in (KEEP_SESSION, KEEP_SESSION, END_SESSION)),
        *(lease("ann", action, "call-1") for action in (END_ENGAGEMENT, KEEP_ENGAGEMENT)),
        lease("ann", KEEP_SESSION, "tab-1", ttl_ms=4 * HOUR),
        lease("ann", KEEP_SESSION, "tab-1", ttl_ms=30 * SECOND),
    ]
    for sequence in range(3):
        assert not (await stream.report_leases(sequence, batch)).lease_errors
        status = await wire.get("ann")
        assert (status.connected, status.engagements) == (True, 1)
        assert ms(status.next_status_time) == clock.now() + 90 * SECOND
        clock.advance(20 * SECOND)
    # What ends them cannot be overtaken by what keeps them, or the other way round.
    for sequence, (last, is_connected) in enumerate(((KEEP_SESSION, True), (END_SESSION, False)) * 3, start=10):
        other = END_SESSION if last == KEEP_SESSION else KEEP_SESSION
        pairs = [lease("ann", other, "tab-1"), lease("ann", last, "tab-1")] * 300
        assert not (await stream.report_leases(sequence, pairs)).lease_errors
        assert (await wire.get("ann")).connected == is_connected
    await stream.close()


def refused_leases() -> Iterator[tuple[pb.Lease, str]]:
    """Leases that must be refused, and the field at fault."""
    for what in BAD_IDS.values():
        yield lease(what), "user_id"
        yield lease("ann", account_id=what), "account_id"
        for action in (KEEP_SESSION, END_SESSION, KEEP_ENGAGEMENT, END_ENGAGEMENT):
            for user_id in ("ann", "ben"):
                yield lease(user_id, action, what), "lease_id"
    yield lease("ann", lease_id=" x"), "lease_id"
    for number in (0, 5, 99, -1):
        yield lease("ann", number), "action"  # type: ignore[arg-type]
    for action in (KEEP_SESSION, KEEP_ENGAGEMENT):
        for duration in (*BAD_DURATIONS.values(), *TTLS_OUT_OF_RANGE.values(), Duration()):
            yield pb.Lease(account_id=ACCOUNT, user_id="ann", action=action, lease_id="x", ttl=duration), "ttl"
    for duration in (*BAD_DURATIONS.values(), *IDLE_FOR_OUT_OF_RANGE.values()):
        yield (
            pb.Lease(account_id=ACCOUNT, user_id="ann", action=KEEP_SESSION, lease_id="x", idle_for=duration),
            "idle_for",
        )
    # Only a session that is kept says how long nobody has touched a key.
    for action in (END_SESSION, KEEP_ENGAGEMENT, END_ENGAGEMENT):
        yield lease("ann", action, idle_for_ms=0), "idle_for"


@IN_MEMORY
async def test_each_refused_item_is_named_and_the_others_are_recorded(wire: Wire, clock: FakeClock) -> None:
    for user_id in ("ann", "good"):
        await wire.activity(user_id)
    # One who has an engagement and no session, and one who has a session and no engagement.
    await wire.keep_engagement("ann", "call-1")
    await wire.activity("ben")
    await wire.keep_session("ben", "tab-1")
    before = [await wire.get(user_id) for user_id in ("ann", "ben")]
    dice = random.Random(5)
    good = [lease("good"), lease("good", KEEP_ENGAGEMENT), lease("good", END_SESSION, "never kept")]
    batch: list[pb.Lease] = []
    expected: list[tuple[int, str]] = []
    bad = list(refused_leases())
    for wrong, field in bad:
        batch += dice.choices(good, k=dice.randrange(3))
        expected.append((len(batch), field))
        batch.append(wrong)
    reports = [activity("good"), activity("ann", Timestamp(seconds=1, nanos=-1)), activity("good")]
    stream = Activities(wire)
    answer = await stream.report_leases(1, batch, reports)
    assert [(error.index, error.field) for error in answer.errors] == [(1, "activity_time")]
    assert [(error.index, error.field) for error in answer.lease_errors] == expected
    assert {error.reason for error in answer.lease_errors} == {INVALID_FIELD}
    assert all(error.message and len(error.message) < 250 for error in answer.lease_errors)
    assert not any(error.HasField("server_time") for error in answer.lease_errors)
    assert [await wire.get(user_id) for user_id in ("ann", "ben")] == before
    kept = await wire.get("good")
    assert (kept.connected, kept.engagements) == (True, 1)
    await stream.close()


@IN_MEMORY
async def test_one_too_many_is_refused_alone(wire: Wire) -> None:
    for user_id in ("ann", "ben"):
        await wire.activity(user_id)
    stream = Activities(wire)
    batch = [
        *(lease("ann", KEEP_SESSION, f"tab-{number}") for number in range(SESSIONS_MAX + 2)),
        *(lease("ann", KEEP_ENGAGEMENT, f"call-{number}") for number in range(ENGAGEMENTS_MAX + 1)),
        lease("ben"),
        lease("ann", END_SESSION, "tab-3"),
        lease("ann", KEEP_SESSION, "tab-20"),
    ]
    answer = await stream.report_leases(1, batch)
    assert [error.index for error in answer.lease_errors] == [20, 21, 42]
    assert {(error.reason, error.field) for error in answer.lease_errors} == {(pb.ERROR_REASON_LIMIT_EXCEEDED, "")}
    assert (await wire.get("ann")).engagements == ENGAGEMENTS_MAX
    assert (await wire.get("ben")).connected
    await stream.close()


@IN_MEMORY
@pytest.mark.parametrize(("reported", "leased"), [(0, ACTIVITIES_MAX + 1), (ACTIVITIES_MAX, 1), (2_501, 2_500)])
async def test_a_message_holds_5000_of_both_together(reported: int, leased: int, wire: Wire) -> None:
    await wire.activity("ann")
    before = await wire.state()
    stream = Activities(wire)
    await stream.send(1, activities(reported), [lease("ann")] * leased)
    with pytest.raises(aio.AioRpcError) as error:
        await stream.acknowledged()
    refusal = refusal_of(error.value)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD")
    assert refusal.fields == ("activities",) if reported else ("leases",)
    assert await wire.state() == before
    # One less is good.
    again = Activities(wire)
    answer = await again.report_leases(1, [lease("ann")] * (leased - 1), activities(reported))
    assert not answer.errors and not answer.lease_errors
    await again.close()


async def test_watchers_hear_what_a_batch_changes(application: Application, wire: Wire, clock: FakeClock) -> None:
    await wire.switch_on(disconnect_ms=MINUTE)
    watcher = watch(wire)
    await watcher.read_snapshot()
    stream = Activities(wire)
    users = [one.user_id for one in activities(100)]
    await stream.report_leases(1, [lease(user_id) for user_id in users], activities(100))
    await watcher.read_changes(100)
    await stream.report_leases(2, [lease(user_id, END_SESSION) for user_id in users])
    clock.advance(MINUTE)
    told = [change.status_change for change in await watcher.read_changes(100)]
    assert {(change.status, change.cause) for change in told} == {(pb.STATUS_OFFLINE, pb.CAUSE_DISCONNECT)}
    clock.advance(SECOND)
    await stream.report_leases(3, [lease(user_id) for user_id in users])
    told = [change.status_change for change in await watcher.read_changes(100)]
    assert {(change.status, change.cause) for change in told} == {(pb.STATUS_ONLINE, pb.CAUSE_ACTIVITY)}
    assert {change.effective_time.ToMilliseconds() for change in told} == {clock.now()}
    await check(wire, application, watcher)
    await watcher.leave()
    await stream.close()


@pytest.mark.parametrize("seed", range(4))
async def test_a_batch_does_what_single_calls_would_have_done(
    make_store: MakeStore, clock: FakeClock, seed: int
) -> None:
    """Two servers, one told in batches, one by single calls: they end up the same."""
    dice = random.Random(seed)
    twin_clock = FakeClock()
    users = [f"user-{number}" for number in range(8)]
    async with (
        running(make_store(clock), clock) as application,
        running(MemoryStore(twin_clock, StoreOptions(count_outage_as_inactivity=True)), twin_clock) as twin,
        connected(application) as wire,
        connected(twin) as twin_wire,
    ):
        for each in (wire, twin_wire):
            await each.switch_on(2 * MINUTE, 5 * MINUTE, disconnect_ms=MINUTE, disconnect_status=pb.STATUS_AWAY)
        stream = Activities(wire)
        for sequence in range(15):
            reports = [activity(dice.choice(users), at(clock.now())) for _ in range(dice.randrange(4))]
            batch = [random_lease(dice, users) for _ in range(dice.randrange(40))]
            answer = await stream.report_leases(sequence, batch, reports)
            for report in reports:
                await twin_wire.activity(report.user_id, at_ms=ms(report.activity_time))
            reasons = [await reason_of_call(twin_wire, each) for each in batch]
            told = {error.index: pb.ErrorReason.Name(error.reason) for error in answer.lease_errors}
            assert [told.get(index, "") for index in range(len(batch))] == reasons
            by_ms = dice.choice([1, 5 * SECOND, 31 * SECOND, MINUTE, 3 * MINUTE])
            for own_clock, server in ((clock, application), (twin_clock, twin)):
                own_clock.advance(by_ms)
                await server.sweeper.sweep_once()
            assert await without_revisions(wire) == await without_revisions(twin_wire)
        await stream.close()


async def without_revisions(wire: Wire) -> dict[str, pb.UserStatus]:
    """Everybody's status. In which order the users of a batch get their revisions is not promised."""
    found = {status.user_id: status for status in await wire.statuses()}
    for status in found.values():
        status.ClearField("revision")
    return found


def random_lease(dice: random.Random, users: list[str]) -> pb.Lease:
    action = dice.choice([KEEP_SESSION, KEEP_SESSION, END_SESSION, KEEP_ENGAGEMENT, END_ENGAGEMENT])
    idle_for_ms = dice.choice([None, 0, SECOND, 3 * MINUTE]) if action == KEEP_SESSION else None
    return lease(
        dice.choice(users),
        action,
        f"lease-{dice.randrange(24)}",
        ttl_ms=dice.choice([None, 5 * SECOND, 10 * SECOND, 30 * SECOND, 10 * MINUTE]),
        idle_for_ms=idle_for_ms,
    )


async def reason_of_call(wire: Wire, one: pb.Lease) -> str:
    """Make the unary call that does what an item of a batch does; return the reason of its refusal."""
    ttl_ms = one.ttl.ToMilliseconds() if one.HasField("ttl") else None
    idle_for_ms = one.idle_for.ToMilliseconds() if one.HasField("idle_for") else None
    try:
        match one.action:
            case pb.LEASE_ACTION_KEEP_SESSION:
                await wire.keep_session(one.user_id, one.lease_id, ttl_ms=ttl_ms, idle_for_ms=idle_for_ms)
            case pb.LEASE_ACTION_END_SESSION:
                await wire.end_session(one.user_id, one.lease_id)
            case pb.LEASE_ACTION_KEEP_ENGAGEMENT:
                await wire.keep_engagement(one.user_id, one.lease_id, ttl_ms=ttl_ms)
            case _:
                await wire.end_engagement(one.user_id, one.lease_id)
    except aio.AioRpcError as error:
        return f"ERROR_REASON_{refusal_of(error).reason}"
    return ""


async def test_whatever_a_batch_holds_it_is_acknowledged(wire: Wire, clock: FakeClock) -> None:
    dice = random.Random(3)
    await wire.activity("ann")
    stream = Activities(wire)
    reasons = set()
    for sequence in range(300):
        request = pb.RecordActivitiesRequest()
        for _ in range(3):
            fill(request.activities.add(), dice)
            fill(request.leases.add(), dice)
            request.leases.append(random_lease(dice, ["ann", f"new-{sequence}"]))
        answer = await stream.report_leases(sequence, request.leases, request.activities)
        reasons |= {error.reason for error in (*answer.errors, *answer.lease_errors)}
        clock.advance(dice.randrange(SECOND))
    assert reasons == {INVALID_FIELD, pb.ERROR_REASON_USER_UNKNOWN}
    await stream.close()
