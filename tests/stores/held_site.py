"""A resident store over a journal in the hand of the test, and all that it shows."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from tests.fakes import FakeClock
from tests.stores.held_journal import HeldJournal
from tests.stores.site import ACCOUNT, BOTH, HOUR, MINUTE, SECOND

from onduty_server.app.ports.statuses import AvailabilityOrder, ChangeFilter
from onduty_server.app.service import StatusService
from onduty_server.domain.errors import ResumeTokenExpired
from onduty_server.domain.status import Resume, Status
from onduty_server.stores.resident.steps import StepSizes
from onduty_server.stores.resident.store import ResidentStore

USERS = [f"user-{number}" for number in range(6)]
TEAMS = ["day", "night", "tea"]


class Site:
    """A store, its journal and the use cases over them."""

    def __init__(self, journal: HeldJournal, clock: FakeClock, flush_interval_ms: int = HOUR) -> None:
        self.journal = journal
        self.clock = clock
        self.store = ResidentStore(
            journal, clock, activity_flush_interval_ms=flush_interval_ms, steps=StepSizes(forget=1)
        )
        self.service = StatusService(self.store)

    async def everything(self, account: str = ACCOUNT) -> dict[str, object]:
        """All that anybody can be shown of an account now."""
        store = self.store
        shown: dict[str, object] = {
            f"available by {order.name}": await store.available(account, order, 100) for order in AvailabilityOrder
        }
        shown["list"] = await store.scan(account, (), 0, 100)
        shown["list of those ONLINE"] = (await store.scan(account, {Status.ONLINE}, 0, 100)).views
        shown["batch"] = await store.get(account, ["ada", "ben", "new", *USERS])
        shown["workflow"] = await store.workflow(account)
        shown["teams"] = await store.teams(account, "", 100)
        shown["workflows of teams"] = await store.team_workflows(account)
        for team in TEAMS:
            shown[f"list of {team}"] = (await store.scan(account, (), 0, 100, team)).views
            for order in AvailabilityOrder:
                shown[f"available in {team} by {order.name}"] = await store.available(account, order, 100, team_id=team)
            shown[f"workflow of {team}"] = await store.workflow(account, team)
            shown[f"settings of {team}"] = await store.workflow_changes(account, 1 << 53, 100, team)
        shown["history"] = await store.changes(account, ChangeFilter(), 0, 1_000)
        with suppress(ResumeTokenExpired):
            shown["events"] = await store.events(account, 0, 1_000)
        shown["dry-run"] = await store.preview(account, lambda workflow, _now, _revision, _account: workflow, 100)
        return shown

    async def after_a_crash(self) -> Site:
        self.journal.check_edges()
        left = Site(self.journal.after_a_crash(), FakeClock(self.clock.now()))
        await left.store.open()
        return left


async def opened(flush_interval_ms: int = HOUR) -> Site:
    """Ada has been ONLINE for nearly ten minutes, and Ben is AWAY by hand."""
    site = Site(HeldJournal(), FakeClock(), flush_interval_ms)
    await site.store.open()
    await site.service.update_workflow(ACCOUNT, {**BOTH, "resume": Resume.FROM_AWAY_OR_OFFLINE})
    await site.service.record_activity(ACCOUNT, "ada")
    await site.service.set_status(ACCOUNT, "ben", Status.AWAY, actor="kim", reason="lunch")
    while site.clock.now() < START_OF_ADA + 10 * MINUTE - SECOND:
        site.clock.advance(SECOND)
        await site.store.heartbeat()
    return site


START_OF_ADA = FakeClock().now()


async def turns() -> None:
    """Let everything run that can."""
    for _ in range(10):
        await asyncio.sleep(0)
