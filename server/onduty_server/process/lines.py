"""Writes lines of text in a thread of its own, so that no caller waits for a reader.

Invariants: `put` never blocks, whatever the other side does (a pipe without a reader, a paused terminal, a disk that
hangs); the queue is bounded in bytes; lines are written whole and in order; dropped lines are counted, and a line in
their place reports them as soon as writing works again.
"""

from __future__ import annotations

import io
import os
import select
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Final, NamedTuple

WAITING_MAX_BYTES: Final = 4 * 1024 * 1024
"""The longest queue, some 10,000 lines."""
_PARTIAL_MAX: Final = 64 * 1024
"""The longest text that waits for the end of its line."""


class _Dropped(NamedTuple):
    """The place in the queue where lines were dropped."""

    lines: int


class PartlyWritten(OSError):
    """A write failed after `written` bytes."""

    def __init__(self, error: OSError, written: int) -> None:
        super().__init__(error.errno, error.strerror)
        self.written = written


class LineWriter:
    """Queues lines from any thread, and writes them in one.

    Args:
        name: the name in metrics.
        write: writes bytes; may block for ever, and raises OSError for what could not be written, PartlyWritten if some
            of it was.
        notice: the line, without its end, that says how many were dropped.
        complain: called with the reason when lines begin to be lost; not again until the queue was written.
        on_death: called in the thread when a defect ends it.
        max_bytes: the longest queue.
    """

    def __init__(
        self,
        name: str,
        write: Callable[[bytes], None],
        *,
        notice: Callable[[int], str],
        complain: Callable[[str], None] = lambda why: None,
        on_death: Callable[[], None] = lambda: None,
        max_bytes: int = WAITING_MAX_BYTES,
    ) -> None:
        self.name = name
        self.dropped = 0
        """Counts the lines dropped so far."""
        self._write = write
        self._notice = notice
        self._complain = complain
        self._on_death = on_death
        self._max_bytes = max_bytes
        # Reentrant, like the queue: a garbage collection within `put` may run code that logs.
        self._lock = threading.RLock()
        self._waiting_bytes = 0
        self._unreported = 0
        self._failing = False
        self._writable = True
        """True if the last write went well."""
        self._torn = False
        """True if the last write did not end with the end of a line."""
        self._queue: SimpleQueue[bytes | _Dropped | threading.Event] = SimpleQueue()
        # A daemon, since a write that never returns must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name=f"onduty-{name}", daemon=True)
        self._thread.start()

    def put(self, line: str) -> None:
        """Queue a line, which is given without its end, or drop it if the queue is full."""
        data = f"{line}\n".encode(errors="backslashreplace")
        with self._lock:
            fits = self._waiting_bytes + len(data) <= self._max_bytes
            if fits:
                self._waiting_bytes += len(data)
                if self._unreported:
                    self._queue.put(_Dropped(self._unreported))
                    self._unreported = 0
                self._queue.put(data)
        if not fits:
            self._drop(1, "it is not read, or not fast enough")

    def flush(self, timeout_s: float) -> bool:
        """Wait until all lines so far are written or dropped. Returns False if that takes too long."""
        if not self._thread.is_alive():
            return False
        reached = threading.Event()
        self._queue.put(reached)
        return reached.wait(timeout_s)

    def _drop(self, lines: int, why: str) -> None:
        with self._lock:
            self.dropped += lines
            self._unreported += lines
            begins, self._failing = not self._failing, True
        if begins:
            self._complain(why)

    def _run(self) -> None:
        try:
            while True:
                self._take(self._queue.get())
        finally:
            self._on_death()

    def _take(self, entry: bytes | _Dropped | threading.Event) -> None:
        if isinstance(entry, bytes):
            written = self._write_line(entry, 1)
            with self._lock:
                self._waiting_bytes -= len(entry)
        elif isinstance(entry, _Dropped):
            written = self._report_dropped(entry.lines)
        else:
            written = self._writable
        # Usually the next line reports those dropped before it. If there is no next line, report them here.
        if written and self._queue.empty():
            with self._lock:
                self._failing = False
                unreported, self._unreported = self._unreported, 0
            if unreported:
                self._report_dropped(unreported)
        if isinstance(entry, threading.Event):
            entry.set()

    def _report_dropped(self, lines: int) -> bool:
        reported = self._write_line(f"{self._notice(lines)}\n".encode(), 0)
        if not reported:
            with self._lock:
                self._unreported += lines
        return reported

    def _write_line(self, data: bytes, lines: int) -> bool:
        if self._torn:
            data = b"\n" + data
        try:
            self._write(data)
        except (OSError, ValueError) as error:
            if isinstance(error, PartlyWritten):
                self._torn = data[error.written - 1] != ord("\n")
            self._writable = False
            self._drop(lines, getattr(error, "strerror", None) or str(error))
            return False
        self._writable, self._torn = True, False
        return True


class QueuedText(io.TextIOBase):
    """A text stream over a `LineWriter`, in place of one that may block."""

    def __init__(self, writer: LineWriter, descriptor: int) -> None:
        self._writer = writer
        self._descriptor = descriptor
        self._partial = ""
        self._partial_lock = threading.RLock()

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding: UTF-8, whatever the locale says."""
        return "utf-8"

    def writable(self) -> bool:
        """Return True."""
        return True

    def isatty(self) -> bool:
        """Return True if the stream is a terminal."""
        return os.isatty(self._descriptor)

    def fileno(self) -> int:
        """Return the descriptor that is written to."""
        return self._descriptor

    def write(self, text: str, /) -> int:
        """Accept text, and queue its complete lines at once."""
        with self._partial_lock:
            complete, end, self._partial = (self._partial + text).rpartition("\n")
            if len(self._partial) > _PARTIAL_MAX:
                complete, end, self._partial = complete + end + self._partial, "\n", ""
            if end:
                self._writer.put(complete)
        return len(text)

    def finish(self) -> None:
        """Queue the text of an unfinished line, since no more will come."""
        with self._partial_lock:
            partial, self._partial = self._partial, ""
        if partial:
            self._writer.put(partial)


def write_all(descriptor: int, data: bytes) -> None:
    """Write to a descriptor, even if another program has made it non-blocking.

    Raises:
        PartlyWritten: only some of the data could be written.
        OSError: none of the data could be written.
    """
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:
            poll = select.poll()
            poll.register(descriptor, select.POLLOUT)
            poll.poll()
        except OSError as error:
            if len(rest) == len(data):
                raise
            raise PartlyWritten(error, len(data) - len(rest)) from None
