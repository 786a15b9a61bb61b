"""A store with everything around it that watching needs, on a clock that stands still, and without gRPC.

Messages are read in the form in which they are sent, through the server's own encoding, so that a `Follower` serves
here and over the wire alike.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from tests.fakes import FakeClock
from tests.stores.backends import Backend
from tests.watching.follower import Event, Follower, Shown, event_of, shown, user_status_of

from onduty.v1 import status_pb2 as pb
from onduty_server.app.background import BackgroundTasks
from onduty_server.app.ports.store import Store, StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.app.sweeper import Sweeper
from onduty_server.app.watching.limits import BOOKMARK_WITHIN_MS, WatchLimits
from onduty_server.app.watching.messages import Message
from onduty_server.app.watching.service import Watching
from onduty_server.domain.status import Status
from onduty_server.stores.resident.store import ResidentStore
from onduty_server.transport import convert
from onduty_server.transport.streams import encode

ACCOUNT = "acme"
SECOND = 1_000
PATIENCE_S = 20.0
"""How long anything may take that is sure to happen."""
DISTANCE_S = 0.05
"""How long to wait for what may be on its way from a store of another process."""
ONLINE, AWAY, OFFLINE = Status.ONLINE, Status.AWAY, Status.OFFLINE
BOOKMARK_INTERVAL_MS = WatchLimits().bookmark_interval_ms
BOOKMARK_SILENCE_MS = WatchLimits().bookmark_silence_ms


def held_back(seconds: float, limits: WatchLimits | None = None) -> WatchLimits:
    """Limits under which events that soon follow others wait this long, to be sent together."""
    return replace(limits or WatchLimits(), batch_interval_min_s=seconds, batch_interval_max_s=seconds)


AT_ONCE = held_back(0.0)
"""Events are sent as they come: how long they are held back is real time, which tests do not wait for."""


async def turns(count: int = 30) -> None:
    """Let everything run that is ready to."""
    for _ in range(count):
        await asyncio.sleep(0)


async def until(found: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait for something that threads, or the batching of events, bring about."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            answer = found()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.001)


class Viewer:
    """One watch, read message by message; its follower learns of each."""

    def __init__(
        self, site: Site, follower: Follower, resume_token: str = "", within_ms: int = BOOKMARK_WITHIN_MS
    ) -> None:
        self.follower = follower
        self.messages: list[pb.WatchStatusesResponse] = []
        self.raw: list[Message] = []
        self.ended = False
        self._distance_s = 0.0 if isinstance(site.store, ResidentStore) else DISTANCE_S
        self._account_id = follower.account_id
        self._stream: AsyncGenerator[Message, None] = site.watching.watch(
            follower.account_id, tuple(follower.users), resume_token, within_ms
        )
        self._next: asyncio.Task[Message | None] | None = None

    @property
    def token(self) -> str:
        """The last message's."""
        return self.messages[-1].resume_token

    async def read(self) -> pb.WatchStatusesResponse:
        """The next message, which is sure to come."""
        async with asyncio.timeout(PATIENCE_S):
            message = await self._pull()
        assert message is not None, "the watch ended"
        return self._take(message)

    async def peek(self) -> pb.WatchStatusesResponse | None:
        """The next message if there is one now."""
        pulled = self._pull()
        for _ in range(30):
            if pulled.done():
                break
            await asyncio.sleep(0)
        if not pulled.done() and self._distance_s:
            await asyncio.wait([pulled], timeout=self._distance_s)
        if not pulled.done():
            return None
        message = pulled.result()
        return None if message is None else self._take(message)

    async def read_all(self) -> list[pb.WatchStatusesResponse]:
        """Every message that there is now."""
        found = []
        while (message := await self.peek()) is not None:
            found.append(message)
        return found

    async def read_snapshot(self) -> list[pb.WatchStatusesResponse]:
        """All pages of a snapshot that begins now."""
        pages = [await self.read()]
        assert pages[0].snapshot.first
        while not pages[-1].snapshot.last:
            pages.append(await self.read())
            assert pages[-1].HasField("snapshot") and not pages[-1].snapshot.first
        return pages

    async def read_events(self, count: int) -> list[pb.WatchedChange]:
        """Exactly the next so many events, with whatever bookmarks stand between."""
        found: list[pb.WatchedChange] = []
        while len(found) < count:
            message = await self.read()
            assert not message.HasField("snapshot"), "a snapshot instead of events"
            found.extend(message.changes.changes)
        assert len(found) == count
        return found

    async def end(self) -> None:
        """Read on to the end of the watch, which must come."""
        async with asyncio.timeout(PATIENCE_S):
            while (message := await self._pull()) is not None:
                self._take(message)

    async def leave(self) -> None:
        """Go, wherever the watch stands."""
        if self._next is not None:
            self._next.cancel()
            await asyncio.wait([self._next])
            self._next = None
        await self._stream.aclose()

    def _pull(self) -> asyncio.Task[Message | None]:
        if self._next is None:
            self._next = asyncio.create_task(self._pulled())
        return self._next

    async def _pulled(self) -> Message | None:
        return await anext(self._stream, None)

    def _take(self, message: Message) -> pb.WatchStatusesResponse:
        self._next = None
        self.raw.append(message)
        parsed = pb.WatchStatusesResponse.FromString(encode(self._account_id, message))
        self.messages.append(parsed)
        self.follower.take(parsed)
        return parsed


class Site:
    """An open store, and what is built on it. Nothing sweeps unless told to."""

    def __init__(self, store: Store, clock: FakeClock, limits: WatchLimits = AT_ONCE) -> None:
        self.store = store
        self.clock = clock
        self.service = StatusService(store)
        self.sweeper = Sweeper(store, clock)
        self.background = BackgroundTasks()
        self.watching = Watching(store, clock, self.background, limits=limits)

    def follow(
        self, *users: str, token: str = "", account_id: str = ACCOUNT, within_ms: int = BOOKMARK_WITHIN_MS
    ) -> Viewer:
        """A watch by somebody who knows nothing yet."""
        return Viewer(self, Follower(account_id, users), token, within_ms)

    def resume(self, viewer: Viewer, *, token: str | None = None, follower: Follower | None = None) -> Viewer:
        """A watch that goes on where another one stands, or stood when it had that token and knew that much."""
        return Viewer(self, (follower or viewer.follower).copy(), viewer.token if token is None else token)

    async def set(self, user_id: str, status: Status = ONLINE, *, reason: str = "", account_id: str = ACCOUNT) -> None:
        """Set a status by hand; durable on return."""
        await self.service.set_status(account_id, user_id, status, reason=reason)

    async def seen(self, count: int, *, account_id: str = ACCOUNT) -> list[str]:
        """So many users who are ONLINE."""
        names = [f"user-{number:05}" for number in range(count)]
        await asyncio.gather(*(self.service.record_activity(account_id, name) for name in names))
        return names

    async def history(self, account_id: str = ACCOUNT, after: int = 0) -> list[Event]:
        """All events of an account of which nothing was forgotten yet."""
        found: list[Event] = []
        while events := await self.store.events(account_id, after, 10_000):
            found.extend(event_of(convert.to_watched_change(account_id, event)) for event in events)
            after = found[-1].revision
        return found

    async def statuses(self, account_id: str = ACCOUNT) -> dict[str, Shown]:
        """What the server says of everybody."""
        found: dict[str, Shown] = {}
        position: int | None = 0
        while position is not None:
            page = await self.store.scan(account_id, (), position, 1_000)
            found |= {view.user_id: shown(user_status_of(account_id, view)) for view in page.views}
            position = page.next_position
        return found

    async def workflow(self, account_id: str = ACCOUNT) -> pb.Workflow:
        """What the server says of the workflow."""
        return convert.to_workflow(account_id, await self.store.workflow(account_id))

    async def team_workflows(self, account_id: str = ACCOUNT) -> dict[str, pb.Workflow]:
        """What the server says of the workflows that teams have of their own."""
        found = await self.store.team_workflows(account_id)
        return {each.team_id: convert.to_workflow(account_id, each) for each in found}

    async def name(self, user_id: str, display_name: str = "", team_id: str = "") -> None:
        """Give a user a name and a team; durable on return."""
        await self.service.update_user(ACCOUNT, user_id, {"display_name": display_name, "team_id": team_id})

    async def erase(self, user_id: str) -> None:
        """Erase a user as the servicer does."""
        async with self.watching.erasing(ACCOUNT, user_id):
            await self.service.delete_user(ACCOUNT, user_id)

    async def settle(self) -> None:
        """Sweep what is due, and wait until everything is durable."""
        await self.sweeper.sweep_once()
        await self.store.heartbeat()

    async def catch_up(self, viewer: Viewer) -> None:
        """Let time go on until a bookmark says that the viewer knows everything there is."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                self.clock.advance(BOOKMARK_INTERVAL_MS)
                await self.settle()
                await viewer.read_all()
                if not viewer.follower.in_snapshot and viewer.follower.effective_until >= self.clock.now() - 1:
                    return
                # Threads may have something to do for it.
                await asyncio.sleep(0.001)

    async def check(self, viewer: Viewer, *, history: list[Event] | None = None) -> None:
        """Catch up, then compare all that the viewer knows with all that the server does."""
        await self.catch_up(viewer)
        account_id = viewer.follower.account_id
        known = await self.history(account_id) if history is None else history
        viewer.follower.check(
            known,
            await self.statuses(account_id),
            await self.workflow(account_id),
            await self.team_workflows(account_id),
        )

    def assert_nobody_left(self) -> None:
        """Nothing is kept for watchers who are gone, and no background task has failed."""
        assert not self.background.failed.is_set()
        assert self.watching.watches == 0
        assert not self.watching._channels
        # Where a store keeps them is its own affair; of the resident ones it is known.
        assert not getattr(self.store, "_listeners", ())
        names = {task.get_name() for task in asyncio.all_tasks()}
        assert not names & {"onduty-bookmarks", "onduty-round", "onduty-subscribe"}


@asynccontextmanager
async def opened(store: Store, clock: FakeClock, limits: WatchLimits = AT_ONCE) -> AsyncIterator[Site]:
    """A site on a store, which is opened for it. Whoever watches must have left at the end."""
    await store.open()
    try:
        async with _watched(Site(store, clock, limits)) as site:
            yield site
    finally:
        await store.close()


@asynccontextmanager
async def opened_at(backend: Backend, limits: WatchLimits = AT_ONCE) -> AsyncIterator[Site]:
    """As `opened`, at any of the places that the stores' own suite knows; the jumps of its clock are no outages."""
    store = await backend.open(StoreOptions(count_outage_as_inactivity=True))
    try:
        async with _watched(Site(store, backend.clock, limits)) as site:
            yield site
    finally:
        await backend.stop()


@asynccontextmanager
async def _watched(site: Site) -> AsyncIterator[Site]:
    try:
        yield site
        await turns()
        site.assert_nobody_left()
    finally:
        site.watching.drain()
