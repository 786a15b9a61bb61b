"""Statements for reports, and those that change many users, find rows by an index, or by where a range of them begins.

None walks through a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from onduty_server.stores.sqlite.schema import migrate
from onduty_server.stores.sqlite.statements import statement

SCAN = re.compile("SCAN (status_change|user_change|lease_edge|day_sum|summed_day|user|[cesdu])( |$)")
PER_ACCOUNT = {"read_prunable", "read_prunable_edges", "read_prunable_day"}
"""They go from account to account."""
STATEMENTS = (
    *("sum_totals", "sum_changes", "sum_changes_of_users", "sum_moves", "sum_edges", "sum_edges_of_users"),
    *("sum_day", "sum_day_of_users", "sum_later", "sum_later_of_users", "find_moved", "find_moved_of_users"),
    *("find_after", "find_after_of_users", "find_moves_after", "find_leases_after", "find_leases_after_of_users"),
    *("find_leavers", "find_steps", "want_everybody", "read_days", "read_days_from", "read_day_sums", "read_edges"),
    *("read_known_since", "read_left_by_moves", "read_left_by_days", "read_newest_change", "read_user_count"),
    *("read_user_change_from", "read_prunable_end", "read_times_of_changes", "sum_pruned_changes", "prune_changes"),
    *("read_prunable_edges_end", "read_times_of_edges", "sum_pruned_edges", "prune_edges", "read_prunable_day_end"),
    *("prune_day", "forget_day", "forget_empty_day", "read_day", "write_day", "write_edges", "write_days"),
    *("delete_rows_of_account", *sorted(PER_ACCOUNT)),
    *("write_clocks", "write_switches"),
)


@pytest.fixture(scope="module")
def connection() -> Iterator[apsw.Connection]:
    connection = apsw.Connection(":memory:")
    migrate(connection, 0)
    connection.execute(statement("sums_tables"))
    yield connection
    connection.close()


def plan(connection: apsw.Connection, name: str) -> list[str]:
    """What SQLite will do, line by line, for each of the statements of a file."""
    sql = re.sub("--.*", "", statement(name))
    lines: list[str] = []
    for part in sql.split(";"):
        named = re.findall(r":(\w+)", part)
        numbered = re.findall(r"\?(\d)", part)
        bindings = dict.fromkeys(named, 1) if named else (1,) * len(set(numbered))
        if part.strip():
            lines += [str(row[3]) for row in connection.execute(f"EXPLAIN QUERY PLAN {part}", bindings)]
    return lines


def test_no_statement_walks_through_a_table(connection: apsw.Connection) -> None:
    scans = {
        name: lines for name in STATEMENTS if (lines := [line for line in plan(connection, name) if SCAN.match(line)])
    }
    assert not scans


def test_switches_find_each_user_by_its_key(connection: apsw.Connection) -> None:
    # Else all runs of a batch are looked through for each user of the account: seconds, and no SCAN of a table.
    looks = [line for line in plan(connection, "write_switches") if "user" in line]
    assert looks == ["SEARCH user USING PRIMARY KEY (account_number=? AND number=?)"]


def test_changes_are_added_up_without_being_sorted(connection: apsw.Connection) -> None:
    names = (
        "sum_totals",
        "sum_changes",
        "sum_changes_of_users",
        "sum_edges",
        "sum_day",
        "find_after",
        "find_leases_after",
    )
    assert not [line for name in names for line in plan(connection, name) if "TEMP B-TREE" in line]


def test_every_statement_is_looked_at() -> None:
    directory = Path(statement.__code__.co_filename).parent / "sql"
    known = {file.stem for file in directory.glob("*.sql")}
    assert known > set(STATEMENTS)
    prefixes = ("sum_", "find_", "want_", "read_prunable", "prune_")
    new = {name for name in known if name.startswith(prefixes)} - {"sum_up", "want_users"}
    assert new - set(STATEMENTS) == {"prune_lineages", "prune_milestones", "prune_workflow_changes"}
