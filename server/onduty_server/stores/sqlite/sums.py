"""Adds up history for reports concurrently with the writer, in a thread of its own and one report after another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import apsw
import structlog

from ...domain.errors import StoreUnavailable
from ..resident.journal import FoundSums, SumsQuery
from .snapshot import Snapshot
from .summing import Summing, read_left_since

_log = structlog.get_logger(__name__)

_Read = TypeVar("_Read")


class SumsReader:
    """Reads for reports. Every read raises StoreUnavailable if the file cannot be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="onduty-sqlite-sums")
        self._held: set[Snapshot] = set()
        """The snapshots that are not released yet."""
        self._ended = False

    def snapshot(self) -> Snapshot:
        """Return a snapshot that is to be taken; `release` it whatever happens."""
        if self._ended:
            raise StoreUnavailable
        snapshot = Snapshot(self._path)
        self._held.add(snapshot)
        return snapshot

    def release(self, snapshot: Snapshot) -> None:
        """Close a snapshot once nobody reads it."""
        if snapshot in self._held:
            self._held.remove(snapshot)
            # In the thread, after what it is reading.
            self._executor.submit(snapshot.release)

    def end(self) -> None:
        """Read nothing more, and give up what is under way."""
        self._ended = True
        for snapshot in self._held:
            snapshot.interrupt()

    def close(self) -> None:
        """Close the file after `end`. Blocks for a moment."""
        held, self._held = self._held, set()
        self._executor.shutdown()
        for snapshot in held:
            snapshot.release()

    async def sums(self, snapshot: Snapshot, query: SumsQuery) -> FoundSums:
        """See `Journal.sums`: what is in a snapshot that was taken."""

        def read() -> FoundSums:
            try:
                return Summing(snapshot, query).found()
            finally:
                # Here, so that it is gone before the next one is taken.
                snapshot.release()

        return await self._run(snapshot, read)

    async def left_since(self, account_number: int, team_id: str, start: int) -> Collection[int]:
        """See `Journal.left_since`."""
        snapshot = self.snapshot()

        def read() -> Collection[int]:
            snapshot.take()
            return read_left_since(snapshot.connection, account_number, team_id, start)

        try:
            return await self._run(snapshot, read)
        finally:
            self.release(snapshot)

    async def _run(self, snapshot: Snapshot, read: Callable[[], _Read]) -> _Read:
        if self._ended:
            raise StoreUnavailable
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, read)
        except asyncio.CancelledError:
            snapshot.interrupt()
            raise
        except apsw.InterruptError as error:  # by `end`
            raise StoreUnavailable from error
        except apsw.Error as error:
            _log.error("history cannot be added up", error=f"{type(error).__name__}: {error}")
            raise StoreUnavailable from error
