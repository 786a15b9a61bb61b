"""Listing everybody of an account, page by page."""

from __future__ import annotations

from collections.abc import Collection
from itertools import islice

import pytest
from tests.stores.site import ACCOUNT, BOTH, MINUTE, Site

from onduty_server.domain.record import StatusView
from onduty_server.domain.status import Status


async def pages(site: Site, limit: int, statuses: Collection[Status] = ()) -> list[list[StatusView]]:
    found: list[list[StatusView]] = []
    position: int | None = 0
    while position is not None:
        page = await site.store.scan(ACCOUNT, statuses, position, limit)
        assert len(page.views) <= limit
        found.append(list(page.views))
        position = page.next_position
    return found


def ids(found: list[list[StatusView]]) -> list[str]:
    return [view.user_id for page in found for view in page]


USERS = [f"user-{number:03}" for number in range(53)]


@pytest.mark.parametrize("limit", [1, 2, 7, 52, 53, 54, 1_000])
@pytest.mark.cluster
async def test_pages_hold_everybody_once_in_the_order_in_which_they_were_first_seen(site: Site, limit: int) -> None:
    await site.populate(reversed(USERS))
    await site.set(USERS[3], Status.OFFLINE)
    assert ids(await pages(site, limit)) == USERS[::-1]


async def test_an_account_never_seen_has_one_empty_page(site: Site) -> None:
    assert await pages(site, 10) == [[]]


@pytest.mark.parametrize("limit", [1, 5, 1_000])
async def test_a_filter_looks_at_what_is_true_now(site: Site, limit: int) -> None:
    await site.configure(BOTH)
    await site.populate(USERS)
    site.advance(5 * MINUTE)
    await site.populate(USERS[::2])
    for user in USERS[::5]:
        await site.set(user, Status.OFFLINE)
    site.advance(5 * MINUTE)

    expected: dict[Status, list[str]] = {status: [] for status in Status}
    for number, user in enumerate(USERS):
        status = Status.OFFLINE if number % 5 == 0 else Status.ONLINE if number % 2 == 0 else Status.AWAY
        expected[status].append(user)
    for status in Status:
        assert ids(await pages(site, limit, {status})) == expected[status]
    everybody_but_online = set(USERS) - set(expected[Status.ONLINE])
    assert set(ids(await pages(site, limit, {Status.AWAY, Status.OFFLINE}))) == everybody_but_online
    assert ids(await pages(site, limit, set(Status))) == USERS


@pytest.mark.parametrize("limit", [1, 3, 10])
async def test_users_who_come_while_somebody_is_paging_are_listed_and_nobody_is_missing_or_twice(
    site: Site, limit: int
) -> None:
    await site.populate(USERS[:20])
    found: list[str] = []
    position: int | None = 0
    newcomers = iter(USERS[20:])
    while position is not None:
        page = await site.store.scan(ACCOUNT, (), position, limit)
        found.extend(view.user_id for view in page.views)
        position = page.next_position
        for newcomer in islice(newcomers, 2):
            await site.activity(newcomer)
        await site.set(USERS[0], Status.AWAY)
    assert found[:20] == USERS[:20], "those who were there at the start are all there"
    assert len(set(found)) == len(found)
    assert found == USERS[: len(found)]


async def test_a_page_shows_each_user_as_of_that_page(site: Site) -> None:
    await site.configure(BOTH)
    await site.populate(["ada", "bob"])
    first = await site.store.scan(ACCOUNT, (), 0, 1)
    site.advance(10 * MINUTE)
    assert first.next_position is not None
    second = await site.store.scan(ACCOUNT, (), first.next_position, 1)
    assert [view.status for view in (*first.views, *second.views)] == [Status.ONLINE, Status.AWAY]


async def test_a_position_beyond_the_last_user_is_the_end(site: Site) -> None:
    await site.populate(["ada", "bob"])
    page = await site.store.scan(ACCOUNT, (), 2, 10)
    assert (list(page.views), page.next_position) == ([], None)
