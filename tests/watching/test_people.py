"""People who are renamed, moved between teams and erased, and accounts that are, as watchers are told of it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from tests.fakes import FakeClock
from tests.stores.backends import Backend
from tests.watching.site import ACCOUNT, AT_ONCE, AWAY, ONLINE, SECOND, Site, opened, opened_at, turns, until

from onduty.v1 import status_pb2 as pb
from onduty_server.app.ports.event_log import Listener, Subscription
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.watching.limits import WatchLimits
from onduty_server.domain.errors import ResumeTokenExpired
from onduty_server.domain.record import AccountEvent, StatusChange, UserChange
from onduty_server.stores.memory import MemoryStore
from onduty_server.stores.resident.store import ResidentStore

OPTIONS = StoreOptions(count_outage_as_inactivity=True)
PAGES_OF_TWO = replace(AT_ONCE, snapshot_page=2, snapshot_workflows=2)
ERASURE_WAIT_MS = WatchLimits().erasure_wait_ms


@asynccontextmanager
async def standing(limits: WatchLimits = AT_ONCE, store: MemoryStore | None = None) -> AsyncIterator[Site]:
    clock = FakeClock()
    async with opened(store or MemoryStore(clock, OPTIONS), clock, limits) as site:
        yield site


def held_in_memory(site: Site) -> set[str]:
    """The users of whom the ring of the account holds events."""
    items = site.watching._channels[ACCOUNT].ring._items
    changes = [event.change for item in items for event in item.message.events]
    return {change.user_id for change in changes if isinstance(change, StatusChange | UserChange)}


def users_of(pages: Sequence[pb.WatchStatusesResponse]) -> list[str]:
    return [status.user_id for page in pages for status in page.snapshot.user_statuses]


async def put_workflow(site: Site, team_id: str, away_after_ms: int) -> None:
    await site.service.update_workflow(ACCOUNT, {"enabled": True, "away_after_ms": away_after_ms}, team_id=team_id)


async def test_a_snapshot_shows_names_teams_and_every_workflow_in_pages() -> None:
    async with standing(PAGES_OF_TWO) as site:
        await site.seen(3)
        await site.name("user-00001", "Zoë", "night")
        await put_workflow(site, "", 600 * SECOND)
        for team in ("a", "b", "c", "d", "e"):
            await put_workflow(site, team, 60 * SECOND)
        await site.service.delete_workflow(ACCOUNT, "b")
        viewer = site.follow()
        pages = await viewer.read_snapshot()
        assert [len(page.snapshot.team_workflows) for page in pages] == [2, 2]
        assert [page.snapshot.HasField("workflow") for page in pages] == [True, False]
        named = pages[0].snapshot.user_statuses[1]
        assert (named.display_name, named.team_id) == ("Zoë", "night")
        await site.check(viewer)
        assert list(viewer.follower.team_workflows) == ["a", "c", "d", "e"]
        await viewer.leave()


async def test_more_workflows_than_pages_of_people_have_pages_of_their_own() -> None:
    async with standing(PAGES_OF_TWO) as site:
        for team in ("a", "b", "c", "d", "e"):
            await put_workflow(site, team, 60 * SECOND)
        viewer = site.follow()
        pages = await viewer.read_snapshot()
        assert [len(page.snapshot.team_workflows) for page in pages] == [2, 2, 1] and not users_of(pages)
        await site.check(viewer)
        await viewer.leave()


async def test_watchers_are_told_of_names_moves_and_the_workflows_of_teams() -> None:
    async with standing() as site:
        await site.seen(3)
        await put_workflow(site, "", 600 * SECOND)
        everybody, some = site.follow(), site.follow("user-00002", "nobody-yet")
        await everybody.read_snapshot()
        await some.read_snapshot()
        await put_workflow(site, "night", 60 * SECOND)
        site.clock.advance(90 * SECOND)
        await site.name("user-00001", "Ann", "night")
        await site.name("user-00002", "Ben")
        await site.name("user-00002", "Ben")  # no change
        await put_workflow(site, "night", 30 * SECOND)
        await site.service.delete_workflow(ACCOUNT, "night")
        told = [change.WhichOneof("change") for change in await everybody.read_events(6)]
        assert told == [
            *("workflow_change", "user_change", "status_change", "user_change", "workflow_change", "workflow_change")
        ]
        assert everybody.follower.states["user-00001"].status == pb.STATUS_AWAY
        of_some = await some.read_events(4)
        assert [change.user_change.display_name for change in of_some if change.HasField("user_change")] == ["Ben"]
        assert of_some[-1].workflow_change.deleted and of_some[-1].workflow_change.team_id == "night"
        for viewer in (everybody, some):
            await site.check(viewer)
            await viewer.leave()


async def test_whoever_resumes_is_told_the_same_from_the_history() -> None:
    async with standing() as site:
        await site.seen(2)
        viewer = site.follow()
        await viewer.read_snapshot()
        await viewer.leave()
        await site.name("user-00000", "Ann", "day")
        await site.name("user-00000", "Anna", "night")
        await put_workflow(site, "night", 60 * SECOND)
        resumed = site.resume(viewer)
        told = [change.WhichOneof("change") for change in await resumed.read_events(3)]
        assert told == ["user_change", "user_change", "workflow_change"]
        await site.check(resumed)
        await resumed.leave()


async def test_an_erasure_is_told_and_then_nothing_of_the_person_is_in_memory() -> None:
    async with standing() as site:
        await site.seen(3)
        watchers = [site.follow(), site.follow("user-00001"), site.follow("user-00002")]
        for viewer in watchers:
            await viewer.read_snapshot()
        await site.set("user-00001", AWAY, reason="lunch")
        await site.name("user-00001", "Ann")
        await turns()
        assert held_in_memory(site) == {"user-00001"}
        erasing = asyncio.create_task(site.erase("user-00001"))
        (*_, erased) = await watchers[0].read_events(3)
        assert (erased.user_change.user_id, erased.user_change.erased) == ("user-00001", True)
        await turns()
        assert not erasing.done(), "another watcher has yet to be told"
        await watchers[1].read_events(3)
        for viewer in watchers:
            assert await viewer.peek() is None
        await erasing
        assert held_in_memory(site) == set()
        assert not watchers[2].follower.events, "it is told of its own user only"
        await site.set("user-00000", AWAY)
        for viewer in watchers:
            await site.check(viewer)
            assert viewer.follower.snapshots == 1
            await viewer.leave()


async def test_an_erasure_waits_a_second_for_a_watcher_that_does_not_read() -> None:
    async with standing() as site:
        await site.seen(2)
        slow, fast = site.follow(), site.follow()
        for viewer in (slow, fast):
            await viewer.read_snapshot()
        erasing = asyncio.create_task(site.erase("user-00001"))
        await fast.read_events(1)
        assert await fast.peek() is None
        site.clock.advance(ERASURE_WAIT_MS - 1)
        await turns()
        assert not erasing.done()
        site.clock.advance(1)
        await erasing
        assert held_in_memory(site) == set()
        assert users_of(await slow.read_snapshot()) == ["user-00000"]
        # Whoever is not told any more does not hold up the next one.
        stuck = site.follow()
        await stuck.read_snapshot()
        for viewer in (slow, fast, stuck):
            await site.check(viewer)
            await viewer.leave()


async def test_nobody_who_watches_nothing_holds_up_an_erasure() -> None:
    async with standing() as site:
        await site.seen(2)
        await site.erase("user-00001")
        gone = site.follow()
        await gone.read_snapshot()
        erasing = asyncio.create_task(site.erase("user-00000"))
        await turns()
        await gone.leave()
        await erasing


async def test_a_token_from_before_an_erasure_is_good_for_a_new_snapshot() -> None:
    async with standing() as site:
        await site.seen(2)
        viewer = site.follow()
        await viewer.read_snapshot()
        await site.set("user-00001", AWAY)
        await viewer.read_events(1)
        before = viewer.follower.copy()
        token = viewer.token
        await site.set("user-00001", ONLINE)
        await viewer.leave()
        await site.erase("user-00001")
        for filtered in ((), ("user-00000",)):
            if filtered:
                viewer = site.follow(*filtered)
                await viewer.read_snapshot()
                await viewer.leave()
            resumed = site.resume(viewer) if filtered else site.resume(viewer, token=token, follower=before)
            if not filtered:
                assert users_of(await resumed.read_snapshot()) == ["user-00000"]
            await site.set("user-00000", AWAY if filtered else ONLINE, reason="x")
            await site.check(resumed)
            await resumed.leave()
        assert site.watching.figures().restarts == 0, "nobody has fallen behind"


@pytest.mark.parametrize("page", [0, 1])
@pytest.mark.parametrize("comes_back", [False, True], ids=["for good", "and back"])
async def test_somebody_may_be_erased_between_the_pages_of_a_snapshot(page: int, comes_back: bool) -> None:
    async with standing(PAGES_OF_TWO) as site:
        await site.seen(5)
        viewer = site.follow()
        assert not (await viewer.read()).snapshot.last
        user = f"user-{page * 2:05}"
        erasing = asyncio.create_task(site.erase(user))
        await turns()
        if comes_back:
            await site.set(user, AWAY)
        while not (await viewer.read()).snapshot.last:
            pass
        await viewer.read_all()
        await erasing
        await site.check(viewer)
        assert (user in viewer.follower.states) == comes_back
        assert viewer.follower.snapshots == 1
        await viewer.leave()


async def test_a_snapshot_that_takes_longer_than_an_erasure_waits_begins_again() -> None:
    async with standing(PAGES_OF_TWO) as site:
        await site.seen(5)
        viewer = site.follow()
        await viewer.read()
        erasing = asyncio.create_task(site.erase("user-00000"))
        await turns()
        site.clock.advance(ERASURE_WAIT_MS)
        await erasing
        assert held_in_memory(site) == set()
        await site.check(viewer)
        assert viewer.follower.snapshots == 2
        await viewer.leave()


async def test_many_may_be_erased_at_once() -> None:
    async with standing() as site:
        users = await site.seen(200)
        watchers = [site.follow() for _ in range(5)]
        for viewer in watchers:
            await viewer.read_snapshot()
        erasing = asyncio.gather(*map(site.erase, users[:150]))
        while not erasing.done():
            for viewer in watchers:
                await viewer.peek()
        await erasing
        assert held_in_memory(site) == set()
        for viewer in watchers:
            await site.check(viewer)
            assert viewer.follower.snapshots == 1 and len(viewer.follower.states) == 50
            await viewer.leave()


async def test_the_watchers_of_an_erased_account_are_shown_an_empty_one_and_then_the_next() -> None:
    async with standing() as site:
        await site.seen(3)
        await put_workflow(site, "night", 60 * SECOND)
        viewer = site.follow()
        await viewer.read_snapshot()
        token, before = viewer.token, viewer.follower.copy()
        await site.service.delete_account(ACCOUNT)
        (page,) = await viewer.read_snapshot()
        assert not page.snapshot.user_statuses and not page.snapshot.team_workflows
        assert page.snapshot.workflow.etag == "w0"
        await site.set("ann", AWAY)
        (first,) = await viewer.read_events(1)
        assert first.status_change.user_id == "ann"
        await viewer.leave()
        # A token of the erased account leads to nothing of it.
        resumed = site.resume(viewer, token=token, follower=before)
        with pytest.raises(ResumeTokenExpired):
            await resumed.read()
        await resumed.leave()
        assert site.watching.figures().restarts == 0


async def test_an_account_may_be_erased_between_the_pages_of_a_snapshot() -> None:
    async with standing(PAGES_OF_TWO) as site:
        await site.seen(5)
        viewer = site.follow()
        await viewer.read()
        await site.service.delete_account(ACCOUNT)
        await turns()
        while not (await viewer.read()).snapshot.last:
            pass
        (page,) = await viewer.read_snapshot()
        assert not page.snapshot.user_statuses
        await site.set("ann", AWAY)
        await viewer.read_events(1)
        assert list(viewer.follower.states) == ["ann"]
        await viewer.leave()


class Silent(MemoryStore):
    """Tells listeners of an erasure as another process would be told of it: without whom."""

    async def subscribe(self, account_id: str, listener: Listener) -> Subscription:
        def nameless(events: Sequence[AccountEvent]) -> None:
            listener([self._without_user(event) for event in events])

        return await super().subscribe(account_id, nameless)

    @staticmethod
    def _without_user(event: AccountEvent) -> AccountEvent:
        change = event.change
        if isinstance(change, UserChange) and change.erased:
            return event._replace(change=change._replace(user_id=""))
        return event


async def test_an_erasure_that_does_not_tell_of_whom_begins_every_watch_anew() -> None:
    clock = FakeClock()
    async with opened(Silent(clock, OPTIONS), clock) as site:
        await site.seen(2)
        watchers = [site.follow(), site.follow("user-00000")]
        for viewer in watchers:
            await viewer.read_snapshot()
        await site.erase("user-00001")
        for viewer in watchers:
            assert users_of(await viewer.read_snapshot()) == ["user-00000"]
            await site.set("user-00000", AWAY, reason=str(id(viewer)))
        for viewer in watchers:
            await site.check(viewer)
            await viewer.leave()


async def test_an_erasure_is_told_whatever_keeps_the_account(backend: Backend) -> None:
    async with opened_at(backend) as site:
        await site.seen(3)
        watchers = [site.follow(), site.follow("user-00001"), site.follow("user-00002")]
        for viewer in watchers:
            await viewer.read_snapshot()
        await site.set("user-00001", AWAY, reason="lunch")
        erasing = asyncio.create_task(site.erase("user-00001"))
        while not erasing.done():
            for viewer in watchers:
                await viewer.peek()
        await erasing
        assert held_in_memory(site) == set()
        for viewer in watchers:
            await site.check(viewer)
            assert "user-00001" not in viewer.follower.states
        await site.service.delete_account(ACCOUNT)
        for viewer in watchers:
            while viewer.follower.states:
                await viewer.read()
        await site.set("user-00001", AWAY)
        for viewer in watchers:
            await site.catch_up(viewer)
            assert list(viewer.follower.states) == ["user-00001"][: len(viewer.follower.states)]
            await viewer.leave()


@pytest.mark.parametrize("seed", range(3))
async def test_random_people_moves_and_erasures_leave_every_watcher_knowing_the_truth(
    seed: int, backend: Backend
) -> None:
    dice = random.Random(seed)
    names, teams = [f"user-{number}" for number in range(12)], ["", "day", "night"]
    async with opened_at(backend, replace(AT_ONCE, snapshot_page=3, ring_events_max=12)) as site:
        watchers = [site.follow(*chosen) for chosen in ((), (), names[:3], names[3:5])]
        await put_workflow(site, "", 600 * SECOND)
        for _ in range(250 if isinstance(site.store, ResidentStore) else 40):
            await _anything(site, dice, names, teams)
            for number, viewer in enumerate(watchers):
                match dice.randrange(6):
                    case 0 if viewer.messages and not viewer.follower.in_snapshot:
                        await viewer.leave()
                        watchers[number] = site.resume(viewer)
                    case 1 | 2 | 3:
                        await viewer.peek()
        for viewer in watchers:
            await site.check(viewer)
            await viewer.leave()


async def _erased_at_last(site: Site, erasing: asyncio.Task[None]) -> None:
    """Let time go on until nobody is waited for any more."""

    def ended() -> bool:
        site.clock.advance(ERASURE_WAIT_MS // 2)
        return erasing.done()

    await until(ended)
    await erasing


async def _anything(site: Site, dice: random.Random, names: list[str], teams: list[str]) -> None:
    user, known = dice.choice(names), list(await site.statuses())
    match dice.randrange(8):
        case 0 | 1:
            await site.set(user, dice.choice([ONLINE, AWAY]))
        case 2:
            await site.service.record_activity(ACCOUNT, user)
        case 3 | 4 if known:
            await site.name(dice.choice(known), dice.choice(["", "Ann", "Ben"]), dice.choice(teams))
        case 5 if known:
            await _erased_at_last(site, asyncio.create_task(site.erase(dice.choice(known))))
        case 6:
            await put_workflow(site, dice.choice(teams), dice.choice([30, 60, 600]) * SECOND)
        case 7:
            await site.service.delete_workflow(ACCOUNT, dice.choice(teams[1:]))
        case _:
            site.clock.advance(dice.randrange(90) * SECOND)
            await site.settle()
