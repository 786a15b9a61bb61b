"""Redis's clock steps, and calls come late: the first is corrected, the second is not taken for the first.

The clock of a machine cannot be set here. What the scripts add to it (`offset`) can: moved by an hour, it makes the
server say another time than a moment before, as a step of its clock does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs
from tests.grpc.streaming import until
from tests.valkey import ValkeyServer

from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.service import StatusService
from onduty_server.domain.status import Status
from onduty_server.domain.workflow import WorkflowPatch
from onduty_server.process.clock import SystemClock, wall_clock_ms
from onduty_server.stores.redis.clock_steps import ClockSteps
from onduty_server.stores.redis.keys import partition_of
from onduty_server.stores.redis.steps import DEFAULT_STEPS, StepSizes
from onduty_server.stores.redis.store import RedisStore
from onduty_server.stores.redis.wire.address import parse_address

HOUR_MS = 3_600_000
NEAR_MS = 300
"""A busy machine may be this late."""
WORKFLOW: WorkflowPatch = {"enabled": True, "away_after_ms": 600_000, "offline_after_ms": 1_800_000}
FOLLOWED_AT_ONCE = StepSizes(clock_held_ms=0)
"""A clock that was stepped need not stay there for seconds before it is followed."""
OFFSETS = ("onduty:{onduty}:vital", f"onduty:{{p{partition_of('acme'):03}}}:meta")


class Process:
    """One process's store and clock."""

    def __init__(self, server: ValkeyServer, steps: StepSizes) -> None:
        self.clock = SystemClock()
        self.store = RedisStore(parse_address(server.address), self.clock, steps=steps)
        self.service = StatusService(self.store)


@asynccontextmanager
async def processes(server: ValkeyServer, count: int, steps: StepSizes = DEFAULT_STEPS) -> AsyncIterator[list[Process]]:
    opened: list[Process] = []
    try:
        for _ in range(count):
            process = Process(server, steps)
            await process.store.open()
            opened.append(process)
        yield opened
    finally:
        for process in opened:
            await process.store.close()


def offsets(server: ValkeyServer) -> list[int]:
    return [int(server.ask("HGET", key, "offset") or 0) for key in OFFSETS]


def step(server: ValkeyServer, by_ms: int) -> None:
    """The server's clock jumps."""
    for key in OFFSETS:
        server.ask("HINCRBY", key, "offset", by_ms)


@pytest.mark.parametrize("by_ms", [HOUR_MS, -HOUR_MS, 10_000, -10_000])
@pytest.mark.parametrize("first", ["heartbeat", "read", "activity", "sweep"])
async def test_a_step_is_seen_by_nobody(by_ms: int, first: str) -> None:
    with ValkeyServer() as server:
        async with processes(server, 2) as (one, other):
            await one.service.update_workflow("acme", WORKFLOW)
            before = await one.service.set_status("acme", "ann", Status.ONLINE)
            step(server, by_ms)
            with capture_logs() as lines:
                for process in (one, other):
                    match first:
                        case "heartbeat":
                            await process.store.heartbeat()
                        case "read":
                            await process.service.get_status("acme", "ann")
                        case "activity":
                            await process.service.record_activity("acme", "ben")
                        case _:
                            await process.store.settle_due(100)
                    view = await process.service.get_status("acme", "ann")
                    assert (view.status, view.revision, view.status_since) == (
                        Status.ONLINE,
                        before.revision,
                        before.status_since,
                    )
                    assert view.next_status_time == before.next_status_time
            await one.store.heartbeat()
            await other.store.heartbeat()
            assert all(abs(offset) <= NEAR_MS for offset in offsets(server))
            after = await other.service.set_status("acme", "ann", Status.AWAY)
            assert before.status_since <= after.status_since
            assert abs(wall_clock_ms() - after.status_since) <= NEAR_MS
            changes = (await one.service.list_status_changes("acme")).items
            assert [change.user_id for change in changes if change.user_id == "ann"] == ["ann"] * 2
            assert "recovered from an outage; every inactivity clock restarts now" not in [
                line["event"] for line in lines
            ]
            for process in (one, other):
                assert abs(process.clock.wall_offset()) <= NEAR_MS


async def test_a_heartbeat_that_was_late_does_not_drag_the_time_back() -> None:
    """As after a failover, when the process or the server stood still, or both."""
    with ValkeyServer() as server:
        async with processes(server, 1) as (it,):
            await it.service.update_workflow("acme", WORKFLOW)
            server.freeze()
            with capture_logs() as lines:
                beating = asyncio.create_task(it.store.heartbeat())
                began = it.clock.now()
                # More than a step would have to be, and less than is waited for an answer.
                await until(lambda: it.clock.now() > began + 1_200)
                server.thaw()
                await beating
            await it.store.heartbeat()
            assert offsets(server) == [0, 0]
            assert not lines
            assert abs(it.clock.wall_offset()) <= NEAR_MS


async def test_a_node_whose_clock_is_not_in_step_with_the_others_is_put_in_step() -> None:
    with ValkeyServer() as server:
        async with processes(server, 1) as (it,):
            before = await it.service.set_status("acme", "ann", Status.ONLINE)
            server.ask("HINCRBY", OFFSETS[1], "offset", 5_000)
            await it.store.heartbeat()
            assert abs(offsets(server)[1]) <= NEAR_MS
            after = await it.service.set_status("acme", "ann", Status.AWAY)
            assert before.status_since <= after.status_since <= wall_clock_ms() + NEAR_MS


@pytest.mark.parametrize("ahead_ms", [20_000, HOUR_MS])
async def test_a_process_whose_machine_was_paused_takes_the_time_from_the_others(ahead_ms: int) -> None:
    """Its own clock stood still. To correct the store's by it would take the time back for everybody."""
    with ValkeyServer() as server:
        async with processes(server, 2) as (paused, other):
            before = await other.service.set_status("acme", "ann", Status.ONLINE)
            paused.clock.align(paused.clock.now() - ahead_ms)
            await other.store.heartbeat()
            for process in (paused, other, paused):
                await process.store.heartbeat()
            assert all(abs(offset) <= NEAR_MS for offset in offsets(server))
            assert abs(paused.clock.wall_offset()) <= NEAR_MS
            after = await paused.service.set_status("acme", "ann", Status.AWAY)
            assert before.status_since <= after.status_since <= wall_clock_ms() + NEAR_MS


async def test_a_step_forward_that_holds_is_an_outage_and_switches_nobody_early() -> None:
    """As when the only process was paused: what the offset took back, once, must not stay taken back for ever."""
    with ValkeyServer() as server:
        # Somebody is there, and goes by a time that the server's clock, stepped since, is ahead of.
        server.ask("ZADD", "onduty:{onduty}:members", wall_clock_ms(), "~somebody")
        server.ask("HSET", OFFSETS[0], "offset", -HOUR_MS)
        async with processes(server, 2, FOLLOWED_AT_ONCE) as both:
            server.ask("ZREM", "onduty:{onduty}:members", "~somebody")
            one = both[0]
            await one.service.update_workflow("acme", {"enabled": True, "away_after_ms": 600_000})
            view = await one.service.set_status("acme", "ann", Status.ONLINE)
            assert abs(view.status_since + HOUR_MS - wall_clock_ms()) <= NEAR_MS
            with capture_logs() as lines:
                for _ in range(3):
                    for process in both:
                        await process.store.heartbeat()
            assert all(abs(offset) <= NEAR_MS for offset in offsets(server))
            assert [line for line in lines if line["event"].startswith("recovered from an outage")]
            for process in both:
                assert abs(process.clock.wall_offset()) <= NEAR_MS
                assert (await process.service.get_status("acme", "ann")).status is Status.ONLINE
            await one.store.settle_due(100)
            changes = (await one.service.list_status_changes("acme")).items
            assert [change.revision for change in changes] == [view.revision]


def test_an_offset_is_taken_back_at_once_or_by_a_tenth() -> None:
    def taken_back(offset: int, rounds: int) -> list[int]:
        clock, now, found = ClockSteps(10_000), 0, []
        for _ in range(rounds):
            moved = clock.correction(offset, now)
            offset += moved
            found.append(offset)
            now += 500
        return found

    assert taken_back(-20_000, 12) == [-20_000] * 10 + [0] * 2
    assert taken_back(-8_000, 13)[9:] == [-8_000, -7_950, -7_900, -7_850]
    assert taken_back(8_000, 13)[9:] == [8_000, 7_950, 7_900, 7_850]
    assert taken_back(90, 100) == [90] * 100
    assert taken_back(8_000, 500)[-1] in range(101)
    # A jump of days must hold for longer.
    assert taken_back(-60 * 24 * HOUR_MS, 122)[119:] == [-60 * 24 * HOUR_MS, 0, 0]


async def test_no_time_goes_back_while_an_offset_is_taken_back() -> None:
    """A partition keeps step with the whole; it is not set back by a second now and then."""
    with ValkeyServer() as server:
        server.ask("ZADD", "onduty:{onduty}:members", wall_clock_ms() + HOUR_MS, "~somebody")
        server.ask("HSET", OFFSETS[0], "offset", 8_000)
        async with processes(server, 2, FOLLOWED_AT_ONCE) as both:
            server.ask("ZREM", "onduty:{onduty}:members", "~somebody")
            await both[0].service.set_status("acme", "ann", Status.ONLINE)
            for process in both:
                await process.store.heartbeat()
            began = offsets(server)
            latest, until = 0, both[0].clock.now() + 3_000
            while both[0].clock.now() < until:
                for process in both:
                    await process.store.heartbeat()
                settled = await both[0].store.settled_until("acme")
                assert settled is not None and settled >= latest
                latest = settled
                await asyncio.sleep(0.02)
            ended = offsets(server)
            for before, after in zip(began, ended, strict=True):
                assert 150 <= before - after <= 600, (began, ended)
            assert abs(ended[0] - ended[1]) <= NEAR_MS


async def test_what_was_shown_before_an_outage_in_which_the_clock_went_back_is_still_so() -> None:
    """As when the server's machine is restored to a state of before."""
    with ValkeyServer() as server:
        clock = SystemClock()
        store = RedisStore(parse_address(server.address), clock, StoreOptions(outage_grace_ms=2_500))
        await store.open()
        try:
            service = StatusService(store)
            await service.update_workflow("acme", {"enabled": True, "away_after_ms": 1_000})
            switch = (await service.set_status("acme", "ann", Status.ONLINE)).status_since + 1_000
            await until(lambda: clock.now() > switch)
            await store.heartbeat()
            before = await service.get_status("acme", "ann")
            assert before.status is Status.AWAY
            server.ask("HINCRBY", OFFSETS[1], "offset", -60_000)
            ended = clock.now() + 3_500
            await until(lambda: clock.now() > ended)
            await store.heartbeat()
            after = await service.get_status("acme", "ann")
            assert (after.status, after.status_since) == (Status.AWAY, before.status_since)
        finally:
            await store.close()


async def test_a_bookmark_of_an_account_that_is_not_there_yet_is_no_later_than_its_first_change() -> None:
    """Also where the server's clock, by which an unused partition would go, is known to be an hour ahead."""
    with ValkeyServer() as server:
        async with processes(server, 1):
            pass
        right = wall_clock_ms() - HOUR_MS
        server.ask("HSET", OFFSETS[0], "offset", -HOUR_MS, "beat", right, "horizon", right + 3_000)
        # Somebody else is there, so whoever comes takes the time from the store as it is.
        server.ask("ZADD", "onduty:{onduty}:members", right + HOUR_MS, "another")
        async with processes(server, 1) as (it,):
            promised = await it.store.settled_until("acme")
            first = await it.service.set_status("acme", "ann", Status.ONLINE)
            assert promised is None or promised < first.status_since
