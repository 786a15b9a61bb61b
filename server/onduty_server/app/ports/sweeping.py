"""The ports for the two background tasks of a server: the sweeper, and the heartbeat."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import NamedTuple

from ..limits import HEARTBEAT_INTERVAL_MS


class Sweep(NamedTuple):
    """The outcome of one step of the sweeper: how many switches it committed, and when to come again.

    `next_due` is ms UTC, None for never; in the past it means that there is more to do now.
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
    """The vital signs of a store, or of a part of it (ms UTC).

    `beat` is the last heartbeat, `horizon` the time until which it vouched, and `floor` the recovery floor: everybody's
    inactivity clock restarted then, after an outage.
    """

    beat: int
    horizon: int
    floor: int


class Heartbeat(ABC):
    """The durable note that activities could be recorded."""

    heartbeat_interval_ms = HEARTBEAT_INTERVAL_MS
    """How often `heartbeat` is to be called."""

    @abstractmethod
    async def heartbeat(self) -> None:
        """Note durably that activities could be recorded until now. Call it once every `heartbeat_interval_ms`.

        If the last one is longer ago than the outage grace, recover: restart everybody's clock once.

        Raises:
            StoreUnavailable: it could not be noted.
            StoreLost: it never can be again.
        """
