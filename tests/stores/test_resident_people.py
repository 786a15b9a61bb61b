"""Moves, teams and erasures that cannot be made durable are undone in memory, and nothing of the erased stays in it."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import pairwise

import pytest
from tests.fakes import FakeClock
from tests.stores.held_journal import HeldJournal
from tests.stores.held_site import START_OF_ADA, TEAMS, USERS, Site, opened, turns
from tests.stores.resident_index import check_index
from tests.stores.site import ACCOUNT, HOUR, MINUTE, SECOND

from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.domain.errors import AccountUnknown, DomainError, StoreUnavailable, UserUnknown
from onduty_server.domain.record import AccountEvent, ProfilePatch, UserRecord
from onduty_server.domain.status import Status, Then
from onduty_server.domain.workflow import WorkflowPatch
from onduty_server.stores.resident.deadlines import _waits
from onduty_server.stores.resident.user import ResidentUser


async def update(site: Site, user: str, **patch: str) -> None:
    await site.service.update_user(ACCOUNT, user, ProfilePatch(**patch), actor="kim")  # type: ignore[typeddict-item]


async def with_teams(flush_interval_ms: int = HOUR) -> Site:
    """As `opened`; Ben is in a team that has a workflow of its own, under which nothing is due yet."""
    site = await opened(flush_interval_ms)
    await update(site, "ben", display_name="Ben", team_id="day")
    await site.service.update_workflow(ACCOUNT, {"away_after_ms": 2 * MINUTE}, team_id="day", actor="ada")
    return site


async def a_move(site: Site) -> None:
    """Ada would be AWAY at once there, and then it is her team that has a workflow of its own no more."""
    await asyncio.gather(
        update(site, "ada", team_id="day"),
        site.service.delete_workflow(ACCOUNT, "day", actor="ada"),
        update(site, "ada", team_id="night", display_name="Ada"),
    )


async def there_and_back(site: Site) -> None:
    for team in ("day", "night", "day", ""):
        await asyncio.sleep(0)
        site.clock.advance(1)
        await asyncio.wait([asyncio.ensure_future(update(site, "ada", team_id=team))], timeout=0)
    raise StoreUnavailable


async def a_first_workflow(site: Site) -> None:
    await asyncio.gather(
        update(site, "ada", team_id="tea"),
        site.service.update_workflow(ACCOUNT, {"away_after_ms": SECOND}, team_id="tea"),
        site.service.update_workflow(ACCOUNT, {"away_after_ms": MINUTE}),
    )


async def an_erasure(site: Site) -> None:
    await site.service.delete_user(ACCOUNT, "ada")


async def an_erasure_after_a_move(site: Site) -> None:
    await asyncio.gather(
        update(site, "ada", team_id="tea", display_name="Ada"),
        site.service.delete_user(ACCOUNT, "ada"),
        site.service.delete_user(ACCOUNT, "ben"),
        site.service.record_activity(ACCOUNT, "ada"),
        update(site, "ada", team_id="day"),
    )


async def an_account(site: Site) -> None:
    await asyncio.gather(site.service.delete_user(ACCOUNT, "ben"), site.service.delete_account(ACCOUNT))


CHANGES: dict[str, Callable[[Site], Awaitable[object]]] = {
    "a move": a_move,
    "there and back": there_and_back,
    "a team's first workflow": a_first_workflow,
    "an erasure": an_erasure,
    "an erasure after a move, and a return": an_erasure_after_a_move,
    "an account": an_account,
}


@pytest.mark.parametrize("looked", [False, True], ids=["", "looked at before"])
@pytest.mark.parametrize("change", CHANGES)
async def test_a_change_of_people_that_cannot_be_written_is_undone(change: str, looked: bool) -> None:
    site = await with_teams()
    if looked:
        for team in ("", *TEAMS):
            await site.store.available(ACCOUNT, AvailabilityOrder.LONGEST_AVAILABLE, 10, team_id=team)
    site.clock.advance(500)
    left = await site.after_a_crash()
    told: list[AccountEvent] = []
    await site.store.subscribe(ACCOUNT, told.extend)
    revision = site.store._accounts[ACCOUNT].revision

    site.journal.hold()
    changing = asyncio.ensure_future(CHANGES[change](site))
    await turns()
    late: list[AccountEvent] = []
    subscribing = asyncio.ensure_future(site.store.subscribe(ACCOUNT, late.extend))
    reading = asyncio.ensure_future(site.everything())
    await turns()
    assert not reading.done(), "what a crash could take back is shown"
    site.journal.fail()
    with suppress(StoreUnavailable):
        await changing
        raise AssertionError("whoever made it must be told")
    left.clock.set(site.clock.now())
    expected = await left.everything()
    assert await asyncio.wait_for(reading, 20) == expected
    assert await site.everything() == expected
    check_index(site.store)
    await subscribing

    site.journal.heal()
    site.journal.release()
    assert await site.everything() == expected
    site.clock.advance(SECOND)
    left.clock.advance(SECOND)
    for each in (site, left):
        await each.store.settle_due(10)
        await each.store.heartbeat()
    assert await site.everything() == await left.everything()
    for each in (site, left):
        await each.service.update_user(ACCOUNT, "ada", {"team_id": "night"})
        await each.service.set_status(ACCOUNT, "new", Status.ONLINE)
        await each.service.delete_user(ACCOUNT, "ben")
        check_index(each.store)
    assert await site.everything() == await left.everything()
    for heard in (told, late):
        assert [event.revision for event in heard] == list(range(revision + 1, revision + 1 + len(heard)))
        assert heard
    await site.store.close()
    await left.store.close()


async def test_an_erasure_is_told_to_nobody_before_it_is_durable() -> None:
    site = await with_teams()
    told: list[AccountEvent] = []
    await site.store.subscribe(ACCOUNT, told.extend)
    site.journal.hold()
    erasing = asyncio.ensure_future(site.service.delete_user(ACCOUNT, "ada"))
    again = asyncio.ensure_future(site.service.delete_user(ACCOUNT, "ada"))
    reading = asyncio.ensure_future(site.store.get(ACCOUNT, ["ada"]))
    await turns()
    assert not told and not any(each.done() for each in (erasing, again, reading))
    assert site.store.immediate.peek(ACCOUNT, "ada") is None
    assert not site.store.immediate.touch(ACCOUNT, "ada", None)
    site.journal.release()
    await erasing
    assert await reading == [None]
    with pytest.raises(UserUnknown):
        await again
    assert len(told) == 1
    await site.store.close()


async def test_an_account_is_gone_for_nobody_before_that_is_durable_and_a_new_one_waits() -> None:
    site = await with_teams()
    calls: list[list[AccountEvent]] = []
    subscription = await site.store.subscribe(ACCOUNT, lambda events: calls.append(list(events)))
    assert subscription.place is not None
    revision = subscription.revision
    site.journal.hold()
    erasing = asyncio.ensure_future(site.service.delete_account(ACCOUNT))
    await turns()
    again = asyncio.ensure_future(site.service.delete_account(ACCOUNT))
    reading = asyncio.ensure_future(site.store.scan(ACCOUNT, (), 0, 10))
    coming = asyncio.ensure_future(site.service.record_activity(ACCOUNT, "ada"))
    await turns()
    assert not calls and not any(each.done() for each in (erasing, again, reading, coming))
    erasing.cancel()
    await turns()
    site.journal.release()
    view = await coming
    with suppress(AccountUnknown):
        await again
    await reading
    # One revision is passed over, so that no token of the account that is gone is the beginning of the new one.
    assert view.revision == revision + 2
    await turns()
    assert calls[0] == []
    assert [event.revision for call in calls for event in call] == [revision + 2]
    assert subscription.place().revision == revision + 1
    assert site.store._accounts[ACCOUNT].number == 1
    check_index(site.store)
    left = await site.after_a_crash()
    assert await left.everything() == await site.everything()
    await site.store.close()
    await left.store.close()


async def test_nothing_of_an_erased_person_stays_in_memory() -> None:
    """Engaged, connected, active a moment ago, and in every list that there is."""
    site = await with_teams()
    site.journal.hold()
    lost = "a person whom nobody remembers"
    told: list[AccountEvent] = []
    subscription = await site.store.subscribe(ACCOUNT, told.extend)
    calls = [
        site.service.record_activity(ACCOUNT, lost),
        site.service.keep_session(ACCOUNT, lost, "session of a person", 30 * SECOND),
        site.service.keep_engagement(ACCOUNT, lost, "call of a person"),
        site.service.update_user(ACCOUNT, lost, {"display_name": "Name of a person", "team_id": "day"}),
        site.service.set_status(ACCOUNT, "ben", Status.AWAY, actor=lost, caller="caller"),
        site.service.update_workflow(ACCOUNT, {"away_after_ms": 5 * MINUTE}, team_id="day", actor=lost),
        site.service.set_status(ACCOUNT, lost, Status.ONLINE, ttl_ms=SECOND, then=Then.ONLINE, actor=lost),
    ]
    running = asyncio.gather(*calls)
    await turns()
    site.journal.release()
    await running
    for order in AvailabilityOrder:
        await site.store.available(ACCOUNT, order, 10, team_id="day")
    site.clock.advance(2 * SECOND)
    await site.store.available(ACCOUNT, AvailabilityOrder.LONGEST_AVAILABLE, 10)
    assert site.store._accounts[ACCOUNT].arrived
    site.store.immediate.touch(ACCOUNT, lost, None)
    subscription.cancel()
    told.clear()
    await site.service.delete_user(ACCOUNT, lost)
    check_index(site.store)
    del running, calls
    gc.collect()
    for found in gc.get_objects():
        if isinstance(found, UserRecord):
            assert "person" not in f"{found.user_id}{found.actor}{found.layers}{found.profile}"
    await site.store._clocks.flush()
    gc.collect()
    living = list(site.store._accounts[ACCOUNT].users.values())
    of_account = [it for it in gc.get_objects() if isinstance(it, ResidentUser) and it.number >= 0]
    assert sorted(it.number for it in of_account) == [it.number for it in living], "a record outlives the person"
    site.clock.advance(HOUR)
    while (await site.store.settle_due(10)).switched:
        pass
    check_index(site.store)
    await site.store.close()


async def test_who_acted_on_very_many_is_forgotten_by_some_of_them_at_a_time() -> None:
    site = await with_teams()
    for user in ("eve", *USERS):
        await site.service.set_status(ACCOUNT, user, Status.AWAY, actor="eve")

    def named() -> int:
        return sum(record.actor == "eve" for record in site.store._accounts[ACCOUNT].order)

    site.journal.hold()
    erasing = asyncio.ensure_future(site.service.delete_user(ACCOUNT, "eve"))
    await turns()
    assert named() == len(USERS)
    assert site.journal.backlog() == 1, "there is nothing to be written of each"
    # What is decided meanwhile about one of them does not bring the name back, and one of the same name is another.
    calls = asyncio.gather(
        update(site, USERS[0], team_id="day"),
        site.service.set_status(ACCOUNT, USERS[1], Status.ONLINE, actor="eve"),
        site.service.delete_user(ACCOUNT, USERS[2]),
    )
    await turns()
    assert named() == len(USERS) - 2
    check_index(site.store)
    site.journal.release()
    seen = [named()]
    while not erasing.done():
        await asyncio.sleep(0)
        seen.append(named())
        check_index(site.store)
    await calls
    assert seen[-1] == 1 and all(before - after in (0, 1) for before, after in pairwise(seen))
    shown, left = await site.everything(), await site.after_a_crash()
    assert shown == await left.everything()
    assert [view.user_id for view in (await site.service.list_statuses(ACCOUNT)).items if view.actor == "eve"] == [
        USERS[1]
    ]
    await site.store.close()
    await left.store.close()


async def test_a_call_that_repeats_an_erasure_ends_once_all_have_forgotten_the_erased() -> None:
    site = await with_teams()
    for user in ("eve", *USERS):
        await site.service.set_status(ACCOUNT, user, Status.AWAY, actor="eve")
    site.journal.hold()
    erasing = asyncio.ensure_future(site.service.delete_user(ACCOUNT, "eve"))
    await turns()
    erasing.cancel()
    again = asyncio.ensure_future(site.service.delete_user(ACCOUNT, "eve"))
    await turns()
    site.journal.release()
    with pytest.raises(UserUnknown):
        await again
    assert all(record.actor != "eve" for record in site.store._accounts[ACCOUNT].order)
    check_index(site.store)
    await site.store.close()


async def test_an_activity_of_an_erased_person_that_is_lost_is_there_again_and_still_to_be_written() -> None:
    site = await with_teams(flush_interval_ms=SECOND)
    at = site.clock.now()
    assert site.store.immediate.touch(ACCOUNT, "ada", None)
    site.journal.hold()
    erasing = asyncio.ensure_future(site.service.delete_user(ACCOUNT, "ada"))
    await turns()
    flush = asyncio.ensure_future(site.store._clocks.flush())
    await turns()
    site.journal.fail()
    for outcome in await asyncio.gather(erasing, flush, return_exceptions=True):
        assert isinstance(outcome, StoreUnavailable)
    site.journal.heal()
    site.journal.release()
    await site.store._clocks.flush()
    left = await site.after_a_crash()
    for each in (site, left):
        (ada,) = await each.store.get(ACCOUNT, ["ada"])
        assert ada is not None and (ada.last_activity, ada.next_status_time) == (at, at + 10 * MINUTE)
        assert at > START_OF_ADA
        await each.store.close()


@pytest.mark.parametrize("seed", range(40))
async def test_after_every_loss_of_moves_and_erasures_memory_is_what_the_disk_has(seed: int) -> None:
    """Calls that run at the same time over a disk that writes now and then, and fails now and then."""
    dice = random.Random(seed)
    site = Site(HeldJournal(), FakeClock(), flush_interval_ms=0)
    await site.store.open()
    await site.service.update_workflow(
        ACCOUNT, {"enabled": True, "away_after_ms": 1_000, "offline_after_ms": 2_000, "disconnect_after_ms": 1_000}
    )
    told: list[AccountEvent] = []
    restarts: list[int] = []

    def listener(events: object) -> None:
        told.extend(events)  # type: ignore[arg-type]
        if not events:
            told.clear()
            restarts.append(1)

    subscription = await site.store.subscribe(ACCOUNT, listener)
    assert subscription.place is not None
    running: list[asyncio.Future[object]] = []

    def something() -> Awaitable[object]:
        user, team = dice.choice(USERS), dice.choice(["", *TEAMS])
        service = site.service
        match dice.randrange(21):
            case 0 | 1:
                return service.set_status(ACCOUNT, user, dice.choice(list(Status)), actor=dice.choice(USERS))
            case 2 | 3 | 4:
                return service.record_activity(ACCOUNT, user)
            case 5 | 6 | 7 | 8:
                patch: ProfilePatch = {"team_id": team}
                if dice.random() < 0.3:
                    patch["display_name"] = user.title()
                return service.update_user(ACCOUNT, user, patch, actor=dice.choice(USERS))
            case 9 | 10:
                settings: WorkflowPatch = {
                    "enabled": dice.random() < 0.8,
                    "away_after_ms": dice.randrange(1_000, 3_000),
                    "offline_after_ms": dice.choice([None, 4_000]),
                }
                return service.update_workflow(ACCOUNT, settings, team_id=team, actor=dice.choice(USERS))
            case 11:
                return service.delete_workflow(ACCOUNT, dice.choice(TEAMS), actor=dice.choice(USERS))
            case 12 | 13:
                return service.delete_user(ACCOUNT, user)
            case 14:
                return site.store.settle_due(dice.randrange(1, 5))
            case 15:
                return service.keep_session(ACCOUNT, user, dice.choice("ab"), 30 * SECOND)
            case 16:
                return service.keep_engagement(ACCOUNT, user, dice.choice("ab"), 10 * SECOND)
            case 17 if dice.random() < 0.2:
                return service.delete_account(ACCOUNT)
            case 18:
                return service.end_session(ACCOUNT, user, dice.choice("ab"))
            case 19:
                return service.end_engagement(ACCOUNT, user, dice.choice("ab"))
            case _:
                return site.everything()

    for _ in range(dice.randrange(80, 200)):
        running.append(asyncio.ensure_future(something()))
        if dice.random() < 0.5:
            await turns()
        if dice.random() < 0.3:
            site.clock.advance(dice.randrange(400))
        chance = dice.random()
        if chance < 0.15:
            site.journal.hold()
        elif chance < 0.3:
            site.journal.write()
        elif chance < 0.4:
            site.journal.release()
            await turns()
            await site.store.heartbeat()
            site.journal.hold()
        elif chance < 0.5:
            await turns()
            site.journal.fail()
            await turns()
            check_index(site.store)
            if not site.store._clocks._dirty and site.clock.now() <= site.store._vitality.horizon:
                left = await site.after_a_crash()
                assert await site.everything() == await left.everything()
                await left.store.close()
            site.journal.heal()
        check_index(site.store)
    site.journal.release()
    for outcome in await asyncio.gather(*running, return_exceptions=True):
        assert not isinstance(outcome, BaseException) or isinstance(outcome, DomainError), repr(outcome)
    while (await site.store.settle_due(100)).switched:
        pass
    await site.store.heartbeat()
    begins = subscription.place().revision if not told else told[0].revision - 1
    events = await site.store.events(ACCOUNT, begins, 10_000)
    assert [event.revision for event in told] == [event.revision for event in events]
    site.clock.advance(SECOND)
    left = await site.after_a_crash()
    if not site.store._clocks._dirty:
        assert await site.everything() == await left.everything()
    await left.store.close()
    await site.store.close()


async def test_what_a_workflow_waits_for_is_found_out_once_for_all_teams_that_follow_it() -> None:
    site = await with_teams()
    for number, user in enumerate(USERS):
        await site.service.record_activity(ACCOUNT, user)
        await update(site, user, team_id=f"team-{number}")
        await site.service.update_workflow(ACCOUNT, {"away_after_ms": 3 * MINUTE}, team_id=f"team-{number}")
        await site.service.delete_workflow(ACCOUNT, f"team-{number}")
    found_out = _waits.cache_info().misses
    await site.service.update_workflow(ACCOUNT, {"away_after_ms": 7 * MINUTE + 1})
    check_index(site.store)
    assert _waits.cache_info().misses == found_out + 1
    await site.store.close()
