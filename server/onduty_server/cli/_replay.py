"""The command `replay`: the activities of a log, sent to a running server as if they happened now."""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ._errors import Failure
from ._options import DEFAULT_SERVER, DEFAULT_TIMEOUT, Json, Server, Timeout, parser, positive_seconds, secured
from ._output import facts, json_line, note
from ._remote import connect

if TYPE_CHECKING:
    from ._activity_log import ActivityLog
    from ._sender import Sender

_TICK_S = 0.2
"""How often the bar moves while there is nothing to send."""
_ROWS_PER_TICK = 2_000
_GRAIN_S = 0.005
"""Activities that are closer together are sent at once: sleeping for less costs more than it shows."""
_DEFAULT_PATIENCE: Any = "1m"


def _speed(text: str) -> float:
    if text.strip().lower() == "max":
        return math.inf
    try:
        speed = float(text.strip().removesuffix("x"))
    except ValueError:
        raise ValueError(f"{text!r} is no speed; write a number like 1, 60 or 0.5, or max") from None
    if not 0 < speed < math.inf:
        raise ValueError("must be more than 0, or max")
    return speed


@secured
def replay(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.csv",
            show_default=False,
            help="The log: CSV with the columns activity_time (RFC 3339) and user_id; '-' for standard input.",
        ),
    ],
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
    server: Server = DEFAULT_SERVER,
    timeout: Timeout = DEFAULT_TIMEOUT,
    patience: Annotated[
        float,
        typer.Option(
            "--patience",
            metavar="PERIOD",
            parser=parser(positive_seconds),
            help="How long to try to reconnect to a server that was lost.",
        ),
    ] = _DEFAULT_PATIENCE,
    as_json: Json = False,
) -> None:
    """Send a log's activities to a server, as if they happened now.

    The first is sent at once, and the others after the gaps that the log has between them, divided by --speed. They
    count as of the moment when the server takes them, by its own clock: the times of the log only say how far apart
    they are, for a server refuses activities that are older than 30 days.

    Rows go in the order of the file: one that is older than a row before it is sent along with that. A file is read
    through before anything is sent, so that a malformed one changes nothing; standard input is not.

    Whatever the server has not acknowledged when the connection is lost is sent again. An activity that the server
    refuses (a malformed id) does not stop the others, but makes the exit code 1.
    """
    from ._activity_log import ActivityLog

    with connect(server, timeout) as client:
        # Is the server there, and will it know the account?
        client.get_workflow(account)
    from ._sender import Sender

    plan = _survey(file)
    with ActivityLog(file) as log:
        pace = Pace(speed)
        sender = Sender(server, account, say=note, first_patience_s=timeout, patience_s=patience)
        complete = False
        try:
            with _progress(sender, pace, plan) as tick, sender:
                _feed(log, sender, pace, tick)
                sender.finish(tick, _TICK_S)
            complete = True
        finally:
            # However it ended, people want to know how far it got.
            _show(account, sender, pace, complete, as_json)
    refused = sender.tally.refused
    if refused:
        raise Failure(f"{refused:,} activit{'y was' if refused == 1 else 'ies were'} refused")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file holds."""

    activities: int
    length_ms: int
    """From the first activity to the last."""


def _survey(file: Path) -> Plan | None:
    """None for what can be read only once."""
    from ._activity_log import ActivityLog

    if not file.is_file():
        return None
    count, first_ms, last_ms = 0, None, 0
    with ActivityLog(file) as log:
        for time_ms, _ in log.activities():
            count += 1
            if first_ms is None:
                first_ms = last_ms = time_ms
            elif time_ms > last_ms:
                last_ms = time_ms
    return Plan(count, last_ms - (first_ms or 0))


class Pace:
    """When each activity is to be sent."""

    def __init__(self, speed: float) -> None:
        from ..clock import stopwatch

        self.speed = speed
        self.position_ms = 0
        """How far into the log the last activity was, in the time of the log."""
        self.behind_s = 0.0
        """By how much the server could not keep up, at the worst."""
        self._stopwatch = stopwatch
        self._began = stopwatch()
        self._first_ms: int | None = None

    @property
    def elapsed_s(self) -> float:
        """Since the beginning."""
        return self._stopwatch() - self._began

    def wait_s(self, time_ms: int) -> float:
        """How long until an activity of that time is due; negative when it is late."""
        if self._first_ms is None:
            self._first_ms = time_ms
            self._began = self._stopwatch()
        self.position_ms = max(self.position_ms, time_ms - self._first_ms)
        if self.speed == math.inf:
            return 0.0
        return self.position_ms / 1_000 / self.speed - self.elapsed_s


def _feed(log: ActivityLog, sender: Sender, pace: Pace, tick: Callable[[], None]) -> None:
    from ._sender import is_encodable

    pause = threading.Event()
    paced = pace.speed != math.inf
    until_tick = _ROWS_PER_TICK
    for time_ms, user_id in log.activities():
        wait_s = pace.wait_s(time_ms)
        if paced:
            if wait_s < 0:
                pace.behind_s = max(pace.behind_s, -wait_s)
            while wait_s > _GRAIN_S:
                tick()
                sender.check()
                pause.wait(min(wait_s, _TICK_S))
                wait_s = pace.wait_s(time_ms)
        if user_id.isascii() or is_encodable(user_id):
            sender.put(log.line, user_id)
        else:
            sender.refuse(log.line, user_id, "user_id", "user_id: is not valid UTF-8")
        until_tick -= 1
        if not until_tick:
            until_tick = _ROWS_PER_TICK
            tick()


def _show(account: str, sender: Sender, pace: Pace, complete: bool, as_json: bool) -> None:
    tally, duration_s = sender.tally, pace.elapsed_s
    rate = tally.acknowledged / duration_s if duration_s > 0 else 0.0
    reconnects = max(0, sender.link.connects - 1)
    if as_json:
        json_line(
            {
                "account_id": account,
                "complete": complete,
                "sent": tally.sent,
                "acknowledged": tally.acknowledged,
                "refused": tally.refused,
                "resent": tally.resent,
                "reconnects": reconnects,
                "duration_s": round(duration_s, 3),
                "rate": round(rate, 1),
                "behind_s": round(pace.behind_s, 3),
                "first_refusals": [
                    {**it._asdict(), "user_id": it.user_id.encode(errors="backslashreplace").decode()}
                    for it in tally.refusals
                ],
            }
        )
        return
    pairs = [
        ("account", account),
        ("sent", f"{tally.sent:,}"),
        ("acknowledged", f"{tally.acknowledged:,}"),
        ("refused", f"{tally.refused:,}"),
    ]
    for it in tally.refusals:
        pairs.append((f"  line {it.line}", it.message))
    if reconnects:
        pairs.append(("reconnects", f"{reconnects:,}, {tally.resent:,} sent again"))
    pairs += [("duration", f"{duration_s:,.1f} s"), ("rate", f"{rate:,.0f}/s")]
    if pace.behind_s >= _WORTH_MENTIONING_S:
        pairs.append(("fell behind by", f"{pace.behind_s:,.1f} s, at the worst"))
    if not complete:
        pairs.append(("ended early", "yes"))
    facts(pairs)


_WORTH_MENTIONING_S = 0.5


@contextmanager
def _progress(sender: Sender, pace: Pace, plan: Plan | None) -> Iterator[Callable[[], None]]:
    """A bar on stderr, if somebody is there to see it."""
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
        task = progress.add_task("replaying", total=None if plan is None else plan.activities, rate=0.0, left="")
        recent = _Recent()

        def tick() -> None:
            done = sender.tally.acknowledged + sender.tally.refused
            rate = recent.rate(done, pace.elapsed_s)
            left = "" if plan is None else _left(plan, pace, done, rate)
            progress.update(
                task,
                completed=done,
                rate=rate,
                left=left,
                description="reconnecting" if sender.link.lost is not None else "replaying",
            )

        yield tick


class _Recent:
    """The rate over the last seconds."""

    _SPAN_S = 5.0

    def __init__(self) -> None:
        self._seen: list[tuple[float, int]] = [(0.0, 0)]

    def rate(self, done: int, now_s: float) -> float:
        """With `done` at `now_s`."""
        if now_s - self._seen[-1][0] >= _TICK_S:
            self._seen.append((now_s, done))
        while len(self._seen) > 1 and self._seen[1][0] <= now_s - self._SPAN_S:
            del self._seen[0]
        then_s, before = self._seen[0]
        return (done - before) / (now_s - then_s) if now_s > then_s else 0.0


def _left(plan: Plan, pace: Pace, done: int, rate: float) -> str:
    from ..domain.diagram import format_period

    if pace.speed == math.inf:
        if not rate:
            return ""
        seconds = (plan.activities - done) / rate
    else:
        # What is left of the log; or, while nothing is due, of the gap that is being waited for and the rest.
        seconds = max(0.0, plan.length_ms / 1_000 / pace.speed - pace.elapsed_s)
    return f"{format_period(math.ceil(seconds) * 1_000)} left"
