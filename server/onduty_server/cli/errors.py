"""How the command line fails: with one line on stderr and a documented exit code."""

from __future__ import annotations

import sys
from contextlib import suppress
from enum import IntEnum
from typing import IO, Final

from ..text.escaping import visible

PROGRAM = "onduty"
_BREAKS: Final = dict.fromkeys(map(ord, "\n\r\t"), " ")


class ExitCode(IntEnum):
    """What scripts may rely on."""

    OK = 0
    FAILED = 1
    USAGE = 2
    UNAVAILABLE = 3
    INTERRUPTED = 130


class Failure(Exception):
    """Ends the command with `message` on stderr and `code`."""

    def __init__(self, message: str, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


def usage(message: str) -> Failure:
    """What was asked for makes no sense, or what was given to read is malformed."""
    return Failure(message, ExitCode.USAGE)


def one_line(text: str) -> str:
    """`text` on one line, with what nobody would see, or a terminal would obey, escaped."""
    return visible(text.strip().translate(_BREAKS))


def tell(message: str) -> None:
    """Write one line to standard error."""
    tell_lines(f"{PROGRAM}: {one_line(message)}")


def tell_lines(text: str) -> None:
    """Write to standard error. One that is closed, or whose reader has gone, stops nothing."""
    # None if the descriptor is closed; print() would take that for standard output.
    stream: IO[str] | None = sys.stderr
    if stream is not None:
        with suppress(OSError, ValueError):
            print(text, file=stream, flush=True)
