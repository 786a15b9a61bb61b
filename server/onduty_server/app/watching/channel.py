"""Fills the ring of a watched account with the store's events, in batches, and a bookmark at every interval."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from ...domain.errors import StoreUnavailable
from ...domain.record import AccountEvent
from ...domain.workflow import Workflow
from ..background import BackgroundTasks
from ..ports.clock import Clock
from ..ports.event_log import EventLog, Subscription
from ..ports.history import Place
from .erasures import Erasures
from .limits import WatchLimits
from .messages import Bookmark, Changes
from .ring import Item, Ring
from .tokens import ResumeTokens


def is_nameless(event: AccountEvent) -> bool:
    """Return True for a change of, or the erasure of, somebody whom the history no longer names."""
    return not isinstance(event.change, Workflow) and not event.change.user_id


class Channel:
    """Subscribes to one account and fills its ring for all its watchers.

    The first watcher, and all that come meanwhile, wait for the same subscription. A channel whose ring is closed can
    no longer be used: a watcher that comes then needs a new one.
    """

    def __init__(
        self, store: EventLog, clock: Clock, account_id: str, *, limits: WatchLimits, background: BackgroundTasks
    ) -> None:
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
        self._background = background
        self._tokens = ResumeTokens(store.token_key, account_id, ())
        self._pending: list[AccountEvent] = []
        self._flush_handle: asyncio.TimerHandle | None = None
        self._flushed_at = float("-inf")
        self._effective_until: int | None = None
        """The store's last answer, to the query of number `_answered_query`."""
        self._answered_query = 0
        self._subscription: Subscription | None = None
        self._bookmarks: asyncio.Task[None] | None = None
        self._subscribing = asyncio.create_task(self._subscribe(), name="onduty-subscribe")

    @property
    def told_until(self) -> int | None:
        """The time (ms UTC) up to which watchers have been told everything; None: they have been told nothing yet."""
        return self._effective_until

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
        if self._bookmarks is not None:
            self._bookmarks.cancel()
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
        self._bookmarks = self._background.start(self._bookmark_forever(), name="onduty-bookmarks")
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

    async def _bookmark_forever(self) -> None:
        never = asyncio.Event()
        answered_at = self._clock.now()
        while True:
            self.queries += 1
            try:
                until = await self._store.settled_until(self._account_id)
            except StoreUnavailable:
                until = None
                if self._clock.now() - answered_at >= self._limits.bookmark_silence_ms:
                    # Another process may still reach the store. This one cannot tell watchers how old their state is.
                    self.cut_off = True
                    self.close()  # which cancels this task
                    return
            else:
                answered_at = self._clock.now()
            # Events that came before the answer belong before the bookmark.
            if self._flush_handle is not None:
                self._cancel_flush()
                self._flush()
            if until is not None:
                self._effective_until, self._answered_query = until, self.queries
            if self._effective_until is not None:
                self._push_bookmark(self._effective_until)
            await self._clock.wait(never, self._clock.now() + self._limits.bookmark_interval_ms)

    def _push_bookmark(self, effective_until: int) -> None:
        revision = self.ring.revision
        bookmark = Bookmark(self._token(revision), effective_until)
        self.ring.push(Item(revision, revision + 1, bookmark, self._answered_query))

    def _token(self, revision: int) -> str:
        return self._tokens.after(Place(revision, self.ring.lineage))
