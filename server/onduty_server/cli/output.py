"""Prints the results of commands: `line`, `json_line`, `table` and `facts`, all to `standard_output`.

Invariants: the name of a user or an account is never taken for markup; lines are wrapped and cut only on a terminal; a
failure to write is reported as one of the output, never as one of the call whose answer was to be written.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import IO, Any, cast

from ..text.escaping import json_text, visible
from .errors import Failure, tell

_NO_TERMINAL_WIDTH = 10_000
_SPACE = "\\u0020"
"""As in JSON."""
STATUS_STYLES = {"ONLINE": "green", "AWAY": "yellow", "OFFLINE": "dim"}


class OutputFailure(Failure):
    """Standard output cannot be written."""


class _Output:
    """Standard output that raises OutputFailure if it cannot be written, and BrokenPipeError if its reader has left."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text, as any text stream does.

        Raises:
            OutputFailure: it cannot be written.
        """
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            raise
        except UnicodeEncodeError as error:
            character = ascii(error.object[error.start])
            raise OutputFailure(
                f"standard output takes only {error.encoding}, which has no {character}; set PYTHONIOENCODING=utf-8"
            ) from None
        except (OSError, ValueError) as error:
            raise _output_failure(error) from None

    def flush(self) -> None:
        """Flush, as any text stream does; raises as `write` does."""
        try:
            self._stream.flush()
        except BrokenPipeError:
            raise
        except (OSError, ValueError) as error:
            raise _output_failure(error) from None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _output_failure(error: Exception) -> OutputFailure:
    return OutputFailure(f"standard output cannot be written: {getattr(error, 'strerror', None) or error}")


def standard_output() -> IO[str]:
    """Return the stream for results.

    Raises:
        Failure: it was closed before the program started.
    """
    # Python has None there if the descriptor is closed, and print() then silently writes nothing.
    stream: IO[str] | None = sys.stdout
    if stream is None:
        raise Failure("standard output is closed")
    return cast("IO[str]", _Output(stream))


def line(text: str = "") -> None:
    """Print one line."""
    print(text, file=standard_output())


def json_line(value: Any, file: IO[str] | None = None) -> None:
    """Print one JSON object on one line."""
    print(json_text(value), file=file or standard_output())


def note(message: str) -> None:
    """Tell people something on stderr that programs should not have to read."""
    tell(message)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], file: IO[str] | None = None) -> None:
    """Print a table with one line for each row. A cell that is a status is coloured."""
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*map(cell, row))
    _print(drawn, file)


def facts(pairs: Iterable[tuple[str, str]], file: IO[str] | None = None) -> None:
    """Print one line for each fact: its name and its value."""
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    drawn.add_column(style="bold", no_wrap=True)
    drawn.add_column(overflow="fold")
    for name, value in pairs:
        drawn.add_row(name, cell(value))
    _print(drawn, file)


def compared(columns: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]], file: IO[str] | None = None) -> None:
    """Print a table of facts: their names, which may be indented, and a value in each of the columns."""
    from rich.table import Table

    drawn = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    drawn.add_column(style="bold", no_wrap=True)
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for name, values in rows:
        drawn.add_row(name, *map(cell, values))
    _print(drawn, file)


def cell(text: str) -> Any:
    """Return text as the cell of a table, never as markup. A status is coloured."""
    from rich.text import Text

    return Text(shown(text), style=STATUS_STYLES.get(text, ""))


def shown(text: str) -> str:
    """Put a name on one line with invisible characters escaped, and white space at its ends too."""
    middle = text.strip(" ")
    before, _, after = text.partition(middle) if middle else (text, "", "")
    return before.replace(" ", _SPACE) + visible(middle) + after.replace(" ", _SPACE)


def _print(drawn: Any, file: IO[str] | None) -> None:
    from rich.console import Console

    console = Console(file=file or standard_output(), highlight=False, emoji=False, markup=False)
    if console.is_terminal:
        console.print(drawn)
        return
    console.width = _NO_TERMINAL_WIDTH
    with console.capture() as capture:
        console.print(drawn)
    for line in capture.get().splitlines():
        # Rich fills the last column with blanks.
        print(line.rstrip(), file=console.file)
