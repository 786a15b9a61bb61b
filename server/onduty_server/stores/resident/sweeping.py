"""Commits timed switches as they fall due, a bounded number at a time."""

from __future__ import annotations

from contextlib import suppress

from ...app.ports.clock import Clock
from ...app.ports.sweeping import Sweep
from ...domain.errors import StoreUnavailable
from .commits import Commits
from .journal import Journal
from .schedule import Schedule
from .vitality import Vitality

_BACKLOG_MAX = 20_000
"""The number of journal entries not yet durable beyond which the sweeper waits for the disk."""
_RETRY_MS = 1_000
"""The interval between attempts while nothing can be written."""


class Sweeps:
    """The sweeper's work on accounts in memory."""

    def __init__(
        self, journal: Journal, clock: Clock, schedule: Schedule, commits: Commits, vitality: Vitality
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._schedule = schedule
        self._commits = commits
        self._vitality = vitality

    async def settle_due(self, limit: int) -> Sweep:
        """Settle accounts in the order in which they fall due, a bounded number of users per call."""
        schedule = self._schedule
        schedule.awake()
        now = await self._vitality.now()
        if self._journal.backlog() > _BACKLOG_MAX:
            with suppress(StoreUnavailable):
                await self._journal.commit()
            now = await self._vitality.now()
        if self._journal.failing:
            return Sweep(0, schedule.sleep_until(self._clock.now() + _RETRY_MS))
        switched = looked_at = 0
        while switched < limit and looked_at < limit and (account := schedule.take_due(now)) is not None:
            looked_at += 1
            of_account = self._commits.settle(account, now, limit - switched)
            switched += of_account
            if not schedule.update(account, after=now) and not of_account:
                break  # looking through index entries took a whole step; let requests have their turn
        return Sweep(switched, schedule.sleep_until(schedule.next_due()))
