"""The journal of the embedded store: SQLite in WAL mode, one writer thread, group commit.

The event loop gathers entries into a batch. Whenever the writer is free it gets the batch, and makes it durable in one
transaction. Invariants: batches are written whole, in order, by one thread; a batch that cannot be written is lost
together with all that came after it, and the engine undoes them, so that memory and file stay the same; only the event
loop touches this object's state, while the writer has the connection and the batch that it was handed.

After a loss a probe, which changes nothing, is tried until it can be written. If the lost batch failed in its COMMIT,
SQLite has rolled it back for this process, and overwrites it with the next one. If the process crashes before that, the
batch may still be in the write-ahead log, as a whole: refused changes were made after all, and no other changes have
their revisions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Final

import structlog

from ...app.gaps import Gap
from ...app.ports.observer import Observer
from ...app.ports.statuses import ChangeFilter
from ...app.ports.store import StoreOpenError
from ...app.ports.sweeping import VitalSigns
from ...domain.errors import StoreLost, StoreUnavailable
from ...domain.rules import PastPolicy
from ...domain.workflow import Workflow
from ..resident.journal import (
    ChangeRow,
    EdgeRow,
    FoundSums,
    Image,
    Journal,
    JournaledAccount,
    MovedClock,
    SumsQuery,
    SwitchRun,
    TeamRow,
    UserChangeRow,
    UserRow,
    WorkflowRow,
)
from .batch import Batch
from .erasures import Erasures
from .file_header import not_of_onduty
from .history import HistoryReader
from .image import read_image
from .json_columns import write_past, write_workflow
from .limits import DEFAULT_LIMITS, FileLimits
from .lock import FileLock
from .opening import open_writer
from .sums import SumsReader
from .writer_thread import WriterThread

_log = structlog.get_logger(__name__)

_IN_FLIGHT_MAX: Final = 2
"""One batch being written and one ready to follow it."""


class SqliteJournal(Journal):
    """Appends entries on the event loop, and hands them to the writer thread in batches."""

    def __init__(
        self, path: Path, observer: Observer, stopwatch: Callable[[], float], limits: FileLimits = DEFAULT_LIMITS
    ) -> None:
        self._path = path
        self._limits = limits
        self._stopwatch = stopwatch
        self._observer = observer
        self._lock = FileLock(path)
        self._pending = Batch()
        self.undo = self._pending.undo
        self._vital: VitalSigns | None = None
        """The durable vital signs."""
        self._in_flight: list[Batch] = []
        self._hand_over_scheduled = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._writer: WriterThread | None = None
        self._reader: HistoryReader | None = None
        self._sums = SumsReader(path)
        self._erasures = Erasures()

    async def open(self) -> Image:
        """Lock the file, check it, and start the writer."""
        self._loop = asyncio.get_running_loop()
        if why := not_of_onduty(self._path):
            raise StoreOpenError(f"{self._path} {why}")
        self._lock.acquire()
        try:
            file = open_writer(self._path, self._limits)
            try:
                image = read_image(file.connection, self._path)
            except BaseException:
                file.close()
                raise
        except BaseException:
            self._lock.release()
            raise
        self._vital = image.vital
        self._reader = HistoryReader(self._path)
        # Open it now: when the first page is read there may be no file descriptor left.
        await self._reader.open()
        self._writer = WriterThread(
            file,
            lineages_max=self._limits.lineages_max,
            stopwatch=self._stopwatch,
            on_written=self._written,
            on_failed=self._failed,
            on_cleaned=self._erasures.cleaned,
            on_stuck=self._erasures.stuck,
            on_lost=self._lost,
        )
        self._erasures.begun_before(self._writer.accounts_left)
        return image

    async def close(self) -> None:
        """Write pending entries, with one last attempt if writing fails, and close the files."""
        assert self._writer is not None and self._reader is not None
        try:
            self._writer.last_attempt.set()
            await self.commit()
        finally:
            # Close the writer last: the last connection moves the log into the file, which the reader must not do.
            try:
                self._sums.end()
                await asyncio.to_thread(self._sums.close)
                await asyncio.to_thread(self._reader.close)
                await asyncio.to_thread(self._writer.stop)
            finally:
                self._lock.release()

    # --- appending ---------------------------------------------------------------------------------------------------

    def account(self, account: JournaledAccount, workflow: Workflow, past: tuple[PastPolicy, ...]) -> None:
        """Append an account's workflow and past policies."""
        self._pending.accounts.append(
            (
                *(account.number, account.account_id, write_workflow(workflow), write_past(past)),
                *(account.revision, account.time_zone),
            ),
        )
        self._pending.revisions[account] = account.revision
        self._appended()

    def user(self, row: UserRow) -> None:
        """Append a user."""
        self._pending.users.append(row)
        # Rows are written before clocks, and what moved before is in the row.
        self._pending.moved.pop((row.account_number, row.number), None)
        self._appended()

    def moved_clocks(self, moved: Sequence[MovedClock]) -> None:
        """Append moved clocks, with the layers. The last ones of a user in a batch count."""
        self._pending.moved.update({row[:2]: row for row in moved})
        self._appended(len(moved))

    def change(self, account: JournaledAccount, row: ChangeRow) -> None:
        """Append a change."""
        self._pending.changes.append(row)
        self._pending.revisions[account] = row.revision
        self._appended()

    def switches(self, account: JournaledAccount, run: SwitchRun) -> None:
        """Append timed switches."""
        self._pending.runs.append(run)
        self._pending.revisions[account] = run.first_revision + len(run.users) - 1
        self._appended(len(run.users))

    def workflow_change(self, account: JournaledAccount, workflow: Workflow, commit_time: int) -> None:
        """Append a workflow change to the history."""
        self._pending.workflow_changes.append(
            (account.number, workflow.revision, commit_time, write_workflow(workflow), workflow.team_id)
        )
        self._pending.revisions[account] = workflow.revision
        self._appended()

    def team(self, account: JournaledAccount, row: TeamRow) -> None:
        """Append a team's workflow and past policies."""
        self._pending.teams.append((account.number, row.team_id, write_workflow(row.workflow), write_past(row.past)))
        self._pending.revisions[account] = account.revision
        self._appended()

    def user_change(self, account: JournaledAccount, row: UserChangeRow) -> None:
        """Append a change of a profile to the history."""
        self._pending.user_changes.append(row)
        self._pending.revisions[account] = row.revision
        self._appended()

    def edge(self, account: JournaledAccount, row: EdgeRow) -> None:
        """Append an edge."""
        self._pending.edges.append(row)
        self._appended()

    def erase_user(self, account: JournaledAccount, row: UserChangeRow, user_id: str) -> None:
        """Append the erasure of a user."""
        self._pending.moved.pop((account.number, row.user_number), None)
        self._pending.erased_users.append((account.number, row.user_number, user_id, row.revision))
        self.user_change(account, row)

    def erase_account(self, account: JournaledAccount, first_revision: int) -> None:
        """Append the erasure of an account."""
        pending = self._pending
        # What it has in this batch would be written after it was erased.
        pending.accounts = [row for row in pending.accounts if row[0] != account.number]
        pending.erased_accounts[account.number] = first_revision
        self._appended()

    def vital(self, vital: VitalSigns) -> None:
        """Append the vital signs. The last ones in a batch count."""
        self._pending.vital = vital
        self._appended()

    def gaps(self, gaps: Sequence[Gap]) -> None:
        """Append the gaps. The last ones in a batch count."""
        self._pending.gaps = gaps
        self._appended()

    def begin_lineage(self, lineage: int, began: int, revisions: Sequence[tuple[int, int]]) -> None:
        """Append a lineage. This is done only once by each object."""
        self._pending.lineage = (lineage, began)
        self._pending.revisions_reached = revisions
        self._appended()

    def prune(self, before: int, keep: int, keep_workflows: int, sums_before: int = 0) -> None:
        """Make the writer sum and delete old changes when it has nothing else to do."""
        self._pending.prune = (before, keep, keep_workflows, sums_before)
        self._appended()

    def _appended(self, entries: int = 1) -> None:
        self._pending.entries += entries
        if not self._hand_over_scheduled:
            # Hand over at the end of this turn of the loop, so that the entries of one request or sweep go together.
            self._hand_over_scheduled = True
            assert self._loop is not None
            self._loop.call_soon(self._hand_over)

    def _hand_over(self) -> None:
        self._hand_over_scheduled = False
        if self._pending.entries and len(self._in_flight) < _IN_FLIGHT_MAX and self._writer is not None:
            self._write(self._begin_batch())

    def _begin_batch(self) -> Batch:
        """Return the batch so far, and begin a new one."""
        gathered, self._pending = self._pending, Batch()
        self.undo = self._pending.undo
        return gathered

    def _write(self, batch: Batch) -> None:
        assert self._writer is not None
        self._in_flight.append(batch)
        self._writer.write(batch)

    # --- durability --------------------------------------------------------------------------------------------------

    async def commit(self) -> None:
        """Wait until the last batch with entries is durable."""
        if self.lost is not None:
            raise StoreLost(self.lost)
        if self._pending.entries:
            batch = self._pending
        elif self._in_flight:
            batch = self._in_flight[-1]
        else:
            return
        assert self._loop is not None and self._writer is not None
        if self.failing and not self._writer.last_attempt.is_set():
            raise StoreUnavailable
        waiter = self._loop.create_future()
        batch.waiters.append(waiter)
        await waiter

    async def erased(self, account_number: int | None) -> None:
        """Wait until nothing of what was erased is left in the files; see the port."""
        await self._erasures.wait(account_number)

    def backlog(self) -> int:
        """Return the number of entries not yet durable. May be called from any thread."""
        return self._pending.entries + sum(batch.entries for batch in tuple(self._in_flight))

    def _written(self, batch: Batch, seconds: float) -> None:
        self._in_flight.remove(batch)
        for account, revision in batch.revisions.items():
            account.durable_revision = max(account.durable_revision, revision)
        self._vital = batch.vital or self._vital
        self._erasures.written(batch)
        if self.failing:
            self.failing = False
            self._observer.store_failing(False)
            _log.warning("the database can be written again")
        self._observer.committed(batch.entries, seconds)
        self._hand_over()
        self.on_durable()
        for waiter in batch.waiters:
            if not waiter.done():
                waiter.set_result(None)

    def _failed(self, error: str, gave_up: bool) -> None:
        """Undo a batch that could not be written, and everything decided on top of it."""
        first = not self.failing
        if first:
            self.failing = True
            self._observer.store_failing(True)
            _log.error("the database cannot be written; changes are refused until it can", error=error)
        if gave_up:
            _log.error("stopping with changes that could not be written", entries=self.backlog())
        given_up = self._give_up()
        if not gave_up:
            self._write(Batch(entries=1, vital=self._vital, is_probe=True))
        self._take_back(given_up, changed=first, error=StoreUnavailable)

    def _lost(self, why: str) -> None:
        """Undo what could not be written, and answer nothing more, because nothing will ever be written again."""
        self.failing, self.lost = True, why
        self._observer.store_failing(True)
        _log.critical("the database is lost", why=why)
        self._take_back(self._give_up(), changed=True, error=lambda: StoreLost(why))
        self._erasures.stuck()

    def _give_up(self) -> list[Batch]:
        given_up = [*self._in_flight, self._begin_batch()]
        self._in_flight.clear()
        return given_up

    def _take_back(self, batches: Sequence[Batch], *, changed: bool, error: Callable[[], StoreUnavailable]) -> None:
        # Undo before waking the waiters: they read again, and must see only durable changes.
        self.on_lost([undo for batch in batches for undo in batch.undo])
        if changed:
            self.on_durable()
        for batch in batches:
            for waiter in batch.waiters:
                if not waiter.done():
                    waiter.set_exception(error())

    # --- history -----------------------------------------------------------------------------------------------------

    async def changes(
        self, account_number: int, user_number: int | None, wanted: ChangeFilter, after_revision: int, limit: int
    ) -> tuple[Sequence[ChangeRow], int | None]:
        """Read durable changes from the file; see the port."""
        assert self._reader is not None
        return await self._reader.changes(account_number, user_number, wanted, after_revision, limit)

    async def events(
        self, account_number: int, after_revision: int, limit: int
    ) -> Sequence[ChangeRow | WorkflowRow | UserChangeRow]:
        """Read durable changes of all kinds from the file; see the port."""
        assert self._reader is not None
        return await self._reader.events(account_number, after_revision, limit)

    async def workflow_changes(
        self, account_number: int, before_revision: int, limit: int, team_id: str = ""
    ) -> Sequence[WorkflowRow]:
        """Read durable changes of the workflow from the file; see the port."""
        assert self._reader is not None
        return await self._reader.workflow_changes(account_number, before_revision, limit, team_id)

    async def revision_at_end(self, lineage: int, account_number: int) -> int | None:
        """Read from the file; see the port."""
        assert self._reader is not None
        return await self._reader.revision_at_end(lineage, account_number)

    # --- reports -----------------------------------------------------------------------------------------------------

    async def before_sums(self) -> None:
        """Wait for erasures to end: what was erased can be removed from the log only when nobody reads it."""
        await self._erasures.no_waiters()

    async def sums(self, query: SumsQuery) -> FoundSums:
        """Add up what is in the file once all that was appended before is there, and nothing else; see the port."""
        if self.lost is not None:
            raise StoreLost(self.lost)
        assert self._loop is not None
        if self.failing:
            raise StoreUnavailable
        snapshot, taken = self._sums.snapshot(), self._loop.create_future()
        # What is appended from now on must not be in it, so it goes with another batch, even if two are on their way.
        batch = self._begin_batch()
        batch.snapshots.append(snapshot)
        batch.waiters.append(taken)
        try:
            self._write(batch)
            await taken
            return await self._sums.sums(snapshot, query)
        finally:
            self._sums.release(snapshot)

    async def left_since(self, account_number: int, team_id: str, start: int) -> Collection[int]:
        """Read from the file; see the port."""
        return await self._sums.left_since(account_number, team_id, start)
