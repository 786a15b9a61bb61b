"""Statuses with an end, on any store: what follows is shown and counted from the exact millisecond, swept or not."""

from __future__ import annotations

import pytest
from tests.stores.site import AWAY_ONLY, BOTH, DAY, GONE, HOUR, MINUTE, SECOND, Changed, Site
from tests.stores.test_available import LONGEST_AVAILABLE, LONGEST_IDLE, MOST_RECENTLY_ACTIVE, consistent, orders

from onduty_server.domain.record import StatusView
from onduty_server.domain.status import Cause, Resume, Status, Then


def shown(view: StatusView) -> tuple[Status, Cause, int]:
    return view.status, view.cause, view.status_since


@pytest.mark.parametrize("then", [Then.ONLINE, Then.AWAY, Then.OFFLINE])
@pytest.mark.parametrize("status", Status)
@pytest.mark.cluster
async def test_the_end_brings_what_was_chosen_whenever_somebody_looks_or_sweeps(
    site: Site, status: Status, then: Then
) -> None:
    await site.configure(BOTH)
    start, end = site.now, site.now + 2 * HOUR
    await site.activity("ada")
    await site.set("ada", status, actor="ada", reason="lunch", until=end, then=then)
    site.advance(2 * HOUR - 1)
    view = await site.view("ada")
    assert (view.status, view.cause, view.expire_time, view.then) == (status, Cause.MANUAL, end, then)
    assert (view.next_status_time, view.next_cause) == (end, Cause.EXPIRY), "inactivity does not touch it"
    await site.sweep()
    site.advance(1)
    after = Status[then.name]
    since = start if after is status and status is Status.ONLINE else view.status_since if after is status else end
    for _ in range(2):
        view = await site.view("ada")
        assert shown(view) == (after, Cause.EXPIRY, since)
        assert (view.expire_time, view.then, view.actor, view.reason) == (None, None, "", "")
        assert len(await consistent(site)) == (after is Status.ONLINE)
        await site.sweep()
    assert (await site.recorded("ada"))[-1] == Changed("ada", status, after, Cause.EXPIRY, end)


@pytest.mark.cluster
async def test_whoever_becomes_online_at_the_end_is_available_from_then_in_every_order_though_nobody_swept(
    site: Site,
) -> None:
    await site.configure(BOTH)
    await site.activity("ada")
    site.advance(SECOND)
    await site.activity("ben")
    end = site.now + 5 * MINUTE
    await site.set("ada", Status.AWAY, until=end, then=Then.ONLINE)
    site.advance(MINUTE)
    await site.activity("carol")
    site.advance(end - 1 - site.now)
    assert {total for _, total in (await orders(site)).values()} == {2}
    site.advance(1)
    expected = {
        LONGEST_AVAILABLE: (["ben", "carol", "ada"], 3),
        MOST_RECENTLY_ACTIVE: (["carol", "ben", "ada"], 3),
        LONGEST_IDLE: (["ben", "carol", "ada"], 3),
    }
    assert await orders(site) == expected
    await site.sweep()
    assert await orders(site) == expected
    site.advance(10 * MINUTE - 1)
    assert [view.user_id for view in await consistent(site)] == ["ada"], "the end restarts the clock"
    site.advance(1)
    assert await consistent(site) == []


async def test_who_has_become_online_and_inactive_again_before_anybody_swept_is_available_only_between(
    site: Site,
) -> None:
    await site.configure(BOTH)
    end = site.now + HOUR
    await site.set("ada", Status.OFFLINE, until=end, then=Then.ONLINE)
    site.advance(HOUR)
    assert len(await consistent(site)) == 1
    site.advance(10 * MINUTE - 1)
    assert len(await consistent(site)) == 1
    site.advance(1)
    assert await consistent(site) == []
    assert shown(await site.view("ada")) == (Status.AWAY, Cause.INACTIVITY, site.now)
    await site.sweep()
    assert [(change.status, change.effective_time) for change in await site.recorded("ada")][1:] == [
        (Status.ONLINE, end),
        (Status.AWAY, end + 10 * MINUTE),
    ]


async def test_events_of_whoever_has_become_online_unswept_come_after_the_end(site: Site) -> None:
    await site.configure(BOTH)
    end = site.now + HOUR
    for user in ("ada", "ben", "carol", "dan"):
        await site.set(user, Status.AWAY, until=end, then=Then.ONLINE)
    site.advance(HOUR + MINUTE)
    assert len(await consistent(site)) == 4
    await site.activity("ada")
    await site.set("ben", Status.AWAY)
    await site.keep("carol")
    assert [view.user_id for view in await consistent(site)] == ["ada", "carol", "dan"]
    assert [change.effective_time for change in await site.recorded("ben")][1:] == [end, site.now]
    site.advance(9 * MINUTE)
    assert [view.user_id for view in await consistent(site)] == ["ada"]
    await site.sweep()
    assert [view.user_id for view in await consistent(site)] == ["ada"]


@pytest.mark.parametrize(("age_ms", "after"), [(10 * MINUTE - 1, Status.ONLINE), (10 * MINUTE, Status.AWAY)])
async def test_without_a_choice_recent_input_decides(site: Site, age_ms: int, after: Status) -> None:
    await site.configure(BOTH)
    end = site.now + HOUR
    await site.set("ada", Status.AWAY, reason="lunch", until=end)
    site.advance(HOUR - age_ms)
    assert (await site.activity("ada")).status is Status.AWAY
    site.advance(age_ms)
    assert shown(await site.view("ada"))[:2] == (after, Cause.EXPIRY)
    assert len(await consistent(site)) == (after is Status.ONLINE)
    await site.sweep()
    assert len(await consistent(site)) == (after is Status.ONLINE)


async def test_without_a_choice_nobody_is_handed_work_at_the_end_of_an_offline(site: Site) -> None:
    await site.configure(BOTH)
    await site.set("ada", Status.OFFLINE, until=site.now + HOUR)
    site.advance(HOUR - SECOND)
    await site.activity("ada")
    site.advance(SECOND)
    assert shown(await site.view("ada")) == (Status.AWAY, Cause.EXPIRY, site.now)
    assert await consistent(site) == []


@pytest.mark.parametrize("resume", Resume)
async def test_away_by_expiry_is_resumed_by_an_activity_and_goes_offline_like_one_by_inactivity(
    site: Site, resume: Resume
) -> None:
    await site.configure(BOTH, resume=resume, keep_manual_away=True)
    end = site.now + HOUR
    for user in ("ada", "ben"):
        await site.set(user, Status.ONLINE, until=end, then=Then.AWAY)
    site.advance(HOUR + MINUTE)
    assert shown(await site.activity("ada")) == (Status.ONLINE, Cause.ACTIVITY, site.now)
    site.advance(29 * MINUTE)
    assert shown(await site.view("ben")) == (Status.OFFLINE, Cause.INACTIVITY, end + 30 * MINUTE)
    await site.sweep()
    assert shown(await site.view("ben")) == (Status.OFFLINE, Cause.INACTIVITY, end + 30 * MINUTE)


async def test_a_new_setting_replaces_the_end_and_one_without_an_end_removes_it(site: Site) -> None:
    start = site.now
    await site.set("ada", Status.AWAY, reason="lunch", until=start + HOUR, then=Then.ONLINE)
    await site.set("ben", Status.AWAY, until=start + HOUR, then=Then.ONLINE)
    first = await site.set("carol", Status.AWAY, until=start + HOUR, then=Then.ONLINE)
    await site.set("ada", Status.AWAY, reason="lunch", until=start + 30 * MINUTE, then=Then.ONLINE)
    await site.set("ben", Status.AWAY, until=start + 2 * HOUR, then=Then.ONLINE)
    assert (await site.set("carol", Status.AWAY)).revision > first.revision
    site.advance(30 * MINUTE - 1)
    assert await consistent(site) == []
    site.advance(1)
    assert [view.user_id for view in await consistent(site)] == ["ada"]
    site.advance(30 * MINUTE)
    await site.sweep()
    assert [view.user_id for view in await consistent(site)] == ["ada"]
    site.advance(HOUR)
    assert [view.user_id for view in await consistent(site)] == ["ada", "ben"]
    site.advance(10 * DAY)
    await site.sweep()
    assert [view.user_id for view in await consistent(site)] == ["ada", "ben"]


async def test_an_end_comes_with_the_workflow_off_and_the_sweeper_is_told_of_it(site: Site) -> None:
    end = site.now + HOUR
    await site.set("ada", Status.AWAY, until=end, then=Then.ONLINE)
    due = await site.sweep()
    assert due is not None and site.now < due <= end
    site.advance(end - site.now)
    assert len(await consistent(site)) == 1
    assert await site.sweep() is None
    assert (await site.recorded("ada"))[-1].effective_time == end


async def test_the_sweeper_is_woken_for_an_end_that_comes_sooner_than_it_knew(site: Site) -> None:
    await site.set("ada", Status.AWAY, until=site.now + DAY)
    await site.sweep()
    site.store.wakeup.clear()
    end = site.now + MINUTE
    await site.set("ben", Status.AWAY, until=end)
    due = await site.sweep()
    assert due is not None and due <= end


async def test_an_end_while_disconnected_shows_only_when_somebody_is_back(site: Site) -> None:
    await site.configure(GONE)
    await site.activity("ada")
    await site.keep("ada", ttl_ms=30 * SECOND)
    await site.set("ada", Status.AWAY, until=site.now + HOUR, then=Then.ONLINE)
    site.advance(2 * MINUTE)
    view = await site.view("ada")
    assert (view.status, view.cause, view.expire_time, view.then) == (
        Status.OFFLINE,
        Cause.DISCONNECT,
        site.now + 58 * MINUTE,
        Then.ONLINE,
    )
    await site.sweep()
    site.advance(HOUR)
    assert await consistent(site) == []
    await site.sweep()
    assert await consistent(site) == []
    assert shown(await site.keep("ada")) == (Status.ONLINE, Cause.EXPIRY, site.now)
    assert len(await consistent(site)) == 1


async def test_many_whose_lunch_ends_at_once_are_available_between_the_sweeps(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    users = [f"user-{number:03}" for number in range(250)]
    end = site.now + HOUR
    for user in users:
        await site.set(user, Status.AWAY, until=end, then=Then.ONLINE)
    site.advance(HOUR)
    assert await site.available(LONGEST_IDLE, 3) == (users[:3], 250)
    await site.store.settle_due(40)
    await site.set(users[0], Status.OFFLINE)
    assert await site.available(LONGEST_IDLE, 3) == (users[1:4], 249)
    site.advance(10 * MINUTE - 1)
    assert len(await consistent(site)) == 249
    site.advance(1)
    assert await consistent(site) == []
    await site.sweep()
    assert await consistent(site) == []


async def test_under_a_workflow_change_before_anybody_swept_the_end_comes_as_it_was_shown(site: Site) -> None:
    await site.configure(BOTH)
    end = site.now + HOUR
    users = [f"user-{number:03}" for number in range(200)]
    for user in users:
        await site.set(user, Status.AWAY, until=end)
        await site.activity(user)
    site.advance(HOUR - 5 * MINUTE)
    for user in users[:100]:
        await site.activity(user)
    site.advance(6 * MINUTE)
    assert len(await consistent(site)) == 100
    await site.configure(away_after_ms=2 * HOUR, offline_after_ms=3 * HOUR)
    assert len(await consistent(site)) == 100, "under the new one, all would have been ONLINE at the end"
    await site.sweep()
    assert len(await consistent(site)) == 100
    await site.configure(away_after_ms=30 * SECOND)
    assert await consistent(site) == []
