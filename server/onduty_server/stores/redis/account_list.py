"""Lists the accounts of a store, partition by partition.

Invariant: an account keeps its place in the list, so that accounts that come between two pages move none of the others.
"""

from __future__ import annotations

import asyncio
from hashlib import blake2s
from typing import Final

from ...app.ports.statuses import AccountPage
from .keys import PARTITIONS, Keys
from .running import ScriptRunner
from .wire.client import RedisClient
from .wire.deadlines import bounded

_AT_A_TIME: Final = 8
"""Partitions that are read together, each with all its accounts."""
_SPOT_BITS: Final = 45
"""A position is a partition and a spot in it; with these bits it fits into a page token."""


class AccountList:
    """The accounts of a store. Within a partition accounts come by a hash of the id, which is their spot."""

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
        partition, first = position >> _SPOT_BITS, position & ((1 << _SPOT_BITS) - 1)
        while partition < PARTITIONS:
            keys = self._keys.of_partition[partition : partition + _AT_A_TIME]
            replies = await asyncio.gather(*(self._client.command(key, "SMEMBERS", key + b"accounts") for key in keys))
            for ids in replies:
                here = sorted((spot, account_id) for account_id in ids if (spot := _spot(account_id)) >= first)
                here = here[: limit - len(found)]
                found += [account_id.decode() for _, account_id in here]
                if len(found) == limit:
                    return AccountPage(found, (partition << _SPOT_BITS) + here[-1][0] + 1)
                partition, first = partition + 1, 0
        return AccountPage(found, None)


def _spot(account_id: bytes) -> int:
    return int.from_bytes(blake2s(account_id, digest_size=8).digest()) >> (64 - _SPOT_BITS)
