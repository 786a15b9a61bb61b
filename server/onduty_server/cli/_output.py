"""What the commands print. Machine output goes through `json_line`, tables through `table` and `facts`.

Invariant: no name of a user or an account is taken for markup, and off a terminal no line is wrapped or cut.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import IO, Any

from ..notation import json_text
from ._errors import one_line

_NO_TERMINAL_WIDTH = 10_000
STATUS_STYLES = {"ONLINE": "green", "AWAY": "yellow", "OFFLINE": "dim"}


def json_line(value: Any, file: IO[str] | None = None) -> None:
    """One object on one line."""
    print(json_text(value), file=file or sys.stdout)


def note(message: str) -> None:
    """Something that people should know and programs should not have to read."""
    print(f"onduty: {one_line(message)}", file=sys.stderr)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], file: IO[str] | None = None) -> None:
    """One line a row; a cell that is a status has its colour."""
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*map(_cell, row))
    _print(drawn, file)


def facts(pairs: Iterable[tuple[str, str]], file: IO[str] | None = None) -> None:
    """One line a fact: its name, and what it is."""
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    drawn.add_column(style="bold", no_wrap=True)
    drawn.add_column(overflow="fold")
    for name, value in pairs:
        drawn.add_row(name, _cell(value))
    _print(drawn, file)


def _cell(text: str) -> Any:
    from rich.text import Text

    return Text(one_line(text), style=STATUS_STYLES.get(text, ""))


def _print(drawn: Any, file: IO[str] | None) -> None:
    from rich.console import Console

    console = Console(file=file or sys.stdout, highlight=False, emoji=False, markup=False)
    if console.is_terminal:
        console.print(drawn)
        return
    console.width = _NO_TERMINAL_WIDTH
    with console.capture() as capture:
        console.print(drawn)
    for line in capture.get().splitlines():
        # Rich fills the last column with blanks.
        print(line.rstrip(), file=console.file)
