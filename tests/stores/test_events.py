"""What happens to an account, as listeners are told of it, and as those read it who were not there."""

from __future__ import annotations

import asyncio

import pytest
from tests.stores.backends import Backend
from tests.stores.site import ACCOUNT, AWAY_ONLY, BOTH, DAY, HOUR, MINUTE, SECOND, Site

from onduty_server.app.ports.event_log import Subscription
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.errors import ResumeTokenExpired
from onduty_server.domain.record import AccountEvent
from onduty_server.domain.status import Status

HEARS_WITHIN_S = 10.0


class Listening:
    """A listener of an account, and all that it was told."""

    subscription: Subscription

    def __init__(self) -> None:
        self.told: list[AccountEvent] = []
        self.batches: list[int] = []
        self._news = asyncio.Event()

    @classmethod
    async def to(cls, site: Site, account: str = ACCOUNT) -> Listening:
        """Somebody who listens from now on."""
        listening = cls()
        listening.subscription = await site.store.subscribe(account, listening._listen)
        return listening

    def _listen(self, events: object) -> None:
        assert isinstance(events, list)
        self.batches.append(len(events))
        self.told.extend(events)
        self._news.set()

    async def has_heard(self, site: Site) -> None:
        """Wait until told of all that is committed: it may still be on its way to the listeners."""
        revision = (await read(site))[-1].revision
        async with asyncio.timeout(HEARS_WITHIN_S):
            while not self.told or self.told[-1].revision < revision:
                self._news.clear()
                await self._news.wait()

    def is_complete(self) -> None:
        """Told of every revision since the subscription, once and in order."""
        first = self.subscription.revision + 1
        assert [event.revision for event in self.told] == list(range(first, first + len(self.told)))


async def read(site: Site, after: int = 0, limit: int = 1_000) -> list[AccountEvent]:
    """All events after a revision, in steps of `limit`."""
    found: list[AccountEvent] = []
    while events := await site.store.events(ACCOUNT, after, limit):
        assert len(events) <= limit
        found.extend(events)
        after = events[-1].revision
    return found


async def busy_hour(site: Site) -> None:
    await site.configure(BOTH)
    await site.populate(["ada", "bob", "carol"])
    site.advance(15 * MINUTE)
    await site.set("bob", Status.ONLINE, actor="grace", reason="back")
    await site.sweep()
    await site.configure(away_after_ms=5 * MINUTE)
    site.advance(45 * MINUTE)
    await site.activity("dan")
    await site.sweep()
    await site.configure(enabled=False)
    await site.store.heartbeat()


@pytest.mark.cluster
async def test_a_listener_is_told_of_everything_once_in_order(site: Site) -> None:
    listening = await Listening.to(site)
    await busy_hour(site)
    await listening.has_heard(site)
    listening.is_complete()
    history = await site.history()
    assert [event.change for event in listening.told if event.position >= 0] == history
    workflows = [event for event in listening.told if event.position < 0]
    assert len(workflows) == 3
    assert workflows[-1].change == await site.store.workflow(ACCOUNT)
    users = [view.user_id for view in await site.views()]
    assert all(
        users[event.position] == getattr(event.change, "user_id", None)
        for event in listening.told
        if event.position >= 0
    )
    assert all(listening.batches), "never called for nothing"


@pytest.mark.parametrize("limit", [1, 2, 1_000])
async def test_what_is_read_afterwards_is_what_listeners_were_told(site: Site, limit: int) -> None:
    listening = await Listening.to(site)
    await busy_hour(site)
    await listening.has_heard(site)
    assert await read(site, limit=limit) == listening.told
    for after in (1, 4, len(listening.told) - 1, len(listening.told)):
        assert await read(site, after, limit) == listening.told[after:]


async def test_a_listener_is_told_of_what_comes_after_its_subscription(site: Site) -> None:
    await site.populate(["ada", "bob"])
    listening = await Listening.to(site)
    assert listening.subscription.revision == 2
    await listening.subscription.durable()
    await site.set("ada", Status.AWAY)
    await site.store.heartbeat()
    await listening.has_heard(site)
    assert [event.revision for event in listening.told] == [3]


async def test_a_listener_is_not_told_of_what_it_knows_while_others_still_are(site: Site) -> None:
    first = await Listening.to(site)
    for number in range(20):
        # How far the others were told by then is up to the store.
        changing = asyncio.create_task(site.set("ada", Status.AWAY if number % 2 else Status.ONLINE))
        for _ in range(number % 4):
            await asyncio.sleep(0)
        later = await Listening.to(site)
        await changing
        await site.activity(f"user-{number}")
        await site.store.heartbeat()
        await later.has_heard(site)
        await first.has_heard(site)
        later.is_complete()
        first.is_complete()
        assert later.told == first.told[later.subscription.revision :]
        assert len(later.told) >= 1
        later.subscription.cancel()


async def test_a_listener_who_has_gone_is_told_nothing_and_the_others_go_on(site: Site) -> None:
    first, second = await Listening.to(site), await Listening.to(site)
    await site.activity("ada")
    await site.store.heartbeat()
    await first.has_heard(site)
    first.subscription.cancel()
    await site.set("ada", Status.AWAY)
    await site.store.heartbeat()
    await second.has_heard(site)
    assert (len(first.told), len(second.told)) == (1, 2)
    second.subscription.cancel()
    await site.set("ada", Status.ONLINE)
    third = await Listening.to(site)
    await site.set("ada", Status.OFFLINE)
    await site.store.heartbeat()
    await third.has_heard(site)
    assert (len(first.told), len(second.told)) == (1, 2)
    assert [event.revision for event in third.told] == [4]


@pytest.mark.cluster
async def test_listeners_of_one_account_are_not_told_of_another(site: Site) -> None:
    listening = await Listening.to(site)
    await site.activity("ada", account="other")
    await site.configure(BOTH, account="other")
    await site.store.heartbeat()
    assert listening.told == []
    assert await read(site) == []


async def test_what_is_told_was_durable(crashing: Site) -> None:
    site = crashing
    listening = await Listening.to(site)
    await site.configure(AWAY_ONLY)
    await site.populate([f"user-{number}" for number in range(50)])
    site.advance(10 * MINUTE)
    await asyncio.gather(*(site.store.settle_due(5) for _ in range(5)))
    told = list(listening.told)
    await site.backend.crash()
    await site.backend.open(StoreOptions(count_outage_as_inactivity=True))
    assert (await read(site))[: len(told)] == told


@pytest.mark.cluster
async def test_events_outlive_a_restart(kept: Site) -> None:
    site = kept
    listening = await Listening.to(site)
    await busy_hour(site)
    await listening.has_heard(site)
    await site.backend.reopen(StoreOptions(count_outage_as_inactivity=True))
    assert await read(site) == listening.told


@pytest.mark.cluster
async def test_a_key_for_tokens_is_kept_with_the_data(kept: Site) -> None:
    key = kept.store.token_key
    assert len(key) >= 16
    await kept.backend.reopen()
    assert kept.store.token_key == key


async def test_a_revision_that_the_account_never_had_is_refused(site: Site) -> None:
    with pytest.raises(ResumeTokenExpired):
        await site.store.events(ACCOUNT, 1, 10)
    await site.activity("ada")
    assert list(await site.store.events(ACCOUNT, 1, 10)) == []
    with pytest.raises(ResumeTokenExpired):
        await site.store.events(ACCOUNT, 2, 10)


async def test_reading_from_before_what_is_kept_is_refused(backend: Backend) -> None:
    await backend.open(StoreOptions(count_outage_as_inactivity=True, history_retention_ms=DAY))
    site = Site(backend)
    await site.configure(BOTH)
    await site.activity("ada")
    for _ in range(3):
        # Without a heartbeat for longer, it might be the clock that is wrong.
        site.advance(DAY)
        await site.store.heartbeat()
    await site.activity("bob")
    while len(await site.history()) > 1:
        pass  # forgetting may take a store a moment
    with pytest.raises(ResumeTokenExpired):
        await read(site, 0)
    assert [event.revision for event in await read(site, 2)] == [3]


@pytest.mark.cluster
async def test_what_is_not_settled_holds_back_how_far_listeners_are(site: Site) -> None:
    assert await site.store.settled_until(ACCOUNT) == site.now - 1, "of an account never seen everything is known"
    await site.configure(AWAY_ONLY)
    listening = await Listening.to(site)
    await site.populate([f"user-{number}" for number in range(300)])
    await site.store.heartbeat()
    assert await site.store.settled_until(ACCOUNT) == site.now - 1
    site.advance(10 * MINUTE)
    due = site.now
    for _ in range(3):
        until = await site.store.settled_until(ACCOUNT)
        assert until is None or until < due
        await site.store.settle_due(50)
    await site.sweep()
    await site.store.heartbeat()
    assert await site.store.settled_until(ACCOUNT) == site.now - 1
    site.advance(1)
    assert await site.store.settled_until(ACCOUNT) == due
    assert len([event for event in listening.told if getattr(event.change, "effective_time", 0) == due]) == 300


async def test_how_far_listeners_are_does_not_pass_over_what_was_due_under_a_replaced_workflow(site: Site) -> None:
    await site.configure(AWAY_ONLY)
    await site.populate([f"user-{number}" for number in range(400)])
    site.advance(10 * MINUTE)
    due = site.now
    await site.configure(away_after_ms=HOUR)
    site.advance(SECOND)
    until = await site.store.settled_until(ACCOUNT)
    assert until is None or until < due
    await site.sweep()
    await site.store.heartbeat()
    assert await site.store.settled_until(ACCOUNT) == site.now - 1


async def test_a_page_of_a_list_says_which_changes_are_in_it(site: Site) -> None:
    await site.populate(["ada", "bob"])
    assert (await site.store.scan(ACCOUNT, (), 0, 1)).revision == 2
    await site.set("bob", Status.AWAY)
    page = await site.store.scan(ACCOUNT, (), 1, 1)
    assert (page.revision, page.views[0].status) == (3, Status.AWAY)
