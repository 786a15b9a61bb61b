"""The command `simulate`: replays a log of activities under a workflow, without a server."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import tzinfo
from enum import Enum
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from ...app.log_format import LogFormat, TimeFormat
from ...text.escaping import json_text
from ...text.times import Rfc3339Writer
from ..errors import Failure, usage
from ..logs.options import Columns, KeepOrder, LogFile, Times, log_format
from ..options import parser
from ..output import compared as beside
from ..output import facts, note, standard_output
from ..workflow_options import (
    AwayAfter,
    DisconnectAfter,
    DisconnectStatus,
    OfflineAfter,
    ResumeName,
    workflow_of_options,
)
from ..zone import named_zone
from .comparing import Compare, Comparison, other_workflow
from .simulated_words import ABOUT_THE_LOG, TIME, summary_facts, summary_object, workflow_object

if TYPE_CHECKING:
    from ...app.activity_log import ActivityLog
    from ...app.log_rows import LogRow
    from ...app.simulation import Simulation, Summary
    from ...domain.workflow import Workflow
    from .drawn import Drawer

T = TypeVar("T")

_STDOUT = Path("-")
_COLUMNS = ("effective_time", "user_id", "previous_status", "status", "cause")


class Format(Enum):
    """Formats of the output."""

    CSV = "csv"
    JSON = "json"
    SVG = "svg"
    TABLE = "table"


def simulate(
    file: LogFile,
    away_after: AwayAfter = None,
    offline_after: OfflineAfter = None,
    resume: Annotated[
        ResumeName,
        typer.Option("--resume", help="Automatic statuses from which an activity makes a user ONLINE again."),
    ] = ResumeName.FROM_AWAY,
    keep_manual_away: Annotated[
        bool,
        typer.Option(
            "--keep-manual-away", help="As in a workflow. It changes nothing here: a log has no statuses set by hand."
        ),
    ] = False,
    disconnect_after: DisconnectAfter = None,
    disconnect_status: DisconnectStatus = None,
    compare: Compare = None,
    columns: Columns = None,
    time_format: Times = TimeFormat.RFC3339,
    keep_order: KeepOrder = False,
    output_format: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="csv: every change (the default). table: a summary (the default with --compare). json: one "
            "object with both. svg: a picture of the summary.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Same as --format json.")] = False,
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="OUT", show_default=False, help="File to write to; standard output if not given."
        ),
    ] = _STDOUT,
    time_zone: Annotated[
        Any,
        typer.Option(
            "--time-zone",
            metavar="ZONE",
            parser=parser(named_zone),
            show_default=False,
            help='Zone of the times in a picture, such as "Europe/Berlin"; UTC if not given.',
        ),
    ] = None,
) -> None:
    """Replay a log of activities under a workflow.

    The rules are those of the server, under a virtual clock.

    Rows are taken in the order of their times; a log of at most five million rows is sorted first if need be. The
    workflow is on from the start, and the clock runs on after the last row until no switch is left. Changes are written
    in the order of their effective times, and of user ids where those are equal.

    A log has no statuses set by hand, so a user who goes OFFLINE by inactivity stays so unless --resume is
    from-away-or-offline.

    A row is an activity unless the log has a column kind that says otherwise: session_kept, session_ended,
    engagement_kept or engagement_ended. Such rows name the session or engagement in lease_id. A row that keeps one can
    say for how long in ttl (150s for a session and 1h for an engagement if not), and one that keeps a session can say
    in idle_for how long ago the last input was. Both are written like 90s or 1h30m; a number alone is seconds.

    In the summary, the share of time in each status is from each user's first activity to the last one of the log.
    """
    if as_json and output_format not in (None, Format.JSON):
        raise usage("--json and --format contradict each other; give one of them")
    chosen = Format.JSON if as_json else output_format or (Format.CSV if compare is None else Format.TABLE)
    if compare is not None and chosen is Format.CSV:
        raise usage("csv has the changes of one workflow; with --compare give --format table, json or svg")
    if time_zone is not None and chosen is not Format.SVG:
        raise usage("--time-zone is for pictures; give --format svg too")
    workflow = workflow_of_options(
        away_after, offline_after, resume, keep_manual_away, disconnect_after, disconnect_status
    )
    other = None if compare is None else other_workflow(workflow, compare)
    layout = log_format(columns, time_format)
    drawer = _drawer(file, time_zone)
    write: Callable[[IO[str]], None]
    if other is None:
        simulation = _replayed(file, layout, keep_order, partial(_simulate, workflow))
        summary, write = simulation.summary, partial(_WRITERS[chosen], simulation, drawer)
    else:
        compared = _replayed(file, layout, keep_order, partial(_compare, workflow, other))
        summary, write = compared.summary, partial(_WRITERS_OF_BOTH[chosen], compared, drawer)
    _say_of_log(summary)
    with _opened(output) as out:
        write(out)


def _drawer(file: Path, zone: tzinfo | None) -> Drawer:
    from .drawn import Drawer

    return Drawer(file.name, zone)


def _simulate(workflow: Workflow, rows: Iterator[LogRow]) -> Simulation:
    from ...app.simulation import simulate as replay

    return replay(rows, workflow)


def _compare(workflow: Workflow, other: Workflow, rows: Iterator[LogRow]) -> Comparison:
    from ...app.simulation import compare as replay_both

    summary, other_summary = replay_both(rows, workflow, other)
    return Comparison(workflow, summary, other, other_summary)


def _say_of_log(summary: Summary) -> None:
    if summary.late_activities:
        note(
            f"{summary.late_activities:,} of {summary.activities + summary.leases:,} rows are older than one before "
            "them and were taken as arriving late"
        )
    if summary.refused_leases:
        note(
            f"{summary.refused_leases:,} of {summary.leases:,} rows of sessions and engagements would have been "
            "refused, and did nothing: their user was not known yet, or had 20 of them"
        )


def _replayed(file: Path, written: LogFormat, keep_order: bool, replay: Callable[[Iterator[LogRow]], T]) -> T:
    from ...app.activity_log import OutOfOrder
    from ...domain.errors import InvalidField
    from ..logs.files import opened_log

    said: set[str] = set()

    def say_once(warning: str) -> None:
        if warning not in said:
            said.add(warning)
            note(warning)

    with opened_log(file, written, say=say_once) as log, _progress(log) as report:
        try:
            if keep_order or file.is_file():
                return replay(log.rows(report, in_order=not keep_order))
            return replay(_sorted(log, report))
        except InvalidField as error:
            log.fail(error.message)
        except OutOfOrder:
            if not file.is_file():
                raise
    # Most logs are in order and need not be held in memory. This one is not, and is read again.
    with opened_log(file, written, say=say_once) as log, _progress(log) as report:
        return replay(_sorted(log, report))


def _sorted(log: ActivityLog, report: Callable[[int], None] | None) -> Iterator[LogRow]:
    from ...app.fields import check_id
    from ...domain.errors import InvalidField
    from ..logs.order import SortedLog

    def check(user_id: str) -> None:
        try:
            check_id("user_id", user_id)
        except InvalidField as error:
            log.fail(error.message)

    in_order = SortedLog(log, report, check)
    if in_order.moved:
        note(
            f"{log.name}: {in_order.moved:,} of {len(in_order):,} rows are older than one before them, so the log was "
            "sorted by time; --keep-order takes them as arriving late"
        )
    for _, time_ms, user_id, lease in in_order.rows():
        yield time_ms, user_id, lease


def _write_csv(simulation: Simulation, _: Drawer, out: IO[str]) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_rows(simulation))


def _write_json(simulation: Simulation, _: Drawer, out: IO[str]) -> None:
    """Write one object with each change on a line of its own: it can be parsed as a whole, and searched by line."""
    out.write(f'{{"workflow": {json.dumps(workflow_object(simulation.workflow))},\n')
    out.write(f'"summary": {json.dumps(summary_object(simulation.summary))},\n"changes": [')
    separator = "\n"
    for row in _rows(simulation):
        values = dict(zip(_COLUMNS, row, strict=True)) | {"previous_status": row[2] or None}
        out.write(separator + json_text(values))
        separator = ",\n"
    out.write("\n]}\n")


def _write_table(simulation: Simulation, _: Drawer, out: IO[str]) -> None:
    facts(summary_facts(simulation.workflow, simulation.summary), out)


def _write_svg(simulation: Simulation, drawer: Drawer, out: IO[str]) -> None:
    out.write(drawer.drawn(simulation.workflow, simulation.summary))


def _write_both_as_svg(compared: Comparison, drawer: Drawer, out: IO[str]) -> None:
    out.write(drawer.drawn_beside(compared))


def _write_both_as_json(compared: Comparison, _: Drawer, out: IO[str]) -> None:
    tried = [
        {"workflow": workflow_object(workflow), "summary": summary_object(summary)}
        for workflow, summary in ((compared.workflow, compared.summary), (compared.other, compared.other_summary))
    ]
    out.write(json_text({**tried[0], "compared": tried[1], "difference": compared.in_words()}) + "\n")


def _write_both_as_table(compared: Comparison, _: Drawer, out: IO[str]) -> None:
    first = summary_facts(compared.workflow, compared.summary)
    second = summary_facts(compared.other, compared.other_summary)
    (name, workflow), *of_log = [pair for pair in first if pair[0] in ABOUT_THE_LOG]
    facts([(name, workflow), ("compared with", second[0][1]), *of_log], out)
    out.write("\n")
    # What the name says already would make the table too wide.
    rows = [
        (name, [value.removesuffix(" of switches to AWAY") if name != TIME else "" for value in values])
        for (name, *values) in ((name, a, b) for (name, a), (_, b) in zip(first, second, strict=True))
        if name not in ABOUT_THE_LOG
    ]
    beside([label.upper() for label in compared.labels()], rows, out)
    out.write(f"\n{compared.in_words()}\n")


_WRITERS: dict[Format, Callable[[Simulation, Drawer, IO[str]], None]] = {
    Format.CSV: _write_csv,
    Format.JSON: _write_json,
    Format.SVG: _write_svg,
    Format.TABLE: _write_table,
}
_WRITERS_OF_BOTH: dict[Format, Callable[[Comparison, Drawer, IO[str]], None]] = {
    Format.JSON: _write_both_as_json,
    Format.SVG: _write_both_as_svg,
    Format.TABLE: _write_both_as_table,
}


def _rows(simulation: Simulation) -> Iterator[tuple[str, str, str, str, str]]:
    write_time = Rfc3339Writer()
    # Tables by state: a million look-ups of names in enums take longer than all the rest.
    statuses, causes = _names()
    for effective_time, user_id, previous, state in simulation.changes:
        yield write_time(effective_time), user_id, statuses[previous], statuses[state], causes[state]


def _names() -> tuple[tuple[str, ...], tuple[str, ...]]:
    from ...domain.status import State

    return (
        tuple("" if state.status is None else state.status.name for state in State),
        tuple("" if state.cause is None else state.cause.name for state in State),
    )


@contextmanager
def _progress(log: ActivityLog) -> Iterator[Callable[[int], None] | None]:
    """Show a progress bar on stderr while a long log is read, if that is a terminal."""
    if not sys.stderr.isatty() or log.size is None or log.size < _WORTH_A_BAR_BYTES:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("replaying", total=log.size)
        yield lambda read: progress.update(task, completed=read)


_WORTH_A_BAR_BYTES = 1 << 20


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    if path == _STDOUT:
        yield standard_output()
        return
    try:
        with path.open("w", encoding="utf-8", newline="") as out:
            yield out
    except OSError as error:
        raise Failure(f"{path}: {error.strerror or error}") from None
