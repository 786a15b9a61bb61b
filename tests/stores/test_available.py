"""Who may be given work: exact in every order, and counted exactly, before and after anybody sweeps."""

from __future__ import annotations

import asyncio

import pytest
from tests.stores.site import ACCOUNT, AWAY_ONLY, BOTH, HOUR, MINUTE, SECOND, Site

from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.domain.record import StatusView
from onduty_server.domain.status import Resume, Status

LONGEST_AVAILABLE = AvailabilityOrder.LONGEST_AVAILABLE
MOST_RECENTLY_ACTIVE = AvailabilityOrder.MOST_RECENTLY_ACTIVE
LONGEST_IDLE = AvailabilityOrder.LONGEST_IDLE


async def orders(site: Site, limit: int = 1_000) -> dict[AvailabilityOrder, tuple[list[str], int]]:
    return {order: await site.available(order, limit) for order in AvailabilityOrder}


async def consistent(site: Site, *, account: str = ACCOUNT) -> list[StatusView]:
    """Check that every order names exactly those whom `get` calls ONLINE, and return them."""
    online = {view.user_id: view for view in await site.views(account=account) if view.status is Status.ONLINE}
    for order in AvailabilityOrder:
        ids, total = await site.available(order, account=account)
        assert sorted(ids) == sorted(online), order.name
        assert total == len(online), order.name
        assert (await site.available(order, 1, account=account)) == (ids[:1], len(online))
    return list(online.values())


@pytest.mark.cluster
async def test_each_order_puts_first_whom_it_is_named_after(site: Site) -> None:
    await site.activity("ada")
    site.advance(MINUTE)
    await site.activity("bob")
    site.advance(MINUTE)
    await site.set("carol", Status.ONLINE)  # never active, and idle since now
    site.advance(MINUTE)
    await site.activity("ada")
    site.advance(MINUTE)
    assert await orders(site) == {
        LONGEST_AVAILABLE: (["ada", "bob", "carol"], 3),
        MOST_RECENTLY_ACTIVE: (["ada", "bob", "carol"], 3),
        LONGEST_IDLE: (["bob", "carol", "ada"], 3),
    }
    await site.set("ada", Status.AWAY)
    site.advance(MINUTE)
    await site.set("ada", Status.ONLINE)
    assert await orders(site, limit=2) == {
        LONGEST_AVAILABLE: (["bob", "carol"], 3),
        MOST_RECENTLY_ACTIVE: (["ada", "bob"], 3),
        LONGEST_IDLE: (["bob", "carol"], 3),
    }


async def test_only_online_is_available(site: Site) -> None:
    for status in Status:
        await site.set(status.name, status)
    assert await site.available() == (["ONLINE"], 1)
    assert [view.user_id for view in await site.views() if view.available] == ["ONLINE"]


async def test_an_account_never_seen_has_nobody(site: Site) -> None:
    assert await orders(site) == dict.fromkeys(AvailabilityOrder, ([], 0))


async def test_the_overdue_are_neither_named_nor_counted_though_nobody_has_swept(site: Site) -> None:
    await site.configure(BOTH)
    users = [f"user-{number}" for number in range(300)]
    await site.populate(users)
    site.advance(10 * MINUTE - 1)
    await site.populate(users[:7])
    assert {total for _, total in (await orders(site)).values()} == {300}
    site.advance(1)
    assert {total for _, total in (await orders(site)).values()} == {7}
    await consistent(site)
    site.advance(10 * MINUTE)
    assert await orders(site) == dict.fromkeys(AvailabilityOrder, ([], 0))
    await site.sweep()
    assert await orders(site) == dict.fromkeys(AvailabilityOrder, ([], 0))


async def test_reads_between_which_people_leave_and_return_agree_each_time_with_no_sweep_at_all(site: Site) -> None:
    await site.configure(BOTH, resume=Resume.FROM_AWAY_OR_OFFLINE)
    users = [f"user-{number}" for number in range(12)]
    for number, user in enumerate(users):
        await site.activity(user)
        site.advance(number * SECOND)
    for step in range(40):
        site.advance(97 * SECOND)
        await consistent(site)
        await site.activity(users[step * 5 % 12])
        await consistent(site)
        if step % 7 == 3:
            await site.set(users[step % 12], (Status.AWAY, Status.ONLINE, Status.OFFLINE)[step % 3])
            await consistent(site)
    await site.sweep()
    await consistent(site)


@pytest.mark.cluster
async def test_reads_and_partial_sweeps_in_any_order_agree(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    users = [f"user-{number}" for number in range(30)]
    for user in users:
        await site.activity(user)
        site.advance(SECOND)
    site.advance(10 * MINUTE - 20 * SECOND)
    for _ in range(12):
        await consistent(site)
        await site.store.settle_due(1)
        await site.activity(users[0])
        site.advance(3 * SECOND)
    assert len(await consistent(site)) == 1


async def test_a_changed_workflow_shows_at_once_in_who_is_available(site: Site) -> None:
    await site.configure(BOTH)
    await site.populate([f"idle-{number}" for number in range(200)])
    site.advance(5 * MINUTE)
    await site.populate([f"busy-{number}" for number in range(3)])
    assert len(await consistent(site)) == 203
    await site.configure(away_after_ms=5 * MINUTE)
    assert len(await consistent(site)) == 3
    await site.configure(away_after_ms=9 * MINUTE)
    assert len(await consistent(site)) == 3, "a longer period brings nobody back"
    await site.sweep()
    assert len(await consistent(site)) == 3


async def test_switching_the_workflow_off_with_people_overdue_keeps_them_unavailable(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    await site.populate([f"user-{number}" for number in range(300)])
    site.advance(10 * MINUTE)
    await site.configure(enabled=False)
    assert await consistent(site) == []
    site.advance(HOUR)
    await site.sweep()
    assert await consistent(site) == []


async def test_changes_of_status_by_hand_show_at_once(site: Site) -> None:
    await site.configure(BOTH)
    await site.populate(["ada", "bob", "carol"])
    assert len(await consistent(site)) == 3
    for status in (Status.AWAY, Status.ONLINE, Status.OFFLINE, Status.OFFLINE, Status.ONLINE, Status.ONLINE):
        await site.set("bob", status)
        await consistent(site)
        site.advance(11 * MINUTE)
        await consistent(site)
        await site.activity("bob")
        await consistent(site)


async def test_a_limit_cuts_the_list_and_not_the_count(site: Site) -> None:
    await site.populate([f"user-{number}" for number in range(9)])
    for order in AvailabilityOrder:
        everybody, _ = await site.available(order)
        for limit in (1, 4, 9, 10):
            assert await site.available(order, limit) == (everybody[:limit], 9)


@pytest.mark.parametrize("order", AvailabilityOrder)
async def test_many_ask_at_once_and_get_the_same_answer(site: Site, order: AvailabilityOrder) -> None:
    await site.configure(AWAY_ONLY)
    users = [f"user-{number:03}" for number in range(500)]
    await site.populate(users)
    site.advance(9 * MINUTE)
    await site.populate(users[::3])
    site.advance(MINUTE)
    first, *others = await asyncio.gather(*(site.available(order) for _ in range(5)))
    assert all(other == first for other in others)
    assert sorted(first[0]) == users[::3]
