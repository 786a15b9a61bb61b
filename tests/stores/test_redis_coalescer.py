"""Activities and reads over Redis that come at once: they share calls, and nobody can tell but by the cost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.stores.backends import RedisBackend
from tests.stores.site import ACCOUNT, AWAY_ONLY, MINUTE, SECOND, Site

from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.status import Cause, Status
from onduty_server.stores.redis.keys import partition_of
from onduty_server.stores.redis.store import RedisStore

NEIGHBOUR = next(
    f"neighbour-{number}" for number in range(10_000) if partition_of(f"neighbour-{number}") == partition_of(ACCOUNT)
)
"""An account of the same partition."""


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    backend = RedisBackend(tmp_path)
    await backend.open(StoreOptions(count_outage_as_inactivity=True))
    yield Site(backend)
    await backend.stop()


def round_trips(site: Site) -> int:
    assert isinstance(site.store, RedisStore)
    return site.store.round_trips


async def test_many_at_once_take_few_round_trips(site: Site) -> None:
    users = [f"user-{number}" for number in range(600)]
    await site.populate(users)
    await site.populate(users, account=NEIGHBOUR)
    site.advance(SECOND)
    before = round_trips(site)
    views = await asyncio.gather(
        *(site.activity(user, account=account) for user in users for account in (ACCOUNT, NEIGHBOUR))
    )
    assert round_trips(site) - before <= 6
    assert [view.user_id for view in views] == [user for user in users for _ in range(2)]
    assert {view.last_activity for view in views} == {site.now}
    for account in (ACCOUNT, NEIGHBOUR):
        assert {view.last_activity for view in await site.views(account=account)} == {site.now}


async def test_each_is_decided_by_what_its_own_account_and_user_are(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    await site.populate(["ada", "bob", "eve"])
    await site.populate(["ada"], account=NEIGHBOUR)
    await site.set("bob", Status.AWAY)
    site.advance(10 * MINUTE)
    began = site.now
    at_once = (
        site.activity("eve", began - MINUTE),
        site.activity("ada"),
        site.activity("bob"),
        site.activity("new"),
        site.activity("ada", account=NEIGHBOUR),
        site.activity("new", account=NEIGHBOUR),
    )
    _, ada, bob, new, neighbour, other = await asyncio.gather(*at_once)
    assert (ada.status, ada.cause) == (Status.ONLINE, Cause.ACTIVITY)
    assert (bob.status, bob.cause) == (Status.AWAY, Cause.MANUAL)
    assert new.status is other.status is neighbour.status is Status.ONLINE
    assert ada.next_status is not None and neighbour.next_status is None
    assert len(await site.history(account=NEIGHBOUR)) == 2


async def test_activities_of_a_user_count_in_the_order_of_their_coming(site: Site) -> None:
    await site.populate(["ada"])
    site.advance(MINUTE)
    times = [site.now - 50 * SECOND + number * SECOND for number in range(40)]
    views = await asyncio.gather(*(site.activity("ada", at) for at in times))
    assert [view.last_activity for view in views] == times


async def test_a_cancelled_one_keeps_nobody_waiting(site: Site) -> None:
    await site.populate(["ada", "bob", "cleo"])
    site.advance(SECOND)
    for cancelled in range(3):
        calls = [asyncio.create_task(site.activity(user)) for user in ("ada", "bob", "cleo")]
        await asyncio.sleep(0)
        calls[cancelled].cancel()
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert [isinstance(outcome, asyncio.CancelledError) for outcome in outcomes] == [
            number == cancelled for number in range(3)
        ]
    assert (await site.activity("ada")).last_activity == site.now


async def test_reads_at_once_share_a_round_trip_and_each_is_told_of_its_own_user(site: Site) -> None:
    users = [f"user-{number}" for number in range(200)]
    await site.populate(users)
    await site.view("user-0")
    before = round_trips(site)
    found = await asyncio.gather(*(site.store.get(ACCOUNT, (user,)) for user in [*users, "unknown"]))
    assert round_trips(site) - before <= 2
    assert [view and view.user_id for (view,) in found] == [*users, None]
    ada, broken = await asyncio.gather(site.store.get(ACCOUNT, ("user-1",)), site.store.get(ACCOUNT, ("\ud800",)))
    assert broken == [None] and ada[0] is not None
    assert await asyncio.gather(*(site.store.get("nobody's", (user,)) for user in users)) == [[None]] * 200


async def test_a_read_shows_what_was_there_when_it_was_asked_for(site: Site) -> None:
    await site.populate(["ada", "bob"])
    for number in range(10):
        early = asyncio.create_task(site.view("bob"))
        await asyncio.sleep(0)
        status = Status.AWAY if number % 2 else Status.OFFLINE
        await site.set("ada", status)
        assert await site.status("ada") is status
        await early
