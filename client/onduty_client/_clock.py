"""The clock of the client.

Streams, mirrors and reporters take time from a `Clock` that they are given, never from `time` itself, so that a test
can let seconds pass without waiting for them.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

#: Seconds on a clock that is never stepped. If the system has one that also counts while the machine is suspended, that
#: one is used, since a mirror's state is old after a suspension.
steady: Final[Callable[[], float]] = (
    partial(time.clock_gettime, time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic
)


class Timer(Protocol):
    """A callback that is due."""

    def cancel(self) -> None:
        """Cancel the callback."""


def _call_later(delay_s: float, callback: Callable[[], object]) -> Timer:
    return asyncio.get_running_loop().call_later(delay_s, callback)


@dataclass(frozen=True, slots=True)
class Clock:
    """Reads time and waits.

    Attributes:
        now: seconds on a steady clock.
        wall: seconds since 1970, by a clock that may be stepped.
        call_later: calls back in the running event loop after that many seconds.
    """

    now: Callable[[], float] = steady
    wall: Callable[[], float] = time.time
    call_later: Callable[[float, Callable[[], object]], Timer] = _call_later

    @asynccontextmanager
    async def timeout(self, seconds: float | None) -> AsyncIterator[None]:
        """End the block with TimeoutError after `seconds`; None lets it run."""
        async with asyncio.timeout(None) as limit:
            timer = None
            if seconds is not None:
                loop = asyncio.get_running_loop()
                timer = self.call_later(seconds, lambda: limit.reschedule(loop.time()))
            try:
                yield
            finally:
                if timer is not None:
                    timer.cancel()

    async def wait(self, event: asyncio.Event, seconds: float | None) -> bool:
        """Wait until `event` is set, for at most `seconds`. Returns True if it is set."""
        if not event.is_set():
            try:
                async with self.timeout(seconds):
                    await event.wait()
            except TimeoutError:
                return False
        return True


SYSTEM_CLOCK: Final = Clock()
