"""History is kept for as long, and as much of it, as configured. Nothing else is forgotten with it."""

from __future__ import annotations

import pytest
from tests.stores.backends import Backend
from tests.stores.site import ACCOUNT, AWAY_ONLY, DAY, HOUR, MINUTE, Site

from onduty_server.app.ports.statuses import ChangeFilter
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.record import StatusChange
from onduty_server.domain.status import Status

pytestmark = pytest.mark.cluster


async def pruned(site: Site, expected: list[StatusChange], *, account: str = ACCOUNT) -> None:
    """Forgetting may take a store a while, when it has nothing else to do; the test's time limit bounds it."""
    site.advance(HOUR)
    await site.store.heartbeat()
    while (kept := await site.history(account=account)) != expected:
        assert len(kept) > len(expected), "too much was forgotten"


async def test_changes_older_than_the_retention_are_forgotten_and_younger_ones_kept(backend: Backend) -> None:
    await backend.open(StoreOptions(count_outage_as_inactivity=True, history_retention_ms=30 * DAY))
    site = Site(backend)
    for day in range(40):
        await site.set("ada", Status.AWAY, reason=f"day {day}")
        await site.set("bob", Status.AWAY, reason=f"day {day}", account="other")
        site.advance(DAY)
    kept, kept_of_other = await site.history(), await site.history(account="other")
    horizon = site.now + HOUR - 30 * DAY
    await pruned(site, [change for change in kept if change.commit_time >= horizon])
    await pruned(site, [change for change in kept_of_other if change.commit_time >= horizon + HOUR], account="other")


async def test_what_a_change_says_of_its_user_outlives_the_change(backend: Backend) -> None:
    await backend.open(StoreOptions(count_outage_as_inactivity=True, history_retention_ms=DAY))
    site = Site(backend)
    await site.configure(AWAY_ONLY)
    await site.activity("ada")
    await site.set("bob", Status.OFFLINE, actor="grace", reason="holiday")
    site.advance(11 * MINUTE)
    await site.sweep()
    before = await site.views()
    for _ in range(3):
        # Without a heartbeat for longer, it might be the clock that is wrong.
        site.advance(DAY)
        await site.store.heartbeat()
    await pruned(site, [])
    assert await site.views() == before
    assert (await site.activity("ada")).revision == 5, "revisions go on"
    assert (await site.configure(away_after_ms=MINUTE)).revision == 6
    assert [change.revision for change in await site.history()] == [5]


async def test_no_more_changes_of_an_account_are_kept_than_configured(backend: Backend) -> None:
    await backend.open(StoreOptions(count_outage_as_inactivity=True, history_max_changes=10))
    site = Site(backend)
    for number in range(35):
        await site.set("ada", Status.AWAY, reason=str(number))
    await site.set("bob", Status.AWAY, account="small")
    everything, small = await site.history(), await site.history(account="small")
    await pruned(site, everything[-10:])
    assert await site.history(account="small") == small


async def test_pages_and_filters_work_on_what_is_left(backend: Backend) -> None:
    await backend.open(StoreOptions(count_outage_as_inactivity=True, history_max_changes=20))
    site = Site(backend)
    for number in range(60):
        await site.set(f"user-{number % 3}", Status.AWAY, reason=str(number))
        site.advance(MINUTE)
    left = (await site.history())[-20:]
    await pruned(site, left)
    for limit in (1, 7, 100):
        found: list[StatusChange] = []
        next_revision: int | None = 0
        while next_revision is not None:
            page = await site.store.changes(ACCOUNT, ChangeFilter(), next_revision, limit)
            found.extend(page.changes)
            next_revision = page.next_revision
        assert found == left
    for start in (0, left[0].effective_time, left[5].effective_time, left[-1].effective_time + 1):
        page = await site.store.changes(ACCOUNT, ChangeFilter("user-1", start), 0, 100)
        assert list(page.changes) == [
            change for change in left if change.user_id == "user-1" and change.effective_time >= start
        ]
