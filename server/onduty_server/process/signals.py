"""The signals of a serving process: none ends it without draining, unless it is asked twice.

A SIGHUP is two things. A terminal that was closed means the end, for a server started from it; else it is what daemons
take for "read your files again". A process told to ignore it (`nohup`) goes on ignoring it.
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
"""Mean: drain and end. The second of them means: at once."""
RELOADING: Final = (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
"""Mean: read the files again. Their default is to end the process, which some log rotation would bring about."""
RELOAD: Final = signal.SIGHUP
"""The one that a supervisor sends to its workers."""

_log = structlog.get_logger(__name__)


def install(*, stop: Callable[[], None], reload: Callable[[], None], kill: Callable[[], None] = lambda: None) -> None:
    """Have the running loop handle them. `kill` is called before the process is ended at once."""
    loop = asyncio.get_running_loop()
    on_terminal = _has_terminal()
    asked = False

    def on_ending(number: signal.Signals) -> None:
        nonlocal asked
        if asked:
            # Asking twice means not to wait; what is durable stays durable.
            kill()
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        asked = True
        stop()

    def on_reloading(number: signal.Signals) -> None:
        # The system and the shell may each send one, so that a second one does not mean anything.
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
    """Have a worker drain, however often it is told to: a service manager signals the whole group."""
    _handle(ENDING, stop)


def install_reload(reload: Callable[[], None]) -> None:
    """Have a worker read its files again; the supervisor alone looks at the terminal."""
    _handle(RELOADING, reload)


def ignore_stop() -> None:
    """Ignore the signals that mean to end: the process is about to."""
    _ignore(ENDING)


def ignore_reload() -> None:
    """Ignore the signals that mean to reload: a process that starts or ends must not die of them."""
    _ignore(RELOADING)


def _handle(numbers: Iterable[signal.Signals], callback: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()

    def on_signal(*_: object) -> None:
        with suppress(RuntimeError):  # The loop has ended.
            loop.call_soon_threadsafe(callback)

    for number in numbers:
        # Not by the loop, which when it ends would have a late signal end the process.
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
