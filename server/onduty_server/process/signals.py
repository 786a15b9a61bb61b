"""The signals of a serving process: none ends it without draining, unless it is sent twice.

SIGHUP has two meanings. For a server started from a terminal that was closed, it means to end; otherwise it means to
read the files again, as for other daemons. A process that was started to ignore it (`nohup`) still ignores it.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Final

import structlog

ENDING: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
"""The signals to drain and end. A second one means to end at once."""
RELOADING: Final = (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
"""The signals to read the files again. By default they would end the process, and some log rotations send them."""
RELOAD: Final = signal.SIGHUP
"""The signal that a supervisor sends to its workers."""

_log = structlog.get_logger(__name__)


def install(*, stop: Callable[[], None], reload: Callable[[], None], kill: Callable[[], None] = lambda: None) -> None:
    """Make the running loop handle the signals. `kill` is called before the process is ended at once."""
    loop = asyncio.get_running_loop()
    on_terminal = _has_terminal()
    asked = False

    def on_ending(number: signal.Signals) -> None:
        nonlocal asked
        if asked:
            # A second signal means not to wait; durable data stays durable.
            kill()
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        asked = True
        stop()

    def on_reloading(number: signal.Signals) -> None:
        # The system and the shell may each send one, so a second one has no meaning.
        if number == signal.SIGHUP and on_terminal and not _has_terminal():
            _log.warning("the terminal was closed")
            stop()
        else:
            reload()

    for number in ENDING:
        if number != signal.SIGQUIT or not _ignored(number):
            loop.add_signal_handler(number, on_ending, number)
    for number in RELOADING:
        if not _ignored(number):
            _handle((number,), partial(on_reloading, number))


def install_stop(stop: Callable[[], None]) -> None:
    """Make a worker drain at the signals to end, however many come: a service manager signals the whole group."""
    _handle(ENDING, stop)


def install_reload(reload: Callable[[], None]) -> None:
    """Make a worker read its files again at `RELOAD`. Only the supervisor looks at the terminal."""
    _handle(RELOADING, reload)


def ignore_stop() -> None:
    """Ignore the signals to end, because the process is about to end."""
    _ignore(ENDING)


def ignore_reload() -> None:
    """Ignore the signals to reload, so that a process that is starting or ending does not die of them."""
    _ignore(RELOADING)


def _handle(numbers: Iterable[signal.Signals], callback: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()

    def on_signal(*_: object) -> None:
        with suppress(RuntimeError):  # The loop has ended.
            loop.call_soon_threadsafe(callback)

    for number in numbers:
        # Do not use the loop's handlers: after its end a late signal would end the process.
        signal.signal(number, on_signal)


def _ignore(numbers: Iterable[signal.Signals]) -> None:
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)


def _ignored(number: signal.Signals) -> bool:
    return signal.getsignal(number) is signal.SIG_IGN


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return False
    return True
