"""Nobody is told of what a crash could undo, nor given a token that rests on it: SQLite with its writer held up."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest
from tests.fakes import FakeClock
from tests.watching.follower import Follower
from tests.watching.site import ACCOUNT, AWAY, BOOKMARK_INTERVAL_MS, OFFLINE, Site, Viewer, opened, turns

from onduty_server.app.ports.store import StoreOptions
from onduty_server.stores.sqlite import SqliteStore


class Disk:
    """The file of a store, the means to keep the store from writing to it, and what a crash would leave."""

    def __init__(self, directory: Path, clock: FakeClock) -> None:
        self._directory = directory
        self._clock = clock
        self._crashes = 0

    def store(self) -> SqliteStore:
        return SqliteStore(self._directory / "onduty.db", self._clock, StoreOptions(count_outage_as_inactivity=True))

    @contextmanager
    def held_up(self) -> Iterator[None]:
        """While it lasts nothing becomes durable, and the store does not yet know that."""
        connection = apsw.Connection(str(self._directory / "onduty.db"))
        try:
            connection.execute("BEGIN IMMEDIATE")
            yield
        finally:
            connection.close()

    def crash(self) -> SqliteStore:
        """A store over the file as a kill would leave it now."""
        self._crashes += 1
        left = self._directory / f"crash-{self._crashes}"
        left.mkdir()
        for suffix in ("", "-wal"):
            shutil.copyfile(self._directory / f"onduty.db{suffix}", left / f"onduty.db{suffix}")
        return SqliteStore(left / "onduty.db", self._clock, StoreOptions(count_outage_as_inactivity=True))


@pytest.fixture
def disk(tmp_path: Path, clock: FakeClock) -> Disk:
    return Disk(tmp_path, clock)


async def setting(site: Site, user_id: str) -> asyncio.Task[None]:
    """A SetStatus that is decided and waits for the disk."""
    task = asyncio.create_task(site.set(user_id, AWAY))
    await turns()
    assert not task.done()
    return task


async def test_a_change_is_told_of_once_it_is_durable(disk: Disk, clock: FakeClock) -> None:
    async with opened(disk.store(), clock) as site:
        names = await site.seen(3)
        viewer = site.follow()
        await viewer.read_snapshot()
        with disk.held_up():
            setter = await setting(site, names[0])
            workflow = asyncio.create_task(site.service.update_workflow(ACCOUNT, {"away_after_ms": 5_000}))
            await turns()
            for _ in range(3):
                clock.advance(300)
                assert [message for message in await viewer.read_all() if not message.HasField("bookmark")] == []
        await setter
        await workflow
        await viewer.read_events(2)
        await site.check(viewer)
        await viewer.leave()


async def test_bookmarks_stand_still_while_a_change_is_not_durable(disk: Disk, clock: FakeClock) -> None:
    async with opened(disk.store(), clock) as site:
        names = await site.seen(3)
        viewer = site.follow()
        await viewer.read_snapshot()
        assert await viewer.peek() is None
        clock.advance(BOOKMARK_INTERVAL_MS)
        await site.store.heartbeat()
        (bookmark,) = await viewer.read_all()
        with disk.held_up():
            setter = await setting(site, names[0])
            for _ in range(2):
                clock.advance(BOOKMARK_INTERVAL_MS)
                (message,) = await viewer.read_all()
                assert message == bookmark
        await setter
        await site.check(viewer)
        await viewer.leave()


@pytest.mark.parametrize("others", [False, True], ids=["first", "joining"])
async def test_a_page_does_not_show_what_is_not_durable(disk: Disk, clock: FakeClock, others: bool) -> None:
    async with opened(disk.store(), clock) as site:
        names = await site.seen(3)
        other = site.follow()
        if others:
            await other.read_snapshot()
        everybody, involved = site.follow(), site.follow(names[0])
        with disk.held_up():
            setter = await setting(site, names[0])
            assert await everybody.peek() is None
            assert await involved.peek() is None
        await setter
        for viewer in (everybody, involved):
            await viewer.read_snapshot()
            assert viewer.follower.states[names[0]].revision == 4
            await site.check(viewer)
            await viewer.leave()
        await other.leave()


async def test_the_workflow_of_a_page_is_durable(disk: Disk, clock: FakeClock) -> None:
    async with opened(disk.store(), clock) as site:
        names = await site.seen(3)
        viewer = site.follow(names[0])
        with disk.held_up():
            workflow = asyncio.create_task(site.service.update_workflow(ACCOUNT, {"away_after_ms": 5_000}))
            await turns()
            assert await viewer.peek() is None
        await workflow
        (page,) = await viewer.read_snapshot()
        assert page.snapshot.workflow.away_after.seconds == 5
        await site.check(viewer)
        await viewer.leave()


async def test_no_token_rests_on_what_is_not_durable(disk: Disk, clock: FakeClock) -> None:
    """After a crash the revision is given to another change, which whoever resumes must be told of."""
    async with opened(disk.store(), clock) as site:
        names = await site.seen(3)
        viewer = site.follow(names[1])
        known = []
        with disk.held_up():
            setter = await setting(site, names[0])
            # The state of this one is durable, so a page could show it.
            for _ in range(2):
                while await viewer.peek() is not None:
                    known.append((viewer.token, viewer.follower.copy()))
                clock.advance(BOOKMARK_INTERVAL_MS)
            left = disk.crash()
        await setter
        await site.check(viewer)
        await viewer.leave()
    async with opened(left, clock) as site:
        await site.set(names[1], OFFLINE)
        for token, follower in known:
            await watch_on(site, token, follower)


async def watch_on(site: Site, token: str, follower: Follower) -> None:
    resumed = Viewer(site, follower.copy(), token)
    await site.check(resumed)
    await resumed.leave()


async def test_a_token_of_the_ring_survives_a_crash(disk: Disk, clock: FakeClock) -> None:
    async with opened(disk.store(), clock) as site:
        names = await site.seen(3)
        viewer = site.follow()
        known = []
        await viewer.read_snapshot()
        for number in range(12):
            if number % 4 == 3:
                with disk.held_up():
                    setter = await setting(site, names[number % 3])
                    clock.advance(BOOKMARK_INTERVAL_MS)
                    await turns()
                await setter
            else:
                await site.set(names[number % 3], OFFLINE, reason=str(number))
            while await viewer.peek() is not None:
                known.append((viewer.token, viewer.follower.copy()))
        left = disk.crash()
        await viewer.leave()
    async with opened(left, clock) as site:
        await site.set(names[1], AWAY, reason="after the crash")
        for token, follower in known:
            assert len(follower.events) > 0
            await watch_on(site, token, follower)


async def test_history_that_is_not_durable_is_not_sent_to_those_who_resume(disk: Disk, clock: FakeClock) -> None:
    async with opened(disk.store(), clock) as site:
        names = await site.seen(3)
        viewer = site.follow()
        await viewer.read_snapshot()
        await viewer.leave()
        with disk.held_up():
            setter = await setting(site, names[0])
            resumed = site.resume(viewer)
            assert await resumed.peek() is None
        await setter
        await resumed.read_events(1)
        await site.check(resumed)
        await resumed.leave()
