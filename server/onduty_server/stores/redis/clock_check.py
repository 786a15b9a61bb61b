"""Runs the scripts of heartbeats, which do nothing while the server's clock is wrong.

The reply of such a script tells the server's time at some moment between call and reply. If the process's clock did not
show that time in between, the server's clock was stepped: it is corrected, unless another process was faster. Otherwise
the call was late (this process or the server was paused, or a node was gone), and is made again. If the time is ahead,
but other processes have just recorded heartbeats by it, it is right, and this machine was paused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog

from .store_time import StoreTime
from .wire.client import RedisClient
from .wire.connection import Arg
from .wire.script import Script

_log = structlog.get_logger(__name__)

STEP_MS = 1_000
"""A clock that is wrong by more than this was stepped."""
_JUST_NOW_MS = 1_500
"""Every running process records the store-wide heartbeat more often than this."""
_WRONG_TIME = 1
"""The third value of a reply when the time is not the expected one."""
_ATTEMPTS_MAX = 5


class ClockCheck:
    """Runs scripts and corrects the server's clock if it was stepped."""

    def __init__(self, client: RedisClient, time: StoreTime) -> None:
        self._client = client
        self._time = time

    async def run(
        self,
        script: Script,
        key: bytes,
        *args: Arg,
        check: bool = True,
        seen: int = 0,
        correction: int = 0,
        kept: Sequence[Arg] = (),
    ) -> list[Any]:
        """Run a script until it has done its work, and return its reply: now, offset, 0, and values of its own.

        `seen` is the offset of the server's clock as far as it is known; `correction` is how much to move it by.
        """
        for _ in range(_ATTEMPTS_MAX):
            asked = self._time.expected() if check else b""
            reply: list[Any] = await self._run(script, key, args, (asked, seen, correction), kept)
            now, seen, is_wrong, *recorded = reply
            if is_wrong != _WRONG_TIME:
                return reply
            assert isinstance(asked, int)
            answered = self._time.expected()
            assert isinstance(answered, int)
            if now < asked - STEP_MS:
                correction = asked - now
            elif now > answered + STEP_MS:
                if recorded and now - recorded[0] <= _JUST_NOW_MS:
                    _log.warning("other processes follow the store's clock, which is ahead; this process does so too")
                    break
                correction = answered - now
            else:
                correction = 0
            if correction:
                _log.warning("the store's clock was stepped; times go on as before", step_ms=-correction)
        # Being late each time must not keep the heartbeat from being recorded.
        return await self._run(script, key, args, (b"", 0, 0), kept)

    async def _run(
        self, script: Script, key: bytes, args: Sequence[Arg], clock: Sequence[Arg], kept: Sequence[Arg]
    ) -> list[Any]:
        reply: list[Any] = await self._client.run(script, key, self._time.argument(), *args, *clock, *kept)
        return reply
