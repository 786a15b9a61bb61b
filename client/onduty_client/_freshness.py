"""Estimates the age of a mirror's state by the local steady clock, from times of the server's clock.

The two clocks need only run at nearly the same rate. Every time in a message was in the past when the server sent it,
so the smallest difference so far between such a time and the local time at its arrival is the offset of the clocks, too
large by the shortest delay so far. A state that holds until E is then `now - (E + offset)` old. Invariant: the error of
this age is at most that shortest delay (the way from the server to here, and the server's lag with its bookmarks if it
has always had one) plus the drift of the clocks.

Pure: the local time is an argument, in seconds, as are the server's times, in seconds since 1970.
"""

from typing import Final

#: How much faster or slower than ours the server's clock may run; quartz keeps within 0.01 %.
_DRIFT: Final = 0.000_2

#: The clock of another server, or of the same one after a restart, may show an earlier time than expected. That looks
#: like a lagging server, except that the lag is constant: within this much, for this long.
_STEADY_WITHIN_S: Final = 0.25
_STEADY_FOR_S: Final = 10.0


class Freshness:
    """Estimates the age from the messages of successive streams."""

    def __init__(self) -> None:
        self._until: float | None = None
        self._offset: float | None = None
        self._offset_at = 0.0
        self._confirmed = False
        self._steady_since = 0.0
        self._steady_from: float | None = None

    @property
    def until(self) -> float | None:
        """The time up to which the state is complete, by the server's clock; None before the first bookmark."""
        return self._until

    @property
    def fresh_at(self) -> float | None:
        """The local time at which the server's clock showed `until`."""
        return None if self._until is None or self._offset is None else self._until + self._offset

    def forget_state(self) -> None:
        """Forget the state's time, and keep what is known of the clocks."""
        self._until = None

    def begin_stream(self) -> None:
        """Begin a stream, which may come from another server."""
        self._confirmed = False
        self._steady_from = None

    def hear(self, server_time: float, now: float) -> None:
        """Learn from a message with a time that was past when the server sent it."""
        offset = now - server_time
        if self._offset is None:
            self._offset = offset
        else:
            self._offset = min(offset, self._offset + _DRIFT * (now - self._offset_at))
        self._offset_at = now

    def bookmark(self, until: float, now: float) -> None:
        """Record that the state is complete up to `until`. A repeated time makes nothing fresher."""
        self.hear(until, now)
        if self._until is None or until > self._until:
            self._until = until
        if not self._confirmed:
            self._judge_clock(until, now)

    def _judge_clock(self, until: float, now: float) -> None:
        assert self._offset is not None
        offset = now - until
        if offset <= self._offset + _STEADY_WITHIN_S:
            self._confirmed = True
        elif self._steady_from is None or abs(offset - self._steady_from) > _STEADY_WITHIN_S:
            self._steady_since, self._steady_from = now, offset
        elif now - self._steady_since >= _STEADY_FOR_S:
            self._offset, self._until = offset, until
            self._confirmed = True
