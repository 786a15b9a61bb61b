"""The fakes' reports: what they saw, by the clock that a test sets. Servers say the same: `test_reports_real`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from onduty_client import (
    Account,
    Bucket,
    Cause,
    InvalidField,
    Status,
    StatusCount,
    StatusTime,
    TimeGroup,
    TimelineInterval,
    UserUnknown,
)
from onduty_client.testing import FakeAsyncClient, FakeClient

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_time_in_status_is_that_of_what_was_seen() -> None:
    client = FakeClient()
    client.service.now = NOON
    client.record_activity("acme", "ann")
    client.service.now += 20 * MINUTE
    client.set_status("acme", "ann", Status.AWAY, ttl=15 * MINUTE, then=None)
    client.record_activity("acme", "bob")
    client.service.now += 40 * MINUTE

    page = client.summarize_time_page("acme", NOON - HOUR, NOON + DAY, group=TimeGroup.USER)
    ann, bob = page.items
    assert (page.as_of, page.time_zone, page.known_since) == (NOON + HOUR, "UTC", None)
    assert [(each.user_id, each.people, each.erased) for each in page.items] == [("ann", 1, False), ("bob", 1, False)]
    (bucket,) = ann.buckets
    assert (bucket.start_time, bucket.end_time) == (NOON - HOUR, NOON + HOUR)
    assert bucket.times == (
        StatusTime(Status.ONLINE, Cause.ACTIVITY, 20 * MINUTE),
        # The end of the setting: the activity of 35 minutes ago is recent enough.
        StatusTime(Status.ONLINE, Cause.EXPIRY, 25 * MINUTE),
        StatusTime(Status.AWAY, Cause.MANUAL, 15 * MINUTE),
    )
    assert (bucket.time_in(Status.ONLINE), bucket.time_in(Status.ONLINE, Cause.EXPIRY)) == (45 * MINUTE, 25 * MINUTE)
    assert (bucket.unknown, bucket.elsewhere, bucket.connected, bucket.engaged) == (HOUR, timedelta(0), None, None)
    assert bob.buckets[0].unknown == 80 * MINUTE

    (together,) = client.summarize_time("acme", NOON, NOON + DAY)
    assert (together.people, together.buckets[0].time_in(Status.ONLINE)) == (2, 85 * MINUTE)
    assert together.buckets[0].unknown == 20 * MINUTE
    (only_bob,) = client.summarize_time("acme", NOON - DAY, NOON - HOUR, group=TimeGroup.USER, user_ids=["bob"])
    assert only_bob.buckets[0].unknown == 23 * HOUR
    assert list(client.summarize_time("acme", NOON + DAY, NOON + 2 * DAY)) == []
    with pytest.raises(UserUnknown):
        list(client.summarize_time("acme", NOON, NOON + DAY, user_ids=["zoe"]))
    with pytest.raises(InvalidField, match="end_time"):
        client.count_by_status("acme", NOON, NOON, step=Bucket.DAY)


def test_teams_sessions_and_erased_people_are_told_apart() -> None:
    client = FakeClient()
    client.service.now = NOON
    for user_id in ("ann", "bob"):
        client.record_activity("acme", user_id)
    client.update_user("acme", "ann", display_name="Ann", team_id="day")
    with client.session("acme", "ann", "tab"):
        client.keep_engagement("acme", "ann", "call", ttl=10 * MINUTE)
        client.service.now += 30 * MINUTE
        client.update_user("acme", "ann", team_id="night")
        client.service.now += 30 * MINUTE
    client.delete_user("acme", "bob")
    client.service.now += HOUR

    none, day, night = client.summarize_time("acme", NOON, NOON + DAY, group=TimeGroup.TEAM)
    assert [each.team_id for each in (none, day, night)] == ["", "day", "night"]
    assert [each.buckets[0].time_in(Status.ONLINE) for each in (none, day, night)] == [HOUR, HOUR / 2, 1.5 * HOUR]
    assert (day.buckets[0].connected, day.buckets[0].engaged) == (HOUR / 2, 10 * MINUTE)
    assert (night.buckets[0].connected, night.buckets[0].engaged) == (HOUR / 2, None)

    ann, bob = client.summarize_time("acme", NOON, NOON + DAY, group=TimeGroup.USER)
    assert (ann.display_name, ann.team_id, ann.buckets[0].connected) == ("Ann", "night", HOUR)
    assert (bob.user_id, bob.erased, bob.buckets[0].time_in(Status.ONLINE), bob.buckets[0].unknown) == (
        *("", True),
        *(HOUR, HOUR),
    )
    (of_day,) = client.list_timelines("acme", NOON, NOON + DAY, team_id="day")
    assert of_day.intervals == (
        TimelineInterval(NOON, NOON + HOUR / 2, Status.ONLINE, Cause.ACTIVITY, elsewhere=False),
        TimelineInterval(NOON + HOUR / 2, NOON + 2 * HOUR, None, None, elsewhere=True),
    )
    online = TimelineInterval(NOON, NOON + 2 * HOUR, Status.ONLINE, Cause.ACTIVITY, elsewhere=False)
    assert [each.intervals[0] for each in client.list_timelines("acme", NOON, NOON + DAY, user_ids=["ann"])] == [online]
    counts = client.count_by_status("acme", NOON + HOUR / 2, NOON + DAY, step=Bucket.HOUR).counts
    assert counts == (
        StatusCount(NOON + HOUR / 2, online=2, away=0, offline=0),
        StatusCount(NOON + HOUR, online=1, away=0, offline=0),
    )
    assert client.count_by_status("acme", NOON, NOON + HOUR, step=Bucket.HOUR, team_id="day").counts[0].online == 1


async def test_days_are_those_of_the_time_zone_of_the_account() -> None:
    client = FakeAsyncClient()
    assert await client.get_account("acme") == Account("acme", "UTC")
    assert [account async for account in client.list_accounts()] == []
    assert await client.update_account("acme", time_zone="Europe/Berlin") == Account("acme", "Europe/Berlin")
    assert await client.update_account("acme") == await client.get_account("acme") == Account("acme", "Europe/Berlin")
    assert [account async for account in client.list_accounts()] == ["acme"]
    with pytest.raises(InvalidField, match=r"account\.time_zone"):
        await client.update_account("acme", time_zone="Europe/Nowhere")

    client.service.now = datetime(2026, 3, 28, 12, tzinfo=UTC)
    await client.record_activity("acme", "ann")
    client.service.now = datetime(2026, 3, 31, 12, tzinfo=UTC)
    start, end = datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 30, 22, tzinfo=UTC)
    (summary,) = [each async for each in client.summarize_time("acme", start, end, bucket=Bucket.DAY)]
    # The clocks go forward on the 29th.
    assert [bucket.time_in(Status.ONLINE) for bucket in summary.buckets] == [23 * HOUR, 24 * HOUR]
    page = await client.summarize_time_page("acme", start, end, bucket=Bucket.HOUR, time_zone="Asia/Kolkata")
    assert page.time_zone == "Asia/Kolkata"
    assert {bucket.end_time.minute for bucket in page.items[0].buckets} == {0, 30}
    with pytest.raises(InvalidField, match="time_zone"):
        await client.count_by_status("acme", start, end, step=Bucket.DAY, time_zone="Mars/Olympus")
