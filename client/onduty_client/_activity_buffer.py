"""Holds the activities, sessions and engagements of a reporter until the server has answered for them.

Invariants: an accepted report is held until it is acknowledged, refused or dropped, and is counted as exactly one of
these; no more than `max_pending` are held; of each user, the latest activity counts (the server keeps a maximum, so
sending one twice does no harm), and of each session and engagement the latest report. The lock is never held for longer
than it takes to add a report or to detach the dictionaries.
"""

import asyncio
import itertools
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import NamedTuple, TypeAlias

from onduty_client._activity_times import DatedBatch, When, moment
from onduty_client._reported_leases import LeaseKey, LeaseReport
from onduty_client._types import LeaseAction, ReporterStats

_ByAccount: TypeAlias = dict[str, dict[str, When]]


class Batch(NamedTuple):
    """Reports that travel in one message."""

    activities: DatedBatch
    leases: list[tuple[LeaseKey, LeaseReport]]

    @property
    def size(self) -> int:
        """How many there are."""
        return len(self.activities) + len(self.leases)

    def halves(self) -> "tuple[Batch, Batch]":
        """The same in two batches, in order."""
        if self.activities and self.leases:
            return Batch(self.activities, []), Batch([], self.leases)
        one, other = len(self.activities) // 2, len(self.leases) // 2
        return (
            Batch(self.activities[:one], self.leases[:other]),
            Batch(self.activities[one:], self.leases[other:]),
        )


class ActivityBuffer:
    """The waiting reports, and the counts of all. Any thread may call `add` and `stats`, only the sender's the rest.

    Args:
        max_pending: how many users' activities, sessions and engagements may be held, in all.
        kept: a buffer whose waiting reports are taken over.
    """

    def __init__(self, max_pending: int, kept: "ActivityBuffer | None" = None) -> None:
        self._max_pending = max_pending
        # Re-entrant: a signal handler or a finalizer may record, too.
        self._lock = threading.RLock()
        # By account, then by user: unlike a dictionary keyed by pairs, the garbage collector need not visit it.
        self._waiting: _ByAccount = {} if kept is None else kept._waiting
        self._leases: dict[LeaseKey, LeaseReport] = {} if kept is None else kept._leases
        self._numbers: Iterator[int] = itertools.count(1) if kept is None else kept._numbers
        self._held = sum(map(len, self._waiting.values())) + len(self._leases)
        self._woken = False
        self._recorded = self._held
        self._coalesced = self._dropped = self._acknowledged = self._rejected = self._sent = self._connects = 0
        #: True once no more activities are accepted.
        self.closed = False
        #: The event loop of the sender; None before it runs.
        self.loop: asyncio.AbstractEventLoop | None = None
        #: Set when there is something to send.
        self.due = asyncio.Event()

    def add(self, account_id: str, user_id: str, when: When) -> bool:
        """Hold an activity. Returns False if it was dropped."""
        with self._lock:
            self._recorded += 1
            users = self._waiting.get(account_id)
            if users is not None and user_id in users:
                self._coalesced += 1
                if type(when) is not float and moment(users[user_id]) > moment(when):
                    return True
            elif self._held >= self._max_pending or self.closed:
                self._dropped += 1
                return False
            else:
                self._held += 1
                if users is None:
                    users = self._waiting[account_id] = {}
            users[user_id] = when
            loop = self.loop
            if self._woken or loop is None:
                return True
            self._woken = True
        # The event loop may have ended meanwhile; the activity was dropped and counted then.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self.due.set)
        return True

    def add_lease(
        self, key: LeaseKey, action: LeaseAction, ttl: timedelta | None, at: float, input_at: float | None
    ) -> bool:
        """Hold a report of a session or an engagement. Returns False if it was dropped."""
        with self._lock:
            self._recorded += 1
            report = LeaseReport(next(self._numbers), action, ttl, at, input_at)
            waiting = self._leases.get(key)
            if waiting is not None:
                self._coalesced += 1
                report = report.merged(waiting)
            elif self._held >= self._max_pending or self.closed:
                self._dropped += 1
                return False
            else:
                self._held += 1
            self._leases[key] = report
            loop = self.loop
            if self._woken or loop is None:
                return True
            self._woken = True
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self.due.set)
        return True

    @property
    def held(self) -> int:
        """The number of reports that wait or are being sent."""
        return self._held

    @property
    def stats(self) -> ReporterStats:
        """The fate of the reports so far, in counts."""
        with self._lock:
            return ReporterStats(
                recorded=self._recorded,
                coalesced=self._coalesced,
                acknowledged=self._acknowledged,
                rejected=self._rejected,
                dropped=self._dropped,
                pending=self._held,
                sent=self._sent,
                connects=self._connects,
            )

    async def wait_due(self) -> None:
        """Return once a report waits."""
        while True:
            await self.due.wait()
            with self._lock:
                if self._waiting or self._leases:
                    return
                self._woken = False
                self.due.clear()

    def take(self, batch_max: int) -> list[Batch]:
        """Take what waits, to be sent, in batches of up to `batch_max`. It stays held.

        Activities come first: one may make a user known who has a session.
        """
        with self._lock:
            waiting, self._waiting = self._waiting, {}
            leases, self._leases = self._leases, {}
            self._woken = False
            self.due.clear()
        every = [(account_id, user_id, when) for account_id in waiting for user_id, when in waiting[account_id].items()]
        of_leases = list(leases.items())
        count = len(every)
        return [
            Batch(
                every[start : start + batch_max], of_leases[max(0, start - count) : max(0, start + batch_max - count)]
            )
            for start in range(0, count + len(of_leases), batch_max)
        ]

    def give_back(self, *batches: Batch) -> None:
        """Make unacknowledged reports wait again, merged with newer ones of the same."""
        for batch in batches:
            with self._lock:
                for key, report in batch.leases:
                    waiting = self._leases.get(key)
                    if waiting is not None:
                        self._held -= 1
                        self._coalesced += 1
                    self._leases[key] = report if waiting is None else report.merged(waiting)
                for account_id, user_id, when in batch.activities:
                    users = self._waiting.setdefault(account_id, {})
                    newer = users.get(user_id)
                    if newer is not None:
                        self._held -= 1
                        self._coalesced += 1
                    if newer is None or moment(when) > moment(newer):
                        users[user_id] = when
        if self._waiting or self._leases:
            self.due.set()

    def count_stream(self) -> None:
        """Count a new stream."""
        with self._lock:
            self._connects += 1

    def count_sent(self, batch: Batch) -> None:
        """Count reports that are being sent."""
        with self._lock:
            self._sent += batch.size

    def drop_run_out(self, batch: Batch, now: float) -> Batch:
        """Drop the sessions and engagements of a batch that have run out while they waited."""
        left = [(key, report) for key, report in batch.leases if not report.has_run_out(now)]
        if len(left) == len(batch.leases):
            return batch
        with self._lock:
            self._dropped += len(batch.leases) - len(left)
            self._held -= len(batch.leases) - len(left)
        return Batch(batch.activities, left)

    def settle(self, *, acknowledged: int, rejected: int) -> None:
        """Release reports that the server has answered for."""
        with self._lock:
            self._acknowledged += acknowledged
            self._rejected += rejected
            self._held -= acknowledged + rejected

    def drop_all(self) -> int:
        """Drop all held reports. Returns how many there were."""
        with self._lock:
            left, self._held = self._held, 0
            self._dropped += left
            self._waiting = {}
            self._leases = {}
        return left
