"""How watches end: when the server drains, and when the watcher goes. Nothing stays behind."""

from __future__ import annotations

import asyncio
import gc
from dataclasses import replace

import pytest
from structlog.testing import capture_logs
from tests.fakes import FakeClock
from tests.stores.backends import Backend
from tests.watching.site import ACCOUNT, AT_ONCE, AWAY, BOOKMARK_INTERVAL_MS, Site, Viewer, opened, opened_at, turns

from onduty_server.app.watching.limits import WatchLimits
from onduty_server.stores.memory import MemoryStore
from onduty_server.stores.resident.store import ResidentStore

SMALL_PAGES = replace(AT_ONCE, snapshot_page=10, catch_up_page=7)


@pytest.fixture
def limits() -> WatchLimits:
    return SMALL_PAGES


async def test_a_watch_ends_wherever_it_stands_once_the_server_drains(backend: Backend) -> None:
    async with opened_at(backend, SMALL_PAGES) as site:
        await site.seen(25)
        resumable = site.follow()
        await resumable.read_snapshot()
        await resumable.leave()
        for number in range(20):
            await site.set(f"user-{number:05}", AWAY)
        not_begun, in_snapshot, waiting, filtered = site.follow(), site.follow(), site.follow(), site.follow("ghost")
        in_history = site.resume(resumable)
        elsewhere = site.follow(account_id="other")
        await in_snapshot.read()
        await in_history.read()
        for viewer in (waiting, filtered, elsewhere):
            await viewer.read_snapshot()
            # A store over a network may answer up to when all is told only now.
            while (message := await viewer.peek()) is not None:
                assert message.HasField("bookmark")
        assert site.watching.watches == 5
        site.watching.drain()
        for viewer in (not_begun, in_snapshot, waiting, filtered, elsewhere):
            read = len(viewer.messages)
            await viewer.end()
            assert len(viewer.messages) == read
        # Who reads history is not kept until the end of it.
        await in_history.end()
        assert len(in_history.follower.events) < 20
        assert site.watching.watches == 0
        # And whoever comes now is sent elsewhere at once.
        late = site.follow()
        await late.end()
        assert late.messages == []


async def test_what_a_drained_watch_was_not_told_it_is_told_when_it_resumes(backend: Backend) -> None:
    async with opened_at(backend, SMALL_PAGES) as site:
        names = await site.seen(3)
        viewer = site.follow()
        await viewer.read_snapshot()
        await site.set(names[0], AWAY)
        site.watching.drain()
        await viewer.end()
        # The store still takes calls: they have their time to finish.
        await site.set(names[1], AWAY)
        again = Site(site.store, site.clock, SMALL_PAGES)
        resumed = Viewer(again, viewer.follower.copy(), viewer.token)
        await again.check(resumed)
        await resumed.leave()


async def test_draining_twice_is_draining(site: Site) -> None:
    viewer = site.follow()
    await viewer.read_snapshot()
    site.watching.drain()
    site.watching.drain()
    await viewer.end()


async def test_a_watcher_may_go_at_any_point_and_leaves_nothing(site: Site) -> None:
    await site.seen(25)
    for read in range(6):
        viewer = site.follow()
        for _ in range(read):
            await viewer.peek()
        await site.set("user-00001", AWAY, reason=str(read))
        await viewer.leave()
        await turns(3)
        site.assert_nobody_left()


async def test_a_watcher_may_go_in_the_middle_of_every_step(site: Site) -> None:
    """Cancelled after one turn of the loop, two, three: wherever it waits then."""
    await site.seen(25)
    first = site.follow()
    await first.read_snapshot()
    await first.leave()
    for token in ("", first.token):
        for count in range(40):
            await site.set("user-00001", AWAY, reason=f"{token} {count}")
            viewer = site.follow(token=token)
            viewer.follower.in_snapshot = viewer.follower._began = True
            pulled = viewer._pull()
            await turns(count)
            if not pulled.done():
                pulled.cancel()
            await viewer.leave()
            await turns(3)
            site.assert_nobody_left()
    assert site.watching.watches == 0


async def test_a_watch_that_is_forgotten_without_being_closed_leaves_nothing(site: Site) -> None:
    await site.seen(2)
    viewer = site.follow()
    await viewer.read_snapshot()
    del viewer
    gc.collect()
    await turns()
    site.assert_nobody_left()


async def test_thousands_of_watches_that_come_and_go_leave_nothing(site: Site, backend: Backend) -> None:
    await site.seen(5)
    tasks = len(asyncio.all_tasks())
    # Over a network each of them takes a while.
    for number in range(25 if backend.shared else 300):
        viewers = [site.follow(account_id=f"{ACCOUNT}-{number % 7}") for _ in range(5)]
        viewers += [site.follow() for _ in range(5)]
        for place, viewer in enumerate(viewers):
            if place % 3:
                await viewer.read()
            if place % 3 == 2:
                await viewer.peek()
        if number % 10 == 0:
            await site.set("user-00001", AWAY, reason=str(number))
            site.clock.advance(BOOKMARK_INTERVAL_MS)
        for viewer in viewers[number % 2 :: 2] + viewers[(number + 1) % 2 :: 2]:
            await viewer.leave()
    await turns()
    site.assert_nobody_left()
    assert len(asyncio.all_tasks()) == tasks
    assert not getattr(site.store, "_unsent", ())
    assert not site.clock._waits


@pytest.mark.parametrize("backend", ["memory", "sqlite"], indirect=True)
async def test_events_that_nobody_is_left_to_hear_are_not_kept(site: Site) -> None:
    await site.seen(2)
    viewer = site.follow()
    await viewer.read_snapshot()
    await viewer.leave()
    for number in range(50):
        await site.set("user-00001", AWAY, reason=str(number))
    assert isinstance(site.store, ResidentStore)
    account = site.store._accounts[ACCOUNT]
    assert not account.watched
    assert account.unsent == []


class FaultyStore(MemoryStore):
    """A store with a bug in what bookmarks are made of."""

    async def settled_until(self, account_id: str) -> int | None:
        raise ZeroDivisionError


async def test_bookmarks_do_not_end_in_silence(clock: FakeClock) -> None:
    """A watch would go on without them, and no reader could tell how old what it knows is."""
    async with opened(FaultyStore(clock), clock) as site:
        viewer = site.follow()
        with capture_logs() as logs:
            await viewer.read_snapshot()
            await turns()
        assert site.background.failed.is_set()
        (line,) = logs
        assert (line["log_level"], line["task"]) == ("critical", "onduty-bookmarks")
        assert isinstance(line["exc_info"], ZeroDivisionError)
        await viewer.leave()
        site.background.failed.clear()
