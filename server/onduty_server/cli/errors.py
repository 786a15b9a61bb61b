"""Failures of the command line: one line on stderr and a documented exit code."""

from __future__ import annotations

import sys
from contextlib import suppress
from enum import IntEnum
from typing import IO, Final

from ..text.escaping import visible

PROGRAM = "onduty"
_BREAKS: Final = dict.fromkeys(map(ord, "\n\r\t"), " ")


class ExitCode(IntEnum):
    """The exit codes, on which scripts may rely."""

    OK = 0
    FAILED = 1
    USAGE = 2
    UNAVAILABLE = 3
    RECEIVER_GONE = 4
    INTERRUPTED = 130


class Failure(Exception):
    """Ends the command with `message` on stderr and `code`."""

    def __init__(self, message: str, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


def usage(message: str) -> Failure:
    """Make the failure of a command that was used wrongly, or given malformed input."""
    return Failure(message, ExitCode.USAGE)


def one_line(text: str) -> str:
    """Put `text` on one line, and escape characters that are invisible or that a terminal would obey."""
    return visible(text.strip().translate(_BREAKS))


def tell(message: str) -> None:
    """Write one line to standard error."""
    tell_lines(f"{PROGRAM}: {one_line(message)}")


def tell_lines(text: str) -> None:
    """Write to standard error. It is no failure if that is closed or its reader has gone."""
    # None if the descriptor is closed; print() would take that for standard output.
    stream: IO[str] | None = sys.stderr
    if stream is not None:
        with suppress(OSError, ValueError):
            print(text, file=stream, flush=True)
