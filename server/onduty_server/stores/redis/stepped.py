"""How the correction of a store's clock that was stepped is taken back.

A step of the store's clock is corrected by an offset, so that nobody sees it. Where the clock stays at its new time,
the offset must not stay for ever: what is ahead by more than the outage grace is taken over once it has held, as an
outage of which nothing here knew; anything else is made up for by a tenth. The rules are those of `clock.SystemClock`.
"""

from __future__ import annotations

_HELD_MS = 5_000
_HELD_FAR_MS = 60_000
_FAR_MS = 24 * 3_600_000
_CLOSE_MS = 100
_SLEW = 10


class SteppedClock:
    """See the module. Of the processes that share a store, one asks. Times are ms by a clock that goes on steadily."""

    def __init__(self, jump_ms: int) -> None:
        self._jump_ms = jump_ms
        self._expected: int | None = None
        self._since = self._asked_at = 0

    def correction(self, offset_ms: int, now: int) -> int:
        """By how much to move an offset that is `offset_ms` now."""
        asked_at, self._asked_at = self._asked_at, now
        if self._expected is None or abs(offset_ms - self._expected) > _CLOSE_MS:
            self._expected, self._since = offset_ms, now
            return 0
        self._expected = offset_ms
        held_ms = now - self._since
        if abs(offset_ms) <= _CLOSE_MS or held_ms < (_HELD_FAR_MS if -offset_ms > _FAR_MS else _HELD_MS):
            return 0
        if -offset_ms > self._jump_ms:
            moved = -offset_ms
        else:
            moved = min((now - asked_at) // _SLEW, abs(offset_ms)) * (1 if offset_ms < 0 else -1)
        self._expected = offset_ms + moved
        return moved
