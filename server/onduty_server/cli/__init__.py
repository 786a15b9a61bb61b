"""The command line `onduty`: commands print tables for people, or with --json one object a line for programs.

Invariants: every failure that a user can bring about ends with one line on stderr and an exit code of
`errors.ExitCode`, never with a traceback; `--help` loads nothing heavy, so commands import what they need once they
run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from typing import Any

from ..app.log_format import LogError
from ..process.config.words import in_words
from .errors import PROGRAM, ExitCode, Failure, tell, tell_lines
from .missing import what_to_install
from .output import OutputFailure, line, standard_output

_COMPLETION = f"_{PROGRAM.upper()}_COMPLETE"
"""Set by the shell when it asks for completions of a line."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code of the process."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    code = _code_of(lambda: _run(given), given)
    # However the command ended, its output is flushed here: a failure of that must not wait until Python exits.
    flushed = _code_of(_flush, given)
    return code or flushed


def _code_of(step: Callable[[], int], given: list[str]) -> int:
    try:
        return step()
    except OutputFailure as failure:
        _forget_output()
        return _fail(failure.message)
    except Failure as failure:
        return _fail(failure.message, failure.code)
    except LogError as error:
        return _fail(error.message, ExitCode.USAGE if error.is_malformed else ExitCode.FAILED)
    except ModuleNotFoundError as error:
        # A missing package of our own is a defect, and needs its traceback.
        missing = (error.name or "").partition(".")[0]
        if missing in ("", "onduty", "onduty_client", "onduty_server"):
            raise
        return _fail(what_to_install(missing, given))
    except BrokenPipeError:
        # The reader of the output has closed it.
        _forget_output()
        return ExitCode.FAILED
    except OSError as error:
        return _fail(": ".join(str(part) for part in (error.filename, error.strerror or error) if part))
    except KeyboardInterrupt:
        return _fail("interrupted", ExitCode.INTERRUPTED)


def _flush() -> int:
    if sys.stdout is not None:
        standard_output().flush()
    return ExitCode.OK


def _forget_output() -> None:
    """Discard what is still buffered, so that it does not fail again at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(message: str, code: ExitCode = ExitCode.FAILED) -> ExitCode:
    tell(message)
    return code


def _run(arguments: list[str]) -> int:
    if arguments == ["--version"]:
        # Without Typer, so that it works where the command line cannot run.
        line(f"{PROGRAM} {version('onduty')}")
        return ExitCode.OK
    import typer

    from .remote.remote import quiet_grpc

    # Before anything imports gRPC, which looks only then.
    quiet_grpc()
    command = _built()
    if os.environ.get(_COMPLETION):
        command.main(prog_name=PROGRAM)  # Answers the shell and ends the process.
    try:
        # Not command.main(), which handles errors and exit codes in its own way.
        with command.make_context(PROGRAM, arguments or ["--help"]) as context:
            command.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    except typer.TyperException as error:
        return _refuse(error)
    return ExitCode.OK


@cache
def _built() -> Any:
    """Return all commands as they are parsed. Building them takes 50 ms, and a process may run several."""
    import typer

    from .app import app

    return typer.main.get_command(app)


def _refuse(error: Any) -> ExitCode:
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":  # Typer itself compares the name
        tell_lines(error.message)
        return ExitCode.USAGE
    command = PROGRAM if context is None else context.command_path
    message = error.format_message().replace("Value error, ", "").rstrip(".")
    cause = error.__cause__
    if type(cause).__name__ == "ValidationError":  # pydantic's, which not every command loads
        found = cause.errors(include_url=False)[0]
        message = message.replace(found["msg"], in_words(found))
    return _fail(f"{message} (see '{command} --help')", ExitCode.USAGE)
