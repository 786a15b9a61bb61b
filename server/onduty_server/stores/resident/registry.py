"""The accounts of a store, by id and by number.

Invariants: `accounts` and `by_number` have the same accounts; the number of an account is never given to another one,
unless the account was never durable.
"""

from __future__ import annotations

import asyncio

from .account import Account
from .durability import Durability


class Registry:
    """The accounts of a store."""

    def __init__(self, durability: Durability) -> None:
        self._durability = durability
        self.accounts: dict[str, Account] = {}
        """By id. Others read it; only the methods here write to it."""
        self.by_number: dict[int, Account] = {}
        self.next_number = 0
        """The number of the next new account."""
        self.first_revision = 0
        """The revision after which those of a new account begin: the greatest of any that was erased."""

        self.erasing: dict[str, asyncio.Task[None]] = {}
        """Erasures of accounts that are not durable yet, by the account's id. Until then nobody is told of them."""

    def add(self, account: Account) -> None:
        """Add an account, a new one or one that was kept."""
        self.accounts[account.account_id] = account
        self.by_number[account.number] = account
        self.next_number = max(self.next_number, account.number + 1)

    def remove(self, account: Account) -> None:
        """Take out an account. Another one of its id may have come since."""
        del self.by_number[account.number]
        if self.accounts.get(account.account_id) is account:
            del self.accounts[account.account_id]

    def erase(self, account: Account) -> None:
        """Take out an account that is being erased."""
        self.remove(account)
        self.first_revision = max(self.first_revision, account.revision + 1)
        account.is_erased = True

    def restore(self, account: Account, first_revision: int) -> None:
        """Undo `erase`."""
        self.add(account)
        self.first_revision = first_revision
        account.is_erased = False

    async def erasure_ended(self, account_id: str) -> bool:
        """Wait for an erasure of an account to end; return False if there is none. Reads wait for it to be durable.

        Raises:
            StoreUnavailable: the store has been closed, or lost.
        """
        erasure = self.erasing.get(account_id)
        if erasure is None:
            return False
        await asyncio.wait([erasure])
        self._durability.check_open()
        return True

    def forget(self, account: Account) -> None:
        """Take out the account that came last, because it was never durable."""
        self.remove(account)
        self.next_number = account.number
