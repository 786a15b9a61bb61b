"""Tells which changes in memory are durable, and lets callers wait for the others.

Code that shows or decides something that rests on an account's revision waits here until the journal has committed the
revision, or learns that it was lost. `losses` counts the losses: anything read before a loss must be read again.
"""

from __future__ import annotations

from ...domain.errors import StoreLost, StoreUnavailable
from .account import Account
from .journal import Journal
from .undo import Undo


class Durability:
    """The durability of what is in memory."""

    def __init__(self, journal: Journal) -> None:
        self.losses = 0
        """How often changes were lost and undone."""
        self.closed = False
        """True once the store is closing and starts nothing new."""
        self._journal = journal

    async def reached(self, account: Account, revision: int) -> bool:
        """Wait until a revision is durable. Returns False if it was lost; anything read with it must be read again."""
        losses = self.losses
        if revision > account.durable_revision:
            try:
                await self._journal.commit()
            except StoreUnavailable:
                self.check_open()
                return False
        return losses == self.losses

    def note(self, undo: Undo) -> None:
        """Record how to undo the next entry of the journal, if there is a disk that could fail to take it."""
        if not self._journal.volatile:
            self._journal.undo.append(undo)

    def check_not_lost(self) -> None:
        """Raise StoreLost if the journal can never be written again."""
        if self._journal.lost is not None:
            raise StoreLost(self._journal.lost)

    def check_open(self) -> None:
        """Raise StoreUnavailable if the store is closed, or lost."""
        self.check_not_lost()
        if self.closed:
            raise StoreUnavailable

    def check_writable(self) -> None:
        """Raise StoreUnavailable if no change can be made now."""
        self.check_open()
        if self._journal.failing:
            raise StoreUnavailable
