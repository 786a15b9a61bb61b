"""The same log through a real gRPC server under a fake clock: what it records is what the simulation says."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.app.logs import activities
from tests.fakes import FakeClock
from tests.servers import running

from onduty_client import AsyncClient, Resume, StatusChange
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.simulation import SimulatedChange, simulate, workflow_from_the_start
from onduty_server.domain import status as domain
from onduty_server.domain.periods import DAY_MS
from onduty_server.stores.memory import MemoryStore

pytestmark = pytest.mark.slow  # a server that lives through weeks

SUPPORT_CHAT = Path(__file__).parents[1] / "data" / "support-chat.csv"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AWAY_AFTER, OFFLINE_AFTER = timedelta(minutes=10), timedelta(minutes=30)
MILLISECOND = timedelta(milliseconds=1)


def read_log() -> list[tuple[int, str]]:
    with SUPPORT_CHAT.open(newline="") as file:
        return [
            ((datetime.fromisoformat(row["activity_time"]) - EPOCH) // MILLISECOND, row["user_id"])
            for row in csv.DictReader(file)
        ]


def as_recorded(change: StatusChange) -> tuple[object, ...]:
    before = "" if change.previous_status is None else change.previous_status.name
    return (change.effective_time - EPOCH) // MILLISECOND, change.user_id, before, change.status.name, change.cause.name


def as_simulated(change: SimulatedChange) -> tuple[object, ...]:
    before = "" if change.previous_status is None else change.previous_status.name
    return change.effective_time, change.user_id, before, change.status.name, change.cause.name


@pytest.mark.parametrize("resume", [Resume.FROM_AWAY, Resume.FROM_AWAY_OR_OFFLINE, Resume.NEVER])
async def test_a_server_records_what_the_simulation_says(resume: Resume) -> None:
    log = read_log()
    clock = FakeClock(log[0][0])
    # The log is longer than the 30 days for which history is kept by default.
    store = MemoryStore(clock, StoreOptions(count_outage_as_inactivity=True, history_retention_ms=90 * DAY_MS))
    async with running(store, clock) as server, AsyncClient(f"127.0.0.1:{server.port}") as client:
        await client.update_workflow(
            "chat", enabled=True, away_after=AWAY_AFTER, offline_after=OFFLINE_AFTER, resume=resume
        )
        for activity_time, user_id in log:
            clock.set(activity_time)
            await client.record_activity("chat", user_id)
        clock.advance(OFFLINE_AFTER // MILLISECOND)
        await server.sweeper.sweep_once()
        recorded = [change async for change in client.list_status_changes("chat")]

    # The server numbers changes as it finds them; what is the same instant has an order only for each user.
    recorded.sort(key=lambda change: (change.effective_time, change.user_id))
    simulation = simulate(
        activities(log),
        workflow_from_the_start(
            {
                "away_after_ms": AWAY_AFTER // MILLISECOND,
                "offline_after_ms": OFFLINE_AFTER // MILLISECOND,
                "resume": domain.Resume[resume.name],
            }
        ),
    )
    assert [as_recorded(change) for change in recorded] == [as_simulated(change) for change in simulation.changes]
    assert len(recorded) > 600


async def test_a_server_records_what_the_simulation_says_of_late_activities() -> None:
    """The log in order of users for a while: most of it arrives late, some of it stale."""
    log = read_log()[:400]
    shuffled = [row for at in range(0, len(log), 40) for row in sorted(log[at : at + 40], key=lambda row: row[1])]
    clock = FakeClock(min(log)[0])
    async with running(clock=clock) as server, AsyncClient(f"127.0.0.1:{server.port}") as client:
        await client.update_workflow("chat", enabled=True, away_after=AWAY_AFTER, offline_after=OFFLINE_AFTER)
        for activity_time, user_id in shuffled:
            clock.set(max(clock.now(), activity_time))
            await client.record_activity("chat", user_id, activity_time=EPOCH + activity_time * MILLISECOND)
        clock.advance(OFFLINE_AFTER // MILLISECOND)
        await server.sweeper.sweep_once()
        recorded = [change async for change in client.list_status_changes("chat")]

    recorded.sort(key=lambda change: (change.effective_time, change.user_id))
    simulation = simulate(
        activities(shuffled),
        workflow_from_the_start(
            {"away_after_ms": AWAY_AFTER // MILLISECOND, "offline_after_ms": OFFLINE_AFTER // MILLISECOND}
        ),
    )
    assert simulation.summary.late_activities > 100
    assert [as_recorded(change) for change in recorded] == [as_simulated(change) for change in simulation.changes]
