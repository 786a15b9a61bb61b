"""What of memory is durable, and waiting for the rest.

Whoever shows or decides something that rests on an account's revision waits here until the journal has committed it, or
is told that it was lost. `losses` counts how often something was: whatever was looked at before must be looked at anew.
"""

from __future__ import annotations

from ...domain.errors import StoreLost, StoreUnavailable
from .account import Account
from .journal import Journal
from .undo import Undo


class Durability:
    """See the module."""

    def __init__(self, journal: Journal) -> None:
        self.losses = 0
        """How often something was taken back."""
        self.closed = False
        """True once the store is closing: nothing new is begun."""
        self._journal = journal

    async def reached(self, account: Account, revision: int) -> bool:
        """Wait until a revision is durable. False: it was lost, and what was seen with it must be looked at anew."""
        losses = self.losses
        if revision > account.durable_revision:
            try:
                await self._journal.commit()
            except StoreUnavailable:
                self.check_open()
                return False
        return losses == self.losses

    def note(self, undo: Undo) -> None:
        """Note how to undo what is appended to the journal next, if there is a disk that could refuse it."""
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
