"""A server in another process, for tests of the commands that call it: forked, since most of a start is importing.

How `onduty serve` itself starts and ends is in `test_serve.py`, with the command as it is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.fork_server import STDERR, Forked


@contextmanager
def serving(*options: str) -> Iterator[tuple[Forked, str]]:
    """A server process on a free port, in this directory and environment, and its address as it said it."""
    # Not the default ports, of which there is only one on a machine; a later option takes the place of an earlier one.
    free = ("--listen", "127.0.0.1:0", "--http-listen", "off")
    process = Forked(Path.cwd(), "serve", *free, *options, stream=STDERR, environment=os.environ)
    with process.output:
        try:
            for line in process.output:
                said = json.loads(line)
                if said["event"] == "serving":
                    break
            else:
                pytest.fail("it ended before it served")
            yield process, said["address"]
        finally:
            process.kill()
            process.wait()
