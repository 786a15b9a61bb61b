"""The ring that holds an account's latest events and bookmarks for all its watchers, each at its own place.

An event is held once, and each watcher only adds its place. Invariant: the items are in the order of revisions, without
a gap, and hold every event of a revision above `floor`.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import deque
from collections.abc import AsyncGenerator
from dataclasses import dataclass

from ..ports.history import Place
from .messages import Bookmark, Changes


@dataclass(frozen=True, slots=True)
class Item:
    """A batch of events or a bookmark. A watcher that has read it knows everything up to `revision`."""

    revision: int
    first_revision: int
    message: Changes | Bookmark
    query: int = 0
    """For a bookmark: the number of the channel's query to the store that told its time."""


class FellBehind(Exception):
    """The ring no longer holds, or never held, the next item for a watcher."""


class BeganAnew(FellBehind):
    """The ring was restarted, so the watcher knows of another history, or of a place that is not in this one."""


class Ring:
    """The items of one history, until the ring is closed. `restart` begins another history, or at another place."""

    def __init__(self, *, events_max: int, items_max: int) -> None:
        self.closed = False
        self.floor = 0
        self.revision = 0
        """The last revision that was pushed."""
        self.lineage = 0
        """The lineage of the history that the revisions belong to."""
        self.restarts = 0
        """How many times it was restarted."""
        self._events_max = events_max
        self._items_max = items_max
        self._items: deque[Item] = deque()
        self._first = 0
        """The place of the first item, counted from the ring's beginning."""
        self._events_held = 0
        self._news = asyncio.Event()

    def restart(self, place: Place) -> None:
        """Drop everything and begin after `place`. Every reader begins anew."""
        self.restarts += 1
        self._drop_all()
        self.floor = self.revision = place.revision
        self.lineage = place.lineage
        self._wake()

    def push(self, item: Item) -> None:
        """Append the next item, dropping the oldest ones if the ring is full.

        If its events do not follow directly after the last revision, the store no longer keeps those in between. No
        reader can be told of them then, so every reader falls behind.
        """
        if item.first_revision > self.revision + 1:
            self._drop_all()
            self.floor = item.first_revision - 1
        self.revision = item.revision
        self._items.append(item)
        self._events_held += _events_in(item)
        while len(self._items) > self._items_max or self._events_held > self._events_max:
            self._drop_first()
        self._wake()

    def truncate(self, revision: int) -> None:
        """Drop the events up to `revision`, and those that share a message with them.

        Readers that have been given them go on.
        """
        while self._items and self._items[0].first_revision <= revision:
            self._drop_first()

    def close(self) -> None:
        """Let every reader end."""
        self.closed = True
        self._news.set()

    async def read(self, cursor: int, restarts: int) -> AsyncGenerator[Item, None]:
        """Yield the items that go beyond revision `cursor`, as they come, until the ring is closed.

        `restarts` is how many there had been when the cursor was a place in the ring.

        Raises:
            FellBehind: the next item is no longer held.
            BeganAnew: the ring was restarted.
        """
        if restarts != self.restarts:
            raise BeganAnew
        if cursor < self.floor:
            raise FellBehind
        place = self._first + bisect_right(self._items, cursor, key=lambda item: item.revision)
        while not self.closed:
            if restarts != self.restarts:
                raise BeganAnew
            if place < self._first:
                raise FellBehind
            if place == self._first + len(self._items):
                await self._news.wait()
            else:
                item = self._items[place - self._first]
                place += 1
                yield item

    def _drop_first(self) -> None:
        dropped = self._items.popleft()
        self._first += 1
        self.floor = dropped.revision
        self._events_held -= _events_in(dropped)

    def _drop_all(self) -> None:
        # One more than there were items, so that a reader that has read them all falls behind as well.
        self._first += len(self._items) + 1
        self._items.clear()
        self._events_held = 0

    def _wake(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()


def _events_in(item: Item) -> int:
    return len(item.message.events) if isinstance(item.message, Changes) else 0
