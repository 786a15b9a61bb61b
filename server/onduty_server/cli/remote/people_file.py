"""Reads a list of people: CSV with a header, of users, their teams and their names.

Invariant: a file is read and checked as a whole before anything is done with it.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from ...app.fields import check_id, check_text
from ...app.limits import DISPLAY_NAME_MAX_BYTES, ID_MAX_BYTES
from ...domain.errors import InvalidField
from ..errors import tell, usage
from ..output import shown

STDIN: Final = Path("-")
ROWS_MAX: Final = 1_000_000
TOLD_MAX: Final = 100
"""The number of rows of a file that are named in messages."""
_COLUMNS: Final = {
    "user": "user_id",
    "user_id": "user_id",
    "team": "team_id",
    "team_id": "team_id",
    "name": "display_name",
    "display_name": "display_name",
}


class Person(NamedTuple):
    """A row: a user, with a name and a team. "" stands for none, None for a column that the file lacks."""

    line: int
    user_id: str
    display_name: str | None
    team_id: str | None


def name_of(path: Path) -> str:
    """Return the name of a file in messages."""
    return "standard input" if path == STDIN else str(path)


def read_people(path: Path) -> list[Person]:
    """Read a list of people, from standard input for `-`.

    Raises:
        Failure: it cannot be read, or is malformed; what is wrong in which line is on stderr then.
    """
    name = name_of(path)
    try:
        if path == STDIN and sys.stdin is None:
            raise usage("standard input is closed")
        content = sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
    except OSError as error:
        raise usage(f"{name}: {error.strerror or error}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise usage(f"{name}:{line}: is not UTF-8") from None
    reader = _People(name)
    people = list(reader.read(text))
    if reader.faults:
        more = reader.faults - TOLD_MAX
        told = f"; the first {TOLD_MAX:,} are told" if more > 0 else ""
        raise usage(f"{name}: {reader.faults:,} rows are wrong, so nothing was changed{told}")
    return people


class _People:
    """Reads rows, and tells what is wrong with them."""

    def __init__(self, name: str) -> None:
        self.faults = 0
        self._name = name
        self._lines: dict[str, int] = {}
        """The lines of the users so far."""

    def read(self, text: str) -> Iterator[Person]:
        """Yield the rows that are right.

        Raises:
            Failure: the header is wrong, or the text is no CSV.
        """
        first = text.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            columns = self._columns(next(reader, []))
            for row in reader:
                if row and len(self._lines) == ROWS_MAX:
                    raise usage(f"{self._name}: has more than {ROWS_MAX:,} rows; split it")
                person = self._person(reader.line_num, columns, row) if row else None
                if person is not None:
                    yield person
        except csv.Error as error:
            raise usage(f"{self._name}:{reader.line_num}: {error}") from None

    def _columns(self, header: list[str]) -> list[str]:
        columns = [_COLUMNS.get(title.strip().lower(), "") for title in header]
        named = [column for column in columns if column]
        if "user_id" not in named or len(named) < 2 or len(set(named)) < len(named):
            raise usage(
                f"{self._name}: the first line has to name the columns: user_id, and team_id or display_name or both"
            )
        return columns

    def _person(self, line: int, columns: list[str], row: list[str]) -> Person | None:
        if len(row) != len(columns):
            self._fault(line, f"has {len(row)} cells, and the header {len(columns)}")
            return None
        values = {column: value.strip() for column, value in zip(columns, row, strict=True) if column}
        # Not without the white space at its ends: there may be a user of before the rule that forbids it.
        user_id = row[columns.index("user_id")]
        try:
            check_id("user_id", user_id)
            for column, most in (("display_name", DISPLAY_NAME_MAX_BYTES), ("team_id", ID_MAX_BYTES)):
                check_text(column, values.get(column, ""), most)
        except InvalidField as error:
            self._fault(line, error.message)
            return None
        before = self._lines.setdefault(user_id, line)
        if before != line:
            self._fault(line, f"{shown(user_id)} is in line {before} already")
            return None
        return Person(line, user_id, values.get("display_name"), values.get("team_id"))

    def _fault(self, line: int, what: str) -> None:
        self.faults += 1
        if self.faults <= TOLD_MAX:
            tell(f"{self._name}:{line}: {what}")
