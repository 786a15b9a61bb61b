"""One thread with an event loop for all helpers of programs that have no event loop of their own.

Invariant: the thread exists while a helper uses it, and no longer. One loop for all of them, because grpcio shares one
socket between the loops of a process: with several, whichever comes too late logs a BlockingIOError
(https://github.com/grpc/grpc/issues/25364). For the same reason helpers of asyncio programs run in the loop there is.
"""

import asyncio
import atexit
import os
import threading
from collections.abc import Coroutine
from typing import Any, Final, Protocol, TypeVar

ResultT = TypeVar("ResultT")


class Owner(Protocol):
    """Who uses the thread."""

    def close(self) -> None:
        """Stop using it."""


class Background:
    """The thread. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owners: set[Owner] = set()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None

    def acquire(self, owner: Owner) -> None:
        """Start the thread, unless it runs already."""
        with self._lock:
            if self._thread is None:
                started = threading.Event()
                # A daemon, so that a program that forgot to close a helper can end; what there is to do then is done
                # by `close_all`.
                self._thread = threading.Thread(
                    target=asyncio.run, args=(self._main(started),), name="onduty-background", daemon=True
                )
                self._thread.start()
                started.wait()
            self._owners.add(owner)

    def release(self, owner: Owner) -> None:
        """Stop the thread and wait for its end, unless somebody else uses it. Releasing twice does nothing."""
        with self._lock:
            self._owners.discard(owner)
            if self._owners or self._thread is None or self._loop is None or self._stop is None:
                return
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
            self._thread = self._loop = self._stop = None

    def serves(self, owner: Owner) -> bool:
        """Whether the owner has acquired it, in this process, and not released it."""
        return owner in self._owners

    def run(self, coroutine: Coroutine[Any, Any, ResultT]) -> ResultT:
        """Block until `coroutine` has run in the thread, which must have been acquired, and answer its result."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def check_elsewhere(self) -> None:
        """RuntimeError within the thread, since it can't wait for itself."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("not from a callback: the thread that it would wait for is the one that it would block")

    def close_all(self) -> None:
        """Close what a program that ends has left open."""
        for owner in tuple(self._owners):
            owner.close()

    async def _main(self, started: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_handle_exception)
        self._stop = asyncio.Event()
        started.set()
        await self._stop.wait()


def _handle_exception(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    # Harmless, and the program's own loop may be the other one (see the module).
    if not isinstance(context.get("exception"), BlockingIOError):
        loop.default_exception_handler(context)


BACKGROUND: Final = Background()

atexit.register(BACKGROUND.close_all)
if hasattr(os, "register_at_fork"):
    # A thread doesn't survive a fork. What the child starts must not wait for it; what it inherited goes stale.
    os.register_at_fork(after_in_child=BACKGROUND.__init__)  # type: ignore[misc] # Deliberately anew.
