"""How often bookmarks come to whom, what that asks of the store, and who waits for them."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from itertools import pairwise

import pytest
from tests.fakes import FakeClock
from tests.watching.site import ACCOUNT, AWAY, BOOKMARK_INTERVAL_MS, BOOKMARK_SILENCE_MS, Site, Viewer, opened, turns

from onduty_server.app.ports.event_log import Listener, Subscription
from onduty_server.app.ports.history import Place
from onduty_server.app.watching.tokens import ResumeTokens
from onduty_server.domain.errors import InvalidField, StoreUnavailable
from onduty_server.stores.memory import MemoryStore
from onduty_server.transport import convert

STEP_MS = 50


class CountingStore(MemoryStore):
    """Counts how often it is asked how far watchers have been told; for some accounts it does not answer."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.asked: Counter[str] = Counter()
        self.hanging: set[str] = set()
        self.failing = False

    async def settled_until(self, account_id: str) -> int | None:
        self.asked[account_id] += 1
        if account_id in self.hanging:
            await asyncio.get_running_loop().create_future()
        if self.failing:
            raise StoreUnavailable
        return await super().settled_until(account_id)


class LateStore(MemoryStore):
    """Tells listeners of nothing, as one over a network may do for a while."""

    async def subscribe(self, account_id: str, listener: Listener) -> Subscription:
        return await super().subscribe(account_id, lambda _: None)


async def joined(viewer: Viewer) -> Viewer:
    """A viewer who follows, with or without a bookmark yet."""
    await viewer.read_snapshot()
    assert all(message.HasField("bookmark") for message in await viewer.read_all())
    return viewer


async def pass_time(site: Site, milliseconds: int, viewers: list[Viewer]) -> dict[Viewer, list[int]]:
    """Let time pass in small steps; the times at which each viewer was sent a bookmark, all of them exact."""
    # What came when another one joined.
    came = {viewer: [site.clock.now()] * len(await viewer.read_all()) for viewer in viewers}
    for _ in range(milliseconds // STEP_MS):
        site.clock.advance(STEP_MS)
        await site.store.heartbeat()
        await turns()
        for viewer in viewers:
            for message in await viewer.read_all():
                assert convert.from_timestamp("until", message.bookmark.effective_until) == site.clock.now() - 1
                came[viewer].append(site.clock.now())
    return came


def gaps(times: list[int]) -> list[int]:
    return [after - before for before, after in pairwise(times)]


@pytest.mark.parametrize("seed", range(3))
async def test_nobody_is_without_a_bookmark_for_longer_than_asked_for(clock: FakeClock, seed: int) -> None:
    """Watchers of one account ask for whatever they like, and come at any time."""
    pick = random.Random(seed)
    async with opened(CountingStore(clock), clock) as site:
        came: dict[Viewer, list[int]] = {}
        within: dict[Viewer, int] = {}
        at_once: dict[Viewer, bool] = {}
        for _ in range(6):
            within_ms = pick.choice([1_000, 1_700, 2_000, 3_300, 5_000, 30_000])
            viewer = await joined(site.follow(within_ms=within_ms))
            at_once[viewer] = viewer.messages[-1].HasField("bookmark")
            within[viewer], came[viewer] = within_ms, [site.clock.now()]
            for each, times in (await pass_time(site, pick.randrange(0, 4_000, STEP_MS), list(came))).items():
                came[each] += times
        for each, times in (await pass_time(site, 35_000, list(came))).items():
            came[each] += times
        for viewer, times in came.items():
            # The first one comes soon, whatever is asked for; or it came at once.
            assert at_once[viewer] or times[1] - times[0] <= 1_000
            assert max(gaps(times)) <= within[viewer]
            # And no more of them than there have to be: an interval of the rounds less, at the most.
            assert min(gaps(times)[1:]) >= within[viewer] - BOOKMARK_INTERVAL_MS - 150
            await viewer.leave()


async def test_the_store_is_asked_only_when_somebody_is_due(clock: FakeClock) -> None:
    store = CountingStore(clock)
    async with opened(store, clock) as site:
        patient = await joined(site.follow(within_ms=30_000))
        await pass_time(site, 60_000, [patient])
        assert store.asked[ACCOUNT] <= 5
        hasty = await joined(site.follow())
        before = store.asked[ACCOUNT]
        await pass_time(site, 9_000, [patient, hasty])
        assert 9 <= store.asked[ACCOUNT] - before <= 11
        await hasty.leave()
        before = store.asked[ACCOUNT]
        await pass_time(site, 60_000, [patient])
        assert store.asked[ACCOUNT] - before <= 4
        await patient.leave()


async def test_changes_are_sent_at_once_to_whoever_wants_few_bookmarks(clock: FakeClock) -> None:
    async with opened(CountingStore(clock), clock) as site:
        patient = await joined(site.follow(within_ms=30_000))
        await pass_time(site, 1_000, [patient])
        await site.set("ann", AWAY)
        await patient.read_events(1)
        assert await patient.peek() is None
        resumed = site.resume(patient)
        assert await resumed.peek() is None
        await site.check(resumed)
        for viewer in (patient, resumed):
            await viewer.leave()


async def test_a_bookmark_does_not_lead_back_to_before_what_its_watcher_knows_from_elsewhere(clock: FakeClock) -> None:
    store = LateStore(clock)
    async with opened(store, clock) as site:
        here = await joined(site.follow())
        await site.set("ann", AWAY)
        place = Place(1, site.watching._channels[ACCOUNT].ring.lineage)
        token = ResumeTokens(store.token_key, ACCOUNT, ()).after(place)
        # Another process has told of the change already.
        resumed = site.follow(token=token)
        assert await resumed.peek() is None
        site.clock.advance(BOOKMARK_INTERVAL_MS)
        for viewer, known in ((resumed, token), (here, here.messages[0].resume_token)):
            bookmark = await viewer.read()
            assert bookmark.HasField("bookmark") and bookmark.resume_token == known
            await viewer.leave()


async def test_an_account_for_which_the_store_does_not_answer_holds_up_no_other(clock: FakeClock) -> None:
    store = CountingStore(clock)
    store.hanging.add("hangs")
    async with opened(store, clock) as site:
        stuck, others = await joined(site.follow(account_id="hangs")), []
        for number in range(3):
            others.append(await joined(site.follow(account_id=f"account-{number}")))
        came = await pass_time(site, 5_000, [stuck, *others])
        assert came[stuck] == []
        assert all(len(came[viewer]) >= 5 for viewer in others)
        for viewer in (stuck, *others):
            await viewer.leave()


async def test_a_store_that_does_not_answer_ends_the_watches_of_the_patient_too_but_not_at_once(
    clock: FakeClock,
) -> None:
    store = CountingStore(clock)
    async with opened(store, clock) as site:
        patient = await joined(site.follow(within_ms=30_000))
        await pass_time(site, 2_000, [patient])
        store.failing = True
        while store.asked[ACCOUNT] < 3:
            site.clock.advance(BOOKMARK_INTERVAL_MS)
            await turns()
        failed_at = site.clock.now()

        async def wait_for_the_end() -> None:
            while site.clock.now() - failed_at <= BOOKMARK_SILENCE_MS:
                # The last time is repeated meanwhile.
                await patient.read_all()
                site.clock.advance(STEP_MS)
                await turns()

        with pytest.raises(StoreUnavailable):
            await wait_for_the_end()
        assert site.clock.now() - failed_at >= BOOKMARK_SILENCE_MS - 2 * BOOKMARK_INTERVAL_MS
        await patient.leave()


async def test_bookmarks_of_thousands_let_others_have_their_turn(clock: FakeClock) -> None:
    """All at once they would take as long as all their messages: a quarter of a second for 5,000."""
    async with opened(CountingStore(clock), clock) as site:
        viewers = [await joined(site.follow()) for _ in range(120)]
        turn = 0
        woken: Counter[int] = Counter()

        async def note(viewer: Viewer) -> None:
            await viewer.read()
            woken[turn] += 1

        reading = [asyncio.create_task(note(viewer)) for viewer in viewers]
        await turns()
        site.clock.advance(BOOKMARK_INTERVAL_MS)
        while not all(task.done() for task in reading):
            await asyncio.sleep(0)
            turn += 1
        assert max(woken.values()) <= 25
        assert sum(woken.values()) == len(viewers)
        for viewer in viewers:
            await viewer.leave()


async def test_few_bookmarks_are_no_lag(clock: FakeClock) -> None:
    """What watchers do without is not reported to whoever operates the server; what they are kept from is."""
    async with opened(CountingStore(clock), clock) as site:
        patient = await joined(site.follow(within_ms=30_000))
        for _ in range(200):
            await pass_time(site, 500, [patient])
            told_until = site.watching.figures().told_until
            assert told_until is None or site.clock.now() - told_until <= 1_000
        await patient.leave()


@pytest.mark.parametrize("within_ms", [0, 999, 30_001, -1])
async def test_a_time_out_of_range_is_refused(clock: FakeClock, within_ms: int) -> None:
    async with opened(CountingStore(clock), clock) as site:
        viewer = site.follow(within_ms=within_ms)
        with pytest.raises(InvalidField, match="between 1s and 30s"):
            await viewer.read()
        await viewer.leave()
