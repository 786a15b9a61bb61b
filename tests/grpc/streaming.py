"""Watches and streams of activities as a caller sees them: raw stubs, read message by message."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from google.protobuf.timestamp_pb2 import Timestamp
from grpc import aio
from tests.fakes import FakeClock
from tests.grpc.wire import ACCOUNT, Wire
from tests.servers import running
from tests.watching.follower import Event, Follower, event_of, shown

from onduty.v1 import status_pb2 as pb
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.watching.limits import WatchLimits
from onduty_server.process.application import Application
from onduty_server.stores.memory import MemoryStore

PATIENCE_S = 20.0
"""How long to wait for what must happen."""

_Result = TypeVar("_Result")


async def soon(awaitable: Awaitable[_Result]) -> _Result:
    """Await what must come."""
    async with asyncio.timeout(PATIENCE_S):
        return await awaitable


async def nobody_watches(application: Application) -> None:
    """Wait until the server has noticed that every watcher left; nothing of theirs may remain."""
    await until(lambda: application.watching.watches == 0)
    assert_nobody_watches(application)
    await until(lambda: "onduty-bookmarks" not in [task.get_name() for task in asyncio.all_tasks()])


async def until(found: Callable[[], bool]) -> None:
    """Poll until a condition holds that nothing announces."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if found():
                return
            await asyncio.sleep(0.005)


class Watch:
    """One call of WatchStatuses; its follower is given every message that is read."""

    def __init__(
        self, wire: Wire, follower: Follower, resume_token: str = "", *, bookmark_within: int | None = None
    ) -> None:
        self.follower = follower
        self.last_token = resume_token
        """The token of the last message, or the one that the watch began with."""
        self.messages: list[pb.WatchStatusesResponse] = []
        self._reading: asyncio.Future[Any] | None = None
        request = pb.WatchStatusesRequest(
            account_id=follower.account_id, user_ids=sorted(follower.users), resume_token=resume_token
        )
        if bookmark_within is not None:
            request.bookmark_within.FromMilliseconds(bookmark_within)
        self.call: aio.UnaryStreamCall[Any, pb.WatchStatusesResponse] = wire.stub.WatchStatuses(request)

    async def read(self) -> pb.WatchStatusesResponse | None:
        """The next message; None once the stream has ended with OK."""
        message = await soon(self._read())
        if not isinstance(message, pb.WatchStatusesResponse):
            return None
        return self._take(message)

    async def read_within(self, seconds: float) -> pb.WatchStatusesResponse | None:
        """The next message if it comes within a short while."""
        reading = self._read()
        await asyncio.wait([reading], timeout=seconds)
        return await self.read() if reading.done() else None

    def _read(self) -> asyncio.Future[Any]:
        # To cancel it would cancel the call.
        if self._reading is None:
            self._reading = asyncio.ensure_future(self.call.read())
        return self._reading

    def _take(self, message: pb.WatchStatusesResponse) -> pb.WatchStatusesResponse:
        self._reading = None
        self.messages.append(message)
        self.last_token = message.resume_token
        self.follower.take(message)
        return message

    async def read_snapshot(self) -> list[pb.StatusSnapshot]:
        """All the pages of a snapshot that begins now."""
        pages: list[pb.StatusSnapshot] = []
        while not pages or not pages[-1].last:
            message = await self.read()
            assert message is not None and message.HasField("snapshot")
            pages.append(message.snapshot)
        return pages

    async def read_changes(self, count: int) -> list[pb.WatchedChange]:
        """Read exactly that many changes, with any bookmarks between them."""
        found: list[pb.WatchedChange] = []
        while len(found) < count:
            message = await self.read()
            assert message is not None and not message.HasField("snapshot")
            found.extend(message.changes.changes)
        assert len(found) == count
        return found

    async def end(self) -> None:
        """Read to the end of the stream, which must come, with OK."""
        while await self.read() is not None:
            pass

    async def leave(self) -> None:
        """Cancel the call."""
        self.call.cancel()
        waits = [asyncio.ensure_future(self.call.code())]
        await asyncio.wait(waits if self._reading is None else [*waits, self._reading])


def watch(wire: Wire, *users: str, token: str = "", account_id: str = ACCOUNT) -> Watch:
    """Begin a watch without a token."""
    return Watch(wire, Follower(account_id, users), token)


def resume(wire: Wire, stood: Watch, token: str | None = None) -> Watch:
    """Begin a watch that resumes where another one is."""
    return Watch(wire, stood.follower.copy(), stood.last_token if token is None else token)


async def catch_up(application: Application, watch: Watch) -> None:
    """Advance the server's fake clock until a bookmark says that the watcher has everything."""
    clock: Any = application.clock
    async with asyncio.timeout(PATIENCE_S):
        while True:
            clock.advance(WatchLimits().bookmark_interval_ms)
            await application.sweeper.sweep_once()
            await application.store.heartbeat()
            # More than one bookmark may be on its way.
            while await watch.read_within(0.05) is not None:
                if watch.follower.effective_until >= clock.now() - 1:
                    return


async def check(wire: Wire, application: Application, watch: Watch, workflow_changes: Iterable[Event] = ()) -> None:
    """Catch up, then compare what the watcher knows with what the other calls answer.

    They do not answer past workflow changes: say which there were.
    """
    await catch_up(application, watch)
    account_id = watch.follower.account_id
    changes = await wire.changes(account_id=account_id)
    history = [event_of(pb.WatchedChange(status_change=change)) for change in changes]
    statuses = {status.user_id: shown(status) for status in await wire.statuses(account_id=account_id)}
    watch.follower.check([*history, *workflow_changes], statuses, await wire.workflow(account_id))


class Activities:
    """One call of RecordActivities."""

    def __init__(self, wire: Wire) -> None:
        self.call: aio.StreamStreamCall[Any, pb.RecordActivitiesResponse] = wire.stub.RecordActivities()

    async def send(self, sequence: int, activities: Collection[pb.Activity], leases: Collection[pb.Lease] = ()) -> None:
        request = pb.RecordActivitiesRequest(sequence=sequence, activities=activities, leases=leases)
        await soon(self.call.write(request))

    async def acknowledged(self) -> pb.RecordActivitiesResponse | None:
        """The next acknowledgement; None once the stream has ended with OK."""
        message = await soon(self.call.read())
        return message if isinstance(message, pb.RecordActivitiesResponse) else None

    async def report(self, sequence: int, activities: Collection[pb.Activity]) -> list[pb.ActivityError]:
        """Send, wait for the acknowledgement, and return what was refused."""
        await self.send(sequence, activities)
        answer = await self.acknowledged()
        assert answer is not None and answer.sequence == sequence
        assert not answer.lease_errors
        return list(answer.errors)

    async def report_leases(
        self, sequence: int, leases: Collection[pb.Lease], activities: Collection[pb.Activity] = ()
    ) -> pb.RecordActivitiesResponse:
        """Send sessions and engagements, and activities to come before them, and wait for the acknowledgement."""
        await self.send(sequence, activities, leases)
        answer = await self.acknowledged()
        assert answer is not None and answer.sequence == sequence
        return answer

    async def close(self) -> None:
        """Send no more; the stream must end with OK and without another message."""
        await soon(self.call.done_writing())
        assert await self.acknowledged() is None


def activity(user_id: str, at: Timestamp | None = None, *, account_id: str = ACCOUNT) -> pb.Activity:
    """One activity; without a time it was now."""
    return pb.Activity(account_id=account_id, user_id=user_id, activity_time=at)


def activities(count: int, *, first: int = 0, account_id: str = ACCOUNT) -> list[pb.Activity]:
    """One activity each of so many users."""
    return [activity(f"user-{number:06}", account_id=account_id) for number in range(first, first + count)]


def resident_bytes() -> int:
    """How much memory this process uses."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def stopped(application: Application) -> None:
    """It was stopped by the test itself."""

    async def stop_no_more() -> None:
        pass

    application.stop = stop_no_more  # type: ignore[method-assign]


def calls_served() -> int:
    """How many calls the servers of this process are busy with, as grpcio names its tasks."""
    return sum(task.get_name().startswith("HandleExceptions[") for task in asyncio.all_tasks())


@asynccontextmanager
async def in_memory(
    clock: FakeClock, watch_limits: WatchLimits | None = None
) -> AsyncIterator[tuple[Application, Wire]]:
    """A server over the store in memory, and a connection to it."""
    async with (
        running(
            MemoryStore(clock, StoreOptions(count_outage_as_inactivity=True)), clock, watch_limits=watch_limits
        ) as application,
        connected(application) as wire,
    ):
        yield application, wire


@asynccontextmanager
async def connected(application: Application) -> AsyncIterator[Wire]:
    """Open a separate connection."""
    async with aio.insecure_channel(f"127.0.0.1:{application.port}") as channel:
        yield Wire(channel)


def assert_nobody_watches(application: Application) -> None:
    """Check that nothing is kept for watchers that left."""
    watching, store = application.watching, application.store
    assert watching.watches == 0
    assert not watching._channels
    # Where a store keeps them is its own affair; of the resident ones it is known.
    assert not getattr(store, "_listeners", ())
