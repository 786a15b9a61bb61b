"""Synapse's `WheelTimer`: an entry for each activity, and whoever comes out is looked at, as its documentation asks.

It has no notion of a user's last activity; a dict stands for that here. It is read every 5 s, as Synapse does.
"""

from __future__ import annotations

from collections.abc import Sequence

from synapse.util.wheel_timer import WheelTimer  # type: ignore[import-not-found, unused-ignore]

from .workload import (
    AWAY,
    AWAY_AFTER_MS,
    OFFLINE,
    OFFLINE_AFTER_MS,
    START_MS,
    Peer,
    arguments,
    drive,
    report,
    user_ids,
)

_FETCH_EVERY_MS = 5_000


class Wheel(Peer):
    """The wheel, and what is needed beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._wheel = WheelTimer()
        self._last: dict[str, int] = {}
        self._away: set[str] = set()
        self._next_fetch = START_MS + _FETCH_EVERY_MS

    def active(self, users: Sequence[str]) -> None:
        now, last, insert = self.now, self._last, self._wheel.insert
        for user in users:
            last[user] = now
            insert(now, user, now + AWAY_AFTER_MS)

    def advance(self, now: int) -> None:
        if now < self._next_fetch:
            return
        self._next_fetch += _FETCH_EVERY_MS
        for user in set(self._wheel.fetch(now)):
            idle_ms = now - self._last[user]
            if user in self._away:
                if idle_ms >= OFFLINE_AFTER_MS:
                    self._away.discard(user)
                    self.switched(user, OFFLINE)
            elif idle_ms >= AWAY_AFTER_MS:
                self._away.add(user)
                self.switched(user, AWAY)
                self._wheel.insert(now, user, self._last[user] + OFFLINE_AFTER_MS)

    def entries(self) -> int:
        return len(self._wheel)


def main() -> None:
    """Do the work, print what was measured."""
    options = arguments()
    report(drive(Wheel(), user_ids(options.users), options.rounds))


if __name__ == "__main__":
    main()
