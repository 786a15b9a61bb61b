"""What an insecurely written file has of deleted rows is cleared, and nothing that SQLite reads."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path
from typing import Final

import apsw
import pytest

from onduty_server.stores.sqlite.unused_space import PagedFile

_TOKEN: Final = re.compile(rb"t-[0-9a-f]{12}")
_TABLES: Final = (
    "CREATE TABLE row (id INTEGER PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE INDEX row_by_value ON row (value)",
    "CREATE TABLE tree (a INTEGER, b TEXT, value TEXT NOT NULL, PRIMARY KEY (a, b)) WITHOUT ROWID",
    "CREATE INDEX tree_by_value ON tree (value) WHERE a < 50",
)


def _churn(connection: apsw.Connection, dice: random.Random) -> None:
    """Write, replace and delete short and long rows, so that pages are split, joined and freed."""
    for _ in range(3_000):
        token = f"t-{dice.getrandbits(48):012x}"
        value = token * dice.choice((1, 1, 1, 5, 80, 400, 1_200))
        number = dice.randrange(400)
        match dice.randrange(6):
            case 0 | 1:
                connection.execute("REPLACE INTO row VALUES (?, ?)", (number, value))
            case 2 | 3:
                connection.execute("REPLACE INTO tree VALUES (?, ?, ?)", (number % 100, token[:4], value))
            case 4:
                connection.execute("DELETE FROM row WHERE id BETWEEN ? AND ?", (number, number + dice.choice((0, 40))))
            case _:
                connection.execute("DELETE FROM tree WHERE a = ?", (number % 100,))


def _contents(connection: apsw.Connection) -> list[tuple[object, ...]]:
    return [
        *connection.execute("SELECT * FROM row ORDER BY id"),
        *connection.execute("SELECT * FROM tree ORDER BY a, b"),
    ]


@pytest.mark.parametrize("page_bytes", [512, 4_096, 65_536])
def test_only_what_is_unused_is_cleared(page_bytes: int, tmp_path: Path) -> None:
    path = tmp_path / "any.db"
    connection = apsw.Connection(str(path))
    connection.execute(f"PRAGMA page_size = {page_bytes}")
    connection.execute("PRAGMA secure_delete = OFF")
    for table in _TABLES:
        connection.execute(table)
    with connection:
        _churn(connection, random.Random(page_bytes))
    before = _contents(connection)
    connection.close()
    living = set(_TOKEN.findall(repr(before).encode()))
    assert set(_TOKEN.findall(path.read_bytes())) - living
    descriptor = os.open(path, os.O_RDWR)
    PagedFile(descriptor).clear_all()
    os.close(descriptor)
    assert set(_TOKEN.findall(path.read_bytes())) == living
    connection = apsw.Connection(str(path))
    assert connection.execute("PRAGMA integrity_check").get == "ok"
    assert _contents(connection) == before
    # It can be used as before.
    with connection:
        _churn(connection, random.Random(1))
    assert connection.execute("PRAGMA integrity_check").get == "ok"
    connection.close()
