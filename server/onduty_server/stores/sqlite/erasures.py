"""Lets callers wait until nothing of what they have erased is left in the files. Belongs to the event loop."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from ...domain.errors import StoreUnavailable
from .batch import Batch


class _Waiter(NamedTuple):
    account_number: int
    erasure: int
    future: asyncio.Future[None]


class Erasures:
    """Counts, by account, batches with erasures that are durable, and those of which nothing is left."""

    def __init__(self) -> None:
        self._written: Counter[int] = Counter()
        self._cleaned: Counter[int] = Counter()
        self._waiters: list[_Waiter] = []
        self._no_waiters = asyncio.Event()
        self._no_waiters.set()

    def begun_before(self, accounts: Iterable[int]) -> None:
        """Count erasures of accounts that were durable before this process began."""
        self._written.update(accounts)

    def written(self, batch: Batch) -> None:
        """Count a batch that has become durable."""
        if batch.erases:
            self._written.update({number for number, *_ in batch.erased_users})
            self._written.update(list(batch.erased_accounts))

    async def wait(self, account_number: int | None) -> None:
        """Wait until nothing is left of the erasures in an account (None: in any), or of it, that are durable.

        Raises:
            StoreUnavailable: it cannot be removed now.
        """
        if account_number is None:
            for each in list(self._written):
                await self.wait(each)
            return
        erasure = self._written[account_number]
        if self._cleaned[account_number] < erasure:
            waiter = _Waiter(account_number, erasure, asyncio.get_running_loop().create_future())
            self._waiters.append(waiter)
            self._no_waiters.clear()
            await waiter.future

    async def no_waiters(self) -> None:
        """Wait until nobody waits: who reads the file for long would make that longer."""
        await self._no_waiters.wait()

    def cleaned(self, erasures: Counter[int]) -> None:
        """Count erasures of which nothing is left."""
        self._cleaned.update(erasures)
        waiting, self._waiters = self._waiters, []
        for waiter in waiting:
            if self._cleaned[waiter.account_number] < waiter.erasure:
                self._waiters.append(waiter)
            elif not waiter.future.done():
                waiter.future.set_result(None)
        if not self._waiters:
            self._no_waiters.set()

    def stuck(self) -> None:
        """Tell all who wait that it will take longer."""
        waiting, self._waiters = self._waiters, []
        self._no_waiters.set()
        for waiter in waiting:
            if not waiter.future.done():
                waiter.future.set_exception(StoreUnavailable())
