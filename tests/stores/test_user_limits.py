"""A store keeps as many accounts and users as it was told to, and what it has goes on as before."""

from __future__ import annotations

import pytest
from tests.stores.backends import Backend
from tests.stores.site import ACCOUNT, AWAY_ONLY, MINUTE, Site

from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.errors import LimitExceeded
from onduty_server.domain.record import Profile
from onduty_server.domain.status import Status

pytestmark = pytest.mark.cluster


async def test_an_account_takes_no_more_users_than_it_may_have(backend: Backend) -> None:
    await backend.open(StoreOptions(count_outage_as_inactivity=True, users_max=3))
    site = Site(backend)
    await site.configure(AWAY_ONLY)
    await site.populate(["ada", "bob", "carol"])
    for call in (site.activity("dan"), site.set("dan", Status.AWAY), site.activity("dan", site.now - MINUTE)):
        with pytest.raises(LimitExceeded) as caught:
            await call
        assert caught.value.retry_delay_ms
    assert await site.store.get(ACCOUNT, ["dan"]) == [None]
    site.advance(MINUTE)
    await site.activity("ada")
    await site.set("bob", Status.OFFLINE)
    await site.activity("dan", account="other")
    assert len(await site.views()) == 3
    assert len(await site.history()) == 4


async def test_there_are_no_more_accounts_than_there_may_be(backend: Backend) -> None:
    await backend.open(StoreOptions(count_outage_as_inactivity=True, accounts_max=2))
    site = Site(backend)
    await site.activity("ada", account="first")
    await site.configure(AWAY_ONLY, account="second")
    with pytest.raises(LimitExceeded):
        await site.activity("ada", account="third")
    with pytest.raises(LimitExceeded):
        await site.set("ada", Status.AWAY, account="third")
    with pytest.raises(LimitExceeded):
        await site.configure(AWAY_ONLY, account="third")
    assert await site.store.get("third", ["ada"]) == [None]
    await site.activity("ada", account="second")
    await site.configure(AWAY_ONLY, account="first")
    await site.impact(AWAY_ONLY, account="third")  # a dry-run makes none
    if backend.keeps:
        await backend.reopen(StoreOptions(count_outage_as_inactivity=True, accounts_max=2))
        with pytest.raises(LimitExceeded):
            await site.activity("ada", account="third")
        await site.activity("bob", account="first")


async def test_nobody_is_moved_to_one_more_team_than_an_account_may_have(backend: Backend) -> None:
    await backend.open(StoreOptions(count_outage_as_inactivity=True, teams_max=2))
    site = Site(backend)
    await site.populate(["ada", "bob", "carol"])
    await site.profile("ada", team_id="day")
    await site.configure(AWAY_ONLY, team="night")
    with pytest.raises(LimitExceeded, match='no room for team "late": the account has 2 teams'):
        await site.profile("bob", team_id="late", display_name="Bob")
    assert (await site.profile("bob", team_id="night")).after.team_id == "night"
    assert (await site.profile("bob", display_name="Bob")).after == Profile("Bob", "night")
    await site.profile("ada", team_id="")  # the team has no users and no workflow, so it is no more
    assert (await site.profile("ada", team_id="late")).after.team_id == "late"


async def test_teams_whose_workflow_was_deleted_count_among_those_that_may_have_one(backend: Backend) -> None:
    await backend.open(StoreOptions(count_outage_as_inactivity=True, team_workflows_max=2))
    site = Site(backend)
    await site.configure(AWAY_ONLY, team="day")
    await site.configure(AWAY_ONLY, team="night")
    await site.unconfigure("day")
    with pytest.raises(LimitExceeded, match="teams whose workflow was deleted count"):
        await site.configure(AWAY_ONLY, team="late")
    await site.configure(AWAY_ONLY, team="day")


async def test_with_no_limit_there_is_none(backend: Backend) -> None:
    await backend.open(StoreOptions(count_outage_as_inactivity=True, users_max=0, accounts_max=0))
    site = Site(backend)
    for number in range(5):
        await site.populate([f"user-{number}" for number in range(5)], account=f"account-{number}")
