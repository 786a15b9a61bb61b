"""Schedules accounts by the time at which their next timed switch may be due.

It is a heap of accounts by a lower bound of their earliest due time. Invariant: an account with a switch due at some
time is in the heap at that time or earlier. An account that is rescheduled leaves its old entry behind, which no longer
counts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from heapq import heapify, heappop, heappush
from itertools import count

from .account import Account

_STALE_MAX = 64
"""How many entries that no longer count the heap may hold, besides one for each account."""


class Schedule:
    """The schedule of all accounts."""

    def __init__(self, accounts: Mapping[str, Account]) -> None:
        self.wakeup = asyncio.Event()
        """Set when a switch falls due earlier than the sweeper was told."""
        self._accounts = accounts
        self._entries: list[tuple[int, int, Account]] = []
        self._order = count()
        self._sleeping_until: int | None = None

    def awake(self) -> None:
        """Record that the sweeper is at work and need not be woken."""
        self._sleeping_until = 0
        self.wakeup.clear()

    def sleep_until(self, until: int | None) -> int | None:
        """Record the time (ms UTC; None: for ever) until which the sweeper will sleep, and return it."""
        self._sleeping_until = until
        return until

    def next_due(self) -> int | None:
        """Return the time (ms UTC) at which the first account is due, as far as is known; None: never."""
        # The first entry or none, in one step, because metrics are read by other threads.
        first = self._entries[:1]
        return first[0][0] if first else None

    def take_due(self, now: int) -> Account | None:
        """Take out the account that has been due for longest at `now`; None if no account is due."""
        while self._entries and self._entries[0][0] <= now:
            due, _, account = heappop(self._entries)
            if account.scheduled == due:
                account.scheduled = None
                return account
        return None

    def update(self, account: Account, after: int | None = None) -> bool:
        """Make sure that the account is in the schedule no later than its earliest due time.

        `after` keeps an account that has more to do behind the others that are due. Returns False if it has more to do.
        """
        earliest = None if account.is_erased else account.earliest()
        if earliest is None:
            return True
        done = after is None or earliest > after
        if after is not None and not done:
            earliest = after
        if account.scheduled is None or earliest < account.scheduled:
            account.scheduled = earliest
            heappush(self._entries, (earliest, next(self._order), account))
            if len(self._entries) > 2 * len(self._accounts) + _STALE_MAX:
                self._compact()
            if self._sleeping_until is None or earliest < self._sleeping_until:
                self.wakeup.set()
        return done

    def remove(self, account: Account) -> None:
        """Forget an account. Its entries no longer count."""
        account.scheduled = None

    def _compact(self) -> None:
        """Drop the old entries of accounts that were rescheduled; some lie a whole period ahead."""
        self._entries = [
            (account.scheduled, next(self._order), account)
            for account in self._accounts.values()
            if account.scheduled is not None
        ]
        heapify(self._entries)
