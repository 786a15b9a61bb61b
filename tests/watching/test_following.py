"""What a watch delivers after its snapshot: order, filters, workflows, bookmarks, and what becomes of slow readers."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from tests.stores.backends import Backend
from tests.watching.follower import ms
from tests.watching.site import (
    ACCOUNT,
    AT_ONCE,
    AWAY,
    BOOKMARK_INTERVAL_MS,
    OFFLINE,
    ONLINE,
    Site,
    held_back,
    opened_at,
    turns,
)

from onduty.v1 import status_pb2 as pb
from onduty_server.app.watching.messages import Bookmark, Changes
from onduty_server.domain.status import Resume


async def test_all_kinds_of_change_come_in_the_order_of_their_revisions(site: Site) -> None:
    viewer = site.follow()
    await viewer.read_snapshot()
    await site.service.record_activity(ACCOUNT, "ann")
    await site.service.update_workflow(
        ACCOUNT, {"enabled": True, "away_after_ms": 10_000, "offline_after_ms": 20_000}, actor="boss"
    )
    await site.set("bob", AWAY, reason="lunch")
    await site.set("bob", AWAY, reason="long lunch")
    start = site.clock.now()
    site.clock.advance(25_000)
    await site.settle()
    site.clock.advance(1_000)
    await site.service.record_activity(ACCOUNT, "cem", start + 15_000)
    await site.service.update_workflow(ACCOUNT, {"resume": Resume.FROM_AWAY_OR_OFFLINE})
    await site.service.record_activity(ACCOUNT, "ann")
    events = await viewer.read_events(11)
    assert [event_revision(event) for event in events] == list(range(1, 12))
    changes = [event.status_change for event in events if event.HasField("status_change")]
    seen = [(change.user_id, change.status, change.cause, ms(change.effective_time) - start) for change in changes]
    manual, inactivity, activity = pb.CAUSE_MANUAL, pb.CAUSE_INACTIVITY, pb.CAUSE_ACTIVITY
    assert seen[:3] == [
        ("ann", pb.STATUS_ONLINE, activity, 0),
        ("bob", pb.STATUS_AWAY, manual, 0),
        ("bob", pb.STATUS_AWAY, manual, 0),
    ]
    assert sorted(seen[3:6]) == [
        ("ann", pb.STATUS_AWAY, inactivity, 10_000),
        ("ann", pb.STATUS_OFFLINE, inactivity, 20_000),
        ("bob", pb.STATUS_OFFLINE, inactivity, 20_000),
    ]
    assert seen[6:] == [
        ("cem", pb.STATUS_ONLINE, activity, 15_000),
        ("cem", pb.STATUS_AWAY, inactivity, 25_000),
        ("ann", pb.STATUS_ONLINE, activity, 26_000),
    ]
    await site.check(viewer)
    await viewer.leave()


def event_revision(event: pb.WatchedChange) -> int:
    if event.HasField("workflow_change"):
        return event.workflow_change.revision
    return event.status_change.revision


async def test_what_changes_nothing_is_not_announced(site: Site) -> None:
    await site.set("ann", AWAY, reason="lunch")
    viewer = site.follow()
    await viewer.read_snapshot()
    await site.set("ann", AWAY, reason="lunch")
    await site.service.record_activity(ACCOUNT, "ann")
    await site.service.update_workflow(ACCOUNT, {"enabled": False})
    await site.set("bob", ONLINE, account_id="other")
    await site.service.update_workflow("other", {"away_after_ms": 1_000})
    await site.check(viewer)
    assert viewer.follower.events == {}
    await viewer.leave()


async def test_a_filtered_watch_is_told_of_its_users_and_of_every_workflow_change(site: Site) -> None:
    names = await site.seen(5)
    viewer = site.follow(names[1], names[3])
    await viewer.read_snapshot()
    for name in names:
        await site.set(name, AWAY)
    await site.service.update_workflow(ACCOUNT, {"enabled": True, "offline_after_ms": 60_000})
    site.clock.advance(60_000)
    await site.settle()
    await site.check(viewer)
    told = viewer.follower.events.values()
    assert [event.user for event in told] == [names[1], names[3], "", names[1], names[3]]
    await viewer.leave()


async def test_a_filtered_watch_whose_users_are_quiet_gets_bookmarks_from_which_it_can_resume(site: Site) -> None:
    names = await site.seen(3)
    viewer = site.follow(names[0])
    await viewer.read_snapshot()
    for number in range(50):
        await site.set(names[1], AWAY, reason=str(number))
    await site.catch_up(viewer)
    assert viewer.follower.events == {}
    assert viewer.messages[-1].HasField("bookmark")
    await viewer.leave()
    await site.set(names[0], OFFLINE)
    resumed = site.resume(viewer)
    (event,) = await resumed.read_events(1)
    assert event.status_change.revision == 54
    # What the others did is behind the bookmark: the resumed watch did not have to read it again.
    await site.check(resumed)
    await resumed.leave()


@pytest.mark.parametrize("limits", [held_back(0.25)], ids=["held-back"])
async def test_changes_that_soon_follow_others_are_sent_together(site: Site) -> None:
    names = await site.seen(20)
    viewer = site.follow()
    await viewer.read_snapshot()
    # At once: one after the other each would wait for the disk, which may take longer than what holds them back.
    await asyncio.gather(*(site.set(name, AWAY) for name in names))
    await viewer.read_events(20)
    batches = [message for message in viewer.messages if message.HasField("changes")]
    assert len(batches) <= 3
    await viewer.leave()


@pytest.mark.parametrize("limits", [held_back(0.25)], ids=["held-back"])
@pytest.mark.parametrize("backend", ["memory"], indirect=True)
async def test_a_batch_is_never_longer_than_a_message_may_be(site: Site) -> None:
    """Clients take messages of up to 4 MiB unless told otherwise; names and reasons may be long."""
    users = 5_000
    names = [f"{number:05}" + "u" * 123 for number in range(users)]
    account_id, reason = "a" * 128, "r" * 512
    await asyncio.gather(*(site.service.record_activity(account_id, name) for name in names))
    viewer = site.follow(account_id=account_id)
    await viewer.read_snapshot()
    await asyncio.gather(
        *(site.service.set_status(account_id, name, AWAY, actor="b" * 128, reason=reason) for name in names)
    )
    await viewer.read_events(users)
    assert max(message.ByteSize() for message in viewer.messages) < 4 * 1024 * 1024 * 3 // 4
    await site.check(viewer)
    await viewer.leave()


async def test_many_watchers_are_sent_the_same_object_which_is_encoded_once(site: Site) -> None:
    names = await site.seen(3)
    viewers = [site.follow() for _ in range(5)]
    narrow = site.follow(names[1])
    for viewer in (*viewers, narrow):
        await viewer.read_snapshot()
        assert await viewer.peek() is None
    await site.set(names[1], AWAY)
    await site.catch_up(viewers[0])
    for viewer in viewers[1:]:
        while viewer.messages[-1] != viewers[0].messages[-1]:
            await viewer.read()
    await narrow.read_events(1)
    first = {id(message) for message in viewers[0].raw[1:]}
    for viewer in viewers:
        # Whoever reads more slowly is not sent every bookmark.
        assert {id(message) for message in viewer.raw[1:]} <= first
        assert any(isinstance(message, Changes) for message in viewer.raw)
        assert any(isinstance(message, Bookmark) for message in viewer.raw)
    (shared,) = [message for message in viewers[0].raw if isinstance(message, Changes)]
    (own,) = [message for message in narrow.raw if isinstance(message, Changes)]
    assert own is not shared and own.token != shared.token
    for viewer in (*viewers, narrow):
        await site.check(viewer)
        await viewer.leave()


# --- bookmarks -------------------------------------------------------------------------------------------------------


async def test_a_bookmark_comes_at_least_once_a_second_and_speaks_of_the_time_just_before(site: Site) -> None:
    await site.seen(2)
    viewer = site.follow()
    await viewer.read_snapshot()
    last = site.clock.now()
    for _ in range(40):
        site.clock.advance(250)
        await site.store.heartbeat()
        for message in await viewer.read_all():
            assert site.clock.now() - last <= 1_000
            last = site.clock.now()
            assert ms(message.bookmark.effective_until) == last - 1
    assert site.clock.now() - last <= 1_000
    await viewer.leave()


@pytest.mark.parametrize("users", [(), ("user-00001",)])
async def test_a_bookmark_stands_still_while_somebody_is_overdue(site: Site, users: tuple[str, ...]) -> None:
    await site.service.update_workflow(ACCOUNT, {"enabled": True, "away_after_ms": 10_000})
    await site.seen(3)
    viewer = site.follow(*users)
    await viewer.read_snapshot()
    start = site.clock.now()
    bookmarks: list[int] = []
    for _ in range(20):
        site.clock.advance(BOOKMARK_INTERVAL_MS)
        await site.store.heartbeat()
        bookmarks += [ms(message.bookmark.effective_until) - start for message in await viewer.read_all()]
    # The sweeper is stopped: everything until the switch is said, nothing of it or after it, and yet they come.
    assert len(bookmarks) >= 19
    assert bookmarks == sorted(bookmarks)
    assert 9_000 <= max(bookmarks) < 10_000
    await site.settle()
    await viewer.read_events(1 if users else 3)
    await site.check(viewer)
    assert viewer.follower.effective_until - start > 15_000
    await viewer.leave()


async def test_a_watch_that_begins_while_somebody_is_overdue_is_told_of_no_time_until_that_was_sent(site: Site) -> None:
    await site.service.update_workflow(ACCOUNT, {"enabled": True, "away_after_ms": 10_000})
    await site.seen(3)
    site.clock.advance(11_000)
    viewer = site.follow()
    await viewer.read_snapshot()
    for _ in range(5):
        site.clock.advance(BOOKMARK_INTERVAL_MS)
        await site.store.heartbeat()
        assert await viewer.read_all() == []
    await site.settle()
    await viewer.read_events(3)
    await site.check(viewer)
    await viewer.leave()


async def test_a_bookmark_does_not_speak_of_the_millisecond_that_is_not_over(site: Site) -> None:
    viewer = site.follow()
    await viewer.read_snapshot()
    site.clock.advance(BOOKMARK_INTERVAL_MS)
    (bookmark,) = await viewer.read_all()
    # The same millisecond: the change is effective at it, and comes after the bookmark.
    await site.set("ann")
    await viewer.read_events(1)
    assert ms(bookmark.bookmark.effective_until) < site.clock.now()
    await viewer.leave()


async def test_a_bookmark_speaks_of_a_replaced_workflow_s_switches_only_once_they_were_sent(site: Site) -> None:
    """A workflow is changed while many are overdue under the old one, who are recorded later and as of then."""
    await site.service.update_workflow(ACCOUNT, {"enabled": True, "away_after_ms": 10_000})
    await site.seen(400)
    viewer = site.follow()
    await viewer.read_snapshot()
    site.clock.advance(12_000)
    await site.store.heartbeat()
    await site.service.update_workflow(ACCOUNT, {"away_after_ms": 60_000})
    for _ in range(5):
        site.clock.advance(BOOKMARK_INTERVAL_MS)
        await site.store.heartbeat()
        await viewer.read_all()
    assert 0 < viewer.follower.last_revision < 802
    await site.check(viewer)
    assert len(viewer.follower.events) == 401
    await viewer.leave()


async def test_nobody_is_told_anything_of_the_future_by_a_late_sweeper(site: Site) -> None:
    await site.service.update_workflow(ACCOUNT, {"enabled": True, "away_after_ms": 1_000, "offline_after_ms": 5_000})
    names = await site.seen(40)
    viewer = site.follow()
    await viewer.read_snapshot()
    for number in range(200):
        site.clock.advance(330)
        await site.service.record_activity(ACCOUNT, names[number % 7])
        if number % 11 == 0:
            await site.settle()
        if number % 3 == 0:
            await viewer.read_all()
    # The follower fails on a change that is effective before a bookmark.
    await site.check(viewer)
    await viewer.leave()


# --- slow readers ----------------------------------------------------------------------------------------------------


SMALL_RING = replace(AT_ONCE, ring_events_max=20, ring_items_max=8)
small_ring = pytest.mark.parametrize("limits", [SMALL_RING], ids=["small-ring"])


def held(site: Site) -> tuple[int, int]:
    """How many messages and events the ring of the account holds."""
    (channel,) = site.watching._channels.values()
    events = [len(item.message.events) for item in channel.ring._items]
    assert channel.ring._events_held == sum(events)
    return len(channel.ring._items), sum(events) + len(channel._pending)


@small_ring
@pytest.mark.parametrize("users", [(), ("user-00002", "user-00003")])
async def test_a_reader_whom_the_ring_has_overtaken_gets_a_new_snapshot_on_the_same_stream(
    site: Site, users: tuple[str, ...]
) -> None:
    names = await site.seen(5)
    slow, quick = site.follow(*users), site.follow()
    await slow.read_snapshot()
    await quick.read_snapshot()
    await site.set(names[2], AWAY)
    await slow.read_events(1)
    for number in range(120):
        await site.set(names[number % 5], (ONLINE, AWAY, OFFLINE)[number % 3], reason=str(number))
        if number % 20 == 0:
            await site.service.update_workflow(ACCOUNT, {"away_after_ms": 1_000 + number})
        await turns(5)
        await quick.read_all()
        messages, events = held(site)
        assert messages <= 8 and events <= 20
    assert quick.follower.snapshots == 1
    message = await slow.read()
    while not message.HasField("snapshot"):
        message = await slow.read()
    assert message.snapshot.first and len(slow.messages) <= 3
    await site.check(slow)
    assert slow.follower.snapshots == 2
    await site.check(quick)
    await slow.leave()
    await quick.leave()


@small_ring
async def test_a_reader_who_is_always_too_slow_is_right_at_every_snapshot(site: Site) -> None:
    names = await site.seen(4)
    slow = site.follow()
    round_ = 0
    while slow.follower.snapshots < 4:
        for number in range(12):
            await site.set(names[number % 4], (ONLINE, AWAY, OFFLINE)[(number + round_) % 3], reason=f"{round_}")
            await turns(5)
        for _ in range(1 + round_ % 4):
            await slow.peek()
        round_ += 1
        assert round_ < 100
    await site.check(slow)
    await slow.leave()


@pytest.mark.parametrize("limits", [replace(SMALL_RING, ring_items_max=1_000, batch_events_max=7)], ids=["many-items"])
async def test_the_ring_is_bounded_by_the_events_in_it_too(site: Site) -> None:
    names = await site.seen(10)
    viewer = site.follow()
    await viewer.read_snapshot()
    for number in range(10):
        await asyncio.gather(*(site.set(name, (ONLINE, AWAY)[number % 2], reason=str(number)) for name in names))
        await turns()
        assert held(site)[1] <= 20
    await site.check(viewer)
    await viewer.leave()


@pytest.mark.parametrize("limits", [replace(SMALL_RING, snapshot_page=10, catch_up_page=16)], ids=["small-pages"])
async def test_a_reader_whom_the_ring_overtakes_during_the_snapshot_is_sent_the_rest_from_history(site: Site) -> None:
    names = await site.seen(30)
    slow = site.follow()
    for _ in range(3):
        await slow.read()
        for number in range(60):
            await site.set(names[number % 30], (ONLINE, AWAY, OFFLINE)[number % 3], reason=str(number))
            await turns(3)
    assert slow.messages[-1].snapshot.last
    await site.check(slow)
    # Else an account that changes faster than its snapshot can be read would never get past it.
    assert slow.follower.snapshots == 1
    await slow.leave()


@pytest.mark.parametrize("limits", [held_back(0.02, SMALL_RING)], ids=["held-back"])
async def test_more_events_at_once_than_the_ring_holds_overtake_everybody_and_nobody_is_wrong(site: Site) -> None:
    names = await site.seen(50)
    viewers = [site.follow(), site.follow(names[0], names[49])]
    for viewer in viewers:
        await viewer.read_snapshot()
        assert await viewer.peek() is None
    await site.set(names[0], AWAY)
    await asyncio.gather(*(site.set(name, OFFLINE) for name in names))
    for viewer in viewers:
        await site.check(viewer)
        await viewer.leave()


@small_ring
async def test_many_bookmarks_alone_are_bounded_too(site: Site) -> None:
    await site.seen(2)
    viewer = site.follow()
    await viewer.read_snapshot()
    for _ in range(100):
        site.clock.advance(BOOKMARK_INTERVAL_MS)
        await turns()
    assert held(site)[0] <= 8
    await site.check(viewer)
    await viewer.leave()


async def test_a_channel_s_first_watcher_may_leave_and_the_others_go_on(backend: Backend) -> None:
    async with opened_at(backend) as site:
        names = await site.seen(2)
        first, second = site.follow(), site.follow()
        await first.read_snapshot()
        await second.read_snapshot()
        await first.leave()
        await site.set(names[0], AWAY)
        await second.read_events(1)
        third = site.follow()
        await third.read_snapshot()
        await second.leave()
        await site.set(names[1], AWAY)
        await site.check(third)
        await third.leave()
