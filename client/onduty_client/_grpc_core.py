"""Keeps grpcio's asyncio core running while there are streams, and no longer.

By itself grpcio stops its thread whenever its last object is gone, as when every stream waits for its next attempt, and
starts another one for the next. It must stop in the end: a process can't be forked while a thread is inside grpcio (see
`_forking`). Where the program itself uses grpcio as well, the core goes on, and may still have something to deliver to
an event loop that is about to end.
"""

import asyncio
import threading
from typing import Final

import grpc

from onduty_client._forking import FORKS, in_event_loop

_TURNS: Final = 10
_TURN_S: Final = 0.001


class GrpcCore:
    """Counts the users of grpcio's asyncio core. Safe to share between threads."""

    def __init__(self) -> None:
        # Re-entrant: a task that is thrown away, by whichever thread, ends its stream as well.
        self._lock = threading.RLock()
        self._users = 0

    def acquire(self) -> None:
        """Keep the core running. Called in the event loop that will run streams."""
        FORKS.keep_core()
        with self._lock:
            if not self._users:
                grpc.aio.init_grpc_aio()
            self._users += 1

    def release(self) -> None:
        """Undo `acquire`. Called in the event loop when its streams have ended."""
        with self._lock:
            self._users -= 1
            if not self._users:
                grpc.aio.shutdown_grpc_aio()

    async def drain(self) -> None:
        """Let the event loop, in which a stream has ended, read what is left for it: it may end now."""
        if in_event_loop():
            for _ in range(_TURNS):
                await asyncio.sleep(_TURN_S)

    def before_fork(self, patience_s: float) -> None:
        """Nothing to do: the streams leave by themselves."""

    def after_fork_in_parent(self) -> None:
        """Nothing to do: the streams go on by themselves."""

    def after_fork_in_child(self) -> None:
        """Begin anew: a child inherits no stream."""
        self.__init__()  # type: ignore[misc] # Deliberately anew.


GRPC_CORE: Final = GrpcCore()
FORKS.register(GRPC_CORE)
