"""Runs all helpers of programs without an event loop in one background thread with a loop.

Invariants: the thread exists only while a helper uses it; while the process forks, nothing in it is inside gRPC. There
is one loop for all of them because grpcio shares one socket between the loops of a process: with several, the one that
comes too late logs a BlockingIOError (https://github.com/grpc/grpc/issues/25364). For the same reason helpers of
asyncio programs run in the program's loop.
"""

import asyncio
import atexit
import gc
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Any, Final, Protocol, TypeVar

from onduty_client._forking import FORKS, in_event_loop, log

ResultT = TypeVar("ResultT")

#: How many turns of the loop a fork waits, once all streams have ended, for grpcio to release them. A time would mean
#: little on a busy machine.
_TURNS: Final = 100
_TURN_S: Final = 0.002


class Owner(Protocol):
    """A user of the thread."""

    def close(self) -> None:
        """Stop using it."""

    async def pause(self) -> None:
        """Leave gRPC, until `resume`. Both are called in the thread."""

    def resume(self) -> None:
        """Continue after `pause`, unless closed meanwhile."""


class Background:
    """The background thread. Safe to share between threads."""

    def __init__(self) -> None:
        # It is re-entrant, because a signal handler may close a helper while it interrupts a thread in here.
        self._lock = threading.RLock()
        self._owners: set[Owner] = set()
        self._switching = False
        self._finalizer: Any = None
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._turns: asyncio.Lock | None = None
        self._locked_for_fork = False

    def begin(self, owner: Owner, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run `work` in the thread, which is started if it is not running. The owner uses it until `release`.

        Raises:
            RuntimeError: called within the thread, or in a signal handler that has interrupted its start or end; or
                the system has no thread left.
            OSError: the system has no file descriptors left.
        """
        self.check_elsewhere()
        # The lock is held throughout, so that a fork comes before or after.
        with self._lock:
            if self._switching:
                raise RuntimeError(
                    "not from a signal handler that interrupts another mirror's or reporter's start or end"
                )
            # Add it at once, so that the thread does not end if a signal handler closes another owner meanwhile.
            self._owners.add(owner)
            try:
                if self._thread is None:
                    self._start_thread()
                self.run(work())
            except BaseException:
                self._leave(owner)
                raise

    def release(self, owner: Owner) -> None:
        """Stop the thread and wait for its end, unless other owners use it. Releasing twice does nothing."""
        with self._lock:
            self._leave(owner)

    def _leave(self, owner: Owner) -> None:
        self._owners.discard(owner)
        if self._owners or self._switching or self._thread is None or self._loop is None or self._stop is None:
            return
        with self._switch():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()
            self._thread = self._loop = self._stop = self._turns = None
            if self._finalizer is not None:
                self._finalizer.cancel()
                self._finalizer = None

    def _start_thread(self) -> None:
        started: Future[None] = Future()

        def run() -> None:
            try:
                with asyncio.Runner() as runner:
                    runner.run(self._main(started))
            except BaseException as error:
                # An event loop needs file descriptors, and there may be none left. The waiting thread must learn of it.
                if started.done():
                    raise
                started.set_exception(error)

        with self._switch():
            # It is a daemon, so that a program that forgot to close a helper can end; `close_all` then does what
            # remains.
            thread = threading.Thread(target=run, name="onduty-background", daemon=True)
            thread.start()
            started.result()
            # Set it only now: if the start fails, it may work the next time.
            self._thread = thread
            self._close_at_exit()

    @contextmanager
    def _switch(self) -> Iterator[None]:
        self._switching = True
        try:
            yield
        finally:
            self._switching = False

    def serves(self, owner: Owner) -> bool:
        """Return True if the owner has acquired the thread, in this process, and not released it."""
        return owner in self._owners

    def run(self, coroutine: Coroutine[Any, Any, ResultT]) -> ResultT:
        """Block until `coroutine` has run in the thread, which must have been acquired, and return its result."""
        return self.submit(coroutine).result()

    def submit(self, coroutine: Coroutine[Any, Any, ResultT]) -> "Future[ResultT]":
        """Run `coroutine` in the thread, which must have been acquired."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def check_elsewhere(self) -> None:
        """Raise RuntimeError in the thread itself, since it can't wait for itself."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("not from a callback: the thread that it would wait for is the one that it would block")

    def close_all(self) -> None:
        """Close the helpers that a program has left open at its end."""
        for owner in tuple(self._owners):
            try:
                owner.close()
            except Exception:  # noqa: BLE001 - The others must be closed as well.
                log.exception("unexpected failure while closing %r", owner)

    def before_fork(self, patience_s: float) -> None:
        """Make every owner leave gRPC, waiting up to `patience_s`, and let no owner begin."""
        # The thread itself can't wait for what happens in it.
        if threading.current_thread() is not self._thread and self._lock.acquire(timeout=patience_s):
            self._locked_for_fork = True
            if self._loop is not None:
                with suppress(TimeoutError):
                    asyncio.run_coroutine_threadsafe(self._pause(), self._loop).result(patience_s)

    def after_fork_in_parent(self) -> None:
        """Let every owner continue."""
        if self._locked_for_fork:
            if self._loop is not None:
                asyncio.run_coroutine_threadsafe(self._resume(), self._loop)
            self._locked_for_fork = False
            self._lock.release()

    def after_fork_in_child(self) -> None:
        """Reset everything, because threads don't survive a fork."""
        # The parent's loop shares its selector with the child. It must not be closed here, not even by the garbage
        # collector.
        _LEFT_BEHIND.append((self._loop, self._owners))
        self.__init__()  # type: ignore[misc] # Deliberately anew.

    async def _pause(self) -> None:
        assert self._turns is not None
        async with self._turns:
            await asyncio.gather(*(owner.pause() for owner in self._owners))
            # Calls that were just cancelled hold on to grpcio for a turn or two of the loop.
            for _ in range(_TURNS):
                if not in_event_loop():
                    return
                await asyncio.sleep(_TURN_S)
            if in_event_loop():
                # Calls may be held by reference cycles of this package or of others.
                gc.collect()
                await asyncio.sleep(_TURN_S)

    async def _resume(self) -> None:
        assert self._turns is not None
        # Wait for a pause that took longer than the fork has waited.
        async with self._turns:
            for owner in tuple(self._owners):
                owner.resume()

    def _close_at_exit(self) -> None:
        # A child of multiprocessing does not run atexit handlers, but its own finalizers, of which it inherits none.
        multiprocessing = sys.modules.get("multiprocessing.util")
        if multiprocessing is not None:
            self._finalizer = multiprocessing.Finalize(None, self.close_all, exitpriority=100)

    async def _main(self, started: "Future[None]") -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_handle_exception)
        self._stop, self._turns = asyncio.Event(), asyncio.Lock()
        started.set_result(None)
        await self._stop.wait()


def _handle_exception(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    # It is harmless, and the other loop may be the program's own (see above).
    if not isinstance(context.get("exception"), BlockingIOError):
        loop.default_exception_handler(context)


_LEFT_BEHIND: Final[list[object]] = []

BACKGROUND: Final = Background()

FORKS.register(BACKGROUND)
atexit.register(BACKGROUND.close_all)
