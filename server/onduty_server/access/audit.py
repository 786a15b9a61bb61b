"""The audit log: who changed what for others, who was refused, and which keys changed. One JSON object a line.

Invariants: it holds no credential and no part of one; what a caller wrote is cut to `_TEXT_MAX`; refusals are limited,
so that an attacker cannot fill a disk, and what was left out is counted. A line that cannot be written stops no call:
that is said in the ordinary log.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog

from ..app.ports.clock import Clock
from ..notation import json_text

LOGGER: Final = "onduty.audit"
"""What `log` is in every line."""

_log = structlog.get_logger(__name__)

_TEXT_MAX: Final = 128
_REFUSALS_BURST: Final = 100
_REFUSALS_PER_S: Final = 10


class AuditLog:
    """See the module. `write` is given a line without its end."""

    def __init__(self, clock: Clock, write: Callable[[str], None]) -> None:
        self._clock = clock
        self._write = write
        self._left = float(_REFUSALS_BURST)
        self._filled_at = clock.now()
        self._left_out = 0

    def record(self, event: str, **fields: object) -> None:
        """Something that happened."""
        shown = {name: _shown(value) for name, value in fields.items() if value not in ("", None)}
        time = datetime.fromtimestamp(self._clock.now() / 1_000, UTC).isoformat(timespec="milliseconds")
        entry = {"log": LOGGER, "event": event, "timestamp": time, **shown}
        self._write(json_text(entry))

    def refused(self, **fields: object) -> None:
        """A call that was refused; not all of very many."""
        now = self._clock.now()
        refill = (now - self._filled_at) / 1_000 * _REFUSALS_PER_S
        self._left, self._filled_at = min(float(_REFUSALS_BURST), self._left + refill), now
        if self._left < 1:
            self._left_out += 1
            return
        self._left -= 1
        left_out, self._left_out = self._left_out, 0
        self.record("refused", **fields, left_out_before=left_out or None)


def _shown(value: object) -> object:
    if isinstance(value, list | tuple):
        return [_shown(each) for each in value[:_TEXT_MAX]]
    if isinstance(value, bool | int):
        return value
    text = str(value)
    return text if len(text) <= _TEXT_MAX else text[:_TEXT_MAX] + "..."


class AuditFile:
    """A file that lines are appended to; opened again when it was moved away. OSError: it cannot be opened at first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._failing = False
        self._open()

    def _open(self) -> None:
        # Nobody else need read who did what.
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        status = os.fstat(self._descriptor)
        self._place = status.st_dev, status.st_ino

    def write(self, line: str) -> None:
        """Append a line. One that cannot be written is said in the log, once until one can be."""
        try:
            self._follow()
            os.write(self._descriptor, f"{line}\n".encode())
            self._failing = False
        except OSError as error:
            if not self._failing:
                self._failing = True
                _log.error("the audit log cannot be written", why=error.strerror or str(error))

    def _follow(self) -> None:
        try:
            status = os.stat(self._path)
        except FileNotFoundError:
            status = None
        if status is None or (status.st_dev, status.st_ino) != self._place:
            old = self._descriptor
            self._open()
            os.close(old)
