"""Tells the audit log how a change ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..domain.errors import DomainError, StoreUnavailable


@contextmanager
def noted(note: Callable[[str], None]) -> Iterator[None]:
    """Call `note` with the outcome of a change, unless it was refused and so changed nothing."""
    try:
        yield
    except DomainError as error:
        if isinstance(error, StoreUnavailable):
            note("unknown")
        raise
    except BaseException:
        note("unknown")
        raise
    note("done")
