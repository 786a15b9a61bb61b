"""The command line `onduty`: every command prints a table for people, or with --json one object a line for programs.

Invariants: whatever goes wrong ends with one line on stderr and an exit code of `_errors.ExitCode`, never a traceback
for what a user can bring about; and `--help` loads nothing heavy, so commands import what they need when they run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

from ._errors import ExitCode, Failure, one_line

PROGRAM = "onduty"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and answer the exit code of the process."""
    import typer

    from ._app import app

    arguments = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _run(typer.main.get_command(app), arguments or ["--help"])
        sys.stdout.flush()
    except typer.TyperException as error:
        context: Any = getattr(error, "ctx", None)
        command = PROGRAM if context is None else context.command_path
        message = error.format_message().replace("Value error, ", "").rstrip(".")
        code = _fail(f"{message} (see '{command} --help')", ExitCode.USAGE)
    except Failure as failure:
        code = _fail(failure.message, failure.code)
    except BrokenPipeError:
        # Whoever read the output has had enough. What is still buffered must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.FAILED
    except KeyboardInterrupt:
        code = _fail("interrupted", ExitCode.INTERRUPTED)
    return int(code)


def _run(command: Any, arguments: list[str]) -> int:
    # Not command.main(), which has its own ideas about how a command ends.
    import typer

    try:
        with command.make_context(PROGRAM, arguments) as context:
            command.invoke(context)
    except typer.Exit as end:
        return end.exit_code
    return ExitCode.OK


def _fail(message: str, code: ExitCode) -> ExitCode:
    print(f"{PROGRAM}: {one_line(message)}", file=sys.stderr)
    return code
