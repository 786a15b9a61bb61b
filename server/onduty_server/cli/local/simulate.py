"""The command `simulate`: replays a log of activities under a workflow, without a server."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from ...app.log_format import LogFormat, TimeFormat
from ...text.escaping import json_text
from ...text.times import Rfc3339Writer
from ..errors import Failure, usage
from ..logs.options import Columns, KeepOrder, LogFile, Times, log_format
from ..output import facts, note, standard_output
from ..workflow_options import (
    AwayAfter,
    DisconnectAfter,
    DisconnectStatus,
    OfflineAfter,
    ResumeName,
    workflow_of_options,
)

if TYPE_CHECKING:
    from ...app.activity_log import ActivityLog
    from ...app.log_rows import LogRow
    from ...app.simulation import Simulation, Summary
    from ...domain.status import Status
    from ...domain.workflow import Workflow

_STDOUT = Path("-")
_COLUMNS = ("effective_time", "user_id", "previous_status", "status", "cause")


class Format(Enum):
    """Formats of the output."""

    CSV = "csv"
    JSON = "json"
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
    columns: Columns = None,
    time_format: Times = TimeFormat.RFC3339,
    keep_order: KeepOrder = False,
    output_format: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="csv: every change (the default). table: a summary. json: one object with both.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Same as --format json.")] = False,
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="OUT", show_default=False, help="File to write to; standard output if not given."
        ),
    ] = _STDOUT,
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
    chosen = Format.JSON if as_json else output_format or Format.CSV
    workflow = workflow_of_options(
        away_after, offline_after, resume, keep_manual_away, disconnect_after, disconnect_status
    )
    simulation = _simulated(file, log_format(columns, time_format), workflow, keep_order)
    summary = simulation.summary
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
    with _opened(output) as out:
        _WRITERS[chosen](simulation, out)


def _simulated(file: Path, written: LogFormat, workflow: Workflow, keep_order: bool) -> Simulation:
    from ...app.activity_log import OutOfOrder
    from ...app.simulation import simulate as replay
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
                return replay(log.rows(report, in_order=not keep_order), workflow)
            return replay(_sorted(log, report), workflow)
        except InvalidField as error:
            log.fail(error.message)
        except OutOfOrder:
            if not file.is_file():
                raise
    # Most logs are in order and need not be held in memory. This one is not, and is read again.
    with opened_log(file, written, say=say_once) as log, _progress(log) as report:
        return replay(_sorted(log, report), workflow)


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


def _write_csv(simulation: Simulation, out: IO[str]) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(_rows(simulation))


def _write_json(simulation: Simulation, out: IO[str]) -> None:
    """Write one object with each change on a line of its own: it can be parsed as a whole, and searched by line."""
    out.write(f'{{"workflow": {json.dumps(_workflow_object(simulation.workflow))},\n')
    out.write(f'"summary": {json.dumps(_summary_object(simulation.summary))},\n"changes": [')
    separator = "\n"
    for row in _rows(simulation):
        values = dict(zip(_COLUMNS, row, strict=True)) | {"previous_status": row[2] or None}
        out.write(separator + json_text(values))
        separator = ",\n"
    out.write("\n]}\n")


def _write_table(simulation: Simulation, out: IO[str]) -> None:
    facts(_summary_facts(simulation), out)


_WRITERS: dict[Format, Callable[[Simulation, IO[str]], None]] = {
    Format.CSV: _write_csv,
    Format.JSON: _write_json,
    Format.TABLE: _write_table,
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


def _summary_facts(simulation: Simulation) -> list[tuple[str, str]]:
    from ...domain.periods import format_period
    from ...domain.status import Cause, Status

    summary, workflow = simulation.summary, simulation.workflow
    write_time = Rfc3339Writer()
    periods = [
        f"{name} after {format_period(period_ms)}"
        for name, period_ms in (
            ("away", workflow.away_after_ms),
            ("offline", workflow.offline_after_ms),
            (f"gone ({workflow.disconnect_status.name})", workflow.disconnect_after_ms),
        )
        if period_ms is not None
    ]
    pairs = [
        ("workflow", f"{', '.join(periods)}, resume {_typed(workflow.resume.name)}"),
        ("users", f"{summary.users:,}"),
        ("activities", f"{summary.activities:,}"),
    ]
    if summary.late_activities:
        pairs.append(("  late", f"{summary.late_activities:,}"))
    if summary.leases:
        pairs.append(("sessions and engagements", f"{summary.leases:,} rows"))
        pairs.append(("  refused", f"{summary.refused_leases:,}"))
    if summary.first_activity_time is None or summary.last_activity_time is None:
        return pairs
    length_ms = summary.last_activity_time - summary.first_activity_time
    inactive, count = summary.switches_by(Cause.INACTIVITY), _count
    pairs += [
        ("period", f"{write_time(summary.first_activity_time)} to {write_time(summary.last_activity_time)}"),
        ("  length", format_period(length_ms // 1_000 * 1_000)),
        ("switches by inactivity", f"{count(inactive, None, Status.AWAY) + count(inactive, None, Status.OFFLINE):,}"),
        ("  ONLINE to AWAY", f"{count(inactive, Status.ONLINE, Status.AWAY):,}"),
        ("  ONLINE to OFFLINE", f"{count(inactive, Status.ONLINE, Status.OFFLINE):,}"),
        ("  AWAY to OFFLINE", f"{count(inactive, Status.AWAY, Status.OFFLINE):,}"),
        ("resumes by activity", f"{summary.resumes:,}"),
        ("  AWAY to ONLINE", f"{summary.resumes_from(Status.AWAY):,}"),
        ("  OFFLINE to ONLINE", f"{summary.resumes_from(Status.OFFLINE):,}"),
        ("activities that did not resume", _part(summary.ignored_activities, summary.activities)),
        ("active within 1m after AWAY", f"{_part(summary.returns_soon, summary.switches_to_away)} of switches to AWAY"),
    ]
    if summary.leases:
        gone = summary.switches_by(Cause.DISCONNECT)
        pairs += [
            ("disconnections", f"{summary.disconnections:,}"),
            ("  from ONLINE", f"{sum(count(gone, Status.ONLINE, after) for after in Status):,}"),
            ("  from AWAY", f"{sum(count(gone, Status.AWAY, after) for after in Status):,}"),
            ("  ended by a return", f"{summary.reconnections:,}"),
        ]
    pairs.append(("share of time", "from each user's first activity to the end of the period"))
    total_ms = sum(summary.time_in_status_ms.values())
    by_disconnect_ms = summary.time_by_disconnect_ms
    for status, spent_ms in summary.time_in_status_ms.items():
        pairs.append((f"  {status.name}", _percent(spent_ms, total_ms)))
        if summary.leases and status is not Status.ONLINE:
            pairs.append(("    by disconnection", _percent(by_disconnect_ms[status], total_ms)))
    return pairs


def _count(switches: Mapping[tuple[Status | None, Status], int], before: Status | None, after: Status) -> int:
    """Count the switches from `before`, or from any status for None, to `after`."""
    return sum(
        count
        for (previous, status), count in switches.items()
        if status is after and previous is not None and before in (None, previous)
    )


def _part(count: int, total: int) -> str:
    return f"{count:,} of {total:,} ({_percent(count, total)})"


def _percent(part: int, total: int) -> str:
    return f"{100 * part / total:.1f} %" if total else "0.0 %"


def _typed(name: str) -> str:
    return name.lower().replace("_", "-")


def _workflow_object(workflow: Workflow) -> dict[str, Any]:
    return {
        "away_after": _seconds(workflow.away_after_ms),
        "offline_after": _seconds(workflow.offline_after_ms),
        "resume": workflow.resume.name,
        "keep_manual_away": workflow.keep_manual_away,
        "disconnect_after": _seconds(workflow.disconnect_after_ms),
        "disconnect_status": workflow.disconnect_status.name,
    }


def _summary_object(summary: Summary) -> dict[str, Any]:
    from ...domain.status import Status

    write_time = Rfc3339Writer()
    first, last = summary.first_activity_time, summary.last_activity_time
    return {
        "users": summary.users,
        "activities": summary.activities,
        "late_activities": summary.late_activities,
        "first_activity_time": None if first is None else write_time(first),
        "last_activity_time": None if last is None else write_time(last),
        "switches": [
            {"previous_status": before and before.name, "status": after.name, "count": count}
            for (before, after), count in sorted(
                summary.switches.items(), key=lambda item: (item[0][0] or 0, item[0][1])
            )
        ],
        "resumes": summary.resumes,
        "ignored_activities": summary.ignored_activities,
        "active_within_1m_after_away": summary.returns_soon,
        "seconds_in_status": {status.name: ms / 1_000 for status, ms in summary.time_in_status_ms.items()},
        "leases": summary.leases,
        "refused_leases": summary.refused_leases,
        "disconnections": summary.disconnections,
        "reconnections": summary.reconnections,
        "seconds_by_disconnect": {
            status.name: ms / 1_000
            for status, ms in summary.time_by_disconnect_ms.items()
            if status is not Status.ONLINE
        },
    }


def _seconds(period_ms: int | None) -> str | None:
    from ...domain.periods import format_seconds

    return None if period_ms is None else format_seconds(period_ms)


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
