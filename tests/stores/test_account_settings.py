"""The settings of accounts: what is kept, for whom, and what becomes of it."""

from __future__ import annotations

import pytest
from tests.stores.site import ACCOUNT, Site

from onduty_server.app.ports.reports import AccountSettings
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.errors import AccountUnknown, LimitExceeded, UserUnknown

pytestmark = pytest.mark.cluster

UTC = AccountSettings()
BERLIN, KOLKATA = AccountSettings("Europe/Berlin"), AccountSettings("Asia/Kolkata")


async def test_an_account_has_the_time_zone_that_was_written_last_and_utc_before(site: Site) -> None:
    await site.activity("ada")
    await site.activity("ada", account="other")
    assert await site.store.account_settings(ACCOUNT) == UTC
    assert await site.store.update_account(ACCOUNT, BERLIN) == UTC
    assert await site.store.update_account(ACCOUNT, KOLKATA) == BERLIN
    assert await site.store.update_account(ACCOUNT, KOLKATA) == KOLKATA
    assert await site.store.account_settings(ACCOUNT) == KOLKATA
    assert await site.store.account_settings("other") == UTC
    assert await site.store.update_account(ACCOUNT, UTC) == KOLKATA
    assert await site.store.account_settings(ACCOUNT) == UTC


async def test_settings_are_no_change_of_the_history(site: Site) -> None:
    await site.activity("ada")
    before = (await site.view("ada")).revision
    await site.store.update_account(ACCOUNT, BERLIN)
    assert len(await site.store.events(ACCOUNT, 0, 100)) == 1
    await site.activity("bob")
    assert (await site.view("bob")).revision == before + 1


async def test_settings_create_an_account_that_begins_as_any_other(site: Site) -> None:
    assert await site.store.account_settings(ACCOUNT) == UTC
    assert list((await site.store.accounts(0, 10)).account_ids) == []
    assert await site.store.update_account(ACCOUNT, BERLIN) == UTC
    assert list((await site.store.accounts(0, 10)).account_ids) == [ACCOUNT]
    assert (await site.service.get_workflow(ACCOUNT)).revision == 0
    with pytest.raises(UserUnknown):
        await site.view("ada")
    assert (await site.activity("ada")).revision == 1
    assert await site.store.account_settings(ACCOUNT) == BERLIN


async def test_the_limit_of_accounts_and_their_declaration_hold_for_settings(site: Site) -> None:
    await site.backend.reopen(StoreOptions(accounts_max=1))
    await site.store.update_account(ACCOUNT, BERLIN)
    with pytest.raises(LimitExceeded):
        await site.store.update_account("other", BERLIN)
    assert await site.store.update_account(ACCOUNT, KOLKATA) == BERLIN
    await site.backend.reopen(StoreOptions(accounts_declared=True))
    with pytest.raises(AccountUnknown):
        await site.store.update_account("other", BERLIN)
    await site.service.create_account("declared")
    assert await site.store.update_account("declared", BERLIN) == UTC


async def test_settings_outlive_a_restart_and_a_crash(kept: Site) -> None:
    await kept.store.update_account(ACCOUNT, BERLIN)
    await kept.backend.crash()
    await kept.backend.open()
    assert await kept.store.account_settings(ACCOUNT) == BERLIN
    await kept.store.update_account(ACCOUNT, KOLKATA)
    await kept.backend.reopen()
    assert await kept.store.account_settings(ACCOUNT) == KOLKATA


async def test_settings_go_with_their_account(site: Site) -> None:
    await site.activity("ada")
    await site.store.update_account(ACCOUNT, BERLIN)
    await site.service.delete_account(ACCOUNT)
    assert await site.store.account_settings(ACCOUNT) == UTC
    await site.activity("ada")
    assert await site.store.account_settings(ACCOUNT) == UTC
