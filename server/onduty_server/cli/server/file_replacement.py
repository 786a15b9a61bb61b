"""Replaces a file that others may be reading, as a whole and by one command at a time.

Invariants: a symbolic link stays, and the file behind it is replaced, so that readers by another path see the change;
the draft has a name that nobody can have prepared; owner and mode stay.
"""

from __future__ import annotations

import errno
import fcntl
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import Failure

_LOCK_WAIT_S = 5.0
"""Time that another command may take to change a file in the same directory."""
_LOCK_LOOK_S = 0.02


class Draft:
    """The text of a file, to be changed."""

    def __init__(self, text: str) -> None:
        self.text = text


@contextmanager
def replacing(path: Path, *, lock_wait_s: float = _LOCK_WAIT_S) -> Iterator[Draft]:
    """Yield the text of a file, empty if there is none, and write it at the end of the block if it was changed.

    Raises:
        Failure: it cannot be read or replaced.
        UnicodeDecodeError: it is not UTF-8.
    """
    try:
        with _locked(real := _real(path), lock_wait_s):
            found = _read(real)
            draft = Draft("" if found is None else found[0])
            yield draft
            if found is None or draft.text != found[0]:
                _write(real, draft.text, None if found is None else found[1])
    except OSError as error:
        raise Failure(f"{error.filename or path}: {error.strerror or error}") from None


def _real(path: Path) -> Path:
    if not path.is_symlink():
        return path
    real = Path(os.path.realpath(path))
    if real.is_symlink():
        # realpath() does not refuse links that lead in a circle.
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    return real


@contextmanager
def _locked(real: Path, wait_s: float) -> Iterator[None]:
    """Let one command in at a time. The directory is locked, since the file itself is replaced."""
    directory = os.open(real.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _lock(directory, real.parent, wait_s)
        yield
        os.fsync(directory)
    finally:
        os.close(directory)


def _lock(directory: int, path: Path, wait_s: float) -> None:
    """Take the lock, or give up after a while: anybody who can read a directory can hold its lock for ever."""
    from ...process.clock import stopwatch  # costs the event loop, which `--help` does not need

    until_s, pause = stopwatch() + wait_s, threading.Event()
    while True:
        try:
            fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if stopwatch() >= until_s:
                raise Failure(f"directory {path} is locked by another process; try again once it has ended") from None
            pause.wait(_LOCK_LOOK_S)
        else:
            return


def _read(real: Path) -> tuple[str, os.stat_result] | None:
    try:
        descriptor = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with open(descriptor, encoding="utf-8") as file:
        return file.read(), os.fstat(descriptor)


def _write(real: Path, text: str, before: os.stat_result | None) -> None:
    if before is not None and before.st_nlink > 1:
        raise Failure(
            f"{real} has {before.st_nlink} names (hard links), of which only this one would be changed; "
            "make it a file of its own, or a symbolic link"
        )
    # Opened with O_EXCL and O_NOFOLLOW, for its owner only.
    descriptor, new = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            if before is not None:
                _hand_over(descriptor, real, before)
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        os.replace(new, real)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(new)
        raise


def _hand_over(descriptor: int, real: Path, before: os.stat_result) -> None:
    """Give the draft the owner and mode of the file, so that the server can still read it."""
    made = os.fstat(descriptor)
    if (made.st_uid, made.st_gid) != (before.st_uid, before.st_gid):
        try:
            os.fchown(descriptor, before.st_uid, before.st_gid)
        except PermissionError:
            raise Failure(f"{real} belongs to another account and would become yours; run this as its owner") from None
    os.fchmod(descriptor, before.st_mode & 0o777)
