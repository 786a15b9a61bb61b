"""The port through which the resident engine makes its changes durable.

The engine appends entries as it changes memory, on the event loop, in the order of the changes; `commit` returns when
everything appended before it is durable. A journal applies entries in order, and a commit as a whole or not at all.
When a commit fails, everything that is not durable is lost, because changes build on each other; the engine undoes it
in memory.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from ...app.gaps import Gap
from ...app.ports.reports import DEFAULT_TIME_ZONE, Detail
from ...app.ports.statuses import ChangeFilter
from ...app.ports.sweeping import VitalSigns
from ...domain.record import Switch, UserRecord
from ...domain.rules import PastPolicy
from ...domain.status import STATES, Then
from ...domain.tallies import Delta, Kept, Key, Step
from ...domain.workflow import Workflow
from .undo import Undo
from .user import NUMBER_BITS, NUMBER_MASK


class JournaledAccount(Protocol):
    """An account as a journal sees it: its number, and its last revision and last durable revision."""

    number: int
    account_id: str
    revision: int
    durable_revision: int
    time_zone: str


MovedClock = tuple[int, int, int | None, int, str]
"""Account, number, last activity, clock and packed layers of a user. A plain tuple: there is one for each user who was
active, once per flush. The last activity is None for a user who was only ever set by hand, and has a session or an
engagement."""


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
    layers: str = ""
    """The layers that only some people have, packed (`domain/layers.py`); "" for most. Kept as it is."""
    display_name: str = ""
    team_id: str = ""

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
            record.layers,
            record.profile.display_name,
            record.profile.team_id,
        )


UserFields = tuple[int, int, str, int, int, int | None, int, str, str, int, str, str, str]
"""The values of a `UserRow`, in its order. A start reads a million: making a row of each would take as long again."""


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
    expire_time: int | None = None
    then: int | None = None
    """The end of a status set by hand, and the number of what it becomes then; None if it has no end."""
    team_id: str = ""
    """The user's team at the time."""

    def switch(self) -> Switch:
        """Return the switch that was committed."""
        return Switch(
            STATES[self.previous_state],
            STATES[self.state],
            self.effective_time,
            self.actor,
            self.reason,
            self.caller,
            self.expire_time,
            None if self.then is None else Then(self.then),
        )


class SwitchRun(NamedTuple):
    """Timed switches of users of an account as they are journalled: alike, and with consecutive revisions.

    Each of them was from one state to another that has another status, has neither actor nor reason nor an end, and
    leaves the user's row as it was but for `state`, `status_since` (the effective time), `revision`, `actor` and
    `reason`, which are now empty.
    """

    account_number: int
    first_revision: int
    previous_state: int
    state: int
    commit_time: int
    team_id: str
    """Of all the users, at the time."""
    users: list[int]
    """By revision: how long (ms) before `commit_time` the switch became true, and in the lowest 32 bits the number of
    the user. No user is in it twice."""

    def changes(self) -> Iterator[ChangeRow]:
        """Return the changes, in order."""
        number, first, previous, state, commit_time, team_id, users = self
        for revision, user in enumerate(users, first):
            effective_time = commit_time - (user >> NUMBER_BITS)
            yield ChangeRow(
                *(number, revision, user & NUMBER_MASK, previous, state, effective_time, commit_time, "", ""),
                team_id=team_id,
            )


class UserChangeRow(NamedTuple):
    """A committed change of a user's profile as it is journalled, or an erasure (`UserChange`)."""

    account_number: int
    revision: int
    user_number: int
    display_name: str
    team_id: str
    previous_display_name: str
    previous_team_id: str
    commit_time: int
    actor: str = ""
    caller: str = ""
    erased: bool = False
    state: int = 0
    """The state that was shown at the time. Of an erasure, `previous_team_id` is the team until then."""


class EdgeRow(NamedTuple):
    """The beginning or end of a time with a session or an engagement as it is journalled (`LeaseEdge`).

    `kind` is `CONNECTED` or `ENGAGED`. Rows of one user and kind are in the order of their times, and alternate.
    """

    account_number: int
    user_number: int
    kind: int
    time: int
    begins: bool
    team_id: str = ""


class SumsQuery(NamedTuple):
    """Asks for sums as `TallyQuery` does, with numbers of users; None: everybody.

    Of everybody together, keys have a team only with TEAMS. With PEOPLE and STEPS the users are named, in the order of
    their numbers; pages are the engine's matter. `most_steps` (0: any number) is for STEPS only.
    """

    account_number: int
    start: int
    end: int
    refine: Callable[[Kept], Sequence[int]]
    detail: Detail
    users: Sequence[int] | None = None
    most_steps: int = 0


class FoundSums(NamedTuple):
    """The sums of a journal, all of them as of one moment.

    `after` has, by user number, the key just before the first change at the last bound or later that is still in the
    history; None for one who was not seen before it. `leases_after` has the same by user number and kind, from the
    first edge at the last bound or later: its own key if it is an end, None if it is a beginning.

    `later` is what the days of daily sums that begin at the last bound or later add to the number of people: the net
    counts by user number and key, as in `deltas`. Of everybody together it is by `EVERYBODY`, except for users in
    `left`, who are apart. Counts of 0 may be left out.

    `left` has teams ("" for none) and numbers of users who were in the team within the bounds and may have left it: by
    a move or an erasure in the history, after the first bound and before the last; or with daily sums of days within
    the bounds for a state in the team.

    `deltas` and `steps` are as in `Tally`. Users come in the order in which they were named, and once there are
    `most_steps` steps, those of further users are left out. With STEPS, sums of sessions and engagements do not matter.
    """

    kept: Kept
    bounds: Sequence[int]
    deltas: Sequence[Delta]
    after: Mapping[int, Key | None]
    leases_after: Mapping[tuple[int, int], Key | None]
    later: Mapping[tuple[int, Key], int]
    left: Collection[tuple[str, int]]
    steps: Sequence[Step] = ()


class TeamRow(NamedTuple):
    """A team's workflow as it is journalled, its own or one that follows the account's, with its past policies."""

    team_id: str
    workflow: Workflow
    past: tuple[PastPolicy, ...]


class AccountRow(NamedTuple):
    """An account as it is journalled. `floor` is a recovery floor later than the store's, copied from another store.

    `first_revision` is the account's revision when it was added: those of its changes are greater.
    """

    number: int
    account_id: str
    workflow: Workflow
    past: tuple[PastPolicy, ...]
    floor: int = 0
    teams: Sequence[TeamRow] = ()
    first_revision: int = 0
    time_zone: str = DEFAULT_TIME_ZONE


class WorkflowRow(NamedTuple):
    """A committed change of a workflow as it is journalled."""

    account_number: int
    revision: int
    commit_time: int
    workflow: Workflow


class Image(NamedTuple):
    """Everything that was kept. `users` are in the order of account and number; `vital` is None in a new store.

    The number of an erased user, and of an erased account, is never given again: `next_account` is that of the next new
    account, and of erased users there are rows without an id. `first_revision` is the revision after which those of a
    new account begin.
    """

    vital: VitalSigns | None
    accounts: Sequence[AccountRow]
    users: Iterable[UserFields]
    token_key: bytes
    gaps: Sequence[Gap] = ()
    next_account: int = 0
    first_revision: int = 0


class Journal(ABC):
    """Makes the engine's changes durable. All methods but `open` and the constructor run on the event loop."""

    failing: bool = False
    """True if the last attempt to write failed. The engine then accepts no more changes."""

    lost: str | None = None
    """If nothing will ever be written again: the reason, for the operator. Memory may then be out of date."""

    volatile: bool = False
    """True if nothing outlives the process: moved clocks need not be appended."""

    on_durable: Callable[[], None] = staticmethod(lambda: None)
    """Called after every commit, and whenever `failing` changes."""

    undo: list[Undo]
    """How to undo the entries of the present batch, in order. The engine adds to it, unless the journal is volatile;
    the journal begins a new list with each batch."""

    on_lost: Callable[[Sequence[Undo]], None] = staticmethod(lambda _: None)
    """Called when a commit has failed, before any caller learns of it, with how to undo everything that is not durable
    and never will be. (If only the disk's answer was lost, all of it may turn out to be there after a crash.)"""

    @abstractmethod
    async def open(self) -> Image:
        """Read what is kept. Raises StoreOpenError."""

    @abstractmethod
    async def close(self) -> None:
        """Commit what was appended and release the files. Raises StoreUnavailable if that fails."""

    @abstractmethod
    def account(self, account: JournaledAccount, workflow: Workflow, past: tuple[PastPolicy, ...]) -> None:
        """Append an account's workflow and past policies as they are now.

        Once that is durable, the account's `durable_revision` is at least its revision now.
        """

    @abstractmethod
    def user(self, row: UserRow) -> None:
        """Append a user as it is now. An entry of a user may come without a change, and it may replace any column."""

    @abstractmethod
    def moved_clocks(self, moved: Sequence[MovedClock]) -> None:
        """Append the numbers of users that move without a change: the clock, which never moves back, and the layers.

        They are written fastest in the order of accounts and numbers. The last ones of a user count.
        """

    @abstractmethod
    def change(self, account: JournaledAccount, row: ChangeRow) -> None:
        """Append a change. Once it is durable, the account's `durable_revision` is at least its revision."""

    @abstractmethod
    def switches(self, account: JournaledAccount, run: SwitchRun) -> None:
        """Append timed switches: of each the change, and what it changes of the user's row.

        All else of these rows is durable, and so is the last change of each user. As `change` as to `durable_revision`.
        """

    @abstractmethod
    def workflow_change(self, account: JournaledAccount, workflow: Workflow, commit_time: int) -> None:
        """Append a change of an account's workflow to the history; its revision is the workflow's."""

    @abstractmethod
    def team(self, account: JournaledAccount, row: TeamRow) -> None:
        """Append a team's workflow and past policies as they are now. As `account` as to `durable_revision`."""

    @abstractmethod
    def user_change(self, account: JournaledAccount, row: UserChangeRow) -> None:
        """Append a change of a profile; `user` appends the user. As `change` as to `durable_revision`."""

    @abstractmethod
    def edge(self, account: JournaledAccount, row: EdgeRow) -> None:
        """Append an edge of a session or an engagement; `user` appends the layers that go with it."""

    async def before_sums(self) -> None:  # noqa: B027 - only in files there is something that a long read delays
        """Return once a long read would keep nobody waiting. Call it before the moment that `sums` is asked about."""

    @abstractmethod
    async def sums(self, query: SumsQuery) -> FoundSums:
        """Add up what the history and the daily sums know: all that was appended before the call, and nothing after it.

        The engine compares it with records as they are at the call. So this waits until that much is durable, and no
        later batch may be in what is read then. While nothing can be written, all that is left is durable.

        Raises:
            LimitExceeded: there are too many deltas.
            StoreUnavailable: something that was appended before the call is lost.
        """

    @abstractmethod
    async def left_since(self, account_number: int, team_id: str, start: int) -> Collection[int]:
        """Return the numbers of users who left a team, or were erased in it, at `start` (ms UTC) or later.

        Users with daily sums for the team, of a day that ends after `start`, may be among them. Without a wait for what
        is not durable.
        """

    @abstractmethod
    def erase_user(self, account: JournaledAccount, row: UserChangeRow, user_id: str) -> None:
        """Append the erasure of a user, with the row that tells of it, and erase all that the store has of it.

        Of history rows about the user, actor, reason and caller go, and the names in changes of the profile; elsewhere,
        the actor and caller of that id; all that was journalled before `row`. Once it is durable, nobody reads it any
        more; `erased` tells when it is gone from the files.
        """

    @abstractmethod
    def erase_account(self, account: JournaledAccount, first_revision: int) -> None:
        """Append the erasure of an account with all that the store has of it, and the next `first_revision`.

        Nothing else of the account may follow. Once it is durable, nobody reads the account any more; `erased` tells
        when it is gone from the files.
        """

    async def erased(self, account_number: int | None) -> None:  # noqa: B027 - there is nothing to do where there are no files
        """Return once nothing is left in the files of what was erased in this account, or of it, by durable entries.

        None: in any account.

        A crash before that does not undo the erasure: what is left is removed when the journal is next opened.

        Raises:
            StoreUnavailable: it cannot be removed now; it is tried again.
        """

    @abstractmethod
    def vital(self, vital: VitalSigns) -> None:
        """Append the store's vital signs."""

    @abstractmethod
    def gaps(self, gaps: Sequence[Gap]) -> None:
        """Append the present gaps, which replace those appended before."""

    @abstractmethod
    def begin_lineage(self, lineage: int, began: int, revisions: Sequence[tuple[int, int]]) -> None:
        """Append that the history continues under a new lineage from `began` (ms UTC) on.

        `revisions` has each account's number and present revision.
        """

    @abstractmethod
    async def revision_at_end(self, lineage: int, account_number: int) -> int | None:
        """Return the revision that an account had when an earlier lineage ended; None if that is unknown."""

    @abstractmethod
    async def commit(self) -> None:
        """Return once everything appended so far is durable.

        Raises:
            StoreUnavailable: it is lost.
            StoreLost: it is lost, and so will be everything from now on.
        """

    @abstractmethod
    def backlog(self) -> int:
        """Return how many entries are not yet durable. May be called from any thread."""

    @abstractmethod
    async def changes(
        self, account_number: int, user_number: int | None, wanted: ChangeFilter, after_revision: int, limit: int
    ) -> tuple[Sequence[ChangeRow], int | None]:
        """Return up to `limit` durable changes after a revision, and the revision to continue after (None: no more)."""

    @abstractmethod
    async def events(
        self, account_number: int, after_revision: int, limit: int
    ) -> Sequence[ChangeRow | WorkflowRow | UserChangeRow]:
        """Return up to `limit` kept durable changes, of statuses, workflows and users, after a revision."""

    @abstractmethod
    async def workflow_changes(
        self, account_number: int, before_revision: int, limit: int, team_id: str = ""
    ) -> Sequence[WorkflowRow]:
        """Return up to `limit` durable changes of a workflow before a revision, newest first."""

    @abstractmethod
    def prune(self, before: int, keep: int, keep_workflows: int, sums_before: int = 0) -> None:
        """Forget status changes committed before `before` (ms UTC), and all but the last `keep` of each account.

        What they add to the daily sums is added in the same step, by the day of the account's time zone; then sums of
        days that ended by `sums_before` (ms UTC) are forgotten. Edges go as the changes of their time do.

        Of the changes of each account's workflow, forget all but the last `keep_workflows`, however old.
        """


TOKEN_KEY_BYTES = 32


def step_of(row: ChangeRow | UserChangeRow) -> Step | None:
    """Return what a change means for reports; None for a change of a profile that is no move."""
    if isinstance(row, ChangeRow):
        previous, key = Key(row.previous_state, row.team_id), Key(row.state, row.team_id)
        return Step(row.user_number, row.effective_time, previous if row.previous_state else None, key)
    previous = Key(row.state, row.previous_team_id)
    if row.erased:
        return Step(row.user_number, row.commit_time, previous, None)
    if row.team_id == row.previous_team_id:
        return None
    return Step(row.user_number, row.commit_time, previous, Key(row.state, row.team_id))


def step_of_edge(row: EdgeRow) -> Step:
    """Return what an edge means for reports."""
    key = Key(row.kind, row.team_id)
    return Step(row.user_number, row.time, *((None, key) if row.begins else (key, None)))
