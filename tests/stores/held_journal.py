"""A journal whose disk does what a test says: writes at once, holds everything back, fails, or is pulled out.

What is durable is kept apart from what was appended, so a test can look at what a crash would leave at any moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from itertools import pairwise
from operator import attrgetter
from typing import Any

from onduty_server.app.gaps import Gap
from onduty_server.app.ports.statuses import ChangeFilter
from onduty_server.app.ports.sweeping import VitalSigns
from onduty_server.domain.errors import StoreUnavailable
from onduty_server.domain.layers import unpack
from onduty_server.domain.rules import PastPolicy
from onduty_server.domain.tallies import CONNECTED, ENGAGED
from onduty_server.domain.workflow import Workflow
from onduty_server.stores.memory_sums import MemorySums
from onduty_server.stores.resident.journal import (
    AccountRow,
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
from onduty_server.stores.resident.undo import Undo


class HeldJournal(Journal):
    """Writes at once until told otherwise; each commit writes all that has been appended, or nothing."""

    def __init__(self) -> None:
        self._accounts: dict[int, AccountRow] = {}
        self._users: dict[tuple[int, int], UserRow] = {}
        self._changes: list[ChangeRow] = []
        self._workflows: list[WorkflowRow] = []
        self._user_changes: list[UserChangeRow] = []
        self._edges: list[EdgeRow] = []
        self._teams: dict[tuple[int, str], TeamRow] = {}
        self._next_account = 0
        self._first_revision = 0
        self._vital: VitalSigns | None = None
        self._lineages: list[tuple[int, dict[int, int]]] = []
        """In the order of the starts, each with where the accounts stood."""
        self._appended: list[Callable[[], None]] = []
        self.undo: list[Undo] = []
        self._waiters: list[asyncio.Future[None]] = []
        self._holding = False

    # --- the disk

    def hold(self) -> None:
        """From now on commits wait for `release`."""
        self._holding = True

    def release(self) -> None:
        """Write everything, and hold no longer."""
        self._holding = False
        self.write()

    def write(self) -> None:
        """Write everything that has been appended."""
        appended, self._appended, self.undo = self._appended, [], []
        for entry in appended:
            entry()
        self.on_durable()
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def fail(self) -> None:
        """From now on nothing can be written, and what has not been is lost; who waits is told so."""
        self.failing = True
        lost, self._appended, self.undo = self.undo, [], []
        self.on_lost(lost)
        self.on_durable()
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_exception(StoreUnavailable())

    def heal(self) -> None:
        """From now on all can be written again."""
        self.failing = False
        self.write()

    def after_a_crash(self) -> HeldJournal:
        """A journal of what is durable now."""
        left = HeldJournal()
        left._accounts = dict(self._accounts)
        left._users = dict(self._users)
        left._changes = list(self._changes)
        left._workflows = list(self._workflows)
        left._user_changes = list(self._user_changes)
        left._edges = list(self._edges)
        left._teams = dict(self._teams)
        left._next_account = self._next_account
        left._first_revision = self._first_revision
        left._vital = self._vital
        left._lineages = list(self._lineages)
        return left

    def check_edges(self) -> None:
        """Assert that the edges that are durable alternate, and that the last one fits the layers that are."""
        open_at: dict[tuple[int, int, int], str] = {}
        for row in self._edges:
            place = row.account_number, row.user_number, row.kind
            if row.begins:
                assert place not in open_at, f"{row} begins what is open"
                open_at[place] = row.team_id
            else:
                assert open_at.pop(place) == row.team_id
        expected = {
            (*place, kind): user.team_id
            for place, user in self._users.items()
            for kind, leases in (
                (CONNECTED, unpack(user.layers).sessions),
                (ENGAGED, unpack(user.layers).engagements),
            )
            if leases
        }
        assert open_at == expected

    # --- the port

    async def open(self) -> Image:
        accounts = [
            row._replace(teams=[team for (of, _), team in sorted(self._teams.items()) if of == number])
            for number, row in sorted(self._accounts.items())
        ]
        users = [self._users[place] for place in sorted(self._users)]
        return Image(
            self._vital,
            accounts,
            users,
            b"a key of tests",
            next_account=self._next_account,
            first_revision=self._first_revision,
        )

    async def close(self) -> None:
        if self.failing:
            raise StoreUnavailable
        self.release()

    def account(self, account: JournaledAccount, workflow: Workflow, past: tuple[PastPolicy, ...]) -> None:
        row = AccountRow(account.number, account.account_id, workflow, past, time_zone=account.time_zone)
        revision = account.revision

        def write() -> None:
            self._accounts[row.number] = row
            self._next_account = max(self._next_account, row.number + 1)
            account.durable_revision = max(account.durable_revision, revision)

        self._appended.append(write)

    def user(self, row: UserRow) -> None:
        self._appended.append(lambda: self._users.__setitem__((row.account_number, row.number), row))

    def moved_clocks(self, moved: Sequence[MovedClock]) -> None:
        def write() -> None:
            for account_number, number, last_activity, clock, layers in moved:
                row = self._users[account_number, number]
                known = [time for time in (row.last_activity, last_activity) if time is not None]
                self._users[account_number, number] = row._replace(
                    last_activity=max(known, default=None), clock=max(row.clock, clock), layers=layers
                )

        self._appended.append(write)

    def change(self, account: JournaledAccount, row: ChangeRow) -> None:
        def write() -> None:
            self._changes.append(row)
            account.durable_revision = max(account.durable_revision, row.revision)

        self._appended.append(write)

    def switches(self, account: JournaledAccount, run: SwitchRun) -> None:
        def write() -> None:
            for change in run.changes():
                place = change.account_number, change.user_number
                row = self._users[place]
                if row.revision < change.revision:
                    self._users[place] = row._replace(
                        state=change.state,
                        status_since=change.effective_time,
                        actor="",
                        reason="",
                        revision=change.revision,
                    )
                self._changes.append(change)
                account.durable_revision = max(account.durable_revision, change.revision)

        self._appended.append(write)

    def workflow_change(self, account: JournaledAccount, workflow: Workflow, commit_time: int) -> None:
        row = WorkflowRow(account.number, workflow.revision, commit_time, workflow)
        self._appended.append(lambda: self._workflows.append(row))

    def team(self, account: JournaledAccount, row: TeamRow) -> None:
        number, revision = account.number, account.revision

        def write() -> None:
            self._teams[number, row.team_id] = row
            account.durable_revision = max(account.durable_revision, revision)

        self._appended.append(write)

    def user_change(self, account: JournaledAccount, row: UserChangeRow) -> None:
        def write() -> None:
            self._user_changes.append(row)
            account.durable_revision = max(account.durable_revision, row.revision)

        self._appended.append(write)

    def edge(self, account: JournaledAccount, row: EdgeRow) -> None:
        self._appended.append(lambda: self._edges.append(row))

    async def sums(self, query: SumsQuery) -> FoundSums:
        number, found = query.account_number, list[FoundSums]()

        def add_up() -> None:
            rows: list[ChangeRow | UserChangeRow] = [*self._changes, *self._user_changes]
            history = sorted((row for row in rows if row.account_number == number), key=attrgetter("revision"))
            edges = [row for row in self._edges if row.account_number == number]
            found.append(MemorySums().find(query, history, edges))

        if self.failing:
            add_up()
        else:
            # Of what comes after it, nothing has been written yet.
            self._appended.append(add_up)
            await self.commit()
        return found[0]

    def erase_user(self, account: JournaledAccount, row: UserChangeRow, user_id: str) -> None:
        number, place = account.number, (account.number, row.user_number)

        def write() -> None:
            self._users[place] = UserRow(*place, "", 0, 0, None, 0, "", "", row.revision)
            for other, user in self._users.items():
                if other[0] == number and user.actor == user_id and user.revision < row.revision:
                    self._users[other] = user._replace(actor="")
            self._changes = [
                change._replace(actor="", reason="", caller="")
                if (change.account_number, change.user_number) == place
                else change._replace(**_without(user_id, actor=change.actor, caller=change.caller))
                if change.account_number == number
                else change
                for change in self._changes
            ]
            self._user_changes = [
                change._replace(display_name="", previous_display_name="", actor="", caller="")
                if (change.account_number, change.user_number) == place
                else change._replace(**_without(user_id, actor=change.actor, caller=change.caller))
                if change.account_number == number
                else change
                for change in self._user_changes
            ]
            self._workflows = [
                kept._replace(workflow=replace(kept.workflow, **_without_updater(user_id, kept.workflow)))
                if kept.account_number == number
                else kept
                for kept in self._workflows
            ]
            self._user_changes.append(row)
            account.durable_revision = max(account.durable_revision, row.revision)

        self._appended.append(write)

    def erase_account(self, account: JournaledAccount, first_revision: int) -> None:
        number = account.number

        def write() -> None:
            del self._accounts[number]
            self._teams = {place: row for place, row in self._teams.items() if place[0] != number}
            self._users = {place: row for place, row in self._users.items() if place[0] != number}
            self._changes = [row for row in self._changes if row.account_number != number]
            self._user_changes = [row for row in self._user_changes if row.account_number != number]
            self._workflows = [row for row in self._workflows if row.account_number != number]
            self._edges = [row for row in self._edges if row.account_number != number]
            self._first_revision = first_revision

        self._appended.append(write)

    def vital(self, vital: VitalSigns) -> None:
        def write() -> None:
            self._vital = vital

        self._appended.append(write)

    def gaps(self, gaps: Sequence[Gap]) -> None:
        pass

    def begin_lineage(self, lineage: int, began: int, revisions: Sequence[tuple[int, int]]) -> None:
        self._appended.append(lambda: self._lineages.append((lineage, dict(revisions))))

    async def revision_at_end(self, lineage: int, account_number: int) -> int | None:
        for (known, _), (_, reached) in pairwise(self._lineages):
            if known == lineage:
                return reached.get(account_number, 0)
        return None

    async def commit(self) -> None:
        if self.failing:
            raise StoreUnavailable
        if not self._appended:
            return
        if not self._holding:
            self.write()
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        await waiter

    def backlog(self) -> int:
        return len(self._appended)

    async def events(
        self, account_number: int, after_revision: int, limit: int
    ) -> Sequence[ChangeRow | WorkflowRow | UserChangeRow]:
        kept: list[ChangeRow | WorkflowRow | UserChangeRow] = [*self._changes, *self._workflows, *self._user_changes]
        rows = [row for row in kept if row.account_number == account_number and row.revision > after_revision]
        return sorted(rows, key=lambda row: row.revision)[:limit]

    async def workflow_changes(
        self, account_number: int, before_revision: int, limit: int, team_id: str = ""
    ) -> Sequence[WorkflowRow]:
        rows = [
            row for row in self._workflows if row.account_number == account_number and row.workflow.team_id == team_id
        ]
        return [row for row in reversed(rows) if row.revision < before_revision][:limit]

    async def left_since(self, account_number: int, team_id: str, start: int) -> Collection[int]:
        history = [row for row in self._user_changes if row.account_number == account_number]
        return MemorySums().left_since(team_id, start, history)

    async def changes(
        self, account_number: int, user_number: int | None, wanted: ChangeFilter, after_revision: int, limit: int
    ) -> tuple[Sequence[ChangeRow], int | None]:
        rows = [
            row
            for row in self._changes
            if row.account_number == account_number
            and row.revision > after_revision
            and (user_number is None or row.user_number == user_number)
            and (wanted.team_id is None or row.team_id == wanted.team_id)
            and wanted.spans(row.effective_time)
        ]
        return rows[:limit], rows[limit - 1].revision if len(rows) > limit else None

    def prune(self, before: int, keep: int, keep_workflows: int, sums_before: int = 0) -> None:
        pass


def _without(user_id: str, **ids: str) -> dict[str, Any]:
    return {field: "" if value == user_id else value for field, value in ids.items()}


def _without_updater(user_id: str, workflow: Workflow) -> dict[str, Any]:
    return _without(user_id, updated_by=workflow.updated_by, update_caller=workflow.update_caller)
