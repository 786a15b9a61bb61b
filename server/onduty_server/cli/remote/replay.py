"""The command `replay`: sends the rows of a log to a running server, as if they happened now."""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from ...app.log_format import LogFormat, TimeFormat
from ..errors import Failure
from ..logs.options import Columns, KeepOrder, LogFile, Times, log_format
from ..options import Json, parser, positive_seconds
from ..output import facts, json_line, note
from .options import (
    DEFAULT_SERVER,
    DEFAULT_TIMEOUT,
    Server,
    Timeout,
    secured,
)
from .remote import connect, connection_note, stream_failure
from .words import COMMAND, field_of, message_of

if TYPE_CHECKING:
    from onduty_client import ActivityUpload, Disconnected, Reconnected, RejectedActivity, RejectedLease

    from ...app.activity_log import ActivityLog
    from ...app.log_rows import LoggedLease
    from ..logs.order import Row

_TICK_S = 0.2
"""How often the bar moves while there is nothing to send."""
_ROWS_PER_TICK = 2_000
_GRAIN_S = 0.005
"""Activities that are closer together than this are sent at once, since shorter sleeps have no visible effect."""
_DEFAULT_PATIENCE: Any = "1m"


def _speed(text: str) -> float:
    if text.strip().lower() == "max":
        return math.inf
    try:
        speed = float(text.strip().removesuffix("x"))
    except ValueError:
        raise ValueError(f"{text!r} is not a speed; write a number like 1, 60 or 0.5, or max") from None
    if not 0 < speed < math.inf:
        raise ValueError("must be more than 0, or max")
    return speed


@secured
def replay(
    file: LogFile,
    account: Annotated[
        str, typer.Option("--account", metavar="ACCOUNT", show_default=False, help="The account (tenant) to feed.")
    ],
    speed: Annotated[
        Any,
        typer.Option(
            "--speed",
            metavar="N|max",
            parser=parser(_speed),
            help="How many times faster than the log; max: as fast as the server takes it.",
        ),
    ] = "1",
    columns: Columns = None,
    time_format: Times = TimeFormat.RFC3339,
    keep_order: KeepOrder = False,
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    patience: Annotated[
        float,
        typer.Option(
            "--patience",
            metavar="PERIOD",
            parser=parser(positive_seconds),
            help="How long to try to reconnect when the server is lost.",
        ),
    ] = _DEFAULT_PATIENCE,
    as_json: Json = False,
) -> None:
    """Send the rows of a log to a server, as if they happened now.

    The first is sent at once, and the others after the gaps between them in the log, divided by --speed. The server
    dates each by its own clock when it arrives; the times in the log are only used for the gaps, since a server refuses
    activities that are older than 30 days.

    Rows go in the order of their times: a file in another order is sorted first, if it has at most five million rows.
    With --keep-order, a row that is older than the one before it is sent together with it. A file is read to the end
    before anything is sent, so a malformed file changes nothing; standard input is sent as it arrives, and a row that
    goes back in time ends the command.

    With a column kind, rows also keep and end sessions and engagements, as `onduty simulate --help` says. Their ttl and
    idle_for are divided by --speed like the gaps, as far as the server takes such short ones; with --speed max they are
    sent as they are.

    Rows that were not acknowledged when the connection was lost are sent again. One that the server refuses (such as
    one with a malformed id) does not stop the others, but the exit code is then 1.
    """
    import onduty_client

    from ..logs.files import opened_log

    written = log_format(columns, time_format)
    with connect(server, timeout) as client:
        # Check that the server answers, and accepts the account.
        client.get_workflow(account)
        plan = _survey(file, written)
        outcome = Outcome(server)
        upload = client.upload_activities(
            patience=onduty_client.Patience(connect=timeout, reconnect=patience),
            on_error=outcome.refused_by_server,
            on_connection=outcome.connection_changed,
            on_lease_error=outcome.refused_by_server,
        )
        # After a survey, its notes have been printed already.
        with opened_log(file, written, say=note if plan is None else lambda message: None) as log:
            rows = _rows(log, plan, keep_order)
            pace = Pace(speed)
            complete = False
            try:
                with _progress(upload, outcome, pace, plan) as tick, upload:
                    _feed(rows, account, upload, outcome, pace, tick)
                    while not upload.finish(timeout=_TICK_S):
                        tick()
                complete = True
            except onduty_client.OndutyError as error:
                raise stream_failure(error, server) from None
            finally:
                # Show the result however the upload ended.
                _show(account, upload, outcome, pace, complete, as_json)
    if outcome.refused:
        raise Failure(f"{outcome.refused:,} row{' was' if outcome.refused == 1 else 's were'} refused")


class Refusal(NamedTuple):
    """A row that the server did not take, with the reason."""

    line: int
    user_id: str
    reason: str
    field: str
    message: str


class Outcome:
    """Counts refusals, keeps the first of them, and prints changes of the connection."""

    _KEPT = 5

    def __init__(self, server: str) -> None:
        self.refused = 0
        self.refusals: list[Refusal] = []
        self.is_connected = True
        self._server = server
        # It is told of refusals by threads of the upload, which have no command.
        self._command = COMMAND.get()

    def refuse(self, refusal: Refusal) -> None:
        """Count a row that was refused or cannot be sent."""
        self.refused += 1
        if len(self.refusals) < self._KEPT:
            self.refusals.append(refusal)

    def refused_by_server(self, row: RejectedActivity | RejectedLease) -> None:
        """Count a row that the server refused."""
        error, line = row.error, row.ref
        assert isinstance(line, int)
        message = message_of(error, self._command)
        self.refuse(Refusal(line, row.user_id, error.reason, field_of(error), message))

    def connection_changed(self, event: Disconnected | Reconnected) -> None:
        """Print that the connection was lost, or is there again."""
        import onduty_client

        self.is_connected = isinstance(event, onduty_client.Reconnected)
        note(connection_note(self._server, event))


@dataclass(frozen=True, slots=True)
class Plan:
    """The contents of a file, as a survey found them."""

    rows: int
    length_ms: int
    """The time from the earliest row to the latest."""
    in_order: bool


def _survey(file: Path, written: LogFormat) -> Plan | None:
    """Read a file to the end and return its plan; None if it can be read only once."""
    if not file.is_file():
        return None
    from ..logs.files import opened_log

    count, in_order, first_ms, last_ms = 0, True, None, 0
    with opened_log(file, written) as log:
        for time_ms, *_ in log.rows():
            count += 1
            if first_ms is None:
                first_ms = last_ms = time_ms
            elif time_ms >= last_ms:
                last_ms = time_ms
            else:
                in_order = False
                first_ms = min(first_ms, time_ms)
    return Plan(count, last_ms - (first_ms or 0), in_order)


def _rows(log: ActivityLog, plan: Plan | None, keep_order: bool) -> Iterable[Row]:
    """Return the rows in the order in which they are to be sent."""
    from ..logs.order import Row, SortedLog

    if plan is None or plan.in_order or keep_order:
        return (Row(log.line, *row) for row in log.rows(in_order=not keep_order))
    in_order = SortedLog(log)
    note(f"{log.name}: {in_order.moved:,} of {len(in_order):,} rows are older than one before them; sorted by time")
    return in_order.rows()


class Pace:
    """Computes when each activity is to be sent."""

    def __init__(self, speed: float) -> None:
        from ...process.clock import stopwatch

        self.speed = speed
        self.position_ms = 0
        """The position of the last activity in the time of the log."""
        self.behind_s = 0.0
        """The longest delay that arose because the server could not keep up."""
        self._stopwatch = stopwatch
        self._began = stopwatch()
        self._first_ms: int | None = None

    @property
    def elapsed_s(self) -> float:
        """Return the seconds since the beginning."""
        return self._stopwatch() - self._began

    def wait_s(self, time_ms: int) -> float:
        """Return the seconds until an activity of that time is due; negative if it is late."""
        if self._first_ms is None:
            self._first_ms = time_ms
            self._began = self._stopwatch()
        self.position_ms = max(self.position_ms, time_ms - self._first_ms)
        if self.speed == math.inf:
            return 0.0
        return self.position_ms / 1_000 / self.speed - self.elapsed_s


def _feed(
    rows: Iterable[Row],
    account: str,
    upload: ActivityUpload,
    outcome: Outcome,
    pace: Pace,
    tick: Callable[[], None],
) -> None:
    pause = threading.Event()
    paced = pace.speed != math.inf
    until_tick = _ROWS_PER_TICK
    for line, time_ms, user_id, lease in rows:
        wait_s = pace.wait_s(time_ms)
        if paced:
            if wait_s < 0:
                pace.behind_s = max(pace.behind_s, -wait_s)
            while wait_s > _GRAIN_S:
                tick()
                upload.check()
                pause.wait(min(wait_s, _TICK_S))
                wait_s = pace.wait_s(time_ms)
        try:
            if lease is None:
                upload.put(account, user_id, ref=line)
            else:
                _put_lease(upload, account, user_id, lease, line, pace.speed)
        except UnicodeEncodeError:
            outcome.refuse(Refusal(line, user_id, "INVALID_FIELD", "user_id", "user_id: is not valid UTF-8"))
        until_tick -= 1
        if not until_tick:
            until_tick = _ROWS_PER_TICK
            tick()


def _put_lease(upload: ActivityUpload, account: str, user_id: str, lease: LoggedLease, line: int, speed: float) -> None:
    import onduty_client

    ttl_ms, idle_for_ms = at_speed(lease, speed)
    upload.put_lease(
        onduty_client.LeaseAction[lease.action.name],
        account,
        user_id,
        lease.lease_id,
        ttl=None if ttl_ms is None else timedelta(milliseconds=ttl_ms),
        idle_for=None if idle_for_ms is None else timedelta(milliseconds=idle_for_ms),
        ref=line,
    )


def at_speed(lease: LoggedLease, speed: float) -> tuple[int | None, int | None]:
    """Return the ttl and the idle time of a lease in a log that is sent so many times faster."""
    from ...app import limits
    from ...domain.layers import LeaseAction

    ranges = {
        LeaseAction.KEEP_SESSION: (
            limits.SESSION_TTL_DEFAULT_MS,
            limits.SESSION_TTL_MIN_MS,
            limits.SESSION_TTL_MAX_MS,
        ),
        LeaseAction.KEEP_ENGAGEMENT: (
            limits.ENGAGEMENT_TTL_DEFAULT_MS,
            limits.ENGAGEMENT_TTL_MIN_MS,
            limits.ENGAGEMENT_TTL_MAX_MS,
        ),
    }
    if speed in (1, math.inf) or lease.action not in ranges:
        return lease.ttl_ms, lease.idle_for_ms
    default_ms, least_ms, most_ms = ranges[lease.action]
    ttl_ms = default_ms if lease.ttl_ms is None else lease.ttl_ms
    idle_for_ms = None if lease.idle_for_ms is None else min(round(lease.idle_for_ms / speed), limits.IDLE_FOR_MAX_MS)
    return min(max(round(ttl_ms / speed), least_ms), most_ms), idle_for_ms


def _show(account: str, upload: ActivityUpload, outcome: Outcome, pace: Pace, complete: bool, as_json: bool) -> None:
    stats, duration_s = upload.stats, pace.elapsed_s
    rate = stats.acknowledged / duration_s if duration_s > 0 else 0.0
    reconnects = max(0, stats.connects - 1)
    if as_json:
        json_line(
            {
                "account_id": account,
                "complete": complete,
                "sent": stats.sent,
                "acknowledged": stats.acknowledged,
                "refused": outcome.refused,
                "resent": stats.resent,
                "reconnects": reconnects,
                "duration_s": round(duration_s, 3),
                "rate": round(rate, 1),
                "behind_s": round(pace.behind_s, 3),
                "first_refusals": [
                    {**it._asdict(), "user_id": it.user_id.encode(errors="backslashreplace").decode()}
                    for it in outcome.refusals
                ],
            }
        )
        return
    pairs = [
        ("account", account),
        ("sent", f"{stats.sent:,}"),
        ("acknowledged", f"{stats.acknowledged:,}"),
        ("refused", f"{outcome.refused:,}"),
    ]
    for it in outcome.refusals:
        pairs.append((f"  line {it.line}", it.message))
    if reconnects:
        pairs.append(("reconnects", f"{reconnects:,}, {stats.resent:,} sent again"))
    pairs += [("duration", f"{duration_s:,.1f} s"), ("rate", f"{rate:,.0f}/s")]
    if pace.behind_s >= _WORTH_MENTIONING_S:
        pairs.append(("fell behind by", f"{pace.behind_s:,.1f} s, at the worst"))
    if not complete:
        pairs.append(("ended early", "yes"))
    facts(pairs)


_WORTH_MENTIONING_S = 0.5


@contextmanager
def _progress(upload: ActivityUpload, outcome: Outcome, pace: Pace, plan: Plan | None) -> Iterator[Callable[[], None]]:
    """Yield a function that updates a progress bar on stderr, if stderr is a terminal."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]:,.0f}/s"),
        TextColumn("{task.fields[left]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("replaying", total=None if plan is None else plan.rows, rate=0.0, left="")
        recent = _Recent()

        def tick() -> None:
            done = upload.stats.acknowledged + outcome.refused
            rate = recent.rate(done, pace.elapsed_s)
            left = "" if plan is None else _left(plan, pace, done, rate)
            progress.update(
                task,
                completed=done,
                rate=rate,
                left=left,
                description="replaying" if outcome.is_connected else "reconnecting",
            )

        yield tick


class _Recent:
    """Computes the rate over the last seconds."""

    _SPAN_S = 5.0

    def __init__(self) -> None:
        self._seen: list[tuple[float, int]] = [(0.0, 0)]

    def rate(self, done: int, now_s: float) -> float:
        """Return the rate, with `done` activities at `now_s`."""
        if now_s - self._seen[-1][0] >= _TICK_S:
            self._seen.append((now_s, done))
        while len(self._seen) > 1 and self._seen[1][0] <= now_s - self._SPAN_S:
            del self._seen[0]
        then_s, before = self._seen[0]
        return (done - before) / (now_s - then_s) if now_s > then_s else 0.0


def _left(plan: Plan, pace: Pace, done: int, rate: float) -> str:
    from ...domain.periods import format_period

    if pace.speed == math.inf:
        if not rate:
            return ""
        seconds = (plan.rows - done) / rate
    else:
        # Show the rest of the log or, while nothing is due, the rest of the present gap and of the log.
        seconds = max(0.0, plan.length_ms / 1_000 / pace.speed - pace.elapsed_s)
    return f"{format_period(math.ceil(seconds) * 1_000)} left"
