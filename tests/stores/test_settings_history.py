"""The history of settings: every change of a workflow, newest first, kept longer than the history of statuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from tests.fakes import START, FakeClock
from tests.stores.backends import Backend
from tests.stores.site import ACCOUNT, AWAY_ONLY, BOTH, DAY, MINUTE, SECOND, Site

from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.app.workflows import WorkflowChange
from onduty_server.domain.errors import InvalidField
from onduty_server.domain.status import Status
from onduty_server.domain.workflow import DEFAULT_WORKFLOW, Workflow
from onduty_server.stores.memory import MemoryStore

pytestmark = pytest.mark.cluster


async def settings(site: Site, *, page_size: int = 100, account: str = ACCOUNT) -> list[WorkflowChange]:
    """The whole history of an account's settings."""
    await site.store.heartbeat()
    changes: list[WorkflowChange] = []
    token = ""
    while True:
        page = await site.service.list_workflow_changes(account, page_size=page_size, page_token=token)
        assert len(page.items) <= page_size
        changes.extend(page.items)
        token = page.next_page_token
        if not token:
            return changes


async def test_each_change_is_kept_with_the_values_before_and_after(site: Site) -> None:
    await site.activity("ada")
    first = await site.configure(AWAY_ONLY)
    site.advance(MINUTE)
    await site.set("ada", Status.AWAY)
    second = await site.configure(BOTH, caller="backend")
    assert await site.configure(BOTH) == second, "a change of nothing is none"
    site.advance(MINUTE)
    third = await site.configure(enabled=False)
    assert await settings(site) == [
        WorkflowChange(second, third),
        WorkflowChange(first, second),
        WorkflowChange(DEFAULT_WORKFLOW, first),
    ]
    assert (second.updated_by, second.update_caller, second.update_time) == ("supervisor", "backend", site.now - MINUTE)
    assert [each.revision for each in (first, second, third)] == [2, 4, 5]


async def test_an_account_never_configured_has_no_changes(site: Site) -> None:
    await site.activity("ada")
    await site.configure(BOTH, account="other")
    assert await settings(site) == []
    assert await settings(site, account="nowhere") == []


@pytest.mark.parametrize("page_size", [1, 2, 3, 6, 7, 8])
async def test_pages_add_up_to_the_whole(site: Site, page_size: int) -> None:
    for second in range(1, 8):
        await site.configure(enabled=True, away_after_ms=second * SECOND)
    whole = await settings(site)
    assert [change.after.away_after_ms for change in whole] == [second * SECOND for second in range(7, 0, -1)]
    assert await settings(site, page_size=page_size) == whole


async def test_a_change_made_between_two_pages_moves_none_of_them(site: Site) -> None:
    for second in range(1, 5):
        await site.configure(enabled=True, away_after_ms=second * SECOND)
    await site.store.heartbeat()
    whole = await settings(site)
    page = await site.service.list_workflow_changes(ACCOUNT, page_size=2)
    await site.configure(BOTH)
    await site.store.heartbeat()
    rest = await site.service.list_workflow_changes(ACCOUNT, page_size=2, page_token=page.next_page_token)
    assert [*page.items, *rest.items] == whole


async def test_a_token_of_another_account_or_list_is_refused(site: Site) -> None:
    for account in (ACCOUNT, "other"):
        for second in range(1, 5):
            await site.configure(enabled=True, away_after_ms=second * SECOND, account=account)
    await site.store.heartbeat()
    token = (await site.service.list_workflow_changes(ACCOUNT, page_size=2)).next_page_token
    with pytest.raises(InvalidField):
        await site.service.list_workflow_changes("other", page_token=token)
    with pytest.raises(InvalidField):
        await site.service.list_status_changes(ACCOUNT, page_token=token)


async def test_it_outlives_the_history_of_statuses(backend: Backend) -> None:
    await backend.open(StoreOptions(count_outage_as_inactivity=True, history_retention_ms=DAY, history_max_changes=3))
    site = Site(backend)
    for minutes in range(1, 6):
        await site.configure(enabled=True, away_after_ms=minutes * MINUTE)
        await site.set("ada", Status.AWAY, reason=str(minutes))
    whole = await settings(site)
    assert len(whole) == 5
    for _ in range(3):
        site.advance(DAY)
        await site.store.heartbeat()
    while await site.history():
        site.advance(MINUTE)
        await site.store.heartbeat()
    assert await settings(site) == whole


async def test_it_is_there_after_a_restart(kept: Site) -> None:
    await kept.configure(AWAY_ONLY)
    await kept.configure(BOTH)
    whole = await settings(kept)
    await kept.backend.reopen(StoreOptions(count_outage_as_inactivity=True))
    assert await settings(kept) == whole
    third = await kept.configure(enabled=False)
    assert (await settings(kept))[0] == WorkflowChange(whole[0].after, third)


@pytest.mark.parametrize(
    ("previous_revision", "revision", "before"),
    [(0, 7, DEFAULT_WORKFLOW), (None, 1, DEFAULT_WORKFLOW), (None, 7, None), (6, 7, None)],
)
async def test_the_values_before_the_oldest_change_are_told_only_where_they_are_known(
    previous_revision: int | None, revision: int, before: Workflow | None
) -> None:
    """However much it looks like a first change: everything in it was set at the time of the change."""
    oldest = Workflow(
        True,
        away_after_ms=MINUTE,
        enabled_time=START,
        thresholds_since=START,
        update_time=START,
        revision=revision,
        previous_revision=previous_revision,
    )
    newer = replace(oldest, away_after_ms=2 * MINUTE, revision=9, previous_revision=revision)
    newest = replace(newer, away_after_ms=3 * MINUTE, revision=12, previous_revision=11)

    class Kept(MemoryStore):
        async def workflow_changes(
            self, account_id: str, before_revision: int, limit: int, team_id: str = ""
        ) -> Sequence[Workflow]:
            return [newest, newer, oldest]

    store = Kept(FakeClock())
    await store.open()
    page = await StatusService(store).list_workflow_changes(ACCOUNT)
    await store.close()
    assert page.items == [
        WorkflowChange(None, newest),
        WorkflowChange(oldest, newer),
        WorkflowChange(before, oldest),
    ]


async def test_of_an_account_that_changes_its_workflow_very_often_the_newest_changes_are_kept(
    backend: Backend,
) -> None:
    await backend.open(StoreOptions(count_outage_as_inactivity=True, workflow_changes_kept=5))
    site = Site(backend)
    await site.configure(BOTH, account="other")
    for minutes in range(1, 9):
        site.advance(SECOND)
        await site.configure(enabled=True, away_after_ms=minutes * MINUTE)
    newest = (await settings(site))[:5]
    for _ in range(2):
        site.advance(DAY)
        await site.store.heartbeat()
    while len(kept := await settings(site)) > 5:
        site.advance(MINUTE)
        await site.store.heartbeat()
    # The values before the oldest that is kept are known no more.
    assert kept == [*newest[:-1], WorkflowChange(None, newest[-1].after)]
    assert len(await settings(site, account="other")) == 1
