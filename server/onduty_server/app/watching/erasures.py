"""Takes erased users out of the ring of an account, once its watchers have been told.

Invariant: the events up to an erasure leave the ring when every watcher that reads it has been sent them, or after
`wait_ms`. A watcher that was not sent them by then begins with a new snapshot.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from ...domain.record import AccountEvent, UserChange
from ..ports.clock import Clock
from .ring import Ring


class Reader(Protocol):
    """A watcher of the account. `told` is the last revision up to which it has been sent everything."""

    told: int


class Erasures:
    """The erasures that the watchers of one account are being told of."""

    def __init__(self, ring: Ring, clock: Clock, *, wait_ms: int) -> None:
        self.behind: set[Reader] = set()
        """The readers that an erasure waits for: each calls `on_told` when it has been sent something."""
        self._ring = ring
        self._clock = clock
        self._wait_ms = wait_ms
        self._readers: set[Reader] = set()
        self._waits_for = 0
        """The revision up to which those behind have to be told."""
        self._all_told = asyncio.Event()
        self._revision = 0
        """The last erasure that was pushed."""
        self._pushed: set[str] = set()
        """The users of erasures that no round has begun with."""
        self._expected: dict[str, asyncio.Event] = {}
        self._rounds: asyncio.Task[None] | None = None

    def add(self, reader: Reader) -> None:
        """Add a reader of the ring."""
        self._readers.add(reader)

    def remove(self, reader: Reader) -> None:
        """Remove a reader that has ended."""
        self._readers.discard(reader)
        self._told(reader)

    def on_told(self, reader: Reader) -> None:
        """Learn that a reader that is `behind` was sent more."""
        if reader.told >= self._waits_for:
            self._told(reader)

    def on_pushed(self, events: Sequence[AccountEvent]) -> None:
        """Learn of events that were pushed into the ring; take those up to an erasure out when that may be."""
        for event in events:
            if isinstance(event.change, UserChange) and event.change.erased:
                self._revision = event.revision
                self._pushed.add(event.change.user_id)
        if self._pushed and self._rounds is None:
            self._rounds = asyncio.create_task(self._forget(), name="onduty-erasures")

    @asynccontextmanager
    async def expected(self, user_id: str) -> AsyncIterator[None]:
        """Wait at the end of the block, in which the user is erased, until the ring has nothing of it.

        It does not wait when the block fails.
        """
        gone = self._expected.setdefault(user_id, asyncio.Event())
        try:
            yield
            # One wait until the event comes, at most, and one for the watchers.
            await self._clock.wait(gone, self._clock.now() + 2 * self._wait_ms)
        finally:
            self._expected.pop(user_id, None)

    def forget_all(self) -> None:
        """Let everybody go on who waits: the ring has been emptied."""
        self._pushed.clear()
        for gone in self._expected.values():
            gone.set()

    def close(self) -> None:
        """Stop: the ring is closed."""
        if self._rounds is not None:
            self._rounds.cancel()
        self.behind.clear()
        self.forget_all()

    async def _forget(self) -> None:
        """Do in rounds what `on_pushed` has asked for. An erasure that comes meanwhile has its turn in the next."""
        while self._pushed:
            revision, users = self._revision, self._pushed
            self._pushed = set()
            await self._wait_for_readers(revision)
            self._ring.truncate(revision)
            for user_id in users:
                if (gone := self._expected.get(user_id)) is not None:
                    gone.set()
        self._rounds = None

    async def _wait_for_readers(self, revision: int) -> None:
        # Those for whom the ring does not reach back far enough begin anew anyway.
        floor = self._ring.floor
        self.behind = {reader for reader in self._readers if floor <= reader.told < revision}
        self._waits_for = revision
        self._all_told.clear()
        if self.behind:
            await self._clock.wait(self._all_told, self._clock.now() + self._wait_ms)
        self.behind = set()

    def _told(self, reader: Reader) -> None:
        if self.behind:
            self.behind.discard(reader)
            if not self.behind:
                self._all_told.set()
