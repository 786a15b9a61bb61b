"""Keeps the time of a store: the scripts use their server's clock, and the process's clock follows it.

In tests the process has a fake clock, and the scripts use that one instead.
"""

from __future__ import annotations

from ...app.ports.clock import Clock
from .wire.connection import Arg


class StoreTime:
    """The time of one store. With `own_time` the scripts use the process's clock. Times are ms UTC."""

    def __init__(self, clock: Clock, *, own_time: bool) -> None:
        self._clock = clock
        self._own_time = own_time

    def now(self) -> int:
        """Return the time by the process's clock."""
        return self._clock.now()

    def argument(self) -> Arg:
        """Return the time to pass to a script; empty means the server's clock."""
        return self._clock.now() if self._own_time else b""

    def expected(self) -> Arg:
        """Return the time that the server's clock should show, by the process's clock; empty if it is not checked."""
        return b"" if self._own_time else self._clock.now()

    def align(self, now: int) -> None:
        """Make the process's clock follow the store's, which shows `now`."""
        if self._own_time:
            # A fake clock that began before the recorded times.
            self._clock.hold(now)
        else:
            self._clock.align(now)
