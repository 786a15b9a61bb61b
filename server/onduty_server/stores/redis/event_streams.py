"""Reads an account's stream of events: for pages of history, for events after a revision, and for listeners."""

from __future__ import annotations

from collections.abc import Sequence

from ...app.background import BackgroundTasks
from ...app.ports.event_log import Listener, Subscription
from ...app.ports.history import Place
from ...app.ports.statuses import ChangeFilter, ChangePage
from ...domain.errors import ResumeTokenExpired
from ...domain.record import AccountEvent, StatusChange, UserChange
from . import scripts
from .event_records import found_events, read_event
from .keys import Keys, partition_of
from .membership import Membership
from .records import forget_decoded
from .running import ScriptRunner
from .steps import StepSizes
from .sweeping import PartitionSweeper
from .tails import Tails
from .wire.client import RedisClient
from .wire.deadlines import bounded

_PAGE_SPARE = 10
"""How many workflow changes may be among the changes of a page without another look."""
_CHUNKS_MAX = 4
"""How many chunks of history one page looks through."""
_LINEAGE_DIGITS = 15
"""The number of hex digits of a replication id that tell histories apart."""
_LINEAGE_MASK = (1 << 60) - 1
_ACCOUNT_LINEAGE = 0x9E3779B97F4A7C15
"""Spreads the revision that an account began after over all bits of a lineage."""
_BEYOND_EVERY_REVISION = 1 << 52


class EventStreams:
    """The streams of all accounts."""

    def __init__(
        self,
        client: RedisClient,
        keys: Keys,
        runner: ScriptRunner,
        sweeper: PartitionSweeper,
        membership: Membership,
        background: BackgroundTasks,
        steps: StepSizes,
    ) -> None:
        self.deadlines = runner.deadlines
        self._runner = runner
        self._sweeper = sweeper
        self._membership = membership
        self._tails = Tails(client, keys, self._read_kept_events, background)
        self._steps = steps

    async def close(self) -> None:
        """Stop telling listeners of events."""
        await self._tails.close()

    @bounded
    async def changes(self, account_id: str, wanted: ChangeFilter, after_revision: int, limit: int) -> ChangePage:
        """Look through a bounded stretch of the account's stream; see `StatusStore`."""
        found: list[StatusChange] = []
        chunk = min(limit + _PAGE_SPARE, self._steps.history) if wanted.takes_all else self._steps.history
        for _ in range(_CHUNKS_MAX):
            events, end = await self._read(account_id, after_revision, wanted.start or 0, chunk)
            for event in events:
                after_revision = event.revision
                change = event.change
                if isinstance(change, StatusChange) and wanted.selects(change):
                    found.append(change)
                    if len(found) == limit:
                        break
            if not events or after_revision >= end.revision:
                return ChangePage(found or (), None)
            if len(found) == limit:
                break
        return ChangePage(found, after_revision)

    @bounded
    async def events(self, account_id: str, after_revision: int, limit: int) -> Sequence[AccountEvent]:
        """Read what follows a revision; see `EventLog`."""
        events, end = await self._read(account_id, after_revision, 0, limit)
        # Revisions have no gaps, so a gap means that events are no longer kept.
        if after_revision > end.revision or (after_revision < end.revision and not events):
            raise ResumeTokenExpired
        if events and events[-1].revision != after_revision + len(events):
            raise ResumeTokenExpired
        return events

    @bounded
    async def subscribe(self, account_id: str, listener: Listener) -> Subscription:
        """Tell a listener of everything after the account's present revision; see `EventLog`."""
        _, end = await self._read(account_id, _BEYOND_EVERY_REVISION, 0, 1)
        return self._tails.subscribe(account_id, end, listener)

    async def catch_up(self, account_id: str) -> None:
        """Tell the listeners of this process of all events that there are."""
        await self._tails.catch_up(account_id)

    @bounded
    async def settled_until(self, account_id: str) -> int | None:
        """Return the time just before now; None if a switch is overdue or a listener is behind; see `EventLog`."""
        partition = partition_of(account_id)
        settled, now, rest = await self._runner.read(scripts.SETTLED_UNTIL, partition, account_id, self._steps.collect)
        if not settled:
            self._sweeper.expect(partition, rest)
            return None
        if not await self._tails.catch_up(account_id, rest):
            return None
        # A change may still become effective within the present millisecond.
        return int(now) - 1

    async def _read_kept_events(
        self, account_id: str, after_revision: int, limit: int
    ) -> tuple[Sequence[AccountEvent], Place]:
        return await self._read(account_id, after_revision, 0, limit)

    async def _read(
        self, account_id: str, after_revision: int, committed_since: int, limit: int
    ) -> tuple[Sequence[AccountEvent], Place]:
        """Return up to `limit` events of a revision above `after_revision`, and the end of the account's history."""
        # The reply begins with a revision, which is never taken for the code that asks for a heartbeat.
        revision, first_revision, replication_id, found = await self._runner.read(
            scripts.CHANGES, partition_of(account_id), account_id, after_revision, max(committed_since, 0), limit
        )
        events = [read_event(each) for each in found_events(found)]
        if any(isinstance(event.change, UserChange) and event.change.erased for event in events):
            forget_decoded()
        # Two stores on one server, one a copy of the other, have the same replication id and different histories.
        lineage = int(replication_id[:_LINEAGE_DIGITS] or b"0", 16) ^ self._membership.lineage
        # So have an account and the one before of the same id.
        return events, Place(revision, lineage ^ first_revision * _ACCOUNT_LINEAGE & _LINEAGE_MASK)
