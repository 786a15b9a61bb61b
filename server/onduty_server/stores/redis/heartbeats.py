"""Makes the rounds of a process: records heartbeats, restores what a failover may have lost, and prunes history.

Invariant: nothing is read or decided for a time that no heartbeat vouches for, that is, after its horizon.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ...app.gaps import doubtful, time_before
from ...app.limits import ACTIVITY_MAX_AGE_MS
from ...app.ports.store import StoreOptions
from .account_count import AccountCount
from .health import StoreHealth
from .membership import Membership
from .partitions import Partitions
from .pruning import Pruning
from .records import forget_decoded
from .store_time import StoreTime
from .wire.deadlines import Deadlines, bounded

_PRUNE_INTERVAL_MS = 10 * 60 * 1_000


class Heartbeats:
    """The rounds of one process. `on_round` is called after each of them. Times are ms UTC."""

    def __init__(
        self,
        time: StoreTime,
        membership: Membership,
        partitions: Partitions,
        accounts: AccountCount,
        health: StoreHealth,
        options: StoreOptions,
        pruning: Pruning,
        *,
        deadlines: Deadlines,
        on_round: Callable[[], None],
    ) -> None:
        self.deadlines = deadlines
        self.may_lack_something = True
        """True if the next round is to look for keys that a failover may have lost."""
        self._time = time
        self._membership = membership
        self._partitions = partitions
        self._accounts = accounts
        self._health = health
        self._options = options
        self._pruning = pruning
        self._on_round = on_round
        self._next_prune = 0
        self._to_prune: set[int] = set()
        """The partitions in which there may be something to drop."""

    @bounded
    async def round(self) -> None:
        """Make a round. If every node refuses the heartbeats, the store counts as unreachable."""
        try:
            await self._partitions.round()
        finally:
            self._health.on_heartbeats(self._partitions.refusal)
        self._on_round()
        if self.may_lack_something:
            await self._partitions.find_unlisted()
            await self._accounts.recount(self._partitions.used)
            self.may_lack_something = False

    @property
    def vouches(self) -> bool:
        """True if the store-wide heartbeat vouches for now."""
        return self._time.now() <= self._membership.horizon

    async def vouch(self, partition: int) -> None:
        """Make sure that the store-wide heartbeat vouches for now, for a partition without a heartbeat of its own."""
        if partition not in self._partitions.used and not self.vouches:
            await self.round()

    async def leave(self) -> None:
        """Give back the leases."""
        if not self.vouches:
            # An outage that has not been noticed yet must not count as time in which activities could be recorded.
            await self._partitions.round()
        await self._partitions.leave()

    # --- history -----------------------------------------------------------------------------------------------------

    async def prune_when_due(self) -> None:
        """Prune the history of the partitions that this process holds: now and then, and what is too long at once.

        A heartbeat does not wait until all is done; the next one goes on.
        """
        now = self._time.now()
        if now >= self._next_prune:
            self._next_prune = now + _PRUNE_INTERVAL_MS
            self.may_lack_something = True
            # Another process may have erased who is named in them.
            forget_decoded()
            self._to_prune.update(self._partitions.held)
        self._to_prune |= self._partitions.excessive
        self._partitions.excessive.clear()
        self._to_prune.intersection_update(self._partitions.held)
        if not self._to_prune:
            return
        kept_from = await self._history_kept_from(now)
        sums_from = time_before(now, self._options.report_retention_ms, self._membership.gaps)
        numbers = list(self._to_prune)
        ended = await asyncio.gather(*(self._pruning.prune(number, kept_from, sums_from) for number in numbers))
        self._to_prune.difference_update(number for number, end in zip(numbers, ended, strict=True) if end)

    async def _history_kept_from(self, now: int) -> int:
        """Return the commit time from which history is kept. A clock that may be wrong drops nothing."""
        known = self._membership.gaps
        kept_from = time_before(now, self._options.history_retention_ms, known)
        gaps = doubtful(known, now, wall=now - self._membership.offset_ms, kept_from=kept_from)
        await self._membership.forget_gaps(set(known).difference(gaps))
        return time_before(now, self._options.history_retention_ms, gaps)

    def oldest_activity(self, now: int) -> int:
        """Return the time before which an activity is too old; time in a gap does not make it old."""
        return time_before(now, ACTIVITY_MAX_AGE_MS, self._membership.gaps)
