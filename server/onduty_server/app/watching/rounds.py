"""The rounds in which stores are asked how far watchers have been told: one task for all watched accounts.

Rounds of different accounts that fall into the same 50 ms are begun together. A store that answers for one account
and not for another holds up only the latter.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from heapq import heappop, heappush
from itertools import count
from typing import Any, Final, Protocol

from ..background import BackgroundTasks
from ..ports.clock import Clock

_STEP_MS: Final = 50
_NAME: Final = "onduty-bookmarks"


class Asked(Protocol):
    """An account that is watched."""

    def round(self) -> Coroutine[Any, Any, int | None]:
        """Ask, and tell the watchers; return when (ms UTC) to ask again, None for never."""


class Rounds:
    """The accounts by the time of their next round. The task ends with the last of them."""

    def __init__(self, clock: Clock, background: BackgroundTasks) -> None:
        self._clock = clock
        self._background = background
        self._due: list[tuple[int, int, Asked]] = []
        """A heap. Entries that are not those of `_next` no longer count."""
        self._order = count()
        self._next: dict[Asked, int] = {}
        """The time of the next round, of accounts that are not being asked now."""
        self._asking: dict[Asked, asyncio.Task[None]] = {}
        self._earlier = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def add(self, asked: Asked) -> None:
        """Begin with a round at once."""
        self._schedule(asked, self._clock.now())
        if self._task is None:
            self._task = self._background.start(self._run(), name=_NAME)

    def hasten(self, asked: Asked, at: int) -> None:
        """Have the next round at `at` (ms UTC), if it would be later. One that is going on says itself when."""
        if (planned := self._next.get(asked)) is not None and planned > at:
            self._schedule(asked, at)

    def remove(self, asked: Asked) -> None:
        """Stop asking for an account."""
        self._next.pop(asked, None)
        if (task := self._asking.pop(asked, None)) is not None:
            task.cancel()
        if not self._next and not self._asking and self._task is not None:
            self._task.cancel()
            self._task = None
            self._due.clear()

    def _schedule(self, asked: Asked, at: int) -> None:
        # Never later than at `at`, so that no bookmark is.
        at -= at % _STEP_MS
        self._next[asked] = at
        heappush(self._due, (at, next(self._order), asked))
        if self._due[0][0] == at:
            self._earlier.set()

    async def _run(self) -> None:
        due, reached = self._due, 0
        while True:
            while due and due[0][0] <= max(reached, self._clock.now()):
                at, _, asked = heappop(due)
                if self._next.get(asked) == at:
                    del self._next[asked]
                    self._asking[asked] = asyncio.create_task(self._ask(asked), name="onduty-round")
            self._earlier.clear()
            until = due[0][0] if due else None
            await self._clock.wait(self._earlier, until)
            if until is not None and not self._earlier.is_set():
                # The clock says so: it may show less after a step back, and nobody is to wait for it to catch up.
                reached = until

    async def _ask(self, asked: Asked) -> None:
        try:
            at = await asked.round()
        except Exception as error:  # noqa: BLE001 - it is reported
            self._background.ended(_NAME, error)
            return
        if self._asking.pop(asked, None) is not None and at is not None:
            # Not in the same step again, however early that is.
            self._schedule(asked, max(at, self._clock.now() + _STEP_MS))
