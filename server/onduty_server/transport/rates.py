"""Limits how often something may happen: a token bucket for each of many keys, in bounded memory.

A bucket is one number, the time at which it will be full again (GCRA), and only those that are not full need to be
kept. Invariant: forgetting a bucket only favours its key, so a flood of made-up keys takes no tokens from the others.
"""

from __future__ import annotations

from ..app.ports.clock import Clock
from ..domain.errors import LimitExceeded

_FORGET_AT_ONCE = 256


class Rates:
    """Gives each key `per_s` tokens a second; a key may save up `burst_s` seconds' worth of them."""

    def __init__(self, clock: Clock, per_s: float, *, burst_s: float, keys_max: int, what: str) -> None:
        """Limit to `per_s`, where 0 means no limit. The error message calls the limited thing `what`."""
        self._clock = clock
        self._burst_s = burst_s
        self._keys_max = keys_max
        self._what = what
        self._full_at: dict[str, float] = {}
        self.change(per_s)

    def change(self, per_s: float) -> None:
        """Limit to another rate from now on. A bucket takes as long as before to be full again."""
        self._interval_ms = 1_000 / per_s if per_s else 0.0
        # At least one token, or nothing could ever pass.
        self._burst_ms = max(self._burst_s * 1_000 - self._interval_ms, 0.0)
        self._message = f"more than {per_s:g} {self._what} a second"

    def __len__(self) -> int:
        return len(self._full_at)

    def takes(self, key: str, now: int) -> bool:
        """Take a token at `now` from the bucket of a key that is known; return False if that takes `take`.

        Every call asks twice, so this leaves to `take` what is not the usual case.
        """
        if not self._interval_ms:
            return True
        full_at = self._full_at.get(key)
        if full_at is None:
            return False
        if full_at < now:
            full_at = now
        if full_at - now > self._burst_ms:
            return False
        self._full_at[key] = full_at + self._interval_ms
        return True

    def take(self, key: str, tokens: int = 1) -> None:
        """Take tokens from the key's bucket, in which one is enough: the bucket then owes the others.

        Raises:
            LimitExceeded: the bucket is empty; the error says when it will have a token again.
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
        self._full_at[key] = full_at + tokens * self._interval_ms

    def owe(self, key: str, tokens: int) -> None:
        """Take further tokens for something that `take` has let happen, even from an empty bucket."""
        if key in self._full_at:
            self._full_at[key] += tokens * self._interval_ms

    def forget(self, key: str) -> None:
        """Forget a key, whose bucket is then full."""
        self._full_at.pop(key, None)

    def _forget(self, now: int) -> None:
        """Make room by forgetting the buckets that are full or, if none is, the oldest ones."""
        full = [key for key, full_at in self._full_at.items() if full_at <= now]
        for key in full or list(self._full_at)[:_FORGET_AT_ONCE]:
            del self._full_at[key]
