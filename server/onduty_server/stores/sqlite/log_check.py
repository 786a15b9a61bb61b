"""Checks that a database file and its write-ahead log are both present, complete, and belong together.

SQLite cannot tell: it treats a log that is missing or cut as a shorter one, and one that belongs to another database as
its own. Acknowledged changes are then lost silently. The following are evidence of that, and are read before SQLite
opens the files in a way that changes any of them:

- The `OwnerMark`, in the file itself and in the log, which begins with one. The mark in the file says if there must be
  a log; the two marks differ by no more than the log can account for. Both are read without SQLite, which would see
  neither if the files do not belong together, or if a checkpoint was not finished.
- `PRAGMA schema_version`: copies made by SQLite have a version that differs from the mark's, and need no log.
- The index of the log, `-shm`. Killed processes leave it behind, and it says how much of the log was committed. It is
  never ahead of the log, even after a power failure, because SQLite syncs the log first.
- The log itself: if commits follow a gap, those in the gap had been acknowledged.

One case cannot be detected: a log that was cut between two commits, if its index is missing as well, or if another
program has opened the database since, which makes a new index.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import BinaryIO, NamedTuple

import apsw

from ...app.ports.store import StoreOpenError
from .file_header import read_header
from .owner_mark import PREFIX, OwnerMark, found_in, read_cookie, read_mark
from .paths import beside

_LOG_MAGIC = 0x377F0683
_LOG_HEADER = 32
_FRAME_HEADER = 24
_INDEX_HEADER = 48


class LogDefect(Enum):
    """The ways in which a log can be wrong."""

    MISSING = "missing"
    FOREIGN = "foreign"
    CUT = "cut"


class IncompleteDatabase(StoreOpenError):
    """A database and its log are incomplete, or do not belong together; `kind` tells which."""

    def __init__(self, kind: LogDefect, path: Path, what: str, mend: str) -> None:
        super().__init__(f"{what}; {mend}, or give up what is missing: `onduty store repair {path}`")
        self.kind, self.what, self.mend = kind, what, mend


class _Index(NamedTuple):
    """The header of a log's index: the salts of the log, and how many of its frames are committed."""

    salts: bytes
    frames: int


class _LoggedMark(NamedTuple):
    """A mark in the log, with its frame (counted from 1) and the page that the frame is of."""

    frame: int
    page: int
    mark: OwnerMark


class Leftovers(NamedTuple):
    """The files as the last process left them. Without a log `log_bytes` is 0, and the other fields are not set."""

    path: Path
    log_bytes: int = 0
    log_head_whole: bool = False
    log_salts: bytes = b""
    log_page_bytes: int = 0
    log_marks: tuple[_LoggedMark, ...] = ()
    base_marks: Mapping[int, OwnerMark] = {}
    """The marks in the file itself, by page, of those pages of which the log has a mark."""
    base_cookie: int = 0
    index_exists: bool = False
    index_head: _Index | None = None

    def marks(self, frames: int) -> tuple[OwnerMark, OwnerMark] | None:
        """Return the last mark in the log's first `frames` and the one in the file itself; None if the log has none."""
        logged = [each for each in self.log_marks if each.frame <= frames]
        if not logged:
            return None
        # If another program moved the mark to another page, the file may still have it on the old one.
        pages = (each.page for each in reversed(logged))
        base = next((self.base_marks[page] for page in pages if page in self.base_marks), OwnerMark())
        return logged[-1].mark, base

    def made_by_sqlite(self, base: OwnerMark) -> bool:
        """Return True if the file is a copy made by SQLite, or another program has altered it."""
        return base.schema_cookie not in (0, self.base_cookie)


def inspect(path: Path) -> Leftovers:
    """Read the files that the last process left. This process must not have the database open.

    Raises:
        OSError: a file cannot be read.
    """
    log = beside(path, "-wal")
    log_bytes = log.stat().st_size if log.exists() else 0
    if not log_bytes or not path.exists() or not path.stat().st_size:
        return Leftovers(path)
    with log.open("rb") as file:
        head = file.read(_LOG_HEADER)
        # https://www.sqlite.org/fileformat.html, 4.1
        page_bytes, salts = int.from_bytes(head[8:12], "big"), head[16:24]
        marks = tuple(_log_marks(file, page_bytes)) if len(head) == _LOG_HEADER and page_bytes else ()
    header = read_header(path)
    with path.open("rb") as file:
        bases = {each.page: _page_mark(file, (each.page - 1) * page_bytes, page_bytes) for each in marks}
    index_path = beside(path, "-shm")
    index_exists = index_path.exists()
    return Leftovers(
        path,
        log_bytes,
        _head_whole(head),
        salts,
        page_bytes,
        marks,
        {page: mark for page, mark in bases.items() if mark is not None},
        header.schema_cookie if header else 0,
        index_exists,
        _read_index(index_path) if index_exists else None,
    )


def _log_marks(file: BinaryIO, page_bytes: int) -> Iterator[_LoggedMark]:
    frame_bytes = _FRAME_HEADER + page_bytes
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as log:
        at = log.find(PREFIX, _LOG_HEADER)
        while at >= 0:
            frame = (at - _LOG_HEADER) // frame_bytes
            start = _LOG_HEADER + frame * frame_bytes
            mark = found_in(log[start + _FRAME_HEADER : start + frame_bytes])
            page = int.from_bytes(log[start : start + 4], "big")
            # Pages count from 1: a loss of power may have left the contents of a frame without its header.
            if mark is not None and page:
                yield _LoggedMark(frame + 1, page, mark)
            at = log.find(PREFIX, start + frame_bytes)


def _page_mark(file: BinaryIO, offset: int, page_bytes: int) -> OwnerMark | None:
    file.seek(offset)
    return found_in(file.read(page_bytes))


def _read_index(path: Path) -> _Index | None:
    """Read the header of the index; None if it is not valid (https://www.sqlite.org/walformat.html, 2.1)."""
    with path.open("rb") as file:
        head = file.read(2 * _INDEX_HEADER)
    if len(head) < 2 * _INDEX_HEADER or head[:_INDEX_HEADER] != head[_INDEX_HEADER:]:
        return None
    words = struct.unpack("=12I", head[:_INDEX_HEADER])
    return _Index(head[32:40], words[4]) if _checksum(words[:10]) == words[10:] else None


def _head_whole(head: bytes) -> bool:
    """Return True if the header of a log is complete; SQLite writes it in one sector."""
    magic = int.from_bytes(head[:4], "big")
    if len(head) < _LOG_HEADER or magic | 1 != _LOG_MAGIC:
        return False
    words = struct.unpack(f"{'>' if magic & 1 else '<'}6I", head[:24])
    return _checksum(words) == struct.unpack(">2I", head[24:])


def _checksum(words: Sequence[int]) -> tuple[int, int]:
    # https://www.sqlite.org/fileformat.html, 4.2
    first = second = 0
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & 0xFFFFFFFF
        second = (second + odd + first) & 0xFFFFFFFF
    return first, second


def check(connection: apsw.Connection, left: Leftovers) -> str:
    """Check that nothing is missing, through a connection that leaves all files as they are (untouched.py).

    Returns the owner in the file itself, without its log.

    Raises:
        IncompleteDatabase: something is missing. apsw.Error: the file cannot be read.
    """
    if not left.log_bytes:
        return _check_without_log(connection, left.path)
    path, log = left.path, beside(left.path, "-wal")
    frames = _committed_frames(connection)
    _check_cut(left, log, frames)
    marks = left.marks(frames)
    if marks is None:
        # The log is empty, or of an older schema.
        base = read_mark(connection)
        if frames and base != OwnerMark():
            raise _foreign(path, log)
        # A log that has just started again has only a header, and its index is there.
        if _needs_log(base, connection) and not (left.log_head_whole and left.index_exists):
            raise _cut(path, log)
        return base.owner
    mark, base = marks
    if not _belong_together(mark, base, left):
        raise _foreign(path, log)
    if not left.index_exists and connection.execute("PRAGMA integrity_check(1)").get != "ok":
        raise _cut(path, log)
    return base.owner


def check_unreadable(left: Leftovers) -> None:
    """Look for the reason why SQLite cannot read a database and its log, by what is known without it.

    SQLite takes a log for that of the file beside it whatever it belongs to, and the pages of both then contradict each
    other: nothing at all may be readable if the tables lie at other places.

    Raises:
        IncompleteDatabase: they do not belong together.
    """
    marks = left.marks(left.log_bytes) if left.log_bytes else None
    if marks is not None and not _belong_together(*marks, left):
        raise _foreign(left.path, beside(left.path, "-wal"))


def _check_without_log(connection: apsw.Connection, path: Path) -> str:
    mark = read_mark(connection)
    if _needs_log(mark, connection):
        raise IncompleteDatabase(
            LogDefect.MISSING,
            path,
            f"{path} was in use when it was copied or its server ended, and its write-ahead log {beside(path, '-wal')} "
            "is missing, with acknowledged changes",
            "put the log back beside it, or restore a backup",
        )
    return mark.owner


def _needs_log(mark: OwnerMark, connection: apsw.Connection) -> bool:
    return bool(mark.needs_log) and mark.schema_cookie == read_cookie(connection)


def _belong_together(logged: OwnerMark, base: OwnerMark, left: Leftovers) -> bool:
    """Return True if the log with the one mark may belong to the file with the other."""
    if logged.owner != base.owner:
        # The process opened the file and ended before its first checkpoint.
        return logged.base_owner == base.owner and not logged.checkpoints_done
    if logged.checkpoints_done and left.made_by_sqlite(base):
        return False
    return logged.checkpoints_done <= base.checkpoints_begun <= logged.checkpoints_begun


def _committed_frames(connection: apsw.Connection) -> int:
    # SQLite looks at the log only when something is read.
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    frames, _ = connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_NOOP)
    return max(0, frames)


def _check_cut(left: Leftovers, log: Path, frames: int) -> None:
    index = left.index_head
    if index is not None and index.salts == left.log_salts:
        if frames < index.frames:
            raise _cut(left.path, log)
        return
    if index is not None and index.frames and index.salts[:4] == _next_salt(left.log_salts):
        # The log had started again, and this is an older state of it.
        raise _cut(left.path, log)
    unfinished, lost = _after(left, log, frames)
    # Without an index the files are copies, and not what a killed process left.
    if lost or (unfinished and not left.index_exists):
        raise _cut(left.path, log)


def _next_salt(salts: bytes) -> bytes:
    return ((int.from_bytes(salts[:4], "big") + 1) & 0xFFFFFFFF).to_bytes(4, "big")


def _after(left: Leftovers, log: Path, frames: int) -> tuple[bool, bool]:
    """Look behind the last commit: return if there is more of this log, and if that had been acknowledged.

    A transaction that was cut short by a crash may have left any part of itself, but nothing can follow it.
    """
    frame_bytes = _FRAME_HEADER + left.log_page_bytes
    unfinished = bool(max(0, left.log_bytes - _LOG_HEADER) % frame_bytes)
    committed = False
    with log.open("rb") as file:
        for offset in range(_LOG_HEADER + frames * frame_bytes, left.log_bytes, frame_bytes):
            file.seek(offset)
            head = file.read(_FRAME_HEADER)
            if head[8:16] == left.log_salts:
                if committed:
                    return True, True
                unfinished = True
                committed = any(head[4:8])
    return unfinished, False


def _foreign(path: Path, log: Path) -> IncompleteDatabase:
    return IncompleteDatabase(
        LogDefect.FOREIGN,
        path,
        f"{path} and the write-ahead log {log} beside it do not belong together, as when one was restored or copied "
        "without the other",
        f"if {path} is a backup that was put back, move {log} away; else put back the file that the log belongs to",
    )


def _cut(path: Path, log: Path) -> IncompleteDatabase:
    return IncompleteDatabase(
        LogDefect.CUT,
        path,
        f"the write-ahead log {log} is damaged or cut short: acknowledged changes are missing",
        "put back the whole log, or restore a backup",
    )
