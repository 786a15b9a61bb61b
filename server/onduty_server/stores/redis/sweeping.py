"""Commits the timed switches of the partitions that this process holds, and knows when the next one is due.

Another process, or a change by a user, may be faster: each switch is a compare-and-set, and one that comes too late is
skipped.
"""

from __future__ import annotations

import asyncio

from ...app.ports.sweeping import Sweep
from . import scripts
from .heartbeats import Heartbeats
from .partitions import Partitions
from .running import ScriptRunner
from .settling import LEASE_LOST, Lease, Settling
from .store_time import StoreTime


class PartitionSweeper:
    """Sweeps the partitions that this process holds. Times are ms UTC."""

    def __init__(
        self,
        runner: ScriptRunner,
        settling: Settling,
        partitions: Partitions,
        heartbeats: Heartbeats,
        time: StoreTime,
        *,
        member: str,
    ) -> None:
        self.wakeup = asyncio.Event()
        """Set when something falls due earlier than the last sweep said."""
        self._runner = runner
        self._settling = settling
        self._partitions = partitions
        self._heartbeats = heartbeats
        self._time = time
        self._member = member
        self._sleeping_until: int | None = 0
        """The time of the sweeper's next step, unless it is woken; None: never."""
        self._turn = 0
        self._turns: dict[int, int] = {}
        """By partition: its last turn."""

    async def settle_due(self, limit: int) -> Sweep:
        """Sweep the partitions held by this process in the order in which they fall due; see `DueSwitches`."""
        self._runner.check_open()
        self._sleeping_until = 0
        self.wakeup.clear()
        if not self._heartbeats.vouches:
            await self._heartbeats.round()
        switched = 0
        for partition, head in sorted(
            ((number, head) for number, head in self._partitions.heads.items() if head is not None),
            # Of several that are equally due, take the one that has waited longest for its turn.
            key=lambda each: (each[1], self._turns.get(each[0], 0)),
        ):
            if switched >= limit or head > self._time.now():
                break
            self._turn += 1
            self._turns[partition] = self._turn
            switched += await self.sweep(partition, limit - switched)
        self._sleeping_until = self._next_due()
        return Sweep(switched, self._sleeping_until)

    async def sweep(self, partition: int, limit: int) -> int:
        """Commit up to `limit` timed switches of a partition, if this process still has its lease."""
        fence = self._partitions.fence(partition)
        if fence is None:
            return 0
        lease = Lease(self._member, fence)
        reply = await self._runner.read(scripts.SWEEP, partition, *lease, limit)
        if reply[0] == LEASE_LOST:
            self._partitions.lose(partition)
            return 0
        _, now, floor, head, *accounts = reply
        self._partitions.heads[partition] = head
        switched = await asyncio.gather(
            *(
                self._settling.settle(partition, account.decode(), workflow, past, teams, floor, now, found, lease)
                for account, workflow, past, teams, found in zip(*[iter(accounts)] * 5, strict=True)
            )
        )
        return sum(switched)

    def expect(self, partition: int, head: int | None) -> None:
        """Record when a partition's next switch is due, and wake the sweeper if it expects a later one."""
        if self._partitions.fence(partition) is not None:
            self._partitions.heads[partition] = head
            self._wake_for(head)

    def wake_if_due(self) -> None:
        """Wake the sweeper if a partition has a switch due earlier than it expects."""
        self._wake_for(self._next_due())

    def _next_due(self) -> int | None:
        """Return the time of the next due switch of the partitions held, as far as this process knows."""
        return min((head for head in self._partitions.heads.values() if head is not None), default=None)

    def _wake_for(self, due: int | None) -> None:
        if due is not None and (self._sleeping_until is None or due < self._sleeping_until or due <= self._time.now()):
            self.wakeup.set()
