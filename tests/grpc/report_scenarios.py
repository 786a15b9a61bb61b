"""What the methods for reports, and about accounts' settings, answer, for either client. See `test_clients`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.client.scripted import Driver
from tests.fakes import START, FakeClock

from onduty_client import (
    Account,
    Bucket,
    Cause,
    InvalidField,
    Status,
    StatusCount,
    StatusTime,
    TimeBucket,
    TimeGroup,
    Timeline,
    TimelineInterval,
    TimeSummary,
    UserUnknown,
)

NOW = datetime.fromtimestamp(START / 1_000, UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RANGE = ("acme", NOW - HOUR, NOW + HOUR)
NONE = timedelta(0)


async def half_an_hour(client: Driver, clock: FakeClock) -> None:
    """Ann was there all the time, and away for 10 minutes; ben for 5 minutes, in the team "night"."""
    await client.call("record_activity", "acme", "ann")
    clock.advance(10 * 60_000)
    await client.call("set_status", "acme", "ann", Status.AWAY)
    clock.advance(10 * 60_000)
    await client.call("set_status", "acme", "ann", Status.ONLINE)
    clock.advance(5 * 60_000)
    await client.call("record_activity", "acme", "ben")
    await client.call("update_user", "acme", "ben", display_name="Bén", team_id="night")
    clock.advance(5 * 60_000)


def ann(start: datetime = NOW - HOUR, unknown: timedelta = HOUR) -> TimeSummary:
    times = (
        StatusTime(Status.ONLINE, Cause.MANUAL, 10 * MINUTE),
        StatusTime(Status.ONLINE, Cause.ACTIVITY, 10 * MINUTE),
        StatusTime(Status.AWAY, Cause.MANUAL, 10 * MINUTE),
    )
    return TimeSummary("ann", "", "", 1, False, (TimeBucket(start, NOW + HOUR / 2, times, unknown, NONE, None, None),))


def ben() -> TimeSummary:
    times = (StatusTime(Status.ONLINE, Cause.ACTIVITY, 5 * MINUTE),)
    bucket = TimeBucket(NOW - HOUR, NOW + HOUR / 2, times, 85 * MINUTE, NONE, None, None)
    return TimeSummary("ben", "Bén", "night", 1, False, (bucket,))


async def summarize_time(client: Driver, clock: FakeClock) -> None:
    await half_an_hour(client, clock)
    assert await client.call("summarize_time", *RANGE, group=TimeGroup.USER, page_size=1) == [ann(), ben()]
    (everybody,) = await client.call("summarize_time", *RANGE)
    assert (everybody.people, everybody.buckets[0].time_in(Status.ONLINE)) == (2, 25 * MINUTE)
    none, night = await client.call("summarize_time", *RANGE, group=TimeGroup.TEAM, page_size=1)
    assert (none.team_id, none.people, night.team_id, night.people) == ("", 2, "night", 1)
    with pytest.raises(UserUnknown):
        await client.call("summarize_time", *RANGE, user_ids=["zoe"])


async def summarize_time_page(client: Driver, clock: FakeClock) -> None:
    await half_an_hour(client, clock)
    first = await client.call("summarize_time_page", *RANGE, group=TimeGroup.USER, page_size=1)
    assert (first.items, first.as_of, first.time_zone, first.known_since) == ((ann(),), NOW + HOUR / 2, "UTC", None)
    token = first.next_page_token
    last = await client.call("summarize_time_page", *RANGE, group=TimeGroup.USER, page_size=1, page_token=token)
    assert (last.items, last.next_page_token) == ((ben(),), "")
    with pytest.raises(InvalidField):
        await client.call("summarize_time_page", *RANGE, group=TimeGroup.USER, bucket=Bucket.DAY, page_token=token)


async def count_by_status(client: Driver, clock: FakeClock) -> None:
    await half_an_hour(client, clock)
    found = await client.call("count_by_status", "acme", NOW, NOW + HOUR, step=Bucket.QUARTER_HOUR)
    assert (found.as_of, found.time_zone, found.known_since) == (NOW + HOUR / 2, "UTC", None)
    # The server's clock began at 8:53:20.
    assert found.counts == (
        StatusCount(NOW, online=1, away=0, offline=0),
        StatusCount(NOW + 6 * MINUTE + timedelta(seconds=40), online=1, away=0, offline=0),
        StatusCount(NOW + 21 * MINUTE + timedelta(seconds=40), online=1, away=0, offline=0),
    )
    night = await client.call(
        "count_by_status", "acme", NOW + 25 * MINUTE, NOW + HOUR, step=Bucket.HOUR, team_id="night"
    )
    assert [each.online for each in night.counts] == [1]


def _interval(start: datetime, end: datetime, status: Status | None, cause: Cause | None) -> TimelineInterval:
    return TimelineInterval(start, end, status, cause, elsewhere=False)


ANNS = Timeline(
    *("ann", "", "", False),
    (
        _interval(NOW - HOUR, NOW, None, None),
        _interval(NOW, NOW + 10 * MINUTE, Status.ONLINE, Cause.ACTIVITY),
        _interval(NOW + 10 * MINUTE, NOW + 20 * MINUTE, Status.AWAY, Cause.MANUAL),
        _interval(NOW + 20 * MINUTE, NOW + 30 * MINUTE, Status.ONLINE, Cause.MANUAL),
    ),
)


async def list_timelines(client: Driver, clock: FakeClock) -> None:
    await half_an_hour(client, clock)
    first, second = await client.call("list_timelines", *RANGE, page_size=1)
    assert first == ANNS
    assert (second.user_id, second.display_name, second.team_id) == ("ben", "Bén", "night")
    assert [each.user_id for each in await client.call("list_timelines", *RANGE, team_id="night")] == ["ben"]


async def list_timelines_page(client: Driver, clock: FakeClock) -> None:
    await half_an_hour(client, clock)
    first = await client.call("list_timelines_page", *RANGE, page_size=1)
    assert (first.items, first.as_of, first.known_since) == ((ANNS,), NOW + HOUR / 2, None)
    last = await client.call("list_timelines_page", *RANGE, page_size=1, page_token=first.next_page_token)
    assert ([each.user_id for each in last.items], last.next_page_token) == (["ben"], "")


async def get_account(client: Driver, clock: FakeClock) -> None:
    assert await client.call("get_account", "acme") == Account("acme", "UTC")
    assert await client.call("list_accounts") == []


async def update_account(client: Driver, clock: FakeClock) -> None:
    berlin = Account("acme", "Europe/Berlin")
    assert await client.call("update_account", "acme", time_zone="Europe/Berlin") == berlin
    assert await client.call("update_account", "acme") == await client.call("get_account", "acme") == berlin
    assert await client.call("list_accounts") == ["acme"]
    with pytest.raises(InvalidField, match="Mars"):
        await client.call("update_account", "acme", time_zone="Mars/Olympus")
    assert await client.call("update_account", "acme", time_zone="") == Account("acme", "UTC")
