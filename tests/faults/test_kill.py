"""kill -9 under load, again and again, on the same file: what was said stays said.

Two servers at a time are loaded by many clients, killed at random moments and started again. One writes activities
behind, as is the default, but more often; the other makes each durable before it is acknowledged. `ledger` says what is
checked after every restart, and once more about everything at the end.

`ONDUTY_KILLS=500 make test ARGS="tests/faults/test_kill.py"` takes longer and looks harder (52 kills is the default);
`ONDUTY_DICE=7` repeats a run's choices, as far as timing lets it.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.faults.ledger import Ledger
from tests.faults.load import Load
from tests.faults.process import Servers, connected

from onduty_server.clock import wall_clock_ms

KILLS = int(os.environ.get("ONDUTY_KILLS", "52"))
DICE = int(os.environ.get("ONDUTY_DICE", "0")) or random.SystemRandom().randrange(1, 1 << 32)
SLACK_MS = 250
"""A busy machine may be this late with what is due."""


async def kill_again_and_again(
    servers: Servers, database: Path, kills: int, flush_ms: int, dice: random.Random
) -> Counter[str]:
    """Totals of what was acknowledged and checked."""
    ledgers = [Ledger(f"account-{number}") for number in range(3)]
    totals: Counter[str] = Counter()
    flags = ("--activity-flush-interval", f"{flush_ms}ms")
    server = await servers.start(database, *flags)
    for number in range(kills):
        # Mostly hit and run; now and then long enough for the periods to pass within one life.
        enough = dice.randrange(20, 400) if dice.random() < 0.85 else dice.randrange(1_000, 2_000)
        async with connected(server.address) as calls:
            load = Load(calls, ledgers, dice, enough)
            running = asyncio.create_task(load.run())
            await load.enough.wait()
            # Not just after an answer: anywhere in the writer's round.
            await asyncio.sleep(dice.uniform(0, 0.02))
            load.ending.set()
            killed = wall_clock_ms()
            await server.kill()
            await running
        totals += load.acknowledged
        totals["calls cut off"] += len(load.refused)
        server = await servers.start(database, *flags)
        unwritten_ms = 0 if flush_ms == 0 else flush_ms + SLACK_MS + load.slowest_ms
        async with connected(server.address) as calls:
            for ledger in ledgers:
                await ledger.check(
                    calls, killed=killed, flushed_before=killed - unwritten_ms, everything=number == kills - 1
                )
    await server.kill()
    for ledger in ledgers:
        totals += ledger.checked
        totals["revisions"] += len(ledger.history) + len(ledger.workflows)
    return totals


@pytest.mark.timeout(120 + 4 * KILLS)
async def test_nothing_that_was_said_is_lost_by_kill_9(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    dice = random.Random(DICE)
    async with Servers(tmp_path) as servers, asyncio.TaskGroup() as group:
        lanes = [
            group.create_task(
                kill_again_and_again(servers, tmp_path / f"{flush}.db", kills, flush, random.Random(dice.random()))
            )
            for flush, kills in ((100, KILLS - KILLS // 2), (0, KILLS // 2))
        ]
    totals = lanes[0].result() + lanes[1].result()
    record_property("kills", KILLS)
    record_property("dice", DICE)
    for name, number in sorted(totals.items()):
        record_property(name, number)
    # So that a load that has come to nothing does not pass for a proof.
    for name in ("acknowledged SetStatus", "activities that had to be there", "timed switches computed anew"):
        assert totals[name] >= KILLS, totals
    assert totals["UpdateWorkflow"] >= KILLS // 4, totals
