"""Lists the accounts of a store, partition by partition."""

from __future__ import annotations

import asyncio

from ...app.ports.statuses import AccountPage
from .keys import PARTITIONS, Keys
from .running import ScriptRunner
from .wire.client import RedisClient
from .wire.deadlines import bounded

_AT_A_TIME = 32
"""Partitions that are read together."""
_PLACES = 1 << 24
"""More than the accounts of a partition: a position is a partition and a place in it."""


class AccountList:
    """See the module. Within a partition accounts come by id, so that the pages of a list agree."""

    def __init__(self, client: RedisClient, keys: Keys, runner: ScriptRunner) -> None:
        self.deadlines = runner.deadlines
        self._runner = runner
        self._client = client
        self._keys = keys

    @bounded
    async def accounts(self, position: int, limit: int) -> AccountPage:
        """Read whole partitions until a page is full; see `StatusStore`."""
        self._runner.check_open()
        found: list[str] = []
        partition, place = divmod(position, _PLACES)
        while partition < PARTITIONS:
            keys = self._keys.of_partition[partition : partition + _AT_A_TIME]
            replies = await asyncio.gather(*(self._client.command(key, "SMEMBERS", key + b"accounts") for key in keys))
            for ids in replies:
                here = sorted(ids)[place : place + limit - len(found)]
                found += [account_id.decode() for account_id in here]
                place += len(here)
                if len(found) == limit:
                    return AccountPage(found, partition * _PLACES + place)
                partition, place = partition + 1, 0
        return AccountPage(found, None)
