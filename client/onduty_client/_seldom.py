"""Tells of what may happen a thousand times a second, once a minute."""

import logging
import threading
from typing import Final

from onduty_client._timing import steady

_INTERVAL_S: Final = 60.0


class Seldom:
    """A warning that says how often its cause came about. Safe to share between threads.

    Args:
        log: where to.
        message: with one %s for how many since the last warning, and one for the latest of them.
    """

    def __init__(self, log: logging.Logger, message: str) -> None:
        self._log = log
        self._message = message
        # A re-entrant one: a signal handler or a finalizer may have something to tell, too.
        self._lock = threading.RLock()
        self._count = 0
        self._not_before = 0.0

    def add(self, latest: str, count: int = 1) -> None:
        """It came about again: warn of it, unless that was done within a minute."""
        with self._lock:
            self._count += count
            now = steady()
            if now < self._not_before:
                return
            self._not_before = now + _INTERVAL_S
            told, self._count = self._count, 0
        self._log.warning(self._message, told, latest)
