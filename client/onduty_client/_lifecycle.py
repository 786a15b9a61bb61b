"""The life cycle of helpers: in the event loop of an asyncio program, or in the background of any other program.

Invariants: a helper's work is defined once, by `_start_work` and `_finish_work`; the two classes here only differ in
where they run it. A helper is started once and closed once; closing it again does nothing. A helper inherited by a fork
has none of the parent's state or work.
"""

import asyncio
import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from onduty_client._background import BACKGROUND
from onduty_client._forking import FORKS
from onduty_client._reconnecting import ReconnectingStream


class Helper(ABC):
    """The life cycle of a helper, without the way of running its work."""

    _stream: ReconnectingStream

    def __init__(self) -> None:
        self._life = threading.RLock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        #: True if it was started in the process that this one was forked from, and not in this one.
        self._inherited = False
        #: True while it is being started; and if a signal handler that has interrupted the start wants to close it.
        self._starting = self._close_wanted = False

    def _register_for_forks(self) -> None:
        """Make a child of a fork reset it. Called last, so that a helper that could not be made is not inherited."""
        FORKS.register_inherited(self)

    def __repr__(self) -> str:
        state = " (closed)" if self._closed else " (not started)" if self._loop is None else ""
        return f"<{type(self).__name__} {self._about()}{state}>"

    @abstractmethod
    def _about(self) -> str:
        """The owner and the server, without secrets, for the repr."""

    def after_fork_in_child(self) -> None:
        """Reset everything."""
        self._inherited = self._inherited or (self._loop is not None and not self._closed)
        self._loop = None
        self._life = threading.RLock()
        self._starting = self._close_wanted = False
        self._forget_parent()

    @abstractmethod
    def _forget_parent(self) -> None:
        """Renew locks and state, which threads of the parent may have been changing when the process forked."""

    async def pause(self) -> None:
        """Leave gRPC, until `resume`, because the process is about to fork."""
        await self._stream.pause()

    def resume(self) -> None:
        """Continue, unless closed meanwhile."""
        self._stream.resume()

    @abstractmethod
    async def _start_work(self) -> None:
        """Begin the work in the running event loop. Never waits for the server."""

    @abstractmethod
    async def _finish_work(self) -> None:
        """End every task."""

    def _finish_unstarted(self) -> None:  # noqa: B027 - Most have nothing to do.
        """Clean up a helper that is closed without having been started."""

    def _check_new(self) -> None:
        FORKS.check()
        if self._closed or self._starting or self._loop is not None:
            raise RuntimeError("it was started before; make a new one")

    @abstractmethod
    def _start_inherited(self) -> None:
        """Start it again, if it was inherited. Every use of an inherited helper begins with this.

        Raises:
            RuntimeError: it can't be started in this process.
        """

    def _check_running(self) -> None:
        if self._inherited:
            self._start_inherited()
        if self._closed:
            raise RuntimeError("it is closed")
        if self._loop is None:
            raise RuntimeError("it was not started: use it in a `with` block, or call `start`")


class InLoop(Helper):
    """A helper that lives in the event loop in which it is started."""

    async def start(self) -> None:
        """Begin, without waiting for the server, as `async with` does."""
        self._check_new()
        self._inherited = False
        self._loop = asyncio.get_running_loop()
        await self._start_work()

    async def close(self) -> None:
        """End all work. Closing twice does nothing."""
        if self._closed:
            return
        self._closed = True
        if self._loop is not None:
            await self._finish_work()
        else:
            self._finish_unstarted()

    def _start_inherited(self) -> None:
        FORKS.check()
        raise RuntimeError("it belongs to an event loop of the process that this one was forked from; make a new one")

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


class InBackground(Helper):
    """A helper that lives in a thread, which all such helpers of the process share."""

    def start(self) -> None:
        """Begin, without waiting for the server, as `with` does."""
        with self._life:
            self._check_new()
            self._starting = True
            try:
                BACKGROUND.begin(self, self._start_in_background)
                self._inherited = False
            finally:
                self._starting = False
                if self._close_wanted:
                    self.close()

    def close(self) -> None:
        """End all work, and the thread if no other helper needs it. Closing twice does nothing.

        From a signal handler that has interrupted the start of this helper, it takes place after the start.
        """
        with self._life:
            if self._starting:
                self._close_wanted = True
                return
            # This is false if it was never started, or not in this process.
            served = BACKGROUND.serves(self)
            if served and not self._closed:
                BACKGROUND.check_elsewhere()
            if self._closed:
                return
            # There is no call in between, so that no signal handler runs between the two.
            self._closed = True
            if served:
                try:
                    BACKGROUND.run(self._finish_work())
                finally:
                    BACKGROUND.release(self)
            else:
                self._finish_unstarted()

    async def _start_in_background(self) -> None:
        self._loop = asyncio.get_running_loop()
        await self._start_work()

    def _start_inherited(self) -> None:
        with self._life:
            if self._inherited and not self._closed:
                self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
