"""The same log through a real gRPC server under a fake clock: what it records is what the simulation says."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.app.logs import activities
from tests.fakes import FakeClock
from tests.servers import running

from onduty_client import AsyncClient, Resume, Status, StatusChange, UserUnknown
from onduty_server.app.log_rows import LoggedLease, LogRow
from onduty_server.app.ports.store import StoreOptions
from onduty_server.app.simulation import SimulatedChange, simulate, workflow_from_the_start
from onduty_server.domain import status as domain
from onduty_server.domain.layers import LeaseAction
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


def log_of_sessions(rows: int) -> list[LogRow]:
    """People with browsers, phones and calls, as they come and go for some hours."""
    chance = random.Random(13)
    log: list[LogRow] = []
    now = 1_773_046_800_000
    kinds: list[LeaseAction | None] = [None, *[LeaseAction.KEEP_SESSION] * 3, *LeaseAction]
    for _ in range(rows):
        now += chance.choice((0, 1, 20_000, 60_000, 150_000))
        action = chance.choice(kinds)
        lease = None
        if action is not None:
            kept_session = action is LeaseAction.KEEP_SESSION
            ttl_ms = chance.choice((None, 30_000, 600_000)) if action in (1, 3) else None
            idle_for_ms = chance.choice((None, None, 0, 90_000, 900_000)) if kept_session else None
            lease = LoggedLease(action, chance.choice(("web", "phone")), ttl_ms, idle_for_ms)
        log.append((now, chance.choice(("ada", "ben", "cleo", "dan")), lease))
    return log


async def sent(client: AsyncClient, user_id: str, lease: LoggedLease | None) -> None:
    if lease is None:
        await client.record_activity("chat", user_id)
        return
    ttl = None if lease.ttl_ms is None else lease.ttl_ms * MILLISECOND
    match lease.action:
        case LeaseAction.KEEP_SESSION:
            idle_for = None if lease.idle_for_ms is None else lease.idle_for_ms * MILLISECOND
            await client.keep_session("chat", user_id, lease.lease_id, ttl=ttl, idle_for=idle_for)
        case LeaseAction.END_SESSION:
            await client.end_session("chat", user_id, lease.lease_id)
        case LeaseAction.KEEP_ENGAGEMENT:
            await client.keep_engagement("chat", user_id, lease.lease_id, ttl=ttl)
        case LeaseAction.END_ENGAGEMENT:
            await client.end_engagement("chat", user_id, lease.lease_id)


@pytest.mark.parametrize("status", [Status.OFFLINE, Status.AWAY])
async def test_a_server_records_what_the_simulation_says_of_sessions_and_engagements(status: Status) -> None:
    log = log_of_sessions(600)
    # A session may tell of input from before the log, and a simulated workflow was on then.
    clock = FakeClock(log[0][0] - 3_600_000)
    refused = 0
    async with running(clock=clock) as server, AsyncClient(f"127.0.0.1:{server.port}") as client:
        await client.update_workflow(
            "chat",
            enabled=True,
            away_after=AWAY_AFTER,
            offline_after=OFFLINE_AFTER,
            disconnect_after=timedelta(minutes=1),
            disconnect_status=status,
        )
        for time_ms, user_id, lease in log:
            clock.set(time_ms)
            try:
                await sent(client, user_id, lease)
            except UserUnknown:
                refused += 1
        clock.advance(10 * 3_600_000)
        await server.sweeper.sweep_once()
        recorded = [change async for change in client.list_status_changes("chat")]

    recorded.sort(key=lambda change: (change.effective_time, change.user_id))
    simulation = simulate(
        log,
        workflow_from_the_start(
            {
                "away_after_ms": AWAY_AFTER // MILLISECOND,
                "offline_after_ms": OFFLINE_AFTER // MILLISECOND,
                "disconnect_after_ms": 60_000,
                "disconnect_status": domain.Status[status.name],
            }
        ),
    )
    assert [as_recorded(change) for change in recorded] == [as_simulated(change) for change in simulation.changes]
    assert simulation.summary.refused_leases == refused
    assert simulation.summary.disconnections > 20
    assert simulation.summary.reconnections > 10
