"""A batch: journal entries that become durable together, or are lost together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from ...app.gaps import Gap
from ...app.ports.sweeping import VitalSigns
from ..resident.journal import ChangeRow, EdgeRow, JournaledAccount, MovedClock, SwitchRun, UserChangeRow, UserRow
from ..resident.undo import Undo
from .snapshot import Snapshot

ErasedUser = tuple[int, int, str, int]
"""Account, number and id of a user, and the revision of the erasure."""


@dataclass(eq=False, slots=True)
class Batch:
    """The entries by table, with the waiters to resume and the changes to undo if they are lost."""

    entries: int = 0
    accounts: list[tuple[object, ...]] = field(default_factory=list)
    teams: list[tuple[object, ...]] = field(default_factory=list)
    users: list[UserRow] = field(default_factory=list)
    moved: dict[tuple[int, int], MovedClock] = field(default_factory=dict)
    """By account and number of a user: what moved after the user's row in this batch, if there is one."""
    changes: list[ChangeRow] = field(default_factory=list)
    runs: list[SwitchRun] = field(default_factory=list)
    """They are written after `users`: a row of the same user in this batch that is older is changed, a later one has a
    greater revision and stays as it is."""
    user_changes: list[UserChangeRow] = field(default_factory=list)
    workflow_changes: list[tuple[int, int, int, str, str]] = field(default_factory=list)
    edges: list[EdgeRow] = field(default_factory=list)
    erased_users: list[ErasedUser] = field(default_factory=list)
    """They are erased after everything else was written: what others have done since under the same id has later
    revisions."""
    erased_accounts: dict[int, int] = field(default_factory=dict)
    """By number, the revision after which those of new accounts begin. They go first: an account that was added since
    may have the id."""
    vital: VitalSigns | None = None
    lineage: tuple[int, int] | None = None
    revisions_reached: Sequence[tuple[int, int]] = ()
    """By account: the revision at which the lineage begins."""
    gaps: Sequence[Gap] | None = None
    prune: tuple[int, int, int, int] | None = None
    revisions: dict[JournaledAccount, int] = field(default_factory=dict)
    """By changed account: its revision once the batch is durable."""
    snapshots: list[Snapshot] = field(default_factory=list)
    """They are taken once the batch is in the file, and before anything after it is."""
    waiters: list[asyncio.Future[None]] = field(default_factory=list)
    undo: list[Undo] = field(default_factory=list)
    is_probe: bool = False
    """Set in a batch that changes nothing and is tried until the file can be written again."""

    @property
    def clocks(self) -> list[MovedClock]:
        """The clocks that moved, one entry for each user."""
        return list(self.moved.values())

    @property
    def erases(self) -> bool:
        """True if something is erased, of which nothing may be left in unused parts of the files."""
        return bool(self.erased_users or self.erased_accounts)
