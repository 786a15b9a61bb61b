"""The port between the resident engine and what makes its changes durable.

The engine appends entries as it changes memory, on the event loop, in the order of the changes; `commit` returns when
everything appended before it is durable. A journal never applies entries out of order and never half a commit. When a
commit fails, all that is not durable is lost, for changes build on each other: the engine undoes it in memory.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

from ...app.gaps import Gap
from ...app.ports.statuses import ChangeFilter
from ...app.ports.sweeping import VitalSigns
from ...domain.record import Switch, UserRecord
from ...domain.rules import PastPolicy
from ...domain.status import State
from ...domain.workflow import Workflow
from .undo import Undo


class JournaledAccount(Protocol):
    """An account as a journal sees it: its number, and how far its changes have come."""

    number: int
    account_id: str
    revision: int
    durable_revision: int


class UserRow(NamedTuple):
    """A user as it is journalled. `number` counts an account's users in the order in which they were first seen."""

    account_number: int
    number: int
    user_id: str
    state: int
    status_since: int
    last_activity: int | None
    clock: int
    actor: str
    reason: str
    revision: int

    @classmethod
    def of(cls, account_number: int, number: int, record: UserRecord) -> UserRow:
        """Return the row of a record."""
        return cls(
            account_number,
            number,
            record.user_id,
            record.state,
            record.status_since,
            record.last_activity,
            record.clock,
            record.actor,
            record.reason,
            record.revision,
        )


class ChangeRow(NamedTuple):
    """A committed change as it is journalled."""

    account_number: int
    revision: int
    user_number: int
    previous_state: int
    state: int
    effective_time: int
    commit_time: int
    actor: str
    reason: str
    caller: str = ""

    def switch(self) -> Switch:
        """Return the switch that was committed."""
        return Switch(
            STATES[self.previous_state], STATES[self.state], self.effective_time, self.actor, self.reason, self.caller
        )


class AccountRow(NamedTuple):
    """An account as it is journalled. `floor`: one that came with it from another store, if later than the store's."""

    number: int
    account_id: str
    workflow: Workflow
    past: tuple[PastPolicy, ...]
    floor: int = 0


class WorkflowRow(NamedTuple):
    """A committed change of a workflow as it is journalled."""

    account_number: int
    revision: int
    commit_time: int
    workflow: Workflow


class Image(NamedTuple):
    """All that was kept: `users` come by account and number; `vital` is None in a new store."""

    vital: VitalSigns | None
    accounts: Sequence[AccountRow]
    users: Iterable[UserRow]
    token_key: bytes
    gaps: Sequence[Gap] = ()


class Journal(ABC):
    """See the module. Everything but `open` and the constructor runs on the event loop."""

    failing: bool = False
    """True if the last attempt to write failed. The engine then takes no more changes."""

    lost: str | None = None
    """The reason, for the operator, why nothing will ever be written again. Memory may then be out of date."""

    volatile: bool = False
    """True if nothing outlives the process: moved clocks need not be appended."""

    on_durable: Callable[[], None] = staticmethod(lambda: None)
    """Called after every commit, and whenever `failing` changes."""

    undo: list[Undo]
    """Undoes what is appended now, in its order: the engine adds to it, the journal replaces it with each batch.
    Nothing is added to that of a volatile journal."""

    on_lost: Callable[[Sequence[Undo]], None] = staticmethod(lambda _: None)
    """Called when a commit has failed, before any caller learns of it, with how to undo all that was not durable: it
    never will be. (After a crash it may turn out to be there, as a whole, if only the disk's answer was lost.)"""

    @abstractmethod
    async def open(self) -> Image:
        """Read what is kept. Raises StoreOpenError."""

    @abstractmethod
    async def close(self) -> None:
        """Commit what was appended and let go. Raises StoreUnavailable when that fails."""

    @abstractmethod
    def account(self, account: JournaledAccount, workflow: Workflow, past: tuple[PastPolicy, ...]) -> None:
        """Append an account's workflow and past policies as they are now."""

    @abstractmethod
    def user(self, row: UserRow) -> None:
        """Append a user as it is now."""

    @abstractmethod
    def moved_clock(self, account_number: int, number: int, last_activity: int, clock: int) -> None:
        """Append that a user's clock moved; never moves it back."""

    @abstractmethod
    def change(self, account: JournaledAccount, row: ChangeRow) -> None:
        """Append a change; once it is durable, the account's `durable_revision` is at least its revision."""

    @abstractmethod
    def workflow_change(self, account: JournaledAccount, workflow: Workflow, commit_time: int) -> None:
        """Append a change of an account's workflow to the history; its revision is the workflow's."""

    @abstractmethod
    def vital(self, vital: VitalSigns) -> None:
        """Append the store's vital signs."""

    @abstractmethod
    def gaps(self, gaps: Sequence[Gap]) -> None:
        """Append the gaps that there are now, in place of those before."""

    @abstractmethod
    def begin_lineage(self, lineage: int, began: int, revisions: Sequence[tuple[int, int]]) -> None:
        """Append that the history goes on under a new lineage from `began` (ms UTC) on.

        `revisions` says, by number, at which revision each account stands.
        """

    @abstractmethod
    async def revision_at_end(self, lineage: int, account_number: int) -> int | None:
        """Return the revision at which an account stood when an earlier lineage ended; None: unknown here."""

    @abstractmethod
    async def commit(self) -> None:
        """Return once everything appended so far is durable.

        Raises:
            StoreUnavailable: it is lost.
            StoreLost: so will be everything from now on.
        """

    @abstractmethod
    def backlog(self) -> int:
        """Return how many entries are not yet durable."""

    @abstractmethod
    async def changes(
        self, account_number: int, user_number: int | None, wanted: ChangeFilter, after_revision: int, limit: int
    ) -> tuple[Sequence[ChangeRow], int | None]:
        """Return up to `limit` durable changes after a revision, and where to list on (None: that was all)."""

    @abstractmethod
    async def events(self, account_number: int, after_revision: int, limit: int) -> Sequence[ChangeRow | WorkflowRow]:
        """Return up to `limit` kept durable changes, of statuses and of the workflow, after a revision."""

    @abstractmethod
    def prune(self, before: int, keep: int) -> None:
        """Forget changes committed before `before` (ms UTC), and all but the last `keep` of each account."""


TOKEN_KEY_BYTES = 32

STATES = tuple(State)
"""States by number, for reading rows."""
