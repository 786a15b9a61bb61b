"""asyncio's `call_later`: one timer a user, cancelled and set anew by each activity."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from .virtual_loop import VirtualLoop
from .workload import (
    AWAY,
    AWAY_AFTER_MS,
    OFFLINE,
    OFFLINE_AFTER_MS,
    Peer,
    arguments,
    drive,
    report,
    user_ids,
)


class CallLater(Peer):
    """A dict of users' timers."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualLoop()
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def active(self, users: Sequence[str]) -> None:
        timers, call_later, away = self._timers, self.loop.call_later, self._away
        for user in users:
            timer = timers.get(user)
            if timer is not None:
                timer.cancel()
            timers[user] = call_later(AWAY_AFTER_MS / 1_000, away, user)

    def _away(self, user: str) -> None:
        self.switched(user, AWAY)
        self._timers[user] = self.loop.call_later((OFFLINE_AFTER_MS - AWAY_AFTER_MS) / 1_000, self._offline, user)

    def _offline(self, user: str) -> None:
        self.switched(user, OFFLINE)
        del self._timers[user]

    def advance(self, now: int) -> None:
        self.loop.advance(now)

    def entries(self) -> int:
        return self.loop.timers()


def main() -> None:
    """Do the work, print what was measured."""
    options = arguments()
    report(drive(CallLater(), user_ids(options.users), options.rounds))


if __name__ == "__main__":
    main()
