"""The reference store: it keeps everything in memory and nowhere else. For tests, simulation and trying things out."""

from __future__ import annotations

import secrets
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import attrgetter

from ..app.background import BackgroundTasks
from ..app.gaps import Gap
from ..app.ports.clock import Clock
from ..app.ports.observer import Observer
from ..app.ports.statuses import ChangeFilter
from ..app.ports.store import DEFAULT_OPTIONS, StoreOptions
from ..app.ports.sweeping import VitalSigns
from ..domain.rules import PastPolicy
from ..domain.workflow import Workflow
from .resident.journal import (
    TOKEN_KEY_BYTES,
    ChangeRow,
    Image,
    Journal,
    JournaledAccount,
    UserRow,
    WorkflowRow,
)
from .resident.steps import DEFAULT_STEPS, StepSizes
from .resident.store import ResidentStore

_CHANGES_LOOK_MAX = 10_000
"""How many kept changes one page of history looks at."""


class _MemoryJournal(Journal):
    """Keeps the history. Everything else that is appended is in memory already, and as durable as it will ever be."""

    volatile = True

    def __init__(self) -> None:
        self._changes: dict[int, list[ChangeRow]] = {}
        self._workflows: dict[int, list[WorkflowRow]] = {}

    async def open(self) -> Image:
        return Image(None, (), (), secrets.token_bytes(TOKEN_KEY_BYTES))

    async def close(self) -> None:
        pass

    def account(self, account: JournaledAccount, workflow: Workflow, past: tuple[PastPolicy, ...]) -> None:
        account.durable_revision = account.revision

    def user(self, row: UserRow) -> None:
        pass

    def moved_clock(self, account_number: int, number: int, last_activity: int | None, clock: int, layers: str) -> None:
        pass

    def change(self, account: JournaledAccount, row: ChangeRow) -> None:
        self._changes.setdefault(account.number, []).append(row)
        account.durable_revision = row.revision

    def workflow_change(self, account: JournaledAccount, workflow: Workflow, commit_time: int) -> None:
        row = WorkflowRow(account.number, workflow.revision, commit_time, workflow)
        self._workflows.setdefault(account.number, []).append(row)

    def vital(self, vital: VitalSigns) -> None:
        pass

    def gaps(self, gaps: Sequence[Gap]) -> None:
        pass

    def begin_lineage(self, lineage: int, began: int, revisions: Sequence[tuple[int, int]]) -> None:
        pass

    async def revision_at_end(self, lineage: int, account_number: int) -> int | None:
        return None

    async def commit(self) -> None:
        pass

    def backlog(self) -> int:
        return 0

    async def changes(
        self, account_number: int, user_number: int | None, wanted: ChangeFilter, after_revision: int, limit: int
    ) -> tuple[Sequence[ChangeRow], int | None]:
        kept = self._changes.get(account_number, [])
        index = bisect_right(kept, after_revision, key=attrgetter("revision"))
        end = min(index + _CHANGES_LOOK_MAX, len(kept))
        found: list[ChangeRow] = []
        while index < end and len(found) < limit:
            row = kept[index]
            index += 1
            if (user_number is None or row.user_number == user_number) and wanted.spans(row.effective_time):
                found.append(row)
        return found, kept[index - 1].revision if index < len(kept) else None

    async def events(self, account_number: int, after_revision: int, limit: int) -> Sequence[ChangeRow | WorkflowRow]:
        found: list[ChangeRow | WorkflowRow] = []
        for kept in (self._changes.get(account_number, ()), self._workflows.get(account_number, ())):
            start = bisect_right(kept, after_revision, key=attrgetter("revision"))
            found.extend(kept[start : start + limit])
        return sorted(found, key=attrgetter("revision"))[:limit]

    async def workflow_changes(
        self, account_number: int, before_revision: int, limit: int, team_id: str = ""
    ) -> Sequence[WorkflowRow]:
        kept = self._workflows.get(account_number, [])
        end = bisect_left(kept, before_revision, key=attrgetter("revision"))
        return kept[max(0, end - limit) : end][::-1]

    def prune(self, before: int, keep: int, keep_workflows: int) -> None:
        for changes in self._changes.values():
            old = bisect_right(changes, before - 1, key=attrgetter("commit_time"))
            del changes[: max(old, len(changes) - keep)]
        for workflows in self._workflows.values():
            del workflows[:-keep_workflows]


class MemoryStore(ResidentStore):
    """A store that is lost when the process ends."""

    def __init__(
        self,
        clock: Clock,
        options: StoreOptions = DEFAULT_OPTIONS,
        *,
        observer: Observer | None = None,
        background: BackgroundTasks | None = None,
        steps: StepSizes = DEFAULT_STEPS,
    ) -> None:
        super().__init__(_MemoryJournal(), clock, options, observer=observer, background=background, steps=steps)
