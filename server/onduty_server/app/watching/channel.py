"""Fills the ring of a watched account with the store's events, in batches, and has bookmarks for those who are due.

A bookmark is not in the ring, as it says nothing to whoever has yet to read something there. `round` asks the store how
far watchers have been told, and owes a bookmark to each for whom the next round might be too late. Who has read all
there is takes the latest, which is encoded once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Sequence
from functools import partial
from typing import Final, Protocol

from ...domain.errors import StoreUnavailable
from ...domain.record import AccountEvent
from ...domain.workflow import Workflow
from ..ports.clock import Clock
from ..ports.event_log import EventLog, Subscription
from ..ports.history import Place
from .erasures import Erasures
from .limits import WatchLimits
from .messages import Bookmark, Changes
from .ring import Item, Ring
from .rounds import Rounds
from .tokens import ResumeTokens

_WOKEN_AT_ONCE: Final = 25
"""How many watchers are sent a bookmark before other calls get their turn: 2 ms of work."""
_TURNS: Final = 2
_LATE_MS: Final = 100
"""How late a round may come and still be in time."""


class Watcher(Hashable, Protocol):
    """A watcher of the account."""

    bookmark_within_ms: int
    """The longest time that it is to be without a bookmark."""
    bookmark_before: int
    """The time (ms UTC) before which it needs the next one."""
    is_owed: bool
    """True if it is to take a bookmark, once it has read all there is."""


def is_nameless(event: AccountEvent) -> bool:
    """Return True for a change of, or the erasure of, somebody whom the history no longer names."""
    return not isinstance(event.change, Workflow) and not event.change.user_id


class Channel:
    """Subscribes to one account and fills its ring for all its watchers.

    The first watcher, and all that come meanwhile, wait for the same subscription. A channel whose ring is closed can
    no longer be used: a watcher that comes then needs a new one.
    """

    def __init__(self, store: EventLog, clock: Clock, account_id: str, *, limits: WatchLimits, rounds: Rounds) -> None:
        self.watchers = 0
        self.queries = 0
        """How many times the store was asked for the time up to which it has told everything."""
        self.cut_off = False
        """True if the channel was closed because the store does not answer."""
        self.ring = Ring(events_max=limits.ring_events_max, items_max=limits.ring_items_max)
        self.erasures = Erasures(self.ring, clock, wait_ms=limits.erasure_wait_ms)
        self._store = store
        self._clock = clock
        self._account_id = account_id
        self._limits = limits
        self._rounds = rounds
        self._tokens = ResumeTokens(store.token_key, account_id, ())
        self._pending: list[AccountEvent] = []
        self._flush_handle: asyncio.TimerHandle | None = None
        self._flushed_at = float("-inf")
        self._effective_until: int | None = None
        """The store's last answer, to the query of number `answered_query`."""
        self.answered_query = 0
        self._silent_since: int | None = None
        """The time since which the store has not answered; None: it has."""
        self._round_at = clock.now()
        """The time of the last round."""
        self._pause_ms = limits.bookmark_interval_ms
        """The time from that round to the next."""
        self._followers: set[Watcher] = set()
        self._token_place: Place | None = None
        self._token_after = ""
        """The token for resuming after that place, which stays the same while nothing happens."""
        self._bookmark: Bookmark | None = None
        """The latest that was made, of revision `_bookmark_revision`."""
        self._bookmark_revision = 0
        self._subscription: Subscription | None = None
        self._subscribing = asyncio.create_task(self._subscribe(), name="onduty-subscribe")

    @property
    def told_until(self) -> int | None:
        """The time (ms UTC) up to which watchers have been told everything; None: they have been told nothing yet.

        It is later by what watchers have asked to do without bookmarks for: that is nothing to worry about.
        """
        until = self._effective_until
        return None if until is None else until + self._pause_ms - self._limits.bookmark_interval_ms

    async def ready(self) -> None:
        """Wait until the channel has subscribed, or is closed because the server drains.

        Raises:
            StoreUnavailable: it could not subscribe.
        """
        if not self._subscribing.done():
            # Cancelling one watcher here must not cancel the subscription that the others still need.
            await asyncio.wait([self._subscribing])
        if not self._subscribing.cancelled():
            self._subscribing.result()

    async def durable(self) -> None:
        """Return once nothing up to the revision at which the ring began can be lost."""
        assert self._subscription is not None, "not ready"
        await self._subscription.durable()

    def close(self) -> None:
        """Unsubscribe, and let every watcher end."""
        self._subscribing.cancel()
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            subscription.cancel()
        self._rounds.remove(self)
        self._cancel_flush()
        self.ring.close()
        self.erasures.close()

    async def _subscribe(self) -> None:
        try:
            subscription = await self._store.subscribe(self._account_id, self._on_events)
        except BaseException:
            self.ring.close()
            raise
        if self.ring.closed:
            # The last watcher left too late for the call to be cancelled.
            subscription.cancel()
            return
        self._subscription = subscription
        self._restart_ring(subscription)
        self._rounds.add(self)
        if self._pending:
            self._flush_soon()

    def _restart_ring(self, subscription: Subscription) -> None:
        place = subscription.place or partial(Place, subscription.revision, self._store.lineage)
        self.ring.restart(place())
        self.erasures.forget_all()

    # --- events ------------------------------------------------------------------------------------------------------

    def _on_events(self, events: Sequence[AccountEvent]) -> None:
        """Push events at once after a pause; hold back those that soon follow a push, and push them together."""
        if not events:
            self._on_other_history()
            return
        if self._pending and events[0].revision > self._pending[-1].revision + 1:
            # There is a gap, so the events before it have no successor and every watcher begins anew.
            self._pending.clear()
        self._pending.extend(events)
        # Events wait until it is known where the ring begins.
        if self._flush_handle is None and self._subscription is not None:
            self._flush_soon()

    def _on_other_history(self) -> None:
        """Withdraw what was told: it may no longer hold, nor may the bookmark that rested on it."""
        self._pending.clear()
        self._cancel_flush()
        if self._subscription is not None:
            self._restart_ring(self._subscription)
            self._effective_until = None

    def _flush_soon(self) -> None:
        loop = asyncio.get_running_loop()
        due = self._flushed_at + self._limits.batch_interval_s(self.watchers)
        self._flush_handle = loop.call_at(max(loop.time(), due), self._flush)

    def _cancel_flush(self) -> None:
        if self._flush_handle is not None:
            self._flush_handle.cancel()
            self._flush_handle = None

    def _flush(self) -> None:
        self._flush_handle = None
        self._flushed_at = asyncio.get_running_loop().time()
        pending, self._pending = self._pending, []
        if any(map(is_nameless, pending)):
            # Another process erased somebody, and nobody here can be told whom to forget.
            self.ring.restart(Place(pending[-1].revision, self.ring.lineage))
            self.erasures.forget_all()
            return
        size = self._limits.batch_events_max
        for start in range(0, len(pending), size):
            events = pending[start : start + size]
            last = events[-1].revision
            self.ring.push(Item(last, events[0].revision, Changes(self._token(last), events)))
        self.erasures.on_pushed(pending)

    # --- bookmarks ---------------------------------------------------------------------------------------------------

    def follow(self, watcher: Watcher) -> None:
        """Let a watcher have bookmarks, the first one soon."""
        self._followers.add(watcher)
        self._rounds.hasten(self, self._round_at + self._limits.bookmark_interval_ms)

    def unfollow(self, watcher: Watcher) -> None:
        """Forget a watcher."""
        self._followers.discard(watcher)

    def bookmark(self) -> Bookmark | None:
        """Return the latest bookmark, for whoever has read all there is; None before the first."""
        until, revision = self._effective_until, self.ring.revision
        if until is None:
            return None
        bookmark = self._bookmark
        if bookmark is None or bookmark.effective_until != until or self._bookmark_revision != revision:
            bookmark = self._bookmark = Bookmark(self._token(revision), until)
            self._bookmark_revision = revision
        return bookmark

    async def round(self) -> int | None:
        """See `Rounds`. Ends the channel when the store has not answered for seconds."""
        self.queries += 1
        query = self.queries
        interval_ms = self._limits.bookmark_interval_ms
        try:
            until = await self._store.settled_until(self._account_id)
        except StoreUnavailable:
            until = None
            now = self._clock.now()
            if self._silent_since is None:
                # It may have been silent since it was last asked, or since it should have been.
                self._silent_since = max(self._round_at, now - interval_ms)
            if now - self._silent_since >= self._limits.bookmark_silence_ms:
                # Another process may still reach the store. This one cannot tell watchers how old their state is.
                self.cut_off = True
                self.close()
                return None
        else:
            self._silent_since = None
        # Events that came before the answer belong before the bookmark.
        if self._flush_handle is not None:
            self._cancel_flush()
            self._flush()
        if until is not None:
            self._effective_until, self.answered_query = until, query
        self._round_at = self._clock.now()
        if self._effective_until is not None:
            await self._owe()
        return self._round_at + self._pause_until_next()

    async def _owe(self) -> None:
        """Owe a bookmark to everybody for whom the next round might be too late."""
        now = self._round_at
        next_round = now + self._limits.bookmark_interval_ms + _LATE_MS
        due = [watcher for watcher in self._followers if watcher.bookmark_before < next_round]
        for place, watcher in enumerate(due, 1):
            watcher.is_owed = True
            watcher.bookmark_before = now + watcher.bookmark_within_ms
            self.ring.wake(watcher)
            if not place % _WOKEN_AT_ONCE:
                for _ in range(_TURNS):
                    await asyncio.sleep(0)

    def _pause_until_next(self) -> int:
        """Return the time from the last round to the next one in which somebody is due: a multiple of the interval."""
        interval_ms = self._limits.bookmark_interval_ms
        if self._silent_since is None and self._effective_until is not None and self._followers:
            before = min(watcher.bookmark_before for watcher in self._followers)
            rounds = max(1, (before - _LATE_MS - self._round_at) // interval_ms)
        else:
            rounds = 1
        self._pause_ms = rounds * interval_ms
        return self._pause_ms

    def _token(self, revision: int) -> str:
        place = Place(revision, self.ring.lineage)
        if place != self._token_place:
            self._token_place, self._token_after = place, self._tokens.after(place)
        return self._token_after
