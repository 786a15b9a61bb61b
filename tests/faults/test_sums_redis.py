"""Processes that are killed while they drop history over Redis: each change, and each edge, is in the sums once."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from tests.stores.backends import RedisBackend
from tests.stores.site import ACCOUNT, BOTH, DAY, HOUR, MINUTE, Site
from tests.stores.test_redis_sums import counted, query
from tests.valkey import shared_server

from onduty_server.app.ports.reports import AccountSettings, Detail
from onduty_server.app.ports.store import StoreOptions
from onduty_server.domain.status import Status
from onduty_server.domain.tallies import CONNECTED, ENGAGED

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("ONDUTY_TEST_KILLS", "5"))
USERS = [f"user {number}" for number in range(12)]
STEPS = 500


async def live(site: Site, dice: random.Random) -> None:
    """Let people come, go, call, move and be erased over some three weeks."""
    await site.configure(BOTH)
    await site.store.update_account(ACCOUNT, AccountSettings("Europe/Berlin"))
    await site.populate(USERS)
    for _ in range(STEPS):
        user = dice.choice(USERS)
        match dice.choices("sadcemx", (3, 3, 2, 3, 3, 1, 0.2))[0]:
            case "s":
                await site.set(user, dice.choice(list(Status)))
            case "a":
                await site.activity(user)
            case "d":
                await site.leave(user)
            case "c":
                await site.keep(user, ttl_ms=dice.choice((MINUTE, HOUR)), idle_for_ms=0)
            case "e":
                await site.engage(user, dice.choice("pq"), dice.choice((MINUTE, HOUR)))
            case "m":
                await site.move(dice.choice(("", "day", "night")), user)
            case "x":
                await site.erase(user)
                await site.activity(user)
        site.advance(dice.randrange(2 * HOUR))
        await site.sweep()


class History:
    """The streams of the account, as they shrink."""

    def __init__(self, backend: RedisBackend) -> None:
        self._server = shared_server()
        names = self._server.ask("KEYS", f"{backend.key_prefix}:*")
        self._streams = [name for name in names if name.endswith((f"}}:e:{ACCOUNT}", f"}}:h:{ACCOUNT}"))]
        assert len(self._streams) == 2

    def left(self) -> list[int]:
        return [self._server.ask("XLEN", stream) for stream in self._streams]


async def test_whoever_is_killed_while_dropping_history_everything_counts_once(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    seed = random.SystemRandom().getrandbits(32)
    record_property("dice", seed)
    dice = random.Random(seed)
    backend = RedisBackend(tmp_path)
    await backend.open(StoreOptions(count_outage_as_inactivity=True, history_retention_ms=10_000 * DAY))
    site = Site(backend)
    began = site.now
    await live(site, dice)
    site.advance(MINUTE)
    # Each bucket has whole days of any time zone.
    wanted = query(began - 2 * DAY, site.now + 2 * DAY, Detail.PEOPLE, 100 * DAY, limit=1_000)
    before = counted(await site.store.tally(ACCOUNT, wanted))
    assert {key.code for _, _, key in before} > {CONNECTED, ENGAGED}
    history = History(backend)
    at_first = sum(history.left())
    for kill in range(KILLS + 1):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.faults.pruning"),
            *(backend.address, backend.key_prefix, ACCOUNT, str(site.now)),
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        async for line in process.stdout:
            if line == b"ready\n":
                break
        # Somewhere within the next part of what there was.
        enough = at_first - at_first * (kill + dice.random()) / (KILLS + 1)
        if kill < KILLS:
            while sum(history.left()) > enough:
                pass
            with suppress(ProcessLookupError):
                process.kill()
        await process.communicate()
        assert counted(await site.store.tally(ACCOUNT, wanted)) == before, f"after kill {kill}"
    assert history.left() == [0, 0]
    await backend.stop()
