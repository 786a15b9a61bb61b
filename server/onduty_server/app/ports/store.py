"""The port for keeping users, workflows and history. This docstring and those of the methods are the contract.

What every store promises:

- Decisions (`Decide`, `Revise`) are pure functions of a record or workflow, the policy and the store's `now`. The store
  runs them atomically with the write that follows; it may run one again after losing a race, never twice for one write.
- The store gives every change the account's next revision: without gaps, in commit order, workflow changes included.
- What is returned is durable: a change is never shown to anybody who could see it vanish in a crash. Only a moved clock
  may be lost, and only within the configured flush interval. A timed switch follows from what is durable and may be
  shown whether or not its record is; a read that does so before it is shows the revision before it.
- It keeps at most `users_max` users of an account and `accounts_max` accounts, both given when it is made (0: any
  number). A decision about one more is not committed; `transact` and `update_workflow` raise `LimitExceeded` instead,
  for which a count kept beside the account and checked in the commit is enough. Those who are known go on as ever, also
  where there are more of them than a limit allows.
- Reads are exact: they evaluate the record under the policy at `now` and write nothing.
- Ids given to a store have been validated.

Every method but `open` raises `StoreUnavailable` when the store cannot be reached or cannot write.
"""

from __future__ import annotations

import asyncio
import secrets
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Collection, Sequence
from enum import IntEnum
from typing import NamedTuple

from ...domain.errors import LimitExceeded
from ...domain.record import AccountEvent, Decision, StatusChange, StatusView, UserRecord
from ...domain.rules import Policy
from ...domain.status import Status
from ...domain.workflow import Workflow
from ..limits import ACTIVITY_MAX_AGE_MS, FULL_RETRY_DELAY_MS, HEARTBEAT_INTERVAL_MS

Decide = Callable[[UserRecord, Policy, int], Decision]
"""(record, policy, now) -> what becomes of the record. A user never seen comes as a record in state UNSEEN."""

Revise = Callable[[Workflow, int, int], Workflow]
"""(current workflow, now, next revision) -> the revised workflow, or the current one itself when nothing changes."""


_LINEAGE_BITS = 60


class AvailabilityOrder(IntEnum):
    """Who comes first among the available. The numbers are those of the proto."""

    LONGEST_AVAILABLE = 1
    MOST_RECENTLY_ACTIVE = 2
    LONGEST_IDLE = 3


class StatusPage(NamedTuple):
    """Users of an account in the order they were first seen; `next_position` is None after the last.

    `revision` is the account's when the page was made: its users' changes up to then are in it.
    """

    views: Sequence[StatusView]
    next_position: int | None
    revision: int = 0


class Available(NamedTuple):
    """The first users of the order asked for, and how many are available in all."""

    views: Sequence[StatusView]
    total: int


class PreviewedSwitch(NamedTuple):
    """A user whom a workflow change would switch at once."""

    user_id: str
    previous_status: Status
    status: Status


class Preview(NamedTuple):
    """What a workflow change would come to: the workflow, whom it switches (the first of them), how many to what."""

    workflow: Workflow
    switches: Sequence[PreviewedSwitch]
    to_away: int
    to_offline: int


class ChangeFilter(NamedTuple):
    """Which changes to list. Times are ms UTC and mean effective times: `start` inclusive, `end` exclusive."""

    user_id: str | None = None
    start: int | None = None
    end: int | None = None


class ChangePage(NamedTuple):
    """Changes in the order of their revisions; `next_revision`: list on after this one, None after the last."""

    changes: Sequence[StatusChange]
    next_revision: int | None


class Sweep(NamedTuple):
    """What one step of the sweeper did: how many switches it committed, and when to come again (ms UTC; None: never).

    `next_due` in the past means that there is more to do now.
    """

    switched: int
    next_due: int | None


Listener = Callable[[Sequence[AccountEvent]], None]
"""Is called on the event loop with an account's durable events, in the order of their revisions, none twice.

None is missing, unless it was dropped from history before it could be told of; the gap in the revisions shows it.
Called with none, what was told before may not hold any more: a replica took over that lacked the last of it. It is told
on from `Subscription.place`.
"""


class Place(NamedTuple):
    """A place in an account's history. A revision of another lineage may be of another change: see `Store.contains`."""

    revision: int
    lineage: int


class Subscription(NamedTuple):
    """A listener's place: it is told of every event of a revision above `revision`, until `cancel` is called.

    What came before need not be durable yet; `durable` returns once it is. `place` says where the listener stands, if
    the store may come to have another history than the one that it told of.
    """

    revision: int
    cancel: Callable[[], None]
    durable: Callable[[], Awaitable[None]]
    place: Callable[[], Place] | None = None


def new_lineage() -> int:
    """A lineage that no history has had: 60 random bits, never 0."""
    return secrets.randbits(_LINEAGE_BITS) or 1


def full_account(users_max: int) -> LimitExceeded:
    """What a store raises for one user too many."""
    message = f"the account has all the users it may have, {users_max}"
    return LimitExceeded(message, retry_delay_ms=FULL_RETRY_DELAY_MS)


def full_store(accounts_max: int) -> LimitExceeded:
    """What a store raises for one account too many."""
    message = f"there are all the accounts there may be, {accounts_max}"
    return LimitExceeded(message, retry_delay_ms=FULL_RETRY_DELAY_MS)


class StoreOpenError(Exception):
    """The store cannot be opened; the message says why, for an operator to read."""


class Store(ABC):
    """See the module."""

    wakeup: asyncio.Event
    """Set when something falls due earlier than the last `Sweep.next_due` said."""

    heartbeat_interval_ms = HEARTBEAT_INTERVAL_MS
    """How often `heartbeat` is to be called."""

    tells_time = False
    """Whether the store's own clock is the one that counts, and sets the process's (`Clock.align`)."""

    token_key: bytes
    """A secret that is kept with the data, with which tokens are signed; known once open."""

    lineage: int
    """Identifies the history from here on; known once open.

    A store that one process has draws it anew at every `open`: what is kept may have been put back from a copy, and
    gives the revisions that came after the copy to other changes. Where several processes share the store it is drawn
    with the store, and `Subscription.place` knows more.
    """

    @abstractmethod
    async def open(self) -> None:
        """Load what is kept and recover from an outage (design, section 7).

        Raises:
            StoreOpenError: in use by another process, unreadable, or of a newer schema.
        """

    @abstractmethod
    async def close(self) -> None:
        """Make everything durable and let go. Loses nothing."""

    def oldest_activity(self, now: int) -> int:
        """Before which time (ms UTC) an activity is too old at `now` to be taken."""
        return now - ACTIVITY_MAX_AGE_MS

    @abstractmethod
    def touch(self, account_id: str, user_id: str, activity_time: int | None) -> StatusView | None:
        """The fast path of an activity: move the user's clock if that is all that there is to do.

        Returns None, having done nothing, whenever anything else might be called for: an unknown user, a status that
        may change, a time (ms UTC; None: now) that is not in order, an activity that must be durable first, a store
        that is not in a state to answer at once. Then `transact` decides.
        """

    def touched(self, account_id: str, user_id: str, activity_time: int | None) -> bool:
        """As `touch`, for callers who want no view: whether it did all that there is to do."""
        return self.touch(account_id, user_id, activity_time) is not None

    def peek(self, account_id: str, user_id: str) -> StatusView | None:
        """The fast path of `get` for one user: None whenever it would have to wait, or knows no such user."""
        return None

    async def record_activity(
        self, account_id: str, user_id: str, activity_time: int | None, decide: Decide
    ) -> StatusView:
        """As `transact`, where `decide` is an activity of `activity_time` (ms UTC; None: now).

        A store that has to ask elsewhere can do both in one step: have the clock moved if that is all that there is to
        do, else be told what there is to decide on.
        """
        return await self.transact(account_id, user_id, decide)

    @abstractmethod
    async def transact(self, account_id: str, user_id: str, decide: Decide) -> StatusView:
        """Run `decide` on the user's record and commit what it says; what `decide` raises passes through.

        Raises:
            LimitExceeded: it would be one user, or one account, too many.
        """

    @abstractmethod
    async def get(self, account_id: str, user_ids: Sequence[str]) -> Sequence[StatusView | None]:
        """The users' statuses, all at one instant, in the order asked; None for a user never seen."""

    @abstractmethod
    async def scan(self, account_id: str, statuses: Collection[Status], position: int, limit: int) -> StatusPage:
        """Up to `limit` users from `position` (0: the first) who have one of `statuses` (empty: any).

        Looks at a bounded number of users a call, so a page may be short or empty with more to come.
        """

    @abstractmethod
    async def available(self, account_id: str, order: AvailabilityOrder, limit: int) -> Available:
        """Who is ONLINE at one instant: the first `limit` in the given order, and how many in all."""

    @abstractmethod
    async def workflow(self, account_id: str) -> Workflow:
        """The account's workflow, the default one if it was never configured."""

    @abstractmethod
    async def update_workflow(self, account_id: str, revise: Revise) -> Workflow:
        """Commit the revised workflow, in a time that does not depend on the number of users.

        What fell due under the old workflow keeps its status and effective time, even where it is recorded later.

        Raises:
            LimitExceeded: it would be one account too many.
        """

    @abstractmethod
    async def preview(self, account_id: str, revise: Revise, limit: int) -> Preview:
        """What `update_workflow` would do at once, naming up to `limit` users; writes nothing."""

    @abstractmethod
    async def changes(self, account_id: str, wanted: ChangeFilter, after_revision: int, limit: int) -> ChangePage:
        """Up to `limit` kept changes of a revision above `after_revision`; a bounded amount of work a call."""

    @abstractmethod
    async def subscribe(self, account_id: str, listener: Listener) -> Subscription:
        """Have `listener` told of all that happens to the account from now on. The account need not exist yet.

        It may be told of the first events before this has returned. A call that fails or is cancelled leaves nothing
        behind: nobody could end that subscription.
        """

    @abstractmethod
    async def events(self, account_id: str, after_revision: int, limit: int) -> Sequence[AccountEvent]:
        """Up to `limit` kept events right after a revision, without a gap; empty when there are none.

        Raises:
            ResumeTokenExpired: the first of them is no longer kept, or the revision is one the account never had.
        """

    async def contains(self, account_id: str, place: Place) -> bool:
        """Whether a place of an earlier lineage is in the account's history for sure."""
        return False

    @abstractmethod
    async def settled_until(self, account_id: str) -> int | None:
        """A time (ms UTC) such that listeners have been told of all that was effective by then; None: not known now."""

    @abstractmethod
    async def settle_due(self, limit: int) -> Sweep:
        """Commit up to `limit` timed switches that are due: the longest overdue first, unless very many are."""

    @abstractmethod
    async def heartbeat(self) -> None:
        """Note durably that activities could be recorded until now. Call it once every `heartbeat_interval_ms`.

        Finding that the last one is longer ago than the outage grace, recover: restart everybody's clock once.
        """
