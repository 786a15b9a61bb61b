"""The thread that makes batches durable. It owns the connection, and reports to the event loop.

Invariants: batches are written whole and in order. After one that could not be written, nothing is written until a
probe has succeeded: batches handed over in between were decided on top of the lost batch, and are lost with it.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from ...app.limits import HEARTBEAT_INTERVAL_MS, HEARTBEAT_VALID_MS
from ...domain.errors import StoreLost
from .batch import Batch
from .batch_writing import BatchWriting
from .cleaning import Cleaning
from .fenced_file import FencedFile
from .pruning import Pruning

_PROBE_INTERVAL_S: Final = 0.5
_BLOCKED_INTERVAL_S: Final = 0.25
_BUSY_TIMEOUT_MS: Final = HEARTBEAT_VALID_MS - HEARTBEAT_INTERVAL_MS
"""How long the thread waits for another program's lock on the file. When it gives up, the last heartbeat is still
valid, so reads that depend on nothing unwritten have not waited."""


class WriterThread:
    """Writes batches to one file, and prunes its history when there are none.

    Args:
        file: the file; the thread closes it when it ends.
        lineages_max: how many lineages are kept.
        stopwatch: measures how long a batch took.
        on_written: called with a durable batch and the seconds that it took.
        on_failed: called when a batch could not be written, with the error and whether nothing will be tried again.
        on_cleaned, on_stuck: told of erasures of which nothing is left in the files; see `Cleaning`.
        on_lost: called with the reason when nothing will ever be written again.
    """

    def __init__(
        self,
        file: FencedFile,
        *,
        lineages_max: int,
        stopwatch: Callable[[], float],
        on_written: Callable[[Batch, float], None],
        on_failed: Callable[[str, bool], None],
        on_cleaned: Callable[[Counter[int]], None],
        on_stuck: Callable[[], None],
        on_lost: Callable[[str], None],
    ) -> None:
        self.last_attempt = threading.Event()
        """When it is set, failed writes are not tried again."""
        self._file = file
        file.set_busy_timeout(_BUSY_TIMEOUT_MS)
        self._batches = BatchWriting(file.connection, lineages_max)
        self._pruning = Pruning(file)
        self._cleaning = Cleaning(
            file, stopwatch, lambda cleaned: self._tell(on_cleaned, cleaned), lambda: self._tell(on_stuck)
        )
        self.accounts_left = self._cleaning.left
        """Accounts whose erasure an earlier process began, and this thread ends."""
        self._loop = asyncio.get_running_loop()
        self._stopwatch = stopwatch
        self._on_written, self._on_failed, self._on_lost = on_written, on_failed, on_lost
        self._inbox: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._has_begun = False
        """True from the first batch on. Before that, the event loop reads what is kept with the same connection."""
        self._cleaned_at = 0.0
        self._failing = False
        """True from a failed batch until a successful probe."""
        self._thread = threading.Thread(target=self._run, name="onduty-sqlite-writer", daemon=True)
        self._thread.start()

    def write(self, batch: Batch) -> None:
        """Write `batch` after those handed over before it."""
        self._inbox.put(batch)

    def stop(self) -> None:
        """Make the thread end when its inbox is empty, and close the file."""
        self._inbox.put(None)
        self._thread.join()
        self._file.close()

    # --- in the thread -----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while (batch := self._next()) is not None and self._handle(batch):
                # It may tell of somebody who has been erased, and the next one may be long in coming.
                del batch
        except BaseException as error:
            # This is a defect. Without the thread every caller would wait for ever.
            self._tell(self._on_lost, f"the thread that writes it ended: {type(error).__name__}: {error}")
            raise

    def _next(self) -> Batch | None:
        """Wait for the next batch, cleaning and pruning meanwhile. None means that the thread is to end."""
        if self._has_begun and (self._cleaning.is_waited_for or self._is_cleaning_to_be_tried()):
            # So that an erasure comes to an end however much else there is to write.
            self._clean()
        while True:
            try:
                return self._inbox.get(timeout=self._pause_s())
            except queue.Empty:
                if self._cleaning.is_due:
                    self._clean()
                else:
                    self._pruning.step()

    def _clean(self) -> None:
        self._cleaning.step()
        self._cleaned_at = self._stopwatch()

    def _is_cleaning_to_be_tried(self) -> bool:
        """True if somebody was in the way of the last step, which was long enough ago."""
        return self._cleaning.is_blocked and self._stopwatch() - self._cleaned_at >= _BLOCKED_INTERVAL_S

    def _pause_s(self) -> float | None:
        """Return how long to wait for a batch before something else is done; None if there is nothing else to do."""
        if not self._has_begun:
            return None
        if self._cleaning.is_due:
            return _BLOCKED_INTERVAL_S if self._cleaning.is_blocked else 0
        return 0 if self._pruning.is_due else None

    def _handle(self, batch: Batch) -> bool:
        """Write a batch (a probe as soon as that is possible) and report.

        Returns False if nothing more is to be written.
        """
        self._has_begun = True
        if self._failing and not batch.is_probe:
            # The event loop handed it over before it heard of the failure.
            return True
        while True:
            if batch.is_probe:
                self.last_attempt.wait(_PROBE_INTERVAL_S)
            started = self._stopwatch()
            try:
                self._write(batch)
            except StoreLost as error:
                self._tell(self._on_lost, error.why)
                return False
            except Exception as error:  # noqa: BLE001 - whatever it is, callers are waiting for an answer
                gave_up = self.last_attempt.is_set()
                if batch.is_probe and not gave_up:
                    continue
                self._failing = True
                self._tell(self._on_failed, f"{type(error).__name__}: {error}", gave_up)
                return not gave_up
            self._failing = False
            self._tell(self._on_written, batch, self._stopwatch() - started)
            if batch.erases:
                self._cleaning.erased(batch.erased_users, batch.erased_accounts)
            # Checkpoint after the report. If this finds that the file is lost, the next batch reports it.
            with suppress(StoreLost):
                self._file.checkpoint_when_due()
            return True

    def _write(self, batch: Batch) -> None:
        """Write a batch in one transaction, or raise."""
        try:
            with self._file.transaction():
                self._batches.write(batch)
        except StoreLost:
            raise
        except Exception:
            # What a probe writes is in the file already, so its presence does not show that the write succeeded.
            if batch.is_probe or not self._batches.is_written(batch):
                raise
        if batch.snapshots:
            # While a snapshot is read, the log only starts again if all of it was in the file by then.
            with suppress(StoreLost):
                self._file.checkpoint_when_due()
        for snapshot in batch.snapshots:
            snapshot.take()
        if batch.prune is not None:
            before, keep, _, sums_before = batch.prune
            self._pruning.begin(before, keep, sums_before)

    def _tell(self, report: Callable[..., None], *what: Any) -> None:
        self._loop.call_soon_threadsafe(report, *what)
