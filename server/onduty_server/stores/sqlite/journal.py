"""The journal of the embedded store: SQLite in WAL mode, one writer thread, group commit.

The event loop gathers entries into a batch; whenever the writer is free it gets all that has gathered, and makes it
durable in one transaction. Invariants: batches are written whole, in order, by one thread; one that cannot be written
is lost together with all that came after it, and the engine undoes them, so memory and file never part; only the event
loop touches this object's state, the writer has the connection and the batch it was handed.

After that a probe, which changes nothing, is tried until it can be written. If the lost batch failed in its COMMIT,
SQLite has rolled it back for this process and writes over it with the next one. A crash before that may still find it
in the write-ahead log, as a whole: what was refused was done after all, and no other change has its revisions.
"""

from __future__ import annotations

import asyncio
import json
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

import apsw
import structlog

from ...app.gaps import Gap
from ...app.limits import HEARTBEAT_INTERVAL_MS, HEARTBEAT_LEASE_MS
from ...app.ports.observer import Observer
from ...app.ports.statuses import ChangeFilter
from ...app.ports.store import StoreOpenError
from ...app.ports.sweeping import VitalSigns
from ...domain.errors import StoreLost, StoreUnavailable
from ...domain.rules import PastPolicy
from ...domain.workflow import Workflow
from ..resident.journal import (
    STATES,
    AccountRow,
    ChangeRow,
    Image,
    Journal,
    JournaledAccount,
    UserRow,
    WorkflowRow,
)
from ..resident.undo import Undo
from .file import open_reader, open_writer
from .header import not_of_onduty
from .lock import FileLock
from .statements import statement
from .values import read_past, read_workflow, write_past, write_workflow
from .writer import FileWriter

_log = structlog.get_logger(__name__)

_ROWS_PER_STATEMENT = 500
"""Encoding this many rows holds Python's lock for less than a millisecond."""
_IN_FLIGHT_MAX = 2
"""One batch being written and one ready to follow it."""
_RETRY_S = 0.5
_BUSY_TIMEOUT_MS = HEARTBEAT_LEASE_MS - HEARTBEAT_INTERVAL_MS
"""How long the writer waits for another program's lock on the file. When it gives up, the last heartbeat still vouches
for the moment, so reads that rest on nothing unwritten have not waited."""
_PRUNE_CHUNK = 5_000
_CHANGES_LOOK_MAX = 50_000
"""How many revisions one page of history looks at."""
_LINEAGES_MAX = 1_000
"""How many starts ago a token may have been given."""
_ALWAYS = 1 << 62
"""A time after every other."""


@dataclass(eq=False, slots=True)
class _Batch:
    """Entries that become durable together, or are lost together."""

    entries: int = 0
    accounts: list[tuple[object, ...]] = field(default_factory=list)
    users: list[UserRow] = field(default_factory=list)
    clocks: list[tuple[int, int, int, int]] = field(default_factory=list)
    changes: list[ChangeRow] = field(default_factory=list)
    workflow_changes: list[tuple[int, int, int, str]] = field(default_factory=list)
    vital: VitalSigns | None = None
    lineage: tuple[int, int] | None = None
    revisions_reached: Sequence[tuple[int, int]] = ()
    """By account: where the lineage begins."""
    gaps: Sequence[Gap] | None = None
    prune: tuple[int, int] | None = None
    revisions: dict[JournaledAccount, int] = field(default_factory=dict)
    """How far each changed account has come once the batch is durable."""
    waiters: list[asyncio.Future[None]] = field(default_factory=list)
    undo: list[Undo] = field(default_factory=list)
    is_probe: bool = False
    """Whether it is there to find out when the file can be written again."""


class SqliteJournal(Journal):
    """See the module."""

    def __init__(self, path: Path, observer: Observer, stopwatch: Callable[[], float]) -> None:
        self._path = path
        self._stopwatch = stopwatch
        self._observer = observer
        self._lock = FileLock(path)
        self._pending = _Batch()
        self.undo = self._pending.undo
        self._vital: VitalSigns | None = None
        """The vital signs that are durable."""
        self._in_flight: list[_Batch] = []
        self._hand_over_scheduled = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._writer: _Writer | None = None
        self._reader: _HistoryReader | None = None

    async def open(self) -> Image:
        """Lock the file, check it, and start the writer."""
        self._loop = asyncio.get_running_loop()
        if why := not_of_onduty(self._path):
            raise StoreOpenError(f"{self._path} {why}")
        self._lock.acquire()
        try:
            file = open_writer(self._path)
            try:
                image = _read_image(file.connection, self._path)
            except BaseException:
                file.close()
                raise
        except BaseException:
            self._lock.release()
            raise
        self._vital = image.vital
        self._reader = _HistoryReader(self._path)
        # Now, and not at the first page: by then there may be no file descriptor left.
        await self._reader.open()
        self._writer = _Writer(file, self._loop, self._written, self._failed, self._lost, self._stopwatch)
        return image

    async def close(self) -> None:
        """Write what is pending, a last time if writing fails, and let go."""
        assert self._writer is not None and self._reader is not None
        try:
            self._writer.last_attempt.set()
            await self.commit()
        finally:
            # The writer goes last: whoever does moves what is still in the WAL into the file, and the reader may not.
            try:
                await asyncio.to_thread(self._reader.close)
                await asyncio.to_thread(self._writer.stop)
            finally:
                self._lock.release()

    # --- appending ---------------------------------------------------------------------------------------------------

    def account(self, account: JournaledAccount, workflow: Workflow, past: tuple[PastPolicy, ...]) -> None:
        """Append an account's workflow and past policies."""
        self._pending.accounts.append(
            (account.number, account.account_id, write_workflow(workflow), write_past(past)),
        )
        self._pending.revisions[account] = account.revision
        self._appended()

    def user(self, row: UserRow) -> None:
        """Append a user."""
        self._pending.users.append(row)
        self._appended()

    def moved_clock(self, account_number: int, number: int, last_activity: int, clock: int) -> None:
        """Append a moved clock."""
        self._pending.clocks.append((account_number, number, last_activity, clock))
        self._appended()

    def change(self, account: JournaledAccount, row: ChangeRow) -> None:
        """Append a change."""
        self._pending.changes.append(row)
        self._pending.revisions[account] = row.revision
        self._appended()

    def workflow_change(self, account: JournaledAccount, workflow: Workflow, commit_time: int) -> None:
        """Append a workflow change to the history."""
        self._pending.workflow_changes.append(
            (account.number, workflow.revision, commit_time, write_workflow(workflow))
        )
        self._appended()

    def vital(self, vital: VitalSigns) -> None:
        """Append the vital signs; of several in a batch the last counts."""
        self._pending.vital = vital
        self._appended()

    def gaps(self, gaps: Sequence[Gap]) -> None:
        """Append the gaps; of several in a batch the last count."""
        self._pending.gaps = gaps
        self._appended()

    def begin_lineage(self, lineage: int, began: int, revisions: Sequence[tuple[int, int]]) -> None:
        """Append a lineage, once in the life of this object."""
        self._pending.lineage = (lineage, began)
        self._pending.revisions_reached = revisions
        self._appended()

    def prune(self, before: int, keep: int) -> None:
        """Have the writer forget old changes when it has nothing else to do."""
        self._pending.prune = (before, keep)
        self._appended()

    def _appended(self) -> None:
        self._pending.entries += 1
        if not self._hand_over_scheduled:
            # At the end of this turn of the loop: what one request or one step of the sweeper appends goes together.
            self._hand_over_scheduled = True
            assert self._loop is not None
            self._loop.call_soon(self._hand_over)

    def _hand_over(self) -> None:
        self._hand_over_scheduled = False
        if self._pending.entries and len(self._in_flight) < _IN_FLIGHT_MAX and self._writer is not None:
            self._write(self._begin_batch())

    def _begin_batch(self) -> _Batch:
        """Gather what comes from now on in another batch; the one so far."""
        gathered, self._pending = self._pending, _Batch()
        self.undo = self._pending.undo
        return gathered

    def _write(self, batch: _Batch) -> None:
        assert self._writer is not None
        self._in_flight.append(batch)
        self._writer.write(batch)

    # --- durability --------------------------------------------------------------------------------------------------

    async def commit(self) -> None:
        """Wait for the last batch that holds anything."""
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

    def backlog(self) -> int:
        """Entries not yet durable."""
        return self._pending.entries + sum(batch.entries for batch in self._in_flight)

    def _written(self, batch: _Batch, seconds: float) -> None:
        self._in_flight.remove(batch)
        for account, revision in batch.revisions.items():
            account.durable_revision = max(account.durable_revision, revision)
        self._vital = batch.vital or self._vital
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
        """A batch could not be written: undo it, and all that has been decided on top of it."""
        first = not self.failing
        if first:
            self.failing = True
            self._observer.store_failing(True)
            _log.error("the database cannot be written; changes are refused until it can", error=error)
        if gave_up:
            _log.error("stopping with changes that could not be written", entries=self.backlog())
        given_up = self._give_up()
        if not gave_up:
            self._write(_Batch(entries=1, vital=self._vital, is_probe=True))
        self._take_back(given_up, changed=first, error=StoreUnavailable)

    def _lost(self, why: str) -> None:
        """The file is another's now, or gone: undo what could not be written, and answer nothing more."""
        self.failing, self.lost = True, why
        self._observer.store_failing(True)
        _log.critical("the database is lost", why=why)
        self._take_back(self._give_up(), changed=True, error=lambda: StoreLost(why))

    def _give_up(self) -> list[_Batch]:
        given_up = [*self._in_flight, self._begin_batch()]
        self._in_flight.clear()
        return given_up

    def _take_back(self, batches: Sequence[_Batch], *, changed: bool, error: Callable[[], StoreUnavailable]) -> None:
        # In this order: whoever waited looks again, and must find what is durable.
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
        """Read from the file, in a thread of its own, what has been made durable."""
        assert self._reader is not None
        return await self._reader.changes(account_number, user_number, wanted, after_revision, limit)

    async def events(self, account_number: int, after_revision: int, limit: int) -> Sequence[ChangeRow | WorkflowRow]:
        """Likewise, of status and workflow changes alike."""
        assert self._reader is not None
        return await self._reader.events(account_number, after_revision, limit)

    async def revision_at_end(self, lineage: int, account_number: int) -> int | None:
        """Read from the file, in the same thread."""
        assert self._reader is not None
        return await self._reader.revision_at_end(lineage, account_number)


class _Writer:
    """The thread that has the connection. Calls back on the event loop."""

    def __init__(
        self,
        file: FileWriter,
        loop: asyncio.AbstractEventLoop,
        written: Callable[[_Batch, float], None],
        failed: Callable[[str, bool], None],
        lost: Callable[[str], None],
        stopwatch: Callable[[], float],
    ) -> None:
        self.last_attempt = threading.Event()
        """Set: whatever fails is not tried again."""
        self._file = file
        self._connection = file.connection
        self._connection.set_busy_timeout(_BUSY_TIMEOUT_MS)
        self._loop = loop
        self._written = written
        self._failed = failed
        self._lost = lost
        self._stopwatch = stopwatch
        self._inbox: queue.SimpleQueue[_Batch | None] = queue.SimpleQueue()
        self._pruning: tuple[int, int, int] | None = None
        self._has_failed = False
        """Whether a batch could not be written and no probe has been since."""
        self._sql = {
            name: statement(name)
            for name in (
                "write_vital",
                "delete_gaps",
                "write_gaps",
                "write_lineage",
                "write_milestones",
                "prune_lineages",
                "prune_milestones",
                "write_accounts",
                "write_users",
                "write_clocks",
                "write_changes",
                "write_workflow_changes",
                "read_vital",
                "read_change_at",
                "read_workflow_change_at",
                "read_prunable",
                "prune_changes",
                "prune_workflow_changes",
            )
        }
        self._thread = threading.Thread(target=self._run, name="onduty-sqlite-writer", daemon=True)
        self._thread.start()

    def write(self, batch: _Batch) -> None:
        """Write `batch` after those handed over before it."""
        self._inbox.put(batch)

    def stop(self) -> None:
        """End the thread when its inbox is empty, and close the connection."""
        self._inbox.put(None)
        self._thread.join()
        self._file.close()

    def _run(self) -> None:
        while True:
            try:
                batch = self._inbox.get(block=self._pruning is None)
            except queue.Empty:
                self._prune_some()
                continue
            if batch is None:
                return
            if batch.is_probe:
                going_on = self._probe(batch)
            else:
                # After a failure what comes before the probe was handed over by a loop that had not heard of it yet.
                going_on = self._has_failed or self._write_once(batch)
            if not going_on:
                return

    def _write_once(self, batch: _Batch) -> bool:
        """Write a batch, or tell that it cannot be written; False when there is to be nothing more."""
        started = self._stopwatch()
        try:
            with self._file.transaction():
                self._write(batch)
        except StoreLost as error:
            self._loop.call_soon_threadsafe(self._lost, error.why)
            return False
        except Exception as error:  # noqa: BLE001 - of whatever kind: without a writer every caller would wait for ever
            if not self._is_there(batch):
                self._has_failed = True
                gave_up = self.last_attempt.is_set()
                self._loop.call_soon_threadsafe(self._failed, f"{type(error).__name__}: {error}", gave_up)
                return not gave_up
        self._loop.call_soon_threadsafe(self._written, batch, self._stopwatch() - started)
        self._checkpoint()
        return True

    def _probe(self, batch: _Batch) -> bool:
        """Try until something can be written; False when there is to be nothing more."""
        while True:
            self.last_attempt.wait(_RETRY_S)
            started = self._stopwatch()
            try:
                with self._file.transaction():
                    self._write(batch)
            except StoreLost as error:
                self._loop.call_soon_threadsafe(self._lost, error.why)
                return False
            except Exception as error:  # noqa: BLE001 - as above
                if self.last_attempt.is_set():
                    self._loop.call_soon_threadsafe(self._failed, f"{type(error).__name__}: {error}", True)
                    return False
                continue
            self._has_failed = False
            self._loop.call_soon_threadsafe(self._written, batch, self._stopwatch() - started)
            self._checkpoint()
            return True

    def _checkpoint(self) -> None:
        """After the acknowledgement; what finds out here that the file is lost is told of with the next batch."""
        with suppress(StoreLost):
            self._file.checkpoint_when_due()

    def _is_there(self, batch: _Batch) -> bool:
        """Whether a batch took place though the call that committed it reported an error, as one of a checkpoint may.

        One without a mark of its own (moved clocks, say) counts as lost: it is repeated, and does no harm twice.
        """
        if self._connection.in_transaction:
            # Not even the rollback worked: what is seen here is its own.
            return False
        try:
            for row in batch.changes[:1]:
                return self._has_row("read_change_at", row.account_number, row.revision)
            for number, revision, *_ in batch.workflow_changes[:1]:
                return self._has_row("read_workflow_change_at", number, revision)
            if batch.vital is not None:
                found = self._connection.execute(self._sql["read_vital"]).fetchone()
                return found == tuple(batch.vital)
        except Exception:  # noqa: BLE001 - what cannot be read either was rolled back
            return False
        return False

    def _has_row(self, name: str, account_number: int, revision: int) -> bool:
        row = self._connection.execute(self._sql[name], (account_number, revision)).fetchone()
        return row is not None and row[0] == revision

    def _write(self, batch: _Batch) -> None:
        execute, sql = self._connection.execute, self._sql
        for name, rows in (
            ("write_accounts", batch.accounts),
            ("write_users", batch.users),
            ("write_clocks", batch.clocks),
            ("write_changes", batch.changes),
            ("write_workflow_changes", batch.workflow_changes),
        ):
            for chunk in _chunks(rows):
                execute(sql[name], (json.dumps(chunk),))
        if batch.vital is not None:
            execute(sql["write_vital"], batch.vital)
        if batch.gaps is not None:
            execute(sql["delete_gaps"])
            execute(sql["write_gaps"], (json.dumps(batch.gaps),))
        if batch.lineage is not None:
            execute(sql["write_lineage"], batch.lineage)
            for chunk in _chunks(batch.revisions_reached):
                execute(sql["write_milestones"], (json.dumps(chunk),))
        if batch.prune is not None:
            execute(sql["prune_workflow_changes"], (batch.prune[0],))
            execute(sql["prune_lineages"], (batch.prune[0], _LINEAGES_MAX))
            if self._connection.changes():
                execute(sql["prune_milestones"])
            self._pruning = (*batch.prune, 0)

    def _prune_some(self) -> None:
        assert self._pruning is not None
        before, keep, start = self._pruning
        try:
            found = self._connection.execute(
                self._sql["read_prunable"], {"before": before, "keep": keep, "from": start}
            ).fetchone()
            if found is None:
                self._pruning = None
                return
            number, oldest, newest = map(int, found)
            bindings = {
                "account_number": number,
                "oldest": oldest,
                "newest": newest,
                "chunk": _PRUNE_CHUNK,
                "before": before,
                "keep": keep,
            }
            with self._file.transaction():
                self._connection.execute(self._sql["prune_changes"], bindings)
            self._pruning = (before, keep, number)
            self._checkpoint()
        except StoreLost:
            self._pruning = None
        except apsw.Error as error:
            # The next one comes in minutes; what could not be deleted now goes then.
            self._pruning = None
            _log.warning("old history could not be deleted", error=str(error))


_Read = TypeVar("_Read")


class _HistoryReader:
    """Reads history beside the writer, in one thread with one connection."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: apsw.Connection | None = None
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="onduty-sqlite-history")
        self._of_account = statement("read_changes")
        self._of_user = statement("read_changes_of_user")
        self._after = statement("read_changes_after")
        self._workflows_after = statement("read_workflow_changes")
        self._at = statement("read_change_at")
        self._lineage_end = statement("read_lineage_end")

    async def open(self) -> None:
        """Have the file opened, if it can be. What is wrong with it is said when it is read in earnest."""
        with suppress(apsw.Error):
            await asyncio.get_running_loop().run_in_executor(
                self._executor, self._in_transaction, lambda: self._read_events(0, 0, 1)
            )

    async def changes(
        self, account_number: int, user_number: int | None, wanted: ChangeFilter, after: int, limit: int
    ) -> tuple[Sequence[ChangeRow], int | None]:
        """See `Journal.changes`."""
        return await self._run(lambda: self._read_page(account_number, user_number, wanted, after, limit))

    async def events(self, account_number: int, after: int, limit: int) -> Sequence[ChangeRow | WorkflowRow]:
        """See `Journal.events`."""
        return await self._run(lambda: self._read_events(account_number, after, limit))

    async def revision_at_end(self, lineage: int, account_number: int) -> int | None:
        """See `Journal.revision_at_end`."""
        return await self._run(lambda: self._read_lineage_end(lineage, account_number))

    async def _run(self, read: Callable[[], _Read]) -> _Read:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, self._in_transaction, read)
        except apsw.Error as error:
            _log.error("history cannot be read", error=f"{type(error).__name__}: {error}")
            raise StoreUnavailable from error

    def close(self) -> None:
        """Let go of the file."""
        self._executor.submit(self._close).result()
        self._executor.shutdown()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _in_transaction(self, read: Callable[[], _Read]) -> _Read:
        if self._connection is None:
            self._connection = open_reader(self._path)
        # One transaction, so that all its looks see the same history.
        self._connection.execute("BEGIN")
        try:
            return read()
        finally:
            self._connection.execute("COMMIT")

    def _read_events(self, account_number: int, after: int, limit: int) -> Sequence[ChangeRow | WorkflowRow]:
        assert self._connection is not None
        wanted = {"account_number": account_number, "after": after, "limit": limit}
        found: list[ChangeRow | WorkflowRow] = [
            ChangeRow(*row) for row in self._connection.execute(self._after, wanted)
        ]
        for number, revision, commit_time, workflow in self._connection.execute(self._workflows_after, wanted):
            found.append(WorkflowRow(number, revision, commit_time, read_workflow(workflow)))
        return sorted(found, key=attrgetter("revision"))[:limit]

    def _read_page(
        self, account_number: int, user_number: int | None, wanted: ChangeFilter, after: int, limit: int
    ) -> tuple[Sequence[ChangeRow], int | None]:
        assert self._connection is not None
        if wanted.start is not None:
            after = max(after, self._first_committed_from(account_number, wanted.start) - 1)
        first = self._first(account_number, after + 1)
        if first is None:
            return (), None
        until = first + _CHANGES_LOOK_MAX - 1
        rows = [
            ChangeRow(*row)
            for row in self._connection.execute(
                self._of_account if user_number is None else self._of_user,
                {
                    "account_number": account_number,
                    "user_number": user_number,
                    "after": after,
                    "until": until,
                    "start": -_ALWAYS if wanted.start is None else wanted.start,
                    "end": _ALWAYS if wanted.end is None else wanted.end,
                    "limit": limit + 1,
                },
            )
        ]
        if len(rows) > limit:
            return rows[:limit], rows[limit - 1].revision
        if user_number is None and self._first(account_number, until + 1) is not None:
            return rows, until
        return rows, None

    def _read_lineage_end(self, lineage: int, account_number: int) -> int | None:
        assert self._connection is not None
        row = self._connection.execute(self._lineage_end, (lineage, account_number)).fetchone()
        return None if row is None else int(row[0])

    def _first(self, account_number: int, revision: int) -> int | None:
        found = self._change_at(account_number, revision)
        return None if found is None else found[0]

    def _change_at(self, account_number: int, revision: int) -> tuple[int, int] | None:
        assert self._connection is not None
        row = self._connection.execute(self._at, (account_number, revision)).fetchone()
        return None if row is None else (int(row[0]), int(row[1]))

    def _first_committed_from(self, account_number: int, start: int) -> int:
        """The first revision committed at or after `start`.

        Nothing is effective after it was committed, and commit times follow revisions: what was committed before the
        start need not be looked at.
        """
        low = self._first(account_number, 0) or 0
        high = low + 1
        while (at := self._change_at(account_number, high)) is not None and at[1] < start:
            low, high = high, high * 2 - low + 1
        while low < high:
            middle = (low + high) // 2
            at = self._change_at(account_number, middle)
            if at is None or at[1] >= start:
                high = middle
            else:
                low = at[0] + 1
        return low


def _chunks(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), _ROWS_PER_STATEMENT):
        yield rows[start : start + _ROWS_PER_STATEMENT]


def _read_image(connection: apsw.Connection, path: Path) -> Image:
    try:
        token_key = bytes(connection.execute(statement("read_token_key")).get)
        vital = connection.execute(statement("read_vital")).fetchone()
        gaps = [Gap(*row) for row in connection.execute(statement("read_gaps"))]
        accounts = [
            AccountRow(
                number,
                account_id,
                read_workflow(workflow),
                read_past(past),
                floor,
            )
            for number, account_id, workflow, past, floor in connection.execute(statement("read_accounts"))
        ]
    except (apsw.Error, ValueError, TypeError, KeyError) as error:
        raise StoreOpenError(f"{path} is damaged: {error}; restore a backup") from error
    if [account.number for account in accounts] != list(range(len(accounts))):
        raise StoreOpenError(f"{path} is damaged: an account is missing; restore a backup")
    users = _read_users(connection, path, len(accounts))
    return Image(None if vital is None else VitalSigns(*vital), accounts, users, token_key, gaps)


def _read_users(connection: apsw.Connection, path: Path, accounts: int) -> Iterator[UserRow]:
    """The users in their order. A missing one would give all after it the history of somebody else."""
    account_number, number = -1, 0
    try:
        for row in map(UserRow._make, connection.execute(statement("read_users"))):
            if row.account_number != account_number:
                account_number, number = row.account_number, 0
            if row.number != number or not 0 <= account_number < accounts or not 0 < row.state < len(STATES):
                raise StoreOpenError(
                    f"{path} is damaged: user {row.number} of account {row.account_number}; restore a backup"
                )
            number += 1
            yield row
    except apsw.Error as error:
        raise StoreOpenError(f"{path} is damaged: {error}; restore a backup") from error
