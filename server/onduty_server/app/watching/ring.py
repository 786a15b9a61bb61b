"""The ring that holds an account's latest events for all its watchers, each at its own place.

An event is held once, and each watcher only adds its place. Invariant: the items are in the order of revisions, without
a gap, and hold every event of a revision above `floor`.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass

from ..ports.history import Place
from .messages import Changes


@dataclass(frozen=True, slots=True)
class Item:
    """A batch of events. A watcher that has read it knows everything up to `revision`."""

    revision: int
    first_revision: int
    message: Changes


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
        self._waiting: dict[Hashable, asyncio.Future[None]] = {}
        """Those who wait for news. Not an event that all wait for: `wake` is for one of them."""

    def restart(self, place: Place) -> None:
        """Drop everything and begin after `place`. Every reader begins anew."""
        self.restarts += 1
        self._drop_all()
        self.floor = self.revision = place.revision
        self.lineage = place.lineage
        self._wake_all()

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
        self._events_held += len(item.message.events)
        while len(self._items) > self._items_max or self._events_held > self._events_max:
            self._drop_first()
        self._wake_all()

    def truncate(self, revision: int) -> None:
        """Drop the events up to `revision`, and those that share a message with them.

        Readers that have been given them go on.
        """
        while self._items and self._items[0].first_revision <= revision:
            self._drop_first()

    def close(self) -> None:
        """Let every reader end."""
        self.closed = True
        self._wake_all()

    def reader(self, cursor: int, restarts: int) -> Reader:
        """Return a reader of the items that go beyond revision `cursor`.

        `restarts` is how many there had been when the cursor was a place in the ring.

        Raises:
            FellBehind: the next item is no longer held.
            BeganAnew: the ring was restarted.
        """
        if restarts != self.restarts:
            raise BeganAnew
        if cursor < self.floor:
            raise FellBehind
        return Reader(self, self._first + bisect_right(self._items, cursor, key=lambda item: item.revision))

    def at(self, place: int, restarts: int) -> Item | None:
        """Return the item at a place; None if there is none yet. Raises as `reader` does."""
        if restarts != self.restarts:
            raise BeganAnew
        if place < self._first:
            raise FellBehind
        place -= self._first
        return self._items[place] if place < len(self._items) else None

    async def news(self, waiting: Hashable) -> None:
        """Wait until there is another item, the ring is restarted or closed, or `wake` is called for `waiting`."""
        woken = self._waiting[waiting] = asyncio.get_running_loop().create_future()
        try:
            await woken
        finally:
            self._waiting.pop(waiting, None)

    def wake(self, waiting: Hashable) -> None:
        """End a wait for news, if there is one."""
        woken = self._waiting.get(waiting)
        if woken is not None and not woken.done():
            woken.set_result(None)

    def _drop_first(self) -> None:
        dropped = self._items.popleft()
        self._first += 1
        self.floor = dropped.revision
        self._events_held -= len(dropped.message.events)

    def _drop_all(self) -> None:
        # One more than there were items, so that a reader that has read them all falls behind as well.
        self._first += len(self._items) + 1
        self._items.clear()
        self._events_held = 0

    def _wake_all(self) -> None:
        for woken in self._waiting.values():
            if not woken.done():
                woken.set_result(None)


class Reader:
    """One reader's way through a ring."""

    __slots__ = ("_place", "_restarts", "_ring")

    def __init__(self, ring: Ring, place: int) -> None:
        self._ring = ring
        self._place = place
        self._restarts = ring.restarts

    def next(self) -> Item | None:
        """Return the next item; None if there is none yet.

        Raises:
            FellBehind: the next item is no longer held.
            BeganAnew: the ring was restarted.
        """
        item = self._ring.at(self._place, self._restarts)
        if item is not None:
            self._place += 1
        return item
