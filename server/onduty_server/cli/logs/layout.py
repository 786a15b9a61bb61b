"""The layout of a log of activities: its columns, and how its times are written.

This is apart from the reader, which every command would otherwise import with the options.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

STDIN: Final = Path("-")


class TimeFormat(Enum):
    """The ways to write the times of a log."""

    RFC3339 = "rfc3339"
    EPOCH_S = "epoch-s"
    EPOCH_MS = "epoch-ms"


@dataclass(frozen=True, slots=True)
class LogFormat:
    """The columns of the time and of the user, and how the time is written."""

    time_column: str = "activity_time"
    user_column: str = "user_id"
    time_format: TimeFormat = TimeFormat.RFC3339
