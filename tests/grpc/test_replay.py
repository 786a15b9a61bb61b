"""A real activity log through a real server under a fake clock: what it records is what the simulation says."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from grpc import aio
from tests.app.logs import activities
from tests.fakes import FakeClock
from tests.grpc.wire import DAY, MINUTE, SECOND, Wire, ms
from tests.servers import running

from onduty.v1 import status_pb2 as pb
from onduty_server.app.ports.store import Store, StoreOptions
from onduty_server.app.simulation import simulate, workflow_from_the_start
from onduty_server.domain.status import Resume
from onduty_server.domain.workflow import WorkflowPatch
from onduty_server.process.application import Application
from onduty_server.stores.memory import MemoryStore
from onduty_server.stores.sqlite import SqliteStore

pytestmark = pytest.mark.slow  # a server that lives through weeks

SUPPORT_CHAT = Path(__file__).parents[1] / "data" / "support-chat.csv"

# The log is longer than the 30 days for which history is kept by default.
RETENTION_MS = 90 * DAY
OPEN: dict[str, Callable[[Path, FakeClock], Store]] = {
    "memory": lambda _, clock: MemoryStore(
        clock, StoreOptions(count_outage_as_inactivity=True, history_retention_ms=RETENTION_MS)
    ),
    "sqlite": lambda folder, clock: SqliteStore(
        folder / "onduty.db", clock, StoreOptions(count_outage_as_inactivity=True, history_retention_ms=RETENTION_MS)
    ),
}


class Row(NamedTuple):
    """A change as `onduty simulate` writes it; the effective time in ms UTC."""

    effective_time: int
    user_id: str
    previous_status: str
    status: str
    cause: str


def support_chat() -> list[tuple[int, str]]:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    with SUPPORT_CHAT.open(newline="") as file:
        return [
            ((datetime.fromisoformat(row["activity_time"]) - epoch) // timedelta(milliseconds=1), row["user_id"])
            for row in csv.DictReader(file)
        ]


def simulated(log: list[tuple[int, str]], patch: WorkflowPatch) -> list[Row]:
    return [
        Row(
            change.effective_time,
            change.user_id,
            "" if change.previous_status is None else change.previous_status.name,
            change.status.name,
            change.cause.name,
        )
        for change in simulate(activities(log), workflow_from_the_start(patch)).changes
    ]


async def recorded(wire: Wire, account_id: str) -> list[Row]:
    """The account's history, ordered as a simulation is: by time, then user; a user's own in the order it happened."""
    changes = await wire.changes(account_id=account_id)
    # The first revision is the workflow's; all others are these.
    assert [change.revision for change in changes] == list(range(2, len(changes) + 2))
    rows = [
        Row(
            ms(change.effective_time),
            change.user_id,
            pb.Status.Name(change.previous_status).removeprefix("STATUS_") if change.previous_status else "",
            pb.Status.Name(change.status).removeprefix("STATUS_"),
            pb.Cause.Name(change.cause).removeprefix("CAUSE_"),
        )
        for change in changes
    ]
    return sorted(rows, key=lambda row: (row.effective_time, row.user_id))


async def until_no_switch_is_left(
    wire: Wire, application: Application, clock: FakeClock, account_ids: list[str]
) -> None:
    while True:
        statuses = [status for account_id in account_ids for status in await wire.statuses(account_id=account_id)]
        ahead = [ms(status.next_status_time) for status in statuses if status.HasField("next_status_time")]
        if not ahead:
            return
        clock.set(max(ahead))
        await application.sweeper.sweep_once()


async def configure(wire: Wire, account_id: str, patch: WorkflowPatch) -> None:
    await wire.switch_on(
        patch.get("away_after_ms"),
        patch.get("offline_after_ms"),
        resume=pb.Resume.Value(f"RESUME_{patch.get('resume', Resume.FROM_AWAY).name}"),
        keep_manual_away=patch.get("keep_manual_away", False),
        account_id=account_id,
    )


@pytest.mark.parametrize(
    ("store", "resume", "at_least"),
    [
        ("memory", Resume.FROM_AWAY, 1_000),
        ("memory", Resume.FROM_AWAY_OR_OFFLINE, 1_400),
    ],
)
async def test_the_support_chat(store: str, resume: Resume, at_least: int, tmp_path: Path) -> None:
    log = support_chat()
    patch: WorkflowPatch = {"away_after_ms": 10 * MINUTE, "offline_after_ms": 30 * MINUTE, "resume": resume}
    clock = FakeClock(log[0][0])
    async with (
        running(OPEN[store](tmp_path, clock), clock) as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        wire = Wire(channel)
        await configure(wire, "chat", patch)
        for activity_time, user_id in log:
            clock.set(activity_time)
            await wire.activity(user_id, account_id="chat")
        await until_no_switch_is_left(wire, application, clock, ["chat"])
        rows = await recorded(wire, "chat")
    assert rows == simulated(log, patch)
    assert len(rows) > at_least


VARIANTS: dict[str, WorkflowPatch] = {
    f"{shape}, {resume.name}{', keeping' if keep else ''}": {**periods, "resume": resume, "keep_manual_away": keep}
    for resume in Resume
    for keep in (False, True)
    for shape, periods in {
        "both": WorkflowPatch(away_after_ms=10 * MINUTE, offline_after_ms=30 * MINUTE),
        "away only": WorkflowPatch(away_after_ms=5 * MINUTE),
        "offline only": WorkflowPatch(offline_after_ms=15 * MINUTE),
        "seconds": WorkflowPatch(away_after_ms=20 * SECOND, offline_after_ms=20 * SECOND + 1),
    }.items()
}


@pytest.mark.parametrize("store", OPEN)
async def test_every_kind_of_workflow_on_the_beginning_of_the_support_chat(store: str, tmp_path: Path) -> None:
    """All at once, an account for each; every third activity is told up to 24 rows late, and may be stale by then."""
    in_order = support_chat()[:240]
    told_at = [n if n % 3 else n + n % 25 for n in range(len(in_order))]
    log = [in_order[n] for n in sorted(range(len(in_order)), key=told_at.__getitem__)]
    assert log != in_order
    # A simulation knows no other clock than the newest activity so far, and so here.
    clock = FakeClock(min(log)[0] - SECOND)
    async with (
        running(OPEN[store](tmp_path, clock), clock) as application,
        aio.insecure_channel(f"127.0.0.1:{application.port}") as channel,
    ):
        wire = Wire(channel)
        for account_id, patch in VARIANTS.items():
            await configure(wire, account_id, patch)
        for activity_time, user_id in log:
            clock.set(max(clock.now(), activity_time))
            await asyncio.gather(
                *(wire.activity(user_id, at_ms=activity_time, account_id=account_id) for account_id in VARIANTS)
            )
        await until_no_switch_is_left(wire, application, clock, list(VARIANTS))
        for account_id, patch in VARIANTS.items():
            changes = await recorded(wire, account_id)
            assert changes == simulated(log, patch), account_id
            assert len(changes) > 20
