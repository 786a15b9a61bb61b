"""Opens standard input, output and error if they were closed before the program began (`2>&-`)."""

from __future__ import annotations

import os
import sys
from typing import Final

_MODES: Final = {"stdin": "r", "stdout": "w", "stderr": "w"}


def ensure_open() -> None:
    """Open /dev/null in place of a missing stream, before anything else is opened.

    Otherwise the next file gets its number, and messages for standard error would go to a database or a socket.
    """
    for descriptor, (name, mode) in enumerate(_MODES.items()):
        try:
            os.fstat(descriptor)
        except OSError:
            # It gets the lowest free number, which is this one. Processes started by this one inherit it.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
            if getattr(sys, name) is None:
                setattr(sys, name, open(descriptor, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - for good
