"""Reports threads that die although they should run as long as the process, as `background` does for tasks.

Python prints the traceback of a dying thread and continues without it. Threads of this package, which must not die, are
known by their names, `onduty-...`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

PREFIX: Final = "onduty-"


Report = Callable[[str, BaseException | None], None]
"""Called with the name of a thread that died, and with its error."""


@contextmanager
def deaths_reported(report: Report) -> Iterator[None]:
    """Call `report` for each thread of this package that dies within the block."""
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
    """Return a function that calls `report` on the current event loop, from any thread."""
    loop = asyncio.get_running_loop()

    def from_thread(name: str, error: BaseException | None) -> None:
        with suppress(RuntimeError):  # The loop has ended.
            loop.call_soon_threadsafe(report, name, error)

    return from_thread
