"""The locks that SQLite has on the index of a log: tells if a database is open, and holds off checkpoints."""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .paths import beside

_INDEX_IN_USE_AT = 128
"""The byte that every connection locks as long as it has the index mapped: `UNIX_SHM_DMS` of
https://www.sqlite.org/src/file?name=src/os_unix.c."""
_CHECKPOINT_AT = 121
"""The byte that is locked during a checkpoint: `WAL_CKPT_LOCK` of https://www.sqlite.org/walformat.html, 2.3."""


def is_index_in_use(path: Path) -> bool:
    """Return True if a connection has the database open in WAL mode, so that the index of its log is up to date.

    This process must not have the database open: closing a descriptor of the index releases the locks on it. Where the
    system has no such locks, the database counts as open.
    """
    if sys.platform != "linux":
        return True
    try:
        descriptor = os.open(beside(path, "-shm"), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        # struct flock: l_type, l_whence, l_start, l_len, l_pid, which must be 0.
        wanted = struct.pack("hhqqi0q", fcntl.F_WRLCK, os.SEEK_SET, _INDEX_IN_USE_AT, 1, 0)
        found = fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, wanted)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return bool(struct.unpack("hhqqi0q", found)[0] != fcntl.F_UNLCK)


@contextmanager
def hold_checkpoints(descriptor: int) -> Iterator[bool]:
    """Keep everybody, this process included, from moving the log into the database, by the open index of the log.

    Yields False if somebody is about it. Where the system has no such locks, there is no hold, and it yields True.
    """
    if sys.platform != "linux":
        yield True
        return
    try:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _lock(fcntl.F_WRLCK))
    except OSError as error:
        if error.errno not in (errno.EAGAIN, errno.EACCES):
            raise
        yield False
        return
    try:
        yield True
    finally:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _lock(fcntl.F_UNLCK))


def _lock(kind: int) -> bytes:
    # struct flock: l_type, l_whence, l_start, l_len, l_pid, which must be 0.
    return struct.pack("hhqqi0q", kind, os.SEEK_SET, _CHECKPOINT_AT, 1, 0)
