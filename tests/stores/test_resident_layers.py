"""The resident engine with sessions, engagements and ends of statuses: its index, its fast path, what it undoes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from tests.fakes import FakeClock
from tests.stores.backends import MemoryBackend
from tests.stores.held_journal import HeldJournal
from tests.stores.held_site import Site as HeldSite
from tests.stores.held_site import turns
from tests.stores.layers_model import AccountModel, Dice, alike
from tests.stores.resident_index import check_index
from tests.stores.site import ACCOUNT, GONE, HOUR, MINUTE, SECOND, Site
from tests.stores.test_layers_by_chance import compare, compare_history, configure
from tests.stores.test_renew import ENGAGEMENT, SESSION

from onduty_server.app.ports.statuses import Activity, AvailabilityOrder, Renewal
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.errors import StoreUnavailable
from onduty_server.domain.status import Cause, State, Status
from onduty_server.stores.resident.steps import StepSizes
from onduty_server.stores.resident.store import ResidentStore
from onduty_server.stores.resident.user import DIRTY

USERS = 5
STEPS = 200


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    backend = MemoryBackend(tmp_path)
    backend.resident_steps = StepSizes(
        collect=3, in_heap=1, settle=2, past_workflows=3, overdue_in_order=2, overdue_block_bits=1
    )
    await backend.open(StoreOptions(count_outage_as_inactivity=True))
    yield Site(backend)
    await backend.stop()


@pytest.fixture
async def engine(site: Site) -> ResidentStore:
    assert isinstance(site.store, ResidentStore)
    return site.store


async def act(engine: ResidentStore, model: AccountModel, dice: Dice) -> bool:
    """Let something happen to somebody, by the fast path if that will do it; return True if it did."""
    user = dice.user(USERS)
    decide, hint = dice.event(user in model.records)
    at_once = False
    match hint:
        case Activity():
            at_once = engine.immediate.touch(ACCOUNT, user, hint.time)
        case Renewal():
            at_once = engine.immediate.renew(ACCOUNT, user, hint)
    if not at_once:
        await engine.transact(ACCOUNT, user, decide, hint)
    model.decide(user, decide)
    shown = engine.immediate.peek(ACCOUNT, user)
    assert shown is not None and alike(shown) == model.view(user)
    return at_once


@pytest.mark.parametrize("seed", range(30))
async def test_the_fast_path_and_small_steps_of_sweeps_show_and_record_what_the_rules_say(
    site: Site, engine: ResidentStore, seed: int
) -> None:
    dice, model = Dice(1_000 + seed), AccountModel(site.now)
    await configure(site, model, dice.patch())
    at_once = 0
    for _ in range(STEPS):
        site.advance(dice.pause())
        model.advance(site.now)
        await engine.heartbeat()
        if dice.chance(0.05):
            await configure(site, model, dice.patch())
        at_once += await act(engine, model, dice)
        check_index(engine)
        if dice.chance(0.2):
            await engine.settle_due(2)
        if model.records and dice.chance(0.5):
            await compare(site, model)
        check_index(engine)
    await site.sweep()
    await compare(site, model)
    await compare_history(site, model)
    assert at_once
    check_index(engine)


# --- what touches the index, and what does not


def entries(engine: ResidentStore) -> list[list[int]]:
    index = engine._accounts[ACCOUNT].teamless.deadlines
    connections = index.connections
    queues = (index._ends, connections._lowered, index.engaged)
    buckets = [number for number, _ in connections._connected]
    heaps = (*(heap or () for heap in index._heaps), connections._near, connections._gone_away)
    return [*map(list, heaps), *(list(queue._heap) for queue in queues), buckets]


async def test_a_session_or_engagement_that_is_kept_moves_numbers_and_touches_no_index(
    site: Site, engine: ResidentStore
) -> None:
    await site.configure(GONE)
    await site.activity("ada")
    await site.keep("ada")
    await site.engage("ada")
    await site.sweep()
    before, schedule = entries(engine), list(engine._schedule._entries)
    engine.wakeup.clear()
    for _ in range(50):
        site.advance(SECOND)
        await engine.heartbeat()
        for renewal in (SESSION, SESSION._replace(idle_for_ms=500), ENGAGEMENT):
            assert engine.immediate.renew(ACCOUNT, "ada", renewal)
        assert engine.immediate.peek(ACCOUNT, "ada") == await site.view("ada")
    assert (entries(engine), engine._schedule._entries) == (before, schedule)
    assert not engine.wakeup.is_set()
    check_index(engine)


async def test_more_entries_than_a_step_looks_at_keep_no_watcher_from_knowing_that_nothing_is_due(
    site: Site, engine: ResidentStore
) -> None:
    await site.configure(GONE)
    for number in range(USERS):
        await site.activity(f"user-{number}")
        await site.engage(f"user-{number}", ttl_ms=10 * SECOND)
    await site.sweep()
    # Everybody's engagement ends, and with it nobody's time to be ONLINE.
    site.advance(11 * SECOND)
    await engine.heartbeat()
    assert await engine.settled_until(ACCOUNT) == site.now - 1


async def test_a_workflow_change_looks_at_nobody(site: Site, engine: ResidentStore) -> None:
    await site.configure(GONE)
    users = [f"user-{number}" for number in range(500)]
    await site.populate(users)
    for user in users:
        await site.keep(user)
    await site.sweep()
    before = entries(engine)
    await site.configure(disconnect_after_ms=HOUR)
    await site.configure(disconnect_status=Status.AWAY)
    await site.configure(disconnect_after_ms=2 * MINUTE)
    assert entries(engine) == before
    assert engine._accounts[ACCOUNT].policy.past == ()


async def test_settings_and_leases_again_and_again_do_not_make_the_index_grow(
    site: Site, engine: ResidentStore
) -> None:
    await site.configure(GONE, disconnect_after_ms=None)
    users = [f"user-{number}" for number in range(10)]
    await site.populate(users)
    for step in range(100):
        for user in users:
            await site.set(user, Status.ONLINE, until=site.now + HOUR + step)
            await site.keep(user, ttl_ms=HOUR)
            await site.leave(user)
            await site.keep(user, ttl_ms=30 * SECOND)
            await site.engage(user, ttl_ms=HOUR)
            await site.disengage(user)
        site.advance(SECOND)
        await site.sweep()
    assert all(len(queue) < 200 for queue in entries(engine))
    assert len(engine._schedule._entries) < 100
    check_index(engine)


async def test_the_flags_of_somebody_at_work_take_no_memory_of_their_own(site: Site, engine: ResidentStore) -> None:
    """Python shares the integers up to 256."""
    await site.configure(GONE)
    await site.activity("ada")
    await site.keep("ada")
    await site.set("ada", Status.AWAY)
    await site.set("ada", Status.ONLINE)
    (ada,) = engine._accounts[ACCOUNT].order
    assert ada.flags | DIRTY <= 256


# --- over a disk in the hand of the test


async def at_work() -> HeldSite:
    """Ada, in a session and on the phone, in a store that writes numbers behind, an hour apart."""
    site = HeldSite(HeldJournal(), FakeClock(), HOUR)
    await site.store.open()
    await site.service.update_workflow(ACCOUNT, GONE)
    await site.service.record_activity(ACCOUNT, "ada")
    await site.service.keep_session(ACCOUNT, "ada", "browser")
    await site.service.keep_engagement(ACCOUNT, "ada", "call", HOUR)
    await site.store._clocks.flush()
    return site


async def pass_time(site: HeldSite, for_ms: int) -> None:
    until = site.clock.now() + for_ms
    while site.clock.now() < until:
        site.clock.advance(min(SECOND, until - site.clock.now()))
        await site.store.heartbeat()


ENDS: dict[str, Callable[[HeldSite], Awaitable[object]]] = {
    "a session": lambda site: site.service.end_session(ACCOUNT, "ada", "browser"),
    "an engagement": lambda site: site.service.end_engagement(ACCOUNT, "ada", "call"),
}


@pytest.mark.parametrize("what", ENDS)
async def test_the_end_of_a_lease_that_cannot_be_written_is_undone_and_nothing_is_acknowledged_over_it(
    what: str,
) -> None:
    site = await at_work()
    await pass_time(site, 10 * SECOND)
    before = await site.store.get(ACCOUNT, ["ada"])
    site.journal.hold()
    ending = asyncio.ensure_future(ENDS[what](site))
    await turns()
    immediate = site.store.immediate
    assert not immediate.touch(ACCOUNT, "ada", None)
    assert not immediate.renew(ACCOUNT, "ada", SESSION) and not immediate.renew(ACCOUNT, "ada", ENGAGEMENT)
    activity = asyncio.ensure_future(site.service.record_activity(ACCOUNT, "ada"))
    await turns()
    assert not activity.done()
    site.journal.fail()
    for outcome in await asyncio.gather(ending, activity, return_exceptions=True):
        assert isinstance(outcome, StoreUnavailable)
    assert await site.store.get(ACCOUNT, ["ada"]) == before
    check_index(site.store)
    site.journal.heal()
    site.journal.release()
    await site.store._clocks.flush()
    assert immediate.renew(ACCOUNT, "ada", SESSION)
    await ENDS[what](site)
    left = await site.after_a_crash()
    assert (await left.store.get(ACCOUNT, ["ada"]))[0] == (await site.store.get(ACCOUNT, ["ada"]))[0]
    await site.store.close()
    await left.store.close()


async def test_an_acknowledged_renewal_outlives_the_loss_of_a_change_that_was_on_its_way() -> None:
    site = await at_work()
    await pass_time(site, 10 * SECOND)
    assert site.store.immediate.renew(ACCOUNT, "ada", SESSION)
    kept = site.clock.now()
    site.journal.hold()
    lost = asyncio.ensure_future(site.service.set_status(ACCOUNT, "ada", Status.AWAY, ttl_ms=MINUTE))
    await turns()
    assert not site.store.immediate.renew(ACCOUNT, "ada", ENGAGEMENT)
    site.journal.fail()
    with pytest.raises(StoreUnavailable):
        await lost
    (ada,) = await site.store.get(ACCOUNT, ["ada"])
    assert ada is not None and ada.status is Status.ONLINE and ada.expire_time is None
    assert ada.next_status_time == kept + SESSION.ttl_ms + MINUTE
    check_index(site.store)
    site.journal.heal()
    site.journal.release()
    await site.store._clocks.flush()
    left = await site.after_a_crash()
    assert await left.store.get(ACCOUNT, ["ada"]) == [ada]
    await site.store.close()
    await left.store.close()


async def test_a_change_underneath_that_cannot_be_written_is_undone_and_made_again() -> None:
    site = await at_work()
    await site.service.end_engagement(ACCOUNT, "ada", "call")
    await pass_time(site, 5 * MINUTE)
    assert (await site.store.settle_due(10)).switched == 1
    await pass_time(site, 5 * MINUTE - 1)
    site.clock.advance(1)
    (gone,) = await site.store.get(ACCOUNT, ["ada"])
    site.journal.hold()
    assert (await site.store.settle_due(10)).switched == 0
    assert site.store._accounts[ACCOUNT].users["ada"].state is State.AWAY_BY_INACTIVITY
    site.journal.fail()
    assert site.store._accounts[ACCOUNT].users["ada"].state is State.ONLINE_BY_ACTIVITY
    check_index(site.store)
    assert await site.store.get(ACCOUNT, ["ada"]) == [gone]
    site.journal.heal()
    site.journal.release()
    sweep = await site.store.settle_due(10)
    assert sweep.switched == 0
    assert sweep.next_due is not None and sweep.next_due > site.clock.now()
    await site.store.heartbeat()
    left = await site.after_a_crash()
    assert left.store._accounts[ACCOUNT].users["ada"].state is State.AWAY_BY_INACTIVITY
    assert await left.store.get(ACCOUNT, ["ada"]) == await site.store.get(ACCOUNT, ["ada"])
    await site.store.close()
    await left.store.close()


async def test_a_disconnection_that_rests_on_the_unwritten_end_of_a_session_is_shown_once_that_is_durable() -> None:
    site = await at_work()
    assert site.store.immediate.renew(ACCOUNT, "ada", SESSION._replace(ttl_ms=5 * MINUTE))
    await pass_time(site, 6 * MINUTE - SECOND)
    assert site.store.immediate.peek(ACCOUNT, "ada") is not None
    site.journal.hold()
    site.clock.advance(SECOND)
    assert site.store.immediate.peek(ACCOUNT, "ada") is None
    reading = asyncio.ensure_future(site.store.get(ACCOUNT, ["ada"]))
    await turns()
    assert not reading.done()
    site.journal.release()
    (ada,) = await reading
    left = await site.after_a_crash()
    assert ada is not None and ada.cause is Cause.DISCONNECT
    assert await left.store.get(ACCOUNT, ["ada"]) == [ada]
    await site.store.close()
    await left.store.close()


@pytest.mark.parametrize("order", AvailabilityOrder)
async def test_whoever_is_online_at_the_end_by_an_unwritten_activity_is_available_once_that_is_durable(
    order: AvailabilityOrder,
) -> None:
    site = await at_work()
    await site.service.set_status(ACCOUNT, "ada", Status.AWAY, ttl_ms=HOUR)
    await pass_time(site, HOUR - SECOND)
    await site.service.keep_session(ACCOUNT, "ada", "browser")
    await site.service.record_activity(ACCOUNT, "ada")
    site.journal.hold()
    site.clock.advance(SECOND)
    reading = asyncio.ensure_future(site.store.available(ACCOUNT, order, 10))
    await turns()
    assert not reading.done()
    site.journal.release()
    assert (await reading).total == 1
    left = await site.after_a_crash()
    assert (await left.store.available(ACCOUNT, order, 10)).total == 1
    await site.store.close()
    await left.store.close()
