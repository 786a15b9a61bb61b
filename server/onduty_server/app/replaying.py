"""Replays a log that a caller has sent: reads it, sorts it, and puts the rules to it.

Invariant: memory and work are bounded, whatever the log holds. It all happens in one go and takes seconds for the
longest logs, so a server has it done by another process (`replay_process`).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from ..domain.errors import InvalidField
from ..domain.workflow import WorkflowPatch
from .activity_log import ActivityLog
from .limits import SIMULATED_BYTES_MAX, SIMULATED_ROW_MAX, SIMULATED_ROWS_MAX, SIMULATED_USERS_MAX
from .log_format import LogError, LogFormat, LogLimits
from .log_rows import PackedRows
from .simulation import Replay, Summary, workflow_from_the_start

_WARNINGS_MAX: Final = 10
_OPTIONS: Final = (
    ("give --time-format epoch-ms", "set time_format to EPOCH_MS"),
    ("give --time-format epoch-s", "set time_format to EPOCH_S"),
    ("--columns says what they are called", "time_column, user_column and kind_column say what they are called"),
    (
        "give --columns kind= to take every row as an activity",
        "leave kind_column empty to take every row as an activity",
    ),
)
"""Options as the reader's messages name them, and the fields of a request that do the same."""


class ReplayJob(NamedTuple):
    """A log, how it is written, and the workflow to try: the patch of one that is on from the start."""

    log: bytes
    log_format: LogFormat
    patch: WorkflowPatch
    keep_order: bool


class Simulated(NamedTuple):
    """The summary of a replay, and remarks about the log."""

    summary: Summary
    warnings: Sequence[str]


class Refusal(NamedTuple):
    """An `InvalidField` as it is passed from one process to another."""

    field: str
    description: str


def replay_log(job: ReplayJob) -> Simulated:
    """Replay a log.

    Raises:
        InvalidWorkflow: the workflow would contradict itself.
        InvalidField: the log is malformed or too long.
    """
    warnings: list[str] = []

    def say(warning: str) -> None:
        if len(warnings) < _WARNINGS_MAX:
            warnings.append(_for_request(warning))

    replay = Replay(workflow_from_the_start(job.patch))
    try:
        rows = _read(job, say)
        if not job.keep_order:
            rows.sort()
        replay.feed((time_ms, user_id, lease) for _, time_ms, user_id, lease in rows)
    except LogError as error:
        raise InvalidField("log", _for_request(error.message)) from None
    except InvalidField as error:
        raise InvalidField("log", error.message) from None
    if rows.moved and not job.keep_order:
        say(f"{rows.moved:,} of {len(rows):,} rows are older than one before them, so the log was sorted by time")
    replay.settle()
    return Simulated(replay.summary(), warnings)


def _read(job: ReplayJob, say: Callable[[str], None]) -> PackedRows:
    """Return the rows of a log in their order.

    Raises:
        LogError: the log is malformed or too long.
    """
    rows = PackedRows()
    limits = LogLimits(SIMULATED_BYTES_MAX, SIMULATED_ROW_MAX)
    log = ActivityLog(io.BufferedReader(io.BytesIO(job.log)), "log", job.log_format, say=say, limits=limits)
    for count, (time_ms, user_id, lease) in enumerate(log.rows()):
        if count == SIMULATED_ROWS_MAX:
            raise LogError(f"log: more than {SIMULATED_ROWS_MAX:,} rows")
        if rows.add(count, time_ms, user_id, lease) and len(rows.users) > SIMULATED_USERS_MAX:
            raise LogError(f"log: more than {SIMULATED_USERS_MAX:,} users")
    return rows


def _for_request(message: str) -> str:
    """Return a message of the reader in the words of a request."""
    message = message.removeprefix("log: ")
    for option, field in _OPTIONS:
        message = message.replace(option, field)
    return message
