"""Writes the audit log: changes with their callers, refused calls, and changed keys. Each line is a JSON object.

Invariants: it contains no credential or part of one; callers' text is cut to `_TEXT_MAX`; refusals are limited, so that
an attacker cannot fill a disk, and those left out are counted. A line that cannot be written does not stop a call.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from ..app.ports.clock import Clock
from ..domain.periods import format_optional_period
from ..domain.workflow import Workflow
from ..text.escaping import json_text

LOGGER: Final = "onduty.audit"
"""The value of `log` in every line."""
LINES_DROPPED: Final = "lines_dropped"
"""The event that replaces `lines` lines that could not be written in time."""

_TEXT_MAX: Final = 128
_REFUSALS_BURST: Final = 100
_REFUSALS_PER_S: Final = 10


class AuditLog:
    """Records events by calling `write` with a line, without its end."""

    def __init__(self, clock: Clock, write: Callable[[str], None]) -> None:
        self._clock = clock
        self._write = write
        self._left = float(_REFUSALS_BURST)
        self._filled_at = clock.now()
        self._left_out = 0

    def record(self, event: str, **fields: object) -> None:
        """Record an event."""
        self._write(entry(self._clock.now(), event, **fields))

    def refused(self, **fields: object) -> None:
        """Record a call that was refused, unless there are too many."""
        now = self._clock.now()
        refill = (now - self._filled_at) / 1_000 * _REFUSALS_PER_S
        self._left, self._filled_at = min(float(_REFUSALS_BURST), self._left + refill), now
        if self._left < 1:
            self._left_out += 1
            return
        self._left -= 1
        left_out, self._left_out = self._left_out, 0
        self.record("refused", **fields, left_out_before=left_out or None)


def entry(now: int, event: str, **fields: object) -> str:
    """Return a line of the log, without its end. `now` is ms UTC; fields that are empty or None are left out."""
    return line_of(LOGGER, now, event, fields)


def line_of(log: str, now: int, event: str, fields: Mapping[str, object]) -> str:
    """Return a line of a log in the form of this one, without its end."""
    shown = {name: _shown(value) for name, value in fields.items() if value not in ("", None)}
    time = datetime.fromtimestamp(now / 1_000, UTC).isoformat(timespec="milliseconds")
    return json_text({"log": log, "event": event, "timestamp": time, **shown})


def workflow_values(workflow: Workflow) -> dict[str, object]:
    """Return the fields of a workflow in the words of the command line."""
    return {
        "enabled": workflow.enabled,
        "away_after": format_optional_period(workflow.away_after_ms),
        "offline_after": format_optional_period(workflow.offline_after_ms),
        "resume": workflow.resume.name.lower().replace("_", "-"),
        "keep_manual_away": workflow.keep_manual_away,
        "disconnect_after": format_optional_period(workflow.disconnect_after_ms),
        "disconnect_status": workflow.disconnect_status.name.lower(),
        "etag": workflow.etag,
    }


def _shown(value: object) -> object:
    if isinstance(value, dict):
        return {name: _shown(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_shown(each) for each in value[:_TEXT_MAX]]
    if isinstance(value, bool | int | float):
        return value
    text = str(value)
    return text if len(text) <= _TEXT_MAX else text[:_TEXT_MAX] + "..."
