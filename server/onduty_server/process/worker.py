"""One of several serving processes, as the supervisor starts it: `python -m onduty_server.process.worker NUMBER`.

Standard input brings the settings and then nothing more. Standard output takes reports, a line each; what is printed
otherwise goes to standard error. Invariant: a worker outlives its supervisor by no more than a drain, because standard
input ends when the supervisor closes it and also when the supervisor dies.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog

from . import logs, serving, signals

if TYPE_CHECKING:
    from .config import Settings

READY: Final = b"ready"
"""The report of a worker that takes calls."""
FAILED: Final = b"failed "
"""Begins the report of a worker that cannot go on; the reason follows."""

_INPUT, _OUTPUT, _ERROR = 0, 1, 2

_SIGNALS: Final = signals.ENDING
"""Have a worker drain, however often they come: a service manager signals the whole group."""

_log = structlog.get_logger(__name__)


def written(settings: Settings) -> bytes:
    """What a worker reads from standard input."""
    # Not JSON, which would hide secrets and be checked against limits again. Only the supervisor writes it.
    return pickle.dumps(settings)


def main() -> int:
    """Serve until standard input ends or SIGTERM; the exit code of the process."""
    # Whoever signals a whole group means those who serve already.
    signals.ignore_reloading()
    number = int(sys.argv[1])
    reports = os.dup(_OUTPUT)
    os.dup2(_ERROR, _OUTPUT)
    try:
        settings: Settings = pickle.load(sys.stdin.buffer)
    except (EOFError, pickle.UnpicklingError):
        return 0  # The supervisor was gone before it had written them.
    logs.start(settings.log_level, settings.log_format, worker=number)
    try:
        serving.run(_serve(settings, reports))
    except serving.ServeError as error:
        _report(reports, FAILED + " ".join(str(error).split()).encode())
        return 1
    finally:
        for signal_number in _SIGNALS:
            signal.signal(signal_number, signal.SIG_IGN)
    return 0


async def _serve(settings: Settings, reports: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def input_ended() -> None:
        if not os.read(_INPUT, 1):
            loop.remove_reader(_INPUT)
            stop.set()

    loop.add_reader(_INPUT, input_ended)

    def told_to_stop(*_: object) -> None:
        with suppress(RuntimeError):  # The loop has ended.
            loop.call_soon_threadsafe(stop.set)

    for number in _SIGNALS:
        # Not by the loop, which when it ends would have a late signal kill the process.
        signal.signal(number, told_to_stop)
    await serving.serve(settings, stop=stop, on_serving=lambda _: _report(reports, READY))


def _report(reports: int, report: bytes) -> None:
    try:
        os.write(reports, report + b"\n")
    except BrokenPipeError:
        _log.warning("the supervisor is gone")


if __name__ == "__main__":
    sys.exit(main())
