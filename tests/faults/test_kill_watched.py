"""kill -9 with watchers on: what a watcher was ever told stays true, and it goes on without a gap.

One server is loaded with every kind of change, sessions and engagements among them, killed at random moments and
started again on the same file. Watchers of everybody and of some resume from the last token that they were given. After
every restart all that anybody was told must be in the server's history, word for word, and so must what was
acknowledged.

`ONDUTY_TEST_KILLS=100` looks harder, `ONDUTY_TEST_DICE=7` repeats a run's choices as far as timing lets it.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from itertools import count, product
from pathlib import Path

import pytest
from grpc import aio
from tests.faults.process import Servers
from tests.grpc.streaming import Activities, Watch, activity, soon, until
from tests.grpc.wire import ACCOUNT, Wire
from tests.watching.follower import Event, Follower, shown

from onduty.v1 import status_pb2 as pb
from onduty_server.process.clock import wall_clock_ms

KILLS = int(os.environ.get("ONDUTY_TEST_KILLS", "10"))
DICE = int(os.environ.get("ONDUTY_TEST_DICE", "0")) or random.SystemRandom().randrange(1, 1 << 32)
USERS = [f"user-{number}" for number in range(40)]
LEASES = ("browser", "phone")
FILTERS: list[tuple[str, ...]] = [(), (), ("nobody", *USERS[:5])]
PERIODS_MS = (1_000, 2_000)
ENDS_MS = (1_000, 2_000)
"""For how long a status may be set."""
THENS = (pb.THEN_UNSPECIFIED, pb.THEN_ONLINE, pb.THEN_AWAY, pb.THEN_OFFLINE)


_guests = count(1)


class Load:
    """Changes of every kind by several clients at once, until the server is gone."""

    def __init__(self, wire: Wire, dice: random.Random) -> None:
        self.acknowledged: list[pb.UserStatus] = []
        """What SetStatus answered."""
        self.workflows = 0
        self.batches = 0
        self.leases = 0
        self._wire = wire
        self._dice = dice

    def has_done(self, changes: int) -> bool:
        """Whether so many statuses were acknowledged, and something of every kind."""
        return len(self.acknowledged) >= changes and min(self.batches, self.workflows, self.leases) > 0

    async def run(self) -> None:
        await asyncio.gather(*(self._set() for _ in range(4)), self._record(), self._update(), self._come_and_go())

    async def _set(self) -> None:
        with suppress(aio.AioRpcError):
            while True:
                status = self._dice.choice([pb.STATUS_ONLINE, pb.STATUS_AWAY, pb.STATUS_OFFLINE])
                reason = f"{self._dice.random()}"
                ttl_ms = self._dice.choice([None, None, *ENDS_MS])
                then = pb.THEN_UNSPECIFIED if ttl_ms is None else self._dice.choice(THENS)
                user = self._dice.choice(USERS)
                self.acknowledged.append(
                    await self._wire.set_status(user, status, actor="load", reason=reason, ttl_ms=ttl_ms, then=then)
                )

    async def _come_and_go(self) -> None:
        """Sessions and engagements of some, all along; most of them are ended."""
        with suppress(aio.AioRpcError):
            while True:
                user, lease = self._dice.choice(USERS[:20]), self._dice.choice(LEASES)
                await self._wire.keep_session(user, lease, idle_for_ms=self._dice.choice([0, 500]))
                await self._wire.keep_engagement(user, lease, ttl_ms=10_000)
                await self._wire.end_session(user, lease)
                await self._wire.end_engagement(user, lease)
                # And one whom nobody sees again.
                guest = f"guest-{next(_guests)}"
                await self._wire.keep_session(guest, lease, idle_for_ms=0)
                await self._wire.end_session(guest, lease)
                self.leases += 1

    async def _record(self) -> None:
        stream = Activities(self._wire)
        with suppress(aio.AioRpcError, asyncio.InvalidStateError):
            while True:
                batch = [activity(self._dice.choice(USERS)) for _ in range(self._dice.randrange(1, 30))]
                assert await stream.report(self.batches, batch) == []
                self.batches += 1

    async def _update(self) -> None:
        resumes = [pb.RESUME_FROM_AWAY, pb.RESUME_NEVER, pb.RESUME_FROM_AWAY_OR_OFFLINE]
        with suppress(aio.AioRpcError):
            while True:
                await self._wire.switch_on(
                    *PERIODS_MS,
                    resume=self._dice.choice(resumes),
                    disconnect_ms=PERIODS_MS[0],
                    disconnect_status=self._dice.choice([pb.STATUS_AWAY, pb.STATUS_OFFLINE]),
                )
                self.workflows += 1
                await asyncio.sleep(0.02)


async def follow(stream: Watch) -> None:
    """Learn what there is to learn until the server is gone."""
    with suppress(aio.AioRpcError):
        await stream.end()


class Watchers:
    """Everybody who watches, over all lives of the server."""

    def __init__(self) -> None:
        self.streams: list[Watch] = []
        self._beginning: Watch | None = None

    async def begin(self, wire: Wire) -> None:
        """Connect before anything has happened."""
        self._beginning = Watch(wire, Follower(ACCOUNT))
        await self._beginning.read_snapshot()
        await self._beginning.leave()
        self.streams = [Watch(wire, Follower(ACCOUNT, users)) for users in FILTERS]

    def resume(self, wire: Wire) -> None:
        """Go on after a kill, each from the last message that it got."""
        for stream in self.streams:
            # Clocks that moved in the last second may be lost, and what a bookmark said with them.
            stream.follower.lenient = True
        self.streams = [Watch(wire, stream.follower.copy(), stream.last_token) for stream in self.streams]

    async def history(self, wire: Wire, acknowledged: Iterable[pb.UserStatus] = ()) -> list[Event]:
        """All that ever happened, as far as anybody here knows, as one is told who resumes from before it."""
        known = [stream.follower.last_revision for stream in self.streams]
        last = max(*known, *(status.revision for status in acknowledged))
        assert self._beginning is not None
        scribe = Watch(wire, self._beginning.follower.copy(), self._beginning.last_token)
        while scribe.follower.last_revision < last:
            assert await scribe.read() is not None
        await scribe.leave()
        assert scribe.follower.snapshots == 1
        events = list(scribe.follower.events.values())
        assert [event.revision for event in events] == list(range(1, len(events) + 1))
        return events


def change_of(event: Event) -> pb.StatusChange | None:
    """The change of a status that an event is; None for one of the workflow."""
    return pb.WatchedChange.FromString(event.content).status_change if event.user else None


def assert_kept(history: list[Event], watchers: Watchers, acknowledged: list[pb.UserStatus]) -> None:
    """Nothing that anybody was told has been undone, or its revision given to another change."""
    for stream in watchers.streams:
        assert all(history[event.revision - 1] == event for event in stream.follower.events.values())
    for status in acknowledged:
        change = pb.WatchedChange.FromString(history[status.revision - 1].content).status_change
        assert (change.user_id, change.status, change.reason) == (status.user_id, status.status, status.reason)


@pytest.mark.timeout(300 + 5 * KILLS)
async def test_what_watchers_were_told_outlives_kill_9_and_they_go_on_without_a_gap(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("kills", KILLS)
    record_property("dice", DICE)
    dice = random.Random(DICE)
    watchers = Watchers()
    acknowledged: list[pb.UserStatus] = []
    async with Servers(tmp_path) as servers:
        for _ in range(KILLS):
            server = await servers.start(tmp_path / "onduty.db")
            async with aio.insecure_channel(server.address) as channel:
                wire = Wire(channel)
                if not watchers.streams:
                    await watchers.begin(wire)
                else:
                    assert_kept(await watchers.history(wire, acknowledged), watchers, acknowledged)
                    watchers.resume(wire)
                load = Load(wire, dice)
                running = [load.run(), *(follow(stream) for stream in watchers.streams)]
                tasks = [asyncio.create_task(one) for one in running]
                # So much has been done, however long that takes here; then at any moment.
                enough = dice.randrange(25, 150)
                await until(partial(load.has_done, enough))
                await asyncio.sleep(dice.uniform(0, 0.02))
                await server.kill()
                await soon(asyncio.gather(*tasks))
                acknowledged += load.acknowledged
        server = await servers.start(tmp_path / "onduty.db")
        async with aio.insecure_channel(server.address) as channel:
            wire = Wire(channel)
            assert_kept(await watchers.history(wire, acknowledged), watchers, acknowledged)
            watchers.resume(wire)
            # All is quiet: everybody ends up OFFLINE, and who has caught up knows exactly what the server does.
            known = {status.user_id for status in await wire.statuses()}
            for user, lease in product(known.intersection(USERS[:20]), LEASES):
                await wire.end_session(user, lease)
                await wire.end_engagement(user, lease)
            quiet = wall_clock_ms() + max(ENDS_MS) + PERIODS_MS[1] + 500
            for stream in watchers.streams:
                while stream.follower.effective_until < quiet:
                    assert await stream.read() is not None
            history = await watchers.history(wire)
            statuses = {status.user_id: shown(status) for status in await wire.statuses()}
            for stream in watchers.streams:
                stream.follower.check(history, statuses, await wire.workflow())
                assert stream.follower.snapshots == 1, "they resumed every time"
                await stream.leave()
    record_property("acknowledged SetStatus", len(acknowledged))
    record_property("revisions", len(history))
    causes = Counter(change.cause for change in map(change_of, history) if change is not None)
    record_property("ends", causes[pb.CAUSE_EXPIRY])
    record_property("disconnections", causes[pb.CAUSE_DISCONNECT])
    assert causes[pb.CAUSE_EXPIRY] > 0 and causes[pb.CAUSE_DISCONNECT] > KILLS
    record_property("events told", sum(len(stream.follower.events) for stream in watchers.streams))
    assert len(acknowledged) > 20 * KILLS and len(history) > 40 * KILLS
