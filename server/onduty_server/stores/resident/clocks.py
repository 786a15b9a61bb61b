"""Journals the numbers that activities and leases have moved: clocks, and the ends of sessions and engagements.

An activity that changes no status only moves its user's clock; a session that is kept, only its end. Such numbers are
journalled together once per interval, and they are all that a crash may lose. A user is DIRTY from the moment they move
until they are journalled, and UNWRITTEN from then until a flush has ended. A user whose record was journalled without a
switch, so that no revision tells when it is durable, is UNWRITTEN likewise, and UNSETTLED if more than the clock has
changed.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from ...app.background import BackgroundTasks
from ...app.ports.clock import Clock
from ...domain.errors import StoreUnavailable
from ...domain.record import StatusView
from .account import Account
from .durability import Durability
from .journal import Journal
from .steps import StepSizes
from .user import DIRTY, UNSETTLED, UNWRITTEN, ResidentUser


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
        self._dirty: list[tuple[Account, ResidentUser]] = []
        self._any_dirty = asyncio.Event()
        self._unwritten: list[tuple[Account, ResidentUser]] = []
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

    def move(self, account: Account, record: ResidentUser, activity_time: int) -> None:
        """Move a user's clock to a time (ms UTC) at which the user was active; the last activity is not later."""
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
            self._dirty.append((account, record))
            self._any_dirty.set()

    def appended(self, account: Account, record: ResidentUser, *, unsettled: bool) -> None:
        """Record that a user's record is being journalled although there is no switch.

        `unsettled` is True if more changed than the clock.
        """
        record.flags |= UNWRITTEN | UNSETTLED if unsettled else UNWRITTEN
        self._unwritten.append((account, record))
        self._any_dirty.set()

    def start(self) -> None:
        """Start flushing once per interval, if there is a disk to flush to."""
        if not self._journal.volatile and self._interval_ms > 0:
            self._flusher = self._background.start(self._flush_forever(), name="onduty-activity-flush")

    async def stop(self) -> None:
        """Stop flushing, and journal the remaining clocks for the last commit to write."""
        if self._flusher is not None:
            await self._background.stop(self._flusher)
        self._append(len(self._dirty))

    async def flush(self) -> None:
        """Make all moved numbers durable. Only one flush runs at a time, so its end tells which of them are durable."""
        async with self._flush_lock:
            self._durability.check_writable()
            self._any_dirty.clear()
            remaining = len(self._dirty)
            while remaining > 0 and self._dirty:
                remaining -= self._append(min(remaining, self._steps.flush))
                await asyncio.sleep(0)
                self._durability.check_writable()
            appended = len(self._unwritten)
            await self._journal.commit()
            for _, record in self._unwritten[:appended]:
                record.flags &= ~(UNWRITTEN | UNSETTLED)
            del self._unwritten[:appended]
            # These were journalled meanwhile, and some of them may have been among those as well.
            for _, record in self._unwritten:
                record.flags |= UNWRITTEN | UNSETTLED

    def on_lost(self) -> None:
        """Mark as moved again all numbers that are not known to have been written."""
        unwritten, self._unwritten = self._unwritten, []
        for account, record in unwritten:
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

    def _append(self, limit: int) -> int:
        """Append the first `limit` moved clocks to the journal; return how many there were."""
        dirty = self._dirty[:limit]
        del self._dirty[:limit]
        for entry in dirty:
            account, record = entry
            if not record.flags & DIRTY or account.is_erased:
                continue  # the user's first activity was lost, or the user was erased
            record.flags = record.flags & ~DIRTY | UNWRITTEN
            self._unwritten.append(entry)
            self._journal.moved_clock(account.number, record.number, record.last_activity, record.clock, record.layers)
        return len(dirty)


def rests_on_unwritten_clock(record: ResidentUser, view: StatusView) -> bool:
    """Return True if the view shows an unrecorded timed switch that may depend on numbers which a crash would lose."""
    return bool(record.flags & (DIRTY | UNWRITTEN)) and shows_unrecorded_switch(record, view)


def shows_unrecorded_switch(record: ResidentUser, view: StatusView) -> bool:
    """Return True if the view shows a timed switch that is true and not recorded yet."""
    return view.status_since != record.status_since or view.cause is not record.shown.cause
