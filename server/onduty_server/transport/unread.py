"""Ends streams whose messages are not read in time.

One timer serves all of them, since a timer for each message takes a twentieth of what the message costs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from ..domain.errors import LimitExceeded

_LOOKS: Final = 8
"""How many times in the longest time that is allowed the timer looks; a stream may end two such parts later."""


class Unread:
    """The tasks that wait for a message to be read. None waits for longer than `most_s` returns, or a little more."""

    def __init__(self, most_s: Callable[[], float]) -> None:
        self.since: dict[asyncio.Task[Any], float] = {}
        """The tasks that write a message, with the loop's time, first come first. Add before, delete after."""
        self.is_idle = True
        """True while the timer waits for somebody to `wake` it."""
        self._most_s = most_s
        self._late: dict[asyncio.Task[Any], float] = {}
        """Those who had waited for too long at the last look, with the time since which."""
        self._overdue: set[asyncio.Task[Any]] = set()

    def wake(self) -> None:
        """Begin to look."""
        self.is_idle = False
        asyncio.get_running_loop().call_later(self._most_s() / _LOOKS, self._look)

    def why(self, task: asyncio.Task[Any], cancelled: asyncio.CancelledError) -> BaseException:
        """Return the error to raise in a task that was cancelled while it wrote: `cancelled`, or LimitExceeded."""
        if task not in self._overdue:
            return cancelled
        self._overdue.discard(task)
        task.uncancel()
        return LimitExceeded("the messages of this watch were not read for too long")

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        overdue = loop.time() - self._most_s()
        before, self._late = self._late, {}
        for task, since in self.since.items():
            if since > overdue:
                break
            if before.get(task) != since:
                # It may have been the event loop that was busy: what has been read meanwhile is known at the next look.
                self._late[task] = since
            elif task not in self._overdue:
                self._overdue.add(task)
                task.cancel()
        self.is_idle = not self.since
        if self.since:
            loop.call_later(self._most_s() / _LOOKS, self._look)
