"""Tells the listeners of accounts of events, once they are durable.

Invariant: a listener is told of every durable event of a revision above its own, in order, none twice. Appended events
wait in `Account.unsent` until they are durable; lost events are never told.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from ...app.ports.event_log import Listener, Subscription
from ...app.ports.history import Place
from ...domain.record import AccountEvent
from .account import Account
from .durability import Durability
from .journal import Journal
from .registry import Registry

_revision = attrgetter("revision")


@dataclass(eq=False, slots=True)
class _Subscriber:
    """A listener to an account's events above a revision."""

    revision: int
    listener: Listener


class Listeners:
    """The listeners of all accounts."""

    def __init__(
        self, journal: Journal, durability: Durability, registry: Registry, lineage: Callable[[], int]
    ) -> None:
        self._journal = journal
        self._durability = durability
        self._registry = registry
        self._lineage = lineage
        self._subscribers: dict[str, list[_Subscriber]] = {}
        """By account."""
        self._unsent: set[Account] = set()
        """Accounts with events that their listeners are still to be told of."""

    def __contains__(self, account_id: str) -> bool:
        return account_id in self._subscribers

    def __len__(self) -> int:
        return len(self._subscribers)

    async def subscribe(self, account_id: str, listener: Listener) -> Subscription:
        """Listen from the account's present revision on; return once that is durable."""
        account = self._registry.accounts.get(account_id)
        subscriber = _Subscriber(self._registry.first_revision if account is None else account.revision, listener)
        self._subscribers.setdefault(account_id, []).append(subscriber)
        if account is not None:
            account.watched = True

        def cancel() -> None:
            self._remove(account_id, subscriber)

        async def durable() -> None:
            pass

        def place() -> Place:
            return Place(subscriber.revision, self._lineage())

        try:
            if account is not None:
                # If it is lost, `on_lost` has moved the subscriber's revision back to before it.
                await self._durability.reached(account, subscriber.revision)
        except BaseException:
            cancel()
            raise
        return Subscription(subscriber.revision, cancel, durable, place)

    def _remove(self, account_id: str, subscriber: _Subscriber) -> None:
        subscribers = self._subscribers[account_id]
        subscribers.remove(subscriber)
        if not subscribers:
            del self._subscribers[account_id]
            account = self._registry.accounts.get(account_id)
            if account is not None:
                account.watched = False
                account.unsent.clear()

    def begin(self, account: Account) -> None:
        """Let those who wait for the events of an account that has just been added have them."""
        subscribers = self._subscribers.get(account.account_id, ())
        account.watched = bool(subscribers)
        for subscriber in tuple(subscribers):
            # Another account may have been erased since, with a greater revision.
            if subscriber.revision != account.base:
                subscriber.revision = account.base
                subscriber.listener(())

    def drop(self, account: Account) -> None:
        """Forget the events of an account that is being erased."""
        account.unsent.clear()
        self._unsent.discard(account)

    def restart(self, account_id: str, revision: int) -> None:
        """Tell the listeners of an account that it is gone. The events of a new one begin after a revision."""
        for subscriber in tuple(self._subscribers.get(account_id, ())):
            subscriber.revision = revision
            subscriber.listener(())

    def tell_soon(self, account: Account, event: AccountEvent) -> None:
        """Tell an account's listeners of an event once it is durable."""
        account.unsent.append(event)
        if self._journal.volatile and not self._unsent:
            asyncio.get_running_loop().call_soon(self.tell)
        self._unsent.add(account)

    def tell(self) -> None:
        """Tell the listeners of what has become durable."""
        if not self._unsent:
            return
        for account in list(self._unsent):
            unsent = account.unsent
            ready = bisect_right(unsent, account.durable_revision, key=_revision)
            events = unsent[:ready]
            del unsent[:ready]
            if not unsent:
                self._unsent.discard(account)
            if events:
                for subscriber in tuple(self._subscribers.get(account.account_id, ())):
                    # A listener that came before they were durable already knows of the first of them.
                    known = bisect_right(events, subscriber.revision, key=_revision)
                    if known < len(events):
                        subscriber.listener(events[known:])

    def on_lost(self, account: Account) -> None:
        """Forget the account's events that are not durable, because they never will be."""
        durable = account.durable_revision
        del account.unsent[bisect_right(account.unsent, durable, key=_revision) :]
        if not account.unsent:
            self._unsent.discard(account)
        for subscriber in self._subscribers.get(account.account_id, ()):
            # The changes that will get the lost revisions are new to it.
            subscriber.revision = min(subscriber.revision, durable)
