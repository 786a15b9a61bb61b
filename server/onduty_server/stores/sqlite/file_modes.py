"""The permissions of the database files, which hold the key of the resume tokens."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import structlog

from .paths import beside

PRIVATE: Final = 0o600
"""The mode of every file of a database: only its server may read it."""
_OTHERS: Final = 0o066

_log = structlog.get_logger(__name__)


def warn_of_readers(path: Path) -> None:
    """Log a warning, with the command to run, if other users of this machine may read or write the files."""
    open_to_others = []
    for suffix in ("", "-wal", "-shm"):
        file = beside(path, suffix)
        try:
            if file.stat().st_mode & _OTHERS:
                open_to_others.append(str(file))
        except OSError:
            continue
    if open_to_others:
        _log.warning(
            "others on this machine may read the database, with the key that signs resume tokens",
            mend=f"chmod 600 {' '.join(open_to_others)}",
        )
