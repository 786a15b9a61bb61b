"""The thread that mirrors and reporters share: what it is given, and what it gives back, when something fails."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing.util
import os
import resource
import signal
import threading
import tracemalloc  # noqa: F401 # pytest imports it for a complaint, which it could not while all files are open
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from onduty_client import ActivityReporter, AvailabilityMirror
from onduty_client._background import BACKGROUND

NOWHERE = "127.0.0.1:1"


@contextmanager
def no_threads() -> Iterator[None]:
    """The system gives nobody a stack of that size, so no thread."""
    before = threading.stack_size(1 << 46)
    try:
        yield
    finally:
        threading.stack_size(before)


@contextmanager
def no_descriptors() -> Iterator[None]:
    """The process has as many files open as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with ExitStack() as stack:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 256), hard))
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        while True:
            try:
                stack.callback(os.close, os.open(os.devnull, os.O_RDONLY))
            except OSError:
                break
        yield


# asyncio itself leaves a loop that it could not complete to the garbage collector.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <function BaseEventLoop.__del__")
@pytest.mark.parametrize(("want", "error"), [(no_threads, RuntimeError), (no_descriptors, OSError)])
def test_what_could_not_be_started_for_a_while_can_be_started_again(want: Any, error: type[Exception]) -> None:
    with want():
        with pytest.raises(error):
            ActivityReporter(NOWHERE).start()
        mirror = AvailabilityMirror(NOWHERE, "acme", on_change=lambda _: None)
        with pytest.raises(error):
            mirror.start()
    mirror.start()
    assert "onduty-on-change" in {thread.name for thread in threading.enumerate()}
    mirror.close()
    with ActivityReporter(NOWHERE, close_timeout=0) as reporter:
        assert BACKGROUND.serves(reporter)
    assert not {"onduty-on-change", "onduty-background"} & {thread.name for thread in threading.enumerate()}
    gc.collect()  # Of asyncio's leavings, while this test ignores them.


def test_what_is_started_and_closed_again_and_again_leaves_nothing_behind() -> None:
    before = len(multiprocessing.util._finalizer_registry)  # type: ignore[attr-defined]
    for _ in range(20):
        with ActivityReporter(NOWHERE, close_timeout=0):
            pass
    assert len(multiprocessing.util._finalizer_registry) == before  # type: ignore[attr-defined]


class Interrupted(ActivityReporter):
    """A reporter whose start is interrupted by a signal, which the main thread handles before the start is over."""

    def __init__(self, handler: Callable[[], None]) -> None:
        super().__init__(NOWHERE, close_timeout=0)
        self.handled = threading.Event()
        self.errors: list[Exception] = []
        self._handler = handler

    def handle(self, *_: object) -> None:
        try:
            self._handler()
        except Exception as error:  # noqa: BLE001 - For the test to look at.
            self.errors.append(error)
        self.handled.set()

    async def _start_work(self) -> None:
        await super()._start_work()
        # To that thread, which would not wake up for a signal that another one takes.
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)
        # The loop goes on: the handler may need it.
        await asyncio.to_thread(self.handled.wait, 20)


@contextmanager
def handled_by(reporter: Interrupted) -> Iterator[None]:
    before = signal.signal(signal.SIGUSR1, reporter.handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_a_signal_handler_may_close_another_while_one_is_being_started() -> None:
    other = ActivityReporter(NOWHERE, close_timeout=0)
    other.start()
    interrupted = Interrupted(other.close)
    with handled_by(interrupted), interrupted:
        assert interrupted.errors == []
        assert BACKGROUND.serves(interrupted) and not BACKGROUND.serves(other)


def test_a_signal_handler_may_close_what_is_being_started() -> None:
    interrupted = Interrupted(lambda: interrupted.close())
    with handled_by(interrupted):
        interrupted.start()
    assert interrupted.errors == []
    assert not BACKGROUND.serves(interrupted)
    with pytest.raises(RuntimeError, match="it is closed"):
        interrupted.flush(0)


def test_a_signal_handler_may_start_another_while_one_is_being_started() -> None:
    other = ActivityReporter(NOWHERE, close_timeout=0)
    interrupted = Interrupted(other.start)
    with handled_by(interrupted), interrupted:
        assert interrupted.errors == []
        assert BACKGROUND.serves(other)
        other.close()


def test_one_that_can_not_be_closed_does_not_keep_the_others_from_it(caplog: pytest.LogCaptureFixture) -> None:
    class Failing(ActivityReporter):
        async def _finish_work(self) -> None:
            await super()._finish_work()
            raise OSError("out of luck")

    every = [kind(NOWHERE, close_timeout=0) for kind in (ActivityReporter, Failing, ActivityReporter, Failing)]
    for each in every:
        each.start()
    BACKGROUND.close_all()
    assert not any(map(BACKGROUND.serves, every))
    assert caplog.text.count("OSError: out of luck") == 2
