"""The port for copying stores: reads everything that a store at rest keeps, or writes it into an empty place.

An archive is not a store. It decides nothing and has no clock; it hands out, or takes in, what was committed, as it
was. It promises:

- Reading changes nothing, and no server changes anything meanwhile. Where a server cannot be kept away, `check_rest`
  finds out afterwards whether one was there.
- A place that is being written is marked as unfinished before anything else, until `finish`. No server opens it
  meanwhile, and writing to it again begins anew.
- Accounts come in no particular order; users in the order in which they were first seen; events by revision.
- A user who was erased keeps the place, as a record without an id, in state UNSEEN, with the revision of the erasure;
  the user's events have the place and no id.

All methods raise StoreUnavailable when the place cannot be reached.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from ...domain.record import LeaseEdge, Switch, UserChange, UserRecord
from ...domain.rules import PastPolicy
from ...domain.status import State
from ...domain.tallies import Key
from ...domain.workflow import Workflow
from ..gaps import Gap
from .reports import AccountSettings
from .sweeping import VitalSigns

CHUNK = 1_000
"""How many users, or events, an archive hands over at a time, unless it is made with another number."""


class StoreHeader(NamedTuple):
    """Values that a store keeps once. `vital` is None if no server has ever run on the store.

    `apart_ms` is how far apart the last heartbeats of its partitions with accounts are. `lineage` is the last lineage
    of a store that one process has (0: another kind of store, or never started). Tokens given under it belong to this
    history up to an account's revision, and stay valid in a copy that keeps lineages itself. Revisions of new accounts
    begin after `first_revision`.
    """

    token_key: bytes
    vital: VitalSigns | None
    apart_ms: int = 0
    lineage: int = 0
    gaps: tuple[Gap, ...] = ()
    first_revision: int = 0


class StoreCounts(NamedTuple):
    """The numbers of records in a store, by its own count. `erased` are the places of users who were erased."""

    accounts: int = 0
    users: int = 0
    events: int = 0
    erased: int = 0


class KeptTeam(NamedTuple):
    """The workflow of a team that has one of its own, or had one and `follows` the account's since."""

    team_id: str
    workflow: Workflow
    past: tuple[PastPolicy, ...]


class KeptAccount(NamedTuple):
    """An account without its users and events. `committed` is when it last changed (ms UTC), as far as is known.

    `teams` are in the order of their ids. `known_since` is that of `Kept`.
    """

    account_id: str
    revision: int
    workflow: Workflow
    past: tuple[PastPolicy, ...]
    vital: VitalSigns
    committed: int = 0
    teams: tuple[KeptTeam, ...] = ()
    settings: AccountSettings = AccountSettings()
    known_since: int = 0


class KeptEvent(NamedTuple):
    """A committed change of a user's status, of a user, or of a workflow.

    For a workflow `user_id` is empty and `position`, the user's place in the account, is -1. `team_id` is the user's
    team at the time of a change of the status.
    """

    revision: int
    commit_time: int
    position: int
    user_id: str
    change: Switch | UserChange | Workflow
    team_id: str = ""
    state: State = State.UNSEEN
    """Of a change of a user (`UserChange`): the state that was shown at the time."""


class KeptDay(NamedTuple):
    """The daily sum of one person and key: see `domain/tallies.py`. The day is [start, end) (ms UTC)."""

    start: int
    end: int
    position: int
    key: Key
    net: int
    times: int


class KeptEdge(NamedTuple):
    """An edge of a session or an engagement that is still in the history."""

    position: int
    edge: LeaseEdge


class Archive(ABC):
    """Everything that one store keeps. Open it either to read or to write, and `close` it afterwards."""

    name: str
    """The archive's name in messages."""

    @abstractmethod
    async def open_to_read(self) -> StoreHeader:
        """Take hold of a store at rest.

        Raises:
            StoreOpenError: there is no store, or it is in use, unfinished, damaged, or of another schema.
        """

    @abstractmethod
    async def open_to_write(self, header: StoreHeader) -> None:
        """Mark the place as unfinished, and remove what an unfinished copy left. What is written can also be read.

        Raises:
            StoreOpenError: the place is not empty, or cannot hold a store with this header.
        """

    @abstractmethod
    async def close(self) -> None:
        """Release the place and leave everything as it is. It may be called at any time, and more than once."""

    # --- reading -----------------------------------------------------------------------------------------------------

    @abstractmethod
    async def header(self) -> StoreHeader:
        """Return the values that the store keeps once."""

    @abstractmethod
    async def counts(self) -> StoreCounts:
        """Return how many records the store has."""

    @abstractmethod
    def account_ids(self) -> AsyncIterator[str]:
        """Yield every account's id, once."""

    @abstractmethod
    async def account(self, account_id: str) -> KeptAccount | None:
        """Return an account, or None if there is no such account."""

    @abstractmethod
    def users(self, account_id: str) -> AsyncIterator[Sequence[UserRecord]]:
        """Yield the account's users, a bounded number at a time."""

    @abstractmethod
    def events(self, account_id: str) -> AsyncIterator[Sequence[KeptEvent]]:
        """Yield the account's kept events, a bounded number at a time."""

    @abstractmethod
    def days(self, account_id: str) -> AsyncIterator[Sequence[KeptDay]]:
        """Yield the account's daily sums, a bounded number at a time."""

    @abstractmethod
    def edges(self, account_id: str) -> AsyncIterator[Sequence[KeptEdge]]:
        """Yield the account's kept edges, each user's in their order, a bounded number at a time."""

    @abstractmethod
    async def check_rest(self) -> None:
        """Raise StoreOpenError if a server has been here since the archive was opened."""

    # --- writing -----------------------------------------------------------------------------------------------------

    @abstractmethod
    async def add_account(self, account: KeptAccount) -> None:
        """Write an account that has no users yet."""

    @abstractmethod
    async def add_users(self, account_id: str, position: int, users: Sequence[UserRecord]) -> None:
        """Write the account's next users; the first of them is at `position`."""

    @abstractmethod
    async def add_events(self, account_id: str, events: Sequence[KeptEvent]) -> None:
        """Write the account's next events."""

    @abstractmethod
    async def add_days(self, account_id: str, days: Sequence[KeptDay]) -> None:
        """Write the account's next daily sums."""

    @abstractmethod
    async def add_edges(self, account_id: str, edges: Sequence[KeptEdge]) -> None:
        """Write the account's next edges."""

    @abstractmethod
    async def seal(self) -> None:
        """Write what can be written only once every account is there."""

    @abstractmethod
    async def finish(self) -> None:
        """Make everything durable, then remove the mark: from now on the place is a store like any other."""
