"""One thread with an event loop for all helpers of programs that have no event loop of their own.

Invariants: the thread exists while a helper uses it, and no longer; while the process forks, nothing in it is inside
gRPC. One loop for all of them, because grpcio shares one
socket between the loops of a process: with several, whichever comes too late logs a BlockingIOError
(https://github.com/grpc/grpc/issues/25364). For the same reason helpers of asyncio programs run in the loop there is.
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

#: How often a fork looks, once all streams have ended, whether grpcio has let go of them, and how long it waits before
#: it looks again. Not a time, which means little on a busy machine.
_TURNS: Final = 100
_TURN_S: Final = 0.002


class Owner(Protocol):
    """A user of the thread."""

    def close(self) -> None:
        """Stop using it."""

    async def pause(self) -> None:
        """Leave gRPC, until `resume`. In the thread, as is `resume`."""

    def resume(self) -> None:
        """Go on where `pause` has ended it, unless closed meanwhile."""


class Background:
    """The thread. Safe to share between threads."""

    def __init__(self) -> None:
        # A re-entrant one: a signal handler may close a helper, too, while the thread that it interrupts is in here.
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
        """Run `work` in the thread, which is started unless it runs already. The owner has the thread until `release`.

        Raises:
            RuntimeError: within the thread, in a signal handler that has interrupted its start or end, or because the
                system has no thread to give.
            OSError: the system has no file descriptors to give.
        """
        self.check_elsewhere()
        # For all of it: a fork comes before or after.
        with self._lock:
            if self._switching:
                raise RuntimeError(
                    "not from a signal handler that interrupts another mirror's or reporter's start or end"
                )
            # At once, so that nobody whom a signal handler closes meanwhile takes the thread along.
            self._owners.add(owner)
            try:
                if self._thread is None:
                    self._start_thread()
                self.run(work())
            except BaseException:
                self._leave(owner)
                raise

    def release(self, owner: Owner) -> None:
        """Stop the thread and wait for its end, unless somebody else uses it. Releasing twice does nothing."""
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
                # An event loop takes file descriptors, of which there may be none. Whoever waits must learn of it.
                if started.done():
                    raise
                started.set_exception(error)

        with self._switch():
            # A daemon, so that a program that forgot to close a helper can end; what there is to do then is done by
            # `close_all`.
            thread = threading.Thread(target=run, name="onduty-background", daemon=True)
            thread.start()
            started.result()
            # Only now: what failed may work the next time.
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
        """True if the owner has acquired the thread, in this process, and not released it."""
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
            try:
                owner.close()
            except Exception:  # noqa: BLE001 - The others have something to send as well.
                log.exception("unexpected failure while closing %r", owner)

    def before_fork(self, patience_s: float) -> None:
        """Bring every owner out of gRPC, for `patience_s` at most, and let nobody begin."""
        # The thread itself can't wait for what happens in it.
        if threading.current_thread() is not self._thread and self._lock.acquire(timeout=patience_s):
            self._locked_for_fork = True
            if self._loop is not None:
                with suppress(TimeoutError):
                    asyncio.run_coroutine_threadsafe(self._pause(), self._loop).result(patience_s)

    def after_fork_in_parent(self) -> None:
        """Let every owner go on."""
        if self._locked_for_fork:
            if self._loop is not None:
                asyncio.run_coroutine_threadsafe(self._resume(), self._loop)
            self._locked_for_fork = False
            self._lock.release()

    def after_fork_in_child(self) -> None:
        """Be as new: a thread doesn't survive a fork."""
        # The parent's loop shares what it waits for with the child. It must not be closed here, not even by the garbage
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
                # Something of ours that is only in a cycle, or something of somebody else's.
                gc.collect()
                await asyncio.sleep(_TURN_S)

    async def _resume(self) -> None:
        assert self._turns is not None
        # After a pause that took longer than the fork has waited.
        async with self._turns:
            for owner in tuple(self._owners):
                owner.resume()

    def _close_at_exit(self) -> None:
        # A child of multiprocessing does not run what was registered with atexit, but its own finalizers, of which it
        # inherits none.
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
    # Harmless, and the program's own loop may be the other one (see the module).
    if not isinstance(context.get("exception"), BlockingIOError):
        loop.default_exception_handler(context)


_LEFT_BEHIND: Final[list[object]] = []

BACKGROUND: Final = Background()

FORKS.register(BACKGROUND)
atexit.register(BACKGROUND.close_all)
