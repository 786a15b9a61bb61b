"""Packed clocks leave in the file what the same rows leave one by one."""

from __future__ import annotations

from pathlib import Path

import apsw
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes import START

from onduty_server.stores.resident.journal import MovedClock
from onduty_server.stores.sqlite.batch import Batch
from onduty_server.stores.sqlite.batch_writing import BatchWriting
from onduty_server.stores.sqlite.opening import open_writer
from onduty_server.stores.sqlite.packed_clocks import CLOCK_BITS, NUMBER_BITS, pack_clocks
from onduty_server.stores.sqlite.statements import statement

HALF_CLOCK, HALF_NUMBER = 1 << CLOCK_BITS - 1, 1 << NUMBER_BITS - 1
numbers = st.one_of(
    st.integers(0, 5),
    st.sampled_from([HALF_NUMBER - 1, HALF_NUMBER, HALF_NUMBER + 1, 2 * HALF_NUMBER, (1 << 32) - 1]),
)
times = st.sampled_from(
    [START, START + 1, START + HALF_CLOCK - 1, START + HALF_CLOCK, START - HALF_CLOCK, START - HALF_CLOCK - 1, 0]
)


@st.composite
def moved_clocks(draw: st.DrawFn) -> MovedClock:
    clock = draw(times)
    last_activity = draw(st.sampled_from([clock, clock, clock, clock - 1, None]))
    return draw(numbers), draw(numbers), last_activity, clock, draw(st.sampled_from(["", "", "", "layers"]))


batches = st.lists(moved_clocks(), min_size=1, max_size=30, unique_by=lambda row: row[:2])


@given(batches)
def test_what_is_packed_and_what_is_not_are_all_there_is(rows: list[MovedClock]) -> None:
    packed = pack_clocks(rows)
    unpacked = []
    for value in packed.values:
        assert 0 <= value < 1 << 63  # SQLite's integers
        clock = packed.clock + (value & (1 << CLOCK_BITS) - 1)
        number = packed.number + (value >> CLOCK_BITS & (1 << NUMBER_BITS) - 1)
        unpacked.append((packed.account + (value >> CLOCK_BITS + NUMBER_BITS), number, clock, clock, ""))
    assert sorted(map(str, [*unpacked, *packed.others])) == sorted(map(str, rows))
    assert not [row for row in packed.others if row[:2] == rows[0][:2] and row[2] == row[3] and not row[4]]


@settings(max_examples=40, deadline=None)
@given(batches, st.sets(st.integers(0, 29)), st.sets(st.integers(0, 29)))
def test_a_batch_leaves_in_the_file_what_its_rows_leave_one_by_one(
    rows: list[MovedClock], missing: set[int], erased: set[int]
) -> None:
    found = []
    for one_by_one in (False, True):
        connection = apsw.Connection(":memory:")
        connection.execute(_user_table())
        for place, row in enumerate(rows):
            if place not in missing:
                values = (*row[:2], "" if place in erased else f"user-{place}", "former")
                connection.execute(_INSERT, values)
        writing = BatchWriting(connection, 10)
        if one_by_one:
            for row in rows:
                connection.execute(statement("write_clocks"), (f"[{_json(row)}]",))
        else:
            writing.write(Batch(moved={row[:2]: row for row in rows}))
        found.append(connection.execute("SELECT * FROM user ORDER BY 1, 2").fetchall())
        connection.close()
    assert found[0] == found[1]


def test_packed_clocks_are_looked_up_by_the_whole_key(tmp_path: Path) -> None:
    """SQLite would rather read all users of an account for each, if it knew the account beforehand."""
    file = open_writer(tmp_path / "onduty.db")
    values = {"account": 0, "number": 0, "clock": 0, "clocks": "[]"}
    plan = file.connection.execute(f"EXPLAIN QUERY PLAN {statement('write_packed_clocks')}", values).fetchall()
    assert any("account_number=? AND number=?" in str(step) for step in plan), plan
    file.close()


_INSERT = (
    "INSERT INTO user (account_number, number, user_id, state, status_since, last_activity, clock, actor, reason, "
    "revision, layers) VALUES (?, ?, ?, 1, 0, NULL, 0, '', '', 1, ?)"
)


def _json(row: MovedClock) -> str:
    account, number, last_activity, clock, layers = row
    return f'[{account}, {number}, {"null" if last_activity is None else last_activity}, {clock}, "{layers}"]'


def _user_table() -> str:
    return (
        "CREATE TABLE user (account_number INTEGER NOT NULL, number INTEGER NOT NULL, user_id TEXT NOT NULL, "
        "state INTEGER NOT NULL, status_since INTEGER NOT NULL, last_activity INTEGER, clock INTEGER NOT NULL, "
        "actor TEXT NOT NULL, reason TEXT NOT NULL, revision INTEGER NOT NULL, layers TEXT NOT NULL DEFAULT '', "
        "PRIMARY KEY (account_number, number)) STRICT, WITHOUT ROWID"
    )
