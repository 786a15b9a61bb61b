"""Decides how to withdraw the correction of a server's clock that was stepped.

A step of the server's clock is corrected by an offset, so that it has no effect. If the clock stays at its new time,
the offset must not stay for ever. Where the clock is ahead by more than the outage grace, its time is taken over once
it has held, as an outage that went unnoticed here; any other offset is reduced by a tenth of the time that passes. The
rules are those of `process.clock.SystemClock`.
"""

from __future__ import annotations

HELD_MS = 5_000
"""How long a clock must stay at its new time before the offset is reduced."""
_HELD_FAR_MS = 60_000
_FAR_MS = 24 * 3_600_000
_CLOSE_MS = 100
_SLEW = 10


class ClockSteps:
    """The corrections for one store. Only one of its processes asks for them. Times are ms by a steady clock."""

    def __init__(self, jump_ms: int, *, held_ms: int = HELD_MS) -> None:
        self._jump_ms = jump_ms
        self._held_ms = held_ms
        self._expected: int | None = None
        self._since = self._asked_at = 0

    def correction(self, offset_ms: int, now: int) -> int:
        """Return the amount by which to move the offset, which is `offset_ms` now."""
        asked_at, self._asked_at = self._asked_at, now
        if self._expected is None or abs(offset_ms - self._expected) > _CLOSE_MS:
            self._expected, self._since = offset_ms, now
            return 0
        self._expected = offset_ms
        held_ms = now - self._since
        if abs(offset_ms) <= _CLOSE_MS or held_ms < (_HELD_FAR_MS if -offset_ms > _FAR_MS else self._held_ms):
            return 0
        if -offset_ms > self._jump_ms:
            moved = -offset_ms
        else:
            moved = min((now - asked_at) // _SLEW, abs(offset_ms)) * (1 if offset_ms < 0 else -1)
        self._expected = offset_ms + moved
        return moved
