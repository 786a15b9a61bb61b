"""Gives callers their turns to have a log replayed."""

from __future__ import annotations

from .limits import SIMULATIONS_MAX, SIMULATIONS_PER_CALLER_MAX, SIMULATIONS_WAITING_MAX
from .replay_process import ReplayProcesses
from .replaying import ReplayJob, Simulated
from .turns import Turns


class Simulations:
    """The replays of one server."""

    def __init__(self, processes: ReplayProcesses | None = None) -> None:
        self._processes = processes or ReplayProcesses()
        self._turns = Turns("logs replayed", SIMULATIONS_MAX, SIMULATIONS_WAITING_MAX, SIMULATIONS_PER_CALLER_MAX)

    async def run(self, job: ReplayJob, caller: str) -> Simulated:
        """Replay a log.

        Raises:
            InvalidField: the log is malformed or too long.
            LimitExceeded: too many logs are being replayed.
        """
        async with self._turns.of(caller):
            return await self._processes.replay(job)
