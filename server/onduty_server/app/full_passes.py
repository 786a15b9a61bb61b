"""Puts off full passes of Python's garbage collector while something is made of very many objects.

A report of 500 people and 31 days has a hundred thousand objects for half a second. A full pass meanwhile looks at each
of them, so that every call waits 10 to 50 ms for nothing: at the end all of them go without its help, because none is
part of a cycle. The passes over young objects, which take less than a millisecond, go on.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_IN_A_ROW: Final = 32
"""How many times full passes are put off without an end in between, so that the cycles of others do not pile up."""
_NEVER: Final = 1 << 30


class FullPasses:
    """The full passes of this process. Belongs to its event loop."""

    def __init__(self) -> None:
        self._at_work = 0
        self._in_a_row = 0
        self._put_off: int | None = None
        """The threshold of a full pass, while it is not in force."""

    @contextmanager
    def put_off(self) -> Iterator[None]:
        """Put them off while this lasts, unless that has been done too often already."""
        if not self._at_work:
            self._in_a_row = 0
            youngest, young, self._put_off = gc.get_threshold()
            gc.set_threshold(youngest, young, _NEVER)
        self._at_work += 1
        self._in_a_row += 1
        if self._in_a_row > _IN_A_ROW:
            self._allow()
        try:
            yield
        finally:
            self._at_work -= 1
            if not self._at_work:
                self._allow()

    def _allow(self) -> None:
        if self._put_off is not None:
            youngest, young, _ = gc.get_threshold()
            gc.set_threshold(youngest, young, self._put_off)
            self._put_off = None


FULL_PASSES: Final = FullPasses()
