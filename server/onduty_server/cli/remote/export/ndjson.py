"""Writes events as lines of JSON, to standard output or to a file.

Invariants: a file holds whole lines only, but for the moment of a crash; its events are on disk when they count as
delivered. What is written to standard output counts as delivered once the pipe has it: its reader must not lose it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from ...output import standard_output
from .events import Event
from .sinks import NotDelivered, Problem

_BATCH_MAX: Final = 1_000
_TAIL_BYTES: Final = 1 << 16


class StandardOutput:
    """Writes to standard output. Raises BrokenPipeError if its reader has left, and OutputFailure if it fails."""

    name = "standard output"
    batch_max = _BATCH_MAX

    async def deliver(self, events: Sequence[Event]) -> None:
        """Write a line for each event."""
        text = "".join(f"{event.body.decode()}\n" for event in events)
        await asyncio.to_thread(self._write, text)

    @staticmethod
    def _write(text: str) -> None:
        output = standard_output()
        output.write(text)
        output.flush()

    async def close(self) -> None:
        """Do nothing: it is not ours to close."""


class LinesFile:
    """Appends to a file, which others may rename or remove (log rotation): then it is made anew."""

    batch_max = _BATCH_MAX

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._path = path
        self._descriptor: int | None = None

    async def deliver(self, events: Sequence[Event]) -> None:
        """Append a line for each event, and put them on disk."""
        lines = b"".join(event.body + b"\n" for event in events)
        try:
            await asyncio.to_thread(self._append, lines)
        except OSError as error:
            raise NotDelivered(
                Problem.UNAVAILABLE, f"{self._path} cannot be written: {error.strerror or error}"
            ) from None

    def _append(self, lines: bytes) -> None:
        descriptor = self._opened()
        size = os.fstat(descriptor).st_size
        try:
            written = 0
            while written < len(lines):
                written += os.write(descriptor, lines[written:])
            os.fsync(descriptor)
        except OSError:
            # Undo a part of a line, for which there was no room.
            with suppress(OSError):
                os.ftruncate(descriptor, size)
            self._close()
            raise

    def _opened(self) -> int:
        if self._descriptor is not None and self._is_current(self._descriptor):
            return self._descriptor
        self._close()
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._descriptor = os.open(self._path, flags, 0o600)
        _cut_torn_line(self._descriptor)
        directory = os.open(self._path.absolute().parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
        return self._descriptor

    def _is_current(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), os.stat(self._path))
        except FileNotFoundError:
            return False

    def _close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    async def close(self) -> None:
        """Close the file."""
        self._close()


def _cut_torn_line(descriptor: int) -> None:
    """Remove what follows the last line break: a crash cut it short, and it is delivered again."""
    end = size = os.fstat(descriptor).st_size
    while end > 0:
        start = max(0, end - _TAIL_BYTES)
        found = os.pread(descriptor, end - start, start).rfind(b"\n")
        if found >= 0:
            end = start + found + 1
            break
        end = start
    if end < size:
        os.ftruncate(descriptor, end)
