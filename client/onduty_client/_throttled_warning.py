"""Logs a warning that may occur a thousand times a second at most once a minute."""

import logging
import threading
from typing import Final

from onduty_client._clock import SYSTEM_CLOCK, Clock

_INTERVAL_S: Final = 60.0


class ThrottledWarning:
    """Counts occurrences and logs the count and the latest one, at most once a minute. Safe to share between threads.

    Args:
        log: where to.
        message: with one %s for how many since the last warning, and one for the latest of them.
        clock: measures the minute.
    """

    def __init__(self, log: logging.Logger, message: str, clock: Clock = SYSTEM_CLOCK) -> None:
        self._log = log
        self._message = message
        self._clock = clock
        # Re-entrant: a signal handler or a finalizer may warn, too.
        self._lock = threading.RLock()
        self._count = 0
        self._not_before = 0.0

    def add(self, latest: str, count: int = 1) -> None:
        """Count an occurrence, and log unless that was done within the last minute."""
        with self._lock:
            self._count += count
            now = self._clock.now()
            if now < self._not_before:
                return
            self._not_before = now + _INTERVAL_S
            since_last, self._count = self._count, 0
        self._log.warning(self._message, since_last, latest)
