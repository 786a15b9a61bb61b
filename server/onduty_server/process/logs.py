"""Sets up the log of a serving process: the form of its lines, and where they go.

Invariant: logging never waits. In a serving process, everything that Python writes to standard error goes through a
bounded queue (`lines`), including tracebacks and the logs of libraries.
"""

from __future__ import annotations

import atexit
import errno
import io
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final, TextIO

import structlog

from ..access.audit import LINES_DROPPED, line_of
from ..access.files import UnusableFile
from ..text.escaping import visible
from .audit_file import AuditFile
from .lines import LineWriter, QueuedText, write_all

FLUSH_S: Final = 2.0
"""How long a process waits at its end for its log to be read."""

_writers: Final[list[LineWriter]] = []

_log = structlog.get_logger(__name__)


def start(level: str, log_format: str, *, worker: int | None = None) -> None:
    """Set up the log of a serving process, once and before it serves. `log_format` is auto, json or console."""
    as_json = log_format == "json" or (log_format == "auto" and not sys.stderr.isatty())
    configure(level, as_json=as_json, worker=worker)
    _queue_standard_error()
    logging.basicConfig(handlers=[_Library()], level=logging.WARNING, force=True)
    logging.captureWarnings(True)


def configure(level: str, *, as_json: bool, worker: int | None = None) -> None:
    """Set up the form of lines on standard error: JSON for programs, or plain for people.

    The lines of a worker include its number.
    """
    structlog.configure(
        processors=_processors(as_json, worker),
        wrapper_class=_logger_from(level),
        logger_factory=_StandardError,
        # A logger that was kept would not follow a change of the level.
        cache_logger_on_first_use=False,
    )


def set_level(level: str) -> None:
    """Log what is of this severity or a higher one from now on."""
    structlog.configure(**{**structlog.get_config(), "wrapper_class": _logger_from(level)})


def _logger_from(level: str) -> type[structlog.typing.FilteringBoundLogger]:
    return structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()])


def open_audit_log(place: str, time: Callable[[], int]) -> Callable[[str], None]:
    """Return a function that writes lines of the audit log, to a file, `stderr` or nowhere (`off`). `time` is ms UTC.

    Raises:
        UnusableFile: the file cannot be opened.
    """
    return open_log("audit", place, time)


def open_log(name: str, place: str, time: Callable[[], int]) -> Callable[[str], None]:
    """Return a function that writes lines of the log `onduty.NAME`; see `open_audit_log`.

    Raises:
        UnusableFile: the file cannot be opened.
    """
    if place == "off":
        return _nowhere
    if place == "stderr":
        return _StandardError().msg
    try:
        file = AuditFile(Path(place))
    except OSError as error:
        why = "the pipe has no reader" if error.errno == errno.ENXIO else error.strerror
        raise UnusableFile(f"the {name} log {place} cannot be written: {why}") from None
    writer = LineWriter(
        name,
        file.write,
        notice=lambda lines: line_of(f"onduty.{name}", time(), LINES_DROPPED, {"lines": lines}),
        complain=lambda why: _log.error(f"lines of the {name} log are dropped", why=why),
    )
    _keep(writer)
    return writer.put


def dropped_lines() -> dict[str, int]:
    """Return how many lines each log of this process has dropped so far, by its name."""
    return {writer.name: writer.dropped for writer in _writers}


def flush() -> None:
    """Wait, for a limited time, until the log is written. For the end of the process."""
    if isinstance(sys.stderr, QueuedText):
        sys.stderr.finish()
    # Flush standard error last, because the others may write to it.
    for writer in reversed(_writers):
        writer.flush(FLUSH_S)


def _keep(writer: LineWriter) -> None:
    if not _writers:
        atexit.register(flush)
    _writers.append(writer)


def _queue_standard_error() -> None:
    try:
        descriptor = sys.stderr.fileno()
    except (OSError, ValueError):
        return  # It is a stream in memory, as in tests.
    direct = sys.stderr

    def write_directly() -> None:
        # The queue is no longer written, and the process ends: its last messages must be seen.
        sys.stderr = direct

    writer = LineWriter("stderr", partial(write_all, descriptor), notice=_dropped_notice, on_death=write_directly)
    _keep(writer)
    sys.stderr = QueuedText(writer, descriptor)


def _dropped_notice(lines: int) -> str:
    said: structlog.types.EventDict = {"event": "log lines were dropped", "lines": lines}
    for processor in structlog.get_config()["processors"]:
        said = processor(None, "warning", said)
    return str(said)


def _nowhere(line: str) -> None:
    """Drop a line of a log that is off."""


class _StandardError:
    """Writes lines to standard error. A line that cannot be written (disk full, reader gone) stops nothing."""

    def __init__(self, *_: object) -> None:
        pass

    def msg(self, line: str) -> None:
        """Write a line."""
        with suppress(OSError, ValueError):
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()

    debug = info = warning = error = critical = msg


class _Library(logging.Handler):
    """Passes the log messages of libraries on to this log."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log it."""
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 - a library's arguments may be wrong in any way
            message = str(record.msg)
        # Libraries may use levels between the named ones.
        level = min(max(record.levelno // 10 * 10, logging.DEBUG), logging.CRITICAL)
        structlog.get_logger(record.name).log(level, message, logger=record.name, exc_info=record.exc_info or None)


def _processors(as_json: bool, worker: int | None) -> list[structlog.types.Processor]:
    processors: list[structlog.types.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if worker is not None:
        processors.append(partial(_add_worker, worker))
    if as_json:
        return [*processors, structlog.processors.format_exc_info, _as_json]
    # By default it formats a traceback with every local variable, which takes a third of a second.
    colors = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    console = structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=_plain_traceback)
    return [*processors, _visible_values, console]


def _add_worker(
    number: int, _logger: object, _method: str, line: structlog.types.EventDict
) -> structlog.types.EventDict:
    line["worker"] = number
    return line


_render_json = structlog.processors.JSONRenderer()


def _as_json(logger: object, method: str, line: structlog.types.EventDict) -> str:
    return visible(str(_render_json(logger, method, line)))


def _visible_values(_logger: object, _method: str, line: structlog.types.EventDict) -> structlog.types.EventDict:
    """Escape strings, which may hold any characters. Lists and the like are shown by `repr`, which escapes."""
    return {name: visible(value) if isinstance(value, str) else value for name, value in line.items()}


def _plain_traceback(into: TextIO, exc_info: structlog.typing.ExcInfo) -> None:
    text = io.StringIO()
    structlog.dev.plain_traceback(text, exc_info)
    into.write("\n".join(map(visible, text.getvalue().split("\n"))))
