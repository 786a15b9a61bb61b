"""The options of commands that read a log of activities."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ...app.log_format import LogFormat, TimeFormat
from ..options import parser

_COLUMNS = ("time", "user", "kind", "lease", "ttl", "idle")


def _columns(text: str) -> dict[str, str]:
    columns: dict[str, str] = {}
    for each in text.split(","):
        what, separator, name = (part.strip() for part in each.partition("="))
        # A column that happens to be called like that of the kinds can be left alone.
        has_name = bool(name) or what == "kind"
        if what not in _COLUMNS or not separator or not has_name or what in columns:
            raise ValueError(f"{text!r} does not name columns; write it like time=started_at,user=agent")
        columns[what] = name
    return columns


LogFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE.csv",
        show_default=False,
        help="The log: CSV with a header that names activity_time and user_id, separated by commas, semicolons or "
        "tabs, as plain text or gzip; '-' for standard input. With a column kind, rows can also keep and end "
        "sessions and engagements.",
    ),
]
Columns = Annotated[
    Any,
    typer.Option(
        "--columns",
        metavar="time=NAME,user=NAME,...",
        parser=parser(_columns),
        show_default=False,
        help="Names of columns that are called otherwise than activity_time, user_id, kind, lease_id, ttl and "
        "idle_for: for time, user, kind, lease, ttl and idle; 'kind=' takes every row as an activity.",
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
    return LogFormat(
        named.get("time", default.time_column),
        named.get("user", default.user_column),
        times,
        named.get("kind", default.kind_column) or None,
        named.get("lease", default.lease_column),
        named.get("ttl", default.ttl_column),
        named.get("idle", default.idle_for_column),
    )
