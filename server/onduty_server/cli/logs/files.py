"""Opens a log of activities that is a file or comes from standard input."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ...app.activity_log import ActivityLog
from ...app.log_format import LogFormat
from ..errors import usage
from ..output import note
from .layout import STDIN

if TYPE_CHECKING:
    import io


@contextmanager
def opened_log(
    path: Path, log_format: LogFormat | None = None, *, say: Callable[[str], None] = note
) -> Iterator[ActivityLog]:
    """Open a log for one reading, and close it, unless it is standard input.

    Raises:
        Failure: it cannot be opened.
    """
    is_file = path != STDIN
    name = str(path) if is_file else "standard input"
    try:
        if not is_file and sys.stdin is None:
            raise usage("standard input is closed")
        raw = path.open("rb") if is_file else sys.stdin.buffer
        size = path.stat().st_size if is_file and path.is_file() else None
        log = ActivityLog(cast("io.BufferedReader", raw), name, log_format, size=size, say=say)
    except OSError as error:
        raise usage(f"{name}: {error.strerror or error}") from None
    try:
        yield log
    finally:
        if is_file:
            log.close()
        else:
            log.detach()
