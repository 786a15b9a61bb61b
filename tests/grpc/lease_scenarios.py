"""What the methods about sessions and engagements answer, for either client. See `test_clients`."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.client.scripted import Driver
from tests.fakes import START, FakeClock

from onduty_client import (
    AsyncEngagement,
    AsyncSession,
    Cause,
    Engagement,
    InvalidField,
    LimitExceeded,
    Session,
    Status,
    Then,
    UserStatus,
    UserUnknown,
)

NOW = datetime.fromtimestamp(START / 1_000, UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


async def keep_session(client: Driver, clock: FakeClock) -> None:
    with pytest.raises(UserUnknown):
        await client.call("keep_session", "acme", "ann", "tab")
    await client.call("update_workflow", "acme", enabled=True, disconnect_after=MINUTE)
    ann = await client.call("keep_session", "acme", "ann", "tab", ttl=5 * MINUTE, idle_for=20 * SECOND)
    assert (ann.status, ann.cause, ann.connected, ann.last_activity_time) == (
        *(Status.ONLINE, Cause.ACTIVITY),
        *(True, NOW - 20 * SECOND),
    )
    assert (ann.next_status, ann.next_status_time, ann.next_cause) == (
        *(Status.OFFLINE, NOW + 6 * MINUTE),
        Cause.DISCONNECT,
    )
    clock.advance(10 * 60_000)
    gone = await client.call("get_status", "acme", "ann")
    assert (gone.status, gone.cause, gone.status_since, gone.connected) == (
        *(Status.OFFLINE, Cause.DISCONNECT),
        *(NOW + 6 * MINUTE, False),
    )
    back = await client.call("keep_session", "acme", "ann", "tab")
    assert (back.status, back.cause, back.next_status_time) == (Status.ONLINE, Cause.ACTIVITY, NOW + 13.5 * MINUTE)
    for options in ({"ttl": 29 * SECOND}, {"idle_for": timedelta(days=31)}):
        with pytest.raises(InvalidField):
            await client.call("keep_session", "acme", "ann", "tab", **options)
    for number in range(19):
        await client.call("keep_session", "acme", "ann", f"tab-{number}")
    with pytest.raises(LimitExceeded):
        await client.call("keep_session", "acme", "ann", "tab-19")


async def end_session(client: Driver, clock: FakeClock) -> None:
    await client.call("update_workflow", "acme", enabled=True, disconnect_after=MINUTE, disconnect_status=Status.AWAY)
    await client.call("keep_session", "acme", "ann", "tab", idle_for=timedelta(0))
    ann = await client.call("end_session", "acme", "ann", "tab")
    assert (ann.connected, ann.next_status, ann.next_status_time) == (False, Status.AWAY, NOW + MINUTE)
    # What has ended, or never was, ends again.
    assert await client.call("end_session", "acme", "ann", "tab") == ann
    assert await client.call("end_session", "acme", "ann", "other") == ann


async def keep_engagement(client: Driver, clock: FakeClock) -> None:
    with pytest.raises(UserUnknown):
        await client.call("keep_engagement", "acme", "ann", "call")
    await client.call("update_workflow", "acme", enabled=True, away_after=10 * MINUTE)
    await client.call("record_activity", "acme", "ann")
    await client.call("record_activity", "acme", "ben")
    ann = await client.call("keep_engagement", "acme", "ann", "call", ttl=40 * MINUTE)
    assert (ann.engagements, ann.next_status_time, ann.next_cause) == (1, NOW + 50 * MINUTE, Cause.INACTIVITY)
    assert (await client.call("keep_engagement", "acme", "ann", "chat")).next_status_time == NOW + 70 * MINUTE
    for most, expected in ((0, ["ann", "ben"]), (3, ["ann", "ben"]), (2, ["ben"])):
        found: Any = await client.call("available_users", "acme", max_engagements=most)
        assert sorted(user.user_id for user in found.user_statuses) == expected
        assert found.available_count == len(expected)


async def end_engagement(client: Driver, clock: FakeClock) -> None:
    await client.call("update_workflow", "acme", enabled=True, away_after=10 * MINUTE)
    await client.call("record_activity", "acme", "ann")
    await client.call("keep_engagement", "acme", "ann", "call")
    clock.advance(40 * 60_000)
    ann = await client.call("end_engagement", "acme", "ann", "call")
    assert (ann.status, ann.engagements, ann.next_status_time) == (Status.ONLINE, 0, NOW + 50 * MINUTE)
    assert await client.call("end_engagement", "acme", "ann", "call") == ann


async def session(client: Driver, clock: FakeClock) -> None:
    await _held(client, client.client.session("acme", "ann", "tab", idle_for=timedelta(0)), (True, 0))
    with pytest.raises(InvalidField):
        await _held(client, client.client.session("acme", "ann", "tab", ttl=SECOND), (True, 0))


async def engagement(client: Driver, clock: FakeClock) -> None:
    with pytest.raises(UserUnknown):
        await _held(client, client.client.engagement("acme", "ann", "call"), (False, 1))
    await client.call("record_activity", "acme", "ann")
    await _held(client, client.client.engagement("acme", "ann", "call"), (False, 1))


async def _held(
    client: Driver, lease: Session | AsyncSession | Engagement | AsyncEngagement, expected: tuple[bool, int]
) -> None:
    """Check what is shown while a lease is held, and after it."""
    if isinstance(lease, Session | Engagement):
        await asyncio.to_thread(lease.start)
    else:
        await lease.start()
    ann: UserStatus = await client.call("get_status", "acme", "ann")
    assert (ann.connected, ann.engagements) == expected and lease.lost is None
    if isinstance(lease, Session | Engagement):
        await asyncio.to_thread(lease.close)
    else:
        await lease.close()
    ann = await client.call("get_status", "acme", "ann")
    assert (ann.connected, ann.engagements) == (False, 0)


async def status_with_an_end(client: Driver, clock: FakeClock) -> None:
    await client.call("record_activity", "acme", "ann")
    lunch = await client.call("set_status", "acme", "ann", Status.AWAY, until=NOW + 30 * MINUTE, then=Then.ONLINE)
    assert (lunch.expire_time, lunch.then, lunch.next_status, lunch.next_status_time, lunch.next_cause) == (
        *(NOW + 30 * MINUTE, Then.ONLINE),
        *(Status.ONLINE, NOW + 30 * MINUTE, Cause.EXPIRY),
    )
    clock.advance(45 * 60_000)
    back = await client.call("get_status", "acme", "ann")
    assert (back.status, back.cause, back.status_since, back.expire_time, back.then) == (
        *(Status.ONLINE, Cause.EXPIRY, NOW + 30 * MINUTE),
        *(None, None),
    )
    away = await client.call("set_status", "acme", "ann", Status.AWAY, ttl=MINUTE)
    assert (away.expire_time, away.then) == (NOW + 46 * MINUTE, Then.AUTOMATIC)
    changes = await client.call("list_status_changes", "acme")
    assert [(each.status, each.cause, each.effective_time, each.expire_time, each.then) for each in changes[1:]] == [
        (Status.AWAY, Cause.MANUAL, NOW, NOW + 30 * MINUTE, Then.ONLINE),
        (Status.ONLINE, Cause.EXPIRY, NOW + 30 * MINUTE, None, None),
        (Status.AWAY, Cause.MANUAL, NOW + 45 * MINUTE, NOW + 46 * MINUTE, Then.AUTOMATIC),
    ]
    refused: tuple[dict[str, Any], ...] = (
        {"ttl": timedelta(days=31)},
        {"until": NOW},
        {"then": Then.AWAY},
        {"ttl": MINUTE, "until": NOW + 60 * MINUTE},
    )
    for options in refused:
        with pytest.raises(InvalidField):
            await client.call("set_status", "acme", "ann", Status.AWAY, **options)
