"""A disk for SQLite that hangs, fails and loses power on request, over the real one.

It is a VFS of its own through which every file of the databases opened meanwhile goes. What it knows to be on the disk
for good is what was synced; a loss of power takes away an arbitrary part of the rest.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

_SECTOR = 512


class Medium:
    """One file: what is on the disk for good, and the writes since, `(offset, data)`; data None cuts the file there."""

    def __init__(self, path: Path) -> None:
        self.synced = bytearray(path.read_bytes() if path.exists() else b"")
        self.unsynced: list[tuple[int, bytes | None]] = []
        self.writes = 0

    def sync(self) -> None:
        _apply(self.synced, self.unsynced)
        self.unsynced = []

    def after_power_loss(self, dice: random.Random) -> bytes:
        """What may be found: any of the sectors that were written and not synced, or none."""
        survivors: list[tuple[int, bytes | None]] = []
        for offset, data in self.unsynced:
            if data is not None:
                cuts = range(0, len(data), _SECTOR)
                survivors.extend((offset + cut, data[cut : cut + _SECTOR]) for cut in cuts if dice.random() < 0.5)
            elif dice.random() < 0.5:
                survivors.append((offset, None))
        found = bytearray(self.synced)
        _apply(found, survivors)
        return bytes(found)


def _apply(image: bytearray, writes: list[tuple[int, bytes | None]]) -> None:
    for offset, data in writes:
        if data is None:
            del image[offset:]
        else:
            image.extend(bytes(max(0, offset - len(image))))
            image[offset : offset + len(data)] = data


class Disk(apsw.VFS):
    """What the databases opened within `faulty_disk` are on."""

    NAME = "onduty-test-disk"

    def __init__(self) -> None:
        super().__init__(self.NAME, "unix", makedefault=True)
        self.media: dict[Path, Medium] = {}
        self.broken = False
        """Whether writes fail as they do when the disk is full."""
        self.sync_broken = False
        """Whether syncs fail, though the writes before them went well."""
        self.checkpoints_broken = False
        """Whether what has been committed cannot be moved from the log into the database."""
        self.before_write: Callable[[], None] = lambda: None
        """Called in the writer's thread before every write and sync."""
        self._moves = threading.Event()
        self._moves.set()
        self.stuck = threading.Event()
        """Set when a sync waits for the disk to move again."""

    def hang(self) -> None:
        """From now on a sync does not come back."""
        self.stuck.clear()
        self._moves.clear()

    def move_on(self) -> None:
        """Let what hangs go on."""
        self._moves.set()

    def repair(self) -> None:
        """All is well again."""
        self.broken = self.sync_broken = self.checkpoints_broken = False
        self.move_on()

    def wait_while_hanging(self) -> None:
        if not self._moves.is_set():
            self.stuck.set()
            self._moves.wait()

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        assert name is not None, "no temporary files"
        path = Path(name if isinstance(name, str) else name.filename())
        return _DiskFile(self, self.media.setdefault(path, Medium(path)), name, flags, path)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        try:
            super().xDelete(filename, syncdir)
        except apsw.IOError as error:
            # SQLite asks for files to go that may not be there, and apsw would raise what SQLite passes over.
            if getattr(error, "extendedresult", None) != apsw.SQLITE_IOERR_DELETE_NOENT:
                raise
        self.media.pop(Path(filename), None)

    def lose_power(self, into: Path, dice: random.Random) -> None:
        """Put into the directory what may be found when the power comes back."""
        for path, medium in list(self.media.items()):
            (into / path.name).write_bytes(medium.after_power_loss(dice))
            if path.name.endswith("-wal"):
                # The index of the log is memory that the system writes back when it likes: now, or never.
                index = path.with_name(path.name.removesuffix("-wal") + "-shm")
                written_back = index.read_bytes() if index.exists() and dice.random() < 0.5 else bytes(32_768)
                (into / index.name).write_bytes(written_back)


class _DiskFile(apsw.VFSFile):
    def __init__(self, disk: Disk, medium: Medium, name: str | apsw.URIFilename, flags: list[int], path: Path) -> None:
        super().__init__("unix", name, flags)
        self._is_log = path.name.endswith("-wal")
        self._disk = disk
        self._medium = medium

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.before_write()
        if self._disk.broken or (self._disk.checkpoints_broken and not self._is_log):
            raise apsw.FullError("the disk is full")
        super().xWrite(data, offset)
        self._medium.unsynced.append((offset, bytes(data)))
        self._medium.writes += 1

    def xTruncate(self, newsize: int) -> None:
        super().xTruncate(newsize)
        self._medium.unsynced.append((newsize, None))

    def xSync(self, flags: int) -> None:
        self._disk.before_write()
        self._disk.wait_while_hanging()
        if self._disk.sync_broken:
            raise apsw.IOError("the disk does not sync")
        super().xSync(flags)
        self._medium.sync()


@contextmanager
def faulty_disk() -> Iterator[Disk]:
    """Every database opened within is on a disk of this kind; close them before it ends."""
    disk = Disk()
    try:
        yield disk
    finally:
        disk.move_on()
        disk.unregister()
