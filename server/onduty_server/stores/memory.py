"""The reference store: it keeps everything in memory and nowhere else. For tests, simulation and trying things out."""

from __future__ import annotations

import secrets
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
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
from .resident.journal import (
    TOKEN_KEY_BYTES,
    ChangeRow,
    Image,
    Journal,
    JournaledAccount,
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
        for kept in (self._changes, self._workflows, self._user_changes):
            kept.pop(account.number, None)

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

    def prune(self, before: int, keep: int, keep_workflows: int) -> None:
        for number, changes in self._changes.items():
            old = bisect_right(changes, before - 1, key=attrgetter("commit_time"))
            old = max(old, len(changes) - keep)
            # Changes of users go with the changes of statuses before them.
            users = self._user_changes.get(number, [])
            if old:
                del users[: bisect_right(users, changes[old - 1].revision, key=attrgetter("revision"))]
            del changes[:old]
        for user_changes in self._user_changes.values():
            del user_changes[: bisect_right(user_changes, before - 1, key=attrgetter("commit_time"))]
            del user_changes[:-keep]
        for workflows in self._workflows.values():
            del workflows[:-keep_workflows]


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
