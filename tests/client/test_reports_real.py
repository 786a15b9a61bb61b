"""Reports of a real server, by both doors, beside those of a fake that saw the same: they say the same."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.fakes import START, FakeClock
from tests.servers import running

from onduty_client import AsyncClient, Bucket, InvalidField, OndutyError, Status, TimeGroup
from onduty_client.testing import FakeAsyncClient
from onduty_server.app.ports.reports import Tally, TallyQuery
from onduty_server.app.ports.store import StoreOptions
from onduty_server.process.application import Application
from onduty_server.stores.memory import MemoryStore
from onduty_server.transport.http.server import HttpListen

NOW = datetime.fromtimestamp(START / 1_000, UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


class Site:
    """A server and a fake, in which the same happens at the same time."""

    def __init__(self, application: Application, clock: FakeClock, clients: list[AsyncClient]) -> None:
        self._application = application
        self._clock = clock
        self._clients = clients
        self._fake = FakeAsyncClient()
        self._fake.service.now = NOW

    @property
    def now(self) -> datetime:
        return self._fake.service.now

    async def later(self, period: timedelta) -> None:
        self._clock.advance(period // timedelta(milliseconds=1))
        await self._application.sweeper.sweep_once()
        self._fake.service.now += period

    async def do(self, method: str, *arguments: Any, **options: Any) -> None:
        """Call both. What one refuses the other refuses."""
        outcomes = [
            await self._outcome(client, method, arguments, options) for client in (self._fake, self._clients[0])
        ]
        assert outcomes[0] == outcomes[1], (method, arguments, options)

    @staticmethod
    async def _outcome(client: AsyncClient, method: str, arguments: tuple[Any, ...], options: dict[str, Any]) -> str:
        try:
            await getattr(client, method)("acme", *arguments, **options)
        except OndutyError as error:
            return error.reason
        return ""

    async def check(self, method: str, *arguments: Any, **options: Any) -> None:
        """Ask for a report by every door, and compare."""
        answers = []
        for client in (self._fake, *self._clients):
            found = getattr(client, method)("acme", *arguments, **options)
            answers.append([it async for it in found] if isinstance(found, AsyncIterator) else await found)
        fake, *real = answers
        for each in real:
            assert each == fake, (method, arguments, options)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    clock = FakeClock()
    async with AsyncExitStack() as stack:
        application = await stack.enter_async_context(running(clock=clock, http=HttpListen("127.0.0.1:0")))
        targets = (f"127.0.0.1:{application.port}", f"http://127.0.0.1:{application.http_port}")
        clients = [await stack.enter_async_context(AsyncClient(target)) for target in targets]
        yield Site(application, clock, clients)


async def something_happens(site: Site, chance: random.Random) -> None:
    user_id, lease_id = chance.choice(("ann", "bob", "cid")), chance.choice(("a", "b"))
    ttl = chance.choice((40, 300, 3_600)) * SECOND
    status = chance.choice((Status.ONLINE, Status.AWAY, Status.OFFLINE))
    match chance.randrange(10):
        case 0 | 1:
            await site.do("record_activity", user_id)
        case 2:
            await site.do("set_status", user_id, status)
        case 3:
            await site.do("set_status", user_id, status, ttl=ttl)
        case 4 | 5:
            await site.do("keep_session", user_id, lease_id, ttl=ttl)
        case 6:
            await site.do("end_session", user_id, lease_id)
        case 7:
            await site.do("keep_engagement", user_id, lease_id, ttl=ttl)
        case 8:
            await site.do("update_user", user_id, team_id=chance.choice(("", "day", "night")))
        case _:
            if chance.random() < 0.3:
                await site.do("delete_user", user_id)


async def check_every_report(site: Site) -> None:
    whole = (NOW - HOUR, site.now + HOUR)
    part = (NOW + 17 * MINUTE, NOW + 95 * MINUTE)
    for group in TimeGroup:
        for start, end in (whole, part):
            for team_id in (None, "day"):
                await site.check("summarize_time_page", start, end, group=group, team_id=team_id)
    await site.check("summarize_time", *whole, bucket=Bucket.HOUR, time_zone="Asia/Kolkata", group=TimeGroup.USER)
    await site.check("summarize_time", *part, bucket=Bucket.QUARTER_HOUR, group=TimeGroup.TEAM, page_size=2)
    for team_id in (None, "night"):
        await site.check("count_by_status", *whole, step=Bucket.QUARTER_HOUR, team_id=team_id)
        await site.check("list_timelines", *part, team_id=team_id)
    await site.check("list_timelines_page", *whole)
    await site.check("get_account")


@pytest.mark.parametrize("seed", range(3))
async def test_a_fake_reports_what_a_server_would(seed: int, site: Site) -> None:
    chance = random.Random(seed)
    await site.do("update_workflow", enabled=True, disconnect_after=2 * MINUTE)
    await site.do("update_account", time_zone="America/St_Johns")
    for user_id in ("ann", "bob"):
        await site.do("record_activity", user_id)
    for _ in range(60):
        await something_happens(site, chance)
        await site.later(chance.choice((0, 1, 30, 200, 1_000)) * SECOND)
    await check_every_report(site)


class CrowdedStore(MemoryStore):
    """A real store that says that 10,000 people were there."""

    async def tally(self, account_id: str, query: TallyQuery) -> Tally:
        tally = await super().tally(account_id, query)
        return tally._replace(present=dict.fromkeys(tally.present, 10_000))


async def test_more_time_than_a_duration_holds_is_refused_by_both_doors_alike() -> None:
    clock = FakeClock()
    store = CrowdedStore(clock, StoreOptions(count_outage_as_inactivity=True))
    async with AsyncExitStack() as stack:
        application = await stack.enter_async_context(running(store, clock, http=HttpListen("127.0.0.1:0")))
        for target in (f"127.0.0.1:{application.port}", f"http://127.0.0.1:{application.http_port}"):
            client = await stack.enter_async_context(AsyncClient(target))
            await client.record_activity("acme", "ann")
            clock.advance(1_000)
            with pytest.raises(InvalidField, match=r"bucket.*10000 people.*10,000 years"):
                await client.summarize_time_page("acme", NOW - timedelta(days=400), NOW + HOUR)
            page = await client.summarize_time_page("acme", NOW - timedelta(days=365), NOW + HOUR)
            (bucket,) = page.items[0].buckets
            assert bucket.unknown + bucket.time_in(Status.ONLINE) == 10_000 * (bucket.end_time - bucket.start_time)
