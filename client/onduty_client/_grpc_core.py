"""Keeps grpcio's asyncio core running while there are streams, and no longer.

By itself grpcio stops its thread whenever its last object is gone, for instance while all streams wait for their next
attempts, and starts another one later. It must stop in the end, because a process can't be forked while a thread is
inside grpcio (see `_forking`). If the program itself uses grpcio as well, the core goes on, and may still have events
for an event loop that is about to end.
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
        # It is re-entrant: a task that is garbage-collected, in any thread, ends its stream as well.
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
        """Let the event loop, in which a stream has ended, read remaining events, since the loop may end now."""
        if in_event_loop():
            for _ in range(_TURNS):
                await asyncio.sleep(_TURN_S)

    def before_fork(self, patience_s: float) -> None:
        """Do nothing: the streams leave by themselves."""

    def after_fork_in_parent(self) -> None:
        """Do nothing: the streams continue by themselves."""

    def after_fork_in_child(self) -> None:
        """Reset everything, because a child inherits no stream."""
        self.__init__()  # type: ignore[misc] # Deliberately anew.


GRPC_CORE: Final = GrpcCore()
FORKS.register(GRPC_CORE)
