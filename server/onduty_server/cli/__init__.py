"""The command line `onduty`: commands print tables for people, or with --json one object a line for programs.

Invariants: whatever goes wrong ends with one line on stderr and an exit code of `_errors.ExitCode`, never a traceback
for what a user can bring about; and `--help` loads nothing heavy, so commands import what they need when they run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import version
from typing import Any

from ..process.config.words import in_words
from .errors import PROGRAM, ExitCode, Failure, tell, tell_lines
from .output import OutputFailure, line, standard_output

_COMPLETION = f"_{PROGRAM.upper()}_COMPLETE"
"""Set by the shell when it asks how a line could go on."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and answer the exit code of the process."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    code = _code_of(lambda: _run(given))
    # However it ended, what it has written goes out, and a failure of that must not wait until Python exits.
    flushed = _code_of(_flush)
    return code or flushed


def _code_of(step: Callable[[], int]) -> int:
    try:
        return step()
    except OutputFailure as failure:
        _forget_output()
        return _fail(failure.message)
    except Failure as failure:
        return _fail(failure.message, failure.code)
    except ModuleNotFoundError as error:
        # One of our own that is missing is a defect, and its traceback is wanted.
        missing = (error.name or "").partition(".")[0]
        if missing in ("", "onduty", "onduty_client", "onduty_server"):
            raise
        return _fail(
            f"the package {missing} is not installed, and the command line needs it: pip install 'onduty[server]' "
            "(without it there is only the Python client)"
        )
    except BrokenPipeError:
        # Whoever read the output has had enough.
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
    """What is still buffered must not fail again at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(message: str, code: ExitCode = ExitCode.FAILED) -> ExitCode:
    tell(message)
    return code


def _run(arguments: list[str]) -> int:
    if arguments == ["--version"]:
        # Also where the command line cannot run.
        line(f"{PROGRAM} {version('onduty')}")
        return ExitCode.OK
    import typer

    from .app import app
    from .remote.remote import quiet_grpc

    # Before anything imports gRPC, which looks only then.
    quiet_grpc()
    command: Any = typer.main.get_command(app)
    if os.environ.get(_COMPLETION):
        command.main(prog_name=PROGRAM)  # It answers the shell and ends the process.
    try:
        # Not command.main(), which has its own ideas about how a command ends.
        with command.make_context(PROGRAM, arguments or ["--help"]) as context:
            command.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    except typer.TyperException as error:
        return _refuse(error)
    return ExitCode.OK


def _refuse(error: Any) -> ExitCode:
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":  # as Typer itself recognises it
        tell_lines(error.message)
        return ExitCode.USAGE
    command = PROGRAM if context is None else context.command_path
    message = error.format_message().replace("Value error, ", "").rstrip(".")
    cause = error.__cause__
    if type(cause).__name__ == "ValidationError":  # pydantic's, which not every command loads
        found = cause.errors(include_url=False)[0]
        message = message.replace(found["msg"], in_words(found))
    return _fail(f"{message} (see '{command} --help')", ExitCode.USAGE)
