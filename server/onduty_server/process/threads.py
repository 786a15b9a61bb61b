"""Threads that run as long as the process: one that dies is reported, as a background task is.

Python prints the traceback of a dying thread and goes on without it. Here the name says which threads must not die:
those of this package, `onduty-...`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

PREFIX: Final = "onduty-"


Report = Callable[[str, BaseException | None], None]
"""Takes the name of a thread that died, and the error that it died of."""


@contextmanager
def deaths_reported(report: Report) -> Iterator[None]:
    """A block in which each thread of ours that dies calls `report`."""
    before = threading.excepthook

    def on_death(dying: threading.ExceptHookArgs) -> None:
        name = "" if dying.thread is None else dying.thread.name
        if name.startswith(PREFIX):
            report(name, dying.exc_value)
        else:
            before(dying)

    threading.excepthook = on_death
    try:
        yield
    finally:
        threading.excepthook = before


def on_loop(report: Report) -> Report:
    """Have `report` called on the event loop that runs now, from whichever thread."""
    loop = asyncio.get_running_loop()

    def from_thread(name: str, error: BaseException | None) -> None:
        with suppress(RuntimeError):  # The loop has ended.
            loop.call_soon_threadsafe(report, name, error)

    return from_thread
