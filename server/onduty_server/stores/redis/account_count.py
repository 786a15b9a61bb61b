"""Counts the accounts of a store, for the limit on them.

The count is exact enough for a limit: a process may not know of accounts that others added since its last round, and
`recount` corrects what was lost in a failover or with a process that died.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from ...app.ports.store import full_store
from ...domain.errors import StoreUnavailable
from .keys import Keys
from .wire.client import RedisClient


class AccountCount:
    """The number of accounts and its limit, `accounts_max` (0: any number)."""

    def __init__(self, client: RedisClient, keys: Keys, accounts_max: int) -> None:
        self.count = 0
        """The number of accounts as of the last round, plus those that this process has added since."""
        self._client = client
        self._key = keys.common
        self._keys_of_partition = keys.of_partition
        self._accounts_max = accounts_max

    def check_room(self) -> None:
        """Raise LimitExceeded if there is no room for another account."""
        if 0 < self._accounts_max <= self.count:
            raise full_store(self._accounts_max)

    async def add(self) -> None:
        """Count an account that this process has added."""
        self.count += 1
        # The account exists, whether or not it can be counted.
        with suppress(StoreUnavailable):
            await self._client.command(self._key, "INCR", self._key + b"account_count")

    async def remove(self) -> None:
        """Count an account that this process has erased."""
        self.count -= 1
        with suppress(StoreUnavailable):
            await self._client.command(self._key, "DECR", self._key + b"account_count")

    async def recount(self, partitions: Iterable[int]) -> None:
        """Count the accounts of the partitions in use, and correct the stored number."""
        keys = [self._keys_of_partition[number] for number in sorted(partitions)]
        counts = await asyncio.gather(*(self._client.command(key, "SCARD", key + b"accounts") for key in keys))
        if sum(counts) != self.count:
            self.count = sum(counts)
            # If the server's memory is full, the correction can wait.
            with suppress(StoreUnavailable):
                await self._client.command(self._key, "SET", self._key + b"account_count", self.count)
