"""Following an account: a snapshot, then every event in the order of the revisions, none missing and none twice.

One `_Channel` per watched account holds its latest events in a ring that all its watchers read, each at its own place;
so a watcher costs its place, a change is held once, and a watcher that the ring has overtaken is sent a new snapshot.
Invariants: a channel's items are in the order of revisions without a gap; a watcher's `cursor` is the last revision it
knows of, by a message or by a snapshot page; a watcher's bookmarks never go back, whichever process it resumes at.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from ...domain.errors import InvalidField, LimitExceeded, ResumeTokenExpired, StoreUnavailable
from ...domain.record import AccountEvent, StatusChange, StatusView
from ...domain.workflow import Workflow
from ..limits import (
    BATCH_EVENTS_MAX,
    BATCH_INTERVAL_MAX_S,
    BATCH_INTERVAL_MIN_S,
    BATCH_INTERVAL_PER_WATCHER_S,
    BOOKMARK_INTERVAL_MS,
    BOOKMARK_SILENCE_MS,
    CATCH_UP_PAGE,
    CHANNEL_EVENTS_MAX,
    CHANNEL_ITEMS_MAX,
    SNAPSHOT_PAGE,
    WATCHED_USERS_MAX,
    WATCHES_MAX,
)
from ..ports.clock import Clock
from ..ports.event_log import EventLog, Subscription
from ..ports.history import Place
from ..service import check_id
from .tokens import ResumeTokens


class Snapshot(NamedTuple):
    """A page of the present state; `workflow` comes with the first."""

    token: str
    views: Sequence[StatusView]
    workflow: Workflow | None
    first: bool
    last: bool


@dataclass(eq=False, slots=True)
class Changes:
    """Events in the order of their revisions.

    One object serves every watcher that is sent all of it; whoever encodes it keeps the result in `encoded`.
    """

    token: str
    events: Sequence[AccountEvent]
    encoded: bytes | None = None


@dataclass(eq=False, slots=True)
class Bookmark:
    """All that was effective until then (ms UTC) has been delivered. Shared and encoded as `Changes` are."""

    token: str
    effective_until: int
    encoded: bytes | None = None


Message = Snapshot | Changes | Bookmark


@dataclass(frozen=True, slots=True)
class _Item:
    """What a channel holds: a batch of events or a bookmark, and the revision up to which all is known after it."""

    revision: int
    first_revision: int
    message: Changes | Bookmark
    asked: int = 0
    """Of a bookmark: with which question its time was learnt from the store."""


class _FellBehind(Exception):
    """The ring has overtaken a watcher."""


class _Channel:
    """The latest events of one account, as they come, for all its watchers.

    It is filled once it has subscribed, for which the first watcher and whoever comes meanwhile wait together. Once
    closed, or failed to subscribe, it is of no more use: who comes then needs another one.
    """

    def __init__(self, store: EventLog, clock: Clock, account_id: str, tokens: ResumeTokens) -> None:
        self.watchers = 0
        self.closed = False
        self.tokens = tokens
        self._store = store
        self._clock = clock
        self._account_id = account_id
        self._items: deque[_Item] = deque()
        self._first = 0
        self._events_held = 0
        self._pending: list[AccountEvent] = []
        self._flush_handle: asyncio.TimerHandle | None = None
        self._flushed_at = float("-inf")
        self._news = asyncio.Event()
        self._effective_until: int | None = None
        self._asked_then = 0
        """With which question that was learnt."""
        self._subscription: Subscription | None = None
        self._bookmarks: asyncio.Task[None] | None = None
        self.floor = 0
        """The ring holds every event of a revision above this."""
        self.revision = 0
        """The last revision pushed into the ring."""
        self.lineage = 0
        """Of the history that these revisions are of."""
        self.asked = 0
        """How often the store was asked up to when everything has been told."""
        self.cut_off = False
        """Closed because the store does not answer."""
        self._subscribing = asyncio.create_task(self._subscribe(), name="onduty-subscribe")

    async def _subscribe(self) -> None:
        try:
            subscription = await self._store.subscribe(self._account_id, self._hear)
        except BaseException:
            self.closed = True
            raise
        if self.closed:
            # The last watcher went when it was too late for the store to give up.
            subscription.cancel()
            return
        self._subscription = subscription
        self._stand()
        self._bookmarks = asyncio.create_task(self._bookmark_forever(), name="onduty-bookmarks")
        if self._pending:
            self._flush_soon()

    def _stand(self) -> None:
        """Begin where the subscription says that this listener stands."""
        subscription = self._subscription
        assert subscription is not None, "not ready"
        place = (subscription.place or partial(Place, subscription.revision, self._store.lineage))()
        self.floor = self.revision = place.revision
        self.lineage = self.tokens.lineage = place.lineage

    async def ready(self) -> None:
        """Wait until the channel has subscribed, or is closed because the server drains.

        Raises:
            StoreUnavailable: it could not subscribe.
        """
        if not self._subscribing.done():
            # A watcher who is cancelled here goes alone: the others still need the subscription.
            await asyncio.wait([self._subscribing])
        if not self._subscribing.cancelled():
            self._subscribing.result()

    async def durable(self) -> None:
        """Return once nothing up to the revision at which the ring began can be lost."""
        assert self._subscription is not None, "not ready"
        await self._subscription.durable()

    def close(self) -> None:
        """Listen no more, and let every watcher end."""
        self.closed = True
        self._subscribing.cancel()
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            subscription.cancel()
        if self._bookmarks is not None:
            self._bookmarks.cancel()
        if self._flush_handle is not None:
            self._flush_handle.cancel()
        self._news.set()

    # --- filling the ring --------------------------------------------------------------------------------------------

    def _hear(self, events: Sequence[AccountEvent]) -> None:
        """Push at once after a pause, and together what comes soon after a push."""
        if not events:
            self._begin_anew()
            return
        if self._pending and events[0].revision > self._pending[-1].revision + 1:
            # A gap, after which all begin anew.
            self._pending.clear()
        self._pending.extend(events)
        # What is heard while still subscribing waits until it is known where the ring begins.
        if self._flush_handle is None and self._subscription is not None:
            self._flush_soon()

    def _flush_soon(self) -> None:
        loop = asyncio.get_running_loop()
        interval_s = max(BATCH_INTERVAL_MIN_S, min(BATCH_INTERVAL_MAX_S, self.watchers * BATCH_INTERVAL_PER_WATCHER_S))
        self._flush_handle = loop.call_at(max(loop.time(), self._flushed_at + interval_s), self._flush)

    def _flush(self) -> None:
        self._flush_handle = None
        self._flushed_at = asyncio.get_running_loop().time()
        pending, self._pending = self._pending, []
        for start in range(0, len(pending), BATCH_EVENTS_MAX):
            events = pending[start : start + BATCH_EVENTS_MAX]
            first = events[0].revision
            if first > self.revision + 1:
                self._skip(first - 1)
            self.revision = events[-1].revision
            self._push(_Item(self.revision, first, Changes(self.tokens.after(self.revision), events)), len(events))

    def _begin_anew(self) -> None:
        """What was told may not hold any more, and a bookmark that rested on it neither."""
        self._pending.clear()
        if self._flush_handle is not None:
            self._flush_handle.cancel()
            self._flush_handle = None
        if self._subscription is None:
            return
        self._skip(0)
        self._stand()
        self._effective_until = None
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _skip(self, revision: int) -> None:
        """What came up to `revision` is no longer kept by the store: nobody can be told of it, so all begin anew."""
        self._first += len(self._items) + 1
        self._items.clear()
        self._events_held = 0
        self.floor = revision

    def _push(self, item: _Item, events: int = 0) -> None:
        self._items.append(item)
        self._events_held += events
        while len(self._items) > CHANNEL_ITEMS_MAX or self._events_held > CHANNEL_EVENTS_MAX:
            dropped = self._items.popleft()
            self._first += 1
            self.floor = dropped.revision
            if isinstance(dropped.message, Changes):
                self._events_held -= len(dropped.message.events)
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def _bookmark_forever(self) -> None:
        never = asyncio.Event()
        answered_at = self._clock.now()
        while True:
            self.asked += 1
            try:
                until = await self._store.settled_until(self._account_id)
            except StoreUnavailable:
                until = None
                if self._clock.now() - answered_at >= BOOKMARK_SILENCE_MS:
                    # Another process may still reach the store; here nobody can be told how old their state is.
                    self.cut_off = True
                    self.close()
                    return
            else:
                answered_at = self._clock.now()
            # What was told of before the store said so belongs before the bookmark.
            if self._flush_handle is not None:
                self._flush_handle.cancel()
                self._flush()
            if until is not None:
                self._effective_until, self._asked_then = until, self.asked
            if self._effective_until is not None:
                bookmark = Bookmark(self.tokens.after(self.revision), self._effective_until)
                self._push(_Item(self.revision, self.revision + 1, bookmark, self._asked_then))
            await self._clock.wait(never, self._clock.now() + BOOKMARK_INTERVAL_MS)

    # --- reading the ring --------------------------------------------------------------------------------------------

    async def read(self, cursor: int, lineage: int) -> AsyncGenerator[_Item, None]:
        """The items that tell of more than `cursor`, as they come, until the channel is closed.

        Raises:
            _FellBehind: the next one is no longer held, or never was in this lineage.
        """
        if cursor < self.floor or lineage != self.lineage:
            raise _FellBehind
        place = self._first + bisect_right(self._items, cursor, key=lambda item: item.revision)
        while not self.closed:
            if place < self._first:
                raise _FellBehind
            if place == self._first + len(self._items):
                await self._news.wait()
            else:
                item = self._items[place - self._first]
                place += 1
                yield item


@dataclass(slots=True)
class _Covered:
    """Which events the pages of a snapshot already show."""

    ends: list[int] = field(default_factory=list)
    revisions: list[int] = field(default_factory=list)
    users: dict[str, int] = field(default_factory=dict)
    """In a filtered watch: the revision at which each user was shown."""
    workflow: int = 0
    """The revision of the workflow that was shown."""
    until: int = 0
    """No event of a later revision is covered."""

    def __contains__(self, event: AccountEvent) -> bool:
        if event.revision > self.until:
            return False
        if isinstance(event.change, Workflow):
            return event.revision <= self.workflow
        if self.users:
            return event.revision <= self.users.get(event.change.user_id, 0)
        page = bisect_right(self.ends, event.position)
        return page < len(self.ends) and event.revision <= self.revisions[page]


class Watching:
    """Serves watches of any account."""

    def __init__(self, store: EventLog, clock: Clock, *, watches_max: int = WATCHES_MAX) -> None:
        self.draining = asyncio.Event()
        """Set once streams are to end."""
        self._store = store
        self._clock = clock
        self._watches_max = watches_max
        self._watches = 0
        self._channels: dict[str, _Channel] = {}

    @property
    def watches(self) -> int:
        """How many watches are served now."""
        return self._watches

    def drain(self) -> None:
        """Let every watch end, and take no new one."""
        self.draining.set()
        for channel in self._channels.values():
            channel.close()
        self._channels.clear()

    async def watch(
        self, account_id: str, user_ids: Collection[str], resume_token: str
    ) -> AsyncGenerator[Message, None]:
        """The messages of one watch, until it is closed or the server drains.

        Raises:
            InvalidField: a malformed id, too many users, or a token of another watch.
            LimitExceeded: too many watches.
            ResumeTokenExpired: what came since the token is no longer kept.
            StoreUnavailable: the store cannot be asked for the account, or has not answered for seconds.
        """
        check_id("account_id", account_id)
        if len(user_ids) > WATCHED_USERS_MAX:
            raise InvalidField("user_ids", f"at most {WATCHED_USERS_MAX} ids")
        for index, user_id in enumerate(user_ids):
            check_id(f"user_ids[{index}]", user_id)
        wanted = frozenset(user_ids)
        tokens = ResumeTokens(self._store.token_key, account_id, wanted)
        after = tokens.read(resume_token)
        if self._watches >= self._watches_max:
            raise LimitExceeded("too many watches on this server; share one, or try another server")
        if self.draining.is_set():
            return
        self._watches += 1
        try:
            async with self._channel(account_id) as (channel, asked):
                watch = _Watch(self._store, channel, account_id, wanted, tokens, asked)
                if after is not None and not channel.closed:
                    lineage = tokens.lineage_of(resume_token)
                    if lineage != channel.lineage and not await self._store.contains(account_id, Place(after, lineage)):
                        raise ResumeTokenExpired
                    await watch.check(after)
                async with aclosing(watch.messages(after)) as messages:
                    async for message in messages:
                        yield message
                if channel.cut_off:
                    raise StoreUnavailable
        finally:
            self._watches -= 1

    @asynccontextmanager
    async def _channel(self, account_id: str) -> AsyncIterator[tuple[_Channel, int]]:
        """The account's channel, and how often it had asked for a bookmark when this caller came."""
        channel = self._channels.get(account_id)
        if channel is None or channel.closed:
            tokens = ResumeTokens(self._store.token_key, account_id, ())
            channel = self._channels[account_id] = _Channel(self._store, self._clock, account_id, tokens)
        channel.watchers += 1
        asked = channel.asked
        try:
            await channel.ready()
            yield channel, asked
        finally:
            channel.watchers -= 1
            if not channel.watchers:
                channel.close()
                if self._channels.get(account_id) is channel:
                    del self._channels[account_id]


class _Watch:
    """One watcher's way through a channel."""

    def __init__(
        self,
        store: EventLog,
        channel: _Channel,
        account_id: str,
        user_ids: frozenset[str],
        tokens: ResumeTokens,
        joined: int,
    ) -> None:
        self._store = store
        self._channel = channel
        self._account_id = account_id
        self._user_ids = user_ids
        self._tokens = tokens
        self._tokens.lineage = channel.lineage
        self._cursor = 0
        self._covered = _Covered()
        # Another process may have told this watcher more than the channel's last bookmark says. What the store says
        # once asked from here on is never less than it said before, to whichever process.
        self._joined = joined
        self._effective_until = -1

    async def check(self, after: int) -> None:
        """Raise ResumeTokenExpired unless history or the ring reaches back to `after`, before anything is sent."""
        if after < self._channel.floor or after > self._channel.revision:
            await self._store.events(self._account_id, after, 1)

    async def messages(self, after: int | None) -> AsyncGenerator[Message, None]:
        """Snapshot and follow; a new snapshot whenever the ring has overtaken this watcher."""
        resuming = after is not None
        if after is not None:
            self._cursor = after
        while not self._channel.closed:
            if not resuming:
                async with aclosing(self._snapshot()) as pages:
                    async for page in pages:
                        yield page
            try:
                async with aclosing(self._follow()) as news:
                    async for message in news:
                        yield message
            except (_FellBehind, ResumeTokenExpired):
                resuming = False

    async def _snapshot(self) -> AsyncGenerator[Message, None]:
        channel = self._channel
        # No token may rest on a revision that a crash could give to another change.
        await channel.durable()
        # All that has been pushed so far is in every page; what comes later is sent unless a page shows it.
        self._cursor = channel.revision
        self._tokens.lineage = channel.lineage
        self._covered = covered = _Covered()
        shown = await self._store.workflow(self._account_id)
        workflow: Workflow | None = shown
        covered.workflow = shown.revision
        covered.until = max(self._cursor, covered.workflow)
        position: int | None = 0
        while position is not None and not channel.closed:
            if self._user_ids:
                ids = sorted(self._user_ids)[position : position + SNAPSHOT_PAGE]
                found = await self._store.get(self._account_id, ids)
                views: Sequence[StatusView] = [view for view in found if view is not None]
                for view in views:
                    covered.users[view.user_id] = view.revision
                    covered.until = max(covered.until, view.revision)
                next_position = position + len(ids) if position + len(ids) < len(self._user_ids) else None
            else:
                page = await self._store.scan(self._account_id, (), position, SNAPSHOT_PAGE)
                views, next_position = page.views, page.next_position
                covered.ends.append(position + len(views))
                covered.revisions.append(page.revision)
                covered.until = max(covered.until, page.revision)
            last = next_position is None
            token = self._token(self._cursor) if last else self._tokens.restart
            yield Snapshot(token, views, workflow, position == 0, last)
            workflow, position = None, next_position

    def _token(self, revision: int) -> str:
        """Where to go on: only once no page shows more than `revision`, else such changes would be sent again."""
        return self._tokens.after(revision) if revision >= self._covered.until else self._tokens.restart

    async def _follow(self) -> AsyncGenerator[Message, None]:
        while self._cursor < self._channel.floor and not self._channel.closed:
            events = await self._store.events(self._account_id, self._cursor, CATCH_UP_PAGE)
            if not events:
                break
            message = self._changes(events)
            if message is not None:
                yield message
            else:
                # A store need not wait for anything to answer, and there may be much that is not for this watcher.
                await asyncio.sleep(0)
        async with aclosing(self._channel.read(self._cursor, self._tokens.lineage)) as items:
            async for item in items:
                if isinstance(item.message, Bookmark):
                    self._cursor = max(self._cursor, item.revision)
                    until = item.message.effective_until
                    if item.asked > self._joined and until >= self._effective_until:
                        self._effective_until = until
                        yield self._bookmark(item.message)
                elif self._cursor >= self._covered.until and item.first_revision > self._cursor and not self._user_ids:
                    self._cursor = item.revision
                    yield item.message
                else:
                    message = self._changes(item.message.events)
                    if message is not None:
                        yield message

    def _changes(self, events: Sequence[AccountEvent]) -> Changes | None:
        """Those of the events that this watcher is to be sent; moves the cursor."""
        wanted = [event for event in events if event.revision > self._cursor and self._wants(event)]
        self._cursor = max(self._cursor, events[-1].revision)
        return Changes(self._token(self._cursor), wanted) if wanted else None

    def _wants(self, event: AccountEvent) -> bool:
        if event in self._covered:
            return False
        if isinstance(event.change, StatusChange):
            return not self._user_ids or event.change.user_id in self._user_ids
        return True

    def _bookmark(self, shared: Bookmark) -> Bookmark:
        if self._user_ids or self._cursor < self._covered.until:
            return Bookmark(self._token(self._cursor), shared.effective_until)
        return shared
