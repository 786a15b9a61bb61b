"""Writes a batch with SQL, in its caller's transaction, and can tell later if the batch is in the file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

import apsw

from ..resident.journal import MovedClock, SwitchRun
from .batch import Batch
from .packed_clocks import pack_clocks
from .statements import statement

_ROWS_PER_STATEMENT: Final = 500
"""Encoding this many rows holds Python's lock for less than a millisecond."""

_SWITCHES_PER_STATEMENT: Final = 4_000
"""The same holds for this many switches in runs."""

_TABLES: Final = ("accounts", "teams", "users", "changes", "user_changes", "workflow_changes", "edges")
"""The fields of a batch that are rows for the statement `write_<field>`, in the order of writing."""
_STATEMENTS: Final = (
    *(f"write_{table}" for table in _TABLES),
    *("write_clocks", "write_packed_clocks", "write_switches"),
    *("write_vital", "delete_gaps", "write_gaps", "write_lineage", "write_milestones"),
    *("erase_accounts", "erase_users"),
    *("prune_workflow_changes", "prune_lineages", "prune_milestones"),
    *("read_vital", "read_change_at", "read_user_change_at", "read_workflow_change_at", "read_user"),
    *("read_erased_account",),
)


class BatchWriting:
    """Writes batches on one connection. `lineages_max` is how many lineages are kept."""

    def __init__(self, connection: apsw.Connection, lineages_max: int) -> None:
        self._connection = connection
        self._lineages_max = lineages_max
        self._sql = {name: statement(name) for name in _STATEMENTS}

    def write(self, batch: Batch) -> None:
        """Write all entries."""
        execute, sql = self._connection.execute, self._sql
        if batch.erased_accounts:
            erased, first = json.dumps(list(batch.erased_accounts)), max(batch.erased_accounts.values())
            execute(sql["erase_accounts"], {"erased": erased, "first_revision": first})
        for table in _TABLES:
            for chunk in _chunks(getattr(batch, table)):
                execute(sql[f"write_{table}"], (json.dumps(chunk),))
        # After the rows of users, which they may belong to.
        for chunk in _chunks(batch.clocks):
            self._write_clocks(chunk)
        for runs in _chunks_of_runs(batch.runs):
            execute(sql["write_switches"], {"runs": json.dumps(runs)})
        for chunk in _chunks(batch.erased_users):
            execute(sql["erase_users"], {"erased": json.dumps(chunk)})
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
            execute(sql["prune_workflow_changes"], (batch.prune[2],))
            execute(sql["prune_lineages"], (batch.prune[0], self._lineages_max))
            if self._connection.changes():
                execute(sql["prune_milestones"])

    def _write_clocks(self, moved: Sequence[MovedClock]) -> None:
        packed = pack_clocks(moved)
        if packed.values:
            self._connection.execute(
                self._sql["write_packed_clocks"],
                {
                    "account": packed.account,
                    "number": packed.number,
                    "clock": packed.clock,
                    "clocks": json.dumps(packed.values),
                },
            )
        if packed.others:
            self._connection.execute(self._sql["write_clocks"], (json.dumps(packed.others),))

    def is_written(self, batch: Batch) -> bool:
        """Return True if a batch is in the file although the call that committed it reported an error.

        A batch that leaves no trace of its own counts as lost.
        """
        if self._connection.in_transaction:
            # Not even the rollback worked, so this connection still sees the batch's own writes.
            return False
        try:
            for row in batch.changes[:1]:
                return self._has_row("read_change_at", row.account_number, row.revision)
            for run in batch.runs[:1]:
                return self._has_row("read_change_at", run.account_number, run.first_revision)
            for event in batch.user_changes[:1]:
                return self._has_row("read_user_change_at", event.account_number, event.revision)
            for number, revision, *_ in batch.workflow_changes[:1]:
                return self._has_row("read_workflow_change_at", number, revision)
            for number in batch.erased_accounts:
                return self._connection.execute(self._sql["read_erased_account"], (number,)).fetchone() is not None
            if batch.vital is not None:
                found = self._connection.execute(self._sql["read_vital"]).fetchone()
                return found == tuple(batch.vital)
            if not batch.accounts and not batch.teams and batch.gaps is None and batch.lineage is None:
                return self._has_users(batch)
        except Exception:  # noqa: BLE001 - a batch that cannot be read was rolled back
            return False
        return False

    def _has_row(self, name: str, account_number: int, revision: int) -> bool:
        row = self._connection.execute(self._sql[name], (account_number, revision)).fetchone()
        return row is not None and row[0] == revision

    def _has_users(self, batch: Batch) -> bool:
        """Return True if there are users in a batch, and each is in the file as the batch leaves it."""
        expected: dict[tuple[int, int], tuple[Any, ...]] = {
            (row.account_number, row.number): row for row in batch.users
        }
        for key, (_, _, last_activity, clock, layers) in batch.moved.items():
            row = expected.get(key) or self._user(*key)
            if row is None:
                return False
            expected[key] = (*row[:5], last_activity, clock, *row[7:10], layers, *row[11:])
        return bool(expected) and all(self._user(*key) == tuple(row) for key, row in expected.items())

    def _user(self, account_number: int, number: int) -> tuple[Any, ...] | None:
        return self._connection.execute(self._sql["read_user"], (account_number, number)).fetchone()


def _chunks(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), _ROWS_PER_STATEMENT):
        yield rows[start : start + _ROWS_PER_STATEMENT]


def _chunks_of_runs(runs: Sequence[SwitchRun]) -> Iterator[Sequence[SwitchRun]]:
    """Divide runs into such of `_SWITCHES_PER_STATEMENT` switches or, by the last run, some more."""
    chunk: list[SwitchRun] = []
    switches = 0
    for run in runs:
        chunk.append(run)
        switches += len(run.users)
        if switches >= _SWITCHES_PER_STATEMENT:
            yield chunk
            chunk, switches = [], 0
    if chunk:
        yield chunk
