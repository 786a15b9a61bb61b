"""The paths of a database and of the files beside it."""

from __future__ import annotations

import os
from pathlib import Path


def beside(path: Path, suffix: str) -> Path:
    """Return the path of a file that belongs to the database, such as its log (`-wal`) or its lock.

    It lies beside the database file itself, even if the path is a link.
    """
    return Path(f"{os.path.realpath(path)}{suffix}")
