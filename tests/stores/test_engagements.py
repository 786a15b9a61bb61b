"""Engagements, on any store: busy is not idle, and who has enough to do is not handed more."""

from __future__ import annotations

import pytest
from tests.stores.site import BOTH, GONE, HOUR, MINUTE, SECOND, Site
from tests.stores.test_available import LONGEST_AVAILABLE, LONGEST_IDLE, MOST_RECENTLY_ACTIVE, consistent, orders

from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.domain.errors import LimitExceeded
from onduty_server.domain.status import Cause, Status


async def free(site: Site, max_engagements: int, limit: int = 1_000) -> list[str]:
    """The ids, the same in every order, of those who have fewer engagements."""
    expected = sorted(
        view.user_id for view in await site.views() if view.available and view.engagements < max_engagements
    )
    for order in AvailabilityOrder:
        ids, total = await site.available(order, limit, max_engagements=max_engagements)
        assert total == len(expected), order.name
        assert len(ids) == min(limit, total), order.name
        assert set(ids) <= set(expected), order.name
    return expected


@pytest.mark.cluster
async def test_a_call_of_forty_minutes_with_no_key_touched_makes_nobody_idle(site: Site) -> None:
    await site.configure(BOTH)
    await site.activity("ada")
    await site.engage("ada")
    for _ in range(40):
        site.advance(MINUTE)
        view = await site.view("ada")
        assert (view.status, view.engagements) == (Status.ONLINE, 1)
        await site.sweep()
    await site.disengage("ada")
    view = await site.view("ada")
    assert (view.engagements, view.next_status_time) == (0, site.now + 10 * MINUTE)
    site.advance(10 * MINUTE - 1)
    assert len(await consistent(site)) == 1
    site.advance(1)
    assert await consistent(site) == []
    assert (await site.view("ada")).status_since == site.now
    await site.sweep()
    assert (await site.recorded("ada"))[-1].effective_time == site.now


async def test_the_lost_end_of_a_call_strands_nobody(site: Site) -> None:
    await site.configure(BOTH)
    await site.activity("ada")
    await site.engage("ada", ttl_ms=HOUR)
    await site.engage("ada", "chat", 10 * SECOND)
    end = site.now + HOUR
    site.advance(HOUR - 1)
    assert (await site.view("ada")).engagements == 1
    site.advance(10 * MINUTE)
    assert len(await consistent(site)) == 1
    site.advance(1)
    assert await consistent(site) == []
    view = await site.view("ada")
    assert (view.status, view.cause, view.status_since) == (Status.AWAY, Cause.INACTIVITY, end + 10 * MINUTE)
    due = await site.sweep()
    assert due is not None and site.now < due <= end + 30 * MINUTE


async def test_an_engagement_resumes_nobody_but_holds_up_what_is_next(site: Site) -> None:
    await site.configure(BOTH)
    await site.activity("ada")
    site.advance(10 * MINUTE)
    view = await site.engage("ada", ttl_ms=HOUR)
    assert (view.status, view.next_status, view.next_status_time) == (
        Status.AWAY,
        Status.OFFLINE,
        site.now + HOUR + 30 * MINUTE,
    )
    site.advance(HOUR + 30 * MINUTE - 1)
    assert await site.status("ada") is Status.AWAY
    site.advance(1)
    assert await site.status("ada") is Status.OFFLINE


async def test_an_engagement_holds_up_no_disconnection_and_no_end(site: Site) -> None:
    await site.configure(GONE)
    await site.activity("ada")
    await site.keep("ada", ttl_ms=30 * SECOND)
    await site.engage("ada")
    await site.set("ben", Status.ONLINE, until=site.now + MINUTE)
    await site.engage("ben")
    site.advance(90 * SECOND)
    assert await consistent(site) == []
    assert {view.cause for view in await site.views()} == {Cause.DISCONNECT, Cause.EXPIRY}
    await site.sweep()
    assert await consistent(site) == []


@pytest.mark.cluster
async def test_whoever_has_enough_to_do_is_left_out_in_every_order_and_not_counted(site: Site) -> None:
    await site.configure(BOTH)
    for user in ("ada", "ben", "carol", "dan"):
        await site.activity(user)
        site.advance(SECOND)
    await site.engage("ben", "one", HOUR)
    await site.engage("carol", "one", HOUR)
    await site.engage("carol", "two", 5 * MINUTE)
    assert await free(site, 1) == ["ada", "dan"]
    assert await free(site, 2) == ["ada", "ben", "dan"]
    assert await free(site, 3) == ["ada", "ben", "carol", "dan"]
    assert await free(site, 2, limit=1)
    assert len(await consistent(site)) == 4
    site.advance(5 * MINUTE)
    assert await free(site, 2) == ["ada", "ben", "carol", "dan"]
    await site.disengage("ben", "one")
    assert await free(site, 1) == ["ada", "ben", "dan"]
    site.advance(5 * MINUTE)
    assert await free(site, 1) == ["ben"], "the others have become AWAY"
    await site.sweep()
    assert await free(site, 1) == ["ben"]
    assert await free(site, 2) == ["ben", "carol"]


@pytest.mark.cluster
async def test_who_is_engaged_comes_last_among_the_idle_and_first_whose_engagement_ends_first(site: Site) -> None:
    for user in ("ada", "ben", "carol", "dan"):
        await site.activity(user)
        site.advance(SECOND)
    await site.engage("ada", ttl_ms=HOUR)
    await site.engage("ben", ttl_ms=MINUTE)
    assert await orders(site) == {
        LONGEST_AVAILABLE: (["ada", "ben", "carol", "dan"], 4),
        MOST_RECENTLY_ACTIVE: (["dan", "carol", "ben", "ada"], 4),
        LONGEST_IDLE: (["carol", "dan", "ben", "ada"], 4),
    }
    site.advance(30 * SECOND)
    await site.activity("carol")
    assert await site.available(LONGEST_IDLE) == (["dan", "carol", "ben", "ada"], 4)
    assert await site.available(LONGEST_IDLE, 3) == (["dan", "carol", "ben"], 4)
    await site.engage("ben", ttl_ms=2 * HOUR)
    assert await site.available(LONGEST_IDLE) == (["dan", "carol", "ada", "ben"], 4)
    site.advance(SECOND)
    await site.disengage("ben")
    assert await site.available(LONGEST_IDLE) == (["dan", "carol", "ben", "ada"], 4)
    site.advance(HOUR)
    await site.activity("ben")
    assert await site.available(LONGEST_IDLE) == (["dan", "carol", "ada", "ben"], 4)


async def test_engagements_again_and_again_rank_as_the_last_of_them_says(site: Site) -> None:
    users = [f"user-{number}" for number in range(6)]
    for user in users:
        await site.activity(user)
        site.advance(SECOND)
    for step in range(40):
        user = users[step % 6]
        await site.engage(user, ttl_ms=(1 + step % 4) * 15 * MINUTE)
        idle = {view.user_id: view for view in await site.views()}
        ranked, _ = await site.available(LONGEST_IDLE)
        engaged = [idle[each].engagements > 0 for each in ranked]
        assert engaged == sorted(engaged)
        site.advance(97 * SECOND)
        if step % 3:
            await site.disengage(user)
            assert (await site.available(LONGEST_IDLE))[0][0] != user


async def test_engagements_beyond_the_limit_are_refused(site: Site) -> None:
    await site.activity("ada")
    for number in range(20):
        await site.engage("ada", f"call {number}", 10 * SECOND)
    with pytest.raises(LimitExceeded):
        await site.engage("ada", "one more")
    await site.engage("ada", "call 3", MINUTE)
    site.advance(10 * SECOND)
    assert (await site.engage("ada", "one more")).engagements == 2


async def test_an_engagement_changes_nothing_that_anybody_is_told_of(site: Site) -> None:
    await site.activity("ada")
    revision = (await site.view("ada")).revision
    await site.engage("ada")
    await site.disengage("ada")
    await site.engage("ada", ttl_ms=10 * SECOND)
    site.advance(MINUTE)
    await site.sweep()
    assert (await site.view("ada")).revision == revision
    assert len(await site.history("ada")) == 1


async def test_a_workflow_that_is_switched_on_in_the_middle_of_a_call_counts_from_its_end(site: Site) -> None:
    await site.activity("ada")
    await site.engage("ada", ttl_ms=2 * HOUR)
    end = site.now + 2 * HOUR
    site.advance(HOUR)
    await site.configure(BOTH)
    assert (await site.view("ada")).next_status_time == end + 10 * MINUTE
    site.advance(HOUR + 10 * MINUTE - 1)
    assert len(await consistent(site)) == 1
    site.advance(1)
    assert await consistent(site) == []


async def test_many_on_the_phone_are_ranked_and_counted(site: Site) -> None:
    await site.configure(BOTH)
    users = [f"user-{number:03}" for number in range(200)]
    await site.populate(users)
    for number, user in enumerate(users[:150]):
        await site.engage(user, ttl_ms=HOUR - number * 1_000)
    assert await site.available(LONGEST_IDLE, 60) == ([*users[150:], *reversed(users[140:150])], 200)
    site.advance(10 * MINUTE)
    assert await site.available(LONGEST_IDLE, 2) == ([users[149], users[148]], 150)
    assert await free(site, 1) == []
    site.advance(50 * MINUTE - 100 * SECOND)
    assert len(await free(site, 1)) == 50
    await site.sweep()
    assert len(await free(site, 1)) == 50
    assert len(await consistent(site)) == 150
