"""Heartbeats of the store and the time until which each is valid, outages, and gaps in which the clock may be wrong.

Invariant: no answer is given for a time after the `horizon`, until which the durable heartbeat is valid. So whatever
was shown before a crash is settled after it, even where the time after the crash does not count as inactivity. Times
are ms UTC.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from ...app.gaps import GAP_MS, WAY_OUT, Gap, doubtful, time_before, warn_of, with_gap
from ...app.limits import ACTIVITY_MAX_AGE_MS, HEARTBEAT_VALID_MS
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
    """The heartbeats, outages and gaps of a store."""

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
        """The recovery floor: the time at which all inactivity clocks last restarted."""
        self.gaps: tuple[Gap, ...] = ()
        self.horizon = -1
        """The time until which the durable heartbeat is valid."""
        self.immediate_until = -1
        """The same as `horizon`, but -1 while activities must not be acknowledged at once."""
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
        """Load the floor and the gaps that were kept."""
        self.gaps = tuple(image.gaps)
        if image.vital is not None:
            self.floor = image.vital.floor

    def resume(self, vital: VitalSigns, newest: int) -> None:
        """Continue from the last heartbeat, with a clock that is not behind `newest`, the latest time recorded."""
        newest = max(newest, vital.beat)
        now = self._clock.now()
        if now < newest:
            _log.warning(
                "the wall clock is behind the recorded times; time continues from the latest of them, a tenth slower",
                behind_ms=newest - now,
                way_out=WAY_OUT,
            )
            self._clock.hold(max(newest, vital.horizon))
        self._last_beat, self.horizon = vital.beat, vital.horizon

    def stop(self) -> None:
        """Append to the journal that the store was alive until now, and no longer."""
        if not self._journal.failing:  # otherwise this is an outage, which the next start finds
            now = self._clock.now()
            self._journal.vital(VitalSigns(now, now, self.floor))

    # --- heartbeats --------------------------------------------------------------------------------------------------

    async def beat(self) -> None:
        """Record a heartbeat, after recovering if there was an outage."""
        async with self._beating:
            await self._beat()

    async def _beat(self) -> None:
        # In a closed store nothing would ever become durable, and callers would wait for ever.
        self._durability.check_writable()
        now, jumps = self._clock.now(), self._jumps
        last = self._last_beat
        if last is not None and now - last > self._options.outage_grace_ms:
            self._recover(now, now - last)
            if now - last > GAP_MS:
                self._add_gap(Gap(last, now))
        self._journal.vital(VitalSigns(now, now + HEARTBEAT_VALID_MS, self.floor))
        if now >= self._next_prune:
            options = self._options
            self._journal.prune(
                self._kept_from(now),
                options.history_max_changes,
                options.workflow_changes_kept,
                time_before(now, options.report_retention_ms, self.gaps),
            )
            self._next_prune = now + _PRUNE_INTERVAL_MS
        await self._journal.commit()
        # Set this only now: while nothing can be written no activity is recorded, and that is an outage as well.
        self._last_beat = now
        if jumps == self._jumps:
            self.horizon = max(self.horizon, now + HEARTBEAT_VALID_MS)
        # Tell every part again: what the journal told them before rested on the old horizon.
        self._journal.on_durable()

    async def now(self) -> int:
        """Return the time now, once a heartbeat is valid for it.

        While nothing can be written there is no heartbeat, and no activity is recorded, so an outage may be beginning.
        Reads then answer as of the last horizon, so that they show what a recovery will settle.
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
        """Adjust the horizon to what the journal has written, or to its failure to write."""
        if self._journal.lost is not None:
            # Memory may be out of date from now on, so nothing may be answered without a look at the journal.
            self.horizon = -1
        at_once = not self._journal.failing and not self._durability.closed and not self._clocks.at_once
        self.immediate_until = self.horizon if at_once else -1

    def on_jump(self, before: int) -> None:
        """End the horizon at `before`: switches that fell due in the skipped time fell due in an outage."""
        self._jumps += 1
        self.horizon = min(self.horizon, before)
        self.immediate_until = min(self.immediate_until, before)

    # --- outages -----------------------------------------------------------------------------------------------------

    def _recover(self, now: int, outage_ms: int) -> None:
        """Settle what was due before the outage, then restart all clocks, since no activity could be recorded in it."""
        if self._options.count_outage_as_inactivity:
            _log.warning("an outage was counted as inactivity", outage_ms=outage_ms)
            return
        began = min(self.horizon, now)
        for account in self._accounts.values():
            for team_id in ("", *account.apart):
                policy = account.policy_of(team_id)
                past = policy.past
                earliest = account.earliest_under(team_id)
                if earliest is not None and earliest <= began:
                    past = (*past, PastPolicy(policy.workflow, policy.floor, began, account.revision))
                self._commits.replace_policy(account, team_id, Policy(policy.workflow, now, past))
                if past is not policy.past:
                    self._commits.journal_policy(account, team_id)
            self._schedule.update(account)
        self._durability.note(FloorBefore(self.floor))
        self.floor = now
        _log.warning("recovered from an outage; every inactivity clock restarts now", outage_ms=outage_ms)
        self._observer.recovered(outage_ms)

    def on_lost(self, floor: int | None, gaps: tuple[Gap, ...] | None) -> None:
        """Restore the durable floor and gaps, if they differ."""
        if floor is not None:
            self.floor = floor
        if gaps is not None:
            self.gaps = gaps

    # --- gaps --------------------------------------------------------------------------------------------------------

    def oldest_activity(self, now: int) -> int:
        """Return the time before which an activity is too old; as for history, doubtful gaps do not count."""
        return time_before(now, ACTIVITY_MAX_AGE_MS, self.gaps)

    def _add_gap(self, gap: Gap) -> None:
        self._replace_gaps(with_gap(self.gaps, gap))
        warn_of(gap)

    def _kept_from(self, now: int) -> int:
        """Return the commit time from which history is kept. A clock that may be wrong drops nothing."""
        kept_from = time_before(now, self._options.history_retention_ms, self.gaps)
        gaps = doubtful(self.gaps, now, wall=self._clock.wall(), kept_from=kept_from)
        if gaps != self.gaps:
            self._replace_gaps(gaps)
        return time_before(now, self._options.history_retention_ms, gaps)

    def _replace_gaps(self, gaps: tuple[Gap, ...]) -> None:
        self._durability.note(GapsBefore(self.gaps))
        self.gaps = gaps
        self._journal.gaps(gaps)
