"""The port for watching: the present state of an account, and every event that follows it, in order."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from ...domain.record import AccountEvent
from .history import History, Place
from .statuses import StatusReader

Listener = Callable[[Sequence[AccountEvent]], None]
"""Is called on the event loop with an account's durable events, in the order of their revisions, none twice.

None is missing, unless it was dropped from history before the listener could be told; the gap in the revisions shows
it. A call with no events says that what was told before may no longer hold: a replica took over that lacked the last of
it. The events that follow are those after `Subscription.place`.
"""


class Subscription(NamedTuple):
    """A listener's place: it is told of every event of a revision above `revision`, until `cancel` is called.

    What came before need not be durable yet; `durable` returns once it is. `place` returns where the listener stands,
    if the store may come to have another history than the one that it told of.
    """

    revision: int
    cancel: Callable[[], None]
    durable: Callable[[], Awaitable[None]]
    place: Callable[[], Place] | None = None


class EventLog(StatusReader, History):
    """See the module. Coroutines raise `StoreUnavailable` when the store cannot be reached."""

    @abstractmethod
    async def subscribe(self, account_id: str, listener: Listener) -> Subscription:
        """Tell `listener` of all that happens to the account from now on. The account need not exist yet.

        The first events may be told before this has returned. A call that fails or is cancelled leaves no subscription
        behind, which nobody could end.
        """

    @abstractmethod
    async def events(self, account_id: str, after_revision: int, limit: int) -> Sequence[AccountEvent]:
        """Return up to `limit` kept events right after a revision, without a gap; empty when there are none.

        Raises:
            ResumeTokenExpired: the first of them is no longer kept, or the revision is one the account never had.
        """

    @abstractmethod
    async def settled_until(self, account_id: str) -> int | None:
        """Return a time (ms UTC) such that listeners have been told of all that was effective by then; None: unknown.

        The time may be unknown now and known a moment later.
        """
