"""Holds the activities of a reporter until the server has answered for them.

Invariants: an accepted activity is held until it is acknowledged, refused or dropped, and is counted as exactly one of
these; no more than `max_pending` are held; of each user, the latest activity counts (the server keeps a maximum, so
sending one twice does no harm). The lock is never held for longer than it takes to add an activity or to detach the
dictionary.
"""

import asyncio
import threading
from contextlib import suppress
from typing import TypeAlias

from onduty_client._activity_times import Batch, When, moment
from onduty_client._types import ReporterStats

_ByAccount: TypeAlias = dict[str, dict[str, When]]


class ActivityBuffer:
    """The waiting activities, and the counts of all. Any thread may call `add` and `stats`, only the sender's the rest.

    Args:
        max_pending: how many users' activities may be held.
        kept: a buffer whose waiting activities are taken over.
    """

    def __init__(self, max_pending: int, kept: "ActivityBuffer | None" = None) -> None:
        self._max_pending = max_pending
        # Re-entrant: a signal handler or a finalizer may record, too.
        self._lock = threading.RLock()
        # By account, then by user: unlike a dictionary keyed by pairs, the garbage collector need not visit it.
        self._waiting: _ByAccount = {} if kept is None else kept._waiting
        self._held = sum(map(len, self._waiting.values()))
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

    @property
    def held(self) -> int:
        """The number of activities that wait or are being sent."""
        return self._held

    @property
    def stats(self) -> ReporterStats:
        """The fate of the activities so far, in counts."""
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
        """Return once an activity waits."""
        while True:
            await self.due.wait()
            with self._lock:
                if self._waiting:
                    return
                self._woken = False
                self.due.clear()

    def take(self, batch_max: int) -> list[Batch]:
        """Take what waits, to be sent, in batches of up to `batch_max`. It stays held."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
            self._woken = False
            self.due.clear()
        every = [(account_id, user_id, when) for account_id in waiting for user_id, when in waiting[account_id].items()]
        return [every[start : start + batch_max] for start in range(0, len(every), batch_max)]

    def give_back(self, *batches: Batch) -> None:
        """Make unacknowledged activities wait again, merged with newer ones of the same users."""
        for batch in batches:
            with self._lock:
                for account_id, user_id, when in batch:
                    users = self._waiting.setdefault(account_id, {})
                    newer = users.get(user_id)
                    if newer is not None:
                        self._held -= 1
                        self._coalesced += 1
                    if newer is None or moment(when) > moment(newer):
                        users[user_id] = when
        if self._waiting:
            self.due.set()

    def count_stream(self) -> None:
        """Count a new stream."""
        with self._lock:
            self._connects += 1

    def count_sent(self, batch: Batch) -> None:
        """Count activities that are being sent."""
        with self._lock:
            self._sent += len(batch)

    def settle(self, *, acknowledged: int, rejected: int) -> None:
        """Release activities that the server has answered for."""
        with self._lock:
            self._acknowledged += acknowledged
            self._rejected += rejected
            self._held -= acknowledged + rejected

    def drop_all(self) -> int:
        """Drop all held activities. Returns how many there were."""
        with self._lock:
            left, self._held = self._held, 0
            self._dropped += left
            self._waiting = {}
        return left
