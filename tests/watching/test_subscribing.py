"""How a watch begins with a store that takes its time to subscribe, as one over a network does: shared by whoever comes
meanwhile, given up with the last of them, and tried again after a failure.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.fakes import FakeClock
from tests.grpc.stores import Gate
from tests.watching.site import ACCOUNT, AWAY, OFFLINE, Site, opened, turns

from onduty_server.app.ports.event_log import Listener, Subscription
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.errors import StoreUnavailable
from onduty_server.stores.memory import MemoryStore


class DistantStore(MemoryStore):
    """Keeps who subscribes waiting on the way there, and on the way back, when events may already be told."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock, StoreOptions(count_outage_as_inactivity=True))
        self.there = Gate()
        self.back = Gate()
        self.asked = 0
        self.failures = 0
        """How many of those who subscribe next are to fail."""
        self.too_late = False
        """Whether who is cancelled on the way back has a subscription all the same."""

    async def subscribe(self, account_id: str, listener: Listener) -> Subscription:
        self.asked += 1
        await self.there.passed()
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable
        subscription = await super().subscribe(account_id, listener)
        try:
            await self.back.passed()
        except BaseException:
            if not self.too_late:
                subscription.cancel()
                raise
        return subscription


@pytest.fixture
def store(clock: FakeClock) -> DistantStore:
    return DistantStore(clock)


@pytest.fixture
async def site(store: DistantStore, clock: FakeClock) -> AsyncIterator[Site]:
    async with opened(store, clock) as site:
        await site.seen(3)
        yield site


@pytest.fixture(params=["there", "back"])
def gate(store: DistantStore, request: pytest.FixtureRequest) -> Gate:
    """Where the store keeps whoever subscribes."""
    gate: Gate = getattr(store, request.param)
    gate.shut()
    return gate


async def test_who_comes_while_the_first_subscribes_shares_its_subscription(
    site: Site, store: DistantStore, gate: Gate
) -> None:
    viewers = [site.follow(), site.follow(), site.follow("user-00001")]
    for viewer in viewers:
        assert await viewer.peek() is None
    later = site.follow()
    assert await later.peek() is None
    gate.open.set()
    for viewer in (*viewers, later):
        await viewer.read_snapshot()
    await site.set("user-00001", AWAY)
    for viewer in (*viewers, later):
        await viewer.read_events(1)
        await site.check(viewer)
        await viewer.leave()
    assert store.asked == 1


async def test_accounts_do_not_wait_for_each_other_s_subscriptions(site: Site, store: DistantStore, gate: Gate) -> None:
    waiting = site.follow()
    assert await waiting.peek() is None
    gate.open.set()
    await waiting.read_snapshot()
    gate.shut()
    other = site.follow(account_id="other")
    assert await other.peek() is None
    joining = site.follow()
    await joining.read_snapshot()
    gate.open.set()
    await other.read_snapshot()
    assert store.asked == 2
    for viewer in (waiting, other, joining):
        await viewer.leave()


async def test_what_happens_while_a_watcher_subscribes_is_shown_or_told_once(
    site: Site, store: DistantStore, gate: Gate
) -> None:
    viewer = site.follow()
    assert await viewer.peek() is None
    for number in range(5):
        await site.set("user-00001", AWAY, reason=str(number))
        await turns()
    gate.open.set()
    await site.check(viewer)
    await site.set("user-00001", OFFLINE)
    await site.check(viewer)
    await viewer.leave()


@pytest.mark.parametrize("missed", [0, 2])
async def test_who_resumes_is_told_of_what_happened_while_subscribing(
    site: Site, store: DistantStore, gate: Gate, missed: int
) -> None:
    gate.open.set()
    viewer = site.follow()
    await viewer.read_snapshot()
    await viewer.leave()
    gate.shut()
    for number in range(missed):
        await site.set("user-00001", AWAY, reason=f"before {number}")
    resumed = site.resume(viewer)
    assert await resumed.peek() is None
    for number in range(3):
        await site.set("user-00001", AWAY, reason=f"meanwhile {number}")
        await turns()
    gate.open.set()
    await resumed.read_events(missed + 3)
    tokens = [(viewer.token, viewer.follower), (resumed.token, resumed.follower.copy())]
    for _ in range(3):
        await site.check(resumed)
        tokens.append((resumed.token, resumed.follower.copy()))
    # Every token leads to what comes after it, and to nothing else.
    for token, follower in tokens:
        again = site.resume(resumed, token=token, follower=follower)
        await site.check(again)
        await again.leave()
    await resumed.leave()


async def test_a_watcher_who_goes_while_subscribing_leaves_nothing(site: Site, store: DistantStore, gate: Gate) -> None:
    viewer = site.follow()
    assert await viewer.peek() is None
    await gate.arrived.wait()
    await viewer.leave()
    await turns()
    assert gate.cancelled.is_set()
    site.assert_nobody_left()
    gate.open.set()
    again = site.follow()
    await again.read_snapshot()
    await site.check(again)
    await again.leave()
    assert store.asked == 2


async def test_a_subscription_that_comes_too_late_is_ended(site: Site, store: DistantStore) -> None:
    store.back.shut()
    store.too_late = True
    viewer = site.follow()
    assert await viewer.peek() is None
    await viewer.leave()
    await turns()
    assert store.back.cancelled.is_set()
    site.assert_nobody_left()


async def test_the_first_may_go_while_subscribing_and_the_others_go_on(
    site: Site, store: DistantStore, gate: Gate
) -> None:
    first, second = site.follow(), site.follow()
    assert await first.peek() is None
    assert await second.peek() is None
    await first.leave()
    assert site.watching.watches == 1
    assert await second.peek() is None
    assert not gate.cancelled.is_set()
    gate.open.set()
    await second.read_snapshot()
    await site.set("user-00001", AWAY)
    await site.check(second)
    await second.leave()
    assert store.asked == 1


async def test_who_comes_right_after_the_last_has_gone_subscribes_anew(
    site: Site, store: DistantStore, gate: Gate
) -> None:
    gone, newcomer = site.follow(), site.follow()
    assert await gone.peek() is None
    await gone.leave()
    # The subscription that was given up has not had a turn to end.
    assert await newcomer.peek() is None
    assert gate.cancelled.is_set()
    gate.open.set()
    await newcomer.read_snapshot()
    await site.check(newcomer)
    await newcomer.leave()
    assert store.asked == 2


async def test_a_failure_ends_the_watches_that_waited_for_it_and_the_next_tries_again(
    site: Site, store: DistantStore
) -> None:
    store.there.shut()
    store.failures = 2
    viewers = [site.follow(), site.follow("user-00001")]
    for viewer in viewers:
        assert await viewer.peek() is None
    store.there.open.set()
    for viewer in viewers:
        with pytest.raises(StoreUnavailable):
            await viewer.read()
    await turns()
    site.assert_nobody_left()
    with pytest.raises(StoreUnavailable):
        await site.follow().read()
    assert store.asked == 2
    again = site.follow()
    await again.read_snapshot()
    await site.check(again)
    await again.leave()
    assert store.asked == 3


@pytest.mark.parametrize("turns_later", range(5))
async def test_a_failure_is_not_passed_on_to_who_comes_after_it(
    site: Site, store: DistantStore, turns_later: int
) -> None:
    """Even before those who waited for it have heard; and they take nothing with them when they go."""
    store.there.shut()
    store.failures = 1
    unlucky = site.follow()
    assert await unlucky.peek() is None
    store.there.open.set()
    await turns(turns_later)
    newcomer = site.follow()
    pulled = newcomer._pull()
    with pytest.raises(StoreUnavailable):
        await unlucky.read()
    await asyncio.wait([pulled])
    await newcomer.read_snapshot()
    await site.check(newcomer)
    await newcomer.leave()
    assert store.asked == 2


async def test_a_failure_that_nobody_waits_for_any_more_is_nobody_s(site: Site, store: DistantStore) -> None:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    for count in range(6):
        store.there.shut()
        store.failures = 1
        viewer = site.follow()
        assert await viewer.peek() is None
        store.there.open.set()
        await turns(count)
        pulled = viewer._pull()
        pulled.cancel()
        await asyncio.wait([pulled])
        if not pulled.cancelled():
            assert isinstance(pulled.exception(), StoreUnavailable)
        await viewer.leave()
        await turns()
        site.assert_nobody_left()
        del pulled, viewer
        gc.collect()
    assert complaints == []


async def test_watches_that_are_subscribing_end_when_the_server_drains(
    site: Site, store: DistantStore, gate: Gate
) -> None:
    first = site.follow()
    gate.open.set()
    await first.read_snapshot()
    await first.leave()
    gate.shut()
    viewers = [site.follow(), site.resume(first)]
    read = len(first.messages)
    for viewer in viewers:
        assert await viewer.peek() is None
    site.watching.drain()
    for viewer in viewers:
        await viewer.end()
    assert len(first.messages) == read and not viewers[0].messages and not viewers[1].messages
    await turns()
    assert gate.cancelled.is_set()
    site.assert_nobody_left()
    late = site.follow(account_id=f"{ACCOUNT}-2")
    await late.end()
    assert store.asked == 2
