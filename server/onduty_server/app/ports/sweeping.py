"""The ports for the two background tasks of a server: the sweeper, and the heartbeat."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import NamedTuple

from ..limits import HEARTBEAT_INTERVAL_MS


class Sweep(NamedTuple):
    """The outcome of one step of the sweeper: how many switches it committed, and when the next one is due.

    `next_due` is ms UTC, None for never; a time in the past means that there is more to do now.
    """

    switched: int
    next_due: int | None


class DueSwitches(ABC):
    """Timed switches, to be committed as they fall due."""

    wakeup: asyncio.Event
    """Set when something falls due earlier than the last `Sweep.next_due` said."""

    @abstractmethod
    async def settle_due(self, limit: int) -> Sweep:
        """Commit up to `limit` timed switches that are due: the longest overdue first, unless very many are.

        Raises:
            StoreUnavailable: the store cannot be reached or cannot write.
        """


class VitalSigns(NamedTuple):
    """The last heartbeat of a store, or of a partition of it, and the last recovery (ms UTC).

    `beat` is the time of the last heartbeat, and `horizon` the time until which it is valid. `floor` is the recovery
    floor: the time at which all inactivity clocks restarted after an outage.
    """

    beat: int
    horizon: int
    floor: int


class Heartbeat(ABC):
    """The durable record that activities could be recorded."""

    heartbeat_interval_ms = HEARTBEAT_INTERVAL_MS
    """How often `heartbeat` is to be called."""

    @abstractmethod
    async def heartbeat(self) -> None:
        """Record durably that activities could be recorded until now. Call it once every `heartbeat_interval_ms`.

        If the last heartbeat is longer ago than the outage grace, recover: restart the clocks of all users once.

        Raises:
            StoreUnavailable: it could not be recorded.
            StoreLost: the store can never be written again.
        """
