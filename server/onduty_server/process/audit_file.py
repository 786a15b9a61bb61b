"""Writes the audit log to a file, and opens a new one when the file was moved away."""

from __future__ import annotations

import os
from pathlib import Path

from .lines import write_all


class AuditFile:
    """A file that is appended to. Opening and writing may block, and raise OSError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open()

    def _open(self) -> None:
        # Only the owner may read who did what. O_NONBLOCK is for opening: a pipe without a reader is then an error.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK
        self._descriptor = os.open(self._path, flags, 0o600)
        os.set_blocking(self._descriptor, True)
        status = os.fstat(self._descriptor)
        self._place = status.st_dev, status.st_ino

    def write(self, data: bytes) -> None:
        """Append whole lines."""
        self._follow()
        write_all(self._descriptor, data)

    def _follow(self) -> None:
        try:
            status = os.stat(self._path)
        except FileNotFoundError:
            status = None
        if status is None or (status.st_dev, status.st_ino) != self._place:
            old = self._descriptor
            self._open()
            os.close(old)
