"""A worker: one of several serving processes, which the supervisor starts.

It is run as `python -m onduty_server.process.worker NUMBER [DESCRIPTOR]`; by the socket with that descriptor the
supervisor asks for metrics, if they are wanted.

It reads the settings from standard input, and nothing more. It writes reports to standard output, one per line; all
other output goes to standard error. Invariant: a worker outlives its supervisor by no more than a drain, because
standard input ends when the supervisor closes it, and also when the supervisor dies.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog

from . import logs, serving, signals
from .worker_figures import answer_supervisor

if TYPE_CHECKING:
    from .config.settings import Settings
    from .config.sources import Source

READY: Final = b"ready"
"""The report that the worker accepts calls."""
FAILED: Final = b"failed "
"""The report that the worker cannot continue; the reason follows."""

_INPUT, _OUTPUT, _ERROR = 0, 1, 2

_log = structlog.get_logger(__name__)


def written(settings: Settings, source: Source | None = None) -> bytes:
    """Return the bytes that a worker reads from standard input: its settings, and where to read them again."""
    # JSON would hide secrets, and the values would be checked again. Only the supervisor writes this pickle.
    return pickle.dumps((settings, source))


def main() -> int:
    """Serve until standard input ends or SIGTERM arrives; return the exit code of the process."""
    # A signal to the whole group is meant for workers that serve already.
    signals.ignore_reload()
    number = int(sys.argv[1])
    questions = int(sys.argv[2]) if len(sys.argv) > 2 else None
    reports = os.dup(_OUTPUT)
    os.dup2(_ERROR, _OUTPUT)
    try:
        settings, source = pickle.load(sys.stdin.buffer)
    except (EOFError, pickle.UnpicklingError):
        return 0  # The supervisor ended before it had written them.
    logs.start(settings.log_level, settings.log_format, worker=number)
    try:
        serving.run(_serve(settings, source, reports, questions))
    except serving.ServeError as error:
        _report(reports, FAILED + " ".join(str(error).split()).encode())
        return 1
    finally:
        signals.ignore_stop()
    return 0


async def _serve(settings: Settings, source: Source | None, reports: int, questions: int | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def input_ended() -> None:
        if not os.read(_INPUT, 1):
            loop.remove_reader(_INPUT)
            stop.set()

    loop.add_reader(_INPUT, input_ended)

    signals.install_stop(stop.set)
    await serving.serve(
        settings,
        source=source,
        stop=stop,
        on_serving=lambda _: _report(reports, READY),
        answer_operators=None if questions is None else partial(answer_supervisor, questions),
    )


def _report(reports: int, report: bytes) -> None:
    try:
        os.write(reports, report + b"\n")
    except BrokenPipeError:
        _log.warning("the supervisor is gone")


if __name__ == "__main__":
    sys.exit(main())
