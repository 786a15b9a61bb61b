"""Watches for the moment at which the process has no file descriptors left."""

from __future__ import annotations

import asyncio
import errno
import os
from typing import Final

import structlog

_CHECK_INTERVAL_S: Final = 2.0

_log = structlog.get_logger(__name__)


async def watch_descriptors() -> None:
    """Log when no file descriptors are left: new connections then wait, which nothing else reports."""
    exhausted = False
    while True:
        try:
            os.close(os.open(os.devnull, os.O_RDONLY))
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE) and not exhausted:
                exhausted = True
                _log.error(
                    "out of file descriptors: new connections wait, open ones continue; raise the limit (ulimit -n)"
                )
        else:
            if exhausted:
                exhausted = False
                _log.warning("there are file descriptors again")
        await asyncio.sleep(_CHECK_INTERVAL_S)
