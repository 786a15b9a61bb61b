"""Journals the numbers that activities and leases have moved: clocks, and the ends of sessions and engagements.

An activity that changes no status only moves its user's clock; a session that is kept, only its end. Such numbers are
journalled together once per interval, and they are all that a crash may lose. A user is DIRTY from the moment they move
until they are journalled, and UNWRITTEN from then until a flush has ended. A user whose record was journalled without a
switch, so that no revision tells when it is durable, is UNWRITTEN likewise, and UNSETTLED if more than the clock has
changed.

A flush goes through the users in the order in which a file has them, roughly. In the order in which they were active it
would touch a page of the file for each of them, and write most pages many times.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from ...app.background import BackgroundTasks
from ...app.ports.clock import Clock
from ...domain.errors import StoreUnavailable
from ...domain.record import StatusView
from .account import Account
from .durability import Durability
from .journal import Journal, MovedClock
from .steps import StepSizes
from .user import DIRTY, NUMBER_BITS, UNSETTLED, UNWRITTEN, ResidentUser

_USERS_BITS: Final = 10
_FEW: Final = 1 << 8
_ACCOUNTS_BITS: Final = 8
"""Neighbours are users of an account whose numbers differ only in this many low bits; and the first few of as many
accounts, since there may be very many accounts of one user each."""
_PLACE_BITS: Final = NUMBER_BITS - _USERS_BITS


_Users = list[Any]
"""Accounts and users by turns. Pairs of them would be as many objects for the garbage collector, which looks at all
users for every so many that live on."""


def _pairs(users: _Users) -> Iterator[tuple[Account, ResidentUser]]:
    each = iter(users)
    return zip(each, each, strict=True)


class MovedClocks:
    """The clocks that have moved. With an interval of 0 every activity is made durable before it is acknowledged."""

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        durability: Durability,
        steps: StepSizes,
        background: BackgroundTasks,
        *,
        interval_ms: int,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._durability = durability
        self._steps = steps
        self._background = background
        self._interval_ms = interval_ms
        self._dirty: dict[int, _Users] = {}
        """Users flagged DIRTY, and some who are no more, with their neighbours in the file, by the place there."""
        self._any_dirty = asyncio.Event()
        self._unwritten: _Users = []
        """Users flagged UNWRITTEN."""
        self._flush_lock = asyncio.Lock()
        self._flusher: asyncio.Task[None] | None = None

    @property
    def at_once(self) -> bool:
        """True if activities are made durable before they are acknowledged."""
        return self._interval_ms == 0 and not self._journal.volatile

    @property
    def all_written(self) -> bool:
        """True if a crash would lose no moved clock."""
        return not self._dirty and not self._unwritten

    def move(self, account: Account, record: ResidentUser, activity_time: int | None) -> None:
        """Move a user's clock to a time (ms UTC) at which the user was active; the last activity is not later.

        None for a user of whom only the layers have moved.
        """
        if activity_time is not None:
            record.last_activity = activity_time
            if activity_time > record.clock:
                record.clock = activity_time
        if account.moved is not None:
            account.moved.add(record)
        if not record.flags & DIRTY:
            self.moved(account, record)

    def moved(self, account: Account, record: ResidentUser) -> None:
        """Record that a user's numbers moved. Call it for a user who is not DIRTY yet."""
        if not self._journal.volatile:
            record.flags |= DIRTY
            # It is done here, where the record is at hand: of many users, each is a wait for memory later on.
            if record.number < _FEW:
                place = account.number >> _ACCOUNTS_BITS
            else:
                place = account.number << _PLACE_BITS | record.number >> _USERS_BITS
            neighbours = self._dirty.get(place)
            if neighbours is None:
                self._dirty[place] = [account, record]
                self._any_dirty.set()
            else:
                neighbours += (account, record)

    def appended(self, account: Account, record: ResidentUser, *, unsettled: bool) -> None:
        """Record that a user's record is being journalled although there is no switch.

        `unsettled` is True if more changed than the clock.
        """
        record.flags |= UNWRITTEN | UNSETTLED if unsettled else UNWRITTEN
        self._unwritten += (account, record)
        self._any_dirty.set()

    def start(self) -> None:
        """Start flushing once per interval, if there is a disk to flush to."""
        if not self._journal.volatile and self._interval_ms > 0:
            self._flusher = self._background.start(self._flush_forever(), name="onduty-activity-flush")

    async def stop(self) -> None:
        """Stop flushing, and journal the remaining clocks for the last commit to write."""
        if self._flusher is not None:
            await self._background.stop(self._flusher)
        for place in sorted(self._dirty):
            self._append(place, len(self._dirty[place]) // 2)

    async def flush(self) -> None:
        """Make all moved numbers durable. Only one flush runs at a time, so its end tells which of them are durable."""
        async with self._flush_lock:
            self._durability.check_writable()
            self._any_dirty.clear()
            try:
                await self._append_all()
            finally:
                if self._dirty:  # some have moved since, or the store cannot be written
                    self._any_dirty.set()
            appended = len(self._unwritten)
            await self._journal.commit()
            for _, record in _pairs(self._unwritten[:appended]):
                record.flags &= ~(UNWRITTEN | UNSETTLED)
            del self._unwritten[:appended]
            # These were journalled meanwhile, and some of them may have been among those as well.
            for _, record in _pairs(self._unwritten):
                record.flags |= UNWRITTEN | UNSETTLED

    def on_lost(self) -> None:
        """Mark as moved again all numbers that are not known to have been written."""
        unwritten, self._unwritten = self._unwritten, []
        for account, record in _pairs(unwritten):
            if record.flags & UNWRITTEN:
                record.flags &= ~(UNWRITTEN | UNSETTLED)
                if not record.flags & DIRTY:
                    self.moved(account, record)

    def moved_again(self, account: Account, record: ResidentUser) -> None:
        """Mark a user as moved whose erasure was lost, and who may have been taken for erased."""
        record.flags &= ~DIRTY
        self.moved(account, record)

    async def _flush_forever(self) -> None:
        never = asyncio.Event()
        while True:
            await self._clock.wait(self._any_dirty, None)
            await self._clock.wait(never, self._clock.now() + self._interval_ms)
            with suppress(StoreUnavailable):
                await self.flush()

    async def _append_all(self) -> None:
        """Append all that moved to the journal, in steps. What moves meanwhile is appended too, or left."""
        room = self._steps.flush
        for place in sorted(self._dirty):
            remaining = len(self._dirty[place]) // 2
            while remaining:
                count = self._append(place, min(remaining, room))
                remaining -= count
                room -= count
                if not room:
                    room = self._steps.flush
                    await asyncio.sleep(0)
                    # A store that was closed meanwhile has appended the rest.
                    self._durability.check_writable()

    def _append(self, place: int, limit: int) -> int:
        """Append up to `limit` of the clocks that moved in a place to the journal; return how many there were."""
        neighbours = self._dirty[place]
        first = neighbours[: 2 * limit]
        del neighbours[: 2 * limit]
        if not neighbours:
            del self._dirty[place]
        moved: list[MovedClock] = []
        for account, record in _pairs(first):
            flags = record.flags
            if not flags & DIRTY or account.is_erased:
                continue  # the user's first activity was lost, or the user was erased
            record.flags = flags & ~DIRTY | UNWRITTEN
            self._unwritten += (account, record)
            moved.append((account.number, record.number, record.last_activity, record.clock, record.layers))
        if moved:
            self._journal.moved_clocks(moved)
        return len(first) // 2


def rests_on_unwritten_clock(record: ResidentUser, view: StatusView) -> bool:
    """Return True if the view shows an unrecorded timed switch that may depend on numbers which a crash would lose."""
    return bool(record.flags & (DIRTY | UNWRITTEN)) and shows_unrecorded_switch(record, view)


def shows_unrecorded_switch(record: ResidentUser, view: StatusView) -> bool:
    """Return True if the view shows a timed switch that is true and not recorded yet."""
    return view.status_since != record.status_since or view.cause is not record.shown.cause
