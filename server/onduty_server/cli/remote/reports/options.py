"""The options of reports: range, people, buckets, and how and where a report is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import IO, Annotated, Any, Final, NamedTuple

import typer

from ...errors import Failure, usage
from ...options import parser, positive_seconds
from ...output import standard_output
from ...zone import named_zone
from ..options import given_team
from .csv_files import Dialect

STDOUT: Final = Path("-")


class Format(Enum):
    """Formats of a report."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    SVG = "svg"


class By(Enum):
    """The buckets of time, as people type them."""

    WHOLE = "whole"
    DAY = "day"
    HOUR = "hour"
    QUARTER = "quarter"


class Step(Enum):
    """The steps of a curve, as people type them."""

    DAY = "day"
    HOUR = "hour"
    QUARTER = "quarter"


class Each(Enum):
    """The groups by which time is added up, as people type them."""

    PERSON = "person"
    TEAM = "team"
    ALL = "all"


class Delimiter(Enum):
    """The mark between the cells of CSV."""

    COMMA = ","
    SEMICOLON = ";"
    TAB = "tab"


Since = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="DAY|TIME",
        show_default=False,
        help="Beginning of the range: a day like 2026-11-03, today or yesterday, a time like 2026-11-03T09:00, or how "
        "long ago, like 2h; today if not given.",
    ),
]
Until = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="DAY|TIME",
        show_default=False,
        help="End of the range, written alike. A day is part of it as a whole; a time is not part of it. Today if not "
        "given. What is still to come is left out.",
    ),
]
TimeZone = Annotated[
    Any,
    typer.Option(
        "--time-zone",
        metavar="ZONE",
        parser=parser(named_zone),
        show_default=False,
        help='Time zone of days, hours and what you type, such as "Europe/Berlin"; the account\'s if not given.',
    ),
]
Users = Annotated[
    list[str] | None,
    typer.Option("--user", metavar="USER", show_default=False, help="Only this user; repeat it for several."),
]
SpentIn = Annotated[
    str | None,
    typer.Option(
        "--team",
        metavar="TEAM",
        parser=parser(given_team),
        show_default=False,
        help="Only time that was spent in this team.",
    ),
]
WasIn = Annotated[
    str | None,
    typer.Option(
        "--team",
        metavar="TEAM",
        parser=parser(given_team),
        show_default=False,
        help="Only people while they were in this team.",
    ),
]
Buckets = Annotated[
    By | None,
    typer.Option(
        "--by",
        show_default=False,
        help="Add up each quarter of an hour, hour, day, or the whole range; if not given, each day of a range of more "
        "than two days, else the whole.",
    ),
]
Steps = Annotated[
    Step | None,
    typer.Option(
        "--by",
        show_default=False,
        help="Count at each quarter of an hour, hour or day; if not given, a quarter for up to two days, an hour for "
        "up to 31 days, else a day, at midnight.",
    ),
]
Groups = Annotated[Each, typer.Option("--each", help="Add up the time of each person, of each team, or of all.")]
Causes = Annotated[
    bool, typer.Option("--causes", help="Of table: a line for each status and cause. csv and json have them anyhow.")
]
_OUTPUT: Final = "Output"
OutputFormat = Annotated[
    Format | None,
    typer.Option(
        "--format",
        show_default=False,
        rich_help_panel=_OUTPUT,
        help="table for people (the default), csv for spreadsheets, json (one document), or svg: a picture.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", rich_help_panel=_OUTPUT, help="Same as --format json.")]
Output = Annotated[
    Path,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        show_default=False,
        rich_help_panel=_OUTPUT,
        help="File to write to; standard output if not given.",
    ),
]
CsvDelimiter = Annotated[
    Delimiter | None,
    typer.Option(
        "--delimiter",
        show_default=False,
        rich_help_panel=_OUTPUT,
        help="Of csv: what divides the cells, a comma if not given. With ';', as spreadsheets of many European "
        "languages have it, decimals have a comma too.",
    ),
]
Bom = Annotated[
    bool,
    typer.Option(
        "--bom", rich_help_panel=_OUTPUT, help="Of csv: begin with a byte order mark, by which Excel knows UTF-8."
    ),
]
ReportTimeout = Annotated[
    float,
    typer.Option(
        "--timeout",
        metavar="PERIOD",
        envvar="ONDUTY_TIMEOUT",
        parser=parser(positive_seconds),
        show_default=False,
        help="Longest time for a call; 1m if not given.",
        rich_help_panel="Connection and credentials",
    ),
]
# Defaults are parsed like typed values.
DEFAULT_REPORT_TIMEOUT: Any = "1m"


class Sheet(NamedTuple):
    """The output of a report: its format, its file, and the dialect of CSV."""

    format: Format
    path: Path
    dialect: Dialect

    @contextmanager
    def opened(self) -> Iterator[IO[str]]:
        """Yield what the report is written to."""
        if self.path == STDOUT:
            yield standard_output()
            return
        try:
            with self.path.open("w", encoding="utf-8", newline="") as out:
                yield out
        except OSError as error:
            raise Failure(f"{self.path}: {error.strerror or error}") from None


def sheet_of(given: Format | None, as_json: bool, path: Path, delimiter: Delimiter | None, bom: bool) -> Sheet:
    """Return what the options of the output say.

    Raises:
        Failure: they contradict each other.
    """
    if as_json and given not in (None, Format.JSON):
        raise usage("--json and --format contradict each other; give one of them")
    chosen = Format.JSON if as_json else given or Format.TABLE
    if chosen is not Format.CSV and (bom or delimiter is not None):
        raise usage(f"{'--bom' if bom else '--delimiter'} is about csv; give --format csv too")
    mark = (delimiter or Delimiter.COMMA).value
    return Sheet(chosen, path, Dialect("\t" if mark == "tab" else mark, bom))
