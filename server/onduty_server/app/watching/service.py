"""The way in to watching: admits watches and keeps one channel per watched account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Collection
from contextlib import aclosing, asynccontextmanager
from typing import NamedTuple

from ...domain.errors import InvalidField, LimitExceeded, StoreUnavailable
from ..background import BackgroundTasks
from ..fields import check_id
from ..ports.clock import Clock
from ..ports.event_log import EventLog
from .channel import Channel
from .limits import BOOKMARK_WITHIN_MS, WatchLimits, check_bookmark_within
from .messages import Message
from .rounds import Rounds
from .tokens import ResumeTokens
from .watch import Watch


class WatchFigures(NamedTuple):
    """How many watches there are, and how far they are behind."""

    watches: int
    accounts: int
    """Accounts that are watched."""
    told_until: int | None
    """The time (ms UTC) up to which the watchers of every account have been told everything; None: nobody was yet."""
    unsent: int
    """Events that the watcher furthest behind has yet to be sent."""
    restarts: int
    """How many times a watcher fell so far behind that it was sent a new snapshot."""


class Watching:
    """Serves watches of any account, until it is drained."""

    def __init__(
        self, store: EventLog, clock: Clock, background: BackgroundTasks, *, limits: WatchLimits | None = None
    ) -> None:
        self.draining = asyncio.Event()
        """Set once streams are to end."""
        self._store = store
        self._clock = clock
        self._rounds = Rounds(clock, background)
        self.limits = limits or WatchLimits()
        self._watches = 0
        self._open: set[Watch] = set()
        self._restarts = 0
        self._channels: dict[str, Channel] = {}

    @property
    def watches(self) -> int:
        """The number of watches that are served now."""
        return self._watches

    def figures(self) -> WatchFigures:
        """Return how many watches there are and how far they are behind. May be called from any thread."""
        # Copies in one step, because the event loop may add to both meanwhile.
        channels, watches = tuple(self._channels.values()), tuple(self._open)
        told = [channel.told_until for channel in channels]
        return WatchFigures(
            watches=self._watches,
            accounts=len(channels),
            told_until=min((until for until in told if until is not None), default=None),
            unsent=max((watch.unsent for watch in watches), default=0),
            restarts=self._restarts,
        )

    def drain(self) -> None:
        """End every watch, and accept no new one."""
        self.draining.set()
        for channel in self._channels.values():
            channel.close()
        self._channels.clear()

    @asynccontextmanager
    async def erasing(self, account_id: str, user_id: str) -> AsyncIterator[None]:
        """Wait at the end of the block, in which the user is erased, until what is held for watchers has nothing of it.

        That is when every watcher has been sent the erasure, or after `erasure_wait_ms` for those that are slow.
        """
        channel = self._channels.get(account_id)
        if channel is None:
            yield
        else:
            async with channel.erasures.expected(user_id):
                yield

    async def watch(
        self,
        account_id: str,
        user_ids: Collection[str],
        resume_token: str,
        bookmark_within_ms: int = BOOKMARK_WITHIN_MS,
    ) -> AsyncGenerator[Message, None]:
        """Yield the messages of one watch, until it is closed or the server drains.

        `bookmark_within_ms` is the longest time between two bookmarks.

        Raises:
            InvalidField: an id or the time is out of range, there are too many users, or the token is of another watch.
            LimitExceeded: there are too many watches.
            ResumeTokenExpired: events since the token are no longer kept.
            StoreUnavailable: the store cannot be reached, or has not answered for seconds.
        """
        self._check(account_id, user_ids)
        check_bookmark_within(bookmark_within_ms)
        wanted = frozenset(user_ids)
        tokens = ResumeTokens(self._store.token_key, account_id, wanted)
        after = tokens.read(resume_token)
        if self._watches >= self.limits.watches_max:
            raise LimitExceeded(
                "too many watches on this server; share one watch among consumers, or try another server"
            )
        if self.draining.is_set():
            return
        self._watches += 1
        try:
            async with self._channel(account_id) as (channel, joined_at):
                watch = Watch(
                    *(self._store, channel, account_id, wanted, tokens),
                    joined_at=joined_at,
                    bookmark_within_ms=bookmark_within_ms,
                    limits=self.limits,
                    on_restart=self._count_restart,
                )
                # Before anything is sent.
                if after is not None and not channel.ring.closed:
                    await watch.check(after)
                self._open.add(watch)
                try:
                    async with aclosing(watch.messages(None if after is None else after.revision)) as messages:
                        async for message in messages:
                            yield message
                finally:
                    self._open.discard(watch)
                if channel.cut_off:
                    raise StoreUnavailable
        finally:
            self._watches -= 1

    def _count_restart(self) -> None:
        self._restarts += 1

    def _check(self, account_id: str, user_ids: Collection[str]) -> None:
        check_id("account_id", account_id)
        if len(user_ids) > self.limits.users_max:
            raise InvalidField("user_ids", f"must be at most {self.limits.users_max} ids, got {len(user_ids)}")
        for index, user_id in enumerate(user_ids):
            check_id(f"user_ids[{index}]", user_id)

    @asynccontextmanager
    async def _channel(self, account_id: str) -> AsyncIterator[tuple[Channel, int]]:
        """Yield the account's channel, and how many queries it had made when this caller came."""
        channel = self._channels.get(account_id)
        if channel is None or channel.ring.closed:
            channel = self._channels[account_id] = Channel(
                self._store, self._clock, account_id, limits=self.limits, rounds=self._rounds
            )
        channel.watchers += 1
        joined_at = channel.queries
        try:
            await channel.ready()
            yield channel, joined_at
        finally:
            channel.watchers -= 1
            if not channel.watchers:
                channel.close()
                if self._channels.get(account_id) is channel:
                    del self._channels[account_id]
