"""Timed switches on their way to the disk, which readers need not wait for.

A timed switch follows from what is durable. As long as it is not recorded itself, readers see it with the revision that
the user had before it, as if nobody had recorded it yet. This holds only where a crash could not change the outcome:
where the user's clock and last change are durable.
"""

from __future__ import annotations

from collections import deque

from .account import DIRTY, UNWRITTEN, Account, ResidentUser
from .journal import Journal


class Settling:
    """See the module."""

    def __init__(self, journal: Journal) -> None:
        self.shown_revisions: dict[ResidentUser, int] = {}
        """The users in question, with the revision that they are shown with."""
        self._journal = journal
        self._order: deque[tuple[Account, ResidentUser, int]] = deque()
        """Those users, and some who no longer are, with the revision that they have now."""

    def add(self, account: Account, record: ResidentUser, before: int) -> None:
        """Note that a timed switch was appended for a user whose revision was `before`."""
        if self._journal.volatile or record.flags & (DIRTY | UNWRITTEN):
            return
        if before > account.durable_revision:
            if record not in self.shown_revisions:
                return
            before = self.shown_revisions[record]
        self.shown_revisions[record] = before
        self._order.append((account, record, record.revision))

    def discard(self, record: ResidentUser) -> None:
        """Have readers wait for the user's last change: it is not of inactivity alone, or must be seen."""
        self.shown_revisions.pop(record, None)

    def on_durable(self) -> None:
        """Forget the users whose switch has become durable."""
        order = self._order
        while order and order[0][2] <= order[0][0].durable_revision:
            self.shown_revisions.pop(order.popleft()[1], None)

    def on_lost(self) -> None:
        """Forget everybody: nothing is on its way any more."""
        self.shown_revisions.clear()
        self._order.clear()
