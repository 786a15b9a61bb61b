"""A store in use, as the suite sees it: the real use cases over it, a clock to move, a sweeper only where called."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import NamedTuple, Unpack

from tests.fakes import FakeClock
from tests.stores.backends import Backend

from onduty_server.app.limits import HEARTBEAT_INTERVAL_MS, SWEEP_CHUNK
from onduty_server.app.ports.statuses import AvailabilityOrder, Preview, ProfileUpdate
from onduty_server.app.ports.store import Store
from onduty_server.app.service import StatusService
from onduty_server.domain.record import ProfilePatch, StatusChange, StatusView
from onduty_server.domain.status import Cause, Status, Then
from onduty_server.domain.workflow import Workflow, WorkflowPatch

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

ACCOUNT = "acme"

BOTH: WorkflowPatch = {"enabled": True, "away_after_ms": 10 * MINUTE, "offline_after_ms": 30 * MINUTE}
AWAY_ONLY: WorkflowPatch = {"enabled": True, "away_after_ms": 10 * MINUTE}
GONE: WorkflowPatch = {**BOTH, "disconnect_after_ms": MINUTE}
"""As `BOTH`, and OFFLINE a minute after the last session has ended."""
OFFLINE_ONLY: WorkflowPatch = {"enabled": True, "offline_after_ms": 30 * MINUTE}

SWEEPS_MAX = 10_000
"""A sweeper that comes this often at one instant without being done would never be: it spins."""


class Changed(NamedTuple):
    """What a change says, its revision and commit time aside."""

    user_id: str
    previous: Status | None
    status: Status
    cause: Cause
    effective_time: int


def changed(change: StatusChange) -> Changed:
    return Changed(change.user_id, change.previous_status, change.status, change.cause, change.effective_time)


class Site:
    """See the module. Accounts are `acme` unless said otherwise; times are ms UTC, durations ms."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    @property
    def store(self) -> Store:
        return self.backend.store

    @property
    def clock(self) -> FakeClock:
        return self.backend.clock

    @property
    def now(self) -> int:
        return self.clock.now()

    @property
    def service(self) -> StatusService:
        return StatusService(self.store)

    # --- what happens

    async def activity(self, user: str, at: int | None = None, *, account: str = ACCOUNT) -> StatusView:
        return await self.service.record_activity(account, user, at)

    def touch(self, user: str, at: int | None = None, *, account: str = ACCOUNT) -> bool:
        """Try the fast path, of a store that has one."""
        immediate = self.store.immediate
        assert immediate is not None
        return immediate.touch(account, user, at)

    async def set(
        self,
        user: str,
        status: Status,
        *,
        actor: str = "",
        reason: str = "",
        expected_revision: int | None = None,
        caller: str = "",
        until: int | None = None,
        then: Then | None = None,
        account: str = ACCOUNT,
    ) -> StatusView:
        return await self.service.set_status(
            account,
            user,
            status,
            actor=actor,
            reason=reason,
            expected_revision=expected_revision,
            caller=caller,
            expire_time=until,
            then=then,
        )

    async def keep(
        self,
        user: str,
        session: str = "browser",
        ttl_ms: int | None = None,
        *,
        idle_for_ms: int | None = None,
        account: str = ACCOUNT,
    ) -> StatusView:
        return await self.service.keep_session(account, user, session, ttl_ms, idle_for_ms)

    async def leave(self, user: str, session: str = "browser", *, account: str = ACCOUNT) -> StatusView:
        return await self.service.end_session(account, user, session)

    async def engage(
        self, user: str, engagement: str = "call", ttl_ms: int | None = None, *, account: str = ACCOUNT
    ) -> StatusView:
        return await self.service.keep_engagement(account, user, engagement, ttl_ms)

    async def disengage(self, user: str, engagement: str = "call", *, account: str = ACCOUNT) -> StatusView:
        return await self.service.end_engagement(account, user, engagement)

    async def configure(
        self,
        patch: WorkflowPatch | None = None,
        *,
        account: str = ACCOUNT,
        team: str = "",
        actor: str = "supervisor",
        caller: str = "",
        **more: Unpack[WorkflowPatch],
    ) -> Workflow:
        change: WorkflowPatch = {**(patch or {}), **more}
        return await self.service.update_workflow(account, change, team_id=team, actor=actor, caller=caller)

    async def unconfigure(self, team: str, *, account: str = ACCOUNT) -> Workflow:
        return await self.service.delete_workflow(account, team, actor="supervisor")

    async def impact(self, patch: WorkflowPatch, *, team: str = "", account: str = ACCOUNT) -> Preview:
        return await self.service.preview_workflow(account, patch, team_id=team)

    async def profile(
        self, user: str, *, actor: str = "", account: str = ACCOUNT, **patch: Unpack[ProfilePatch]
    ) -> ProfileUpdate:
        return await self.service.update_user(account, user, patch, actor=actor)

    async def move(self, team: str, *users: str, account: str = ACCOUNT) -> None:
        for user in users:
            await self.profile(user, team_id=team, account=account)

    async def erase(self, user: str, *, account: str = ACCOUNT) -> None:
        await self.service.delete_user(account, user, actor="supervisor")

    async def populate(self, users: Iterable[str], *, account: str = ACCOUNT) -> None:
        """Let users become ONLINE, all now, so that they share what a store commits together."""
        await asyncio.gather(*(self.activity(user, account=account) for user in users))

    # --- time

    def advance(self, by_ms: int) -> None:
        self.clock.advance(by_ms)

    async def live(self, for_ms: int) -> None:
        """Let time pass as it does in a server that is well: with heartbeats, if not quite as many."""
        until = self.now + for_ms
        while self.now < until:
            self.clock.advance(min(5 * HEARTBEAT_INTERVAL_MS, until - self.now))
            await self.store.heartbeat()

    # --- what is seen

    async def view(self, user: str, *, account: str = ACCOUNT) -> StatusView:
        return await self.service.get_status(account, user)

    async def status(self, user: str, *, account: str = ACCOUNT) -> Status:
        return (await self.view(user, account=account)).status

    async def views(self, *, team: str = "", account: str = ACCOUNT) -> list[StatusView]:
        """Everybody, in the order in which they were first seen."""
        views: list[StatusView] = []
        token = ""
        while True:
            page = await self.service.list_statuses(account, page_size=1_000, page_token=token, team_id=team)
            views.extend(page.items)
            token = page.next_page_token
            if not token:
                return views

    async def statuses(self, *, account: str = ACCOUNT) -> dict[str, Status]:
        return {view.user_id: view.status for view in await self.views(account=account)}

    async def available(
        self,
        order: AvailabilityOrder = AvailabilityOrder.LONGEST_AVAILABLE,
        limit: int = 1_000,
        *,
        max_engagements: int = 0,
        team: str = "",
        account: str = ACCOUNT,
    ) -> tuple[list[str], int]:
        """The ids of the available, best first, and how many there are in all."""
        available = await self.service.list_available_users(
            account, order=order, limit=limit, max_engagements=max_engagements, team_id=team
        )
        return [view.user_id for view in available.views], available.total

    async def history(self, user: str = "", *, account: str = ACCOUNT) -> list[StatusChange]:
        """All that is recorded, by revision; also what was recorded a moment ago and waits for the disk."""
        await self.store.heartbeat()
        changes: list[StatusChange] = []
        token = ""
        while True:
            page = await self.service.list_status_changes(account, user_id=user, page_size=1_000, page_token=token)
            changes.extend(page.items)
            token = page.next_page_token
            if not token:
                return changes

    async def recorded(self, user: str = "", *, account: str = ACCOUNT) -> list[Changed]:
        return [changed(change) for change in await self.history(user, account=account)]

    # --- sweeping

    async def sweep(self, limit: int = SWEEP_CHUNK) -> int | None:
        """Commit all that is due now, as the sweeper would; when to come again."""
        for _ in range(SWEEPS_MAX):
            sweep = await self.store.settle_due(limit)
            if sweep.next_due is None or sweep.next_due > self.now:
                return sweep.next_due
        raise AssertionError("the sweeper is asked to come again at once, for ever")
