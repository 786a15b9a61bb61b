"""Serves the commands that erase: how long they wait, and what they say afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Final

import typer

from ..errors import ExitCode, Failure
from ..options import parser, positive_seconds
from ..output import line

LongTimeout = Annotated[
    float,
    typer.Option(
        "--timeout",
        metavar="PERIOD",
        parser=parser(positive_seconds),
        show_default=False,
        help="Longest time for an erasure; 10m if not given.",
        rich_help_panel="Connection and credentials",
    ),
]
# Defaults are parsed like typed values.
DEFAULT_LONG_TIMEOUT: Any = "10m"

_STAYS: Final = (
    "backups and copies of the store that were made before",
    "with Redis: its append-only file until the rewrite that was asked for has ended, snapshots, and files of replicas",
    "lines that were written to logs before",
)


@contextmanager
def to_be_repeated() -> Iterator[None]:
    """Add to a failure after which it is unknown how far an erasure came that it may be made again."""
    try:
        yield
    except Failure as failure:
        if failure.code is not ExitCode.UNAVAILABLE:
            raise
        raise Failure(f"{failure.message}; run this again, to end what it may have begun", failure.code) from None


def say_what_stays() -> None:
    """Print what an erasure does not reach, which is for the operator to remove."""
    line("Nothing of it is left in the store. What stays, outside of it:")
    for what in _STAYS:
        line(f"  - {what}")
