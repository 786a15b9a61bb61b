"""A process that does nothing but drop the history of an account in Redis, a few changes at a time, until it is killed.

`python -m tests.faults.pruning ADDRESS PREFIX ACCOUNT NOW`, where NOW is its time, which stands still (ms UTC).
"""

from __future__ import annotations

import asyncio
import sys

from tests.fakes import FakeClock

from onduty_server.app.ports.store import StoreOptions
from onduty_server.stores.redis.keys import partition_of
from onduty_server.stores.redis.steps import StepSizes
from onduty_server.stores.redis.store import RedisStore
from onduty_server.stores.redis.wire.address import parse_address


async def prune(address: str, prefix: str, account: str, now: int) -> None:
    """Drop everything."""
    store = RedisStore(
        parse_address(address),
        FakeClock(now),
        StoreOptions(count_outage_as_inactivity=True),
        key_prefix=prefix,
        own_time=True,
        steps=StepSizes(prune=2),
    )
    await store.open()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while not await store._heartbeats._pruning.prune(partition_of(account), now, 0):
        pass


if __name__ == "__main__":
    address, prefix, account, now = sys.argv[1:]
    asyncio.run(prune(address, prefix, account, int(now)))
