"""Standard input, output and error that were closed before the program began (`2>&-`)."""

from __future__ import annotations

import os
import sys
from typing import Final

_MODES: Final = {"stdin": "r", "stdout": "w", "stderr": "w"}


def ensure_open() -> None:
    """Put /dev/null where one is missing, before anything else is opened.

    Else the next file takes its number: a database or a socket would be given what others write to standard error.
    """
    for descriptor, (name, mode) in enumerate(_MODES.items()):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest number that is free, so it is this one. For a process started by this one, too.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
            if getattr(sys, name) is None:
                setattr(sys, name, open(descriptor, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - for good
