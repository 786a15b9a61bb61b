"""Bookmarks never go back: not when a process dies, not at the process where a watcher goes on, not with a clock.

Two processes share a Redis and live by clocks of the test; each serves watches of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from tests.fakes import START, FakeClock
from tests.valkey import shared_server
from tests.watching.follower import ms
from tests.watching.site import ACCOUNT, BOOKMARK_INTERVAL_MS, BOOKMARK_SILENCE_MS, Site, Viewer, opened

from onduty.v1 import status_pb2 as pb
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.errors import StoreUnavailable
from onduty_server.stores.memory import MemoryStore
from onduty_server.stores.redis.membership import LEASE_MS
from onduty_server.stores.redis.store import RedisStore
from onduty_server.stores.redis.wire.address import parse_address

HALF = BOOKMARK_INTERVAL_MS // 2
AWAY_AFTER_MS = 9_700
"""Between a bookmark of the first process and the next of the second."""
_deployments = itertools.count(1)


@pytest.fixture
def prefix() -> str:
    return f"bookmarks-{next(_deployments)}"


def store_of(prefix: str, member: str, clock: FakeClock) -> RedisStore:
    address = parse_address(shared_server().address)
    return RedisStore(
        address, clock, StoreOptions(count_outage_as_inactivity=True), key_prefix=prefix, own_time=True, member=member
    )


@asynccontextmanager
async def process(prefix: str, member: str, clock: FakeClock) -> AsyncIterator[Site]:
    """A process that is killed at the end, unless its store has been abandoned before."""
    async with opened(store_of(prefix, member, clock), clock) as site:
        yield site


def bookmarks_of(messages: Sequence[pb.WatchStatusesResponse]) -> list[int]:
    return [ms(message.bookmark.effective_until) for message in messages if message.HasField("bookmark")]


async def holder_and_other(sites: Sequence[Site]) -> tuple[Site, Site]:
    """Whichever holds the account's partition comes first."""
    for _ in range(2):
        for site in sites:
            await site.store.heartbeat()
    first, second = sites
    assert isinstance(first.store, RedisStore)
    return (first, second) if list(first.store._partitions.held) else (second, first)


@pytest.mark.slow
async def test_who_resumes_elsewhere_while_a_partition_waits_for_its_next_process_is_told_nothing_older(
    prefix: str,
) -> None:
    clock = FakeClock()
    async with process(prefix, "first", clock) as first, process(prefix, "second", clock) as second:
        await first.service.update_workflow(ACCOUNT, {"enabled": True, "away_after_ms": AWAY_AFTER_MS})
        holder, other = await holder_and_other((first, second))
        await holder.set("ann")
        due = clock.now() + AWAY_AFTER_MS
        stays = other.follow()
        await stays.read_snapshot()
        clock.advance(HALF)
        moves = holder.follow()
        await moves.read_snapshot()
        while clock.now() + HALF < due:
            clock.advance(HALF)
            for site in (holder, other):
                await site.store.heartbeat()
            await stays.read_all()
            await moves.read_all()
        assert stays.follower.effective_until < moves.follower.effective_until, "or nothing is shown here"
        assert isinstance(holder.store, RedisStore)
        await moves.leave()
        holder.watching.drain()
        await holder.store.abandon()
        # The switch falls due, and nobody records it before the lease is over.
        resumed = other.resume(moves)
        clock.set(due + HALF)
        await other.settle()
        repeated = bookmarks_of(await stays.read_all())
        assert await resumed.read_all() == []
        assert set(repeated) == {stays.follower.effective_until}, "what was said stays said"
        clock.advance(LEASE_MS + BOOKMARK_INTERVAL_MS)
        await other.store.heartbeat()
        await other.settle()
        # Both followers fail on a bookmark that goes back, and on one that was wrong.
        await other.check(stays)
        await other.check(resumed)
        assert resumed.follower.effective_until > due
        await resumed.leave()
        await stays.leave()


@pytest.mark.slow
async def test_who_joins_is_not_told_the_last_bookmark_of_those_who_were_there(prefix: str) -> None:
    """Nor one from the ring, which a watcher that resumes further back has before it."""
    clock = FakeClock()
    async with process(prefix, "only", clock) as site:
        await site.set("ann")
        before = site.follow()
        await before.read_snapshot()
        known, token = before.follower.copy(), before.token
        for number in range(3):
            clock.advance(BOOKMARK_INTERVAL_MS)
            await site.store.heartbeat()
            await site.set("ann", reason=str(number))
            await before.read_all()
        told = before.follower.effective_until
        assert told == clock.now() - 1
        resumed = Viewer(site, known, token)
        assert bookmarks_of(await resumed.read_all()) == []
        assert sorted(resumed.follower.events) == [2, 3, 4]
        clock.advance(BOOKMARK_INTERVAL_MS)
        assert bookmarks_of(await resumed.read_all()) == [clock.now() - 1]
        await resumed.leave()
        await before.leave()


@pytest.mark.slow
async def test_what_one_process_told_no_other_falls_short_of_though_a_clock_went_back(prefix: str) -> None:
    ahead, behind = FakeClock(START + 700), FakeClock(START + 700)
    async with process(prefix, "first", ahead) as first, process(prefix, "second", behind) as second:
        await first.set("ann")
        ahead.advance(900)
        told = await first.store.settled_until(ACCOUNT)
        assert told == ahead.now() - 1
        assert await second.store.settled_until(ACCOUNT) == told, "by a clock that is 900 ms behind"
        # Nor does anything happen at a time of which it was said that all is told.
        view = await second.service.set_status(ACCOUNT, "ann", 2, reason="late")  # type: ignore[arg-type]
        (change,) = (await second.store.events(ACCOUNT, 1, 10))[0:1]
        assert view.revision == change.revision
        assert change.change.commit_time > told  # type: ignore[union-attr]


class SilentStore(MemoryStore):
    """One that can be cut off from where it keeps things."""

    is_cut_off = False

    async def settled_until(self, account_id: str) -> int | None:
        if self.is_cut_off:
            raise StoreUnavailable
        return await super().settled_until(account_id)


async def test_a_watch_ends_once_the_store_has_been_silent_for_seconds(clock: FakeClock) -> None:
    store = SilentStore(clock, StoreOptions(count_outage_as_inactivity=True))
    async with opened(store, clock) as site:
        await site.set("ann")
        viewers = [site.follow(), site.follow("ann")]
        for viewer in viewers:
            await viewer.read_snapshot()
        clock.advance(BOOKMARK_INTERVAL_MS)
        for viewer in viewers:
            await viewer.read_all()
        last, store.is_cut_off = clock.now(), True
        while clock.now() + BOOKMARK_INTERVAL_MS < last + BOOKMARK_SILENCE_MS:
            clock.advance(BOOKMARK_INTERVAL_MS)
            for viewer in viewers:
                assert bookmarks_of(await viewer.read_all()) == [last - 1], "a short silence ends nothing"
        clock.advance(BOOKMARK_INTERVAL_MS)
        for viewer in viewers:
            with pytest.raises(StoreUnavailable):
                await viewer.end()
        store.is_cut_off = False
        for viewer in viewers:
            resumed = site.resume(viewer)
            await site.check(resumed)
            assert resumed.follower.snapshots == 1
            await resumed.leave()
            await viewer.leave()
