"""Reads history concurrently with the writer, in a thread with a connection of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, TypeVar

import apsw
import structlog

from ...app.ports.statuses import ChangeFilter
from ...domain.errors import StoreUnavailable
from ..resident.journal import ChangeRow, UserChangeRow, WorkflowRow
from .commit_times import first_committed_from
from .json_columns import read_workflow
from .opening import open_reader
from .statements import statement

_CHANGES_LOOK_MAX: Final = 50_000
"""The most revisions, or changes of a team, that one page of history looks at."""
_ALWAYS: Final = 1 << 62
"""A time later than any other."""

_log = structlog.get_logger(__name__)

_Read = TypeVar("_Read")
Event = ChangeRow | WorkflowRow | UserChangeRow


class HistoryReader:
    """Reads durable history. Each read is one transaction, so that all its queries see the same history.

    Every read raises StoreUnavailable if the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: apsw.Connection | None = None
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="onduty-sqlite-history")
        self._of_account = statement("read_changes")
        self._of_user = statement("read_changes_of_user")
        self._of_team = statement("read_changes_of_team")
        self._of_team_end = statement("read_changes_of_team_end")
        self._after = statement("read_changes_after")
        self._users_after = statement("read_user_changes")
        self._workflows_after = statement("read_workflow_changes")
        self._workflows_before = statement("read_workflow_changes_before")
        self._at = statement("read_change_at")
        self._lineage_end = statement("read_lineage_end")

    async def open(self) -> None:
        """Open the file, if that is possible; otherwise the first read fails with the reason."""
        with suppress(apsw.Error):
            await asyncio.get_running_loop().run_in_executor(
                self._executor, self._in_transaction, lambda: self._read_events(0, 0, 1)
            )

    def close(self) -> None:
        """Close the file. Blocks until a read that is under way has ended."""
        self._executor.submit(self._close).result()
        self._executor.shutdown()

    async def changes(
        self, account_number: int, user_number: int | None, wanted: ChangeFilter, after: int, limit: int
    ) -> tuple[Sequence[ChangeRow], int | None]:
        """See `Journal.changes`."""
        return await self._run(lambda: self._read_page(account_number, user_number, wanted, after, limit))

    async def events(self, account_number: int, after: int, limit: int) -> Sequence[Event]:
        """See `Journal.events`."""
        return await self._run(lambda: self._read_events(account_number, after, limit))

    async def workflow_changes(
        self, account_number: int, before: int, limit: int, team_id: str
    ) -> Sequence[WorkflowRow]:
        """See `Journal.workflow_changes`."""
        return await self._run(lambda: self._read_workflows(account_number, before, limit, team_id))

    async def revision_at_end(self, lineage: int, account_number: int) -> int | None:
        """See `Journal.revision_at_end`."""
        return await self._run(lambda: self._read_lineage_end(lineage, account_number))

    async def _run(self, read: Callable[[], _Read]) -> _Read:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, self._in_transaction, read)
        except apsw.Error as error:
            _log.error("history cannot be read", error=f"{type(error).__name__}: {error}")
            raise StoreUnavailable from error

    # --- in the thread -----------------------------------------------------------------------------------------------

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _in_transaction(self, read: Callable[[], _Read]) -> _Read:
        if self._connection is None:
            self._connection = open_reader(self._path)
        self._connection.execute("BEGIN")
        try:
            return read()
        finally:
            self._connection.execute("COMMIT")

    def _read_events(self, account_number: int, after: int, limit: int) -> Sequence[Event]:
        assert self._connection is not None
        wanted = {"account_number": account_number, "after": after, "limit": limit}
        found: list[Event] = [ChangeRow(*row) for row in self._connection.execute(self._after, wanted)]
        found.extend(user_change_row(row) for row in self._connection.execute(self._users_after, wanted))
        found.extend(_workflow_row(*row) for row in self._connection.execute(self._workflows_after, wanted))
        return sorted(found, key=attrgetter("revision"))[:limit]

    def _read_workflows(self, account_number: int, before: int, limit: int, team_id: str) -> Sequence[WorkflowRow]:
        assert self._connection is not None
        wanted = {"account_number": account_number, "before": before, "limit": limit, "team_id": team_id}
        return [_workflow_row(*row) for row in self._connection.execute(self._workflows_before, wanted)]

    def _read_page(
        self, account_number: int, user_number: int | None, wanted: ChangeFilter, after: int, limit: int
    ) -> tuple[Sequence[ChangeRow], int | None]:
        assert self._connection is not None
        if wanted.start is not None:
            first_from = first_committed_from(lambda revision: self._change_at(account_number, revision), wanted.start)
            after = max(after, first_from - 1)
        first = self._first(account_number, after + 1)
        if first is None:
            return (), None
        until: int | None = first + _CHANGES_LOOK_MAX - 1
        if user_number is not None:
            query, until = self._of_user, None
        elif wanted.team_id is not None:
            query, until = self._of_team, self._team_end(account_number, wanted.team_id, after)
        else:
            query = self._of_account
        rows = [
            ChangeRow(*row)
            for row in self._connection.execute(
                query,
                {
                    "account_number": account_number,
                    "user_number": user_number,
                    "team_id": wanted.team_id,
                    "after": after,
                    "until": _ALWAYS if until is None else until,
                    "start": -_ALWAYS if wanted.start is None else wanted.start,
                    "end": _ALWAYS if wanted.end is None else wanted.end,
                    "limit": limit + 1,
                },
            )
        ]
        if len(rows) > limit:
            return rows[:limit], rows[limit - 1].revision
        if until is not None and self._first(account_number, until + 1) is not None:
            return rows, until
        return rows, None

    def _team_end(self, account_number: int, team_id: str, after: int) -> int | None:
        """Return the revision of the last change of a team that a page may look at, or None if there are no more."""
        assert self._connection is not None
        bindings = {"account_number": account_number, "team_id": team_id, "after": after, "look": _CHANGES_LOOK_MAX - 1}
        row = self._connection.execute(self._of_team_end, bindings).fetchone()
        return None if row is None else int(row[0])

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


def _workflow_row(account_number: int, revision: int, commit_time: int, workflow: str) -> WorkflowRow:
    return WorkflowRow(account_number, revision, commit_time, read_workflow(workflow))


def user_change_row(columns: tuple[Any, ...]) -> UserChangeRow:
    """Return the row that `read_user_changes` has read."""
    row = UserChangeRow._make(columns)
    return row._replace(erased=bool(row.erased))
