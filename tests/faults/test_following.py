"""The time and a wall clock that is stepped, or a machine that was paused: on clocks that a test moves."""

from __future__ import annotations

import asyncio
import random

import pytest
import structlog
from tests.fakes import START

from onduty_server.app.service import StatusService
from onduty_server.domain.errors import InvalidField
from onduty_server.domain.status import Status
from onduty_server.process.clock import FOLLOW_INTERVAL_MS, ClockEvent, ClockReport, SystemClock
from onduty_server.process.clock_follower import follow_wall_clock
from onduty_server.stores.memory import MemoryStore

SECOND = 1_000
HOUR = 3_600_000
DAY = 24 * HOUR
GRACE = 10 * SECOND


class Machine:
    """A wall clock and a steady one, and what goes by them."""

    def __init__(self) -> None:
        self.wall_ms = START
        self.steady_ms = 77_000
        self.clock = SystemClock(
            jump_ms=GRACE, wall_ns=lambda: self.wall_ms * 1_000_000, steady_ns=lambda: self.steady_ms * 1_000_000
        )
        self.jumped_from: list[int] = []
        self.clock.on_jump = self.jumped_from.append

    def run(self, ms: int) -> list[ClockReport]:
        """Let time pass, with a look at the wall clock once a second; what was new."""
        found: list[ClockReport] = []
        before = self.clock.now()
        while ms > 0:
            step_ms = min(ms, FOLLOW_INTERVAL_MS)
            self.wall_ms += step_ms
            self.steady_ms += step_ms
            ms -= step_ms
            followed = self.clock.follow()
            if followed is not None:
                found.append(followed)
            assert self.clock.now() >= before, "never back"
            before = self.clock.now()
        return found

    def step(self, ms: int) -> None:
        """The wall clock is stepped; forwards is also what a pause of the machine comes to, once it is set right."""
        self.wall_ms += ms


@pytest.fixture
def machine() -> Machine:
    machine = Machine()
    assert machine.run(60 * SECOND) == []
    return machine


@pytest.mark.parametrize("pause_ms", [20 * SECOND, GRACE + 1 * SECOND, 10 * HOUR])
def test_a_pause_of_the_machine_is_made_up_for_within_seconds(machine: Machine, pause_ms: int) -> None:
    machine.step(pause_ms)
    before = machine.clock.now()
    assert machine.run(5 * SECOND) == [ClockReport(ClockEvent.STEPPED, pause_ms)]
    assert machine.clock.now() == before + 5 * SECOND, "it may be set back at once"
    assert machine.run(SECOND) == [ClockReport(ClockEvent.JUMPED, pause_ms)]
    assert machine.clock.wall_offset() == 0
    assert machine.jumped_from == [before + 6 * SECOND]
    assert machine.run(60 * SECOND) == [ClockReport(ClockEvent.AGREED, 0)]
    assert machine.clock.wall_offset() == 0


def test_a_step_that_is_taken_back_moves_nothing(machine: Machine) -> None:
    before = machine.clock.now()
    for step_ms in (HOUR, -HOUR):
        machine.step(step_ms)
        machine.run(3 * SECOND)
    assert machine.clock.now() == before + 6 * SECOND
    assert machine.run(60 * SECOND) == [ClockReport(ClockEvent.AGREED, 0)]
    assert machine.jumped_from == []
    assert machine.clock.wall_offset() == 0


def test_a_wall_clock_that_is_ahead_by_more_than_a_day_must_hold_for_a_minute(machine: Machine) -> None:
    machine.step(60 * DAY)
    machine.run(60 * SECOND)
    assert machine.jumped_from == []
    machine.run(SECOND)
    assert len(machine.jumped_from) == 1
    assert machine.clock.wall_offset() == 0


@pytest.mark.parametrize("step_ms", [-HOUR, -20 * SECOND, -500, 500, 8 * SECOND, GRACE])
def test_a_wall_clock_that_is_behind_or_a_little_ahead_is_met_by_a_tenth(machine: Machine, step_ms: int) -> None:
    """Nobody's period comes out shorter, or longer, by more than that."""
    machine.step(step_ms)
    machine.run(5 * SECOND)
    offset, spent = machine.clock.wall_offset(), 0
    assert offset == step_ms
    machine.run(SECOND)
    while machine.clock.wall_offset():
        before = machine.clock.now()
        machine.run(SECOND)
        spent += 1
        assert abs(machine.clock.now() - before - SECOND) <= SECOND // 10
    assert spent == pytest.approx(abs(step_ms) / 100, abs=2)
    machine.run(60 * SECOND)
    assert machine.clock.wall_offset() == 0
    assert machine.jumped_from == []


def test_it_tells_once_of_each_thing_that_it_begins(machine: Machine) -> None:
    machine.step(-20 * SECOND)
    assert machine.run(HOUR) == [
        ClockReport(ClockEvent.STEPPED, -20 * SECOND),
        ClockReport(ClockEvent.SLOWER, -20 * SECOND),
        ClockReport(ClockEvent.AGREED, 0),
    ]


def test_a_time_that_was_held_is_met_too(machine: Machine) -> None:
    """As after a restart with a wall clock that went back."""
    machine.clock.hold(machine.clock.now() + HOUR)
    machine.run(11 * HOUR)
    assert machine.clock.wall_offset() == 0


def test_whatever_the_wall_clock_does_the_time_never_goes_back_and_ends_up_with_it() -> None:
    dice = random.Random(7)
    for _ in range(30):
        machine = Machine()
        for _ in range(dice.randrange(1, 12)):
            machine.step(dice.choice([-90_000, -30_000, -3_000, -99, 7, 150, 4_000, 12_000, HOUR, 3 * DAY]))
            machine.run(dice.choice([100, 900, 4_000, 7_000, 70_000]))
        machine.run(61 * SECOND)
        behind_ms = max(0, -machine.clock.wall_offset())
        machine.run(10 * behind_ms + 200 * SECOND)
        assert abs(machine.clock.wall_offset()) <= 20


async def test_whoever_waits_is_woken_by_a_jump(machine: Machine) -> None:
    clock, never = machine.clock, asyncio.Event()
    waiting = [asyncio.create_task(clock.wait(never, clock.now() + ms)) for ms in (20 * SECOND, 4 * HOUR)]
    await asyncio.sleep(0)
    machine.step(HOUR)
    machine.run(6 * SECOND)
    await asyncio.wait_for(waiting[0], 20)
    assert not waiting[1].done()
    machine.step(4 * HOUR)
    machine.run(6 * SECOND)
    await asyncio.wait_for(waiting[1], 20)


async def test_whoever_waits_is_not_late_because_the_time_runs_faster(machine: Machine) -> None:
    """On the real event loop: asked to wait for 30 h and more, it would look again only after an hour."""
    clock, never = machine.clock, asyncio.Event()
    machine.step(8 * SECOND)
    waiting = asyncio.create_task(clock.wait(never, clock.now() + 6_600))
    await asyncio.sleep(0)
    machine.run(6 * SECOND)
    assert not waiting.done()
    ((_, timeout),) = clock._waits
    due = timeout.when()
    assert due is not None
    # 600 ms are left, of a time that runs a tenth faster.
    assert due - asyncio.get_running_loop().time() <= 0.546
    machine.run(SECOND)
    await asyncio.wait_for(waiting, 20)


async def test_the_operator_is_told_the_truth(machine: Machine) -> None:
    store = MemoryStore(machine.clock)

    async def lines(run_ms: int) -> list[str]:
        with structlog.testing.capture_logs() as logged:
            following = asyncio.create_task(follow_wall_clock(machine.clock, store))
            for _ in range(run_ms // SECOND):
                await asyncio.sleep(0)
                machine.wall_ms += SECOND
                machine.steady_ms += SECOND
                machine.clock._wake_in_time()
                for _ in range(5):
                    await asyncio.sleep(0.001)
            following.cancel()
        return [str(line["event"]) for line in logged]

    machine.step(20 * SECOND)
    assert await lines(12 * SECOND) == [
        "the wall clock was stepped; it will be followed once it has held for some seconds",
        "the time jumped ahead to the wall clock; the time in between counts as an outage",
        "the time agrees with the wall clock again",
    ]
    assert machine.clock.wall_offset() == 0
    machine.step(-SECOND)
    assert await lines(20 * SECOND) == [
        "the wall clock was stepped; it will be followed once it has held for some seconds",
        "the time runs a tenth slower until the wall clock has caught up with it",
        "the time agrees with the wall clock again",
    ]
    store.tells_time = True
    machine.step(20 * SECOND)
    assert await lines(12 * SECOND) == ["the wall clock was stepped; times are the store's and are not affected"]
    assert machine.clock.wall_offset() == 20 * SECOND


async def test_after_a_pause_of_the_machine_whoever_has_the_right_time_is_heard() -> None:
    """The wall clock is put right at once; the time of the server, which had stood still, must not stay behind."""
    machine = Machine()
    store = MemoryStore(machine.clock)
    await store.open()
    service = StatusService(store)
    await service.update_workflow("acme", {"enabled": True, "away_after_ms": 600_000})
    await service.record_activity("acme", "ada")
    machine.step(20 * SECOND)
    with pytest.raises(InvalidField, match="is more than 5s ahead of"):
        await service.record_activity("acme", "ada", machine.wall_ms)
    for _ in range(6):
        machine.run(SECOND)
        await store.heartbeat()
    assert (await service.record_activity("acme", "ada", machine.wall_ms)).last_activity == machine.wall_ms
    view = await service.get_status("acme", "ada")
    assert (view.status, view.next_status_time) == (Status.ONLINE, machine.wall_ms + 600_000)
    await store.close()
