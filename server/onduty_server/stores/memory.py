"""The reference store: it keeps everything in memory and nowhere else. For tests, simulation and trying things out."""

from __future__ import annotations

import asyncio
import secrets
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from heapq import merge
from itertools import islice
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
from .memory_sums import MemorySums
from .resident.journal import (
    TOKEN_KEY_BYTES,
    ChangeRow,
    EdgeRow,
    FoundSums,
    Image,
    Journal,
    JournaledAccount,
    MovedClock,
    SumsQuery,
    SwitchRun,
    TeamRow,
    UserChangeRow,
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
        self._user_changes: dict[int, list[UserChangeRow]] = {}
        self._edges: dict[int, list[EdgeRow]] = {}
        """In the order in which they came: those of one user and kind are in the order of their times."""
        self._sums: dict[int, MemorySums] = {}
        self._accounts: dict[int, JournaledAccount] = {}

    async def open(self) -> Image:
        return Image(None, (), (), secrets.token_bytes(TOKEN_KEY_BYTES))

    async def close(self) -> None:
        pass

    def account(self, account: JournaledAccount, workflow: Workflow, past: tuple[PastPolicy, ...]) -> None:
        self._accounts[account.number] = account
        account.durable_revision = account.revision

    def user(self, row: UserRow) -> None:
        pass

    def moved_clocks(self, moved: Sequence[MovedClock]) -> None:
        pass

    def change(self, account: JournaledAccount, row: ChangeRow) -> None:
        self._changes.setdefault(account.number, []).append(row)
        account.durable_revision = row.revision

    def switches(self, account: JournaledAccount, run: SwitchRun) -> None:
        for row in run.changes():
            self.change(account, row)

    def workflow_change(self, account: JournaledAccount, workflow: Workflow, commit_time: int) -> None:
        row = WorkflowRow(account.number, workflow.revision, commit_time, workflow)
        self._workflows.setdefault(account.number, []).append(row)
        account.durable_revision = workflow.revision

    def team(self, account: JournaledAccount, row: TeamRow) -> None:
        account.durable_revision = account.revision

    def user_change(self, account: JournaledAccount, row: UserChangeRow) -> None:
        self._user_changes.setdefault(account.number, []).append(row)
        account.durable_revision = row.revision

    def erase_user(self, account: JournaledAccount, row: UserChangeRow, user_id: str) -> None:
        number = row.user_number
        changes = self._changes.get(account.number, [])
        for index, change in enumerate(changes):
            if change.user_number == number:
                changes[index] = change._replace(actor="", reason="", caller="")
            elif user_id in (change.actor, change.caller):
                actor, caller = _without(user_id, change.actor, change.caller)
                changes[index] = change._replace(actor=actor, caller=caller)
        user_changes = self._user_changes.setdefault(account.number, [])
        for index, other in enumerate(user_changes):
            if other.user_number == number:
                user_changes[index] = other._replace(display_name="", previous_display_name="", actor="", caller="")
            elif user_id in (other.actor, other.caller):
                actor, caller = _without(user_id, other.actor, other.caller)
                user_changes[index] = other._replace(actor=actor, caller=caller)
        for index, kept in enumerate(workflows := self._workflows.get(account.number, [])):
            workflow = kept.workflow
            if user_id in (workflow.updated_by, workflow.update_caller):
                actor, caller = _without(user_id, workflow.updated_by, workflow.update_caller)
                workflow = replace(workflow, updated_by=actor, update_caller=caller)
                workflows[index] = kept._replace(workflow=workflow)
        user_changes.append(row)
        account.durable_revision = row.revision

    def erase_account(self, account: JournaledAccount, first_revision: int) -> None:
        number = account.number
        for kept in (self._changes, self._workflows, self._user_changes, self._edges, self._sums, self._accounts):
            kept.pop(number, None)

    def edge(self, account: JournaledAccount, row: EdgeRow) -> None:
        self._edges.setdefault(account.number, []).append(row)

    async def sums(self, query: SumsQuery) -> FoundSums:
        number = query.account_number
        looking = self._sums_of(number).look(query, self._history(number), list(self._edges.get(number, ())))
        for found in looking:
            if found is not None:
                return found
            await asyncio.sleep(0)
        raise AssertionError("looking ends with what was found")

    async def left_since(self, account_number: int, team_id: str, start: int) -> Collection[int]:
        return self._sums_of(account_number).left_since(team_id, start, self._history(account_number))

    def _sums_of(self, number: int) -> MemorySums:
        return self._sums.setdefault(number, MemorySums())

    def _history(self, number: int) -> Iterable[ChangeRow | UserChangeRow]:
        """The changes of statuses and users of an account that are kept now, by revision."""
        changes: Sequence[ChangeRow | UserChangeRow] = list(self._changes.get(number, ()))
        return merge(changes, list(self._user_changes.get(number, ())), key=attrgetter("revision"))

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
            if (
                (user_number is None or row.user_number == user_number)
                and (wanted.team_id is None or row.team_id == wanted.team_id)
                and wanted.spans(row.effective_time)
            ):
                found.append(row)
        return found, kept[index - 1].revision if index < len(kept) else None

    async def events(
        self, account_number: int, after_revision: int, limit: int
    ) -> Sequence[ChangeRow | WorkflowRow | UserChangeRow]:
        found: list[ChangeRow | WorkflowRow | UserChangeRow] = []
        for kept in (self._changes, self._workflows, self._user_changes):
            rows = kept.get(account_number, ())
            start = bisect_right(rows, after_revision, key=attrgetter("revision"))
            found.extend(rows[start : start + limit])
        return sorted(found, key=attrgetter("revision"))[:limit]

    async def workflow_changes(
        self, account_number: int, before_revision: int, limit: int, team_id: str = ""
    ) -> Sequence[WorkflowRow]:
        kept = self._workflows.get(account_number, [])
        end = bisect_left(kept, before_revision, key=attrgetter("revision"))
        wanted = (row for row in reversed(kept[:end]) if row.workflow.team_id == team_id)
        return list(islice(wanted, limit))

    def prune(self, before: int, keep: int, keep_workflows: int, sums_before: int = 0) -> None:
        for number, account in self._accounts.items():
            sums = self._sums_of(number)
            sums.add(self._pruned(number, before, keep), account.time_zone)
            sums.forget(sums_before)
            del self._workflows.get(number, [])[:-keep_workflows]

    def _pruned(self, number: int, before: int, keep: int) -> Iterable[ChangeRow | UserChangeRow | EdgeRow]:
        """Take what is to be forgotten out of the history of an account, and return it."""
        changes, users = self._changes.get(number, []), self._user_changes.get(number, [])
        edges = self._edges.get(number, [])
        # All that is pruned is from before all that is kept: both go up to the same revision.
        revision = 0
        for rows in (changes, users):
            old = max(bisect_right(rows, before - 1, key=attrgetter("commit_time")), len(rows) - keep)
            if old > 0:
                revision = max(revision, rows[old - 1].revision)
                before = max(before, rows[old - 1].commit_time)
        old_changes = bisect_right(changes, revision, key=attrgetter("revision"))
        old_users = bisect_right(users, revision, key=attrgetter("revision"))
        pruned: list[ChangeRow | UserChangeRow | EdgeRow] = [*changes[:old_changes], *users[:old_users]]
        pruned += [edge for edge in edges if edge.time < before]
        del changes[:old_changes], users[:old_users]
        edges[:] = [edge for edge in edges if edge.time >= before]
        return pruned


def _without(user_id: str, actor: str, caller: str) -> tuple[str, str]:
    """Return the actor and the caller of a change, "" where it was this user."""
    return "" if actor == user_id else actor, "" if caller == user_id else caller


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
