"""The port for metrics: counters that the engine feeds as things happen."""

from __future__ import annotations

from ...domain.status import Cause, Status


class Observer:
    """Receives the engine's events. This base class ignores all of them; adapters override those that they count."""

    def switched(self, status: Status, cause: Cause, changes: int = 1) -> None:
        """Status changes were committed in memory."""

    def late(self, lateness_ms: int, switches: int = 1) -> None:
        """The sweeper committed timed switches this long after their effective time."""

    def recovered(self, outage_ms: int) -> None:
        """An outage of this length ended, and the inactivity clocks of all users restarted."""

    def committed(self, entries: int, seconds: float) -> None:
        """The store made this many entries durable in one commit that took this long."""

    def answered(self, seconds: float) -> None:
        """The store answered a batch of calls this long after it was sent."""

    def store_failing(self, failing: bool) -> None:
        """The store stopped, or resumed, accepting writes."""

    def reachable(self, reachable: bool) -> None:
        """The store stopped, or began again, to answer and to take heartbeats; meanwhile nothing can be served."""

    def refused(self, limit: str) -> None:
        """A call was refused for a limit: "caller" or "account"."""
