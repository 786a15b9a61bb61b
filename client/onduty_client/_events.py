"""Hands a mirror's events to followers, each at its own pace.

Invariant: no more than a fixed number of events waits for a follower. When there would be more, all of them are dropped
and replaced by one `Resynced`: a follower that then reads the mirror misses nothing, and memory stays bounded.
"""

import asyncio
import threading
import weakref
from abc import ABC, abstractmethod
from collections import deque
from types import TracebackType
from typing import Self

from onduty_client._mirror_types import MirrorEvent, ResyncCause, Resynced


class Inbox(ABC):
    """The events that wait for one follower. Filled by the mirror's thread, emptied by the follower's."""

    def __init__(self, max_waiting: int) -> None:
        if max_waiting < 1:
            raise ValueError(f"max_waiting must be at least 1: {max_waiting}")
        self._max_waiting = max_waiting
        self._waiting: deque[MirrorEvent] = deque()
        self._missed = 0
        self._closed = False
        # It is re-entrant: a signal handler may close the inbox that the interrupted thread is reading.
        self._lock = threading.RLock()

    def _put(self, event: MirrorEvent) -> None:
        """Add an event, in place of all waiting events if there are too many."""
        with self._lock:
            if self._closed:
                return
            if len(self._waiting) == self._max_waiting:
                # A dropped Resynced has counted the events that it replaced.
                self._missed += sum(not isinstance(each, Resynced) for each in self._waiting)
                self._missed += not isinstance(event, Resynced)
                self._waiting.clear()
                event = Resynced(ResyncCause.SLOW_CONSUMER, self._missed)
            self._waiting.append(event)
        self._wake()

    def _end(self) -> None:
        """Accept no more events, and hand out no waiting ones."""
        with self._lock:
            self._closed = True
            self._waiting.clear()
        self._wake()

    @abstractmethod
    def _wake(self) -> None:
        """Wake the follower: there is an event, or the end."""

    def _abandon(self) -> None:
        """Do as `_end` does in a child process, where the lock may have been held by the parent's other threads."""
        self._lock = threading.RLock()
        self._end()

    def _take(self) -> MirrorEvent | None:
        """Return the next event, None if none waits."""
        with self._lock:
            try:
                event = self._waiting.popleft()
            except IndexError:
                return None
            if isinstance(event, Resynced):
                self._missed = 0
            return event


class AsyncChanges(Inbox):
    """The events of a mirror from the moment it was asked for them: an asynchronous iterator, for one task.

    It ends when the mirror is closed, by its own `close`, or when it is no longer referenced.
    """

    def __init__(self, max_waiting: int) -> None:
        super().__init__(max_waiting)
        self._news = asyncio.Event()

    def _wake(self) -> None:
        self._news.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> MirrorEvent:
        while True:
            # Clear it before looking: an event that comes later sets it again.
            self._news.clear()
            event = self._take()
            if event is not None:
                return event
            if self._closed:
                raise StopAsyncIteration
            await self._news.wait()

    def close(self) -> None:
        """Stop following. A waiting reader is told of the end."""
        self._end()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class Changes(Inbox):
    """The events of a mirror from the moment it was asked for them: an iterator that blocks, for one thread.

    It ends when the mirror is closed, by its own `close`, or when it is no longer referenced.
    """

    def __init__(self, max_waiting: int) -> None:
        super().__init__(max_waiting)
        self._news = threading.Event()

    def _abandon(self) -> None:
        self._news = threading.Event()
        super()._abandon()

    def _wake(self) -> None:
        self._news.set()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> MirrorEvent:
        event = self.next(None)
        if event is None:
            raise StopIteration
        return event

    def next(self, timeout: float | None) -> MirrorEvent | None:
        """Return the next event; None after the end, or if none comes within `timeout` seconds."""
        while True:
            # Clear it before looking: an event that comes later sets it again.
            self._news.clear()
            event = self._take()
            if event is not None or self._closed or not self._news.wait(timeout):
                return event

    def close(self) -> None:
        """Stop following. A waiting reader is told of the end."""
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class Followers:
    """The followers of a mirror, as long as they are referenced."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        # It is replaced, never changed, because the mirror's thread walks it without a lock.
        self._inboxes: tuple[weakref.ref[Inbox], ...] = ()
        self._closed = False

    def add(self, inbox: Inbox) -> None:
        """Tell `inbox` of events from now on, or of the end at once if the mirror has been closed."""
        with self._lock:
            self._inboxes = (*(ref for ref in self._inboxes if ref() is not None), weakref.ref(inbox))
            closed = self._closed
        if closed:
            inbox._end()

    def put(self, event: MirrorEvent) -> None:
        """Tell all followers of an event."""
        for ref in self._inboxes:
            inbox = ref()
            if inbox is not None:
                inbox._put(event)

    def end(self) -> None:
        """Tell all followers that no event follows."""
        with self._lock:
            self._closed = True
            inboxes = self._inboxes
        for ref in inboxes:
            inbox = ref()
            if inbox is not None:
                inbox._end()

    def after_fork_in_child(self) -> None:
        """Tell all followers that no event follows in this process."""
        self._lock = threading.RLock()
        self._closed = True
        for ref in self._inboxes:
            inbox = ref()
            if inbox is not None:
                inbox._abandon()
