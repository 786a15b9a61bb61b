"""What a killed process would leave of its database, while the process lives on.

The thread that writes a database works on after a commit: it clears a new file, moves the log into it, and prunes.
Files that are copied one after the other may therefore be of different moments, as no kill leaves them.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

SUFFIXES = ("-shm", "-wal", "")
"""What belongs to a database, but for the lock."""
_READS_MAX = 1_000


def as_killed(database: Path, suffixes: Iterable[str] = SUFFIXES) -> dict[str, bytes]:
    """Return what is in those of the files that exist, by suffix, all of it as of one moment.

    Two readings after each other that are equal show it: between the end of the first and the beginning of the second,
    every file was as it was read.
    """
    read = _read(database, suffixes := tuple(suffixes))
    for _ in range(_READS_MAX):
        before, read = read, _read(database, suffixes)
        if read == before:
            return read
    raise AssertionError(f"{database} changes all the time")


def copy_as_killed(database: Path, target: Path, suffixes: Iterable[str] = SUFFIXES) -> Path:
    """Write what a kill would leave now to `target`, in a directory that is made if need be, and return `target`."""
    target.parent.mkdir(exist_ok=True)
    for suffix, content in as_killed(database, suffixes).items():
        Path(f"{target}{suffix}").write_bytes(content)
    return target


def _read(database: Path, suffixes: Iterable[str]) -> dict[str, bytes]:
    files = {suffix: Path(f"{database}{suffix}") for suffix in suffixes}
    return {suffix: file.read_bytes() for suffix, file in files.items() if file.exists()}
