"""The layout of a log of activities: its columns, how its times are written, its limits, and what may be wrong with it.

This is apart from the reader, which every command would otherwise import with the options.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class TimeFormat(Enum):
    """The ways to write the times of a log."""

    RFC3339 = "rfc3339"
    EPOCH_S = "epoch-s"
    EPOCH_MS = "epoch-ms"


KIND_COLUMN = "kind"
LEASE_COLUMN = "lease_id"
TTL_COLUMN = "ttl"
IDLE_FOR_COLUMN = "idle_for"


@dataclass(frozen=True, slots=True)
class LogFormat:
    """The columns of a log, and how its times are written.

    Those of the time and of the user are required. The others may be missing under their default names. Without a
    column of kinds, or with None for its name, every row is an activity, and the three columns after it are not looked
    at.
    """

    time_column: str = "activity_time"
    user_column: str = "user_id"
    time_format: TimeFormat = TimeFormat.RFC3339
    kind_column: str | None = KIND_COLUMN
    lease_column: str = LEASE_COLUMN
    ttl_column: str = TTL_COLUMN
    idle_for_column: str = IDLE_FOR_COLUMN


@dataclass(frozen=True, slots=True)
class LogLimits:
    """The maxima of a log that comes from a stranger: bytes as unpacked, and characters of one row."""

    bytes: int
    row: int


class LogError(Exception):
    """A log cannot be read; `message` is one line that says why, and `is_malformed` whether its content is at fault."""

    def __init__(self, message: str, *, is_malformed: bool = True) -> None:
        super().__init__(message)
        self.message = message
        self.is_malformed = is_malformed
