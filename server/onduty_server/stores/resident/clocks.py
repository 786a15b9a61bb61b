"""Inactivity clocks that activities moved, on their way to the disk.

An activity that changes no status only moves its user's clock. Such clocks are journalled together once an interval,
and this is all that a crash may lose. A user is DIRTY from the moment the clock moves until it is journalled, and
UNWRITTEN from then until a flush has ended.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from ...app.background import BackgroundTasks
from ...app.ports.clock import Clock
from ...domain.errors import StoreUnavailable
from ...domain.record import StatusView
from .account import DIRTY, UNWRITTEN, Account, ResidentUser
from .durability import Durability
from .journal import Journal
from .steps import StepSizes


class MovedClocks:
    """See the module. With an interval of 0 every activity is made durable before it is acknowledged."""

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
        """True if a crash would lose no clock."""
        return not self._dirty and not self._unwritten

    def moved(self, account: Account, record: ResidentUser) -> None:
        """Note that a user's clock moved. Call it for a user who is not DIRTY yet."""
        if not self._journal.volatile:
            record.flags |= DIRTY
            self._dirty.append((account, record))
            self._any_dirty.set()

    def start(self) -> None:
        """Flush once an interval from now on, if there is a disk to flush to."""
        if not self._journal.volatile and self._interval_ms > 0:
            self._flusher = self._background.start(self._flush_forever(), name="onduty-activity-flush")

    async def stop(self) -> None:
        """Flush no more; journal what is left, for the last commit to write."""
        if self._flusher is not None:
            await self._background.stop(self._flusher)
        self._append(len(self._dirty))

    async def flush(self) -> None:
        """Make all moved clocks durable. One flush runs at a time, so that its end tells which clocks are."""
        async with self._flush_lock:
            self._durability.check_writable()
            self._any_dirty.clear()
            remaining = len(self._dirty)
            while remaining > 0 and self._dirty:
                remaining -= self._append(min(remaining, self._steps.flush))
                await asyncio.sleep(0)
                self._durability.check_writable()
            await self._journal.commit()
            for _, record in self._unwritten:
                record.flags &= ~UNWRITTEN
            self._unwritten.clear()

    def on_lost(self) -> None:
        """Mark as moved again every clock of which it is not known that it was written."""
        unwritten, self._unwritten = self._unwritten, []
        for account, record in unwritten:
            if record.flags & UNWRITTEN:
                record.flags &= ~UNWRITTEN
                if not record.flags & DIRTY:
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
            if not record.flags & DIRTY:
                continue  # the user's first activity was lost
            record.flags = record.flags & ~DIRTY | UNWRITTEN
            self._unwritten.append(entry)
            if record.last_activity is not None:
                self._journal.moved_clock(account.number, record.number, record.last_activity, record.clock)
        return len(dirty)


def rests_on_unwritten_clock(record: ResidentUser, view: StatusView) -> bool:
    """Return True if the view shows a timed switch, not yet recorded, whose time a crash might make us forget."""
    return view.status_since != record.status_since and bool(record.flags & (DIRTY | UNWRITTEN))
