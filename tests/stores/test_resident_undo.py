"""What cannot be made durable is undone in memory: reads go on, and show what the disk has.

The resident engine over a journal in the hand of the test, whose commits fail when the test says so.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from tests.fakes import FakeClock
from tests.stores.held_journal import HeldJournal
from tests.stores.held_site import START_OF_ADA, USERS, Site, opened, turns
from tests.stores.resident_index import check_index
from tests.stores.site import ACCOUNT, BOTH, HOUR, MINUTE, SECOND

from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.domain.errors import DomainError, StoreUnavailable
from onduty_server.domain.record import AccountEvent
from onduty_server.domain.status import Resume, Status, Then
from onduty_server.domain.workflow import WorkflowPatch


async def ada_switches(site: Site) -> None:
    site.clock.advance(SECOND)
    assert (await site.store.settle_due(10)).switched == 1


async def ada_returns(site: Site) -> None:
    await ada_switches(site)
    await site.service.record_activity(ACCOUNT, "ada")


async def ada_returns_and_goes(site: Site) -> None:
    await asyncio.gather(ada_returns(site), site.service.set_status(ACCOUNT, "ada", Status.OFFLINE))


async def three_in_a_row(site: Site) -> None:
    calls = [site.service.set_status(ACCOUNT, "ada", status, reason=status.name) for status in Status]
    await asyncio.gather(*calls)


async def new_users(site: Site) -> None:
    calls = [site.service.record_activity(ACCOUNT, user) for user in ("new", *USERS)]
    await asyncio.gather(*calls, site.service.set_status(ACCOUNT, "new", Status.OFFLINE))


async def a_workflow(site: Site) -> None:
    """Shortened so that everybody is switched at once, and then another one on top."""
    await asyncio.gather(
        site.service.update_workflow(ACCOUNT, {"away_after_ms": SECOND, "offline_after_ms": MINUTE}),
        site.service.update_workflow(ACCOUNT, {"enabled": False}),
        site.service.set_status(ACCOUNT, "ada", Status.ONLINE),
    )


async def an_activity_on_top(site: Site) -> None:
    await asyncio.gather(
        site.service.set_status(ACCOUNT, "ada", Status.ONLINE, reason="back"),
        site.service.record_activity(ACCOUNT, "ada"),
    )


async def the_same_again(site: Site) -> None:
    """No change: it restarts the clock."""
    await site.service.set_status(ACCOUNT, "ben", Status.AWAY, actor="kim", reason="lunch")


CHANGES: dict[str, Callable[[Site], Awaitable[object]]] = {
    "a timed switch": ada_switches,
    "a return": ada_returns,
    "a return, and then by hand": ada_returns_and_goes,
    "three by hand": three_in_a_row,
    "new users": new_users,
    "two workflows": a_workflow,
    "an activity on top of one by hand": an_activity_on_top,
    "the status that already is": the_same_again,
}


@pytest.mark.parametrize("looked", [False, True], ids=["", "looked at before"])
@pytest.mark.parametrize("change", CHANGES)
async def test_a_change_that_cannot_be_written_is_undone_and_whoever_waited_to_see_it_is_answered_without_it(
    change: str, looked: bool
) -> None:
    site = await opened()
    if looked:
        await site.store.available(ACCOUNT, AvailabilityOrder.LONGEST_AVAILABLE, 10)
    if change not in ("a timed switch", "a return", "a return, and then by hand"):
        site.clock.advance(500)
    left = await site.after_a_crash()
    told: list[AccountEvent] = []
    await site.store.subscribe(ACCOUNT, told.extend)

    site.journal.hold()
    changing = asyncio.ensure_future(CHANGES[change](site))
    await turns()
    late: list[AccountEvent] = []
    subscribing = asyncio.ensure_future(site.store.subscribe(ACCOUNT, late.extend))
    reading = asyncio.ensure_future(site.everything())
    await turns()
    site.journal.fail()
    with suppress(StoreUnavailable):
        await changing
        assert change == "a timed switch", "whoever made it must be told"

    left.clock.set(site.clock.now())
    expected = await left.everything()
    answer = await asyncio.wait_for(reading, 20)
    assert answer == expected or change == "the status that already is", "a moved clock may be shown, and lost"
    assert await site.everything() == expected
    check_index(site.store)
    assert (await subscribing).revision == 3

    site.journal.heal()
    site.journal.release()
    assert await site.everything() == expected
    await site.store.settle_due(10)
    await left.store.settle_due(10)
    await site.store.heartbeat()
    await left.store.heartbeat()
    assert await site.everything() == await left.everything()
    view = await site.service.set_status(ACCOUNT, "new", Status.ONLINE)
    for heard in (told, late):
        assert [event.revision for event in heard] == list(range(4, view.revision + 1))
    check_index(site.store)
    await site.store.close()
    await left.store.close()


async def test_an_account_that_was_lost_is_as_if_it_had_never_been() -> None:
    site = await opened()
    told: list[AccountEvent] = []
    await site.store.subscribe("second", told.extend)
    site.journal.hold()
    calls = [
        site.service.record_activity("first", "ada"),
        site.service.set_status("second", "ada", Status.ONLINE),
        site.service.update_workflow("third", BOTH),
    ]
    lost = asyncio.gather(*calls, return_exceptions=True)
    await turns()
    reading = [asyncio.ensure_future(site.everything(account)) for account in ("first", "second", "third")]
    await turns()
    site.journal.fail()
    assert [type(outcome) for outcome in await lost] == [StoreUnavailable] * 3
    nothing = await site.everything("nobody's")
    assert [await each for each in reading] == [nothing] * 3
    check_index(site.store)
    site.journal.heal()
    site.journal.release()
    await site.service.set_status("second", "bob", Status.AWAY)
    assert [(event.revision, event.position) for event in told] == [(1, 0)]
    left = await site.after_a_crash()
    assert await left.everything("second") == await site.everything("second")
    await site.store.close()
    await left.store.close()


async def test_an_acknowledged_activity_outlives_the_loss_of_a_change_that_was_on_its_way() -> None:
    """Acknowledged before the change, after one that gives no revision, or on its way to the disk with it."""
    site = await opened(flush_interval_ms=SECOND)
    site.clock.advance(100)
    for user in ("ada", "ben"):
        await site.service.record_activity(ACCOUNT, user)
    at = site.clock.now()
    site.journal.hold()
    lost = [asyncio.ensure_future(site.service.set_status(ACCOUNT, "ada", Status.AWAY))]
    site.clock.advance(100)
    lost.append(asyncio.ensure_future(the_same_again(site)))  # type: ignore[arg-type]
    await turns()
    site.clock.advance(100)
    assert site.store.immediate.touch(ACCOUNT, "ben", None)
    flush = asyncio.ensure_future(site.store._clocks.flush())
    await turns()
    site.journal.fail()
    for outcome in await asyncio.gather(*lost, flush, return_exceptions=True):
        assert isinstance(outcome, StoreUnavailable)
    ada, ben = await site.store.get(ACCOUNT, ["ada", "ben"])
    assert ada is not None and ben is not None
    assert (ada.status, ada.last_activity) == (Status.ONLINE, at)
    assert ada.next_status_time == at + 10 * MINUTE
    assert (ben.last_activity, ben.next_status_time) == (at + 200, at + 200 + 30 * MINUTE)
    site.journal.heal()
    site.journal.release()
    await site.store._clocks.flush()
    left = await site.after_a_crash()
    assert await left.store.get(ACCOUNT, ["ada", "ben"]) == [ada, ben]
    await site.store.close()
    await left.store.close()


async def test_a_setting_that_only_restarted_the_clock_is_undone_as_long_as_nothing_has_moved_it_since() -> None:
    site = await opened()
    before = await site.store.get(ACCOUNT, ["ben"])
    site.journal.hold()
    site.clock.advance(100)
    lost = asyncio.ensure_future(the_same_again(site))
    await turns()
    site.journal.fail()
    with pytest.raises(StoreUnavailable):
        await lost
    assert await site.store.get(ACCOUNT, ["ben"]) == before
    check_index(site.store)
    site.journal.heal()
    site.journal.release()
    await site.store.close()


@pytest.mark.parametrize("outage_ms", [MINUTE, 10 * 24 * HOUR])
async def test_a_recovery_from_an_outage_that_cannot_be_written_is_undone_and_made_again(outage_ms: int) -> None:
    site = await opened()
    site.clock.advance(outage_ms)
    left = await site.after_a_crash()
    site.journal.hold()
    beat = asyncio.ensure_future(site.store.heartbeat())
    await turns()
    site.journal.fail()
    with pytest.raises(StoreUnavailable):
        await beat
    (ada,) = await site.store.get(ACCOUNT, ["ada"])
    assert ada is not None and ada.next_status_time is not None
    assert (ada.status, ada.status_since) == (Status.AWAY, START_OF_ADA + 10 * MINUTE), "within the lease"
    assert (site.store._vitality.floor, site.store._vitality.gaps) == (0, ())
    site.journal.heal()
    site.journal.release()
    await site.store.heartbeat()
    assert await site.everything() == await left.everything()
    assert (site.store._vitality.floor, site.store._vitality.gaps) == (site.clock.now(), left.store._vitality.gaps)
    await site.store.close()
    await left.store.close()


async def test_a_stop_during_an_outage_that_a_full_disk_made_leaves_the_outage_for_the_next_start_to_find() -> None:
    site = await opened()
    site.journal.fail()
    site.clock.advance(HOUR)
    closing = asyncio.ensure_future(site.store.close())
    with pytest.raises(StoreUnavailable):
        await closing
    left = await site.after_a_crash()
    assert left.store._vitality.floor == site.clock.now()
    await left.store.close()


@pytest.mark.parametrize("order", AvailabilityOrder)
@pytest.mark.parametrize("turns_before", [1, 2, 3])
async def test_whoever_is_looking_through_an_account_in_chunks_begins_anew_when_something_is_lost(
    order: AvailabilityOrder, turns_before: int
) -> None:
    """Users go whom it has looked at, and places that it has counted on."""
    site = await opened()
    many = [f"many-{number}" for number in range(2_500)]
    await asyncio.gather(*(site.service.record_activity(ACCOUNT, user) for user in many))
    expected = await site.store.available(ACCOUNT, order, 3_000)
    site.store._accounts.clear()
    site.store._registry.by_number.clear()
    await site.store._load(await site.journal.open())
    site.journal.hold()
    site.clock.advance(1)
    calls = [site.service.record_activity(ACCOUNT, f"new-{number}") for number in range(1_500)]
    calls += [site.service.set_status(ACCOUNT, user, Status.AWAY) for user in many[::3]]
    lost = asyncio.gather(*calls, return_exceptions=True)
    await turns()
    looking = asyncio.ensure_future(site.store.available(ACCOUNT, order, 3_000))
    trying = asyncio.ensure_future(
        site.store.preview(ACCOUNT, lambda workflow, _now, _revision, _account: replace(workflow, away_after_ms=1), 10)
    )
    for _ in range(turns_before):
        await asyncio.sleep(0)
    assert not looking.done()
    site.journal.fail()
    site.journal.heal()
    site.journal.release()
    assert {type(outcome) for outcome in await lost} == {StoreUnavailable}
    assert await looking == expected
    assert (await trying).to_away == expected.total
    check_index(site.store)
    assert await site.store.available(ACCOUNT, order, 3_000) == expected
    await site.store.close()


@pytest.mark.parametrize("seed", range(60))
async def test_after_every_loss_memory_is_what_the_disk_has(seed: int) -> None:
    """Calls that run at the same time over a disk that writes now and then, and fails now and then."""
    dice = random.Random(seed)
    site = Site(HeldJournal(), FakeClock(), flush_interval_ms=0)
    await site.store.open()
    await site.service.update_workflow(
        ACCOUNT, {"enabled": True, "away_after_ms": 1_000, "offline_after_ms": 2_000, "disconnect_after_ms": 1_000}
    )
    told: list[AccountEvent] = []
    await site.store.subscribe(ACCOUNT, told.extend)
    listeners: list[tuple[int, list[AccountEvent]]] = []
    running: list[asyncio.Future[object]] = []
    losses = 0

    async def listen() -> None:
        heard: list[AccountEvent] = []
        subscription = await site.store.subscribe(ACCOUNT, heard.extend)
        listeners.append((subscription.revision, heard))

    def something() -> Awaitable[object]:
        user = dice.choice(USERS)
        match dice.randrange(16):
            case 0 | 1:
                return site.service.set_status(ACCOUNT, user, dice.choice(list(Status)), reason=dice.choice("xy"))
            case 2 | 3:
                return site.service.record_activity(ACCOUNT, user)
            case 4:
                away_after_ms = dice.randrange(1_000, 3_000)
                return site.service.update_workflow(
                    ACCOUNT,
                    {
                        "away_after_ms": away_after_ms,
                        "offline_after_ms": away_after_ms + 1_000,
                        "resume": dice.choice(list(Resume)),
                        "enabled": dice.random() < 0.8,
                        "disconnect_after_ms": dice.choice([1_000, 1_500]),
                        "disconnect_status": dice.choice([Status.AWAY, Status.OFFLINE]),
                    },
                )
            case 5:
                return site.store.settle_due(dice.randrange(1, 5))
            case 6:
                return listen()
            case 7 | 8:
                return site.service.keep_session(
                    ACCOUNT, user, dice.choice("ab"), dice.choice([30 * SECOND, MINUTE]), dice.choice([None, 0, 500])
                )
            case 9 | 10:
                return site.service.end_session(ACCOUNT, user, dice.choice("ab"))
            case 11:
                return site.service.keep_engagement(ACCOUNT, user, dice.choice("ab"))
            case 12:
                return site.service.end_engagement(ACCOUNT, user, dice.choice("ab"))
            case 13:
                return site.service.set_status(
                    ACCOUNT, user, dice.choice(list(Status)), ttl_ms=SECOND, then=dice.choice(list(Then))
                )
            case _:
                return site.everything()

    for _ in range(dice.randrange(60, 160)):
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
            losses += 1
            check_index(site.store)
            assert [event.revision for event in told] == list(range(2, told[-1].revision + 1 if told else 2))
            if not site.store._clocks._dirty and site.clock.now() <= site.store._vitality.horizon:
                left = await site.after_a_crash()
                assert await site.everything() == await left.everything()
                await left.store.close()
            site.journal.heal()
        check_index(site.store)
    site.journal.release()
    for outcome in await asyncio.gather(*running, return_exceptions=True):
        assert not isinstance(outcome, BaseException) or isinstance(outcome, DomainError)
    assert losses
    while (await site.store.settle_due(100)).switched:
        pass
    await site.store.heartbeat()
    events = await site.store.events(ACCOUNT, 1, 10_000)
    assert told == events
    for revision, heard in listeners:
        assert heard == [event for event in events if event.revision > revision]
    site.clock.advance(SECOND)
    left = await site.after_a_crash()
    if not site.store._clocks._dirty:
        assert await site.everything() == await left.everything()
    await left.store.close()
    await site.store.close()


@pytest.mark.parametrize("order", AvailabilityOrder)
async def test_whom_a_workflow_that_was_lost_would_have_switched_is_available_again(order: AvailabilityOrder) -> None:
    """Whoever looked meanwhile has had it found out who is overdue, under a workflow that then never was."""
    site = await opened()
    site.clock.advance(SECOND // 2)
    await site.store.heartbeat()
    before = await site.everything()
    site.journal.hold()
    patch: WorkflowPatch = {"away_after_ms": SECOND, "offline_after_ms": HOUR}
    update = asyncio.create_task(site.service.update_workflow(ACCOUNT, patch))
    await turns()
    reading = asyncio.create_task(site.store.available(ACCOUNT, order, 10))
    await turns()
    site.journal.fail()
    await turns()
    with pytest.raises(StoreUnavailable):
        await update
    assert (await reading).total == 1
    assert await site.everything() == before
    check_index(site.store)


async def test_a_heartbeat_that_was_on_its_way_during_a_jump_vouches_for_none_of_it() -> None:
    site = await opened()
    site.journal.hold()
    beating = asyncio.create_task(site.store.heartbeat())
    await turns()
    site.clock.jump(MINUTE)
    site.journal.release()
    await beating
    assert (await site.service.get_status(ACCOUNT, "ada")).status is Status.ONLINE
