"""Sessions and engagements over the wire: what each call answers, what it refuses, and what others are shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import grpc
import pytest
from tests.fakes import START, FakeClock
from tests.grpc.conftest import Settle
from tests.grpc.stores import IN_MEMORY
from tests.grpc.wire import ACCOUNT, DAY, MINUTE, SECOND, Wire, at, ms, refused

from onduty.v1 import status_pb2 as pb
from onduty_server.domain.layers import ENGAGEMENTS_MAX, SESSIONS_MAX

ONLINE, AWAY, OFFLINE = pb.STATUS_ONLINE, pb.STATUS_AWAY, pb.STATUS_OFFLINE
HOUR = 60 * MINUTE


def lease_calls(wire: Wire) -> dict[str, Callable[[str], Awaitable[pb.UserStatus]]]:
    """The four calls for a user, each about the lease "x"."""
    return {
        "KeepSession": lambda user_id: wire.keep_session(user_id, "x"),
        "EndSession": lambda user_id: wire.end_session(user_id, "x"),
        "KeepEngagement": lambda user_id: wire.keep_engagement(user_id, "x"),
        "EndEngagement": lambda user_id: wire.end_engagement(user_id, "x"),
    }


# --- sessions --------------------------------------------------------------------------------------------------------


async def test_a_session_is_answered_with_the_status_and_says_that_the_user_is_connected(
    wire: Wire, clock: FakeClock
) -> None:
    before = await wire.activity("ann")
    clock.advance(SECOND)
    kept = await wire.keep_session("ann", "tab-1")
    assert kept.connected and not before.connected
    expected = pb.UserStatus()
    expected.CopyFrom(before)
    expected.connected = True
    # It is not an activity, and no change.
    assert kept == expected == await wire.get("ann")
    assert len(await wire.changes()) == 1
    assert not (await wire.end_session("ann", "tab-1")).connected
    assert await wire.get("ann") == before


@pytest.mark.parametrize(
    ("ttl_ms", "lives_ms"), [(None, 150 * SECOND), (30 * SECOND, 30 * SECOND), (4 * HOUR, 4 * HOUR)]
)
async def test_a_session_lives_for_its_ttl_from_the_last_time_that_it_was_kept(
    ttl_ms: int | None, lives_ms: int, wire: Wire, clock: FakeClock
) -> None:
    await wire.activity("ann")
    await wire.keep_session("ann", "tab-1", ttl_ms=ttl_ms)
    clock.advance(lives_ms - 1)
    assert (await wire.keep_session("ann", "tab-1", ttl_ms=ttl_ms)).connected
    clock.advance(lives_ms - 1)
    assert (await wire.get("ann")).connected
    clock.advance(1)
    assert not (await wire.get("ann")).connected


async def test_a_shorter_ttl_counts_from_now(wire: Wire, clock: FakeClock) -> None:
    await wire.activity("ann")
    await wire.keep_session("ann", "tab-1", ttl_ms=4 * HOUR)
    await wire.keep_session("ann", "tab-1", ttl_ms=30 * SECOND)
    clock.advance(30 * SECOND)
    assert not (await wire.get("ann")).connected


async def test_who_is_disconnected_is_shown_so_and_a_session_lifts_it(
    wire: Wire, clock: FakeClock, settle: Settle
) -> None:
    await wire.switch_on(10 * MINUTE, disconnect_ms=MINUTE)
    await wire.activity("ann")
    kept = await wire.keep_session("ann", "tab-1")
    # Told of what comes first, if the session is not kept again: 150 s and a minute.
    assert (kept.next_status, kept.next_cause) == (OFFLINE, pb.CAUSE_DISCONNECT)
    assert ms(kept.next_status_time) == START + 210 * SECOND
    clock.advance(20 * SECOND)
    ended = await wire.end_session("ann", "tab-1")
    assert (ended.next_status, ended.next_cause) == (OFFLINE, pb.CAUSE_DISCONNECT)
    assert ms(ended.next_status_time) == START + 80 * SECOND
    clock.set(START + 80 * SECOND - 1)
    assert (await wire.get("ann")).status == ONLINE
    clock.advance(1)
    shown = await wire.get("ann")
    assert (shown.status, shown.cause, shown.available) == (OFFLINE, pb.CAUSE_DISCONNECT, False)
    assert ms(shown.status_since) == START + 80 * SECOND
    # Underneath, inactivity goes on counting, and would show nothing else.
    assert not shown.HasField("next_status_time") and shown.next_cause == pb.CAUSE_UNSPECIFIED
    await settle()
    clock.advance(10 * SECOND)
    lifted = await wire.keep_session("ann", "tab-2")
    assert (lifted.status, lifted.cause, lifted.connected) == (ONLINE, pb.CAUSE_ACTIVITY, True)
    assert [(change.status, change.cause, ms(change.effective_time) - START) for change in await wire.changes()] == [
        (ONLINE, pb.CAUSE_ACTIVITY, 0),
        (OFFLINE, pb.CAUSE_DISCONNECT, 80 * SECOND),
        (ONLINE, pb.CAUSE_ACTIVITY, 90 * SECOND),
    ]


async def test_of_two_sessions_the_last_one_counts(wire: Wire, clock: FakeClock) -> None:
    await wire.switch_on(disconnect_ms=MINUTE, disconnect_status=AWAY)
    await wire.activity("ann")
    await wire.keep_session("ann", "tab-1", ttl_ms=HOUR)
    await wire.keep_session("ann", "tab-2", ttl_ms=2 * HOUR)
    assert (await wire.end_session("ann", "tab-1")).connected
    clock.advance(HOUR)
    assert (await wire.get("ann")).status == ONLINE
    ended = await wire.end_session("ann", "tab-2")
    assert (ended.next_status, ms(ended.next_status_time)) == (AWAY, START + HOUR + MINUTE)


async def test_idle_for_is_an_activity_of_that_long_ago(wire: Wire, clock: FakeClock) -> None:
    await wire.switch_on(10 * MINUTE)
    clock.advance(HOUR)
    # It makes a user known, as the activity would.
    ann = await wire.keep_session("ann", "tab-1", idle_for_ms=9 * MINUTE)
    assert (ann.status, ann.cause, ann.connected) == (ONLINE, pb.CAUSE_ACTIVITY, True)
    assert ms(ann.last_activity_time) == clock.now() - 9 * MINUTE
    assert ms(ann.next_status_time) == clock.now() + MINUTE
    assert (await wire.keep_session("ben", "tab-1", idle_for_ms=11 * MINUTE)).status == AWAY
    assert (await wire.keep_session("cat", "tab-1", idle_for_ms=30 * DAY)).status == AWAY
    # And resumes one whom inactivity has switched.
    clock.advance(HOUR)
    assert (await wire.keep_session("ann", "tab-2")).status == AWAY
    resumed = await wire.keep_session("ann", "tab-2", idle_for_ms=0)
    assert (resumed.status, ms(resumed.last_activity_time)) == (ONLINE, clock.now())


# --- engagements -----------------------------------------------------------------------------------------------------


async def test_engagements_are_counted_and_hold_up_inactivity(wire: Wire, clock: FakeClock) -> None:
    await wire.switch_on(10 * MINUTE)
    await wire.activity("ann")
    for number in range(1, 4):
        kept = await wire.keep_engagement("ann", f"call-{number}", ttl_ms=number * HOUR)
        assert (kept.engagements, kept.status) == (number, ONLINE)
        assert ms(kept.next_status_time) == START + number * HOUR + 10 * MINUTE
    clock.advance(2 * HOUR)
    assert (await wire.get("ann")).engagements == 1
    ended = await wire.end_engagement("ann", "call-3")
    assert (ended.engagements, ended.status) == (0, ONLINE)
    assert ms(ended.next_status_time) == clock.now() + 10 * MINUTE
    assert len(await wire.changes()) == 1


@pytest.mark.parametrize(("ttl_ms", "lives_ms"), [(None, HOUR), (10 * SECOND, 10 * SECOND), (4 * HOUR, 4 * HOUR)])
async def test_an_engagement_whose_end_is_lost_runs_out(
    ttl_ms: int | None, lives_ms: int, wire: Wire, clock: FakeClock
) -> None:
    await wire.activity("ann")
    await wire.keep_engagement("ann", "call-1", ttl_ms=ttl_ms)
    clock.advance(lives_ms - 1)
    assert (await wire.get("ann")).engagements == 1
    clock.advance(1)
    assert (await wire.get("ann")).engagements == 0


async def test_who_has_enough_engagements_is_left_out_of_those_available(wire: Wire, clock: FakeClock) -> None:
    await wire.switch_on(10 * MINUTE)
    for number, user_id in enumerate(("ann", "ben", "cat", "dan")):
        await wire.activity(user_id)
        for engagement in range(number):
            await wire.keep_engagement(user_id, f"call-{engagement}", ttl_ms=30 * SECOND if number == 3 else HOUR)
        clock.advance(SECOND)
    for order in pb.AvailabilityOrder.values():
        for most, expected in {0: 4, 1: 1, 2: 2, 3: 3, 4: 4, 20: 4, 2**31 - 1: 4}.items():
            answer = await wire.available(order, max_engagements=most)
            assert answer.available_count == expected, (order, most)
            assert {each.user_id for each in answer.user_statuses} == {"ann", "ben", "cat", "dan"} - {
                each for number, each in enumerate(("ann", "ben", "cat", "dan")) if most and number >= most
            }
            limited = await wire.available(order, limit=1, max_engagements=most)
            assert limited.available_count == expected and limited.user_statuses[0] == answer.user_statuses[0]
    # A call whose end was lost does not keep anybody out for ever.
    clock.advance(30 * SECOND)
    assert (await wire.available(max_engagements=1)).available_count == 2
    await wire.end_engagement("ben", "call-0")
    assert (await wire.available(max_engagements=1)).available_count == 3


# --- what is refused, and what changes nothing -----------------------------------------------------------------------


@pytest.mark.parametrize("method", ["KeepSession", "EndSession", "KeepEngagement", "EndEngagement"])
async def test_a_user_never_seen_is_not_found(method: str, wire: Wire) -> None:
    call = lease_calls(wire)[method]
    for account in (ACCOUNT, "other"):
        assert await wire.state(account) == await wire.state(account)
    before = await wire.state()
    assert (await refused(call("nobody")))[:3] == (grpc.StatusCode.NOT_FOUND, "USER_UNKNOWN", ())
    # An id that nobody new may have is refused as such.
    assert (await refused(call("nobody ")))[:3] == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD", ("user_id",))
    assert await wire.state() == before


async def test_ending_what_is_unknown_or_has_ended_changes_nothing(wire: Wire, clock: FakeClock) -> None:
    await wire.switch_on(10 * MINUTE, disconnect_ms=MINUTE)
    await wire.activity("ann")
    clock.advance(SECOND)
    before = await wire.state()
    assert await wire.end_session("ann", "never kept") == await wire.end_engagement("ann", "never kept")
    assert await wire.state() == before
    await wire.keep_session("ann", "tab-1")
    await wire.keep_engagement("ann", "call-1")
    await wire.end_session("ann", "tab-1")
    await wire.end_engagement("ann", "call-1")
    ended = await wire.state()
    clock.advance(SECOND)
    assert await wire.end_session("ann", "tab-1") == await wire.end_engagement("ann", "call-1")
    assert await wire.state() == ended


@IN_MEMORY
async def test_the_21st_session_is_refused_and_nothing_is_done(wire: Wire, clock: FakeClock) -> None:
    await wire.activity("ann")
    clock.advance(MINUTE)
    for number in range(SESSIONS_MAX):
        await wire.keep_session("ann", f"tab-{number}", ttl_ms=(60 + number) * SECOND)
    before = await wire.state()
    for idle_for_ms in (None, 0):
        refusal = await refused(wire.keep_session("ann", "one too many", idle_for_ms=idle_for_ms))
        assert refusal[:3] == (grpc.StatusCode.RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED", ())
        assert f"{SESSIONS_MAX} sessions" in refusal.message
        # The first of the others runs out then, unless it is kept.
        assert refusal.retry_delay_ms == 60 * SECOND
    # Not even the activity.
    assert await wire.state() == before
    # Those that there are can be renewed, and one that has ended or run out makes room.
    await wire.keep_session("ann", "tab-19", ttl_ms=HOUR)
    await wire.end_session("ann", "tab-7")
    await wire.keep_session("ann", "another")
    await refused(wire.keep_session("ann", "one too many"))
    clock.advance(60 * SECOND)
    await wire.keep_session("ann", "one more")
    # Others are not concerned, and neither are engagements.
    await wire.activity("ben")
    await wire.keep_session("ben", "tab-0")
    await wire.keep_engagement("ann", "call-1")


@IN_MEMORY
async def test_the_21st_engagement_is_refused(wire: Wire, clock: FakeClock) -> None:
    await wire.activity("ann")
    for number in range(ENGAGEMENTS_MAX):
        await wire.keep_engagement("ann", f"call-{number}", ttl_ms=(60 + number) * SECOND)
    before = await wire.state()
    refusal = await refused(wire.keep_engagement("ann", "one too many"))
    assert refusal[:3] == (grpc.StatusCode.RESOURCE_EXHAUSTED, "LIMIT_EXCEEDED", ())
    assert refusal.retry_delay_ms == 60 * SECOND
    assert await wire.state() == before
    assert (await wire.get("ann")).engagements == ENGAGEMENTS_MAX
    clock.advance(60 * SECOND)
    assert (await wire.keep_engagement("ann", "one more")).engagements == ENGAGEMENTS_MAX


@IN_MEMORY
@pytest.mark.parametrize("lease_id", ["x" * 128, "\U0001f600" * 32, "a b", "%20", "a\u00a0b", "0"])
async def test_an_id_is_kept_as_it_is(lease_id: str, wire: Wire) -> None:
    await wire.activity("ann")
    await wire.keep_session("ann", lease_id)
    await wire.keep_engagement("ann", lease_id)
    # They are told apart by their bytes, and a session from an engagement.
    assert (await wire.end_session("ann", lease_id[:-1] + "x" if lease_id[-1] != "x" else lease_id[:-1])).connected
    assert (await wire.end_session("ann", lease_id)).engagements == 1
    assert (await wire.end_engagement("ann", lease_id)).engagements == 0


async def test_all_of_it_survives_what_else_happens_to_the_user(wire: Wire, clock: FakeClock) -> None:
    await wire.activity("ann")
    await wire.keep_session("ann", "tab-1", ttl_ms=HOUR)
    await wire.keep_engagement("ann", "call-1", ttl_ms=HOUR)
    await wire.set_status("ann", AWAY, reason="lunch", ttl_ms=30 * MINUTE)
    clock.advance(MINUTE)
    status = await wire.activity("ann")
    assert (status.connected, status.engagements, status.reason) == (True, 1, "lunch")
    assert status.expire_time == at(START + 30 * MINUTE)
    clock.advance(HOUR)
    status = await wire.get("ann")
    assert (status.connected, status.engagements, status.cause) == (False, 0, pb.CAUSE_EXPIRY)
