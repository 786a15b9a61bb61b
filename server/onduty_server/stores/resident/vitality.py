"""The life of the store: heartbeats, the time they vouch for, outages, and gaps in which the clock may have been wrong.

Invariant: nothing is answered for a moment later than the durable heartbeat vouches for (`horizon`). What was shown
before a crash is therefore settled after it, even where the time after it is not counted as inactivity. Times are ms
UTC.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from ...app.gaps import GAP_MS, WAY_OUT, Gap, doubtful, time_before, warn_of, with_gap
from ...app.limits import ACTIVITY_MAX_AGE_MS, HEARTBEAT_LEASE_MS
from ...app.ports.clock import Clock
from ...app.ports.observer import Observer
from ...app.ports.store import StoreOptions
from ...app.ports.sweeping import VitalSigns
from ...domain.errors import StoreUnavailable
from ...domain.rules import PastPolicy, Policy
from .account import Account
from .clocks import MovedClocks
from .commits import Commits
from .durability import Durability
from .journal import Image, Journal
from .schedule import Schedule
from .undo import FloorBefore, GapsBefore

_log = structlog.get_logger(__name__)

_PRUNE_INTERVAL_MS = 10 * 60 * 1_000


class Vitality:
    """See the module."""

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        observer: Observer,
        options: StoreOptions,
        durability: Durability,
        accounts: Mapping[str, Account],
        schedule: Schedule,
        clocks: MovedClocks,
        commits: Commits,
    ) -> None:
        self.floor = 0
        """The recovery floor: everybody's inactivity clock restarted then."""
        self.gaps: tuple[Gap, ...] = ()
        self.horizon = -1
        """Until when the durable heartbeat vouches."""
        self.immediate_until = -1
        """As `horizon`; -1 while activities must not be acknowledged at once."""
        self._journal = journal
        self._clock = clock
        self._observer = observer
        self._options = options
        self._durability = durability
        self._accounts = accounts
        self._schedule = schedule
        self._clocks = clocks
        self._commits = commits
        self._last_beat: int | None = None
        self._beating = asyncio.Lock()
        self._next_prune = 0
        self._jumps = 0

    # --- start and stop ----------------------------------------------------------------------------------------------

    def load(self, image: Image) -> None:
        """Take over the floor and the gaps of what was kept."""
        self.gaps = tuple(image.gaps)
        if image.vital is not None:
            self.floor = image.vital.floor

    def resume(self, vital: VitalSigns, newest: int) -> None:
        """Go on from the last heartbeat, with a clock that is not behind `newest`, the latest time recorded."""
        newest = max(newest, vital.beat)
        now = self._clock.now()
        if now < newest:
            _log.warning(
                "the wall clock is behind what was recorded; the time goes on from there, a tenth slower",
                behind_ms=newest - now,
                way_out=WAY_OUT,
            )
            self._clock.hold(max(newest, vital.horizon))
        self._last_beat, self.horizon = vital.beat, vital.horizon

    def stop(self) -> None:
        """Append to the journal that the store was alive until now, and vouches for no more."""
        if not self._journal.failing:  # else this is an outage, for the next start to find
            now = self._clock.now()
            self._journal.vital(VitalSigns(now, now, self.floor))

    # --- heartbeats --------------------------------------------------------------------------------------------------

    async def beat(self) -> None:
        """Vouch for the next moments; recover first if there was an outage."""
        async with self._beating:
            await self._beat()

    async def _beat(self) -> None:
        # Of a store that has been closed nothing would ever become durable, and whoever waited would wait for ever.
        self._durability.check_writable()
        now, jumps = self._clock.now(), self._jumps
        last = self._last_beat
        if last is not None and now - last > self._options.outage_grace_ms:
            self._recover(now, now - last)
            if now - last > GAP_MS:
                self._add_gap(Gap(last, now))
        self._journal.vital(VitalSigns(now, now + HEARTBEAT_LEASE_MS, self.floor))
        if now >= self._next_prune:
            self._journal.prune(self._kept_from(now), self._options.history_max_changes)
            self._next_prune = now + _PRUNE_INTERVAL_MS
        await self._journal.commit()
        # Only now: as long as nothing can be written no activity is recorded, and that too is an outage.
        self._last_beat = now
        if jumps == self._jumps:
            self.horizon = max(self.horizon, now + HEARTBEAT_LEASE_MS)
        # Every part takes note: what the journal told them before rested on the old horizon.
        self._journal.on_durable()

    async def now(self) -> int:
        """Return the time now, vouched for.

        While nothing can be written nobody can vouch, and no activity is recorded: this is an outage in the making.
        Reads then go on as of the last vouched moment, so that what they show is what a recovery will settle.
        """
        journal = self._journal
        if self._clock.now() > self.horizon and not journal.failing:
            async with self._beating:
                if self._clock.now() > self.horizon:
                    try:
                        await self._beat()
                    except StoreUnavailable:
                        self._durability.check_open()
        self._durability.check_not_lost()
        now = self._clock.now()
        return now if not journal.failing or self._options.count_outage_as_inactivity else min(now, self.horizon)

    def on_durable(self) -> None:
        """Take note of what the journal has written, or of that it can write no more."""
        if self._journal.lost is not None:
            # What is in memory may be out of date from now on: no answer without a look at the journal.
            self.horizon = -1
        at_once = not self._journal.failing and not self._durability.closed and not self._clocks.at_once
        self.immediate_until = self.horizon if at_once else -1

    def on_jump(self, before: int) -> None:
        """Vouch for nothing after `before`: what fell due in the time that was jumped over fell due in an outage."""
        self._jumps += 1
        self.horizon = min(self.horizon, before)
        self.immediate_until = min(self.immediate_until, before)

    # --- outages -----------------------------------------------------------------------------------------------------

    def _recover(self, now: int, outage_ms: int) -> None:
        """Restart everybody's clock, after what was due before: nothing could record activity for too long."""
        if self._options.count_outage_as_inactivity:
            _log.warning("an outage was counted as inactivity", outage_ms=outage_ms)
            return
        began = min(self.horizon, now)
        for account in self._accounts.values():
            policy = account.policy
            past = policy.past
            earliest = account.earliest()
            if earliest is not None and earliest <= began:
                past = (*past, PastPolicy(policy.workflow, policy.floor, began, account.revision))
            self._commits.replace_policy(account, Policy(policy.workflow, now, past))
            if past is not policy.past:
                self._journal.account(account, policy.workflow, past)
            self._schedule.update(account)
        self._durability.note(FloorBefore(self.floor))
        self.floor = now
        _log.warning("recovered from an outage; every inactivity clock restarts now", outage_ms=outage_ms)
        self._observer.recovered(outage_ms)

    def on_lost(self, floor: int | None, gaps: tuple[Gap, ...] | None) -> None:
        """Go back to the floor and the gaps that are durable, if they are others."""
        if floor is not None:
            self.floor = floor
        if gaps is not None:
            self.gaps = gaps

    # --- gaps --------------------------------------------------------------------------------------------------------

    def oldest_activity(self, now: int) -> int:
        """As for history: an activity of the right time is none of long ago."""
        return time_before(now, ACTIVITY_MAX_AGE_MS, self.gaps)

    def _add_gap(self, gap: Gap) -> None:
        self._replace_gaps(with_gap(self.gaps, gap))
        warn_of(gap)

    def _kept_from(self, now: int) -> int:
        """From which commit time on history is kept: never by a clock that may have been wrong."""
        kept_from = time_before(now, self._options.history_retention_ms, self.gaps)
        gaps = doubtful(self.gaps, now, wall=self._clock.wall(), kept_from=kept_from)
        if gaps != self.gaps:
            self._replace_gaps(gaps)
        return time_before(now, self._options.history_retention_ms, gaps)

    def _replace_gaps(self, gaps: tuple[Gap, ...]) -> None:
        self._durability.note(GapsBefore(self.gaps))
        self.gaps = gaps
        self._journal.gaps(gaps)
