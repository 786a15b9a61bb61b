"""Tracks timed switches that are not durable yet, and that readers need not wait for.

A timed switch follows from durable data. Until its record is durable, readers see it with the revision that the user
had before it, as if it had not been recorded yet. This holds only where a crash could not change the outcome: where the
user's clock and last change are durable.
"""

from __future__ import annotations

from collections import deque

from .account import Account
from .journal import Journal
from .user import DIRTY, UNWRITTEN, ResidentUser


class PendingSwitches:
    """The users with such switches."""

    def __init__(self, journal: Journal) -> None:
        self.shown_revisions: dict[ResidentUser, int] = {}
        """These users, with the revision that readers see."""
        self._journal = journal
        self._order: deque[tuple[Account, ResidentUser, int]] = deque()
        """These users, and some that no longer belong here, with the revision that they have now."""

    def add(self, account: Account, record: ResidentUser, before: int) -> None:
        """Record that a timed switch was appended for a user whose revision was `before`."""
        if self._journal.volatile or record.flags & (DIRTY | UNWRITTEN):
            return
        if before > account.durable_revision:
            if record not in self.shown_revisions:
                return
            before = self.shown_revisions[record]
        self.shown_revisions[record] = before
        self._order.append((account, record, record.revision))

    def discard(self, record: ResidentUser) -> None:
        """Make readers wait for the user's last change: its revision must be seen, or it is not only a timed switch."""
        self.shown_revisions.pop(record, None)

    def on_durable(self) -> None:
        """Forget the users whose switches have become durable."""
        order = self._order
        while order and order[0][2] <= order[0][0].durable_revision:
            self.shown_revisions.pop(order.popleft()[1], None)

    def on_lost(self) -> None:
        """Forget all users, because no switch is left to become durable."""
        self.shown_revisions.clear()
        self._order.clear()
