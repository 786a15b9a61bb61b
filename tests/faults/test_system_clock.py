"""The real clock, as far as it can be shown without setting that of the machine.

Not shown here: a suspended machine (Linux counts it in CLOCK_BOOTTIME, which this clock uses), and the cut of waits of
more than an hour. A wall clock that went back between two runs is shown by moving the records forward; how a wall
clock is followed that was stepped while a server ran, `test_following` shows on clocks of its own.
"""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest
from tests.fakes import FakeClock

from onduty_server.app.service import StatusService
from onduty_server.domain.status import Status
from onduty_server.process.clock import SystemClock, stopwatch, wall_clock_ms
from onduty_server.stores.sqlite import SqliteStore

NEAR_MS = 100
"""A busy machine may be this late; nothing may be early."""
MINUTE_MS = 60_000


def test_it_says_the_time_and_never_goes_back() -> None:
    clock = SystemClock()
    before = wall_clock_ms()
    times = [clock.now() for _ in range(20_000)]
    after = wall_clock_ms()
    assert before - 1 <= times[0] and times[-1] <= after + 1
    assert all(earlier <= later for earlier, later in pairwise(times))
    assert abs(clock.wall_offset()) <= NEAR_MS


async def test_it_runs_at_the_speed_of_real_time() -> None:
    await runs_as_the_stopwatch(SystemClock())


async def runs_as_the_stopwatch(clock: SystemClock) -> None:
    """However much of the machine's time others take between two readings."""
    earliest, at, latest = stopwatch(), clock.now(), stopwatch()
    await asyncio.sleep(0.1)
    earlier, now, later = stopwatch(), clock.now(), stopwatch()
    assert (earlier - latest) * 1_000 - 2 <= now - at <= (later - earliest) * 1_000 + 2


async def test_held_it_carries_on_from_there_at_the_same_speed() -> None:
    clock = SystemClock()
    ahead = clock.now() + 10 * MINUTE_MS
    clock.hold(ahead)
    assert ahead <= clock.now() <= ahead + NEAR_MS
    assert clock.wall_offset() == pytest.approx(-10 * MINUTE_MS, abs=NEAR_MS)
    await runs_as_the_stopwatch(clock)


def test_held_at_a_time_that_has_passed_it_is_not_moved() -> None:
    clock = SystemClock()
    clock.hold(clock.now() - MINUTE_MS)
    assert abs(clock.wall_offset()) <= NEAR_MS


async def test_a_wait_ends_at_its_time_and_never_before() -> None:
    clock, never = SystemClock(), asyncio.Event()
    late = []
    for ahead_ms in (1, 2, 3, 5, 8, 13, 21, 34, 55):
        until = clock.now() + ahead_ms
        await clock.wait(never, until)
        late.append(clock.now() - until)
    assert min(late) >= 0
    assert sorted(late)[len(late) // 2] <= NEAR_MS


async def test_a_wait_on_a_clock_that_was_held_ends_at_its_time() -> None:
    clock, never = SystemClock(), asyncio.Event()
    clock.hold(clock.now() + 10 * MINUTE_MS)
    until = clock.now() + 20
    await clock.wait(never, until)
    assert until <= clock.now() <= until + NEAR_MS


async def test_a_wait_ends_when_the_event_is_set() -> None:
    clock, event = SystemClock(), asyncio.Event()
    for until in (None, clock.now() + 10 * MINUTE_MS):
        event.clear()
        waiting = asyncio.create_task(clock.wait(event, until))
        await asyncio.sleep(0)
        assert not waiting.done()
        event.set()
        await asyncio.wait_for(waiting, 1)


async def test_there_is_no_wait_for_what_has_been() -> None:
    clock, event = SystemClock(), asyncio.Event()
    await asyncio.wait_for(clock.wait(event, clock.now()), 1)
    await asyncio.wait_for(clock.wait(event, clock.now() - MINUTE_MS), 1)
    event.set()
    await asyncio.wait_for(clock.wait(event, None), 1)


async def test_after_a_restart_with_a_wall_clock_gone_back_time_goes_on(tmp_path: Path) -> None:
    ahead = FakeClock(wall_clock_ms() + 10 * MINUTE_MS)
    store = SqliteStore(tmp_path / "onduty.db", ahead)
    await store.open()
    first = await StatusService(store).set_status("acme", "ann", Status.ONLINE)
    await store.close()

    clock = SystemClock()
    store = SqliteStore(tmp_path / "onduty.db", clock)
    await store.open()
    service = StatusService(store)
    try:
        second = await service.set_status("acme", "ann", Status.AWAY)
        changes = (await service.list_status_changes("acme")).items
    finally:
        await store.close()

    assert clock.wall_offset() == pytest.approx(-10 * MINUTE_MS, abs=5_000)
    assert second.status_since >= first.status_since
    assert [change.revision for change in sorted(changes, key=lambda change: change.commit_time)] == [1, 2]
