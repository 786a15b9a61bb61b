"""Replays a log that a caller has sent: reads it, sorts it, and puts the rules to it.

Invariant: memory and work are bounded, whatever the log holds. It all happens in one go and takes seconds for the
longest logs, so a server has it done by another process (`replay_process`).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from ..domain.errors import InvalidField
from ..domain.workflow import WorkflowPatch
from .activity_log import ActivityLog
from .limits import SIMULATED_BYTES_MAX, SIMULATED_ROW_MAX, SIMULATED_ROWS_MAX, SIMULATED_USERS_MAX
from .log_format import LogError, LogFormat, LogLimits
from .simulation import Replay, Summary, workflow_from_the_start

_WARNINGS_MAX: Final = 10
_ROW_BITS: Final = 20
_ROW_MASK: Final = (1 << _ROW_BITS) - 1
"""Rows and users are numbered below this."""
_OPTIONS: Final = (
    ("give --time-format epoch-ms", "set time_format to EPOCH_MS"),
    ("give --time-format epoch-s", "set time_format to EPOCH_S"),
    ("--columns says what they are called", "time_column and user_column say what they are called"),
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
        rows = _Rows(job.log, job.log_format, say)
        replay.feed(rows.as_they_came() if job.keep_order else rows.by_time())
    except LogError as error:
        raise InvalidField("log", _for_request(error.message)) from None
    except InvalidField as error:
        raise InvalidField("log", error.message) from None
    if rows.moved and not job.keep_order:
        say(f"{rows.moved:,} of {len(rows):,} rows are older than one before them, so the log was sorted by time")
    replay.settle()
    return Simulated(replay.summary(), warnings)


class _Rows:
    """The rows of a log, each packed into one number: time, line and user, in this order. `moved` are out of order.

    Raises:
        LogError: the log is malformed or too long.
    """

    def __init__(self, data: bytes, log_format: LogFormat, say: Callable[[str], None]) -> None:
        self.moved = 0
        self._rows: list[int] = []
        self._users: list[str] = []
        numbers: dict[str, int] = {}
        newest_ms = 0
        limits = LogLimits(SIMULATED_BYTES_MAX, SIMULATED_ROW_MAX)
        log = ActivityLog(io.BufferedReader(io.BytesIO(data)), "log", log_format, say=say, limits=limits)
        for count, (time_ms, user_id) in enumerate(log.activities()):
            if count == SIMULATED_ROWS_MAX:
                raise LogError(f"log: more than {SIMULATED_ROWS_MAX:,} rows")
            number = numbers.setdefault(user_id, len(numbers))
            if number == len(self._users):
                if number == SIMULATED_USERS_MAX:
                    raise LogError(f"log: more than {SIMULATED_USERS_MAX:,} users")
                self._users.append(user_id)
            if time_ms < newest_ms:
                self.moved += 1
            else:
                newest_ms = time_ms
            self._rows.append((time_ms << _ROW_BITS | count) << _ROW_BITS | number)

    def __len__(self) -> int:
        return len(self._rows)

    def as_they_came(self) -> Iterator[tuple[int, str]]:
        """Yield the time and the user of each row."""
        return self._unpacked(self._rows)

    def by_time(self) -> Iterator[tuple[int, str]]:
        """Yield the time and the user of each row, the oldest first; those of the same time in their order."""
        return self._unpacked(sorted(self._rows) if self.moved else self._rows)

    def _unpacked(self, rows: Iterable[int]) -> Iterator[tuple[int, str]]:
        users = self._users
        return ((packed >> 2 * _ROW_BITS, users[packed & _ROW_MASK]) for packed in rows)


def _for_request(message: str) -> str:
    """Return a message of the reader in the words of a request."""
    message = message.removeprefix("log: ")
    for option, field in _OPTIONS:
        message = message.replace(option, field)
    return message
