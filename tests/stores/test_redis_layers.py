"""Sessions, engagements and ends of statuses over Redis: what is kept of them, what they cost, several processes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Coroutine, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.stores.backends import RedisBackend
from tests.stores.layers_model import AccountModel, Dice
from tests.stores.older_redis import keys_of
from tests.stores.redis_index import check_index, numbers_in_lua
from tests.stores.site import ACCOUNT, BOTH, HOUR, MINUTE, SECOND, Site

from onduty_server.app.ports.statuses import AvailabilityOrder
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.domain.errors import LimitExceeded
from onduty_server.domain.layers import Layers, Lease
from onduty_server.domain.machine import Shape, connection_table, transition_table
from onduty_server.domain.record import UserRecord
from onduty_server.domain.status import Cause, Connection, Resume, State, Status, Then
from onduty_server.domain.workflow import Workflow, WorkflowPatch, revise
from onduty_server.stores.redis.keys import partition_of
from onduty_server.stores.redis.records import (
    pack_record,
    pack_workflow,
    read_record,
    read_workflow,
)
from onduty_server.stores.redis.steps import StepSizes
from onduty_server.stores.redis.store import RedisStore
from onduty_server.stores.redis.wire.address import parse_address

GONE: WorkflowPatch = {**BOTH, "disconnect_after_ms": MINUTE}
"""As `BOTH`, and OFFLINE a minute after the last session has ended."""


@pytest.fixture
async def redis(tmp_path: Path) -> AsyncIterator[Site]:
    """A store over Redis."""
    backend = RedisBackend(tmp_path)
    await backend.open(StoreOptions(count_outage_as_inactivity=True))
    yield Site(backend)
    await backend.stop()


# --- bytes -----------------------------------------------------------------------------------------------------------

LAYERS = [
    Layers(Connection.CONNECTED, sessions=(Lease("browser", 5), Lease("größe 1", 1_700_000_000_000))),
    Layers(Connection.AWAY, 1_700_000_000_000, Then.AUTOMATIC),
    Layers(engagements=(Lease("call", 1),)),
]


@pytest.mark.parametrize("layers", LAYERS)
@pytest.mark.parametrize(("actor", "reason"), [("", ""), ("kim", ""), ("kim", "Mittag ☕")])
def test_a_record_with_layers_is_read_as_it_was_written(layers: Layers, actor: str, reason: str) -> None:
    record = UserRecord("ada", State.AWAY_UNTIL, 1, 2, 3, actor, reason, 4, layers.pack())
    plain = UserRecord("ada", State.AWAY_UNTIL, 1, 2, 3, actor, reason, 4)
    for each in (record, plain):
        assert repr(read_record("ada", pack_record(each)).record) == repr(each)
    assert len(pack_record(record)) == len(pack_record(plain)) + 2 + len(layers.pack().encode())


@pytest.mark.parametrize(
    "patch",
    [
        {"enabled": True, "disconnect_after_ms": MINUTE},
        {"disconnect_after_ms": 30 * HOUR, "disconnect_status": Status.AWAY},
        {"disconnect_status": Status.AWAY},
        {**GONE, "resume": Resume.NEVER},
    ],
)
def test_a_workflow_keeps_its_disconnection(patch: WorkflowPatch) -> None:
    for current in (Workflow(), Workflow(previous_revision=0, update_caller="crm")):
        workflow = revise(current, patch, now=5, actor="kim", revision=1)
        assert read_workflow(pack_workflow(workflow)) == workflow


def test_whoever_shares_a_queue_waits_for_the_same_under_every_workflow() -> None:
    queues, connections, states = numbers_in_lua("QUEUE_OF_STATE"), numbers_in_lua("QUEUE_OF_CONNECTION"), tuple(State)
    assert connections == {Connection.CONNECTED: 6, Connection.AWAY: 7}
    for away in (True, False):
        for offline in (True, False):
            for keep in (True, False):
                for disconnect in (None, Status.AWAY, Status.OFFLINE):
                    shape = Shape(away, offline, Resume.FROM_AWAY, keep, disconnect)
                    waits = {row.source: row.period for row in transition_table(shape) if row.period}
                    for queue in range(1, 4):
                        assert len({waits.get(states[state]) for state in queues if queues[state] == queue}) == 1
                    assert set(waits) <= set(queues)
                    assert {row.source for row in connection_table(shape) if row.period} <= set(connections)


# --- the index -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
async def test_the_index_has_what_the_records_say_and_nothing_else(redis: Site, seed: int) -> None:
    site, dice, model = redis, Dice(1_000 + seed), AccountModel(redis.now)
    assert isinstance(site.backend, RedisBackend)
    for step in range(120):
        site.advance(dice.pause())
        if step % 12 == 0:
            patch = dice.patch()
            await site.configure(patch)
            model.configure(patch)
        user = dice.user(5)
        decide, hint = dice.event(user in model.records)
        model.advance(site.now)
        model.decide(user, decide)
        await site.store.transact(ACCOUNT, user, decide, hint)
        check_index(site.backend.key_prefix, ACCOUNT, site.now)
        if dice.chance(0.3):
            order = (list(AvailabilityOrder))[step % 3]
            await site.store.available(ACCOUNT, order, 3, step % 3)
            check_index(site.backend.key_prefix, ACCOUNT, site.now)
        if dice.chance(0.3):
            await site.store.settle_due(2)
            check_index(site.backend.key_prefix, ACCOUNT, site.now)


# --- cost ------------------------------------------------------------------------------------------------------------


def store_of(site: Site) -> RedisStore:
    assert isinstance(site.store, RedisStore)
    return site.store


def index_of(site: Site) -> dict[str, Any]:
    """All keys but records."""
    assert isinstance(site.backend, RedisBackend)
    return {name: content for name, content in keys_of(site.backend.key_prefix).items() if "}:u:" not in name}


async def in_one_round_trip(site: Site, *calls: Any) -> None:
    """Check that each call is one round trip, and touches nothing but the record."""
    for call in calls:
        before, index = store_of(site).round_trips, index_of(site)
        await call
        assert store_of(site).round_trips == before + 1
        assert index_of(site) == index


async def test_keeping_what_is_kept_costs_one_round_trip_and_no_index(redis: Site) -> None:
    site, service = redis, redis.service
    await site.configure(GONE)
    await service.keep_session(ACCOUNT, "ada", "browser", 30 * SECOND, 0)
    await service.keep_engagement(ACCOUNT, "ada", "call", MINUTE)
    site.advance(20 * SECOND)
    await site.store.heartbeat()
    await in_one_round_trip(
        site,
        service.keep_session(ACCOUNT, "ada", "browser", 30 * SECOND),
        service.keep_session(ACCOUNT, "ada", "browser", 30 * SECOND, 5 * SECOND),
        # Its client has seen less than another, or clocks are not exact to the millisecond: it is older news.
        service.keep_session(ACCOUNT, "ada", "browser", 30 * SECOND, 9 * SECOND),
        service.keep_engagement(ACCOUNT, "ada", "call", MINUTE),
    )
    view = await site.view("ada")
    assert (view.connected, view.engagements, view.last_activity) == (True, 1, site.now - 5 * SECOND)
    site.advance(30 * SECOND - 1)
    assert (await site.view("ada")).connected
    site.advance(1)
    assert not (await site.view("ada")).connected


async def test_the_sessions_of_who_is_away_cost_no_more(redis: Site) -> None:
    """A browser that is left open goes on saying so, with an ever older last input."""
    site, service = redis, redis.service
    await site.configure(GONE)
    await service.keep_session(ACCOUNT, "ada", "browser", 30 * SECOND, 0)
    active = site.now
    while await site.status("ada") is Status.ONLINE:
        site.advance(20 * SECOND)
        await site.store.heartbeat()
        await site.sweep()
        await service.keep_session(ACCOUNT, "ada", "browser", 30 * SECOND, site.now - active)
    for jitter in (-3, 0, 2, 1):
        site.advance(20 * SECOND)
        await site.store.heartbeat()
        await in_one_round_trip(
            site, service.keep_session(ACCOUNT, "ada", "browser", 30 * SECOND, site.now - active - jitter)
        )
    assert (await site.view("ada")).last_activity == active + 2
    back = await service.keep_session(ACCOUNT, "ada", "browser", 30 * SECOND, 0)
    assert (back.status, back.cause) == (Status.ONLINE, Cause.ACTIVITY)


async def test_many_share_a_call(redis: Site) -> None:
    site, service = redis, redis.service
    users = [f"user-{number}" for number in range(200)]
    await asyncio.gather(*(service.keep_session(ACCOUNT, user, "browser", MINUTE, 0) for user in users))
    await asyncio.gather(*(service.keep_engagement(ACCOUNT, user, "call") for user in users))
    site.advance(SECOND)
    before = store_of(site).round_trips
    await asyncio.gather(
        *(service.keep_session(ACCOUNT, user, "browser", MINUTE) for user in users),
        *(service.keep_engagement(ACCOUNT, user, "call") for user in users),
        *(service.record_activity(ACCOUNT, user) for user in users),
    )
    assert store_of(site).round_trips - before <= 5
    for view in await site.views():
        assert (view.connected, view.engagements, view.last_activity) == (True, 1, site.now)


async def test_a_shorter_time_to_live_and_an_end_are_found_in_time(redis: Site) -> None:
    site, service = redis, redis.service
    await site.configure(GONE)
    for user in ("shortened", "ended"):
        await service.keep_session(ACCOUNT, user, "browser", 4 * HOUR, 0)
    await site.sweep()
    await service.keep_session(ACCOUNT, "shortened", "browser", 30 * SECOND)
    await service.end_session(ACCOUNT, "ended", "browser")
    ended = site.now
    assert await site.sweep() == ended + MINUTE
    site.advance(MINUTE)
    assert await site.sweep() == ended + MINUTE + 30 * SECOND
    site.advance(30 * SECOND)
    await site.sweep()
    gone = [change for change in await site.history() if change.cause is Cause.DISCONNECT]
    assert [(change.user_id, change.effective_time) for change in gone] == [
        ("ended", ended + MINUTE),
        ("shortened", ended + 90 * SECOND),
    ]


async def test_an_engagement_that_ends_before_its_time_is_found_in_time(redis: Site) -> None:
    site, service = redis, redis.service
    await site.configure(GONE)
    for user in ("ended", "shortened"):
        await site.activity(user)
        await service.keep_engagement(ACCOUNT, user, "call", 4 * HOUR)
        # These two changes put the user into another queue, and back, while the engagement lives.
        await site.set(user, Status.AWAY)
        await site.set(user, Status.ONLINE)
    assert await site.sweep() == site.now + 4 * HOUR + 10 * MINUTE
    await service.end_engagement(ACCOUNT, "ended", "call")
    await service.keep_engagement(ACCOUNT, "shortened", "call", MINUTE)
    assert await site.sweep() == site.now + 10 * MINUTE
    site.advance(10 * MINUTE)
    assert await site.sweep() == site.now + MINUTE
    assert await site.statuses() == {"ended": Status.AWAY, "shortened": Status.ONLINE}
    assert await site.available() == (["shortened"], 1)


async def test_a_replaced_workflow_decides_of_every_status_that_ended_under_it(tmp_path: Path) -> None:
    backend = RedisBackend(tmp_path)
    backend.redis_steps = StepSizes(settle=1)
    await backend.open(StoreOptions(count_outage_as_inactivity=True))
    site, users = Site(backend), ["ada", "bob", "cem"]
    await site.configure({"enabled": True, "away_after_ms": 10 * MINUTE})
    for user in users:
        await site.activity(user)
        await site.service.set_status(ACCOUNT, user, Status.AWAY, ttl_ms=5 * MINUTE, then=Then.AUTOMATIC)
    ended = site.now + 5 * MINUTE
    site.advance(5 * MINUTE + 30 * SECOND)
    await site.configure(away_after_ms=MINUTE)
    # Whoever watches must not be promised that this is all, and the old workflow must not be forgotten by asking.
    assert await site.store.settled_until(ACCOUNT) is None
    for _ in range(2):
        for view in await site.views():
            assert (view.status, view.cause, view.status_since) == (Status.ONLINE, Cause.EXPIRY, ended)
        assert await site.available() == (users, 3)
        await site.sweep()
    assert await site.store.settled_until(ACCOUNT) == site.now - 1
    await backend.stop()


@pytest.mark.slow
async def test_more_statuses_that_end_at_once_than_a_read_looks_at_are_recorded_by_it(redis: Site) -> None:
    site, service = redis, redis.service
    users = [f"user-{number}" for number in range(2_100)]
    for first in range(0, len(users), 300):
        await asyncio.gather(
            *(
                service.set_status(ACCOUNT, user, Status.AWAY, ttl_ms=HOUR, then=Then.ONLINE if number % 2 else None)
                for number, user in enumerate(users[first : first + 300])
            )
        )
    site.advance(HOUR)
    await site.store.heartbeat()
    for order in AvailabilityOrder:
        found, total = await site.available(order, 10)
        assert (len(found), total) == (10, 1_050)
    assert 0 < len(await site.history()) - len(users) < len(users), "no more than it had to"


# --- several processes -----------------------------------------------------------------------------------------------


@pytest.fixture
async def processes(redis: Site) -> AsyncIterator[list[RedisStore]]:
    """The site's process, and two others on its store."""
    assert isinstance(redis.backend, RedisBackend)
    stores = [store_of(redis)]
    for name in ("second", "third"):
        store = RedisStore(
            parse_address(redis.backend.address),
            redis.clock,
            StoreOptions(count_outage_as_inactivity=True),
            key_prefix=redis.backend.key_prefix,
            own_time=True,
            member=name,
        )
        await store.open()
        stores.append(store)
    yield stores
    for store in stores[1:]:
        await store.close()


async def raced(processes: Sequence[RedisStore], *calls: Coroutine[Any, Any, object]) -> None:
    """Make calls while all processes record what is due, without regard to leases."""
    sweeps = [store._settling.settle_account(partition_of(ACCOUNT), ACCOUNT) for store in processes for _ in range(8)]
    mixed = [*calls, *sweeps]
    random.Random(len(mixed)).shuffle(mixed)
    await asyncio.gather(*mixed)


USERS = [f"user-{number}" for number in range(20)]


async def changes_of(site: Site) -> dict[str, list[tuple[Status, Cause, int]]]:
    """What was recorded of each user, after the first change."""
    history = await site.history()
    assert [change.revision for change in history] == list(range(history[0].revision, history[-1].revision + 1))
    return {
        user: [
            (change.status, change.cause, change.effective_time) for change in history[1:] if change.user_id == user
        ][1:]
        for user in USERS
    }


async def test_whoever_records_a_disconnection_or_lifts_it_does_so_once(
    redis: Site, processes: list[RedisStore]
) -> None:
    site, services = redis, [StatusService(store) for store in processes]
    await site.configure(GONE)
    await site.activity("first")
    for user in USERS:
        await services[0].keep_session(ACCOUNT, user, "browser", MINUTE, 0)
        await services[1].keep_session(ACCOUNT, user, "phone", MINUTE, 0)
    due = site.now + 2 * MINUTE
    site.advance(2 * MINUTE)
    await site.store.heartbeat()
    await raced(
        processes,
        *(services[0].keep_session(ACCOUNT, user, "browser", MINUTE) for user in USERS),
        *(services[1].end_session(ACCOUNT, user, "phone") for user in USERS),
        *(services[2].keep_session(ACCOUNT, user, "tablet", MINUTE) for user in USERS),
    )
    online = (await site.view(USERS[0])).cause
    for changes in (await changes_of(site)).values():
        assert changes == [(Status.OFFLINE, Cause.DISCONNECT, due), (Status.ONLINE, online, due)]
    site.advance(SECOND)
    await raced(
        processes,
        *(
            services[number % 3].end_session(ACCOUNT, user, session)
            for user in USERS
            for number, session in enumerate(("browser", "tablet"))
        ),
        *(services[2].keep_session(ACCOUNT, user, "phone", 30 * SECOND) for user in USERS),
        *(services[1].end_session(ACCOUNT, user, "phone") for user in USERS),
    )
    for user in USERS:
        for store in processes:
            assert (await StatusService(store).get_status(ACCOUNT, user)) == await site.view(user)
    site.advance(2 * MINUTE)
    await raced(processes, site.sweep())
    for changes in (await changes_of(site)).values():
        assert [cause for _, cause, _ in changes].count(Cause.DISCONNECT) == 2
    assert isinstance(site.backend, RedisBackend)
    check_index(site.backend.key_prefix, ACCOUNT, site.now)


async def test_the_end_of_a_status_is_recorded_once_whoever_reads_writes_and_sweeps(
    redis: Site, processes: list[RedisStore]
) -> None:
    site, services = redis, [StatusService(store) for store in processes]
    await site.configure(BOTH)
    await site.activity("first")
    for user in USERS:
        await services[0].set_status(ACCOUNT, user, Status.AWAY, ttl_ms=MINUTE, then=Then.ONLINE)
    due = site.now + MINUTE
    site.advance(MINUTE)
    await site.store.heartbeat()
    everybody = len(USERS) + 1
    totals: list[int] = []

    async def count(service: StatusService) -> None:
        totals.append((await service.list_available_users(ACCOUNT, order=AvailabilityOrder.LONGEST_IDLE)).total)

    await raced(
        processes,
        *(services[0].record_activity(ACCOUNT, user) for user in USERS),
        *(services[1].keep_engagement(ACCOUNT, user, "call") for user in USERS),
        *(count(service) for service in services for _ in range(4)),
    )
    assert set(totals) == {everybody}
    for changes in (await changes_of(site)).values():
        assert changes == [(Status.ONLINE, Cause.EXPIRY, due)]
    assert {view.engagements for view in await site.views()} == {0, 1}


async def test_engagements_of_one_user_through_all_processes_at_once_are_all_kept_up_to_the_last_allowed(
    redis: Site, processes: list[RedisStore]
) -> None:
    site, services = redis, [StatusService(store) for store in processes]
    await site.activity("ada")
    outcomes = await asyncio.gather(
        *(services[number % 3].keep_engagement(ACCOUNT, "ada", f"call {number}") for number in range(24)),
        return_exceptions=True,
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert [type(error) for error in refused] == [LimitExceeded] * 4
    assert (await site.view("ada")).engagements == 20
    kept = [number for number, outcome in enumerate(outcomes) if not isinstance(outcome, BaseException)]
    await asyncio.gather(*(services[number % 3].end_engagement(ACCOUNT, "ada", f"call {number}") for number in kept))
    assert (await site.view("ada")).engagements == 0
