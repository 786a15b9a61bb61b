"""Watches files, and reads them again when they change.

Invariant: new content is taken as a whole, and only if it can be used. Otherwise the old content stays in force, and
the log says why, once for each content.
"""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog

from ..app.ports.clock import Clock

POLL_INTERVAL_MS: Final = 1_000
FILE_MAX_BYTES: Final = 32 * 1_024 * 1_024

_log = structlog.get_logger(__name__)

_Signature = tuple[tuple[int, int, int], ...]


def exposure(path: Path) -> str:
    """Return how users other than the owner and root can change a file; empty if they cannot, or there is no file."""
    try:
        real = path.resolve(strict=True)
        mode, directory = real.stat().st_mode, real.parent.stat().st_mode
    except (OSError, RuntimeError):
        return ""
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        return f"others can write {path} (mode {stat.S_IMODE(mode):04o}; chmod go-w it)"
    # In a directory like /tmp everybody can create files, but replace only their own.
    if directory & stat.S_IWOTH and not directory & stat.S_ISVTX:
        return f"others can replace {path} (everybody can write {real.parent}; chmod o-w it)"
    return ""


class UnusableFile(Exception):
    """A file cannot be used at the start. The message is one line that says which and why."""


class FaultyContent(ValueError):
    """The content of the file at `path` cannot be used."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(why)
        self.path = path


@contextmanager
def content_of(path: str) -> Iterator[None]:
    """Turn a ValueError in the block, which parses a file, into a FaultyContent of that file."""
    try:
        yield
    except ValueError as error:
        raise FaultyContent(path, str(error)) from None


class WatchedFiles:
    """Files that belong together.

    Args:
        paths: the files.
        take: called with their contents; raises ValueError if they cannot be used, and then has changed nothing.
            FaultyContent tells which of several files is at fault.
        settings: the setting that names each of them, for messages.
    """

    def __init__(
        self, paths: Sequence[Path], take: Callable[[Sequence[bytes]], None], settings: Sequence[str] = ()
    ) -> None:
        self._settings = dict(zip(map(str, paths), settings, strict=False))
        self._paths = paths
        self._take = take
        self._contents: Sequence[bytes] = ()
        self._rejected: Sequence[bytes] | str = ()
        self._signature: _Signature = ()
        self._settled = False

    def load(self) -> None:
        """Read the files for the first time. Raises UnusableFile if they cannot be used."""
        try:
            self._contents = _contents(self._paths)
        except OSError as error:
            setting = self._settings.get(str(error.filename))
            where = f"{setting}: {error.filename}" if setting else error.filename
            raise UnusableFile(f"{where}: {error.strerror or error}") from None
        try:
            self._take(self._contents)
        except ValueError as error:
            raise UnusableFile(f"{self._faulty(error)}: {error}") from None
        for risk in filter(None, map(exposure, self._paths)):
            _log.warning("other users can change a file that grants permissions", why=risk)

    async def reload(self) -> None:
        """Take changed contents if they can be used; otherwise log why not."""
        try:
            contents = await asyncio.to_thread(self._changed)
        except OSError as error:
            if self._rejected != str(error):
                self._rejected = str(error)
                _log.error(
                    "a file cannot be read; its earlier content stays in force",
                    file=error.filename or self._names,
                    why=error.strerror or str(error),
                )
            return
        if contents is None or contents == self._rejected:
            return
        if contents == self._contents:
            self._rejected = ()
            return
        try:
            self._take(contents)
        except ValueError as error:
            self._rejected = contents
            file = self._faulty(error)
            _log.error("a file cannot be used; its earlier content stays in force", file=file, why=str(error))
            return
        self._contents, self._rejected = contents, ()
        _log.info("a file has changed and was read again", file=self._names)

    @property
    def _names(self) -> str:
        return ", ".join(map(str, self._paths))

    def _faulty(self, error: ValueError) -> str:
        return error.path if isinstance(error, FaultyContent) else self._names

    def _changed(self) -> Sequence[bytes] | None:
        """Return the contents if the files may have changed since they were last read."""
        signature = tuple((it.st_mtime_ns, it.st_size, it.st_ino) for it in (path.stat() for path in self._paths))
        if signature == self._signature and self._settled:
            return None
        # Read once more after every change: a second one may have come in the same tick of the file system's clock.
        settled, self._settled, self._signature = signature == self._signature, False, signature
        # It is not settled until it could be read, since the obstacle may vanish without changing the signature.
        contents = _contents(self._paths)
        self._settled = settled
        return contents


def _contents(paths: Sequence[Path]) -> list[bytes]:
    contents = []
    for path in paths:
        with path.open("rb") as file:
            contents.append(file.read(FILE_MAX_BYTES + 1))
        if len(contents[-1]) > FILE_MAX_BYTES:
            raise OSError(27, f"larger than {FILE_MAX_BYTES} bytes", str(path))
    return contents


async def reload_forever(watched: Sequence[WatchedFiles], clock: Clock, look_again: asyncio.Event) -> None:
    """Look at the files once a second, and at once when `look_again` is set."""
    while True:
        await clock.wait(look_again, clock.now() + POLL_INTERVAL_MS)
        look_again.clear()
        for each in watched:
            await each.reload()
