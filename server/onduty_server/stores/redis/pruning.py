"""Drops history that is no longer kept, and adds what it says to the daily sums in the same script (`lua/prune.lua`).

So each change is added once, whichever process does it, and however often. Days are those of the account's time zone at
that moment. The scripts know no time zones: they are given the bounds of the days of one, and say which they need.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Sequence
from typing import Final

from ...app.calendar import day_bounds, zone_of_days
from ...app.ports.store import StoreOptions
from ...domain.periods import DAY_MS
from . import scripts
from .keys import Keys
from .steps import StepSizes
from .store_time import StoreTime
from .wire.client import RedisClient

_RANGE_MAX_MS: Final = 100 * DAY_MS
"""How long a time the days that a script is given cover at most."""
_TURN_S: Final = 0.3
"""How long one call goes on. Heartbeats wait for it."""
_DAYS_NEEDED, _OLDER = 2, 3
"""Replies of the script."""


class Pruning:
    """Drops history of partitions. Times are ms UTC."""

    def __init__(
        self, client: RedisClient, keys: Keys, time: StoreTime, options: StoreOptions, steps: StepSizes
    ) -> None:
        self._client = client
        self._keys = keys
        self._time = time
        self._options = options
        self._steps = steps

    async def prune(self, partition: int, before: int, sums_before: int) -> bool:
        """Drop changes committed before `before`, and sums of days ended by `sums_before`; False if there is more."""
        key, days = self._keys.of_partition[partition], _Days(before)
        limits = before, self._options.history_max_changes, sums_before, self._steps.prune
        loop = asyncio.get_running_loop()
        until = loop.time() + _TURN_S
        while loop.time() < until:
            code, *more = await self._client.run(
                scripts.PRUNE, key, self._time.argument(), *limits, days.zone, days.packed
            )
            if code == 0:
                return True
            if code == _DAYS_NEEDED:
                zone, time = more
                days.cover(zone, time)
            elif code == _OLDER:
                await self._client.run(scripts.MODERNISE, key, self._time.argument(), *more, self._steps.prune)
        return False


class _Days:
    """The bounds of the days of one time zone, packed as a script reads them."""

    def __init__(self, until: int) -> None:
        self.zone = b""
        self.packed = b""
        self._until = until
        self._bounds: Sequence[int] = ()

    def cover(self, zone: bytes, time: int) -> None:
        """Make them days of this zone, that of `time` among them, and those after it that will be needed."""
        start, end = time, min(max(time + 1, self._until), time + _RANGE_MAX_MS)
        if zone == self.zone:
            bounds = self._bounds
            if bounds[-1] - _RANGE_MAX_MS < time < bounds[0] + _RANGE_MAX_MS:
                start, end = min(time, bounds[0]), max(time + 1, bounds[-1])
        self.zone = zone
        self._bounds = day_bounds(start, end, zone_of_days(zone.decode()))
        self.packed = b"".join(struct.pack(">HI", bound >> 32, bound & 0xFFFFFFFF) for bound in self._bounds)
