"""Asks before something is deleted: whoever means it types its id."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from .errors import Failure, one_line, tell_lines, usage
from .output import shown

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask. Needed where there is no terminal to ask at.")]


def confirm(question: str, wanted: str) -> None:
    """Return once the user has typed `wanted`.

    An id with characters that are invisible may be typed as it is shown, with their escapes.

    Raises:
        Failure: something else was typed, or there is no terminal to ask at.
    """
    check_terminal()
    tell_lines(one_line(question))
    # Not by input(), whose prompt would go to standard output, among the results.
    print(f"Type {shown(wanted)} to go on: ", end="", file=sys.stderr, flush=True)
    typed = sys.stdin.readline()
    if not typed.endswith("\n"):
        tell_lines("")
    if typed.strip() not in (wanted.strip(), shown(wanted)):
        raise Failure(f"that is not {shown(wanted)}; nothing was deleted")


def check_terminal() -> None:
    """Return if there is a terminal to ask at.

    Raises:
        Failure: there is none.
    """
    # Both: a question that goes to a file is asked of nobody.
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr)):
        raise usage("this asks before it deletes, and there is no terminal to ask at; give --yes")
