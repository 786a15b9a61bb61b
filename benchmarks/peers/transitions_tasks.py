"""`transitions` with `AsyncTimeout`, as its documentation shows: a model a user, timed states, a task a timer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from transitions.extensions.asyncio import AsyncMachine, AsyncTimeout
from transitions.extensions.states import add_state_features

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


@add_state_features(AsyncTimeout)
class _TimedMachine(AsyncMachine):  # type: ignore[misc, unused-ignore]
    pass


STATES = [
    {"name": "online", "timeout": AWAY_AFTER_MS / 1_000, "on_timeout": "idle"},
    {"name": "away", "timeout": (OFFLINE_AFTER_MS - AWAY_AFTER_MS) / 1_000, "on_timeout": "gone"},
    "offline",
]
TRANSITIONS = [["activity", "*", "online"], ["idle", "online", "away"], ["gone", "away", "offline"]]


class _User:
    def __init__(self, user: str, peer: Tasks) -> None:
        self._user, self._peer = user, peer

    async def on_enter_away(self) -> None:
        self._peer.switched(self._user, AWAY)

    async def on_enter_offline(self) -> None:
        # Everybody begins offline and without this being called.
        self._peer.switched(self._user, OFFLINE)


class Tasks(Peer):
    """One machine, and a model a user."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualLoop()
        asyncio.set_event_loop(self.loop)
        self._machine = _TimedMachine(
            model=None, states=STATES, transitions=TRANSITIONS, initial="offline", auto_transitions=False
        )
        self._users: dict[str, _User] = {}

    def active(self, users: Sequence[str]) -> None:
        self.loop.run_until_complete(self._active(users))

    async def _active(self, users: Sequence[str]) -> None:
        for user in users:
            model = self._users.get(user)
            if model is None:
                model = self._users[user] = _User(user, self)
                self._machine.add_model(model)
            await model.activity()  # type: ignore[attr-defined]

    def advance(self, now: int) -> None:
        self.loop.advance(now)

    def entries(self) -> int:
        return len(asyncio.all_tasks(self.loop))


def main() -> None:
    """Do the work, print what was measured."""
    options = arguments()
    report(drive(Tasks(), user_ids(options.users), options.rounds))


if __name__ == "__main__":
    main()
