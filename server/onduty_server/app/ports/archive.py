"""The port for what a store keeps, at rest: to read all of it, or to write all of it into a place that is empty.

An archive is not a store. It decides nothing and knows no time; it hands out, or takes in, what was committed, as it
was. Promises:

- Reading changes nothing, and no server changes anything meanwhile: where that cannot be prevented, `check_rest`
  detects it afterwards.
- A place that is being written is marked as unfinished before anything else, until `finish`; no server opens it, and
  writing to it again begins anew.
- Accounts come in no particular order; users in the order in which they were first seen; events by revision.

All methods raise StoreUnavailable when the place cannot be reached.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from ...domain.record import Switch, UserRecord
from ...domain.rules import PastPolicy
from ...domain.workflow import Workflow
from ..gaps import Gap
from .sweeping import VitalSigns

CHUNK = 1_000
"""How many users, or events, an archive hands over at a time, unless it is made with another number."""


class StoreHeader(NamedTuple):
    """What a store keeps once. `vital` is None where no server ever was.

    `apart_ms`: how far apart the last heartbeats of parts that have accounts are. `lineage`: the last one of a store of
    one process (0: not such a store, or never started). Tokens given under it are of this history up to an account's
    revision, and stay good in a copy that keeps lineages itself.
    """

    token_key: bytes
    vital: VitalSigns | None
    apart_ms: int = 0
    lineage: int = 0
    gaps: tuple[Gap, ...] = ()


class StoreCounts(NamedTuple):
    """How much a store keeps, as it counts it itself."""

    accounts: int = 0
    users: int = 0
    events: int = 0


class KeptAccount(NamedTuple):
    """An account without its users and events. `committed`: when it was last changed (ms UTC), as far as is known."""

    account_id: str
    revision: int
    workflow: Workflow
    past: tuple[PastPolicy, ...]
    vital: VitalSigns
    committed: int = 0


class KeptEvent(NamedTuple):
    """A committed change of a user or of the workflow.

    For the workflow `user_id` is empty and `position`, the user's place in the account, is -1.
    """

    revision: int
    commit_time: int
    position: int
    user_id: str
    change: Switch | Workflow


class Archive(ABC):
    """See the module. Open it either to read or to write; then `close` it."""

    name: str
    """What people are shown for it."""

    @abstractmethod
    async def open_to_read(self) -> StoreHeader:
        """Take hold of a store at rest.

        Raises:
            StoreOpenError: there is none, it is in use, unfinished, damaged, or of another schema.
        """

    @abstractmethod
    async def open_to_write(self, header: StoreHeader) -> None:
        """Mark the place as unfinished, and clear it of an unfinished copy. What is written can be read, too.

        Raises:
            StoreOpenError: something is there already, or the place cannot hold what `header` says.
        """

    @abstractmethod
    async def close(self) -> None:
        """Let go, leaving everything as it is; may be called at any time, and more than once."""

    # --- reading -----------------------------------------------------------------------------------------------------

    @abstractmethod
    async def header(self) -> StoreHeader:
        """Return what is kept once."""

    @abstractmethod
    async def counts(self) -> StoreCounts:
        """Return how much there is."""

    @abstractmethod
    def account_ids(self) -> AsyncIterator[str]:
        """Yield every account's id, once."""

    @abstractmethod
    async def account(self, account_id: str) -> KeptAccount | None:
        """Return an account, or None if there is none of that id."""

    @abstractmethod
    def users(self, account_id: str) -> AsyncIterator[Sequence[UserRecord]]:
        """Yield the account's users, a bounded number at a time."""

    @abstractmethod
    def events(self, account_id: str) -> AsyncIterator[Sequence[KeptEvent]]:
        """Yield the account's kept events, a bounded number at a time."""

    @abstractmethod
    async def check_rest(self) -> None:
        """Raise StoreOpenError if a server has been here since the archive was opened."""

    # --- writing -----------------------------------------------------------------------------------------------------

    @abstractmethod
    async def add_account(self, account: KeptAccount) -> None:
        """Write an account that has no users yet."""

    @abstractmethod
    async def add_users(self, account_id: str, position: int, users: Sequence[UserRecord]) -> None:
        """Write the account's next users, of whom the first is at `position`."""

    @abstractmethod
    async def add_events(self, account_id: str, events: Sequence[KeptEvent]) -> None:
        """Write the account's next events."""

    @abstractmethod
    async def seal(self) -> None:
        """Write what is known only when every account is there."""

    @abstractmethod
    async def finish(self) -> None:
        """Make everything durable, then take the mark away: from here on it is a store like any other."""
