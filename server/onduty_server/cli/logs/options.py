"""The options of commands that read a log of activities."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ...app.log_format import LogFormat, TimeFormat
from ..options import parser

_COLUMNS = ("time", "user")


def _columns(text: str) -> dict[str, str]:
    columns: dict[str, str] = {}
    for each in text.split(","):
        what, separator, name = (part.strip() for part in each.partition("="))
        if what not in _COLUMNS or not separator or not name or what in columns:
            raise ValueError(f"{text!r} does not name columns; write it like time=started_at,user=agent")
        columns[what] = name
    return columns


LogFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE.csv",
        show_default=False,
        help="The log: CSV with a header that names activity_time and user_id, separated by commas, semicolons or "
        "tabs, as plain text or gzip; '-' for standard input.",
    ),
]
Columns = Annotated[
    Any,
    typer.Option(
        "--columns",
        metavar="time=NAME,user=NAME",
        parser=parser(_columns),
        show_default=False,
        help="Names of the two columns if they differ; either may be left out.",
    ),
]
Times = Annotated[
    TimeFormat,
    typer.Option(
        "--time-format",
        help="Format of the times: RFC 3339, or seconds or milliseconds since 1970.",
    ),
]
KeepOrder = Annotated[
    bool,
    typer.Option(
        "--keep-order",
        help="Take rows in the order of the file; a row older than one before it counts as arriving late.",
    ),
]


def log_format(columns: dict[str, str] | None, times: TimeFormat) -> LogFormat:
    """Return the layout of the log that the options describe."""
    named = columns or {}
    default = LogFormat()
    return LogFormat(named.get("time", default.time_column), named.get("user", default.user_column), times)
