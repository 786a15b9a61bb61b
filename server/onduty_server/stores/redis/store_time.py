"""The time of the store: the scripts use their server's clock, and the process's clock follows it.

In tests the process has a fake clock, and the scripts use that one instead.
"""

from __future__ import annotations

from ...app.ports.clock import Clock
from .wire.connection import Arg


class StoreTime:
    """See the module. With `own_time` the scripts use the process's clock. Times are ms UTC."""

    def __init__(self, clock: Clock, *, own_time: bool) -> None:
        self._clock = clock
        self._own_time = own_time

    def now(self) -> int:
        """Return the time by the process's clock."""
        return self._clock.now()

    def argument(self) -> Arg:
        """Return what a script is told of the time: empty to use the server's clock."""
        return self._clock.now() if self._own_time else b""

    def expected(self) -> Arg:
        """Return what the server's clock should say by the process's; empty if that is not to be checked."""
        return b"" if self._own_time else self._clock.now()

    def align(self, now: int) -> None:
        """Have the process's clock follow the store's, which says `now`."""
        if self._own_time:
            # A fake clock that began before what is kept.
            self._clock.hold(now)
        else:
            self._clock.align(now)
