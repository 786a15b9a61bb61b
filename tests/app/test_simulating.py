"""Replaying a log that a caller has sent: the same result as `onduty simulate`, in steps, and within bounds."""

from __future__ import annotations

import asyncio
import gzip
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.fakes import FakeClock

from onduty_server.app.limits import (
    SIMULATED_ROWS_MAX,
    SIMULATED_USERS_MAX,
    SIMULATION_STEP,
    SIMULATIONS_MAX,
    SIMULATIONS_WAITING_MAX,
)
from onduty_server.app.log_format import LogFormat, TimeFormat
from onduty_server.app.service import StatusService
from onduty_server.app.simulating import Simulated
from onduty_server.app.simulation import simulate, workflow_from_the_start
from onduty_server.cli.logs.files import opened_log
from onduty_server.domain.errors import InvalidField, InvalidWorkflow, LimitExceeded
from onduty_server.domain.workflow import WorkflowPatch
from onduty_server.stores.memory import MemoryStore

MINUTE = 60_000
SUPPORT_CHAT = Path(__file__).parents[1] / "data" / "support-chat.csv"
BOTH: WorkflowPatch = {"away_after_ms": 10 * MINUTE, "offline_after_ms": 30 * MINUTE}
HEAD = b"activity_time,user_id\n"


@pytest.fixture
def service() -> StatusService:
    return StatusService(MemoryStore(FakeClock()))


async def tried(
    service: StatusService, log: bytes, log_format: LogFormat | None = None, *, keep_order: bool = False
) -> Simulated:
    return await service.simulate("acme", BOTH, log, log_format or LogFormat(), keep_order=keep_order)


@pytest.mark.parametrize("compressed", [False, True])
async def test_it_is_what_the_command_line_says(service: StatusService, compressed: bool) -> None:
    log = SUPPORT_CHAT.read_bytes()
    with opened_log(SUPPORT_CHAT) as opened:
        expected = simulate(opened.activities(), workflow_from_the_start(BOTH)).summary
    assert await tried(service, gzip.compress(log) if compressed else log) == (expected, [])


@pytest.mark.parametrize("keep_order", [False, True])
async def test_rows_in_any_order_are_sorted_unless_they_are_to_count_as_late(
    service: StatusService, keep_order: bool
) -> None:
    chance = random.Random(5)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [(start + timedelta(seconds=chance.randrange(86_400)), f"user-{chance.randrange(9)}") for _ in range(3_000)]
    log = HEAD + b"".join(f"{moment.isoformat()},{user}\n".encode() for moment, user in rows)
    taken = rows if keep_order else sorted(rows, key=lambda row: row[0])
    expected = simulate(
        [(int(moment.timestamp() * 1_000), user) for moment, user in taken], workflow_from_the_start(BOTH)
    ).summary
    simulated = await tried(service, log, keep_order=keep_order)
    assert simulated.summary == expected
    assert bool(expected.late_activities) == keep_order
    assert [warning.endswith("so the log was sorted by time") for warning in simulated.warnings] == [True] * (
        not keep_order
    )


async def test_columns_and_times_are_read_as_the_request_says(service: StatusService) -> None:
    log = b"who;when\nann;0\nann;1200\n"
    summary = (await tried(service, log, LogFormat("when", "who", TimeFormat.EPOCH_S))).summary
    assert (summary.users, summary.activities, summary.switches_to_away) == (1, 2, 2)


@pytest.mark.parametrize(
    ("log", "message"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n", "time_column and user_column say what they are called"),
        (HEAD + b"yesterday,ann\n", "line 2"),
        (HEAD + b"1795348800,ann\n", "set time_format to EPOCH_S"),
        (HEAD + b"2026-01-01T00:00:00Z," + b"x" * 129 + b"\n", "user_id"),
        (HEAD + b"2026-01-01T00:00:00Z,\n", "user_id"),
        (HEAD + b'2026-01-01T00:00:00Z,"' + b"x\n" * 40_000, "longer than 65,536 characters"),
        (HEAD + b"2026-01-01T00:00:00Z," + b"x" * 70_000 + b"\n", "longer than 65,536 characters"),
        (HEAD + b"\n" * 70_000, "longer than 65,536 characters"),
        (
            gzip.compress(HEAD + (b"2026-01-01T00:00:00Z,a" + b"\n" * 60_000) * 600, mtime=0),
            "longer than 33,554,432 bytes",
        ),
        (gzip.compress(HEAD + b"2026-01-01T00:00:00Z,ann\n", mtime=0)[:-9], "damaged or cut off"),
        (b"\xff\xfea", "UTF-16"),
        (HEAD + b"2026-01-01T00:00:00Z,\xff\n", "UTF-8"),
    ],
)
async def test_a_log_that_cannot_be_taken_is_refused_with_what_is_wrong(
    service: StatusService, log: bytes, message: str
) -> None:
    with pytest.raises(InvalidField) as caught:
        await tried(service, log)
    assert message in caught.value.message
    assert caught.value.violations[0].field == "log"
    assert "--" not in caught.value.message


async def test_rows_and_users_are_bounded(service: StatusService) -> None:
    row = b"2026-01-01T00:00:00Z,ann\n"
    with pytest.raises(InvalidField, match="more than 500,000 rows"):
        await tried(service, gzip.compress(HEAD + row * (SIMULATED_ROWS_MAX + 1)))
    users = b"".join(b"2026-01-01T00:00:00Z,%d\n" % number for number in range(SIMULATED_USERS_MAX + 1))
    with pytest.raises(InvalidField, match="more than 50,000 users"):
        await tried(service, users.join((HEAD, b"")))


async def test_a_workflow_that_contradicts_itself_is_refused(service: StatusService) -> None:
    with pytest.raises(InvalidWorkflow):
        await service.simulate("acme", {}, HEAD, LogFormat())


async def test_others_have_their_turns_while_a_long_log_is_replayed(service: StatusService) -> None:
    chance = random.Random(7)
    rows = [b"%d,user-%d\n" % (1_750_000_000 + chance.randrange(10**6), chance.randrange(9_000)) for _ in range(60_000)]
    running = asyncio.create_task(tried(service, HEAD + b"".join(rows), LogFormat(time_format=TimeFormat.EPOCH_S)))
    turns = 0
    while not running.done():
        await asyncio.sleep(0)
        turns += 1
    assert (await running).summary.activities == 60_000
    # Reading and replaying, each in steps.
    assert turns > 2 * 60_000 / SIMULATION_STEP


async def test_only_so_many_wait_for_their_turn(service: StatusService) -> None:
    log = SUPPORT_CHAT.read_bytes()
    most = SIMULATIONS_MAX + SIMULATIONS_WAITING_MAX
    outcomes = await asyncio.gather(*(tried(service, log) for _ in range(most + 3)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes[:most]] == [Simulated] * most
    assert [type(outcome) for outcome in outcomes[most:]] == [LimitExceeded] * 3
    assert type(await tried(service, log)) is Simulated


async def test_one_that_is_cancelled_makes_room(service: StatusService) -> None:
    log = SUPPORT_CHAT.read_bytes()
    for _ in range(3):
        running = [asyncio.create_task(tried(service, log)) for _ in range(SIMULATIONS_MAX + SIMULATIONS_WAITING_MAX)]
        await asyncio.sleep(0)
        for each in running:
            each.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    assert (await tried(service, log)).summary.users
