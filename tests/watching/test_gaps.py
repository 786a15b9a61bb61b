"""A store that no longer keeps what it should tell of next: whoever watches begins anew rather than miss it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest
from tests.fakes import FakeClock
from tests.watching.site import AWAY, OFFLINE, ONLINE, Site, opened, turns

from onduty_server.app.ports.event_log import Listener, Subscription
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.record import AccountEvent
from onduty_server.stores.memory import MemoryStore


class ForgetfulStore(MemoryStore):
    """Tells its listeners nothing of some revisions, as if they had been dropped from history before."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock, StoreOptions(count_outage_as_inactivity=True))
        self.forgotten = range(0)

    async def subscribe(self, account_id: str, listener: Listener) -> Subscription:
        def tell(events: Sequence[AccountEvent]) -> None:
            kept = [event for event in events if event.revision not in self.forgotten]
            if kept:
                listener(kept)

        return await super().subscribe(account_id, tell)


@pytest.fixture
def store(clock: FakeClock) -> ForgetfulStore:
    return ForgetfulStore(clock)


@pytest.fixture
async def site(store: ForgetfulStore, clock: FakeClock) -> AsyncIterator[Site]:
    async with opened(store, clock) as site:
        yield site


@pytest.mark.parametrize("users", [(), ("user-00001",)])
async def test_who_cannot_be_told_of_everything_is_sent_a_new_snapshot(
    site: Site, store: ForgetfulStore, users: tuple[str, ...]
) -> None:
    names = await site.seen(3)
    viewer = site.follow(*users)
    await viewer.read_snapshot()
    # Revisions 1 to 3 brought the users; 6 to 9 are lost.
    store.forgotten = range(6, 10)
    for number in range(12):
        await site.set(names[1], (AWAY, OFFLINE, ONLINE)[number % 3])
        await turns()
        if number < 2:
            await viewer.read_all()
    await site.check(viewer)
    assert viewer.follower.snapshots == 2
    await viewer.leave()
