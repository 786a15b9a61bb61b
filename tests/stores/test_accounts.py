"""Listing the accounts of a store."""

from __future__ import annotations

import pytest
from tests.stores.site import AWAY_ONLY, Site

from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.errors import InvalidField

pytestmark = pytest.mark.cluster


async def listed(site: Site, page_size: int = 1_000) -> list[str]:
    accounts: list[str] = []
    token = ""
    while True:
        page = await site.service.list_accounts(page_size=page_size, page_token=token)
        assert len(page.items) <= page_size
        accounts.extend(page.items)
        token = page.next_page_token
        if not token:
            return accounts


async def test_every_account_in_which_something_was_recorded_is_listed_once(site: Site) -> None:
    assert await listed(site) == []
    names = [f"account-{number}" for number in range(30)]
    for number, name in enumerate(names):
        if number % 2:
            await site.activity("ada", account=name)
        else:
            await site.configure(AWAY_ONLY, account=name)
    await site.service.get_workflow("only-asked-for")
    for page_size in (1, 7, 30, 1_000):
        assert sorted(await listed(site, page_size)) == sorted(names)


async def test_accounts_that_come_between_two_pages_hide_and_repeat_none(site: Site) -> None:
    names = {f"account-{number}" for number in range(20)}
    for name in names:
        await site.activity("ada", account=name)
    found: list[str] = []
    token = ""
    while True:
        page = await site.service.list_accounts(page_size=3, page_token=token)
        found += page.items
        token = page.next_page_token
        if not token:
            break
        for number in range(3 if len(found) < 15 else 0):
            await site.activity("ada", account=f"new-{len(found)}-{number}")
    assert len(set(found)) == len(found)
    assert names <= set(found)


async def test_accounts_that_are_named_are_listed_in_their_order_whether_or_not_they_are_there(site: Site) -> None:
    await site.activity("ada", account="b")
    named = ["a", "b", "c"]
    page = await site.service.list_accounts(named=named, page_size=2)
    rest = await site.service.list_accounts(named=named, page_size=2, page_token=page.next_page_token)
    assert [*page.items, *rest.items] == named
    assert not rest.next_page_token
    with pytest.raises(InvalidField):
        await site.service.list_accounts(named=["a"], page_token=page.next_page_token)
    with pytest.raises(InvalidField):
        await site.service.list_accounts(page_size=-1)


async def test_a_list_goes_on_after_a_restart(kept: Site) -> None:
    names = {f"account-{number}" for number in range(6)}
    for name in names:
        await kept.activity("ada", account=name)
    page = await kept.service.list_accounts(page_size=2)
    named = await kept.service.list_accounts(named=["a", "b"], page_size=1)
    for _ in range(2):
        await kept.backend.reopen(StoreOptions(count_outage_as_inactivity=True))
    rest = await kept.service.list_accounts(page_token=page.next_page_token)
    assert sorted([*page.items, *rest.items]) == sorted(names)
    rest = await kept.service.list_accounts(named=["a", "b"], page_token=named.next_page_token)
    assert rest.items == ["b"]
