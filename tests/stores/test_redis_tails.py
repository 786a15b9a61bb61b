"""What follows the commits of other processes over Redis is a background task, and its failure is reported."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from structlog.testing import capture_logs
from tests.fakes import FakeClock
from tests.stores.site import ACCOUNT
from tests.valkey import shared_server

from onduty_server.app.background import BackgroundTasks
from onduty_server.app.service import StatusService
from onduty_server.domain.record import AccountEvent
from onduty_server.domain.status import Status
from onduty_server.stores.redis.store import RedisStore
from onduty_server.stores.redis.wire.address import parse_address

PATIENCE_S = 10


async def test_a_listener_that_fails_ends_the_process_rather_than_leaving_watchers_behind() -> None:
    background = BackgroundTasks()
    store = RedisStore(
        parse_address(shared_server().address), FakeClock(), key_prefix="tails", own_time=True, background=background
    )
    await store.open()

    def listen(events: Sequence[AccountEvent]) -> None:
        raise LookupError

    await store.subscribe(ACCOUNT, listen)
    with capture_logs() as lines:
        await StatusService(store).set_status(ACCOUNT, "ann", Status.ONLINE)
        async with asyncio.timeout(PATIENCE_S):
            await background.failed.wait()
    [line] = [line for line in lines if line["log_level"] == "critical"]
    assert line["task"] == "onduty-redis-tail"
    assert isinstance(line["exc_info"], LookupError)
    await store.close()
