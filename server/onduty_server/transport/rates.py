"""Limits how often something may happen: a token bucket for each of many keys, in bounded memory.

A bucket is one number, the time at which it will be full again (GCRA), and only those that are not full need to be
kept. Invariant: forgetting a bucket is in its key's favour, so a flood of made-up keys takes nothing from anybody.
"""

from __future__ import annotations

from ..app.ports.clock import Clock
from ..domain.errors import LimitExceeded

_FORGET_AT_ONCE = 256


class Rates:
    """Gives each key `per_s` tokens a second, of which it may save up those of `burst_s` seconds."""

    def __init__(self, clock: Clock, per_s: float, *, burst_s: float, keys_max: int, what: str) -> None:
        """Refuse `what`, as the message names it, beyond the rate; 0 a second sets no limit."""
        self._clock = clock
        self._interval_ms = 1_000 / per_s if per_s else 0.0
        # At least one token, or nothing could ever pass.
        self._burst_ms = max(burst_s * 1_000 - self._interval_ms, 0.0)
        self._keys_max = keys_max
        self._full_at: dict[str, float] = {}
        self._message = f"more than {per_s:g} {what} a second"

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, key: str) -> None:
        """Take a token from the key's bucket.

        Raises:
            LimitExceeded: it is empty; says when it no longer will be.
        """
        if not self._interval_ms:
            return
        now = self._clock.now()
        full_at = self._full_at.get(key, 0.0)
        if full_at < now:
            full_at = now
        wait_ms = full_at - now - self._burst_ms
        if wait_ms > 0:
            raise LimitExceeded(self._message, retry_delay_ms=int(wait_ms) + 1)
        if key not in self._full_at and len(self._full_at) >= self._keys_max:
            self._forget(now)
        self._full_at[key] = full_at + self._interval_ms

    def _forget(self, now: int) -> None:
        """Make room: forget the buckets that are full, or if none is, those that were begun first."""
        full = [key for key, full_at in self._full_at.items() if full_at <= now]
        for key in full or list(self._full_at)[:_FORGET_AT_ONCE]:
            del self._full_at[key]
