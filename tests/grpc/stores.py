"""Real stores with one change: they fail in every call, or keep calls waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Collection, Sequence
from typing import Any

import pytest
from tests.fakes import FakeClock

from onduty_server.app.ports.reports import AccountSettings, Tally, TallyQuery
from onduty_server.app.ports.statuses import (
    AccountPage,
    Activity,
    AvailabilityOrder,
    Available,
    ChangeFilter,
    ChangePage,
    Decide,
    ImmediateStatuses,
    Preview,
    ProfileUpdate,
    Renewal,
    Revise,
    StatusPage,
    TeamSummary,
)
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.errors import StoreUnavailable
from onduty_server.domain.record import ProfilePatch, StatusView
from onduty_server.domain.status import Status
from onduty_server.domain.workflow import Workflow
from onduty_server.stores.memory import MemoryStore

IN_MEMORY = pytest.mark.parametrize("make_store", ["memory"], indirect=True)
"""For tests in which the store plays no part, or SQLite's the same part: they run once."""


class _Declining(ImmediateStatuses):
    """Leaves everything to the slow path; or fails with `error`, if there is one."""

    def __init__(self, error: Exception | None = None) -> None:
        self._error = error

    def touch(self, account_id: str, user_id: str, activity_time: int | None) -> bool:
        if self._error is not None:
            raise self._error
        return False

    def renew(self, account_id: str, user_id: str, renewal: Renewal) -> bool:
        if self._error is not None:
            raise self._error
        return False

    def peek(self, account_id: str, user_id: str) -> StatusView | None:
        return None


class BrokenStore(MemoryStore):
    """Opens, sends heartbeats and closes, and fails in whatever a call asks of it."""

    def __init__(self, clock: FakeClock, error: Exception) -> None:
        super().__init__(clock)
        self._error = error
        # StoreUnavailable is not for the fast path to raise, says the port.
        self.immediate = _Declining(None if isinstance(error, StoreUnavailable) else error)

    async def transact(
        self, account_id: str, user_id: str, decide: Decide, hint: Activity | Renewal | None = None
    ) -> StatusView:
        raise self._error

    async def get(self, account_id: str, user_ids: Sequence[str]) -> Sequence[StatusView | None]:
        raise self._error

    async def scan(
        self, account_id: str, statuses: Collection[Status], position: int, limit: int, team_id: str = ""
    ) -> StatusPage:
        raise self._error

    async def available(
        self, account_id: str, order: AvailabilityOrder, limit: int, max_engagements: int = 0, team_id: str = ""
    ) -> Available:
        raise self._error

    async def workflow(self, account_id: str, team_id: str = "") -> Workflow:
        raise self._error

    async def update_workflow(self, account_id: str, revise: Revise, team_id: str = "") -> Workflow:
        raise self._error

    async def preview(self, account_id: str, revise: Revise, limit: int, team_id: str = "") -> Preview:
        raise self._error

    async def workflow_changes(
        self, account_id: str, before_revision: int, limit: int, team_id: str = ""
    ) -> Sequence[Workflow]:
        raise self._error

    async def accounts(self, position: int, limit: int) -> AccountPage:
        raise self._error

    async def changes(self, account_id: str, wanted: ChangeFilter, after_revision: int, limit: int) -> ChangePage:
        raise self._error

    async def team_workflows(self, account_id: str) -> Sequence[Workflow]:
        raise self._error

    async def update_user(
        self, account_id: str, user_id: str, patch: ProfilePatch, actor: str = "", caller: str = ""
    ) -> ProfileUpdate:
        raise self._error

    async def delete_user(self, account_id: str, user_id: str) -> None:
        raise self._error

    async def teams(self, account_id: str, after: str, limit: int) -> Sequence[TeamSummary]:
        raise self._error

    async def create_account(self, account_id: str) -> bool:
        raise self._error

    async def delete_account(self, account_id: str) -> None:
        raise self._error

    async def settled_before(self, account_id: str) -> int:
        raise self._error

    async def tally(self, account_id: str, query: TallyQuery) -> Tally:
        raise self._error

    async def account_settings(self, account_id: str) -> AccountSettings:
        raise self._error

    async def update_account(self, account_id: str, settings: AccountSettings) -> AccountSettings:
        raise self._error


class Gate:
    """Keeps calls waiting in the store. `arrived` is set when one waits, `cancelled` when one was cancelled there."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.arrived = asyncio.Event()
        self.cancelled = asyncio.Event()

    def shut(self) -> None:
        self.open.clear()
        self.arrived.clear()
        self.cancelled.clear()

    async def passed(self) -> None:
        self.arrived.set()
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise


class GatedStore(MemoryStore):
    """Keeps calls waiting before the store does anything (as for its turn) or after (as for the disk)."""

    def __init__(self, clock: FakeClock, before: Gate, after: Gate) -> None:
        super().__init__(clock, StoreOptions(count_outage_as_inactivity=True))
        self._before = before
        self._after = after
        self.immediate = _Declining()

    async def _through(self, call: Awaitable[Any]) -> Any:
        try:
            await self._before.passed()
        except BaseException:
            call.close()  # type: ignore[attr-defined]
            raise
        answer = await call
        await self._after.passed()
        return answer

    async def transact(
        self, account_id: str, user_id: str, decide: Decide, hint: Activity | Renewal | None = None
    ) -> StatusView:
        view: StatusView = await self._through(super().transact(account_id, user_id, decide, hint))
        return view

    async def get(self, account_id: str, user_ids: Sequence[str]) -> Sequence[StatusView | None]:
        views: Sequence[StatusView | None] = await self._through(super().get(account_id, user_ids))
        return views

    async def scan(
        self, account_id: str, statuses: Collection[Status], position: int, limit: int, team_id: str = ""
    ) -> StatusPage:
        page: StatusPage = await self._through(super().scan(account_id, statuses, position, limit, team_id))
        return page

    async def available(
        self, account_id: str, order: AvailabilityOrder, limit: int, max_engagements: int = 0, team_id: str = ""
    ) -> Available:
        available: Available = await self._through(
            super().available(account_id, order, limit, max_engagements, team_id)
        )
        return available

    async def workflow(self, account_id: str, team_id: str = "") -> Workflow:
        workflow: Workflow = await self._through(super().workflow(account_id, team_id))
        return workflow

    async def update_workflow(self, account_id: str, revise: Revise, team_id: str = "") -> Workflow:
        workflow: Workflow = await self._through(super().update_workflow(account_id, revise, team_id))
        return workflow

    async def preview(self, account_id: str, revise: Revise, limit: int, team_id: str = "") -> Preview:
        preview: Preview = await self._through(super().preview(account_id, revise, limit, team_id))
        return preview

    async def workflow_changes(
        self, account_id: str, before_revision: int, limit: int, team_id: str = ""
    ) -> Sequence[Workflow]:
        found: Sequence[Workflow] = await self._through(
            super().workflow_changes(account_id, before_revision, limit, team_id)
        )
        return found

    async def update_user(
        self, account_id: str, user_id: str, patch: ProfilePatch, actor: str = "", caller: str = ""
    ) -> ProfileUpdate:
        update: ProfileUpdate = await self._through(super().update_user(account_id, user_id, patch, actor, caller))
        return update

    async def delete_user(self, account_id: str, user_id: str) -> None:
        await self._through(super().delete_user(account_id, user_id))

    async def teams(self, account_id: str, after: str, limit: int) -> Sequence[TeamSummary]:
        teams: Sequence[TeamSummary] = await self._through(super().teams(account_id, after, limit))
        return teams

    async def create_account(self, account_id: str) -> bool:
        created: bool = await self._through(super().create_account(account_id))
        return created

    async def delete_account(self, account_id: str) -> None:
        await self._through(super().delete_account(account_id))

    async def tally(self, account_id: str, query: TallyQuery) -> Tally:
        tally: Tally = await self._through(super().tally(account_id, query))
        return tally

    async def account_settings(self, account_id: str) -> AccountSettings:
        settings: AccountSettings = await self._through(super().account_settings(account_id))
        return settings

    async def update_account(self, account_id: str, settings: AccountSettings) -> AccountSettings:
        before: AccountSettings = await self._through(super().update_account(account_id, settings))
        return before

    async def accounts(self, position: int, limit: int) -> AccountPage:
        page: AccountPage = await self._through(super().accounts(position, limit))
        return page

    async def changes(self, account_id: str, wanted: ChangeFilter, after_revision: int, limit: int) -> ChangePage:
        page: ChangePage = await self._through(super().changes(account_id, wanted, after_revision, limit))
        return page
