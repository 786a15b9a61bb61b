"""The port for watching: the present state of an account, and every event that follows it, in order."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from ...domain.record import AccountEvent
from .history import History, Place
from .statuses import StatusReader

Listener = Callable[[Sequence[AccountEvent]], None]
"""Called on the event loop with an account's durable events, in the order of their revisions, none twice.

None is missing, unless it was dropped from history before the listener could be told; a gap in the revisions shows
that. A call without events means that earlier events may no longer hold, because a replica took over that lacked the
last of them. The events that follow are those after `Subscription.place`.
"""


class Subscription(NamedTuple):
    """A listener's place: it is told of every event of a revision above `revision`, until `cancel` is called.

    Events up to `revision` need not be durable yet; `durable` returns once they are. `place` returns the listener's
    place in the history; it is None for a store whose history cannot be replaced while it is open.
    """

    revision: int
    cancel: Callable[[], None]
    durable: Callable[[], Awaitable[None]]
    place: Callable[[], Place] | None = None


class EventLog(StatusReader, History):
    """The state and the events of accounts. Coroutines raise `StoreUnavailable` when the store cannot be reached."""

    @abstractmethod
    async def subscribe(self, account_id: str, listener: Listener) -> Subscription:
        """Call `listener` with all events of the account from now on. The account need not exist yet.

        The first events may be told before this returns. A call that fails or is cancelled leaves no subscription
        behind.
        """

    @abstractmethod
    async def events(self, account_id: str, after_revision: int, limit: int) -> Sequence[AccountEvent]:
        """Return up to `limit` kept events right after a revision, without a gap; empty when there are none.

        Raises:
            ResumeTokenExpired: the first of them is no longer kept, or the account never had that revision.
        """

    @abstractmethod
    async def settled_until(self, account_id: str) -> int | None:
        """Return a time (ms UTC) up to which listeners have been told of everything that was effective; None: unknown.

        The time may be unknown now and known a moment later.
        """
